"""One question, every answer: the page of a property, its table, and the list of contested questions."""

import csv
import io
import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from articles.models import Article
from entities import views
from entities.models import Claim, Entity, Property
from tests import factories
from tests.factories import HOSTILE

pytestmark = pytest.mark.django_db


@pytest.fixture
def gpus(db: None) -> Property:
    return factories.prop("gpu-count", "quantity", label="GPUs held", unit=factories.unit("GPU"), note="All of them.")


@pytest.fixture
def fleet(r1: Entity, high_flyer: Entity, gpus: Property, report: Article) -> Claim:
    """A preferred count of GPUs with a rival and one that was set aside, and a lone count of another subject."""
    chosen = answer(
        r1, gpus, 2048, bound="at-least", rank="preferred", rank_reason="Its own figure.", verdict="supported",
        applies_to="H800", when="2024-12-26", cites=[report],
    )  # fmt: skip
    rival = answer(r1, gpus, 50_000, bound="about", alternative="rival", rank_reason="An estimate.", verdict="disputed")
    rival.citations.create(article=factories.article("echo", publisher_name="Echo"), stance="disputes", locator="§2")
    answer(r1, gpus, 648, bound="at-most", rank="deprecated", rank_reason="A misreading.")
    answer(high_flyer, gpus, 10_000)
    return chosen


def answer(subject: Entity, prop: Property, value: float | str, **fields: Any) -> Claim:
    column = {"quantity": "amount", "date": "date", "text": "text", "url": "url"}[prop.value_type]
    fields = {"unit": prop.unit, column: Decimal(str(value)) if column == "amount" else value} | fields
    return factories.claim(subject, property=prop, **fields)


