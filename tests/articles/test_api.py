"""The API: records and lists as JSON, their filters and pages, what is refused, and the description of it all."""

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from django.conf import settings
from django.test import Client
from openapi_spec_validator import OpenAPIV31SpecValidator, validate

from articles.api import openapi
from articles.api.records import SHAPES
from articles.models import Article, Author
from entities.models import Claim, Entity
from tests import factories
from tests.test_safety import HOSTILE, SECRET, make_hostile, secret
from tests.test_settings import HEADERS, POLICY

pytestmark = pytest.mark.django_db

SITE = "http://testserver"
LISTS = [resource.address for resource in openapi.RESOURCES]


@pytest.fixture
def cost(r1: Entity, high_flyer: Entity, report: Article) -> Claim:
    """A disputed figure with all that a claim can have."""
    unit = factories.unit("USD", currency="USD")
    claim = factories.claim(
        r1,
        slug="cost",
        property=factories.prop("training-cost", "quantity", unit=unit),
        amount="5576000.5",
        unit=unit,
        bound="at-least",
        when="2024-12/..",
        verdict="disputed",
        rationale="Nobody knows.",
        rank="preferred",
        rank_reason="It is the only one.",
        how_verified="read",
        checked_on="2025-02-01",
        cites=[report],
        stance="disputes",
    )
    claim.mentions.add(high_flyer)
    return claim


def read(client: Client, address: str) -> dict[str, Any]:
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "application/json"), address
    content: dict[str, Any] = json.loads(response.content)
    return content


def slugs(content: dict[str, Any]) -> list[str]:
    return [record["slug"] for record in content["records"]]


def follow(client: Client, address: str, way: str = "next") -> Iterator[dict[str, Any]]:
    """Read a list page by page."""
    page = read(client, address)
    yield page
    while page[way]:
        page = read(client, page[way].removeprefix(SITE))
        yield page


# Records


def test_a_claim_tells_its_value_its_standing_and_its_evidence(client: Client, cost: Claim) -> None:
    record = read(client, "/api/claims/cost/")
    r1 = {"slug": "deepseek-r1", "kind": "model", "name": "DeepSeek-R1", "url": f"{SITE}/models/deepseek-r1/"}
    told = {
        "statement": "DeepSeek-R1 training-cost at least $5.576M",
        "is_worded": False,
        "subject": r1,
        "property": "training-cost",
        "value_type": "quantity",
        "value": 5576000.5,
        "value_text": "at least $5.576M",
        "unit": "USD",
        "bound": "at-least",
        "object": None,
        "when": "2024-12/..",
        "when_earliest": "2024-12-01",
        "when_latest": None,
        "rank": "preferred",
        "rank_reason": "It is the only one.",
        "verdict": "disputed",
        "rationale": "Nobody knows.",
        "how_verified": "read",
        "checked_on": "2025-02-01",
        "url": f"{SITE}/claims/cost/",
        "api_url": f"{SITE}/api/claims/cost/",
        "json_ld_url": f"{SITE}/claims/cost.json",
        "markdown_url": f"{SITE}/claims/cost.md",
    }
    assert {name: record[name] for name in told} == told
    assert [mention["slug"] for mention in record["mentions"]] == ["high-flyer"]
    (citation,) = record["citations"]
    assert citation == {
        "article": "v3-report",
        "title": "DeepSeek-V3 Technical Report",
        "publisher": "The Paper",
        "url": f"{SITE}/articles/v3-report/",
        "source_url": None,
        "stance": "disputes",
        "locator": "paragraph 1",
        "makes_claim": False,
        "quote": None,
        "quote_language": None,
        "quote_state": None,
        "quote_url": None,
    }


def test_each_type_of_value_is_written_in_its_own_way(client: Client, r1: Entity, high_flyer: Entity) -> None:
    released, licence = factories.prop("released", "date"), factories.prop("licence", "text")
    site, size = factories.prop("site", "url"), factories.prop("size", "quantity")
    factories.claim(r1, slug="dated", property=released, date="[2015,2016]")
    factories.claim(r1, slug="texted", property=licence, text="MIT")
    factories.claim(r1, slug="at", property=site, url="https://example.org/")
    factories.claim(r1, slug="sized", property=size, amount=671, unit=size.unit)
    factories.relation(high_flyer, factories.prop(), r1, slug="linked")
    factories.claim(r1, slug="said", statement="It is so.")
    records = {record["slug"]: record for record in read(client, "/api/claims/")["records"]}
    values = {slug: record["value"] for slug, record in records.items()}
    assert values == {
        "dated": "[2015,2016]",
        "texted": "MIT",
        "at": "https://example.org/",
        "sized": 671,
        "linked": "deepseek-r1",
        "said": None,
    }
    assert type(values["sized"]) is int
    assert (records["dated"]["value_earliest"], records["dated"]["value_latest"]) == ("2015-01-01", "2016-12-31")
    assert records["linked"]["object"]["name"] == "DeepSeek-R1"
    assert records["said"]["is_worded"]


