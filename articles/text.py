"""The text of an article: what an editor pastes or uploads as normalised plain text, and words found again in it.

Normalised means: Unicode NFC; one paragraph a line, lines ended by a newline alone; one space wherever there was other
white space; nothing invisible. A heading is a line that begins with `## `. Places in a text count code points.
"""

import re
import unicodedata
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from markdown_it import MarkdownIt

# In bytes of UTF-8: some 160,000 words, longer than any article.
MOST_BYTES = 1_000_000
# What is quoted stays short, so that it is a citation and no copy.
MOST_QUOTED = 1_500
# So many code points on either side tell a passage from another with the same words (W3C: prefix and suffix).
CONTEXT = 32
HEADING = "## "

UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff]")
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")
# How files of other kinds begin: PDF, zip and office documents, pictures, old office documents.
BINARY = (b"%PDF", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")
BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
MARKDOWN = MarkdownIt("commonmark", {"html": False})
FRENCH_SPACE = re.compile(r" (?=[:;!?»%€$])|(?<=«) |(?<=\d) (?=\d{3}(?!\d))")
# Different ways to print the same mark; what is pasted may have another than the text.
ALIKE = ('"“”„‟«»', "'’‘‚ʼ", "-‐‑‒–—−")


def words_of(line: str) -> frozenset[str]:
    """Take a line apart into a set of words, which reads better than a list in quotes."""
    return frozenset(line.split())


class Format(TextChoices):
    PLAIN = "txt", gettext_lazy("plain text")
    MARKDOWN = "md", "Markdown"
    HTML = "html", "HTML"


class TextError(ValueError):
    """What was sent cannot become a text; the message tells an editor why."""


class Paragraph(NamedTuple):
    """One line of a text: `text[start:end]`, numbered from 1; of a heading, `start` lies behind its mark."""

    number: int
    start: int
    end: int
    is_heading: bool


def decode(content: bytes) -> str:
    """Read an upload.

    Raises:
        TextError: it is too large, no text, or in another encoding than UTF-8.
    """
    if len(content) > MOST_BYTES:
        raise TextError(too_large(len(content)))
    if content.startswith(BINARY) or CONTROL.search(content.decode("latin-1")):
        raise TextError(_("This file is not a text. Save it as .txt, .md or .html and try again."))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise TextError(
            _("This file is not in UTF-8: line %(line)s cannot be read. Save it in that encoding and try again.")
            % {"line": line}
        ) from error


def too_large(size_bytes: int) -> str:
    sizes = {"size": f"{size_bytes / 1_000_000:.1f}", "most": f"{MOST_BYTES / 1_000_000:.0f}"}
    return _("A text has at most %(most)s MB; this one has %(size)s MB.") % sizes


def normalise(raw: str, form: str = Format.PLAIN) -> str:
    """Make normalised plain text; the same again for a text that is normalised already.

    Raises:
        TextError: it is too large, or nothing is left of it.
    """
    size = len(raw.encode("utf-8", "replace"))
    if size > MOST_BYTES:
        raise TextError(too_large(size))
    seen = raw.replace("\r\n", "\n").replace("\r", "\n")
    match form:
        case Format.HTML:
            blocks = _html_blocks(seen)
        case Format.MARKDOWN:
            blocks = _html_blocks(MARKDOWN.render(seen))
        case _:
            blocks = _plain_blocks(seen)
    text = "\n".join(line for block in blocks if (line := tidy(block)).strip("# "))
    if not text:
        raise TextError(_("There are no words in this text."))
    return text


def tidy(block: str) -> str:
    """Put one paragraph into the form that texts have."""
    composed = unicodedata.normalize("NFC", CONTROL.sub("", UNSEEN.sub("", block)))
    return re.sub(r"\s+", " ", composed).strip()


def _plain_blocks(raw: str) -> list[str]:
    """Cut at blank lines, or at each line where there is no blank one."""
    stripped = raw.strip()
    return BLANK_LINE.split(stripped) if BLANK_LINE.search(stripped) else stripped.split("\n")


def _html_blocks(raw: str) -> list[str]:
    reader = _HtmlReader()
    reader.feed(raw)
    reader.close()
    # A line break ends a line; two of them were meant to end a paragraph.
    return [part for block in reader.blocks for part in BLANK_LINE.split("".join(block))]


class _HtmlReader(HTMLParser):
    """Collects the words of a page by block; what is no text is dropped, and nothing is run or fetched."""

    DROPPED = words_of("script style template noscript title svg math iframe object canvas select textarea")
    HEADINGS = words_of("h1 h2 h3 h4 h5 h6")
    BLOCKS = HEADINGS | words_of(
        "address article aside blockquote body caption dd details div dl dt fieldset figcaption figure footer form "
        "header hr html li main nav ol p pre section summary table tbody tfoot thead tr ul"
    )

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[list[str]] = [[]]
        self._dropping = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if self._dropping:
            return
        if tag in self.DROPPED:
            self._dropping = tag
        elif tag in self.BLOCKS:
            self.blocks.append([HEADING] if tag in self.HEADINGS else [])
        elif tag == "br":
            self.blocks[-1].append("\n")
        elif tag in ("td", "th"):
            self.blocks[-1].append(" ")

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        if tag not in self.DROPPED:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._dropping:
            self._dropping = ""
        elif not self._dropping and tag in self.BLOCKS:
            self.blocks.append([])

    def handle_data(self, data: str) -> None:
        if not self._dropping:
            self.blocks[-1].append(data.replace("\n", " "))


def typeset(text: str, language: str) -> str:
    """Put the no-break spaces of French back, which a normalised text has no more; every place stays the same."""
    return FRENCH_SPACE.sub("\u00a0", text) if language.partition("-")[0] == "fr" else text


def paragraphs(text: str) -> list[Paragraph]:
    """List the paragraphs of a normalised text, in order."""
    found, start = [], 0
    for number, line in enumerate(text.split("\n"), start=1):
        is_heading = line.startswith(HEADING)
        found.append(Paragraph(number, start + len(HEADING) * is_heading, start + len(line), is_heading))
        start += len(line) + 1
    return found


def number_at(text: str, place: int) -> int:
    """Give the number of the paragraph that a place in a text belongs to."""
    return text.count("\n", 0, place) + 1


def around(text: str, start: int, end: int) -> tuple[str, str]:
    """Give the words right before and right after a passage."""
    return text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]


