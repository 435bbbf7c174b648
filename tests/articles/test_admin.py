"""The editors' desk for claims and articles: values of each type, citations and authors in place, every slip told."""

from typing import Any

import pytest
from django.test import Client

from articles.models import Article, Author, Citation
from entities.models import Claim, Entity, Property
from tests import desk, factories

pytestmark = pytest.mark.django_db

HUGE = "1" * 40


@pytest.fixture
def properties() -> dict[str, Property]:
    """One property of each type of value; the relation leads from models to companies alone."""
    relation = factories.prop("developed-by", "entity", subject_kinds=["model"], object_kinds=["company"])
    return {"entity": relation} | {
        value_type: factories.prop(f"a-{value_type}", value_type) for value_type in ("quantity", "date", "text", "url")
    }


@pytest.mark.parametrize(
    ("value_type", "value", "sentence"),
    [
        ("entity", {"object": "high-flyer"}, "DeepSeek-R1 developed-by High-Flyer"),
        ("quantity", {"amount": "671000000000", "unit": "UNIT"}, "DeepSeek-R1 a-quantity 671B parameters"),
        (
            "quantity",
            {"amount": "-0.5", "unit": "UNIT", "bound": "about"},
            "DeepSeek-R1 a-quantity about −0.5 parameters",
        ),
        ("date", {"date": "2025-01-20"}, "DeepSeek-R1 a-date 20 January 2025"),
        ("text", {"text_en": "MIT"}, "DeepSeek-R1 a-text MIT"),
        ("url", {"url": "https://example.org/"}, "DeepSeek-R1 a-url https://example.org/"),
    ],
)
def test_a_claim_of_each_type_is_added_with_its_source(
    value_type: str,
    value: dict[str, Any],
    sentence: str,
    properties: dict[str, Property],
    editor_client: Client,
    r1: Entity,
    high_flyer: Entity,
    report: Article,
) -> None:
    known = {"UNIT": factories.unit().pk, "high-flyer": high_flyer.pk}
    fields = {name: known.get(given, given) for name, given in value.items()}
    response = desk.add(
        editor_client,
        Claim,
        subject=r1.pk,
        property=properties[value_type].pk,
        status="published",
        **fields,
        **{"citations-0-article": report.pk, "citations-0-locator": "table 1", "citations-0-makes_claim": "on"},
    )
    assert desk.errors(response) == {}
    claim = Claim.objects.get()
    assert (str(claim), claim.value_type) == (sentence, value_type)
    citation = claim.citations.get()
    assert (citation.article, citation.locator, citation.makes_claim) == (report, "table 1", True)
    assert editor_client.get(claim.get_absolute_url()).status_code == 200


def test_a_claim_in_words_is_added(editor_client: Client, r1: Entity, high_flyer: Entity, report: Article) -> None:
    response = desk.add(
        editor_client,
        Claim,
        subject=r1.pk,
        statement_en=factories.HOSTILE,
        statement_fr="Des mots",
        title_en="Words",
        mentions=[high_flyer.pk],
        when="2025-01-20",
        lane="models",
        verdict="disputed",
        rationale_en="Two papers differ.",
        how_verified="read",
        checked_on="2025-03-01",
        status="published",
        **{"citations-0-article": report.pk},
    )
    assert desk.errors(response) == {}
    claim = Claim.objects.get()
    assert (claim.slug, claim.statement, list(claim.mentions.all())) == ("words", factories.HOSTILE, [high_flyer])
    assert editor_client.get(claim.get_absolute_url()).status_code == 200


def test_a_ranked_value_gives_its_reason(editor_client: Client, properties: dict[str, Property], r1: Entity) -> None:
    fields = {"subject": r1.pk, "property": properties["text"].pk, "text_en": "MIT", "rank": "preferred"}
    assert list(desk.errors(desk.add(editor_client, Claim, **fields))) == ["rank_reason_en"]
    assert desk.errors(desk.add(editor_client, Claim, **fields, rank_reason_en="The licence file says so.")) == {}


WORDS = {"statement_en": "So it is."}


