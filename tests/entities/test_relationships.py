"""The links of the story as readers meet them: the map with its list, and the neighbourhood of an entity."""

import re
from html import unescape

import pytest
from django.test import Client

from entities.models import Entity, Property
from tests import factories
from tests.drawing import Drawing

pytestmark = pytest.mark.django_db
PICTURE = re.compile(r'<svg class="picture picture--(?:ring|network)".*?</svg>(?=</(?:figure|div)>)', re.DOTALL)


@pytest.fixture
def deepseek(r1: Entity) -> Entity:
    """DeepSeek developed R1 in January 2025 and V3 at a time nobody says; an event came with R1 since May 2024."""
    company = factories.entity("company", "deepseek", name="DeepSeek")
    v3 = factories.entity("model", "deepseek-v3", name="DeepSeek-V3")
    develops = factories.prop("develops", order=1)
    sources = [factories.article("report", publisher_name="arXiv"), factories.article("paper")]
    factories.relation(company, develops, r1, slug="r1-made", when="2025-01-20", cites=sources)
    factories.relation(company, develops, v3)
    festival = factories.entity("event", "festival", name="Spring Festival")
    factories.relation(festival, factories.prop("came-with", order=2), r1, when="2024-05/..", cites=sources[:1])
    return company


def html(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def picture(client: Client, address: str) -> Drawing:
    [markup] = PICTURE.findall(html(client, address))
    return Drawing(markup, {None: 12})


def names(client: Client, address: str) -> list[str]:
    return [link.name for link in picture(client, address).links()]


def test_the_map_names_every_entity_with_its_number_of_links(client: Client, deepseek: Entity) -> None:
    assert sorted(names(client, "/relationships/")) == [
        "DeepSeek, 2 links",
        "DeepSeek-R1, 2 links",
        "DeepSeek-V3, 1 link",
        "Spring Festival, 1 link",
    ]


@pytest.mark.parametrize(
    ("query", "drawn"),
    [
        ("property=develops", {"DeepSeek", "DeepSeek-R1", "DeepSeek-V3"}),
        ("kind=event", {"Spring Festival", "DeepSeek-R1"}),
        ("entity=deepseek-v3", {"DeepSeek", "DeepSeek-V3"}),
        ("year=2025", {"DeepSeek", "DeepSeek-R1", "Spring Festival"}),
        ("year=2024", {"Spring Festival", "DeepSeek-R1"}),
        ("year=2026&kind=event", {"Spring Festival", "DeepSeek-R1"}),
    ],
)
def test_picture_and_list_follow_the_filters(client: Client, deepseek: Entity, query: str, drawn: set[str]) -> None:
    page = html(client, f"/relationships/?{query}")
    assert {name.rpartition(",")[0] for name in names(client, f"/relationships/?{query}")} == drawn
    listed = set(re.findall(r'<a class="chip__name"[^>]*>.*?</svg> ([^<]*)</a>', page))
    assert listed == drawn


def test_nothing_found_is_said_and_not_drawn(client: Client, deepseek: Entity) -> None:
    page = html(client, "/relationships/?year=1999")
    assert "No relation passes these filters." in page
    assert PICTURE.findall(page) == []


@pytest.mark.parametrize("year", ["soon", "0", "10000", "-5", "2025.5"])
def test_a_wrong_year_is_refused(client: Client, year: str) -> None:
    response = client.get(f"/relationships/?year={year}")
    assert response.status_code == 400
    assert "“year”" in response.content.decode()


def test_a_relation_tells_its_first_source(client: Client, deepseek: Entity) -> None:
    page = html(client, "/relationships/?property=develops")
    assert re.search(r'<a href="/articles/report/" title="Report">arXiv</a> and 1 more</span>', page)
    assert page.count('class="edge__source"') == 1


@pytest.mark.parametrize(
    ("page", "sentence", "link"),
    [
        ("/relationships/", "The idea of “Distillation”, told of by High-Flyer.", "told of by"),
        ("/fr/relationships/", "L'idée « Distillation » provient d'une étude d'OpenAI.", "provient d'une étude d'"),
    ],
)
def test_a_relation_is_a_sentence_with_links(client: Client, page: str, sentence: str, link: str) -> None:
    told = factories.prop(
        pattern_en="The idea of “{subject}”, told of by {value}.",
        pattern_fr="L'idée « {subject} » provient d'une étude de {value}.",
    )
    firm = factories.entity("company", name="High-Flyer", name_fr="OpenAI")
    factories.relation(factories.entity("idea", "distillation"), told, firm, slug="told")
    [edge] = re.findall(r'<li class="edge">(.*?)</li>', html(client, page), re.DOTALL)
    words = unescape(re.sub(r"<svg.*?</svg> |<[^>]*>", "", edge)).strip()
    assert words == sentence
    assert [unescape(text) for text in re.findall(r'href="[^"]*/claims/told/">([^<]*)</a>', edge)] == [link]


def test_the_page_leads_to_its_files_with_the_same_filters(client: Client, deepseek: Entity) -> None:
    page = html(client, "/relationships/?property=develops&year=2025")
    for kind, media_type in (("json", "application/json"), ("graphml", "application/graphml+xml")):
        address = f"/relationships.{kind}?property=develops&amp;year=2025"
        assert f'<link rel="alternate" type="{media_type}" href="{address}">' in page
        assert f'<a href="{address}">' in page


def test_a_crowd_is_cut_to_the_best_connected_and_says_so(
    client: Client, deepseek: Entity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("entities.views.MOST_DRAWN", 2)
    assert names(client, "/relationships/") == ["DeepSeek, 2 links", "DeepSeek-R1, 2 links"]
    page = html(client, "/relationships/")
    assert "The picture shows the 2 best connected of 4 entities; the list below has all links." in page
    assert page.count('<li class="edge">') == 3


def test_the_map_is_french_on_a_french_page(client: Client, deepseek: Entity) -> None:
    assert "DeepSeek, 2 liens" in names(client, "/fr/relationships/")
    assert {"Entreprises", "Modèles", "Événements"} <= {
        box.words for box in picture(client, "/fr/relationships/").boxes
    }


def test_an_entity_is_drawn_amid_its_neighbours_from_its_own_side(client: Client, deepseek: Entity) -> None:
    drawing = picture(client, "/models/deepseek-r1/")
    assert [(link.address, link.name) for link in drawing.links()] == [
        ("/companies/deepseek/", "DeepSeek-R1 inverse develops DeepSeek"),
        ("/events/festival/", "DeepSeek-R1 inverse came-with Spring Festival"),
    ]
    assert {"develops", "came-with", "inverse"} <= {box.words for box in drawing.boxes}


def test_the_drawn_links_stand_in_the_list_below_with_date_and_sources(client: Client, deepseek: Entity) -> None:
    page = html(client, "/models/deepseek-r1/")
    assert '<a href="#links">All 2 links as a list</a>' in page
    assert page.count('<li class="chip') == 2
    assert "20 Jan 2025" in page
    assert 'href="#source-1"' in page


def test_two_links_of_one_kind_to_one_entity_are_one_mark(client: Client, deepseek: Entity, r1: Entity) -> None:
    factories.relation(deepseek, Property.objects.get(slug="develops"), r1, when="2026")
    assert names(client, "/models/deepseek-r1/").count("DeepSeek-R1 inverse develops DeepSeek") == 1


def test_an_entity_without_links_has_no_picture(client: Client, high_flyer: Entity) -> None:
    assert PICTURE.findall(html(client, "/companies/high-flyer/")) == []


@pytest.mark.parametrize("address", ["/companies/deepseek/", "/relationships/?entity=deepseek"])
def test_of_a_hub_the_links_to_those_first_entered_are_read(
    client: Client, deepseek: Entity, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    factories.relation(factories.entity("person", "liang", name="Liang"), factories.prop("leads"), deepseek)
    monkeypatch.setattr("entities.querysets.MOST_LINKS_EACH_WAY", 1)
    page = html(client, address)
    assert ("DeepSeek-R1" in page, "DeepSeek-V3" in page, "Liang" in page) == (True, False, True)


def test_what_a_filter_keeps_of_a_hub_is_looked_for_among_all_of_its_links(
    client: Client, deepseek: Entity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("entities.querysets.MOST_LINKS_EACH_WAY", 1)
    assert "DeepSeek-V3" in html(client, "/relationships/?entity=deepseek&kind=model")
