"""Dates as readers type them: "January 2025", "27 janvier 2025", "Jan 27, 2025", "2025-01-27", "2025年1月"."""

import re
import unicodedata
from functools import cache

from babel import Locale

from entities import edtf

from . import words

YEAR = r"(?P<year>19\d\d|20[0-3]\d)"
# A year alone is as likely an amount, so only those that the story may hold are taken for one. Of 1/2/2025 the first
# figure is the day, as in most of the world.
FIGURES = [
    re.compile(pattern)
    for pattern in (
        YEAR + r"(?:[-/.](?P<month>\d{1,2})(?:[-/.](?P<day>\d{1,2}))?)?",
        r"(?:(?P<day>\d{1,2})[-/.])?(?P<month>\d{1,2})[-/.]" + YEAR,
        r"(?P<month>\d{1,2})[-/.](?P<day>\d{1,2})[-/.]" + YEAR,
        YEAR + r" ?年(?: ?(?P<month>\d{1,2}) ?月(?: ?(?P<day>\d{1,2}) ?[日号])?)?",
    )
]
DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er)?")
# What may stand beside the parts of a date.
BESIDE = {"the", "of", "on", "in", "le", "en", "de", "du", "au"}


def stretch(text: str) -> str:
    """Give the day, month or year that a query is, as EDTF; empty when it is none."""
    typed = _folded(text)
    for pattern in FIGURES:
        if (match := pattern.fullmatch(typed)) and (found := _edtf(match["year"], match["month"], match["day"])):
            return found
    return _in_words(typed)


def month_names(number: int) -> tuple[str, ...]:
    """Give the names of a month in every language, whole, and short in English, as titles have them."""
    names = [Locale(language).months["format"]["wide"][number] for language in words.LANGUAGES]
    return tuple(dict.fromkeys(map(words.fold, [*names, Locale("en").months["format"]["abbreviated"][number]])))


def _in_words(typed: str) -> str:
    """Read a month by its name with a year, perhaps a day and the name of that, in any order."""
    parts = [part for part in re.split(r"[ .,-]+", typed) if part and part not in BESIDE | _weekdays()]
    years = [part for part in parts if re.fullmatch(YEAR, part)]
    months = [part for part in parts if part in _months()]
    days = [match[1] for part in parts if (match := DAY.fullmatch(part))]
    if len(years) != 1 or len(months) != 1 or len(days) > 1 or len(parts) != 2 + len(days):
        return ""
    return _edtf(years[0], _months()[months[0]], days[0] if days else None)


def _edtf(year: str, month: str | None, day: str | None) -> str:
    parts = [year, *(part.zfill(2) for part in (month, day) if part)]
    try:
        return edtf.parse("-".join(parts)).text
    except edtf.EdtfError:
        return ""


@cache
def _months() -> dict[str, str]:
    """Map the names of the months in every language, whole and short, to their numbers."""
    return {name: str(number) for number, name in _names("months")} | {"sept": "9"}


@cache
def _weekdays() -> frozenset[str]:
    return frozenset(name for _number, name in _names("days"))


def _names(of: str) -> list[tuple[int, str]]:
    return [
        (number, _folded(name).rstrip("."))
        for language in words.LANGUAGES
        for width in ("wide", "abbreviated")
        for number, name in getattr(Locale(language), of)["format"][width].items()
    ]


def _folded(text: str) -> str:
    """Drop case and accents, and keep the marks that a date is written with."""
    typed = re.sub(f"[{words.HYPHENS}]", "-", unicodedata.normalize("NFKC", words.clean(text)))
    parts = (part if part in "-/., " else words.fold(part) for part in re.split(r"([-/., ])", typed))
    return " ".join("".join(parts).split())
