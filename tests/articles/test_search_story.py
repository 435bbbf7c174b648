"""Search over the shipped story: the record that must come first, however it is spelt; the same on both databases."""

import json

import pytest
from django.test import Client

from articles import search
from articles.models import SearchDocument
from tests.articles.test_search import addresses

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("story")]

# What must come first on /search/ in English; the order of all hits is the same on both databases.
FIRST = {
    # Names, in three scripts and two languages
    "DeepSeek": "/companies/deepseek/",
    "deepseek": "/companies/deepseek/",
    "DEEPSEEK": "/companies/deepseek/",
    "Deep Seek": "/companies/deepseek/",
    "deep-seek": "/companies/deepseek/",
    "深度求索": "/companies/deepseek/",
    "求索": "/companies/deepseek/",
    "杭州": "/claims/deepseek-based-in-hangzhou/",
    "幻方": "/companies/high-flyer/",
    "High-Flyer": "/companies/high-flyer/",
    "highflyer": "/companies/high-flyer/",
    "high flyer": "/companies/high-flyer/",
    "梁文锋": "/people/liang-wenfeng/",
    "文锋": "/people/liang-wenfeng/",
    "梁": "/people/liang-wenfeng/",
    "Liang Wenfeng": "/people/liang-wenfeng/",
    "Wenfeng Liang": "/people/liang-wenfeng/",
    "wenfeng": "/people/liang-wenfeng/",
    "罗福莉": "/people/luo-fuli/",
    "阿里巴巴": "/companies/alibaba/",
    "浙江大学": "/companies/zhejiang-university/",
    "2025年春节": "/events/spring-festival-2025/",
    "Fête du Printemps 2025": "/events/spring-festival-2025/",
    "fete du printemps 2025": "/events/spring-festival-2025/",
    "Yann LeCun": "/people/yann-lecun/",
    # Aliases
    "Huanfang": "/companies/high-flyer/",
    "AWS": "/companies/aws/",
    "Amazon": "/companies/aws/",
    "GRPO": "/ideas/grpo/",
    "MLA": "/ideas/multi-head-latent-attention/",
    "MoE": "/ideas/mixture-of-experts/",
    "CAISI": "/companies/nist-caisi/",
    "BlnBDI": "/companies/berlin-dpa/",
    "暗涌": "/companies/waves-36kr/",
    "test-time compute": "/ideas/chain-of-thought/",
    # A part of the name
    "R1": "/models/deepseek-r1/",
    "V3": "/models/deepseek-v3/",
    "o1": "/models/openai-o1/",
    "V3.1": "/models/deepseek-v3-1/",
    "R1-Zero": "/models/deepseek-r1-zero/",
    "R1 Zero": "/models/deepseek-r1-zero/",
    "deepseekr1": "/models/deepseek-r1/",
    "GPT4o": "/models/gpt-4o/",
    "qwen": "/models/qwen2-5/",
    "llama": "/models/llama-3-1-405b/",
    "Karpathy": "/people/andrej-karpathy/",
    "chain of thought": "/ideas/chain-of-thought/",
    "mixture of experts": "/ideas/mixture-of-experts/",
    "mélange d'experts": "/ideas/mixture-of-experts/",
    "mélange d’experts": "/ideas/mixture-of-experts/",
    "melange d'experts": "/ideas/mixture-of-experts/",
    "mélanges d’experts": "/ideas/mixture-of-experts/",
    "mixture of expert": "/ideas/mixture-of-experts/",
    "chaîne de pensée": "/ideas/chain-of-thought/",
    "chaine de pensee": "/ideas/chain-of-thought/",
    "paradoxe de Jévons": "/ideas/jevons-paradox/",
    "Jevons’ paradox": "/ideas/jevons-paradox/",
    "l'attention parcimonieuse": "/ideas/sparse-attention/",
    "l’attention parcimonieuse": "/ideas/sparse-attention/",
    # Plural and singular
    "open weight": "/ideas/open-weights/",
    "poids ouvert": "/ideas/open-weights/",
    "reasoning model": "/ideas/chain-of-thought/",
    "export control": "/ideas/us-chip-export-controls/",
    "rule-based reward": "/ideas/verifiable-rewards/",
    "contrôle à l'exportation": "/ideas/us-chip-export-controls/",
    # Half a word
    "wenf": "/people/liang-wenfeng/",
    "nvid": "/companies/nvidia/",
    "liang wen": "/people/liang-wenfeng/",
    "hugg": "/companies/hugging-face/",
    # Titles that say more than the name
    "DeepSeekMath": "/models/deepseek-math/",
    "DeepSeekMoE": "/ideas/mixture-of-experts/",
    "spring festival": "/events/spring-festival-2025/",
    # The spelling of the other shore
    "MIT license": "/claims/deepseek-v4--licence/",
    # Figures, as printed
    "14.8 trillion": "/claims/v3-training-tokens/",
    "14,8 billions": "/claims/v3-training-tokens/",
    "5.576": "/claims/v3-cost-5-576m/",
    "5,576": "/claims/v3-cost-5-576m/",
    "5 576": "/claims/v3-cost-5-576m/",
    "557.6万": "/claims/v3-cost-5-576m/",
    "$5.576M": "/claims/v3-cost-5-576m/",
    "5.576 million": "/claims/v3-cost-5-576m/",
    # Typing errors
    "depseek": "/companies/deepseek/",
    "depsek": "/companies/deepseek/",
    "deepseak": "/companies/deepseek/",
    "Lian Wenfeng": "/people/liang-wenfeng/",
    "Liang Wenfang": "/people/liang-wenfeng/",
    "Hihg-Flyer": "/companies/high-flyer/",
    "Nvidea": "/companies/nvidia/",
    "Huawai": "/companies/huawei/",
    "Karpaty": "/people/andrej-karpathy/",
    "mixtur of exprts": "/ideas/mixture-of-experts/",
    "梁文峰": "/people/liang-wenfeng/",
    "hugingface": "/companies/hugging-face/",
    "hugingfase": "/companies/hugging-face/",
    "samaltmann": "/people/sam-altman/",
}
# Questions whose answer is in a text.
FOUND = {
    "who founded DeepSeek": "/claims/deepseek-founding-date/",
    "hedge funds": "/claims/high-flyer--organisation-type/",
    "671B": "/claims/deepseek-r1--parameters-total/",
    "5 576 000": "/claims/v3-cost-5-576m/",
    "6710亿": "/claims/deepseek-r1--parameters-total/",
    "2501.12948": "/articles/paper-deepseek-r1/",
    "294K": "/articles/hyperai-r1-nature/",
    "H800s": "/claims/h800-export-ban/",
    "how much did R1 cost": "/claims/seed-fraction-of-training-costs/",
}


