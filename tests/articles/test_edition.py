"""The edition of the public base: every change that readers can see names a new one, whoever makes it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.models import F

from articles import edition
from articles.models import Article, Citation, Edition
from entities.models import Claim, Entity
from tests import factories

# Tables of both apps that hold nothing that readers see in the data, or nothing but what others hold.
NOT_PUBLIC = {
    "articles_article_summarises",
    "articles_edition",
    "articles_importedrecord",
    "articles_merge",
    "articles_searchdocument",
    "articles_searchname",
    "articles_searchword",
}


@pytest.fixture
def public(r1: Entity, report: Article, claim: Claim) -> Claim:
    """A published claim with everything around it."""
    claim.mentions.add(factories.entity(slug="mentioned"))
    r1.tags.add(factories.tag())
    report.authors.create(name="Jane Doe")
    factories.text(report)
    prop = factories.prop("size", "quantity")
    prop.other_units.add(factories.unit("token"))
    for record in (r1, report, claim):
        record.former_slugs.create(slug=f"old-{record.slug}"[:60])
    return claim


def changes(act: Callable[[], Any]) -> bool:
    """Tell whether something names a new edition; PostgreSQL looks at the end of a transaction, or here."""
    connection.check_constraints()
    Edition.objects.update(name="before")
    act()
    connection.check_constraints()
    return Edition.objects.get().name != "before"


TABLES = {
    model._meta.db_table: model
    for app in ("entities", "articles")
    for model in apps.get_app_config(app).get_models(include_auto_created=True)
    if not model._meta.proxy and "historical" not in model._meta.db_table
}


@pytest.mark.django_db
@pytest.mark.parametrize("table", edition.WATCHED)
def test_a_change_of_a_public_row_names_a_new_edition(public: Claim, table: str) -> None:
    records = TABLES[table]._default_manager
    assert records.exists()
    assert changes(lambda: records.update(id=F("id")))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("add", "remove"),
    [
        (lambda claim: claim.mentions.add(claim.other), lambda claim: claim.mentions.clear()),
        (lambda claim: claim.subject.tags.add(factories.tag("new")), lambda claim: claim.subject.tags.clear()),
        (lambda claim: claim.report.authors.create(name="New"), lambda claim: claim.report.authors.all().delete()),
        (lambda claim: claim.former_slugs.create(slug="x"), lambda claim: claim.former_slugs.all().delete()),
        (lambda claim: factories.text(claim.report, "New."), lambda claim: claim.report.revisions.all().delete()),
        (
            lambda claim: Citation.objects.create(claim=claim, article=claim.report, locator="new"),
            lambda claim: claim.citations.all().delete(),
        ),
        (lambda claim: factories.claim(claim.subject), lambda claim: claim.delete()),
        (lambda claim: factories.entity(), lambda claim: claim.other.delete()),
        (lambda claim: factories.article(), lambda claim: Article.objects.exclude(pk=claim.report.pk).delete()),
    ],
    ids=["mention", "tag", "author", "former slug", "text", "citation", "claim", "entity", "article"],
)
def test_what_comes_and_goes_names_a_new_edition(
    public: Any, report: Article, add: Callable[[Any], Any], remove: Callable[[Any], Any]
) -> None:
    public.other, public.report = factories.entity(), report
    factories.article()
    assert changes(lambda: add(public))
    assert changes(lambda: remove(public))


@pytest.mark.django_db
def test_a_draft_names_none_until_it_is_published(public: Claim, r1: Entity, report: Article) -> None:
    def draft() -> None:
        claim = factories.claim(r1, slug="draft", status="draft", cites=[report])
        claim.mentions.add(r1)
        claim.former_slugs.create(slug="old-draft")
        source = factories.article("draft", status="in-review")
        source.authors.create(name="Jane Doe")
        factories.text(source)
        factories.entity(slug="draft", status="draft")
        Claim.objects.filter(slug="draft").update(rank="deprecated")

    assert not changes(draft)
    assert changes(lambda: Claim.objects.filter(slug="draft").update(status="published"))
    assert changes(lambda: Claim.objects.filter(slug="draft").update(status="draft"))


@pytest.mark.django_db
def test_suspending_a_verdict_names_a_new_edition(public: Claim) -> None:
    assert changes(lambda: Claim.objects.update(verdict_suspended=True))


@pytest.mark.django_db
def test_reading_names_none(public: Claim) -> None:
    assert not changes(lambda: list(Claim.objects.published().for_detail()))


def test_every_table_of_the_story_is_watched_or_known_to_be_none_of_it() -> None:
    assert TABLES.keys() - NOT_PUBLIC == edition.WATCHED.keys()


@pytest.mark.django_db(transaction=True)
def test_a_migration_leaves_the_triggers_in_place_and_names_a_new_edition() -> None:
    """Also one that copies a table on SQLite, which no trigger may then name."""
    before = edition.current()
    edition.unwatch()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE entities_claim RENAME TO copied")
        cursor.execute("ALTER TABLE copied RENAME TO entities_claim")
    call_command("migrate", verbosity=0)
    after = edition.current()
    assert before is not None
    assert after is not None
    assert before.name != after.name
    factories.entity()
    now = edition.current()
    assert now is not None
    assert now.name != after.name
