"""What the page of the open data shows: how much there is, in which files, and how large these are."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import Count, QuerySet, Subquery, Value
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from articles import cite, edition
from articles.models import Edition
from entities.models import Claim, Property

from . import package
from .files import FILES, File
from .sending import size_key
from .tables import TABLES

RELATIONS = "relations"
# What each file holds, in words.
HOLDS = {
    "claims.jsonl": gettext_lazy("every claim with its value, its verdict and why, its citations and whom it mentions"),
    "entities.jsonl": gettext_lazy("people, companies, models, events and ideas: names, summary, links, tags"),
    "articles.jsonl": gettext_lazy("the sources with their authors, their addresses and how they were read"),
    "properties.jsonl": gettext_lazy("the vocabulary"),
    "units.jsonl": gettext_lazy("what amounts count"),
    "tags.jsonl": gettext_lazy("the tags"),
    "claims.csv": gettext_lazy("one claim a row, with its value and its verdict"),
    "citations.csv": gettext_lazy("which article supports or disputes which claim, where in it, in which words"),
    "mentions.csv": gettext_lazy("which claim speaks of which other entity"),
    "entities.csv": gettext_lazy("one person, company, model, event or idea a row"),
    "articles.csv": gettext_lazy("one source a row"),
    "authors.csv": gettext_lazy("who wrote which article"),
    "properties.csv": gettext_lazy("the vocabulary"),
    "units.csv": gettext_lazy("what amounts count"),
    "tags.csv": gettext_lazy("the tags"),
    "relationships.graphml": gettext_lazy(
        "every relation between two entities, for Gephi, yEd or networkx; in English"
    ),
    "story.zip": gettext_lazy("the story files, from which a site like this one can be filled"),
}


@dataclass(frozen=True)
class Listed:
    """A file as the page lists it; `count` and `size` (bytes) are None where they are not known."""

    file: File
    holds: str
    count: int | None
    size: int | None


@dataclass(frozen=True)
class Overview:
    """Three queries, one once the present edition was counted; `site` begins addresses."""

    site: str

    @cached_property
    def edition(self) -> Edition | None:
        return edition.current()

    @cached_property
    def counts(self) -> dict[str, int]:
        """Map each table, and the relations, to the number of records."""
        if self.edition is None or connection.in_atomic_block:
            # What was changed in a transaction has no edition before its end.
            return _count()
        return cache.get_or_set(f"data-counts-{self.edition.name}", _count, timeout=None) or {}

    @cached_property
    def lines(self) -> list[Listed]:
        return [self._listed(name) for name in HOLDS if name.endswith(".jsonl")]

    @cached_property
    def tables(self) -> list[Listed]:
        return [self._listed(name) for name in HOLDS if name.endswith(".csv")]

    @cached_property
    def others(self) -> list[Listed]:
        return [self._listed(name) for name in HOLDS if not name.endswith((".csv", ".jsonl"))]

    @cached_property
    def vocabulary(self) -> list[Property]:
        return list(Property.objects.select_related("unit"))

    @property
    def licences(self) -> list[dict[str, str]]:
        return package.LICENCES

    @property
    def citation(self) -> str:
        """Say how to cite all of it."""
        reference = cite.Reference(
            key=package.NAME,
            types=cite.TYPES["dataset"],
            title=_("The DeepSeek Story: open data"),
            authors=(),
            container="",
            issued=self.edition.changed_at.date().isoformat() if self.edition else "",
            url=package.page(self.site, get_language() or "en"),
            doi="",
            language=get_language() or "en",
            accessed=timezone.localdate(),
        )
        return cite.as_text(reference)

    def _listed(self, name: str) -> Listed:
        file = FILES[name]
        size = cache.get(size_key(self.edition, file)) if self.edition else None
        table = RELATIONS if name.endswith(".graphml") else file.table.name if file.table else ""
        return Listed(file, str(HOLDS[name]), self.counts.get(table), size)


def _count() -> dict[str, int]:
    """Count the rows of each table, in one query."""
    records: dict[str, QuerySet[Any]] = {table.name: table.for_count() for table in TABLES}
    records[RELATIONS] = Claim.objects.published().relations()
    counted = {name: Subquery(_counted(rows)) for name, rows in records.items()}
    found = Edition.objects.order_by("pk").values_list(*counted.values()).first() or ()
    return dict.fromkeys(records, 0) | dict(zip(counted, found, strict=False))


def _counted(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Put the number of rows into a row of its own, to be part of another query."""
    plain = rows.select_related(None).prefetch_related(None).order_by()
    return plain.annotate(all=Value(1)).values("all").annotate(count=Count("pk")).values("count")
