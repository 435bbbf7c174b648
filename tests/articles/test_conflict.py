"""Two people, one record: nobody overwrites unseen, and nothing that was typed is lost."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from articles.models import Article, Author, Citation
from entities import conflict
from entities.models import Claim, Entity
from tests import desk, factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(claim: Claim) -> Claim:
    factories.as_draft(claim)
    return claim


@pytest.fixture
def other(db: None) -> Client:
    client = Client()
    client.force_login(factories.editor("other"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def opened(client: Client, record: Any) -> desk.Form:
    return desk.read(client, desk.address(record, "change"))


def send(client: Client, record: Any, form: desk.Form, **fields: Any) -> Any:
    return client.post(desk.address(record, "change"), {**form, "change_reason": "Mine", **fields})


def met(response: Any) -> dict[str, tuple[str, str, str]]:
    """Give what the page of a conflict shows: both versions by label, and what becomes of them."""
    assert response.status_code == 200
    return {
        each.label: (each.theirs, each.mine, "choose" if each.choice else "theirs" if each.is_theirs else "mine")
        for each in response.context["conflict"].differences
    }


def reread(response: Any) -> desk.Form:
    reader = desk.FormReader()
    reader.feed(response.content.decode())
    return reader.form


def test_a_save_on_an_old_state_is_refused_with_both_versions_and_resolved_in_place(
    editor_client: Client, other: Client, draft: Claim
) -> None:
    mine = opened(editor_client, draft)
    desk.change(other, draft, statement_en="R1 is closed.", title_en="Closed", change_reason="Theirs")
    rows = desk.history(draft).count()
    response = send(editor_client, draft, mine, statement_en="R1 is open.", when="2025-01-21")
    assert met(response) == {
        "Statement [en]": ("R1 is closed.", "R1 is open.", "choose"),
        "Title [en]": ("Closed", "", "theirs"),
        "When": ("2025-01-20", "2025-01-21", "mine"),
    }
    page = response.content.decode()
    assert "other saved this record while it was open here." in page
    assert "Theirs" in page
    draft.refresh_from_db()
    assert (draft.statement, desk.history(draft).count()) == ("R1 is closed.", rows)
    again = reread(response)
    assert (again["statement_en"], again["title_en"], again["when"]) == ("R1 is open.", "Closed", "2025-01-21")
    assert editor_client.post(desk.address(draft, "change"), again).status_code == 302
    draft.refresh_from_db()
    assert (draft.statement, draft.title, draft.when) == ("R1 is open.", "Closed", "2025-01-21")
    assert desk.history(draft).first().history_change_reason == "Mine"


def test_theirs_is_taken_where_it_is_chosen(editor_client: Client, other: Client, draft: Claim) -> None:
    mine = opened(editor_client, draft)
    desk.change(other, draft, statement_en="R1 is closed.", title_en="Closed")
    again = reread(send(editor_client, draft, mine, statement_en="R1 is open.", title_en="Open"))
    response = editor_client.post(desk.address(draft, "change"), again | {"take-statement_en": "theirs"})
    assert desk.errors(response) == {}
    draft.refresh_from_db()
    assert (draft.statement, draft.title) == ("R1 is closed.", "Open")


def test_a_third_save_in_between_is_met_again(editor_client: Client, other: Client, draft: Claim) -> None:
    mine = opened(editor_client, draft)
    desk.change(other, draft, title_en="One")
    again = reread(send(editor_client, draft, mine, title_en="Mine"))
    desk.change(other, draft, title_en="Two")
    response = editor_client.post(desk.address(draft, "change"), again)
    assert met(response)["Title [en]"] == ("Two", "Mine", "choose")


def test_relations_choices_and_lists_are_shown_by_their_names(
    editor_client: Client, other: Client, draft: Claim, high_flyer: Entity, r1: Entity
) -> None:
    mine = opened(editor_client, draft)
    desk.change(other, draft, subject=high_flyer.pk, mentions=[r1.pk], lane="press")
    shown = met(send(editor_client, draft, mine, mentions=[high_flyer.pk], lane="research"))
    assert shown["Subject"] == ("High-Flyer", "DeepSeek-R1", "theirs")
    assert shown["Mentions"] == ("DeepSeek-R1", "High-Flyer", "choose")
    assert shown["Lane"] == ("Press", "Research", "choose")


def test_the_same_change_made_twice_is_no_difference(editor_client: Client, other: Client, draft: Claim) -> None:
    mine = opened(editor_client, draft)
    desk.change(other, draft, title_en="Open")
    response = send(editor_client, draft, mine, title_en="Open")
    assert met(response) == {}
    assert editor_client.post(desk.address(draft, "change"), reread(response)).status_code == 302


# Citations and authors


def test_citations_changed_by_both_stand_side_by_side(editor_client: Client, other: Client, draft: Claim) -> None:
    mine = opened(editor_client, draft)
    desk.change(other, draft, **{"citations-0-locator": "table 1"})
    response = send(editor_client, draft, mine, **{"citations-0-locator": "table 2"})
    theirs, ours, what = met(response)["Citation"]
    assert ("table 1" in theirs, "table 2" in ours, what) == (True, True, "choose")
    again = reread(response)
    assert again["citations-0-locator"] == "table 2"
    assert (
        editor_client.post(
            desk.address(draft, "change"), again | {"take-citations-0": "theirs", "title_en": "Open"}
        ).status_code
        == 302
    )
    assert draft.citations.get().locator == "table 1"


def test_a_citation_added_by_each_stays(editor_client: Client, other: Client, draft: Claim) -> None:
    one, two = factories.article(title="One"), factories.article(title="Two")
    mine = opened(editor_client, draft)
    desk.change(other, draft, **{"citations-1-article": one.pk, "citations-1-position": "2"})
    row = {"citations-1-article": two.pk, "citations-1-position": "3", "citations-TOTAL_FORMS": "2"}
    response = send(editor_client, draft, mine, **row)
    assert "One" in met(response)["Citation"][0]
    assert editor_client.post(desk.address(draft, "change"), reread(response)).status_code == 302
    assert [row.article.title for row in draft.citations.all()] == ["DeepSeek-V3 Technical Report", "One", "Two"]


def test_a_citation_that_the_other_took_out_comes_back_as_a_new_row_if_it_was_changed_here(
    editor_client: Client, other: Client, draft: Claim, report: Article
) -> None:
    mine = opened(editor_client, draft)
    desk.change(other, draft, **{"citations-0-DELETE": "on"})
    response = send(editor_client, draft, mine, **{"citations-0-locator": "table 2"})
    assert "table 2" in met(response)["Citation"][1]
    assert editor_client.post(desk.address(draft, "change"), reread(response)).status_code == 302
    assert draft.citations.get().locator == "table 2"


def test_a_citation_that_the_other_took_out_stays_out_if_it_was_left_alone(
    editor_client: Client, other: Client, draft: Claim
) -> None:
    mine = opened(editor_client, draft)
    desk.change(other, draft, **{"citations-0-DELETE": "on"})
    response = send(editor_client, draft, mine, title_en="Open")
    assert met(response)["Citation"][2] == "theirs"
    assert editor_client.post(desk.address(draft, "change"), reread(response)).status_code == 302
    assert not draft.citations.exists()


def test_a_change_of_an_author_alone_is_met_too(editor_client: Client, other: Client, report: Article) -> None:
    Author.objects.create(article=report, name="A. Author")
    mine = opened(editor_client, report)
    desk.change(other, report, **{"authors-0-name": "B. Author"})
    response = send(editor_client, report, mine, title="New title", **{"authors-0-name": "C. Author"})
    assert met(response)["Author"][2] == "choose"
    report.refresh_from_db()
    assert report.title == "DeepSeek-V3 Technical Report"


# Other doors


@pytest.mark.parametrize("name", ["entity", "property"])
def test_every_record_is_guarded(name: str, editor_client: Client, other: Client, r1: Entity) -> None:
    record: Any = r1 if name == "entity" else factories.prop()
    column = "name_en" if name == "entity" else "label_en"
    mine = opened(editor_client, record)
    desk.change(other, record, **{column: "Theirs"})
    response = send(editor_client, record, mine, **{column: "Mine"})
    assert [version[:2] for version in met(response).values()] == [("Theirs", "Mine")]


def test_a_proposal_that_was_published_meanwhile_loses_nothing(editor_client: Client, claim: Claim) -> None:
    """Whoever still has the form of the published claim open meets the new words."""
    mine = opened(editor_client, claim)
    desk.revise(editor_client, claim, statement_en="R1 is open.")
    response = send(editor_client, claim, mine, statement_en="R1 is closed.")
    assert met(response)["Statement [en]"] == ("R1 is open.", "R1 is closed.", "choose")


def test_a_draft_published_meanwhile_becomes_a_proposal_with_what_was_typed(
    editor_client: Client, other: Client, draft: Claim
) -> None:
    mine = opened(other, draft)
    desk.step(editor_client, draft, "publish")
    response = send(other, draft, mine, statement_en="R1 is open.")
    assert desk.errors(other.post(desk.address(draft, "change"), reread(response))) == {}
    draft.refresh_from_db()
    assert (draft.statement, draft.proposals.get().statement) == ("R1 has open weights.", "R1 is open.")


def test_what_is_reviewed_is_what_was_shown(editor_client: Client, other: Client, draft: Claim) -> None:
    shown = desk.read(editor_client, desk.address(draft, "review"))
    desk.change(other, draft, **{"citations-0-locator": "table 9"})
    response = editor_client.post(desk.address(draft, "review"), shown | {"step": "publish"})
    assert "other saved this record while it was open here." in response.content.decode()
    draft.refresh_from_db()
    assert draft.status == "draft"
    assert editor_client.post(desk.address(draft, "review"), reread(response) | {"step": "publish"}).status_code == 302


def test_an_older_state_is_not_brought_back_over_an_unseen_change(
    editor_client: Client, other: Client, draft: Claim
) -> None:
    state = desk.address(draft, "simple_history", desk.history(draft).last().pk)
    shown = desk.read(editor_client, state)
    desk.change(other, draft, title_en="Theirs")
    response = editor_client.post(state, shown)
    assert "other saved this record" in response.content.decode()
    assert editor_client.post(state, reread(response)).status_code == 302


@pytest.mark.parametrize("token", ["", "x", "9" * 40, "-1", "1.2.3.4", "0.0", "\0"])
def test_a_token_of_nonsense_is_an_old_one(token: str, editor_client: Client, draft: Claim) -> None:
    response = send(editor_client, draft, opened(editor_client, draft), version=token, title_en="Mine")
    assert met(response)["Title [en]"][1] == "Mine"


def test_rows_not_sent_whole_are_told(editor_client: Client, draft: Claim) -> None:
    form = opened(editor_client, draft) | {"version": "", "citations-TOTAL_FORMS": "x"}
    assert editor_client.post(desk.address(draft, "change"), form).status_code == 200


def test_a_token_costs_two_queries_and_names_the_rows_since(claim: Claim, django_assert_num_queries: Any) -> None:
    parts = {Citation: "claim"}
    with django_assert_num_queries(2):
        token = conflict.token_of(claim, parts)
    assert conflict.newer_rows(claim, parts, token) == []
    claim.citations.get().save()
    claim.save()
    assert len(conflict.newer_rows(claim, parts, token)) == 2
    assert User.objects.count() == 0


# Deleted while it was open


def hidden(response: Any, **more: str) -> desk.Form:
    """Give what the page of a deletion sends on."""
    return reread(response) | more


def test_what_was_typed_for_a_record_deleted_meanwhile_is_shown_and_goes_on_once_it_is_back(
    editor_client: Client, other: Client, draft: Claim, report: Article
) -> None:
    words = f"R1 is open. {factories.HOSTILE}"
    mine = opened(other, draft) | {"statement_en": words, "citations-0-locator": "table 7"}
    desk.send(editor_client, desk.address(draft, "delete"), change_reason="A slip")
    response = send(other, draft, mine)
    html = response.content.decode()
    assert response.status_code == 200
    assert "reviewer deleted “R1 has open weights.” while it was open here" in html
    assert "A slip" in html
    typed = dict(response.context["typed"])
    assert (typed["Statement [en]"], typed["Reason of this change"]) == (words, "Mine")
    assert "table 7" in typed["Citation"]
    assert "<script>alert" not in html
    # An editor may not bring it back; a reviewer does, and the very page goes on.
    assert 'name="_restore"' not in html
    again = other.post(desk.address(draft, "change"), hidden(response, _restore="on"))
    assert not Claim.objects.filter(pk=draft.pk).exists()
    row = desk.history(draft).filter(history_type="-").first()
    editor_client.post(desk.address(Claim, "deleted"), {"restore": row.pk})
    again = other.post(desk.address(draft, "change"), hidden(response))
    assert met(again)["Statement [en]"] == ("R1 has open weights.", words, "mine")
    final = other.post(desk.address(draft, "change"), reread(again))
    assert desk.errors(final) == {}
    draft.refresh_from_db()
    assert (draft.statement, draft.citations.get().locator) == (words, "table 7")


@pytest.mark.parametrize("name", ["entity", "article"])
def test_a_reviewer_brings_a_deleted_record_back_with_what_was_typed(name: str, editor_client: Client) -> None:
    record: Any = factories.article() if name == "article" else factories.entity()
    mine = opened(editor_client, record) | {"summary_en": "Words."}
    desk.send(editor_client, desk.address(record, "delete"), change_reason="A slip")
    response = send(editor_client, record, mine)
    assert ("Summary [en]", "Words.") in response.context["typed"]
    again = editor_client.post(desk.address(record, "change"), hidden(response, _restore="on"))
    # Nothing is saved unseen.
    assert type(record).objects.get(pk=record.pk).summary_en in ("", None)
    assert desk.errors(editor_client.post(desk.address(record, "change"), reread(again))) == {}
    assert type(record).objects.get(pk=record.pk).summary_en == "Words."


def test_a_record_that_cannot_come_back_says_so_beside_what_was_typed(editor_client: Client, draft: Claim) -> None:
    mine = opened(editor_client, draft) | {"statement_en": "Typed."}
    slug = draft.slug
    desk.send(editor_client, desk.address(draft, "delete"), change_reason="A slip")
    factories.claim(draft.subject, slug=slug)
    response = editor_client.post(desk.address(draft, "change"), {**mine, "_restore": "on"})
    assert "It cannot come back as it was" in response.content.decode()
    assert "Typed." in response.content.decode()


def test_a_remark_on_a_claim_deleted_meanwhile_is_not_lost(editor_client: Client, draft: Claim) -> None:
    sent = desk.read(editor_client, desk.address(draft, "review")) | {"change_reason": "My remark", "step": "submit"}
    desk.send(editor_client, desk.address(draft, "delete"), change_reason="A slip")
    response = editor_client.post(desk.address(draft, "review"), sent)
    assert dict(response.context["typed"])["Reason, or remark for its writer"] == "My remark"
    again = editor_client.post(desk.address(draft, "review"), hidden(response, _restore="on"))
    assert reread(again)["change_reason"] == "My remark"
    assert Claim.objects.filter(pk=draft.pk, status="draft").exists()


@pytest.mark.parametrize("screen", ["text", "annotate"])
def test_what_was_typed_beside_the_text_of_an_article_deleted_meanwhile_is_not_lost(
    screen: str, editor_client: Client, r1: Entity
) -> None:
    article = factories.article()
    factories.text(article, "R1 is open.")
    path = desk.address(article, screen)
    typed = {"text": "R1 is free."} if screen == "text" else {"quote": "R1 is free.", "statement_en": "It is free."}
    mine = desk.read(editor_client, path) | typed | {"subject": "9" * 40}
    desk.send(editor_client, desk.address(article, "delete"), change_reason="A slip")
    response = editor_client.post(path, mine)
    assert response.status_code == 200
    assert set(typed.values()) <= {words for _label, words in response.context["typed"]}
    again = editor_client.post(path, hidden(response, _restore="on"), follow=True)
    assert Article.objects.filter(pk=article.pk).exists()
    assert all(words in again.content.decode() for words in typed.values())


def test_a_number_that_no_record_can_have_is_met_beside_a_conflict(editor_client: Client, draft: Claim) -> None:
    response = send(editor_client, draft, opened(editor_client, draft), version="0.0", subject="9" * 40)
    assert met(response)["Subject"][1] == ""


def test_an_annotation_removed_meanwhile_leaves_what_was_typed(
    editor_client: Client, draft: Claim, report: Article
) -> None:
    passage = factories.passage(draft, factories.text(report, "R1 is open."), "R1")
    screen = f"{desk.address(report, 'annotate')}?citation={passage.pk}"
    mine = desk.read(editor_client, screen) | {"quote": "R1 is open", "locator": "page 77"}
    passage.delete()
    response = editor_client.post(screen, mine)
    assert "Somebody has removed this annotation" in response.content.decode()
    again = reread(response)
    assert (again["quote"], again["locator"], Citation.objects.filter(locator="page 77").exists()) == (
        "R1 is open",
        "page 77",
        False,
    )
    assert 'action="?language=en"' in response.content.decode()
    assert editor_client.post(f"{desk.address(report, 'annotate')}?language=en", again).status_code == 302
    assert Citation.objects.get(locator="page 77").quote == "R1 is open"