def test_a_passage_is_quoted_with_its_place_where_readers_may_see_it(
    client: Client, claim: Claim, report: Article
) -> None:
    passage = factories.passage(claim, factories.text(report, "Before. R1 is open. After."), "R1 is open.")
    quoted = read(client, f"/api/claims/{claim.slug}/")["citations"][1]
    assert (quoted["quote"], quoted["quote_language"], quoted["quote_state"]) == ("R1 is open.", "en", "same")
    assert quoted["quote_url"] is None
    Article.objects.update(rights="whole")
    quoted = read(client, f"/api/claims/{claim.slug}/")["citations"][1]
    assert quoted["quote_url"] == f"{SITE}/articles/v3-report/#mark-{passage.pk}"


def test_a_verdict_on_words_that_are_gone_is_suspended_as_everywhere(
    client: Client, cost: Claim, report: Article
) -> None:
    passage = factories.passage(cost, factories.text(report), "One.")
    passage.anchor = "orphaned"
    passage.save()
    record = read(client, "/api/claims/cost/")
    assert (record["verdict"], record["rationale"], record["how_verified"]) == ("suspended", None, None)
    assert record["citations"][-1]["quote_state"] == "orphaned"
    assert slugs(read(client, "/api/claims/?verdict=disputed")) == []


def test_an_entity_tells_its_names_in_every_language(client: Client, high_flyer: Entity) -> None:
    Entity.objects.filter(pk=high_flyer.pk).update(
        name_fr="Le High-Flyer", name_zh_hans="幻方量化", summary_en="A [fund](entity:high-flyer)."
    )
    high_flyer.tags.add(factories.tag())
    record = read(client, "/fr/api/entities/high-flyer/")
    assert record["name"] == "Le High-Flyer"
    assert record["names"] == {"en": "High-Flyer", "fr": "Le High-Flyer", "zh-hans": "幻方量化"}
    assert (record["native_name"], record["native_language"]) == ("幻方", "zh-Hans")
    assert record["summary"] == "A fund."
    assert record["tags"] == [{"slug": "open-weights", "label": "open weights"}]
    assert record["url"] == f"{SITE}/fr/companies/high-flyer/"
    assert read(client, record["claims_url"].removeprefix(SITE))["records"] == []


def test_an_article_tells_who_wrote_it_and_leads_to_the_claims_that_cite_it(
    client: Client, claim: Claim, report: Article, high_flyer: Entity
) -> None:
    Author.objects.create(article=report, name="Liang", entity=high_flyer)
    factories.claim(claim.subject, slug="other")
    record = read(client, "/api/articles/v3-report/")
    assert record["authors"] == [{"name": "Liang", "entity": "high-flyer"}]
    assert (record["published"], record["published_earliest"]) == ("2024-12-26", "2024-12-26")
    assert (record["publisher"], record["publisher_entity"], record["claim_count"]) == ("The Paper", None, 1)
    assert slugs(read(client, record["claims_url"].removeprefix(SITE))) == [claim.slug]


def test_a_property_tells_how_it_is_counted_and_read_from_its_other_end(client: Client, cost: Claim) -> None:
    factories.prop("develops", label_fr="développe").other_units.clear()
    assert cost.property is not None
    cost.property.other_units.add(factories.unit("EUR"), factories.unit("CNY"))
    record = read(client, "/fr/api/properties/develops/")
    assert (record["label"], record["labels"]) == ("développe", {"en": "develops", "fr": "développe"})
    assert (record["inverse_slug"], record["unit"], record["other_units"]) == ("develops-inverse", None, [])
    record = read(client, "/api/properties/training-cost/")
    assert (record["unit"], record["other_units"]) == ("USD", ["CNY", "EUR"])
    assert slugs(read(client, record["claims_url"].removeprefix(SITE))) == ["cost"]


