"""How two entities connect, as readers meet it: page, picture, JSON and Markdown."""

import json
import re
from itertools import pairwise

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.asserts import assertContains

from entities import graph
from entities.models import Claim, Entity, Property
from tests import factories
from tests.drawing import Drawing

pytestmark = pytest.mark.django_db
PICTURE = re.compile(r'<svg class="picture picture--chain".*?</svg>(?=</div>)', re.DOTALL)
LIANG_TO_R1 = "from=liang&to=deepseek-r1"


@pytest.fixture
def founded(db: None) -> Property:
    return factories.prop("founded", order=1)


@pytest.fixture
def develops(db: None) -> Property:
    return factories.prop("develops", order=2)


@pytest.fixture
def liang(r1: Entity, high_flyer: Entity, founded: Property, develops: Property) -> Entity:
    """Liang founded DeepSeek, twice said, which develops R1."""
    liang = factories.entity("person", "liang", name="Liang Wenfeng")
    deepseek = factories.entity("company", "deepseek", name="DeepSeek")
    source = factories.article("filing", title="A filing", publisher_name="Registry")
    factories.relation(liang, founded, deepseek, when="2023-07-17", verdict="supported", cites=[source])
    factories.relation(
        deepseek, factories.prop("led-by", order=3), liang, slug="led", verdict="disputed", rationale="?"
    )
    factories.relation(deepseek, develops, r1, slug="made", when="2025-01-20")
    return liang


def html(client: Client, query: str, prefix: str = "") -> str:
    response = client.get(f"{prefix}/connections/?{query}")
    assert response.status_code == 200
    return response.content.decode()


def picture(page: str) -> Drawing:
    [markup] = PICTURE.findall(page)
    return Drawing(markup, {None: 12})


def told(page: str) -> list[str]:
    return re.findall(r'<p class="claim__statement"><a [^>]*>(.*?)</a>', page)


def test_each_hop_is_told_in_the_direction_of_the_chain(client: Client, liang: Entity) -> None:
    assert told(html(client, LIANG_TO_R1)) == [
        "Liang Wenfeng founded DeepSeek",
        "Liang Wenfeng inverse led-by DeepSeek",
        "DeepSeek develops DeepSeek-R1",
    ]
    assert told(html(client, "from=deepseek-r1&to=liang"))[0] == "DeepSeek-R1 inverse develops DeepSeek"


def test_a_hop_has_date_verdict_and_sources(client: Client, liang: Entity) -> None:
    page = html(client, LIANG_TO_R1)
    assert "17 Jul 2023" in page
    assert "supported" in page
    assert "disputed" in page
    assert re.search(r'<a href="/articles/filing/" title="A filing">Registry</a>', page)


def test_all_chains_that_are_as_short_are_shown(
    client: Client, liang: Entity, high_flyer: Entity, r1: Entity, founded: Property, develops: Property
) -> None:
    factories.relation(liang, founded, high_flyer)
    factories.relation(high_flyer, develops, r1)
    page = html(client, LIANG_TO_R1)
    assert "There are 2 ways as short." in page
    assert {"Through DeepSeek", "Through High-Flyer"} <= set(re.findall(r"Through [^<]*", page))


def test_beyond_ten_chains_the_page_says_that_there_are_more(
    client: Client, r1: Entity, high_flyer: Entity, develops: Property
) -> None:
    for number in range(graph.MOST_CHAINS + 1):
        between = factories.entity("idea", f"between-{number}")
        factories.relation(high_flyer, develops, between)
        factories.relation(between, develops, r1)
    page = html(client, "from=high-flyer&to=deepseek-r1")
    assert "There are many ways as short; these are 10 of them." in page
    assert page.count('<ol class="chain">') == graph.MOST_CHAINS


def test_a_hop_of_several_chains_has_its_anchor_once(client: Client, liang: Entity, develops: Property) -> None:
    goal = factories.entity("idea", "goal")
    for number in range(2):
        between = factories.entity("idea", f"between-{number}")
        factories.relation(Entity.objects.get(slug="deepseek"), develops, between)
        factories.relation(between, develops, goal)
    page = html(client, "from=liang&to=goal")
    assert len(told(page)) == 8
    assert re.findall(r'id="(hop-\d)"', page) == ["hop-1", "hop-2", "hop-3", "hop-4", "hop-5"]