@pytest.mark.parametrize(
    ("value_type", "fields", "columns"),
    [
        # In words
        ("", {}, ["statement_en"]),
        ("", {"statement_fr": "En français seulement."}, ["statement_en"]),
        ("", {"statement_en": "a\0b"}, ["statement_en"]),
        ("", WORDS | {"title_en": "T" * 81}, ["title_en"]),
        ("", WORDS | {"subject": ""}, ["subject"]),
        ("", WORDS | {"subject": "999"}, ["subject"]),
        ("", WORDS | {"subject": "x"}, ["subject"]),
        ("", WORDS | {"subject": HUGE}, ["subject"]),
        ("", WORDS | {"property": "999"}, ["property"]),
        ("", WORDS | {"mentions": ["999"]}, ["mentions"]),
        ("", WORDS | {"mentions": ["x"]}, ["mentions"]),
        ("", WORDS | {"mentions": [HUGE]}, ["mentions"]),
        ("", WORDS | {"replaces": "999"}, ["replaces"]),
        ("", WORDS | {"slug": "taken"}, ["slug"]),
        ("", WORDS | {"slug": "two words"}, ["slug"]),
        ("", WORDS | {"slug": "s" * 161}, ["slug"]),
        ("", WORDS | {"when": "yesterday"}, ["when"]),
        ("", WORDS | {"when": "2025-13"}, ["when"]),
        ("", WORDS | {"when": "2025\0"}, ["when"]),
        ("", WORDS | {"when": "yesterday", "lane": "press"}, ["when"]),
        ("", WORDS | {"lane": "press"}, ["when"]),
        ("", WORDS | {"lane": "sports", "when": "2025"}, ["lane"]),
        ("", WORDS | {"verdict": "true"}, ["verdict"]),
        ("", WORDS | {"verdict": "disputed", "status": "published"}, ["rationale_en"]),
        ("", WORDS | {"verdict": "outdated", "status": "published", "rationale_fr": "Oui."}, ["rationale_en"]),
        ("", WORDS | {"rank": "deprecated"}, ["rank_reason_en"]),
        ("", WORDS | {"rank": "preferred", "rank_reason_en": "So.", "alternative": "rival"}, ["alternative"]),
        ("", WORDS | {"rank_reason_en": "R" * 501}, ["rank_reason_en"]),
        ("", WORDS | {"checked_on": "soon"}, ["checked_on"]),
        ("", WORDS | {"public_since": "2025"}, ["public_since"]),
        ("", WORDS | {"status": "finished"}, ["status"]),
        # A value without a property
        ("", WORDS | {"object": "OTHER"}, ["object"]),
        ("", WORDS | {"amount": "5", "unit": "UNIT"}, ["amount", "unit"]),
        ("", WORDS | {"date": "2025"}, ["date"]),
        ("", WORDS | {"text_en": "MIT"}, ["text_en"]),
        ("", WORDS | {"text_fr": "MIT"}, ["text_fr"]),
        ("", WORDS | {"url": "https://example.org/"}, ["url"]),
        # A property without its value, or with another one
        ("entity", {}, ["object"]),
        ("quantity", {}, ["amount"]),
        ("date", {}, ["date"]),
        ("text", {}, ["text_en"]),
        ("text", {"text_fr": "MIT"}, ["text_en"]),
        ("url", {}, ["url"]),
        ("date", {"date": "2025", "text_en": "MIT"}, ["text_en"]),
        ("text", {"amount": "5"}, ["amount", "text_en"]),
        ("url", {"date": "2025"}, ["date", "url"]),
        # Quantities
        ("quantity", {"amount": "5"}, ["unit"]),
        ("quantity", {"unit": "UNIT"}, ["amount"]),
        ("quantity", {"amount": "5", "unit": "DOLLAR"}, ["unit"]),
        ("quantity", {"amount": HUGE, "unit": "UNIT"}, ["amount"]),
        ("quantity", {"amount": "9" * 24, "unit": "UNIT"}, ["amount"]),
        ("quantity", {"amount": "1e500", "unit": "UNIT"}, ["amount"]),
        ("quantity", {"amount": "NaN", "unit": "UNIT"}, ["amount"]),
        ("quantity", {"amount": "Infinity", "unit": "UNIT"}, ["amount"]),
        ("quantity", {"amount": "five", "unit": "UNIT"}, ["amount"]),
        ("quantity", {"amount": "5\0", "unit": "UNIT"}, ["amount"]),
        ("quantity", {"amount": "5", "unit": "UNIT", "bound": "roughly"}, ["bound"]),
        ("quantity", {"amount": "5", "unit": "UNIT", "as_printed": "p" * 121}, ["as_printed"]),
        # Dates, texts, addresses
        ("date", {"date": "yesterday"}, ["date"]),
        ("text", {"text_en": "t" * 501}, ["text_en"]),
        ("text", {"text_en": "MIT", "applies_to_en": "a" * 201}, ["applies_to_en"]),
        ("url", {"url": "javascript:alert(1)"}, ["url"]),
        ("url", {"url": "ftp://example.org/"}, ["url"]),
        ("url", {"url": "https://" + "e" * 500 + ".org/"}, ["url"]),
        # Relations
        ("entity", {"object": "MODEL"}, ["object"]),
        ("entity", {"object": "SUBJECT"}, ["object"]),
        ("entity", {"object": "OTHER", "subject": "OTHER"}, ["object", "subject"]),
        ("entity", {"object": "x"}, ["object"]),
    ],
)
def test_a_wrong_claim_is_refused_beside_the_field(
    value_type: str,
    fields: dict[str, Any],
    columns: list[str],
    properties: dict[str, Property],
    editor_client: Client,
    r1: Entity,
    high_flyer: Entity,
) -> None:
    factories.claim(r1, slug="taken")
    known = {
        "UNIT": factories.unit().pk,
        "DOLLAR": factories.unit("dollar").pk,
        "OTHER": high_flyer.pk,
        "SUBJECT": r1.pk,
        "MODEL": factories.entity("model").pk,
    }
    given = {"subject": r1.pk, "property": properties[value_type].pk if value_type else ""}
    given |= {name: known.get(value, value) if isinstance(value, str) else value for name, value in fields.items()}
    response = desk.add(editor_client, Claim, **given)
    assert sorted(desk.errors(response)) == columns
    assert Claim.objects.count() == 1


