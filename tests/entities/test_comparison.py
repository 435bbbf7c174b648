"""The comparison of models: columns and order by address, every value with its claim, the same as a file."""

import csv
import io
import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from entities import views
from entities.models import Claim, Entity, Property
from tests import factories
from tests.factories import HOSTILE

pytestmark = pytest.mark.django_db
VALUES = {"quantity": "amount", "date": "date", "text": "text", "url": "url"}


def value(subject: Entity, prop: Property, given: Any, **fields: Any) -> Claim:
    column = VALUES[prop.value_type]
    given = Decimal(given) if column == "amount" else given
    return factories.claim(subject, property=prop, **{"unit": prop.unit, column: given} | fields)


@pytest.fixture
def size(db: None) -> Property:
    return factories.prop("parameters-total", "quantity", label="total parameters", order=2)


@pytest.fixture
def released(db: None) -> Property:
    return factories.prop("released", "date", order=1)


@pytest.fixture
def licence(db: None) -> Property:
    return factories.prop("licence", "text", order=3)


@pytest.fixture
def family(r1: Entity, size: Property, released: Property, licence: Property) -> dict[str, Claim]:
    """Three models: one with all values, one with one, one with none; and a company, which is no model."""
    v2 = factories.entity("model", "v2", name="V2")
    factories.entity("model", "a-gap", name="A gap")
    factories.entity("company", "not-a-model")
    return {
        "size": value(r1, size, 671_000_000_000, bound="about", verdict="disputed", rationale="Why."),
        "released": value(r1, released, "2025-01-20"),
        "licence": value(r1, licence, "MIT"),
        "v2": value(v2, size, 236_000_000_000),
    }


def page(client: Client, query: str = "", prefix: str = "") -> str:
    response = client.get(f"{prefix}/models/{query}")
    assert response.status_code == 200
    return response.content.decode()


def row(html: str, slug: str) -> str:
    return next(each for each in re.findall(r"<tr>.*?</tr>", html, re.S) if f'id="{slug}"' in each)


def order(client: Client, query: str = "") -> list[str]:
    return re.findall(r'scope="row" id="([^"]+)"', page(client, query))


def headings(client: Client, query: str = "") -> list[str]:
    head = page(client, query).split("<thead>")[1].split("</thead>")[0]
    return [words(each) for each in re.findall(r"<th[ >].*?</th>", head, re.S)]


