"""What the card of a shared link costs: drawn, and kept."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.test import RequestFactory

from entities import cards
from entities.models import Claim, Entity
from entities.pictures import card, fonts
from entities.pictures.card import Card
from tests.bench.harness import Site

DRAWN_MS, KEPT_MS = 150, 1
WORDS = ("A name of many words that goes on and on " * 8)[:300]


def samples() -> list[Card]:
    """Give cards of the generated base, and the longest that there can be."""
    entities = Entity.objects.order_by("pk")[:5]
    claims = Claim.objects.published().with_records().order_by("pk")[:5]
    longest = Card(WORDS, "The DeepSeek Story", "event", "Event", "Вэньфэн" * 40, WORDS, WORDS, as_of="as of today")
    return [*(cards.of_entity(each, []) for each in entities), *map(cards.of_claim, claims), longest]


def draw(drawn: Card) -> bytes:
    return fonts.as_png(card.draw(drawn), card.WIDTH)


def test_a_card_is_drawn_in_time(site: Site) -> None:
    calls: list[Callable[[], Any]] = [partial(draw, each) for each in samples()]
    assert not site.call("card, drawn", calls, DRAWN_MS).is_clearly_over


def test_a_kept_card_costs_next_to_nothing(site: Site) -> None:
    request = RequestFactory().get("/")
    calls: list[Callable[[], Any]] = [partial(cards.answer, request, each) for each in samples()]
    assert not site.call("card, kept", calls, KEPT_MS).is_clearly_over
