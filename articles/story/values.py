"""Plain values as the story files write them: texts, lists of texts, numbers."""

import re
from decimal import Decimal
from typing import Any

from .problems import Place, shown

NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,20})?")
# PostgreSQL stores neither NUL nor half a character.
UNUSABLE = re.compile("[\x00\ud800-\udfff]")


def parse_text(raw: Any, place: Place) -> str | None:
    if not isinstance(raw, str):
        place.bad("write one text")
        return None
    text = tidy(raw)
    if found := UNUSABLE.search(text):
        place.bad(f"character U+{ord(found[0]):04X} is not allowed")
        return None
    if not text:
        place.bad("is blank")
        return None
    return text


def parse_words(raw: Any, place: Place) -> list[str]:
    if not isinstance(raw, list):
        place.bad("write a list")
        return []
    return [text for number, word in enumerate(raw, start=1) if (text := parse_text(word, place.at(number)))]


def parse_number(raw: Any, place: Place) -> int | Decimal | None:
    if not isinstance(raw, str) or not NUMBER.fullmatch(raw):
        place.bad(f"{shown(raw)} is not a number: write digits alone, such as 671000000000 or 5.576")
        return None
    return plain_number(Decimal(raw))


def plain_number(number: Decimal) -> int | Decimal:
    """Drop the zeros behind the point, and the point where nothing is left behind it."""
    # Not by normalize(), which rounds to 28 digits; the column holds 30.
    return int(number) if number == number.to_integral_value() else Decimal(format(number, "f").rstrip("0"))


def tidy(text: str | None) -> str:
    """Drop what forms and editors add without meaning: white space around, carriage returns."""
    return (text or "").replace("\r\n", "\n").replace("\r", "\n").strip()


def is_empty(value: Any) -> bool:
    return value is None or value in ("", [], {})
