"""The card that a shared link unfolds into: one picture of 1200 by 630, whatever the length of its words."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from django.utils.safestring import SafeString, mark_safe

from . import fonts, svg
from .fonts import BOLD, REGULAR

WIDTH, HEIGHT = 1200, 630
# Networks crop a little at the edges.
LEFT, RIGHT = 84, 1116
ROOM = RIGHT - LEFT
EYEBROW_Y, TOP, FOOT_Y = 108, 150, 556
# What the words of the title may take, with and without something below them.
BESIDE, ALONE = 230, 330
SIZES = (92, 80, 70, 62, 54, 48, 42, 37, 33, 29)
LINE = 1.14
ELLIPSIS = "…"
# The colours of the light scheme in static/css/tokens.css, which an image cannot read.
PAGE, LINES, TEXT, SOFT = "#fcfaf5", "#e0dcd2", "#1b1e27", "#535768"
KIND_COLORS = {
    "person": "#863668",
    "company": "#196658",
    "model": "#273fbe",
    "event": "#9c470d",
    "idea": "#5a479a",
    "article": SOFT,
}
SHAPES = svg.SHAPES | {"article": mark_safe('<path d="M-6-8H2L7-3V8H-6Z"/>')}
VERDICT_COLORS = {"supported": "#17673e", "disputed": "#8a4f01", "misleading": "#a1321f"}
# Strokes within a circle of 12 around the origin, since no font has all these signs.
SIGNS = {
    "supported": "M-6 0-2 5 6-5",
    "disputed": "M-6-3H6M3-6 6-3 3 0M6 4H-6M-3 1-6 4-3 7",
    "misleading": "M-6-2.5H6M-6 2.5H6M3.5-7-3.5 7",
    "unverified": "M-3.5-3.5A3.5 3.5 0 1 1 1.5.2Q0 .8 0 3M0 6V6.2",
    "outdated": "M-5 3A5.8 5.8 0 1 0-5.3-2.4M-6.5-6.5-5.3-2.4-1.3-3.4",
    "": "M-5 0H5",
}


@dataclass(frozen=True)
class Card:
    """The words of a card, all in one language.

    `kind` ("person", ..., "article") gives shape and colour; without it the card is the site's own. `verdict_words` say
    the `verdict`, which is "" for none, and take the place of label and value. `native` is drawn if a font has all its
    letters.
    """

    title: str
    site: str
    kind: str = ""
    eyebrow: str = ""
    native: str = ""
    label: str = ""
    value: str = ""
    verdict: str = ""
    verdict_words: str = ""
    as_of: str = ""

    @property
    def alt(self) -> str:
        """The same in words, for those who do not see it."""
        said = [self.verdict_words] if self.verdict_words else [self.label, self.value]
        return " · ".join(filter(None, [self.eyebrow, self.title, *said, self.as_of]))


def draw(card: Card) -> SafeString:
    """Draw a card: words shrink and wrap to fit and are cut as a last resort; letters that no font has are left out."""
    drawn = [
        svg.element("rect", width=WIDTH, height=HEIGHT, fill=PAGE),
        *_ornament(card.kind),
        *_eyebrow(card),
        *_middle(card),
        *_foot(card),
    ]
    return svg.element(
        "svg",
        svg.join(drawn),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        font_family=fonts.families(),
    )


def _ornament(kind: str) -> Iterable[SafeString]:
    """Set the shape of the kind large and pale at the edge; the site's own card has all five in a row."""
    if kind:
        yield _shape(kind, 1106, 312, 24, opacity=".09")
        yield svg.element("rect", width=16, height=HEIGHT, fill=KIND_COLORS[kind])
    else:
        for place, each in enumerate(svg.SHAPES):
            yield _shape(each, LEFT + 22 + place * 74, EYEBROW_Y - 12, 2.6)


def _eyebrow(card: Card) -> Iterable[SafeString]:
    if card.kind:
        yield _shape(card.kind, LEFT + 20, EYEBROW_Y - 12, 2.5)
    if card.eyebrow:
        yield _text(_cut(card.eyebrow, 33, ROOM - 62), LEFT + 62, EYEBROW_Y, 33, SOFT)


