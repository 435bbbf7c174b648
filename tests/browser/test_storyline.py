"""The timeline's picture in a real browser: whole at every width, in print, and for the keyboard."""

from itertools import combinations
from typing import Literal

import pytest
from playwright.sync_api import Page

from tests.browser.audit import DESKTOP, PHONE, assert_no_barrier, overflow_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("committed_story"),
]
ADDRESSES = ["/", "/fr/timeline/", "/companies/deepseek/", "/fr/companies/high-flyer/", "/timeline/?lane=press"]
# The painted words of the drawing that is shown, each with its box, and the size of its letters; descenders are air.
WORDS = """
svgs => svgs.filter(svg => svg.checkVisibility()).flatMap(svg => [...svg.querySelectorAll("text")].map(text => {
  const box = text.getBoundingClientRect()
  return {words: text.textContent, left: box.left, right: box.right, top: box.top + 2, bottom: box.bottom - 2,
          size: parseFloat(getComputedStyle(text).fontSize)}
}))
"""


@pytest.mark.parametrize("width", [360, 390, 700, 1060, 1280])
def test_painted_words_are_readable_apart_and_inside_their_picture(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for address in ADDRESSES:
        page.goto(address)
        assert overflow_of(page, width) <= 0, address
        figure = page.locator(".storyline").bounding_box()
        assert figure
        words = page.locator(".storyline svg.lanes").evaluate_all(WORDS)
        assert len(words) > 10, address
        assert min(each["size"] for each in words) >= 11
        outside = [each["words"] for each in words if each["right"] > figure["x"] + figure["width"] + 1]
        assert outside == [], address
        overlapping = [
            (a["words"], b["words"])
            for a, b in combinations(words, 2)
            if a["left"] < b["right"] and b["left"] < a["right"] and a["top"] < b["bottom"] and b["top"] < a["bottom"]
        ]
        assert overlapping == [], address


@pytest.mark.parametrize(
    ("address", "width", "shown"),
    [
        ("/", 390, "narrow"),
        ("/", 1000, "narrow"),
        ("/", 1280, "wide"),
        ("/companies/deepseek/", 390, "narrow"),
        ("/companies/deepseek/", 1280, "wide"),
    ],
)
def test_one_drawing_is_shown_where_it_fits(page: Page, address: str, width: int, shown: str) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address)
    for drawing in ("narrow", "wide"):
        assert page.locator(f"div.storyline__{drawing}").is_visible() == (drawing == shown)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_barrier_in_either_drawing(page: Page, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme)
    assert_no_barrier(page, ADDRESSES, part=".storyline", widths=(PHONE, DESKTOP))


def test_paper_gets_the_lanes(page: Page) -> None:
    page.goto("/")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 672, "height": 900})
    assert page.locator("div.storyline__wide").is_visible()
    assert not page.locator("div.storyline__narrow").is_visible()
    assert overflow_of(page, 672) <= 0


def test_the_keyboard_reaches_a_mark_and_follows_it(page: Page) -> None:
    page.goto("/")
    mark = page.get_by_role("link", name="DeepSeek-R1 is released, 20 January 2025").locator("visible=true")
    mark.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/claims/r1-release/")


def test_each_mark_can_be_hit_where_its_words_are(page: Page) -> None:
    page.goto("/")
    page.get_by_text("OpenAI unveils Sora at Chinese New Year").locator("visible=true").first.click()
    page.wait_for_url("**/claims/seed-sora-previous-new-year/")
