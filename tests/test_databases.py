"""Both databases tell the same story: every page of the crawl, byte for byte."""

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from articles.api import openapi
from tests.crawl import crawl

ON_SQLITE = """
import django; django.setup()
from django.conf import settings
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
settings.ALLOWED_HOSTS.append("testserver")
from django.core.management import call_command
call_command("migrate", verbosity=0)
from articles.story import import_story
import_story(settings.BASE_DIR / "story")
"""
PRINT_FINGERPRINTS = """
from tests.test_databases import fingerprints
import json; print(json.dumps(fingerprints()))
"""


ANCHOR = re.compile(r"\b(mark|note|passage)-\d+")
UPDATED = re.compile(r'"updated_at": "[^"]+"')


def fingerprints() -> dict[str, str]:
    """Map the address of each page that a reader can reach, and of each list of the API, to a digest of its content.

    The anchors of passages have numbers that a database gives as they come, and each database has its own history.
    """
    pages = {address: page.html for address, page in crawl(Client(), "/").pages.items()} | answers()
    same = {address: UPDATED.sub("", ANCHOR.sub(r"\1", content)) for address, content in pages.items()}
    return {address: hashlib.sha256(content.encode()).hexdigest() for address, content in same.items()}


def answers() -> dict[str, str]:
    """Map the address of each page of the lists of the API, in both languages, to its content."""
    found: dict[str, str] = {}
    waiting = [f"{prefix}{each.address}" for prefix in ("", "/fr") for each in openapi.RESOURCES]
    for address in waiting:
        response = Client().get(address)
        found[address] = response.content.decode()
        # A list of these grows as it is gone through.
        waiting += filter(None, [response.json()["next"]])
    return found


def on_a_new_sqlite(folder: Path, script: str) -> str:
    """Run a script in a process of its own, with the story in a fresh SQLite database, and give what it prints."""
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{folder / 'story.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    command = [sys.executable, "-W", "ignore", "-c", ON_SQLITE + script]
    answer = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


@pytest.mark.postgresql
@pytest.mark.django_db
@pytest.mark.usefixtures("story")
def test_every_page_is_the_same_on_both_databases(tmp_path: Path) -> None:
    on_sqlite, here = json.loads(on_a_new_sqlite(tmp_path, PRINT_FINGERPRINTS)), fingerprints()
    assert here.keys() == on_sqlite.keys()
    assert [address for address in here if here[address] != on_sqlite[address]] == []
