"""Addresses for ever: the slugs that a record had before it was renamed or merged still lead to it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, FilteredRelation, Q, QuerySet
from django.utils.translation import gettext as _

M = TypeVar("M", bound=models.Model)


def former_slugs(model: type[models.Model]) -> QuerySet[Any]:
    """Give the table of the slugs that records of this model had."""
    table: Any = model._meta.get_field("former_slugs").related_model
    return table._default_manager.all()


@contextmanager
def kept(record: Any) -> Iterator[None]:
    """Keep the slug that saving takes from a record as a former one; costs one query, three more when it changes.

    The database is asked, since an instance may come from an older state of the record.
    """
    with transaction.atomic(savepoint=False):
        stored = type(record)._base_manager.filter(pk=record.pk).values_list("slug", flat=True)
        before = stored.first() if record.pk else None
        yield
        if before and before != record.slug:
            record.former_slugs.filter(slug=record.slug).delete()
            record.former_slugs.create(slug=before, position=record.former_slugs.count() + 1)


def validate_slug(record: Any) -> None:
    """Refuse a slug that still leads to another record; costs one query.

    Raises:
        ValidationError: on the slug, naming that record.
    """
    taken = former_slugs(type(record)).filter(slug=record.slug).exclude(record=record.pk).select_related("record")
    if record.slug and (other := taken.first()):
        reason = _("“%(slug)s” was an address of “%(record)s” and leads there for ever.")
        raise ValidationError({"slug": reason % {"slug": record.slug, "record": other.record}})


def find(records: QuerySet[M], slug: str) -> M | None:
    """Find the record that has this slug, else the one that had it; one query, two for a former slug or none."""
    return records.filter(slug=slug).first() or records.filter(former_slugs__slug=slug).first()


def find_all(records: QuerySet[M], slugs: Iterable[str]) -> dict[str, M]:
    """Map each slug to the record that has it, else to the one that had it; slugs of none are left out. One query."""
    wanted = set(slugs)
    present = records.model._base_manager.filter(slug__in=wanted).order_by().values("pk")
    former = former_slugs(records.model).filter(slug__in=wanted).order_by().values("record_id")
    # Two look-ups in indexes; a condition on either of two tables would be tried on every record.
    asked = FilteredRelation("former_slugs", condition=Q(former_slugs__slug__in=wanted))
    rows: list[Any] = list(
        records.alias(asked=asked).annotate(asked_as=F("asked__slug")).filter(pk__in=present.union(former, all=True))
    )
    return {row.asked_as: row for row in rows if row.asked_as} | {row.slug: row for row in rows if row.slug in wanted}
