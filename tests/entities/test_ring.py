"""The neighbourhood of an entity as a picture."""

import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entities.pictures.ring import MOST_GROUPS, MOST_MARKS, SIZE, Group, Neighbour, ring, shares
from tests.drawing import Drawing
from tests.factories import HOSTILE

LETTERS = st.sampled_from("aimW .-/éQ1梁文锋幻方量化深度求索")
NAMES = st.text(LETTERS, min_size=1, max_size=60).filter(str.strip)
KINDS = st.sampled_from(["person", "company", "model", "event", "idea"])


def neighbour(name: str = "DeepSeek", kind: str = "company") -> Neighbour:
    return Neighbour(name, kind, "/companies/deepseek/", f"DeepSeek develops {name}")


def group(count: int, name: str = "DeepSeek-R1", phrase: str = "develops") -> Group:
    shown = [neighbour(f"{name} {number}", "model") for number in range(min(count, MOST_MARKS + 1))]
    return Group(phrase, "#develops", shown, count)


def more(count: int) -> str:
    return f"and {count} more"


def draw(groups: Sequence[Group]) -> Drawing:
    return Drawing(ring("R1 and its links", "model", groups, more, "#links"), {None: SIZE})


@st.composite
def neighbourhoods(make: st.DrawFn) -> list[Group]:
    """One to 300 links in one to 30 groups."""
    sizes = make(st.lists(st.integers(1, 12), min_size=1, max_size=30))
    sizes[0] = make(st.integers(1, 300 - sum(sizes[1:])))
    names = make(st.lists(st.tuples(NAMES, KINDS), min_size=1, max_size=12))
    return [
        Group(make(NAMES), f"#group-{number}", [neighbour(*names[place % len(names)]) for place in range(size)], size)
        for number, size in enumerate(sizes)
    ]


@given(neighbourhoods())
def test_words_never_overlap_nor_leave_the_picture(groups: list[Group]) -> None:
    drawing = draw(groups)
    assert drawing.overlaps() == []
    assert drawing.outside() == []


@given(neighbourhoods())
def test_every_link_is_drawn_or_counted(groups: list[Group]) -> None:
    links = draw(groups).links()
    drawn = sum(link.shapes for link in links)
    counted = sum(int(link.name.removesuffix(" more").rsplit(" ", 1)[1]) for link in links if not link.shapes)
    assert drawn + counted == sum(group.count for group in groups)


def test_the_same_links_make_the_same_picture() -> None:
    assert ring("R1", "model", [group(5)], more, "#links") == ring("R1", "model", [group(5)], more, "#links")


def test_a_neighbour_is_a_link_named_by_its_sentence() -> None:
    drawing = draw([Group("develops", "#develops", [neighbour(HOSTILE)], 1)])
    assert [(link.address, link.name) for link in drawing.links()] == [
        ("/companies/deepseek/", f"DeepSeek develops {HOSTILE}")
    ]


def test_each_group_says_its_phrase() -> None:
    drawing = draw([group(2), group(1, phrase="was built by")])
    words = [box.words for box in drawing.boxes]
    assert "develops" in words
    assert "was built by" in words


def test_what_has_no_room_leads_to_its_group_in_the_list() -> None:
    last = draw([group(100)]).links()[-1]
    assert (last.address, last.name) == ("#develops", f"develops: and {100 - MOST_MARKS} more")


def test_groups_that_have_no_room_lead_to_the_list() -> None:
    last = draw([group(2)] * (MOST_GROUPS + 3)).links()[-1]
    assert (last.address, last.name) == ("#links", "and 6 more")


@pytest.mark.parametrize(
    ("sizes", "shown"),
    [
        ([1], [1]),
        ([3, 1], [3, 1]),
        ([100], [MOST_MARKS]),
        ([100, 2], [MOST_MARKS - 2, 2]),
        ([100, 100], [MOST_MARKS // 2] * 2),
        ([MOST_MARKS + 1], [MOST_MARKS + 1]),
    ],
)
def test_large_groups_leave_room_for_small_ones(sizes: list[int], shown: list[int]) -> None:
    assert shares([group(size) for size in sizes]) == shown


def test_a_name_too_long_for_two_lines_ends_in_an_ellipsis() -> None:
    words = [box.words for box in draw([group(1, name="An observatory of everything that was ever said")]).boxes]
    assert words[-1].endswith("…")
    assert words[-2] == "An observatory"


def test_a_full_picture_takes_a_few_milliseconds() -> None:
    groups = [group(7, phrase=f"is the subject of research number {number} by") for number in range(MOST_GROUPS)]
    draw(groups)
    costs = []
    for _round in range(5):
        start = time.process_time()
        ring("R1", "model", groups, more, "#links")
        costs.append(time.process_time() - start)
    assert min(costs) < 0.03
