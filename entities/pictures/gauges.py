"""Gauges beside the answers to one question: amounts as bars to one scale, dates as bands on one line."""

import math
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.safestring import SafeString

from . import svg

# The smallest of a larger range would be thinner than a pixel.
MOST_LINEAR = 1000
HEIGHT = 12
# What bars may take of their box; the arrow of the longest one stands in the rest.
ROOM = 0.97
# On a line of years, days that are closer than half of this would look like one.
SHORT_LINE_DAYS = 184
# More years than this are marked by decades, more decades by centuries.
MOST_YEAR_MARKS = 12


@dataclass(frozen=True)
class Scale:
    """How long the bars of some amounts are. All lengths and places are shares of the width.

    A logarithmic scale begins at ten to the power of `first_power`, which is None on a linear one. Where all amounts
    are negative, they are drawn by their size, like positive ones.
    """

    largest: Decimal
    zero: float
    stretch: float
    first_power: int | None
    is_of_losses: bool

    @property
    def start(self) -> Decimal:
        """Where the bars begin."""
        return Decimal(0) if self.first_power is None else Decimal(10) ** self.first_power

    @property
    def is_mixed(self) -> bool:
        """Whether some bars lead to the left of zero and some to the right."""
        return 0 < self.zero < 1

    def extent(self, amount: Decimal) -> tuple[float, float]:
        """Give where the bar of an amount begins and how long it is."""
        length = _share(abs(amount), self.largest, self.first_power) * self.stretch
        return (self.zero - length if amount < 0 and not self.is_of_losses else self.zero), length

    def marks(self) -> list[float]:
        """List the places of the powers of ten on both sides of the start; none on a linear scale."""
        if self.first_power is None:
            return []
        powers = range(self.first_power + 1, math.ceil(math.log10(self.largest)))
        lengths = [_share(Decimal(10) ** power, self.largest, self.first_power) * self.stretch for power in powers]
        places = [place for length in lengths for place in (self.zero - length, self.zero + length)]
        return sorted(place for place in places if 0 < place < 1)


def scale(amounts: Iterable[Decimal]) -> Scale | None:
    """Find a scale on which every amount fits the width; None without two amounts or where all are zero."""
    amounts = list(amounts)
    sizes = sorted(abs(amount) for amount in amounts if amount)
    if len(amounts) < 2 or not sizes:
        return None
    first_power = None
    if sizes[-1] / sizes[0] > MOST_LINEAR:
        # One power lower where the smallest is a power itself, so that it has a bar at all.
        first_power = sizes[0].adjusted() - (sizes[0] == Decimal(10) ** sizes[0].adjusted())
    is_of_losses = all(amount < 0 for amount in amounts if amount)
    negative, positive = (
        max((_share(abs(amount), sizes[-1], first_power) for amount in side), default=0.0)
        for side in ([a for a in amounts if a < 0 and not is_of_losses], [a for a in amounts if a > 0 or is_of_losses])
    )
    width = negative + positive
    return Scale(sizes[-1], negative / width, 1 / width, first_power, is_of_losses)


def _share(size: Decimal, largest: Decimal, first_power: int | None) -> float:
    """Give the length of a size on a scale that ends at the largest."""
    if first_power is None or not size:
        return float(size / largest)
    return (math.log10(size) - first_power) / (math.log10(largest) - first_power)


@dataclass(frozen=True)
class Line:
    """Days from the first to the last, both included, on which dates have their places as shares of the width."""

    first: date
    last: date

    def extent(self, first: date, last: date) -> tuple[float, float]:
        """Give where the band from one day to another, both included, begins and how long it is; cut at the ends."""
        start, end = self._place(first.toordinal()), self._place(last.toordinal() + 1)
        return start, end - start

    def marks(self) -> list[float]:
        """List the places where months begin on a short line, else years, decades, centuries or millennia."""
        if self.last.toordinal() - self.first.toordinal() < SHORT_LINE_DAYS:
            days = [date(year, month, 1) for year in self._years() for month in range(1, 13)]
        else:
            count = len(self._years())
            step = next(step for step in (1, 10, 100, 1000) if count <= MOST_YEAR_MARKS * step)
            days = [date(year, 1, 1) for year in self._years() if year % step == 0]
        return [self._place(day.toordinal()) for day in days if self.first < day <= self.last]

    def _years(self) -> range:
        return range(self.first.year, self.last.year + 1)

    def _place(self, day: int) -> float:
        begin, beyond = self.first.toordinal(), self.last.toordinal() + 1
        return (min(max(day, begin), beyond) - begin) / (beyond - begin)


def line(spans: Iterable[tuple[date | None, date | None]]) -> Line | None:
    """Find the whole months, or years, that hold some spans of days, each end None where it is open.

    None without two spans.
    """
    spans = list(spans)
    days = [day for span in spans for day in span if day]
    if len(spans) < 2 or not days:
        return None
    first, last = min(days), max(days)
    if last.toordinal() - first.toordinal() < SHORT_LINE_DAYS / 2:
        return Line(first.replace(day=1), last.replace(day=monthrange(last.year, last.month)[1]))
    return Line(date(first.year, 1, 1), date(last.year, 12, 31))


def bar(extent: tuple[float, float], zero: float, marks: Iterable[float], *, bound: str, look: str) -> SafeString:
    """Draw the bar of an amount in a box as wide as its surroundings.

    That of an "at-least" ends in an arrow, that of an "at-most" is hollow. `look` ends a class.
    """
    start, length = extent
    start, length, zero = start * ROOM, length * ROOM, zero * ROOM
    parts = [_upright("gauge__mark", mark * ROOM) for mark in marks]
    parts += [_rectangle(start, length), _upright("gauge__zero", zero)]
    if bound == "at-least":
        leads_left = start + length / 2 < zero
        tip = "M-3 2-8 6-3 10" if leads_left else "M3 2 8 6 3 10"
        arrow = svg.element("path", class_="gauge__arrow", d=tip)
        parts.append(svg.element("svg", arrow, x=f"{start if leads_left else start + length:.2%}", overflow="visible"))
    return _drawing(parts, f"gauge--{bound} gauge--{look}")


def band(extent: tuple[float, float], marks: Iterable[float], *, look: str) -> SafeString:
    """Draw the band of a date, which is as wide as the days that it may mean."""
    return _drawing(
        [*(_upright("gauge__mark", mark) for mark in marks), _rectangle(*extent)], f"gauge--date gauge--{look}"
    )


def _drawing(parts: list[SafeString], classes: str) -> SafeString:
    """Set the parts in a box for the eye alone, since the value stands beside it in words."""
    ground = svg.element("rect", class_="gauge__ground", width="100%", height=HEIGHT)
    return svg.element(
        "svg",
        ground + svg.join(parts),
        class_=f"gauge {classes}",
        width="100%",
        height=HEIGHT,
        aria_hidden="true",
        focusable="false",
    )


def _rectangle(start: float, length: float) -> SafeString:
    return svg.element("rect", class_="gauge__fill", x=f"{start:.2%}", width=f"{length:.2%}", height=HEIGHT)


def _upright(css_class: str, place: float) -> SafeString:
    return svg.element("line", class_=css_class, x1=f"{place:.2%}", x2=f"{place:.2%}", y2=HEIGHT)
