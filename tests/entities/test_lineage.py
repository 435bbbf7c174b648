"""The lineage of models: gathered from published relations, drawn and listed on the pages."""

import re
from typing import Any

import pytest
from django.test import Client

from entities import lineage
from entities.models import Claim, Entity, Property
from tests import factories
from tests.crawl import named_links

pytestmark = pytest.mark.django_db


@pytest.fixture
def manners(db: None) -> dict[str, Property]:
    made = {}
    for order, slug in enumerate(("successor-of", "derived-from", "distilled-from"), 1):
        made[slug] = factories.prop(slug, order=order, label=f"{slug} it")
    return made


@pytest.fixture
def released(db: None) -> Property:
    return factories.prop("released", "date")


@pytest.fixture
def chain(manners: dict[str, Property], released: Property) -> list[Entity]:
    """Six models, m0 to m5, each a successor to the one before, released a year apart from 2020 on."""
    models = [factories.entity("model", f"m{number}", name=f"M{number}") for number in range(6)]
    for number, model in enumerate(models):
        factories.claim(model, property=released, date=f"{2020 + number}-03-01")
        if number:
            factories.relation(model, manners["successor-of"], models[number - 1])
    return models


def page(client: Client, address: str = "/models/") -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def names(found: lineage.Lineage | None) -> list[str]:
    return [step.model.slug for step in found.steps] if found else []


def of_model(model: Entity) -> lineage.Lineage | None:
    return lineage.of_model(model, Claim.objects.published())


def of_models(*models: Entity) -> lineage.Lineage | None:
    return lineage.of_models(models, Claim.objects.published())


def test_a_page_shows_three_generations_back_and_ahead(chain: list[Entity]) -> None:
    assert names(of_model(chain[4])) == ["m1", "m2", "m3", "m4", "m5"]
    assert names(of_model(chain[0])) == ["m0", "m1", "m2", "m3"]


def test_brothers_are_neither_ancestors_nor_descendants(chain: list[Entity], manners: dict[str, Property]) -> None:
    brother = factories.entity("model", "brother")
    factories.relation(brother, manners["derived-from"], chain[0])
    assert "brother" not in names(of_model(chain[1]))
    assert "brother" in names(of_model(chain[0]))


def test_one_family_costs_one_query(chain: list[Entity], django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        of_model(chain[2])
    with django_assert_num_queries(1):
        of_models(*chain)


def test_the_relations_of_the_models_listed_are_drawn(chain: list[Entity]) -> None:
    assert names(of_models(chain[2])) == ["m1", "m2", "m3"]
    assert of_models(factories.entity("model")) is None


def test_other_relations_are_no_lineage(chain: list[Entity], r1: Entity) -> None:
    factories.relation(chain[0], factories.prop("competes-with"), r1)
    assert "deepseek-r1" not in names(of_models(*chain))


@pytest.mark.parametrize("hidden", [{"status": "draft"}, {"rank": "deprecated", "rank_reason": "Wrong."}])
def test_what_is_not_published_or_was_set_aside_is_not_drawn(
    chain: list[Entity], manners: dict[str, Property], r1: Entity, hidden: dict[str, str]
) -> None:
    factories.relation(r1, manners["derived-from"], chain[0], **hidden)
    assert "deepseek-r1" not in names(of_models(*chain))


def test_a_draft_is_absent_with_its_name_and_date(
    client: Client, chain: list[Entity], manners: dict[str, Property], released: Property
) -> None:
    draft = factories.entity("model", "secret", name="Secret", status="draft")
    factories.relation(draft, manners["successor-of"], chain[5])
    factories.claim(chain[5], property=released, date="1999-09-09", status="draft")
    for address in ("/models/", "/models/m5/"):
        html = page(client, address)
        assert "Secret" not in html
        assert "1999" not in html


def test_the_preferred_date_counts(chain: list[Entity], released: Property) -> None:
    factories.claim(chain[0], property=released, date="2024-01", rank="preferred", rank_reason="Better.")
    found = of_models(*chain[:2])
    assert found
    assert {step.model.slug: step.released for step in found.steps}["m0"] == "2024-01"
    assert "A hollow shape" in found.notes[0]


def test_a_circle_and_a_missing_date_do_not_break_a_page(
    client: Client, chain: list[Entity], manners: dict[str, Property], released: Property
) -> None:
    factories.relation(chain[0], manners["derived-from"], chain[5])
    nameless = factories.entity("model", "undated", name="Undated")
    factories.relation(nameless, manners["distilled-from"], chain[1])
    factories.claim(factories.entity("model", "lone"), property=released, date="../2010")
    html = page(client)
    assert "Undated, day of release not stated" in html
    assert set(names(of_model(chain[3]))) == {f"m{number}" for number in range(6)}
    assert page(client, "/models/undated/")


def test_two_claims_of_one_relation_are_one_line(chain: list[Entity], manners: dict[str, Property]) -> None:
    factories.relation(chain[1], manners["successor-of"], chain[0], applies_to="")
    found = of_models(*chain[:1])
    assert found
    assert found.wide.count('class="lineage__tie') == 1


def test_too_many_relations_are_cut_and_the_page_says_so(chain: list[Entity], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lineage, "MOST_TIES", 2)
    found = of_models(*chain)
    assert found
    assert len(found.steps) == 3
    assert "Only the first 2 relations" in found.notes[-1]


@pytest.mark.parametrize("address", ["/models/", "/models/m2/", "/fr/models/", "/fr/models/m2/"])
@pytest.mark.usefixtures("chain")
def test_each_mark_is_in_the_list_of_the_page(client: Client, address: str) -> None:
    html = page(client, address)
    drawn = set(named_links(html.split('class="picture lineage')[1].split("</svg>")[0]))
    prefix = "/fr" if address.startswith("/fr/") else ""
    assert {f"{prefix}/models/m{number}/" for number in range(1, 6)} <= drawn
    listed = re.findall(r'<li class="index__item">.*?<a href="([^"]+)"', html.split('id="lineage"')[1], re.S)
    assert drawn == set(listed)
    assert all(client.get(link).status_code == 200 for link in drawn)


def test_the_list_leads_to_the_claims_and_says_what_is_disputed(
    client: Client, chain: list[Entity], manners: dict[str, Property], r1: Entity
) -> None:
    claim = factories.relation(r1, manners["distilled-from"], chain[5], verdict="disputed", rationale="Why.")
    item = (
        page(client).split('id="lineage"')[1].split('href="/models/deepseek-r1/">DeepSeek-R1</a>')[1].split("</li>")[0]
    )
    assert f'<a href="{claim.get_absolute_url()}">distilled-from it</a> M5' in item
    assert "disputed" in item


def test_a_model_without_relatives_has_no_lineage(client: Client, r1: Entity, high_flyer: Entity) -> None:
    assert 'id="lineage"' not in page(client, "/models/deepseek-r1/")
    assert 'id="lineage"' not in page(client, "/companies/high-flyer/")
    assert 'id="lineage"' not in page(client)
