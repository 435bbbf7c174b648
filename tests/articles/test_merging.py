"""Merging two records that are one: what moves, what clashes, what leads on, and taking all of it back."""

from typing import Any

import pytest
from django.core.serializers import serialize
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from articles import clock, merging, passages, search
from articles.merging import MergeError, merge, plan, undo
from articles.models import Article, Author, Citation, FormerArticleSlug, Merge
from entities.models import Claim, Entity, FormerClaimSlug, FormerEntitySlug, TaggedItem
from tests import desk, factories

pytestmark = pytest.mark.django_db

TABLES: tuple[Any, ...] = (
    Entity,
    Claim,
    Claim.mentions.through,
    TaggedItem,
    Article,
    Article.summarises.through,
    Author,
    Citation,
    FormerEntitySlug,
    FormerClaimSlug,
    FormerArticleSlug,
)


def state() -> dict[Any, Any]:
    """All rows of the story without the moment when each was last changed, and texts in no language."""
    clock.refresh_known_since()
    repeated = {"updated_at", "name", "summary", "statement"}
    rows = {}
    for model in TABLES:
        for row in serialize("python", model._base_manager.order_by("pk")):
            rows[row["model"], row["pk"]] = {k: v for k, v in row["fields"].items() if k not in repeated}
    return rows


def go(kept: Any, other: Any, reason: str = "One firm.") -> Merge:
    for record in (kept, other):
        record.refresh_from_db()
    return merge(kept, other, reason, None, plan(kept, other).digest)


@pytest.fixture
def twin(high_flyer: Entity) -> Entity:
    """The same firm once more."""
    links = [{"type": "homepage", "url": "https://example.org/"}]
    return factories.entity("company", "hquant", name="Hquant", aliases=["HQ"], links=links, summary="A fund.")


