"""What is new on the site: the feeds of the site, of each kind, of an entity and of lists."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles import news
from articles.models import Article
from entities.models import KIND_PATHS, Claim, Entity, Tag
from tests import factories
from tests.factories import HOSTILE
from tests.strict import ATOM, check_atom

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 1, tzinfo=UTC)
FEEDS = ["/feed.atom", *(f"/{word}.atom" for word in KIND_PATHS.values()), "/claims.atom", "/articles.atom"]
CLAIMS = ["/claims/founded/", "/claims/cost/"]
FEEDS += ["/models/deepseek-r1.atom", "/tags/open-weights.atom"]


def paths(client: Client, address: str) -> list[str]:
    """List where the entries of a feed lead, in its order."""
    links = [entry.find(f"{ATOM}link") for entry in check_atom(client.get(address).content)]
    return [link.get("href", "").removeprefix("http://testserver") for link in links if link is not None]


def changed(*records: Any) -> None:
    """Let records have been changed one after the other, an hour apart."""
    for hour, record in enumerate(records):
        type(record)._default_manager.filter(pk=record.pk).update(updated_at=START + timedelta(hours=hour))


@pytest.fixture(autouse=True)
def records(r1: Entity, high_flyer: Entity, report: Article) -> dict[str, Any]:
    """Two entities, an article and two claims, changed in this order, and a tag on the model and the article."""
    r1.tags.add(factories.tag())
    report.tags.add(factories.tag())
    cost = factories.claim(r1, slug="cost", statement="R1 cost six million.", cites=[report])
    founded = factories.claim(high_flyer, slug="founded", statement="It was founded.", cites=[report])
    changed(r1, high_flyer, report, cost, founded)
    return {"r1": r1, "high_flyer": high_flyer, "report": report, "cost": cost, "founded": founded}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (
            "/feed.atom",
            [
                "/claims/founded/",
                "/claims/cost/",
                "/articles/v3-report/",
                "/companies/high-flyer/",
                "/models/deepseek-r1/",
            ],
        ),
        ("/models.atom", ["/claims/cost/", "/models/deepseek-r1/"]),
        ("/companies.atom", ["/claims/founded/", "/companies/high-flyer/"]),
        ("/people.atom", []),
        ("/claims.atom", CLAIMS),
        ("/articles.atom", ["/articles/v3-report/"]),
        ("/models/deepseek-r1.atom", ["/claims/cost/", "/models/deepseek-r1/"]),
        ("/tags/open-weights.atom", ["/claims/cost/", "/articles/v3-report/", "/models/deepseek-r1/"]),
    ],
)
def test_a_feed_has_what_belongs_to_it_the_last_change_first(client: Client, address: str, expected: list[str]) -> None:
    assert paths(client, address) == expected
    assert paths(client, f"/fr{address}") == [f"/fr{path}" for path in expected]


def test_what_is_changed_comes_first_again(client: Client, records: dict[str, Any]) -> None:
    records["r1"].save()
    assert paths(client, "/feed.atom")[0] == "/models/deepseek-r1/"


def test_an_entity_is_told_of_where_it_is_object_or_mentioned(client: Client, records: dict[str, Any]) -> None:
    link = factories.relation(records["high_flyer"], factories.prop(), records["r1"], slug="link")
    records["founded"].mentions.add(records["r1"])
    changed(records["r1"], records["founded"], link)
    assert paths(client, "/models/deepseek-r1.atom")[:2] == ["/claims/cost/", "/claims/link/"]
    assert "/claims/founded/" in paths(client, "/models/deepseek-r1.atom")


def test_an_entry_says_what_its_record_is(client: Client, records: dict[str, Any]) -> None:
    Entity.objects.filter(pk=records["r1"].pk).update(summary_en="The model of the [shock](claim:cost).")
    _founded, claim, article, _company, model = check_atom(client.get("/feed.atom").content)
    assert claim.findtext(f"{ATOM}title") == "R1 cost six million."
    assert claim.findtext(f"{ATOM}summary") == (
        "<p>R1 cost six million.</p><p>Verdict: not judged.</p><ul><li>"
        '<a href="http://testserver/articles/v3-report/">'
        "Says: The Paper – DeepSeek-V3 Technical Report – paragraph 1</a></li></ul>"
    )
    assert article.findtext(f"{ATOM}summary") == "<p>The Paper · 26 December 2024</p>"
    assert model.findtext(f"{ATOM}summary") == "<p>The model of the shock.</p>"
    terms = [[each.get("term") for each in entry.findall(f"{ATOM}category")] for entry in (claim, article, model)]
    assert terms == [["open weights"], ["Article", "open weights"], ["Model", "open weights"]]


def test_a_record_goes_by_one_name_in_every_feed(client: Client) -> None:
    def names(address: str) -> set[str]:
        return {str(entry.findtext(f"{ATOM}id")) for entry in check_atom(client.get(address).content)}

    whole = names("/feed.atom")
    assert all(names(address) < whole for address in FEEDS[1:])
    own = {re.findall("<id>(.+?)</id>", client.get(address).content.decode())[0] for address in FEEDS}
    assert len(own) == len(FEEDS)


def test_of_too_many_the_last_changed_stay(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(news, "MOST_ENTRIES", 2)
    assert paths(client, "/feed.atom") == ["/claims/founded/", "/claims/cost/"]
    assert "2 entries at the most" in client.get("/feed.atom").content.decode()


def test_an_entity_has_the_last_changes_of_each_end_and_of_what_mentions_it(
    client: Client, records: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news, "MOST_ENTRIES", 3)
    r1, other, develops = records["r1"], records["high_flyer"], factories.prop()
    told = [factories.claim(r1, slug=f"of-{number}", statement="So.") for number in range(4)]
    linked = [factories.relation(other, factories.prop(f"p-{number}"), r1, slug=f"to-{number}") for number in range(4)]
    # Its subject, and mentioned besides: once in the feed.
    own = factories.relation(r1, develops, other, slug="own")
    own.mentions.add(r1)
    records["founded"].mentions.add(r1)
    changed(r1, *told, *linked, records["founded"], own)
    assert paths(client, "/models/deepseek-r1.atom") == ["/claims/own/", "/claims/founded/", "/claims/to-3/"]


def test_what_has_a_tag_is_looked_for_among_the_last_changes(
    client: Client, records: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news, "MOST_CHANGES", 1)
    # Of claims the last change is that of one about another, of entities that of another.
    assert paths(client, "/tags/open-weights.atom") == ["/articles/v3-report/"]
    records["cost"].save()
    records["r1"].save()
    assert paths(client, "/tags/open-weights.atom") == [
        "/models/deepseek-r1/",
        "/claims/cost/",
        "/articles/v3-report/",
    ]


def plan(sql: str) -> str:
    """Tell how the database would answer; PostgreSQL would scan and sort tables as small as these."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            return "\n".join(row[3] for row in cursor.fetchall())
        for way in ("seqscan", "bitmapscan", "sort"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(row[0] for row in cursor.fetchall())


@pytest.mark.parametrize(
    ("address", "indexes"),
    [
        ("/models/deepseek-r1.atom", ["claim_changed_of", "claim_changed_to"]),
        ("/tags/open-weights.atom", ["claim_changed", "entity_changed", "article_changed"]),
    ],
)
def test_the_last_changes_are_found_by_an_index_in_their_order(
    client: Client, address: str, indexes: list[str]
) -> None:
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    cut = [each["sql"] for each in asked if "updated_at" in each["sql"] and "LIMIT" in each["sql"]]
    plans = [plan(sql) for sql in cut]
    for index in indexes:
        assert any(re.search(rf"(?i)\b(?:using|using covering) (?:index )?{index}\b", each) for each in plans), plans


@pytest.mark.parametrize("address", FEEDS)
def test_drafts_are_in_no_feed_and_what_is_withdrawn_is_gone_at_once(
    client: Client, records: dict[str, Any], address: str
) -> None:
    factories.claim(records["r1"], statement="Hidden.", status="draft")
    factories.claim(records["r1"], statement="Hidden.", status="in-review", replaces=records["cost"])
    assert "Hidden" not in client.get(address).content.decode()
    Claim.objects.filter(slug="cost").update(status="retracted")
    Article.objects.update(status="draft")
    body = client.get(address).content.decode()
    assert "six million" not in body
    assert "Technical Report" not in body


@pytest.mark.parametrize("address", FEEDS)
def test_any_text_survives(client: Client, records: dict[str, Any], address: str) -> None:
    text = f"{HOSTILE}\x07\ufffe\r\nnext"
    Entity.objects.update(name_en=text, summary_en=text)
    Article.objects.update(title=text, summary_en=text, publisher_name=text[:80])
    Claim.objects.update(statement_en=text, verdict="disputed", rationale_en=text)
    Tag.objects.update(label_en=text[:60])
    for entry in check_atom(client.get(address).content):
        assert "<script>" not in (entry.findtext(f"{ATOM}summary") or "")


def test_a_copy_that_is_still_the_same_is_not_sent_again(client: Client, records: dict[str, Any]) -> None:
    etag = client.get("/feed.atom")["ETag"]
    assert client.get("/feed.atom", headers={"If-None-Match": etag}).status_code == 304
    Claim.objects.filter(slug="cost").update(status="retracted")
    assert client.get("/feed.atom", headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize("address", ["/planets.atom", "/models/nothing.atom", "/tags/nothing.atom"])
def test_a_feed_of_nothing_is_not_found(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", FEEDS)
def test_a_parameter_is_refused_in_a_line_of_text(client: Client, address: str) -> None:
    response = client.get(f"{address}?page=2")
    assert (response.status_code, response["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert "page" in response.content.decode()
    assert client.post(address).status_code == 405


@pytest.mark.parametrize("prefix", ["", "/fr"])
@pytest.mark.parametrize(
    ("page", "feed"),
    [
        ("/", "/feed.atom"),
        *((f"/{word}/", f"/{word}.atom") for word in KIND_PATHS.values()),
        ("/claims/", "/claims.atom"),
        ("/articles/", "/articles.atom"),
        ("/models/deepseek-r1/", "/models/deepseek-r1.atom"),
        ("/tags/open-weights/", "/tags/open-weights.atom"),
    ],
)
def test_the_page_names_its_feed_to_programs_and_to_people(client: Client, prefix: str, page: str, feed: str) -> None:
    html = client.get(prefix + page).content.decode()
    assert re.search(f'<link rel="alternate" type="application/atom\\+xml" [^>]*href="{prefix}{feed}">', html)
    assert re.search(f'<a [^>]*href="{prefix}{feed}"', html)
    # The feed of the whole site is in the head and the foot of every page.
    assert html.count(f'href="{prefix}/feed.atom"') >= 2
