"""The lists of kinds, claims and articles: facets, orders and files, the same everywhere."""

import csv
import io
import re
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from articles import clock
from articles.api.records import ARTICLE, CLAIM, ENTITY
from articles.api.shapes import Shape
from articles.models import Article
from entities import facets, tables
from entities.models import Claim, Entity
from tests import factories
from tests.factories import HOSTILE

pytestmark = pytest.mark.django_db
LISTS = ["/people/", "/companies/", "/events/", "/ideas/", "/claims/", "/articles/"]


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.content.decode()
    return response.content.decode()


def titles(html: str) -> list[str]:
    """Name what a list shows, in order, by the ends of the addresses of its headings."""
    return re.findall(r'__title"><a href="/(?:fr/)?\w+/([^/]+)/"', html)


def claims_shown(client: Client, query: str = "") -> list[str]:
    return [claim.slug for claim in client.get(f"/claims/{query}").context["page"].rows]


def choices(html: str) -> dict[str, str]:
    """Map the words of each choice of the facets, with its number, to its query."""
    found = re.findall(r'<a class="facet" rel="nofollow" href="([^"]*)"[^>]*>(.*?)</a>', html)
    return {" ".join(unescape(re.sub("<[^>]+>", "", words)).split()): unescape(query) for query, words in found}


def rows(client: Client, address: str) -> list[dict[str, str]]:
    response = client.get(address)
    assert response.status_code == 200, response.content.decode()
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


# Facets


def test_a_chosen_facet_shows_its_choice_alone_and_the_way_back(client: Client) -> None:
    for number in range(3):
        factories.article(published=f"202{number}", kind="paper" if number else "report")
    assert choices(page(client, "/articles/"))["Paper 2"] == "?kind=paper"
    html = page(client, "/articles/?kind=paper&sort=oldest")
    assert choices(html) == {"× Paper (take this filter away) 2": "?sort=oldest"} | {
        f"202{number} 1": f"?sort=oldest&kind=paper&year=202{number}" for number in (2, 1)
    }
    assert choices(page(client, "/articles/?kind=paper"))["× Paper (take this filter away) 2"] == "./"


def test_a_choice_leads_to_the_beginning_of_its_list(client: Client) -> None:
    for number in range(3):
        factories.article(f"a{number}", published=f"202{number}", kind="paper" if number else "report")
    assert choices(page(client, "/articles/?after=a2"))["Paper 2"] == "?kind=paper"


def test_what_finds_nothing_can_still_be_taken_away(client: Client, r1: Entity) -> None:
    r1.tags.add(factories.tag())
    html = page(client, "/people/?year=1999")
    assert choices(html) == {"× 1999 (take this filter away) 0": "./"}
    assert "Nothing here passes these filters." in html


