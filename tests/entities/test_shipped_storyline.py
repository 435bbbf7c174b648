"""The picture of the shipped story."""

import re

import pytest
from django.test import Client

from tests.crawl import named_links

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("story")]


def test_its_crowded_months_are_drawn_wider_and_it_says_so(client: Client) -> None:
    drawn = client.get("/").context["storyline"]
    assert [note for note in drawn.wide_notes if note.startswith("December 2024 – February 2025, shaded,")]
    assert 'class="lanes__wide"' in drawn.wide


@pytest.mark.parametrize(("address", "month"), [("/", "Jan"), ("/fr/", "janv.")])
def test_months_are_written_as_each_language_writes_them(client: Client, address: str, month: str) -> None:
    assert f">{month}<" in client.get(address).context["storyline"].wide


@pytest.mark.parametrize("language", ["", "/fr"])
@pytest.mark.parametrize(("festival", "claim"), [("2024", "seed-sora-previous-new-year"), ("2025", "r1-release")])
def test_each_festival_stands_beside_what_coincided_with_it(
    client: Client, language: str, festival: str, claim: str
) -> None:
    """At most a tenth of the picture lies between the two."""
    wide = client.get(f"{language}/").context["storyline"].wide
    band = re.search(rf'events/spring-festival-{festival}/.*?<rect class="lanes__band" x="([\d.]+)%"', wide)
    mark = re.search(rf'<svg class="lanes__at [^"]*" x="([\d.]+)%" y="[\d.]+"><a href="[^"]*{claim}/"', wide)
    assert band
    assert mark
    assert abs(float(band[1]) - float(mark[1])) < 10


@pytest.mark.parametrize(
    "address", ["/", "/fr/", "/companies/deepseek/", "/timeline/?to=2024", "/fr/timeline/?to=2024"]
)
def test_every_mark_stands_in_a_list_on_the_same_page(client: Client, address: str) -> None:
    html = client.get(address).content.decode()
    drawings = "".join(re.findall("<figure.*?</figure>", html, re.DOTALL))
    marks = {link for link in named_links(drawings) if "/claims/" in link}
    assert len(marks) > 15
    assert marks - set(re.findall(r'href="([^"]+)"', html.replace(drawings, ""))) == set()


@pytest.mark.parametrize("address", ["/", "/fr/", "/timeline/", "/companies/deepseek/", "/fr/companies/deepseek/"])
def test_every_count_leads_to_at_least_as_many_moments(client: Client, address: str) -> None:
    for link, name in named_links(client.get(address).content.decode()).items():
        if "?" in link:
            assert len(client.get(link).context["page"].rows) >= int(name.split()[0])
