"""What readers meet in a real browser: no barrier, no sideways scroll, no cookie, nothing from elsewhere."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.audit import DESKTOP, PHONE, assert_no_barrier, assert_no_sideways_scroll

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("committed_story"),
]
ADDRESSES = [
    "/",
    "/people/",
    "/models/",
    "/models/deepseek-r1/",
    "/companies/deepseek/",
    "/companies/high-flyer/",
    "/claims/",
    "/claims/cost-under-6m-whole-model/",
    "/articles/",
    "/articles/cgtn-yang-zhao-deepseek/",
    "/timeline/",
    "/relationships/?property=founded",
    "/compare/",
    "/compare/training-cost/",
    "/compare/gpu-count/?subject=deepseek",
    "/compare/market-value-change/",
    "/compare/parameters-total/",
    "/compare/licence/",
    "/about/",
    "/api/",
    "/fr/",
    "/fr/companies/nvidia/",
    "/fr/timeline/?verdict=disputed",
    "/fr/api/",
    "/fr/compare/founded-on/",
]


@pytest.mark.parametrize(("scheme", "width"), [("light", DESKTOP), ("dark", DESKTOP), ("light", PHONE)])
def test_axe_finds_no_barrier(page: Page, scheme: Any, width: int) -> None:
    page.emulate_media(color_scheme=scheme)
    assert_no_barrier(page, ADDRESSES, widths=[width])


@pytest.mark.parametrize("width", [320, 390])
def test_no_page_scrolls_sideways_on_a_phone(page: Page, width: int) -> None:
    assert_no_sideways_scroll(page, ADDRESSES, width)


@pytest.mark.parametrize(
    ("address", "width", "part"),
    [("/fr/models/deepseek-r1/", 1280, ".facts__row"), ("/fr/about/", 390, ".table-box")],
)
def test_nothing_stands_outside_of_its_box(page: Page, address: str, width: int, part: str) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address)
    outside = "parts => parts.filter(part => part.scrollWidth > part.clientWidth).map(part => part.textContent)"
    assert page.locator(part).count()
    assert page.locator(part).evaluate_all(outside) == []


def test_readers_get_no_cookie_and_no_script_in_the_page(page: Page) -> None:
    scripts = {}
    for address in ADDRESSES:
        page.goto(address)
        # JSON-LD is data: no browser runs it.
        if inline := page.locator("script:not([src], [type='application/ld+json']), [style], [onclick]").count():
            scripts[address] = inline
    assert scripts == {}
    assert page.context.cookies() == []


def test_the_keyboard_reaches_the_content_first(page: Page) -> None:
    page.goto("/models/deepseek-r1/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_a_printed_page_shows_exact_figures_and_no_navigation(page: Page) -> None:
    page.goto("/models/deepseek-r1/")
    page.emulate_media(media="print")
    assert page.locator(".figure-exact").first.is_visible()
    assert not page.locator(".site-nav").is_visible()
