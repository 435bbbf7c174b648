"""The order of the timeline: claims with a lane, by year and month."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from .models import Claim


@dataclass(frozen=True)
class Month:
    """Claims of one month; `first_day` is None for those that only a year, or several months, are known of."""

    first_day: date | None
    claims: list[Claim]


@dataclass(frozen=True)
class Year:
    number: int
    months: list[Month]


def by_year(claims: Iterable[Claim]) -> list[Year]:
    """Group claims that come ordered by their first day."""
    return [
        Year(year, [Month(month, list(of_month)) for month, of_month in groupby(of_year, key=month_of)])
        for year, of_year in groupby(claims, key=_year_of)
    ]


def month_of(claim: Claim) -> date | None:
    """Give the first day of the month that a claim's date falls into as a whole, else None."""
    first, last = claim.when_earliest, claim.when_latest
    if first is None or last is None or (first.year, first.month) != (last.year, last.month):
        return None
    return first.replace(day=1)


def _year_of(claim: Claim) -> int:
    assert claim.when_earliest is not None
    return claim.when_earliest.year
