"""The story's clock: from which day the public knew a claim or an entity."""

from datetime import date
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client

from articles.clock import refresh_known_since
from articles.models import Article, Citation
from entities.models import Claim, Entity, Idea
from tests import desk, factories

pytestmark = pytest.mark.django_db


def known(record: Model) -> str:
    """Give the day that the database holds, as text; empty for none."""
    day = type(record)._default_manager.values_list("known_since", flat=True).get(pk=record.pk)
    return str(day or "")


def on(published: str, **fields: Any) -> Article:
    return factories.article(published=published, **fields)


LANE = {"lane": "models"}


@pytest.mark.parametrize(
    ("fields", "sources", "day"),
    [
        # The day an editor gave counts before all others.
        ({"public_since": date(2025, 3, 1), "when": "2025-01-20", **LANE}, ["2024-12-26"], "2025-03-01"),
        # A claim with a lane counts from its own day, whatever its sources say.
        ({"when": "2025-01-20", **LANE}, ["2024-12-26"], "2025-01-20"),
        ({"when": "2025-01-20", **LANE}, [], "2025-01-20"),
        # Without a lane its own day is only what it speaks of.
        ({"when": "1985"}, ["2024-12-26"], "2024-12-26"),
        # The earliest of its sources counts.
        ({}, ["2025-02-01", "2024-12-26", "2025-01-20"], "2024-12-26"),
        # An imprecise date counts from its last day.
        ({"when": "2025-01", **LANE}, [], "2025-01-31"),
        ({"when": "2024/2025-02", **LANE}, [], "2025-02-28"),
        ({"when": "[2023,2025]", **LANE}, [], "2025-12-31"),
        ({"when": "../2023", **LANE}, [], "2023-12-31"),
        ({}, ["2025", "2025-03"], "2025-03-31"),
        # A date that never ends tells nothing, so the next rule counts.
        ({"when": "2023/..", **LANE}, ["2024-12-26"], "2024-12-26"),
        ({"when": "2023/..", **LANE}, [], ""),
        ({}, ["2023/.."], ""),
        ({}, ["2023/..", "2024-12-26"], "2024-12-26"),
        # Without any date nothing is known.
        ({}, [], ""),
        ({}, [""], ""),
        ({"when": "1985"}, [], ""),
    ],
)
def test_a_claim_is_known_since(fields: dict[str, Any], sources: list[str], day: str) -> None:
    claim = factories.claim(factories.entity(), cites=[on(published) for published in sources], **fields)
    refresh_known_since()
    assert known(claim) == day


@pytest.mark.parametrize("stance", ["disputes", "context"])
def test_an_article_that_does_not_support_a_claim_does_not_date_it(stance: str) -> None:
    claim = factories.claim(factories.entity(), cites=[on("2025-02-01")])
    Citation.objects.create(claim=claim, article=on("2024-01-01"), stance=stance)
    assert known(claim) == "2025-02-01"


@pytest.mark.parametrize("status", ["draft", "in-review", "retracted"])
def test_an_article_that_readers_do_not_see_dates_no_claim(status: str) -> None:
    claim = factories.claim(factories.entity(), cites=[on("2024-01-01", status=status), on("2025-02-01")])
    assert known(claim) == "2025-02-01"


def test_the_day_an_editor_gave_an_article_counts_before_its_publication() -> None:
    claim = factories.claim(factories.entity(), cites=[on("2024-01-01", public_since=date(2025, 1, 1))])
    assert known(claim) == "2025-01-01"


@pytest.mark.parametrize("side", ["subject", "object"])
def test_a_claim_is_never_known_before_its_subject_or_object(side: str) -> None:
    ends = {each: factories.entity() for each in ("subject", "object")}
    ends[side].public_since = date(2025, 2, 1)
    ends[side].save()
    claim = factories.relation(ends["subject"], factories.prop(), ends["object"], cites=[on("2024-12-26")])
    assert known(claim) == "2025-02-01"