def test_the_most_frequent_are_shown_and_the_others_unfold(client: Client, r1: Entity) -> None:
    for number in range(15):
        prop = factories.prop(f"p{number:02}", "text")
        for _each in range(number // 14 + 1):
            factories.claim(r1, property=prop, text="x")
    html = page(client, "/claims/?show=values")
    shown, _unfold, others = html.partition("<summary>3 more</summary>")
    assert list(choices(shown)) == ["P14 2", *(f"P{number:02} 1" for number in range(11))]
    assert choices(others)["P13 1"] == "?show=values&property=p13"


def test_of_very_many_values_the_rarest_are_left_out(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facets, "MOST_CHOICES", 1)
    monkeypatch.setattr(facets, "MOST_OFFERED", 2)
    for number in range(3):
        factories.article(published=f"202{number}")
    html = page(client, "/articles/")
    assert list(choices(html)) == ["2022 1", "2021 1"]
    assert "The rarest are left out." in html


@pytest.mark.parametrize("address", LISTS)
def test_a_long_list_is_not_counted_and_says_so(client: Client, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setattr(facets, "MOST_COUNTED", 2)
    source = factories.article(published="2024")
    for kind in ("person", "company", "event", "idea"):
        for number in range(3):
            made = factories.entity(kind, public_since=f"202{number}-01-01")
            made.tags.add(factories.tag("tag " + "abc"[number]))
            factories.claim(made, cites=[source], when=f"202{number}")
    factories.article(published="2025")
    factories.article(published="2023")
    clock.refresh_known_since()
    html = page(client, address)
    assert '<span class="count">2+</span>' in html
    assert "these are the choices of a part of it" in html
    assert choices(html)
    assert not [words for words in choices(html) if words.endswith(" 1")]
    assert ".csv" not in html


def test_what_is_not_published_tells_nothing_in_facets(client: Client, high_flyer: Entity) -> None:
    draft = factories.entity("company", "secret-press", name="Secret Press", status="draft")
    draft.tags.add(factories.tag("secret tag"))
    factories.article(publisher=draft, published="2025", publisher_name="")
    factories.article(publisher=high_flyer, published="2024")
    factories.claim(draft, property=factories.prop("word", "text"), text="x", status="draft")
    for address in ("/articles/", "/companies/", "/claims/?show=all"):
        assert "ecret" not in page(client, address)


def test_a_suspended_verdict_is_counted_as_none_of_them(client: Client, r1: Entity) -> None:
    suspended = factories.claim(r1, verdict="supported")
    Claim.objects.filter(pk=suspended.pk).update(verdict_suspended=True)
    factories.claim(r1, verdict="disputed", rationale="Why.")
    factories.claim(r1)
    assert list(choices(page(client, "/claims/"))) == ["Disputed 1", "Not judged 1"]


def test_hostile_words_are_escaped_in_facets(client: Client, r1: Entity) -> None:
    r1.tags.add(factories.tag(HOSTILE[:90]))
    factories.claim(r1)
    factories.claim(factories.entity("company"))
    html = page(client, "/claims/")
    assert "<script>alert" not in html
    assert "A &amp; B &lt; C" in html


@pytest.mark.parametrize(
    ("kind", "prop", "label"),
    [("event", "held-on", "Year it was held"), ("company", "founded-on", "Year of founding")],
)
def test_a_year_is_that_of_the_date_that_the_kind_has(client: Client, kind: str, prop: str, label: str) -> None:
    dated = factories.prop(prop, "date")
    for slug, date, rank in (
        ("one", "2015/2016", "normal"),
        ("two", "[2016,2017]", "normal"),
        ("no", "2016", "deprecated"),
    ):
        factories.claim(factories.entity(kind, slug), property=dated, date=date, rank=rank, rank_reason="Why.")
    address = "/events/" if kind == "event" else "/companies/"
    html = page(client, address)
    assert label in html
    assert choices(html) == {"2016 1": "?year=2016", "2015 1": "?year=2015"}
    assert [each.slug for each in client.get(f"{address}?year=2016").context["page"].rows] == ["two"]


def test_a_property_chosen_among_statements_finds_statements(client: Client, r1: Entity) -> None:
    size = factories.prop("size", "text")
    factories.claim(r1, property=size, text="x", statement="It is x.")
    factories.claim(r1, property=size, text="y")
    factories.claim(r1)
    query = choices(page(client, "/claims/"))["Size 1"]
    assert query == "?show=statements&property=size"
    assert len(claims_shown(client, query)) == 1
    assert len(claims_shown(client, "?property=size")) == 2


def test_what_is_chosen_by_link_goes_along_with_what_is_typed(client: Client, r1: Entity) -> None:
    factories.claim(r1, when="2025")
    html = page(client, "/claims/?year=2025&sort=oldest")
    form = re.findall(r'<form class="filters__form".*?</form>', html, re.DOTALL)[0]
    assert re.findall(r'type="hidden" name="(\w+)" value="(\w+)"', form) == [("sort", "oldest"), ("year", "2025")]
    assert re.findall(r'<(?:input type="text"|select) name="(\w+)"', form) == ["entity", "property"]


# Orders


def test_entities_are_in_the_order_asked_for(client: Client) -> None:
    for slug, since, claims in (("b", "2024-01-01", 3), ("a", "2025-01-01", 1), ("c", None, 2)):
        made = factories.entity("idea", slug, public_since=since)
        for _each in range(claims):
            factories.claim(made)
    clock.refresh_known_since()
    shown = {
        query: [entity.slug for entity in client.get(f"/ideas/{query}").context["page"].rows]
        for query in ("", "?sort=name", "?sort=newest", "?sort=connected")
    }
    assert shown == {
        "": ["a", "b", "c"],
        "?sort=name": ["a", "b", "c"],
        "?sort=newest": ["a", "b", "c"],
        "?sort=connected": ["b", "c", "a"],
    }


def test_claims_are_in_the_order_asked_for(client: Client, r1: Entity) -> None:
    for slug, when in (("one", "2024"), ("two", "2025"), ("undated", "")):
        factories.claim(r1, slug=slug, when=when)
    Claim.objects.get(slug="one").save()
    assert claims_shown(client) == ["two", "one", "undated"]
    assert claims_shown(client, "?sort=oldest") == ["one", "two", "undated"]
    assert claims_shown(client, "?sort=changed") == ["one", "undated", "two"]


def test_articles_are_in_the_order_asked_for(client: Client) -> None:
    for slug, published in (("one", "2024"), ("two", "2025-01"), ("undated", "")):
        factories.article(slug, published=published)
    assert titles(page(client, "/articles/")) == ["two", "one", "undated"]
    assert titles(page(client, "/articles/?sort=oldest")) == ["one", "two", "undated"]


def test_the_order_chosen_is_marked_and_kept(client: Client) -> None:
    factories.entity("idea", "one")
    html = page(client, "/ideas/?sort=newest")
    assert '<a class="switch__choice" rel="nofollow" href="?sort=newest" aria-current="true">Newest</a>' in html
    assert '<a class="switch__choice" rel="nofollow" href="./">Name</a>' in html


# What is wrong


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("/people/?sort=moon", "sort"),
        ("/people/?year=never", "year"),
        ("/people/?year=0", "year"),
        ("/people/?developer=deepseek", "developer"),
        ("/claims/?lane=moon", "moon"),
        ("/claims/?sort=name", "sort"),
        ("/articles/?language=%22", "language"),
        ("/articles/?sort=connected", "sort"),
        ("/articles/?publisher=nobody", "nobody"),
        ("/people.csv?after=one", "after"),
        ("/claims.csv?before=one", "before"),
        ("/articles.csv?sort=moon", "sort"),
    ],
)
def test_a_wrong_choice_is_named_in_the_format_asked_for(client: Client, address: str, reason: str) -> None:
    response = client.get(address)
    assert response.status_code == 400
    assert reason in response.content.decode()
    assert response["Content-Type"].startswith("text/plain" if ".csv" in address else "text/html")