def test_the_picture_shows_every_entity_and_what_links_them(client: Client, liang: Entity) -> None:
    drawing = picture(html(client, LIANG_TO_R1))
    assert sorted((link.address, link.name) for link in drawing.links()) == [
        ("#hop-1", "Liang Wenfeng founded DeepSeek"),
        ("#hop-2", "DeepSeek develops DeepSeek-R1"),
        ("/companies/deepseek/", "DeepSeek"),
        ("/models/deepseek-r1/", "DeepSeek-R1"),
        ("/people/liang/", "Liang Wenfeng"),
    ]
    assert [box.words for box in drawing.boxes] == ["founded", "develops", "Liang Wenfeng", "DeepSeek", "DeepSeek-R1"]


def test_no_connection_is_a_page_of_its_own(client: Client, liang: Entity, high_flyer: Entity) -> None:
    page = html(client, "from=liang&to=high-flyer")
    assert "No connection within 6 steps." in page
    assert PICTURE.findall(page) == []


def test_a_search_that_met_its_bounds_says_so(client: Client, liang: Entity, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph, "MOST_LINKS", 0)
    monkeypatch.setattr(graph, "MOST_PAIRS", 0)
    assert "not all of them could be searched" in html(client, LIANG_TO_R1)


@pytest.mark.parametrize("status", ["draft", "in-review", "retracted"])
def test_what_is_not_published_links_nothing(client: Client, liang: Entity, status: str) -> None:
    Claim.objects.filter(slug="made").update(status=status)
    assert "No connection" in html(client, LIANG_TO_R1)
    Claim.objects.filter(slug="made").update(status="published")
    Entity.objects.filter(slug="deepseek").update(status=status)
    assert "No connection" in html(client, LIANG_TO_R1)


def test_a_proposal_links_nothing(client: Client, liang: Entity, r1: Entity, develops: Property) -> None:
    made = Claim.objects.get(slug="made")
    factories.relation(liang, develops, r1, replaces=made, status="published")
    assert len(told(html(client, LIANG_TO_R1))) == 3


def test_without_ends_the_page_gives_examples(client: Client, r1: Entity) -> None:
    factories.entity("person", "liang-wenfeng", name="Liang Wenfeng")
    factories.entity("person", "jensen-huang", name="Jensen Huang")
    page = html(client, "")
    assert "/connections/?from=liang-wenfeng&amp;to=jensen-huang" in page
    assert '<option value="DeepSeek-R1"></option>' in page
    assert page.count("How does ") == 1


def test_what_is_no_name_stands_beside_it_in_the_choice(client: Client, liang: Entity) -> None:
    assert '<option value="liang">Liang Wenfeng</option>' in html(client, "")


def test_a_name_can_be_typed_as_well_as_chosen(client: Client, liang: Entity) -> None:
    assert "How Liang Wenfeng" not in html(client, "from=liang")
    response = client.get("/connections/?from=LIANG&to=DeepSeek-R1")
    assert (response.status_code, response["Location"]) == (302, f"/connections/?{LIANG_TO_R1}")


def test_what_was_found_stands_in_the_form_by_its_name_and_in_addresses_by_its_slug(
    client: Client, liang: Entity, r1: Entity
) -> None:
    page = html(client, LIANG_TO_R1)
    # The name "Liang Wenfeng" would lead elsewhere than to "liang", were there another of that slug.
    assert re.findall(r'<input type="text" name="(?:from|to)" value="([^"]+)"', page) == ["liang", "DeepSeek-R1"]
    assert "/connections.json?from=liang&amp;to=deepseek-r1" in page
    ledger = client.get("/claims/?entity=DEEPSEEK-R1&show=all").content.decode()
    assert re.findall(r'<input type="text" name="entity" value="([^"]+)"', ledger) == ["DeepSeek-R1"]
    assert re.findall(r'href="\?(?:[^"]*&amp;)?entity=([^"&]+)', ledger)
    assert set(re.findall(r'href="\?(?:[^"]*&amp;)?entity=([^"&]+)', ledger)) == {"deepseek-r1"}


