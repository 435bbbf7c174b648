"""What all tests share: plain static files, a clean language, French texts, and the programs that some tests need."""

import os
import shutil
from collections.abc import Iterator

import pytest
import pytest_django
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.db import connection, transaction
from django.test import Client, override_settings
from django.utils import translation

from articles.models import Article
from entities.models import Claim, Entity
from tests import factories, shipped

CHROMIUM = shutil.which("chromium") or ""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run the tests that need a program where it is; where it must be, a missing one is a failure, not a gap."""
    programs = [
        ("browser", "chromium", CHROMIUM, os.environ.get("BROWSER_TESTS") == "1"),
        ("gettext", "xgettext", shutil.which("xgettext"), os.environ.get("CI") == "true"),
        # Whoever names PostgreSQL has it: a missing one fails every test.
        ("postgresql", "PostgreSQL", connection.vendor == "postgresql", False),
    ]
    for marker, program, path, required in programs:
        needing = [item for item in items if item.get_closest_marker(marker)]
        if not needing or path:
            continue
        if required:
            raise pytest.UsageError(f"the {marker} tests must run here, but there is no {program} on PATH")
        config.hook.pytest_deselected(items=needing)
        items[:] = [item for item in items if item not in needing]
    if os.environ.get("DATABASE_TESTS") == "only":
        elsewhere = [item for item in items if not _asks_the_database(item)]
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if _asks_the_database(item)]


def _asks_the_database(item: pytest.Item) -> bool:
    """Tell the tests that another database can make fail from those that it cannot, which a second run leaves out.

    Of the crawl of the whole site another test holds a sample against SQLite.
    """
    fixtures = getattr(item, "fixturenames", ())
    if "site" in fixtures and item.path.name == "test_pages.py":
        return False
    return bool(item.get_closest_marker("django_db")) or not {"db", "transactional_db"}.isdisjoint(fixtures)


@pytest.fixture(scope="session", autouse=True)
def french_catalogue() -> None:
    """Compile the French texts unless make has; processes that do so at once each replace the file whole."""
    source = settings.LOCALE_PATHS[0] / "fr" / "LC_MESSAGES" / "django.po"
    target = source.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
        return
    draft = source.with_suffix(f".{os.getpid()}.mo")
    with source.open("rb") as texts, draft.open("wb") as compiled:
        write_mo(compiled, read_po(texts))
    draft.replace(target)


@pytest.fixture(scope="session", autouse=True)
def plain_static_files() -> Iterator[None]:
    """Serve static files as written, to fixtures of every scope: manifest and folder exist only after collectstatic."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    storages = settings.STORAGES | {"staticfiles": plain}
    with override_settings(STORAGES=storages, WHITENOISE_AUTOREFRESH=True, WHITENOISE_USE_FINDERS=True):
        yield


@pytest.fixture(autouse=True)
def quick_passwords(settings: pytest_django.Settings) -> None:
    """Hash passwords in no time; the real way takes most of a second by design."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> Iterator[None]:
    """The whole shipped story in the database, once for all tests of a module."""
    with django_db_blocker.unblock(), transaction.atomic():
        shipped.put()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def committed_story(transactional_db: None) -> None:
    """The whole shipped story for one test that other threads, such as those of a server, take part in."""
    shipped.put()


@pytest.fixture
def roles(db: None) -> None:
    """What editors and reviewers may do, whichever tests came before."""
    factories.roles()


@pytest.fixture
def editor_client(db: None) -> Client:
    """A client logged in as a reviewer, who may do all that editors may."""
    client = Client()
    client.force_login(factories.reviewer(), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def high_flyer(db: None) -> Entity:
    return factories.entity("company", "high-flyer", name="High-Flyer", native_name="幻方", native_language="zh-Hans")


@pytest.fixture
def r1(db: None) -> Entity:
    return factories.entity("model", "deepseek-r1", name="DeepSeek-R1")


@pytest.fixture
def report(db: None) -> Article:
    return factories.article("v3-report", title="DeepSeek-V3 Technical Report", published="2024-12-26")


@pytest.fixture
def claim(r1: Entity, report: Article) -> Claim:
    """A published statement with one supporting citation."""
    return factories.claim(r1, statement="R1 has open weights.", when="2025-01-20", lane="models", cites=[report])
