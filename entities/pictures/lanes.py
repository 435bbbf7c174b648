"""The timeline as lanes: time runs to the right, and each mark has its words beside it.

Places along the time are shares of the width, so that the drawing fills any width from the one it was laid out for:
what keeps apart there only moves further apart. All else is in pixels.
"""

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from . import svg
from .moments import Band, Bar, Mark, Story, fades
from .scale import Scale

TEXT, SMALL_TEXT = 12, 11
ROW, LANE_PADDING = 22, 10
BAND_ROW, YEAR_ROW, MONTH_ROW = 20, 20, 18
# The shape of a mark reaches so far from its middle, and its words begin so far from it.
REACH, BESIDE, GAP = 8.0, 11.0, 10.0
SHAPE_SCALE = 0.75
SHORTEST_LABEL, LONGEST_LABEL = 80.0, 420.0
# A number with its plus sign, up to four digits.
COUNT_WIDTH = 56.0
YEAR_ROOM, MONTH_ROOM = 36.0, 40.0
# Days of a month that are numbered when there is room for them.
NUMBERED_DAYS = (10, 20)


class Ruler:
    """Turns days into pixels of the width that the drawing is laid out for, and those into shares of any width."""

    def __init__(self, scale: Scale, width: float) -> None:
        self.scale, self.width = scale, width

    def px(self, place: float) -> float:
        return REACH + place * (self.width - 2 * REACH)

    def share(self, px: float) -> str:
        return f"{100 * px / self.width:.2f}%"


@dataclass(slots=True)
class Spot:
    """Where a mark goes: its shape at `x`, its bar `begin` to `end`, all in pixels.

    Its words want `wish` and get `room`; they stand before the shape when the spot is turned.
    """

    mark: Mark
    x: float
    begin: float
    end: float
    bar: Bar | None
    wish: float
    room: float = 0.0
    is_turned: bool = False

    @property
    def left(self) -> float:
        return min(self.begin, self.x - BESIDE - self.room) if self.is_turned else self.begin

    @property
    def right(self) -> float:
        return self.end if self.is_turned else max(self.end, self.x + BESIDE + self.room)

    def turn(self, is_turned: bool, width: float) -> bool:
        """Set the words before or behind the shape, and tell whether the drawing has room for all of them there."""
        room = (self.x if is_turned else width - self.x) - BESIDE
        self.room, self.is_turned = min(self.wish, room), is_turned
        return room >= self.wish


@dataclass(slots=True)
class Row:
    """Spots from left to right; what follows must begin behind `end`."""

    end: float
    spots: list[Spot]

    def take(self, spot: Spot) -> None:
        self.spots.append(spot)
        self.end = spot.right + GAP

    def room_before(self, left: float) -> float:
        """Measure the room that the words of the last spot keep if another follows there; 0 when none can."""
        last = self.spots[-1] if self.spots else None
        if last is None or last.is_turned or last.end + GAP > left:
            return 0.0
        return left - GAP - last.x - BESIDE


@dataclass(frozen=True, slots=True)
class Count:
    """Marks that found no place, drawn as their number; `total` is the sum of their places."""

    marks: list[Mark]
    total: float

    def middle(self, width: float) -> float:
        return min(max(self.total / len(self.marks), COUNT_WIDTH / 2), width - COUNT_WIDTH / 2)


@dataclass(frozen=True, slots=True)
class Lane:
    name: str
    title: str
    rows: list[Row]
    counts: list[Count]

    @property
    def height(self) -> int:
        return ROW * (len(self.rows) + bool(self.counts)) + LANE_PADDING


