"""Search over the shipped story: the record that must come first, however it is spelt; the same on both databases."""

import json

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

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
    # Names in full-width, traditional or toned letters, with what a sentence adds, by their initials
    "Ｄｅｅｐ": "/companies/deepseek/",
    "ＤｅｅｐＳｅｅｋ": "/companies/deepseek/",
    "ＤＥＥＰＳＥＥＫ－Ｒ１": "/models/deepseek-r1/",
    "梁文鋒": "/people/liang-wenfeng/",
    "羅福莉": "/people/luo-fuli/",
    "騰訊": "/companies/tencent/",
    "腾讯": "/companies/tencent/",
    "華為": "/companies/huawei/",
    "华为": "/companies/huawei/",
    "字節跳動": "/companies/bytedance/",
    "字节": "/companies/bytedance/",
    "習近平": "/people/xi-jinping/",
    "李強": "/people/li-qiang/",
    "李强": "/people/li-qiang/",
    "浙江大學": "/companies/zhejiang-university/",
    "百度": "/companies/baidu/",
    "硅基流動": "/companies/siliconflow/",
    "Liáng Wénfēng": "/people/liang-wenfeng/",
    "Luó Fúlì": "/people/luo-fuli/",
    "Xí Jìnpíng": "/people/xi-jinping/",
    "Huànfāng": "/companies/high-flyer/",
    "Liang Wenfeng's": "/people/liang-wenfeng/",
    "Liang Wenfeng’s": "/people/liang-wenfeng/",
    "LIANG WENFENG": "/people/liang-wenfeng/",
    "liang wen feng": "/people/liang-wenfeng/",
    "liangwenfeng": "/people/liang-wenfeng/",
    "Liang, Wenfeng": "/people/liang-wenfeng/",
    "L. Wenfeng": "/people/liang-wenfeng/",
    "LW": "/people/liang-wenfeng/",
    "Xi Jin Ping": "/people/xi-jinping/",
    "Le Cun": "/people/yann-lecun/",
    "Donald J. Trump": "/people/donald-trump/",
    "Altman": "/people/sam-altman/",
    "nadella": "/people/satya-nadella/",
    "HF": "/companies/high-flyer/",
    "High–Flyer": "/companies/high-flyer/",
    "HIGH FLYER QUANT": "/companies/high-flyer/",
    "Qui est Liang Wenfeng ?": "/people/liang-wenfeng/",
    "Who is Liang Wenfeng?": "/people/liang-wenfeng/",
    "open ai": "/companies/openai/",
    "Open-AI": "/companies/openai/",
    "google deep mind": "/companies/google-deepmind/",
    "byte dance": "/companies/bytedance/",
    "NIST": "/companies/nist-caisi/",
    "meta": "/companies/meta/",
    "Garante": "/companies/garante/",
    # Parts of names, apart, together and abbreviated
    "deep seek r 1": "/models/deepseek-r1/",
    "Deep Seek R1": "/models/deepseek-r1/",
    "R 1": "/models/deepseek-r1/",
    "r-1": "/models/deepseek-r1/",
    "V 3": "/models/deepseek-v3/",
    "o 1": "/models/openai-o1/",
    "O1": "/models/openai-o1/",
    "v3.2": "/models/deepseek-v3-2/",
    "v2.5": "/models/deepseek-v2-5/",
    "R1 0528": "/models/deepseek-r1-0528/",
    "r1-lite": "/models/deepseek-r1-lite-preview/",
    "coder v2": "/models/deepseek-coder-v2/",
    "GPT 4": "/models/gpt-4o/",
    "GPT-4 o": "/models/gpt-4o/",
    "llama 3": "/models/llama-3-1-405b/",
    "llama3.1": "/models/llama-3-1-405b/",
    "qwen 2.5": "/models/qwen2-5/",
    "claude 3.5": "/models/claude-3-5-sonnet/",
    "sonnet": "/models/claude-3-5-sonnet/",
    "janus pro": "/models/janus-pro/",
    "gpt oss": "/models/gpt-oss/",
    "deep": "/companies/deepseek/",
    "jevons": "/ideas/jevons-paradox/",
    "CoT": "/ideas/chain-of-thought/",
    "MTP": "/ideas/multi-token-prediction/",
    "DSA": "/ideas/sparse-attention/",
    "RLVR": "/ideas/verifiable-rewards/",
    "FP8": "/ideas/fp8-training/",
    "U.S. export controls": "/ideas/us-chip-export-controls/",
    "contrôles à l’exportation": "/ideas/us-chip-export-controls/",
    "controles a l'exportation": "/ideas/us-chip-export-controls/",
    "qu'est-ce que le mélange d'experts ?": "/ideas/mixture-of-experts/",
    "what is a mixture of experts?": "/ideas/mixture-of-experts/",
    "sommet IA": "/events/ai-action-summit-2025/",
    "AI summit": "/events/ai-action-summit-2025/",
    "guerre des prix": "/events/v2-price-war/",
    "price war": "/events/v2-price-war/",
    "stargate": "/events/stargate-announcement/",
    "semaine open source": "/events/open-source-week-2025/",
    "prix": "/events/v2-price-war/",
    # More plurals and singulars
    "poids ouverts": "/ideas/open-weights/",
    "paradoxes": "/ideas/jevons-paradox/",
    "puces": "/ideas/us-chip-export-controls/",
    "chips": "/ideas/us-chip-export-controls/",
    "LLMs": "/models/deepseek-llm/",
    "récompense vérifiable": "/ideas/verifiable-rewards/",
    "Nvidias": "/companies/nvidia/",
    "distillations": "/ideas/distillation/",
    # Figures, rounded, with their unit, written in any way
    "5.6 million": "/claims/v3-cost-5-576m/",
    "$5.6 million": "/claims/v3-cost-5-576m/",
    "5,6 millions de dollars": "/claims/v3-cost-5-576m/",
    "14.8T": "/claims/v3-training-tokens/",
    "2 048": "/claims/deepseek--gpu-count/",
    "17 %": "/claims/nvidia-fall-17-percent/",
    "9.2 percent": "/claims/chip-index-fall/",
    "9,2 %": "/claims/chip-index-fall/",
    "6 million dollars": "/articles/bgr-hassabis/",
    "671 Md": "/claims/deepseek-r1--parameters-total/",
    "671 billion": "/claims/deepseek-r1--parameters-total/",
    "590 billion": "/claims/nvidia-record-loss/",
    "590 milliards": "/claims/nvidia-record-loss/",
    "h-800": "/articles/particle-r1-nature/",
    "37B": "/claims/deepseek-v4--parameters-active--3/",
    "$294K": "/articles/folio3-r1-cost/",
    # Dates
    "2025-01-27": "/events/nvidia-selloff/",
    "27 janvier 2025": "/events/nvidia-selloff/",
    "Jan 27, 2025": "/events/nvidia-selloff/",
    "27/01/2025": "/events/nvidia-selloff/",
    "2025年1月27日": "/events/nvidia-selloff/",
    "20 January 2025": "/events/li-qiang-symposium/",
    "17 février 2025": "/events/xi-symposium/",
    "mai 2024": "/events/v2-price-war/",
    "mai 2023": "/claims/deepseek-founding-date/",
    # Letters too many, too few, swapped, or from the next key
    "eDepSeek": "/companies/deepseek/",
    "DeepSeeek": "/companies/deepseek/",
    "DeeppSeek": "/companies/deepseek/",
    "deepseel": "/companies/deepseek/",
    "Wenfneg": "/people/liang-wenfeng/",
    "Liang Wenfneg": "/people/liang-wenfeng/",
    "Anthorpic": "/companies/anthropic/",
    "Antropic": "/companies/anthropic/",
    "Microsft": "/companies/microsoft/",
    "Gogle": "/companies/google/",
    "Opne AI": "/companies/openai/",
    "Alibba": "/companies/alibaba/",
    "Tencnet": "/companies/tencent/",
    "Haungfang": "/companies/high-flyer/",
    "Hugging Fcae": "/companies/hugging-face/",
    "Meeta": "/companies/meta/",
    "Mera": "/companies/meta/",
    "neta": "/companies/meta/",
    "Amodie": "/people/dario-amodei/",
    "Hasabis": "/people/demis-hassabis/",
    "Jnesen Huang": "/people/jensen-huang/",
    "Zhejiang Univeristy": "/companies/zhejiang-university/",
    "distilation": "/ideas/distillation/",
    "melange d'expert": "/ideas/mixture-of-experts/",
    "mélnage d'experts": "/ideas/mixture-of-experts/",
    "Jevnos paradox": "/ideas/jevons-paradox/",
    "sparse atention": "/ideas/sparse-attention/",
    "chain of thougt": "/ideas/chain-of-thought/",
    "Spring Festivl 2025": "/events/spring-festival-2025/",
    "Chaude 3.5 Sonnet": "/models/claude-3-5-sonnet/",
    "DeepSeek Codr": "/models/deepseek-coder/",
    "Lama 3.1": "/models/llama-3-1-405b/",
    "深度求所": "/companies/deepseek/",
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
    "how much did V3 cost": "/claims/cost-under-6m-whole-model/",
    "V3 paper": "/articles/paper-deepseek-v3/",
    "hedge fund": "/claims/high-flyer--organisation-type/",
    "ban in Taiwan": "/claims/taiwan-ban/",
    "AI": "/companies/deepseek/",
    "A.I.": "/companies/deepseek/",
    "R1 vs o1": "/claims/seed-r1-rivals-o1/",
    "President of the United States": "/claims/donald-trump--role/",
    "2788000": "/claims/v3-gpu-hours/",
    "294 000 dollars": "/claims/r1-stage-cost-294k/",
}
# What only the other language has.
ELSEWHERE = {
    "en": {
        "fonds spéculatif": "/claims/high-flyer--organisation-type/",
        "fonds spéculatifs": "/claims/high-flyer--organisation-type/",
        "modèle de langage": "/models/deepseek-coder-v2/",
        "coûts": "/claims/amodei-cost-curve/",
        "cout d’entrainement": "/claims/deepseek-r1--training-cost--2/",
        "combien a coûté V3 ?": "/claims/cost-under-6m-whole-model/",
        "quand est sorti R1": "/claims/r1-release/",
        "qui a fondé DeepSeek": "/claims/liang-wenfeng--founded--deepseek/",
        "téléchargements": "/claims/korea-suspension/",
        "Allemagne": "/claims/berlin-dpa--country/",
    },
    "fr": {
        "chip export ban": "/claims/fire-flyer-2/",
        "how much did V3 cost": "/claims/cost-under-6m-whole-model/",
        "who founded High-Flyer": "/claims/liang-wenfeng--founded--high-flyer/",
        "United States": "/claims/openai--country/",
        "Germany": "/claims/berlin-dpa--country/",
        "US Navy": "/claims/us-agencies-bans/",
    },
}
# Nothing here is called so, and nothing is so like it that anybody could have meant it.
UNKNOWN = ["Macron", "Zuckerberg", "Bitcoin", "Mistral", "Samsung", "Merkel", "bourse", "Londres", "xAI", "上海"]


