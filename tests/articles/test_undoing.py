"""One change of a citation taken back from the history of its claim; in a proposal where readers see the claim."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from articles.models import Article, Citation
from entities.models import Claim
from tests import desk, factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def cited(claim: Claim) -> Citation:
    return claim.citations.get()


def page(claim: Claim, number: int) -> str:
    return reverse("admin:entities_claim_undo_citation", args=[claim.pk, number])


def undo(client: Client, claim: Claim) -> Any:
    """Take the latest change of a citation of a claim back, by the link of its history."""
    html = client.get(desk.address(claim, "history")).content.decode()
    return desk.send(client, re.findall(r'href="([^"]*/citations/\d+/undo/)"', html)[0])


def change(cited: Citation) -> None:
    cited.stance, cited.locator = "disputes", "table 9"
    cited.save()


def remove(cited: Citation) -> None:
    cited.delete()


def add(cited: Citation) -> None:
    Citation.objects.create(claim=cited.claim, article=factories.article(), locator="page 4")


def rows(claim: Claim) -> list[tuple[int, str, str]]:
    return list(claim.citations.values_list("article", "stance", "locator"))


@pytest.mark.parametrize("made", [change, remove, add])
@pytest.mark.parametrize("is_live", [False, True])
def test_a_change_of_a_citation_is_taken_back(
    is_live: bool, made: Any, editor_client: Client, claim: Claim, cited: Citation
) -> None:
    if not is_live:
        factories.as_draft(claim)
    before = rows(claim)
    made(cited)
    after = rows(claim)
    assert after != before
    response = undo(editor_client, claim)
    target = claim.proposals.get() if is_live else claim
    assert response.headers["Location"] == desk.address(target, "review" if is_live else "change")
    assert rows(target) == before
    # What readers see waits for a reviewer.
    assert rows(claim) == (after if is_live else before)
    if is_live:
        assert desk.step(editor_client, target, "publish", change_reason="So").status_code == 302
        assert rows(claim) == before
    else:
        row = desk.history(Citation).first()
        assert row.history_change_reason.startswith("Undone: the change of")
        assert row.history_user.username == "reviewer"


def test_what_was_changed_again_since_stays(editor_client: Client, claim: Claim, cited: Citation) -> None:
    factories.as_draft(claim)
    change(cited)
    number = desk.history(cited).first().history_id
    cited.locator = "table 10"
    cited.save()
    assert desk.send(editor_client, page(claim, number)).status_code == 302
    assert rows(claim) == [(cited.article_id, "supports", "table 10")]
    response = desk.send(editor_client, page(claim, number))
    assert "All that this changed has been changed again since." in response.content.decode()


def test_words_that_were_moved_go_back_and_are_held_against_the_present_text(
    editor_client: Client, claim: Claim, report: Article
) -> None:
    factories.as_draft(claim)
    text = factories.text(report, "R1 is open. It is free.")
    passage = factories.passage(claim, text, "R1 is open")
    start = text.text.index("It is free")
    passage.quote, passage.start, passage.end = "It is free", start, start + len("It is free")
    passage.save()
    latest = factories.text(report, "Now. R1 is open. It is free.")
    assert undo(editor_client, claim).status_code == 302
    passage.refresh_from_db()
    assert (passage.quote, passage.revision, passage.anchor) == ("R1 is open", latest, "same")
    assert latest.text[passage.start : passage.end] == "R1 is open"


def test_what_cannot_be_taken_back_says_why(editor_client: Client, claim: Claim, cited: Citation) -> None:
    factories.as_draft(claim)
    change(cited)
    number = desk.history(cited).first().history_id
    cited.delete()
    assert "has been taken away since" in desk.send(editor_client, page(claim, number)).content.decode()
    gone = desk.history(Citation).first().history_id
    assert desk.send(editor_client, page(claim, gone)).status_code == 302
    assert "is there already" in desk.send(editor_client, page(claim, gone)).content.decode()


def test_while_a_change_waits_nothing_else_is_taken_back(editor_client: Client, claim: Claim, cited: Citation) -> None:
    change(cited)
    assert undo(editor_client, claim).status_code == 302
    assert "is waiting already" in undo(editor_client, claim).content.decode()
    assert claim.proposals.count() == 1


@pytest.mark.parametrize("number", [0, 999_999, 10**25])
def test_a_change_that_is_none_of_the_claim_is_not_found(number: int, editor_client: Client, claim: Claim) -> None:
    other = factories.claim(claim.subject, cites=[factories.article()])
    for each in (number, desk.history(other.citations.get()).first().history_id):
        assert editor_client.get(page(claim, each)).status_code == 404


def test_who_may_only_look_takes_nothing_back(client: Client, claim: Claim, cited: Citation) -> None:
    change(cited)
    number = desk.history(cited).first().history_id
    client.force_login(factories._member("guest"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(page(claim, number), {"change_reason": "So"}).status_code == 403
