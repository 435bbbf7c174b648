"""What the site writes itself is made of claims, so it is no evidence for them."""

import pytest
from django.test import Client

from articles import coverage, queues
from articles.models import Article
from entities.models import Claim, Entity
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(r1: Entity) -> Claim:
    """A published claim that only our own narrative speaks of."""
    own = factories.article("our-story", kind="narrative", title="Our own story")
    return factories.claim(r1, statement="R1 came out.", cites=[own])


def test_our_own_words_are_no_source_of_a_page(client: Client, told: Claim) -> None:
    assert "Our own story" not in client.get("/models/deepseek-r1/").content.decode()
    assert "Our own story" not in client.get("/models/deepseek-r1.json").content.decode()


def test_the_page_of_a_claim_leads_to_where_we_tell_it(client: Client, told: Claim) -> None:
    assert "Our own story" in client.get(told.get_absolute_url()).content.decode()


def test_a_claim_that_rests_on_our_own_words_has_no_source(told: Claim, report: Article) -> None:
    factories.claim(told.subject, cites=[report])
    [queue] = [each for each in queues.QUEUES if each.slug == "unsourced"]
    assert [claim.pk for claim in queue.keep[Claim](Claim.objects.all())] == [told.pk]
    assert coverage.measure().sourced == 1
