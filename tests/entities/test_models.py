"""Entities, the vocabulary and claims: what they take, what they refuse, and where they say so."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation

from entities.models import KINDS, Claim, Entity, Person, Property, TaggedItem
from tests import factories

pytestmark = pytest.mark.django_db


def wrong(record: Any) -> set[str]:
    """Name the columns that a record's own check finds fault with, among those that a form shows."""
    try:
        record.full_clean(exclude=["kind", "value_type", "name", "title"])
    except ValidationError as error:
        return set(error.message_dict)
    return set()


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_saved_through_a_kind_is_of_that_kind(kind: str) -> None:
    KINDS[kind].objects.create(slug="it", name="It")
    assert Entity.objects.get().kind == kind


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_finds_its_own_records_alone(kind: str) -> None:
    for each in KINDS:
        factories.entity(each, slug=f"a-{each}")
    assert [entity.slug for entity in KINDS[kind].objects.all()] == [f"a-{kind}"]


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("person", "/people/it/"),
        ("company", "/companies/it/"),
        ("model", "/models/it/"),
        ("event", "/events/it/"),
        ("idea", "/ideas/it/"),
    ],
)
def test_the_address_of_an_entity_names_its_kind(kind: str, path: str) -> None:
    assert factories.entity(kind, slug="it").get_absolute_url() == path


def test_one_slug_serves_one_entity_of_all_kinds(r1: Entity) -> None:
    assert wrong(Person(slug=r1.slug, name="R. One")) == {"slug"}


@pytest.mark.parametrize(
    ("fields", "column"),
    [
        ({"native_name": "梁文锋"}, "native_language"),
        ({"native_language": "zh-Hans"}, "native_name"),
        ({"summary_fr": "[mots](claim:nowhere)"}, "summary_fr"),
        ({"summary_en": "[words](entity:nobody)"}, "summary_en"),
        ({"links": [{"type": "homepage", "url": "javascript:alert(1)"}]}, "links"),
        ({"aliases": ["R1", "R1"]}, "aliases"),
        ({"status": "finished"}, "status"),
        ({"name": "N" * 301}, "name_en"),
    ],
)
def test_an_entity_names_the_column_that_is_wrong(fields: dict[str, Any], column: str) -> None:
    assert column in wrong(Person(**{"slug": "it", "name": "It"} | fields))


def test_prose_may_link_to_records_that_readers_do_not_see_yet(r1: Entity) -> None:
    draft = factories.claim(r1, slug="soon", status="draft")
    r1.summary = f"[Soon](claim:{draft.slug}), see [R1](entity:{r1.slug})."
    assert wrong(r1) == set()


def test_deleting_an_entity_leaves_no_tag_on_nothing() -> None:
    person = Person.objects.create(slug="it", name="It")
    person.tags.add(factories.tag())
    person.delete()
    assert not TaggedItem.objects.exists()


