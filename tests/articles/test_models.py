"""Articles, authors, revisions and citations: what they take, what they refuse, and where they say so."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from articles.models import Article, Author, Citation, Revision
from entities.models import Claim, Entity
from tests import factories

pytestmark = pytest.mark.django_db


def wrong(record: Any) -> set[str]:
    try:
        record.full_clean()
    except ValidationError as error:
        return set(error.message_dict)
    return set()


@pytest.mark.parametrize(
    ("fields", "column"),
    [
        ({"title": ""}, "title"),
        ({"title": "T" * 301}, "title"),
        ({"slug": "two words"}, "slug"),
        ({"kind": "poem"}, "kind"),
        ({"published": "yesterday"}, "published"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"archive_url": "ftp://example.org/"}, "archive_url"),
        ({"doi": "doi:10.1/x"}, "doi"),
        ({"arxiv": "2501"}, "arxiv"),
        ({"how_verified": "read"}, "read_scope"),
        ({"how_verified": "secondary"}, "known_through"),
        ({"summary_fr": "[x](claim:nowhere)"}, "summary_fr"),
        ({"status": "finished"}, "status"),
    ],
)
def test_an_article_names_the_column_that_is_wrong(fields: dict[str, Any], column: str) -> None:
    assert column in wrong(Article(**{"slug": "it", "title": "It"} | fields))


def test_a_whole_article_is_taken(report: Article) -> None:
    article = Article(
        slug="it",
        title="It",
        published="2025-01",
        url="https://example.org/",
        doi="10.1038/s41586-025-09422-z",
        arxiv="2501.12948",
        how_verified="secondary",
        known_through=report,
    )
    assert wrong(article) == set()


@pytest.mark.parametrize("field", ["known_through", "derives_from"])
def test_an_article_does_not_point_to_itself(field: str, report: Article) -> None:
    setattr(report, field, report)
    assert field in wrong(report)
    with pytest.raises(IntegrityError), transaction.atomic():
        report.save()


def test_the_source_of_an_article_is_its_publisher_as_printed_else_its_entity(high_flyer: Entity) -> None:
    assert Article(publisher=high_flyer, publisher_name="Hquant").source_name == "Hquant"
    assert Article(publisher=high_flyer).source_name == "High-Flyer"
    assert Article().source_name == ""


def test_a_publisher_that_readers_do_not_see_is_not_named() -> None:
    draft = factories.entity(status="draft")
    assert Article(publisher=draft).source_name == ""
    assert Article(publisher=draft, publisher_name="Hquant").source_name == "Hquant"


def test_an_article_that_a_claim_rests_on_cannot_be_deleted(claim: Claim, report: Article) -> None:
    with pytest.raises(ProtectedError):
        report.delete()


def test_an_author_stands_once_in_an_article(report: Article) -> None:
    Author.objects.create(article=report, name="A. Author")
    with pytest.raises(IntegrityError), transaction.atomic():
        Author.objects.create(article=report, name="A. Author")


def test_authors_come_in_the_order_printed(report: Article) -> None:
    for position, name in ((2, "Second"), (1, "First")):
        Author.objects.create(article=report, name=name, position=position)
    assert [str(author) for author in report.authors.all()] == ["First", "Second"]


def test_a_revision_never_changes(report: Article) -> None:
    revision = Revision.objects.create(article=report, language="en", number=1, text="Words.")
    revision.text = "Other words."
    with pytest.raises(ValueError, match="never changes"):
        revision.save()
    assert Revision.objects.get().text == "Words."


@pytest.mark.parametrize("fields", [{"number": 0}, {"text": ""}])
def test_a_revision_is_numbered_from_one_and_has_text(fields: dict[str, Any], report: Article) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Revision.objects.create(**{"article": report, "language": "en", "number": 1, "text": "Words."} | fields)


def test_a_claim_has_the_same_citation_once(claim: Claim, report: Article) -> None:
    again = Citation(claim=claim, article=report, locator="paragraph 1")
    assert "article" in wrong(again)
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()
    assert wrong(Citation(claim=claim, article=report, locator="paragraph 2")) == set()
    assert wrong(Citation(claim=claim, article=report, locator="paragraph 1", stance="context")) == set()
    assert wrong(claim.citations.get()) == set()


@pytest.mark.parametrize(
    "fields",
    [
        {"quote": "Words"},
        {"quote": "Words", "start": 0, "end": 5, "anchor": "same"},
        {"stance": "doubts"},
    ],
)
def test_a_passage_is_whole_or_absent(fields: dict[str, Any], claim: Claim) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Citation.objects.create(claim=claim, article=factories.article(), **fields)


def test_a_passage_names_its_revision(claim: Claim, report: Article) -> None:
    revision = Revision.objects.create(article=report, language="en", number=1, text="Words.")
    passage = {"revision": revision, "quote": "Words", "start": 0, "end": 5, "anchor": "same"}
    citation = Citation.objects.create(claim=claim, article=report, locator="paragraph 1", **passage)
    assert wrong(citation) == set()
    with pytest.raises(IntegrityError), transaction.atomic():
        Citation.objects.create(claim=claim, article=report, **passage | {"start": 5})


def test_a_citation_says_what_its_article_does(claim: Claim) -> None:
    assert str(claim.citations.get()) == "supports: DeepSeek-V3 Technical Report"