def test_an_entity_is_known_since_its_earliest_claim_at_either_end() -> None:
    subject, other, silent = factories.entity(), factories.entity(), factories.entity()
    factories.claim(subject, cites=[on("2025-01-20")])
    factories.relation(other, factories.prop(), subject, cites=[on("2024-12-26")])
    assert [known(entity) for entity in (subject, other, silent)] == ["2024-12-26", "2024-12-26", ""]


def test_the_day_an_editor_gave_an_entity_counts_before_its_claims() -> None:
    entity = factories.entity(public_since=date(2023, 7, 17))
    factories.claim(entity, cites=[on("2025-01-20")])
    assert known(entity) == "2023-07-17"


def test_an_entity_has_as_many_claims_as_are_published_at_either_end() -> None:
    def count() -> int:
        return Entity.objects.values_list("claim_count", flat=True).get(pk=entity.pk)

    entity, other = factories.entity(), factories.entity()
    claims = [factories.claim(entity, cites=[on("2025")]) for _number in range(2)]
    factories.relation(other, factories.prop(), entity, cites=[on("2025")])
    factories.claim(entity, status="draft", cites=[on("2025")])
    factories.claim(entity, replaces=claims[0], status="in-review", cites=[on("2025")])
    assert count() == 3
    claims[0].status = "retracted"
    claims[0].save()
    refresh_known_since([claims[0].pk])
    assert count() == 2
    Entity.objects.update(claim_count=0)
    refresh_known_since()
    assert count() == 2


@pytest.mark.parametrize(
    "hidden",
    [{"status": "draft"}, {"status": "in-review"}, {"status": "retracted"}],
)
def test_a_claim_that_readers_do_not_see_makes_no_entity_known(hidden: dict[str, str]) -> None:
    entity = factories.entity()
    factories.claim(entity, cites=[on("2024-01-01")], **hidden)
    factories.claim(entity, cites=[on("2025-02-01")])
    assert known(entity) == "2025-02-01"


def test_a_proposal_makes_no_entity_known(claim: Claim) -> None:
    factories.claim(claim.subject, replaces=claim, status="draft", cites=[on("2019-01-01")])
    assert known(claim.subject) == "2025-01-20"


def test_a_link_to_a_draft_makes_no_entity_known() -> None:
    entity, draft = factories.entity(), factories.entity(status="draft")
    factories.relation(entity, factories.prop(), draft, cites=[on("2024-01-01")])
    assert known(entity) == ""


# What keeps it


def test_saving_and_deleting_a_citation_in_code_keeps_the_clock() -> None:
    claim = factories.claim(factories.entity(), cites=[on("2025-02-01")])
    earlier = Citation.objects.create(claim=claim, article=on("2024-01-01"))
    assert (known(claim), known(claim.subject)) == ("2024-01-01", "2024-01-01")
    earlier.stance = "disputes"
    earlier.save()
    assert (known(claim), known(claim.subject)) == ("2025-02-01", "2025-02-01")
    claim.citations.order_by("pk")[0].delete()
    assert (known(claim), known(claim.subject)) == ("", "")


@pytest.mark.parametrize(
    ("fields", "day"),
    [({"published": "2024-01-01"}, "2024-01-01"), ({"status": "draft"}, ""), ({"title": "Another"}, "2025-02-01")],
)
def test_saving_an_article_in_code_keeps_the_clock(fields: dict[str, str], day: str) -> None:
    article = on("2025-02-01")
    claim = factories.claim(factories.entity(), cites=[article])
    for name, value in fields.items():
        setattr(article, name, value)
    article.save()
    assert (known(claim), known(claim.subject)) == (day, day)


