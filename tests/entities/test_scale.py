"""Time as a length: in order, without a gap, and with room where much happens."""

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entities.pictures.scale import Scale, Stretch, fit

# Most of them in two months, so that all sorts of stretches occur.
CROWDED = st.dates(date(2024, 12, 20), date(2025, 2, 20))
DAYS = st.one_of(CROWDED, CROWDED, st.dates(date(2015, 1, 1), date(2026, 12, 31)), st.dates())


def scale_of(days: list[date]) -> Scale:
    return fit(days, min(days), max(days))


@given(st.lists(DAYS, min_size=1, max_size=60))
def test_the_stretches_follow_each_other_without_a_gap_and_hold_every_day(days: list[date]) -> None:
    scale = scale_of(days)
    assert scale.first <= min(days)
    assert scale.last >= max(days)
    assert scale.limits[0] == 0
    assert scale.limits[-1] == pytest.approx(1)
    for before, after in pairwise(scale.stretches):
        assert after.first == before.last + timedelta(days=1)


@given(st.lists(DAYS, min_size=2, max_size=60))
def test_a_later_day_stands_further_on(days: list[date]) -> None:
    scale = scale_of(days)
    places = [scale.middle_of(day) for day in sorted(set(days))]
    assert places == sorted(set(places))
    assert all(0 < place < 1 for place in places)


@given(st.lists(DAYS, min_size=1, max_size=60))
def test_within_a_stretch_each_day_is_as_long_as_the_next(days: list[date]) -> None:
    scale = scale_of(days)
    lengths = [
        (end - start) / (stretch.days * stretch.zoom)
        for stretch, (start, end) in zip(scale.stretches, pairwise(scale.limits), strict=True)
    ]
    assert lengths == [pytest.approx(lengths[0])] * len(lengths)
    for stretch in scale.stretches:
        whole = scale.end_of(stretch.first) - scale.start_of(stretch.first)
        assert whole == pytest.approx(lengths[0] * stretch.zoom, abs=1e-12)


@given(st.lists(DAYS, min_size=1, max_size=60), st.floats(0.01, 0.5))
def test_years_and_months_leave_each_other_room(days: list[date], room: float) -> None:
    scale = scale_of(days)
    years = scale.years(room)
    assert years[0] == (scale.first.year, 0)
    assert all(after - before >= room for (_y, before), (_z, after) in pairwise(years))
    assert all(place == scale.start_of(date(year, 1, 1)) for year, place in years[1:])
    for first, place in scale.months(room):
        assert first.day == 1
        assert place == scale.start_of(first)
        assert scale.end_of(first.replace(day=28)) - place >= room - 1e-9


def spread_over(first: date, count: int, step: int) -> list[date]:
    return [first + timedelta(days=step * number) for number in range(count)]


def zooms(days: list[date]) -> list[tuple[str, str, Fraction]]:
    return [(f"{each.first:%Y-%m}", f"{each.last:%Y-%m}", each.zoom) for each in scale_of(days).stretches]


def test_an_even_story_has_one_scale() -> None:
    assert [zoom for _first, _last, zoom in zooms(spread_over(date(2020, 1, 5), 60, 30))] == [1]


def test_a_crowded_stretch_gets_room_about_as_it_has_marks() -> None:
    days = spread_over(date(2023, 1, 5), 24, 30) + spread_over(date(2024, 5, 2), 20, 3)
    (_, _, before), (first, last, zoom), (_, _, after) = zooms(days)
    assert (first, last) == ("2024-05", "2024-06")
    assert before == after == 1
    assert zoom > 5


def test_two_marks_more_do_not_make_a_stretch_crowded() -> None:
    days = spread_over(date(2020, 1, 5), 60, 30)
    assert len(zooms([*days, date(2022, 3, 1), date(2022, 3, 2)])) == 1


def test_a_quiet_beginning_is_drawn_narrower_up_to_a_january() -> None:
    days = [date(1985, 6, 1), *spread_over(date(2023, 1, 5), 30, 30)]
    (first, last, zoom), *_rest = zooms(days)
    assert (first, last) == ("1985-06", "2022-12")
    assert zoom < 1


@pytest.mark.parametrize(
    "days",
    [
        [date(2025, 1, 20)],
        [date(2025, 1, 20)] * 50,
        [date(2015, 1, 1), *[date(2025, 1, 20)] * 6],
        spread_over(date(2025, 1, 1), 40, 1),
    ],
)
def test_few_marks_or_a_short_time_are_drawn_at_one_scale(days: list[date]) -> None:
    assert len(zooms(days)) == 1


def test_what_lies_outside_stands_at_the_end() -> None:
    scale = Scale([Stretch(date(2025, 1, 1), date(2025, 1, 31))])
    assert scale.start_of(date(2024, 12, 31)) == scale.middle_of(date.min) == 0
    assert scale.end_of(date(2025, 2, 1)) == scale.middle_of(date.max) == 1
