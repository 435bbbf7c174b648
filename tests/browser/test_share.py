"""The share row in a real browser: with scripts it copies, without them its fields are there to select."""

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from entities.models import Claim

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_address_is_copied(page: Page, claim: Claim) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/models/deepseek-r1/")
    page.get_by_text("Link", exact=True).click()
    panel = page.locator(".share__part[open]")
    panel.get_by_role("button", name="Copy").click()
    expect(panel.get_by_role("status")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_the_parts_open_by_keyboard_and_one_at_a_time(page: Page, claim: Claim) -> None:
    page.goto("/models/deepseek-r1/")
    page.get_by_text("Link", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Address of this page")).to_be_visible()
    page.get_by_text("Cite", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("How to cite this page")).to_be_visible()
    expect(page.get_by_label("Address of this page")).to_be_hidden()


def test_the_code_of_an_embed_is_copied(page: Page, claim: Claim) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(claim.get_absolute_url())
    page.get_by_text("Embed", exact=True).click()
    panel = page.locator(".share__part[open]")
    panel.get_by_role("button", name="Copy").click()
    expect(panel.get_by_role("status")).to_have_text("Copied.")
    code = page.evaluate("navigator.clipboard.readText()")
    assert code == panel.get_by_label("The claim with its evidence").input_value()
    assert 'src="' + page.url.replace("/claims/", "/embed/claims/") + '"' in code


def test_the_timeline_is_embedded_with_its_filters(chromium: Browser, live_server: LiveServer, claim: Claim) -> None:
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/timeline/?lane=models")
    page.get_by_text("Embed", exact=True).click()
    code = page.get_by_label("The timeline with these filters").input_value()
    assert f'src="{live_server.url}/embed/timeline/?lane=models"' in code
    context.close()


def test_without_scripts_there_is_a_field_to_select_and_no_dead_button(
    chromium: Browser, live_server: LiveServer, claim: Claim
) -> None:
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(claim.get_absolute_url())
    page.get_by_text("Link", exact=True).click()
    expect(page.get_by_label("Address of this page")).to_have_value(page.url)
    expect(page.locator(".share button:visible")).to_have_count(0)
    context.close()
