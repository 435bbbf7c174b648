"""Relations as a network, and the same for other programs."""

import io
import json
from typing import Any

import networkx  # type: ignore[import-untyped]
import pytest
from django.test import Client

from entities.models import Claim, Entity
from entities.network import Network, network
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def models() -> list[Entity]:
    """Five models of DeepSeek, the first with an awkward name, and the second compared with the first."""
    deepseek = factories.entity("company", "deepseek", name="DeepSeek", name_fr="DeepSeek (Chine)")
    develops, compares = factories.prop(), factories.prop("compares")
    names = [f"{factories.HOSTILE}\x0b深度求索", "B", "C", "D", "E"]
    made = [factories.entity("model", f"model-{place}", name=name) for place, name in enumerate(names)]
    for model in made:
        factories.relation(deepseek, develops, model, when="2024-05", cites=[factories.article("report-" + model.slug)])
    factories.relation(made[1], compares, made[0], when="2025-01/2025-03")
    factories.relation(made[1], compares, made[2], status="draft")
    return made


def whole() -> Network:
    return network(Claim.objects.published().relations().for_list().in_fact_order())


def slugs(found: Network) -> list[str]:
    return [entity.slug for entity in found.entities]


def test_entities_come_by_name_and_once(models: list[Entity]) -> None:
    assert slugs(whole()) == ["model-0", "model-1", "model-2", "model-3", "deepseek", "model-4"]


def test_every_relation_counts_at_both_ends(models: list[Entity]) -> None:
    counts = whole().link_counts()
    assert [counts[model.pk] for model in models] == [2, 2, 1, 1, 1]


@pytest.mark.parametrize(("most", "kept", "links"), [(6, 6, 6), (3, 3, 3), (2, 2, 1), (1, 1, 0)])
def test_the_best_connected_stay_with_the_links_between_them(
    models: list[Entity], most: int, kept: int, links: int
) -> None:
    part = whole().best_connected(most)
    assert (len(part.entities), len(part.claims)) == (kept, links)
    assert "deepseek" in slugs(part)


def loaded(client: Client, address: str) -> Any:
    """Read an answer as networkx does."""
    response = client.get(address)
    assert response.status_code == 200
    if ".graphml" in address:
        return networkx.read_graphml(io.BytesIO(response.content))
    return networkx.node_link_graph(json.loads(response.content), edges="edges")


@pytest.mark.parametrize("file", ["json", "graphml"])
@pytest.mark.parametrize(
    ("query", "nodes", "edges"),
    [("", 6, 6), ("?property=compares", 2, 1), ("?year=2025", 2, 1), ("?entity=model-0&kind=company", 2, 1)],
)
def test_networkx_loads_what_passes_the_filters(
    client: Client, models: list[Entity], file: str, query: str, nodes: int, edges: int
) -> None:
    graph = loaded(client, f"/relationships.{file}{query}")
    assert graph.is_directed()
    assert (graph.number_of_nodes(), graph.number_of_edges()) == (nodes, edges)


@pytest.mark.parametrize("file", ["json", "graphml"])
def test_both_forms_tell_who_what_when_and_where(client: Client, models: list[Entity], file: str) -> None:
    graph = loaded(client, f"/fr/relationships.{file}?property=compares")
    assert graph.nodes["model-1"]["name"] == "B"
    assert graph.nodes["model-1"]["url"] == "http://testserver/fr/models/model-1/"
    [(subject, other, edge)] = graph.edges(data=True)
    assert (subject, other, edge["property"], edge["when"]) == ("model-1", "model-0", "compares", "2025-01/2025-03")
    assert edge["statement"].startswith("B compares A & B < C")


def test_the_json_names_the_sources_of_each_relation(client: Client, models: list[Entity]) -> None:
    edges = client.get("/relationships.json?entity=model-3").json()["edges"]
    assert [edge["sources"] for edge in edges] == [["http://testserver/articles/report-model-3/"]]


@pytest.mark.parametrize(("file", "answers"), [("json", (True, False)), ("graphml", ("yes", "no"))])
def test_a_file_says_whether_it_has_all(
    client: Client, models: list[Entity], monkeypatch: pytest.MonkeyPatch, file: str, answers: tuple[Any, Any]
) -> None:
    whole_graph = loaded(client, f"/relationships.{file}")
    monkeypatch.setattr("entities.views.MOST_EXPORTED", 2)
    cut = loaded(client, f"/relationships.{file}")
    assert (whole_graph.graph["complete"], cut.graph["complete"]) == answers
    assert cut.number_of_edges() == 2


def test_graphml_is_a_file_to_keep(client: Client, models: list[Entity]) -> None:
    response = client.get("/relationships.graphml")
    assert response["Content-Type"] == "application/graphml+xml"
    assert response["Content-Disposition"] == 'attachment; filename="relationships.graphml"'


def test_a_character_that_xml_cannot_write_is_left_out(client: Client, models: list[Entity]) -> None:
    graph = loaded(client, "/relationships.graphml")
    assert graph.nodes["model-0"]["name"] == f"{factories.HOSTILE}深度求索"


@pytest.mark.parametrize("file", ["json", "graphml"])
def test_a_wrong_filter_is_refused_with_its_reason(client: Client, file: str) -> None:
    response = client.get(f"/relationships.{file}?year=soon")
    assert response.status_code == 400
    assert "year" in response.content.decode()
