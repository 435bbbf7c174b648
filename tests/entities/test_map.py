"""The map of many entities as a picture."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entities.pictures.network import SIZE, STRONG_SIZE, Node, network
from tests.drawing import Drawing
from tests.entities.test_ring import NAMES
from tests.factories import HOSTILE

CAPTIONS = {"person": "People", "company": "Companies", "model": "Models", "event": "Événements", "idea": "Ideas"}
SIZES = {None: SIZE, "label--strong": STRONG_SIZE, "label--kind": 11.0}


def node(name: str = "DeepSeek", kind: str = "company") -> Node:
    return Node(name, kind, f"/{kind}/{name}/", f"{name}, 3 links")


def story(count: int, links: int) -> tuple[list[Node], list[tuple[int, int]]]:
    """Make a network of so many nodes of all kinds, whose first nodes have most of the links."""
    nodes = [node(f"DeepSeek number {number}", list(CAPTIONS)[number % 5]) for number in range(count)]
    return nodes, [((number * number) % count, (number * 7 + 1) % count) for number in range(links)]


@st.composite
def networks(make: st.DrawFn) -> tuple[list[Node], list[tuple[int, int]]]:
    kinds = make(st.lists(st.sampled_from(list(CAPTIONS)), min_size=1, max_size=150))
    names = make(st.lists(NAMES, min_size=1, max_size=10))
    places = st.integers(0, len(kinds) - 1)
    links = make(st.lists(st.tuples(places, places).filter(lambda pair: pair[0] != pair[1]), max_size=200))
    return [node(names[number % len(names)], kind) for number, kind in enumerate(kinds)], links


@given(networks())
def test_names_never_overlap_nor_leave_the_picture(given_network: tuple[list[Node], list[tuple[int, int]]]) -> None:
    drawing = Drawing(network("The map", *given_network, CAPTIONS), SIZES)
    assert drawing.overlaps() == []
    assert drawing.outside() == []


@given(networks())
def test_every_node_is_a_link_with_its_own_ties_behind_it(
    given_network: tuple[list[Node], list[tuple[int, int]]],
) -> None:
    nodes, links = given_network
    drawing = Drawing(network("The map", nodes, links, CAPTIONS), SIZES)
    assert sorted(link.address for link in drawing.links()) == sorted(one.address for one in nodes)
    curves = {path.attrib["id"] for path in drawing.root.iter("path") if "id" in path.attrib}
    used = [use.attrib["href"].removeprefix("#") for use in drawing.root.iter("use")]
    assert len(curves) == len({frozenset(pair) for pair in links})
    assert sorted(used) == sorted([*curves, *curves])


def test_the_same_network_makes_the_same_picture() -> None:
    assert network("The map", *story(60, 90), CAPTIONS) == network("The map", *story(60, 90), CAPTIONS)


def test_kinds_stand_together_under_their_captions() -> None:
    nodes = [node("R1", "model"), node("DeepSeek"), node("V3", "model"), node("High-Flyer")]
    drawing = Drawing(network("The map", nodes, [(1, 0), (1, 2), (3, 1)], CAPTIONS), SIZES)
    words = [box.words for box in drawing.boxes]
    assert set(words[1:3]) == {"DeepSeek", "High-Flyer"}
    assert words[0] == "Companies"
    assert words[3] == "Models"
    assert set(words[4:]) == {"R1", "V3"}


def test_links_between_the_same_two_are_one_curve() -> None:
    drawing = Drawing(network("The map", [node("A"), node("B")], [(0, 1), (1, 0), (0, 1)], CAPTIONS), SIZES)
    assert len([path for path in drawing.root.iter("path") if "id" in path.attrib]) == 1


def test_neighbours_come_to_stand_level() -> None:
    people = [node(f"Person {number}", "person") for number in range(9)]
    models = [node(f"Model {number}", "model") for number in range(9)]
    links = [(number, 17 - number) for number in range(9)]
    drawing = Drawing(network("The map", people + models, links, CAPTIONS), SIZES)
    heights = {box.words: box.top for box in drawing.boxes}
    apart = [abs(heights[f"Person {number}"] - heights[f"Model {8 - number}"]) for number in range(9)]
    assert max(apart) < 1


def test_the_best_connected_are_set_in_bold() -> None:
    nodes = [node("Hub"), *(node(f"Leaf {number}") for number in range(20))]
    drawing = Drawing(network("The map", nodes, [(0, number) for number in range(1, 21)], CAPTIONS), SIZES)
    assert [text.text for text in drawing.root.iter("text") if text.get("class") == "label--strong"] == ["Hub"]


def test_a_name_is_escaped() -> None:
    drawing = Drawing(network(HOSTILE, [node(HOSTILE)], [], CAPTIONS), SIZES)
    assert [link.name for link in drawing.links()] == [f"{HOSTILE}, 3 links"]


def test_nothing_makes_an_empty_picture() -> None:
    assert Drawing(network("The map", [], [], CAPTIONS), SIZES).boxes == []


@pytest.mark.parametrize(("count", "links"), [(107, 240), (150, 500)])
def test_a_whole_story_takes_milliseconds(count: int, links: int) -> None:
    nodes, pairs = story(count, links)
    costs = []
    for _round in range(5):
        start = time.process_time()
        network("The map", nodes, pairs, CAPTIONS)
        costs.append(time.process_time() - start)
    assert min(costs) < 0.06
