"""The neighbourhood of one entity: its links around it, gathered by what they say."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from . import svg
from .oval import GAP, MARGIN, Heights, Oval, Part, arrange, wrap

# As wide as the side column, so that its text keeps its size there and on a telephone.
WIDTH = 318.0
HALF_WIDTH = 38.0
LEAST_HEIGHT = 108.0
# More marks than this are a crowd, and the list has them all; a group may show one more than its share.
MOST_MARKS = 22
MOST_GROUPS = 16
SIZE, LINE, ROW_GAP = 11.5, 13.0, 3.0
MOST_NAME_LINES, MOST_CAPTION_LINES = 2, 3
# The row of a group's caption, before its first mark.
CAPTION = -1


@dataclass(frozen=True)
class Neighbour:
    """An entity at the other end of a link; `sentence` says what links the two."""

    name: str
    kind: str
    address: str
    sentence: str


@dataclass(frozen=True)
class Group:
    """The first of the neighbours by one property in one direction; `address` leads to the list of all `count`."""

    phrase: str
    address: str
    neighbours: Sequence[Neighbour]
    count: int


@dataclass(frozen=True)
class Mark:
    """What stands on a row: a neighbour, or the words that say how many more there are."""

    name: str
    address: str
    sentence: str
    kind: str = ""


def ring(title: str, kind: str, groups: Sequence[Group], more: Callable[[int], str], rest_address: str) -> SafeString:
    """Draw an entity of some kind amid its neighbours; `more` words how many are left out, `rest_address` has them."""
    shown = groups[:MOST_GROUPS]
    marks = [_marks(group, count, more) for group, count in zip(shown, shares(shown), strict=True)]
    lines, parts, oval = _layout(shown, marks)
    drawn = [
        svg.element("ellipse", class_="orbit", cx=oval.x, cy=oval.y, rx=oval.rx, ry=oval.ry),
        svg.element("path", class_="spokes", d=_spokes(oval, parts, marks)),
        *(drawing for part in parts for drawing in _part(oval, part, marks[part.group], lines)),
        svg.glyph(kind, oval.x, oval.y, 1.7),
    ]
    height = 2 * oval.y
    if rest := sum(group.count for group in groups[MOST_GROUPS:]):
        height += LINE + ROW_GAP
        words = svg.element("text", more(rest), class_="label--soft", x=oval.x, y=height - 5, text_anchor="middle")
        drawn.append(svg.link(rest_address, more(rest), words))
    return svg.picture(WIDTH, height, title, svg.join(drawn), css_class="picture--ring")


def shares(groups: Sequence[Group]) -> list[int]:
    """Share the marks out in turns, so that each group shows some; "and 1 more" would take the place of that one."""
    shown = [0] * len(groups)
    while sum(shown) < MOST_MARKS and (
        waiting := [place for place, group in enumerate(groups) if shown[place] < group.count]
    ):
        for place in waiting[: MOST_MARKS - sum(shown)]:
            shown[place] += 1
    return [count + (group.count - count == 1) for group, count in zip(groups, shown, strict=True)]


def _marks(group: Group, count: int, more: Callable[[int], str]) -> list[Mark]:
    marks = [Mark(one.name, one.address, one.sentence, one.kind) for one in group.neighbours[:count]]
    if rest := group.count - count:
        marks.append(Mark(more(rest), group.address, f"{group.phrase}: {more(rest)}"))
    return marks


def _layout(
    groups: Sequence[Group], marks: Sequence[Sequence[Mark]]
) -> tuple[dict[tuple[int, int], list[str]], list[Part], Oval]:
    """Break the words into lines, by group and row (the caption's row is -1), and stand all around an oval.

    How wide words may be depends on where they stand, and that on how many lines they take: the first round takes the
    narrowest place for all, the second breaks them for the place they got; they are then cut to where they end up.
    """
    words = {(place, CAPTION): group.phrase for place, group in enumerate(groups)}
    words |= {(place, row): mark.name for place, rows in enumerate(marks) for row, mark in enumerate(rows)}
    rooms = dict.fromkeys(words, WIDTH / 2 - HALF_WIDTH - GAP - MARGIN)
    for _round in range(2):
        lines = {
            key: wrap(text, SIZE, rooms[key], MOST_CAPTION_LINES if key[1] == CAPTION else MOST_NAME_LINES)
            for key, text in words.items()
        }
        heights = [
            Heights(
                LINE * len(lines[place, CAPTION]), [LINE * len(lines[place, row]) + ROW_GAP for row in range(len(rows))]
            )
            for place, rows in enumerate(marks)
        ]
        parts, height = arrange(heights, LEAST_HEIGHT)
        oval = Oval(WIDTH / 2, height / 2, HALF_WIDTH, height / 2 - MARGIN)
        rooms = dict.fromkeys(words, WIDTH)
        for part in parts:
            for row, y in enumerate([part.caption, *part.rows], CAPTION):
                key = (part.group, CAPTION if row == CAPTION else part.first + row)
                rooms[key] = min(rooms[key], oval.room(part.side, y, LINE * len(lines[key])))
    return {key: wrap(text, SIZE, rooms[key], len(lines[key])) for key, text in words.items()}, parts, oval


def _spokes(oval: Oval, parts: Sequence[Part], marks: Sequence[Sequence[Mark]]) -> str:
    """Write the path from the middle to each neighbour."""
    ends = (
        (oval.edge(part.side, y), y)
        for part in parts
        for row, y in enumerate(part.rows, part.first)
        if marks[part.group][row].kind
    )
    return "".join(f"M{svg.number(oval.x)} {svg.number(oval.y)}L{svg.number(x)} {svg.number(y)}" for x, y in ends)


def _part(
    oval: Oval, part: Part, marks: Sequence[Mark], lines: dict[tuple[int, int], list[str]]
) -> Iterable[SafeString]:
    yield svg.element("path", class_="arc", d=oval.arc(part.side, part.caption, part.rows[-1]))
    yield _text(oval, part.side, part.caption, lines[part.group, CAPTION], "label--phrase")
    for row, y in enumerate(part.rows, part.first):
        mark = marks[row]
        text = _text(oval, part.side, y, lines[part.group, row], None if mark.kind else "label--soft")
        shapes = [svg.glyph(mark.kind, oval.edge(part.side, y), y, 0.7)] if mark.kind else []
        yield svg.link(mark.address, mark.sentence, svg.join([*shapes, text]))


def _text(oval: Oval, side: int, y: float, lines: Sequence[str], css_class: str | None) -> SafeString:
    """Write lines around the height `y`, away from the oval."""
    x = oval.words(side, y, LINE * len(lines))
    top = y - LINE * (len(lines) - 1) / 2 + SIZE * 0.36
    spans = svg.join(svg.element("tspan", line, x=x, y=top + LINE * place) for place, line in enumerate(lines))
    return svg.element("text", spans, class_=css_class, text_anchor="end" if side < 0 else None)
