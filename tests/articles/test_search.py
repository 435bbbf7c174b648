"""Search as readers use it: what comes first, however it is spelt, and what must never come at all."""

import re
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles import merging, search
from articles.models import Article, SearchDocument, SearchName
from articles.search.documents import documents
from articles.search.index import rests
from articles.search.words import all_tokens, clean, pieces, variants, words_of
from entities.models import Claim, Entity
from tests import desk, factories
from tests.factories import HOSTILE

pytestmark = pytest.mark.django_db

HOSTILE_QUERIES = [
    '"a" OR (b* : NEAR',
    "'; DROP TABLE entities_entity; --",
    "\" ' ` \\ % _ * ( ) [ ] { } ^ ~ : ; & | ! ? < >",
    "NEAR(a b, 5) AND NOT c",
    "a & b | !c <-> d:*",
    "tokens:x @x =kind:person #1",
    "\u202eright to left\u202c \u200f\u200e",
    "\u0000",
    "a\u0000b",
    "x" * 200,
    "x" * 201,
    "x" * 10_000,
    "字" * 200,
    "é" * 200,
    " ".join("abcdefgh"[: i % 8 + 1] for i in range(60))[:200],
    "9" * 200,
    "9" * 180 + " million",
    "1.1.1 million ½ million ２万",
    "½ ² ﬁ ß İ ı ǅ",
    "-",
    "…",
    "’",
    "*",
    "%",
    "😀 👩‍💻",
    HOSTILE,
]


def addresses(text: str, language: str = "en", *filters: str) -> list[str]:
    found = search.find(text, language, filters)
    return [hit.address for hit in search.hits(found, 0, 20, language)]


# The hits


def test_an_exact_name_comes_before_an_alias_and_that_before_a_text() -> None:
    ideas: list[dict[str, Any]] = [
        {"summary_en": "It knows Orbit."},
        {"aliases": ["Orbit"]},
        {"name": "Orbit"},
        {"name": "Orbit Two"},
    ]
    for number, fields in enumerate(ideas):
        factories.entity("idea", f"idea-{number}", **fields)
    search.rebuild()
    assert addresses("orbit") == ["/ideas/idea-2/", "/ideas/idea-1/", "/ideas/idea-3/", "/ideas/idea-0/"]


def test_the_better_connected_comes_first_among_equals() -> None:
    few, many = (factories.entity("person", slug, name="Ada Wong") for slug in ("few", "many"))
    for _number in range(3):
        factories.claim(many)
    search.refresh(entities=[few.pk, many.pk])
    assert addresses("Ada Wong")[:2] == ["/people/many/", "/people/few/"]


def test_words_are_marked_and_escaped_in_the_best_passage() -> None:
    words = f"One thing. Another thing. {HOSTILE} beside the Zyzzyva."
    factories.entity("idea", "hostile", name=f"Zyzzyva {HOSTILE}", summary_en=words)
    search.refresh(entities=[Entity.objects.get(slug="hostile").pk])
    hit = search.hits(search.find("zyzzyva", "en"), 0, 1, "en")[0]
    assert hit.title.startswith("<mark>Zyzzyva</mark> A &amp; B &lt; C")
    assert "<mark>Zyzzyva</mark>." in hit.passage
    assert "<script" not in hit.title + hit.passage


def test_a_word_with_very_many_hits_is_cut_off_alike_everywhere() -> None:
    Entity.objects.bulk_create(
        Entity(kind="idea", slug=f"i{n}", name=f"Common thing {n}", name_en=f"Common thing {n}", status="published")
        for n in range(1_300)
    )
    search.rebuild()
    found = search.find("common", "en")
    assert found.is_capped
    assert len(found.ranked) == 1_000
    assert search.find("common 777", "en").ranked[0].names.startswith("Common thing 777\n")


def test_the_very_form_of_a_word_comes_before_another() -> None:
    for slug, name in (("other", "Orbits founded"), ("very", "Orbits founder")):
        factories.entity("idea", slug, name=name)
    search.rebuild()
    assert addresses("orbits founder") == ["/ideas/very/", "/ideas/other/"]


def test_an_explanation_in_the_title_of_a_source_is_no_part_to_leave_out() -> None:
    factories.article("notes", title="Zyzzyva (notes)")
    factories.entity("model", "zyzzyva", name="Zyzzyva 7B")
    search.rebuild()
    assert addresses("zyzzyva") == ["/models/zyzzyva/", "/articles/notes/"]


