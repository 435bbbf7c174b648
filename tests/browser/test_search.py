"""The search field in a real browser: suggestions by keyboard and pointer, and all of it without a script."""

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.audit import assert_no_barrier, assert_no_sideways_scroll, barriers

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("committed_story"),
]
ADDRESSES = [
    "/search/",
    "/search/?q=huanfang",
    "/search/?q=deepseek&kind=claim",
    "/search/?q=xxyzzy",
    "/fr/search/?q=2025-01",
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_barrier_in_results(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    assert_no_barrier(page, ADDRESSES)


@pytest.mark.parametrize("width", [320, 390])
def test_no_results_scroll_sideways_on_a_phone(page: Page, width: int) -> None:
    assert_no_sideways_scroll(page, ADDRESSES, width)


def test_the_keyboard_chooses_a_suggestion(page: Page) -> None:
    page.goto("/about/")
    field = page.get_by_role("combobox", name="Search")
    options = page.get_by_role("option")
    expect(field).to_have_attribute("aria-expanded", "false")
    field.fill("liang wenf")
    expect(options.first).to_contain_text("Liang Wenfeng")
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", "hit-0")
    assert barriers(page) == []
    field.press("Escape")
    expect(options).to_have_count(0)
    expect(field).to_have_value("liang wenf")
    field.fill("liang wenfe")
    expect(options.first).to_be_visible()
    field.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    field.press("ArrowDown")
    field.press("ArrowDown")
    field.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Liang Wenfeng")


def test_keys_that_edit_leave_the_list_alone_and_the_list_opens_again(page: Page) -> None:
    page.goto("/fr/about/")
    field, options = page.get_by_role("combobox"), page.get_by_role("option")
    field.fill("liang")
    expect(options.first).to_be_visible()
    field.press("ArrowDown")
    for key, place in (("Home", 0), ("End", 5), ("ArrowLeft", 4)):
        field.press(key)
        assert field.evaluate("field => field.selectionStart") == place
    expect(options.first).to_have_attribute("aria-selected", "true")
    # From the last suggestion back to what was typed, and round.
    field.press("ArrowUp")
    expect(field).to_have_attribute("aria-activedescendant", "")
    field.press("Escape")
    expect(options).to_have_count(0)
    field.press("ArrowDown")
    expect(options.first).to_be_visible()
    field.press("Tab")
    expect(options).to_have_count(0)
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_role("button", name="Rechercher")).to_be_focused()


def test_keys_of_an_input_method_choose_nothing(page: Page) -> None:
    page.goto("/")
    field = page.get_by_role("combobox")
    field.fill("幻")
    expect(page.get_by_role("option").first).to_be_visible()
    field.press("ArrowDown")
    for key in ("ArrowDown", "Enter", "Escape"):
        field.dispatch_event("keydown", {"key": key, "isComposing": True, "bubbles": True, "cancelable": True})
    expect(field).to_have_attribute("aria-activedescendant", "hit-0")
    expect(page).to_have_url(re.compile("/$"))


def test_an_answer_that_comes_late_opens_no_list_behind_the_readers_back(page: Page) -> None:
    page.goto("/about/")

    def answer_late(route: Route) -> None:
        page.wait_for_timeout(300)
        route.continue_()

    page.route("**/suggest/**", answer_late)
    field = page.get_by_role("combobox")
    field.fill("liang")
    field.press("Tab")
    page.wait_for_timeout(700)
    expect(page.get_by_role("option")).to_have_count(0)


def test_a_click_chooses_a_suggestion(page: Page) -> None:
    page.goto("/fr/")
    page.get_by_role("combobox").fill("幻方")
    page.get_by_role("option").first.click()
    expect(page).to_have_url(re.compile("/fr/companies/high-flyer/$"))


def test_enter_without_a_choice_searches(page: Page) -> None:
    page.goto("/")
    field = page.get_by_role("combobox")
    field.fill("mixture of experts")
    field.press("Enter")
    expect(page.locator(".hit--card")).to_contain_text("Mixture of experts")


def test_the_form_works_without_scripts(chromium: Browser, live_server: LiveServer) -> None:
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_role("searchbox", name="Search").fill("depseek")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".hit").first).to_contain_text("DeepSeek")
    page.locator(".facet").first.click()
    expect(page.locator(".facet[aria-current]")).to_be_visible()
    context.close()
