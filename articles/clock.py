"""The story's clock: from which day each claim and entity was known to the public, and how many claims tell of each.

Whoever writes a record says so here, and through here to search: all follows from what the records say.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import connection, transaction
from django.db.models import Min, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from entities.edtf import OPEN_END
from entities.models import Claim, Entity, Status

from . import search

if TYPE_CHECKING:
    from .models import Article

R = TypeVar("R", bound=Model)


# An entity with more claims at one end is well connected; counting further would make a hub slow to save.
MOST_CLAIMS = 1_000
# So many rows at a time, which keeps memory and statements small however many there are.
BATCH = 5_000


def refresh_known_since(claims: Collection[int] | None = None, entities: Collection[int] = ()) -> None:
    """Recompute `known_since` of the claims with these ids (None: of all), of what they link, and of `entities`.

    Unless it is for all, search learns what these claims and entities say now.

    A claim counts from the day an editor gave, else from its own day if it has a lane, else from its earliest
    supporting article; never before its subject or object became public. An imprecise date counts from its last day,
    and a date that never ends tells nothing. Costs six queries at the most for each 5,000 claims. Row history is left
    alone: the day follows from what the rows say.
    """
    if claims is None:
        for chosen in _stretches(Claim.objects.all()):
            _write(Claim, _claim_days(chosen))
        refresh_entities()
        return
    _refresh_days(claims, entities)
    search.refresh(claims=claims, entities=entities)


def refresh_entities() -> None:
    """Recompute `known_since` of all entities from that of their claims, and how many claims each has."""
    for touched in _stretches(Entity.objects.all()):
        _write(Entity, _entity_days(touched))
        _write_counts(touched)


def refresh_around(entities: Collection[int], **told: Collection[int]) -> None:
    """Recompute what the days of these entities bear on: they themselves, their claims, and the other ends of those.

    `told` is what search shall learn of besides, as `search.refresh` takes it.
    """
    claims = Claim.objects.filter(Q(subject__in=entities) | Q(object__in=entities))
    _refresh_days(list(claims.values_list("pk", flat=True)), entities)
    search.refresh(entities=entities, **told)


def refresh_citing(article: "Article") -> None:
    """Recompute what rests on an article; costs one query more than the rest."""
    claims = Claim.objects.filter(citations__article=article).order_by()
    _refresh_days(list(claims.values_list("pk", flat=True).distinct()))
    search.refresh(articles=[article.pk])


def _refresh_days(claims: Collection[int], entities: Collection[int] = ()) -> None:
    ids = sorted(claims)
    for start in range(0, max(len(ids), 1), BATCH):
        chosen = Claim.objects.filter(pk__in=ids[start : start + BATCH])
        ends = chosen.order_by()
        touched = Entity.objects.filter(
            Q(pk__in=entities) | Q(pk__in=ends.values("subject")) | Q(pk__in=ends.exclude(object=None).values("object"))
        )
        _write(Claim, _claim_days(chosen))
        _write(Entity, _entity_days(touched))
        _write_counts(touched)


Days = Iterable[tuple[int, date | None, date | None]]  # id, the day stored, the day that holds now


def _claim_days(claims: QuerySet[Claim]) -> Days:
    source_day = Coalesce("citations__article__public_since", "citations__article__published_latest")
    supporting = Q(citations__stance="supports", citations__article__status=Status.PUBLISHED)
    rows = claims.annotate(first_source=Min(source_day, filter=supporting)).values_list(
        "pk",
        "known_since",
        "public_since",
        "lane",
        "when_latest",
        "first_source",
        "subject__public_since",
        "object__public_since",
    )
    for pk, stored, given, lane, own_day, first_source, *ends in rows:
        candidates = (given, own_day if lane else None, first_source)
        day = next((each for each in candidates if each not in (None, OPEN_END)), None)
        yield pk, stored, max([day, *filter(None, ends)]) if day else None


def _entity_days(entities: QuerySet[Entity]) -> Days:
    public = Claim.objects.published().order_by()
    first = {
        side: Subquery(
            public.filter(**{side: OuterRef("pk")}).values(side).annotate(day=Min("known_since")).values("day")
        )
        for side in ("subject", "object")
    }
    rows = entities.annotate(as_subject=first["subject"], as_object=first["object"]).values_list(
        "pk", "known_since", "public_since", "as_subject", "as_object"
    )
    for pk, stored, given, *earliest in rows:
        yield pk, stored, given or min(filter(None, earliest), default=None)


def _stretches(records: QuerySet[R]) -> Iterator[QuerySet[R]]:
    """Cut all records into stretches by id; one short query each."""
    last = 0
    while ids := list(records.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        first, last = ids[0], ids[-1]
        yield records.filter(pk__range=(first, last))


def _write(model: type[Claim] | type[Entity], days: Days) -> None:
    """Store the days that differ, in one go: `bulk_update` would take twenty times as long."""
    as_stored = connection.ops.adapt_datefield_value
    _store(model, "known_since", [(as_stored(day), pk) for pk, stored, day in days if stored != day])


def _store(model: type[Model], column: str, changed: Sequence[tuple[Any, int]]) -> None:
    """Set a column of some rows, each (value, id), past their history: it follows from what the rows say."""
    if changed:
        table = connection.ops.quote_name(model._meta.db_table)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(f"UPDATE {table} SET {column} = %s WHERE id = %s", changed)


# Named as Django names the table of entities in a query of theirs.
CLAIM_COUNT = " + ".join(
    f"(SELECT COUNT(*) FROM (SELECT 1 FROM entities_claim AS claim WHERE claim.{end}_id = entities_entity.id "
    f"AND claim.status = 'published' AND claim.replaces_id IS NULL LIMIT {MOST_CLAIMS}) AS claims)"
    for end in ("subject", "object")
)


def _write_counts(entities: QuerySet[Entity]) -> None:
    """Store the numbers of published claims that have changed; one query to find them."""
    counted = entities.annotate(counted=RawSQL(CLAIM_COUNT, [])).values_list("pk", "claim_count", "counted")
    _store(Entity, "claim_count", [(count, pk) for pk, stored, count in counted if stored != count])
