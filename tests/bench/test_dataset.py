"""What it costs to export the open data: memory that does not grow with the base, and the time of each file."""

import os
import pty
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections

from articles.dataset import FILES
from tests.bench.harness import Series, record

# From the issue: the most memory that the command may ever have, in MB.
MOST_MB = 200
STEP = re.compile(rb"\x1b\[K([\w.]+): [\d,.]+ MB")


def address() -> str:
    """Give the generated base as an address for another process."""
    base: Any = connections["default"].settings_dict
    if connections["default"].vendor == "sqlite":
        return f"sqlite:///{base['NAME']}"
    return f"postgres://{base['USER']}:{base['PASSWORD']}@{base['HOST']}:{base['PORT']}/{base['NAME']}"


def shown(terminal: int) -> Iterator[str]:
    """Give the file at which the command says that it is, each time that it says so on its terminal."""
    while True:
        try:
            said = os.read(terminal, 65_536)
        except OSError:
            # So ends a terminal whose process is gone.
            return
        if not said:
            return
        yield from (name.decode() for name in STEP.findall(said))


def test_an_export_stays_in_constant_memory_and_shows_how_far_it_is(database: str, tmp_path: Path) -> None:
    command = [sys.executable, "manage.py", "export_data", str(tmp_path), "--site", "https://story.example"]
    environment = os.environ | {"DATABASE_URL": address()}
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(settings.BASE_DIR)
        os.execve(sys.executable, command, environment)
    began, ends, steps = time.perf_counter(), {}, 0
    for name in shown(terminal):
        ends[name] = time.perf_counter()
        steps += 1
        if steps % 500 == 0:
            print(f"{name}, {ends[name] - began:,.0f} s", file=sys.__stderr__, flush=True)
    _process, status, used = os.wait4(process, 0)
    assert status == 0
    for name, end in ends.items():
        size = (tmp_path / name).stat().st_size / 1e6
        record(database, f"{name}, {size:,.1f} MB", Series([end - began]), end - began, float("inf"), "s")
        began = end
    seconds, peak = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    record(database, "open data", Series([seconds]), peak, MOST_MB, "MB")
    assert set(ends) == set(FILES)
    # A line for each piece: whoever waits sees it move.
    assert steps > len(FILES)
    assert peak <= MOST_MB