def words(html: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", html).split()).removeprefix("> ")


def rows(client: Client, query: str = "") -> list[dict[str, str]]:
    response = client.get(f"/models.csv{query}")
    assert response.status_code == 200
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


# The table


def test_each_value_leads_to_its_claim(client: Client, family: dict[str, Claim]) -> None:
    shown = row(page(client), "deepseek-r1")
    for name, text in (("size", "about 671B"), ("released", "20 January 2025"), ("licence", "MIT")):
        link = re.search(rf'<a class="compared__value" href="{family[name].get_absolute_url()}">(.+?)</a>', shown)
        assert link
        assert text in words(link[1])
    assert "disputed" in words(shown)


@pytest.mark.usefixtures("family")
def test_a_gap_says_that_nothing_is_stated(client: Client) -> None:
    html = page(client)
    assert words(row(html, "a-gap")).count("not stated") == 3
    assert words(row(html, "v2")).count("not stated") == 2
    assert "not-a-model" not in html


@pytest.mark.usefixtures("family")
def test_the_unit_stands_in_the_heading(client: Client) -> None:
    assert headings(client) == ["Model ↑", "Released", "Total parameters parameters", "Licence"]
    assert ">236B</data>" in row(page(client), "v2")


def test_a_value_in_another_unit_says_so_and_has_no_bar(client: Client, r1: Entity) -> None:
    price = factories.prop("price", "quantity", unit=factories.unit("USD", currency="USD"))
    yuan = factories.unit("jiao", singular="jiao", plural="jiao")
    value(r1, price, 5)
    value(factories.entity("model", "v2"), price, 7, unit=yuan)
    html = page(client, "?column=price")
    assert "7 jiao" in words(row(html, "v2"))
    assert '<svg class="gauge' not in html
    assert "counted in different units" in html


@pytest.mark.usefixtures("family")
def test_numbers_and_dates_have_bars_on_a_scale_that_is_told(client: Client) -> None:
    html = page(client)
    assert html.count('<svg class="gauge') == 2
    assert "The bars are to scale: the longest stands for 671B parameters." in html


@pytest.mark.parametrize(("alternative", "text"), [("rival", "+2 rivals"), ("variant", "+2 more"), ("", "+2 more")])
def test_the_preferred_value_is_shown_and_the_others_counted(
    client: Client, r1: Entity, size: Property, alternative: str, text: str
) -> None:
    value(r1, size, 5, alternative=alternative)
    value(r1, size, 7, rank="preferred", rank_reason="Best.")
    value(r1, size, 9, alternative=alternative)
    shown = row(page(client), "deepseek-r1")
    assert 'href="/compare/parameters-total/?subject=deepseek-r1" title="total parameters of DeepSeek-R1' in shown
    assert words(shown).endswith(f"7 {text}")


def test_a_value_said_twice_is_no_other_value(client: Client, r1: Entity, size: Property) -> None:
    value(r1, size, 5)
    value(r1, size, 5)
    assert "+1" not in page(client)


def test_what_a_value_covers_and_that_it_was_set_aside_is_said(client: Client, r1: Entity, size: Property) -> None:
    value(r1, size, 5, applies_to="V3 base", rank="deprecated", rank_reason="A slip.")
    assert words(row(page(client), "deepseek-r1")).endswith("5 V3 base set aside")


@pytest.mark.parametrize("status", ["draft", "in-review", "retracted"])
def test_what_is_not_published_is_absent(client: Client, r1: Entity, size: Property, status: str) -> None:
    value(r1, size, 777, status=status)
    factories.entity("model", "hidden-model", status=status)
    for text in (page(client), client.get("/models.csv").content.decode()):
        assert "777" not in text
        assert "hidden-model" not in text


def test_hostile_words_are_escaped_and_are_no_formula(client: Client, r1: Entity, licence: Property) -> None:
    value(r1, licence, HOSTILE)
    factories.entity("model", "formula", name="=1+1")
    assert "<script>alert" not in page(client)
    assert [each["name"] for each in rows(client)] == ["'=1+1", "DeepSeek-R1"]


# What the reader chooses


@pytest.mark.usefixtures("family")
def test_columns_are_chosen_in_the_address(client: Client) -> None:
    assert headings(client, "?column=licence&column=released&column=licence") == ["Model ↑", "Licence", "Released"]
    html = page(client, "?column=licence")
    assert 'value="licence" checked' in html
    assert 'value="released" checked' not in html


@pytest.mark.usefixtures("family")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["a-gap", "deepseek-r1", "v2"]),
        ("?sort=name", ["a-gap", "deepseek-r1", "v2"]),
        ("?sort=-name", ["v2", "deepseek-r1", "a-gap"]),
        ("?sort=parameters-total", ["v2", "deepseek-r1", "a-gap"]),
        ("?sort=-parameters-total", ["deepseek-r1", "v2", "a-gap"]),
        ("?sort=-released", ["deepseek-r1", "a-gap", "v2"]),
    ],
)
def test_the_order_is_chosen_in_the_address_and_gaps_come_last(client: Client, query: str, expected: list[str]) -> None:
    assert order(client, query) == expected


def test_dates_of_every_form_are_in_the_order_of_their_beginning(client: Client, released: Property) -> None:
    dates = ["../2010", "2023", "2023-11~", "[2024,2025]", "2024-02-06", "2024-03/2024-05", "202X"]
    for number, date in enumerate(dates):
        value(factories.entity("model", f"m{number}"), released, date)
    assert order(client, "?sort=released") == [f"m{number}" for number in range(len(dates))]


def test_the_order_follows_the_value_that_is_shown(client: Client, r1: Entity, size: Property) -> None:
    value(r1, size, 900, alternative="rival")
    value(r1, size, 5, rank="preferred", rank_reason="Best.")
    value(factories.entity("model", "v2"), size, 50)
    assert order(client, "?sort=-parameters-total") == ["v2", "deepseek-r1"]


