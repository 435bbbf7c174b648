"""Amounts: compact and exact figures, their units and bounds, by language."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from entities.figures import bounded, compact, exact


@dataclass(frozen=True)
class FakeUnit:
    code: str
    currency: str = ""
    singular: str = ""
    plural: str = ""


PARAMETER = FakeUnit("parameter", singular="parameter", plural="parameters")
PARAMETRE = FakeUnit("parameter", singular="paramètre", plural="paramètres")
ECHANGE = FakeUnit("exchange", singular="échange", plural="échanges")
TOKEN = FakeUnit("token", singular="token", plural="tokens")
GPU_HOUR = FakeUnit("GPU-hour", singular="GPU hour", plural="GPU hours")
COUNTRY = FakeUnit("country", singular="country", plural="countries")
USD = FakeUnit("USD", currency="USD", singular="US dollar", plural="US dollars")
CNY = FakeUnit("CNY", currency="CNY")
JPY = FakeUnit("JPY", currency="JPY")
USD_PER_MTOKEN = FakeUnit("USD/Mtoken", currency="USD", singular="per million tokens", plural="per million tokens")
PERCENT = FakeUnit("%", singular="percent", plural="percent")
NUMBER = FakeUnit("1", singular="number without unit", plural="number without unit")
WORDLESS = FakeUnit("TiB/s")
SHEEP = FakeUnit("sheep", plural="sheep")
UNCOUNTED = FakeUnit("staff", singular="staff")

amounts = st.decimals(min_value="-1e23", max_value="1e23", places=6)
units = st.sampled_from([PARAMETER, USD, JPY, USD_PER_MTOKEN, PERCENT, NUMBER])


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.mark.parametrize(
    ("amount", "figure"),
    [
        ("0", "0"),
        ("-0", "0"),
        ("1.000000", "1"),
        ("0.55", "0.55"),
        ("118.420000", "118.42"),
        ("0.12344", "0.1234"),
        ("0.12345", "0.1235"),
        ("-0.00001", "0"),
        ("2048", "2,048"),
        ("50000", "50,000"),
        ("99999", "99,999"),
        ("99999.9999", "99,999.9999"),
        ("99999.99999", "100K"),
        ("100000", "100K"),
        ("128000", "128K"),
        ("163840", "163.8K"),
        ("163850", "163.9K"),
        ("999949", "999.9K"),
        ("999950", "1M"),
        ("2788000", "2.788M"),
        ("5576000", "5.576M"),
        ("10900000", "10.9M"),
        ("999999999", "1B"),
        ("593700000000.000000", "593.7B"),
        ("-593700000000", "−593.7B"),
        ("671000000000", "671B"),
        ("1E+12", "1T"),
        ("14.8E12", "14.8T"),
        ("6710E12", "6710T"),
    ],
)
def test_figure_is_full_below_a_hundred_thousand_and_compact_above(amount: str, figure: str) -> None:
    assert compact(Decimal(amount), NUMBER) == figure


@pytest.mark.parametrize(
    ("amount", "unit", "words", "bare"),
    [
        ("671000000000", PARAMETER, "671B parameters", "671B"),
        ("128000", TOKEN, "128K tokens", "128K"),
        ("2788000", GPU_HOUR, "2.788M GPU hours", "2.788M"),
        ("1.000000", COUNTRY, "1 country", "1"),
        ("-1", COUNTRY, "−1 country", "−1"),
        ("1.00001", COUNTRY, "1 country", "1"),
        ("1.5", COUNTRY, "1.5 countries", "1.5"),
        ("0", COUNTRY, "0 countries", "0"),
        ("51", COUNTRY, "51 countries", "51"),
        ("1000000", TOKEN, "1M tokens", "1M"),
        ("5576000", USD, "$5.576M", "$5.576M"),
        ("-593700000000", USD, "−$593.7B", "−$593.7B"),
        ("118.42", USD, "$118.42", "$118.42"),
        ("118.5", USD, "$118.50", "$118.50"),
        ("87072", USD, "$87,072", "$87,072"),
        ("-0.001", USD, "−$0.001", "−$0.001"),
        ("557600000", CNY, "CN¥557.6M", "CN¥557.6M"),
        ("1234.5", JPY, "¥1,234.5", "¥1,234.5"),
        ("0.550000", USD_PER_MTOKEN, "$0.55 per million tokens", "$0.55"),
        ("1", USD_PER_MTOKEN, "$1 per million tokens", "$1"),
        ("5000000", USD_PER_MTOKEN, "$5M per million tokens", "$5M"),
        ("79.8", PERCENT, "79.8%", "79.8%"),
        ("-17", PERCENT, "−17%", "−17%"),
        ("0.12345", PERCENT, "0.1235%", "0.1235%"),
        ("123456", PERCENT, "123,456%", "123,456%"),
        ("0.8", NUMBER, "0.8", "0.8"),
        ("6.6", WORDLESS, "6.6", "6.6"),
        ("1", SHEEP, "1 sheep", "1"),
        ("140", UNCOUNTED, "140 staff", "140"),
    ],
)
def test_compact_figure_has_its_unit(amount: str, unit: FakeUnit, words: str, bare: str) -> None:
    assert compact(Decimal(amount), unit) == words
    assert compact(Decimal(amount), unit, with_unit=False) == bare


@pytest.mark.parametrize(
    ("amount", "unit", "words"),
    [
        ("671000000000.000000", PARAMETER, "671,000,000,000 parameters"),
        ("6.71E+11", PARAMETER, "671,000,000,000 parameters"),
        ("1.000000", COUNTRY, "1 country"),
        ("1.00001", COUNTRY, "1.00001 countries"),
        ("5576000", USD, "$5,576,000"),
        ("-593700000000", USD, "−$593,700,000,000"),
        ("118.5", USD, "$118.50"),
        ("1234.567891", USD, "$1,234.567891"),
        ("0.55", USD_PER_MTOKEN, "$0.55 per million tokens"),
        ("79.8", PERCENT, "79.8%"),
        ("-0.123456", PERCENT, "−0.123456%"),
        ("1234567", NUMBER, "1,234,567"),
        ("0", NUMBER, "0"),
        ("123456789012345678901234.123456", NUMBER, "123,456,789,012,345,678,901,234.123456"),
        ("-123456789012345678901234.123456", USD, "−$123,456,789,012,345,678,901,234.123456"),
    ],
)
def test_exact_figure_has_every_digit(amount: str, unit: FakeUnit, words: str) -> None:
    assert exact(Decimal(amount), unit) == words


@pytest.mark.parametrize(
    ("amount", "unit", "short", "full"),
    [
        ("2048", NUMBER, "2\u202f048", "2\u202f048"),
        ("128000", NUMBER, "128\xa0k", "128\u202f000"),
        ("5576000", NUMBER, "5,576\xa0M", "5\u202f576\u202f000"),
        ("671000000000", NUMBER, "671\xa0Md", "671\u202f000\u202f000\u202f000"),
        ("14.8E12", NUMBER, "14,8\xa0Bn", "14\u202f800\u202f000\u202f000\u202f000"),
        ("999999999", NUMBER, "1\xa0Md", "999\u202f999\u202f999"),
        ("5576000", USD, "5,576\xa0M\xa0$US", "5\u202f576\u202f000\xa0$US"),
        ("-593700000000", USD, "−593,7\xa0Md\xa0$US", "−593\u202f700\u202f000\u202f000\xa0$US"),
        ("0.55", USD, "0,55\xa0$US", "0,55\xa0$US"),
        ("557600000", CNY, "557,6\xa0M\xa0CNY", "557\u202f600\u202f000\xa0CNY"),
        ("79.8", PERCENT, "79,8\xa0%", "79,8\xa0%"),
        ("-17", PERCENT, "−17\xa0%", "−17\xa0%"),
    ],
)
def test_figures_in_french(amount: str, unit: FakeUnit, short: str, full: str) -> None:
    with override("fr"):
        assert compact(Decimal(amount), unit) == short
        assert exact(Decimal(amount), unit) == full


@pytest.mark.parametrize(
    ("amount", "word"),
    [
        ("0", "paramètre"),
        ("1", "paramètre"),
        ("1.500000", "paramètre"),
        ("-1.5", "paramètre"),
        ("2", "paramètres"),
        ("128000", "paramètres"),
        ("1000000", "paramètres"),
        ("1500000", "paramètres"),
        ("671000000000", "paramètres"),
    ],
)
def test_french_plural_begins_at_two(amount: str, word: str) -> None:
    with override("fr"):
        assert compact(Decimal(amount), PARAMETRE).endswith(word)
        assert exact(Decimal(amount), PARAMETRE).endswith(word)


@pytest.mark.parametrize(
    ("amount", "unit", "context"),
    [
        ("999000", PARAMETRE, "amount"),
        ("1000000", PARAMETRE, "amount of millions or more"),
        ("16000000", ECHANGE, "amount of millions or more, the unit begins with a vowel"),
        ("16000000", GPU_HOUR, "amount of millions or more"),
        ("5000000", USD_PER_MTOKEN, "amount"),
    ],
)
def test_translators_can_put_a_word_between_millions_and_unit(
    amount: str, unit: FakeUnit, context: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("entities.figures.pgettext", lambda context, message: context)
    assert compact(Decimal(amount), unit) == context


@pytest.mark.parametrize(
    ("amount", "unit", "figure"),
    [
        ("671000000000", NUMBER, "6710亿"),
        ("14.8E12", NUMBER, "14.8万亿"),
        ("128000", NUMBER, "12.8万"),
        ("99999.99999", NUMBER, "10万"),
        ("-593700000000", USD, "−US$5937亿"),
        ("557600000", CNY, "¥5.576亿"),
    ],
)
def test_figures_in_chinese(amount: str, unit: FakeUnit, figure: str) -> None:
    with override("zh-hans"):
        assert compact(Decimal(amount), unit) == figure


def test_chinese_has_one_form_for_all_numbers() -> None:
    with override("zh-hans"):
        assert compact(Decimal(1), FakeUnit("parameter", singular="参数", plural="参数")).endswith("参数")


@pytest.mark.parametrize(
    ("bound", "words"),
    [("exact", "671B"), ("about", "about 671B"), ("at-least", "at least 671B"), ("at-most", "at most 671B")],
)
def test_bound_stands_before_the_figure(bound: str, words: str) -> None:
    assert bounded("671B", bound) == words


def test_bound_keeps_per_cent_signs() -> None:
    assert bounded("79.8%", "about") == "about 79.8%"


def test_unknown_bound_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown bound: 'max'"):
        bounded("671B", "max")


@settings(deadline=None)
@given(amounts)
def test_exact_figure_reads_back_as_the_amount(amount: Decimal) -> None:
    assert Decimal(exact(amount, NUMBER).replace(",", "").replace("−", "-")) == amount


@settings(deadline=None)
@given(amounts.filter(lambda amount: abs(amount) < Decimal("1e15")))
def test_compact_figure_is_within_half_of_its_last_digit(amount: Decimal) -> None:
    figure = compact(amount, NUMBER).replace(",", "").replace("−", "-")
    scale = {"K": 3, "M": 6, "B": 9, "T": 12}.get(figure[-1], 0)
    value = Decimal(figure[:-1] if scale else figure).scaleb(scale)
    if scale:
        assert len(figure.lstrip("-")[:-1].replace(".", "")) <= 4
        assert abs(Decimal(figure[:-1])) < 1000
        assert abs(value - amount) <= abs(amount) * Decimal("0.0005")
    else:
        assert abs(value - amount) <= Decimal("0.00005")


@settings(deadline=None)
@given(amounts, units)
def test_minus_stands_first_and_once(amount: Decimal, unit: FakeUnit) -> None:
    for language in ("en", "fr"):
        with override(language):
            figure = exact(amount, unit)
            assert (figure[0] == "−", figure.count("−"), figure.count("-")) == (amount < 0, int(amount < 0), 0)
            assert exact(amount.copy_negate(), unit).replace("−", "") == figure.replace("−", "")


@settings(deadline=None)
@given(amounts, units)
def test_compact_figure_of_a_loss_is_that_of_the_gain_with_a_minus(amount: Decimal, unit: FakeUnit) -> None:
    gain, loss = compact(abs(amount), unit), compact(-abs(amount), unit)
    assert loss in (gain, f"−{gain}")
