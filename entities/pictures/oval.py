"""Names around an oval: groups down its left side, then down its right, each name on rows that no other name uses.

Lines between marks stay inside the oval and words outside it, so that nothing crosses a word.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from . import svg

# Between a mark and its words, between two groups, and around the whole.
GAP = 11.0
GROUP_GAP = 8.0
MARGIN = 2.0
# Groups that have room move apart, up to this much more; beyond it a side would fall into pieces.
MOST_SLACK = 24.0
# A group is split over both sides where that saves more height than this.
SPLIT_COST = 28.0
# A line may end behind a space, a hyphen or a slash, and behind each Chinese or Japanese character.
BREAKS = re.compile(r"(?<=[\s/-])(?=\S)|(?<=[\u3000-\u9fff\uff00-\uffef])")


@dataclass(frozen=True)
class Heights:
    """How high the caption of a group and each of its marks are."""

    caption: float
    rows: list[float]


@dataclass(frozen=True)
class Part:
    """The marks of a group that stand on one side; `y` of caption and marks are their middles.

    `side` is -1 for left and 1 for right, `first` the place of the first mark in its group.
    """

    group: int
    first: int
    side: int
    caption: float
    rows: list[float]


@dataclass(frozen=True)
class Oval:
    """An ellipse around a point."""

    x: float
    y: float
    rx: float
    ry: float

    def edge(self, side: int, y: float) -> float:
        """Give the x of the oval's edge at a height."""
        return self.x + side * self.rx * math.sqrt(max(0, 1 - ((y - self.y) / self.ry) ** 2))

    def words(self, side: int, y: float, height: float) -> float:
        """Give the x where words of some height begin (right) or end (left), so that the edge does not touch them."""
        inner = max(0, abs(y - self.y) - height / 2)
        return self.edge(side, self.y + inner) + side * GAP

    def room(self, side: int, y: float, height: float) -> float:
        """Tell how wide words may be there; the picture ends where `x` says, to the left and to the right."""
        return self.x - MARGIN - abs(self.words(side, y, height) - self.x)

    def arc(self, side: int, top: float, bottom: float) -> str:
        """Write the path along the edge from one height down to another."""
        points = [f"{svg.number(self.edge(side, y))} {svg.number(y)}" for y in (top, bottom)]
        return f"M{points[0]}A{svg.number(self.rx)} {svg.number(self.ry)} 0 0 {int(side > 0)} {points[1]}"


def arrange(groups: Sequence[Heights], least_height: float) -> tuple[list[Part], float]:
    """Stand groups on both sides of an oval so that it is as low as can be; also gives its height."""
    marks = [(group, row) for group, heights in enumerate(groups) for row in range(len(heights.rows))]
    cut = _best_cut(groups, marks)
    sides = [(-1, marks[:cut]), (1, marks[cut:])]
    content = max(_column_heights(groups, column)[-1] for _side, column in sides)
    height = max(content * 1.04 + 12, least_height)
    return [part for side, column in sides for part in _stack(groups, column, side, height)], height


def wrap(text: str, size: float, room: float, most_lines: int, *, bold: bool = False) -> list[str]:
    """Break a text into lines that fit, the last one cut with an ellipsis if it must be."""
    lines: list[str] = []
    rest = " ".join(text.split())
    while len(lines) < most_lines - 1 and svg.text_width(rest, size, bold=bold) > room:
        end = 0
        for match in BREAKS.finditer(rest):
            if svg.text_width(rest[: match.start()].rstrip(), size, bold=bold) > room:
                break
            end = match.start()
        if not end:
            break
        lines.append(rest[:end].rstrip())
        rest = rest[end:]
    return [*lines, svg.shorten(rest, size, room, bold=bold)]


def _best_cut(groups: Sequence[Heights], marks: Sequence[tuple[int, int]]) -> int:
    """Find after how many marks the left side ends."""
    left = _column_heights(groups, marks)
    right = _column_heights(groups, marks[::-1])[::-1]
    splits = [0 < cut < len(marks) and marks[cut - 1][0] == marks[cut][0] for cut in range(len(left))]
    return min(range(len(left)), key=lambda cut: max(left[cut], right[cut]) + SPLIT_COST * splits[cut])


def _column_heights(groups: Sequence[Heights], column: Sequence[tuple[int, int]]) -> list[float]:
    """Give the height of a column's first none, one, two … marks with their captions."""
    heights = [0.0]
    last = None
    for group, row in column:
        caption = groups[group].caption + GROUP_GAP if group != last else 0
        heights.append(heights[-1] + caption + groups[group].rows[row])
        last = group
    return heights


def _stack(groups: Sequence[Heights], column: Sequence[tuple[int, int]], side: int, height: float) -> list[Part]:
    """Give each caption and mark of a column its height, the column in the middle."""
    groups_count = len({group for group, _row in column})
    free = height - _column_heights(groups, column)[-1]
    slack = min(MOST_SLACK, free / (groups_count + 1))
    y = (free - slack * (groups_count - 1) + GROUP_GAP) / 2
    parts: list[Part] = []
    for group, row in column:
        if not parts or parts[-1].group != group:
            y += GROUP_GAP + slack if parts else 0
            parts.append(Part(group, row, side, y + groups[group].caption / 2, []))
            y += groups[group].caption
        parts[-1].rows.append(y + groups[group].rows[row] / 2)
        y += groups[group].rows[row]
    return parts
