"""The shipped story as readers meet it: every page, every link."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from tests.crawl import Crawl, crawl
from tests.databases import PRINT_FINGERPRINTS, fingerprints, on_a_new_sqlite, sample
from tests.strict import check_atom, check_calendar

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("story")]
STORY = settings.BASE_DIR / "story"
NARRATIVE = "/articles/the-deepseek-story/"


def records(name: str) -> list[dict]:
    """Read the records of one story file, as a person would."""
    with (STORY / f"{name}.yaml").open(encoding="utf-8") as file:
        return list(yaml.load(file, yaml.CSafeLoader)[name])


@pytest.fixture(scope="module")
def site(story: None, django_db_blocker) -> Iterator[Crawl]:  # type: ignore[no-untyped-def]
    """Every page that a reader can reach from the front page."""
    # The sizes of files that other tests have downloaded would stand on the page of open data.
    cache.clear()
    with django_db_blocker.unblock():
        yield crawl(Client(), "/")


def test_every_link_leads_to_a_page_and_every_fragment_to_an_element(site: Crawl) -> None:
    assert site.broken() == []


def test_every_page_has_one_h1_and_no_repeated_id(site: Crawl) -> None:
    wrong = [page.address for page in site.pages.values() if page.h1_count != 1 or len(page.ids) != len(set(page.ids))]
    assert wrong == []


def test_every_page_says_its_language(site: Crawl) -> None:
    wrong = {
        page.address: page.language
        for page in site.pages.values()
        if page.language != ("fr" if page.address.startswith("/fr/") else "en")
    }
    assert wrong == {}


def test_every_calendar_and_feed_passes_strict_readers(site: Crawl) -> None:
    calendars = {address: body for address, body in site.files.items() if address.partition("?")[0].endswith(".ics")}
    feeds = {address: body for address, body in site.files.items() if address.partition("?")[0].endswith(".atom")}
    assert {"/timeline.ics", "/fr/timeline.ics", "/models/deepseek-r1.ics"} <= calendars.keys()
    assert {"/timeline.atom", "/fr/timeline.atom", "/models/deepseek-r1.atom"} <= feeds.keys()
    assert {"/feed.atom", "/fr/feed.atom", "/models.atom", "/tags/open-weights.atom"} <= feeds.keys()
    for body in calendars.values():
        check_calendar(body)
    for body in feeds.values():
        check_atom(body)


@pytest.mark.postgresql
def test_pages_and_files_are_the_same_on_both_databases(tmp_path: Path) -> None:
    on_sqlite, here = json.loads(on_a_new_sqlite(tmp_path, PRINT_FINGERPRINTS)), fingerprints(sample())
    assert len(here) > 500
    assert here.keys() == on_sqlite.keys()
    assert [address for address in here if here[address] != on_sqlite[address]] == []


@pytest.mark.parametrize("prefix", ["", "/fr"])
def test_every_record_of_the_story_files_is_reached(site: Crawl, prefix: str) -> None:
    words = {"person": "people", "company": "companies", "model": "models", "event": "events", "idea": "ideas"}
    wanted = {f"{prefix}/{words[entity['kind']]}/{entity['slug']}/" for entity in records("entities")}
    wanted |= {f"{prefix}/claims/{claim['slug']}/" for claim in records("claims")}
    wanted |= {f"{prefix}/articles/{article['slug']}/" for article in records("articles")}
    assert wanted - site.pages.keys() == set()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/", ["How a hedge fund", "Where sources disagree"]),
        ("/models/deepseek-r1/", ["DeepSeek-R1", "671B", "20 January 2025", "MIT"]),
        ("/people/liang-wenfeng/", ["Liang Wenfeng", "梁文锋", "1985"]),
        ("/companies/high-flyer/", ["High-Flyer", "幻方", "2015 or 2016"]),
        ("/models/deepseek-v2/", ["DeepSeek-V2", "6 May 2024"]),
        ("/timeline/", ["Timeline", "2025"]),
        ("/claims/", ["Claims", "supported"]),
        ("/claims/seed-deepseek-barely-two-years/", ["barely two years old", "paragraph 1", "makes this claim"]),
        ("/compare/", ["Where sources disagree", "Training cost", "Nvidia sell-off"]),
        ("/compare/training-cost/", ["$294K", "$5.576M", "at most $6M", "our choice", "misleading", "to scale"]),
        ("/compare/gpu-count/", ["at least 2,048", "about 50,000", "at least 60,000", "An arrow means"]),
        ("/compare/market-value-change/", ["−$593.7B", "about −$589B", "−$560B or more", "the bars show their size"]),
        ("/compare/founded-on/", ["May 2023", "February 2016", "The line covers 1987–2023"]),
        ("/compare/parameters-total/", ["671B", "The scale is logarithmic"]),
        ("/compare/licence/", ["MIT", "no bars to compare"]),
        ("/articles/cgtn-yang-zhao-deepseek/", ["Catalyst DeepSeek", "Claims that this article makes"]),
    ],
)
def test_a_page_tells_the_real_story(client: Client, address: str, words: list[str]) -> None:
    html = client.get(address).content.decode()
    assert [word for word in words if word not in html] == []


@pytest.mark.parametrize(
    "address",
    ["/models/deepseek-r1/", "/models/deepseek-v3/", "/models/sora/", "/companies/deepseek/", "/ideas/open-weights/"],
)
def test_each_form_of_an_entity_has_every_claim_that_its_page_leads_to(client: Client, address: str) -> None:
    shown = set(re.findall(r'href="/claims/([-\w]+)/["#]', client.get(address).content.decode()))
    stem = address.rstrip("/")
    told = client.get(f"{stem}.json").json()["subjectOf"]
    assert shown
    assert shown <= {claim["url"].rstrip("/").rpartition("/")[2] for claim in told}
    assert all("review" in claim for claim in told)
    lines = re.findall(r"^- .*/claims/([-\w]+)/\)", client.get(f"{stem}.md").content.decode(), re.MULTILINE)
    assert shown <= set(lines)


def test_each_form_of_an_article_has_every_claim_that_its_page_leads_to(client: Client) -> None:
    shown = set(re.findall(r'href="/claims/([-\w]+)/["#]', client.get(NARRATIVE).content.decode()))
    assert len(shown) > 100
    told = json.dumps(client.get(f"{NARRATIVE.rstrip('/')}.json").json())
    assert shown <= set(re.findall(r'/claims/([-\w]+)/"', told))
    lines = re.findall(
        r"^- .*/claims/([-\w]+)/\)", client.get(f"{NARRATIVE.rstrip('/')}.md").content.decode(), re.MULTILINE
    )
    assert shown <= set(lines)


def test_the_seed_article_shows_the_forty_claims_that_it_makes(client: Client) -> None:
    response = client.get("/articles/cgtn-yang-zhao-deepseek/")
    assert len({citation.claim_id for citation in response.context["assertions"]}) == 40


def test_the_address_of_no_unofficial_copy_is_published(site: Crawl) -> None:
    """Their hosts stand in the editors' notes alone."""
    hosts = {"squidsite02.com", "daily8.com"}
    assert [page.address for page in site.pages.values() if any(host in page.html for host in hosts)] == []