def test_search_is_told_once_of_a_merge_and_of_its_undoing(
    high_flyer: Entity, twin: Entity, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[Any] = []
    refresh = search.refresh

    def note(**told: Any) -> None:
        calls.append(told)
        refresh(**told)

    monkeypatch.setattr(search, "refresh", note)
    merged = go(high_flyer, twin)
    assert [set(call["around"]) for call in calls] == [{high_flyer.pk, twin.pk}]
    assert search.records("entities", "Hquant") == [high_flyer.pk]
    undo(merged, "Two firms.", None)
    assert len(calls) == 2
    assert search.records("entities", "Hquant") == [twin.pk]


@pytest.fixture
def busy(high_flyer: Entity, twin: Entity, r1: Entity, report: Article) -> dict[str, Any]:
    """Everything that can refer to an entity refers to the twin, and some of it to the firm as well."""
    develops = factories.prop("develops")
    made: dict[str, Any] = {
        "about": factories.claim(twin, statement="It trades.", cites=[report], when="2020", lane="models"),
        "out": factories.relation(twin, develops, r1),
        "in": factories.relation(r1, factories.prop("made-by"), twin),
        "mention": factories.claim(r1, statement="R1 is by a fund."),
        "mention both": factories.claim(r1, statement="R1 is by both."),
        "article": factories.article(publisher=twin),
    }
    made["mention"].mentions.add(twin)
    made["mention both"].mentions.add(twin, high_flyer)
    Author.objects.create(article=report, name="Its lab", entity=twin)
    report.summarises.add(twin)
    for name in ("fund", "china"):
        twin.tags.add(factories.tag(name))
    high_flyer.tags.add(factories.tag("fund"))
    twin.slug = "hq-quant"
    twin.save()
    return made


def test_all_that_refers_to_an_entity_moves(busy: dict[str, Any], high_flyer: Entity, twin: Entity) -> None:
    go(high_flyer, twin)
    high_flyer.refresh_from_db()
    for made in (busy["about"], busy["out"], busy["in"], busy["article"]):
        made.refresh_from_db()
    assert busy["about"].subject == busy["out"].subject == busy["in"].object == high_flyer
    assert busy["article"].publisher == high_flyer
    assert list(busy["mention"].mentions.all()) == list(busy["mention both"].mentions.all()) == [high_flyer]
    assert Author.objects.get().entity == high_flyer
    assert list(high_flyer.summary_sources.all()) == [Article.objects.get(slug="v3-report")]
    assert sorted(tag.name for tag in high_flyer.tags.all()) == ["china", "fund"]
    assert high_flyer.aliases == ["Hquant", "HQ"]
    assert (high_flyer.links, high_flyer.summary) == (twin.links, "A fund.")
    assert not Entity.objects.filter(pk=twin.pk).exists()


@pytest.mark.parametrize("form", ["/", ".ics", ".atom"])
@pytest.mark.parametrize("prefix", ["", "/fr"])
def test_every_old_address_leads_to_what_was_kept(
    prefix: str, form: str, busy: dict[str, Any], high_flyer: Entity, twin: Entity, client: Client
) -> None:
    go(high_flyer, twin)
    for slug in ("hquant", "hq-quant"):
        response = client.get(f"{prefix}/companies/{slug}{form}")
        assert (response.status_code, response.headers["Location"]) == (301, f"{prefix}/companies/high-flyer{form}")


def test_each_record_touched_has_one_row_of_history_with_the_reason(
    busy: dict[str, Any], high_flyer: Entity, twin: Entity
) -> None:
    before = {key: desk.history(busy[key]).count() for key in busy}
    go(high_flyer, twin)
    why = "“Hquant” merged into “High-Flyer”: One firm."
    assert {key: desk.history(busy[key]).count() - before[key] for key in busy} == dict.fromkeys(busy, 1)
    for record in (*busy.values(), high_flyer, twin):
        assert desk.history(record).first().history_change_reason == why
    mentioned = desk.history(busy["mention"]).first().mentions.values_list("entity", flat=True)
    assert list(mentioned) == [high_flyer.pk]
    assert desk.history(twin).first().history_type == "-"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_undoing_a_merge_brings_every_row_back(
    language: str, busy: dict[str, Any], high_flyer: Entity, twin: Entity, client: Client
) -> None:
    before = state()
    with override(language):
        merged = go(high_flyer, twin)
        assert state() != before
        restored = undo(Merge.objects.get(pk=merged.pk), "Two firms.", None)
    assert restored.pk == twin.pk
    assert state() == before
    assert client.get("/companies/hq-quant/").status_code == 200
    assert client.get("/companies/hquant/").headers["Location"] == "/companies/hq-quant/"
    why = "Merge of “Hquant” into “High-Flyer” undone: Two firms."
    assert {desk.history(record).first().history_change_reason for record in (*busy.values(), high_flyer, twin)} == {
        why
    }
    mentioned = desk.history(busy["mention both"]).first().mentions.values_list("entity", flat=True)
    assert sorted(mentioned) == sorted([high_flyer.pk, twin.pk])


def test_a_merge_is_undone_once(high_flyer: Entity, twin: Entity) -> None:
    merged = go(high_flyer, twin)
    undo(merged, "No.", None)
    with pytest.raises(MergeError, match="undone already"):
        undo(merged, "No.", None)


def delete_claim(busy: dict[str, Any], kept: Entity) -> None:
    busy["about"].delete()


def move_claim(busy: dict[str, Any], kept: Entity) -> None:
    Claim.objects.filter(pk=busy["about"].pk).update(subject=factories.entity())


def rename_alias(busy: dict[str, Any], kept: Entity) -> None:
    kept.refresh_from_db()
    kept.aliases = [*kept.aliases, "Another"]
    kept.save()


def merge_on(busy: dict[str, Any], kept: Entity) -> None:
    go(factories.entity("company", "third", name="Third"), kept)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (delete_claim, "The claim number .* has been deleted since"),
        (move_claim, "The claim “It trades.” has been changed since: subject"),
        (rename_alias, "The entity “High-Flyer” has been changed since: aliases"),
        (merge_on, "has been changed since"),
    ],
)
def test_a_merge_is_not_undone_over_what_came_after(
    change: Any, reason: str, busy: dict[str, Any], high_flyer: Entity, twin: Entity
) -> None:
    merged = go(high_flyer, twin)
    change(busy, high_flyer)
    before = state()
    with pytest.raises(MergeError, match=reason):
        undo(merged, "Two firms.", None)
    assert state() == before


