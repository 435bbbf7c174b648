"""The shipped story in a test's database: imported once a process, then its rows copied, at a twentieth of the cost."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import ForeignKey, Model

from articles.story import import_story
from articles.story.stored import refresh_statistics

Row = tuple[Any, ...]


def put() -> None:
    """Put the shipped story into an empty database, as `import_story` leaves it."""
    with transaction.atomic():
        types = {tuple(key): pk for pk, *key in ContentType.objects.values_list("pk", "app_label", "model")}
        known, rows = _imported()
        # A flush between two tests gives the types of content new numbers.
        renumbered = {old: types[key] for key, old in known.items()}
        for model, found in rows.items():
            _write(model, found, renumbered)
        _restart_numbers(list(rows))
    refresh_statistics()


@cache
def _imported() -> tuple[dict[tuple[str, ...], int], dict[type[Model], list[Row]]]:
    """Import the story, take it back, and give the types of content there were and every row that it brought."""
    types = {tuple(key): pk for pk, *key in ContentType.objects.values_list("pk", "app_label", "model")}
    with transaction.atomic():
        empty = [model for model in _models() if not model._default_manager.exists()]
        # Search ranks equals by their numbers, which go on counting after tests that are taken back.
        _restart_numbers(empty)
        import_story(settings.BASE_DIR / "story")
        rows = {model: found for model in empty if (found := _read(model))}
        transaction.set_rollback(True)
    return types, rows


def _restart_numbers(models: list[type[Model]]) -> None:
    """Let the next row of each table have the number after its last; SQLite does so by itself."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), models):
                cursor.execute(statement)


def _models() -> Iterator[type[Model]]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            yield model


def _columns(model: type[Model]) -> str:
    return ", ".join(connection.ops.quote_name(str(field.column)) for field in model._meta.concrete_fields)


def _read(model: type[Model]) -> list[Row]:
    """Read a table as its database writes it, so that nothing is lost on the way back."""
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({_columns(model)}) TO STDOUT") as copy:
                return list(copy.rows())
        cursor.execute(f"SELECT {_columns(model)} FROM {table}")
        return list(cursor.fetchall())


def _write(model: type[Model], rows: list[Row], renumbered: dict[int, int]) -> None:
    table, fields = connection.ops.quote_name(model._meta.db_table), model._meta.concrete_fields
    for place, field in enumerate(fields):
        if isinstance(field, ForeignKey) and field.related_model is ContentType:
            rows = [(*row[:place], renumbered[int(row[place])], *row[place + 1 :]) for row in rows]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({_columns(model)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"INSERT INTO {table} ({_columns(model)}) VALUES ({places})", rows)