def test_one_end_alone_stays_in_the_form(client: Client, liang: Entity) -> None:
    page = html(client, "from=liang")
    assert re.search(r'<input type="text" name="from" value="liang"', page)
    assert "For example" not in page


def test_too_many_entities_to_choose_from_are_not_listed(
    client: Client, liang: Entity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("entities.forms.ConnectionsForm.MOST_SUGGESTED", 2)
    assert "<datalist" not in html(client, "")


@pytest.mark.parametrize("page", ["/connections/", "/connections.json", "/connections.md"])
@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("from=nobody&to=liang", "“from”: nothing here is called “nobody”."),
        ("from=liang&to=secret", "“to”: nothing here is called “secret”."),
        ("from=liang&to=liang", "“to”: it must be another entity than “from”."),
        ("from=liang&to=LIANG", "“to”: it must be another entity than “from”."),
        ("from=%00&to=liang", "“from”"),
        ("from=…&to=liang", "“from”: nothing here is called “…”."),
        ("from=liang&to=deepseek&on=2025", "This page has no parameter “on”."),
    ],
)
def test_a_wrong_end_is_named(client: Client, liang: Entity, page: str, query: str, reason: str) -> None:
    factories.entity("idea", "secret", status="draft")
    response = client.get(f"{page}?{query}")
    assert response.status_code == 400
    assert reason in (response.json()["error"] if page.endswith(".json") else response.content.decode())


def test_a_wrong_end_can_be_mended_where_the_right_one_still_stands(client: Client, liang: Entity) -> None:
    response = client.get("/connections/?from=liang&to=Deepsek")
    assert response.status_code == 400
    assertContains(response, 'name="from" value="liang"', status_code=400)
    assertContains(response, 'name="to" value="Deepsek"', status_code=400)


@pytest.mark.parametrize("name", ["Center for AI Standards", "center for ai standards", "Centre pour les normes d’IA"])
def test_an_end_may_be_given_by_its_name(client: Client, liang: Entity, develops: Property, name: str) -> None:
    agency = factories.entity(
        "company", "caisi", name_en="Center for AI Standards", name_fr="Centre pour les normes d'IA"
    )
    factories.relation(liang, develops, agency)
    response = client.get(f"/connections/?from=liang&to={name}", follow=True)
    assert response.redirect_chain == [("/connections/?from=liang&to=caisi", 302)]
    assert "How Liang Wenfeng connects to Center for AI Standards" in response.content.decode()


def test_an_entity_may_be_given_by_its_name_in_a_filter(client: Client, liang: Entity) -> None:
    factories.entity("company", "caisi", name="Center for AI Standards")
    for page in ("/timeline/", "/relationships/"):
        assert client.get(f"{page}?entity=Center+for+AI+Standards").status_code == 200
        assert client.get(f"{page}?entity=Center+for+AI").status_code == 400


