"""The timeline as a column for narrow boxes: each moment has a line of its own, and its lane is a column.

The height tells the order alone: lines follow each other whether a day or a year lies between them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count, groupby

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from . import svg
from .moments import Bar, Mark, Story, fades

# Laid out for the narrowest phone in common use; a wider box leaves air at the right, a narrower one scrolls.
WIDTH = 328.0
TEXT, LINE, PADDING, MOST_LINES = 12, 15, 7, 3
# From left to right: month, day (at its right edge), lanes, words.
DAY, FIRST_LANE, LANE, WORDS = 48.0, 59.0, 10.0, 110.0
HEADER_ROW, YEAR_ROW = 17.0, 26.0
SHAPE_SCALE = 0.68
# More marks are gathered, so that the column stays a picture.
MOST_ENTRIES = 80


@dataclass(slots=True)
class Entry:
    """One link, from `top` on: a mark; or marks of a lane, gathered into their number; or, without a lane, a band.

    `year` is that of the heading it should stand under.
    """

    first: date
    last: date
    year: int
    address: str
    name: str
    lines: list[str]
    lane: int | None = None
    mark: Mark | None = None
    top: float = 0.0

    @property
    def bottom(self) -> float:
        return self.top + len(self.lines) * LINE + PADDING


def draw(story: Story, *, name: str = "column") -> SafeString:
    """Draw the column; `name` begins the ids within the drawing."""
    entries = sorted([*_bands(story), *_marks(story)], key=lambda entry: entry.first)
    years, bottom = _settle(entries, HEADER_ROW * len(story.lanes) + PADDING)
    parts = [
        fades(name, is_vertical=True),
        *(_stripe(entry, entries) for entry in entries if entry.lane is None),
        *_header(story, bottom),
        *(_year(year, y) for year, y in years),
        *_days(entries, story.months),
        *(_link(entry, entries, story, name) for entry in entries),
    ]
    return svg.element(
        "svg",
        svg.element("title", story.title) + mark_safe("".join(parts)),
        class_="picture lanes",
        width="100%",
        height=bottom,
        role="group",
        aria_label=story.title,
    )


# Where things go


def _marks(story: Story) -> Iterator[Entry]:
    order = {lane: index for index, lane in enumerate(story.lanes)}
    for group in _groups(story.marks):
        mark, first, last = group[0], min(mark.day for mark in group), max(mark.day for mark in group)
        if len(group) == 1:
            lines = _wrap(mark.title, is_bold=mark.is_main)
            year = (mark.first or first).year
            yield Entry(first, last, year, mark.address, mark.name, lines, order[mark.lane], mark)
        else:
            address, name = story.gathered(mark.lane, first, last, len(group))
            yield Entry(first, last, first.year, address, name, _wrap(name, is_bold=True), order[mark.lane])


def _groups(marks: Sequence[Mark]) -> list[list[Mark]]:
    """Gather marks of a lane that are near each other, over more and more days, until the groups are few enough."""
    groups = [[mark] for mark in marks]
    for days in (2**power for power in count(1)):
        if len(groups) <= MOST_ENTRIES:
            break
        keyed = sorted(((mark.lane, mark.day.toordinal() // days), index) for index, mark in enumerate(marks))
        groups = [[marks[index] for _key, index in group] for _key, group in groupby(keyed, key=lambda pair: pair[0])]
    return groups


def _bands(story: Story) -> Iterator[Entry]:
    for band in story.shown_bands():
        yield Entry(band.first, band.last, band.first.year, band.address, band.name, _wrap(band.title, is_bold=True))


def _settle(entries: list[Entry], top: float) -> tuple[list[tuple[int, float]], float]:
    """Place the entries under headings of years; give the years with their places, and the end of it all."""
    years: list[tuple[int, float]] = []
    for entry in entries:
        if not years or entry.year > years[-1][0]:
            years.append((entry.year, top))
            top += YEAR_ROW
        entry.top = top
        top = entry.bottom
    return years, top


def _wrap(text: str, *, is_bold: bool) -> list[str]:
    """Break a text into lines that fit beside the lanes; what the last cannot hold is cut."""
    room, lines, words = WIDTH - WORDS, [""], text.split()
    for index, word in enumerate(words):
        longer = f"{lines[-1]} {word}".lstrip()
        if not lines[-1] or svg.text_width(longer, TEXT, bold=is_bold) <= room:
            lines[-1] = longer
        elif len(lines) < MOST_LINES:
            lines.append(word)
        else:
            lines[-1] = " ".join([lines[-1], *words[index:]])
            break
    return [svg.shorten(line, TEXT, room, bold=is_bold) for line in lines]


# What is written


def _header(story: Story, bottom: float) -> Iterator[str]:
    """Name the lanes in steps, each name at the head of a line that runs down its lane."""
    for index, title in enumerate(story.lanes.values()):
        x, y = FIRST_LANE + LANE * index, HEADER_ROW * index + 10
        yield f'<path class="lanes__guide" d="M{WORDS - 6:g} {y:g}H{x:g}V{bottom:g}"/>'
        yield f'<text class="lanes__name" x="{WORDS:g}" y="{y + 4:g}">{escape(title)}</text>'


def _year(year: int, y: float) -> str:
    return (
        f'<line class="lanes__border" x2="100%" y1="{y:g}" y2="{y:g}"/>'
        f'<text class="lanes__year label--strong" y="{y + 17:g}">{year}</text>'
    )


def _days(entries: Sequence[Entry], months: Sequence[str]) -> Iterator[str]:
    """Write the day beside each mark that has one, and the month where it begins."""
    before = None
    for entry in entries:
        if entry.mark is None or not entry.mark.is_in_one_month:
            continue
        y, month = entry.top + LINE - 3, (entry.first.year, entry.first.month)
        if month != before:
            yield f'<text class="lanes__month" y="{y:g}">{escape(months[entry.first.month - 1])}</text>'
        if entry.mark.is_exact:
            yield f'<text class="lanes__month" x="{DAY:g}" y="{y:g}" text-anchor="end">{entry.first.day}</text>'
        before = month


def _stripe(band: Entry, entries: Sequence[Entry]) -> str:
    """Shade the line of a band and those of the marks that fall into it."""
    bottom = max(entry.bottom for entry in entries if band.first <= entry.first <= band.last)
    return f'<rect class="lanes__band" y="{band.top:g}" width="100%" height="{bottom - band.top:g}"/>'


def _link(entry: Entry, entries: Sequence[Entry], story: Story, name: str) -> str:
    strong = ' class="label--strong"' if entry.mark is None or entry.mark.is_main else ""
    words = "".join(
        f'<text x="{WORDS:g}" y="{entry.top + LINE * index - 3:g}"{strong}>{escape(line)}</text>'
        for index, line in enumerate(entry.lines, 1)
    )
    hit = (
        f'<rect class="lanes__hit" x="{WORDS - 4:g}" y="{entry.top:g}" width="{WIDTH - WORDS:g}"'
        f' height="{entry.bottom - entry.top:g}" rx="4"/>'
    )
    kind = f"icon--{entry.mark.kind}" if entry.mark else "lanes__gathered"
    drawn = svg.link(entry.address, entry.name, mark_safe(f"{hit}{_shape(entry, entries, story, name)}{words}"))
    return f'<g class="{kind}">{drawn}</g>'


def _shape(entry: Entry, entries: Sequence[Entry], story: Story, name: str) -> str:
    """Draw what stands in the lane; nothing for a band."""
    if entry.lane is None:
        return ""
    x, y = FIRST_LANE + LANE * entry.lane, entry.top + LINE / 2
    if entry.mark is None:
        return f'<circle class="lanes__count" cx="{x:g}" cy="{y:g}" r="5"/>'
    hollow = "" if entry.mark.is_exact else " lanes__shape--hollow"
    place = f"translate({x:g} {y:g}) scale({SHAPE_SCALE})"
    shape = f'<g class="lanes__shape{hollow}" transform="{place}">{svg.SHAPES[entry.mark.kind]}</g>'
    return f"{_bar(entry.mark, x, entries, story, name)}{shape}"


def _bar(mark: Mark, x: float, entries: Sequence[Entry], story: Story, name: str) -> str:
    """Draw a bar along all that happened meanwhile, itself included; an arrow where it goes on beyond the scale."""
    bar = Bar.of(mark, story.scale)
    if bar is None:
        return ""
    first, last = mark.first or date.min, mark.last or date.max
    during = [entry for entry in entries if entry.mark is mark or first <= entry.first <= last]
    start, end = during[0].top, during[-1].bottom
    mask = f' mask="url(#{name}-fade-{bar.fade})"' if bar.fade else ""
    drawn = f'<rect class="lanes__bar" x="{x - 4:g}" y="{start:g}" width="8" height="{end - start:g}" rx="3"{mask}/>'
    if bar.comes:
        drawn += f'<path class="lanes__arrow" d="M{x - 4:g} {start + 5:g}l4-5 4 5"/>'
    if bar.goes:
        drawn += f'<path class="lanes__arrow" d="M{x - 4:g} {end - 5:g}l4 5 4-5"/>'
    return drawn
