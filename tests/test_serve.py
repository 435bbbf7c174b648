"""The server starts, says where, and stops when told."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError

import pytest
from django.conf import settings

SERVE = [sys.executable, str(settings.BASE_DIR / "manage.py"), "serve"]


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def answer(url: str) -> int:
    """Ask until the server answers, at most 30 seconds."""
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                return int(response.status)
        except URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


@pytest.mark.parametrize(
    ("host", "reason"),
    [("127.0.0.1", "Address already in use"), ("198.51.100.7", "Cannot assign"), ("no-such-host.invalid", "")],
)
def test_an_address_that_is_not_to_be_had_is_told_in_one_line(taken_port: int, host: str, reason: str) -> None:
    run = subprocess.run(
        SERVE, env=os.environ | {"HOST": host, "PORT": str(taken_port)}, capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 1
    assert run.stderr.startswith(f"CommandError: Cannot listen on {host}, port {taken_port}: {reason}")
    assert run.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("database", "reason"),
    [
        ("postgres://nobody@127.0.0.1:{port}/none", "connection failed"),
        ("sqlite:////no-such-folder/story.sqlite3", "unable to open database file"),
    ],
)
def test_a_database_that_is_not_to_be_had_is_told_instead_of_the_address(database: str, reason: str) -> None:
    environment = {"PORT": str(free_port()), "DATABASE_URL": database.format(port=free_port())}
    run = subprocess.run(SERVE, env=os.environ | environment, capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith(f"The database refused: {reason}")
    assert run.stderr.count("\n") == 1


def test_the_server_answers_and_stops_on_sigterm_though_a_client_holds_on(tmp_path: Path) -> None:
    port = free_port()
    # DEBUG serves static files as written, without collectstatic.
    environment = {"HOST": "127.0.0.1", "PORT": str(port), "DEBUG": "on", "PYTHONUNBUFFERED": "1"}
    environment["DATABASE_URL"] = f"sqlite:///{tmp_path}/story.sqlite3"
    with subprocess.Popen(
        SERVE, env=os.environ | environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            assert answer(f"http://127.0.0.1:{port}/static/admin/css/base.css") == 200
            with socket.create_connection(("127.0.0.1", port)):
                server.terminate()
                out, err = server.communicate(timeout=20)
        finally:
            server.kill()
    assert (server.returncode, err) == (0, "")
    assert f"http://127.0.0.1:{port}/" in out
