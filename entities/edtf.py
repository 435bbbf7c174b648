"""Partial dates: EDTF text in, its canonical form, first and last day, and wording out."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from django.utils.translation import get_language, pgettext, pgettext_lazy, to_locale
from django.utils.translation import gettext as _

# Sentinels, so that an open interval sorts and compares like any other; never do arithmetic on them.
OPEN_START = date.min
OPEN_END = date.max

# Ten years in a set fit; hostile text costs nothing.
MAX_LENGTH = 60

OPEN = ".."
FIRST_MONTH_OF_SEASON = {21: 3, 22: 6, 23: 9, 24: 12}
FIRST_MONTH_OF_QUARTER = {33: 1, 34: 4, 35: 7, 36: 10}

# ASCII digits only: \d would accept those of every script.
POINT = re.compile(r"(?:([0-9]{3})X|([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?)([~?%]?)")

# A year, month or day that every format knows; 21 to 36 in the place of a month are seasons and quarters.
PLAIN = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2])(-[0-9]{2})?)?")

Precision = Literal["decade", "year", "season", "quarter", "month", "day"]

# The CLDR skeletons whose ends may share a month or a year: "24–28 February 2025".
SKELETONS: dict[Precision, str] = {"year": "y", "month": "yMMM", "day": "yMMMd"}

# Keyed by the first month.
SEASONS = {
    3: pgettext_lazy("season alone", "spring %(year)s"),
    6: pgettext_lazy("season alone", "summer %(year)s"),
    9: pgettext_lazy("season alone", "autumn %(year)s"),
    12: pgettext_lazy("season alone", "winter %(year)s"),
}
# Apart from the above because French needs the article here: "depuis l'hiver 2025".
SEASONS_IN_SENTENCE = {
    3: pgettext_lazy("season after about, since, until", "spring %(year)s"),
    6: pgettext_lazy("season after about, since, until", "summer %(year)s"),
    9: pgettext_lazy("season after about, since, until", "autumn %(year)s"),
    12: pgettext_lazy("season after about, since, until", "winter %(year)s"),
}
QUARTERS = {
    1: pgettext_lazy("quarter alone", "first quarter of %(year)s"),
    4: pgettext_lazy("quarter alone", "second quarter of %(year)s"),
    7: pgettext_lazy("quarter alone", "third quarter of %(year)s"),
    10: pgettext_lazy("quarter alone", "fourth quarter of %(year)s"),
}


class EdtfError(ValueError):
    """A text is not a date of this subset; the message says why, in one sentence of the active language."""


@dataclass(frozen=True, slots=True)
class Edtf:
    """A partial date: its canonical text and the first and last day it may mean, both included.

    An open end is OPEN_START or OPEN_END; ask `has_open_start` and `has_open_end`, since the years 0001 and 9999
    reach the same days.
    """

    text: str
    earliest: date
    latest: date

    def __str__(self) -> str:
        return self.text

    @property
    def is_approximate(self) -> bool:
        return "~" in self.text or "%" in self.text

    @property
    def is_uncertain(self) -> bool:
        return "?" in self.text or "%" in self.text

    @property
    def has_open_start(self) -> bool:
        return self.text.startswith(OPEN)

    @property
    def has_open_end(self) -> bool:
        return self.text.endswith(OPEN)


class Point(NamedTuple):
    """One date without interval or set; `qualifier` is "~", "?", "%" or empty."""

    precision: Precision
    earliest: date
    latest: date
    qualifier: str

    @property
    def is_approximate(self) -> bool:
        return self.qualifier in ("~", "%")

    @property
    def is_uncertain(self) -> bool:
        return self.qualifier in ("?", "%")


def parse(text: str) -> Edtf:
    """Read a date; white space around it and after the commas of a set is dropped, nothing else is changed.

    Seasons are those of the northern hemisphere by whole months: spring March to May, summer June to August, autumn
    September to November, winter December of the named year to February of the next, because EDTF numbers winter
    last.

    Raises:
        EdtfError: the text is not in the subset, or names a day that does not exist.
    """
    text = text.strip()
    if len(text) > MAX_LENGTH:
        raise EdtfError(_("a date has at most %(count)s characters") % {"count": MAX_LENGTH})
    if "/" in text:
        return _parse_interval(text)
    if text.startswith("["):
        return _parse_set(text)
    point = _parse_point(text)
    return Edtf(text, point.earliest, point.latest)


def describe(when: str | Edtf, *, short: bool = False) -> str:
    """Word a date as people write it in the active language; `short` abbreviates the month.

    Raises:
        EdtfError: `when` is text that does not parse.
    """
    text = (parse(when) if isinstance(when, str) else when).text
    if text.startswith("["):
        dates = [_in_words(_parse_point(item), short) for item in text[1:-1].split(",")]
        return format_list(dates, style="or", locale=_locale())
    start, slash, end = text.partition("/")
    if not slash:
        return _in_words(_parse_point(text), short)
    if start == OPEN:
        return _until(_parse_point(end), short)
    if end == OPEN:
        return _since(_parse_point(start), short)
    return _from_to(_parse_point(start), _parse_point(end), short)


def plain(text: str) -> str:
    """Give an EDTF date that is a plain one, as HTML and other formats know them; else nothing."""
    return text if PLAIN.fullmatch(text) else ""


def month_names() -> list[str]:
    """List the short names of the twelve months in the active language."""
    names = _locale().months["stand-alone"]["abbreviated"]
    return [str(names[month]) for month in range(1, 13)]


def _parse_point(text: str) -> Point:
    match = POINT.fullmatch(text)
    if match is None:
        raise _not_a_date(text)
    decade, year_digits, month_digits, day_digits, qualifier = match.groups()
    year = int(year_digits or decade + "0")
    if year == 0:
        raise EdtfError(_("“%(text)s” is out of range: years run from 0001 to 9999") % {"text": text})
    if decade:
        return Point("decade", date(year, 1, 1), date(year + 9, 12, 31), qualifier)
    if not month_digits:
        return Point("year", date(year, 1, 1), date(year, 12, 31), qualifier)
    month = int(month_digits)
    if day_digits and 1 <= month <= 12:
        try:
            day = date(year, month, int(day_digits))
        except ValueError:
            raise EdtfError(_("“%(text)s” has no day %(day)s") % {"text": text, "day": day_digits}) from None
        return Point("day", day, day, qualifier)
    if 1 <= month <= 12:
        return Point("month", date(year, month, 1), date(year, month, monthrange(year, month)[1]), qualifier)
    if month in FIRST_MONTH_OF_SEASON and not day_digits:
        return Point("season", *_three_months(text, year, FIRST_MONTH_OF_SEASON[month]), qualifier)
    if month in FIRST_MONTH_OF_QUARTER and not day_digits:
        return Point("quarter", *_three_months(text, year, FIRST_MONTH_OF_QUARTER[month]), qualifier)
    raise EdtfError(_("“%(text)s” has no month %(month)s") % {"text": text, "month": month_digits})


def _three_months(text: str, year: int, month: int) -> tuple[date, date]:
    first = date(year, month, 1)
    if month + 2 <= 12:
        return first, date(year, month + 2, monthrange(year, month + 2)[1])
    if year == date.max.year:
        raise EdtfError(_("“%(text)s” ends after the year 9999") % {"text": text})
    return first, date(year + 1, month - 9, 1) - timedelta(days=1)


def _parse_interval(text: str) -> Edtf:
    if "[" in text or "]" in text:
        raise EdtfError(_("an interval and a set of dates cannot be combined"))
    if text.count("/") > 1:
        raise EdtfError(_("an interval has only one “/”"))
    start, end = text.split("/")
    if not start or not end:
        raise EdtfError(_("the open end of an interval is written “..”"))
    if start == end == OPEN:
        raise EdtfError(_("an interval must have a start or an end"))
    earliest = OPEN_START if start == OPEN else _parse_point(start).earliest
    latest = OPEN_END if end == OPEN else _parse_point(end).latest
    if latest < earliest:
        raise EdtfError(_("an interval must not end before it starts"))
    return Edtf(text, earliest, latest)


def _parse_set(text: str) -> Edtf:
    if not text.endswith("]"):
        raise EdtfError(_("a set of dates ends with “]”"))
    items = [item.strip() for item in text[1:-1].split(",")]
    points = [_parse_point(item) for item in items]
    if len(points) < 2:
        raise EdtfError(_("a set names at least two dates"))
    if any(point.qualifier for point in points):
        raise EdtfError(_("a date of a set cannot be approximate or uncertain"))
    if len(set(items)) < len(items):
        raise EdtfError(_("a set names each date once"))
    return Edtf(f"[{','.join(items)}]", min(p.earliest for p in points), max(p.latest for p in points))


def _not_a_date(text: str) -> EdtfError:
    if not text:
        return EdtfError(_("a date is missing: write 2025, 2025-01 or 2025-01-27"))
    # Control and direction characters could upset the page that shows the message.
    shown = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
    return EdtfError(_("“%(text)s” is not a date: write 2025, 2025-01 or 2025-01-27") % {"text": shown})


def _in_words(point: Point, short: bool) -> str:
    if not point.is_approximate:
        return _with_doubt(point, _alone(point, short))
    # Translators: the date comes with its article where there is one ("vers le 20 janvier 2025").
    words = pgettext("date", "about %(date)s") % {"date": _in_sentence(point, short)}
    return _with_doubt(point, words)


def _since(point: Point, short: bool) -> str:
    values = {"date": _in_sentence(point, short)}
    if point.is_approximate:
        return _with_doubt(point, pgettext("date", "since about %(date)s") % values)
    return _with_doubt(point, pgettext("date", "since %(date)s") % values)


def _until(point: Point, short: bool) -> str:
    alone, in_sentence = {"date": _alone(point, short)}, {"date": _in_sentence(point, short)}
    if point.is_approximate:
        words = pgettext("date", "until about %(date)s") % in_sentence
    elif point.precision == "day":
        # Translators: the day comes without article ("jusqu'au 29 janvier 2025").
        words = pgettext("day", "until %(date)s") % alone
    elif point.precision in ("month", "year"):
        words = pgettext("month or year", "until %(date)s") % alone
    else:
        # Translators: the period comes with its article ("jusque dans les années 2020").
        words = pgettext("season, quarter or decade", "until %(date)s") % in_sentence
    return _with_doubt(point, words)


def _from_to(start: Point, end: Point, short: bool) -> str:
    locale = _locale()
    skeleton = SKELETONS.get(start.precision)
    if skeleton is None or start.precision != end.precision or start.qualifier or end.qualifier:
        pattern = locale.interval_formats[None].replace("\N{THIN SPACE}", " ")
        return str(pattern.format(_in_words(start, short), _in_words(end, short)))
    if start.earliest == end.earliest:
        return _alone(start, short)
    if start.earliest.year != end.earliest.year:
        difference = "y"
    elif start.earliest.month != end.earliest.month:
        difference = "M"
    else:
        difference = "d"
    first, last = locale.interval_formats[skeleton][difference]
    # A dash between single words or numbers is tight, between groups of words it is spaced.
    first = first.replace("\N{THIN SPACE}", " " if " " in first else "")
    return _by_pattern(start.earliest, first, short) + _by_pattern(end.earliest, last, short)


def _with_doubt(point: Point, words: str) -> str:
    return pgettext("date", "%(date)s (uncertain)") % {"date": words} if point.is_uncertain else words


def _alone(point: Point, short: bool) -> str:
    year = {"year": point.earliest.year}
    match point.precision:
        case "decade":
            # Translators: 2020s
            return pgettext("decade", "%(year)ss") % year
        case "season":
            return SEASONS[point.earliest.month] % year
        case "quarter":
            return QUARTERS[point.earliest.month] % year
        case precision:
            skeleton = _locale().datetime_skeletons[SKELETONS[precision]]
            return _by_pattern(point.earliest, skeleton.pattern, short)


def _in_sentence(point: Point, short: bool) -> str:
    """Word a point as it stands after "about", "since" or "until", with an article where the language has one."""
    alone = {"date": _alone(point, short)}
    match point.precision:
        case "day":
            return pgettext("day after about, since", "%(date)s") % alone
        case "decade":
            return pgettext("decade after about, since, until", "the %(date)s") % alone
        case "quarter":
            return pgettext("quarter after about, since, until", "the %(date)s") % alone
        case "season":
            return SEASONS_IN_SENTENCE[point.earliest.month] % {"year": point.earliest.year}
        case _:
            return alone["date"]


def _by_pattern(day: date, pattern: str, short: bool) -> str:
    if not short:
        pattern = pattern.replace("MMM", "MMMM")
    if day.day == 1:
        # Translators: "1er" in French.
        first = pgettext("first day of a month", "1")
        pattern = pattern.replace("d", f"'{first}'", 1)
    return format_date(day, pattern, locale=_locale())


def _locale() -> Locale:
    return _locale_of(get_language() or "en")


@lru_cache
def _locale_of(language: str) -> Locale:
    # British patterns put the day first, as the site does in English.
    return Locale.parse("en_GB" if language.partition("-")[0] == "en" else to_locale(language))
