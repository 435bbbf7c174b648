"""Lists as files: the rows of a list with every column that a program may ask for."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
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
    yield ["slug", "name", "native_name", "aliases", "summary", "tags", "known_since", "updated_at", "url"]
    for entity in entities:
        yield [
            entity.slug,
            cell(entity),
            cell(entity.native_name),
            cell("; ".join(entity.aliases)),
            cell(prose.plain(entity.summary or "")),
            slugs(entity),
            day(entity.known_since),
            moment(entity.updated_at),
            root + entity.get_absolute_url(),
        ]


def of_claims(claims: Iterable[Claim], root: str) -> Iterator[Sequence[str]]:
    """Write claims as rows, the names of the columns first; needs records and evidence loaded.

    Figures have every digit and a point, dates are EDTF.
    """
    yield [
        "slug",
        "statement",
        "subject",
        "subject_name",
        "subject_url",
        "property",
        "value",
        "value_text",
        "unit",
        "bound",
        "applies_to",
        "when",
        "lane",
        "verdict",
        "known_since",
        "sources",
        "updated_at",
        "url",
    ]
    for claim in claims:
        yield [
            claim.slug,
            cell(claim.sentence),
            claim.subject.slug,
            cell(claim.subject),
            root + claim.subject.get_absolute_url(),
            claim.property.slug if claim.property else "",
            _value(claim),
            cell(wording.value_text(claim)),
            claim.unit.code if claim.unit else "",
            claim.bound,
            cell(claim.applies_to),
            claim.when,
            claim.lane,
            claim.public_verdict,
            day(claim.known_since),
            _sources(claim, root),
            moment(claim.updated_at),
            root + claim.get_absolute_url(),
        ]


def _value(claim: Claim) -> str:
    """Write a value as the API does: every digit of a figure, the EDTF of a date, the slug of an entity, words."""
    if claim.amount is not None:
        # Only words can be taken for a formula; a negative number is one.
        return f"{claim.amount.normalize():f}"
    return claim.object.slug if claim.object else cell(claim.value or "")


def _sources(claim: Claim, root: str) -> str:
    addresses = dict.fromkeys(root + citation.article.get_absolute_url() for citation in claim.citations.all())
    return " ".join(addresses)


def day(known: date | None) -> str:
    """Write a day in ISO 8601; empty for none."""
    return known.isoformat() if known else ""


def moment(changed_at: datetime) -> str:
    """Write a moment in ISO 8601, in UTC, to the second."""
    return f"{changed_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def slugs(record: Any) -> str:
    """Name the tags of a record by their slugs, in order."""
    return " ".join(sorted(tag.slug for tag in record.tags.all()))
