"""The family of models: who came out of whom, along the time; in wide boxes to the right, in narrow ones downwards.

Models that follow each other stand on one line, like the commits of a branch; what begins a line of its own is joined
to the line that it comes from. In the wide drawing places along the time are to scale; in the narrow one each model has
a row of its own, and the order alone tells the time.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby, pairwise

from django.utils.safestring import SafeString

from . import svg
from .scale import Scale, Stretch

# The ways to come out of another model, the closest first: it is the one that lines follow.
MANNERS = ("successor-of", "derived-from", "distilled-from")
SIZE, SMALL_SIZE = 12.0, 11.0
REACH, GAP = 7.0, 10.0
# The words of models that follow each other on a line may stand closer: the line parts them.
GAP_ON_LINE = 4.0
SHAPE_SCALE = 0.8
# Wide: a row holds words above a shape; words may be so long, and years need so much room.
WIDTH, ROW, HEADER = 1000.0, 42.0, 24.0
LONGEST_LABEL, YEAR_ROOM = 190.0, 40.0
LABEL_RISE = 12.0
# Narrow: as wide as the telephone's page; the lines stand apart as far as they share the room at the left.
NARROW_WIDTH, NARROW_ROW, YEAR_ROW = 318.0, 36.0, 26.0
LINE_GAP, LINES_ROOM, LEFT = 16.0, 112.0, 15.0
# Around the words of a link, so that they are easy to hit.
PADDING = 3.0


@dataclass(frozen=True, slots=True)
class Model:
    """A model that came out between two days, each None where it is open or unknown; `dated` is the date in words."""

    name: str
    address: str
    dated: str
    first: date | None
    last: date | None
    is_main: bool = False

    @property
    def title(self) -> str:
        return f"{self.name}, {self.dated}"

    @property
    def day(self) -> date | None:
        """The middle of the days that it may mean; None when unknown."""
        first, last = self.first or self.last, self.last or self.first
        return date.fromordinal((first.toordinal() + last.toordinal()) // 2) if first and last else None

    @property
    def is_exact(self) -> bool:
        return self.first is not None and self.first == self.last


@dataclass(frozen=True, slots=True)
class Tie:
    """One model came out of another; both are places in a list of models, `manner` is one of MANNERS."""

    parent: int
    child: int
    manner: str


@dataclass(frozen=True, slots=True)
class Line:
    """Models that follow each other; `tie` joins the first of them to the line that it comes from, if any."""

    models: list[int]
    tie: Tie | None


class Family:
    """Models in time, with their ties; a model without a date stands where its relatives put it."""

    def __init__(self, models: Sequence[Model], ties: Sequence[Tie]) -> None:
        self.models, self.ties = models, ties

    @cached_property
    def days(self) -> list[date]:
        """The day of each model: its own, else that of its latest parent, else of its earliest child."""
        days = [model.day for model in self.models]
        unknown = [place for place, day in enumerate(days) if day is None]
        # Each round dates at least one more, or none is left that relatives could date.
        for _round in unknown:
            for place in unknown:
                parents = [days[tie.parent] for tie in self.ties if tie.child == place]
                children = [days[tie.child] for tie in self.ties if tie.parent == place]
                known = max(filter(None, parents), default=None) or min(filter(None, children), default=None)
                days[place] = days[place] or known
        first = min(filter(None, days), default=date(2000, 1, 1))
        return [day or first for day in days]

    @cached_property
    def ties_to(self) -> dict[int, list[Tie]]:
        """The ties of each model to those that it comes from."""
        ties: dict[int, list[Tie]] = {}
        for tie in self.ties:
            ties.setdefault(tie.child, []).append(tie)
        return ties

    @cached_property
    def order(self) -> list[int]:
        """The models in time; those of one day so that parents come first, as far as they do not run in a circle."""
        parents = {child: {tie.parent for tie in ties} - {child} for child, ties in self.ties_to.items()}
        ordered: list[int] = []
        by_name = sorted(range(len(self.models)), key=lambda place: (self.days[place], self.models[place].name, place))
        for _day, same_day in groupby(by_name, key=lambda place: self.days[place]):
            waiting = list(same_day)
            while waiting:
                free = (place for place in waiting if not parents.get(place, set()).intersection(waiting))
                ordered.append(next(free, waiting[0]))
                waiting.remove(ordered[-1])
        return ordered

    @cached_property
    def rank(self) -> dict[int, int]:
        """The place of each model in time."""
        return {model: rank for rank, model in enumerate(self.order)}

    def lines(self, may_follow: Callable[[int, int], bool]) -> list[Line]:
        """Set each model behind one that it comes from, where that has no closer or earlier heir and there is room."""
        line_of: dict[int, Line] = {}
        lines = []
        closest: dict[int, int] = {}
        for tie in self.ties:
            manner = MANNERS.index(tie.manner)
            closest[tie.parent] = min(manner, closest.get(tie.parent, manner))
        for model in self.order:
            ties = [tie for tie in self.ties_to.get(model, []) if self.rank[tie.parent] < self.rank[model]]
            ties.sort(key=lambda tie: (MANNERS.index(tie.manner), -self.rank[tie.parent]))
            free = (
                tie
                for tie in ties
                if line_of[tie.parent].models[-1] == tie.parent and MANNERS.index(tie.manner) == closest[tie.parent]
            )
            heir_of = next((tie for tie in free if may_follow(tie.parent, model)), None)
            if heir_of:
                line_of[model] = line_of[heir_of.parent]
                line_of[model].models.append(model)
            else:
                line_of[model] = Line([model], ties[0] if ties else None)
                lines.append(line_of[model])
        return lines


def wide(title: str, models: Sequence[Model], ties: Sequence[Tie]) -> SafeString:
    """Draw a family with the time running to the right, to scale."""
    family = Family(models, ties)
    scale = _scale(family)
    spots = [_Spot.of(model, _px(scale.middle_of(day))) for model, day in zip(models, family.days, strict=True)]
    lines = family.lines(lambda parent, child: spots[parent].right + GAP_ON_LINE <= spots[child].left)
    spans = [(spots[line.models[0]].left, spots[line.models[-1]].right + GAP) for line in lines]
    row_of = _Rows().of_lines(lines, spans)
    neighbours = _neighbours(lines)
    for model, row in row_of.items():
        spots[model].y = HEADER + ROW * (row + 1) - REACH - 6
    height = HEADER + ROW * (max(row_of.values(), default=0) + 1) + 4
    has_dates = any(model.day for model in models)
    drawn = [
        _arrow("lineage-wide"),
        *(_years(scale, height) if has_dates else ()),
        *(_curve(tie, spots[tie.parent], spots[tie.child], (tie.parent, tie.child) in neighbours) for tie in ties),
        *(_mark(spots[place]) for place in family.order),
    ]
    return svg.picture(WIDTH, height, title, svg.join(drawn), css_class="lineage")


def narrow(title: str, models: Sequence[Model], ties: Sequence[Tie]) -> SafeString:
    """Draw a family downwards, each model on a row of its own."""
    family = Family(models, ties)
    lines = family.lines(lambda _parent, _child: True)
    # A line takes its place from below the model that it comes from, so that nothing stands in its way.
    spans = [
        (family.rank[line.tie.parent] + 1.0 if line.tie else family.rank[line.models[0]], family.rank[line.models[-1]])
        for line in lines
    ]
    tracks = _Rows()
    track_of = tracks.of_lines(lines, [(start, end + 0.5) for start, end in spans])
    # What neither follows on a line nor begins one has a track to itself, past all models between the two.
    branches, neighbours = {line.tie for line in lines if line.tie}, _neighbours(lines)
    detours = {
        tie: tracks.take((first + 1.0, last - 0.5), track_of[tie.child])
        for tie in ties
        if tie not in branches and (tie.parent, tie.child) not in neighbours
        for first, last in [sorted((family.rank[tie.parent], family.rank[tie.child]))]
        if last - first > 1
    }
    most = max(len(tracks.taken) - 1, 0)
    gap = min(LINE_GAP, LINES_ROOM / max(most, 1))
    words = LEFT + gap * most + REACH + GAP
    heights, headings, height = _stack(family)
    spots = {
        model: _Spot(models[model], LEFT + gap * track, heights[model], words, NARROW_WIDTH)
        for model, track in track_of.items()
    }
    drawn = [
        _arrow("lineage-narrow"),
        *(_heading(year, words, y) for year, y in headings),
        *(
            _fall(tie, spots[tie.parent], spots[tie.child], LEFT + gap * detours.get(tie, track_of[tie.child]))
            for tie in ties
        ),
        *(_row_mark(spots[place]) for place in family.order),
    ]
    return svg.picture(NARROW_WIDTH, height, title, svg.join(drawn), css_class="lineage lineage--narrow")


# Where things go


@dataclass(slots=True)
class _Spot:
    """Where a model goes: its shape at `x` and `y`, its words from `left` to `right`."""

    model: Model
    x: float
    y: float
    left: float
    right: float

    @classmethod
    def of(cls, model: Model, x: float) -> "_Spot":
        """Set the words over a shape from its left end on, or to its right end where the picture would cut them."""
        width = max(min(svg.text_width(model.name, SIZE, bold=model.is_main), LONGEST_LABEL), 2 * REACH)
        left = x - REACH if x - REACH + width <= WIDTH else x + REACH - width
        return cls(model, x, 0.0, left, left + width)


def _neighbours(lines: Iterable[Line]) -> set[tuple[int, int]]:
    """Pair what stands next to each other on a line."""
    return {pair for line in lines for pair in pairwise(line.models)}


def _scale(family: Family) -> Scale:
    """Measure from the first month to the last."""
    first, last = min(family.days, default=date(2000, 1, 1)), max(family.days, default=date(2000, 1, 1))
    return Scale([Stretch(first.replace(day=1), last)])


def _px(place: float) -> float:
    return REACH + place * (WIDTH - 2 * REACH)


class _Rows:
    """Rows, or tracks, on which nothing shares a place with anything else."""

    def __init__(self) -> None:
        self.taken: list[list[tuple[float, float]]] = []

    def take(self, span: tuple[float, float], wish: int) -> int:
        """Take a span on the free row that is nearest to the one wished for, at need on a new one."""
        start, end = span
        free = [
            row
            for row, others in enumerate(self.taken)
            if all(end <= other[0] or other[1] <= start for other in others)
        ]
        row = min([*free, len(self.taken)], key=lambda row: (abs(row - wish), -row))
        if row == len(self.taken):
            self.taken.append([])
        self.taken[row].append(span)
        return row

    def of_lines(self, lines: Sequence[Line], spans: Sequence[tuple[float, float]]) -> dict[int, int]:
        """Set each line as near as can be to the one that it comes from; maps each model to its row."""
        row_of: dict[int, int] = {}
        for line, span in zip(lines, spans, strict=True):
            row = self.take(span, row_of[line.tie.parent] if line.tie else 0)
            row_of |= dict.fromkeys(line.models, row)
        return row_of


def _stack(family: Family) -> tuple[dict[int, float], list[tuple[int, float]], float]:
    """Give the models their heights under headings of years; also gives those, and the height of it all."""
    heights: dict[int, float] = {}
    headings: list[tuple[int, float]] = []
    y = 0.0
    has_dates = any(model.day for model in family.models)
    for place in family.order:
        year = family.days[place].year
        if has_dates and (not headings or headings[-1][0] != year):
            headings.append((year, y))
            y += YEAR_ROW
        heights[place] = y + NARROW_ROW / 2
        y += NARROW_ROW
    return heights, headings, y


# What is written


def _years(scale: Scale, height: float) -> Iterable[SafeString]:
    for year, place in scale.years(YEAR_ROOM / WIDTH):
        x = _px(place) if place else 0.0
        if x + svg.text_width(str(year), SIZE) + 4 <= WIDTH:
            if place:
                yield svg.element("line", class_="lanes__year-line", x1=x, x2=x, y1=2.0, y2=height)
            yield svg.element("text", str(year), class_="lanes__year", x=x + 4, y=14.0)


def _heading(year: int, x: float, y: float) -> SafeString:
    line = svg.element("line", class_="lanes__border", x2=NARROW_WIDTH, y1=y + 0.5, y2=y + 0.5)
    return line + svg.element("text", str(year), class_="lanes__year label--strong", x=x, y=y + 17)


def _arrow(name: str) -> SafeString:
    """Define the arrow at the end of a tie, which stops short of the shape there."""
    tip = svg.element("path", class_="lineage__arrow", d="M1 1 6 4 1 7")
    marker = svg.element(
        "marker",
        tip,
        id=f"{name}-arrow",
        viewBox="0 0 8 8",
        refX=13,
        refY=4,
        markerWidth=8,
        markerHeight=8,
        markerUnits="userSpaceOnUse",
        orient="auto",
    )
    return svg.element("defs", marker)


def _path(tie: Tie, name: str, *points: object) -> SafeString:
    words = (svg.number(point) if isinstance(point, float) else str(point) for point in points)
    return svg.element(
        "path",
        class_=f"lineage__tie lineage__tie--{tie.manner}",
        d=" ".join(words),
        marker_end=f"url(#{name}-arrow)",
    )


def _curve(tie: Tie, parent: _Spot, child: _Spot, are_neighbours: bool) -> SafeString:
    """Join two models of the wide drawing; past others of the same row, or about the same day, in a bow."""
    start, end = ("M", parent.x, parent.y), (child.x, child.y)
    if are_neighbours:
        return _path(tie, "lineage-wide", *start, "H", child.x)
    if parent.y == child.y:
        low = parent.y + REACH + 8
        return _path(tie, "lineage-wide", *start, "C", parent.x, low, child.x, low, *end)
    if abs(child.x - parent.x) < 2 * REACH:
        aside = max(min(parent.x, child.x) - 2.5 * REACH, 0.0)
        return _path(tie, "lineage-wide", *start, "C", aside, parent.y, aside, child.y, *end)
    bend = max(abs(child.x - parent.x) / 2, 24.0)
    across = min(parent.x + bend, WIDTH), max(child.x - bend, 0.0)
    return _path(tie, "lineage-wide", *start, "C", across[0], parent.y, across[1], child.y, *end)


def _fall(tie: Tie, parent: _Spot, child: _Spot, track: float) -> SafeString:
    """Join two models of the narrow drawing along a track, which is reached and left within a row."""
    step = NARROW_ROW if child.y > parent.y else -NARROW_ROW
    start = ("M", parent.x, parent.y)
    if parent.x == child.x == track:
        return _path(tie, "lineage-narrow", *start, "V", child.y)
    turn, slack = parent.y + step, step * 0.22
    to_track = ("C", parent.x, turn - slack, track, parent.y + slack, track, turn)
    if track == child.x:
        # A line of no length would give the arrow no direction.
        rest = ("V", child.y) if turn != child.y else ()
        return _path(tie, "lineage-narrow", *start, *to_track, *rest)
    back = child.y - step
    from_track = ("V", back, "C", track, child.y - slack, child.x, back + slack, child.x, child.y)
    return _path(tie, "lineage-narrow", *start, *to_track, *from_track)


def _mark(spot: _Spot) -> SafeString:
    """Draw a model with its words above."""
    is_turned = spot.left < spot.x - REACH - 0.1
    strong = "label--strong" if spot.model.is_main else "lineage__name"
    words = svg.shorten(spot.model.name, SIZE, spot.right - spot.left + 0.1, bold=spot.model.is_main)
    label = svg.element(
        "text",
        words,
        class_=strong,
        x=spot.right if is_turned else spot.left,
        y=spot.y - LABEL_RISE,
        text_anchor="end" if is_turned else None,
    )
    hit = svg.element(
        "rect",
        class_="lanes__hit",
        x=max(spot.left - PADDING, 0.0),
        y=spot.y - LABEL_RISE - SIZE,
        width=min(spot.right + PADDING, WIDTH) - max(spot.left - PADDING, 0.0),
        height=LABEL_RISE + SIZE + REACH + PADDING,
        rx=4,
    )
    return svg.link(spot.model.address, spot.model.title, svg.join([hit, _shape(spot), label]))


def _row_mark(spot: _Spot) -> SafeString:
    """Draw a model with its name and date beside it."""
    room = spot.right - spot.left
    strong = "label--strong" if spot.model.is_main else "lineage__name"
    name = svg.shorten(spot.model.name, SIZE, room, bold=spot.model.is_main)
    hit = svg.element(
        "rect", class_="lanes__hit", x=spot.left - 5, y=spot.y - 16, width=room + 5, height=NARROW_ROW - 4, rx=4
    )
    words = [
        svg.element("text", name, class_=strong, x=spot.left, y=spot.y - 2),
        svg.element(
            "text", svg.shorten(spot.model.dated, SMALL_SIZE, room), class_="lanes__month", x=spot.left, y=spot.y + 12
        ),
    ]
    return svg.link(spot.model.address, spot.model.title, svg.join([hit, _shape(spot), *words]))


def _shape(spot: _Spot) -> SafeString:
    """Draw the shape of a model, hollow where the day is not known exactly."""
    hollow = "" if spot.model.is_exact else " lanes__shape--hollow"
    place = f"translate({svg.number(spot.x)} {svg.number(spot.y)}) scale({SHAPE_SCALE})"
    shape = svg.element("g", svg.SHAPES["model"], class_=f"lanes__shape{hollow}", transform=place)
    return svg.element("g", shape, class_="icon--model")
