"""The drawings of a family of models, read back: nothing overlaps, nothing is cut off, every model is a link."""

import re
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entities.pictures.lineage import MANNERS, SIZE, SMALL_SIZE, Family, Model, Tie, narrow, wide
from tests.drawing import Drawing
from tests.factories import HOSTILE

LETTERS = st.sampled_from("aimW .-/éQ1梁文锋幻方量化深度求索")
NAMES = st.text(LETTERS, min_size=1, max_size=40).filter(str.strip)
DAYS = st.dates(date(2022, 1, 1), date(2026, 12, 31)) | st.dates()
SIZES: dict[str | None, float] = {None: SIZE, "lanes__month": SMALL_SIZE}
DRAWINGS = pytest.mark.parametrize("draw", [wide, narrow])
Draw = Callable[[str, Sequence[Model], Sequence[Tie]], str]


def model(number: int, day: date | None = date(2025, 1, 20), *, name: str = "", last: date | None = None) -> Model:
    return Model(name or f"Model {number}", f"/models/m{number}/", "20 Jan 2025", day, last or day, number == 0)


def tie(parent: int, child: int, manner: str = "successor-of") -> Tie:
    return Tie(parent, child, manner)


def drawing(draw: Draw, models: Sequence[Model], ties: Sequence[Tie]) -> Drawing:
    return Drawing(draw("Family", models, ties), SIZES)


@st.composite
def families(make: st.DrawFn) -> tuple[list[Model], list[Tie]]:
    """One to 30 models with any dates or none, tied in any way, circles included."""
    dates = make(st.lists(st.none() | st.tuples(DAYS, DAYS), min_size=1, max_size=30))
    models = [
        model(number, *(None,) if days is None else (min(days),), name=make(NAMES), last=days and max(days))
        for number, days in enumerate(dates)
    ]
    place = st.integers(0, len(models) - 1)
    pairs = make(st.lists(st.tuples(place, place, st.sampled_from(MANNERS)), max_size=40, unique=True))
    return models, [tie(*pair) for pair in pairs if pair[0] != pair[1]]


@DRAWINGS
@given(family=families())
def test_words_never_overlap_nor_leave_the_picture(draw: Draw, family: tuple[list[Model], list[Tie]]) -> None:
    drawn = drawing(draw, *family)
    assert drawn.overlaps() == []
    assert drawn.outside() == []


@DRAWINGS
@given(family=families())
def test_every_model_is_one_link_and_every_tie_a_line(draw: Draw, family: tuple[list[Model], list[Tie]]) -> None:
    models, ties = family
    drawn = drawing(draw, models, ties)
    assert sorted(link.address for link in drawn.links()) == sorted(each.address for each in models)
    lines = [path for path in drawn.root.iter("path") if path.get("class", "").startswith("lineage__tie")]
    assert len(lines) == len(ties)


@given(family=families())
def test_the_list_is_in_the_order_of_time(family: tuple[list[Model], list[Tie]]) -> None:
    found = Family(*family)
    assert sorted(found.order) == list(range(len(family[0])))
    days = [found.days[place] for place in found.order]
    assert days == sorted(days)


@DRAWINGS
def test_the_same_family_makes_the_same_picture(draw: Draw) -> None:
    family = [model(0), model(1)], [tie(0, 1)]
    assert draw("Family", *family) == draw("Family", *family)


@DRAWINGS
def test_a_model_is_a_link_named_by_its_date(draw: Draw) -> None:
    drawn = drawing(draw, [model(1, name=HOSTILE)], [])
    assert [(link.address, link.name) for link in drawn.links()] == [("/models/m1/", f"{HOSTILE}, 20 Jan 2025")]


def test_parents_come_first_among_models_of_one_day() -> None:
    models = [model(1, name="A child"), model(2, name="Its parent"), model(3, name="The eldest")]
    assert Family(models, [tie(1, 0), tie(2, 1)]).order == [2, 1, 0]


def test_a_circle_on_one_day_does_not_stop_anything() -> None:
    assert Family([model(1), model(2)], [tie(0, 1), tie(1, 0)]).order == [0, 1]


def test_a_model_without_a_date_stands_where_its_relatives_put_it() -> None:
    old, new = date(2024, 1, 1), date(2025, 1, 1)
    models = [model(1, old), model(2, None), model(3, new), model(4, None), model(5, None)]
    days = Family(models, [tie(0, 1), tie(1, 3), tie(4, 2)]).days
    assert days == [old, old, new, old, new]


def test_nobody_knows_a_date() -> None:
    drawn = drawing(wide, [model(1, None), model(2, None)], [tie(0, 1)])
    assert [box.words for box in drawn.boxes] == ["Model 1", "Model 2"]


def test_a_successor_stays_on_the_line_before_what_only_builds_on_it() -> None:
    models = [model(number, date(2024, 1, 1) + timedelta(days=100 * number)) for number in range(3)]
    ties = [tie(0, 1, "derived-from"), tie(0, 2)]
    assert [line.models for line in Family(models, ties).lines(lambda _parent, _child: True)] == [[0, 2], [1]]


def test_the_wide_drawing_is_to_scale() -> None:
    days = [date(2024, 1, 1), date(2024, 7, 1), date(2025, 1, 1)]
    drawn = drawing(wide, [model(number + 1, day) for number, day in enumerate(days)], [])
    places = [
        float(group.attrib["transform"].removeprefix("translate(").split()[0])
        for group in drawn.root.iter("g")
        if "lanes__shape" in group.get("class", "")
    ]
    steps = [after - before for before, after in pairwise(places)]
    assert steps[0] / steps[1] == pytest.approx(182 / 184, abs=0.01)


