"""A generated base on each database, and the table of figures at the end."""

from collections.abc import Iterator

import pytest
import pytest_django

from tests.bench import harness


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """Make no test database: the base is made once and kept."""


@pytest.fixture(scope="session", params=["sqlite", *(["postgresql"] if harness.POSTGRESQL_URL else [])])
def database(request: pytest.FixtureRequest, django_db_blocker: pytest_django.DjangoDbBlocker) -> Iterator[str]:
    with django_db_blocker.unblock(), harness.base(request.param):
        yield request.param


@pytest.fixture
def site(database: str, plain_static_files: None, settings: pytest_django.Settings) -> harness.Site:
    settings.ROOT_URLCONF = "tests.bench.urls"
    return harness.Site()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.section("figures")
    for line in harness.table():
        terminalreporter.write_line(line)