def draw(story: Story, *, width: float, most_rows: int, name: str = "lanes") -> SafeString:
    """Draw the lanes for boxes of `width` pixels and more; `name` begins the ids within the drawing.

    A lane gathers what its rows cannot hold into counts.
    """
    ruler = Ruler(story.scale, width)
    lanes = [
        _lay_out(lane, title, [mark for mark in story.marks if mark.lane == lane], ruler, most_rows)
        for lane, title in story.lanes.items()
    ]
    stripes = _stripes(story, ruler)
    years, months = _years(ruler), _months(ruler, story.months)
    above = BAND_ROW * (max((stripe.row for stripe in stripes), default=-1) + 1)
    top = above + YEAR_ROW + MONTH_ROW * bool(months)
    height = top + sum(lane.height for lane in lanes)
    parts = [
        fades(name),
        *_ground(ruler, height, above),
        *(_stripe(stripe, ruler, height) for stripe in stripes),
        *_labels(years, above + 14, height, ruler, "year"),
        *_labels(months, top - 6, height, ruler, "month"),
    ]
    for lane in lanes:
        parts += _lane(lane, top, story, ruler, name)
        top += lane.height
    return svg.element(
        "svg",
        svg.element("title", story.title) + mark_safe("".join(parts)),
        class_="picture lanes",
        width="100%",
        height=height,
        role="group",
        aria_label=story.title,
    )


# Where things go


def _lay_out(name: str, title: str, marks: Iterable[Mark], ruler: Ruler, most_rows: int) -> Lane:
    """Fill the rows of a lane: with all words behind their shapes, or before them in the right half if less is lost."""
    spots = sorted((_spot(mark, ruler) for mark in marks), key=lambda spot: spot.x)
    arranged = _fill(title, spots, ruler.width, most_rows, turned_from=ruler.width)
    if arranged.loss > (0, 0.0):
        turned = _fill(title, map(copy, spots), ruler.width, most_rows, turned_from=ruler.width / 2)
        arranged = min(arranged, turned, key=lambda arrangement: arrangement.loss)
    return Lane(name, title, arranged.rows, _gather(arranged.left_over, ruler.width))


@dataclass(frozen=True, slots=True)
class Arrangement:
    rows: list[Row]
    left_over: list[Spot]

    @property
    def loss(self) -> tuple[int, float]:
        """Count the marks without a place, then measure the words that are cut."""
        cut = sum(spot.wish - spot.room for row in self.rows for spot in row.spots)
        return len(self.left_over), cut


def _fill(title: str, spots: Iterable[Spot], width: float, most_rows: int, *, turned_from: float) -> Arrangement:
    # The name of the lane stands at the beginning of its first row.
    rows = [Row(svg.text_width(title, TEXT, bold=True) + 2 * GAP, [])]
    left_over = []
    for spot in spots:
        if not spot.turn(spot.x >= turned_from, width):
            spot.turn(spot.x > width / 2, width)
        row = _row_for(spot, rows, most_rows, width)
        if row is None:
            left_over.append(spot)
        else:
            row.take(spot)
    return Arrangement(rows, left_over)


def _spot(mark: Mark, ruler: Ruler) -> Spot:
    x = ruler.px(ruler.scale.middle_of(mark.day))
    begin, end = x - REACH, x + REACH
    bar = Bar.of(mark, ruler.scale)
    if bar:
        begin, end = min(begin, ruler.px(bar.start)), max(end, ruler.px(bar.end))
    return Spot(mark, x, begin, end, bar, min(svg.text_width(mark.title, TEXT, bold=mark.is_main), LONGEST_LABEL))


def _row_for(spot: Spot, rows: list[Row], most_rows: int, width: float) -> Row | None:
    """Find the row that has room for a spot, at need a new one, at last by shortening words; None when none has."""
    side = spot.is_turned
    for is_turned in (side, not side):
        if spot.turn(is_turned, width):
            left = spot.left
            for row in rows:
                if row.end <= left:
                    return row
    spot.turn(side, width)
    left = spot.left
    if len(rows) < most_rows:
        rows.append(Row(0.0, []))
        return rows[-1]
    if spot.is_turned:
        row = min(rows, key=lambda row: row.end)
        room = spot.x - BESIDE - row.end
        if room >= SHORTEST_LABEL and row.end <= spot.begin:
            spot.room = room
            return row
    room, row = max(((row.room_before(left), row) for row in rows), key=itemgetter(0))
    if room < SHORTEST_LABEL:
        return None
    row.spots[-1].room = room
    return row


