"""The drawings of the timeline, read back: nothing overlaps, nothing is cut off, every mark is a link."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from random import Random
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entities.pictures import column, lanes, svg
from entities.pictures.moments import Band, Mark, Story
from entities.pictures.scale import fit
from tests.factories import HOSTILE

LANES = {"models": "Models", "people": "People and firms", "press": "Press & <others>"}
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec"]
WIDTHS = {"lanes": 1000.0, "small": 600.0, "column": column.WIDTH}
REACH = 6.0


@dataclass(frozen=True)
class Box:
    """A painted thing and the link that it belongs to; `what` is its text, or the class of a shape."""

    link: str
    what: str
    left: float
    right: float
    top: float
    bottom: float

    def overlaps(self, other: "Box") -> bool:
        apart = self.right <= other.left + 0.2 or other.right <= self.left + 0.2
        return not (apart or self.bottom <= other.top or other.bottom <= self.top)


class Painting:
    """A drawing as a box of some width shows it."""

    def __init__(self, markup: str, width: float) -> None:
        self.root, self.width = ElementTree.fromstring(markup), width
        self.height = float(self.root.attrib["height"])
        self.boxes = list(self._boxes(self.root, 0, 0, ""))

    @property
    def links(self) -> dict[str, str]:
        return {a.attrib["href"]: a.attrib["aria-label"] for a in self.root.iter("a")}

    def of_class(self, name: str) -> list[ElementTree.Element]:
        return [element for element in self.root.iter() if name in element.get("class", "").split()]

    def overlaps(self, *, ignored: str = "") -> list[tuple[str, str]]:
        """List what one link paints over another, or over words that belong to none."""
        pairs = combinations([box for box in self.boxes if box.what != ignored], 2)
        return [(a.what, b.what) for a, b in pairs if (not a.link or a.link != b.link) and a.overlaps(b)]

    def outside(self) -> list[str]:
        return [
            box.what
            for box in self.boxes
            if box.left < -0.2 or box.top < -0.2 or box.right > self.width + 0.2 or box.bottom > self.height + 0.2
        ]

    def _boxes(self, element: ElementTree.Element, x: float, y: float, link: str) -> Iterator[Box]:
        for child in element:
            name, css_class = child.tag, child.get("class", "")
            if name == "a":
                yield from self._boxes(child, x, y, child.attrib["href"])
            elif name == "svg":
                yield from self._boxes(child, x + self._px(child, "x"), y + self._px(child, "y"), link)
            elif name == "text":
                yield self._text(child, x, y, link)
            elif css_class in ("lanes__count", "lanes__bar") and name == "rect":
                left, top = x + self._px(child, "x"), y + self._px(child, "y")
                right, bottom = left + self._px(child, "width"), top + self._px(child, "height")
                yield Box(link, css_class, left, right, top, bottom)
            elif "lanes__shape" in css_class.split():
                place = child.attrib["transform"]
                if place.startswith("translate("):
                    across, down = map(float, place[len("translate(") : place.index(")")].split())
                    yield Box(link, css_class, across - 4, across + 4, down - 4, down + 4)
                else:
                    yield Box(link, css_class, x - REACH, x + REACH, y - REACH, y + REACH)
            elif name == "g":
                yield from self._boxes(child, x, y, link)

    def _text(self, text: ElementTree.Element, x: float, y: float, link: str) -> Box:
        css_class, words = text.get("class", ""), text.text or ""
        size = 11 if css_class == "lanes__month" else 12
        is_bold = css_class in ("label--strong", "lanes__name", "lanes__band-name", "lanes__year label--strong")
        width = svg.text_width(words, size, bold=is_bold)
        left = x + self._px(text, "x") + self._px(text, "dx")
        left -= {"end": width, "middle": width / 2}.get(text.get("text-anchor", ""), 0)
        top = y + self._px(text, "y") - size * 0.78
        return Box(link, words, left, left + width, top, top + size)

    def _px(self, element: ElementTree.Element, name: str) -> float:
        value = element.get(name, "0")
        return float(value[:-1]) * self.width / 100 if value.endswith("%") else float(value)


def mark(number: int = 0, **fields: object) -> Mark:
    defaults: dict[str, object] = {
        "lane": "models",
        "kind": "model",
        "title": f"Moment {number}",
        "dated": "a day",
        "address": f"/claims/{number}/",
        "first": date(2025, 1, 20),
        "last": date(2025, 1, 20),
    }
    return Mark(**defaults | fields)  # type: ignore[arg-type]


def story(marks: Sequence[Mark], bands: Sequence[Band] = ()) -> Story:
    days = [each.day for each in marks]
    return Story(
        title="The story",
        lanes=LANES,
        months=MONTHS,
        marks=marks,
        bands=bands,
        scale=fit(days, min(days), max(days)),
        gathered=lambda lane, first, last, count: (f"/timeline/?{lane}={first}={last}", f"{count} more"),
    )


def draw(drawing: str, shown: Story) -> str:
    if drawing == "column":
        return column.draw(shown)
    return lanes.draw(shown, width=WIDTHS[drawing], most_rows=9 if drawing == "lanes" else 3)


def random_day(chance: Random) -> date:
    """Choose a day of a story of which most happens in two months."""
    if chance.random() < 0.6:
        return date(2024, 12, 20) + timedelta(days=chance.randrange(60))
    return date(2012, 1, 1) + timedelta(days=chance.randrange(16 * 365))


def random_mark(chance: Random, number: int) -> Mark:
    first, span = random_day(chance), chance.choice([0, 0, 0, chance.randrange(6), chance.randrange(900)])
    form = chance.choice(["plain", "plain", "plain", "from", "to"])
    letters = chance.choice(["abcdefghijklmnopqrstuvwxyz     MWéàç'-", "深度求索杭州梁文锋"])
    return mark(
        number,
        lane=chance.choice(list(LANES)),
        kind=chance.choice(list(svg.SHAPES)),
        title="".join(chance.choices(letters, k=chance.randint(1, 60))).strip() or "x",
        first=None if form == "to" else first,
        last=None if form == "from" else first + timedelta(days=span),
        lasts=form != "plain" or chance.random() < 0.2,
        fades_in=chance.random() < 0.3,
        fades_out=chance.random() < 0.3,
        is_main=chance.random() < 0.2,
    )


def random_story(seed: int, most: int) -> Story:
    chance = Random(seed)
    marks = [random_mark(chance, number) for number in range(chance.randint(1, most))]
    firsts = [random_day(chance) for _each in range(chance.randrange(4))]
    bands = [
        Band(f"Festival {number}", "a festival", f"/events/{number}/", first, first + timedelta(days=number * 7))
        for number, first in enumerate(firsts)
    ]
    return story(marks, bands)


SEEDS = st.integers(0, 2**32)


@given(SEEDS, st.sampled_from(["lanes", "small"]), st.floats(1, 1.8))
def test_lanes_keep_everything_apart_and_inside_at_any_width(seed: int, drawing: str, stretched: float) -> None:
    painted = Painting(draw(drawing, random_story(seed, most=60)), WIDTHS[drawing] * stretched)
    assert painted.overlaps() == []
    assert painted.outside() == []


@given(SEEDS)
def test_the_column_keeps_all_words_apart_and_inside(seed: int) -> None:
    """Its bars run down the lanes, behind whatever happened meanwhile."""
    painted = Painting(draw("column", random_story(seed, most=120)), column.WIDTH)
    assert painted.overlaps(ignored="lanes__bar") == []
    assert painted.outside() == []


@pytest.mark.parametrize("drawing", WIDTHS)
@given(seed=SEEDS)
def test_every_mark_is_a_link_or_counted_in_one(drawing: str, seed: int) -> None:
    shown = random_story(seed, most=150)
    painted = Painting(draw(drawing, shown), WIDTHS[drawing])
    drawn = {each.address: each.name for each in shown.marks if each.address in painted.links}
    assert drawn.items() <= painted.links.items()
    counts = [int(name.split()[0]) for address, name in painted.links.items() if address.startswith("/timeline/")]
    assert len(drawn) + sum(counts) == len(shown.marks)
    assert {band.address for band in shown.shown_bands()} <= painted.links.keys()


@pytest.mark.parametrize("drawing", WIDTHS)
def test_the_same_values_give_the_same_drawing(drawing: str) -> None:
    assert draw(drawing, random_story(7, most=99)) == draw(drawing, random_story(7, most=99))


@pytest.mark.parametrize("drawing", WIDTHS)
def test_more_marks_than_fit_are_gathered_by_lane_and_stretch(drawing: str) -> None:
    marks = [mark(number, title="A moment with a long name", lane="press") for number in range(90)]
    painted = Painting(draw(drawing, story(marks)), WIDTHS[drawing])
    gathered = [address for address in painted.links if address.startswith("/timeline/")]
    assert gathered == ["/timeline/?press=2025-01-20=2025-01-20"]


@pytest.mark.parametrize("drawing", WIDTHS)
def test_words_are_escaped(drawing: str) -> None:
    marks = [mark(1, title=HOSTILE, address='/claims/"1"/'), mark(2, title=HOSTILE)]
    band = Band(HOSTILE, HOSTILE, "/events/1/", date(2025, 1, 20), date(2025, 1, 21))
    markup = draw(drawing, story(marks, [band]))
    assert "<script>" not in markup
    assert Painting(markup, 1000).links['/claims/"1"/'] == f"{HOSTILE}, a day"


@pytest.mark.parametrize("drawing", WIDTHS)
@pytest.mark.parametrize(
    ("fields", "bars", "arrows", "hollows"),
    [
        ({}, 0, 0, 0),
        ({"fades_in": True, "fades_out": True}, 0, 0, 1),
        ({"first": date(2025, 1, 1), "last": date(2025, 12, 31), "fades_in": True, "fades_out": True}, 1, 0, 1),
        ({"last": date(2025, 9, 30), "lasts": True}, 1, 0, 0),
        ({"last": None, "lasts": True}, 1, 1, 0),
        ({"first": None, "lasts": True}, 1, 1, 1),
    ],
)
def test_what_is_not_exact_or_lasts_is_drawn_so(
    drawing: str, fields: dict[str, object], bars: int, arrows: int, hollows: int
) -> None:
    others = [mark(1, first=day, last=day) for day in (date(2024, 6, 1), date(2025, 12, 31))]
    painted = Painting(draw(drawing, story([*others, mark(2, **fields)])), WIDTHS[drawing])
    found = (painted.of_class("lanes__bar"), painted.of_class("lanes__arrow"), painted.of_class("lanes__shape--hollow"))
    assert tuple(map(len, found)) == (bars, arrows, hollows)


@pytest.mark.parametrize("drawing", WIDTHS)
@pytest.mark.parametrize(
    ("fades_in", "fades_out", "mask"),
    [(True, True, "fade-both"), (True, False, "fade-in"), (False, True, "fade-out"), (False, False, "")],
)
def test_a_bar_fades_where_its_end_is_not_exact(drawing: str, fades_in: bool, fades_out: bool, mask: str) -> None:
    long = mark(1, last=date(2025, 12, 31), lasts=True, fades_in=fades_in, fades_out=fades_out)
    painted = Painting(draw(drawing, story([mark(2), long, mark(3, first=long.last, last=long.last)])), 1000)
    (bar,) = painted.of_class("lanes__bar")
    masks = [f"url(#{element.attrib['id']})" for element in painted.root.iter("mask")]
    assert bar.get("mask", "") == next((each for each in masks if mask and mask in each), "")


def test_a_place_where_the_scale_changes_is_marked() -> None:
    days = [date(2023, 1, 5) + timedelta(days=30 * number) for number in range(30)]
    days += [date(2025, 1, 2) + timedelta(days=number) for number in range(25)]
    marks = [mark(number, first=day, last=day) for number, day in enumerate(sorted(days))]
    painted = Painting(draw("lanes", story(marks)), 1000)
    assert len(painted.of_class("lanes__wide")) == 1
    assert len(painted.of_class("lanes__change")) == 2
    assert "Jan" in [box.what for box in painted.boxes]


def test_the_column_shades_the_lines_of_a_band() -> None:
    days = [date(2025, 1, 27), date(2025, 1, 28), date(2025, 2, 4), date(2025, 2, 5)]
    marks = [mark(number, first=day, last=day) for number, day in enumerate(days)]
    festival = Band("Festival", "a festival", "/events/1/", date(2025, 1, 28), date(2025, 2, 4))
    painted = Painting(draw("column", story(marks, [festival])), column.WIDTH)
    (stripe,) = painted.of_class("lanes__band")
    top, bottom = float(stripe.attrib["y"]), float(stripe.attrib["y"]) + float(stripe.attrib["height"])
    inside = [box.what for box in painted.boxes if box.what.startswith("Moment") and top < box.top < bottom]
    assert inside == ["Moment 1", "Moment 2"]
