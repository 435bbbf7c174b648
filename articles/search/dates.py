"""Dates as readers type them: "January 2025", "20 janvier 2025", "2025-01-20", "2025年1月"."""

import re
from functools import cache

from babel import Locale

from entities import edtf

from . import words

MONTH_FIRST = re.compile(r"(?P<month>[a-z]+)\.? (?:(?P<day>\d{1,2})(?:st|nd|rd|th)?,? )?(?P<year>\d{4})")
DAY_FIRST = re.compile(
    r"(?:(?:the |le )?(?P<day>\d{1,2})(?:st|nd|rd|th|er)? (?:of )?)?(?P<month>[a-z]+)\.?,? (?P<year>\d{4})"
)
CHINESE = re.compile(r"(?P<year>\d{4})年(?:(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})日)?)?")
# A year alone is as likely an amount, so only those that the story may hold are taken for one.
ISO = re.compile(r"(?P<year>19\d\d|20\d\d)(?:-(?P<month>\d\d)(?:-(?P<day>\d\d))?)?")


def stretch(text: str) -> str:
    """Give the day, month or year that a query is, as EDTF; empty when it is none."""
    typed = _folded(text)
    for pattern in (ISO, CHINESE, DAY_FIRST, MONTH_FIRST):
        if match := pattern.fullmatch(typed):
            return _edtf(match["year"], match["month"], match["day"])
    return ""


def _edtf(year: str, month: str | None, day: str | None) -> str:
    if month and not month.isdecimal():
        month = _months().get(month)
        if month is None:
            return ""
    parts = [year, *(part.zfill(2) for part in (month, day) if part)]
    try:
        return edtf.parse("-".join(parts)).text
    except edtf.EdtfError:
        return ""


@cache
def _months() -> dict[str, str]:
    """Map the names of the months in every language, whole and short, to their numbers."""
    return {
        _folded(name).rstrip("."): str(number)
        for language in words.LANGUAGES
        for width in ("wide", "abbreviated")
        for number, name in Locale(language).months["format"][width].items()
    }


def _folded(text: str) -> str:
    """Drop case and accents, and keep the marks that a date is written with."""
    return " ".join(
        "".join(
            part if part in "-., " else words.fold(part) for part in re.split(r"([-., ])", words.clean(text))
        ).split()
    )
