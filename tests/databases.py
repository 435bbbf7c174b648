"""The shipped story on SQLite beside the database of a test run, for tests that hold both against each other."""

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.test import Client

from articles.api import openapi
from articles.dataset import FILES
from tests.crawl import Crawl, crawl

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
from tests.databases import fingerprints, sample
import json; print(json.dumps(fingerprints(sample())))
"""

# A base has its own history, a name for its edition, and numbers for the anchors of passages as they come.
OWN = re.compile(
    r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|"version": "[^"]*"|"updated_at": "[^"]+"|(?<=\bmark-)\d+|(?<=\bnote-)\d+'
    r"|(?<=\bpassage-)\d+|(?<=\bedition )[0-9a-f]{16}"
)


def sample() -> Crawl:
    """Read the site from the front page on; of records that are shown alike some, since two crawls are long."""
    cache.clear()
    return crawl(Client(), "/", most_records=60)


def fingerprints(found: Crawl) -> dict[str, str]:
    """Map the address of each page found, file of open data and list of the API to a digest of what is everywhere."""
    client = Client()
    contents = {address: page.html for address, page in found.pages.items()}
    contents |= {name: client.get(f"/data/{name}").getvalue().decode("latin-1") for name in FILES}
    contents |= api_lists(client)
    return {address: hashlib.sha256(OWN.sub("", text).encode()).hexdigest() for address, text in contents.items()}


def api_lists(client: Client) -> dict[str, str]:
    """Map the address of each page of the lists of the API, in both languages, to its content."""
    found: dict[str, str] = {}
    waiting = [f"{prefix}{each.address}" for prefix in ("", "/fr") for each in openapi.RESOURCES]
    for address in waiting:
        response = client.get(address)
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
