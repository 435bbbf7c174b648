"""The text of an article: what an editor pastes or uploads as normalised plain text, and words found again in it.

Normalised means: Unicode NFC; one paragraph a line, lines ended by a newline alone; one space wherever there was other
white space; nothing invisible. A heading is a line that begins with `## `. Places in a text count code points.
"""

import re
import unicodedata
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any, NamedTuple

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

# Soft hyphens, spaces of no width, and marks that only turn the direction of what is shown.
UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u2060\u202a-\u202e\u2066-\u2069\ufeff]")
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")
# How files of other kinds begin: PDF, zip and office documents, pictures, old office documents.
BINARY = (b"%PDF", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")
# Where a tag, a comment or a declaration begins.
MARKUP = re.compile(r"<[A-Za-z/!?]")
BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
# Lists and quotations in each other, so deep; what is deeper would be left out without a word.
MOST_NESTED = 60
MARKDOWN = MarkdownIt("commonmark", {"html": False, "maxNesting": MOST_NESTED})
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
            blocks = _html_blocks(_markdown(seen))
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


def _markdown(raw: str) -> str:
    environment: dict[str, Any] = {}
    tokens = MARKDOWN.parse(raw, environment)
    if any(token.level >= MOST_NESTED - 1 for token in tokens):
        raise TextError(_("Lists or quotations are nested too deeply in this text."))
    return str(MARKDOWN.renderer.render(tokens, MARKDOWN.options, environment))


def _html_blocks(raw: str) -> list[str]:
    reader = _HtmlReader()
    try:
        reader.feed(raw)
    except AssertionError as error:
        # The parser's answer to a declaration that it does not know.
        raise TextError(_("Line %(line)s has a “<![” that cannot be read.") % {"line": reader.line}) from error
    reader.refuse_what_is_open()
    reader.close()
    # A line break ends a line; two of them were meant to end a paragraph.
    return [part for block in reader.blocks for part in BLANK_LINE.split("".join(block))]


class _HtmlReader(HTMLParser):
    """Collects the words of a page by block; what is no text is dropped, and nothing is run or fetched.

    What is left open would drop the rest of the page in silence, as it does in a browser: it is refused instead.
    """

    DROPPED = words_of("script style template noscript title svg math iframe object canvas select textarea")
    HEADINGS = words_of("h1 h2 h3 h4 h5 h6")
    BLOCKS = HEADINGS | words_of(
        "address article aside blockquote body caption dd details div dl dt fieldset figcaption figure footer form "
        "header hr html li main nav ol p pre section summary table tbody tfoot thead tr ul"
    )

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[list[str]] = [[]]
        # The element that is being dropped, the line where it begins, and how many of the same are open.
        self._dropping, self._since, self._depth = "", 0, 0

    @property
    def line(self) -> int:
        return self.getpos()[0]

    def refuse_what_is_open(self) -> None:
        """To be called when all has been fed.

        Raises:
            TextError: a tag or comment does not end, or an element whose content is dropped.
        """
        begun, line = f"<{self._dropping}>", self._since
        if not self._dropping:
            if not MARKUP.match(self.rawdata):
                return
            begun, line = tidy(self.rawdata[:20]), self.line
        told = _(
            "“%(begun)s” in line %(line)s is not closed, and the rest would be lost. Close it, or paste the words."
        )
        raise TextError(told % {"begun": begun, "line": line})

    def _refuse_open_quote(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Refuse a tag that has swallowed others, since a quotation mark or its own end is missing."""
        is_odd = any(set("\"'<") & set(name) for name, _value in attrs)
        if is_odd and "<" in (self.get_starttag_text() or "")[1:]:
            raise TextError(
                _("The tag %(tag)s in line %(line)s has no end, or a quotation mark in it is not closed.")
                % {"tag": f"<{tag}>", "line": self.line}
            )

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._refuse_open_quote(tag, attrs)
        if self._dropping:
            self._depth += tag == self._dropping
            return
        if tag in self.DROPPED:
            self._dropping, self._since, self._depth = tag, self.line, 1
        elif tag in self.BLOCKS:
            self.blocks.append([HEADING] if tag in self.HEADINGS else [])
        elif tag == "br":
            self.blocks[-1].append("\n")
        elif tag in ("td", "th"):
            self.blocks[-1].append(" ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.DROPPED:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._dropping:
            self._depth -= 1
            self._dropping = self._dropping if self._depth else ""
        elif not self._dropping and tag in self.BLOCKS:
            self.blocks.append([])

    def handle_data(self, data: str) -> None:
        if not self._dropping:
            self.blocks[-1].append(data.replace("\n", " "))

    def unknown_decl(self, data: str) -> None:
        """Read what XHTML writes as it stands."""
        if data.startswith("CDATA["):
            self.handle_data(data.removeprefix("CDATA["))


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


def paragraph_locator(number: int) -> str:
    """Name a paragraph as citations do, in the language of the locators."""
    return f"paragraph {number}"


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
