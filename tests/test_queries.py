"""What a page costs in queries: never more than the design allows, and no more when its rows grow tenfold."""

from collections.abc import Iterator

import pytest
import pytest_django
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from articles import search
from articles.models import Article, Citation
from entities.models import Entity, Property
from entities.storyline import FESTIVALS
from tests import factories

pytestmark = pytest.mark.django_db

# The most queries of a cold page, from the table of pages in the design.
BUDGET = {
    "/": 8,
    "/models/": 6,
    "/models/?tag=open-weights": 6,
    "/models/?tag=open-weights&developer=deepseek-r1&sort=-size&column=size": 6,
    "/models.csv?tag=open-weights&developer=deepseek-r1&sort=-size&column=size": 6,
    "/models/deepseek-r1/": 9,
    "/companies/": 6,
    "/companies/?tag=open-weights&year=2025&sort=newest&after=near-by": 6,
    "/companies/?sort=connected&before=near-by": 6,
    "/companies.csv?sort=newest": 6,
    "/claims/": 7,
    "/claims/?kind=model&lane=models&year=2024&sort=changed&after=main-claim": 7,
    # From the last claim with a date on to those without one.
    "/claims/?entity=deepseek-r1&tag=open-weights&show=all&after=main-claim": 7,
    "/claims/?entity=deepseek-r1&tag=open-weights&property=develops&after=main-claim": 7,
    "/claims/?property=size&show=values&sort=oldest": 7,
    "/claims.csv?entity=deepseek-r1": 7,
    "/claims/?entity=deepseek-r1&verdict=disputed&show=all": 7,
    "/claims/main-claim/": 7,
    "/articles/": 7,
    "/articles/?publisher=near-by&kind=paper&language=en&tag=open-weights&year=2025&sort=oldest&after=main-article": 7,
    "/articles.csv": 7,
    "/articles/main-article/": 7,
    "/articles/main-article/annotations.jsonld": 7,
    "/articles/main-article/texts/en/1/": 7,
    "/timeline/": 6,
    "/timeline/?entity=deepseek-r1&tag=open-weights&from=2024&after=main-claim": 6,
    "/timeline.ics": 6,
    "/timeline.ics?entity=deepseek-r1&tag=open-weights&from=2024": 6,
    "/timeline.atom": 6,
    "/timeline.atom?entity=deepseek-r1&tag=open-weights&from=2024": 6,
    "/models/deepseek-r1.ics": 6,
    "/models/deepseek-r1.atom": 9,
    "/feed.atom": 7,
    "/models.atom": 6,
    "/claims.atom": 4,
    "/articles.atom": 3,
    "/tags/open-weights.atom": 8,
    "/tags/": 1,
    "/tags/open-weights/": 7,
    "/llms.txt": 2,
    "/timeline/?entity=deepseek-r1&tag=open-weights&kind=model&lane=models&to=2026&before=main-claim": 6,
    "/relationships/": 6,
    "/relationships/?entity=deepseek-r1&property=develops&kind=model&year=2025": 6,
    "/relationships.json": 6,
    "/relationships.graphml?entity=deepseek-r1&property=develops": 6,
    "/connections/": 10,
    "/connections/?from=deepseek-r1&to=far-away": 10,
    "/connections.json?from=deepseek-r1&to=far-away": 10,
    "/connections.md?from=deepseek-r1&to=far-away": 10,
    "/compare/": 6,
    "/compare/size/": 6,
    "/compare/size/?subject=deepseek-r1": 6,
    "/compare/size.csv": 6,
    "/about/": 4,
    "/data/": 4,
    "/models/deepseek-r1.png": 3,
    "/claims/main-claim.png": 3,
    "/articles/main-article.png": 3,
    "/card.png": 0,
    "/embed/models/deepseek-r1/": 3,
    "/embed/models/deepseek-r1/neighbourhood/": 4,
    "/embed/claims/main-claim/": 3,
    "/embed/timeline/": 6,
    "/api/": 0,
    "/api/openapi.json": 0,
    "/api/entities/": 3,
    "/api/entities/?kind=model&tag=open-weights&after=deepseek-r1": 4,
    "/api/entities/deepseek-r1/": 2,
    "/api/claims/?limit=200": 6,
    "/api/claims/?entity=deepseek-r1&tag=open-weights&verdict=disputed&article=main-article&after=main-claim": 8,
    "/api/claims/?property=develops&limit=200": 7,
    "/api/claims/main-claim/": 3,
    "/api/articles/?limit=200": 6,
    "/api/articles/main-article/": 3,
    "/api/properties/": 2,
    "/api/properties/develops/": 2,
    "/embed/timeline/?entity=deepseek-r1&tag=open-weights&from=2024&after=main-claim": 6,
    "/oembed?url=http://testserver/models/deepseek-r1/": 2,
    "/oembed?url=http://testserver/timeline/?entity=deepseek-r1": 4,
    "/search/": 6,
    "/search/?q=statement": 6,
    "/search/?q=deepseek+r1&kind=claim&tag=open-weights&year=2025": 6,
    "/search/?q=depseek": 6,
    "/search/?q=zyzzyva+statement": 6,
    "/search/?q=zyzzyva+statement+plugh": 6,
    "/search/?q=deepseexr1": 6,
    "/search/suggest/?q=deep": 3,
    "/opensearch.xml": 0,
}


