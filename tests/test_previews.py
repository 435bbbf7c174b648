"""What a shared link unfolds into: tags that other people's readers understand, and a card that is never stale."""

from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import extruct
import pytest
from django.core.cache import cache
from django.test import Client

from articles.models import Article
from entities import cards
from entities.models import KIND_PATHS, Claim, Entity
from entities.pictures import fonts
from tests import factories

pytestmark = pytest.mark.django_db
SITE = "http://testserver"
REQUIRED = {"title", "description", "type", "url", "site_name", "locale", "locale:alternate"}
REQUIRED |= {"image", "image:type", "image:width", "image:height", "image:alt"}
LISTS = [*(f"/{path}/" for path in KIND_PATHS.values()), "/", "/claims/", "/articles/", "/timeline/", "/compare/"]
LISTS += ["/relationships/", "/about/"]


def open_graph(html: str) -> dict[str, str]:
    """Read Open Graph back with extruct; each name must be there once."""
    read = extruct.extract(html, syntaxes=["opengraph"])["opengraph"]
    assert len(read) == 1
    pairs = [(name.removeprefix("og:"), words) for name, words in read[0]["properties"]]
    found = dict(pairs)
    assert len(found) == len(pairs)
    return found


def card_words(html: str) -> dict[str, str]:
    """Read what stands for Twitter Card in a page."""
    rest = html.split('<meta name="twitter:')[1:]
    return {each.partition('"')[0]: each.split('content="')[1].partition('"')[0] for each in rest}


@pytest.fixture
def r1_with_figures(r1: Entity, report: Article) -> Entity:
    size = factories.prop("size", "quantity", label="total parameters")
    released = factories.prop("released", "date")
    cost = factories.prop("cost", "quantity")
    factories.claim(r1, slug="released-on", property=released, date="2025-01-20", cites=[report])
    factories.claim(r1, slug="sized", property=size, amount=671_000_000_000, unit=size.unit, cites=[report])
    doubted = {"verdict": "disputed", "rationale": "Nobody has seen the books."}
    factories.claim(r1, slug="cost", property=cost, amount=6, unit=cost.unit, cites=[report], **doubted)
    Entity.objects.filter(pk=r1.pk).update(
        summary_en="The model of the [shock](claim:sized). And more.", summary_fr="Le modèle du choc."
    )
    r1.refresh_from_db()
    return r1


@pytest.mark.parametrize("prefix", ["", "/fr"])
def test_every_public_page_has_a_preview_with_absolute_addresses_of_its_own_language(
    client: Client, r1_with_figures: Entity, claim: Claim, report: Article, prefix: str
) -> None:
    records: list[Any] = [r1_with_figures, claim, report]
    for path in [*LISTS, *(record.get_absolute_url() for record in records), "/compare/size/"]:
        html = client.get(prefix + path).content.decode()
        found = open_graph(html)
        assert found.keys() == REQUIRED, path
        assert all(found.values()), path
        assert found["url"] == SITE + prefix + path
        assert found["image"].startswith(f"{SITE}{prefix}/")
        assert (found["image:width"], found["image:height"]) == ("1200", "630")
        assert (found["locale"], found["locale:alternate"]) == (("fr_FR", "en_US") if prefix else ("en_US", "fr_FR"))
        assert card_words(html)["card"] == "summary_large_image"
        picture = client.get(urlsplit(found["image"]).path)
        assert (picture.status_code, picture["Content-Type"]) == (200, "image/png"), path


def test_a_list_shares_its_own_title(client: Client) -> None:
    found = open_graph(client.get("/timeline/?utm_source=x").content.decode())
    assert (found["title"], found["url"]) == ("Timeline", f"{SITE}/timeline/")
    assert found["image"] == f"{SITE}/card.png"
    assert found["description"].startswith("What happened and when, each entry a claim with its sources.")


@pytest.mark.parametrize("path", [path for path in LISTS if path != "/"])
def test_a_list_says_what_is_in_it(client: Client, path: str) -> None:
    shared = [open_graph(client.get(page).content.decode())["description"] for page in ("/", path)]
    assert shared[0] != shared[1]


def test_words_with_signs_are_shared_as_they_are_read(client: Client, r1: Entity, report: Article) -> None:
    cost = factories.prop("cost", "quantity", label='cost of "R&D"', label_fr="coût d'<étude>")
    factories.claim(r1, property=cost, amount=6, unit=cost.unit, cites=[report])
    assert open_graph(client.get("/compare/cost/").content.decode())["title"] == 'Cost of "R&D"'
    found = open_graph(client.get("/fr/compare/cost/").content.decode())
    assert found["title"] == "Coût d'<étude>"
    assert found["description"].startswith("Coût d'<étude>\N{NO-BREAK SPACE}: ")


