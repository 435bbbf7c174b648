"""The desk's pages for merging: choose, preview, merge with a reason, undo; for reviewers alone."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from articles.merging import merge, plan
from articles.models import Article, Merge
from entities.models import KINDS, Claim, Entity
from tests import desk, factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm(high_flyer: Entity) -> Any:
    return KINDS["company"].objects.get(pk=high_flyer.pk)


@pytest.fixture
def twin() -> Any:
    made = factories.entity("company", "hquant", name=factories.HOSTILE)
    return KINDS["company"].objects.get(pk=made.pk)


def text(response: Any) -> str:
    return str(response.content.decode())


def test_two_records_are_chosen_previewed_merged_and_undone(
    editor_client: Client, client: Client, firm: Any, twin: Any
) -> None:
    moved = factories.claim(twin, statement="It trades.")
    ticked = {"action": "merge_selected", "_selected_action": [firm.pk, twin.pk]}
    response = editor_client.post(desk.address(KINDS["company"], "changelist"), ticked)
    page = editor_client.get(response.headers["Location"])
    assert "1 claim about it moves." in text(page)
    assert "/companies/hquant/ leads to /companies/high-flyer/ for ever" in text(page)
    assert "<script>alert" not in text(page)
    response = desk.send(editor_client, response.headers["Location"], reason="One firm.")
    assert response.headers["Location"] == desk.address(firm, "change")
    merged = Merge.objects.get()
    assert (merged.reason, merged.merged_by and merged.merged_by.username) == ("One firm.", "reviewer")
    undo = desk.address(merged, "change")
    assert undo in text(editor_client.get(response.headers["Location"]))
    assert undo in text(editor_client.get(desk.address(firm, "merge")))
    assert client.get("/companies/hquant/").status_code == 301
    assert "Undo the merge" in text(editor_client.get(undo))
    response = desk.send(editor_client, undo, reason="Two firms.")
    assert response.headers["Location"] == desk.address(twin, "change")
    moved.refresh_from_db()
    assert (moved.subject_id, client.get("/companies/hquant/").status_code) == (twin.pk, 200)
    assert "undone already" in text(editor_client.get(undo))


@pytest.mark.parametrize("count", [1, 3])
def test_an_action_on_other_than_two_says_so(count: int, editor_client: Client, claim: Claim) -> None:
    others = [factories.claim(claim.subject).pk for _number in range(count - 1)]
    ticked = {"action": "merge_selected", "_selected_action": [claim.pk, *others]}
    response = editor_client.post(desk.address(Claim, "changelist"), ticked, follow=True)
    assert "Tick exactly two records to merge them." in text(response)


def test_the_other_record_is_named_by_its_slug_where_no_script_runs(
    editor_client: Client, claim: Claim, r1: Entity
) -> None:
    other = factories.claim(r1, slug="again")
    page = editor_client.get(desk.address(claim, "merge"), {"other": "", "slug": "again"})
    assert page.context["plan"].other == other


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({"slug": "nowhere"}, "No record has the slug “nowhere”."),
        ({"slug": "a\0b"}, "Null characters are not allowed."),
        ({"other": "", "slug": ""}, "Choose the record that is the same."),
        ({"other": "999"}, "not one of the available choices"),
        ({"other": "1" * 40}, "not one of the available choices"),
        ({"other": "x"}, "not one of the available choices"),
    ],
)
def test_a_wrong_choice_is_told_beside_the_field(
    query: dict[str, str], reason: str, editor_client: Client, claim: Claim
) -> None:
    response = editor_client.get(desk.address(claim, "merge"), query)
    assert response.status_code == 200
    assert reason in text(response)


@pytest.mark.parametrize("pk", ["0", "999", "x", "1" * 40])
def test_a_record_that_is_not_there_cannot_be_merged(pk: str, editor_client: Client) -> None:
    assert editor_client.get(reverse("admin:entities_claim_merge", args=[pk])).status_code == 404
    address = reverse("admin:articles_merge_change", args=[pk])
    assert editor_client.get(address).status_code == 404


def test_a_merge_needs_its_reason(editor_client: Client, firm: Any, twin: Any) -> None:
    response = desk.send(editor_client, f"{desk.address(firm, 'merge')}?other={twin.pk}", reason="")
    assert "This field is required." in text(response)
    assert Entity.objects.count() == 2


def test_what_forbids_a_merge_is_told_in_place_of_the_button(editor_client: Client, firm: Any, r1: Entity) -> None:
    address = f"{desk.address(firm, 'merge')}?other={r1.pk}"
    page = text(editor_client.get(address))
    assert "of two kinds" in page
    assert 'name="reason"' not in page
    response = editor_client.post(address, {"reason": "x", "seen": ""}, follow=True)
    assert "of two kinds" in text(response)
    assert Entity.objects.count() == 2


def test_a_merge_that_has_changed_since_its_preview_is_shown_again(editor_client: Client, firm: Any, twin: Any) -> None:
    address = f"{desk.address(firm, 'merge')}?other={twin.pk}"
    form = desk.read(editor_client, address)
    factories.claim(twin)
    response = editor_client.post(address, form | {"reason": "One firm."}, follow=True)
    assert "Something has changed meanwhile." in text(response)
    assert Entity.objects.filter(pk=twin.pk).exists()


def test_what_forbids_undoing_is_told(editor_client: Client, firm: Any, twin: Any) -> None:
    moved = factories.claim(twin)
    merged = merge(firm, twin, "One.", None, plan(firm, twin).digest)
    moved.delete()
    address = desk.address(merged, "change")
    page = text(editor_client.get(address))
    assert "has been deleted since" in page
    assert "Undo the merge" not in page
    assert "has been deleted since" in text(editor_client.post(address, {"reason": "x"}, follow=True))


def test_editors_do_not_merge(firm: Any, twin: Any) -> None:
    merged = merge(firm, twin, "One.", None, plan(firm, twin).digest)
    client = Client()
    client.force_login(factories.editor(), backend="django.contrib.auth.backends.ModelBackend")
    for address in (
        desk.address(firm, "merge"),
        desk.address(merged, "change"),
        desk.address(Merge, "changelist"),
    ):
        assert client.get(address).status_code == 403
        assert client.post(address, {"reason": "x"}).status_code == 403
    assert desk.address(firm, "merge") not in text(client.get(desk.address(firm, "change")))
    assert "merge_selected" not in text(client.get(desk.address(KINDS["company"], "changelist")))


def test_the_list_of_merges_opens(editor_client: Client, firm: Any, twin: Any) -> None:
    merge(firm, twin, "One.", None, plan(firm, twin).digest)
    page = text(editor_client.get(desk.address(Merge, "changelist"), {"q": "hquant"}))
    assert "1 merge" in page
    assert "<script>alert" not in page


def test_the_preview_asks_which_stance_on_the_same_words_stays(
    editor_client: Client, claim: Claim, r1: Entity, report: Article
) -> None:
    other = factories.claim(r1, slug="again")
    text = factories.text(report, "R1 is open.")
    here = factories.passage(claim, text, "R1 is open")
    there = factories.passage(other, text, "R1 is open", stance="disputes")
    address = f"{desk.address(claim, 'merge')}?other={other.pk}"
    page = desk.send(editor_client, address, reason="One.")
    assert "Both cite “R1 is open”. Which stance stays?" in page.content.decode()
    assert list(page.context["asked"].errors) == [f"stance-{there.pk}"]
    response = desk.send(editor_client, address, reason="One.", **{f"stance-{there.pk}": "disputes"})
    assert response.headers["Location"] == desk.address(claim, "change")
    here.refresh_from_db()
    assert (here.stance, Claim.objects.filter(pk=other.pk).exists()) == ("disputes", False)
