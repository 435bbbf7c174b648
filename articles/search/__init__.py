"""One search over everything, however it is spelt: words and tokens, documents, their upkeep, and finding."""

from .dates import stretch
from .finding import KIND_NAMES, MOST_CHARACTERS, Hit, Results, find, hits, read, records, suggest
from .index import is_empty, rebuild, refresh

__all__ = [
    "KIND_NAMES",
    "MOST_CHARACTERS",
    "Hit",
    "Results",
    "find",
    "hits",
    "is_empty",
    "read",
    "rebuild",
    "records",
    "refresh",
    "stretch",
    "suggest",
]
