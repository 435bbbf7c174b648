"""The timeline as a calendar and as a feed."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from articles import feeds
from articles.clock import refresh_known_since
from articles.models import Article
from entities import edtf
from entities.models import Claim, Entity
from tests import factories
from tests.factories import HOSTILE
from tests.strict import ATOM, check_atom, check_calendar

BOTH = pytest.mark.parametrize("ending", ["ics", "atom"])
pytestmark = pytest.mark.django_db


def calendar(client: Client, address: str = "/timeline.ics"):  # type: ignore[no-untyped-def]
    return check_calendar(client.get(address).content)


def feed(client: Client, address: str = "/timeline.atom"):  # type: ignore[no-untyped-def]
    return check_atom(client.get(address).content)


def unfolded(client: Client, address: str) -> str:
    """Read an answer as one text, with ordinary spaces."""
    return client.get(address).content.decode().replace("\r\n ", "").replace("\N{NO-BREAK SPACE}", " ")


def moment(subject: Entity, when: str, **fields: Any) -> Claim:
    """Make a claim of the timeline that the public knows of since its day."""
    made = factories.claim(subject, when=when, **{"lane": "models", **fields})
    refresh_known_since([made.pk])
    return made


def texts(entries, name: str) -> list[str]:  # type: ignore[no-untyped-def]
    return [entry.findtext(f"{ATOM}{name}") for entry in entries]


# What an event says


def test_an_event_says_what_the_claim_says_its_verdict_and_its_sources(
    client: Client, r1: Entity, report: Article
) -> None:
    made = factories.claim(
        r1,
        slug="r1-release",
        title="R1 comes out",
        statement="R1 came out with open weights.",
        when="2025-01-20",
        lane="models",
        verdict="disputed",
        rationale="Some say otherwise.",
        cites=[report],
    )
    made.citations.create(
        article=factories.article("echo", title="Echo", url="https://example.org/e"), stance="disputes"
    )
    (event,) = calendar(client)
    assert event["SUMMARY"] == "R1 comes out"
    assert event["UID"] == "r1-release@deepseek-story"
    assert event["URL"] == "http://testserver/claims/r1-release/"
    assert event["CATEGORIES"].cats == ["Models"]
    assert event["TRANSP"] == "TRANSPARENT"
    assert str(event["DESCRIPTION"]).split("\n") == [
        "R1 came out with open weights.",
        "20 January 2025",
        "Verdict: disputed. Some say otherwise.",
        "Says: The Paper – DeepSeek-V3 Technical Report – paragraph 1 http://testserver/articles/v3-report/",
        "Against: The Paper – Echo https://example.org/e",
    ]


@pytest.mark.parametrize(
    ("when", "first", "day_after", "words"),
    [
        ("2025-01-20", "2025-01-20", "2025-01-21", ""),
        ("2024-12-26/2025-01-20", "2024-12-26", "2025-01-21", ""),
        ("2025-01", "2025-01-01", "2025-02-01", "January 2025 (day not known)"),
        ("2023", "2023-01-01", "2024-01-01", "2023 (day not known)"),
        ("199X", "1990-01-01", "2000-01-01", "1990s (day not known)"),
        ("2024-21", "2024-03-01", "2024-06-01", "spring 2024 (day not known)"),
        ("2024-34", "2024-04-01", "2024-07-01", "second quarter of 2024 (day not known)"),
        ("2023-07~", "2023-07-01", "2023-08-01", "about July 2023 (day not known)"),
        ("2025-01-27~", "2025-01-27", "2025-01-28", "about 27 January 2025"),
        ("2025-01-27?", "2025-01-27", "2025-01-28", "27 January 2025 (uncertain)"),
        ("2023-07/2024-05", "2023-07-01", "2024-06-01", "July 2023 – May 2024 (days not known)"),
        ("[2015,2016]", "2015-01-01", "2017-01-01", "2015 or 2016 (day not known)"),
        ("[2025-01-20,2025-01-27]", "2025-01-20", "2025-01-28", "20 January 2025 or 27 January 2025"),
        (
            "2025-02-01/..",
            "2025-02-01",
            "2025-02-02",
            "since 1 February 2025 (the end is open; only the first day is marked)",
        ),
        ("2023/..", "2023-01-01", "2023-01-02", "since 2023 (the end is open; only the first day is marked)"),
        (
            "../2025-02",
            "2025-02-28",
            "2025-03-01",
            "until February 2025 (the beginning is open; only the last day is marked)",
        ),
        ("9999-12-31", "9999-12-31", None, ""),
    ],
)
def test_a_date_becomes_all_the_days_that_it_may_mean_and_says_so(
    client: Client, r1: Entity, when: str, first: str, day_after: str | None, words: str
) -> None:
    factories.claim(r1, title="It happened", when=when, lane="models")
    (event,) = calendar(client)
    assert event["DTSTART"].dt == date.fromisoformat(first)
    assert (event["DTEND"].dt.isoformat() if "DTEND" in event else None) == day_after
    assert event["SUMMARY"] == (f"It happened – {words}" if words else "It happened")
    assert words in event["DESCRIPTION"]


@st.composite
def partial_dates(draw: st.DrawFn) -> str:
    """Build any form that the subset knows."""
    day = draw(st.dates())
    year = f"{day.year:04}"
    season = draw(st.sampled_from([21, 22, 23, 33, 34, 35, 36]))
    point = draw(
        st.sampled_from(
            [day.isoformat(), day.isoformat()[:7], year, f"{year}-{season}"] + [f"{year[:3]}X"] * (day.year > 9)
        )
    )
    forms = [point, f"{point}~", f"{point}?", f"{point}/..", f"../{point}"]
    if day.year < 9999:
        forms += [f"{point}/9999", f"[{point},9999-01]"]
    return draw(st.sampled_from(forms))


@given(partial_dates())
def test_no_end_is_made_up_and_no_date_is_lost(text: str) -> None:
    when = edtf.parse(text)
    first, day_after = feeds.days(when)
    last = date.max if day_after is None else date.fromordinal(day_after.toordinal() - 1)
    assert first <= last
    if when.has_open_end or when.has_open_start:
        assert first == last or day_after is None
        assert first == (when.earliest if when.has_open_end else when.latest)
    else:
        assert (first, last) == (when.earliest, when.latest)


def test_a_change_shows_in_the_stamp(client: Client, claim: Claim) -> None:
    Claim.objects.filter(pk=claim.pk).update(updated_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    (event,) = calendar(client)
    assert event["DTSTAMP"].dt == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    (entry,) = feed(client)
    assert entry.findtext(f"{ATOM}updated") == "2026-01-02T03:04:05+00:00"


# What an entry says


def test_an_entry_says_what_the_claim_says_its_verdict_and_its_sources(
    client: Client, r1: Entity, report: Article
) -> None:
    factories.claim(
        r1, slug="shock", title="Shock", statement="It shook.", when="2025-01", lane="press", cites=[report]
    )
    (entry,) = feed(client)
    assert entry.findtext(f"{ATOM}title") == "Shock – January 2025 (day not known)"
    assert entry.findtext(f"{ATOM}summary") == (
        "<p>It shook.</p><p>January 2025 (day not known)</p><p>Verdict: not judged.</p><ul><li>"
        '<a href="http://testserver/articles/v3-report/">'
        "Says: The Paper – DeepSeek-V3 Technical Report – paragraph 1</a></li></ul>"
    )
    link, category = entry.find(f"{ATOM}link"), entry.find(f"{ATOM}category")
    assert link is not None
    assert category is not None
    assert (link.get("href"), category.get("term")) == ("http://testserver/claims/shock/", "Press")
    # The day the public learnt of it, which for a month is its last.
    assert entry.findtext(f"{ATOM}published") == "2025-01-31T00:00:00+00:00"


def test_a_feed_begins_with_what_the_public_learnt_last(client: Client, r1: Entity) -> None:
    for day in ("2025-01-20", "2025-03-24", "2024-12-26"):
        moment(r1, day, title=day)
    assert texts(feed(client), "title") == ["2025-03-24", "2025-01-20", "2024-12-26"]


def test_a_calendar_is_in_the_order_of_the_timeline(client: Client, r1: Entity) -> None:
    for day in ("2025-01-20", "2025-03-24", "2024-12-26"):
        moment(r1, day, title=day)
    assert [event["SUMMARY"] for event in calendar(client)] == ["2024-12-26", "2025-01-20", "2025-03-24"]


# Which claims


@pytest.fixture
def story(r1: Entity, high_flyer: Entity) -> None:
    """Claims that each filter of the timeline tells apart."""
    r1.tags.add(factories.tag("open weights"))
    moment(r1, "2025-01-20", verdict="supported")
    moment(r1, "2024-12", lane="research")
    moment(r1, "2023/..", verdict="disputed", rationale="Why.")
    moment(high_flyer, "[2015,2016]", lane="people-and-firms").mentions.add(r1)
    moment(high_flyer, "2021~")
    moment(high_flyer, "2022", status="draft")
    factories.claim(r1, statement="Not on the timeline.")


@pytest.mark.usefixtures("story")
@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 5),
        ("?kind=model", 3),
        ("?entity=deepseek-r1", 4),
        ("?tag=open-weights", 3),
        ("?verdict=none", 3),
        ("?lane=research", 1),
        ("?from=2024&to=2024-12", 2),
        ("?lane=models&kind=company&utm_source=x", 1),
        ("?to=1999", 0),
    ],
)
def test_a_filter_keeps_what_it_keeps_on_the_page(client: Client, query: str, count: int) -> None:
    shown = {
        f"http://testserver{row.get_absolute_url()}" for row in client.get(f"/timeline/{query}").context["page"].rows
    }
    assert len(shown) == count
    assert {event["URL"] for event in calendar(client, f"/timeline.ics{query}")} == shown
    links = [entry.find(f"{ATOM}link") for entry in feed(client, f"/timeline.atom{query}")]
    assert {link.get("href") for link in links if link is not None} == shown


@pytest.mark.usefixtures("story")
@pytest.mark.parametrize(
    ("address", "count"),
    [("/models/deepseek-r1", 4), ("/companies/high-flyer", 2), ("/fr/companies/high-flyer", 2)],
)
def test_an_entity_has_a_calendar_of_what_concerns_it(client: Client, address: str, count: int) -> None:
    assert len(calendar(client, f"{address}.ics")) == count


@BOTH
def test_the_kind_in_the_address_is_mended_for_ever(client: Client, r1: Entity, ending: str) -> None:
    response = client.get(f"/fr/people/deepseek-r1.{ending}")
    assert (response.status_code, response["Location"]) == (301, f"/fr/models/deepseek-r1.{ending}")


@BOTH
def test_what_is_not_published_has_none(client: Client, ending: str) -> None:
    factories.entity("model", "draft", status="draft")
    assert client.get(f"/models/draft.{ending}").status_code == 404
    assert client.get(f"/models/nobody.{ending}").status_code == 404


def test_of_too_many_the_latest_stay_and_it_is_said(
    client: Client, r1: Entity, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in ("2024-01-01", "2025-01-01", "2026-01-01"):
        moment(r1, day, title=day)
    assert "Only the latest" not in client.get("/timeline.ics").content.decode()
    monkeypatch.setattr(feeds, "MOST_ENTRIES", 2)
    assert [event["SUMMARY"] for event in calendar(client)] == ["2025-01-01", "2026-01-01"]
    assert texts(feed(client), "title") == ["2026-01-01", "2025-01-01"]
    for ending in ("ics", "atom"):
        assert "Only the latest 2 entries" in unfolded(client, f"/timeline.{ending}")


# Names that stay, words that cannot break it


def test_names_are_the_same_on_every_host_and_apart_in_each_language(client: Client, claim: Claim) -> None:
    def names(address: str, host: str) -> list[str]:
        response = client.get(address, headers={"host": host})
        if address.endswith("ics"):
            return [str(event["UID"]) for event in check_calendar(response.content)]
        check_atom(response.content)
        return re.findall("<id>(.+?)</id>", response.content.decode())

    for address in ("/timeline.ics", "/timeline.atom", "/models/deepseek-r1.atom"):
        assert names(address, "localhost") == names(address, "127.0.0.1")
    whole, of_model, french = (
        names(address, "localhost") for address in ("/timeline.atom", "/timeline.atom?kind=model", "/fr/timeline.atom")
    )
    assert whole[0] != of_model[0]
    assert whole[1:] == of_model[1:]
    assert not set(whole) & set(french)


@pytest.mark.parametrize(
    "text", [HOSTILE, "a; b, c: \\n \\ d", "tab\t bell\x07 form\x0c \ufffe", "杭州" * 60, "é" * 200]
)
def test_any_text_survives(client: Client, r1: Entity, text: str) -> None:
    moment(r1, "2025-01-20", title=text[:80], statement=f"{text}\r\nnext line", verdict="disputed", rationale=text)
    written = feeds.UNWRITABLE.sub("", text)
    (event,) = calendar(client)
    assert event["SUMMARY"] == " ".join(feeds.UNWRITABLE.sub("", text[:80]).split())
    assert str(event["DESCRIPTION"]).startswith(f"{written}\nnext line\n20 January 2025\nVerdict: disputed. {written}")
    (entry,) = feed(client)
    assert "<script>" not in (entry.findtext(f"{ATOM}summary") or "")


def test_french_entries_are_french(client: Client, r1: Entity, report: Article) -> None:
    fields = {"title_fr": "Le choc", "statement_fr": "Les cours ont chuté.", "rationale_fr": "On en débat."}
    moment(r1, "2025-01", title_en="Shock", statement_en="It fell.", verdict="disputed", cites=[report], **fields)
    said = unfolded(client, "/fr/timeline.ics?lane=models&from=2025")
    for words in (
        "Le choc – janvier 2025 (jour inconnu)",
        r"Les cours ont chuté.\njanvier 2025 (jour inconnu)\nVerdict : contesté. On en débat.\nSelon : The Paper",
        "X-WR-CALNAME:Chronologie · Fil : Modèles · À partir de : 2025 · L'histoire de DeepSeek",
        "URL:http://testserver/fr/timeline/?lane=models&from=2025",
        "CATEGORIES:Modèles",
    ):
        assert words in said
    assert 'xml:lang="fr"' in unfolded(client, "/fr/timeline.atom")


# The answer


@BOTH
@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("lane=moon", "“lane”"),
        ("from=yesterday", "“yesterday” is not a date"),
        ("entity=nobody", "nothing here is called “nobody”"),
        ("after=x", "This page has no parameter “after”."),
        ("x=1&" * 2500, "The address has too many parameters."),
    ],
)
def test_a_wrong_query_is_refused_in_one_line_of_text(client: Client, ending: str, query: str, reason: str) -> None:
    response = client.get(f"/timeline.{ending}?{query}")
    assert (response.status_code, response["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert reason in response.content.decode()
    assert len(response.content.decode().splitlines()) == 1


@BOTH
def test_an_entity_takes_no_parameter(client: Client, r1: Entity, ending: str) -> None:
    assert client.get(f"/models/deepseek-r1.{ending}?lane=models").status_code == 400


@pytest.mark.parametrize(
    ("ending", "content_type"),
    [("ics", "text/calendar; charset=utf-8"), ("atom", "application/atom+xml; charset=utf-8")],
)
def test_the_answer_has_its_type_and_no_cookie(client: Client, claim: Claim, ending: str, content_type: str) -> None:
    for address in (f"/timeline.{ending}", f"/models/deepseek-r1.{ending}"):
        response = client.get(address)
        assert (response["Content-Type"], response["X-Content-Type-Options"]) == (content_type, "nosniff")
        assert not response.cookies
        assert "Cookie" not in response.get("Vary", "")
        assert client.post(address).status_code == 405


@BOTH
def test_an_empty_list_never_looks_changed(client: Client, ending: str) -> None:
    assert client.get(f"/timeline.{ending}").content == client.get(f"/timeline.{ending}").content


# The links to them


@pytest.mark.parametrize(
    ("page", "stem"),
    [
        ("/timeline/", "/timeline.{}"),
        ("/fr/timeline/?lane=models&from=2024&utm_source=x", "/fr/timeline.{}?lane=models&amp;from=2024"),
        ("/models/deepseek-r1/", "/models/deepseek-r1.{}"),
        ("/fr/models/deepseek-r1/", "/fr/models/deepseek-r1.{}"),
    ],
)
def test_the_page_names_them_to_programs_and_to_people(client: Client, claim: Claim, page: str, stem: str) -> None:
    html = client.get(page).content.decode()
    for ending, content_type in (("ics", "text/calendar"), ("atom", "application/atom+xml")):
        address = stem.format(ending)
        assert re.search(
            f'<link rel="alternate" type="{re.escape(content_type)}" [^>]*href="{re.escape(address)}">', html
        )
        assert re.search(f'<a [^>]*href="{re.escape(address)}"', html)


def test_an_entity_without_a_moment_offers_no_empty_calendar(client: Client, high_flyer: Entity) -> None:
    assert "high-flyer.ics" not in client.get("/companies/high-flyer/").content.decode()


def test_a_preview_offers_none(editor_client: Client, claim: Claim) -> None:
    html = editor_client.get("/admin/preview/entities/deepseek-r1/").content.decode()
    assert 'id="timeline"' in html
    assert "deepseek-r1.ics" not in html
