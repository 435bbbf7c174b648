"""Every record as JSON-LD and as Markdown: each claim of its page, with verdict and source."""

import json
import re
from typing import Any

import extruct
import pytest
import rdflib
from django.test import Client
from markdown_it import MarkdownIt

from articles.models import Article
from entities.models import KIND_PATHS, Claim, Entity
from tests import factories

pytestmark = [
    pytest.mark.django_db,
    # rdflib's own reader of JSON-LD still uses what rdflib deprecates.
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated"),
]
SCHEMA = "https://schema.org/"


def read_json(client: Client, address: str) -> dict[str, Any]:
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "application/ld+json"), address
    return dict(json.loads(response.content))


def read_markdown(client: Client, address: str) -> str:
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "text/markdown; charset=utf-8"), address
    return response.content.decode()


def links(markdown: str) -> set[str]:
    """List where the links of Markdown lead, as a parser of its own sees them."""
    tokens = [child for token in MarkdownIt().parse(markdown) for child in token.children or []]
    return {str(token.attrGet("href")) for token in tokens if token.type == "link_open"}


def graph(content: dict[str, Any]) -> rdflib.Graph:
    return rdflib.Graph().parse(data=json.dumps(content), format="json-ld")


@pytest.fixture(params=KIND_PATHS)
def entity(request: pytest.FixtureRequest, report: Article) -> Entity:
    """An entity of each kind with a claim of every part of its page."""
    made = factories.entity(request.param, "subject", native_name="幻方", native_language="zh-Hans", aliases=["Alias"])
    other = factories.entity("company", "other")
    when = factories.prop("held-on", "date", schema_org="startDate")
    size = factories.prop("size", "quantity")
    relation = factories.prop("develops", schema_org="owns", inverse_schema_org="creator")
    factories.claim(made, slug="dated", property=when, date="2025-01-20", cites=[report], verdict="supported")
    factories.claim(made, slug="sized", property=size, amount=671, unit=size.unit, cites=[report])
    factories.relation(made, relation, other, slug="outward", cites=[report], verdict="disputed", rationale="Why.")
    factories.relation(other, relation, made, slug="inward", cites=[report])
    said = factories.claim(made, slug="said", statement="It is so.", cites=[report], stance="disputes")
    factories.claim(other, slug="mentioned", statement="It is so too.", cites=[report]).mentions.add(made)
    factories.claim(made, slug="moment", when="2025", lane="press", cites=[report], verdict="outdated")
    Entity.objects.filter(pk=made.pk).update(summary_en=f"It [is so](claim:{said.slug}), by [Other](entity:other).")
    return Entity.objects.get(pk=made.pk)


CLAIMS = {"dated", "sized", "outward", "inward", "said", "mentioned", "moment"}


def test_json_ld_has_every_claim_of_the_page_with_verdict_and_source(client: Client, entity: Entity) -> None:
    content = read_json(client, f"/{KIND_PATHS[entity.kind]}/subject.json")
    claims = {each["@id"].rstrip("/").rpartition("/")[2]: each for each in content["subjectOf"]}
    assert claims.keys() == CLAIMS
    for slug, claim in claims.items():
        stored = Claim.objects.get(slug=slug)
        assert claim["text"] == stored.sentence
        assert claim["review"]["reviewRating"]["alternateName"] == (stored.verdict or "not judged")
        assert claim["citation"]["roleName"] == ("disputes" if slug == "said" else "supports")
        assert claim["citation"]["citation"]["@id"] == "http://testserver/articles/v3-report/"


def test_json_ld_is_a_graph_in_words_of_schema_org(client: Client, entity: Entity) -> None:
    content = read_json(client, f"/{KIND_PATHS[entity.kind]}/subject.json")
    found = graph(content)
    subject = rdflib.URIRef(content["@id"])
    kinds = {"person": "Person", "company": "Organization", "model": "SoftwareApplication"}
    kinds |= {"event": "Event", "idea": "DefinedTerm"}
    assert (subject, rdflib.RDF.type, rdflib.URIRef(SCHEMA + kinds[entity.kind])) in found
    assert str(found.value(subject, rdflib.URIRef(f"{SCHEMA}startDate"))) == "2025-01-20"
    # What is disputed is no value of ours, only a claim.
    assert found.value(subject, rdflib.URIRef(f"{SCHEMA}owns")) is None
    assert found.value(subject, rdflib.URIRef(f"{SCHEMA}creator")) is not None
    assert len(set(found.subjects(rdflib.RDF.type, rdflib.URIRef(f"{SCHEMA}Claim")))) == len(CLAIMS)


def test_markdown_has_every_claim_of_the_page_with_verdict_and_source(client: Client, entity: Entity) -> None:
    text = read_markdown(client, f"/{KIND_PATHS[entity.kind]}/subject.md")
    assert {f"http://testserver/claims/{slug}/" for slug in CLAIMS} <= links(text)
    assert text.startswith("# Subject\n")
    assert "(disputed)[^1]" in text
    assert "It [is so](http://testserver/claims/said/)[^1], by [Other](http://testserver/companies/other/)." in text
    assert re.search(r"^\[\^1\]: \[DeepSeek-V3 Technical Report\]\(http://testserver/articles/v3-report/\)", text, re.M)


