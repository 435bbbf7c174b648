"""What a page costs: a generated base, requests straight at the WSGI handler, and one table of figures.

Read from the environment: BENCH_ENTITIES and BENCH_CLAIMS (sizes of the base), BENCH_POSTGRESQL_URL (a server on which
databases may be made; without it SQLite alone is measured), BENCH_RUNS (requests a figure).
"""

import gc
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import dj_database_url
import psycopg
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from articles.generate import generate_story
from entities.models import Entity

ENTITIES = int(os.environ.get("BENCH_ENTITIES", 20_000))
CLAIMS = int(os.environ.get("BENCH_CLAIMS", 60_000))
POSTGRESQL_URL = os.environ.get("BENCH_POSTGRESQL_URL", "")
RUNS = int(os.environ.get("BENCH_RUNS", 40))
WARMUPS = 3
# A slow page is asked for less often, but never so rarely that its 95th percentile means nothing.
FEWEST_RUNS, MOST_SECONDS = 10, 10
# Other work on the same machine moves a ratio by so much; what goes beyond is a page that costs too much.
TOLERANCE = 1.5


@contextmanager
def base(vendor: str) -> Iterator[None]:
    """Make the generated base of this size the default database, building it the first time.

    Raises:
        RuntimeError: for one that was cut short while being built.
    """
    config = _on_sqlite() if vendor == "sqlite" else _on_postgresql()
    connections["default"].close()
    before, connections.databases["default"] = connections.databases["default"], _completed(config)
    del connections["default"]
    ContentType.objects.clear_cache()
    try:
        _fill()
        yield
    finally:
        connections["default"].close()
        if vendor == "postgresql":
            connections["default"].close_pool()  # type: ignore[attr-defined]
        connections.databases["default"] = before
        del connections["default"]
        ContentType.objects.clear_cache()


def _completed(config: dict[str, Any]) -> dict[str, Any]:
    """Add what Django adds to the configuration of a database at its start."""
    connections.configure_settings({"default": config})
    return config


def _on_sqlite() -> dict[str, Any]:
    folder = settings.VAR / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    config = dict(dj_database_url.parse(f"sqlite:///{folder / f'{ENTITIES}-{CLAIMS}.sqlite3'}"))
    return config | {"OPTIONS": settings.SQLITE_OPTIONS}


def _on_postgresql() -> dict[str, Any]:
    config = dict(dj_database_url.parse(POSTGRESQL_URL))
    name = f"bench_{ENTITIES}_{CLAIMS}"
    with psycopg.connect(POSTGRESQL_URL, autocommit=True) as server:
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    # Pooled, as the site is served: without it each request would begin by connecting.
    pool = {"pool": {"min_size": 1, "max_size": 1}}
    return config | {"NAME": name, "OPTIONS": settings.POSTGRESQL_OPTIONS | pool}


def _fill() -> None:
    call_command("migrate", verbosity=0)
    # Statistics and days come last, so an entity with its day tells that the base is whole.
    if Entity.objects.order_by("-pk").exclude(known_since=None).exists():
        return
    if Entity.objects.exists():
        name = connections["default"].settings_dict["NAME"]
        raise RuntimeError(f"{name} was cut short while being built, and may lack indexes: drop it.")
    generate_story(ENTITIES, CLAIMS)
    if connections["default"].vendor == "postgresql":
        # As autovacuum leaves a base that is served: indexes answer without a look at the rows.
        with connections["default"].cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


@dataclass(frozen=True)
class Series:
    """Seconds of each run, sorted."""

    seconds: list[float]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def p95(self) -> float:
        return self.seconds[int(0.95 * (len(self.seconds) - 1))]


@dataclass(frozen=True)
class Figure:
    """A line of the table; `value` and `budget` are in the same `unit`: times hello, ms, or times another figure."""

    database: str
    name: str
    series: Series
    value: float
    budget: float
    unit: str

    @property
    def is_ok(self) -> bool:
        return self.value <= self.budget

    @property
    def is_clearly_over(self) -> bool:
        return self.value > self.budget * TOLERANCE


