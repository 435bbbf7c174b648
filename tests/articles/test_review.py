"""From draft to readers: who may take which step, what a proposal leaves alone, and what publishing it changes."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from articles import duplicates, review
from articles.models import Article, Citation, Revision
from articles.story import export_story
from entities.models import Claim, Entity
from tests import desk, factories
from tests.crawl import crawl
from tests.desk import step

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer(db: None) -> Client:
    return login(factories.editor("writer"))


@pytest.fixture
def second(db: None) -> Client:
    """A second reviewer, so that nobody may review their own claim."""
    return login(factories.reviewer("second"))


def login(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def words(response: Any) -> str:
    """Give what a refused review says."""
    assert response.status_code == 200
    return " ".join(message for messages in response.context["form"].errors.values() for message in messages)


def forge(client: Client, seen_by: Client, claim: Claim, name: str) -> str:
    """Take a step whose button the page does not have for this person, and give what it says."""
    version = desk.read(seen_by, desk.address(claim, "review"))["version"]
    return words(step(client, claim, name, version=version, change_reason="So"))


def proposal_of(claim: Claim, client: Client, **fields: Any) -> Claim:
    assert desk.errors(desk.change(client, claim, **fields)) == {}
    return claim.proposals.get()


# A change to a published claim


@pytest.mark.parametrize("role", ["editor", "reviewer"])
def test_a_change_to_a_published_claim_waits_beside_it(role: str, claim: Claim, high_flyer: Entity) -> None:
    client = login(getattr(factories, role)("anybody"))
    before = desk.history(claim).count(), desk.history(claim.citations.get()).count()
    proposal = proposal_of(claim, client, statement_en="R1 is open.", mentions=[high_flyer.pk], status="in-review")
    claim.refresh_from_db()
    assert (claim.statement, claim.status, claim.mentions.count()) == ("R1 has open weights.", "published", 0)
    assert (proposal.statement, proposal.status, list(proposal.mentions.all())) == (
        "R1 is open.",
        "in-review",
        [high_flyer],
    )
    assert (desk.history(claim).count(), desk.history(claim.citations.get()).count()) == before


def test_a_proposal_has_citations_of_its_own(writer: Client, claim: Claim, report: Article) -> None:
    other = factories.article()
    Citation.objects.create(claim=claim, article=other, locator="page 9", position=2)
    rows = {"citations-0-locator": "table 2", "citations-1-DELETE": "on", "citations-2-article": other.pk}
    proposal = proposal_of(claim, writer, **rows, **{"citations-2-stance": "disputes", "citations-2-position": "3"})
    assert [row.locator for row in claim.citations.all()] == ["paragraph 1", "page 9"]
    assert [(row.article, row.stance, row.locator) for row in proposal.citations.all()] == [
        (report, "supports", "table 2"),
        (other, "disputes", ""),
    ]


def test_a_second_change_is_made_in_the_proposal_that_waits(writer: Client, claim: Claim) -> None:
    sent = desk.read(writer, desk.address(claim, "change")) | {"statement_en": "Another."}
    proposal = proposal_of(claim, writer, statement_en="R1 is open.")
    page = writer.get(desk.address(claim, "change")).content.decode()
    assert desk.address(proposal, "change") in page
    assert 'name="_save"' not in page
    assert desk.errors(writer.post(desk.address(claim, "change"), sent))
    assert claim.proposals.count() == 1


def test_a_form_of_a_published_claim_sent_unchanged_proposes_nothing(editor_client: Client, claim: Claim) -> None:
    response = desk.change(editor_client, claim, change_reason="No reason", status="in-review")
    assert "Nothing changed." in editor_client.get(response["Location"]).content.decode()
    assert not claim.proposals.exists()


def test_a_proposal_is_published_on_its_review_page_alone(editor_client: Client, claim: Claim) -> None:
    proposal = proposal_of(claim, editor_client, statement_en="R1 is open.")
    assert "status" in desk.errors(desk.change(editor_client, proposal, status="published"))


def test_proposals_and_drafts_are_in_nothing_public(editor_client: Client, claim: Claim, client: Client) -> None:
    factories.relation(claim.subject, factories.prop(), factories.entity())
    proposal_of(claim, editor_client, statement_en="Xylophone words", title_en="Xylophone title")
    factories.claim(claim.subject, statement="Xylophone draft", status="in-review", when="2025", lane="models")
    site = crawl(client, "/")
    assert {claim.get_absolute_url(), claim.subject.get_absolute_url(), "/timeline/", "/fr/claims/"} <= set(site.pages)
    assert {"/relationships.json", "/timeline.atom", "/timeline.ics"} <= set(site.files)
    seen = {address: page.html for address, page in site.pages.items()}
    seen |= {address: body.decode(errors="replace") for address, body in site.files.items()}
    assert [address for address, body in seen.items() if "xylophone" in body.lower()] == []


def test_a_proposal_travels_with_the_story(writer: Client, claim: Claim, tmp_path: Any) -> None:
    """The export has drafts and proposals too, as docs/data.md says; an import gives them back as they were."""
    proposal = proposal_of(claim, writer, statement_en="R1 is open.")
    export_story(tmp_path)
    written = (tmp_path / "claims.yaml").read_text()
    assert f"replaces: {claim.slug}" in written
    assert proposal.slug in written


# Publishing it


def test_publishing_a_proposal_puts_it_onto_the_published_claim(
    writer: Client, editor_client: Client, claim: Claim, high_flyer: Entity, report: Article
) -> None:
    kept, gone = claim.citations.get(), factories.article()
    Citation.objects.create(claim=claim, article=gone, locator="page 9", position=2)
    other = factories.article("other", published="2024-01-01")
    rows = {"citations-1-DELETE": "on", "citations-2-article": other.pk, "citations-2-position": "3"}
    proposal = proposal_of(
        claim,
        writer,
        statement_en="R1 is open.",
        mentions=[high_flyer.pk],
        status="in-review",
        lane="",
        when="",
        **rows,
    )
    slug, untouched = claim.slug, desk.history(kept).count()
    assert step(editor_client, proposal, "publish", verdict="supported", change_reason="Closer").status_code == 302
    claim.refresh_from_db()
    assert (claim.slug, claim.status, claim.statement, claim.verdict) == (slug, "published", "R1 is open.", "supported")
    assert list(claim.mentions.all()) == [high_flyer]
    assert [(row.article, row.pk == kept.pk) for row in claim.citations.all()] == [(report, True), (other, False)]
    assert desk.history(kept).count() == untouched
    assert not Claim.objects.filter(pk=proposal.pk).exists()
    assert str(claim.known_since) == "2024-01-01"
    row = desk.history(claim).first()
    assert (row.history_user.username, row.history_change_reason) == ("reviewer", "Closer (proposed by writer)")
    assert [entity.entity for entity in row.mentions.all()] == [high_flyer]


def test_a_change_of_what_is_published_needs_a_reason(editor_client: Client, claim: Claim) -> None:
    proposal = proposal_of(claim, editor_client, statement_en="R1 is open.", change_reason="")
    assert str(review.NO_REASON) in words(step(editor_client, proposal, "publish", change_reason=" "))
    claim.refresh_from_db()
    assert (claim.statement, claim.proposals.count()) == ("R1 has open weights.", 1)


@pytest.mark.parametrize("fields", [{"citations": False}, {"verdict": "disputed"}])
def test_what_is_not_fit_for_readers_is_refused(fields: dict[str, Any], editor_client: Client, r1: Entity) -> None:
    given = {"verdict": fields.get("verdict", "")}
    draft = factories.claim(r1, status="in-review", cites=[factories.article()] if "verdict" in fields else [])
    response = step(editor_client, draft, "publish", **given)
    assert words(response)
    assert "Nothing was saved." in response.content.decode()
    draft.refresh_from_db()
    assert (draft.status, draft.verdict) == ("in-review", "")


def test_a_claim_without_a_citation_is_not_published_in_its_form(editor_client: Client, r1: Entity) -> None:
    draft = factories.claim(r1, status="in-review")
    response = desk.change(editor_client, draft, status="published")
    assert str(review.NO_SOURCE) in response.content.decode()
    draft.refresh_from_db()
    assert draft.status == "in-review"


def test_a_proposal_of_a_retracted_claim_is_not_published(editor_client: Client, claim: Claim) -> None:
    proposal = proposal_of(claim, editor_client, statement_en="R1 is open.")
    step(editor_client, claim, "retract", change_reason="Wrong")
    assert "not published any more" in words(step(editor_client, proposal, "publish", change_reason="Closer"))


# Who reviews what


def test_an_editor_submits_and_neither_publishes_nor_sends_back(
    writer: Client, editor_client: Client, claim: Claim
) -> None:
    proposal = proposal_of(claim, writer, statement_en="R1 is open.")
    assert step(writer, proposal, "submit").status_code == 302
    for refused in ("publish", "send-back"):
        assert "Only a reviewer" in forge(writer, editor_client, proposal, refused)
    for refused in ("retract", "confirm"):
        assert "Only a reviewer" in forge(writer, editor_client, claim, refused)
    proposal.refresh_from_db()
    assert (proposal.status, Claim.objects.get(pk=claim.pk).status) == ("in-review", "published")


def test_an_editor_sets_no_verdict_on_the_review_page(writer: Client, r1: Entity) -> None:
    draft = factories.claim(r1, status="draft")
    assert step(writer, draft, "submit", verdict="supported").status_code == 302
    draft.refresh_from_db()
    assert (draft.status, draft.verdict) == ("in-review", "")


def test_nobody_reviews_their_own_claim(editor_client: Client, second: Client, r1: Entity, report: Article) -> None:
    fields = {"subject": r1.pk, "statement_en": "So.", "citations-0-article": report.pk}
    assert "status" in desk.errors(desk.add(editor_client, Claim, **fields, status="published"))
    assert desk.errors(desk.add(editor_client, Claim, **fields, status="in-review")) == {}
    own = Claim.objects.get()
    assert "Nobody reviews" in editor_client.get(desk.address(own, "review")).content.decode()
    for refused in ("publish", "send-back"):
        assert "Nobody reviews" in forge(editor_client, second, own, refused)
    assert "status" in desk.errors(desk.change(editor_client, own, status="published"))
    assert step(second, own, "publish").status_code == 302


def test_who_changes_words_of_a_claim_has_written_it_and_who_judges_it_has_not(
    writer: Client, editor_client: Client, second: Client, r1: Entity, report: Article
) -> None:
    desk.add(writer, Claim, subject=r1.pk, statement_en="So.", **{"citations-0-article": report.pk})
    claim = Claim.objects.get()
    desk.change(editor_client, claim, verdict="supported", status="in-review")
    step(editor_client, claim, "send-back", change_reason="Which?")
    assert review.writer_names(claim) == ["writer"]
    desk.change(second, claim, **{"citations-0-locator": "table 1"})
    assert sorted(review.writer_names(claim)) == ["second", "writer"]
    assert "Nobody reviews" in words(step(second, claim, "publish"))
    assert step(editor_client, claim, "publish").status_code == 302
    assert review.writers(claim) == set()


def test_the_only_reviewer_publishes_what_they_wrote_and_the_page_says_so(
    editor_client: Client, r1: Entity, report: Article
) -> None:
    desk.add(editor_client, Claim, subject=r1.pk, statement_en="So.", **{"citations-0-article": report.pk})
    claim = Claim.objects.get()
    assert "the only active reviewer" in editor_client.get(desk.address(claim, "review")).content.decode()
    assert step(editor_client, claim, "publish").status_code == 302
    claim.refresh_from_db()
    assert claim.status == "published"


def test_a_reviewer_who_left_does_not_count(editor_client: Client, second: Client) -> None:
    assert review.reviewers().count() == 2
    review.reviewers().filter(username="second").update(is_active=False)
    assert [user.username for user in review.reviewers()] == ["reviewer"]


def test_sending_back_takes_a_remark_which_the_history_keeps(editor_client: Client, claim: Claim) -> None:
    proposal = proposal_of(claim, editor_client, statement_en="R1 is open.", status="in-review")
    assert "Tell its writer" in words(step(editor_client, proposal, "send-back", change_reason=""))
    assert step(editor_client, proposal, "send-back", change_reason="Which licence?").status_code == 302
    proposal.refresh_from_db()
    assert (proposal.status, desk.history(proposal).first().history_change_reason) == ("draft", "Which licence?")
    assert "Only what is in review" in words(step(editor_client, proposal, "send-back", change_reason="So"))


def test_a_published_claim_is_retracted_with_a_reason_and_comes_back_through_review(
    editor_client: Client, claim: Claim, client: Client
) -> None:
    assert str(review.NO_REASON) in words(step(editor_client, claim, "retract", change_reason=""))
    assert step(editor_client, claim, "retract", change_reason="It is wrong").status_code == 302
    assert client.get(claim.get_absolute_url()).status_code == 404
    assert step(editor_client, claim, "submit").status_code == 302
    assert step(editor_client, claim, "publish").status_code == 302
    assert client.get(claim.get_absolute_url()).status_code == 200


def test_retracting_in_the_form_asks_why_and_takes_no_other_change(editor_client: Client, claim: Claim) -> None:
    assert list(desk.errors(desk.change(editor_client, claim, status="retracted", change_reason=""))) == [
        "change_reason"
    ]
    both = desk.change(editor_client, claim, status="retracted", statement_en="Other.")
    assert list(desk.errors(both)) == ["status"]
    assert desk.errors(desk.change(editor_client, claim, status="retracted")) == {}
    claim.refresh_from_db()
    assert (claim.status, claim.statement, claim.proposals.count()) == ("retracted", "R1 has open weights.", 0)


def test_a_reviewer_notes_that_a_claim_still_holds(editor_client: Client, claim: Claim) -> None:
    assert step(editor_client, claim, "confirm").status_code == 302
    claim.refresh_from_db()
    assert (claim.status, claim.checked_on is not None) == ("published", True)


@pytest.mark.parametrize("sent", [{"step": "vanish"}, {"step": "publish", "checked_on": "soon"}, {"step": "confirm"}])
def test_nonsense_sent_to_the_review_page_is_told(sent: dict[str, str], editor_client: Client, r1: Entity) -> None:
    draft = factories.claim(r1, status="in-review", cites=[factories.article()])
    assert words(desk.send(editor_client, desk.address(draft, "review"), **sent))
    draft.refresh_from_db()
    assert draft.status == "in-review"


@pytest.mark.parametrize("number", ["x", "0", "9" * 30])
def test_the_review_page_of_no_claim_does_not_exist(number: str, editor_client: Client) -> None:
    assert editor_client.get(f"/admin/entities/claim/{number}/review/").status_code == 404


def test_who_may_only_look_takes_no_step(claim: Claim, client: Client) -> None:
    assert client.get(desk.address(claim, "review")).status_code == 302
    plain = login(User.objects.create_user("plain", is_staff=True))
    assert plain.get(desk.address(claim, "review")).status_code == 403
    assert plain.post(desk.address(claim, "review"), {"step": "retract"}).status_code == 403


# Several at once


def act(client: Client, action: str, *claims: Claim) -> str:
    sent = {"action": action, "_selected_action": [claim.pk for claim in claims]}
    return client.post(desk.address(Claim, "changelist"), sent, follow=True).content.decode()


def test_the_actions_of_the_list_keep_to_the_same_rules(
    writer: Client, editor_client: Client, second: Client, r1: Entity, report: Article
) -> None:
    bare = factories.claim(r1, status="draft")
    sourced = factories.claim(r1, status="draft", cites=[report])
    assert "2 claims went on." in act(writer, "submit_selected", bare, sourced)
    assert "No action selected" in act(writer, "publish_selected", sourced)
    desk.add(editor_client, Claim, subject=r1.pk, statement_en="Own.", **{"citations-0-article": report.pk})
    own = Claim.objects.get(statement_en="Own.")
    page = act(editor_client, "publish_selected", bare, sourced, own)
    assert "1 claim went on." in page
    assert str(review.NO_SOURCE) in page
    assert "Nobody reviews" in page
    statuses = Claim.objects.order_by("pk").values_list("status", flat=True)
    assert list(statuses) == ["in-review", "published", "draft"]


def gain_citation(live: Claim) -> None:
    Citation.objects.create(claim=live, article=factories.article(), locator="page 9")


def lose_citation(live: Claim) -> None:
    gain_citation(live)
    live.citations.first().delete()  # type: ignore[union-attr]


def change_citation(live: Claim) -> None:
    citation = live.citations.get()
    citation.locator = "table 3"
    citation.save()


def check(live: Claim) -> None:
    live.checked_on = date(2025, 3, 1)
    live.save()


def mention(live: Claim) -> None:
    live.mentions.add(factories.entity())


@pytest.mark.parametrize("gain", [gain_citation, lose_citation, change_citation, check, mention])
def test_a_list_does_not_take_back_what_a_claim_gained_after_a_proposal(
    gain: Any, writer: Client, editor_client: Client, claim: Claim
) -> None:
    proposal = proposal_of(claim, writer, statement_en="R1 is open.", status="in-review")
    gain(Claim.objects.get(pk=claim.pk))
    page = act(editor_client, "publish_selected", proposal)
    assert "publishing would take that back" in page
    review_page = desk.address(proposal, "review")
    assert f'<a href="{review_page}">' in page
    claim.refresh_from_db()
    assert (claim.statement, claim.proposals.count()) == ("R1 has open weights.", 1)
    # Whoever has seen it on the review page may.
    assert "takes some of that back" in editor_client.get(review_page).content.decode()
    assert step(editor_client, proposal, "publish", change_reason="Closer").status_code == 302
    claim.refresh_from_db()
    assert claim.statement == "R1 is open."


def test_a_list_publishes_a_proposal_whose_claim_stayed_or_went_the_same_way(
    writer: Client, editor_client: Client, claim: Claim
) -> None:
    proposal = proposal_of(claim, writer, statement_en="R1 is open.", title_en="Open", status="in-review")
    claim.refresh_from_db()
    claim.title_en = "Open"  # type: ignore[attr-defined]
    claim.save()
    assert "takes some of that back" not in editor_client.get(desk.address(proposal, "review")).content.decode()
    assert "1 claim went on." in act(editor_client, "publish_selected", proposal)
    claim.refresh_from_db()
    assert claim.statement == "R1 is open."


# What the page shows


def test_the_review_page_tells_the_difference_in_sentences(
    writer: Client, editor_client: Client, report: Article
) -> None:
    size = factories.prop("size", "quantity", label="size")
    claim = factories.claim(
        factories.entity(),
        property=size,
        amount=671,
        unit=size.unit,
        rank="preferred",
        rank_reason="So.",
        cites=[report],
    )
    rows = {"citations-0-locator": "table 2", "citations-1-article": factories.article(title="New paper").pk}
    proposal = proposal_of(claim, writer, amount="685", when="2025-01-20", rationale_en="They say so.", **rows)
    told = [str(sentence) for sentence in review.differences(claim, proposal)]
    page = editor_client.get(desk.address(proposal, "review")).content.decode()
    assert "The value changed: <del>671 </del><ins>685 </ins>parameters" in told
    assert "The date was added: <ins>20 January 2025</ins>" in told
    assert "The reason of the verdict in English was added: <ins>They say so.</ins>" in told
    assert any(
        each.endswith("The place in the article changed: <del>paragraph 1</del><ins>table 2</ins>") for each in told
    )
    assert "The citation was added: <ins>supports: New paper</ins>" in told
    assert len(told) == 5
    assert all(sentence in page for sentence in told)
    assert "Written by writer." in page


def test_words_that_come_or_go_are_told(claim: Claim, report: Article) -> None:
    text = factories.text(report, f"Here is one. {'Long ' * 40}")
    cited = factories.passage(claim, text, "Here is one")
    named = "supports: DeepSeek-V3 Technical Report, “Here is one”"
    assert review.citation_sentences(None, cited) == [f"The citation was added: <ins>{named}</ins>"]
    assert review.citation_sentences(cited, None) == [f"The citation was taken out: <del>{named}</del>"]
    cited.quote = text.text
    [told] = review.citation_sentences(None, cited)
    assert len(told) < 300


def test_the_review_page_tells_the_reason_and_the_remark_that_sent_a_change_back(
    writer: Client, editor_client: Client, claim: Claim
) -> None:
    proposal = proposal_of(claim, writer, statement_en="New.", change_reason="The source says so")
    page = desk.address(proposal, "review")
    assert "The reason given last: “The source says so” (writer)." in editor_client.get(page).content.decode()
    review.submit(proposal, User.objects.get(username="writer"), "")
    step(editor_client, proposal, "send-back", change_reason="Which page?")
    assert "The reason given last: “Which page?” (reviewer)." in writer.get(page).content.decode()


def test_figures_that_look_alike_on_pages_are_told_apart() -> None:
    size = factories.prop("size", "quantity")
    claim = factories.claim(factories.entity(), property=size, amount=16_000_000, unit=size.unit)
    proposal = review.propose(claim)
    proposal.amount = Decimal("16000001")
    proposal.save()
    told = "".join(review.differences(Claim.objects.get(pk=claim.pk), proposal))
    assert "<del>16000000</del><ins>16000001</ins>" in told


def test_a_passage_stands_in_its_paragraph_and_nothing_in_it_is_executed(
    editor_client: Client, r1: Entity, report: Article
) -> None:
    text = f"First.\nBefore {factories.HOSTILE} the weights are open, after.\nLast."
    revision = Revision.objects.create(article=report, language="en", number=1, text=text)
    claim = factories.claim(r1, status="in-review")
    quote = "the weights are open"
    start = text.index(quote)
    passage: dict[str, Any] = {"start": start, "end": start + len(quote), "quote": quote, "anchor": "same"}
    Citation.objects.create(claim=claim, article=report, revision=revision, **passage)
    page = editor_client.get(desk.address(claim, "review")).content.decode()
    assert f"<mark>{quote}</mark>, after.</blockquote>" in page
    assert "First." not in page
    assert "<script>alert" not in page


def test_the_review_page_costs_the_same_for_ten_times_as_many_citations(
    editor_client: Client, claim: Claim, django_assert_max_num_queries: Any
) -> None:
    for _number in range(20):
        Citation.objects.create(claim=claim, article=factories.article())
    with django_assert_max_num_queries(25):
        editor_client.get(desk.address(claim, "review"))


# Duplicates


def test_the_same_value_and_nearly_the_same_words_are_shown(editor_client: Client, r1: Entity) -> None:
    size = factories.prop("size", "quantity")
    one = factories.claim(r1, property=size, amount=671, unit=size.unit)
    two = factories.claim(r1, property=size, amount=671, unit=size.unit, status="draft")
    factories.claim(r1, property=size, amount=672, unit=size.unit)
    assert [(each.claim, each.is_same_value) for each in duplicates.of_claim(two)] == [(one, True)]
    near = factories.claim(r1, statement="DeepSeek-R1 was released with open weights on 20 January 2025.")
    new = factories.claim(r1, statement="On 20 January 2025 DeepSeek-R1 was released with its weights open.")
    factories.claim(r1, statement="Nvidia lost 17% on one day.")
    assert [(each.claim, each.is_same_value) for each in duplicates.of_claim(new)] == [(near, False)]
    assert near.statement in editor_client.get(desk.address(new, "review")).content.decode()


def test_a_proposal_is_no_duplicate_of_its_claim(writer: Client, claim: Claim) -> None:
    proposal = proposal_of(claim, writer, title_en="Open")
    assert duplicates.of_claim(proposal) == duplicates.of_claim(claim) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"url": "https://example.org/a/"}, {"url": "http://www.example.org/a"}),
        ({"url": "https://example.org/a"}, {"archive_url": "https://example.org/a"}),
        ({"doi": "10.1038/S41586"}, {"doi": "10.1038/s41586"}),
        ({"arxiv": "2501.12948"}, {"arxiv": "2501.12948"}),
    ],
)
def test_an_article_on_file_already_is_shown_in_the_form(
    one: dict[str, str], other: dict[str, str], editor_client: Client
) -> None:
    first, second = factories.article(**one), factories.article(**other)
    factories.article(url="https://example.org/other", doi="10.1038/other", arxiv="2501.00001")
    assert duplicates.of_article(first) == [second]
    assert str(second) in editor_client.get(desk.address(first, "change")).content.decode()


def test_an_article_without_address_or_number_has_no_duplicates() -> None:
    factories.article()
    assert duplicates.of_article(factories.article()) == []


# Entities and articles


@pytest.mark.parametrize("name", ["subject", "article"])
def test_a_published_record_is_changed_in_place_with_a_reason(name: str, editor_client: Client, claim: Claim) -> None:
    record: Any = claim.subject if name == "subject" else claim.citations.get().article
    column = "summary_en"
    assert list(desk.errors(desk.change(editor_client, record, **{column: "Words."}, change_reason=""))) == [
        "change_reason"
    ]
    assert desk.errors(desk.change(editor_client, record, **{column: "Words."}, change_reason="Missing")) == {}
    record.refresh_from_db()
    assert record.summary == "Words."


def test_a_published_article_gets_no_author_without_a_reason(editor_client: Client, report: Article) -> None:
    rows = {"authors-0-name": "A. Author", "change_reason": ""}
    response = desk.change(editor_client, report, **rows)
    assert "say why it changes" in response.content.decode()
    assert not report.authors.exists()


@pytest.mark.parametrize("name", ["subject", "article", "claim", "property"])
def test_a_form_sent_as_it_was_opened_writes_no_history(
    name: str, editor_client: Client, claim: Claim, high_flyer: Entity
) -> None:
    records = {"subject": claim.subject, "article": claim.citations.get().article, "property": factories.prop()}
    record: Any = records.get(name, claim)
    if name == "claim":
        factories.as_draft(claim)
    type(record).objects.filter(pk=record.pk).update(
        **({"label_en": "two\nlines"} if name == "property" else {"status": "published"} if name != "claim" else {})
    )
    rows = desk.history(record).count()
    response = desk.change(editor_client, record, change_reason="For nothing")
    assert response.status_code == 302
    assert "Nothing changed." in editor_client.get(response["Location"]).content.decode()
    assert desk.history(record).count() == rows


def test_line_ends_that_a_browser_sends_are_no_change(editor_client: Client, r1: Entity) -> None:
    Entity.objects.filter(pk=r1.pk).update(summary_en="One\n\nTwo", aliases=["A", "B"])
    rows = desk.history(r1).count()
    desk.change(editor_client, r1, summary_en="One\r\n\r\nTwo", aliases="A\r\nB", change_reason="")
    assert desk.history(r1).count() == rows


def test_a_published_claim_is_renamed_in_place_with_a_reason_and_nothing_else(
    editor_client: Client, claim: Claim
) -> None:
    assert list(desk.errors(desk.change(editor_client, claim, slug="new", change_reason=""))) == ["change_reason"]
    assert list(desk.errors(desk.change(editor_client, claim, slug="new", statement_en="Other."))) == ["slug"]
    assert desk.errors(desk.change(editor_client, claim, slug="new")) == {}
    claim.refresh_from_db()
    assert (claim.slug, claim.status, claim.proposals.count()) == ("new", "published", 0)
