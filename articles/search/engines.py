"""What the two databases do differently: the index over the tokens, and how a query is put to it."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection

# Hits are looked at bucket by bucket, each about eight times as large as the one before.
BUCKETS = 4
# Every group must be found, each by one of its tokens; one that ends in * stands for all that begin like it.
Groups = Sequence[Sequence[str]]

# The expression that the migration has indexed.
VECTOR = "array_to_tsvector(string_to_array(tokens, ' '))"


def by_bytes() -> str:
    """Give what makes a comparison of texts go by their bytes, in which all databases agree."""
    return ' COLLATE "C"' if connection.vendor == "postgresql" else ""


def matching(alternatives: Sequence[Groups], language: str, most: int) -> tuple[str, list[Any]]:
    """Write a query for the ids of so many documents that have all the groups of one of the alternatives, those of the
    first buckets first.

    Each token is quoted, so no query can hold an operator.
    """
    if connection.vendor == "sqlite":
        wanted = _written(alternatives, " AND ", " OR ", _fts5_token)
        is_french = int(language == "fr")
        return (
            "SELECT id FROM (SELECT rowid AS id FROM articles_searchindex WHERE articles_searchindex MATCH %s "
            "AND (rowid & 1) = %s ORDER BY rowid LIMIT %s)",
            [wanted, is_french, most],
        )
    wanted = _written(alternatives, " & ", " | ", _tsquery_token)
    # Adding 0 keeps the planner from walking the whole table in the order of its ids.
    buckets = " UNION ALL ".join(
        f"(SELECT id FROM articles_searchdocument WHERE language = '{language}' AND bucket = {bucket} "
        f"AND {VECTOR} @@ %s::tsquery ORDER BY id + 0 LIMIT %s)"
        for bucket in range(BUCKETS)
    )
    return f"SELECT id FROM ({buckets}) AS hits LIMIT %s", [*[wanted, most] * BUCKETS, most]


def _written(alternatives: Sequence[Groups], every: str, either: str, quoted: Callable[[str], str]) -> str:
    return either.join(
        f"({every.join(f'({either.join(map(quoted, group))})' for group in groups)})" for groups in alternatives
    )


def _fts5_token(token: str) -> str:
    prefix = "*" if token.endswith("*") else ""
    return f'"{token.rstrip("*")}"{prefix}'


def _tsquery_token(token: str) -> str:
    prefix = ":*" if token.endswith("*") else ""
    return f"'{token.rstrip('*')}'{prefix}"
