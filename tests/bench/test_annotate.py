"""What the desk's screens cost with a long text: 2,000 paragraphs with 500 passages."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from articles.models import Article, Citation, Revision
from articles.revise import spread
from articles.text import words_of
from entities.models import Claim
from tests.bench.harness import Series, record, timed

PARAGRAPHS, PASSAGES = 2_000, 500
# In milliseconds, from the issue.
SCREEN, SAVING = 1_000, 2_000
VOCABULARY = sorted(
    words_of(
        "the laboratory published a report on training with fewer chips after the market had closed and before "
        "analysts could read how the new weights compare with those of an older network that nobody outside had "
        "seen in January"
    )
)


@dataclass
class Desk:
    """Somebody at the desk with the long text of one article."""

    client: Client
    article: Article
    text: str

    def screen(self, name: str) -> str:
        return reverse(f"admin:articles_article_{name}", args=[self.article.pk])

    def revise(self, text: str) -> Any:
        """Send a text, and confirm what its preview shows: both are what saving costs."""
        latest = Revision.objects.of(self.article, "en").first()
        assert latest
        form = {"language": "en", "format": "txt", "text": spread(text), "based_on": latest.number, "reason": "New"}
        preview = self.client.post(self.screen("text"), form)
        assert len(preview.context["fates"]) == PASSAGES
        seal = preview.context["form"].initial["confirmed"]
        return lambda: self.client.post(self.screen("text"), form | {"confirmed": seal})


@pytest.fixture
def desk(database: str, plain_static_files: None) -> Iterator[Desk]:
    rng = random.Random(5)
    lines = [f"Paragraph {number} says {' '.join(rng.choices(VOCABULARY, k=60))}." for number in range(PARAGRAPHS)]
    text = "\n".join(lines)
    with transaction.atomic():
        article = Article.objects.create(slug="bench-long-text", title="A long text")
        revision = Revision.objects.create(article=article, language="en", number=1, text=text)
        starts = [text.index(lines[number]) for number in range(0, PARAGRAPHS, PARAGRAPHS // PASSAGES)]
        claims = Claim.objects.order_by("pk")[:PASSAGES]
        Citation.objects.bulk_create(
            Citation(
                claim=claim,
                article=article,
                revision=revision,
                quote=text[start : start + 70],
                start=start,
                end=start + 70,
                anchor="same",
            )
            for claim, start in zip(claims, starts, strict=True)
        )
        chief = User.objects.create_superuser("bench-chief")
        client = Client()
        client.force_login(chief, backend="django.contrib.auth.backends.ModelBackend")
        yield Desk(client, article, text)
        transaction.set_rollback(True)


def test_the_annotate_screen_opens_within_a_second(desk: Desk) -> None:
    def show() -> None:
        assert desk.client.get(desk.screen("annotate")).status_code == 200

    (series,) = timed([show], runs=5)
    figure = record(connection.vendor, "annotate screen", series, 1000 * series.median, SCREEN, "ms")
    assert figure.is_ok


def test_a_new_text_is_saved_within_two_seconds(desk: Desk) -> None:
    seconds = []
    for number in range(3):
        edited = desk.text.replace("Paragraph 1000 ", f"In edition {number}, paragraph 1000 ").replace(
            " seen ", " met "
        )
        text = "\n".join([f"An introduction, number {number}.", edited])
        save = desk.revise(text)
        (series,) = timed([save], warmups=0, runs=1)
        seconds += series.seconds
        assert Revision.objects.filter(article=desk.article).count() == number + 2
    series = Series(sorted(seconds))
    figure = record(connection.vendor, "saving a new text", series, 1000 * series.median, SAVING, "ms")
    assert figure.is_ok
