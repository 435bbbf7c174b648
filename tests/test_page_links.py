"""The links of a page to its addresses and forms: the same in its head and in the header of the answer."""

from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, urljoin

import pytest
from django.test import Client, RequestFactory
from requests.utils import parse_header_links

from articles.models import Article
from entities import links
from entities.models import Claim, Entity
from tests import factories
from tests.strict import check_links

pytestmark = pytest.mark.django_db
SITE = "http://testserver"
LISTS = ["/", "/about/", "/claims/", "/articles/", "/timeline/", "/models/", "/people/", "/relationships/", "/compare/"]
LISTS += ["/tags/", "/tags/open-weights/", "/connections/", "/compare/size/", "/data/"]
RECORDS = ["/models/deepseek-r1/", "/claims/cost/", "/articles/v3-report/"]
FORMS = {"application/ld+json": ".json", "text/markdown": ".md"}


class Head(HTMLParser):
    """The links in the head of a page that lead to its addresses and forms."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[dict[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        rel = given.get("rel")
        # Descriptions for oEmbed name the page twice, which would make too long a header.
        if tag == "link" and rel in ("canonical", "cite-as", "alternate") and "oembed" not in given.get("type", ""):
            self.links.append(given | {"href": urljoin(SITE, given["href"])})


@pytest.fixture(autouse=True)
def records(r1: Entity, report: Article) -> None:
    for record in (r1, report):
        record.tags.add(factories.tag())
    factories.prop("size", "quantity")
    factories.claim(r1, slug="cost", when="2025-01-20", lane="models", cites=[report])


def get(client: Client, path: str) -> tuple[str, list[dict[str, str]]]:
    """Give the body of an answer and the links in its header, as a strict reader finds them."""
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode(), check_links(response["Link"])


@pytest.mark.parametrize("prefix", ["", "/fr"])
@pytest.mark.parametrize("path", [*LISTS, *RECORDS, "/timeline/?lane=models&from=2025", "/articles/?tag=open-weights"])
def test_the_header_says_what_the_head_says(client: Client, prefix: str, path: str) -> None:
    body, found = get(client, prefix + path)
    assert found == Head(body).links
    by_rel = {rel: [each for each in found if each["rel"] == rel] for rel in ("canonical", "cite-as", "alternate")}
    assert [each["href"] for each in by_rel["canonical"] + by_rel["cite-as"]] == [SITE + prefix + path] * 2
    languages = {each["hreflang"]: each["href"] for each in by_rel["alternate"] if "hreflang" in each}
    assert languages == {"en": SITE + path, "fr": f"{SITE}/fr{path}", "x-default": SITE + path}
    assert "application/atom+xml" in {each.get("type") for each in by_rel["alternate"]}


@pytest.mark.parametrize("prefix", ["", "/fr"])
@pytest.mark.parametrize("path", RECORDS)
def test_a_record_leads_to_its_forms_and_each_back_to_the_record(client: Client, prefix: str, path: str) -> None:
    _body, found = get(client, prefix + path)
    forms = {each["type"]: each["href"] for each in found if each.get("type") in FORMS}
    assert forms == {mime: f"{SITE}{prefix}{path.rstrip('/')}{ending}" for mime, ending in FORMS.items()}
    for address in forms.values():
        _body, back = get(client, address.removeprefix(SITE))
        assert back == [{"href": SITE + prefix + path, "rel": rel} for rel in ("canonical", "cite-as")]


def test_every_address_in_the_header_answers(client: Client) -> None:
    for path in (*LISTS, *RECORDS):
        _body, found = get(client, path)
        assert [each["href"] for each in found if client.get(each["href"].removeprefix(SITE)).status_code != 200] == []


def test_an_embed_leads_to_the_full_page(client: Client) -> None:
    _body, found = get(client, "/embed/claims/cost/")
    assert found == [{"href": f"{SITE}/claims/cost/", "rel": "canonical"}]


def test_what_a_network_hangs_on_an_address_is_in_no_link(client: Client) -> None:
    _body, found = get(client, "/timeline/?utm_source=x&lane=models")
    assert found[0]["href"] == f"{SITE}/timeline/?lane=models"
    assert "utm" not in client.get("/timeline/?utm_source=x")["Link"]


@pytest.mark.parametrize("path", ["/nothing/", "/models/nothing/", "/timeline/?x=1", "/models/nothing.json"])
def test_a_refusal_has_no_links(client: Client, path: str) -> None:
    assert "Link" not in client.get(path).headers


def test_a_preview_is_not_to_be_cited(editor_client: Client) -> None:
    factories.entity("model", "secret", status="draft")
    response = editor_client.get("/admin/preview/entities/secret/")
    assert "cite-as" not in response["Link"] + response.content.decode()
    assert "secret.json" not in response["Link"]


@pytest.mark.parametrize(
    "text", ["plain", 'a "quoted" \\ one', "Nouveautés", "杭州", "a\r\nSet-Cookie: x=1", "x; rel=evil, <y>; rel=z"]
)
def test_words_can_neither_end_a_link_nor_the_header(text: str) -> None:
    request = RequestFactory().get("/")
    links.link(
        request, "alternate", f"/a?q={quote(text)}&<{text.replace(chr(13), '').replace(chr(10), '')}>", title=text
    )
    links.link(request, "canonical", "/b/")
    written = links.header(request)
    assert written.isascii()
    assert written.isprintable()
    first, second = check_links(written)
    assert first["title"] == text
    assert (first["rel"], second) == ("alternate", {"href": f"{SITE}/b/", "rel": "canonical"})


def test_the_header_stays_short_and_keeps_what_matters_most(client: Client) -> None:
    response = client.get("/timeline/?entity=deepseek-r1&from=2025&to=2026&lane=models&kind=model&utm_x=" + "y" * 3000)
    assert len(response["Link"]) <= links.MOST_CHARACTERS
    request = RequestFactory().get("/")
    for number in range(100):
        links.link(request, "alternate", f"/{number}/{'x' * 100}")
    found = check_links(links.header(request))
    assert 10 < len(found) < 20
    assert found[0]["href"].startswith(f"{SITE}/0/")


def test_another_reader_takes_the_header(client: Client) -> None:
    value = client.get("/models/deepseek-r1/")["Link"]
    found: list[dict[str, Any]] = parse_header_links(value)
    assert [each["url"] for each in found] == [each["href"] for each in check_links(value)]
    assert {each["rel"] for each in found} == {"canonical", "cite-as", "alternate"}


def test_the_header_costs_nothing_where_there_are_no_links(client: Client, claim: Claim) -> None:
    for path in ("/card.png", "/timeline.ics", "/robots.txt", "/sitemap.xml"):
        assert "Link" not in client.get(path).headers


def test_every_fact_and_link_has_an_anchor_of_its_own(client: Client, r1: Entity) -> None:
    size = factories.prop("weight", "quantity")
    values = [factories.claim(r1, property=size, amount=amount, unit=size.unit) for amount in (1, 2)]
    made = factories.relation(factories.entity("company", "maker"), factories.prop(), r1)
    html = client.get(r1.get_absolute_url()).content.decode()
    for anchor in [*(f"fact-{value.slug}" for value in values), f"link-{made.slug}"]:
        assert html.count(f' id="{anchor}"') == 1