@pytest.mark.parametrize("fields", [{"when": "yesterday"}, {"date": "yesterday"}, {"amount": "five"}, {"subject": ""}])
def test_a_stored_claim_made_wrong_shows_its_form_again(
    fields: dict[str, str], editor_client: Client, properties: dict[str, Property], r1: Entity
) -> None:
    claim = factories.claim(r1, property=properties["date"], date="2025-01-20")
    assert set(fields) == set(desk.errors(desk.change(editor_client, claim, **fields)))


def test_a_value_that_cannot_be_read_is_not_called_missing(
    editor_client: Client, properties: dict[str, Property], r1: Entity
) -> None:
    fields = {"subject": r1.pk, "property": properties["quantity"].pk, "amount": "five", "unit": factories.unit().pk}
    assert desk.errors(desk.add(editor_client, Claim, **fields)) == {"amount": ["Enter a number."]}


def test_a_claim_does_not_replace_itself(editor_client: Client, claim: Claim) -> None:
    factories.as_draft(claim)
    assert list(desk.errors(desk.change(editor_client, claim, replaces=claim.pk))) == ["replaces"]


def test_a_second_open_proposal_is_refused(editor_client: Client, claim: Claim) -> None:
    fields = {"subject": claim.subject.pk, "replaces": claim.pk, **WORDS}
    assert desk.errors(desk.add(editor_client, Claim, **fields)) == {}
    assert list(desk.errors(desk.add(editor_client, Claim, **fields))) == ["replaces"]


# Citations in place


def row_errors(response: Any) -> list[dict[str, list[str]]]:
    formset = response.context["inline_admin_formsets"][0].formset
    return [{name: list(messages) for name, messages in errors.items()} for errors in formset.errors]


@pytest.mark.parametrize(
    ("fields", "column"),
    [
        ({"article": ""}, "article"),
        ({"article": "999"}, "article"),
        ({"article": "x"}, "article"),
        ({"stance": "doubts"}, "stance"),
        ({"locator": "l" * 301}, "locator"),
        ({"locator": "a\0b"}, "locator"),
        ({"position": "first"}, "position"),
        ({"position": "-1"}, "position"),
    ],
)
def test_a_wrong_citation_is_refused_beside_the_field(
    fields: dict[str, str], column: str, editor_client: Client, claim: Claim
) -> None:
    response = desk.change(editor_client, claim, **{f"citations-0-{name}": value for name, value in fields.items()})
    assert response.status_code == 200
    assert list(row_errors(response)[0]) == [column]


def test_the_same_citation_twice_in_one_form_is_refused(editor_client: Client, r1: Entity, report: Article) -> None:
    rows: dict[str, Any] = {f"citations-{number}-article": report.pk for number in (0, 1)}
    rows |= {f"citations-{number}-stance": "supports" for number in (0, 1)}
    rows |= {f"citations-{number}-position": "1" for number in (0, 1)}
    response = desk.add(editor_client, Claim, subject=r1.pk, **WORDS, **rows, **{"citations-TOTAL_FORMS": "2"})
    assert response.status_code == 200
    assert list(row_errors(response)[1]) == ["article"]
    assert not Claim.objects.exists()