@pytest.mark.parametrize(("text", "address"), FIRST.items())
def test_the_right_record_comes_first(text: str, address: str) -> None:
    assert addresses(text)[:1] == [address]
    assert addresses(text, "fr")[:1] == [f"/fr{address}"]


@pytest.mark.parametrize(("text", "address"), FOUND.items())
def test_a_text_is_found(text: str, address: str) -> None:
    assert address in addresses(text)


def test_a_facet_narrows_every_hit() -> None:
    assert {address.split("/")[1] for address in addresses("deepseek", "en", "kind:person")} == {"people"}
    found = search.find("deepseek", "en", ["verdict:disputed"])
    assert found.count("kind") == {"claim": len(found.ranked)}
    assert search.find("deepseek", "en").count("verdict")["disputed"] == len(found.ranked)


def test_a_rebuild_changes_nothing_that_was_kept_up_to_date() -> None:
    before = list(SearchDocument.objects.order_by("pk").values())
    assert before
    search.rebuild()
    assert list(SearchDocument.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/search/", ["For instance", "noindex"]),
        ("/search/?q=", ["For instance"]),
        ("/search/?q=xxyzzy", ["Nothing here has “xxyzzy”", "All claims"]),
        ("/search/?q=huanfang", ["hit--card", "High-Flyer"]),
        ("/search/?q=depseek", ["Did you mean <strong>deepseek</strong>?"]),
        ("/search/?q=January+2025", ["A date: January 2025", "/timeline/?from=2025-01&amp;to=2025-01"]),
        ("/search/?q=2025-01-20", ["20 January 2025", "from=2025-01-20"]),
        ("/fr/search/?q=janvier+2025", ["Une date\N{NO-BREAK SPACE}: janvier 2025", "/fr/timeline/?from=2025-01"]),
        ("/search/?q=deepseek&kind=person", ["take this filter away", "?q=deepseek"]),
        ("/search/?q=deepseek&page=2", ["Previous", "Next"]),
        ("/search/?q=zyzzyva+nvidia", ["These have some of them"]),
        # A date that nothing has is no slip for another.
        ("/search/?q=mai+2023", ["A date: May 2023", "These have some of them"]),
        ("/search/?q=2025%E5%B9%B41%E6%9C%8827%E6%97%A5", ["A date: 27 January 2025", "These have some of them"]),
        ("/search/?q=Lian+Wenfeng", ["Did you mean <strong>liang wenfeng</strong>?"]),
        ("/", ['action="/search/"', "opensearch.xml"]),
    ],
)
def test_the_page_says(client: Client, address: str, words: list[str]) -> None:
    html = client.get(address).content.decode()
    assert [word for word in words if word not in html] == []


def test_every_choice_of_a_facet_finds_as_many_as_it_says(client: Client) -> None:
    for facet in client.get("/search/?q=chips").context["page"].facets:
        for choice in facet.choices:
            assert client.get(f"/search/{choice.query}").context["page"].count == choice.count, choice


@pytest.mark.parametrize(
    ("typed", "first"), [("lia", "Liang Wenfeng"), ("幻", "High-Flyer"), ("r1 z", "DeepSeek-R1-Zero")]
)
def test_suggestions_have_titles_notes_and_addresses(client: Client, typed: str, first: str) -> None:
    response = client.get("/search/suggest/", {"q": typed})
    query, titles, notes, links = response.json()
    assert (query, titles[0]) == (typed, first)
    assert len(titles) == len(notes) == len(links) <= 8
    assert links[0].startswith("http://testserver/")


@pytest.mark.parametrize(
    ("typed", "first"),
    [("幻方", "High-Flyer"), ("huanfang", "High-Flyer"), ("depseek", "DeepSeek"), ("o1", "OpenAI o1")],
)
def test_the_desk_looks_records_up_by_the_same_search(editor_client: Client, typed: str, first: str) -> None:
    query = {"term": typed, "app_label": "entities", "model_name": "claim", "field_name": "subject"}
    found = json.loads(editor_client.get("/admin/autocomplete/", query).content)["results"]
    assert found[0]["text"] == first
    listed = editor_client.get("/admin/entities/entity/", {"q": typed}).content.decode()
    assert first in listed