def test_a_figure_is_never_taken_for_a_slip() -> None:
    factories.entity("event", "fair", name="Fair of 2024")
    search.rebuild()
    assert search.find("fair 2025", "en").corrected == ""
    assert search.find("fair 2025", "en").is_partial
    assert search.find("fairr 2024", "en").corrected == "fair 2024"


def test_a_stem_in_common_is_no_reason_not_to_mend_a_slip() -> None:
    factories.entity("company", "meta", name="Meta")
    factories.entity("idea", "meeting", name="Meet", summary_en="A meeting.")
    search.rebuild()
    assert search.find("meets", "en").corrected == ""
    assert search.find("meeta", "en").corrected == "meta"
    assert addresses("meeta")[0] == "/companies/meta/"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("chian of thought", "chain of thought"),
        ("the Chain of thougt", "the chain of thought"),
        ("chian thought", "chain thought"),
    ],
)
def test_a_mended_query_keeps_its_small_words(typed: str, meant: str) -> None:
    factories.entity("idea", "chain", name="Chain of thought")
    search.rebuild()
    assert search.find(typed, "en").corrected == meant


def test_what_the_other_language_has_is_told_in_the_own_as_far_as_it_has_words() -> None:
    factories.entity("idea", "fund", name="Orbit", summary_fr="Un fonds spéculatif.")
    search.rebuild()
    found = search.find("fonds spéculatif", "en")
    assert found.elsewhere == "fr"
    (hit,) = search.hits(found, 0, 20, "en")
    assert (hit.address, hit.passage_language) == ("/ideas/fund/", "fr")
    assert "<mark>fonds</mark>" in hit.passage
    assert search.find("fonds spéculatif", "fr").elsewhere == ""
    Entity.objects.filter(slug="fund").update(summary_en="A hedge fund.")
    search.rebuild()
    (hit,) = search.hits(search.find("fonds spéculatif", "en"), 0, 20, "en")
    assert (hit.passage, hit.passage_language) == ("A hedge fund.", "")
    assert search.find("fonds spéculatif", "en", ["kind:person"]).ranked == []


def test_what_has_all_words_but_one_comes_before_what_has_one() -> None:
    for slug, name in (("one", "Orbit"), ("two", "Orbit Zyzzyva")):
        factories.entity("idea", slug, name=name)
    search.rebuild()
    assert addresses("plugh orbit zyzzyva") == ["/ideas/two/", "/ideas/one/"]
    assert search.find("plugh orbit zyzzyva", "en").is_partial


# Upkeep


def test_describing_records_costs_few_queries_however_many_they_are() -> None:
    """A column that the statements leave out would cost a query for each record that needs it."""
    relation = factories.prop("derived-from", "entity")
    values: list[dict[str, Any]] = [
        {"property": factories.prop("parameters", "quantity"), "amount": 5_000_000, "unit": factories.unit()},
        {"property": factories.prop("released", "date"), "date": "2025-01"},
        {"property": factories.prop("licence", "text"), "text": "MIT"},
        {"property": factories.prop("home", "url"), "url": "https://example.org/"},
        {"statement": "It was new.", "title": "New", "when": "2025-01", "lane": "models"},
    ]
    publisher = factories.entity("company", "publisher", summary_en="A firm.")
    for _number in range(2):
        article = factories.article(publisher=publisher, published="2025-01-02", summary_en="In *brief*.")
        one, other = (
            factories.entity("model", summary_en="A model."),
            factories.entity("model", native_name="深度", native_language="zh-Hans"),
        )
        factories.relation(one, relation, other, cites=[article])
        for value in values:
            factories.claim(one, verdict="disputed", rationale_en="Why.", cites=[article], **value)

    def queries(record_type: str, ids: list[int]) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert len(documents(record_type, ids)) == 2 * len(ids)
        return len(captured)

    ContentType.objects.get_for_models(Entity, Article)
    counts = []
    for record_type, model in (("entity", Entity), ("article", Article), ("claim", Claim)):
        counts.append(queries(record_type, list(model._default_manager.values_list("pk", flat=True))))
    assert counts == [3, 5, 6]


def test_a_draft_is_absent_everywhere(client: Client) -> None:
    draft = factories.entity("person", "secret-one", name="Secret Quux", status="draft")
    factories.claim(draft, statement="Quux did it.", cites=[factories.article("quux", title="On Quux", status="draft")])
    search.rebuild()
    assert not SearchDocument.objects.exists()
    assert not SearchName.objects.exists()
    assert "secret-one" not in client.get("/search/?q=quux").content.decode()
    assert client.get("/search/suggest/?q=quux").json()[1] == []


