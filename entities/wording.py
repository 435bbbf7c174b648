"""Sentences made from the vocabulary: a property's pattern, filled with a claim's subject and value."""

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from . import edtf, figures
from .prose import LANGUAGES

if TYPE_CHECKING:
    from .models import Claim, Property

PLACEHOLDERS = {"{subject}", "{value}"}
# French drops the vowel of "de", "que", "le", "la" before a vowel.
ELISION = re.compile(r"\b([Dd]|[Qq]u|[Ll])[ea] $")
VOWELS = tuple("AEIOUÉÈÊÀÂÎÔaeiouéèêàâîô")


def value_text(claim: "Claim", *, short: bool = False) -> str:
    """Write the value of a claim for people, in the active language, with its bound; empty without a value.

    Needs `object`, `unit` loaded. `short` gives compact dates and leaves the unit's word out.
    """
    if claim.object is not None:
        return str(claim.object)
    if claim.amount is not None:
        return amount_text(claim, with_unit=not short)
    if claim.date:
        return edtf.describe(claim.date, short=short)
    return claim.text or claim.url


def amount_text(claim: "Claim", *, with_unit: bool = True) -> str:
    """Write the amount of a claim with its bound, which speaks of the size of the figure, whatever its sign."""
    if claim.amount is None or claim.unit is None:
        return ""
    figure = figures.compact(Decimal(claim.amount).normalize(), claim.unit, with_unit=with_unit)
    return figures.bounded(figure, claim.bound, is_negative=claim.amount < 0)


def sentence(claim: "Claim", *, inverse: bool = False) -> str:
    """Fill the property's pattern, from the object's side with `inverse`; empty without a property."""
    if claim.property is None:
        return ""
    pattern = claim.property.inverse_pattern if inverse else claim.property.pattern
    return fill(pattern, str(claim.subject), value_text(claim))


def fill(pattern: str, subject: str, value: str) -> str:
    """Put both words into a pattern, with the elisions that French asks for."""
    return "".join(text for _placeholder, text in pieces(pattern, subject, value))


def pieces(pattern: str, subject: str, value: str) -> list[tuple[str, str]]:
    """Cut a filled pattern into ("{subject}", its words), ("{value}", its words) and ("", the words between)."""
    words = {"{subject}": subject, "{value}": value}
    cut: list[tuple[str, str]] = []
    # Splitting by a group gives what is between and what is matched in turns.
    for part in re.split("({subject}|{value})", pattern):
        if part in words and get_language() == "fr" and words[part].startswith(VOWELS):
            cut[-1] = ("", ELISION.sub(r"\1'", cut[-1][1]))
        cut.append((part, words[part]) if part in words else ("", part))
    return cut


def pattern_errors(prop: "Property") -> dict[str, Any]:
    """Map each pattern's column to what is wrong with it; English must be there, other languages may be blank."""
    columns = [f"pattern_{language}" for language in LANGUAGES]
    if prop.is_relation:
        columns += [f"inverse_pattern_{language}" for language in LANGUAGES]
    patterns = {column: getattr(prop, column) or "" for column in columns}
    return {
        column: _("Write both {subject} and {value}, and no other braces.")
        for column, pattern in patterns.items()
        if (pattern or column.endswith("_en")) and set(re.findall(r"{[^}]*}", pattern)) != PLACEHOLDERS
    }


def is_untranslated(record: models.Model, field: str) -> bool:
    """Tell whether a translated field has words in English only, so that another language falls back to them."""
    language = get_language() or "en"
    return (
        language != "en"
        and not getattr(record, f"{field}_{language.replace('-', '_')}")
        and bool(getattr(record, f"{field}_en"))
    )
