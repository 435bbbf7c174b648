"""The environment is read strictly, and every answer carries the site's headers."""

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db.utils import ConnectionHandler
from django.http import HttpResponse
from django.test import Client, RequestFactory
from pytest_django import DjangoDbBlocker

from config import middleware, settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "abc"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("DEBUG", "maybe"),
        ("HTTPS", "2"),
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "mysql://user:hunter2@host/name"),
        ("DATABASE_URL", "postgres://user:hunter2@host:port/name"),
        ("DATABASE_URL", "postgres://user:hunter2@host"),
    ],
)
def test_nonsense_in_the_environment_is_refused_in_one_line(name: str, value: str) -> None:
    run = subprocess.run(
        [sys.executable, settings.BASE_DIR / "manage.py", "showmigrations"],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", name: value},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 1
    assert run.stdout == ""
    assert run.stderr.startswith(name)
    assert run.stderr.count("\n") == 1
    assert "hunter2" not in run.stderr


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("sqlite:////no/such/folder/story.sqlite3", "unable to open database file"),
        # Nothing listens on port 1.
        ("postgres://user:hunter2@127.0.0.1:1/story", "connection failed"),
    ],
)
def test_a_database_that_cannot_be_reached_is_told_in_one_line(url: str, reason: str) -> None:
    run = subprocess.run(
        [sys.executable, settings.BASE_DIR / "manage.py", "showmigrations"],
        env=os.environ | {"DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 1
    assert run.stderr.startswith(f"The database refused: {reason}")
    assert run.stderr.count("\n") == 1
    assert "hunter2" not in run.stderr


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1", True), ("True", True), (" on ", True), ("yes", True), ("0", False), ("OFF", False), ("", True)],
)
def test_a_switch_reads_the_usual_words(monkeypatch: pytest.MonkeyPatch, value: str, expected: bool) -> None:
    monkeypatch.setenv("SWITCH", value)
    assert settings.env_bool("SWITCH", True) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", ["default"]),
        (" , ", ["default"]),
        ("a.example", ["a.example"]),
        ("a.example, [::1],", ["a.example", "[::1]"]),
    ],
)
def test_a_list_is_split_at_commas(monkeypatch: pytest.MonkeyPatch, value: str, expected: list[str]) -> None:
    monkeypatch.setenv("LIST", value)
    assert settings.env_list("LIST", ["default"]) == expected


@pytest.mark.parametrize("value", ["8000", " 8000 ", ""])
def test_a_port_is_a_number(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("PORT", value)
    assert settings.env_port("PORT", 8000) == 8000


@pytest.mark.parametrize("value", ["-1", "8_000", "²", "٨٠٠٠", "1e3"])
def test_what_only_python_takes_for_a_number_is_no_port(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("PORT", value)
    with pytest.raises(ImproperlyConfigured, match="PORT must be a number"):
        settings.env_port("PORT", 8000)


def test_the_generated_key_is_kept_for_its_owner_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setattr(settings, "VAR", tmp_path / "var")
    key = settings.secret_key()
    assert len(key) >= 50
    assert settings.secret_key() == key
    assert stat.S_IMODE((tmp_path / "var" / "secret_key").stat().st_mode) == 0o600
    assert [file.name for file in (tmp_path / "var").iterdir()] == ["secret_key"]


def test_first_starts_at_once_agree_on_one_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setattr(settings, "VAR", tmp_path)
    with ThreadPoolExecutor(16) as pool:
        keys = {future.result() for future in [pool.submit(settings.secret_key) for _ in range(64)]}
    assert len(keys) == 1


def test_a_given_key_is_not_written_down(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SECRET_KEY", "given")
    monkeypatch.setattr(settings, "VAR", tmp_path)
    assert settings.secret_key() == "given"
    assert not list(tmp_path.iterdir())


def test_sqlite_keeps_acknowledged_writes_and_foreign_keys(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/story.sqlite3")
    connections = ConnectionHandler({"default": settings.database()})
    with django_db_blocker.unblock(), connections["default"].cursor() as cursor:
        pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        values = [cursor.execute(f"PRAGMA {pragma}").fetchone()[0] for pragma in pragmas]
        connections["default"].close()
    full = 2
    assert values == ["wal", full, 1, 20_000]


def test_the_parts_of_a_postgresql_address_are_unquoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://user:p%40ss@host:5433/story")
    config = settings.database()
    assert (config["USER"], config["PASSWORD"], config["NAME"], config["PORT"]) == ("user", "p@ss", "story", 5433)


def test_served_from_postgresql_each_thread_borrows_a_connection() -> None:
    read = "import config.wsgi; from django.conf import settings; d = settings.DATABASES['default']; "
    read += "print(d['OPTIONS']['pool']['max_size'] >= settings.SERVER_THREADS, d['CONN_MAX_AGE'])"
    environment = os.environ | {"DATABASE_URL": "postgres://user@host/story"}
    environment.pop("DATABASE_POOL", None)
    printed = subprocess.check_output(
        [sys.executable, "-c", read], cwd=settings.BASE_DIR, env=environment, text=True, timeout=60
    )
    # Django refuses a pool together with persistent connections.
    assert printed == "True 0\n"


@pytest.mark.parametrize(
    ("path", "language"), [("/", "en"), ("/models/", "en"), ("/fr/", "fr"), ("/fr/models/", "fr"), ("/zh-hans/", "en")]
)
def test_the_address_alone_chooses_the_language(path: str, language: str) -> None:
    request = RequestFactory().get(path, headers={"accept-language": "fr,zh;q=0.5"})
    response = middleware.language_of_address(lambda request: HttpResponse())(request)
    assert response.headers["Content-Language"] == language
    assert "Vary" not in response.headers


HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "host", "status"),
    [
        ("/", "localhost", 200),
        ("/no-such-page/", "localhost", 404),
        ("/", "evil.example", 400),
        ("/admin/", "localhost", 302),
        ("/admin/login/", "localhost", 200),
        ("/static/admin/css/base.css", "localhost", 200),
    ],
)
def test_every_answer_carries_the_headers(path: str, host: str, status: int) -> None:
    response = Client(headers={"host": host}).get(path)
    response.close()
    assert response.status_code == status
    assert {name: response.headers.get(name) for name in HEADERS} == HEADERS
    assert set(response.headers["Content-Security-Policy"].split("; ")) == POLICY
    assert "camera=()" in response.headers["Permissions-Policy"]
    assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.django_db
def test_five_wrong_passwords_lock_the_name_for_that_address_alone() -> None:
    wrong = {"username": "editor", "password": "wrong"}
    answers = [Client().post("/admin/login/", wrong).status_code for _ in range(settings.AXES_FAILURE_LIMIT)]
    assert answers == [200, 200, 200, 200, 429]
    forged = Client(headers={"x-forwarded-for": "198.51.100.7"})
    assert forged.post("/admin/login/", wrong).status_code == 429
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    assert elsewhere.post("/admin/login/", wrong).status_code == 200


def test_behind_tls_nothing_travels_in_the_clear() -> None:
    read = "from config import settings as s; print(s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS, "
    read += "s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_PROXY_SSL_HEADER)"
    printed = subprocess.check_output(
        [sys.executable, "-c", read], cwd=settings.BASE_DIR, env=os.environ | {"HTTPS": "on"}, text=True, timeout=60
    )
    assert printed == "True 31536000 True True ('HTTP_X_FORWARDED_PROTO', 'https')\n"