@pytest.mark.parametrize("address", ["/connections.json", "/connections.md?from=liang"])
def test_a_file_needs_both_ends(client: Client, liang: Entity, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 400
    assert "Name two entities" in response.content.decode()


def test_json_is_a_network_with_its_chains(client: Client, liang: Entity) -> None:
    written = json.loads(client.get(f"/connections.json?{LIANG_TO_R1}").content)
    assert written["chains"] == [["liang", "deepseek", "deepseek-r1"]]
    assert written["graph"] == {"complete": True, "from": "liang", "to": "deepseek-r1", "steps": 2}
    assert sorted(node["id"] for node in written["nodes"]) == ["deepseek", "deepseek-r1", "liang"]
    assert len(written["edges"]) == 3
    assert written["edges"][0]["sources"] == ["http://testserver/articles/filing/"]


def test_markdown_tells_the_same(client: Client, liang: Entity) -> None:
    response = client.get(f"/connections.md?{LIANG_TO_R1}")
    assert response["Content-Type"] == "text/markdown; charset=utf-8"
    lines = response.content.decode().splitlines()
    assert lines[0] == "# How Liang Wenfeng connects to DeepSeek-R1"
    assert lines[4].startswith("1. - [Liang Wenfeng founded DeepSeek](http://testserver/claims/")
    assert lines[4].endswith(" · 17 July 2023 · supported · [A filing](http://testserver/articles/filing/)")
    assert lines[6].startswith("2. [DeepSeek develops DeepSeek-R1](http://testserver/claims/made/)")


def test_markdown_takes_no_name_for_a_mark_of_its_own(client: Client, liang: Entity, r1: Entity) -> None:
    Entity.objects.filter(pk=r1.pk).update(name_en="R*1* <b>[x](y)</b>")
    assert r"R\*1\* \<b\>\[x\](y)\</b\>" in client.get(f"/connections.md?{LIANG_TO_R1}").content.decode()


def test_no_connection_as_files(client: Client, liang: Entity, high_flyer: Entity) -> None:
    query = "from=liang&to=high-flyer"
    written = json.loads(client.get(f"/connections.json?{query}").content)
    assert (written["chains"], written["nodes"], written["graph"]["steps"]) == ([], [], None)
    assert "No connection within 6 steps." in client.get(f"/connections.md?{query}").content.decode()


def test_a_french_page_is_french(client: Client, liang: Entity) -> None:
    page = html(client, LIANG_TO_R1, prefix="/fr")
    assert "Ce qui relie Liang Wenfeng à DeepSeek-R1" in page
    assert "17 juil. 2023" in page
    assert '<a class="language-switch" href="/connections/?from=liang&amp;to=deepseek-r1"' in page
    assert (
        "Ce qui relie Liang Wenfeng à DeepSeek-R1" in client.get(f"/fr/connections.md?{LIANG_TO_R1}").content.decode()
    )


def test_a_page_leads_to_its_files(client: Client, liang: Entity) -> None:
    page = html(client, LIANG_TO_R1)
    for kind, media_type in (("json", "application/json"), ("md", "text/markdown")):
        address = f"/connections.{kind}?from=liang&amp;to=deepseek-r1"
        assert f'<link rel="alternate" type="{media_type}" href="{address}">' in page
        assert f'<a href="{address}">' in page


@pytest.mark.parametrize("address", ["/people/liang/", "/models/deepseek-r1/", "/companies/high-flyer/"])
def test_every_entity_leads_here(client: Client, liang: Entity, address: str) -> None:
    page = client.get(address).content.decode()
    assert f'<a href="/connections/?from={address.split("/")[2]}">How does ' in page


def test_the_relationships_lead_here(client: Client, liang: Entity) -> None:
    assert '<a href="/connections/">' in client.get("/relationships/").content.decode()


def test_the_longest_search_stays_within_the_budget_of_the_page(
    client: Client, r1: Entity, develops: Property, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two chains of four entities end in hubs, whose common neighbour is asked for."""
    monkeypatch.setattr(graph, "MOST_OF_ONE", 3)
    ends = []
    for side in ("left", "right"):
        chain = [factories.entity("company", f"{side}-{number}") for number in range(3)]
        for one, other in pairwise(chain):
            factories.relation(one, develops, other)
        for _number in range(4):
            factories.relation(chain[-1], develops, factories.entity("model"))
        factories.relation(chain[-1], develops, r1)
        ends.append(chain)
    with CaptureQueriesContext(database) as queries:
        page = html(client, "from=left-0&to=right-0")
    assert len(told(page)) == 6
    assert len(queries) == 10


def test_of_a_step_with_very_many_claims_some_are_told(
    client: Client, liang: Entity, monkeypatch: pytest.MonkeyPatch
) -> None:
    deepseek = Entity.objects.get(slug="deepseek")
    for number in range(3):
        factories.relation(liang, factories.prop(f"way-{number}"), deepseek)
    monkeypatch.setattr("entities.connections.MOST_OF_A_HOP", 2)
    page = html(client, "from=liang&to=deepseek")
    assert len(told(page)) == 2
    assert "All links of Liang Wenfeng" in page
    assert client.get("/connections.json?from=liang&to=deepseek").json()["graph"]["complete"] is False
    assert "- and more" in client.get("/connections.md?from=liang&to=deepseek").content.decode()