@pytest.mark.parametrize("address", LISTS)
def test_a_record_is_the_same_alone_as_in_its_list(client: Client, cost: Claim, address: str) -> None:
    records = read(client, address)["records"]
    assert records
    assert [read(client, record["api_url"].removeprefix(SITE)) for record in records] == records


def test_every_address_in_a_record_leads_somewhere(client: Client, cost: Claim, report: Article) -> None:
    for address in LISTS:
        for record in read(client, f"/fr{address}")["records"]:
            own = [url.removeprefix(SITE) for url in _strings(record) if url.startswith(SITE)]
            assert own
            assert {url: client.get(url).status_code for url in own} == dict.fromkeys(own, 200)


def _strings(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict | list):
        for each in content.values() if isinstance(content, dict) else content:
            yield from _strings(each)


def test_hostile_words_come_back_as_data(client: Client, r1: Entity, report: Article) -> None:
    claim = make_hostile(factories.claim(r1, cites=[report]), "text")
    assert read(client, f"/api/claims/{claim.slug}/")["statement"] == HOSTILE


# Drafts


@pytest.mark.parametrize("status", ["draft", "in-review", "retracted"])
def test_what_is_not_published_is_in_no_answer(client: Client, status: str) -> None:
    hidden = list(secret(status))
    for prefix in ("", "/fr"):
        for address in LISTS:
            body = client.get(f"{prefix}{address}").content.decode()
            assert SECRET not in body
            assert "hidden-" not in body
    for record in hidden:
        name = "entities" if isinstance(record, Entity) else f"{record._meta.model_name}s"
        assert client.get(f"/api/{name}/{record.slug}/").status_code == 404
    assert client.get("/api/claims/proposal/").status_code == 404


def test_a_filter_does_not_tell_a_draft_from_nothing(client: Client) -> None:
    factories.entity("model", "hidden", status="draft")
    factories.article("secret", status="draft")
    for query in ("entity={}", "article={}", "after={}"):
        answers = [client.get(f"/api/claims/?{query.format(slug)}") for slug in ("hidden", "secret", "nothing")]
        assert [answer.status_code for answer in answers] == [400, 400, 400]


def test_to_withdraw_a_record_takes_it_out_at_once(client: Client, cost: Claim, report: Article) -> None:
    known = client.get("/api/claims/")
    report.status = "retracted"
    report.save()
    assert read(client, "/api/claims/cost/")["citations"] == []
    assert client.get("/api/articles/v3-report/").status_code == 404
    assert slugs(read(client, "/api/articles/")) == []
    cost.subject.status = "draft"
    cost.subject.save()
    fresh = client.get("/api/claims/", headers={"if-none-match": known["ETag"]})
    assert (fresh.status_code, fresh.json()["records"]) == (200, [])
    assert client.get("/api/claims/cost/").status_code == 404


# Filters and pages


@pytest.fixture
def many(cost: Claim, claim: Claim, high_flyer: Entity, report: Article) -> None:
    """Some records for each filter to keep and to drop."""
    develops = factories.prop()
    paper = factories.article("paper", kind="paper", publisher=high_flyer, published="2025-01")
    for tagged in (claim.subject, paper):
        tagged.tags.add(factories.tag())
    factories.relation(high_flyer, develops, claim.subject, when="2023~", cites=[paper])
    factories.claim(high_flyer, property=factories.prop("founded-on", "date"), date="2015", verdict="supported")
    for kind in ("person", "company", "event"):
        factories.claim(factories.entity(kind), when="2024", cites=[report])


@pytest.mark.parametrize(
    ("page", "query"),
    [
        *(("/claims/", f"show={show}") for show in ("statements", "values", "relations", "all")),
        ("/claims/", "show=all&verdict=disputed"),
        ("/claims/", "show=all&verdict=none"),
        ("/claims/", "show=all&kind=company"),
        ("/claims/", "show=all&tag=open-weights"),
        ("/claims/", "show=all&entity=high-flyer"),
        ("/claims/", "property=develops"),
        ("/claims/", "show=relations&entity=deepseek-r1&tag=open-weights"),
        ("/claims/", "property=develops&show=statements"),
        ("/articles/", ""),
        ("/articles/", "kind=paper"),
        ("/articles/", "tag=open-weights"),
        ("/articles/", "publisher=high-flyer"),
        ("/companies/", ""),
        ("/companies/", "tag=open-weights"),
        ("/people/", ""),
        ("/fr/events/", ""),
    ],
)
def test_a_filter_keeps_the_same_records_in_the_same_order_as_on_the_page(
    client: Client, many: None, page: str, query: str
) -> None:
    kinds = {"companies": "company", "people": "person", "events": "event"}
    prefix, name = ("/fr" if page.startswith("/fr/") else ""), page.strip("/").rpartition("/")[2]
    kind = kinds.get(name)
    address = f"{prefix}/api/entities/?kind={kind}&{query}" if kind else f"{prefix}/api/{name}/?{query}"
    shown = [row.slug for row in client.get(f"{page}?{query}").context["page"].rows]
    assert slugs(read(client, address)) == shown


