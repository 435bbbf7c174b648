"""Records that may say or be the same as another: for editors to look at, never joined by likeness alone."""

import re
from dataclasses import dataclass

from django.db.models import Q
from rapidfuzz import fuzz

from entities.models import Claim

from .models import Article

# Of a hub's many claims the latest so many are compared; one takes some microseconds.
MOST_COMPARED = 1_000
MOST_SHOWN = 8
# Shares of words in common, in any order: below this, claims about one subject are merely about the same thing.
LIKE = 80


@dataclass(frozen=True)
class Duplicate:
    """A claim that may say the same; `is_same_value` tells whether it gives the very same answer."""

    claim: Claim
    is_same_value: bool


def of_claim(claim: Claim) -> list[Duplicate]:
    """Find other claims of the same subject with the same property and value, then those with nearly the same words.

    The claim that a proposal would change and the proposals of a claim are none. Two queries.
    """
    others = Claim.objects.filter(replaces=None).exclude(pk__in=[claim.pk, claim.replaces_id or claim.pk])
    others = others.exclude(status="retracted").with_records()
    same = list(others.filter(_same_value(claim))[:MOST_SHOWN]) if claim.property_id else []
    about = others.filter(subject=claim.subject_id, statement_en__gt="").order_by("-pk")[:MOST_COMPARED]
    words = claim.statement_en or claim.sentence  # type: ignore[attr-defined]
    scored = [(fuzz.token_set_ratio(words, other.statement_en), other) for other in about if other not in same]
    near = sorted((pair for pair in scored if pair[0] >= LIKE), key=lambda pair: (-pair[0], pair[1].pk))
    found = [Duplicate(other, True) for other in same] + [Duplicate(other, False) for _score, other in near]
    return found[:MOST_SHOWN]


def _same_value(claim: Claim) -> Q:
    columns = Claim.VALUE_COLUMNS.get(claim.value_type, ())[:2]
    value = {column: getattr(claim, column) for column in columns if column in ("object", "amount", "unit", "date")}
    if claim.value_type == "text":
        value = {"text_en__iexact": claim.text_en}  # type: ignore[attr-defined]
    if claim.value_type == "url":
        value = {"url": claim.url}
    return Q(subject=claim.subject_id, property=claim.property_id, **value)


def of_article(article: Article) -> list[Article]:
    """Find other articles with the same address, DOI or arXiv number; one query.

    Addresses are compared without their scheme, `www.` and a slash at the end.
    """
    alike = Q()
    if place := bare_address(article.url):
        variants = [
            f"{scheme}://{www}{place}{slash}"
            for scheme in ("http", "https")
            for www in ("", "www.")
            for slash in ("", "/")
        ]
        alike |= Q(url__in=variants) | Q(archive_url__in=variants)
    if article.doi:
        alike |= Q(doi__iexact=article.doi)
    if article.arxiv:
        alike |= Q(arxiv=article.arxiv)
    return list(Article.objects.filter(alike).exclude(pk=article.pk)[:MOST_SHOWN]) if alike else []


def bare_address(url: str) -> str:
    return re.sub(r"^https?://(www\.)?", "", url.partition("#")[0], flags=re.IGNORECASE).rstrip("/")
