"""Sentences made from a property's pattern and a claim's value, in each language and direction."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from entities import wording
from entities.models import Claim, Entity, Property, Unit

DOLLAR = Unit(code="USD", currency="USD")
PARAMETER = Unit(
    code="parameter",
    singular_en="parameter",
    plural_en="parameters",
    singular_fr="paramètre",
    plural_fr="paramètres",
)


def claim(value_type: str = "text", **fields: Any) -> Claim:
    prop = Property(
        value_type=value_type,
        pattern_en="The cost of {subject}: {value}",
        pattern_fr="Le coût de {subject} : {value}",
        inverse_pattern_en="{value} was founded by {subject}",
        inverse_pattern_fr="{value} a été fondé par {subject}",
    )
    return Claim(**{"subject": Entity(name_en="Open R1", name_fr="Open R1"), "property": prop} | fields)


@pytest.mark.parametrize(
    ("fields", "english", "french"),
    [
        ({"text_en": "MIT", "text_fr": "licence MIT"}, "MIT", "licence MIT"),
        ({"text_en": "MIT"}, "MIT", "MIT"),
        ({"url": "https://example.org/"}, "https://example.org/", "https://example.org/"),
        ({"date": "2025-01-20"}, "20 January 2025", "20 janvier 2025"),
        ({"object": Entity(name_en="High-Flyer", name_fr="High-Flyer")}, "High-Flyer", "High-Flyer"),
        ({"amount": Decimal(671_000_000_000), "unit": PARAMETER}, "671B parameters", "671 Md de paramètres"),
        ({"amount": Decimal(1), "unit": PARAMETER}, "1 parameter", "1 paramètre"),
        ({"amount": Decimal(5), "unit": DOLLAR, "bound": "about"}, "about $5", "environ 5 $US"),
        ({"amount": Decimal(-5), "unit": DOLLAR, "bound": "at-least"}, "−$5 or more", "−5 $US ou plus"),
        ({"amount": Decimal(5)}, "", ""),
        ({}, "", ""),
    ],
)
def test_a_value_is_written_as_people_write_it(fields: dict[str, Any], english: str, french: str) -> None:
    assert wording.value_text(claim(**fields)) == english
    with translation.override("fr"):
        assert wording.value_text(claim(**fields)).replace("\N{NO-BREAK SPACE}", " ").replace("\u202f", " ") == french


def test_a_sentence_fills_the_pattern_of_the_language() -> None:
    made = claim(text_en="high", text_fr="élevé")
    assert wording.sentence(made) == "The cost of Open R1: high"
    with translation.override("fr"):
        assert wording.sentence(made) == "Le coût d'Open R1 : élevé"


def test_the_inverse_sentence_starts_from_the_value() -> None:
    made = claim("entity", object=Entity(name_en="Hugging Face"))
    assert wording.sentence(made, inverse=True) == "Hugging Face was founded by Open R1"


def test_a_claim_in_words_alone_has_no_sentence_of_the_vocabulary() -> None:
    assert wording.sentence(claim(property=None)) == ""


@pytest.mark.parametrize("name", ["{value}", "{subject}", "{0}", "{}", "%s", "\\1", "{subject.__class__}"])
def test_braces_in_a_name_are_words_like_any_other(name: str) -> None:
    assert wording.fill("{subject}: {value}", name, name) == f"{name}: {name}"


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("prix de {subject} : {value}", "prix d'Alibaba : Alibaba"),
        ("dit que {subject} et {value}", "dit qu'Alibaba et Alibaba"),
        ("selon {subject}, {value}", "selon Alibaba, Alibaba"),
        ("monde {subject} {value}", "monde Alibaba Alibaba"),
    ],
)
def test_french_elides_before_a_vowel(pattern: str, words: str) -> None:
    with translation.override("fr"):
        assert wording.fill(pattern, "Alibaba", "Alibaba") == words


def test_english_elides_nothing() -> None:
    assert wording.fill("de {subject} {value}", "Alibaba", "Alibaba") == "de Alibaba Alibaba"