def _gather(spots: list[Spot], width: float) -> list[Count]:
    """Gather spots, ordered by place, into counts that stand clear of each other."""
    counts: list[Count] = []
    for spot in spots:
        count = Count([spot.mark], spot.x)
        while counts and count.middle(width) - counts[-1].middle(width) < COUNT_WIDTH:
            before = counts.pop()
            count = Count(before.marks + count.marks, before.total + count.total)
        counts.append(count)
    return counts


@dataclass(frozen=True, slots=True)
class Label:
    """Words of the ruler at `x`, where a line runs down unless they number a day."""

    x: float
    words: str
    has_line: bool


def _years(ruler: Ruler) -> list[Label]:
    labels = [
        Label(ruler.px(place), str(year), place > 0) for year, place in ruler.scale.years(YEAR_ROOM / ruler.width)
    ]
    return [label for label in labels if label.x + svg.text_width(label.words, TEXT) + 4 <= ruler.width]


def _months(ruler: Ruler, names: Sequence[str]) -> list[Label]:
    """Name months that have room, and number days between them where that leaves the names clear."""
    months = ruler.scale.months(MONTH_ROOM / ruler.width)
    labels = [Label(ruler.px(place), names[first.month - 1], True) for first, place in months]
    labels += [
        Label(ruler.px(ruler.scale.middle_of(first.replace(day=day))), str(day), False)
        for first, _place in months
        for day in NUMBERED_DAYS
    ]
    shown: list[tuple[float, float]] = []
    kept = []
    for label in labels:
        width = svg.text_width(label.words, SMALL_TEXT)
        start = label.x + 4 if label.has_line else label.x - width / 2
        if start + width <= ruler.width and all(start >= end or start + width <= begin for begin, end in shown):
            shown.append((start, start + width + 4))
            kept.append(label)
    return kept


@dataclass(frozen=True, slots=True)
class Stripe:
    """A band from `start` to `end`, with its name in one of the rows at the top."""

    band: Band
    start: float
    end: float
    row: int
    is_turned: bool


def _stripes(story: Story, ruler: Ruler) -> list[Stripe]:
    stripes: list[Stripe] = []
    ends: list[float] = []
    for band in story.shown_bands():
        start, end = ruler.px(ruler.scale.start_of(band.first)), ruler.px(ruler.scale.end_of(band.last))
        words = svg.text_width(band.title, TEXT, bold=True)
        is_turned = start + words > ruler.width
        left, right = (end - words, end) if is_turned else (start, max(start + words, end))
        row = next((row for row, taken in enumerate(ends) if taken + GAP <= left), len(ends))
        ends[row : row + 1] = [right]
        stripes.append(Stripe(band, start, end, row, is_turned))
    return stripes


# What is written


def _ground(ruler: Ruler, height: float, top: float) -> Iterable[str]:
    """Shade what is drawn wider than the rest, and mark where the scale changes."""
    limits = [ruler.px(limit) for limit in ruler.scale.limits]
    for stretch, (start, end) in zip(ruler.scale.stretches, pairwise(limits), strict=True):
        if stretch.zoom > 1:
            yield (
                f'<rect class="lanes__wide" x="{ruler.share(start)}" y="{top}" width="{ruler.share(end - start)}"'
                f' height="{height - top}"/>'
            )
    for limit in limits[1:-1]:
        x = ruler.share(limit)
        yield f'<line class="lanes__change" x1="{x}" x2="{x}" y1="{top}" y2="{height}"/>'


def _stripe(stripe: Stripe, ruler: Ruler, height: float) -> str:
    band, top = stripe.band, BAND_ROW * stripe.row
    start, end = ruler.share(stripe.start), ruler.share(stripe.end)
    x, anchor = (end, ' text-anchor="end"') if stripe.is_turned else (start, "")
    drawn = (
        f'<rect class="lanes__band" x="{start}" y="{top}" width="{ruler.share(stripe.end - stripe.start)}"'
        f' height="{height - top}"/>'
        f'<text class="lanes__band-name" x="{x}" y="{top + 13}"{anchor}>{escape(band.title)}</text>'
    )
    return svg.link(band.address, band.name, mark_safe(drawn))