def test_the_desk_keeps_search_in_step(editor_client: Client) -> None:
    made = factories.entity("person", "ada", name="Ada Quux", status="draft")
    factories.claim(made, statement="She wrote a zyzzyva.", cites=[factories.article(title="Source")])
    claim = "/claims/she-wrote-a-zyzzyva/"
    assert addresses("zyzzyva") == []
    desk.change(editor_client, made, status="published")
    assert addresses("quux") == ["/people/ada/", claim]
    assert addresses("zyzzyva") == [claim]
    desk.change(editor_client, made, name_en="Ada Plugh")
    assert addresses("quux") == []
    assert addresses("plugh") == ["/people/ada/", claim]
    desk.change(editor_client, made, status="retracted")
    assert addresses("plugh") == addresses("zyzzyva") == []
    assert search.suggest("ada", "en", 8) == []


def test_what_is_deleted_at_the_desk_is_found_no_more(editor_client: Client, claim: Claim) -> None:
    assert addresses("open weights") == [claim.get_absolute_url()]
    editor_client.post(desk.address(claim, "delete"), {"post": "yes"})
    assert not Claim.objects.exists()
    assert addresses("open weights") == []


def test_what_moves_in_a_merge_is_found_under_the_name_that_is_kept() -> None:
    kept, other = (factories.entity("person", slug, name=f"Ada {slug.title()}") for slug in ("quux", "plugh"))
    factories.relation(other, factories.prop(), factories.entity("model", "it", name="It"), slug="moved")
    search.rebuild()
    assert addresses("plugh develops") == ["/claims/moved/"]
    merging.merge(kept, other, "The same.", None, merging.plan(kept, other).digest)
    assert addresses("quux develops") == ["/claims/moved/"]


def test_an_article_is_found_by_its_tags_and_authors_once_saved(editor_client: Client) -> None:
    article = factories.article("a-paper", title="A paper")
    author = factories.entity("person", "grace", name="Grace Plugh")
    article.authors.create(name="G. Plugh", entity=author)
    desk.change(editor_client, article, title="A new paper", tags=[str(factories.tag("quux").pk)])
    assert addresses("grace plugh paper") == ["/articles/a-paper/"]
    assert addresses("paper", "en", "tag:quux") == ["/articles/a-paper/"]


def test_the_sites_own_article_has_its_title_in_each_language() -> None:
    factories.article("told", title="The story", kind="narrative", translated_title_fr="L'histoire")
    factories.article("paper", title="The paper", translated_title_fr="La communication")
    search.rebuild()
    titles = dict(SearchDocument.objects.filter(language="fr").values_list("address", "title"))
    assert titles == {"/fr/articles/told/": "L'histoire", "/fr/articles/paper/": "The paper"}


def test_a_hit_that_was_unpublished_behind_its_back_is_not_shown(r1: Entity) -> None:
    search.refresh(entities=[r1.pk])
    Entity.objects.filter(pk=r1.pk).update(status="draft")
    assert addresses("r1") == []


@pytest.mark.parametrize("end", ["subject", "object"])
def test_so_is_no_claim_whose_subject_or_object_was(end: str) -> None:
    made = factories.relation(factories.entity(slug="quux"), factories.prop(), factories.entity(slug="plugh"))
    search.refresh(claims=[made.pk])
    assert addresses(made.sentence) == [made.get_absolute_url()]
    Entity.objects.filter(pk=getattr(made, end).pk).update(status="draft")
    assert addresses(made.sentence) == []


def test_the_command_rebuilds_and_leaves_a_filled_index_alone(r1: Entity, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("rebuild_search", "--if-empty")
    assert addresses("r1") == ["/models/deepseek-r1/"]
    Entity.objects.filter(pk=r1.pk).update(name_en="Other")
    call_command("rebuild_search", "--if-empty")
    assert addresses("other") == []
    call_command("rebuild_search")
    assert addresses("other") == ["/models/deepseek-r1/"]
    assert "rebuilt" in capsys.readouterr().out


# The page


@pytest.mark.parametrize("prefix", ["", "/fr"])
@pytest.mark.parametrize("text", HOSTILE_QUERIES)
def test_hostile_input_is_answered_and_escaped(client: Client, prefix: str, text: str, r1: Entity) -> None:
    search.refresh(entities=[r1.pk])
    for path in ("/search/", "/search/suggest/"):
        response = client.get(prefix + path, {"q": text})
        assert response.status_code == (400 if len(text) > 200 or "\0" in text else 200), path
        # What a browser does not show as a page needs no escaping.
        if response["Content-Type"].startswith("text/html"):
            assert "<script>alert" not in response.content.decode()


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("q=x&kind=poem", "poem"),
        ("q=x&verdict=maybe", "maybe"),
        ("q=x&tag=nothing", "nothing"),
        ("q=x&year=x", "year"),
        ("q=x&language=%22", "language"),
        ("q=x&page=0", "page"),
        ("q=x&page=2", "no page 2"),
        ("q=x&color=red", "color"),
    ],
)
def test_a_wrong_parameter_is_named(client: Client, query: str, reason: str) -> None:
    response = client.get(f"/search/?{query}")
    assert response.status_code == 400
    assert reason in response.content.decode()


