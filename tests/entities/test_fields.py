"""The model fields of the story, as rows and as forms."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from entities import edtf
from entities.fields import EdtfField, LinksField, WebAddressField, WordsField
from entities.models import Claim, Entity
from tests import factories


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("written", "stored", "earliest", "latest"),
    [
        ("2025-01-20", "2025-01-20", date(2025, 1, 20), date(2025, 1, 20)),
        (" 2025 ", "2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("[2015, 2016]", "[2015,2016]", date(2015, 1, 1), date(2016, 12, 31)),
        ("2023/..", "2023/..", date(2023, 1, 1), edtf.OPEN_END),
        ("../2023", "../2023", edtf.OPEN_START, date(2023, 12, 31)),
        ("", "", None, None),
    ],
)
def test_a_date_is_stored_in_canonical_form_with_its_two_days(
    written: str, stored: str, earliest: date | None, latest: date | None
) -> None:
    claim = factories.claim(factories.entity(), when=written)
    claim.refresh_from_db()
    assert (claim.when, claim.when_earliest, claim.when_latest) == (stored, earliest, latest)


@pytest.mark.django_db
def test_a_row_written_in_bulk_has_its_two_days_too() -> None:
    subject = factories.entity()
    Claim.objects.bulk_create([Claim(subject=subject, slug="so", statement="So.", when="2025-01")])
    assert Claim.objects.get().when_latest == date(2025, 1, 31)


@pytest.mark.django_db
def test_a_wrong_date_never_reaches_the_database() -> None:
    with pytest.raises(edtf.EdtfError):
        factories.claim(factories.entity(), when="yesterday")


@pytest.mark.parametrize("text", ["yesterday", "2025-13", "2025-02-30", "٢٠٢٥", "2025\0", "27/01/2025", "2" * 61])
def test_the_form_of_a_date_says_what_is_wrong_with_it(text: str) -> None:
    with pytest.raises(ValidationError):
        EdtfField().formfield().clean(text)


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "ftp://example.org/", "data:text/html,x", "//example.org", "example", "http://"]
)
def test_only_web_addresses_are_taken(address: str) -> None:
    with pytest.raises(ValidationError):
        WebAddressField().clean(address, None)


def test_an_address_typed_without_its_scheme_is_a_safe_one() -> None:
    assert WebAddressField().formfield().clean("example.org/a") == "https://example.org/a"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("R1\nDeepSeek R1", ["R1", "DeepSeek R1"]),
        ("  R1  \r\n\r\n深度求索 ", ["R1", "深度求索"]),
        ("", []),
        (None, []),
    ],
)
def test_words_are_typed_one_a_line(typed: str | None, words: list[str]) -> None:
    assert WordsField(blank=True).formfield().clean(typed) == words


def test_words_are_shown_one_a_line() -> None:
    assert WordsField().formfield().prepare_value(["R1", "深度求索"]) == "R1\n深度求索"


@pytest.mark.parametrize("field", [WordsField(blank=True), LinksField(blank=True)])
def test_lines_with_a_null_character_are_refused(field: Any) -> None:
    with pytest.raises(ValidationError):
        field.formfield().clean("word\0 https://example.org/")


@pytest.mark.parametrize("words", [["R1", "R1"], [" "], [1], "R1", {"R1": 1}])
def test_words_are_a_list_of_different_texts(words: Any) -> None:
    with pytest.raises(ValidationError):
        WordsField().validate(words, None)


LINK = {"type": "official homepage", "url": "https://example.org/"}


def test_a_link_is_typed_as_words_and_an_address() -> None:
    field = LinksField(blank=True).formfield()
    assert field.clean("official homepage https://example.org/\n") == [LINK]
    assert field.prepare_value([LINK]) == "official homepage https://example.org/"


def test_a_link_shown_again_unchanged_is_no_change() -> None:
    field = LinksField(blank=True).formfield()
    assert not field.has_changed([LINK], field.prepare_value([LINK]))
    assert field.has_changed([LINK], "")


@pytest.mark.parametrize(
    "line",
    [
        "https://example.org/",
        "homepage",
        "homepage javascript:alert(1)",
        "homepage example.org",
        "homepage ftp://example.org/",
    ],
)
def test_a_line_that_is_no_link_is_refused(line: str) -> None:
    links = LinksField(blank=True)
    with pytest.raises(ValidationError):
        links.validate(links.formfield().clean(line), None)


@pytest.mark.parametrize("link", [{"url": "https://example.org/"}, LINK | {"title": "x"}, "https://example.org/"])
def test_a_link_has_a_word_and_an_address_and_nothing_else(link: Any) -> None:
    with pytest.raises(ValidationError):
        LinksField().validate([link], None)


@pytest.mark.django_db
def test_words_of_every_script_are_stored_as_they_are() -> None:
    factories.entity(aliases=["深度求索", 'a "quoted" word'])
    assert Entity.objects.get().aliases == ["深度求索", 'a "quoted" word']
    with connection.cursor() as cursor:
        cursor.execute("SELECT CAST(aliases AS text) FROM entities_entity")
        assert "深度求索" in cursor.fetchone()[0]