def test_the_sites_own_article_shares_its_title_in_each_language(client: Client) -> None:
    factories.article("told", title="The story", kind="narrative", translated_title_fr="L'histoire")
    assert open_graph(client.get("/articles/told/").content.decode())["title"] == "The story"
    found = open_graph(client.get("/fr/articles/told/").content.decode())
    assert found["title"] == "L'histoire"
    assert "L'histoire" in found["image:alt"]
    assert client.get("/fr/articles/told.md").content.decode().startswith("# L'histoire\n\n- ")


def test_an_entity_shares_kind_line_and_uncontested_figures(client: Client, r1_with_figures: Entity) -> None:
    html = client.get("/models/deepseek-r1/").content.decode()
    found = open_graph(html)
    assert found["title"] == "DeepSeek-R1"
    assert found["description"] == (
        "Model · The model of the shock · Total parameters: 671B parameters · Released: 20 January 2025"
    )
    assert found["image:alt"].startswith("Model · DeepSeek-R1 · Total parameters · 671B parameters · as of ")
    assert card_words(html)["label1"] == "Total parameters"
    assert card_words(html)["data1"] == "671B parameters"
    french = open_graph(client.get("/fr/models/deepseek-r1/").content.decode())
    assert french["description"].startswith("Modèle · Le modèle du choc · ")


def test_a_figure_that_holds_for_a_day_says_which(client: Client, r1_with_figures: Entity) -> None:
    Claim.objects.filter(slug="sized").update(when="2025-01")
    found = open_graph(client.get("/models/deepseek-r1/").content.decode())
    assert "671B parameters (Jan 2025)" in found["description"]
    assert "671B parameters (Jan 2025)" in found["image:alt"]


def test_a_claim_shares_its_verdict(client: Client, r1_with_figures: Entity) -> None:
    html = client.get("/claims/cost/").content.decode()
    found = open_graph(html)
    assert found["title"] == "DeepSeek-R1 cost 6 parameters"
    assert found["description"].startswith("Verdict: disputed · Claim about DeepSeek-R1 · Nobody has seen the books")
    assert "disputed" in found["image:alt"]
    assert card_words(html) | {"label1": "Verdict", "data1": "disputed"} == card_words(html)


def test_a_claim_that_nobody_judged_says_so(client: Client, claim: Claim) -> None:
    html = client.get(claim.get_absolute_url()).content.decode()
    assert open_graph(html)["description"].startswith("Verdict: not judged")


def test_an_article_shares_publisher_and_date(client: Client, report: Article) -> None:
    found = open_graph(client.get("/articles/v3-report/").content.decode())
    assert found["title"] == "DeepSeek-V3 Technical Report"
    assert found["description"] == "Article · Publisher: The Paper · Published: 26 December 2024"


@pytest.mark.parametrize("address", ["/models/nothing/", "/timeline/?x=1"])
def test_a_refusal_has_no_preview(client: Client, address: str) -> None:
    assert "og:" not in client.get(address).content.decode()


def test_an_editors_preview_of_a_draft_has_none(editor_client: Client, r1: Entity) -> None:
    assert "og:" not in editor_client.get("/admin/preview/entities/deepseek-r1/").content.decode()


def test_words_of_a_preview_are_escaped(client: Client, r1: Entity) -> None:
    Entity.objects.filter(pk=r1.pk).update(name_en=factories.HOSTILE)
    assert open_graph(client.get("/models/deepseek-r1/").content.decode())["title"] == factories.HOSTILE


# Cards


