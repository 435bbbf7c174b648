"""Row history: one row for each edit, whoever makes it and through whichever door, with who and why."""

from typing import Any

import pytest
from django.test import Client

from articles.models import Article, Author, Citation
from entities.history import difference
from entities.models import KINDS, Claim, Entity
from tests import desk, factories
from tests.desk import history

pytestmark = pytest.mark.django_db


def record_of(name: str) -> Any:
    """Store a record of the model, or of the kind through its proxy."""
    if name in KINDS:
        return KINDS[name].objects.create(slug="it", name="It", status="published")
    subject = factories.entity()
    match name:
        case "entity":
            return subject
        case "claim":
            return factories.claim(subject)
        case "article":
            return factories.article()
        case "author":
            return Author.objects.create(article=factories.article(), name="A. Author")
        case "citation":
            return Citation.objects.create(claim=factories.claim(subject), article=factories.article())
        case "property":
            return factories.prop()
    return factories.unit()


RECORDS = [*KINDS, "entity", "claim", "article", "author", "citation", "property", "unit"]
# A text of each record that an edit may change; those without one have no admin of their own.
TEXTS = dict.fromkeys(KINDS, "name_en") | {
    "entity": "name_en",
    "claim": "statement_en",
    "article": "title",
    "property": "label_en",
    "unit": "plural_en",
}


@pytest.mark.parametrize("name", RECORDS)
def test_creating_changing_and_deleting_in_code_write_one_row_each(name: str) -> None:
    record = record_of(name)
    rows = history(record)
    assert [row.history_type for row in rows] == ["+"]
    record.save()
    assert [row.history_type for row in rows.all()] == ["~", "+"]
    record.delete()
    assert [row.history_type for row in rows.all()] == ["-", "~", "+"]


@pytest.mark.parametrize("name", TEXTS)
def test_an_edit_in_the_admin_writes_one_row_with_who_and_why(name: str, editor_client: Client) -> None:
    record = record_of(name)
    if isinstance(record, Claim):
        factories.as_draft(record)
    rows = history(record)
    before = rows.count()
    response = desk.change(editor_client, record, **{TEXTS[name]: "Changed"}, change_reason="A better name")
    assert desk.errors(response) == {}
    assert rows.count() == before + 1
    row = rows.first()
    assert (row.history_type, row.history_user.username) == ("~", "reviewer")
    assert row.history_change_reason == "A better name"
    assert getattr(row, TEXTS[name]) == "Changed"


@pytest.mark.parametrize("name", TEXTS)
def test_a_deletion_in_the_admin_writes_one_row_with_who_and_why(name: str, editor_client: Client) -> None:
    record = record_of(name)
    rows = history(record)
    before = rows.count()
    response = desk.send(editor_client, desk.address(record, "delete"), change_reason="A duplicate")
    assert response.status_code == 302
    assert not type(record)._default_manager.exists()
    assert rows.count() == before + 1
    row = rows.first()
    assert (row.history_type, row.history_user.username) == ("-", "reviewer")
    assert row.history_change_reason == "A duplicate"


@pytest.mark.parametrize("name", TEXTS)
def test_deleting_several_in_the_list_writes_one_row_for_each(name: str, editor_client: Client) -> None:
    record = record_of(name)
    rows = history(record)
    before = rows.count()
    action = {"action": "delete_selected", "_selected_action": [record.pk]}
    changelist = desk.address(type(record), "changelist")
    assert "Are you sure" in editor_client.post(changelist, action).content.decode()
    editor_client.post(changelist, action | {"post": "yes", "change_reason": "A duplicate"})
    assert rows.count() == before + 1
    row = rows.first()
    assert (row.history_type, row.history_user.username) == ("-", "reviewer")
    assert row.history_change_reason == "A duplicate"


def test_the_page_that_asks_before_several_are_deleted_asks_why(editor_client: Client, claim: Claim) -> None:
    action = {"action": "delete_selected", "_selected_action": [claim.pk]}
    page = editor_client.post(desk.address(Claim, "changelist"), action).content.decode()
    assert 'name="change_reason"' in page


def test_a_claim_created_in_the_admin_with_citations_and_mentions_writes_one_row_each(
    editor_client: Client, r1: Entity, report: Article
) -> None:
    response = desk.add(
        editor_client,
        Claim,
        subject=r1.pk,
        statement_en="R1 is open.",
        mentions=[r1.pk],
        **{"citations-0-article": report.pk, "change_reason": "First"},
    )
    assert desk.errors(response) == {}
    claim = Claim.objects.get()
    assert [row.history_change_reason for row in history(claim)] == ["First"]
    assert [row.entity for row in history(claim).first().mentions.all()] == [r1]
    assert [row.history_change_reason for row in history(Citation)] == ["First"]


