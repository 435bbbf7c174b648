"""Embeds for other sites, and the checks that a consumer of oEmbed makes before it trusts a provider."""

import json
import re
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit
from xml.etree import ElementTree

import pytest
from django.test import Client

from articles.models import Article
from entities.models import Claim, Entity
from tests import factories
from tests.test_safety import HOSTILE, dangers
from tests.test_settings import HEADERS, POLICY

pytestmark = pytest.mark.django_db
SITE = "http://testserver"
PAGES = ["/models/deepseek-r1/", "/claims/cost/", "/timeline/", "/timeline/?entity=deepseek-r1&from=2025"]
EMBEDS = ["/embed/models/deepseek-r1/", "/embed/models/deepseek-r1/neighbourhood/", "/embed/claims/cost/"]
EMBEDS += ["/embed/timeline/", "/embed/timeline/?entity=deepseek-r1&from=2025"]


class Elements(HTMLParser):
    """The elements of a page in order, each with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def named(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.found if name == tag]


@pytest.fixture(autouse=True)
def records(r1: Entity, report: Article) -> dict[str, Any]:
    """A model with a figure, a link and a disputed claim on the timeline."""
    Entity.objects.filter(pk=r1.pk).update(summary_en="The model of the shock.")
    size, develops = factories.prop("size", "quantity", label="total parameters"), factories.prop()
    company = factories.entity("company", "deepseek", name="DeepSeek")
    factories.claim(r1, property=size, amount=671, unit=size.unit, cites=[report])
    factories.relation(company, develops, r1, cites=[report])
    told = {"when": "2025-01-20", "lane": "markets-and-policy", "verdict": "disputed", "rationale": "Nobody knows."}
    cost = factories.claim(r1, slug="cost", statement="R1 cost six million.", cites=[report], **told)
    return {"entity": r1, "claim": cost, "company": company}


# Embeds


@pytest.mark.parametrize("prefix", ["", "/fr"])
@pytest.mark.parametrize("path", EMBEDS)
def test_an_embed_may_be_framed_and_needs_neither_cookie_nor_script(client: Client, prefix: str, path: str) -> None:
    response = client.get(prefix + path)
    page = Elements(response.content.decode())
    assert response.status_code == 200
    assert "X-Frame-Options" not in response.headers
    policy = set(response["Content-Security-Policy"].split("; "))
    assert policy == POLICY - {"frame-ancestors 'none'"} | {"frame-ancestors *"}
    assert {name: response.headers.get(name) for name in HEADERS} == HEADERS | {"X-Frame-Options": None}
    assert not response.cookies
    # What tells the height; a frame without it shows the same.
    (script,) = page.named("script")
    assert re.fullmatch(r"/static/js/embed[\w.]*\.js", script["src"])
    assert page.named("form") == []
    assert page.named("html")[0]["lang"] == (prefix[1:] or "en")
    assert len(page.named("h1")) == 1


@pytest.mark.parametrize("path", EMBEDS)
def test_an_embed_leads_to_the_full_page_in_the_whole_window(client: Client, path: str) -> None:
    page = Elements(client.get(path).content.decode())
    assert page.named("base") == [{"target": "_top"}]
    assert {"name": "robots", "content": "noindex"} in page.named("meta")
    full = path.removeprefix("/embed").removesuffix("neighbourhood/")
    assert [link["href"] for link in page.named("link") if link["rel"] == "canonical"] == [SITE + full]
    links = {link["href"].partition("#")[0] for link in page.named("a")}
    assert full in links
    assert [link for link in links if link.startswith("/embed") or client.get(link).status_code != 200] == []


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (EMBEDS[0], ["DeepSeek-R1", "The model of the shock.", "Total parameters", "671 parameters", "as of "]),
        (EMBEDS[1], ["DeepSeek-R1", "DeepSeek", "DeepSeek-R1 and what it is linked to"]),
        (EMBEDS[2], ["R1 cost six million.", "disputed", "Nobody knows.", "The Paper", "Says"]),
        (EMBEDS[4], ["DeepSeek-R1 on the timeline", "20 January 2025", "R1 cost six million."]),
        ("/fr" + EMBEDS[2], ["Affirmation", "contesté", "Selon"]),
        ("/embed/timeline/?from=2026", ["Nothing on the timeline passes these filters."]),
        ("/embed/companies/deepseek/", ["DeepSeek", "The whole page, with its sources"]),
    ],
)
def test_an_embed_tells_what_the_page_tells(client: Client, path: str, words: list[str]) -> None:
    html = unescape(client.get(path).content.decode())
    assert [word for word in words if word not in html] == []


def test_links_without_room_lead_to_the_list_on_the_full_page(client: Client, records: dict[str, Any]) -> None:
    uses = factories.prop("uses")
    for _number in range(40):
        factories.relation(records["entity"], uses, factories.entity("idea"))
    page = Elements(client.get(EMBEDS[1]).content.decode())
    assert "/models/deepseek-r1/#uses" in {link["href"] for link in page.named("a")}


def test_an_entity_without_links_says_so(client: Client) -> None:
    factories.entity("person", "nobody")
    assert "Nothing is linked to it yet." in client.get("/embed/people/nobody/neighbourhood/").content.decode()


@pytest.mark.parametrize(
    ("path", "status", "reason"),
    [
        ("/embed/models/nothing/", 404, "not published"),
        ("/embed/people/nothing/", 404, "not published"),
        ("/embed/models/nothing/neighbourhood/", 404, "not published"),
        ("/embed/claims/nothing/", 404, "not published"),
        ("/fr/embed/claims/nothing/", 404, "n'est pas publié"),
        ("/embed/models/deepseek-r1/?page=2", 400, "page"),
        ("/embed/timeline/?from=yesterday", 400, "yesterday"),
        ("/embed/timeline/?after=nothing", 400, "nothing"),
    ],
)
def test_a_refusal_is_shown_within_the_frame(client: Client, path: str, status: int, reason: str) -> None:
    response = client.get(path)
    assert response.status_code == status
    assert reason in unescape(response.content.decode())
    assert "X-Frame-Options" not in response.headers


def test_what_is_withdrawn_is_embedded_no_more(client: Client, records: dict[str, Any]) -> None:
    for record in (records["claim"], records["entity"]):
        type(record)._default_manager.filter(pk=record.pk).update(status="retracted")
    for path in EMBEDS[:3]:
        response = client.get(path)
        assert response.status_code == 404
        assert "R1" not in response.content.decode()
    assert "R1" not in client.get("/embed/timeline/").content.decode()


def test_every_other_page_refuses_to_be_framed(client: Client, records: dict[str, Any]) -> None:
    paths = [
        "/",
        "/models/deepseek-r1/",
        "/claims/cost/",
        "/timeline/",
        "/models/deepseek-r1.png",
        "/oembed",
        "/embed/",
    ]
    paths += ["/embed/models/", "/admin/login/", "/models/deepseek-r1.json"]
    for path in paths:
        response = client.get(path)
        assert response["X-Frame-Options"] == "DENY", path
        assert "frame-ancestors 'none'" in response["Content-Security-Policy"], path


def test_hostile_words_are_words_in_an_embed(client: Client, records: dict[str, Any]) -> None:
    Entity.objects.update(name_en=HOSTILE[:300], summary_en=HOSTILE, native_name=HOSTILE, native_language="zh")
    Claim.objects.filter(slug="cost").update(statement_en=HOSTILE, rationale_en=HOSTILE)
    for path in EMBEDS:
        html = client.get(path).content.decode()
        # The base has a target and no address.
        assert [danger for danger in dangers(html) if danger != "base"] == []
    content = ask(client, "/models/deepseek-r1/")
    assert Elements(content["html"]).named("iframe")[0]["title"].startswith(HOSTILE[:300])
    assert content["title"] == HOSTILE[:300]
    assert ask(client, "/models/deepseek-r1/", format="xml")["title"] == HOSTILE[:300]


# oEmbed


def read(response: Any, name: str = "json") -> dict[str, Any]:
    """Read an answer in the format that was asked for, as a consumer does."""
    if name == "xml":
        assert response["Content-Type"] == "text/xml; charset=utf-8"
        root = ElementTree.fromstring(response.content)
        assert root.tag == "oembed"
        return {each.tag: each.text or "" for each in root}
    assert response["Content-Type"] == "application/json"
    return dict(json.loads(response.content))


def ask(client: Client, path: str, **query: Any) -> dict[str, Any]:
    response = client.get("/oembed", {"url": SITE + path} | query)
    assert response.status_code == 200, response.content
    return read(response, query.get("format", "json"))


def check(content: dict[str, Any]) -> dict[str, str]:
    """Hold an answer against section 2.3.4 of the specification, and give the attributes of its iframe."""
    assert str(content["version"]) == "1.0"
    assert content["type"] == "rich"
    for name in ("html", "width", "height", "title", "provider_name", "provider_url"):
        assert content[name]
    assert content["provider_url"].startswith(SITE)
    elements = Elements(content["html"]).found
    assert [tag for tag, _attributes in elements] == ["iframe"]
    frame = elements[0][1]
    assert frame["src"].startswith(f"{SITE}/")
    assert (frame["width"], frame["height"]) == (str(content["width"]), str(content["height"]))
    assert frame["loading"] == "lazy"
    assert frame["title"].startswith(content["title"])
    thumbnail = [name for name in content if name.startswith("thumbnail_")]
    assert thumbnail in ([], ["thumbnail_url", "thumbnail_width", "thumbnail_height"])
    return frame


@pytest.mark.parametrize("name", ["json", "xml"])
@pytest.mark.parametrize("path", [*PAGES, *(f"/fr{page}" for page in PAGES)])
def test_discovery_leads_to_an_answer_whose_frame_can_be_shown(client: Client, path: str, name: str) -> None:
    mime = {"json": "application/json+oembed", "xml": "text/xml+oembed"}[name]
    links = Elements(client.get(path).content.decode()).named("link")
    found = [link for link in links if link.get("type") == mime]
    assert len(found) == 1
    assert found[0]["rel"] == "alternate"
    assert parse_qs(urlsplit(found[0]["href"]).query) == {"url": [SITE + path], "format": [name]}
    content = read(client.get(found[0]["href"]), name)
    frame = check(content)
    if name == "json":
        assert isinstance(content["width"], int)
        assert isinstance(content["height"], int)
    shown = client.get(frame["src"])
    assert shown.status_code == 200
    assert "X-Frame-Options" not in shown.headers
    assert urlsplit(frame["src"]).path.startswith("/fr/embed/" if path.startswith("/fr/") else "/embed/")
    assert urlsplit(frame["src"]).query == urlsplit(path).query
    assert client.get(content["thumbnail_url"])["Content-Type"] == "image/png"


def test_the_neighbourhood_is_asked_for_by_its_place_on_the_page(client: Client) -> None:
    content = ask(client, "/models/deepseek-r1/#neighbourhood")
    assert urlsplit(check(content)["src"]).path == "/embed/models/deepseek-r1/neighbourhood/"
    assert content["title"] == "DeepSeek-R1 and what it is linked to"


@pytest.mark.parametrize("prefix", ["", "/fr"])
@pytest.mark.parametrize(("path", "count"), [(PAGES[0], 2), (PAGES[1], 1), (PAGES[2], 1), (PAGES[3], 1)])
def test_the_page_has_the_same_code_to_copy(client: Client, prefix: str, path: str, count: int) -> None:
    html = client.get(prefix + path).content.decode()
    codes = [unescape(code) for code in re.findall(r'id="share-embed-\d"[^>]*>(.*?)</textarea>', html, re.DOTALL)]
    assert len(codes) == count
    assert codes[0] == ask(client, prefix + path)["html"]
    if count == 2:
        assert codes[1] == ask(client, f"{prefix}{path}#neighbourhood")["html"]
    assert all(client.get(Elements(code).named("iframe")[0]["src"]).status_code == 200 for code in codes)


def test_a_hostile_name_ends_no_code(client: Client, records: dict[str, Any]) -> None:
    Entity.objects.update(name_en=f"</textarea>{HOSTILE}"[:300])
    html = client.get("/models/deepseek-r1/").content.decode()
    assert "</textarea>A" not in html
    assert "<script>alert" not in html


@pytest.mark.parametrize("path", ["/about/", "/articles/v3-report/", "/models/", "/admin/"])
def test_a_page_without_an_embed_offers_none(client: Client, path: str) -> None:
    assert "+oembed" not in client.get(path).content.decode()
    assert client.get("/oembed", {"url": SITE + path}).status_code == 404


@pytest.mark.parametrize(
    ("query", "size", "thumbnail"),
    [
        ({}, (600, 420), 1200),
        ({"maxwidth": 400}, (400, 420), 300),
        ({"maxheight": 320}, (600, 320), 600),
        ({"maxwidth": 10_000, "maxheight": 10_000}, (600, 420), 1200),
        ({"maxwidth": 1, "maxheight": 1}, (1, 1), None),
    ],
)
def test_an_answer_is_no_larger_than_asked_for(
    client: Client, query: dict[str, int], size: tuple[int, int], thumbnail: int | None
) -> None:
    content = ask(client, "/models/deepseek-r1/", **query)
    check(content)
    assert (content["width"], content["height"]) == size
    assert content.get("thumbnail_width") == thumbnail
    if thumbnail:
        picture = client.get(content["thumbnail_url"]).content
        sides = [int.from_bytes(picture[start : start + 4]) for start in (16, 20)]
        assert sides == [content["thumbnail_width"], content["thumbnail_height"]]


def test_what_only_other_providers_know_is_ignored(client: Client) -> None:
    check(ask(client, "/models/deepseek-r1/", dnt="1", omit_script="true"))


def test_the_scheme_of_an_address_does_not_matter(client: Client) -> None:
    assert client.get("/oembed", {"url": "https://TESTSERVER/models/deepseek-r1/"}).status_code == 200


FOREIGN = [
    "https://evil.example/models/deepseek-r1/",
    "http://testserver@evil.example/models/deepseek-r1/",
    "http://testserver.evil.example/models/deepseek-r1/",
    "http://testserver:81/models/deepseek-r1/",
    "//testserver/models/deepseek-r1/",
    "javascript:alert(1)",
    "http://[testserver/models/deepseek-r1/",
    "/models/deepseek-r1/",
    f"{SITE}/models/nothing/",
    f"{SITE}/claims/nothing/",
    f"{SITE}/nowhere/",
    f"{SITE}/models/deepseek-r1%00/",
    f"{SITE}/models/deepseek-r1.json",
    f"{SITE}/embed/models/deepseek-r1/",
]


@pytest.mark.parametrize("name", ["json", "xml"])
@pytest.mark.parametrize("address", FOREIGN)
def test_a_foreign_or_unknown_address_is_not_found(client: Client, address: str, name: str) -> None:
    response = client.get(f"/oembed?url={quote(address, safe='')}&format={name}")
    assert response.status_code == 404
    assert read(response, name) == {"error": "At this address the site has nothing to embed."}


@pytest.mark.parametrize("name", ["json", "xml"])
@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({"maxwidth": "abc"}, "maxwidth"),
        ({"maxwidth": "0"}, "maxwidth"),
        ({"maxheight": "-5"}, "maxheight"),
        ({"maxheight": "1e9"}, "maxheight"),
        ({"maxwidth": "9" * 5000}, "maxwidth"),
        ({"url": ""}, "url"),
        ({"url": "x" * 3000}, "url"),
        ({"url": f"{SITE}/timeline/?from=yesterday"}, "yesterday"),
        ({"url": f"{SITE}/timeline/?x=1"}, "x"),
    ],
)
def test_a_wrong_question_is_told_what_is_wrong(client: Client, query: dict[str, str], reason: str, name: str) -> None:
    asked = {"url": f"{SITE}/models/deepseek-r1/", "format": name} | query
    response = client.get("/oembed?" + urlencode(asked))
    assert response.status_code == 400
    assert reason in read(response, name)["error"]


@pytest.mark.parametrize("name", ["yaml", "JSON", "<script>", "\0"])
def test_an_unknown_format_is_refused_in_json(client: Client, name: str) -> None:
    response = client.get("/oembed", {"url": f"{SITE}/models/deepseek-r1/", "format": name})
    assert response.status_code == 400
    assert "json and xml" in read(response)["error"]


def test_a_question_without_anything_is_told_what_is_missing(client: Client) -> None:
    response = client.get("/oembed")
    assert response.status_code == 400
    assert "url" in read(response)["error"]


def test_an_endless_question_is_refused(client: Client) -> None:
    assert read(client.get("/oembed?" + "x=1&" * 2500))["error"] == "The address has too many parameters."
    endless = f"{SITE}/timeline/?" + "x=1&" * 400
    assert client.get("/oembed", {"url": endless}).status_code == 400


def test_the_answer_is_in_the_language_of_the_page(client: Client) -> None:
    assert ask(client, "/fr/timeline/")["title"] == "Chronologie"
    assert ask(client, "/fr/timeline/")["provider_name"] == "L'histoire de DeepSeek"


def test_what_is_withdrawn_is_offered_no_more(client: Client, records: dict[str, Any]) -> None:
    for record in (records["claim"], records["entity"]):
        type(record)._default_manager.filter(pk=record.pk).update(status="draft")
    for path in PAGES[:2]:
        assert client.get("/oembed", {"url": SITE + path}).status_code == 404
