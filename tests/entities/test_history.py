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


# In sentences


def test_the_history_tells_what_changed_in_sentences(editor_client: Client, claim: Claim, high_flyer: Entity) -> None:
    factories.as_draft(claim)
    desk.change(editor_client, claim, when="2025-01-27", mentions=[high_flyer.pk], verdict="supported", title_en="Open")
    desk.change(editor_client, claim, status="in-review", title_en="", **{"citations-0-locator": "table 2"})
    page = editor_client.get(desk.address(claim, "history")).content.decode()
    for sentence in (
        "The date changed: <del>20 </del><ins>27 </ins>January 2025",
        "The list of entities mentioned has more: <ins>High-Flyer</ins>",
        "The verdict was added: <ins>supported</ins>",
        "The title in English was taken out: <del>Open</del>",
        "It was sent to review.",
        "The place in the article changed: <del>paragraph 1</del><ins>table 2</ins>",
    ):
        assert sentence in page, sentence
    for field in ("title_en", "citations", "history_"):
        assert f">{field}" not in page


def test_a_state_that_names_a_deleted_record_is_still_told(editor_client: Client, claim: Claim) -> None:
    factories.as_draft(claim)
    gone = factories.entity(name="Gone")
    claim.mentions.add(gone)
    claim.subject, old = gone, claim.subject
    claim.save()
    claim.subject = old
    claim.save()
    claim.mentions.clear()
    gone.delete()
    page = editor_client.get(desk.address(claim, "history")).content.decode()
    assert "a record that was deleted" in page


@pytest.mark.parametrize("name", TEXTS)
def test_one_change_is_undone_and_later_ones_stay(name: str, editor_client: Client) -> None:
    record = record_of(name)
    if isinstance(record, Claim):
        factories.as_draft(record)
    column = TEXTS[name]
    before = getattr(record, column)
    other = {"article": "note", "unit": "singular_en", "property": "note_en", "claim": "title_en"}.get(
        name, "summary_en"
    )
    desk.change(editor_client, record, **{column: "Changed"})
    change = history(record).first()
    desk.change(editor_client, record, **{other: "Later"})
    address = f"{desk.address(record, 'change')}?undo={change.pk}"
    form = desk.read(editor_client, address)
    assert (form[column], form[other]) == (before, "Later")
    assert form["change_reason"].startswith("Undone")
    assert editor_client.post(address, form).status_code == 302
    record.refresh_from_db()
    assert (getattr(record, column), getattr(record, other)) == (before, "Later")


def test_what_was_changed_again_is_left_as_it_is(editor_client: Client, r1: Entity, high_flyer: Entity) -> None:
    claim = factories.claim(r1, status="draft", statement="One.")
    desk.change(editor_client, claim, statement_en="Two.", title_en="Title", mentions=[high_flyer.pk])
    change = history(claim).first()
    desk.change(editor_client, claim, statement_en="Three.", mentions=[high_flyer.pk, r1.pk])
    response = editor_client.get(f"{desk.address(claim, 'change')}?undo={change.pk}")
    assert "so left as it is: the statement in English." in response.content.decode()
    form = desk.read(editor_client, f"{desk.address(claim, 'change')}?undo={change.pk}")
    assert (form["statement_en"], form["title_en"], form["mentions"]) == ("Three.", "", [str(r1.pk)])


def test_undoing_a_change_of_a_published_claim_proposes_it(editor_client: Client, claim: Claim) -> None:
    desk.revise(editor_client, claim, statement_en="R1 is open.")
    address = f"{desk.address(claim, 'change')}?undo={history(claim).first().pk}"
    assert editor_client.post(address, desk.read(editor_client, address)).status_code == 302
    claim.refresh_from_db()
    assert (claim.statement, claim.proposals.get().statement) == ("R1 is open.", "R1 has open weights.")


@pytest.mark.parametrize("number", ["x", "0", "9" * 30, "-1", "%00"])
def test_undoing_nonsense_opens_the_form_as_it_is(number: str, editor_client: Client, r1: Entity) -> None:
    assert desk.read(editor_client, f"{desk.address(r1, 'change')}?undo={number}")["name_en"] == "DeepSeek-R1"


# What was deleted