def test_a_tag_that_only_drafts_have_is_refused_like_one_that_nobody_has(client: Client, r1: Entity) -> None:
    r1.tags.add(factories.tag("costs"))
    factories.entity("model", status="draft").tags.add(factories.tag("merger"))
    statuses = [client.get(f"/search/?q=x&tag={slug}").status_code for slug in ("costs", "merger", "nothing")]
    assert statuses == [200, 400, 400]


def test_browsers_can_add_the_search(client: Client) -> None:
    body = client.get("/fr/opensearch.xml").content.decode()
    assert 'template="http://testserver/fr/search/?q={searchTerms}"' in body


# The desk


def test_the_desk_finds_drafts_as_well(editor_client: Client, r1: Entity) -> None:
    factories.entity("model", "r1-draft", name="R1 draft", status="draft")
    search.refresh(entities=[r1.pk])
    listed = editor_client.get("/admin/entities/aimodel/", {"q": "r1"}).content.decode()
    assert "R1 draft" in listed
    assert "DeepSeek-R1" in listed


# The words


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("l’entraînement", "entrainement"),
        ("DeepSeek's models", "deepseek model"),
        ("DeepSeek-R1", "deepseekr1"),
        ("5\N{NARROW NO-BREAK SPACE}576 GPUs", "5576 gpu"),
        ("5,576", "5576"),
        ("557.6万美元", "5.576m"),
        ("5.576 million dollars", "557.6萬"),
        ("5890億美元", "589 billion"),
        ("671 Md de paramètres", "671B"),
        ("Qwen2.5-Max", "qwen 2.5"),
        ("on H800 chips", "H800s"),
        ("294,000 dollars", "294K"),
        ("organisation of labour", "organizations of labor"),
        ("位于杭州的公司", "杭州"),
        ("e\N{COMBINING ACUTE ACCENT}tude", "études"),
        ("ＤｅｅｐＳｅｅｋ", "deepseek"),
        ("Straße", "STRASSE"),
        ("Ярослав", "ярослав"),
        ("騰訊控股", "腾讯"),
        ("on U.S. soil", "US"),
        ("about $5.576 million", "5.6 million"),
        ("fell by nearly 17 percent", "17\N{NO-BREAK SPACE}%"),
        ("14.8 trillion tokens", "14.8T tokens"),
        ("the H800", "H 800"),
        ("about $6 million", "6 million dollars"),
    ],
)
def test_a_text_holds_what_is_typed(text: str, typed: str) -> None:
    query = search.read(typed)
    found = all_tokens(clean(text))
    assert all(set(group) & found for group in query.groups)


def test_a_word_of_two_letters_is_not_a_part_of_others() -> None:
    assert variants("杭州") == (("杭州",),)
    assert "杭州" not in all_tokens("州杭")


@pytest.mark.parametrize(
    ("typed", "word"), [("depseek", "deepseek"), ("hihg", "high"), ("lian", "liang"), ("depsek", "deepseek")]
)
def test_words_with_a_slip_share_a_rest(typed: str, word: str) -> None:
    assert rests(typed) & rests(word)


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2025", "2025"),
        ("2025年", "2025"),
        ("2025-01", "2025-01"),
        ("01/2025", "2025-01"),
        ("January 2025", "2025-01"),
        ("2025 january", "2025-01"),
        ("en janvier 2025", "2025-01"),
        ("févr. 2025", "2025-02"),
        ("aout 2025", "2025-08"),
        ("Sept 2025", "2025-09"),
        ("2025年1月", "2025-01"),
        ("２０２５年１月", "2025-01"),
        ("2025-01-27", "2025-01-27"),
        ("2025/1/27", "2025-01-27"),
        ("27.01.2025", "2025-01-27"),
        ("01/27/2025", "2025-01-27"),
        ("03/02/2025", "2025-02-03"),
        ("20 janvier 2025", "2025-01-20"),
        ("1er janvier 2025", "2025-01-01"),
        ("Jan. 27, 2025", "2025-01-27"),
        ("Jan 27 2025", "2025-01-27"),
        ("the 27th of January 2025", "2025-01-27"),
        ("Monday, January 27, 2025", "2025-01-27"),
        ("lundi 27 janvier 2025", "2025-01-27"),
        ("2025年1月27日", "2025-01-27"),
    ],
)
def test_a_date_is_understood(text: str, when: str) -> None:
    assert search.stretch(text) == when