def test_a_new_article_leaves_the_clock_alone(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(3):  # itself, its history, and the list that the history keeps
        Article.objects.create(slug="it", title="It")


def test_the_whole_clock_costs_the_same_for_many_as_for_one(claim: Claim, django_assert_num_queries: Any) -> None:
    """For each table: the ids and the days of one stretch, then the look for a next one; and the numbers of claims."""
    for number in range(20):
        factories.claim(claim.subject, slug=f"further-{number}")
    refresh_known_since()
    with django_assert_num_queries(7):
        refresh_known_since()


def test_the_clock_writes_no_history(claim: Claim) -> None:
    before = desk.history(Claim).count()
    Claim.objects.update(known_since=None)
    refresh_known_since()
    assert known(claim) == "2025-01-20"
    assert desk.history(Claim).count() == before


def test_adding_and_changing_a_claim_in_the_admin_keeps_the_clock(
    editor_client: Client, r1: Entity, high_flyer: Entity
) -> None:
    source = on("2024-12-26")
    fields = {"subject": r1.pk, "statement_en": "So.", "status": "published", "citations-0-article": source.pk}
    assert desk.errors(desk.add(editor_client, Claim, **fields)) == {}
    claim = Claim.objects.get()
    assert (known(claim), known(r1)) == ("2024-12-26", "2024-12-26")
    desk.revise(editor_client, claim, public_since="2025-03-01")
    assert (known(claim), known(r1)) == ("2025-03-01", "2025-03-01")
    desk.revise(editor_client, claim, subject=high_flyer.pk)
    assert (known(high_flyer), known(r1)) == ("2025-03-01", "")
    desk.change(editor_client, claim, status="retracted")
    assert known(high_flyer) == ""


def test_changing_and_taking_out_a_citation_in_the_admin_keeps_the_clock(editor_client: Client) -> None:
    claim = factories.claim(factories.entity(), cites=[on("2024-01-01"), on("2025-02-01")])
    desk.revise(editor_client, claim, **{"citations-0-stance": "disputes"})
    assert (known(claim), known(claim.subject)) == ("2025-02-01", "2025-02-01")
    desk.revise(editor_client, claim, **{"citations-1-DELETE": "on"})
    assert (known(claim), known(claim.subject)) == ("", "")


def test_changing_an_article_in_the_admin_keeps_the_clock(editor_client: Client) -> None:
    article = on("2025-02-01")
    claim = factories.claim(factories.entity(), cites=[article])
    desk.change(editor_client, article, published="2024-01-01")
    assert (known(claim), known(claim.subject)) == ("2024-01-01", "2024-01-01")
    desk.change(editor_client, article, status="retracted")
    assert (known(claim), known(claim.subject)) == ("", "")


def test_changing_an_entity_in_the_admin_keeps_its_clock_and_that_of_its_neighbours(editor_client: Client) -> None:
    entity, other, alone = factories.entity(), factories.entity(), factories.entity()
    claim = factories.relation(entity, factories.prop(), other, cites=[on("2024-01-01")])
    desk.change(editor_client, other, public_since="2025-02-01")
    assert [known(record) for record in (claim, entity, other)] == ["2025-02-01"] * 3
    desk.change(editor_client, other, public_since="", status="draft")
    assert [known(record) for record in (claim, entity)] == ["2024-01-01", ""]
    desk.change(editor_client, alone, public_since="2025-02-01")
    assert known(alone) == "2025-02-01"


def test_adding_an_entity_in_the_admin_keeps_its_clock(editor_client: Client) -> None:
    desk.add(editor_client, Idea, name_en="It", slug="it", public_since="2025-02-01")
    assert known(Idea.objects.get()) == "2025-02-01"


def test_deleting_a_claim_in_the_admin_keeps_the_clock_of_both_ends(editor_client: Client) -> None:
    entity, other = factories.entity(), factories.entity()
    claim = factories.relation(entity, factories.prop(), other, cites=[on("2024-01-01")])
    factories.claim(entity, cites=[on("2025-02-01")])
    desk.send(editor_client, desk.address(claim, "delete"))
    assert (known(entity), known(other)) == ("2025-02-01", "")


def test_deleting_claims_in_the_list_keeps_the_clock_of_all_ends(editor_client: Client) -> None:
    entity, other = factories.entity(), factories.entity()
    claims = [
        factories.relation(entity, factories.prop(), other, cites=[on("2024-01-01")]),
        factories.claim(entity, cites=[on("2025-02-01")]),
    ]
    action = {"action": "delete_selected", "_selected_action": [claim.pk for claim in claims], "post": "yes"}
    editor_client.post(desk.address(Claim, "changelist"), action)
    assert not Claim.objects.exists()
    assert (known(entity), known(other)) == ("", "")
