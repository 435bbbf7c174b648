"""The desk's pages for spreadsheets: try, import, export; every wrong file answered."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from articles.models import Article
from articles.spreadsheet import COLUMNS, MARK
from entities.models import KINDS, Claim, Entity
from tests import desk, factories

pytestmark = pytest.mark.django_db

IMPORT = "/admin/entities/claim/import/"


def upload(client: Client, content: bytes) -> Any:
    return client.post(IMPORT, {"sheet": SimpleUploadedFile("claims.csv", content)})


def text(response: Any) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return str(body.decode())


def login(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_sheet_is_tried_then_imported_with_its_reason(r1: Entity) -> None:
    client = login(factories.editor())
    words = factories.HOSTILE.replace('"', '""')
    page = upload(client, f'{MARK}subject;statement_en\r\ndeepseek-r1;"{words}\r\nand more"\r\n'.encode())
    assert "1 claim would be made, as a draft." in text(page)
    assert "<script>alert" not in text(page)
    assert not Claim.objects.exists()
    confirm = {"text": page.context["confirm"]["text"].value(), "reason": ""}
    again = client.post(IMPORT, confirm)
    assert "This field is required." in text(again)
    response = client.post(IMPORT, confirm | {"reason": "From the register."}, follow=True)
    assert "1 claim was imported as a draft." in text(response)
    claim = Claim.objects.get()
    assert (claim.statement, claim.status) == (f"{factories.HOSTILE}\nand more", "draft")
    row = desk.history(claim).get()
    assert (row.history_change_reason, row.history_user.username) == ("From the register.", "editor")


def test_a_refused_row_is_shown_with_column_value_and_reason(editor_client: Client, r1: Entity) -> None:
    page = upload(editor_client, b"subject,statement_en,lane\ndeepseek-r1,Fine.,\ndeepseek-r1,It is.,moon\n")
    shown = " ".join(text(page).split())
    assert "row 3, <strong>lane</strong> “moon”: “moon” is none of: models" in shown
    assert "Nothing is imported while a row is refused." in shown
    assert 'name="reason"' not in shown
    response = editor_client.post(IMPORT, {"text": "subject,lane\ndeepseek-r1,moon\n", "reason": "x"})
    assert "Nothing is imported while a row is refused." in text(response)
    assert not Claim.objects.exists()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The file is empty."),
        (b"\x89PNG\r\n\x1a\n\x00", "Line 1 is not in UTF-8"),
        (b"PK\x03\x04", "This is a workbook"),
        ("sujet;caf\xe9".encode("latin-1"), "Line 1 is not in UTF-8"),
        (b"x" * 1_200_000, "The file is larger than 1000 kB."),
        (b"colour\nred\n", "there is no column “colour”"),
    ],
)
def test_a_wrong_file_is_told(content: bytes, reason: str, editor_client: Client) -> None:
    response = upload(editor_client, content)
    assert response.status_code == 200
    assert reason in text(response)


@pytest.mark.parametrize("sent", [{}, {"sheet": "no file"}, {"text": ""}, {"text": "a\0b", "reason": "x"}])
def test_a_form_without_a_file_is_told(sent: dict[str, str], editor_client: Client) -> None:
    assert editor_client.post(IMPORT, sent).status_code == 200


def test_the_template_has_every_column(editor_client: Client) -> None:
    response = editor_client.get(reverse("admin:entities_claim_template"))
    assert text(response) == f"{MARK}{','.join(COLUMNS)}\r\n"


@pytest.mark.parametrize("model", [Claim, Article, Entity, *KINDS.values()])
def test_every_list_is_exported(model: type[Model], editor_client: Client, claim: Claim) -> None:
    response = editor_client.get(desk.address(model, "export"))
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert text(response).startswith(f"{MARK}slug,")
    assert desk.address(model, "export") in text(editor_client.get(desk.address(model, "changelist")))


def test_an_export_has_the_filters_of_the_list(editor_client: Client, claim: Claim) -> None:
    factories.claim(claim.subject, slug="other", statement="Another.", status="draft")
    address = desk.address(Claim, "export")
    assert [line.partition(",")[0] for line in text(editor_client.get(address, {"status__exact": "draft"})).split()][
        1:
    ] == ["other"]
    assert "other" not in text(editor_client.get(address, {"q": "weights"}))
    page = text(editor_client.get(desk.address(Claim, "changelist"), {"status__exact": "draft"}))
    assert f"{address}?status__exact=draft" in page


def test_a_wrong_filter_leads_back_to_the_list(editor_client: Client) -> None:
    response = editor_client.get(desk.address(Claim, "export"), {"status__exact__foo": "x"})
    assert response.status_code in (302, 400)
    assert editor_client.get(desk.address(Claim, "export"), {"p": "x"}).status_code in (200, 302)


def test_those_without_the_right_do_neither(claim: Claim) -> None:
    user = factories.editor()
    user.groups.clear()
    client = login(user)
    for address in (IMPORT, desk.address(Claim, "export"), desk.address(Article, "export")):
        assert client.get(address).status_code == 403
    assert client.post(IMPORT, {"text": "subject\n", "reason": "x"}).status_code == 403
    assert Client().get(IMPORT).status_code == 302