@pytest.mark.usefixtures("family")
def test_a_heading_leads_to_its_order_and_back_and_keeps_the_columns(client: Client) -> None:
    html = page(client, "?column=parameters-total&column=licence")
    assert 'href="?column=parameters-total&amp;column=licence&amp;sort=-parameters-total"' in html
    turned = page(client, "?column=parameters-total&sort=-parameters-total")
    assert 'href="?column=parameters-total&amp;sort=parameters-total"' in turned
    assert 'aria-sort="descending"' in turned


@pytest.mark.usefixtures("family")
def test_models_are_chosen_by_tag_developer_and_year(client: Client, r1: Entity, high_flyer: Entity) -> None:
    r1.tags.add(factories.tag())
    factories.relation(high_flyer, factories.prop(), r1)
    for query in ("?tag=open-weights", "?developer=high-flyer", "?year=2025"):
        assert order(client, query) == ["deepseek-r1"]
    assert order(client, "?tag=open-weights&developer=high-flyer&year=2025&sort=-released") == ["deepseek-r1"]
    assert "Nothing here passes these filters." in page(client, "?year=1999")


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("?column=moon", "“column”: there is no column “moon”"),
        ("?column=released&column=develops", "there is no column “develops”"),
        ("?sort=moon", "“sort”: there is no column “moon”"),
        ("?sort=--released", "there is no column “-released”"),
        ("?sort=licence", "“licence” has neither numbers nor dates to sort by"),
        ("?sort=%00", "sort"),
        ("?year=never", "year"),
        ("?year=0", "year"),
        ("?developer=nobody", "nobody"),
        ("?tag=nothing", "nothing"),
        ("?page=2", "page"),
    ],
)
@pytest.mark.usefixtures("family")
def test_a_wrong_choice_is_answered_with_what_is_wrong(client: Client, query: str, reason: str) -> None:
    factories.prop("develops")
    for address in ("/models/", "/models.csv"):
        response = client.get(address + query)
        assert response.status_code == 400
        assert reason in response.content.decode()


def test_too_many_models_are_cut_and_the_page_says_so(
    client: Client, family: dict[str, Claim], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MOST_MODELS", 2)
    html = page(client, "?sort=-parameters-total")
    assert "these are the first 2" in html
    assert order(client, "?sort=-parameters-total") == ["deepseek-r1", "v2"]
    monkeypatch.setattr(views, "MOST_ROWS", 2)
    response = client.get("/models.csv")
    assert response.status_code == 400
    assert "choose a tag, a developer or a year" in response.content.decode()


@pytest.mark.usefixtures("family")
def test_the_page_is_in_french_too(client: Client) -> None:
    html = page(client, "?sort=-parameters-total", prefix="/fr")
    assert "non précisé" in words(row(html, "a-gap"))
    assert "environ 671 Md" in words(row(html, "deepseek-r1")).replace("\u202f", " ").replace("\xa0", " ")
    assert 'href="/fr/models.csv?sort=-parameters-total"' in html


# The file


def test_the_file_has_the_same_rows_columns_and_order(client: Client, family: dict[str, Claim]) -> None:
    query = "?column=parameters-total&column=released&sort=-parameters-total"
    assert f'href="/models.csv{query.replace("&", "&amp;")}"' in page(client, query)
    found = rows(client, query)
    assert [each["name"] for each in found] == ["DeepSeek-R1", "V2", "A gap"]
    first = found[0]
    assert list(first)[:10] == [
        "slug",
        "name",
        "url",
        "parameters-total",
        "parameters-total_unit",
        "parameters-total_bound",
        "parameters-total_applies_to",
        "parameters-total_verdict",
        "parameters-total_others",
        "parameters-total_claim_url",
    ]
    assert first["parameters-total"] == "671000000000"
    assert first["parameters-total_bound"] == "about"
    assert first["parameters-total_claim_url"] == f"http://testserver{family['size'].get_absolute_url()}"
    assert first["released"] == "2025-01-20"
    assert set(list(found[2].values())[3:]) == {""}
