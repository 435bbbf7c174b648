"""What all pictures share: elements that escape, the shapes of the kinds, and how wide a text will be."""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from html import escape

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

# Each shape fills a square of 16 around the origin.
SHAPES = {
    "person": mark_safe('<circle r="6.5"/>'),
    "company": mark_safe('<rect x="-6" y="-6" width="12" height="12" rx="1.5"/>'),
    "model": mark_safe('<path d="M0-8 8 0 0 8-8 0Z"/>'),
    "event": mark_safe('<path d="M0-7 8 7H-8Z"/>'),
    "idea": mark_safe('<path d="M-4-7H4L8 0 4 7H-4L-8 0Z"/>'),
}
# Widths in em of the widest common system sans (Verdana, DejaVu Sans), so that a label that fits here fits everywhere.
NARROW, MEDIUM, WIDE, FULL = 0.42, 0.66, 0.9, 1.05
NARROW_LETTERS = frozenset("iIjl.,:;'’!|()[]tfr /-·")
WIDE_LETTERS = frozenset("mMwW@%—…")
BOLD = 1.12


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Estimate, on the generous side, how many units a text takes at a font size."""
    em = sum(map(_advance, text))
    return em * size * (BOLD if bold else 1)


def shorten(text: str, size: float, room: float, *, bold: bool = False) -> str:
    """Cut a text to what fits into some units, with an ellipsis; at least its first letter stays."""
    if text_width(text, size, bold=bold) <= room:
        return text
    short = text
    while len(short) > 1 and text_width(f"{short}…", size, bold=bold) > room:
        short = short[:-1]
    return f"{short.rstrip()}…"


def number(value: float) -> str:
    """Write a coordinate with one decimal at most."""
    return "0" if abs(value) < 0.05 else f"{value:.1f}".removesuffix(".0")


def element(name: str, content: SafeString | str = "", **attributes: object) -> SafeString:
    """Build an element; numbers are rounded, an underscore in a name stands for a hyphen, and None leaves it out.

    Content that is not marked safe is escaped. `class_` is written as class.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{number(value) if isinstance(value, float) else escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if content == "":
        return mark_safe(f"<{name}{written}/>")
    inside = content if isinstance(content, SafeString) else escape(str(content))
    return mark_safe(f"<{name}{written}>{inside}</{name}>")


def join(parts: Iterable[SafeString]) -> SafeString:
    return mark_safe("".join(parts))


def glyph(kind: str, x: float, y: float, scale: float = 1) -> SafeString:
    """Draw the shape of a kind around a point; its colour comes from the class `icon--KIND`."""
    place = f"translate({number(x)} {number(y)})" + (f" scale({number(scale)})" if scale != 1 else "")
    return element("g", SHAPES[kind], class_=f"icon--{kind}", transform=place)


def link(address: str, name: str, content: SafeString) -> SafeString:
    """Wrap marks in a link whose accessible name also shows on hovering."""
    return format_html('<a href="{}" aria-label="{}"><title>{}</title>{}</a>', address, name, name, content)


def picture(width: float, height: float, title: str, content: SafeString, *, css_class: str) -> SafeString:
    """Wrap a drawing; it scales down with its box, and `title` names it for those who do not see it."""
    return element(
        "svg",
        element("title", title) + content,
        class_=f"picture {css_class}",
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=number(width),
        height=number(height),
        role="group",
        aria_label=title,
    )


@lru_cache(maxsize=10_000)
def _advance(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in "WF":
        return FULL
    if letter in NARROW_LETTERS:
        return NARROW
    if letter in WIDE_LETTERS:
        return WIDE + 0.1
    return WIDE - 0.1 if letter.isupper() else MEDIUM