def test_the_tag_of_models_keeps_what_the_comparison_has(client: Client, many: None) -> None:
    factories.entity("model", "untagged")
    assert slugs(read(client, "/api/entities/?kind=model&tag=open-weights")) == ["deepseek-r1"]


def test_without_a_filter_every_published_claim_is_there(client: Client, many: None) -> None:
    assert set(slugs(read(client, "/api/claims/"))) == set(Claim.objects.values_list("slug", flat=True))


def test_an_empty_filter_is_none(client: Client, many: None) -> None:
    empty = "/api/claims/?kind=&entity=&tag=&verdict=&show=&property=&article=&limit=&after="
    assert slugs(read(client, empty)) == slugs(read(client, "/api/claims/"))


@pytest.mark.parametrize(
    "address", ["/api/claims/?show=all&", "/api/articles/?", "/api/entities/?", "/fr/api/entities/?"]
)
def test_pages_lead_through_the_whole_list_and_back(client: Client, many: None, address: str) -> None:
    whole = slugs(read(client, address.rstrip("?&")))
    assert len(whole) > 1
    forth = list(follow(client, f"{address}limit=1"))
    assert [slug for page in forth for slug in slugs(page)] == whole
    assert forth[0]["previous"] is None
    back = list(follow(client, f"{address}limit=1&before={whole[-1]}", "previous"))
    assert [slug for page in back for slug in slugs(page)] == whole[-2::-1]


def test_the_links_to_other_pages_stand_in_a_header_and_keep_the_filters(client: Client, many: None) -> None:
    response = client.get("/api/claims/?show=all&verdict=none&limit=1&utm_source=x")
    links = dict(re.findall(r'<([^>]+)>; rel="([^"]+)"', response["Link"]))
    assert {relation: url for url, relation in links.items()} == {
        "service-desc": f"{SITE}/api/openapi.json",
        "next": response.json()["next"],
    }
    assert response.json()["next"].startswith(f"{SITE}/api/claims/?show=all&verdict=none&limit=1&after=")


def test_a_repeated_parameter_is_kept_whole_on_the_way_to_the_next_page(client: Client, many: None) -> None:
    assert "limit=2&limit=1&" in read(client, "/api/claims/?limit=2&limit=1")["next"]


# Refusals


@pytest.mark.parametrize(
    ("address", "status", "reason"),
    [
        ("/api/claims/?after=nothing", 400, "No page begins at “nothing”"),
        ("/api/claims/?after=cost&before=cost", 400, "not both"),
        ("/api/claims/?after=%00", 400, "after"),
        ("/api/claims/?limit=0", 400, "limit"),
        ("/api/claims/?limit=201", 400, "limit"),
        ("/api/claims/?limit=abc", 400, "limit"),
        ("/api/claims/?limit=-1", 400, "limit"),
        ("/api/claims/?format=xml", 400, "“format”"),
        ("/api/claims/?page=2", 400, "“page”"),
        ("/api/claims/?verdict=maybe", 400, "maybe"),
        ("/api/claims/?show=some", 400, "some"),
        ("/api/claims/?property=moon", 400, "moon"),
        ("/api/claims/?article=moon", 400, "moon"),
        ("/api/entities/?kind=planet", 400, "planet"),
        ("/api/entities/?tag=moon", 400, "moon"),
        ("/api/articles/?publisher=moon", 400, "moon"),
        ("/api/properties/?limit=5", 400, "“limit”"),
        ("/api/claims/cost/?limit=5", 400, "“limit”"),
        ("/api/?q=x", 400, "“q”"),
        ("/api/openapi.json?q=x", 400, "“q”"),
        ("/api/claims/?" + "x=1&" * 2500, 400, "too many parameters"),
        ("/fr/api/claims/?page=2", 400, "Cette page n'a pas"),
        ("/api/claims/nothing/", 404, "nothing at this address"),
        ("/api/entities/cost/", 404, "nothing at this address"),
        ("/api/entities/%00/", 404, "nothing at this address"),
        ("/api/properties/moon/", 404, "nothing at this address"),
        ("/api/claims/cost.xml", 404, "nothing at this address"),
        ("/api/claims.csv", 404, "nothing at this address"),
        ("/api/openapi.yaml", 404, "nothing at this address"),
        ("/api/nothing/", 404, "nothing at this address"),
        ("/api/claims/cost/more/", 404, "nothing at this address"),
        ("/fr/api/nothing/", 404, "rien à cette adresse"),
    ],
)
def test_what_cannot_be_answered_is_told_in_json(
    client: Client, cost: Claim, address: str, status: int, reason: str
) -> None:
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (status, "application/json")
    assert list(response.json()) == ["error"]
    assert reason in response.json()["error"].replace("\xa0", " ")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace"])