def test_a_citation_that_the_claim_has_already_is_refused(editor_client: Client, claim: Claim, report: Article) -> None:
    row = {"citations-1-article": report.pk, "citations-1-locator": "paragraph 1"}
    response = desk.change(editor_client, claim, **row)
    assert response.status_code == 200
    assert list(row_errors(response)[1]) == ["article"]


def test_a_citation_may_take_the_place_of_one_that_goes(editor_client: Client, claim: Claim, report: Article) -> None:
    factories.as_draft(claim)
    row = {"citations-0-DELETE": "on", "citations-1-article": report.pk, "citations-1-locator": "paragraph 2"}
    assert desk.errors(desk.change(editor_client, claim, **row)) == {}
    assert claim.citations.get().locator == "paragraph 2"


@pytest.mark.parametrize(("sources", "slugs"), [("none", ["bare"]), ("disputed", ["both"]), ("made", ["both"])])
def test_claims_are_filtered_by_their_sources(
    sources: str, slugs: list[str], editor_client: Client, r1: Entity
) -> None:
    article = factories.article()
    factories.claim(r1, slug="bare")
    factories.claim(r1, slug="one", cites=[article])
    both = factories.claim(r1, slug="both", cites=[article])
    for stance in ("disputes", "context"):
        Citation.objects.create(claim=both, article=article, stance=stance, makes_claim=True)
    Citation.objects.create(claim=both, article=factories.article(), stance="disputes")
    listed = editor_client.get(desk.address(Claim, "changelist"), {"sources": sources}).context["cl"].result_list
    assert [claim.slug for claim in listed] == slugs
    assert [claim.citation_total for claim in listed] == [claim.citations.count() for claim in listed]


@pytest.mark.parametrize("words", ["671", "open weights", "deepseek-r1", "幻方", "développe"])
def test_claims_are_found_by_their_words_and_the_names_they_link(
    words: str, editor_client: Client, high_flyer: Entity
) -> None:
    model = factories.entity("model", "deepseek-r1", name="DeepSeek-R1")
    prop = factories.prop("develops", label_fr="développe")
    factories.claim(high_flyer, property=prop, object=model, statement="A model of 671B with open weights.", slug="it")
    factories.claim(factories.entity(), slug="other")
    listed = editor_client.get(desk.address(Claim, "changelist"), {"q": words}).context["cl"].result_list
    assert [claim.slug for claim in listed] == ["it"]


# Articles


def test_an_article_is_added_with_its_authors(editor_client: Client, r1: Entity, report: Article) -> None:
    person, tag = factories.entity("person"), factories.tag()
    response = desk.add(
        editor_client,
        Article,
        title="题目 " + factories.HOSTILE,
        translated_title_en="A title",
        slug="a-title",
        kind="paper",
        publisher_name="A paper",
        published="2025-01",
        language="zh",
        url="https://example.org/a",
        archive_url="example.org/b",
        doi="10.1038/s41586-025-09422-z",
        arxiv="2501.12948",
        how_verified="secondary",
        known_through=report.pk,
        locator_scheme="By page",
        note="Read in a library.",
        summarises=[r1.pk],
        summary_en="*Words*",
        tags=[tag.pk],
        status="published",
        **{"authors-0-name": "A. Author", "authors-0-entity": person.pk},
    )
    assert desk.errors(response) == {}
    article = Article.objects.get(slug="a-title")
    assert (article.archive_url, article.known_through) == ("https://example.org/b", report)
    assert (list(article.tags.all()), list(article.summarises.all())) == ([tag], [r1])
    assert (article.authors.get().name, article.authors.get().entity) == ("A. Author", person)
    page = editor_client.get(article.get_absolute_url())
    assert page.status_code == 200
    assert "Read in a library." not in page.content.decode()


@pytest.mark.parametrize(
    ("fields", "columns"),
    [
        ({"title": ""}, ["title"]),
        ({"title": "T" * 301}, ["title"]),
        ({"title": "a\0b"}, ["title"]),
        ({"slug": "v3-report"}, ["slug"]),
        ({"slug": ""}, ["slug"]),
        ({"kind": "poem"}, ["kind"]),
        ({"published": "yesterday"}, ["published"]),
        ({"language": ""}, ["language"]),
        ({"url": "javascript:alert(1)"}, ["url"]),
        ({"archive_url": "data:text/html,x"}, ["archive_url"]),
        ({"doi": "doi:10.1/x"}, ["doi"]),
        ({"arxiv": "2501"}, ["arxiv"]),
        ({"how_verified": "read"}, ["read_scope"]),
        ({"how_verified": "secondary"}, ["known_through"]),
        ({"known_through": "999"}, ["known_through"]),
        ({"derives_from": "x"}, ["derives_from"]),
        ({"publisher": "999"}, ["publisher"]),
        ({"summarises": ["999"]}, ["summarises"]),
        ({"tags": ["999"]}, ["tags"]),
        ({"summary_fr": "[x](claim:nowhere)"}, ["summary_fr"]),
        ({"how_verified": "read", "summary_fr": "[x](claim:nowhere)"}, ["read_scope"]),
        ({"status": "finished"}, ["status"]),
    ],
)
def test_a_wrong_article_is_refused_beside_the_field(
    fields: dict[str, Any], columns: list[str], editor_client: Client, report: Article
) -> None:
    response = desk.add(editor_client, Article, **{"title": "It", "slug": "it"} | fields)
    assert sorted(desk.errors(response)) == columns
    assert Article.objects.count() == 1


