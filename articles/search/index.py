"""Keeping search in step with the records: whoever writes one calls `refresh`, in the same transaction."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import fields
from itertools import combinations
from operator import attrgetter
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model, Q, QuerySet

from entities.models import Claim, Entity

from .documents import ARTICLE, CLAIM, ENTITY, TYPES, Document, documents, name_keys, name_words

# Records that are described at once: few statements, little memory.
BATCH = 500
DOCUMENT_COLUMNS = [column.name for column in fields(Document)]
columns_of = attrgetter(*DOCUMENT_COLUMNS)
# Rows that one statement inserts: a save needs no more, and a rebuild gains nothing by more.
ROWS = 50
# A word as long as this is looked up with two letters wrong, a shorter one with one.
LONG_WORD = 6
LONGEST_WORD = 24

Progress = Callable[[str], None]


def refresh(
    *,
    entities: Collection[int] = (),
    articles: Collection[int] = (),
    claims: Collection[int] = (),
    around: Collection[int] = (),
) -> None:
    """Bring search in line with these records, whether they are published, not any more, or gone.

    `around` are entities that come with all that names them.

    When the names of an entity change, or it comes or goes, so do the claims and articles that name it; their number is
    then what it costs. Otherwise a record costs about ten short queries.
    """
    with transaction.atomic():
        named = _refresh(ENTITY, {*entities, *around}) | set(around)
        if named:
            claims = {*claims, *_pks(Claim.objects.filter(Q(subject__in=named) | Q(object__in=named)))}
            of_named = Q(publisher__in=named) | Q(authors__entity__in=named)
            articles = {*articles, *_pks(apps.get_model("articles", "Article")._default_manager.filter(of_named))}
        _refresh(ARTICLE, articles)
        _refresh(CLAIM, claims)


def rebuild(progress: Progress | None = None) -> None:
    """Describe every record anew, some hundred at a time, while the site goes on; drops what has no record any more."""
    say = progress or (lambda step: None)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM articles_searchword")
    for record_type in TYPES:
        records = _records(record_type)
        total, done, last = records.count(), 0, 0
        while ids := list(records.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
            with transaction.atomic():
                _replace(record_type, documents(record_type, ids), "BETWEEN %s AND %s", [last + 1, ids[-1]])
            done, last = done + len(ids), ids[-1]
            say(f"{record_type}: {done:,} of {total:,}")
        with transaction.atomic():
            _replace(record_type, [], "> %s", [last])
    say("counting")
    with connection.cursor() as cursor:
        for table in ("articles_searchdocument", "articles_searchname", "articles_searchword"):
            cursor.execute(f"ANALYZE {table}")


def is_empty() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM articles_searchdocument LIMIT 1")
        return cursor.fetchone() is None


def rests(word: str, most: int = 2) -> set[str]:
    """Give a word without up to one of its letters, a long one up to two: two words with one in common are alike."""
    word = word[:LONGEST_WORD]
    lost = min(most, 2 if len(word) >= LONG_WORD else 1 if len(word) > 2 else 0)
    return {"".join(kept) for count in range(lost + 1) for kept in combinations(word, len(word) - count)}


def _refresh(record_type: str, ids: Collection[int]) -> set[int]:
    """Replace the documents of these records; return the entities whose names readers now see otherwise."""
    renamed: set[int] = set()
    for some in _batches(sorted(set(ids))):
        found = documents(record_type, some)
        if record_type == ENTITY:
            before, now = _stored_names(some), {document.record_id: document.names for document in found}
            renamed |= {pk for pk in some if before.get(pk) != now.get(pk)}
        _replace(record_type, found, f"IN ({_marks(some)})", some)
    return renamed


def _replace(record_type: str, found: Sequence[Document], condition: str, ids: Sequence[int]) -> None:
    """Put documents in the place of those of the records that meet the condition."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM articles_searchdocument WHERE record_type = %s AND record_id {condition}",
            [record_type, *ids],
        )
        # Of two who save one record at once on PostgreSQL, both may have found nothing to delete.
        _insert(cursor, "articles_searchdocument", DOCUMENT_COLUMNS, [columns_of(document) for document in found])
        if record_type == ENTITY:
            cursor.execute(f"DELETE FROM articles_searchname WHERE entity_id {condition}", ids)
            _insert_names(cursor, [document for document in found if document.language == "en"])


def _insert_names(cursor: Any, found: Iterable[Document]) -> None:
    keys, new_words = [], set()
    for document in found:
        names = [name for name in document.names.split("\n") if name]
        for key, is_whole in name_keys(names).items():
            keys.append((document.record_id, key, is_whole, document.bucket))
        new_words |= {word[:LONGEST_WORD] for word in name_words(names)}
    _insert(cursor, "articles_searchname", ["entity_id", "key", "is_whole", "bucket"], keys)
    cursor.execute(
        f"SELECT word FROM articles_searchword WHERE rest IN ({_marks(new_words)}) AND word = rest",
        list(new_words),
    ) if new_words else None
    known = {word for (word,) in cursor.fetchall()} if new_words else set()
    pairs = [(word, rest) for word in sorted(new_words - known) for rest in rests(word)]
    _insert(cursor, "articles_searchword", ["word", "rest"], pairs)


def _insert(cursor: Any, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    for start in range(0, len(rows), ROWS):
        some = rows[start : start + ROWS]
        marks = ", ".join([f"({_marks(columns)})"] * len(some))
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES {marks} ON CONFLICT DO NOTHING",
            [value for row in some for value in row],
        )


def _stored_names(entities: Sequence[int]) -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT record_id, names FROM articles_searchdocument "
            f"WHERE record_type = 'entity' AND language = 'en' AND record_id IN ({_marks(entities)})",
            entities,
        )
        return dict(cursor.fetchall())


def _records(record_type: str) -> QuerySet[Any]:
    models: dict[str, type[Model]] = {ENTITY: Entity, CLAIM: Claim, ARTICLE: apps.get_model("articles", "Article")}
    return models[record_type]._default_manager.all()


def _pks(records: QuerySet[Any]) -> set[int]:
    return set(records.order_by().values_list("pk", flat=True))


def _marks(values: Collection[Any]) -> str:
    return ", ".join(["%s"] * len(values))


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]
