"""What all pictures share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entities.pictures import svg
from tests.factories import HOSTILE


@given(st.text(max_size=60), st.floats(10, 400))
def test_a_shortened_text_fits_or_is_one_letter(text: str, room: float) -> None:
    short = svg.shorten(text, 12, room)
    assert svg.text_width(short, 12) <= room or len(short) <= 2
    assert short == text or short.endswith("…")


@given(st.text(min_size=1, max_size=30), st.text(min_size=1, max_size=30))
def test_widths_add_up(one: str, other: str) -> None:
    both = svg.text_width(one + other, 12)
    assert both == pytest.approx(svg.text_width(one, 12) + svg.text_width(other, 12))


def test_a_chinese_letter_is_as_wide_as_it_is_high() -> None:
    assert svg.text_width("杭州", 12) >= 24


@pytest.mark.parametrize(("value", "text"), [(1.0, "1"), (-0.01, "0"), (2.25, "2.2"), (-3.5, "-3.5"), (10.04, "10")])
def test_coordinates_are_short(value: float, text: str) -> None:
    assert svg.number(value) == text


def test_an_element_escapes_its_content_and_attributes() -> None:
    built = svg.element("text", HOSTILE, class_="label", x=1.0, y=None, text_anchor="middle", data_name=HOSTILE)
    assert "<script>" not in built
    assert built.startswith('<text class="label" x="1" text-anchor="middle" data-name="A &amp; B')


def test_safe_content_stays_markup() -> None:
    assert svg.element("g", svg.element("circle", r=2.0)) == '<g><circle r="2"/></g>'


def test_a_link_is_named_for_eye_and_ear() -> None:
    built = svg.link("/x/", "A & B", svg.element("circle", r=1.0))
    assert built == '<a href="/x/" aria-label="A &amp; B"><title>A &amp; B</title><circle r="1"/></a>'