@pytest.mark.parametrize(
    ("address", "status", "reason"),
    [
        ("/timeline/?from=yesterday", 400, "“yesterday” is not a date"),
        ("/timeline/?from=2025&to=2024", 400, "must not be before"),
        ("/timeline/?after=nowhere", 400, "nowhere"),
        ("/timeline/?lane=moon", 400, "moon"),
        ("/timeline/?page=x", 400, "page"),
        ("/claims/?verdict=maybe", 400, "maybe"),
        ("/claims/?entity=nobody", 400, "nobody"),
        ("/claims/?show=some", 400, "some"),
        ("/claims/?property=moon", 400, "moon"),
        ("/relationships/?property=released", 400, "released"),
        ("/articles/?kind=poem", 400, "poem"),
        ("/models/?tag=nothing", 400, "nothing"),
        ("/models/deepseek-r1/?page=2", 400, "page"),
        ("/?q=x", 400, "q"),
        ("/timeline/?from=2025%00", 400, "from"),
        ("/claims/?entity=%00", 400, "entity"),
        ("/timeline/?" + "x=1&" * 2500, 400, "too many parameters"),
        ("/timeline/?tag=" + "x" * 10_000, 400, "tag"),
        ("/models/nobody/", 404, ""),
        ("/claims/nothing/", 404, ""),
        ("/articles/nothing/", 404, ""),
        ("/models/%00/", 404, ""),
        ("/nowhere", 404, ""),
    ],
)
def test_a_wrong_address_is_answered_with_what_is_wrong(client: Client, address: str, status: int, reason: str) -> None:
    response = client.get(address)
    assert response.status_code == status
    assert reason in response.content.decode()


@pytest.mark.parametrize(
    "query", ["kind={}", "tag={}", "entity={}", "from={}", "after={}", "before={}", "show={}", "property={}", "{}=1"]
)
@pytest.mark.parametrize("page", ["/timeline/", "/claims/", "/timeline.atom"])
def test_what_is_wrong_is_told_in_short_and_printable_words(client: Client, page: str, query: str) -> None:
    for wrong in ("x%00%01%1b%C2%85%E2%80%AEx", "y" * 150, "%00" * 150):
        response = client.get(f"{page}?{query.format(wrong)}")
        assert response.status_code == 400
        answer = response.content.decode()
        told = re.findall(r'<p class="lead">(.*?)</p>', answer, re.DOTALL) or [answer.rstrip("\n")]
        assert told[0].isprintable()
        assert "y" * 81 not in told[0]


def test_an_endless_query_is_refused_without_a_traceback_in_the_log(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    assert client.get("/timeline/?" + "x=1&" * 2500).status_code == 400
    assert caplog.records == []


@pytest.mark.parametrize(
    "address",
    ["/?utm_source=x&fbclid=y", "/models/deepseek-r1/?utm_campaign=z", "/about/?twclid=x&gad_source=1&_hsenc=y"],
)
def test_what_a_network_hangs_on_a_shared_link_is_ignored(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 200
    assert f'<link rel="canonical" href="http://testserver{address.partition("?")[0]}">' in response.content.decode()


def test_an_entity_under_the_wrong_kind_redirects_to_its_address(client: Client) -> None:
    response = client.get("/people/deepseek-r1/")
    assert (response.status_code, response["Location"]) == (301, "/models/deepseek-r1/")


@pytest.mark.parametrize("address", ["/", "/timeline/", "/models/deepseek-r1/", "/claims/", "/articles/"])
def test_a_page_answers_nothing_but_questions(client: Client, address: str) -> None:
    assert client.post(address).status_code == 405
    assert client.head(address).status_code == 200