def test_an_edit_of_a_claim_with_its_mentions_writes_one_row_with_the_new_ones(
    editor_client: Client, claim: Claim, high_flyer: Entity
) -> None:
    factories.as_draft(claim)
    before = history(claim).count()
    desk.change(editor_client, claim, statement_en="So it is.", mentions=[high_flyer.pk])
    assert history(claim).count() == before + 1
    assert [row.entity for row in history(claim).first().mentions.all()] == [high_flyer]


def test_only_the_citation_that_was_edited_gets_a_row(editor_client: Client, claim: Claim) -> None:
    second = Citation.objects.create(claim=claim, article=factories.article(), position=2)
    factories.as_draft(claim)
    before = history(Citation).count()
    desk.change(editor_client, claim, **{"citations-1-locator": "table 2", "change_reason": "More exact"})
    assert history(Citation).count() == before + 1
    row = history(second).first()
    assert (row.locator, row.history_user.username, row.history_change_reason) == ("table 2", "reviewer", "More exact")


def test_a_citation_taken_out_gets_a_row(editor_client: Client, claim: Claim) -> None:
    factories.as_draft(claim)
    citation = claim.citations.get()
    desk.change(editor_client, claim, **{"citations-0-DELETE": "on", "change_reason": "Does not say so"})
    row = history(citation).first()
    assert (row.history_type, row.history_change_reason) == ("-", "Does not say so")


def test_deleting_a_claim_writes_down_its_citations(editor_client: Client, claim: Claim) -> None:
    citation = claim.citations.get()
    desk.send(editor_client, desk.address(claim, "delete"), change_reason="A duplicate")
    row = history(citation).first()
    assert (row.history_type, row.history_user.username) == ("-", "reviewer")


def test_mentions_changed_in_code_after_loading_write_one_row(claim: Claim, r1: Entity, high_flyer: Entity) -> None:
    claim.mentions.add(r1)
    loaded = Claim.objects.get()
    before = history(claim).count()
    loaded.mentions.set([high_flyer])
    assert history(claim).count() == before + 1
    assert [row.entity for row in history(claim).first().mentions.all()] == [high_flyer]


def test_a_list_changed_from_its_far_side_writes_a_row_for_the_record_that_keeps_it(
    report: Article, r1: Entity
) -> None:
    before = history(report).count(), history(r1).count()
    r1.summary_sources.set([report])
    assert (history(report).count(), history(r1).count()) == (before[0] + 1, before[1])
    assert [row.entity for row in history(report).first().summarises.all()] == [r1]
    r1.summary_sources.set([])
    assert [row.entity for row in history(report).first().summarises.all()] == []


def test_the_sources_of_a_summary_are_kept_in_the_history_of_the_articles(
    editor_client: Client, report: Article, r1: Entity
) -> None:
    before = history(report).count(), history(r1).count()
    desk.change(editor_client, r1, drawn_from=[report.pk], change_reason="It tells the same")
    assert list(r1.summary_sources.all()) == [report]
    assert (history(report).count(), history(r1).count()) == (before[0] + 1, before[1] + 1)
    assert history(report).first().history_change_reason == "It tells the same"


def test_a_reason_given_in_code_counts_before_any_other(claim: Claim) -> None:
    claim._change_reason = "From a script"  # type: ignore[attr-defined]
    claim.save()
    assert history(claim).first().history_change_reason == "From a script"


@pytest.mark.parametrize(
    ("old", "new", "marked"),
    [
        ("same", "same", "same"),
        ("", "new", "<ins>new</ins>"),
        ("old", "", "<del>old</del>"),
        ("A big dog.", "A small dog.", "A <del>big </del><ins>small </ins>dog."),
        ("a < b", "a > b", "a <del>&lt; </del><ins>&gt; </ins>b"),
        ("<b>", "<b>", "&lt;b&gt;"),
        ("2025-01-20", "2025-01-27", "2025-01-<del>20</del><ins>27</ins>"),
    ],
)
def test_a_difference_marks_words_that_went_and_came(old: str, new: str, marked: str) -> None:
    assert difference(old, new) == marked


def test_very_long_texts_are_replaced_as_a_whole() -> None:
    old, new = "one " * 3000, "two " * 3000
    assert difference(old, new) == f"<del>{old}</del><ins>{new}</ins>"