def populate(times: int) -> None:
    """Add so many of everything around one model, one claim and one article."""
    r1 = Entity.objects.filter(slug="deepseek-r1").first() or factories.entity("model", "deepseek-r1")
    main = Article.objects.filter(slug="main-article").first() or factories.article(
        "main-article",
        published="2025",
        rights="whole",
        summary="As [told](claim:main-claim) by [R1](entity:deepseek-r1).",
    )
    words = factories.text(main, "R1 is open. " * 50)
    develops, size, succeeds = _vocabulary()
    r1.tags.add(factories.tag())
    main.tags.add(factories.tag())
    for number in range(times):
        other = factories.entity("model")
        other.tags.add(factories.tag())
        source = factories.article(published="2025-01")
        source.tags.add(factories.tag())
        written = factories.claim(r1, cites=[main, source], when="2025-01-20", lane="models", verdict="supported")
        written.mentions.add(other)
        place = {"revision": words, "quote": "R1", "start": 12 * number, "end": 12 * number + 2, "anchor": "same"}
        Citation.objects.create(claim=written, article=main, locator="words", **place)
        factories.relation(r1, develops, other, when="2025-02", cites=[source])
        factories.relation(other, succeeds, r1, cites=[source])
        ranks = {"rank": "preferred", "rank_reason": "First."} if not number else {"alternative": "rival"}
        factories.claim(other, property=size, amount=number + 1, unit=size.unit, cites=[source], **ranks)
        factories.claim(r1, property=size, amount=number + 7, unit=size.unit, cites=[source], alternative="rival")
    last = r1.claims.order_by("pk").first()
    assert last is not None
    Entity.objects.filter(pk=r1.pk).update(
        summary_en=f"It [came out](claim:{last.slug}) beside [another](entity:{other.slug})."
    )
    search.rebuild()


def _vocabulary() -> tuple[Property, Property, Property]:
    found = {prop.slug: prop for prop in Property.objects.select_related("unit")}
    if not found:
        return factories.prop(), factories.prop("size", "quantity", is_functional=True), factories.prop("successor-of")
    return found["develops"], found["size"], found["successor-of"]


def count() -> dict[str, tuple[int, int]]:
    """Give the status of each page and how many queries it takes."""
    counted = {}
    for address in BUDGET:
        with CaptureQueriesContext(connection) as queries:
            response = Client().get(address)
        counted[address] = response.status_code, len(queries)
    return counted


def build() -> None:
    """Make a little of everything, and the records that the addresses name."""
    # Looked up once a process, so that the first page asked for would cost one query more.
    ContentType.objects.get_for_models(Article, Entity)
    populate(2)
    r1, main = Entity.objects.get(slug="deepseek-r1"), Article.objects.get(slug="main-article")
    claim = factories.claim(r1, slug="main-claim", when="2024-12", lane="models", verdict="disputed", rationale="Why.")
    factories.passage(claim, main.revisions.get(), "R1 is open")
    festival = factories.entity("event", "spring-festival-2025")
    factories.claim(festival, slug=FESTIVALS[1], property=factories.prop("held-on", "date"), date="2025-01-29")
    near = factories.entity("company", "near-by")
    factories.relation(r1, Property.objects.get(slug="develops"), near)
    factories.relation(factories.entity("company", "far-away"), Property.objects.get(slug="develops"), near)
    factories.article(
        "the-story", kind="narrative", summary="It [came out](claim:main-claim) as [R1](entity:deepseek-r1)."
    )


@pytest.fixture(scope="module")
def counted(
    django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker
) -> Iterator[tuple[dict[str, tuple[int, int]], dict[str, tuple[int, int]]]]:
    """What each page takes with a few rows and with ten times as many, asked once for all addresses."""
    with django_db_blocker.unblock(), translation.override("en"), transaction.atomic():
        build()
        few = count()
        populate(20)
        yield few, count()
        transaction.set_rollback(True)


@pytest.mark.parametrize(("address", "budget"), BUDGET.items())
def test_a_page_stays_within_its_budget_and_does_not_grow_with_its_rows(
    counted: tuple[dict[str, tuple[int, int]], dict[str, tuple[int, int]]], address: str, budget: int
) -> None:
    few, many = counted
    assert few[address][0] == 200
    assert few[address][1] <= budget
    assert many[address] == few[address]
