"""The timeline as a picture: out of claims, in words, on the pages."""

import re
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from entities import storyline
from entities.models import Claim, Entity
from tests import factories
from tests.crawl import named_links
from tests.factories import HOSTILE

pytestmark = pytest.mark.django_db


def moment(subject: Entity, when: str, lane: str = "models", **fields: Any) -> Claim:
    return factories.claim(subject, when=when, lane=lane, **fields)


def published() -> Any:
    return Claim.objects.published().on_timeline()


# Marks


@pytest.mark.parametrize(
    ("when", "first", "last", "lasts", "fades_in", "fades_out"),
    [
        ("2025-01-20", date(2025, 1, 20), date(2025, 1, 20), False, False, False),
        ("2025-01-20~", date(2025, 1, 20), date(2025, 1, 20), False, True, True),
        ("2025-01", date(2025, 1, 1), date(2025, 1, 31), False, True, True),
        ("2024", date(2024, 1, 1), date(2024, 12, 31), False, True, True),
        ("[2015,2016]", date(2015, 1, 1), date(2016, 12, 31), False, True, True),
        ("2025-02-24/2025-02-28", date(2025, 2, 24), date(2025, 2, 28), True, False, False),
        ("2023/2025-01-20", date(2023, 1, 1), date(2025, 1, 20), True, True, False),
        ("2025-01-20/2026?", date(2025, 1, 20), date(2026, 12, 31), True, False, True),
        ("2025-01-29/..", date(2025, 1, 29), None, True, False, True),
        ("../2025-01-29", None, date(2025, 1, 29), True, True, False),
    ],
)
def test_a_date_becomes_the_ends_of_a_mark(
    r1: Entity, when: str, first: date, last: date, lasts: bool, fades_in: bool, fades_out: bool
) -> None:
    moment(r1, when)
    (mark,) = storyline.read_marks(published())
    assert (mark.first, mark.last, mark.lasts) == (first, last, lasts)
    assert (mark.fades_in, mark.fades_out) == (fades_in, fades_out)


def test_marks_are_the_same_read_or_made_of_loaded_claims(r1: Entity, high_flyer: Entity) -> None:
    moment(r1, "2025-01-20", title="R1 is released")
    moment(high_flyer, "[2015,2016]", "press", statement=HOSTILE)
    read = storyline.read_marks(published())
    assert read == storyline.marks_of(published().with_records())
    assert [mark.name for mark in read] == [f"{HOSTILE}, 2015 or 2016", "R1 is released, 20 January 2025"]


def test_a_claim_without_words_goes_by_its_subject_and_property(r1: Entity, high_flyer: Entity) -> None:
    moment(high_flyer, "2025", property=factories.prop("develops", label_fr="développe"), object=r1)
    (mark,) = storyline.read_marks(published())
    assert mark.title == "High-Flyer: develops"
    with translation.override("fr"):
        assert storyline.read_marks(published())[0].title == "High-Flyer: développe"


def test_words_without_french_are_marked(r1: Entity) -> None:
    moment(r1, "2025-01-20", title_en="Released")
    moment(r1, "2025-01-21", statement_en="Talked about.")
    moment(r1, "2025-01-22", title_en="Sold", title_fr="Vendu")
    with translation.override("fr"):
        titles = [mark.title for mark in storyline.read_marks(published())]
        assert titles == ["Released (en)", "Talked about. (en)", "Vendu"]
        assert titles == [mark.title for mark in storyline.marks_of(published().with_records())]