def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect the words of the drawings that are made from now on, each instead of a picture."""
    cache.clear()
    drawings: list[str] = []

    def as_png(drawing: str, pixels: int) -> bytes:
        drawings.append(" ".join(ElementTree.fromstring(drawing).itertext()))
        return b"png"

    monkeypatch.setattr(fonts, "as_png", as_png)
    return drawings


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/models/deepseek-r1.png", ["Model", "DeepSeek-R1", "Total parameters", "671B parameters", "as of "]),
        ("/fr/models/deepseek-r1.png", ["Modèle", "DeepSeek-R1", "état au ", "L'histoire de DeepSeek"]),
        ("/claims/cost.png", ["Claim about DeepSeek-R1", "DeepSeek-R1 cost 6 parameters", "disputed"]),
        ("/fr/claims/cost.png", ["Affirmation sur DeepSeek-R1", "contesté"]),
        ("/articles/v3-report.png", ["Article", "DeepSeek-V3 Technical Report", "The Paper · 26 December 2024"]),
        ("/card.png", ["The DeepSeek Story", "Know what happened"]),
    ],
)
def test_a_card_says_the_fact_and_its_standing(
    client: Client, monkeypatch: pytest.MonkeyPatch, r1_with_figures: Entity, address: str, words: list[str]
) -> None:
    drawings = drawn(monkeypatch)
    assert client.get(address).status_code == 200
    assert [word for word in words if word not in drawings[0]] == []


def test_a_card_is_drawn_once_and_anew_after_an_edit(
    client: Client, monkeypatch: pytest.MonkeyPatch, r1_with_figures: Entity
) -> None:
    drawings = drawn(monkeypatch)
    first, second = client.get("/models/deepseek-r1.png"), client.get("/models/deepseek-r1.png")
    assert (first["ETag"], len(drawings)) == (second["ETag"], 1)
    assert client.get("/models/deepseek-r1.png", headers={"If-None-Match": first["ETag"]}).status_code == 304
    Claim.objects.filter(slug="sized").update(amount=685_000_000_000)
    third = client.get("/models/deepseek-r1.png", headers={"If-None-Match": first["ETag"]})
    assert third.status_code == 200
    assert third["ETag"] != first["ETag"]
    assert "685B" in drawings[1]


def test_a_kept_copy_costs_no_drawing(client: Client, monkeypatch: pytest.MonkeyPatch, r1: Entity) -> None:
    etag = client.get("/models/deepseek-r1.png")["ETag"]
    drawings = drawn(monkeypatch)
    kept = client.get("/models/deepseek-r1.png", headers={"If-None-Match": etag})
    assert (kept.status_code, kept["ETag"], kept["Cache-Control"], drawings) == (304, etag, "public, no-cache", [])


def test_what_is_withdrawn_has_no_card_at_once(client: Client, claim: Claim, report: Article) -> None:
    records: list[Any] = [claim, report, claim.subject]
    paths = [cards.address(record.get_absolute_url()) for record in records]
    assert {client.get(path).status_code for path in paths} == {200}
    for record, path in zip(records, paths, strict=True):
        type(record)._default_manager.filter(pk=record.pk).update(status="retracted")
        response = client.get(path)
        assert (response.status_code, response.content) == (404, b"There is nothing at this address.\n")
        assert client.get(f"/fr{path}").status_code == 404


def test_a_draft_value_is_on_no_card(client: Client, monkeypatch: pytest.MonkeyPatch, r1_with_figures: Entity) -> None:
    Claim.objects.filter(slug="sized").update(status="draft")
    drawings = drawn(monkeypatch)
    client.get("/models/deepseek-r1.png")
    assert "671B" not in drawings[0]


@pytest.mark.parametrize(
    "changes",
    [
        {"verdict": "misleading"},
        {"rank": "deprecated"},
        {"alternative": "variant"},
        {"applies_to_en": "the final run"},
        {"alternative": "rival"},
    ],
)
def test_what_cannot_stand_alone_is_no_figure(r1_with_figures: Entity, changes: dict[str, str]) -> None:
    Claim.objects.filter(slug="sized").update(**changes)
    facts = Claim.objects.with_records().in_fact_order()
    assert [claim.slug for claim in cards.figures_of(facts)] == ["released-on"]


def test_a_figure_whose_rivals_may_be_beyond_the_cut_is_not_taken(r1: Entity, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "MOST_WEIGHED", 2)
    for slug in ("first", "second", "third"):
        prop = factories.prop(slug, "quantity")
        factories.claim(r1, property=prop, amount=1, unit=prop.unit)
    assert [str(claim.property) for claim in cards.figures_for(r1)] == ["first"]


def test_only_pictures_may_be_loaded_by_other_sites(client: Client, claim: Claim) -> None:
    policy = "Cross-Origin-Resource-Policy"
    assert client.get("/models/deepseek-r1.png")[policy] == client.get("/card.png")[policy] == "cross-origin"
    for path in ("/models/deepseek-r1/", "/models/deepseek-r1.json", "/models/nothing.png", "/embed/timeline/"):
        assert client.get(path)[policy] == "same-origin"


@pytest.mark.parametrize("width", ["0", "1201", "abc", "-1", "600.5"])
def test_a_card_comes_in_three_widths_and_no_other(client: Client, r1: Entity, width: str) -> None:
    response = client.get(f"/models/deepseek-r1.png?width={width}")
    assert (response.status_code, response["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert "width" in response.content.decode()
    small = client.get("/models/deepseek-r1.png?width=300").content
    assert int.from_bytes(small[16:20]) == 300


def test_a_title_that_no_font_has_is_left_to_its_translation(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "other_font", lambda: None)
    fonts.advance.cache_clear()
    factories.article("zh", title="梁文锋", translated_title="Liang Wenfeng", language="zh")
    drawings = drawn(monkeypatch)
    client.get("/articles/zh.png")
    fonts.advance.cache_clear()
    assert "Liang Wenfeng" in drawings[0]
