"""The chains from one entity to another: a row for each entity, further down and to the right with every step.

Curves run in a gutter of their own between two steps, and words stand right of it, so that nothing crosses a word.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from . import svg
from .oval import wrap

# As wide as the narrowest telephone leaves, so that the text keeps its size there.
WIDTH = 288.0
SIZE, LINE, ROW_GAP = 12.0, 14.0, 7.0
MARGIN, GAP = 8.0, 12.0
# The gutter of one step; with many steps it narrows, so that words keep more than a third of the width.
STEP, MOST_GUTTER = 26.0, 160.0
MOST_NAME_LINES, MOST_PHRASE_LINES = 3, 3
# Between the entities of one step and those of the next.
LAYER_GAP = 9.0


@dataclass(frozen=True)
class Node:
    """An entity; `title` is its accessible name."""

    name: str
    kind: str
    address: str
    title: str


@dataclass(frozen=True)
class Phrase:
    """What links the only entity of one step to the only one of the next; `title` is the whole sentence."""

    words: str
    address: str
    title: str


@dataclass(frozen=True)
class Row:
    """The lines of a name or phrase, from `x` on and around the height `y`."""

    x: float
    y: float
    lines: list[str]


def chain(
    title: str, layers: Sequence[Sequence[Node]], links: Iterable[tuple[int, int, int]], phrases: Sequence[Phrase]
) -> SafeString:
    """Draw what stands at each step, and the links (step, place there, place at the next step).

    `phrases` stand between the steps where there is one chain only; empty otherwise.
    """
    gutter = min(STEP, MOST_GUTTER / max(len(layers) - 1, 1))
    marks = [MARGIN + gutter * step for step in range(len(layers))]
    rows, between, height = _rows(layers, phrases, marks)
    curves = "".join(
        _curve(marks[step], rows[step][one].y, marks[step + 1], rows[step + 1][other].y)
        for step, one, other in sorted(set(links))
    )
    drawn = [svg.element("path", class_="ties", d=curves)]
    for phrase, row in zip(phrases, between, strict=True):
        drawn.append(svg.link(phrase.address, phrase.title, _text(row, "label--phrase")))
    for mark, layer, layer_rows in zip(marks, layers, rows, strict=True):
        for node, row in zip(layer, layer_rows, strict=True):
            drawing = svg.glyph(node.kind, mark, row.y, 0.85) + _text(row, None)
            drawn.append(svg.link(node.address, node.title, drawing))
    return svg.picture(WIDTH, height, title, svg.join(drawn), css_class="picture--chain")


def _rows(
    layers: Sequence[Sequence[Node]], phrases: Sequence[Phrase], marks: Sequence[float]
) -> tuple[list[list[Row]], list[Row], float]:
    """Give every name and phrase its place, from the top down, and the height of all."""
    rows: list[list[Row]] = []
    between: list[Row] = []
    y = MARGIN / 2
    for step, layer in enumerate(layers):
        # The names of a step begin behind its gutter.
        x = marks[min(step + 1, len(marks) - 1)] + GAP
        rows.append([])
        for node in layer:
            rows[-1].append(_row(x, y, node.name, MOST_NAME_LINES))
            y += LINE * len(rows[-1][-1].lines) + ROW_GAP
        if step < len(phrases):
            between.append(_row(x, y, phrases[step].words, MOST_PHRASE_LINES))
            y += LINE * len(between[-1].lines) + ROW_GAP
        else:
            y += LAYER_GAP
    return rows, between, y


def _row(x: float, top: float, words: str, most_lines: int) -> Row:
    lines = wrap(words, SIZE, WIDTH - x, most_lines)
    return Row(x, top + (LINE * len(lines) + ROW_GAP) / 2, lines)


def _curve(x: float, y: float, next_x: float, next_y: float) -> str:
    """Leave a mark to the right and reach the next one from the left, past all that stand above and below."""
    middle = (x + next_x) / 2
    return "M{} {}C{} {} {} {} {} {}".format(
        *map(svg.number, (x, y, middle, y + 0.3 * (next_y - y), middle, next_y - 0.3 * (next_y - y), next_x, next_y))
    )


def _text(row: Row, css_class: str | None) -> SafeString:
    top = row.y - LINE * (len(row.lines) - 1) / 2 + SIZE * 0.36
    spans = svg.join(svg.element("tspan", line, x=row.x, y=top + LINE * place) for place, line in enumerate(row.lines))
    return svg.element("text", spans, class_=css_class)
