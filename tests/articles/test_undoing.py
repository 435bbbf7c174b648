"""One change of a citation, tag or author taken back from the history of its record; in a proposal where due."""

import re
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client

from articles import search
from articles.models import Article, Author, Citation
from entities.models import Claim, Person, TaggedItem
from tests import desk, factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def cited(claim: Claim) -> Citation:
    return claim.citations.get()


def page(record: Model, number: int, part: str = "citation") -> str:
    return desk.address(record, "undo", part, number)


def undo(client: Client, record: Model, **fields: Any) -> Any:
    """Take the latest change of what belongs to a record back, by the link of its history."""
    html = client.get(desk.address(record, "history")).content.decode()
    return desk.send(client, re.findall(r'href="([^"]*/history/\w+/\d+/undo/)"', html)[0], **fields)


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
    refused = undo(editor_client, claim, change_reason="Typed with care")
    assert "is waiting already" in refused.content.decode()
    assert refused.context["form"]["change_reason"].value() == "Typed with care"
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


# Tags and authors


def tags(record: Any) -> list[str]:
    return sorted(record.tags.names())


@pytest.mark.parametrize("kind", ["entity", "article"])
def test_a_tag_is_taken_back_and_given_back(editor_client: Client, kind: str) -> None:
    record: Any = Person.objects.get(pk=factories.entity("person").pk) if kind == "entity" else factories.article()
    assert desk.change(editor_client, record, tags=[factories.tag("chips").pk]).status_code == 302
    response = undo(editor_client, record, change_reason="It is about models")
    assert response.headers["Location"] == desk.address(record, "history")
    assert tags(record) == []
    row = desk.history(TaggedItem).first()
    assert (row.history_type, row.history_change_reason, row.history_user.username) == (
        "-",
        "It is about models",
        "reviewer",
    )
    assert undo(editor_client, record).status_code == 302
    assert tags(record) == ["chips"]
    assert "Undone: the change of" in desk.history(record).first().history_change_reason


def test_search_learns_of_what_was_taken_back(editor_client: Client, report: Article) -> None:
    author = {"authors-0-name": "Zhuang Zhou", "authors-TOTAL_FORMS": "1"}
    assert desk.change(editor_client, report, **author).status_code == 302
    assert search.records("articles", "Zhuang") == [report.pk]
    undo(editor_client, report)
    assert search.records("articles", "Zhuang") == []


def test_a_tag_that_was_given_again_by_hand_says_so(editor_client: Client, report: Article) -> None:
    chips = factories.tag("chips")
    report.tags.add(chips)
    report.tags.remove(chips)
    removed = desk.history(TaggedItem).first().history_id
    report.tags.add(chips)
    response = desk.send(editor_client, page(report, removed, "taggeditem"), change_reason="Typed")
    assert "It is there already." in response.content.decode()
    assert response.context["form"]["change_reason"].value() == "Typed"
    assert tags(report) == ["chips"]


def test_the_history_of_a_tag_that_is_gone_can_still_be_read(editor_client: Client, report: Article) -> None:
    chips = factories.tag("chips")
    report.tags.add(chips)
    chips.delete()
    html = editor_client.get(desk.address(report, "history")).content.decode()
    assert "a record that was deleted" in html
    assert undo(editor_client, report).status_code == 200


def rename(author: Author) -> None:
    author.name = "B. Two"
    author.save()


def drop(author: Author) -> None:
    author.delete()


def join(author: Author) -> None:
    Author.objects.create(article=author.article, name="C. Three")


@pytest.mark.parametrize("made", [rename, drop, join])
def test_a_change_of_an_author_is_taken_back(editor_client: Client, report: Article, made: Any) -> None:
    author = Author.objects.create(article=report, name="A. One")
    made(author)
    assert undo(editor_client, report, change_reason="A slip").status_code == 302
    assert list(report.authors.values_list("name", flat=True)) == ["A. One"]
    assert desk.history(Author).first().history_change_reason == "A slip"


def test_an_undo_needs_its_reason(editor_client: Client, report: Article) -> None:
    report.tags.add(factories.tag())
    assert "This field is required" in undo(editor_client, report, change_reason=" ").content.decode()
    assert tags(report)


@pytest.mark.parametrize("part", ["author", "citation", "nothing"])
def test_what_belongs_to_another_record_is_not_found(part: str, editor_client: Client, report: Article) -> None:
    other = factories.article()
    other.tags.add(factories.tag())
    Author.objects.create(article=other, name="A. One")
    number = desk.history(Author).first().history_id
    assert editor_client.get(page(report, number, part)).status_code == 404
    assert editor_client.get(page(report, desk.history(TaggedItem).first().history_id, "taggeditem")).status_code == 404
