"""Both databases tell the same story: every page of the crawl and every file of the open data, byte for byte."""

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

from articles.dataset import FILES
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


# When a record was changed, and the name of the edition, are a base's own.
OWN = re.compile(rb'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|"version": "[^"]*"')
ANCHOR = re.compile(r"\b(mark|note|passage)-\d+")


def fingerprints() -> dict[str, str]:
    """Map the address of each page that a reader can reach, and each file of the open data, to a digest of its content.

    The anchors of passages have numbers that a database gives as they come.
    """
    client = Client()
    contents = {address: ANCHOR.sub(r"\1", page.html).encode() for address, page in crawl(client, "/").pages.items()}
    contents |= {name: OWN.sub(b"", client.get(f"/data/{name}").getvalue()) for name in FILES}
    return {address: hashlib.sha256(content).hexdigest() for address, content in contents.items()}


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
def test_every_page_and_file_is_the_same_on_both_databases(tmp_path: Path) -> None:
    on_sqlite, here = json.loads(on_a_new_sqlite(tmp_path, PRINT_FINGERPRINTS)), fingerprints()
    assert here.keys() == on_sqlite.keys()
    assert [address for address in here if here[address] != on_sqlite[address]] == []