@pytest.mark.parametrize(("text", "address"), FIRST.items())
def test_the_right_record_comes_first(text: str, address: str) -> None:
    assert addresses(text)[:1] == [address]
    assert addresses(text, "fr")[:1] == [f"/fr{address}"]


@pytest.mark.parametrize(("text", "address"), FOUND.items())
def test_a_text_is_found(text: str, address: str) -> None:
    assert address in addresses(text)


@pytest.mark.parametrize(
    ("language", "text", "address"),
    [(language, text, address) for language, found in ELSEWHERE.items() for text, address in found.items()],
)
def test_what_only_the_other_language_has_is_found_and_told_in_the_own(language: str, text: str, address: str) -> None:
    found = search.find(text, language)
    assert found.elsewhere not in ("", language)
    assert found.corrected == ""
    prefix = "/fr" if language == "fr" else ""
    assert f"{prefix}{address}" in addresses(text, language)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("text", UNKNOWN)
def test_nobody_is_told_that_they_meant_what_they_cannot_have_meant(text: str, language: str) -> None:
    found = search.find(text, language)
    assert (found.ranked, found.corrected) == ([], "")


@pytest.mark.parametrize(("text", "language"), [("nombre de paramètres", "en"), ("number of parameters", "fr")])
def test_what_only_the_other_language_has_in_part_is_found_as_well(text: str, language: str) -> None:
    found = search.find(text, language)
    assert found.is_partial
    assert "/claims/v3-parameters/" in [hit.address.removeprefix("/fr") for hit in search.hits(found, 0, 20, language)]


