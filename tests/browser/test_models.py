"""The models in a real browser: a table that scrolls in its own box, a lineage that is whole at every width."""

from itertools import combinations
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.audit import DESKTOP, PHONE, assert_no_barrier, overflow_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("committed_story"),
]
CHOSEN = "/fr/models/?column=price&column=licence&column=released&sort=-released&developer=deepseek"
# Each page with the part of it that is looked at.
PAGES = {"/models/": "body", CHOSEN: "body", "/fr/models/deepseek-r1/": "[aria-labelledby=lineage]"}
PICTURES = "svg.lineage"
# The painted words of the drawing that is shown, each with its box, and the size of its letters; descenders are air.
WORDS = """
svgs => svgs.filter(svg => svg.checkVisibility()).flatMap(svg => [...svg.querySelectorAll("text")].map(text => {
  const box = text.getBoundingClientRect(), frame = svg.getBoundingClientRect()
  return {words: text.textContent, left: box.left, right: box.right, top: box.top + 2, bottom: box.bottom - 2,
          size: parseFloat(getComputedStyle(text).fontSize) * svg.getScreenCTM().a,
          inside: box.left >= frame.left - 1 && box.right <= frame.right + 1 && box.bottom <= frame.bottom + 1}
}))
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_barrier(page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    for address, part in PAGES.items():
        assert_no_barrier(page, [address], part=part, widths=(PHONE, DESKTOP))


@pytest.mark.parametrize("width", [320, 390, 700, 1060, 1280])
def test_the_lineage_is_readable_and_the_page_does_not_scroll_sideways(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for address in PAGES:
        page.goto(address)
        assert overflow_of(page, width) <= 0, address
        words = page.locator(PICTURES).evaluate_all(WORDS)
        assert len(words) > 10, address
        assert min(each["size"] for each in words) >= 10.5
        assert [each["words"] for each in words if not each["inside"]] == [], address
        overlapping = [
            (a["words"], b["words"])
            for a, b in combinations(words, 2)
            if a["left"] < b["right"] and b["left"] < a["right"] and a["top"] < b["bottom"] and b["top"] < a["bottom"]
        ]
        assert overlapping == [], address


def test_the_table_scrolls_in_a_box_that_the_keyboard_reaches_and_keeps_the_names(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/models/")
    box = page.get_by_role("group", name="Compared")
    name = page.locator("#deepseek-r1")
    before = name.bounding_box()
    box.focus()
    page.keyboard.press("ArrowRight")
    expect(box).to_be_focused()
    page.wait_for_function("box => box.scrollLeft > 20", arg=box.element_handle())
    after = name.bounding_box()
    assert before
    assert after
    assert abs(before["x"] - after["x"]) < 1


def test_paper_gets_the_wide_drawing(page: Page) -> None:
    page.goto("/models/")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 672, "height": 900})
    assert page.locator("div.storyline__wide").is_visible()
    assert not page.locator("div.storyline__narrow").is_visible()
    assert overflow_of(page, 672) <= 0


@pytest.mark.parametrize("width", [390, 1280])
def test_without_scripts_columns_are_chosen_and_marks_are_links(
    chromium: Browser, live_server: LiveServer, width: int
) -> None:
    context = chromium.new_context(
        base_url=live_server.url, java_script_enabled=False, viewport={"width": width, "height": 800}
    )
    page = context.new_page()
    page.goto("/models/")
    page.get_by_text("Choose models and columns").click()
    for slug in page.locator("input[name=column]:checked").evaluate_all("boxes => boxes.map(box => box.value)"):
        page.locator(f"input[name=column][value={slug}]").uncheck()
    page.get_by_role("checkbox", name="AIME 2024 score").check()
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url("**column=score-aime-2024**")
    expect(page.get_by_role("columnheader")).to_have_count(2)
    page.get_by_role("link", name="AIME 2024 score").click()
    page.wait_for_url("**sort=-score-aime-2024**")
    expect(page.get_by_role("columnheader", name="AIME 2024 score")).to_have_attribute("aria-sort", "descending")
    page.get_by_role("link", name="DeepSeek-V3.1, 21 Aug 2025").locator("visible=true").click()
    page.wait_for_url("**/models/deepseek-v3-1/")
    context.close()
