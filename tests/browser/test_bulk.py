"""Merging and spreadsheets in a real browser: by keyboard, without scripts, taken back; no barrier in either scheme."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from entities.models import KINDS, Claim, Entity
from tests import desk, factories
from tests.browser.audit import barriers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def log_in(page: Page) -> None:
    # The tests before this one may have emptied the tables, and the roles went with them.
    User.objects.create_superuser("chief", password="a long password")
    page.goto("/admin/")
    page.get_by_label("Username").fill("chief")
    page.get_by_label("Password").fill("a long password")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("button", name="Log out")).to_be_visible()


@pytest.fixture
def firm(high_flyer: Entity) -> Any:
    return KINDS["company"].objects.get(pk=high_flyer.pk)


@pytest.fixture
def twin(high_flyer: Entity, claim: Claim) -> Entity:
    twin = factories.entity("company", "hquant", name="Hquant", summary="A fund.")
    factories.claim(twin, statement="It trades.")
    claim.mentions.add(twin, high_flyer)
    high_flyer.summary = "A hedge fund."
    high_flyer.save()
    return twin


def test_a_merge_is_made_with_the_look_up_and_undone(page: Page, firm: Any, twin: Entity) -> None:
    log_in(page)
    page.goto(desk.address(firm, "change"))
    page.get_by_role("link", name="Merge", exact=True).click()
    page.locator("#id_other + .select2 .select2-selection").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".select2-container--open .select2-search__field")).to_be_focused()
    expect(page.locator(".select2-results__option[aria-selected]").first).to_be_visible()
    page.keyboard.type("Hquant")
    expect(page.locator(".select2-results__option--highlighted")).to_have_text("Hquant")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Show what merging would do").click()
    expect(page.get_by_text("1 claim about it moves.")).to_be_visible()
    page.get_by_label("Reason").fill("One firm.")
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(page.locator(".messagelist .success")).to_contain_text("was merged into this record")
    page.goto("/companies/hquant/")
    expect(page).to_have_url("/companies/high-flyer/")
    page.goto(desk.address(firm, "merge"))
    page.get_by_role("link", name="Hquant", exact=True).click()
    page.get_by_label("Reason").fill("Two firms.")
    page.get_by_role("button", name="Undo the merge").click()
    expect(page.locator(".messagelist .success")).to_contain_text("is back")
    page.goto("/companies/hquant/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hquant")
    expect(page).to_have_url("/companies/hquant/")


def test_two_ticked_records_are_merged_without_scripts(
    chromium: Browser, live_server: LiveServer, firm: Any, twin: Entity
) -> None:
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    log_in(page)
    page.goto(desk.address(KINDS["company"], "changelist"))
    for box in page.locator("input.action-select").all():
        box.check()
    page.get_by_label("Action:").select_option("Merge the two selected records")
    page.get_by_role("button", name="Go").click()
    page.get_by_role("link", name="Keep the other one instead").click()
    page.get_by_label("Reason").fill("One firm.")
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(page.locator(".messagelist .success")).to_contain_text("was merged into this record")
    context.close()
    assert Entity.objects.filter(kind="company").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_no_barrier_in_merging(page: Page, scheme: Any, width: int, firm: Any, twin: Entity) -> None:
    log_in(page)
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    found = {}

    def look() -> None:
        if broken := barriers(page):
            found[page.url] = broken
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.goto(f"{desk.address(firm, 'merge')}?other={twin.pk}")
    look()
    page.get_by_label("Reason").fill("One firm.")
    page.get_by_role("button", name="Merge", exact=True).click()
    page.get_by_role("link", name="Undo", exact=True).click()
    expect(page.get_by_role("button", name="Undo the merge")).to_be_visible()
    look()
    page.goto("/admin/articles/merge/")
    look()
    assert found == {}


SHEET = "subject;statement_en;lane\ndeepseek-r1;It is out.;{lane}\n"


def send(page: Page, lane: str) -> None:
    file: Any = {"name": "claims.csv", "mimeType": "text/csv", "buffer": SHEET.format(lane=lane).encode()}
    page.get_by_label("Spreadsheet").set_input_files(file)
    page.get_by_role("button", name="Show what the import would do").click()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_spreadsheet_is_corrected_and_imported(
    chromium: Browser, live_server: LiveServer, r1: Entity, scripts: bool
) -> None:
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=scripts)
    page = context.new_page()
    log_in(page)
    page.goto(desk.address(Claim, "changelist"))
    page.get_by_role("link", name="Import from CSV").click()
    send(page, "moon")
    expect(page.get_by_text("row 2, lane “moon”")).to_be_visible()
    expect(page.get_by_label("Reason")).to_have_count(0)
    send(page, "")
    expect(page.get_by_text("1 claim would be made, as a draft.")).to_be_visible()
    page.get_by_label("Reason").fill("From the register.")
    page.get_by_label("Reason").press("Enter")
    expect(page.locator(".messagelist .success")).to_contain_text("1 claim was imported as a draft.")
    expect(page.get_by_role("link", name="It is out.")).to_be_visible()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_no_barrier_in_importing(page: Page, scheme: Any, width: int, r1: Entity) -> None:
    log_in(page)
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.goto("/admin/entities/claim/import/")
    found = []
    for lane, words in (
        ("moon", "Nothing is imported while a row is refused."),
        ("", "1 claim would be made, as a draft."),
    ):
        send(page, lane)
        expect(page.get_by_text(words)).to_be_visible()
        found += barriers(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert found == []
