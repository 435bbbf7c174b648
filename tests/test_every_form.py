"""Every form of a record: each has all the claims of its page, and loses at once what is withdrawn."""

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils.html import strip_tags

from articles import cite
from articles.dataset import FILES
from articles.models import Article, Citation
from entities.models import KIND_PATHS, Claim, Entity
from entities.pictures import fonts
from tests import factories

pytestmark = pytest.mark.django_db
SITE = "http://testserver"
RECORDS = [*KIND_PATHS, "claim", "article"]
VERDICTS = {"said": "supported", "sized": "disputed", "also-sized": "unverified", "same-size": "", "link": "outdated"}
VERDICTS |= {"back": "misleading", "mentioned": "supported", "moment": ""}


@pytest.fixture(params=RECORDS)
def record(request: pytest.FixtureRequest) -> Any:
    """A record of each kind whose page shows claims of every sort, each with a source of its own."""
    kind = request.param if request.param in KIND_PATHS else "model"
    entity, other = factories.entity(kind, "subject"), factories.entity("company", "other")
    size, develops = factories.prop("size", "quantity"), factories.prop()
    amount: dict[str, Any] = {"property": size, "unit": size.unit}
    ranks: dict[str, Any] = {"rank": "preferred", "rank_reason": "First."}
    claims: dict[str, dict[str, Any]] = {
        "said": {"subject": entity, "statement": "It is said."},
        "sized": {"subject": entity, "amount": 7, **amount, **ranks},
        "also-sized": {"subject": entity, "amount": 8, **amount, "alternative": "rival"},
        "same-size": {"subject": entity, "amount": 7, **amount},
        "link": {"subject": entity, "property": develops, "object": other},
        "back": {"subject": other, "property": develops, "object": entity},
        "mentioned": {"subject": other, "statement": "It is mentioned."},
        "moment": {"subject": entity, "property": factories.prop("held-on", "date"), "date": "2025-01-20"},
    }
    claims["moment"] |= {"when": "2025-01-20", "lane": "press"}
    for slug, fields in claims.items():
        verdict = VERDICTS[slug]
        reason: dict[str, Any] = {"rationale": f"Because of {slug}."} if verdict not in ("", "supported") else {}
        source = factories.article(f"source-{slug}")
        factories.claim(fields.pop("subject"), slug=slug, verdict=verdict, cites=[source], **fields, **reason)
    Claim.objects.get(slug="mentioned").mentions.add(entity)
    if request.param == "claim":
        return Claim.objects.get(slug="sized")
    if request.param == "article":
        article = factories.article("the-article")
        for claim in Claim.objects.all():
            Citation.objects.create(claim=claim, article=article, stance="supports", locator="page 1")
        return article
    return entity


def stem(record: Any) -> str:
    return str(record.get_absolute_url()).rstrip("/")


def claims_of_page(client: Client, record: Any) -> set[str]:
    """Find the claims that a page says something of by their links in it."""
    return set(re.findall(r'href="/claims/([a-z-]+)/', client.get(record.get_absolute_url()).content.decode()))


def source_of(slug: str, record: Any) -> str:
    """Give the path of the source that a form names beside a claim; in the file of an article that is itself."""
    return str(record.get_absolute_url()) if isinstance(record, Article) else f"/articles/source-{slug}/"


def nodes(content: Any) -> Iterator[dict[str, Any]]:
    """Walk through all nodes of JSON-LD."""
    if isinstance(content, dict):
        yield content
    for part in content.values() if isinstance(content, dict) else content if isinstance(content, list) else []:
        yield from nodes(part)


def test_json_ld_has_every_claim_of_the_page_with_verdict_and_source(client: Client, record: Any) -> None:
    shown = claims_of_page(client, record)
    content = json.loads(client.get(f"{stem(record)}.json").content)
    found = {}
    for node in nodes(content):
        if node.get("@type") == "Claim" and "text" in node:
            slug = node["@id"].rstrip("/").rpartition("/")[2]
            source = content["@id"] if isinstance(record, Article) else node["citation"]["citation"]["@id"]
            found[slug] = (node["review"]["reviewRating"]["alternateName"], source)
    assert len(shown) > 1
    assert found.keys() >= shown
    assert isinstance(record, Claim) or found.keys() == VERDICTS.keys()
    for slug, (verdict, source) in found.items():
        assert verdict == (VERDICTS[slug] or "not judged")
        assert source == SITE + source_of(slug, record)


def test_markdown_has_every_claim_of_the_page_with_verdict_and_source(client: Client, record: Any) -> None:
    shown = claims_of_page(client, record)
    text = client.get(f"{stem(record)}.md").content.decode()
    sources = dict(re.findall(r"^\[\^(\d+)\]: \[[^\]]*\]\((.+?)\)", text, re.MULTILINE))
    lines = {
        slug: line for line in text.splitlines() for slug in re.findall(rf"^- .*?\({SITE}/claims/([a-z-]+)/\)", line)
    }
    if isinstance(record, Claim):
        # The document is about the claim itself.
        assert f"**Verdict:** {VERDICTS[record.slug]}" in text
        assert f"{SITE}/articles/source-{record.slug}/" in text
        shown -= {record.slug}
    assert lines.keys() >= shown
    assert isinstance(record, Claim) or lines.keys() == VERDICTS.keys()
    for slug, line in lines.items():
        assert (VERDICTS[slug] or "not judged") in line
        if not isinstance(record, Article):
            cited = [sources[number] for number in re.findall(r"\[\^(\d+)\]", line)]
            assert cited == [SITE + source_of(slug, record)]