def test_an_entity_of_a_claim_cannot_be_deleted(claim: Claim) -> None:
    with pytest.raises(IntegrityError):
        claim.subject.delete()


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "place"},
        {"status": "finished"},
        {"name": ""},
        {"native_name": "梁文锋"},
    ],
)
def test_the_database_itself_refuses_a_wrong_entity(fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Entity.objects.create(**{"slug": "it", "kind": "person", "name": "It"} | fields)


RELATION = {
    "slug": "founded",
    "label": "founded",
    "pattern": "{subject} founded {value}",
    "value_type": "entity",
    "subject_kinds": ["person"],
    "object_kinds": ["company"],
    "inverse_slug": "founded-by",
    "inverse_label": "founded by",
    "inverse_pattern": "{value} was founded by {subject}",
}
TEXT = {
    "slug": "role",
    "label": "role",
    "pattern": "{subject}: {value}",
    "value_type": "text",
    "subject_kinds": ["person"],
}


@pytest.mark.parametrize("fields", [RELATION, TEXT])
def test_a_whole_property_is_taken(fields: dict[str, Any]) -> None:
    assert wrong(Property(**fields)) == set()


@pytest.mark.parametrize(
    ("fields", "column"),
    [
        (RELATION | {"inverse_slug": ""}, "inverse_slug"),
        (RELATION | {"inverse_label": ""}, "inverse_label_en"),
        (RELATION | {"inverse_pattern": "by {subject}"}, "inverse_pattern_en"),
        (RELATION | {"object_kinds": []}, "object_kinds"),
        (TEXT | {"object_kinds": ["person"]}, "object_kinds"),
        (TEXT | {"inverse_slug": "role-of"}, "inverse_slug"),
        (TEXT | {"subject_kinds": ["place"]}, "subject_kinds"),
        (TEXT | {"subject_kinds": []}, "subject_kinds"),
        (TEXT | {"value_type": "quantity"}, "unit"),
        (TEXT | {"pattern": "has a role"}, "pattern_en"),
        (TEXT | {"pattern": "{subject}: {value} {other}"}, "pattern_en"),
        (TEXT | {"pattern": "{subject.__class__}: {value}"}, "pattern_en"),
        (TEXT | {"pattern_fr": "{subject} est là"}, "pattern_fr"),
    ],
)
def test_a_property_names_the_column_that_is_wrong(fields: dict[str, Any], column: str) -> None:
    assert column in wrong(Property(**fields))


def test_a_value_with_a_unit_is_refused_unless_it_is_a_quantity() -> None:
    assert wrong(Property(**TEXT, unit=factories.unit())) == {"unit"}


def test_a_property_keeps_its_type_while_claims_have_values_of_it(r1: Entity) -> None:
    licence = factories.prop("licence", "text")
    factories.claim(r1, property=licence, text="MIT")
    licence.value_type = "url"
    assert wrong(licence) == {"value_type"}


def test_a_symmetric_property_is_its_own_inverse() -> None:
    assert factories.prop("competes-with", inverse_slug="competes-with").is_symmetric
    assert not factories.prop("licence", "text").is_symmetric


# One value of each type, with the column that holds it.
VALUES: dict[str, dict[str, Any]] = {
    "quantity": {"amount": Decimal("671026404352")},
    "date": {"date": "2025-01-20"},
    "text": {"text": "MIT"},
    "url": {"url": "https://example.org/"},
}


def claim_of(value_type: str, **fields: Any) -> Claim:
    """Build a claim with a right value of the type, changed by `fields`, without saving it."""
    prop = factories.prop(value_type, value_type)
    value: dict[str, Any] = dict(VALUES.get(value_type, {}))
    if value_type == "entity":
        value["object"] = factories.entity(slug="object")
    if value_type == "quantity":
        value["unit"] = prop.unit
    return Claim(subject=factories.entity(slug="subject"), property=prop, **value | {"slug": "it"} | fields)


@pytest.mark.parametrize("value_type", ["entity", *VALUES])
def test_a_claim_with_one_value_of_its_type_is_taken_and_gives_it_back(value_type: str) -> None:
    claim = claim_of(value_type)
    assert wrong(claim) == set()
    claim.save()
    claim.refresh_from_db()
    assert claim.value_type == value_type
    assert claim.value == next(iter(VALUES.get(value_type, {}).values()), claim.object)


EMPTY = {"object": None, "amount": None, "unit": None, "date": "", "text": "", "url": ""}


@pytest.mark.parametrize(
    ("value_type", "column"),
    [("entity", "object"), ("quantity", "amount"), ("date", "date"), ("text", "text_en"), ("url", "url")],
)
def test_a_claim_without_the_value_of_its_property_is_refused(value_type: str, column: str) -> None:
    assert wrong(claim_of(value_type, **EMPTY)) == {column}


@pytest.mark.parametrize(
    ("value_type", "extra", "column"),
    [
        ("entity", {"text": "too"}, "text_en"),
        ("entity", {"text_fr": "aussi"}, "text_fr"),
        ("entity", {"url": "https://example.org/"}, "url"),
        ("quantity", {"date": "2025"}, "date"),
        ("date", {"amount": 1}, "amount"),
        ("text", {"url": "https://example.org/"}, "url"),
        ("url", {"text": "too"}, "text_en"),
    ],
)
def test_a_second_value_is_refused_where_it_stands(value_type: str, extra: dict[str, Any], column: str) -> None:
    assert wrong(claim_of(value_type, **extra)) == {column}


def test_a_unit_without_an_amount_is_refused() -> None:
    assert wrong(claim_of("date", unit=factories.unit("dollar"))) == {"unit"}
    assert wrong(Claim(subject=factories.entity(), statement="So.", unit=factories.unit("dollar"), slug="so")) == {
        "unit"
    }


def test_an_amount_needs_a_unit_that_its_property_allows() -> None:
    claim = claim_of("quantity", unit=None)
    assert wrong(claim) == {"unit"}
    claim.unit = factories.unit("dollar")
    assert wrong(claim) == {"unit"}
    assert claim.property is not None
    claim.property.other_units.add(claim.unit)
    assert wrong(claim) == set()


@pytest.mark.parametrize("amount", ["999999999999999000000000", "0.000001", "-1234567890.12345", "0"])
def test_an_amount_comes_back_digit_by_digit(amount: str) -> None:
    claim = claim_of("quantity", amount=Decimal(amount))
    assert wrong(claim) == set()
    claim.save()
    claim.refresh_from_db()
    assert claim.amount == Decimal(amount)


@pytest.mark.parametrize("amount", ["1234567890123456", "999999999999999999999999", "1" * 40, "0.0000001"])
def test_an_amount_that_the_database_would_round_is_refused(amount: str) -> None:
    assert wrong(claim_of("quantity", amount=Decimal(amount))) == {"amount"}


def test_only_the_kinds_that_a_property_goes_with_are_taken() -> None:
    claim = claim_of("entity")
    assert claim.property is not None
    claim.property.subject_kinds, claim.property.object_kinds = ["person"], ["idea"]
    assert wrong(claim) == {"subject", "object"}


def test_a_claim_links_no_entity_to_itself() -> None:
    claim = claim_of("entity")
    claim.object = claim.subject
    assert wrong(claim) == {"object"}


@pytest.mark.parametrize(
    ("fields", "column"),
    [
        ({"statement": ""}, "statement_en"),
        ({"statement": "", "statement_fr": "En français seulement."}, "statement_en"),
        ({"text": "a value"}, "text_en"),
        ({"url": "https://example.org/"}, "url"),
        ({"when": "yesterday"}, "when"),
        ({"lane": "press"}, "when"),
        ({"rank": "preferred"}, "rank_reason_en"),
        ({"rank": "deprecated"}, "rank_reason_en"),
        ({"rank": "preferred", "rank_reason_fr": "Parce que."}, "rank_reason_en"),
        ({"rank": "preferred", "rank_reason": "Because.", "alternative": "rival"}, "alternative"),
        ({"verdict": "disputed", "status": "published"}, "rationale_en"),
        ({"verdict": "disputed", "status": "published", "rationale_fr": "Parce que."}, "rationale_en"),
        ({"verdict": "true"}, "verdict"),
        ({"title": "T" * 81}, "title_en"),
    ],
)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_claim_names_the_column_that_is_wrong(fields: dict[str, Any], column: str, language: str) -> None:
    subject = factories.entity()
    with translation.override("en"):
        claim = Claim(**{"subject": subject, "statement": "So it is.", "slug": "so"} | fields)
    with translation.override(language):
        assert wrong(claim) == {column}


@pytest.mark.parametrize(
    "fields",
    [
        {"verdict": "disputed"},
        {"verdict": "disputed", "status": "in-review"},
        {"verdict": "supported", "status": "published"},
        {"status": "published"},
    ],
)
def test_a_verdict_is_explained_from_publication_onward_unless_it_supports(fields: dict[str, Any], r1: Entity) -> None:
    assert wrong(Claim(subject=r1, statement="So it is.", slug="so", **fields)) == set()


def test_a_claim_does_not_replace_itself(claim: Claim) -> None:
    claim.replaces = claim
    assert "replaces" in wrong(claim)


def test_a_claim_has_one_open_proposal(claim: Claim) -> None:
    first = factories.claim(claim.subject, replaces=claim, status="draft")
    second = Claim(subject=claim.subject, statement="Or so.", slug="or-so", replaces=claim)
    assert wrong(first) == set()
    assert wrong(second) == {"replaces"}
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save()
    first.status = "retracted"
    first.save()
    assert wrong(second) == set()


def test_a_proposal_replaces_no_proposal(claim: Claim) -> None:
    first = factories.claim(claim.subject, replaces=claim, status="draft")
    assert wrong(Claim(subject=claim.subject, statement="Or so.", slug="or-so", replaces=first)) == {"replaces"}


@pytest.mark.parametrize(
    "fields",
    [
        {"statement": ""},
        {"text": "a value without a property"},
        {"verdict": "true"},
        {"status": "finished"},
        {"lane": "press"},
        {"rank": "preferred", "alternative": "rival"},
    ],
)
def test_the_database_itself_refuses_a_wrong_claim(fields: dict[str, Any], r1: Entity) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.create(**{"subject": r1, "statement": "So it is."} | fields)


@pytest.mark.parametrize(
    ("value_type", "fields"),
    [
        ("entity", {"object": None}),
        ("text", {"text": ""}),
        ("text", {"url": "https://example.org/"}),
        ("quantity", {"unit": None}),
        ("date", {"amount": 1}),
    ],
)
def test_the_database_itself_keeps_one_value_of_its_type(value_type: str, fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        claim_of(value_type, **fields).save()


def test_the_slug_of_a_claim_comes_from_its_english_title_else_sentence(r1: Entity) -> None:
    with translation.override("fr"):
        titled = factories.claim(r1, statement="Longue phrase.", statement_en="Long sentence.", title_en="A title")
        worded = factories.claim(r1, statement="Une phrase.", statement_en="A sentence.")
    assert (titled.slug, worded.slug) == ("a-title", "a-sentence")


def test_a_slug_that_is_taken_gets_a_number(r1: Entity) -> None:
    slugs = [factories.claim(r1, statement="R1 is open.").slug for _ in range(3)]
    assert slugs == ["r1-is-open", "r1-is-open-2", "r1-is-open-3"]


def test_a_claim_without_a_latin_letter_gets_a_slug_too(r1: Entity) -> None:
    assert factories.claim(r1, statement="开放权重").slug == "claim"


def test_the_slug_of_a_long_sentence_fits(r1: Entity) -> None:
    long = [factories.claim(r1, statement="word " * 100).slug for _ in range(2)]
    assert [len(slug) <= 160 and slug.startswith("word-word") for slug in long] == [True, True]


def test_a_claim_goes_by_its_title_else_its_sentence(r1: Entity) -> None:
    assert str(factories.claim(r1, statement="A sentence.", title="A title")) == "A title"
    assert str(factories.claim(r1, statement="A sentence.")) == "A sentence."
