"""The part of a text that shows best why it was found, with its words marked."""

from collections.abc import Collection

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from . import words

# A passage is about this many characters long.
LENGTH = 240

Span = tuple[int, int]


def mark(text: str, tokens: Collection[str]) -> SafeString:
    """Escape a text and put what the tokens stand for into <mark>."""
    return _marked(text, _spans(text, tokens), 0, len(text))


def best(text: str, tokens: Collection[str]) -> SafeString:
    """Cut the passage out of a text that has the most marks close together, else its beginning."""
    spans = _spans(text, tokens)
    counts = [sum(1 for start, end in spans if first <= start and end <= first + LENGTH) for first, _end in spans]
    first = spans[counts.index(max(counts))][0] if spans else 0
    start = _beginning(text, first)
    end = _ending(text, start + LENGTH)
    before, after = ("… " if start else ""), (" …" if end < len(text) else "")
    return format_html("{}{}{}", before, _marked(text, spans, start, end), after)


def _spans(text: str, tokens: Collection[str]) -> list[Span]:
    """Find what the tokens stand for, from left to right, without overlaps."""
    wanted = frozenset(token for token in tokens if not token.endswith("*"))
    beginnings = tuple(token[:-1] for token in tokens if token.endswith("*"))
    found = [
        (start, end) for start, end, value in words.amounts(text) if not wanted.isdisjoint(words.amount_tokens(value))
    ]
    for piece in words.pieces(text):
        if words.is_script_without_spaces(piece.text):
            found += _inside(piece, wanted)
        elif not wanted.isdisjoint(words.tokens(piece.text)) or (
            beginnings and words.fold(piece.text).startswith(beginnings)
        ):
            found.append((piece.start, piece.end))
    return _joined(sorted(found))


def _inside(piece: words.Piece, wanted: frozenset[str]) -> list[Span]:
    """Find the tokens in a run without spaces, letter by letter and pair by pair."""
    found = []
    for length in (1, 2):
        for start in range(len(piece.text) - length + 1):
            if words.fold(piece.text[start : start + length]) in wanted:
                found.append((piece.start + start, piece.start + start + length))
    return found or ([(piece.start, piece.end)] if not wanted.isdisjoint(words.tokens(piece.text)) else [])


def _joined(spans: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _marked(text: str, spans: list[Span], start: int, end: int) -> SafeString:
    parts: list[SafeString] = []
    place = start
    for first, last in spans:
        if start <= first and last <= end:
            parts.append(format_html("{}<mark>{}</mark>", text[place:first], text[first:last]))
            place = last
    return format_html_join("", "{}", ((part,) for part in [*parts, format_html("{}", text[place:end])]))


def _beginning(text: str, first: int) -> int:
    """Start at the sentence that holds the first mark, unless that begins too far away."""
    ends = [text.rfind(end, 0, first) + len(end) for end in (". ", "\n", "。") if end in text[:first]]
    start = max(ends, default=0)
    return start if first - start < LENGTH // 2 else max(text.find(" ", first - LENGTH // 3) + 1, 0)


def _ending(text: str, end: int) -> int:
    if end >= len(text):
        return len(text)
    space = text.rfind(" ", end - 40, end)
    return space if space > 0 else end
