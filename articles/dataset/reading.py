"""The whole public base as it is at one moment, read some records at a time, so that memory does not grow with it."""

from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.db.models.functions import Collate

M = TypeVar("M", bound=Model)

# So many records are some megabytes, and a fraction of a second.
STEP = 500
# The order of code points, which all databases agree on.
CODE_POINTS = {"sqlite": "BINARY", "postgresql": "C"}


@contextmanager
def snapshot() -> Iterator[None]:
    """Let all that is read inside be of one moment, while writers go on; inside a transaction this is up to that."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        # Not by atomic(), whose transactions keep writers out from their start.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


def in_steps(records: QuerySet[M]) -> Iterator[list[M]]:
    """Give records by id, some at a time; a short query more for each step.

    The ids of all rows come first: beside a range of them no database thinks of a plan that reads and sorts the whole
    table. A step in which no row passes the filters is empty.
    """
    ids = records.model._base_manager.order_by("pk").values_list("pk", flat=True)
    last = 0
    while step := list(ids.filter(pk__gt=last)[:STEP]):
        last = step[-1]
        yield list(records.filter(pk__range=(step[0], last)).order_by("pk"))


def by_key(records: QuerySet[Any], key: str) -> Iterator[Sequence[int]]:
    """Give the ids of records in the order of their keys, some at a time; eight bytes a record are kept."""
    ordered = records.order_by(Collate(key, CODE_POINTS[connection.vendor])).values_list("pk", flat=True)
    ids = array("q", ordered.iterator(chunk_size=10_000))
    return (ids[start : start + STEP] for start in range(0, len(ids), STEP))
