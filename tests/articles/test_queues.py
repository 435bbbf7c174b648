"""The work queues: what waits in each, on the first page of the desk and in the list it leads to."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from articles import queues
from articles.models import Article, Citation, Revision
from entities.models import Claim, Entity
from tests import desk, factories

pytestmark = pytest.mark.django_db

# Session, user, permissions, the queues, and the stock page.
BUDGET = 24


def in_queue(client: Client, slug: str, model: Any = Claim) -> list[str]:
    """Give the slugs in the list that a queue leads to; its count on the first page must be the same."""
    listed = client.get(desk.address(model, "changelist"), {"queue": slug}).context["cl"]
    found = sorted(record.slug for record in listed.result_list)
    shown = client.get(reverse("admin:index")).content.decode()
    link = f'{desk.address(model, "changelist")}?queue={slug}">'
    assert f"<strong>{len(found)}</strong>" in shown.partition(link)[2].partition("</a>")[0]
    return found


def test_what_is_in_review_waits(editor_client: Client, r1: Entity) -> None:
    factories.claim(r1, slug="waits", status="in-review")
    factories.claim(r1, slug="live")
    factories.entity("person", "somebody", status="in-review")
    factories.article("source", status="in-review")
    assert in_queue(editor_client, "review") == ["waits"]
    assert in_queue(editor_client, "review", Entity) == ["somebody"]
    assert in_queue(editor_client, "review", Article) == ["source"]


def test_claims_with_a_lost_passage_wait(editor_client: Client, r1: Entity, report: Article) -> None:
    revision = Revision.objects.create(article=report, language="en", number=1, text="Some words.")
    for anchor in Citation.Anchor.values:
        claim = factories.claim(r1, slug=anchor)
        for quote, start in (("Some", 0), ("words", 5)):
            passage: dict[str, Any] = {"quote": quote, "start": start, "end": start + len(quote), "anchor": anchor}
            Citation.objects.create(claim=claim, article=report, revision=revision, **passage)
    assert in_queue(editor_client, "passages") == ["changed", "orphaned"]


def test_a_disputed_claim_waits_for_a_source_on_each_side(editor_client: Client, r1: Entity) -> None:
    for slug, stances in {
        "none": [],
        "for": ["supports"],
        "against": ["disputes"],
        "both": ["supports", "disputes"],
    }.items():
        claim = factories.claim(r1, slug=slug, verdict="disputed")
        for stance in stances:
            Citation.objects.create(claim=claim, article=factories.article(), stance=stance)
    factories.claim(r1, slug="supported", verdict="supported")
    assert in_queue(editor_client, "one-sided") == ["against", "for", "none"]
    assert in_queue(editor_client, "unsourced") == ["none", "supported"]


def test_a_claim_waits_for_a_check_after_180_days(editor_client: Client, r1: Entity) -> None:
    today = timezone.now().date()
    factories.claim(r1, slug="never")
    for slug, days in {"long-ago": 181, "lately": 180, "today": 0}.items():
        factories.claim(r1, slug=slug, checked_on=today - timedelta(days=days))
    factories.claim(r1, slug="draft", status="draft")
    assert in_queue(editor_client, "unchecked") == ["long-ago", "never"]


def test_texts_in_english_alone_wait_for_their_french(editor_client: Client, r1: Entity) -> None:
    prop = factories.prop("licence", "text")
    factories.claim(r1, slug="value", property=prop, text_en="MIT")
    factories.claim(r1, slug="english", statement_en="So.")
    factories.claim(r1, slug="reason", statement_en="So.", statement_fr="Oui.", rationale_en="Why.")
    factories.claim(r1, slug="both", statement_en="So.", statement_fr="Oui.")
    factories.entity("person", "somebody", summary_en="Words.", summary_fr="")
    factories.article("source", summary_en="Words.", summary_fr="Mots.")
    assert in_queue(editor_client, "untranslated") == ["english", "reason"]
    assert in_queue(editor_client, "untranslated", Entity) == ["somebody"]
    assert in_queue(editor_client, "untranslated", Article) == []


def test_a_french_text_older_than_its_english_waits(editor_client: Client, r1: Entity) -> None:
    def revised(slug: str, *states: tuple[str, str]) -> None:
        claim = factories.claim(r1, slug=slug, statement_en=states[0][0], statement_fr=states[0][1])
        for claim.statement_en, claim.statement_fr in states[1:]:  # type: ignore[attr-defined]
            claim.save()

    revised("fresh", ("A", "a"))
    revised("old", ("A", "a"), ("B", "a"), ("B", "a"))
    revised("caught-up", ("A", "a"), ("B", "a"), ("B", "b"))
    revised("together", ("A", "a"), ("B", "b"))
    revised("translated-later", ("A", ""), ("B", ""), ("B", "b"))
    assert in_queue(editor_client, "outdated") == ["old"]
    r1.summary_en, r1.summary_fr = "A", "a"  # type: ignore[attr-defined]
    r1.save()
    r1.summary_en = "B"  # type: ignore[attr-defined]
    r1.save()
    assert in_queue(editor_client, "outdated", Entity) == ["deepseek-r1"]


def test_the_first_page_costs_the_same_for_ten_times_as_many(editor_client: Client, claim: Claim) -> None:
    def count_queries() -> int:
        with CaptureQueriesContext(connection) as queries:
            editor_client.get(reverse("admin:index"))
        return len(queries)

    few = count_queries()
    for _number in range(20):
        factories.claim(claim.subject, status="in-review", verdict="disputed")
    assert count_queries() == few <= BUDGET


def test_a_long_queue_is_not_counted_to_its_end(
    editor_client: Client, r1: Entity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queues, "MOST_COUNTED", 2)
    for _number in range(4):
        factories.claim(r1, status="in-review")
    assert "Claims <strong>2+</strong>" in editor_client.get(reverse("admin:index")).content.decode()


def test_nobody_sees_a_queue_of_records_that_they_may_not_see(client: Client) -> None:
    user = User.objects.create_user("looker", is_staff=True)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert "What waits" not in client.get(reverse("admin:index")).content.decode()
    user.user_permissions.add(Permission.objects.get(codename="view_article"))
    page = client.get(reverse("admin:index")).content.decode()
    assert desk.address(Article, "changelist") + "?queue=review" in page
    assert desk.address(Claim, "changelist") + "?queue" not in page


@pytest.mark.parametrize("slug", ["nothing", "passages", "%00"])
def test_a_queue_that_a_list_does_not_have_is_no_filter(slug: str, editor_client: Client, report: Article) -> None:
    assert editor_client.get(desk.address(Article, "changelist") + f"?queue={slug}").status_code in (200, 302)
