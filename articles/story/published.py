"""The published part of the story as its files have it: nothing of drafts, of editors' notes, or of closed texts."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.db.models import QuerySet

from articles.models import Article, Citation, Revision
from entities import prose
from entities.models import Claim, Entity, HowVerified

from .fields import Many, Record, Rows
from .shapes import SHAPE_OF, TEXTS, Shape
from .stored import Stored

# For editors alone, as docs/data.md says.
EDITORS_OWN = ("summary_sources", "note")
# What is said of a verdict, which waits when a passage that it rests on has changed.
OF_A_VERDICT = ("verdict", "rationale", "how_verified")
CITATIONS = next(rows for rows in SHAPE_OF["claim"].rows() if rows.model is Citation)


def public(shape: Shape) -> QuerySet[Any]:
    """Ask for the records of a type that readers may see."""
    records: Any = shape.model._default_manager
    return records.published() if shape.model in (Entity, Article, Claim) else records.all()


class Published(Stored):
    """Some published records of one type, to be read alone; nine queries at most.

    What they refer to is known where it is published; any other reference is left out.
    """

    def __init__(self, shape: Shape, pks: Collection[int]) -> None:
        found = {row.pk: row for row in public(shape).filter(pk__in=pks)}
        self._rows = {each: {} for each in SHAPE_OF}
        self._keys = {each: {} for each in SHAPE_OF}
        self._rows[shape.name] = {getattr(found[pk], shape.key): found[pk] for pk in pks if pk in found}
        self._keys[shape.name] = {row.pk: key for key, row in self._rows[shape.name].items()}
        self._links = {many: self._read_links(many, found) for many in shape.lists()}
        self._children = {rows: self._read_children(rows, found) for rows in shape.rows()}
        self._revisions = {}
        self._learn_keys()
        if CITATIONS in self._children:
            self._close_texts()
        self._shape = shape

    def known(self, shape: Shape) -> QuerySet[Any]:
        return public(shape)

    def key(self, record_type: str, pk: int | None) -> str | None:
        return None if pk is None else self._keys[record_type].get(pk)

    def linked(self, many: Many, pk: int) -> set[int]:
        return super().linked(many, pk) & self._keys[many.target].keys()

    def children(self, rows: Rows, pk: int) -> list[Any]:
        """List the rows under a record; of its citations those of published articles."""
        present = super().children(rows, pk)
        return [row for row in present if row.article_id in self._keys["article"]] if rows is CITATIONS else present

    def revision(self, pk: int) -> Any:
        return self._revisions[pk]

    def _read_children(self, children: Rows, pks: Collection[int] | None) -> dict[int, list[Any]]:
        """Read the rows under the records, but of texts the open ones alone, and not their words."""
        if children is not TEXTS:
            return super()._read_children(children, pks)
        of: dict[int, list[Any]] = defaultdict(list)
        texts = Revision.objects.filter(article__in=pks or (), article__rights=Article.Rights.WHOLE).defer("text")
        for row in texts.order_by(*TEXTS.order):
            row.text = row.reason = ""
            of[row.article_id].append(row)
        return of

    def _close_texts(self) -> None:
        """Load the texts that passages stand in, and part those passages whose text readers may not see from it."""
        citations = [row for rows in self._children[CITATIONS].values() for row in rows if row.revision_id]
        texts = Revision.objects.filter(pk__in={row.revision_id for row in citations})
        self._revisions = {row.pk: row for row in texts.filter(article__rights=Article.Rights.WHOLE)}
        for row in citations:
            if row.revision_id not in self._revisions:
                row.revision = None

    def read(self) -> list[Record]:
        """Give the records in canonical form, in the order asked for."""
        records = [self.record(self._shape, key) for key in self._rows[self._shape.name]]
        for record in records:
            for name in EDITORS_OWN if self._shape.name in ("entity", "article") else ():
                record.pop(name, None)
        if self._shape.name == "article":
            self._tidy_articles(records)
        if self._shape.name == "claim":
            self._tidy_claims(records)
        _point_links(records)
        return records

    def _tidy_articles(self, records: Iterable[Record]) -> None:
        for record in records:
            # Through which one, readers may not know.
            if record.get("how_verified") == HowVerified.SECONDARY and "known_through" not in record:
                del record["how_verified"]

    def _tidy_claims(self, records: Iterable[Record]) -> None:
        for record in records:
            if self._rows["claim"][record["slug"]].verdict_suspended:
                for name in OF_A_VERDICT:
                    record.pop(name, None)
            if "citations" in record:
                record["citations"] = list(_once(record["citations"]))


def _once(citations: Iterable[Record]) -> Iterator[Record]:
    """Leave out what is the same without its passage."""
    seen: list[Any] = []
    for citation in citations:
        if (identity := CITATIONS.identify(citation)) not in seen:
            seen.append(identity)
            yield citation


def _point_links(records: Iterable[Record]) -> None:
    """Point the links of summaries at the slugs of today; those that lead to nothing published become words."""
    texts = [summary for record in records if (summary := record.get("summary"))]
    found = [prose.targets(text) for summary in texts for text in summary.values()]
    claims = {slug for each in found for slug in each.claims}
    entities = {slug for each in found for slug in each.entities}
    named: dict[str, Any] = {
        "claim": Claim.objects.published().by_slug(claims) if claims else {},
        "entity": Entity.objects.published().by_slug(entities) if entities else {},
    }

    def point(link: re.Match[str]) -> str:
        words, kind, slug = link.groups()
        record = named[kind].get(slug)
        return f"[{words}]({kind}:{record.slug})" if record else words

    for summary in texts:
        for language, text in summary.items():
            text = prose.LINK.sub(point, text)
            left = prose.targets(text)
            # Markdown has more ways to write a link than people use here.
            is_sound = left.claims <= named["claim"].keys() and left.entities <= named["entity"].keys()
            summary[language] = text if is_sound else prose.plain(text)
