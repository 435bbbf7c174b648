"""The lists of the shipped story: every facet, order and file of theirs."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import translation

from articles import views as article_views
from articles.forms import ArticleListForm
from entities import facets, views
from entities.forms import EntityListForm, LedgerForm, ModelListForm
from tests.test_lists import LISTS, choices, page, rows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("story")]


def counted_lists(query: str = "") -> Iterator[tuple[str, Any, list[facets.Facet]]]:
    """Give each list with its facets, and what counts the rows of another query of it."""
    for kind in ("person", "company", "event", "idea"):
        form = EntityListForm.of(QueryDict(query))
        tell = form.list_facets(kind, form.counted(kind))
        yield kind, lambda other, kind=kind: EntityListForm.of(other).entities(kind).count(), tell
    models = ModelListForm.of(QueryDict(query))
    yield "model", lambda other: ModelListForm.of(other).models().count(), models.list_facets(models.counted())
    ledger = LedgerForm.of(QueryDict(query))
    yield "claims", lambda other: LedgerForm.of(other).claims().count(), ledger.list_facets(ledger.counted())
    sources = ArticleListForm.of(QueryDict(query))
    yield "articles", lambda other: ArticleListForm.of(other).articles().count(), sources.list_facets(sources.counted())


@pytest.mark.parametrize("query", ["", "tag=open-weights"])
def test_every_choice_finds_as_many_as_it_says(query: str) -> None:
    wrong, offered = [], 0
    for name, count, shown in counted_lists(query):
        for choice in (choice for facet in shown for choice in [*facet.choices, *facet.others]):
            offered += 1
            if not choice.is_chosen and choice.count != count(QueryDict(choice.query.lstrip("?./"))):
                wrong.append((name, choice))
    assert wrong == []
    assert offered > 50


def test_every_list_has_its_facets() -> None:
    names = {name: [facet.name for facet in shown] for name, _count, shown in counted_lists()}
    assert names == {
        "person": ["tag", "year"],
        "company": ["tag", "year"],
        "event": ["tag", "year"],
        "idea": ["tag", "year"],
        "model": ["developer", "tag", "year"],
        "claims": ["verdict", "kind", "tag", "lane", "year", "property"],
        "articles": ["kind", "language", "tag", "year", "publisher"],
    }


@pytest.mark.parametrize("address", [*LISTS, "/models/", "/search/?q=deepseek"])
def test_no_robot_is_asked_to_follow_choices_and_orders(client: Client, address: str) -> None:
    html = page(client, address)
    links = re.findall(r'<a [^>]*href="(?:\?|\./)[^"]*"[^>]*>', html)
    inside = [link for link in links if "facet" in link or "switch" in link or "tag--remove" in link]
    assert len(inside) > 5
    assert [link for link in inside if 'rel="nofollow"' not in link] == []


@pytest.mark.parametrize(
    "address",
    [
        *(f"/companies/?sort={sort}" for sort in EntityListForm.SORTS),
        *(f"/claims/?sort={sort}&verdict=disputed" for sort in LedgerForm.SORTS),
        *(f"/articles/?sort={sort}&tag=chips" for sort in ArticleListForm.SORTS),
    ],
)
def test_pages_lead_through_every_order_and_back(client: Client, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    def walk(way: str) -> list[list[str]]:
        pages, query = [], ""
        while True:
            cut = client.get(address + query).context["page"]
            pages.append([row.slug for row in cut.rows])
            neighbour = getattr(cut, way)
            if not neighbour:
                return pages
            query = f"&{way}={neighbour}"

    whole = [row.slug for row in client.get(address).context["page"].rows]
    for module in (views, article_views):
        monkeypatch.setattr(module, "PAGE_SIZE", 9)
    forwards = walk("after")
    assert [slug for slugs in forwards for slug in slugs] == whole
    assert len(forwards) > 1
    address = f"{address}&before={forwards[-1][0]}"
    assert client.get(address).context["page"].before or len(forwards) == 2
    assert [row.slug for row in client.get(address).context["page"].rows] == forwards[-2]


@pytest.mark.parametrize(
    "query",
    [
        "people/?sort=connected",
        "companies/?tag=chips",
        "events/?sort=newest",
        "ideas/?year=2024",
        "claims/?verdict=disputed&sort=oldest",
        "articles/?kind=paper&sort=oldest",
        "models/?developer=deepseek&sort=-released",
    ],
)
@pytest.mark.parametrize("prefix", ["/", "/fr/"])
def test_the_file_has_the_rows_of_the_page_in_its_order(client: Client, prefix: str, query: str) -> None:
    response = client.get(prefix + query)
    files = re.findall(r'href="([^"]+\.csv[^"]*)"', response.content.decode())
    assert len(files) == 2
    assert len(set(files)) == 1
    address = unescape(files[0])
    assert address.startswith(prefix + query.partition("/")[0])
    assert set(address.partition("?")[2].split("&")) == set(query.partition("?")[2].split("&"))
    models = query.startswith("models")
    shown = response.context["table"].models if models else response.context["page"].rows
    with translation.override("fr" if prefix == "/fr/" else "en"):
        addresses = [f"http://testserver{record.get_absolute_url()}" for record in shown]
    assert [row["url"] for row in rows(client, address)] == addresses
    assert addresses


def test_facets_and_orders_are_in_french_too(client: Client) -> None:
    html = page(client, "/fr/articles/?publisher=hugging-face")
    assert [words for words in choices(html) if words.startswith("Poids ouverts")]
    assert "Trier par" in html
    assert '<a href="/fr/articles.csv?publisher=hugging-face" type="text/csv">Cette liste en fichier (CSV)</a>' in html
