"""What search costs at any size of the base: queries of every sort, suggestions, a save, the index itself."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from articles import search
from articles.models import Article
from entities.models import Claim, Entity
from tests.bench.harness import Series, Site, record

# The budgets of the issue, in milliseconds at the 95th percentile.
QUERY, SUGGESTION, SAVE = 30, 10, 5
# What indexing one record may cost, so that a rebuild of millions ends in hours.
REBUILD = 2
TRIES = 10


@pytest.fixture(autouse=True)
def index(site: Site) -> None:
    """Fill the index the first time, and say what that took."""
    if not search.is_empty():
        return
    before, began = size_bytes(), time.perf_counter()
    search.rebuild()
    seconds = time.perf_counter() - began
    count = sum(model._default_manager.count() for model in (Entity, Article, Claim))
    record(site.vendor, f"rebuild, per record of {count:,}", Series([seconds]), 1000 * seconds / count, REBUILD, "ms")
    size = (size_bytes() - before) / count / 1000
    record(site.vendor, "index, per record", Series([0]), size, float("inf"), "kB")


def size_bytes() -> int:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        else:
            cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def names(of: str = "name_en") -> list[str]:
    """Give names from all over the base, with one word spelt as no other entity close by."""
    count = Entity.objects.count()
    ids = [1 + count * number // TRIES for number in range(TRIES)]
    found = Entity.objects.filter(pk__gte=0, pk__in=[near for pk in ids for near in range(pk, pk + 3)])
    return [name for name in found.order_by("pk").values_list(of, flat=True) if name][:TRIES]


def slip(name: str) -> str:
    """Swap two letters in the first word of a name."""
    return name[0] + name[2] + name[1] + name[3:]


QUERIES: dict[str, Callable[[], list[str]]] = {
    "a rare word": lambda: [name.split()[-1] for name in names("native_name")],
    "a name": names,
    "a common word": lambda: ["laboratory", "training", "chips", "analysts", "network"],
    "three words": lambda: ["training fewer chips", "laboratory report market", "older larger network"],
    "a beginning": lambda: [name[:4] for name in names()],
    "a beginning of a common word": lambda: ["labor", "train", "analy", "repor"],
    "Chinese": lambda: ["深度", "求索", "杭州", "幻方", "智能模型"],
    "a typing error": lambda: [slip(name) for name in names()],
    "a date": lambda: ["January 2025", "2025-01-27", "2025"],
    "words of the other language": lambda: ["laboratoire", "laboratoire de recherche", "puces"],
    "some of the words": lambda: ["laboratory xyzzyq", "training chips xyzzyq report"],
    "two words typed as one": lambda: ["".join(name.split()) + "x" for name in names()],
    "nothing": lambda: ["xyzzyq", "qqqqq wwwww"],
    "a facet of a common word": lambda: ["report"],
}


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_stays_within_its_budget(site: Site, name: str) -> None:
    filters = ["kind:person"] if "facet" in name else []

    def ask(text: str) -> Any:
        return lambda: search.hits(search.find(text, "en", filters), 0, 20, "en")

    assert not site.call(f"search: {name}", [ask(text) for text in QUERIES[name]()], QUERY).is_clearly_over


def test_suggestions_stay_within_their_budget(site: Site) -> None:
    typed = [name[:length] for name in names() for length in (1, 2, 3, 6)]
    calls: list[Any] = [lambda text=text: search.suggest(text, "en", 8) for text in typed]
    assert not site.call("suggestions", calls, SUGGESTION).is_clearly_over


@pytest.mark.parametrize("among", ["entities", "articles", "claims"])
def test_a_save_stays_within_its_budget(site: Site, among: str) -> None:
    model = {"entities": Entity, "articles": Article, "claims": Claim}[among]
    ids = model._default_manager.order_by("-pk").values_list("pk", flat=True)[:TRIES]
    calls: list[Any] = [lambda pk=pk: search.refresh(**{among: [pk]}) for pk in ids]
    assert not site.call(f"search, saving one of {among}", calls, SAVE).is_clearly_over
