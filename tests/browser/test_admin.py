"""The editors' desk in a real browser: its scripts run under the strict policy, in both schemes and without a mouse."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from articles import review
from articles.models import Article, Citation, Revision
from entities.models import Claim, Entity
from tests import desk, factories
from tests.browser.audit import barriers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk_page(page: Page, claim: Claim, high_flyer: Entity) -> Page:
    """A page of somebody who has just logged in."""
    # The tests before this one may have emptied the tables, and the roles went with them.
    User.objects.create_superuser("chief", password="a long password")
    page.goto("/admin/")
    page.get_by_label("Username").fill("chief")
    page.get_by_label("Password").fill("a long password")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("link", name="Log out").or_(page.get_by_role("button", name="Log out"))).to_be_visible()
    return page


def test_every_page_of_the_desk_works_under_the_policy(desk_page: Page, claim: Claim, report: Article) -> None:
    for record in (claim, claim.subject, report):
        for page in ("change", "history", "delete"):
            answer = desk_page.goto(desk.address(record, page))
            assert answer is not None
            assert answer.status == 200
        answer = desk_page.goto(desk.address(type(record), "changelist"))
        assert answer is not None
        assert answer.status == 200
    desk_page.goto(desk.address(claim, "simple_history", desk.history(claim).first().pk))
    expect(desk_page.get_by_role("button", name="Revert").first).to_be_visible()


def look_up(page: Page, words: str) -> None:
    """Type into the field of an open look-up; what it lists first, before a word is typed, must have come."""
    expect(page.locator(".select2-container--open .select2-search--dropdown .select2-search__field")).to_be_focused()
    expect(page.locator(".select2-results__option[aria-selected]").first).to_be_visible()
    page.keyboard.type(words)


def test_a_claim_is_written_with_the_keyboard_and_the_look_up(desk_page: Page, report: Article) -> None:
    desk_page.goto(desk.address(Claim, "add"))
    desk_page.locator("#id_subject + .select2 .select2-selection").focus()
    desk_page.keyboard.press("Enter")
    look_up(desk_page, "幻方")
    expect(desk_page.locator(".select2-results__option--highlighted")).to_have_text("High-Flyer")
    desk_page.keyboard.press("Enter")
    desk_page.get_by_label("Statement [en]").fill("High-Flyer founded DeepSeek.")
    desk_page.locator("#id_citations-0-article + .select2 .select2-selection").click()
    look_up(desk_page, "technical report")
    expect(desk_page.locator(".select2-results__option--highlighted")).to_have_text("DeepSeek-V3 Technical Report")
    desk_page.keyboard.press("Enter")
    desk_page.get_by_role("button", name="Save", exact=True).first.click()
    expect(desk_page.locator(".messagelist .success")).to_contain_text("was added successfully")
    claim = Claim.objects.get(slug="high-flyer-founded-deepseek")
    assert [citation.article for citation in claim.citations.all()] == [report]


def test_a_second_citation_is_added_to_the_proposal(desk_page: Page, claim: Claim) -> None:
    other = factories.article("other", title="Another paper")
    desk_page.goto(desk.address(claim, "change"))
    desk_page.get_by_role("button", name="Add another Citation").or_(
        desk_page.get_by_role("link", name="Add another Citation")
    ).click()
    desk_page.locator("#id_citations-2-article + .select2 .select2-selection").click()
    look_up(desk_page, "another")
    expect(desk_page.locator(".select2-results__option--highlighted")).to_have_text("Another paper")
    desk_page.keyboard.press("Enter")
    desk_page.get_by_role("button", name="Save", exact=True).first.click()
    expect(desk_page.locator(".messagelist .success")).to_be_visible()
    assert other.citations.get().claim.replaces == claim


def test_the_slug_follows_the_name_of_a_new_record_while_it_is_typed(desk_page: Page) -> None:
    desk_page.goto("/admin/entities/person/add/")
    desk_page.get_by_label("Name [en]").press_sequentially("Luo Fuli")
    expect(desk_page.get_by_label("Slug")).to_have_value("luo-fuli")


def test_the_language_that_readers_do_not_have_yet_is_folded_away(desk_page: Page, r1: Entity) -> None:
    desk_page.goto("/admin/entities/person/add/")
    expect(desk_page.get_by_label("Name [zh-hans]")).to_be_hidden()
    desk_page.get_by_text("In Chinese").click()
    expect(desk_page.get_by_label("Name [zh-hans]")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 768])
def test_no_form_is_wider_than_the_screen(desk_page: Page, width: int, claim: Claim, report: Article) -> None:
    desk_page.set_viewport_size({"width": width, "height": 900})
    for record in (claim, claim.subject, report):
        desk_page.goto(desk.address(record, "change"))
        assert desk_page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_barrier_at_the_desk(desk_page: Page, scheme: Any, claim: Claim, report: Article) -> None:
    desk_page.emulate_media(color_scheme=scheme)
    paths = ["/admin/", desk.address(claim, "history"), desk.address(Claim, "changelist")]
    found = {}
    for path in paths + [desk.address(record, "change") for record in (claim, claim.subject, report)]:
        desk_page.goto(path)
        if broken := barriers(desk_page):
            found[path] = broken
    assert found == {}


def test_a_look_up_says_its_name(desk_page: Page, claim: Claim) -> None:
    desk_page.goto(desk.address(claim, "change"))
    expect(desk_page.get_by_role("combobox", name="Subject: DeepSeek-R1")).to_be_visible()
    expect(desk_page.get_by_role("searchbox", name="Mentions:")).to_be_visible()


def log_in(page: Page, username: str) -> None:
    page.goto("/admin/login/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill("a long password")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("button", name="Log out")).to_be_visible()


def test_a_change_goes_from_proposal_to_the_public_page(desk_page: Page, claim: Claim) -> None:
    desk_page.goto(desk.address(claim, "change"))
    expect(desk_page.get_by_text("What you save waits beside it as a proposal")).to_be_visible()
    desk_page.get_by_label("Statement [en]").fill("R1 is published under the MIT licence.")
    desk_page.get_by_label("What you save becomes").select_option("in-review")
    desk_page.get_by_role("button", name="Save", exact=True).first.click()
    expect(desk_page.locator(".messagelist .success")).to_contain_text("Saved as a proposal")
    expect(desk_page.locator(".changes ins").first).to_be_visible()
    review = desk_page.url
    desk_page.goto(claim.get_absolute_url())
    expect(desk_page.get_by_role("heading", level=1)).to_have_text("R1 has open weights.")
    desk_page.goto(review)
    desk_page.get_by_role("button", name="Publish").click()
    expect(desk_page.locator(".errorlist")).to_contain_text("Say why")
    desk_page.get_by_label("Verdict").select_option("supported")
    desk_page.get_by_label("Reason, or remark").fill("The licence file says so.")
    desk_page.get_by_role("button", name="Publish").click()
    expect(desk_page.locator(".messagelist .success")).to_contain_text("readers see it now")
    desk_page.goto(claim.get_absolute_url())
    expect(desk_page.get_by_role("heading", level=1)).to_have_text("R1 is published under the MIT licence.")


def test_a_draft_goes_from_its_writer_over_a_reviewer_to_its_readers(
    page: Page, chromium: Browser, live_server: LiveServer, r1: Entity, report: Article
) -> None:
    """Each in a browser of their own: the writer cannot publish, the reviewer can, and readers then see it."""
    User.objects.create_superuser("chief", password="a long password")
    writer = User.objects.create_user("writer", password="a long password", is_staff=True)
    # The tests before this one may have emptied the tables, and the roles went with them.
    wanted = ["view_claim", "add_claim", "change_claim", "view_citation", "add_citation", "change_citation"]
    writer.user_permissions.set(Permission.objects.filter(codename__in=wanted))
    draft = factories.claim(r1, statement="R1 is free to use.", status="draft", cites=[report])
    context = chromium.new_context(base_url=live_server.url)
    reviewer = context.new_page()
    for each, name in ((page, "writer"), (reviewer, "chief")):
        each.goto(desk.address(draft, "review"))
        each.get_by_label("Username").fill(name)
        each.get_by_label("Password").fill("a long password")
        each.get_by_role("button", name="Log in").click()
        expect(each.get_by_role("heading", name="What it says")).to_be_visible()
    expect(page.get_by_role("button", name="Publish")).to_have_count(0)
    page.get_by_role("button", name="Send to review").click()
    expect(page.locator(".messagelist .success")).to_have_text("Sent to review.")
    reviewer.goto(desk.address(Claim, "changelist") + "?queue=review")
    reviewer.get_by_role("link", name="R1 is free to use.").click()
    reviewer.get_by_role("link", name="Review").first.click()
    reviewer.get_by_label("Verdict").select_option("supported")
    reviewer.get_by_role("button", name="Publish").click()
    expect(reviewer.locator(".messagelist .success")).to_contain_text("readers see it now")
    draft.refresh_from_db()
    page.goto(draft.get_absolute_url())
    expect(page.get_by_role("heading", level=1)).to_have_text("R1 is free to use.")
    context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_two_people_save_one_record_and_nothing_is_lost(
    desk_page: Page, chromium: Browser, live_server: LiveServer, r1: Entity, scripts: bool
) -> None:
    User.objects.create_superuser("second", password="a long password")
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=scripts)
    other = context.new_page()
    log_in(other, "second")
    for page in (desk_page, other):
        page.goto(desk.address(r1, "change"))
    desk_page.get_by_label("Name [en]").fill("DeepSeek R1")
    desk_page.get_by_label("Summary [en]").fill("A model.")
    desk_page.get_by_label("Reason of this change").fill("No hyphen")
    desk_page.get_by_role("button", name="Save", exact=True).first.click()
    expect(desk_page.locator(".messagelist .success")).to_be_visible()
    other.get_by_label("Name [en]").fill("R1")
    other.get_by_label("Reason of this change").fill("Shorter")
    other.get_by_role("button", name="Save", exact=True).first.click()
    expect(other.get_by_role("heading", name="Two versions of this record")).to_be_visible()
    row = other.get_by_role("row", name="Name [en]")
    expect(row).to_contain_text("DeepSeek R1")
    expect(other.get_by_label("Summary [en]")).to_have_value("A model.")
    expect(other.get_by_label("Name [en]", exact=False).and_(other.locator("input[type=text]"))).to_have_value("R1")
    row.get_by_label("theirs").focus()
    other.keyboard.press("Space")
    other.get_by_role("button", name="Save", exact=True).first.click()
    expect(other.locator(".messagelist .info")).to_contain_text("Nothing changed")
    r1.refresh_from_db()
    assert (r1.name, r1.summary) == ("DeepSeek R1", "A model.")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_barrier_in_review_and_history(
    desk_page: Page, scheme: Any, claim: Claim, report: Article
) -> None:
    desk_page.emulate_media(color_scheme=scheme)
    text = "Before. The weights are open, they say.\nAfter."
    revision = Revision.objects.create(article=report, language="en", number=1, text=text)
    passage: dict[str, Any] = {"quote": "weights are open", "start": 12, "end": 28, "anchor": "same"}
    Citation.objects.create(claim=claim, article=report, revision=revision, **passage)
    proposal = review.propose(claim)
    proposal.statement_en, proposal.when, proposal.status = "R1 has open weights!", "2025", "in-review"  # type: ignore[attr-defined]
    proposal.save()
    factories.claim(claim.subject, statement="R1 has open weights today.")
    factories.entity("idea").delete()
    undo = f"{desk.address(proposal, 'change')}?undo={desk.history(proposal).first().pk}"
    paths = [
        "/admin/",
        desk.address(proposal, "review"),
        desk.address(claim, "review"),
        desk.address(claim, "change"),
        desk.address(proposal, "history"),
        undo,
        desk.address(claim, "undo", "citation", desk.history(Citation).last().history_id),
        desk.address(Entity, "deleted"),
        desk.address(Claim, "changelist") + "?queue=review",
    ]
    found = {}

    def check(name: str) -> None:
        if broken := barriers(desk_page):
            found[name] = broken

    for path in paths:
        answer = desk_page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        check(path)
    desk_page.goto(desk.address(report, "change"))
    desk_page.locator("#id_title").fill("Mine")
    report.title = "Theirs"
    report.save()
    desk_page.get_by_role("button", name="Save", exact=True).first.click()
    expect(desk_page.get_by_role("heading", name="Two versions of this record")).to_be_visible()
    check("conflict")
    idea = factories.entity("idea", status="draft")
    desk_page.goto(desk.address(idea, "change"))
    desk_page.get_by_label("Summary [en]").fill("Mine")
    idea.delete()
    desk_page.get_by_role("button", name="Save", exact=True).first.click()
    expect(desk_page.get_by_role("heading", name="What you typed")).to_be_visible()
    check("gone")
    assert found == {}