@pytest.mark.parametrize(
    "address", ["/api/", "/api/claims/", "/api/claims/cost/", "/api/nothing/", "/api/openapi.json"]
)
def test_nothing_can_be_written(address: str, method: str, cost: Claim) -> None:
    response = getattr(Client(enforce_csrf_checks=True), method)(address)
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert response.json() == {"error": "This page can only be read"}


# Headers


@pytest.mark.parametrize(
    "address",
    [
        *LISTS,
        "/api/",
        "/fr/api/",
        "/fr/api/claims/cost/",
        "/api/claims/?page=2",
        "/api/claims/nothing/",
        "/api/openapi.json",
        "/api/claims",
        "/api",
    ],
)
def test_scripts_of_every_site_may_read_an_answer(client: Client, cost: Claim, address: str) -> None:
    response = client.get(address, headers={"origin": "https://other.example"})
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert not response.cookies
    shared = HEADERS | {"Cross-Origin-Resource-Policy": "cross-origin"}
    assert {name: response.headers.get(name) for name in HEADERS} == shared
    assert set(response["Content-Security-Policy"].split("; ")) == POLICY


@pytest.mark.parametrize(
    "address", ["/", "/claims/", "/claims/cost.json", "/models/deepseek-r1/", "/apis/", "/companies/api/"]
)
def test_nothing_else_is_open_to_them(client: Client, cost: Claim, address: str) -> None:
    factories.entity("company", "api")
    assert "Access-Control-Allow-Origin" not in client.get(address).headers


def test_a_browser_that_asks_first_is_told_that_it_may(client: Client, cost: Claim) -> None:
    response = client.options("/api/claims/", headers={"origin": "https://other.example"})
    assert (response.status_code, response.content) == (204, b"")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert response["Access-Control-Allow-Headers"] == "*"