def find(text: str, quote: str) -> list[tuple[int, int]]:
    """List the places where words stand in a text, as (start, end), in order.

    Those that are the same to the letter, else those that differ in white space, quotation marks, apostrophes or
    dashes alone, since a page may have been copied with others.
    """
    words = tidy(quote)
    return (exactly(text, words) or [match.span() for match in _loosely(words).finditer(text)]) if words else []


def exactly(text: str, quote: str) -> list[tuple[int, int]]:
    """List the places where a text has just these code points; they may overlap."""
    found, start = [], text.find(quote) if quote else -1
    while start >= 0:
        found.append((start, start + len(quote)))
        start = text.find(quote, start + 1)
    return found


def _loosely(words: str) -> re.Pattern[str]:
    return re.compile(rf"\s+(?:{HEADING})?".join("".join(map(_alike, word)) for word in words.split(" ")))


def _alike(letter: str) -> str:
    return next((f"[{re.escape(marks)}]" for marks in ALIKE if letter in marks), re.escape(letter))


def followed(text: str, places: Iterable[tuple[int, int]], before: str) -> list[tuple[int, int]]:
    """Keep the places that these words stand right before; white space does not count."""
    wanted = "".join(before.split())
    # Twice the length leaves room for the white space.
    return [
        (start, end)
        for start, end in places
        if "".join(text[max(0, start - 2 * len(before)) : start].split()).endswith(wanted)
    ]