@pytest.mark.parametrize("field", ["known_through", "derives_from"])
def test_an_article_does_not_point_to_itself(field: str, editor_client: Client, report: Article) -> None:
    assert list(desk.errors(desk.change(editor_client, report, **{field: report.pk}))) == [field]


def test_an_author_named_twice_is_refused(editor_client: Client, report: Article) -> None:
    Author.objects.create(article=report, name="A. Author")
    row = {"authors-1-name": "A. Author", "authors-1-position": "2"}
    response = desk.change(editor_client, report, **row)
    assert response.status_code == 200
    assert Author.objects.count() == 1


def test_how_a_source_was_read_stands_in_its_form(editor_client: Client, report: Article, claim: Claim) -> None:
    report.how_verified, report.read_scope, report.snapshot = "read", "excerpt", "commit abc of 2025-01-20"
    report.locator_scheme, report.note = "By table", "Paywalled"
    report.save()
    form = desk.read(editor_client, desk.address(report, "change"))
    assert (form["how_verified"], form["read_scope"]) == (["read"], ["excerpt"])
    assert (form["snapshot"], form["locator_scheme"], form["note"]) == (report.snapshot, "By table", "Paywalled")


def test_how_a_claim_was_verified_and_where_a_summary_comes_from_stand_in_their_forms(
    editor_client: Client, report: Article, claim: Claim
) -> None:
    claim.how_verified, claim.checked_on = "secondary", "2025-03-01"
    claim.save()
    claim.subject.summary_sources.add(report)
    form = desk.read(editor_client, desk.address(claim, "change"))
    assert (form["how_verified"], form["checked_on"]) == (["secondary"], "2025-03-01")
    assert desk.read(editor_client, desk.address(claim.subject, "change"))["drawn_from"] == [str(report.pk)]


def test_an_article_that_claims_rest_on_cannot_be_deleted(editor_client: Client, claim: Claim, report: Article) -> None:
    address = desk.address(report, "delete")
    assert "protected related objects" in editor_client.get(address).content.decode()
    assert editor_client.post(address, {"post": "yes"}).status_code == 200
    several = {"action": "delete_selected", "_selected_action": [report.pk], "post": "yes"}
    assert (
        "protected related objects" in editor_client.post(desk.address(Article, "changelist"), several).content.decode()
    )
    assert Article.objects.exists()


def test_an_entity_that_claims_speak_of_cannot_be_deleted(editor_client: Client, claim: Claim) -> None:
    address = desk.address(claim.subject, "delete")
    assert "protected related objects" in editor_client.get(address).content.decode()
    assert editor_client.post(address, {"post": "yes"}).status_code == 200
    assert Entity.objects.exists()


def test_a_claim_opened_and_saved_keeps_every_column(
    editor_client: Client, properties: dict[str, Property], r1: Entity, report: Article
) -> None:
    claim = factories.claim(
        r1,
        property=properties["quantity"],
        amount="671026404352",
        unit=factories.unit(),
        statement_en="So it is.",
        statement_fr="C'est ainsi.",
        when="[2015,2016]",
        lane="models",
        rank="preferred",
        rank_reason_en="Because.",
        verdict="supported",
        public_since="2025-01-20",
        cites=[report],
    )
    claim.mentions.add(r1)
    columns = [field.name for field in Claim._meta.concrete_fields if field.name not in ("updated_at", "known_since")]
    before = Claim.objects.values(*columns).get()
    citation = Citation.objects.values().get()
    assert desk.errors(desk.change(editor_client, claim)) == {}
    after = Claim.objects.values(*columns).get()
    assert {name: value or "" for name, value in after.items()} == {name: value or "" for name, value in before.items()}
    assert Citation.objects.values().get() == citation
    assert list(claim.mentions.all()) == [r1]
