"""The annotate screen, as a browser without scripts uses it."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from articles.models import Article, Citation, Revision
from entities.models import Claim, Entity
from tests import desk, factories
from tests.factories import HOSTILE

WORDS = "DeepSeek put the cost at $5.576M. R1 is open.\nRivals say R1 is not open, and R1 was cheap.\nEnd."


def path(article: Article, **query: Any) -> str:
    parameters = "&".join(f"{name}={value}" for name, value in query.items())
    return reverse("admin:articles_article_annotate", args=[article.pk]) + (f"?{parameters}" if query else "")


def annotate(client: Client, article: Article, *, query: Any = None, button: str = "save", **fields: Any) -> Any:
    return desk.send(client, path(article, **query or {}), **{button: "x"}, **fields)


def told(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def wrong(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return f"{response.context['form'].errors} {response.context['new_claim'].errors}"


@pytest.fixture
def text(report: Article) -> Revision:
    return factories.text(report, WORDS)


@pytest.fixture
def cost(r1: Entity) -> Claim:
    return factories.claim(r1, statement="V3 cost 5.576 million dollars.", status="draft")


@pytest.fixture
def live(r1: Entity, text: Revision) -> Claim:
    """A claim that readers see, tied to the end of the text."""
    claim = factories.claim(r1, statement="V3 was cheap.")
    factories.passage(claim, text, "End", locator="paragraph 3")
    return claim


@pytest.fixture
def plain_editor(client: Client, db: None) -> Client:
    client.force_login(factories.editor(), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_words_are_tied_to_a_claim(editor_client: Client, report: Article, text: Revision, cost: Claim) -> None:
    response = annotate(editor_client, report, quote=" cost at\n$5.576M ", claim=cost.pk, stance="disputes")
    citation = Citation.objects.get(claim=cost)
    assert response["Location"] == path(report, language="en") + f"#mark-{citation.pk}"
    assert (citation.quote, citation.start, citation.end) == ("cost at $5.576M", 17, 32)
    assert (citation.prefix, citation.suffix) == ("DeepSeek put the ", ". R1 is open.\nRivals say R1 is n")
    assert (citation.stance, citation.anchor, citation.locator) == ("disputes", "same", "paragraph 1")
    assert desk.history(citation).get().history_user.username == "reviewer"


def test_a_claim_is_written_beside_the_words(plain_editor: Client, report: Article, text: Revision, r1: Entity) -> None:
    size = factories.prop("cost", "quantity")
    response = annotate(
        plain_editor,
        report,
        quote="$5.576M",
        subject=r1.pk,
        property=size.pk,
        amount="5.576",
        unit=size.unit_id,
        statement_en="It cost 5.576.",
        statement_fr="Il a coûté 5,576.",
        when="2024-12",
    )
    assert response.status_code == 302
    claim: Any = Claim.objects.get()
    assert (claim.status, claim.verdict, claim.statement_fr, claim.when) == (
        "draft",
        "",
        "Il a coûté 5,576.",
        "2024-12",
    )
    assert claim.citations.get().quote == "$5.576M"


def test_what_is_wrong_with_a_new_claim_is_said_and_nothing_is_lost(
    editor_client: Client, report: Article, text: Revision, r1: Entity
) -> None:
    response = annotate(editor_client, report, quote="$5.576M", subject=r1.pk, when="someday", locator=HOSTILE)
    assert "when" in wrong(response)
    assert response.context["form"]["quote"].value() == "$5.576M"
    assert response.context["new_claim"]["when"].value() == "someday"
    assert not Claim.objects.exists()
    assert "<script>alert" not in response.content.decode()


def test_a_claim_is_needed_and_one_alone(
    editor_client: Client, report: Article, text: Revision, cost: Claim, r1: Entity
) -> None:
    assert "Choose a claim, or write a new one." in wrong(annotate(editor_client, report, quote="End"))
    both = annotate(editor_client, report, quote="End", claim=cost.pk, subject=r1.pk, statement_en="It ends.")
    assert "not both" in wrong(both)
    assert not Citation.objects.exists()


def test_words_that_are_not_there_are_refused_with_what_is_most_like_them(
    editor_client: Client, report: Article, text: Revision, cost: Claim
) -> None:
    response = annotate(editor_client, report, quote="DeepSeek put the cost at $6.576M", claim=cost.pk, locator="kept")
    assert "These words are not in the text." in wrong(response)
    (choice,) = response.context["form"].fields["place"].choices
    assert "DeepSeek put the cost at $5.576M</mark>" in choice[1]
    assert response.context["form"]["locator"].value() == "kept"
    assert not Citation.objects.exists()


def test_words_that_stand_several_times_are_shown_in_context_and_one_is_chosen(
    editor_client: Client, report: Article, text: Revision, cost: Claim
) -> None:
    response = annotate(editor_client, report, quote="R1", claim=cost.pk)
    assert "These words stand 3 times in the text: choose a place." in wrong(response)
    places = response.context["form"].fields["place"].choices
    assert len(places) == 3
    assert "Paragraph 2" in places[2][1]
    assert annotate(editor_client, report, quote="R1", claim=cost.pk, place=places[2][0]).status_code == 302
    assert Citation.objects.get().start == int(places[2][0].partition("-")[0])


def test_the_words_before_a_selection_tell_the_place(
    editor_client: Client, report: Article, text: Revision, cost: Claim
) -> None:
    annotate(editor_client, report, quote="R1", before="is not open, and ", claim=cost.pk)
    citation = Citation.objects.get()
    assert WORDS[: citation.start].endswith("is not open, and ")


@pytest.mark.parametrize("place", ["0-5", "x", "9-1", "999-1000"])
def test_a_place_that_was_not_offered_is_refused(
    editor_client: Client, report: Article, text: Revision, cost: Claim, place: str
) -> None:
    assert "place" in wrong(annotate(editor_client, report, quote="R1", claim=cost.pk, place=place))


def test_words_that_are_everywhere_need_more_of_them(editor_client: Client, report: Article, cost: Claim) -> None:
    factories.text(report, "so " * 50)
    assert "These words stand 50 times in the text: quote more" in wrong(
        annotate(editor_client, report, quote="so", claim=cost.pk)
    )


def test_a_copy_of_the_whole_text_is_no_quotation(editor_client: Client, report: Article, cost: Claim) -> None:
    factories.text(report, "word " * 1000)
    assert "At most 1500 characters" in wrong(annotate(editor_client, report, quote="word " * 400, claim=cost.pk))


def test_finding_shows_the_places_and_saves_nothing(
    editor_client: Client, report: Article, text: Revision, cost: Claim
) -> None:
    response = annotate(editor_client, report, button="find", quote="R1", claim=cost.pk)
    assert len(response.context["form"].fields["place"].choices) == 3
    assert not Citation.objects.exists()


def test_records_are_searched_without_a_script(
    editor_client: Client, report: Article, text: Revision, cost: Claim, r1: Entity
) -> None:
    response = annotate(
        editor_client, report, button="search", quote="typed", find_claim="million", find_subject="R1", find_object="-"
    )
    html = response.content.decode()
    assert f'<option value="{cost.pk}">' in html
    assert f'<option value="{r1.pk}">' in html
    assert response.context["form"]["quote"].value() == "typed"
    assert not response.context["form"].errors


def test_a_claim_is_looked_up_without_the_change_of_it_that_waits(
    plain_editor: Client, report: Article, live: Claim
) -> None:
    annotate(plain_editor, report, quote="Rivals say", claim=live.pk)
    term = {"term": "cheap", "app_label": "articles", "model_name": "citation", "field_name": "claim"}
    found = plain_editor.get(reverse("admin:autocomplete"), term).json()["results"]
    assert [each["id"] for each in found] == [str(live.pk)]


def test_a_bare_citation_of_the_claim_gets_the_words(
    editor_client: Client, report: Article, text: Revision, r1: Entity
) -> None:
    claim = factories.claim(r1, cites=[report], status="draft")
    claim.citations.update(makes_claim=True)
    annotate(editor_client, report, quote="R1 is open", claim=claim.pk)
    citation = claim.citations.get()
    assert (citation.quote, citation.locator, citation.makes_claim) == ("R1 is open", "paragraph 1", True)


def test_passages_overlap_and_one_claim_has_the_same_words_once(
    editor_client: Client, report: Article, text: Revision, cost: Claim, r1: Entity
) -> None:
    annotate(editor_client, report, quote="cost at $5.576M. R1 is open", claim=cost.pk)
    annotate(editor_client, report, quote="$5.576M", claim=cost.pk)
    annotate(editor_client, report, quote="$5.576M", claim=factories.claim(r1, status="draft").pk)
    again = annotate(editor_client, report, quote="$5.576M", claim=cost.pk)
    assert "This claim is tied to these words already." in wrong(again)
    assert Citation.objects.count() == 3
    html = editor_client.get(path(report)).content.decode()
    assert html.count('class="cited cited--none cited--deep"') == 1
    assert html.count('<span id="mark-') == 3


def test_an_annotation_is_moved_and_changed(
    editor_client: Client, report: Article, text: Revision, cost: Claim
) -> None:
    citation = factories.passage(cost, text, "End", locator="paragraph 3")
    query = {"citation": citation.pk}
    annotate(editor_client, report, query=query, quote="Rivals say", stance="context", makes_claim="on")
    citation.refresh_from_db()
    assert (citation.quote, citation.stance, citation.makes_claim) == ("Rivals say", "context", True)
    assert citation.locator == "paragraph 2"
    assert Citation.objects.count() == 1


def test_an_annotation_is_removed(editor_client: Client, report: Article, text: Revision, cost: Claim) -> None:
    citation = factories.passage(cost, text, "End")
    response = annotate(editor_client, report, query={"citation": citation.pk}, button="remove")
    assert told(response) == ["The annotation is removed; its history keeps it."]
    assert not Citation.objects.exists()
    assert desk.history(Citation).first().history_type == "-"


def quotes(claim: Claim) -> list[tuple[str, str]]:
    return sorted(claim.citations.values_list("quote", "stance"))


@pytest.mark.parametrize("is_reviewer", [False, True])
@pytest.mark.parametrize(
    ("pressed", "fields", "proposed"),
    [
        ("", {"quote": "Rivals say", "stance": "disputes"}, [("End", "supports"), ("Rivals say", "disputes")]),
        ("save", {"quote": "R1 is open", "stance": "context"}, [("R1 is open", "context")]),
        ("save", {"makes_claim": "on"}, [("End", "supports")]),
    ],
)
def test_what_readers_see_changes_in_a_proposal_that_waits_for_review(
    client: Client,
    report: Article,
    live: Claim,
    is_reviewer: bool,
    pressed: str,
    fields: dict[str, Any],
    proposed: list[tuple[str, str]],
) -> None:
    person = factories.reviewer() if is_reviewer else factories.editor()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    query = {"citation": live.citations.get().pk} if pressed else {}
    response = annotate(client, report, query=query, claim=live.pk, **fields)
    proposal = live.proposals.get()
    assert quotes(live) == [("End", "supports")]
    assert (proposal.status, quotes(proposal)) == ("in-review", proposed)
    page = client.get(response["Location"].partition("#")[0])
    assert "It waits beside the published claim" in page.content.decode()
    assert desk.address(proposal, "review") in page.content.decode()
    chief = Client()
    chief.force_login(factories.reviewer("chief"), backend="django.contrib.auth.backends.ModelBackend")
    assert desk.step(chief, proposal, "publish", change_reason="So it says").status_code == 302
    assert quotes(live) == proposed


def test_nobody_publishes_what_they_tied_themselves(editor_client: Client, report: Article, live: Claim) -> None:
    factories.reviewer("chief")
    annotate(editor_client, report, quote="Rivals say", claim=live.pk)
    assert (
        "Nobody reviews their own claim"
        in editor_client.get(desk.address(live.proposals.get(), "review")).content.decode()
    )


def test_a_passage_that_waits_is_marked_so_and_what_is_only_repeated_stands_once(
    plain_editor: Client, report: Article, live: Claim
) -> None:
    cited = live.citations.get()
    annotate(plain_editor, report, quote="Rivals say", claim=live.pk)
    response = plain_editor.get(path(report))
    html = response.content.decode()
    assert [each.quote for each in response.context["passages"]] == ["Rivals say", "End"]
    assert '<mark class="cited cited--waiting">Rivals say</mark>' in html
    assert '<mark class="cited cited--none">End</mark>' in html
    assert "Passages that wait for review" in html
    assert html.count("(a change waits for review)") == 2, "as label and as title"

    annotate(plain_editor, report, query={"citation": cited.pk}, quote="R1 is open")
    response = plain_editor.get(path(report))
    told = [(each.citation.quote, each.is_new) for each in response.context["waiting"].values()]
    assert told == [("R1 is open", True), ("Rivals say", True), ("End", False)]
    assert quotes(live) == [("End", "supports")]


def test_further_words_go_into_the_own_change_that_waits(plain_editor: Client, report: Article, live: Claim) -> None:
    for quote in ("Rivals say", "R1 is open"):
        assert annotate(plain_editor, report, quote=quote, claim=live.pk).status_code == 302
    assert [quote for quote, _stance in quotes(live.proposals.get())] == ["End", "R1 is open", "Rivals say"]


def test_a_change_of_somebody_else_is_joined_only_by_who_says_so(
    plain_editor: Client, report: Article, live: Claim
) -> None:
    other = Client()
    other.force_login(factories.editor("other"), backend="django.contrib.auth.backends.ModelBackend")
    annotate(other, report, quote="Rivals say", claim=live.pk)
    response = annotate(plain_editor, report, quote="R1 is open", claim=live.pk, stance="context", locator="mine")
    assert "by other is waiting already" in wrong(response)
    assert 'name="joins"' in response.content.decode()
    form = response.context["form"]
    assert (form["quote"].value(), form["stance"].value(), form["locator"].value()) == ("R1 is open", "context", "mine")
    assert len(quotes(live.proposals.get())) == 2
    annotate(plain_editor, report, quote="R1 is open", claim=live.pk, joins="on")
    assert len(quotes(live.proposals.get())) == 3


def test_a_citation_that_the_waiting_change_touches_is_changed_there(
    plain_editor: Client, report: Article, live: Claim
) -> None:
    query = {"citation": live.citations.get().pk}
    annotate(plain_editor, report, query=query, quote="Rivals say")
    for button in ("save", "remove"):
        response = annotate(plain_editor, report, query=query, button=button, quote="R1 is open")
        assert "The change that waits</a> changes this citation already" in wrong(response)
    assert quotes(live.proposals.get()) == [("Rivals say", "supports")]


def test_words_of_a_published_claim_are_taken_away_in_a_proposal_that_keeps_a_source(
    plain_editor: Client, report: Article, text: Revision, live: Claim
) -> None:
    cited = live.citations.get()
    response = annotate(plain_editor, report, query={"citation": cited.pk}, button="remove", locator="kept")
    assert "A claim without a citation cannot be published" in wrong(response)
    assert response.context["form"]["locator"].value() == "kept"
    assert not live.proposals.exists()
    factories.passage(live, text, "Rivals say")
    [message] = told(annotate(plain_editor, report, query={"citation": cited.pk}, button="remove"))
    assert message.startswith("Taking the annotation away is proposed. It waits beside the published claim")
    assert quotes(live.proposals.get()) == [("Rivals say", "supports")]
    assert len(quotes(live)) == 2


def test_words_move_from_one_published_claim_to_another_in_two_proposals(
    plain_editor: Client, report: Article, text: Revision, live: Claim, r1: Entity
) -> None:
    other = factories.claim(r1, cites=[report])
    cited = live.citations.get()
    assert "A claim without a citation" in wrong(
        annotate(plain_editor, report, query={"citation": cited.pk}, claim=other.pk)
    )
    assert not Claim.objects.exclude(replaces=None).exists()
    factories.passage(live, text, "Rivals say")
    assert annotate(plain_editor, report, query={"citation": cited.pk}, claim=other.pk).status_code == 302
    assert quotes(live.proposals.get()) == [("Rivals say", "supports")]
    assert quotes(other.proposals.get()) == [("", "supports"), ("End", "supports")]
    assert (len(quotes(live)), len(quotes(other))) == (2, 1)


def test_the_second_of_two_who_change_one_annotation_sees_what_the_first_made_of_it(
    editor_client: Client, report: Article, text: Revision, cost: Claim
) -> None:
    citation = factories.passage(cost, text, "End")
    mine = desk.read(editor_client, path(report, citation=citation.pk)) | {"quote": "R1 is open"}
    annotate(editor_client, report, query={"citation": citation.pk}, quote="Rivals say", stance="disputes")
    response = editor_client.post(path(report, citation=citation.pk), mine | {"save": "x"})
    assert "disputes, “Rivals say”" in wrong(response)
    citation.refresh_from_db()
    assert citation.quote == "Rivals say"
    form = response.context["form"]
    again = mine | {"version": form["version"].value(), "save": "x"}
    assert form["quote"].value() == "R1 is open"
    assert editor_client.post(path(report, citation=citation.pk), again).status_code == 302
    citation.refresh_from_db()
    assert citation.quote == "R1 is open"


def test_an_annotation_that_somebody_has_changed_is_not_removed_unseen(
    editor_client: Client, report: Article, text: Revision, cost: Claim
) -> None:
    citation = factories.passage(cost, text, "End")
    mine = desk.read(editor_client, path(report, citation=citation.pk))
    annotate(editor_client, report, query={"citation": citation.pk}, quote="Rivals say")
    editor_client.post(path(report, citation=citation.pk), mine | {"remove": "x"})
    assert Citation.objects.get().quote == "Rivals say"


@pytest.mark.parametrize("query", [{"citation": 99}, {"citation": "x"}, {"citation": "9" * 30}, {"number": 99}])
def test_what_does_not_exist_is_not_found(
    editor_client: Client, report: Article, text: Revision, query: dict[str, Any]
) -> None:
    assert editor_client.get(path(report, **query)).status_code == 404


def test_an_annotation_of_a_text_that_has_changed_is_refused_and_kept(
    editor_client: Client, report: Article, text: Revision, cost: Claim
) -> None:
    form = desk.read(editor_client, path(report)) | {"quote": "R1 is open", "claim": cost.pk, "locator": "mine"}
    newer = factories.text(report, WORDS.replace("is open", "is closed"))
    response = editor_client.post(path(report), form | {"save": "x"})
    assert "The text has changed since you opened this page." in wrong(response)
    assert "is closed" in response.content.decode()
    form = response.context["form"]
    assert (form["quote"].value(), form["locator"].value(), str(form["claim"].value())) == (
        "R1 is open",
        "mine",
        str(cost.pk),
    )
    assert form["revision"].value() == str(newer.pk)
    assert not Citation.objects.exists()


def test_only_a_reviewer_gives_a_verdict(plain_editor: Client, report: Article, text: Revision, cost: Claim) -> None:
    assert "verdict" not in desk.read(plain_editor, path(report))
    annotate(plain_editor, report, quote="End", claim=cost.pk, verdict="supported")
    cost.refresh_from_db()
    assert cost.verdict == ""


def test_a_verdict_waits_with_the_words_that_it_judges(
    editor_client: Client, report: Article, text: Revision, live: Claim
) -> None:
    told: dict[str, Any] = {"verdict": "disputed", "rationale": "It is.", "change_reason": "Checked"}
    annotate(editor_client, report, quote="Rivals say", claim=live.pk, **told)
    proposal = live.proposals.get()
    live.refresh_from_db()
    assert (live.verdict, proposal.verdict, proposal.rationale) == ("", "disputed", "It is.")
    assert desk.history(proposal).first().history_change_reason == "Checked"


@pytest.fixture
def lost(text: Revision, cost: Claim) -> Citation:
    """A passage of a judged and published claim that an edit has changed."""
    Claim.objects.filter(pk=cost.pk).update(verdict="supported", status="published")
    citation = factories.passage(cost, text, "cost at $5.576M", anchor="changed")
    factories.text(text.article, WORDS.replace("5.576", "6.576"))
    return citation


def test_a_lost_passage_is_a_task_with_candidates(editor_client: Client, report: Article, lost: Citation) -> None:
    query = {"citation": lost.pk}
    html = editor_client.get(path(report)).content.decode()
    assert "Passages that an edit has changed or taken out" in html
    assert f"?language=en&amp;citation={lost.pk}#annotation" in html
    response = editor_client.get(path(report, **query))
    choices = response.context["form"].fields["place"].choices
    assert "cost at $6.576M</mark>" in choices[0][1]
    assert f"number=1#mark-{lost.pk}" in response.content.decode()

    annotate(editor_client, report, query=query, place=choices[0][0])
    lost.refresh_from_db()
    assert lost.anchor == "changed"
    proposal = lost.claim.proposals.get()
    assert Claim.objects.get(replaces=None).public_verdict == "suspended"
    assert desk.step(editor_client, proposal, "publish", change_reason="Looked").status_code == 302
    lost.refresh_from_db()
    assert (lost.quote, lost.anchor, lost.revision.number) == ("cost at $6.576M", "same", 2)  # type: ignore[union-attr]
    assert Claim.objects.get().public_verdict == "supported"


@pytest.mark.parametrize("button", ["save", "remove"])
def test_only_a_review_ends_the_suspension_of_a_verdict(
    plain_editor: Client, report: Article, lost: Citation, button: str
) -> None:
    factories.passage(lost.claim, report.revisions.get(number=2), "End")
    response = annotate(plain_editor, report, query={"citation": lost.pk}, button=button, quote="cost at $6.576M")
    assert response.status_code == 302
    lost.refresh_from_db()
    assert lost.anchor == "changed"
    assert Claim.objects.get(replaces=None).public_verdict == "suspended"


def test_the_lost_passages_are_a_list(editor_client: Client, report: Article, lost: Citation) -> None:
    html = editor_client.get(reverse("admin:articles_citation_changelist") + "?passage=lost").content.decode()
    assert path(report) + f"?citation={lost.pk}#annotation" in html
    assert "1 citation" in html


def test_an_old_text_is_shown_without_a_form(editor_client: Client, report: Article, lost: Citation) -> None:
    html = editor_client.get(path(report, language="en", number=1)).content.decode()
    assert f'id="mark-{lost.pk}"' in html
    assert "This is the old text 1" in html
    assert 'name="quote"' not in html


def test_an_article_without_a_text_leads_to_where_it_is_given(editor_client: Client, report: Article) -> None:
    response = editor_client.get(path(report))
    assert response["Location"] == reverse("admin:articles_article_text", args=[report.pk])


def test_the_screen_needs_the_right_to_cite(client: Client, report: Article, text: Revision) -> None:
    guest = User.objects.create_user("guest", is_staff=True)
    client.force_login(guest, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(path(report)).status_code == 403


def test_a_text_cannot_bring_markup_into_the_page(editor_client: Client, report: Article, r1: Entity) -> None:
    text = factories.text(report, HOSTILE)
    factories.passage(factories.claim(r1, statement=HOSTILE), text, "<script>")
    assert "<script>alert" not in editor_client.get(path(report)).content.decode()


def test_a_claim_that_cites_a_text_twice_is_saved_in_its_own_form(
    editor_client: Client, report: Article, text: Revision, cost: Claim
) -> None:
    for quote in ("End", "Rivals say"):
        factories.passage(cost, text, quote, locator="paragraph 2")
    assert desk.change(editor_client, cost, change_reason="Nothing").status_code == 302
    html = editor_client.get(desk.address(cost, "change")).content.decode()
    assert ">Rivals say</a>" in html


def test_the_form_of_a_claim_does_not_end_a_suspension_either(
    plain_editor: Client, report: Article, lost: Citation, cost: Claim
) -> None:
    factories.passage(cost, report.revisions.get(number=2), "End")
    assert desk.change(plain_editor, cost, **{"citations-0-DELETE": "on"}).status_code == 302
    assert len(quotes(cost.proposals.get())) == 1
    assert Claim.objects.get(replaces=None).public_verdict == "suspended"
