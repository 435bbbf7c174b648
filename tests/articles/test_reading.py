"""What readers see of a text: its passages marked, each led to its claim and back, as far as rights allow."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from articles import reading
from articles.models import Article, Citation, Revision
from articles.text import paragraphs
from entities.models import Claim, Entity
from tests import factories
from tests.factories import HOSTILE

WORDS = "## Cost\nDeepSeek put the cost at $5.576M, it says.\nR1 is open."


@pytest.fixture
def narrative(db: None) -> Article:
    return factories.article("narrative", rights="whole")


@pytest.fixture
def text(narrative: Article) -> Revision:
    return factories.text(narrative, WORDS)


@pytest.fixture
def cost(r1: Entity) -> Claim:
    return factories.claim(r1, slug="cost", statement="It cost 5.576 million.", verdict="supported")


@pytest.fixture
def passage(cost: Claim, text: Revision) -> Citation:
    return factories.passage(cost, text, "cost at $5.576M")


def html(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def test_a_mark_leads_to_its_claim_and_back(client: Client, passage: Citation) -> None:
    article = html(client, "/articles/narrative/")
    pk = passage.pk
    assert f'<span id="mark-{pk}"></span><mark class="cited cited--supported">cost at $5.576M</mark>' in article
    assert f'href="#note-{pk}"' in article
    assert f'id="note-{pk}"' in article
    assert f'href="#mark-{pk}"' in article
    assert f'href="/claims/cost/#passage-{pk}"' in article
    claim = html(client, "/claims/cost/")
    assert f'id="passage-{pk}"' in claim
    assert f'href="/articles/narrative/#mark-{pk}"' in claim
    assert '<p>DeepSeek put the <mark class="cited cited--supported">cost at $5.576M</mark>, it says.</p>' in claim


def test_overlapping_passages_are_both_marked(client: Client, passage: Citation, r1: Entity) -> None:
    other = factories.passage(factories.claim(r1), passage.revision, "$5.576M, it says.\nR1")  # type: ignore[arg-type]
    page = html(client, "/articles/narrative/")
    assert '<mark class="cited cited--none cited--deep">$5.576M</mark>' not in page
    assert page.count(f'id="mark-{other.pk}"') == page.count(f'id="mark-{passage.pk}"') == 1
    assert re.sub("<[^>]*>|\\[\\d\\]", "", page.partition('class="text"')[2]).split("Parts")[0].count("$5.576M") == 1
    assert '<mark class="cited cited--none">R1</mark>' in page


def test_readers_see_the_passages_alone_where_rights_allow_no_more(
    client: Client, passage: Citation, narrative: Article
) -> None:
    Article.objects.update(rights="passages")
    page = html(client, "/articles/narrative/")
    assert "cost at $5.576M" in page
    assert "DeepSeek put" not in page
    claim = html(client, "/claims/cost/")
    assert "cost at $5.576M" in claim
    assert "DeepSeek put" not in claim
    assert client.get("/articles/narrative/texts/en/1/").status_code == 404
    assert "DeepSeek put" not in html(client, "/articles/narrative/annotations.jsonld")


def test_drafts_are_nowhere(client: Client, passage: Citation, text: Revision, r1: Entity) -> None:
    draft = factories.claim(r1, statement="A secret draft.", status="draft")
    hidden = factories.passage(draft, text, "R1 is open")
    for address in (
        "/articles/narrative/",
        "/articles/narrative/annotations.jsonld",
        "/articles/narrative/texts/en/1/",
    ):
        page = html(client, address)
        assert "secret" not in page
        assert f"mark-{hidden.pk}" not in page
        assert f"passage-{hidden.pk}" not in page.replace(f"passage-{passage.pk}", "")
    Article.objects.update(status="draft")
    for path in ("", "annotations.jsonld", "texts/en/1/"):
        assert client.get(f"/articles/narrative/{path}").status_code == 404


def test_a_changed_passage_suspends_the_verdict_and_keeps_the_old_words(
    client: Client, passage: Citation, narrative: Article
) -> None:
    passage.anchor = "changed"
    passage.save()
    factories.text(narrative, WORDS.replace("5.576", "6.576"))
    claim = unescape(html(client, "/claims/cost/"))
    assert "The article changed after this review." in claim
    assert "verdict suspended" in claim
    assert "cost at $5.576M</mark>" in claim
    old = f"/articles/narrative/texts/en/1/#mark-{passage.pk}"
    assert f'href="{old}"' in claim
    assert f'id="mark-{passage.pk}"' in html(client, old)
    page = html(client, "/articles/narrative/")
    assert "$6.576M" in page
    assert "verdict--supported" not in page
    for address in ("/claims/?show=all", "/models/deepseek-r1/"):
        assert "verdict--supported" not in html(client, address)
    for address in ("/claims/cost.json", "/claims/cost.md", "/articles/narrative.json", "/articles/narrative.md"):
        shown = html(client, address)
        assert "verdict suspended" in shown, address
    assert "verdict suspended" in html(client, "/embed/claims/cost/")
    found = html(client, "/search/?q=5.576")
    assert "/claims/cost/" in found
    assert "verdict--supported" not in found
    assert "It cost 5.576" not in html(client, "/claims/?verdict=supported&show=all")
    assert "It cost 5.576" in html(client, "/claims/?show=all")


def test_each_language_shows_its_own_text(client: Client, passage: Citation, narrative: Article, cost: Claim) -> None:
    french = factories.text(narrative, "DeepSeek chiffre le coût à 5,576 M$.", "fr")
    beside = factories.passage(cost, french, "le coût à 5,576 M$")
    assert "chiffre" not in html(client, "/articles/narrative/")
    page = html(client, "/fr/articles/narrative/")
    assert '<div class="text" lang="fr">' in page
    assert f'id="mark-{beside.pk}"' in page
    assert "DeepSeek put" not in page
    for address, shown in (("/claims/cost/", passage), ("/fr/claims/cost/", beside)):
        claim = html(client, address)
        assert f"/articles/narrative/#mark-{shown.pk}" in claim
        assert claim.count('class="evidence__item"') == 1


def test_a_text_in_a_language_of_no_page_has_its_own_address(client: Client, narrative: Article, cost: Claim) -> None:
    chinese = factories.text(narrative, "训练成本为557.6万美元。", "zh")
    passage = factories.passage(cost, chinese, "557.6万美元")
    assert f'href="/articles/narrative/texts/zh/1/#mark-{passage.pk}"' in html(client, "/claims/cost/")
    assert "557.6万美元</mark>" in html(client, "/articles/narrative/texts/zh/1/")


@pytest.fixture
def long_text(narrative: Article) -> Revision:
    return factories.text(narrative, "\n".join(f"Paragraph {n} {'words ' * 60}é." for n in range(300)))


def test_a_long_text_comes_in_light_parts(client: Client, long_text: Revision, cost: Claim) -> None:
    passage = factories.passage(cost, long_text, "Paragraph 250")
    first = html(client, "/articles/narrative/")
    assert "Part 1 of 5" in first
    assert "Paragraph 250" not in first
    assert f"note-{passage.pk}" not in first
    (address,) = re.findall(rf'href="(/articles/narrative/\?at=\d+)#mark-{passage.pk}"', html(client, "/claims/cost/"))
    assert f'id="mark-{passage.pk}"' in html(client, address)
    compressed = client.get(address, headers={"accept-encoding": "gzip"})
    assert len(compressed.content) < 20_000
    assert "Part 5 of 5" in html(client, "/articles/narrative/?at=999999")


def test_the_parts_of_a_text_are_all_of_it(long_text: Revision) -> None:
    whole = long_text.text
    part = reading.part(whole)
    found = list(part.paragraphs)
    while part.next is not None:
        part = reading.part(whole, part.next)
        found += part.paragraphs
    assert found == paragraphs(whole)
    for start in (0, 1, 7_000, 60_000, len(whole)):
        part = reading.part(whole, start)
        assert part.start <= start <= part.end + 1


@pytest.mark.parametrize("at", ["-1", "x", "1.5", "99999999", ""])
def test_a_place_is_a_number(client: Client, long_text: Revision, at: str) -> None:
    assert client.get(f"/articles/narrative/?at={at}").status_code == (200 if at == "" else 400)


@pytest.mark.parametrize("path", ["texts/en/2/", "texts/fr/1/", "texts/en/0/", "texts/en/99999999999999999999/"])
def test_a_text_that_is_not_there_is_not_found(client: Client, text: Revision, path: str) -> None:
    assert client.get(f"/articles/narrative/{path}").status_code == 404


def test_the_passages_are_web_annotations(client: Client, passage: Citation, cost: Claim) -> None:
    response = client.get("/articles/narrative/annotations.jsonld")
    assert response["Content-Type"] == 'application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"'
    data: dict[str, Any] = response.json()
    assert (data["@context"], data["type"], data["total"]) == (
        "http://www.w3.org/ns/anno.jsonld",
        "AnnotationCollection",
        1,
    )
    (annotation,) = data["first"]["items"]
    assert annotation["id"] == f"http://testserver/articles/narrative/annotations.jsonld#passage-{passage.pk}"
    assert (annotation["type"], annotation["motivation"]) == ("Annotation", "assessing")
    assert annotation["target"] == {
        "source": "http://testserver/articles/narrative/",
        "language": "en",
        "selector": [
            {
                "type": "TextQuoteSelector",
                "exact": "cost at $5.576M",
                "prefix": passage.prefix,
                "suffix": passage.suffix,
            },
            {"type": "TextPositionSelector", "start": passage.start, "end": passage.end},
        ],
    }
    assert [(body["purpose"], body.get("value", body.get("source"))) for body in annotation["body"]] == [
        ("linking", "http://testserver/claims/cost/"),
        ("describing", "It cost 5.576 million."),
        ("classifying", "supports"),
        ("assessing", "supported"),
    ]
    page = html(client, "/articles/narrative/")
    assert 'type="application/ld+json"' in page
    assert page.count('href="/articles/narrative/annotations.jsonld"') == 2


def test_a_page_without_passages_links_to_no_annotations(client: Client, text: Revision) -> None:
    assert "jsonld" not in html(client, "/articles/narrative/")


def test_no_text_brings_markup_into_a_page(client: Client, narrative: Article, r1: Entity) -> None:
    hostile = factories.text(narrative, HOSTILE)
    factories.passage(factories.claim(r1, slug="hostile", statement=HOSTILE), hostile, "C > D")
    for address in ("/articles/narrative/", "/claims/hostile/", "/articles/narrative/texts/en/1/"):
        assert "<script>alert" not in html(client, address)


def test_an_editor_previews_the_marks_of_drafts(
    editor_client: Client, narrative: Article, text: Revision, r1: Entity
) -> None:
    Article.objects.update(status="draft")
    passage = factories.passage(factories.claim(r1, status="draft"), text, "R1 is open")
    assert f'id="mark-{passage.pk}"' in html(editor_client, "/admin/preview/articles/narrative/")