@st.composite
def small_families(make: st.DrawFn) -> tuple[list[Model], list[Tie]]:
    """Some models of a few days of two years, tied in any way, circles included."""
    days = make(st.lists(st.sampled_from([0, 1, 40, 400]), min_size=2, max_size=9))
    models = [model(number, date(2024, 1, 1) + timedelta(days=day)) for number, day in enumerate(days)]
    place = st.integers(0, len(models) - 1)
    pairs = make(st.lists(st.tuples(place, place).filter(lambda pair: pair[0] != pair[1]), max_size=12, unique=True))
    return models, [tie(*pair) for pair in pairs]


Point = tuple[float, float]


def curve(start: Point, one: Point, other: Point, end: Point, t: float) -> Point:
    weights = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3)
    x, y = (
        sum(weight * corner[axis] for weight, corner in zip(weights, (start, one, other, end), strict=True))
        for axis in (0, 1)
    )
    return x, y


def points(path: str) -> list[Point]:
    """Follow a path of moves, lines and curves in small steps."""
    found: list[Point] = [(0.0, 0.0)]
    for letter, numbers in re.findall(r"([MCHV])([^MCHV]*)", path):
        x, y = found[-1]
        values = [float(value) for value in numbers.split()]
        match letter:
            case "M":
                found = [(values[0], values[1])]
                continue
            case "H":
                corners = [(x, y), (values[0], y), (values[0], y)]
            case "V":
                corners = [(x, y), (x, values[0]), (x, values[0])]
            case _:
                corners = list(zip(values[::2], values[1::2], strict=True))
        found += [curve((x, y), corners[0], corners[1], corners[2], step / 20) for step in range(1, 21)]
    return found


def lines_of(drawn: Drawing) -> list[list[Point]]:
    """Give the points of the lines, one a tie, in the order of the ties."""
    return [
        points(path.attrib["d"]) for path in drawn.root.iter("path") if path.get("class", "").startswith("lineage__tie")
    ]


def places_of(drawn: Drawing) -> list[Point]:
    """Give the middles of the shapes, in the order of time."""
    found = []
    for group in drawn.root.iter("g"):
        if "lanes__shape" in group.get("class", ""):
            x, y = group.attrib["transform"].removeprefix("translate(").split(")")[0].split()
            found.append((float(x), float(y)))
    return found


@given(family=small_families())
def test_in_the_narrow_drawing_no_line_passes_through_a_model_that_it_does_not_join(
    family: tuple[list[Model], list[Tie]],
) -> None:
    models, ties = family
    drawn = drawing(narrow, models, ties)
    order = Family(models, ties).order
    for each, line in zip(ties, lines_of(drawn), strict=True):
        for model_, (x, y) in zip(order, places_of(drawn), strict=True):
            if model_ not in (each.parent, each.child):
                assert all(abs(px - x) + abs(py - y) > 6 for px, py in line)


@DRAWINGS
@given(family=small_families())
def test_every_line_ends_at_the_child_in_an_arrow_that_has_a_direction(
    draw: Draw, family: tuple[list[Model], list[Tie]]
) -> None:
    models, ties = family
    drawn = drawing(draw, models, ties)
    place = dict(zip(Family(models, ties).order, places_of(drawn), strict=True))
    arrows = {f"url(#{marker.attrib['id']})" for marker in drawn.root.iter("marker")}
    assert {path.get("marker-end") for path in drawn.root.iter("path") if "marker-end" in path.attrib} <= arrows
    for each, line in zip(ties, lines_of(drawn), strict=True):
        assert line[0] == pytest.approx(place[each.parent], abs=0.1)
        assert line[-1] == pytest.approx(place[each.child], abs=0.1)
        assert line[-1] != line[-2] or place[each.parent] == place[each.child]


def test_models_of_one_day_are_joined_before_their_shapes_and_not_through_their_words() -> None:
    drawn = drawing(wide, [model(1), model(2), model(3, date(2026, 1, 1))], [tie(0, 1)])
    [line] = lines_of(drawn)
    assert max(x for x, _y in line) <= places_of(drawn)[0][0]


def test_a_successor_stays_on_the_line_where_its_name_just_fits() -> None:
    """Between the two names some units are left, fewer than between names of different lines."""
    first, last = date(2024, 1, 1), date(2026, 12, 31)
    days = [first, date(2024, 3, 8), last]
    drawn = drawing(wide, [model(number + 1, day) for number, day in enumerate(days)], [tie(0, 1)])
    (_x, y), (_other_x, other_y), _last = places_of(drawn)
    assert y == other_y


def test_years_are_marked() -> None:
    for draw in (wide, narrow):
        drawn = drawing(draw, [model(1, date(2023, 5, 1)), model(2, date(2025, 5, 1))], [])
        assert {"2023", "2025"} <= {box.words for box in drawn.boxes}


@DRAWINGS
def test_a_day_that_is_not_known_exactly_has_a_hollow_shape(draw: Draw) -> None:
    models = [model(1), model(2, date(2025, 1, 1), last=date(2025, 1, 31)), model(3, None)]
    assert draw("Family", models, []).count("lanes__shape--hollow") == 2


@DRAWINGS
def test_a_hundred_models_take_few_milliseconds(draw: Draw) -> None:
    models = [model(number, date(2023, 1, 1) + timedelta(days=11 * number)) for number in range(100)]
    ties = [tie(number // 2, number) for number in range(1, 100)]
    best = 1.0
    for _time in range(5):
        start = time.process_time()
        draw("Family", models, ties)
        best = min(best, time.process_time() - start)
    # Several times what it takes, for a busy machine.
    assert best < 0.05
