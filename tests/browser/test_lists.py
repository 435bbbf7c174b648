"""The lists in a real browser: no barrier in either scheme, narrow screens, the keyboard, and no script."""

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.audit import assert_no_barrier, assert_no_sideways_scroll

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("committed_story"),
]
ADDRESSES = [
    "/people/?tag=politics",
    "/claims/?verdict=disputed&sort=oldest",
    "/fr/articles/?kind=paper",
    "/models/?developer=openai",
    "/events/?year=1999",
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_barrier_in_lists(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    assert_no_barrier(page, ADDRESSES)


@pytest.mark.parametrize("width", [320, 390])
def test_no_list_scrolls_sideways_on_a_phone(page: Page, width: int) -> None:
    assert_no_sideways_scroll(page, ADDRESSES, width)


def test_a_phone_leads_to_the_facets_and_shows_what_is_chosen(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/claims/?verdict=disputed")
    chosen = page.locator(".list-tools__chosen")
    expect(chosen).to_contain_text("Disputed")
    page.get_by_role("link", name="Narrow the list").click()
    expect(page.get_by_role("complementary", name="Narrow the list")).to_be_in_viewport()
    page.get_by_role("link", name="Company", exact=False).filter(has=page.locator(".count")).first.press("Enter")
    expect(chosen).to_have_count(2)


def test_the_keyboard_unfolds_chooses_and_takes_back(page: Page) -> None:
    page.goto("/people/")
    facets = page.get_by_role("complementary", name="Narrow the list")
    rare = facets.get_by_role("link", name="Mathematics")
    expect(rare).to_be_hidden()
    facets.get_by_text("more", exact=False).first.press("Enter")
    rare.press("Enter")
    expect(page).to_have_url("/people/?tag=mathematics")
    expect(page.locator(".card")).to_have_count(1)
    facets.get_by_role("link", name="take this filter away").press("Enter")
    expect(page).to_have_url("/people/")


def test_lists_work_without_scripts(chromium: Browser, live_server: LiveServer) -> None:
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/claims/?year=2025&sort=oldest")
    page.get_by_label("Entity").fill("DeepSeek-R1")
    page.get_by_role("button", name="Apply").click()
    expect(page).to_have_url("/claims/?sort=oldest&year=2025&entity=DeepSeek-R1&property=")
    page.get_by_role("link", name="Disputed").first.click()
    expect(page).to_have_url("/claims/?entity=deepseek-r1&sort=oldest&year=2025&verdict=disputed")
    context.close()