# Files


def test_the_file_of_entities_has_names_tags_and_days(client: Client, high_flyer: Entity) -> None:
    high_flyer.aliases, high_flyer.summary = ["=Huanfang"], "A [fund](entity:high-flyer)."
    high_flyer.save()
    high_flyer.tags.add(factories.tag())
    Entity.objects.update(known_since="2025-01-20")
    assert rows(client, "/companies.csv") == [
        {
            "slug": "high-flyer",
            "name": "High-Flyer",
            "native_name": "幻方",
            "aliases": "'=Huanfang",
            "summary": "A fund.",
            "tags": "open-weights",
            "known_since": "2025-01-20",
            "updated_at": f"{high_flyer.updated_at:%Y-%m-%dT%H:%M:%SZ}",
            "url": "http://testserver/companies/high-flyer/",
        }
    ]


def test_the_file_of_claims_has_values_verdicts_and_sources(client: Client, r1: Entity, report: Article) -> None:
    size = factories.prop("size", "quantity")
    value: dict[str, Any] = {"property": size, "unit": size.unit, "amount": 671_000_000_000, "bound": "about"}
    factories.claim(r1, **value, when="2025-01", verdict="disputed", rationale="Why.", cites=[report])
    (row,) = rows(client, "/claims.csv?show=values")
    expected = {
        "subject": "deepseek-r1",
        "subject_name": "DeepSeek-R1",
        "subject_url": "http://testserver/models/deepseek-r1/",
        "property": "size",
        "value": "671000000000",
        "value_text": "about 671B parameters",
        "unit": "parameter",
        "bound": "about",
        "when": "2025-01",
        "verdict": "disputed",
        "sources": "http://testserver/articles/v3-report/",
    }
    assert {name: row[name] for name in expected} == expected


def test_the_file_of_articles_has_people_and_a_number_of_claims(client: Client, claim: Claim, report: Article) -> None:
    report.authors.create(name="+Ada")
    report.tags.add(factories.tag())
    (row,) = rows(client, "/articles.csv")
    expected = {"title": "DeepSeek-V3 Technical Report", "authors": "'+Ada", "published": "2024-12-26"}
    expected |= {"claim_count": "1", "source_url": report.url, "url": "http://testserver/articles/v3-report/"}
    assert {name: row[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("address", "shape", "others"),
    [
        ("/companies.csv", ENTITY, set()),
        ("/claims.csv", CLAIM, {"subject_name", "subject_url", "sources"}),
        ("/articles.csv", ARTICLE, set()),
        (
            "/compare/size.csv",
            CLAIM,
            {"subject_name", "subject_url", "amount", "date", "supports", "disputes", "context"},
        ),
    ],
)
def test_a_column_has_the_name_that_the_api_gives_the_field_or_is_explained(
    client: Client, r1: Entity, report: Article, address: str, shape: Shape[Any], others: set[str]
) -> None:
    """Beside the keys of the API stand only these others, each in the documentation of the data."""
    size = factories.prop("size", "quantity")
    factories.claim(r1, property=size, unit=size.unit, amount=1, cites=[report])
    factories.entity("company")
    columns = set(rows(client, f"{address}?show=all" if "claims" in address else address)[0])
    assert columns - {key.name for key in shape.keys} == others
    chapter = (settings.BASE_DIR / "docs" / "data.md").read_text().partition("## Lists as files")[2]
    assert {name for name in others if f"`{name}`" not in chapter.partition("\n## ")[0]} == set()


@pytest.mark.parametrize("name", ["companies", "claims", "articles"])
def test_a_list_too_long_for_a_file_is_refused_in_a_line(
    client: Client, monkeypatch: pytest.MonkeyPatch, claim: Claim, name: str
) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 1)
    for _number in range(2):
        factories.claim(factories.entity("company"), cites=[factories.article()])
    response = client.get(f"/{name}.csv")
    assert (response.status_code, response["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert response.content.decode().startswith("There are more than 1 rows")
