"""The screen for the text of an article: a text becomes the next one, once its editor has seen what that does."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from articles import review, search
from articles.models import Article, Citation, Revision
from entities.models import Claim
from tests import desk, factories

OLD = "The report puts the final run at $5.576M. It does not count earlier research.\nR1 is open."


def path(article: Article) -> str:
    return reverse("admin:articles_article_text", args=[article.pk])


def send(client: Client, article: Article, **fields: Any) -> Any:
    """Send a text with a reason, which a published article asks for."""
    return desk.send(client, path(article), **{"reason": "A correction"} | fields)


def confirm(client: Client, article: Article, response: Any, **changes: Any) -> Any:
    """Send the form of a preview, as its button does."""
    reader = desk.FormReader()
    reader.feed(response.content.decode())
    return client.post(path(article), {**reader.form, **changes})


@pytest.fixture
def text(report: Article) -> Revision:
    return factories.text(report, OLD)


@pytest.fixture
def cited(claim: Claim, text: Revision) -> Citation:
    Claim.objects.filter(pk=claim.pk).update(verdict="supported")
    return factories.passage(claim, text, "final run at $5.576M")


def test_a_first_text_is_stored_at_once_and_normalised(editor_client: Client, report: Article) -> None:
    response = send(editor_client, report, text="One\r\nline.\r\n\r\nTwo\u00a0words.")
    assert response["Location"] == reverse("admin:articles_article_annotate", args=[report.pk]) + "?language=en"
    stored = Revision.objects.get()
    assert (stored.name, stored.text) == ("en.1", "One line.\nTwo words.")


def test_a_page_with_scripts_is_stored_as_its_words(editor_client: Client, report: Article) -> None:
    page = b"<script>alert(1)</script><h1>Title</h1><p onclick='x()'>It <b>is</b>.<p>So."
    send(editor_client, report, file=SimpleUploadedFile("page.html", page))
    assert Revision.objects.get().text == "## Title\nIt is.\nSo."


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", b"\x89PNG\r\n", "not a text"),
        ("a.txt", "café".encode("latin-1"), "not in UTF-8"),
        ("a.txt", b"a" * 5_000_000, "at most 1 MB"),
        ("a.pdf", b"text", "name ends in"),
        ("a.txt", b"  \n", "no words"),
    ],
)
def test_a_bad_upload_is_refused_and_what_was_typed_is_kept(
    editor_client: Client, report: Article, name: str, content: bytes, message: str
) -> None:
    response = send(
        editor_client, report, file=SimpleUploadedFile(name, content), text="Typed.", reason="Because", language="fr"
    )
    assert response.status_code == 200
    form = response.context["form"]
    assert message in str(form.errors)
    assert (form["text"].value(), form["reason"].value(), form["language"].value()) == ("Typed.", "Because", "fr")
    assert not Revision.objects.exists()


def test_a_pasted_text_of_five_megabytes_is_refused_and_kept(editor_client: Client, report: Article) -> None:
    response = send(editor_client, report, text="word " * 1_000_000)
    assert "at most 1 MB; this one has 5.0 MB" in str(response.context["form"].errors)
    assert "word word" in response.content.decode()


@pytest.mark.parametrize("language", ["", "x y", "../../etc", "fr\n"])
def test_a_language_is_a_tag(editor_client: Client, report: Article, language: str) -> None:
    response = send(editor_client, report, text="Words.", language=language)
    assert response.status_code == 302 if language == "fr\n" else "language" in response.context["form"].errors


def test_an_editor_sees_what_becomes_of_the_passages_before_anything_is_saved(
    editor_client: Client, report: Article, cited: Citation
) -> None:
    response = send(editor_client, report, text=OLD.replace("5.576", "6.576"))
    (fate,) = response.context["fates"]
    assert (fate.state.value, fate.citation) == ("changed", cited)
    html = response.content.decode()
    assert "Changed in substance:" in html
    assert "Most like it in the new text:" in html
    assert "<del>5</del><ins>6</ins>" in html
    assert Revision.objects.count() == 1

    response = confirm(editor_client, report, response)
    assert response.status_code == 302
    assert Revision.objects.count() == 2
    cited.refresh_from_db()
    assert (cited.anchor, cited.quote, cited.revision) == (
        "changed",
        "final run at $5.576M",
        Revision.objects.get(number=1),
    )
    assert Claim.objects.get().public_verdict == "suspended"


def test_a_preview_says_when_only_the_rest_of_a_sentence_has_changed(
    editor_client: Client, report: Article, claim: Claim, text: Revision
) -> None:
    factories.passage(claim, text, "It does not count earlier research")
    response = send(editor_client, report, text=OLD.replace("research.", "research, says Reuters."))
    assert [fate.state.value for fate in response.context["fates"]] == ["reworded"]
    assert "the rest of their sentence has changed" in response.content.decode()


def test_a_preview_tells_once_what_a_proposal_repeats(
    editor_client: Client, report: Article, claim: Claim, cited: Citation
) -> None:
    review.propose(claim)
    shown = send(editor_client, report, text=OLD.replace("5.576", "6.576"))
    assert [fate.citation for fate in shown.context["fates"]] == [cited]
    assert "The verdict on 1 passage will be suspended" in shown.content.decode()
    confirm(editor_client, report, shown)
    assert set(Citation.objects.exclude(revision=None).values_list("anchor", flat=True)) == {"changed"}


def test_what_is_confirmed_is_what_was_shown(editor_client: Client, report: Article, cited: Citation) -> None:
    shown = send(editor_client, report, text=OLD + "\nMore.")
    response = confirm(editor_client, report, shown, text=OLD.replace("5.576", "6.576"))
    assert [fate.state.value for fate in response.context["fates"]] == ["changed"]
    assert Revision.objects.count() == 1


def test_passages_go_with_the_text(editor_client: Client, report: Article, cited: Citation) -> None:
    shown = send(editor_client, report, text="New.\n\n" + OLD.replace("\n", "\n\n"), reason="A line more")
    confirm(editor_client, report, shown)
    cited.refresh_from_db()
    revision = Revision.objects.get(number=2)
    assert (cited.revision, cited.anchor, cited.start) == (revision, "same", 25)
    assert revision.text[cited.start : cited.end] == cited.quote
    assert cited.suffix == ". It does not count earlier rese"
    row = desk.history(cited).first()
    assert (row.history_change_reason, row.history_user.username) == ("A line more", "reviewer")
    assert Claim.objects.get().public_verdict == "supported"


@pytest.mark.parametrize(
    ("before", "after"), [("paragraph 1", "paragraph 2"), ("paragraph 7", "paragraph 7"), ("page 1", "page 1")]
)
def test_the_number_of_its_paragraph_goes_with_a_passage_but_no_other_count(
    editor_client: Client, report: Article, cited: Citation, before: str, after: str
) -> None:
    Citation.objects.update(locator=before)
    confirm(editor_client, report, send(editor_client, report, text="New.\n\n" + OLD.replace("\n", "\n\n")))
    cited.refresh_from_db()
    assert (cited.anchor, cited.locator) == ("same", after)
    assert desk.history(cited).first().locator == after


def test_search_learns_of_new_words(editor_client: Client, report: Article, claim: Claim, text: Revision) -> None:
    passage = factories.passage(claim, text, "It does not count earlier research")
    search.rebuild()
    confirm(editor_client, report, send(editor_client, report, text=OLD.replace("earlier", "preceding")))
    passage.refresh_from_db()
    assert (passage.anchor, passage.quote) == ("reworded", "It does not count preceding research")
    assert [hit.record_id for hit in search.find("preceding", "en").ranked] == [claim.pk]


def test_two_passages_of_one_claim_never_come_to_the_same_words(
    editor_client: Client, report: Article, claim: Claim
) -> None:
    text = factories.text(report, "They said that a heavy cost came about in May.")
    long, short = factories.passage(claim, text, "heavy cost"), factories.passage(claim, text, "cost")
    shown = send(editor_client, report, text="They said that a cost came about in May.", reason="Shorter")
    assert confirm(editor_client, report, shown).status_code == 302
    long.refresh_from_db()
    short.refresh_from_db()
    assert (short.quote, short.revision_id != text.pk) == ("cost", True)
    assert (long.quote, long.revision_id, long.is_lost) == ("heavy cost", text.pk, True)


def test_taking_an_edit_back_lets_the_verdict_stand_again(
    editor_client: Client, report: Article, cited: Citation
) -> None:
    for words in (OLD.replace("5.576", "6.576"), OLD):
        confirm(editor_client, report, send(editor_client, report, text=words.replace("\n", "\n\n")))
    cited.refresh_from_db()
    assert (cited.anchor, cited.revision) == ("same", Revision.objects.get(number=3))
    assert Claim.objects.get().public_verdict == "supported"


def test_a_text_written_over_an_older_one_is_refused_and_kept(
    editor_client: Client, report: Article, text: Revision
) -> None:
    mine = desk.read(editor_client, path(report)) | {"text": "Mine.\n\nR1 is open.", "reason": "Mine"}
    factories.text(report, OLD + "\nTheirs.")
    response = editor_client.post(path(report), mine)
    html = response.content.decode()
    assert "Somebody has saved text 2 since you opened this page" in html
    assert "Theirs</ins>" in html
    assert response.context["form"]["text"].value() == "Mine.\n\nR1 is open."
    assert Revision.objects.count() == 2
    # Having seen both, the editor may save again.
    assert confirm(editor_client, report, response).status_code == 302
    assert Revision.objects.get(number=3).text == "Mine.\nR1 is open."


def test_the_same_text_is_no_new_one(editor_client: Client, report: Article, text: Revision) -> None:
    response = send(editor_client, report)
    assert "The text is the same as the one on file." in response.content.decode()
    assert Revision.objects.count() == 1


def test_a_text_of_a_published_article_needs_its_reason(
    editor_client: Client, report: Article, cited: Citation
) -> None:
    response = send(editor_client, report, text=OLD + "\n\nMore.", reason="")
    form = response.context["form"]
    assert "say why it changes" in str(form.errors["reason"])
    assert form["text"].value() == OLD + "\n\nMore."
    assert response.context["fates"] == []
    shown = send(editor_client, report, text=OLD + "\n\nMore.", reason="It went on")
    assert Revision.objects.count() == 1
    assert confirm(editor_client, report, shown).status_code == 302
    assert "Text en.2: It went on" in editor_client.get(desk.address(report, "history")).content.decode()
    row = desk.history(report).first()
    assert (row.history_user.username, row.history_type) == ("reviewer", "~")


def test_an_upload_without_its_reason_is_kept_as_its_words(editor_client: Client, report: Article) -> None:
    page = SimpleUploadedFile("page.html", b"<h1>Title</h1><p>It is.")
    response = send(editor_client, report, file=page, reason="")
    form = response.context["form"]
    assert (form["text"].value(), form["format"].value()) == ("## Title\n\nIt is.", "txt")


def test_a_text_of_a_draft_needs_no_reason(editor_client: Client) -> None:
    draft = factories.article(status="draft")
    assert send(editor_client, draft, text="One.", reason="").status_code == 302
    assert desk.history(draft).first().history_change_reason == "Text en.1"


def test_a_text_needs_the_right_to_add_one(client: Client, report: Article) -> None:
    assert client.get(path(report)).status_code == 302
    client.force_login(factories._member("guest"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(path(report)).status_code == 403


def test_the_form_of_an_article_leads_to_its_text(editor_client: Client, report: Article) -> None:
    html = editor_client.get(desk.address(report, "change")).content.decode()
    assert path(report) in html
    assert reverse("admin:articles_article_annotate", args=[report.pk]) in html
