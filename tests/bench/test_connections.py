"""What it costs to find how two entities connect, hubs included, and to tell it."""

from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

import pytest

from articles.generate import HUBS
from entities import graph
from entities.models import Entity
from tests.bench.harness import Site

# The 95th percentile of the search alone, as the design has it; the page tells and draws the chains as well.
SEARCH_MS = 50
PAGE_MS = 150
PAIRS = 200


def random_pairs() -> list[tuple[int, int]]:
    """Draw any two entities, hubs and those of the long tail."""
    chance, last = Random(1), Entity.objects.count()
    return [(chance.randint(1, last // 2), chance.randint(last // 2 + 1, last)) for _pair in range(PAIRS)]


def hub_pairs() -> list[tuple[int, int]]:
    """Pair the hubs with each other, and with any entity."""
    chance, last = Random(2), Entity.objects.count()
    hubs = range(1, HUBS + 1)
    pairs = [(one, other) for one in hubs for other in hubs if one != other]
    return pairs + [(chance.choice(hubs), chance.randint(HUBS + 1, last)) for _pair in range(PAIRS // 2)]


def popular_pairs() -> list[tuple[int, int]]:
    """Draw entities with hundreds of links, whose neighbours have as many."""
    chance = Random(3)
    return [(chance.randint(HUBS + 1, 200), chance.randint(201, 400)) for _pair in range(PAIRS // 2)]


PAIRS_OF: dict[str, Callable[[], list[tuple[int, int]]]] = {
    "random": random_pairs,
    "hub": hub_pairs,
    "popular": popular_pairs,
}


@pytest.mark.parametrize("name", PAIRS_OF)
def test_the_search_stays_within_its_budget(site: Site, name: str) -> None:
    calls: list[Callable[[], Any]] = [partial(graph.shortest_chains, *pair) for pair in PAIRS_OF[name]()]
    assert not site.call(f"chains, {name} pairs", calls, SEARCH_MS).is_clearly_over


@pytest.mark.parametrize("name", ["random", "hub"])
def test_a_search_hardly_ever_meets_its_bounds(site: Site, name: str) -> None:
    found = [graph.shortest_chains(*pair) for pair in PAIRS_OF[name]()]
    assert sum(not each.is_complete for each in found) <= len(found) / 50


@pytest.mark.parametrize("name", ["random", "hub"])
def test_the_page_stays_within_its_budget(site: Site, name: str) -> None:
    slugs = dict(
        Entity.objects.filter(pk__in={key for pair in PAIRS_OF[name]() for key in pair}).values_list("pk", "slug")
    )
    addresses = [f"/connections/?from={slugs[one]}&to={slugs[other]}" for one, other in PAIRS_OF[name]()[: PAIRS // 4]]
    assert not site.call(
        f"connections, {name} pairs", [partial(site.get, each) for each in addresses], PAGE_MS
    ).is_clearly_over
