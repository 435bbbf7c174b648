"""The sitemap: every public page in both languages, no other, with its last change."""

import re
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.models import Article
from entities.models import Claim, Entity
from tests import factories

pytestmark = pytest.mark.django_db
NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def read(client: Client, address: str) -> ElementTree.Element:
    response = client.get(address)
    assert response.status_code == 200
    return ElementTree.fromstring(response.content)


def listed(client: Client, section: str) -> list[str]:
    return [str(found.text) for found in read(client, f"/sitemap-{section}.xml").iterfind("s:url/s:loc", NAMES)]


def test_the_index_leads_to_every_section(client: Client, claim: Claim) -> None:
    sections = [str(found.text) for found in read(client, "/sitemap.xml").iterfind("s:sitemap/s:loc", NAMES)]
    names = ("pages", "entities", "claims", "articles", "tags")
    assert sections == [f"http://testserver/sitemap-{name}.xml" for name in names]
    assert all(client.get(section.removeprefix("http://testserver")).status_code == 200 for section in sections)


def test_a_page_is_listed_once_a_language_with_links_to_each(client: Client, r1: Entity) -> None:
    assert listed(client, "entities") == [
        "http://testserver/models/deepseek-r1/",
        "http://testserver/fr/models/deepseek-r1/",
    ]
    for url in read(client, "/sitemap-entities.xml").iterfind("s:url", NAMES):
        links = {link.get("hreflang"): link.get("href") for link in url.iterfind("x:link", NAMES)}
        english = "http://testserver/models/deepseek-r1/"
        assert links == {"en": english, "fr": "http://testserver/fr/models/deepseek-r1/", "x-default": english}


def test_every_page_without_a_record_answers(client: Client) -> None:
    paths = [address.removeprefix("http://testserver") for address in listed(client, "pages")]
    assert {"/", "/fr/", "/timeline/", "/fr/compare/", "/models/"} <= set(paths)
    assert [path for path in paths if client.get(path).status_code != 200] == []


def test_drafts_are_in_none(client: Client, r1: Entity) -> None:
    factories.claim(r1, status="draft")
    factories.claim(factories.entity(status="draft"))
    factories.article(status="in-review")
    assert len(listed(client, "entities")) == 2
    assert listed(client, "claims") == listed(client, "articles") == []


def test_the_last_change_of_a_page_is_that_of_anything_it_shows(client: Client, claim: Claim, report: Article) -> None:
    old, new = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 2, 3, tzinfo=UTC)
    Entity.objects.update(updated_at=old)
    Claim.objects.update(updated_at=new)
    Article.objects.update(updated_at=old)
    claim.subject.tags.add(factories.tag())
    for section in ("pages", "entities", "claims", "articles"):
        days = {str(found.text) for found in read(client, f"/sitemap-{section}.xml").iterfind("s:url/s:lastmod", NAMES)}
        assert {day[:10] for day in days} == {"2026-02-03"}, section


def test_a_tag_changes_with_what_has_it(client: Client, r1: Entity, report: Article) -> None:
    old, new = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 2, 3, tzinfo=UTC)
    r1.tags.add(factories.tag("both"), factories.tag("entities"))
    report.tags.add(factories.tag("both"), factories.tag("articles"))
    factories.tag("nobody")
    Entity.objects.update(updated_at=old)
    Article.objects.update(updated_at=new)
    found = [
        (str(url.findtext("s:loc", "", NAMES)).removeprefix("http://testserver"), url.findtext("s:lastmod", "", NAMES))
        for url in read(client, "/sitemap-tags.xml").iterfind("s:url", NAMES)
    ]
    days = {path: day[:10] for path, day in found if not path.startswith("/fr/")}
    assert days == {"/tags/both/": "2026-02-03", "/tags/entities/": "2025-01-01", "/tags/articles/": "2026-02-03"}


def test_the_index_says_when_each_section_changed(client: Client, claim: Claim) -> None:
    claim.subject.tags.add(factories.tag())
    sections = list(read(client, "/sitemap.xml").iterfind("s:sitemap", NAMES))
    assert [section.findtext("s:lastmod", None, NAMES) for section in sections].count(None) == 0


@pytest.mark.parametrize(
    ("address", "status"),
    [("/sitemap-nothing.xml", 404), ("/sitemap-claims.xml?p=2", 404), ("/sitemap-claims.xml?p=x", 404)],
)
def test_a_section_that_does_not_exist_is_not_found(client: Client, address: str, status: int) -> None:
    assert client.get(address).status_code == status


def test_crawlers_are_led_to_the_sitemap_and_away_from_the_desk(client: Client) -> None:
    response = client.get("/robots.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    body = response.content.decode()
    assert re.search("^Sitemap: http://testserver/sitemap.xml$", body, re.MULTILINE)
    assert re.search("^Disallow: /admin/$", body, re.MULTILINE)


@pytest.mark.parametrize("section", ["pages", "entities", "claims", "articles", "tags"])
def test_a_sitemap_asks_the_database_as_often_for_many_records(
    client: Client, claim: Claim, report: Article, section: str
) -> None:
    claim.subject.tags.add(factories.tag())
    with CaptureQueriesContext(connection) as few:
        client.get(f"/sitemap-{section}.xml")
    for number in range(5):
        factories.relation(
            factories.entity(), factories.prop(f"p-{number}"), claim.subject, cites=[factories.article()]
        )
        claim.subject.tags.add(factories.tag(f"tag {number}"))
    with CaptureQueriesContext(connection) as many:
        client.get(f"/sitemap-{section}.xml")
    assert len(many) == len(few)
