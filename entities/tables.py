"""Lists as files: the rows of a list with every column that a program may ask for."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, TypeVar

from django.core.exceptions import BadRequest
from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _

from . import keyset, prose, wording
from .answers import cell
from .models import Claim, Entity

M = TypeVar("M", bound=Model)

# Of a file, which is not read from top to bottom.
MOST_ROWS = 2_000


def answer(name: str, rows: Iterable[Sequence[str]]) -> HttpResponse:
    # Excel reads a file without this mark in the alphabet of its country.
    response = HttpResponse("\N{ZERO WIDTH NO-BREAK SPACE}", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    csv.writer(response).writerows(rows)
    return response


def whole(queryset: QuerySet[M], keys: Sequence[str]) -> list[M]:
    """Load a list in the order of its pages; two queries at the most, and those for its parts.

    Raises:
        BadRequest: when it has more rows than a file may.
    """
    page = keyset.page(queryset, keys, MOST_ROWS)
    if page.after:
        raise BadRequest(
            _("There are more than %(count)s rows, too many for one file; choose filters.") % {"count": MOST_ROWS}
        )
    return page.rows


def of_entities(entities: Iterable[Entity], root: str) -> Iterator[Sequence[str]]:
    """Write entities as rows, the names of the columns first; `root` begins each address. Needs the tags loaded."""
    yield ["name", "address", "native_name", "aliases", "known_since", "tags", "summary"]
    for entity in entities:
        yield [
            cell(entity),
            root + entity.get_absolute_url(),
            cell(entity.native_name),
            cell("; ".join(entity.aliases)),
            day(entity.known_since),
            slugs(entity),
            cell(prose.plain(entity.summary or "")),
        ]


def of_claims(claims: Iterable[Claim], root: str) -> Iterator[Sequence[str]]:
    """Write claims as rows, the names of the columns first; needs records and evidence loaded.

    Figures have every digit and a point, dates are EDTF.
    """
    yield [
        "claim",
        "address",
        "subject",
        "subject_address",
        "property",
        "value",
        "unit",
        "bound",
        "covers",
        "when",
        "lane",
        "verdict",
        "known_since",
        "changed",
        "sources",
    ]
    for claim in claims:
        value = f"{claim.amount.normalize():f}" if claim.amount is not None else claim.date or wording.value_text(claim)
        yield [
            cell(claim.sentence),
            root + claim.get_absolute_url(),
            cell(claim.subject),
            root + claim.subject.get_absolute_url(),
            claim.property.slug if claim.property else "",
            value if claim.amount is not None else cell(value),
            claim.unit.code if claim.unit else "",
            claim.bound if claim.unit else "",
            cell(claim.applies_to),
            claim.when,
            claim.lane,
            claim.public_verdict,
            day(claim.known_since),
            day(claim.updated_at),
            _sources(claim, root),
        ]


def _sources(claim: Claim, root: str) -> str:
    addresses = dict.fromkeys(root + citation.article.get_absolute_url() for citation in claim.citations.all())
    return " ".join(addresses)


def day(moment: date | None) -> str:
    """Write the day of a date or moment in ISO 8601, in UTC; empty for none."""
    return f"{moment:%Y-%m-%d}" if moment else ""


def slugs(record: Any) -> str:
    """Name the tags of a record by their slugs, in order."""
    return " ".join(sorted(tag.slug for tag in record.tags.all()))
