"""What the site writes itself is made of claims, so it is no evidence for them."""

import pytest
from django.test import Client

from articles import coverage, queues
from articles.models import Article, Citation, Revision
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


def test_a_claim_shows_our_words_in_the_language_of_the_page(client: Client, r1: Entity) -> None:
    own = factories.article("our-story", kind="narrative", rights="whole")
    claim = factories.claim(r1, statement="R1 came out.")
    for language, words in (("en", "R1 was released."), ("fr", "R1 est sorti.")):
        text = Revision.objects.create(article=own, language=language, number=1, text=words)
        passage = {"quote": words, "start": 0, "end": len(words), "anchor": "same", "revision": text}
        Citation.objects.create(claim=claim, article=own, stance="context", **passage)
    english, french = (client.get(f"{start}{claim.get_absolute_url()}").content.decode() for start in ("", "/fr"))
    assert ("R1 was released." in english, "R1 est sorti." in english) == (True, False)
    assert ("R1 was released." in french, "R1 est sorti." in french) == (False, True)


def test_what_we_wrote_has_its_title_in_each_language(client: Client) -> None:
    factories.article("our-story", kind="narrative", title="Our story", translated_title_fr="Notre histoire")
    assert '<h1 lang="en">Our story</h1>' in client.get("/articles/our-story/").content.decode()
    assert '<h1 lang="fr">Notre histoire</h1>' in client.get("/fr/articles/our-story/").content.decode()
    factories.article("theirs", title="Their story", translated_title_fr="Leur histoire")
    assert '<h1 lang="en">Their story</h1>' in client.get("/fr/articles/theirs/").content.decode()
