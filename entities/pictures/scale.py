"""Time as a length: one scale, on which a crowded stretch gets more room and a quiet beginning less."""

from calendar import monthrange
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import accumulate, pairwise

# Fewer marks are never crowded, and a shorter time has room enough.
FEWEST_MARKS = 8
FEWEST_MONTHS = 12
# Months with this many times the average of marks are crowded; together they get their share of marks, at most this.
CROWDED = 2
MOST_ROOM = 0.45
# A beginning with at most this share of the marks is quiet when it would take twice that share of the room.
QUIET = 0.08
YEAR_STEPS = [step * 10**power for power in range(4) for step in (1, 2, 5)]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days drawn at one scale, both ends included; `zoom` is its room beside the ordinary: 13, 1 or 1/11."""

    first: date
    last: date
    zoom: Fraction = Fraction(1)

    @property
    def days(self) -> int:
        return self.last.toordinal() + 1 - self.first.toordinal()


class Scale:
    """Stretches that follow each other without a gap, together from 0 to 1."""

    def __init__(self, stretches: Sequence[Stretch]) -> None:
        self.stretches = tuple(stretches)
        ends = list(accumulate((float(stretch.days * stretch.zoom) for stretch in stretches), initial=0.0))
        self.limits = [end / ends[-1] for end in ends]

    @property
    def first(self) -> date:
        return self.stretches[0].first

    @property
    def last(self) -> date:
        return self.stretches[-1].last

    def start_of(self, day: date) -> float:
        """Place the first hour of a day; what lies outside the scale is put at its end."""
        return self._place(day.toordinal())

    def middle_of(self, day: date) -> float:
        return self._place(day.toordinal() + 0.5)

    def end_of(self, day: date) -> float:
        return self._place(day.toordinal() + 1)

    def years(self, room: float) -> list[tuple[int, float]]:
        """List years at least `room` apart, each with the place where it begins; the year at the very start is 0.

        Where they would be too close, those with which the scale changes go first.
        """
        wanted = [
            (stretch.first.year, start)
            for stretch, start in zip(self.stretches, self.limits, strict=False)
            if start == 0 or stretch.first.month == 1
        ]
        for stretch, (start, end) in zip(self.stretches, pairwise(self.limits), strict=True):
            year_length = 365 * (end - start) / stretch.days
            step = next((step for step in YEAR_STEPS if step * year_length >= room), YEAR_STEPS[-1])
            januaries = range(-(-stretch.first.year // step) * step, stretch.last.year + 1, step)
            wanted += [(year, self.start_of(date(year, 1, 1))) for year in januaries]
        found: list[tuple[int, float]] = []
        for year, place in wanted:
            if all(abs(place - other) >= room for _year, other in found):
                found.append((year, place))
        return sorted(found)

    def months(self, room: float) -> list[tuple[date, float]]:
        """List the first days of the months that take at least `room`, each with its place."""
        return [
            (first, self.start_of(first))
            for stretch, (start, end) in zip(self.stretches, pairwise(self.limits), strict=True)
            if (end - start) * 28 >= room * stretch.days
            for first in map(_first_day, range(_month(stretch.first), _month(stretch.last) + 1))
        ]

    def _place(self, ordinal: float) -> float:
        for stretch, (start, end) in zip(self.stretches, pairwise(self.limits), strict=True):
            passed = (ordinal - stretch.first.toordinal()) / stretch.days
            if passed < 1:
                return max(0.0, start + (end - start) * passed)
        return 1.0


def fit(days: Sequence[date], first: date, last: date) -> Scale:
    """Build the scale from the month of `first` to that of `last` that serves marks on these days best.

    With many marks over a long time, a beginning in which hardly anything happens gets less room, and the months in
    which most happens get more: about in proportion to their marks.
    """
    begin, end = _month(first), _month(last)
    if len(days) < FEWEST_MARKS or end - begin + 1 < FEWEST_MONTHS:
        return Scale([_stretch(begin, end)])
    start = _end_of_quiet(sorted(days), begin, end)
    crowded = _crowded(Counter(month for month in map(_month, days) if start <= month <= end), end - start + 1)
    stretches = [_stretch(start, end)]
    if crowded:
        parts = [(start, crowded[0] - 1, Fraction(1)), crowded, (crowded[1] + 1, end, Fraction(1))]
        stretches = [_stretch(*part) for part in parts if part[0] <= part[1]]
    if start > begin:
        room = sum(stretch.days * stretch.zoom for stretch in stretches) * QUIET / (1 - QUIET)
        times = round(_stretch(begin, start - 1).days / room)
        stretches.insert(0, _stretch(begin, start - 1, Fraction(1, max(times, 1))))
    return Scale(stretches)


def _end_of_quiet(days: list[date], begin: int, end: int) -> int:
    """Find the January before which next to nothing happens; `begin` when the beginning is not that quiet."""
    january = days[int(len(days) * QUIET)].year * 12
    return january if january - begin > (end + 1 - begin) * QUIET * 2 else begin


def _crowded(counts: Counter[int], month_count: int) -> tuple[int, int, Fraction] | None:
    """Find the run of months that stands out most and the room that it deserves; None when none does.

    It is the run with the largest sum when each month counts its marks less what a crowded month must have.
    """
    threshold = CROWDED * counts.total() / month_count
    best, run = 0.0, (0, 0)
    score, begin, before = 0.0, 0, 0
    for month, count in sorted(counts.items()):
        score -= (month - before - 1) * threshold
        if score <= 0:
            score, begin = 0.0, month
        score += count - threshold
        if score > best:
            best, run = score, (begin, month)
        before = month
    enter, leave = run
    length, marks = leave - enter + 1, sum(counts[month] for month in range(enter, leave + 1))
    if marks * 2 < FEWEST_MARKS:
        return None
    share = min(marks / counts.total(), MOST_ROOM)
    zoom = round(share / (1 - share) * (month_count - length) / length)
    return (enter, leave, Fraction(zoom)) if zoom > 1 else None


def _stretch(begin: int, end: int, zoom: Fraction = Fraction(1)) -> Stretch:
    return Stretch(_first_day(begin), _last_day(end), zoom)


def _month(day: date) -> int:
    """Number the months through all years."""
    return day.year * 12 + day.month - 1


def _first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def _last_day(month: int) -> date:
    first = _first_day(month)
    return first.replace(day=monthrange(first.year, first.month)[1])
