"""The copy of the shipped story, on which many tests stand, is what an import makes."""

import pytest
from django.conf import settings

from articles import search
from articles.story import import_story
from entities.models import Claim, Entity, TaggedItem
from tests import factories

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("committed_story")]


def test_an_import_finds_nothing_to_do() -> None:
    report = import_story(settings.BASE_DIR / "story")
    assert report.kept == []
    assert {(counts.created, counts.changed) for counts in report.counts.values()} == {(0, 0)}


def test_search_and_history_came_along() -> None:
    assert search.find("deepseek r1", "en").ranked
    history = Claim.history  # type: ignore[attr-defined]
    assert history.count() == Claim.objects.count()


def test_a_new_record_gets_a_number_of_its_own() -> None:
    before = Entity.objects.count()
    factories.claim(factories.entity("model", "after-the-story"))
    assert Entity.objects.count() == before + 1


@pytest.mark.parametrize("turn", [1, 2])
def test_tags_stay_on_their_records_after_a_flush(turn: int) -> None:
    """The second turn meets types of content with other numbers."""
    assert TaggedItem.objects.count()
    assert Entity.objects.published().filter(tags__isnull=False).exists()
