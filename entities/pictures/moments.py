"""What the drawings of a timeline show, as plain values in the reader's language."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from .scale import Scale


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened on a day, at some time between two days, or (`lasts`) all the time between them.

    `first` is None for an open start, `last` for an open end, never both. `fades_in` and `fades_out` say that the
    day at that end is not exact. `dated` is the date in words.
    """

    lane: str
    kind: str
    title: str
    dated: str
    address: str
    first: date | None
    last: date | None
    lasts: bool = False
    fades_in: bool = False
    fades_out: bool = False
    is_main: bool = False

    @property
    def name(self) -> str:
        return f"{self.title}, {self.dated}"

    @property
    def day(self) -> date:
        """The day at which its shape stands: the first of what lasts, the middle of what is not exact."""
        first, last = self.first or self.last, self.last or self.first
        assert first is not None
        assert last is not None
        return first if self.lasts else date.fromordinal((first.toordinal() + last.toordinal()) // 2)

    @property
    def is_exact(self) -> bool:
        """Whether the day at which its shape stands is known."""
        return not self.fades_in and self.first is not None and (self.lasts or self.first == self.last)

    @property
    def is_in_one_month(self) -> bool:
        first, last = self.first or date.min, self.day if self.lasts else self.last or date.max
        return (first.year, first.month) == (last.year, last.month)


@dataclass(frozen=True, slots=True)
class Bar:
    """The time of a mark as places on a scale; it may come from before the scale and go on after it."""

    start: float
    end: float
    comes: bool
    goes: bool
    fades_in: bool
    fades_out: bool

    @classmethod
    def of(cls, mark: Mark, scale: Scale) -> "Bar | None":
        """Measure the bar of a mark; None for a single day."""
        if mark.first == mark.last:
            return None
        comes = mark.first is None or mark.first < scale.first
        goes = mark.last is None or mark.last > scale.last
        return cls(
            start=0.0 if comes else scale.start_of(mark.first or scale.first),
            end=1.0 if goes else scale.end_of(mark.last or scale.last),
            comes=comes,
            goes=goes,
            fades_in=mark.fades_in and not comes,
            fades_out=mark.fades_out and not goes,
        )

    @property
    def fade(self) -> str:
        """The mask of `fades` that it needs, or nothing."""
        names = {(True, True): "both", (True, False): "in", (False, True): "out"}
        return names.get((self.fades_in, self.fades_out), "")


@dataclass(frozen=True, slots=True)
class Band:
    """Days that are shaded through all lanes, both ends included; `name` is the title with the date in words."""

    title: str
    name: str
    address: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Story:
    """A timeline to be drawn.

    `lanes` maps each lane to its name, in order; `months` are twelve short names. `gathered` is asked for the address
    and the name of marks that are drawn as their number: it gets their lane, first and last day, and how many.
    """

    title: str
    lanes: Mapping[str, str]
    months: Sequence[str]
    marks: Sequence[Mark]
    bands: Sequence[Band]
    scale: Scale
    gathered: Callable[[str, date, date, int], tuple[str, str]]

    def shown_bands(self) -> list[Band]:
        """The bands that touch the scale, in order."""
        shown = (band for band in self.bands if band.last >= self.scale.first and band.first <= self.scale.last)
        return sorted(shown, key=lambda band: band.first)


def fades(name: str, *, is_vertical: bool = False) -> str:
    """Build the masks `NAME-fade-in`, `…-out` and `…-both`, which let a bar of any colour fade."""
    end = ' x2="0" y2="1"' if is_vertical else ""
    written = []
    for key, ramp in (("in", "01"), ("out", "10"), ("both", "010")):
        stops = "".join(
            f'<stop offset="{index / (len(ramp) - 1):g}" class="fade__{"full" if value == "1" else "none"}"/>'
            for index, value in enumerate(ramp)
        )
        written.append(
            f'<linearGradient id="{name}-ramp-{key}"{end}>{stops}</linearGradient>'
            f'<mask id="{name}-fade-{key}" maskContentUnits="objectBoundingBox">'
            f'<rect width="1" height="1" fill="url(#{name}-ramp-{key})"/></mask>'
        )
    return f"<defs>{''.join(written)}</defs>"