@pytest.mark.parametrize(
    "text",
    ["", "R1", "1600", "2048", "2025-13", "32 January 2025", "Foo 2025", "12 2025", "27 January", "5.576", "2023-2025"],
)
def test_what_is_no_date_is_not_taken_for_one(text: str) -> None:
    assert search.stretch(text) == ""


@pytest.mark.parametrize("text", ["l'idée d'experts", "R1’s", "5\u00a0576 GPU, v3.1", "深度求索 R1", "snake_case d"])
def test_words_alone_are_those_of_the_pieces(text: str) -> None:
    assert words_of(text) == [piece.text for piece in pieces(text)]


def test_every_token_is_plain() -> None:
    """Tokens are quoted into a query of the index; nothing in them can end a quote."""
    found = all_tokens(clean(HOSTILE + " \\ ' \" * ½ 5.576 l’été 杭州"))
    assert [token for token in found if not re.fullmatch(r"#?[\w.]+", token)] == []
    assert connection.vendor in ("sqlite", "postgresql")


def test_an_older_state_that_is_brought_back_is_found_again(editor_client: Client, r1: Entity) -> None:
    search.refresh(entities=[r1.pk])
    first = desk.history(r1).last().pk
    assert desk.change(editor_client, r1, name_en="Renamed").status_code == 302
    assert (search.records("entities", "DeepSeek-R1"), search.records("entities", "Renamed")) == ([], [r1.pk])
    assert desk.send(editor_client, desk.address(r1, "simple_history", first)).status_code == 302
    assert (search.records("entities", "DeepSeek-R1"), search.records("entities", "Renamed")) == ([r1.pk], [])


def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Note each record that search is told of from now on, as (sort, id)."""
    noted: list[tuple[str, int]] = []
    refresh = search.refresh

    def note(**records: Any) -> None:
        noted.extend((sort, pk) for sort, pks in records.items() for pk in pks)
        refresh(**records)

    monkeypatch.setattr(search, "refresh", note)
    return noted


@pytest.mark.parametrize("name", ["subject", "article", "draft"])
def test_a_save_at_the_desk_describes_a_record_once(
    name: str, editor_client: Client, claim: Claim, monkeypatch: pytest.MonkeyPatch
) -> None:
    records: dict[str, Any] = {"subject": claim.subject, "article": claim.citations.get().article}
    record = records.get(name) or factories.claim(claim.subject, status="draft")
    sort = {"subject": "entities", "article": "articles", "draft": "claims"}[name]
    noted = told(monkeypatch)
    column = "title_en" if name == "draft" else "summary_en"
    assert desk.errors(desk.change(editor_client, record, **{column: "Zyzzyva."})) == {}
    assert noted.count((sort, record.pk)) == 1
    if name != "draft":
        assert addresses("zyzzyva") == [record.get_absolute_url()]


@pytest.mark.parametrize("is_proposal", [False, True])
def test_a_step_of_review_describes_a_claim_once(
    is_proposal: bool, editor_client: Client, claim: Claim, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = factories.claim(claim.subject, statement="Zyzzyva.", status="in-review", cites=[factories.article()])
    if is_proposal:
        desk.change(editor_client, claim, statement_en="Zyzzyva.")
        draft = claim.proposals.get()
    noted = told(monkeypatch)
    assert desk.step(editor_client, draft, "publish", change_reason="So").status_code == 302
    public = claim if is_proposal else draft
    assert noted.count(("claims", public.pk)) == 1
    public.refresh_from_db()
    assert addresses("zyzzyva") == [public.get_absolute_url()]


def test_tags_and_authors_that_a_form_saves_last_are_found(editor_client: Client, report: Article) -> None:
    rows = {"authors-0-name": "Zyzzyva Author"}
    assert desk.errors(desk.change(editor_client, report, **rows)) == {}
    assert addresses("zyzzyva") == [report.get_absolute_url()]
