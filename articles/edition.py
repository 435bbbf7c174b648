"""The edition of the public base: a name that every change of what readers may see replaces, whoever writes it.

Triggers of the database keep it, so that no writer can forget to, not even SQL by hand; a draft leaves it alone.
"""

from secrets import token_hex
from typing import Any

from django.db import connection
from django.utils import timezone

from .models import Edition

ANY = "TRUE"
PUBLISHED = "{row}.status = 'published'"


def _of(table: str, column: str) -> str:
    """Build the condition that a row belongs to a published record of another table."""
    return f"EXISTS (SELECT 1 FROM {table} AS owner WHERE owner.id = {{row}}.{column} AND owner.status = 'published')"


# The tables that hold what readers may see, and the rows of each that they may; `{row}` is the row written.
WATCHED = {
    "entities_unit": ANY,
    "entities_property": ANY,
    "entities_property_other_units": ANY,
    "entities_tag": ANY,
    "entities_taggeditem": ANY,
    "entities_entity": PUBLISHED,
    "entities_formerentityslug": _of("entities_entity", "record_id"),
    "articles_article": PUBLISHED,
    "articles_formerarticleslug": _of("articles_article", "record_id"),
    "articles_author": _of("articles_article", "article_id"),
    "articles_revision": _of("articles_article", "article_id"),
    "entities_claim": PUBLISHED,
    "entities_formerclaimslug": _of("entities_claim", "record_id"),
    "entities_claim_mentions": _of("entities_claim", "claim_id"),
    "articles_citation": _of("entities_claim", "claim_id"),
}
# Which states of a row an event has.
EVENTS = {"insert": ("NEW",), "update": ("OLD", "NEW"), "delete": ("OLD",)}

ON_SQLITE = """
CREATE TRIGGER IF NOT EXISTS edition_{table}_{event} AFTER {event} ON {table} WHEN {condition} BEGIN
  UPDATE articles_edition
  SET name = lower(hex(randomblob(8))), changed_at = strftime('%Y-%m-%d %H:%M:%f', 'now') WHERE id = 1;
END
"""
# Once a transaction is enough: each further row would lengthen the chain of versions of this one.
FUNCTION_ON_POSTGRESQL = """
CREATE OR REPLACE FUNCTION edition_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {condition} THEN
    UPDATE articles_edition
    SET name = pg_current_xact_id()::text || '-' || substr(md5(random()::text), 1, 8), changed_at = clock_timestamp()
    WHERE id = 1 AND split_part(name, '-', 1) <> pg_current_xact_id()::text;
  END IF;
  RETURN NULL;
END $$
"""
# At the end of a transaction: taken earlier, the lock on the one row would hold up every other writer until then, and
# two of them could wait for each other.
TRIGGER_ON_POSTGRESQL = """
CREATE CONSTRAINT TRIGGER edition AFTER INSERT OR UPDATE OR DELETE ON {table}
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION edition_{table}()
"""


def current() -> Edition | None:
    """Give the edition as of now; one query."""
    return Edition.objects.filter(pk=1).first()


def watch(**kwargs: Any) -> None:
    """Make the triggers that are missing, and name a new edition; called after each migration and flush.

    Before its tables are there, nothing is done.
    """
    with connection.cursor() as cursor:
        if not {Edition._meta.db_table, *WATCHED} <= set(connection.introspection.table_names(cursor)):
            return
        for statement in _on_sqlite() if connection.vendor == "sqlite" else _on_postgresql(cursor):
            cursor.execute(statement)
    # What was written meanwhile was written unwatched.
    Edition.objects.update_or_create(pk=1, defaults={"name": token_hex(8), "changed_at": timezone.now()})


def unwatch(**kwargs: Any) -> None:
    """Take the triggers away from SQLite, where Django copies a table to change it; called before each migration.

    SQLite takes no other table for a while in place of one that a trigger names.
    """
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'edition@_%%' ESCAPE '@'", []
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")


def _on_sqlite() -> list[str]:
    return [
        ON_SQLITE.format(
            table=table, event=event, condition=" OR ".join(condition.format(row=row) for row in EVENTS[event])
        )
        for table, condition in WATCHED.items()
        for event in EVENTS
    ]


def _on_postgresql(cursor: Any) -> list[str]:
    cursor.execute(
        "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'edition' AND tgrelid = ANY(%s::regclass[])",
        [list(WATCHED)],
    )
    present = {table for (table,) in cursor.fetchall()}
    functions = [
        FUNCTION_ON_POSTGRESQL.format(
            table=table,
            condition=" OR ".join(
                f"(TG_OP <> '{other}' AND {condition.format(row=row)})"
                for row, other in (("OLD", "INSERT"), ("NEW", "DELETE"))
            ),
        )
        for table, condition in WATCHED.items()
    ]
    return functions + [TRIGGER_ON_POSTGRESQL.format(table=table) for table in WATCHED if table not in present]