def test_a_copy_is_good_until_what_it_shows_is_changed(client: Client, cost: Claim) -> None:
    first = client.get("/api/claims/cost/")
    assert first["Cache-Control"] == "public, no-cache"
    again = client.get("/api/claims/cost/", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["Access-Control-Allow-Origin"] == "*"
    cost.rationale = "Somebody knows."
    cost.save()
    changed = client.get("/api/claims/cost/", headers={"if-none-match": first["ETag"]})
    assert changed.json()["rationale"] == "Somebody knows."


def test_an_answer_is_one_for_all_readers(cost: Claim, editor_client: Client) -> None:
    reader = Client(headers={"accept-language": "fr"})
    for address in [*LISTS, "/api/claims/cost/"]:
        answer = reader.get(address)
        assert answer.content == editor_client.get(address).content
        assert {"accept-language", "cookie"}.isdisjoint(answer.headers.get("Vary", "").lower().split(", "))


def test_a_question_about_the_head_alone_is_answered(client: Client, cost: Claim) -> None:
    response = client.head("/api/claims/?limit=1")
    assert (response.status_code, response.content) == (200, b"")
    assert "service-desc" in response["Link"]


# The index


def test_the_index_lists_everything_in_each_language(client: Client) -> None:
    index = read(client, "/fr/api/")
    assert index["languages"] == {"en": f"{SITE}/api/", "fr": f"{SITE}/fr/api/"}
    assert {index[resource.name] for resource in openapi.RESOURCES} == {f"{SITE}/fr{address}" for address in LISTS}
    addresses = [url.removeprefix(SITE) for url in _strings(index) if url.startswith(SITE)]
    assert {client.get(address).status_code for address in addresses} == {200}


@pytest.mark.parametrize("accept", ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"])
@pytest.mark.parametrize("prefix", ["", "/fr"])
def test_a_browser_gets_a_page_that_explains_every_parameter_and_key(client: Client, accept: str, prefix: str) -> None:
    response = client.get(f"{prefix}/api/", headers={"accept": accept})
    page = response.content.decode()
    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert "Accept" in response["Vary"]
    names = {key.name for shape in SHAPES for key in shape.keys}
    names |= {parameter["name"] for resource in openapi.RESOURCES for parameter in resource.parameters}
    assert [name for name in names if f"<code>{name}</code>" not in page] == []
    targets = set(re.findall(r'href="#([\w-]+)"', page))
    assert targets - set(re.findall(r'id="([\w-]+)"', page)) == set()


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/json, text/html", "image/png"])
def test_anybody_else_gets_the_index_as_json(client: Client, accept: str) -> None:
    assert client.get("/api/", headers={"accept": accept})["Content-Type"] == "application/json"


# The description


def test_the_description_is_valid(client: Client) -> None:
    validate(read(client, "/api/openapi.json"), cls=OpenAPIV31SpecValidator)


def test_the_description_asks_the_database_for_nothing(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        client.get("/api/openapi.json")
        client.get("/api/", headers={"accept": "text/html"})


def test_every_filter_of_every_form_is_described(client: Client) -> None:
    paths = read(client, "/api/openapi.json")["paths"]
    for resource in openapi.RESOURCES:
        described = {each["name"]: each for each in paths[resource.address]["get"]["parameters"]}
        assert described.keys() == resource.form().fields.keys()
        assert all(each["description"] for each in described.values())
    assert {"kind", "tag"} <= {each["name"] for each in paths["/api/entities/"]["get"]["parameters"]}


def test_choices_and_bounds_are_described_as_the_form_takes_them(client: Client, cost: Claim) -> None:
    parameters = read(client, "/api/openapi.json")["paths"]["/api/claims/"]["get"]["parameters"]
    schemas = {parameter["name"]: parameter["schema"] for parameter in parameters}
    assert schemas["limit"] == {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}
    assert schemas["show"]["default"] == "all"
    for name, schema in schemas.items():
        for choice in schema.get("enum", []):
            assert client.get("/api/claims/", {name: choice}).status_code == 200


def test_every_key_is_described_and_every_answer_is_as_described(
    client: Client, many: None, claim: Claim, report: Article
) -> None:
    factories.passage(claim, factories.text(report), "One.")
    description = read(client, "/api/openapi.json")
    for schema in description["components"]["schemas"].values():
        assert schema["description"]
        assert all("$ref" in each or each["description"] for each in schema["properties"].values())
    for path, operations in description["paths"].items():
        for prefix in ("", "/fr"):
            for address in _addresses(client, prefix, path):
                schema = operations["get"]["responses"]["200"]["content"]["application/json"]["schema"]
                jsonschema.Draft202012Validator(
                    schema | {"components": description["components"]},
                    format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
                ).validate(read(client, address))


def _addresses(client: Client, prefix: str, path: str) -> list[str]:
    """Give the addresses that a path of the description stands for."""
    if "{" not in path:
        return [prefix + path]
    return [prefix + path.format(slug=slug) for slug in slugs(read(client, path.removesuffix("{slug}/")))]


def test_the_description_names_both_languages_as_servers(client: Client, cost: Claim) -> None:
    servers = [server["url"] for server in read(client, "/api/openapi.json")["servers"]]
    assert servers == [SITE, f"{SITE}/fr"]
    for server in servers:
        assert client.get(f"{server.removeprefix(SITE)}/api/claims/cost/").status_code == 200


def test_the_documentation_names_every_list_parameter_and_key() -> None:
    text = (settings.BASE_DIR / "docs" / "data.md").read_text(encoding="utf-8")
    section = text.partition("\n## The API\n")[2].partition("\n## ")[0]
    names = {key.name for shape in SHAPES for key in shape.keys} | set(LISTS)
    names |= {parameter["name"] for resource in openapi.RESOURCES for parameter in resource.parameters}
    assert [name for name in names if f"`{name}`" not in section] == []
