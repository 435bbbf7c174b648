"""Long texts for readers: in parts of a few thousand words, each a light page."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from .text import Paragraph, paragraphs

# In bytes of UTF-8, of which some 10 kB go over the wire.
PART_BYTES = 24_000
# Places before this one are in the first part whatever the script: four bytes a code point at the most.
SURELY_FIRST = PART_BYTES // 4 - 1_000


@dataclass(frozen=True)
class Part:
    """Some paragraphs of a text, `text[start:end]`; `starts` has where each of its parts begins, `number` is from 1."""

    paragraphs: Sequence[Paragraph]
    start: int
    end: int
    number: int
    starts: list[int]

    @property
    def count(self) -> int:
        return len(self.starts)

    @property
    def previous(self) -> int | None:
        """Where the part before begins."""
        return self.starts[self.number - 2] if self.number > 1 else None

    @property
    def next(self) -> int | None:
        """Where the part behind begins."""
        return self.starts[self.number] if self.number < self.count else None


def part(text: str, at: int = 0) -> Part:
    """Give the part of a text that has this place; of a place behind its end, the last one."""
    found = paragraphs(text)
    firsts, size = [0], 0
    for place, paragraph in enumerate(found):
        bytes_here = len(text[paragraph.start : paragraph.end].encode())
        if size and size + bytes_here > PART_BYTES:
            firsts.append(place)
            size = 0
        size += bytes_here
    # A heading begins behind its mark, and a place may be right there.
    starts = [0, *(found[first - 1].end + 1 for first in firsts[1:])]
    number = bisect_right(starts, at)
    last = firsts[number] if number < len(firsts) else len(found)
    chosen = found[firsts[number - 1] : last]
    return Part(chosen, starts[number - 1], chosen[-1].end, number, starts)


def place(start: int) -> str:
    """Write the query that opens a text where a passage is; nothing for its beginning."""
    return f"?at={start}" if start >= SURELY_FIRST else ""
