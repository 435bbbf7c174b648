"""Gauges beside answers: every amount and date finds its place, in proportion."""

import re
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entities.pictures import gauges

amounts = st.lists(
    st.decimals(-(10**15), 10**15, places=4, allow_nan=False, allow_infinity=False), min_size=2, max_size=30
)


def scale(*values: str) -> gauges.Scale:
    found = gauges.scale(map(Decimal, values))
    assert found is not None
    return found


def extent(found: gauges.Scale, value: str) -> tuple[float, float]:
    start, length = found.extent(Decimal(value))
    return round(start, 4), round(length, 4)


@given(amounts)
def test_every_bar_is_inside_and_the_largest_fills_its_side(values: list[Decimal]) -> None:
    found = gauges.scale(values)
    if found is None:
        assert not any(values)
        return
    for value in values:
        start, length = found.extent(value)
        assert -1e-9 <= start <= start + length <= 1 + 1e-9
    size, largest = max((abs(value), value) for value in values)
    start, length = found.extent(largest)
    others = max((found.extent(value)[1] for value in values if (value < 0) != (largest < 0)), default=0)
    assert length >= others - 1e-9
    assert size == found.largest


@given(amounts)
def test_a_larger_amount_never_has_a_shorter_bar(values: list[Decimal]) -> None:
    found = gauges.scale(values)
    if found is not None:
        lengths = [found.extent(value)[1] for value in sorted(values, key=abs)]
        assert all(one <= other + 1e-9 for one, other in pairwise(lengths))


def test_bars_are_in_proportion() -> None:
    found = scale("2048", "50000", "10000")
    assert [extent(found, value)[1] for value in ("50000", "10000", "2048")] == [1, 0.2, 0.041]
    assert (found.zero, found.marks(), found.first_power) == (0, [], None)


@pytest.mark.parametrize(
    ("values", "first_power"),
    [
        (["1", "1000"], None),
        (["1", "1001"], -1),
        (["2", "2001"], 0),
        (["0", "5"], None),
        (["0", "2", "4000"], 0),
        (["0.003", "30"], -3),
    ],
)
def test_a_range_of_more_than_a_thousand_is_drawn_by_powers_of_ten(values: list[str], first_power: int | None) -> None:
    assert scale(*values).first_power == first_power


def test_a_logarithmic_bar_grows_by_the_same_step_with_each_power() -> None:
    found = scale("100", "1000000")
    assert [round(found.extent(Decimal(10) ** power)[1], 3) for power in range(2, 7)] == [0.2, 0.4, 0.6, 0.8, 1]
    assert [round(mark, 3) for mark in found.marks()] == [0.2, 0.4, 0.6, 0.8]
    assert found.start == 10
    assert extent(scale("0", "100", "1000000"), "0") == (0, 0)


def test_losses_alone_are_drawn_by_their_size() -> None:
    found = scale("-560", "-280")
    assert found.is_of_losses
    assert (extent(found, "-560"), extent(found, "-280")) == ((0, 1), (0, 0.5))
    assert not found.is_mixed


def test_losses_beside_gains_lead_to_the_left_of_zero() -> None:
    found = scale("-17", "8.5")
    assert found.is_mixed
    assert round(found.zero, 4) == 0.6667
    assert (extent(found, "-17"), extent(found, "8.5")) == ((0, 0.6667), (0.6667, 0.3333))
    assert scale("-1", "100000").marks() == sorted(scale("-1", "100000").marks())


@pytest.mark.parametrize("values", [[], ["5"], ["0", "0"]])
def test_without_two_amounts_or_with_nothing_but_zeros_there_is_no_scale(values: list[str]) -> None:
    assert gauges.scale(map(Decimal, values)) is None


# Dates

days = st.dates()
spans = st.lists(st.tuples(days, days).map(sorted).map(tuple), min_size=2, max_size=20)


@given(spans)
def test_every_band_is_inside_its_line_in_order_and_of_some_length(found: list[tuple[date, date]]) -> None:
    line = gauges.line(found)
    assert line is not None
    extents = [line.extent(first, last) for first, last in sorted(found)]
    for start, length in extents:
        assert 0 <= start < start + length <= 1 + 1e-9
    assert extents == sorted(extents, key=lambda each: each[0])
    assert all(0 < mark < 1 for mark in line.marks())
    assert len(line.marks()) <= 12


@pytest.mark.parametrize(
    ("first", "last", "line", "marks"),
    [
        (date(2025, 1, 26), date(2025, 1, 27), (date(2025, 1, 1), date(2025, 1, 31)), 0),
        (date(2024, 12, 26), date(2025, 1, 10), (date(2024, 12, 1), date(2025, 1, 31)), 1),
        (date(2015, 1, 1), date(2016, 2, 29), (date(2015, 1, 1), date(2016, 12, 31)), 1),
        (date(1987, 1, 1), date(2023, 5, 1), (date(1987, 1, 1), date(2023, 12, 31)), 4),
        (date(1, 1, 1), date(9999, 12, 31), (date(1, 1, 1), date(9999, 12, 31)), 9),
    ],
)
def test_a_line_is_of_whole_months_or_years(first: date, last: date, line: tuple[date, date], marks: int) -> None:
    found = gauges.line([(first, first), (last, last)])
    assert found == gauges.Line(*line)
    assert len(found.marks()) == marks


def test_an_open_end_reaches_the_end_of_the_line() -> None:
    line = gauges.line([(date(2015, 1, 1), date(2015, 12, 31)), (date(2016, 1, 1), None)])
    assert line == gauges.Line(date(2015, 1, 1), date(2016, 12, 31))
    start, length = line.extent(date(2016, 1, 1), date.max)
    assert round(start + length, 6) == 1


def test_one_date_has_no_line() -> None:
    assert gauges.line([(date(2015, 1, 1), date(2015, 12, 31))]) is None
    assert gauges.line([(None, None), (None, None)]) is None


# Drawings


def test_a_drawing_is_for_the_eye_alone_and_the_same_each_time() -> None:
    drawn = [gauges.bar((0.25, 0.5), 0.25, [0.5], bound="exact", look="choice") for _twice in range(2)]
    assert drawn[0] == drawn[1]
    assert 'aria-hidden="true"' in drawn[0]
    assert "style=" not in drawn[0]
    assert 'class="gauge gauge--exact gauge--choice"' in drawn[0]


@pytest.mark.parametrize(
    ("bound", "place", "tip"),
    [("at-least", (0.5, 0.4), "87.30%"), ("at-least", (0.1, 0.4), "9.70%"), ("at-most", (0.5, 0.4), None)],
)
def test_an_arrow_stands_where_more_may_follow(bound: str, place: tuple[float, float], tip: str | None) -> None:
    drawn = gauges.bar(place, 0.5, [], bound=bound, look="other")
    found = re.search(r'<svg x="([^"]+)"', drawn)
    assert (found[1] if found else None) == tip