@pytest.mark.parametrize("name", TEXTS)
def test_a_deleted_record_is_listed_and_brought_back(name: str, editor_client: Client) -> None:
    record = record_of(name)
    pk, model = record.pk, type(record)
    desk.send(editor_client, desk.address(record, "delete"), change_reason="A slip")
    address = desk.address(model, "deleted")
    page = editor_client.get(address).content.decode()
    assert "A slip" in page
    row = history(model).filter(history_type="-").first()
    response = editor_client.post(address, {"restore": row.pk})
    assert response.status_code == 302
    back = model._default_manager.get()
    assert (back.pk, getattr(back, TEXTS[name])) == (pk, getattr(record, TEXTS[name]))
    assert history(back).first().history_user.username == "reviewer"
    assert "Nothing was deleted." in editor_client.get(address).content.decode()


def test_a_claim_comes_back_with_its_mentions_and_citations(
    editor_client: Client, claim: Claim, high_flyer: Entity
) -> None:
    claim.mentions.add(high_flyer)
    earlier = Citation.objects.create(claim=claim, article=factories.article(), position=2)
    earlier.delete()
    desk.send(editor_client, desk.address(claim, "delete"), change_reason="A slip")
    editor_client.post(desk.address(Claim, "deleted"), {"restore": history(claim).first().pk})
    back = Claim.objects.get()
    assert (list(back.mentions.all()), [row.locator for row in back.citations.all()]) == ([high_flyer], ["paragraph 1"])
    assert str(back.known_since) == "2025-01-20"


@pytest.mark.parametrize("name", ["entity", "article"])
def test_a_record_comes_back_with_the_tags_that_it_had(name: str, editor_client: Client, r1: Entity) -> None:
    record: Any = factories.article() if name == "article" else r1
    kept, dropped = factories.tag("open weights"), factories.tag("chips")
    record.tags.add(kept, dropped)
    record.tags.remove(dropped)
    factories.entity().tags.add(dropped)
    desk.send(editor_client, desk.address(record, "delete"), change_reason="A slip")
    editor_client.post(desk.address(type(record), "deleted"), {"restore": history(type(record)).first().pk})
    back = type(record).objects.get(pk=record.pk)
    assert list(back.tags.all()) == [kept]
    page = editor_client.get(desk.address(back, "history")).content.decode()
    assert "The tag was added: <ins>open weights</ins>" in page
    assert "The tag was taken out: <del>chips</del>" in page


@pytest.mark.parametrize(("after", "anchor"), [("New.\nIt is open.", "same"), ("It is not open.", "changed")])
def test_a_claim_comes_back_with_its_passages_in_the_present_text(
    after: str, anchor: str, editor_client: Client, claim: Claim
) -> None:
    """What the article says now decides whether the verdict stands, not what it said when the claim was deleted."""
    article = claim.citations.get().article
    factories.passage(claim, factories.text(article, "It is open."), "It is open")
    Claim.objects.filter(pk=claim.pk).update(verdict="supported")
    desk.send(editor_client, desk.address(claim, "delete"), change_reason="A slip")
    latest = factories.text(article, after)
    editor_client.post(desk.address(Claim, "deleted"), {"restore": history(claim).first().pk})
    back = Claim.objects.get()
    passage = back.citations.exclude(revision=None).get()
    assert (passage.anchor, passage.revision == latest) == (anchor, anchor == "same")
    assert (back.public_verdict == "suspended") == (anchor == "changed")
    if anchor == "same":
        assert latest.text[passage.start : passage.end] == passage.quote


def test_a_record_whose_place_is_taken_or_whose_subject_is_gone_says_so(editor_client: Client, r1: Entity) -> None:
    claim = factories.claim(r1, slug="it")
    row = history(claim).first
    claim.delete()
    factories.claim(r1, slug="it")
    response = editor_client.post(desk.address(Claim, "deleted"), {"restore": row().pk})
    assert "It cannot come back as it was" in response.content.decode()
    Claim.objects.all().delete()
    r1.delete()
    response = editor_client.post(desk.address(Claim, "deleted"), {"restore": row().pk})
    assert "It cannot come back as it was" in response.content.decode()
    assert not Claim.objects.exists()


@pytest.mark.parametrize("number", ["", "x", "0", "9" * 30])
def test_restoring_nonsense_finds_nothing(number: str, editor_client: Client, r1: Entity) -> None:
    assert editor_client.post(desk.address(Entity, "deleted"), {"restore": number}).status_code == 404


def test_only_who_may_delete_may_restore(client: Client, claim: Claim) -> None:
    client.force_login(factories.editor(), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(desk.address(Claim, "deleted")).status_code == 403
    assert ">Deleted</a>" not in client.get(desk.address(Claim, "changelist")).content.decode()