def test_merges_are_undone_from_the_last_to_the_first(high_flyer: Entity, twin: Entity) -> None:
    before = state()
    first = go(high_flyer, twin)
    third = factories.entity("company", "third")
    second = go(third, high_flyer)
    undo(second, "No.", None)
    third.delete()
    undo(first, "No.", None)
    assert state() == before


def test_what_is_the_same_twice_goes_and_comes_back(busy: dict[str, Any], high_flyer: Entity, twin: Entity) -> None:
    doubles = {
        moves.rows[0]._meta.label if moves.rows else moves.doubles[0]._meta.label: moves
        for moves in plan(high_flyer, twin).moves
    }
    assert doubles["entities.Claim_mentions"].doubles_named == ["R1 is by both."]
    assert doubles["entities.TaggedItem"].doubles_named == ["fund"]
    assert doubles["entities.Claim_mentions"].doubles_sentence == "1 is there already and goes."


def test_records_of_two_kinds_are_not_one(high_flyer: Entity, r1: Entity) -> None:
    assert "of two kinds" in plan(high_flyer, r1).problems[0]
    with pytest.raises(MergeError, match="of two kinds"):
        go(high_flyer, r1)
    assert Entity.objects.count() == 2


def test_a_record_is_not_merged_into_itself(high_flyer: Entity) -> None:
    assert plan(high_flyer, high_flyer).problems


def test_a_published_record_is_not_merged_into_a_draft(twin: Entity) -> None:
    assert "keep the published one" in plan(factories.entity(status="draft"), twin).problems[0]


def test_a_link_between_the_two_is_settled_first(high_flyer: Entity, twin: Entity) -> None:
    link = factories.relation(high_flyer, factories.prop("owns"), twin)
    assert plan(high_flyer, twin).problems == [
        f"The claim “{link}” would link the record to itself: correct or delete it first."
    ]
    link.delete()
    assert plan(high_flyer, twin).problems == []


def test_two_values_of_a_functional_property_become_rivals(high_flyer: Entity, twin: Entity) -> None:
    founded = factories.prop("founded-on", "date", is_functional=True)
    ours = factories.claim(high_flyer, property=founded, date="2016", rank="preferred", rank_reason="Register.")
    theirs = factories.claim(twin, property=founded, date="2015", rank="preferred", rank_reason="Paper.")
    same = factories.claim(twin, property=factories.prop("led-on", "date", is_functional=True), date="2015")
    found = plan(high_flyer, twin)
    assert found.clashes == [
        "Founded on has one value, and there would be two: 2016, and its rival 2015.",
        f"“{theirs}” would no longer be the preferred value.",
    ]
    go(high_flyer, twin)
    for claim in (ours, theirs, same):
        claim.refresh_from_db()
    assert (ours.rank, theirs.rank, theirs.alternative, same.alternative) == ("preferred", "normal", "rival", "")
    assert [claim.pk for claim in Claim.objects.published().disagreements()] == [ours.pk, theirs.pk]


def test_what_the_kept_record_has_itself_is_not_overwritten(high_flyer: Entity, twin: Entity) -> None:
    high_flyer.summary = "A hedge fund."
    high_flyer.save()
    found = plan(high_flyer, twin)
    assert found.losses == [("Summary", "A hedge fund.", "A fund.")]
    go(high_flyer, twin)
    high_flyer.refresh_from_db()
    assert high_flyer.summary == "A hedge fund."


def test_nothing_is_done_that_nobody_has_seen(high_flyer: Entity, twin: Entity) -> None:
    seen = plan(high_flyer, twin).digest
    factories.claim(twin)
    with pytest.raises(MergeError, match="Look at it again"):
        merge(high_flyer, twin, "One firm.", None, seen)
    assert Entity.objects.filter(pk=twin.pk).exists()