def _labels(labels: Iterable[Label], y: float, height: float, ruler: Ruler, kind: str) -> Iterable[str]:
    for label in labels:
        x = ruler.share(label.x)
        if label.has_line:
            yield f'<line class="lanes__{kind}-line" x1="{x}" x2="{x}" y1="{y - 10:g}" y2="{height}"/>'
        place = 'text-anchor="middle"' if kind == "month" and not label.has_line else 'dx="4"'
        yield f'<text class="lanes__{kind}" x="{x}" y="{y}" {place}>{escape(label.words)}</text>'


def _lane(lane: Lane, top: float, story: Story, ruler: Ruler, name: str) -> Iterable[str]:
    yield f'<line class="lanes__border" x2="100%" y1="{top:g}" y2="{top:g}"/>'
    y = top + (LANE_PADDING + ROW) / 2
    yield f'<text class="lanes__name" y="{y + 4:g}">{escape(lane.title)}</text>'
    for row in lane.rows:
        for spot in row.spots:
            yield _mark(spot, y, ruler, name)
        y += ROW
    for gathered in lane.counts:
        yield _count(lane.name, gathered, y, story, ruler)


def _mark(spot: Spot, y: float, ruler: Ruler, name: str) -> str:
    mark, label = spot.mark, escape(spot.mark.name)
    words = escape(svg.shorten(mark.title, TEXT, spot.room, bold=mark.is_main))
    strong = ' class="label--strong"' if mark.is_main else ""
    side = '"-11" text-anchor="end"' if spot.is_turned else '"11"'
    hollow = "" if mark.is_exact else " lanes__shape--hollow"
    start = -BESIDE - spot.room if spot.is_turned else -REACH
    return (
        f'<svg class="lanes__at icon--{mark.kind}" x="{ruler.share(spot.x)}" y="{y:g}">'
        f'<a href="{escape(mark.address)}" aria-label="{label}"><title>{label}</title>'
        f'<rect class="lanes__hit" x="{start:.0f}" y="{-ROW / 2:g}" width="{REACH + BESIDE + spot.room:.0f}"'
        f' height="{ROW}" rx="4"/>'
        f"{_bar(spot, ruler, name)}"
        f'<g class="lanes__shape{hollow}" transform="scale({SHAPE_SCALE})">{svg.SHAPES[mark.kind]}</g>'
        f'<text x={side} y="4"{strong}>{words}</text></a></svg>'
    )


def _bar(spot: Spot, ruler: Ruler, name: str) -> str:
    """Draw how long it took, or between which days it happened; an arrow where it goes on beyond the scale."""
    if spot.bar is None or spot.end - spot.begin <= 2 * REACH:
        return ""
    start, end = ruler.px(spot.bar.start), ruler.px(spot.bar.end)
    mask = f' mask="url(#{name}-fade-{spot.bar.fade})"' if spot.bar.fade else ""
    drawn = (
        f'<rect class="lanes__bar" x="{ruler.share(start - spot.x)}" y="-8" width="{ruler.share(end - start)}"'
        f' height="16" rx="3"{mask}/>'
    )
    for is_open, x, path in ((spot.bar.comes, start, "M6-5 0 0 6 5"), (spot.bar.goes, end, "M-6-5 0 0-6 5")):
        if is_open:
            arrow = f'<path class="lanes__arrow" d="{path}"/>'
            drawn += f'<svg class="lanes__at" x="{ruler.share(x - spot.x)}">{arrow}</svg>'
    return drawn


def _count(lane: str, gathered: Count, y: float, story: Story, ruler: Ruler) -> str:
    days = [mark.day for mark in gathered.marks]
    address, name = story.gathered(lane, min(days), max(days), len(days))
    words = f"+{len(days)}"
    width = svg.text_width(words, TEXT, bold=True) + 10
    drawn = svg.link(
        address,
        name,
        mark_safe(
            f'<rect class="lanes__count" x="{-width / 2:.0f}" y="-10" width="{width:.0f}" height="20" rx="10"/>'
            f'<text class="label--strong" y="4" text-anchor="middle">{words}</text>'
        ),
    )
    return f'<svg class="lanes__at" x="{ruler.share(gathered.middle(ruler.width))}" y="{y:g}">{drawn}</svg>'