def test_a_claim_says_its_verdict_its_evidence_and_what_it_is_about(client: Client, claim: Claim) -> None:
    factories.claim(claim.subject, statement="Unlike.")
    content = read_json(client, f"/claims/{claim.slug}.json")
    assert content["about"] == {
        "@type": "SoftwareApplication",
        "@id": "http://testserver/models/deepseek-r1/",
        "name": "DeepSeek-R1",
    }
    assert content["temporalCoverage"] == "2025-01-20"
    assert content["review"]["reviewRating"]["alternateName"] == "not judged"
    text = read_markdown(client, f"/claims/{claim.slug}.md")
    assert "**Verdict:** not judged" in text
    assert "http://testserver/articles/v3-report/" in links(text)


def test_an_article_says_which_claims_rest_on_it(client: Client, claim: Claim, report: Article) -> None:
    content = read_json(client, "/articles/v3-report.json")
    assert content["@type"] == "NewsArticle"
    assert content["datePublished"] == "2024-12-26"
    assert content["subjectOf"][0]["subjectOf"]["@id"] == f"http://testserver/claims/{claim.slug}/"
    assert len(graph(content)) > 10
    text = read_markdown(client, "/articles/v3-report.md")
    assert f"http://testserver/claims/{claim.slug}/" in links(text)


def test_the_forms_speak_french(client: Client, claim: Claim) -> None:
    assert "**Verdict:** non jugé" in read_markdown(client, f"/fr/claims/{claim.slug}.md").replace("\xa0", " ")
    assert read_json(client, f"/fr/claims/{claim.slug}.json")["inLanguage"] == "fr"


def test_each_page_names_its_forms_and_carries_its_data(client: Client, claim: Claim, report: Article) -> None:
    for record in (claim, claim.subject, report):
        html = client.get(record.get_absolute_url()).content.decode()
        stem = record.get_absolute_url().rstrip("/")
        assert f'<link rel="alternate" type="application/ld+json" href="{stem}.json">' in html
        assert f'<link rel="alternate" type="text/markdown" href="{stem}.md">' in html
        found = extruct.extract(html, syntaxes=["json-ld"])["json-ld"]
        assert [each["@id"] for each in found] == [f"http://testserver{record.get_absolute_url()}"]


def test_no_text_ends_the_data_block_of_a_page(client: Client, report: Article) -> None:
    hostile = f"</script>{factories.HOSTILE}"
    entity = factories.entity("company", "hostile", name=hostile, aliases=[hostile])
    claim = factories.claim(entity, statement=hostile, cites=[report])
    for record in (entity, claim):
        html = client.get(record.get_absolute_url()).content.decode()
        assert "<script>alert" not in html
        found = extruct.extract(html, syntaxes=["json-ld"])["json-ld"][0]
        assert hostile in (found.get("name"), found.get("text"))


def test_markdown_shows_hostile_words_as_they_are(client: Client) -> None:
    entity = factories.entity("company", "hostile", name="<b>*A* [x](javascript:1) `c` # |")
    html = MarkdownIt("commonmark", {"html": False}).render(read_markdown(client, "/companies/hostile.md"))
    assert f"<h1>{entity.name.replace('<', '&lt;').replace('>', '&gt;')}</h1>" in html


def test_the_summary_of_an_article_leads_to_what_it_speaks_of(client: Client, r1: Entity, report: Article) -> None:
    factories.claim(r1, slug="shown", cites=[report])
    factories.claim(r1, slug="hidden", status="draft")
    report.summary = "[It](entity:deepseek-r1) [came](claim:shown), [so](claim:hidden) *they* say."
    report.save()
    text, site = read_markdown(client, "/articles/v3-report.md"), "http://testserver"
    assert f"[It]({site}/models/deepseek-r1/) [came]({site}/claims/shown/), so *they* say." in text


def test_drafts_are_in_no_form(client: Client, r1: Entity, report: Article) -> None:
    factories.claim(r1, slug="hidden-claim", statement="Hidden words.", status="draft", cites=[report])
    hidden = factories.article("hidden-article", title="Hidden title", status="in-review")
    factories.claim(r1, slug="open-claim", cites=[hidden])
    for address in ("/models/deepseek-r1", "/claims/open-claim", "/articles/v3-report"):
        for suffix in ("json", "md"):
            body = client.get(f"{address}.{suffix}").content.decode()
            assert "idden" not in body, address
    for address in ("/claims/hidden-claim", "/articles/hidden-article"):
        assert client.get(f"{address}.json").status_code == client.get(f"{address}.md").status_code == 404


@pytest.mark.parametrize(
    ("address", "status"),
    [("/models/nothing", 404), ("/claims/nothing", 404), ("/articles/nothing", 404), ("/people/nothing", 404)],
)
def test_what_is_not_there_is_said_in_the_format_asked_for(
    client: Client, r1: Entity, address: str, status: int
) -> None:
    response = client.get(f"{address}.json")
    assert (response.status_code, response.json()) == (status, {"error": "There is nothing at this address."})
    response = client.get(f"{address}.md")
    assert (response.status_code, response.content) == (status, b"There is nothing at this address.\n")
    response = client.get(f"{address}.csl.json")
    assert (response.status_code, response.json()) == (status, {"error": "There is nothing at this address."})


def test_a_wrong_parameter_is_said_in_the_format_asked_for(client: Client, r1: Entity) -> None:
    assert "page" in client.get("/models/deepseek-r1.json?page=2").json()["error"]
    assert b"page" in client.get("/models/deepseek-r1.md?page=2").content
