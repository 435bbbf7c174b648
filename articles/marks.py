"""A text as HTML with its passages marked; marks may overlap."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from .text import Paragraph


class Mark(NamedTuple):
    """A passage `text[start:end]`; its number behind it links to `address` under the name `label`."""

    start: int
    end: int
    key: str
    number: int
    verdict: str
    address: str
    label: str


def render(text: str, paragraphs: Sequence[Paragraph], marks: Iterable[Mark]) -> SafeString:
    """Write paragraphs with their marks: one that goes over several paragraphs is marked in each.

    The element with the id `mark-KEY` is where a mark begins.
    """
    of: list[list[Mark]] = [[] for _paragraph in paragraphs]
    ends = [paragraph.end for paragraph in paragraphs]
    for mark in marks:
        number = bisect_left(ends, mark.start + 1)
        while number < len(paragraphs) and paragraphs[number].start < mark.end:
            of[number].append(mark)
            number += 1
    return format_html_join(
        "\n",
        '<{0} class="paragraph" id="paragraph-{1}" data-number="{1}">{2}</{0}>',
        (
            ("h3" if paragraph.is_heading else "p", paragraph.number, _inside(text, paragraph, found))
            for paragraph, found in zip(paragraphs, of, strict=True)
        ),
    )


def _inside(text: str, paragraph: Paragraph, marks: list[Mark]) -> SafeString:
    cuts = {paragraph.start, paragraph.end}
    for mark in marks:
        cuts |= {max(mark.start, paragraph.start), min(mark.end, paragraph.end)}
    places = sorted(cuts)
    parts: list[SafeString] = []
    for start, end in pairwise(places):
        covering = [mark for mark in marks if mark.start < end and mark.end > start]
        parts.append(_segment(text[start:end], covering, start, paragraph))
        parts += [_reference(mark) for mark in covering if mark.end == end]
    return mark_safe("".join(parts))


def _segment(words: str, covering: list[Mark], start: int, paragraph: Paragraph) -> SafeString:
    """Mark words by the innermost of the passages that they belong to; an anchor stands where each of them begins."""
    if not covering:
        return format_html("{}", words)
    inner = min(covering, key=lambda mark: mark.end - mark.start)
    anchors = format_html_join(
        "",
        '<span id="mark-{}"></span>',
        (
            (mark.key,)
            for mark in covering
            if max(mark.start, paragraph.start) == start and mark.start >= paragraph.start
        ),
    )
    depth = " cited--deep" if len(covering) > 1 else ""
    return format_html('{}<mark class="cited cited--{}{}">{}</mark>', anchors, inner.verdict or "none", depth, words)


def _reference(mark: Mark) -> SafeString:
    return format_html(
        '<a class="mark" href="{}" aria-label="{}" title="{}">[{}]</a>',
        mark.address,
        mark.label,
        mark.label,
        mark.number,
    )