def _middle(card: Card) -> Iterable[SafeString]:
    """Set the title with its own-script name, then the verdict or one fact."""
    native = fonts.drawable(card.native) if card.native and fonts.can_draw(card.native) else ""
    has_more = bool(card.verdict_words or card.value)
    room = (BESIDE if has_more else ALONE) - (66 if native else 0)
    size, lines = _fit(fonts.drawable(card.title), room)
    y = TOP + size * 0.86
    for line in lines:
        yield _text(line, LEFT, y, size, TEXT, BOLD)
        y += size * LINE
    if native:
        below = min(size * 0.72, 56)
        yield _text(_cut(native, below, ROOM), LEFT, y - size * LINE + below + 30, below, SOFT)
    if card.verdict_words:
        yield from _verdict(card, 466)
    elif card.value:
        yield _text(_cut(card.label, 28, ROOM), LEFT, 422, 28, SOFT)
        yield _text(_cut(card.value, 50, ROOM, BOLD), LEFT, 476, 50, KIND_COLORS.get(card.kind, TEXT), BOLD)


def _verdict(card: Card, y: float) -> Iterable[SafeString]:
    color = VERDICT_COLORS.get(card.verdict, SOFT)
    yield svg.element("circle", cx=LEFT + 30, cy=y - 13, r=30, fill=color)
    yield svg.element(
        "path",
        d=SIGNS[card.verdict],
        transform=f"translate({LEFT + 30} {y - 13}) scale(2.3)",
        fill="none",
        stroke=PAGE,
        stroke_width=2.2,
        stroke_linecap="round",
        stroke_linejoin="round",
    )
    yield _text(_cut(card.verdict_words, 46, ROOM - 82, BOLD), LEFT + 82, y, 46, color, BOLD)


def _foot(card: Card) -> Iterable[SafeString]:
    yield svg.element("path", d=f"M{LEFT} {FOOT_Y - 44}H{RIGHT}", stroke=LINES, stroke_width=2)
    yield _text(card.site, LEFT, FOOT_Y + 8, 30, TEXT, BOLD)
    if card.as_of:
        yield _text(card.as_of, RIGHT, FOOT_Y + 8, 27, SOFT, text_anchor="end")


def _shape(kind: str, x: float, y: float, scale: float, *, opacity: str | None = None) -> SafeString:
    place = f"translate({x} {y}) scale({scale})"
    return svg.element("g", SHAPES[kind], transform=place, fill=KIND_COLORS[kind], fill_opacity=opacity)


def _text(
    words: str, x: float, y: float, size: float, color: str, weight: int = REGULAR, text_anchor: str | None = None
) -> SafeString:
    return svg.element(
        "text",
        words,
        x=x,
        y=float(y),
        font_size=float(size),
        font_weight=weight if weight != REGULAR else None,
        fill=color,
        text_anchor=text_anchor,
    )


def _fit(text: str, room: float) -> tuple[int, list[str]]:
    """Find the largest size at which a title fits its place, and its lines; at the smallest it is cut."""
    words = [(word, fonts.width(word, BOLD)) for word in text.split()]
    for size in SIZES:
        lines = _wrap(words, ROOM / size)
        if len(lines) * size * LINE <= room:
            return size, lines
    most = int(room / (size * LINE))
    return size, [*lines[: most - 1], _cut(" ".join(lines[most - 1 :]), size, ROOM, BOLD)]


def _wrap(words: Iterable[tuple[str, float]], room: float) -> list[str]:
    """Break measured words into lines, and a word that is longer than a line into pieces; all widths in em."""
    lines, end, space = [""], 0.0, fonts.width(" ", BOLD)
    for word, width in words:
        if lines[-1] and end + space + width <= room:
            lines[-1] += f" {word}"
            end += space + width
            continue
        if lines[-1]:
            lines.append("")
        *whole, last = [word] if width <= room else _pieces(word, room)
        lines[-1:] = [*whole, last]
        end = fonts.width(last, BOLD) if whole else width
    return lines


def _pieces(word: str, room: float) -> list[str]:
    pieces, end = [""], 0.0
    for letter in word:
        end += fonts.advance(letter, BOLD)
        if pieces[-1] and end > room:
            pieces.append("")
            end = fonts.advance(letter, BOLD)
        pieces[-1] += letter
    return pieces


def _cut(text: str, size: float, room: float, weight: int = REGULAR) -> str:
    """Cut a text to what fits, with an ellipsis."""
    text = fonts.drawable(text)
    if fonts.width(text, weight) * size <= room:
        return text
    left = room / size - fonts.width(ELLIPSIS, weight)
    ends = accumulate(fonts.advance(letter, weight) for letter in text)
    return text[: sum(end <= left for end in ends)].rstrip() + ELLIPSIS
