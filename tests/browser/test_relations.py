"""The map and the neighbourhoods in a real browser: no barrier, no overlap, readable on a phone."""

from itertools import combinations
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.audit import assert_no_barrier, overflow_of
from tests.drawing import Box

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("committed_story"),
]
ADDRESSES = [
    "/relationships/",
    "/relationships/?year=2023",
    "/fr/relationships/?kind=idea",
    "/models/deepseek-v2/",
    "/companies/wiz/",
    "/fr/people/liang-wenfeng/",
]
PICTURE = ":is(.picture--ring, .picture--network)"
CROWDED = ["/companies/deepseek/", "/fr/models/deepseek-r1/"]
# The lines of a picture where they are painted; capitals and descenders leave a little of their boxes free.
LINES = """
svg => [...svg.querySelectorAll("text")].flatMap(text =>
  (text.children.length ? [...text.children] : [text]).map(line => {
    const box = line.tagName === "text" ? line.getBBox() : new DOMRect(
      line.getStartPositionOfChar(0).x, line.getStartPositionOfChar(0).y - 9, line.getComputedTextLength(), 11)
    return [line.textContent, box.x, box.x + box.width, box.y + 2, box.y + box.height - 2]
  }))
"""
SIZES = """
svg => [...svg.querySelectorAll("text")].map(text => parseFloat(getComputedStyle(text).fontSize) * svg.getScreenCTM().a)
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_barrier(page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    assert_no_barrier(page, ADDRESSES)


def test_painted_words_do_not_overlap(page: Page) -> None:
    for address in [*ADDRESSES, *CROWDED]:
        page.goto(address)
        lines = [Box(*line) for line in page.locator(PICTURE).evaluate(LINES)]
        assert lines
        assert [(one.words, other.words) for one, other in combinations(lines, 2) if one.overlaps(other)] == []


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_words_stay_readable_and_the_page_does_not_scroll_sideways(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for address in ADDRESSES:
        page.goto(address)
        assert min(page.locator(PICTURE).evaluate(SIZES)) > 10.9, address
        assert overflow_of(page, width) <= 0, address


def test_resting_on_a_name_brings_out_its_links(page: Page) -> None:
    page.goto("/relationships/")
    name = page.locator(".picture--network a[href='/companies/wiz/']")
    ties = name.locator("xpath=following-sibling::*[1]")
    expect(ties).to_have_css("visibility", "hidden")
    name.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(ties).to_have_css("visibility", "visible")


def test_the_map_scrolls_in_a_box_that_the_keyboard_reaches(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/relationships/")
    box = page.get_by_role("region", name="Who and what is linked")
    box.focus()
    page.keyboard.press("ArrowRight")
    expect(box).to_be_focused()
    page.wait_for_function("box => box.scrollLeft > 0", arg=box.element_handle())