def test_data_and_api_have_every_claim_of_the_page_with_verdict_and_source(client: Client, record: Any) -> None:
    shown = claims_of_page(client, record)
    lines = client.get("/data/claims.jsonl").getvalue().decode().splitlines()
    exported = {claim["slug"]: claim for claim in map(json.loads, lines)}
    table = csv.DictReader(io.StringIO(client.get("/data/claims.csv").getvalue().decode()))
    verdicts = {row["slug"]: row["verdict"] for row in table}
    cited = csv.DictReader(io.StringIO(client.get("/data/citations.csv").getvalue().decode()))
    sources = {(row["claim"], row["article"]) for row in cited}
    asked = {claim["slug"]: claim for claim in client.get("/api/claims/").json()["records"]}
    assert exported.keys() == verdicts.keys() == asked.keys() == VERDICTS.keys() >= shown
    for slug, verdict in VERDICTS.items():
        assert exported[slug].get("verdict", "") == verdicts[slug] == (asked[slug]["verdict"] or "") == verdict
        source = f"source-{slug}"
        assert (slug, source) in sources
        for claim in (exported[slug], asked[slug]):
            assert source in [citation["article"] for citation in claim["citations"]]


def everywhere(record: Any) -> list[str]:
    """List every address that tells something of a record."""
    own = [stem(record) + end for end in ("/", ".json", ".md", ".png", *(f".{name}" for name in cite.FORMS))]
    shared = ["/", "/feed.atom", "/claims/", "/articles/", "/claims.atom", "/articles.atom", "/timeline/", "/tags/"]
    shared += ["/timeline.atom", "/timeline.ics", "/embed/timeline/", "/tags/open-weights/", "/tags/open-weights.atom"]
    shared += ["/llms.txt", "/relationships/", "/relationships.json", "/relationships.graphml", "/compare/"]
    shared += [f"/sitemap-{name}.xml" for name in ("pages", "entities", "claims", "articles", "tags")]
    shared += ["/companies/other/", "/companies/other.json", "/companies/other.md", "/companies/other.atom"]
    shared += ["/embed/companies/other/neighbourhood/", "/articles/source-said/", "/articles/source-said.json"]
    shared += ["/claims.csv", "/articles.csv", "/compare/size.csv", "/api/entities/", "/api/claims/", "/api/articles/"]
    shared += [f"/data/{name}" for name in FILES if name != "story.zip"]
    names = {Entity: "entities", Claim: "claims", Article: "articles"}
    own += [f"/api/{names[type(record)]}/{record.slug}/"]
    if isinstance(record, Entity):
        word = KIND_PATHS[record.kind]
        own += [f"{stem(record)}.atom", f"{stem(record)}.ics", f"/embed{stem(record)}/"]
        own += [f"/embed{stem(record)}/neighbourhood/", f"/oembed?url={SITE}{stem(record)}/"]
        shared += [f"/{word}/", f"/{word}.atom", f"/{word}.csv"]
    if isinstance(record, Claim):
        own += [f"/embed{stem(record)}/", f"/oembed?url={SITE}{stem(record)}/"]
    return [*own, *(f"/fr{path}" for path in own), *shared]


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Send the words of a card instead of its picture."""
    cache.clear()
    monkeypatch.setattr(
        fonts, "as_png", lambda drawing, pixels: " ".join(ElementTree.fromstring(drawing).itertext()).encode()
    )


@pytest.mark.usefixtures("drawn")
def test_what_is_withdrawn_is_told_of_nowhere_from_that_moment_on(client: Client, record: Any) -> None:
    name = {Entity: "name_en", Claim: "statement_en", Article: "title"}[type(record)]
    type(record)._default_manager.filter(pk=record.pk).update(**{name: "Zyzzyva"})
    if not isinstance(record, Claim):
        record.tags.add(factories.tag())
    told = [path for path in everywhere(record) if tells_of(client, path, record)]
    assert {f"{stem(record)}{end}" for end in ("/", ".json", ".md", ".png", ".bib")} <= set(told)
    assert {"/feed.atom", "/sitemap-pages.xml"} & set(told) == {"/feed.atom"}
    assert any(path.startswith("/api/") for path in told)
    assert any(path.startswith("/data/") and path.endswith(".jsonl") for path in told)
    type(record)._default_manager.filter(pk=record.pk).update(status="retracted")
    assert [path for path in everywhere(record) if tells_of(client, path, record)] == []


def tells_of(client: Client, path: str, record: Any) -> bool:
    """Tell whether an answer has the new name of a record or a link to it; a refusal may repeat the address."""
    response = client.get(path)
    body = response.getvalue().decode()
    return "Zyzzyva" in strip_tags(body) or (response.status_code == 200 and f"{stem(record)}/" in body)