def test_the_same_letters_elsewhere_are_no_reason_to_call_a_name_chinese() -> None:
    found = search.find("月球大学", "en")
    assert (found.corrected, found.is_partial) == ("", True)


@pytest.mark.parametrize(
    "text",
    [
        "hugingfase",
        "Liang Wenfang",
        "zyzzyva nvidia price",
        "fonds spéculatif",
        "Meeta",
        "mai 1999",
        "梁文峰",
        "zyzzyva",
    ],
)
def test_a_page_of_results_costs_six_queries_however_it_is_found(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, text: str
) -> None:
    with django_assert_max_num_queries(6):
        assert client.get("/search/", {"q": text}).status_code == 200


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
        ("/search/?q=depseek", ['Did you mean <a href="?q=deepseek">deepseek</a>?']),
        ("/search/?q=January+2025", ["A date: January 2025", "/timeline/?from=2025-01&amp;to=2025-01"]),
        ("/search/?q=2025-01-20", ["20 January 2025", "from=2025-01-20"]),
        ("/fr/search/?q=janvier+2025", ["Une date\N{NO-BREAK SPACE}: janvier 2025", "/fr/timeline/?from=2025-01"]),
        ("/search/?q=deepseek&kind=person", ["take this filter away", "?q=deepseek"]),
        ("/search/?q=deepseek&page=2", ["Previous", "Next"]),
        ("/search/?q=zyzzyva+nvidia", ["These have some of them"]),
        # A date that nothing has is no slip for another.
        ("/search/?q=30+mai+2025", ["A date: 30 May 2025", "These have some of them"]),
        ("/search/?q=2025%E5%B9%B41%E6%9C%8827%E6%97%A5", ["A date: 27 January 2025", "Nvidia sell-off"]),
        ("/search/?q=Jan+27+2025", ["A date: 27 January 2025", "from=2025-01-27", "Nvidia sell-off"]),
        ("/search/?q=2025", ["A date: 2025", "from=2025&amp;to=2025"]),
        ("/search/?q=co%C3%BBts", ["Nothing has “coûts” in English. These have it in French."]),
        (
            "/fr/search/?q=United+States",
            ["«\N{NO-BREAK SPACE}United States\N{NO-BREAK SPACE}» en français", "en anglais"],
        ),
        ("/search/?q=Lian+Wenfeng", ['Did you mean <a href="?q=liang+wenfeng">liang wenfeng</a>?']),
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
