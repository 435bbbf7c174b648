"""What the pages cost beside a one-line view, at any size of the base and any depth of a list."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import QuerySet

from articles.models import Article
from entities.models import Claim, Entity
from entities.views import PAGE_SIZE
from tests.bench.harness import Site

# The budgets of the design, in times hello.
LIST = {"sqlite": 4, "postgresql": 8}
ENTITY = {"sqlite": 6, "postgresql": 12}
# How far one page of a list may cost more than another.
ANY_DEPTH = 1.5
DEEP = 10_000


def before_page(queryset: QuerySet[Any], number: int) -> str:
    """Give the slug that page `number` of a list follows, or the last page but one where there are fewer."""
    skipped = min(number, queryset.count() // PAGE_SIZE) - 1
    return str(queryset.values_list("slug", flat=True)[skipped * PAGE_SIZE - 1])


def timeline_page(number: int) -> str:
    claims = Claim.objects.exclude(lane="").order_by("when_earliest", "pk")
    return f"/timeline/?after={before_page(claims, number)}"


def ledger_page(number: int) -> str:
    claims = Claim.objects.written().exclude(when_earliest=None).order_by("-when_earliest", "-pk")
    return f"/claims/?after={before_page(claims, number)}"


def kind_page(number: int) -> str:
    return f"/people/?after={before_page(Entity.objects.of_kind('person').order_by('sort_name_en', 'pk'), number)}"


def address(pk: int) -> str:
    return Entity.objects.get(pk=pk).get_absolute_url()


# The first entity is a hub; one of the last is in the long tail.
PAGES: dict[str, tuple[Callable[[], str], dict[str, int]]] = {
    "entity of the tail": (lambda: address(Entity.objects.count() - 500), ENTITY),
    "entity that is a hub": (lambda: address(1), ENTITY),
    "timeline": (lambda: "/timeline/", LIST),
    "timeline of a lane": (lambda: "/timeline/?lane=press", LIST),
    "timeline of a hub": (lambda: f"/timeline/?entity={Entity.objects.get(pk=1).slug}", LIST),
    "timeline from 2010": (lambda: "/timeline/?from=2010&to=2012", LIST),
    "claims": (lambda: "/claims/", LIST),
    "claims, all": (lambda: "/claims/?show=all", LIST),
    "claims of a property": (lambda: "/claims/?property=training-cost", LIST),
    "claims of a verdict": (lambda: "/claims/?verdict=disputed", LIST),
    "claims of a hub": (lambda: f"/claims/?entity={Entity.objects.get(pk=1).slug}", LIST),
    "people": (lambda: "/people/", LIST),
    "people with a tag": (lambda: "/people/?tag=open-weights", LIST),
    "claim": (lambda: f"/claims/{Claim.objects.get(pk=100).slug}/", LIST),
    "article": (lambda: f"/articles/{Article.objects.get(pk=Article.objects.count()).slug}/", LIST),
    "article cited most": (lambda: f"/articles/{Article.objects.get(pk=1).slug}/", LIST),
    "articles": (lambda: "/articles/", LIST),
    "relationships": (lambda: "/relationships/", LIST),
    "relationships of a hub": (lambda: f"/relationships/?entity={Entity.objects.get(pk=1).slug}", LIST),
    "front page": (lambda: "/", LIST),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_stays_within_its_budget(site: Site, name: str) -> None:
    find_address, budgets = PAGES[name]
    assert not site.page(name, find_address(), budgets[site.vendor]).is_clearly_over


@pytest.mark.parametrize(
    ("name", "page"),
    [("timeline", timeline_page), ("claims", ledger_page), ("people", kind_page)],
)
def test_a_late_page_costs_what_an_early_one_does(site: Site, name: str, page: Callable[[int], str]) -> None:
    assert not site.same(f"{name}: {DEEP:,}th page", page(2), page(DEEP), ANY_DEPTH).is_clearly_over


def test_the_last_pages_of_the_timeline_cost_what_the_first_does(site: Site) -> None:
    figure = site.same(f"timeline: {DEEP:,}th page beside the 1st", "/timeline/", timeline_page(DEEP), ANY_DEPTH)
    assert not figure.is_clearly_over
