"""How amounts are written in the active language: compact to read, exact to check."""

import unicodedata
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from functools import lru_cache
from typing import Protocol

from babel import Locale
from babel.numbers import (
    format_compact_currency,
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
    get_currency_precision,
    get_decimal_precision,
)
from django.utils.translation import get_language, pgettext, to_locale

# Shorter figures are read as fast in full, and keep what a compact one would round away (2,048 GPUs).
COMPACT_FROM = 100_000
MILLION = 1_000_000

# Half up, as readers round; Babel alone would round half to even.
FOUR_DIGITS = Context(prec=4, rounding=ROUND_HALF_UP)
FOUR_DECIMALS = Decimal("0.0001")

# Decimal's default of 28 digits would round the longest amounts of the database, which have 30.
EVERY_DIGIT = Context(prec=60)


class Unit(Protocol):
    """What an amount counts.

    `code` is its identity ("%", "1", "USD", "USD/Mtoken", "parameter"), `currency` an ISO 4217 code or empty,
    `singular` and `plural` the words beside the figure in the active language, or empty.
    """

    @property
    def code(self) -> str: ...
    @property
    def currency(self) -> str: ...
    @property
    def singular(self) -> str: ...
    @property
    def plural(self) -> str: ...


def compact(amount: Decimal, unit: Unit, *, with_unit: bool = True) -> str:
    """Write an amount for reading: in full with at most 4 decimals below 100,000, else with at most 4 digits ("671B").

    Signs of currency and per cent belong to the figure; `with_unit` only decides about the word after it.
    """
    rounded = amount if abs(amount) >= COMPACT_FROM else amount.quantize(FOUR_DECIMALS, ROUND_HALF_UP)
    if abs(rounded) < COMPACT_FROM or unit.code == "%":
        figure = _signed(rounded, _full_figure(abs(rounded), unit))
        return _with_word(figure, rounded, unit) if with_unit else figure
    # Before it is compacted, so that 999,999,999 is 1B and not 1000M.
    rounded = FOUR_DIGITS.plus(rounded)
    figure = _signed(rounded, _compact_figure(abs(rounded), unit))
    in_millions = abs(rounded) >= MILLION and not unit.currency
    return _with_word(figure, rounded, unit, in_millions=in_millions) if with_unit else figure


def exact(amount: Decimal, unit: Unit) -> str:
    """Write an amount with every digit it has and its unit: "671,000,000,000 parameters"."""
    with localcontext(EVERY_DIGIT):
        return _with_word(_signed(amount, _full_figure(abs(amount), unit)), amount, unit)


def bounded(figure: str, bound: str, *, is_negative: bool = False) -> str:
    """Put the words of a bound ("exact", "about", "at-least", "at-most") to a written figure.

    A bound speaks of the size: a loss of at least 560 billion is "−$560B or more", never "at least −$560B".

    Raises:
        ValueError: the bound is none of these.
    """
    values = {"figure": figure}
    match bound:
        case "exact":
            return figure
        case "about":
            return pgettext("figure", "about %(figure)s") % values
        case "at-least" if is_negative:
            return pgettext("size of a negative figure", "%(figure)s or more") % values
        case "at-most" if is_negative:
            return pgettext("size of a negative figure", "%(figure)s or less") % values
        case "at-least":
            return pgettext("figure", "at least %(figure)s") % values
        case "at-most":
            return pgettext("figure", "at most %(figure)s") % values
    raise ValueError(f"unknown bound: {bound!r}")


def _signed(amount: Decimal, figure: str) -> str:
    return f"\N{MINUS SIGN}{figure}" if amount < 0 else figure


def _compact_figure(size: Decimal, unit: Unit) -> str:
    if unit.currency:
        return format_compact_currency(size, unit.currency, locale=_locale(), fraction_digits=3)
    return format_compact_decimal(size, locale=_locale(), fraction_digits=3)


def _full_figure(size: Decimal, unit: Unit) -> str:
    locale = _locale()
    if unit.code == "%":
        return format_percent(size.scaleb(-2), locale=locale, decimal_quantization=False)
    if not unit.currency:
        return format_decimal(size, locale=locale, decimal_quantization=False)
    # "$118.50" but "$5,576,000": cents are written whole or not at all.
    places = get_decimal_precision(size)
    places = max(places, get_currency_precision(unit.currency)) if places else 0
    pattern = locale.currency_formats["standard"].pattern.replace("0.00", f"0.{'0' * places}" if places else "0")
    return format_currency(size, unit.currency, pattern, locale=locale, currency_digits=False)


def _with_word(figure: str, amount: Decimal, unit: Unit, *, in_millions: bool = False) -> str:
    word = _word(amount, unit)
    if not word:
        return figure
    values = {"figure": figure, "unit": word}
    if not in_millions:
        return pgettext("amount", "%(figure)s %(unit)s") % values
    if _begins_with_vowel(word):
        # Translators: "16 M d'échanges" in French.
        return pgettext("amount of millions or more, the unit begins with a vowel", "%(figure)s %(unit)s") % values
    # Translators: "671 Md de paramètres" in French.
    return pgettext("amount of millions or more", "%(figure)s %(unit)s") % values


def _word(amount: Decimal, unit: Unit) -> str:
    # These are written as signs or not at all, whatever their word is.
    if unit.code in ("1", "%", unit.currency):
        return ""
    # Trailing zeros count in the plural rules of Unicode: "1.0 parameters".
    is_one = _locale().plural_form(abs(amount).normalize()) == "one"
    return (unit.singular or unit.plural) if is_one else (unit.plural or unit.singular)


def _begins_with_vowel(word: str) -> bool:
    """Tell whether French elides "de" before a word; the "h" of units is mute (heure)."""
    return unicodedata.normalize("NFD", word)[0].lower() in "aeiouhœ"


def _locale() -> Locale:
    return _locale_of(get_language() or "en")


@lru_cache
def _locale_of(language: str) -> Locale:
    return Locale.parse(to_locale(language))