FIGURES: list[Figure] = []


def record(database: str, name: str, series: Series, value: float, budget: float, unit: str) -> Figure:
    """Keep a figure for the table; the test then asserts that it is not clearly over its budget."""
    FIGURES.append(figure := Figure(database, name, series, value, budget, unit))
    return figure


def table() -> Iterator[str]:
    yield f"{ENTITIES:,} entities, {CLAIMS:,} claims; fails beyond {TOLERANCE} times the budget"
    yield f"{'':44}{'median':>10}{'95 %':>10}{'':>4}{'figure':>9}{'budget':>9}"
    for figure in FIGURES:
        median, p95 = (f"{1000 * seconds:.2f} ms" for seconds in (figure.series.median, figure.series.p95))
        verdict = "ok" if figure.is_ok else "OVER" if figure.is_clearly_over else "near"
        name = f"{figure.database:11} {figure.name}"
        yield (
            f"{name:44}{median:>10}{p95:>10}{'':>4}{figure.value:>9.2f}{figure.budget:>9.2f} {figure.unit:8} {verdict}"
        )


def _clock_with_postgresql() -> Callable[[], float]:
    """Count what this process and the server's behind its one pooled connection take; far from it, all that passes."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        schedule = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")
    connections["default"].close()
    if not schedule.exists():
        return time.perf_counter
    return lambda: time.process_time() + int(schedule.read_text().split()[0]) / 1e9


class Site:
    """The site in this process, behind the handler that the server calls."""

    def __init__(self) -> None:
        self.vendor = connections["default"].vendor
        self._handler = WSGIHandler()
        self._clock = time.process_time if self.vendor == "sqlite" else _clock_with_postgresql()

    def get(self, address: str) -> bytes:
        """Ask for a page, and assert that it is one."""
        path, _mark, query = address.partition("?")
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(),
        }
        answer: list[str] = []

        def start(status: str, *_headers: Any) -> Any:
            answer.append(status)

        response: Any = self._handler(environ, start)
        body = b"".join(response)
        response.close()
        assert answer == ["200 OK"], f"{address}: {answer}"
        return body

    def call(self, name: str, calls: list[Callable[[], Any]], budget_ms: float) -> Figure:
        """Time different calls of one kind, each several times; the budget is for the 95th percentile."""
        seconds = sorted(second for series in timed(calls, self._clock, warmups=1, runs=3) for second in series.seconds)
        series = Series(seconds)
        return record(self.vendor, name, series, 1000 * series.p95, budget_ms, "ms")

    def compare(self, *addresses: str) -> list[Series]:
        """Time several pages in turn, so that whatever else the machine does meets all of them."""
        return timed([lambda address=address: self.get(address) for address in addresses], self._clock)  # type: ignore[misc]

    def page(self, name: str, address: str, budget: float) -> Figure:
        """Time a page beside hello; the budget is in times hello."""
        hello, page = self.compare("/hello/", address)
        return record(self.vendor, name, page, page.median / hello.median, budget, "x hello")

    def same(self, name: str, one: str, other: str, budget: float) -> Figure:
        """Time two pages beside each other; the budget is how many times the other may cost what the one does."""
        first, second = self.compare(one, other)
        return record(self.vendor, name, second, second.median / first.median, budget, "x first")


def timed(
    calls: list[Callable[[], Any]],
    clock: Callable[[], float] = time.process_time,
    *,
    warmups: int = WARMUPS,
    runs: int = RUNS,
) -> list[Series]:
    """Time each of the calls in turn, after warming up; the collector starts with nothing to do."""
    for _warmup in range(warmups):
        for call in calls:
            call()
    gc.collect()
    gc.freeze()
    seconds: list[list[float]] = [[] for _call in calls]
    began = time.perf_counter()
    for run in range(runs):
        if run >= FEWEST_RUNS and time.perf_counter() - began > MOST_SECONDS:
            break
        for call, taken in zip(calls, seconds, strict=True):
            start = clock()
            call()
            taken.append(clock() - start)
    gc.unfreeze()
    return [Series(sorted(taken)) for taken in seconds]
