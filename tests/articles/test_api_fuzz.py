"""Another program asks the API whatever its description allows, and what it forbids."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from articles.api import openapi
from articles.models import Article
from entities.models import Claim
from tests import factories

pytestmark = pytest.mark.django_db

SITE = "http://localhost/"
# Slugs that there are, by the parameter or the list that takes them; whatever is made up names nothing.
SLUGS = {
    "tag": "open-weights",
    "entity": "deepseek-r1",
    "publisher": "high-flyer",
    "article": "v3-report",
    "property": "size",
    "/api/entities/": "deepseek-r1",
    "/api/claims/": "size-of-r1",
    "/api/articles/": "v3-report",
    "/api/properties/": "size",
}


def with_known_slugs(described: dict[str, Any]) -> dict[str, Any]:
    """Let every slug that is asked for be that of a record."""
    description: dict[str, Any] = json.loads(json.dumps(described))
    for path, operations in description["paths"].items():
        for parameter in operations["get"]["parameters"]:
            known = SLUGS.get(parameter["name"], SLUGS.get(path.removesuffix("{slug}/")))
            if "pattern" in parameter["schema"] or parameter["name"] in SLUGS:
                parameter["schema"] = {"type": "string", "enum": [known]}
            elif "enum" in parameter["schema"]:
                # Without a value it is left out, as in the form of a page.
                parameter["schema"]["enum"].append("")
    return description


DESCRIPTION = with_known_slugs(openapi.describe(SITE))
TAKING = [path for path, operations in DESCRIPTION["paths"].items() if operations["get"]["parameters"]]
API = schemathesis.openapi.from_dict(DESCRIPTION)


@pytest.fixture(autouse=True)
def site() -> Iterator[None]:
    """The site in this process, made once the settings of tests hold, on the connection of the test."""
    API.app = WSGIHandler()
    # As Django's own client does: the server's handler would close it, and with it the test's transaction.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(autouse=True)
def records(claim: Claim, report: Article, high_flyer: Any) -> None:
    """A record of each type, and one that each filter keeps."""
    claim.subject.tags.add(factories.tag())
    report.tags.add(factories.tag())
    size = factories.prop("size", "quantity")
    factories.claim(claim.subject, slug="size-of-r1", property=size, amount=671, unit=size.unit, cites=[report])


def ask(path: str, mode: GenerationMode, count: int) -> list[int]:
    """Ask one address so many questions, hold each answer against the description, and list their statuses."""
    statuses = []

    # Drawn the same way each time, and nothing else: a shared machine is slow, and a failure is rare enough to be read
    # as it is.
    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=API[path]["GET"].as_strategy(generation_mode=mode))
    def run(case: schemathesis.Case) -> None:
        response = case.call(headers={"Accept-Encoding": "identity"})
        statuses.append(response.status_code)
        # To ask for both neighbours of a page is refused, which no description of parameters can say.
        case.validate_response(response, excluded_checks=[positive_data_acceptance])

    run()
    return statuses


@pytest.mark.parametrize("path", DESCRIPTION["paths"])
def test_what_the_description_allows_is_answered_as_it_says(path: str) -> None:
    statuses = ask(path, GenerationMode.POSITIVE, 10)
    assert 200 in statuses
    assert set(statuses) <= {200, 400}


@pytest.mark.parametrize("path", TAKING)
def test_what_the_description_forbids_is_refused_with_a_reason(path: str) -> None:
    assert set(ask(path, GenerationMode.NEGATIVE, 10)) <= {400, 404}