def test_a_record_deleted_meanwhile_is_told(high_flyer: Entity, twin: Entity) -> None:
    seen = plan(high_flyer, twin).digest
    Entity.objects.get(pk=twin.pk).delete()
    with pytest.raises(MergeError, match="deleted meanwhile"):
        merge(high_flyer, twin, "One firm.", None, seen)


def test_prose_keeps_leading_to_the_merged_records(
    high_flyer: Entity, twin: Entity, claim: Claim, client: Client
) -> None:
    other = factories.claim(claim.subject, slug="again", statement="R1 is open.")
    claim.subject.summary = "[It](entity:hquant) is [open](claim:again)."
    claim.subject.save()
    go(high_flyer, twin)
    go(claim, other)
    page = client.get("/models/deepseek-r1/").content.decode()
    assert 'href="/companies/high-flyer/" class="entity-link"' in page
    assert f'href="{claim.get_absolute_url()}" class="claim-link"' in page
    Entity.objects.get(slug="deepseek-r1").full_clean()


# Claims


@pytest.fixture
def again(claim: Claim, report: Article) -> Claim:
    """The same thing said a second time, with a source that both have and one of its own."""
    other = factories.claim(
        claim.subject, slug="again", statement="R1 is open.", cites=[report, factories.article("b")]
    )
    other.mentions.add(factories.entity("company", "lab"))
    return other


def test_citations_mentions_and_proposals_of_a_claim_move(claim: Claim, again: Claim, client: Client) -> None:
    proposal = factories.claim(claim.subject, statement="It is.", replaces=again, status="retracted")
    before = state()
    merged = go(claim, again)
    assert [citation.article.slug for citation in claim.citations.all()] == ["v3-report", "b"]
    assert [entity.slug for entity in claim.mentions.all()] == ["lab"]
    assert list(claim.proposals.all()) == [proposal]
    assert client.get("/fr/claims/again/").headers["Location"] == f"/fr{claim.get_absolute_url()}"
    undo(merged, "Two things.", None)
    assert state() == before


def test_a_change_that_waits_is_settled_before_a_merge(claim: Claim, again: Claim) -> None:
    """Published later, it would take away what the merge has brought."""
    factories.claim(claim.subject, statement="It is.", replaces=again, status="draft")
    assert "A change to one of them is waiting: publish or delete it first." in plan(claim, again).problems


def test_what_a_merged_claim_says_otherwise_is_shown(claim: Claim, again: Claim) -> None:
    again.verdict = "disputed"
    again.save()
    assert plan(claim, again).losses == [
        ("Statement", "R1 has open weights.", "R1 is open."),
        ("Verdict", "", "disputed"),
    ]


def test_claims_that_are_not_one_are_refused(claim: Claim, again: Claim, high_flyer: Entity) -> None:
    size = factories.prop("size", "quantity")
    small = factories.claim(claim.subject, property=size, amount=7, unit=size.unit)
    large = factories.claim(claim.subject, property=size, amount=671, unit=size.unit)
    proposal = factories.claim(claim.subject, replaces=claim, status="draft")
    draft = factories.claim(claim.subject, status="draft")
    for kept, other, reason in (
        (claim, factories.claim(high_flyer), "two subjects"),
        (claim, small, "keep the other one"),
        (small, large, "They give two values, 7 parameters and 671 parameters: rank them instead."),
        (claim, proposal, "is a proposal"),
        (draft, again, "keep the published one"),
    ):
        assert any(reason in problem for problem in plan(kept, other).problems), reason
    factories.claim(claim.subject, replaces=again, status="draft")
    assert any("is waiting" in problem for problem in plan(claim, again).problems)


def test_a_preview_costs_no_more_for_more_rows(high_flyer: Entity, twin: Entity, r1: Entity) -> None:
    develops = factories.prop("develops")

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            [moves.named for moves in plan(high_flyer, twin).moves]
        return len(queries)

    factories.relation(twin, develops, r1)
    few = cost()
    for number in range(10):
        factories.relation(twin, develops, factories.entity("model", f"m-{number}"))
    assert cost() == few <= 25