def page(client: Client, address: str = "/compare/gpu-count/") -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def rows(client: Client, address: str = "/compare/gpu-count.csv") -> list[dict[str, str]]:
    text = client.get(address).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def words(html: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", html).split())


# The page


@pytest.mark.usefixtures("fleet")
def test_an_answer_has_value_scope_day_verdict_reason_and_sources(client: Client) -> None:
    html = page(client)
    chosen = html.split('<li class="answer')[1]
    assert "at least 2,048 GPUs" in words(chosen)
    for said in ("our choice", "supported", "H800", "26 Dec 2024", "Why we prefer it.", "Its own figure.", "The Paper"):
        assert said in words(chosen)
    assert "All of them." in words(html)
    assert "Against Echo , §2" in words(html)


@pytest.mark.usefixtures("fleet")
def test_contested_subjects_come_first_and_the_preferred_answer_first_of_all(client: Client) -> None:
    asked = client.get("/compare/gpu-count/").context["questions"]
    assert [(question.subject.slug, len(question.claims)) for question in asked] == [
        ("deepseek-r1", 3),
        ("high-flyer", 1),
    ]
    assert [claim.rank for claim in asked[0].claims] == ["preferred", "normal", "deprecated"]


@pytest.mark.usefixtures("fleet")
def test_each_answer_and_its_bar_lead_to_its_claim(client: Client, fleet: Claim) -> None:
    html = page(client)
    links = re.findall(r'<a class="answer__value" href="([^"]+)">.+?</a>', html, re.S)
    assert links[0] == fleet.get_absolute_url()
    assert len(links) == len(set(links)) == html.count('<svg class="gauge') == 4


@pytest.mark.usefixtures("fleet")
def test_one_subject_can_be_chosen(client: Client) -> None:
    assert 'href="?subject=deepseek-r1"' in page(client)
    chosen = page(client, "/compare/gpu-count/?subject=deepseek-r1")
    assert "50,000" in chosen
    assert "10,000" not in chosen
    assert "GPUs held · DeepSeek-R1" in chosen
    assert 'href="/compare/gpu-count.csv?subject=deepseek-r1"' in chosen


@pytest.mark.parametrize(
    ("values", "note"),
    [
        ([("2048", "exact"), ("50000", "about")], "The bars are to scale: the longest stands for 50,000 GPUs."),
        ([("5", "at-least"), ("9", "exact")], "An arrow means that it may be more."),
        ([("5", "at-most"), ("9", "exact")], "A hollow bar means that it may be less."),
        (
            [("30", "exact"), ("60000", "exact")],
            "The scale is logarithmic: the bars begin at 10 GPUs, each mark",
        ),
        ([("-5", "exact"), ("-9", "exact")], "All figures are negative; the bars show their size."),
        ([("-5", "exact"), ("9", "exact")], "The bars of negative figures lead to the left."),
    ],
)
def test_the_scale_is_told_in_words(
    client: Client, r1: Entity, gpus: Property, values: list[tuple[str, str]], note: str
) -> None:
    for amount, bound in values:
        answer(r1, gpus, amount, bound=bound)
    assert note in words(page(client))


@pytest.mark.parametrize("slugs", [("a", "b"), ("a", "a")])
def test_answers_in_different_units_have_no_bars(
    client: Client, r1: Entity, high_flyer: Entity, gpus: Property, slugs: tuple[str, str]
) -> None:
    for subject, code in zip((r1, high_flyer), slugs, strict=True):
        answer(subject, gpus, 5, unit=factories.unit(code))
    html = page(client)
    are_different = slugs[0] != slugs[1]
    assert ("counted in different units" in html) == are_different
    assert ('<svg class="gauge' in html) != are_different


@pytest.mark.parametrize(
    ("value_type", "values", "note", "gauges"),
    [
        ("text", ["MIT", "Apache"], "These answers are words, so there are no bars to compare.", 0),
        ("url", ["https://a.example/", "https://b.example/"], "These answers are addresses", 0),
        ("date", ["2015", "2016-02"], "The line covers 2015–2016; a longer band is a less exact date.", 2),
        ("date", ["2025-01-26", "2025-01-27"], "The line covers January 2025;", 2),
        ("date", ["2015/..", "../2016"], "The line covers 2015–2016;", 2),
        ("quantity", ["5"], "", 0),
        ("quantity", ["0", "0"], "", 0),
    ],
)
def test_a_property_without_numbers_says_so_and_lists_its_answers(
    client: Client, r1: Entity, value_type: str, values: list[str], note: str, gauges: int
) -> None:
    prop = factories.prop("question", value_type)
    for value in values:
        answer(r1, prop, value)
    html = page(client, "/compare/question/")
    assert note in words(html)
    assert html.count('<li class="answer') == len(values)
    assert html.count('<svg class="gauge') == gauges


def test_a_question_without_answers_says_so(client: Client, gpus: Property, r1: Entity) -> None:
    assert "No answer to this question is on file." in page(client)
    assert "No answer to this question is on file." in page(client, "/compare/gpu-count/?subject=deepseek-r1")


@pytest.mark.parametrize("status", ["draft", "in-review", "retracted"])
def test_what_is_not_published_is_no_answer(client: Client, r1: Entity, gpus: Property, status: str) -> None:
    answer(r1, gpus, 777, status=status)
    answer(factories.entity("model", status=status), gpus, 777)
    assert "777" not in page(client)
    assert rows(client) == []


@pytest.mark.usefixtures("fleet")
def test_too_many_answers_give_way_to_the_contested_ones(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MOST_ANSWERS", 3)
    html = page(client)
    assert "these are the contested ones" in html
    assert "50,000" in html
    assert "10,000" not in html
    assert 'name="subject"' in html
    assert "gpu-count.csv" not in html
    assert "10,000" in page(client, "/compare/gpu-count/?subject=high-flyer")


@pytest.mark.usefixtures("fleet")
@pytest.mark.parametrize(
    ("address", "status", "reason"),
    [
        ("/compare/nothing/", 404, ""),
        ("/compare/nothing.csv", 404, ""),
        ("/compare/develops.csv", 404, ""),
        ("/compare/gpu-count/?subject=nobody", 400, "nobody"),
        ("/compare/gpu-count/?unit=x", 400, "unit"),
        ("/compare/gpu-count.csv?subject=nobody", 400, "nobody"),
        ("/compare/?subject=deepseek-r1", 400, "subject"),
    ],
)
def test_a_wrong_address_is_answered_with_what_is_wrong(client: Client, address: str, status: int, reason: str) -> None:
    factories.prop("develops")
    response = client.get(address)
    assert response.status_code == status
    assert reason in response.content.decode()


def test_a_relation_is_found_among_the_relationships(client: Client) -> None:
    factories.prop("develops")
    response = client.get("/fr/compare/develops/")
    assert (response.status_code, response["Location"]) == (302, "/fr/relationships/?property=develops")


# The table


@pytest.mark.usefixtures("fleet")
def test_the_table_holds_the_same_answers(client: Client) -> None:
    first, *others = rows(client)
    assert first == {
        "slug": first["slug"],
        "subject": "deepseek-r1",
        "subject_name": "DeepSeek-R1",
        "subject_url": "http://testserver/models/deepseek-r1/",
        "property": "gpu-count",
        "value_text": "at least 2,048 GPUs",
        "amount": "2048",
        "unit": "GPU",
        "bound": "at-least",
        "date": "",
        "applies_to": "H800",
        "when": "2024-12-26",
        "rank": "preferred",
        "alternative": "",
        "rank_reason": "Its own figure.",
        "verdict": "supported",
        "rationale": "",
        "supports": "The Paper",
        "disputes": "",
        "context": "",
        "url": first["url"],
    }
    assert client.get(first["url"].removeprefix("http://testserver")).status_code == 200
    assert [(row["amount"], row["disputes"]) for row in others] == [("50000", "Echo"), ("10000", ""), ("648", "")]
    assert len(rows(client, "/compare/gpu-count.csv?subject=high-flyer")) == 1


def test_a_table_is_no_place_for_formulas(client: Client, r1: Entity, gpus: Property) -> None:
    answer(r1, gpus, "-5.25", applies_to="=1+1", rank="preferred", rank_reason=f"@{HOSTILE}")
    (row,) = rows(client)
    assert (row["amount"], row["applies_to"], row["rank_reason"]) == ("-5.25", "'=1+1", f"'@{HOSTILE}")


@pytest.mark.usefixtures("fleet")
def test_the_table_is_a_file_in_plain_csv(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    response = client.get("/compare/gpu-count.csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="gpu-count.csv"'
    assert response.content.count(b"\r\n") == 5
    monkeypatch.setattr(views, "MOST_ROWS", 3)
    response = client.get("/compare/gpu-count.csv")
    assert response.status_code == 400
    assert "choose an entity" in response.content.decode()


# Where it is linked from


@pytest.mark.usefixtures("fleet")
@pytest.mark.parametrize("address", ["/", "/compare/", "/models/deepseek-r1/"])
def test_a_disagreement_is_shown_with_bars_and_leads_to_all_answers(client: Client, address: str) -> None:
    html = page(client, address)
    assert 'href="/compare/gpu-count/#deepseek-r1"' in html
    assert html.count('<svg class="gauge') >= 2
    assert "css/pictures.css" in html
    assert 'id="deepseek-r1"' in page(client)


@pytest.mark.usefixtures("fleet")
def test_the_list_holds_what_is_contested_alone(client: Client) -> None:
    asked = client.get("/compare/").context["questions"]
    assert [(question.subject.slug, len(question.claims)) for question in asked] == [("deepseek-r1", 2)]


def test_without_a_contradiction_the_list_says_so(client: Client) -> None:
    assert "No two sources contradict each other here yet." in page(client, "/compare/")


def test_a_logarithmic_scale_is_told_wherever_its_bars_are(client: Client, r1: Entity, gpus: Property) -> None:
    answer(r1, gpus, 3, rank="preferred", rank_reason="Why.")
    answer(r1, gpus, 60_000, alternative="rival")
    for address in ("/", "/compare/", "/compare/gpu-count/", "/models/deepseek-r1/"):
        assert "The scale is logarithmic" in page(client, address)


def test_hostile_words_stay_words(client: Client, r1: Entity) -> None:
    prop = factories.prop("question", "text", label=HOSTILE[:100])
    answer(r1, prop, HOSTILE, rank="preferred", rank_reason=HOSTILE, applies_to=HOSTILE)
    answer(r1, prop, "other", alternative="rival", rank_reason=HOSTILE)
    for address in ("/compare/question/", "/compare/", "/models/deepseek-r1/"):
        assert "<script>alert" not in page(client, address)
