"""What the open data cost: memory that does not grow with the base, and the time of each file."""

import resource
import sys
import time

import pytest

from articles.dataset import FILES
from articles.dataset.sending import content
from tests.bench import harness
from tests.bench.harness import Series, record

# From the issue, in MB: what writing may add to a process that has just started to.
MOST_GROWTH = 200


def peak() -> float:
    """Give the most memory that the process has had so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@pytest.fixture(scope="module")
def at_first(database: str) -> float:
    return peak()


@pytest.mark.parametrize("name", [name for name in FILES if name not in ("datapackage.json", "README.md")])
def test_a_file_is_written_in_constant_memory(database: str, at_first: float, name: str) -> None:
    began, size, shown = time.perf_counter(), 0, 0.0
    for piece in content(FILES[name], "https://story.example/"):
        size += len(piece)
        if (now := time.perf_counter()) - shown > 5:
            shown = now
            print(f"{name}: {size / 1e6:,.0f} MB, {now - began:,.0f} s", file=sys.__stderr__, flush=True)
    seconds = time.perf_counter() - began
    growth = peak() - at_first
    record(database, f"{name}, {size / 1e6:,.1f} MB", Series([seconds]), growth, MOST_GROWTH, "MB more")
    assert size
    assert growth < MOST_GROWTH, f"{harness.CLAIMS:,} claims"
