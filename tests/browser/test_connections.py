"""How two entities connect in a real browser: no barrier, readable on a phone, and usable without scripts."""

from itertools import combinations
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.audit import assert_no_barrier, overflow_of
from tests.browser.test_relations import LINES, SIZES
from tests.drawing import Box

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("committed_story"),
]
# One chain, several, a long one, one end alone, none.
CHAINS = [
    "/connections/?from=xi-jinping&to=sam-altman",
    "/fr/connections/?from=liang-wenfeng&to=jensen-huang",
    "/connections/?from=sora&to=spring-festival-2025",
]
ADDRESSES = [*CHAINS, "/connections/", "/fr/connections/?from=liang-wenfeng"]
PICTURE = ".picture--chain"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_barrier(page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    assert_no_barrier(page, ADDRESSES)


def test_painted_words_do_not_overlap(page: Page) -> None:
    for address in CHAINS:
        page.goto(address)
        lines = [Box(*line) for line in page.locator(PICTURE).evaluate(LINES)]
        assert lines
        assert [(one.words, other.words) for one, other in combinations(lines, 2) if one.overlaps(other)] == []


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_words_stay_readable_and_the_page_does_not_scroll_sideways(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for address in ADDRESSES:
        page.goto(address)
        assert overflow_of(page, width) <= 0, address
        for picture in page.locator(PICTURE).all():
            assert min(picture.evaluate(SIZES)) > 10.9, address


def test_choosing_and_following_work_without_scripts(chromium: Browser, live_server: LiveServer) -> None:
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/people/xi-jinping/")
    page.get_by_role("link", name="How does Xi Jinping connect to …?").click()
    expect(page.get_by_label("From", exact=True)).to_have_value("Xi Jinping")
    page.get_by_label("To", exact=True).fill("Sam Altman")
    page.get_by_role("button", name="Show the connection").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How Xi Jinping connects to Sam Altman")
    page.locator(f"{PICTURE} a[href='#hop-2']").click()
    expect(page).to_have_url(f"{live_server.url}/connections/?from=xi-jinping&to=sam-altman#hop-2")
    page.locator(f"{PICTURE} a[href='/people/liang-wenfeng/']").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Liang Wenfeng")
    context.close()
