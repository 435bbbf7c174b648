"""The chains between two entities as a picture."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entities.pictures.chain import SIZE, Node, Phrase, chain
from tests.drawing import Drawing
from tests.entities.test_ring import KINDS, NAMES
from tests.factories import HOSTILE

Link = tuple[int, int, int]
Chains = tuple[list[list[Node]], list[Link], list[Phrase]]


def node(name: str = "DeepSeek", kind: str = "company") -> Node:
    return Node(name, kind, f"/{kind}/", name)


def draw(layers: list[list[Node]], links: list[Link], phrases: list[Phrase]) -> Drawing:
    return Drawing(chain("From one to the other", layers, links, phrases), {None: SIZE})


@st.composite
def chains(make: st.DrawFn) -> Chains:
    """One to six steps, with up to ten entities at each; a single chain may have its phrases."""
    names = make(st.lists(st.tuples(NAMES, KINDS), min_size=1, max_size=6))
    sizes = [1, *make(st.lists(st.integers(1, 10), max_size=5)), 1]
    layers = [[node(*names[(step + place) % len(names)]) for place in range(size)] for step, size in enumerate(sizes)]
    links = [
        (step, one, other)
        for step in range(len(layers) - 1)
        for one in range(len(layers[step]))
        for other in range(len(layers[step + 1]))
    ]
    is_single = all(len(layer) == 1 for layer in layers)
    phrases = [Phrase(names[step % len(names)][0], f"#hop-{step}", "A sentence") for step in range(len(layers) - 1)]
    return layers, links, phrases if is_single else []


@given(chains())
def test_words_never_overlap_nor_leave_the_picture(given_chains: Chains) -> None:
    drawing = draw(*given_chains)
    assert drawing.overlaps() == []
    assert drawing.outside() == []


@given(chains())
def test_no_word_stands_in_the_gutter_of_its_step(given_chains: Chains) -> None:
    """A link runs left of the mark that it leads to, and the words of the step it leaves begin behind that mark."""
    layers, _links, phrases = given_chains
    drawing = draw(*given_chains)
    marks = [float(g.attrib["transform"].split("(")[1].split()[0]) for g in drawing.root.iter("g")]
    texts = list(drawing.root.iter("text"))[len(phrases) :]
    starts = [min(float(line.attrib["x"]) for line in text) for text in texts]
    steps = [step for step, layer in enumerate(layers) for _node in layer]
    for step, start in zip(steps, starts, strict=True):
        assert all(mark < start for mark, other in zip(marks, steps, strict=True) if other <= step + 1)


@given(chains())
def test_every_entity_and_phrase_is_a_link(given_chains: Chains) -> None:
    layers, _links, phrases = given_chains
    expected = [(phrase.address, phrase.title) for phrase in phrases]
    expected += [(one.address, one.title) for layer in layers for one in layer]
    assert [(link.address, link.name) for link in draw(*given_chains).links()] == expected


def test_each_link_is_one_curve() -> None:
    layers = [[node("A")], [node("B"), node("C")], [node("D")]]
    links = [(0, 0, 0), (0, 0, 1), (1, 0, 0), (1, 1, 0), (1, 1, 0)]
    [path] = [path for path in draw(layers, links, []).root.iter("path") if path.get("class") == "ties"]
    assert path.attrib["d"].count("M") == 4


def test_the_same_chains_make_the_same_picture() -> None:
    layers, links = [[node("A")], [node("B"), node("C")], [node("D")]], [(0, 0, 1), (0, 0, 0), (1, 0, 0), (1, 1, 0)]
    assert chain("A to D", layers, links, []) == chain("A to D", layers, links[::-1], [])


@pytest.mark.parametrize("words", [HOSTILE, "梁文锋"])
def test_any_words_can_be_drawn(words: str) -> None:
    drawing = draw([[node(words)], [node("B")]], [(0, 0, 0)], [Phrase(words, "#hop-1", words)])
    assert [link.name for link in drawing.links()] == [words, words, "B"]