def test_reading_marks_costs_one_query_and_no_more_than_can_be_drawn(
    r1: Entity, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in range(1, 10):
        moment(r1, f"2025-01-0{day}")
    monkeypatch.setattr(storyline, "MOST_MARKS", 5)
    with CaptureQueriesContext(connection) as queries:
        marks = storyline.read_marks(published())
    assert (len(queries), len(marks)) == (1, 6)
    drawn = storyline.draw(marks, [], title="Story")
    assert drawn
    assert len(drawn.marks) == 5
    assert "Only the first 5 are drawn; the filters show the rest." in drawn.notes


def test_only_what_is_published_is_drawn(client: Client, r1: Entity) -> None:
    moment(r1, "2025-01-20", title="Seen")
    moment(r1, "2025-01-21", title="Also seen")
    moment(r1, "2025-01-22", title="Hidden", status="draft")
    moment(factories.entity("model", status="draft"), "2025-01-23", title="Hidden too")
    for address in ("/", "/timeline/", "/models/deepseek-r1/"):
        html = client.get(address).content.decode()
        assert "Also seen, 21 January 2025" in html
        assert "Hidden" not in html


# Drawings


def test_one_mark_is_no_picture(r1: Entity) -> None:
    moment(r1, "2025-01-20")
    assert storyline.draw(storyline.read_marks(published()), [], title="Story") is None


def test_lanes_without_a_mark_are_left_out(r1: Entity) -> None:
    moment(r1, "2025-01-20", "press")
    moment(r1, "2025-01-21", "models")
    drawn = storyline.draw(storyline.read_marks(published()), [], title="Story")
    assert drawn
    for markup in (drawn.wide, drawn.narrow):
        assert re.findall(r'<text class="lanes__name"[^>]*>([^<]+)<', markup) == ["Models", "Press"]


def test_nothing_outside_of_the_window_is_drawn(r1: Entity) -> None:
    moment(r1, "2020/..", title="Long")
    moment(r1, "2025-01-20", title="Short")
    marks = storyline.read_marks(published())
    drawn = storyline.draw(marks, [], title="Story", window=(date(2025, 1, 1), date(2025, 3, 1)))
    assert drawn
    assert set(re.findall(r'class="lanes__year"[^>]*>(\d+)<', drawn.wide)) == {"2025"}
    assert drawn.wide.count("lanes__arrow") == 2


def test_a_festival_is_a_band_with_its_days(r1: Entity) -> None:
    festival = factories.entity("event", "spring-festival-2025", name="Spring Festival 2025")
    held = factories.prop("held-on", "date")
    slug = storyline.FESTIVALS[1]
    factories.claim(festival, slug=slug, property=held, date="2025-01-28/2025-02-04")
    moment(r1, "2025-01-20")
    moment(r1, "2025-02-20")
    bands = storyline.bands_of(Claim.objects.published().with_records().by_slug(storyline.FESTIVALS))
    drawn = storyline.draw(storyline.read_marks(published()), bands, title="Story")
    assert drawn
    name = "Spring Festival 2025, 28 January – 4 February 2025"
    assert named_links(drawn.wide)["/events/spring-festival-2025/"] == name
    assert named_links(drawn.narrow)["/events/spring-festival-2025/"] == name
    assert drawn.wide.count('class="lanes__band"') == drawn.narrow.count('class="lanes__band"') == 1


def test_the_stylesheet_shows_each_drawing_where_it_fits() -> None:
    css = (settings.BASE_DIR / "static" / "css" / "pictures.css").read_text()
    assert f"@container (width >= {storyline.WIDE}px)" in css
    assert f"@container (width >= {storyline.SMALL}px)" in css


# Pages


@pytest.mark.parametrize("language", ["", "/fr"])
def test_filters_redraw_the_picture(client: Client, r1: Entity, high_flyer: Entity, language: str) -> None:
    for day in (20, 21):
        moment(r1, f"2025-01-{day}", title_en=f"Model {day}", title_fr=f"Modèle {day}")
        moment(high_flyer, f"2025-01-{day}", "press", title_en=f"Press {day}", title_fr=f"Presse {day}")
    everything = client.get(f"{language}/timeline/").context["storyline"]
    filtered = client.get(f"{language}/timeline/?lane=press").context["storyline"]
    assert (len(everything.marks), len(filtered.marks)) == (4, 2)
    assert {mark.lane for mark in filtered.marks} == {"press"}


def test_gathered_marks_link_to_their_stretch_with_the_filters_of_the_page(client: Client, r1: Entity) -> None:
    for number in range(40):
        moment(r1, "2025-01-20", title=f"A moment of some length, number {number}")
    moment(r1, "2025-03-01")
    page = client.get("/timeline/?entity=deepseek-r1&kind=model")
    counts = {address: name for address, name in named_links(page.context["storyline"].wide).items() if "?" in address}
    query = "kind=model&entity=deepseek-r1&from=2025-01-20&to=2025-01-20&lane=models"
    assert counts == {f"/timeline/?{query}": "30 more, 20 Jan 2025"}
    assert len(client.get(f"/timeline/?{query}").context["page"].rows) == 40
