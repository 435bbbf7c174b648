"""What it costs to draw a picture of a hundred marks; none of them reads a database."""

from collections.abc import Callable
from random import Random

import pytest
from django.utils.safestring import SafeString

from entities.pictures import chain, network, ring
from tests.bench.harness import record, timed
from tests.entities import test_lanes as lanes

MARKS = 100
BUDGET_MS = 5
KINDS = ["person", "company", "model", "event", "idea"]


CHANCE = Random(0)
STORY = lanes.story([lanes.random_mark(CHANCE, number) for number in range(MARKS)])


def draw_ring() -> SafeString:
    neighbours = [
        ring.Neighbour(f"Entity number {number}", KINDS[number % 5], "/", "says something") for number in range(MARKS)
    ]
    groups = [ring.Group("is linked to", "#", neighbours[start::10], 10) for start in range(10)]
    return ring.ring("Links", "model", groups, str, "#")


def draw_oval() -> SafeString:
    nodes = [network.Node(f"Entity number {number}", KINDS[number % 5], "/", "a title") for number in range(MARKS)]
    links = [
        (number, (number * number + 7) % MARKS) for number in range(MARKS) if number != (number * number + 7) % 100
    ]
    return network.network("The map", nodes, 2 * links, {kind: kind for kind in KINDS})


def draw_chain() -> SafeString:
    layers = [
        [chain.Node(f"Entity number {10 * step + place}", KINDS[place % 5], "/", "a title") for place in range(10)]
        for step in range(MARKS // 10)
    ]
    links = [(step, place, (place * 3 + way) % 10) for step in range(9) for place in range(10) for way in range(2)]
    return chain.chain("Chains", layers, links, [])


PICTURES: dict[str, Callable[[], str]] = {
    "lanes": lambda: lanes.draw("lanes", STORY),
    "column": lambda: lanes.draw("column", STORY),
    "ring": draw_ring,
    "oval": draw_oval,
    "chain": draw_chain,
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_of_a_hundred_marks_stays_within_its_budget(name: str) -> None:
    [series] = timed([PICTURES[name]])
    assert not record("none", f"{name} of {MARKS} marks", series, 1000 * series.median, BUDGET_MS, "ms").is_clearly_over