def test_whatever_refers_to_a_record_has_a_sentence_in_the_preview() -> None:
    found = {(model._meta.label, column) for record in (Entity, Claim) for model, column in merging.references(record)}
    assert found == merging.SENTENCES.keys()


def test_a_claim_that_gets_a_lost_passage_has_its_verdict_suspended(
    claim: Claim, again: Claim, report: Article
) -> None:
    Claim.objects.filter(pk=claim.pk).update(verdict="supported")
    factories.passage(again, factories.text(report, "R1 is closed."), "R1", anchor="changed")
    kept, other = Claim.objects.get(pk=claim.pk), Claim.objects.get(pk=again.pk)
    done = go(kept, other)
    assert Claim.objects.get(pk=claim.pk).public_verdict == "suspended"
    undo(done, "Not the same.", None)
    assert Claim.objects.get(pk=claim.pk).public_verdict == "supported"


COST = "The final run cost $5.576M. R1 is open."


@pytest.mark.parametrize(
    ("after", "state", "words"),
    [
        (f"New.\n{COST}", "same", "$5.576M"),
        (COST.replace("5.576", "6.576"), "changed", "$5.576M"),
        ("R1 is open.", "orphaned", "$5.576M"),
    ],
)
def test_undoing_a_merge_carries_what_comes_back_to_the_present_text(
    after: str, state: str, words: str, claim: Claim, again: Claim, report: Article
) -> None:
    """Both claims cite the same words, so that one citation goes with the merge while the text changes."""
    text = factories.text(report, COST)
    for each in (claim, again):
        factories.passage(each, text, "$5.576M")
        Claim.objects.filter(pk=each.pk).update(verdict="supported")
    done = go(Claim.objects.get(pk=claim.pk), Claim.objects.get(pk=again.pk))
    fates = passages.foresee(report, "en", after)
    revision = passages.save(report, "en", after, reason="", number=2, fates=fates)
    undo(done, "Not the same.", None)
    for each in (claim, again):
        back = Citation.objects.exclude(revision=None).get(claim=each.pk)
        assert (back.anchor, back.quote, back.revision == revision) == (state, words, state == "same")
        if state == "same":
            assert revision.text[back.start : back.end] == words
        suspended = Claim.objects.get(pk=each.pk).public_verdict == "suspended"
        assert suspended == (state != "same")


@pytest.mark.parametrize("stance", ["supports", "disputes"])
def test_of_two_stances_on_the_same_words_one_is_chosen(
    stance: str, claim: Claim, again: Claim, report: Article
) -> None:
    text = factories.text(report, COST)
    here = factories.passage(claim, text, "$5.576M")
    there = factories.passage(again, text, "$5.576M", stance="disputes", locator="paragraph 1")
    before = state()
    claim.refresh_from_db()
    again.refresh_from_db()
    found = plan(claim, again)
    assert [(each.kept, each.other) for each in found.contests] == [(here, there)]
    for choice in ({}, {f"stance-{there.pk}": "context"}):
        with pytest.raises(MergeError, match="Choose which stance stays"):
            merge(claim, again, "One.", None, found.digest, choice)
    assert state() == before
    done = merge(claim, again, "One.", None, found.digest, {f"stance-{there.pk}": stance})
    assert [(row.pk, row.stance) for row in Citation.objects.exclude(revision=None)] == [(here.pk, stance)]
    undo(done, "Two.", None)
    assert state() == before


def test_the_same_words_with_another_locator_are_one_citation(claim: Claim, again: Claim, report: Article) -> None:
    text = factories.text(report, COST)
    here = factories.passage(claim, text, "$5.576M", locator="page 3")
    factories.passage(again, text, "$5.576M", locator="paragraph 1")
    before = state()
    done = go(claim, again)
    assert list(Citation.objects.exclude(revision=None)) == [here]
    undo(done, "Two.", None)
    assert state() == before
