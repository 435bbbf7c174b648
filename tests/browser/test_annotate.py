"""Annotating in a real browser: with the mouse, with the keyboard alone, and without scripts."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from articles import review
from articles.models import Article, Citation, Revision
from entities.models import Claim, Entity
from tests import factories
from tests.browser.audit import barriers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = "DeepSeek put the cost at $5.576M.\nR1 is open. Rivals say R1 is not open.\nEnd."


@pytest.fixture
def text(report: Article) -> Revision:
    return factories.text(report, WORDS)


@pytest.fixture
def cost(r1: Entity) -> Claim:
    claim = factories.claim(r1, statement="V3 cost 5.576 million dollars.")
    Claim.objects.filter(pk=claim.pk).update(verdict="supported")
    return claim


def path(article: Article, page: str = "annotate") -> str:
    return reverse(f"admin:articles_article_{page}", args=[article.pk])


def log_in(page: Page) -> Page:
    User.objects.create_superuser("chief", password="a long password")
    page.goto("/admin/")
    page.get_by_label("Username").fill("chief")
    page.get_by_label("Password").fill("a long password")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("link", name="Log out").or_(page.get_by_role("button", name="Log out"))).to_be_visible()
    return page


@pytest.fixture
def desk_page(page: Page, text: Revision, cost: Claim) -> Page:
    return log_in(page)


def choose_claim(page: Page, words: str) -> None:
    """Look a claim up with the keyboard."""
    page.locator("#id_claim + .select2 .select2-selection").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".select2-container--open .select2-search--dropdown .select2-search__field")).to_be_focused()
    expect(page.locator(".select2-results__option[aria-selected]").first).to_be_visible()
    # The answer to the last letter, and not just the list of all, must have come.
    with page.expect_response(lambda answer: f"term={words}&" in answer.url):
        page.keyboard.type(words)
    expect(page.locator(".select2-results__option--highlighted")).to_have_text("V3 cost 5.576 million dollars.")
    page.keyboard.press("Enter")


def save(page: Page) -> Citation:
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist .success")).to_contain_text("is tied to these words")
    expect(page.locator(".cited")).to_be_visible()
    return Citation.objects.select_related("claim").get()


def test_a_passage_is_annotated_with_the_mouse(desk_page: Page, report: Article, cost: Claim) -> None:
    desk_page.goto(path(report))
    box = desk_page.locator("#paragraph-2").bounding_box()
    assert box
    # The second R1 of the paragraph: its words before it tell it from the first.
    place = desk_page.evaluate(
        """() => {
          const node = document.getElementById("paragraph-2").firstChild, range = document.createRange();
          range.setStart(node, node.data.lastIndexOf("R1")); range.setEnd(node, node.data.length);
          const rect = range.getBoundingClientRect();
          return [rect.left, rect.right, rect.top + rect.height / 2];
        }"""
    )
    desk_page.mouse.move(place[0] + 1, place[2])
    desk_page.mouse.down()
    desk_page.mouse.move(place[0] + 12, place[2])
    desk_page.mouse.move(place[0] + 18, place[2])
    desk_page.mouse.up()
    expect(desk_page.get_by_label("Words of the text")).to_have_value("R1")
    choose_claim(desk_page, "5.576")
    citation = save(desk_page)
    assert (citation.quote, citation.claim.replaces, citation.start) == ("R1", cost, WORDS.rindex("R1"))


def test_a_passage_is_annotated_with_the_keyboard(desk_page: Page, report: Article, cost: Claim) -> None:
    desk_page.goto(path(report))
    desk_page.locator("#passages").focus()
    for _step in range(2):
        desk_page.keyboard.press("ArrowRight")
    for _step in range(2):
        desk_page.keyboard.press("Shift+ArrowRight")
    desk_page.keyboard.press("Enter")
    quote = desk_page.get_by_label("Words of the text")
    expect(quote).to_be_focused()
    expect(quote).to_have_value("put the cost")
    choose_claim(desk_page, "million")
    assert save(desk_page).quote == "put the cost"


def test_a_passage_is_annotated_without_scripts(
    chromium: Browser, live_server: LiveServer, text: Revision, report: Article, cost: Claim
) -> None:
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    page = log_in(context.new_page())
    page.goto(path(report))
    page.get_by_label("Words of the text").fill("R1 is")
    page.get_by_role("button", name="Find these words").click()
    page.get_by_role("radio").nth(1).check()
    page.get_by_label("Search for it").first.fill("million")
    page.get_by_role("button", name="Search", exact=True).first.click()
    page.get_by_label("Claim", exact=True).select_option("V3 cost 5.576 million dollars.")
    expect(page.get_by_role("radio").nth(1)).to_be_checked()
    citation = save(page)
    assert (citation.quote, citation.claim.replaces, citation.start) == ("R1 is", cost, WORDS.rindex("R1 is"))
    context.close()


def test_a_new_claim_is_written_beside_the_words(desk_page: Page, report: Article) -> None:
    desk_page.goto(path(report))
    desk_page.get_by_label("Words of the text").fill("R1 is open")
    desk_page.get_by_text("Or write a new claim").click()
    desk_page.locator("#id_subject + .select2 .select2-selection").click()
    expect(desk_page.locator(".select2-results__option[aria-selected]").first).to_be_visible()
    with desk_page.expect_response(lambda answer: "term=r1&" in answer.url):
        desk_page.keyboard.type("r1")
    expect(desk_page.locator(".select2-results__option--highlighted")).to_have_text("DeepSeek-R1")
    desk_page.keyboard.press("Enter")
    desk_page.get_by_label("Statement [en]").fill("R1 has open weights.")
    assert save(desk_page).claim.status == "draft"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_barrier_on_the_screens_of_a_text(
    desk_page: Page, scheme: Any, report: Article, text: Revision, cost: Claim
) -> None:
    lost = factories.passage(cost, text, "cost at $5.576M", anchor="changed")
    latest = factories.text(report, WORDS.replace("5.576", "6.576"))
    factories.passage(cost, latest, "R1 is open")
    factories.passage(review.propose(factories.claim(cost.subject)), latest, "open. Rivals")
    desk_page.emulate_media(color_scheme=scheme)
    found = {}

    def look(name: str) -> None:
        if broken := barriers(desk_page):
            found[name] = broken

    for address in (path(report), f"{path(report)}?citation={lost.pk}", path(report, "text")):
        desk_page.goto(address)
        look(address)
    desk_page.get_by_label("Text", exact=True).fill("R1 is closed.")
    desk_page.get_by_label("Reason of this change").fill("A correction")
    desk_page.get_by_role("button", name="Save").click()
    expect(desk_page.get_by_text("What becomes of")).to_be_visible()
    look("preview")
    desk_page.goto(path(report))
    desk_page.get_by_text("Or write a new claim").click()
    desk_page.get_by_label("Words of the text").fill("nothing")
    desk_page.get_by_role("button", name="Save").click()
    expect(desk_page.get_by_text("These words are not in the text.")).to_be_visible()
    look("errors")
    assert found == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_barrier_in_a_marked_text(page: Page, scheme: Any, r1: Entity, cost: Claim) -> None:
    narrative = factories.article("narrative", rights="whole")
    text = factories.text(narrative, "## Cost\n" + WORDS + "\n" + "More words. " * 4_000)
    factories.passage(cost, text, "cost at $5.576M.\nR1 is")
    factories.passage(factories.claim(r1), text, "$5.576M")
    page.emulate_media(color_scheme=scheme)
    found = {}
    for address in ("/articles/narrative/", "/articles/narrative/texts/en/1/", cost.get_absolute_url()):
        page.goto(address)
        if broken := barriers(page):
            found[address] = broken
        page.set_viewport_size({"width": 320, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert found == {}
