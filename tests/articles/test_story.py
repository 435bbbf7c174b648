"""The story files: refused when wrong, imported once, kept where people have worked, written back byte for byte."""

import difflib
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from hypothesis import example, given
from hypothesis import strategies as st
from modeltranslation.fields import TranslationField

from articles.models import Article, Author, Citation, ImportedRecord, Revision
from articles.story import StoryError, export_story, import_story, markup, read
from articles.story.fields import Field, Group, NativeName, Value
from articles.story.shapes import FILES, SHAPES, Shape
from entities.edtf import OPEN_END
from entities.models import Claim, Entity, Property, Tag, Unit

SAMPLE = Path(__file__).parent.parent / "data" / "story"
SHIPPED = settings.BASE_DIR / "story"
RECORDED: tuple[Any, ...] = (Unit, Property, Entity, Article, Author, Claim, Citation)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the sample, to be changed."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "story"))


@pytest.fixture
def imported(db: None) -> None:
    import_story(SAMPLE)


def replace(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")


def one(model: type[Model], slug: str) -> Any:
    """Get a record whose columns by language and whose history type checkers do not know."""
    return model._default_manager.get(slug=slug)


def history_count() -> int:
    return sum(model.history.count() for model in RECORDED)


def record_count() -> int:
    return sum(model._default_manager.count() for model in (*RECORDED, Tag, ImportedRecord))


def problems_in(folder: Path) -> list[str]:
    with pytest.raises(StoryError) as caught:
        read(folder)
    return [str(problem) for problem in caught.value.problems]


# The YAML


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]) | st.sampled_from("\n :#-'\"|>&*!%@[]{},?~")))
@example("no")
@example("2025-01-20")
@example("1_000")
@example("1:30")
@example("null")
@example("two  spaces " * 20)
@example("a word " * 30 + "\nand a line")
@example("trailing \nspace ")
@example("# 梁文锋 😀")
@example("a\x85b")
@example("a\u2028b\nc" * 40)
def test_every_text_reads_back_as_it_was_written(text: str) -> None:
    content = {"key": [{"en": text}]}
    assert markup.parse(markup.dump(content)) == content


def test_what_a_field_holds_does_not_hang_on_quotes() -> None:
    assert markup.parse("a: no\nb: 1.10\nc: 2025-01-20\nd: 0x10\ne: ~\nf:") == {
        "a": "no",
        "b": "1.10",
        "c": "2025-01-20",
        "d": "0x10",
        "e": None,
        "f": None,
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: [1", "line 2: "),
        ("a: 1\n b: 2", "line 2: "),
        ("a: 1\n\ta: 2", "line 2: "),
        ("a: 1\nb: 2\na: 3", "line 3: “a” is given twice"),
        ("a: &x 1\nb: *x", "line 1: anchors and aliases (& and *) are not used here; put the text in quotes"),
        ("a:\n- *x", "line 2: anchors and aliases (& and *) are not used here; put the text in quotes"),
        ("a: !!python/object:os.system x", "line 1: tags (!) are not used here; put the text in quotes"),
        ("a: 1\n---\nb: 2", "line 2: a second document starts"),
        ("a: 1\nb: \x07", "line 2: character U+0007 is not allowed"),
        ("a: 1\nb: \x00", "line 2: character U+0000 is not allowed"),
        ("a: " + "[" * 20 + "]" * 20, "line 1: nested too deeply"),
        ("? [a]\n: b", "line 1: a field needs a name"),
    ],
)
def test_broken_yaml_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(markup.MarkupError) as caught:
        markup.parse(text)
    assert str(caught.value).startswith(message)


def test_long_words_are_folded_and_scripts_kept() -> None:
    text = markup.dump({"summary": {"en": "l'été : " * 40 + "2024", "zh-hans": "梁文锋"}})
    assert "en: >-\n" in text
    assert max(map(len, text.splitlines())) <= markup.WIDTH + len("l'été :")
    assert "zh-hans: 梁文锋\n" in text


# Wrong files

BROKEN = [
    (file, case["text"], case["by"], case["problem"])
    for file, cases in yaml.safe_load((SAMPLE.parent / "broken_story.yaml").read_text(encoding="utf-8")).items()
    for case in cases
]


@pytest.mark.parametrize(("file", "old", "new", "problem"), BROKEN)
def test_a_wrong_record_is_refused_with_its_place(folder: Path, file: str, old: str, new: str, problem: str) -> None:
    replace(folder, file, old, new)
    found = problems_in(folder)
    assert any(each.startswith((f"{file}, {problem}", f"{file}: {problem}")) for each in found), found


def whole_file(file: str, content: bytes | None) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder / file).unlink()
        if content is not None:
            (folder / file).write_bytes(content)

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (whole_file("claims.yaml", None), "claims.yaml: the file is missing"),
        (whole_file("claims.yaml", b""), "claims.yaml: is not a mapping; it holds claims"),
        (whole_file("entities.yaml", b"- a\n- b\n"), "entities.yaml: is not a mapping; it holds tags and entities"),
        (whole_file("claims.yaml", b"claims: all of them\n"), "claims.yaml, claims: write a list of records"),
        (whole_file("articles.yaml", b"articles:\n- title: caf\xe9\n"), "articles.yaml: line 2: is not UTF-8"),
        (lambda folder: shutil.rmtree(folder), ": there is no such folder"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_named(folder: Path, change: Callable[[Path], None], message: str) -> None:
    change(folder)
    assert any(problem.endswith(message) for problem in problems_in(folder))


def test_all_problems_are_told_at_once(folder: Path) -> None:
    replace(folder, "properties.yaml", "order: 20", "order: soon")
    replace(folder, "claims.yaml", "stance: disputes", "stance: denies")
    replace(folder, "claims.yaml", "lane: models", "lane: sports")
    assert [problem.partition(":")[0] for problem in problems_in(folder)] == [
        "properties.yaml, role, order",
        "claims.yaml, deepseek--founded-on--2, citations.1.stance",
        "claims.yaml, v3-release, lane",
    ]


def test_one_wrong_name_is_not_reported_at_each_reference(folder: Path) -> None:
    replace(folder, "entities.yaml", "kind: company", "kind: companion")
    assert len(problems_in(folder)) == 1


@pytest.mark.django_db
def test_the_command_refuses_wrong_files_and_writes_nothing(folder: Path) -> None:
    replace(folder, "claims.yaml", "lane: models", "lane: sports")
    with pytest.raises(CommandError) as caught:
        call_command("import_story", folder)
    lines = str(caught.value).splitlines()
    assert lines[0].startswith("claims.yaml, v3-release, lane: “sports” is none of: ")
    assert lines[1:] == ["Rejected records: 1. Nothing was written."]
    assert caught.value.returncode == 1
    assert record_count() == history_count() == 0


@pytest.mark.django_db
def test_wrong_files_leave_a_filled_database_as_it_was(imported: None, folder: Path) -> None:
    before = (record_count(), history_count())
    replace(folder, "entities.yaml", "en: DeepSeek-V3", "en: DeepSeek V3")
    replace(folder, "claims.yaml", "lane: models", "lane: sports")
    with pytest.raises(StoryError):
        import_story(folder)
    assert (record_count(), history_count()) == before
    assert one(Entity, "deepseek-v3").name_en == "DeepSeek-V3"


@pytest.mark.django_db
def test_what_only_the_database_refuses_is_one_problem_and_nothing_is_written() -> None:
    Tag.objects.create(name="Open  Weights", slug="open-weights")
    with pytest.raises(StoryError, match="the database refuses the story: "):
        import_story(SAMPLE)
    assert not Entity.objects.exists()


# The import


@pytest.mark.django_db
def test_a_first_import_creates_every_record_with_one_row_of_history() -> None:
    report = import_story(SAMPLE)
    assert {section: counts.created for section, counts in report.counts.items()} == {
        "units": 3,
        "properties": 6,
        "tags": 2,
        "entities": 4,
        "articles": 4,
        "claims": 9,
    }
    assert not report.kept
    for model in RECORDED:
        rows = model.history.values_list("id", "history_type", "history_change_reason")
        pks = model._default_manager.values_list("pk", flat=True)
        assert sorted(rows) == [(pk, "+", "Imported from the story files") for pk in sorted(pks)]


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "fr"])
def test_each_field_reaches_its_column(language: str) -> None:
    with override(language):
        import_story(SAMPLE)
    deepseek = one(Entity, "deepseek")
    assert (deepseek.name_en, deepseek.native_name, deepseek.native_language) == ("DeepSeek", "深度求索", "zh-Hans")
    assert deepseek.aliases == ["DeepSeek-AI", "Hangzhou DeepSeek"]
    assert (deepseek.summary_fr, deepseek.status) == ("Laboratoire de Hangzhou.", "published")
    assert deepseek.tags.count() == 2
    assert set(deepseek.summary_sources.values_list("slug", flat=True)) == {"cgtn", "v3-report"}
    founded = one(Claim, "deepseek--founded-on")
    assert (founded.date, str(founded.when_earliest), str(founded.when_latest)) == ("2023", "2025-02-01", "2025-02-28")
    assert founded.mentions.count() == 2
    assert list(founded.citations.values_list("position", "article__slug", "stance", "locator", "makes_claim")) == [
        (1, "cgtn", "supports", "paragraph 1", True),
        (2, "v3-report", "context", "page 3", False),
    ]
    cost = one(Claim, "deepseek-v3--training-cost")
    assert (cost.amount, cost.bound, cost.applies_to_fr) == (Decimal("5.576"), "at-least", "passe finale")
    relation = one(Claim, "liang-wenfeng--founded--deepseek")
    assert (relation.value, relation.verdict, relation.when_latest) == (one(Entity, "deepseek"), "", OPEN_END)
    article = one(Article, "v3-news")
    assert (article.known_through, article.derives_from) == (
        one(Article, "cgtn"),
        one(Article, "v3-report"),
    )
    assert list(one(Article, "cgtn").authors.values_list("name", "entity__slug")) == [
        ("Yang Zhao", None),
        ("DeepSeek-AI", "deepseek"),
    ]
    assert one(Property, "founded").inverse_wikidata == "P112"


@pytest.mark.django_db
def test_the_import_works_out_since_when_each_is_known(imported: None) -> None:
    assert str(one(Claim, "v3-release").known_since) == "2024-12-26"
    assert str(one(Claim, "deepseek-v3--parameters-total").known_since) == "2024-12-27"


@pytest.mark.django_db
def test_a_second_import_writes_nothing(imported: None) -> None:
    with CaptureQueriesContext(connection) as queries:
        report = import_story(SAMPLE)
    assert {(counts.created, counts.changed, counts.kept) for counts in report.counts.values()} == {(0, 0, 0)}
    assert sum(counts.unchanged for counts in report.counts.values()) == 28
    written = [each["sql"] for each in queries if re.match("INSERT|UPDATE|DELETE|ANALYZE", each["sql"])]
    assert not written


@pytest.mark.django_db
def test_a_changed_record_is_saved_with_one_row_of_history(imported: None, folder: Path) -> None:
    before = history_count()
    replace(folder, "claims.yaml", "fr: V3 est publié", "fr: V3 paraît")
    report = import_story(folder)
    assert (report.counts["claims"].changed, report.counts["claims"].unchanged) == (1, 8)
    claim = one(Claim, "v3-release")
    assert claim.title_fr == "V3 paraît"
    assert history_count() == before + 1
    row = claim.history.first()
    assert (row.history_type, row.history_change_reason) == ("~", "Imported from the story files")


@pytest.mark.django_db
def test_a_changed_list_is_in_the_history(imported: None, folder: Path) -> None:
    replace(folder, "claims.yaml", "- deepseek-v3\n  - liang-wenfeng", "- liang-wenfeng")
    replace(folder, "entities.yaml", "- cgtn\n", "")
    before = history_count()
    import_story(folder)
    claim, article = one(Claim, "deepseek--founded-on"), one(Article, "cgtn")
    assert [row.mentions.count() for row in claim.history.all()] == [1, 2]
    assert [row.summarises.count() for row in article.history.all()] == [0, 1]
    assert history_count() == before + 3  # claim, article, and the entity whose sources they are


@pytest.mark.django_db
def test_a_field_that_the_files_drop_is_emptied(imported: None, folder: Path) -> None:
    replace(folder, "claims.yaml", "  applies_to:\n    en: final run\n    fr: passe finale\n", "")
    replace(folder, "entities.yaml", "  tags:\n  - market shock\n  - open weights\n", "")
    import_story(folder)
    claim = one(Claim, "deepseek-v3--training-cost")
    assert not claim.applies_to_en
    assert not claim.applies_to_fr
    assert not one(Entity, "deepseek").tags.exists()


@pytest.mark.django_db
def test_a_changed_citation_is_changed_and_the_others_left_alone(imported: None, folder: Path) -> None:
    before = dict(Citation.objects.values_list("pk", "locator"))
    replace(folder, "claims.yaml", "locator: page 5, table 1", "locator: page 6, table 1")
    import_story(folder)
    after = dict(Citation.objects.values_list("pk", "locator"))
    changed = {pk: locator for pk, locator in after.items() if before[pk] != locator}
    assert list(changed.values()) == ["page 6, table 1"]
    historical: Any = Citation.history  # type: ignore[attr-defined]
    assert historical.filter(history_type="~").count() == 1


@pytest.mark.django_db
def test_each_passage_is_found_in_its_text(imported: None) -> None:
    passages = Citation.objects.exclude(revision=None).order_by("claim__slug", "position").select_related("revision")
    assert [
        (each.revision.name, each.start, each.quote, each.anchor)
        for each in passages
        if each.revision and each.revision.text[each.start : each.end] == each.quote
    ] == [
        ("en.1", 68, "released V2", "changed"),
        ("en.2", 59, "DeepSeek", "same"),
        ("en.2", 68, "released V3.\nIt did not", "moved"),
        ("fr.1", 47, "il a publié V3", "same"),
    ]
    last = passages.last()
    assert last is not None
    assert (last.prefix, last.suffix) == (" laboratoire. En décembre 2024, ", ".")
    assert one(Claim, "liang-wenfeng--role").verdict_suspended
    assert not one(Claim, "v3-release").verdict_suspended


@pytest.mark.django_db
def test_a_new_state_of_a_text_is_added_beside_the_old_ones(imported: None, folder: Path) -> None:
    replace(folder, "articles.yaml", "  - language: fr\n    number: 1\n", "  - language: fr\n    number: 1\n" * 2)
    replace(
        folder,
        "articles.yaml",
        "number: 1\n  - language: fr\n    number: 1",
        "number: 1\n  - language: fr\n    number: 2",
    )
    (folder / "texts" / "story.fr.2.txt").write_text("En 2024, il a publié V3.")
    replace(folder, "claims.yaml", "language: fr\n", "language: fr\n      revision: 2\n")
    import_story(folder)
    citation = Citation.objects.select_related("revision").get(revision__language="fr")
    assert citation.revision is not None
    assert (citation.revision.number, citation.start) == (2, 9)
    assert Revision.objects.filter(article__slug="story", language="fr").count() == 2
    assert import_story(folder).counts["claims"].unchanged == 9


@pytest.mark.django_db
def test_a_text_on_file_cannot_get_other_words(imported: None, folder: Path) -> None:
    (folder / "texts" / "story.fr.1.txt").write_text("DeepSeek est un labo. Il a publié V3.")
    replace(folder, "claims.yaml", "quote: il a publié V3", "quote: Il a publié V3")
    with pytest.raises(StoryError, match=r"story, texts: text fr\.1 is on file with other words; give the new ones"):
        import_story(folder)


@pytest.mark.django_db
def test_a_passage_must_stand_in_the_text_that_is_kept(imported: None, folder: Path) -> None:
    story = one(Article, "story")
    story.licence = "CC BY 4.0"
    story.save()
    Revision.objects.create(article=story, language="fr", number=2, text="Tout autre chose.")
    (folder / "texts" / "story.fr.2.txt").write_text("En 2024, il a publié V3.")
    replace(
        folder,
        "articles.yaml",
        "  - language: fr\n    number: 1\n",
        "  - language: fr\n    number: 1\n  - language: fr\n    number: 2\n",
    )
    replace(folder, "claims.yaml", "language: fr\n", "language: fr\n      revision: 2\n")
    with pytest.raises(
        StoryError, match=r"v3-release, citations\.3\.passage\.quote: “il a publié V3” is not in the text"
    ):
        import_story(folder)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("quote: il a publié V3", "quote: il a publié V4", "citations.3.passage.quote: “il a publié V4” is not in"),
        ("quote: il a publié V3", "quote: ''", "citations.3.passage.quote: is missing"),
        ("language: fr", "language: zh", "citations.3.passage.language: “story” has no text zh.1"),
        ("language: fr", "language: fr\n      revision: 3", "citations.3.passage.language: “story” has no text fr.3"),
        ("      occurrence: 2\n", "", "citations.1.passage.occurrence: the words stand 2 times in the text"),
        ("occurrence: 2", "occurrence: 3", "citations.1.passage.occurrence: the words stand 2 times in the text"),
        ("quote: il a publié V3", "quote: il a publié V3\n      occurrence: 1", "passage.occurrence: leave it out"),
        ("anchor: moved", "anchor: lost", "citations.2.passage.anchor: “lost” is none of"),
    ],
)  # fmt: skip
def test_a_broken_passage_is_named(folder: Path, old: str, new: str, problem: str) -> None:
    replace(folder, "claims.yaml", old, new)
    (found,) = problems_in(folder)
    assert found.startswith("claims.yaml, v3-release, ")
    assert problem in found


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda texts: (texts / "story.fr.1.txt").unlink(), "texts/story.fr.1.txt: the file is missing"),
        (lambda texts: (texts / "story.fr.1.txt").write_bytes(b"\xe9t\xe9"), "texts/story.fr.1.txt: is not UTF-8"),
        (lambda texts: (texts / "story.fr.1.txt").write_text(" \n"), "texts/story.fr.1.txt: There are no words in"),
        (lambda texts: (texts / "new.fr.1.txt").write_text("x"), "texts/new.fr.1.txt: no article in articles.yaml has"),
        (lambda texts: (texts / "story.en.1.txt").rename(texts / "story.en.3.txt"), "texts/story.en.1.txt: the file"),
    ],
)  # fmt: skip
def test_a_broken_file_of_a_text_is_named(folder: Path, change: Callable[[Path], None], problem: str) -> None:
    change(folder / "texts")
    assert any(found.startswith(problem) for found in problems_in(folder))


def test_the_states_of_a_text_are_numbered_without_gaps(folder: Path) -> None:
    replace(folder, "articles.yaml", "number: 2", "number: 3")
    (folder / "texts" / "story.en.2.txt").rename(folder / "texts" / "story.en.3.txt")
    assert "articles.yaml, story, texts: number 2 in en is missing" in problems_in(folder)


@pytest.mark.django_db
def test_an_import_that_fails_half_way_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError

    monkeypatch.setattr("articles.story.importing.refresh_known_since", fail)
    with pytest.raises(RuntimeError):
        import_story(SAMPLE)
    assert record_count() == history_count() == 0


# After people have worked


def edit() -> None:
    claim = one(Claim, "v3-release")
    claim.title_fr = "V3 sort"
    claim.save()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "edit",
    [
        edit,
        lambda: Citation.objects.filter(claim__slug="deepseek--founded-on", stance="context").delete(),
        lambda: one(Claim, "v3-release").mentions.add(one(Entity, "deepseek")),
        lambda: one(Entity, "deepseek-v3").tags.add("open weights"),
        lambda: one(Article, "story").summarises.add(one(Entity, "deepseek-v3")),
        lambda: Author.objects.filter(name="Yang Zhao").update(name="Zhao Yang"),
        lambda: Property.objects.filter(slug="role").update(note_en="A post or a calling."),
        lambda: Unit.objects.filter(code="parameter").update(plural_en="weights"),
    ],
)
def test_what_a_person_changed_is_kept_and_reported(imported: None, edit: Callable[[], object]) -> None:
    edit()
    before = history_count()
    report = import_story(SAMPLE)
    assert [kept.reason for kept in report.kept] == ["made or changed here since the last import"]
    assert sum(counts.kept for counts in report.counts.values()) == 1
    assert history_count() == before
    assert import_story(SAMPLE).kept == report.kept


@pytest.mark.django_db
def test_a_kept_record_does_not_hold_up_the_others(imported: None, folder: Path) -> None:
    edit()
    replace(folder, "claims.yaml", "as_printed: 671B", "as_printed: 671 B")
    replace(folder, "claims.yaml", "fr: V3 est publié", "fr: V3 paraît")
    new = "- slug: v3-open\n  subject: deepseek-v3\n  statement:\n    en: V3 is open.\n"
    replace(folder, "claims.yaml", "- slug: v3-release\n", new + "- slug: v3-release\n")
    counts = import_story(folder).counts["claims"]
    assert vars(counts) == {"created": 1, "changed": 1, "unchanged": 7, "kept": 1}
    assert one(Claim, "v3-release").title_fr == "V3 sort"


@pytest.mark.django_db
def test_an_edit_that_the_files_have_taken_over_is_no_edit_any_more(imported: None, folder: Path) -> None:
    edit()
    replace(folder, "claims.yaml", "fr: V3 est publié", "fr: V3 sort")
    assert import_story(folder).counts["claims"].unchanged == 9
    replace(folder, "claims.yaml", "fr: V3 sort", "fr: V3 paraît")
    assert import_story(folder).counts["claims"].changed == 1


@pytest.mark.django_db
def test_white_space_that_a_form_adds_is_no_edit(imported: None) -> None:
    Article.objects.filter(slug="cgtn").update(note="Two quotations are missing.\r\nNothing was reconstructed.\r\n")
    assert import_story(SAMPLE).counts["articles"].unchanged == 4


@pytest.mark.django_db
def test_overwrite_brings_the_files_back(imported: None) -> None:
    edit()
    one(Claim, "deepseek--homepage").delete()
    counts = import_story(SAMPLE, overwrite=True).counts["claims"]
    assert (counts.created, counts.changed, counts.kept) == (1, 1, 0)
    assert one(Claim, "v3-release").title_fr == "V3 est publié"
    assert import_story(SAMPLE).counts["claims"].unchanged == 9


@pytest.mark.django_db
def test_a_dry_run_says_the_same_and_writes_nothing(imported: None, folder: Path) -> None:
    edit()
    replace(folder, "claims.yaml", "as_printed: 671B", "as_printed: 671 B")
    replace(
        folder,
        "entities.yaml",
        "- slug: deepseek-v3\n",
        "- slug: deepseek-v4\n  kind: model\n  name:\n    en: V4\n- slug: deepseek-v3\n",
    )
    before = (record_count(), history_count())
    foreseen = import_story(folder, overwrite=True, dry_run=True)
    assert (record_count(), history_count()) == before
    assert one(Claim, "v3-release").title_fr == "V3 sort"
    assert import_story(folder, overwrite=True) == foreseen


@pytest.mark.django_db
@pytest.mark.parametrize("overwrite", [False, True])
def test_a_record_that_the_files_no_longer_have_is_kept_and_reported(
    imported: None, folder: Path, overwrite: bool
) -> None:
    replace(
        folder,
        "claims.yaml",
        "- slug: deepseek--homepage\n  subject: deepseek\n  property: homepage\n  value: https://www.deepseek.com/\n",
        "",
    )
    report = import_story(folder, overwrite=overwrite)
    assert [(kept.type, kept.key, kept.reason) for kept in report.kept] == [
        ("claim", "deepseek--homepage", "no longer in the files")
    ]
    assert Claim.objects.filter(slug="deepseek--homepage").exists()


@pytest.mark.django_db
def test_what_a_person_deleted_stays_deleted_and_is_reported(imported: None) -> None:
    one(Claim, "deepseek--homepage").delete()
    report = import_story(SAMPLE)
    assert [(kept.key, kept.reason) for kept in report.kept] == [
        ("deepseek--homepage", "deleted here since the last import")
    ]
    assert not Claim.objects.filter(slug="deepseek--homepage").exists()


@pytest.mark.django_db
def test_a_new_record_that_needs_a_deleted_one_is_refused(imported: None, folder: Path) -> None:
    one(Entity, "a-and-b").delete()
    replace(folder, "claims.yaml", "- deepseek-v3\n  - liang-wenfeng", "- a-and-b\n  - liang-wenfeng")
    with pytest.raises(StoryError, match="mentions: entity “a-and-b” was deleted here"):
        import_story(folder)


@pytest.mark.django_db
def test_a_claim_that_does_not_fit_a_changed_property_is_refused(imported: None, folder: Path) -> None:
    role = one(Property, "role")
    role.value_type = "date"
    role.save()
    replace(folder, "claims.yaml", "fr: fondateur", "fr: le fondateur")
    with pytest.raises(
        StoryError, match="liang-wenfeng--role, property: “role” was changed here and takes another type"
    ):
        import_story(folder)


@pytest.mark.django_db
def test_what_was_made_in_the_admin_alone_is_left_in_peace_and_exported(imported: None, tmp_path: Path) -> None:
    Claim.objects.create(slug="new", subject=one(Entity, "deepseek"), statement="New.", status="published")
    assert not import_story(SAMPLE).kept
    export_story(tmp_path)
    assert read(tmp_path)["claim"]["new"] == {"slug": "new", "subject": "deepseek", "statement": {"en": "New."}}


# The export


@pytest.mark.django_db
@pytest.mark.parametrize("source", [SAMPLE, SHIPPED], ids=["sample", "shipped"])
def test_import_export_import_is_the_identity(source: Path, tmp_path: Path) -> None:
    import_story(source)
    export_story(tmp_path)
    for file in FILES:
        assert (tmp_path / file).read_bytes() == (source / file).read_bytes(), file
    texts = {path.name: path.read_bytes() for path in (source / "texts").glob("*")}
    assert {path.name: path.read_bytes() for path in (tmp_path / "texts").glob("*")} == texts
    report = import_story(tmp_path)
    assert not any(counts.created or counts.changed or counts.kept for counts in report.counts.values())


@pytest.mark.django_db
def test_a_change_in_one_field_is_one_hunk_of_difference(imported: None, tmp_path: Path) -> None:
    edit()
    export_story(tmp_path)
    differences = {
        file: [
            line
            for line in difflib.ndiff(
                (SAMPLE / file).read_text().splitlines(), (tmp_path / file).read_text().splitlines()
            )
            if line[0] in "+-"
        ]
        for file in FILES
    }
    assert {file: lines for file, lines in differences.items() if lines} == {
        "claims.yaml": ["-     fr: V3 est publié", "+     fr: V3 sort"]
    }


@pytest.mark.django_db
def test_an_export_into_a_folder_that_is_a_file_is_refused(imported: None, tmp_path: Path) -> None:
    (tmp_path / "story").write_text("")
    with pytest.raises(CommandError, match="Cannot write to"):
        call_command("export_story", tmp_path / "story")


# The commands


@pytest.mark.django_db
def test_the_commands_tell_what_they_did(folder: Path) -> None:
    out = StringIO()
    call_command("import_story", folder, stdout=out)
    assert out.getvalue().splitlines()[3] == "4 entities: 4 created"
    edit()
    out = StringIO()
    call_command("import_story", folder, stdout=out)
    assert out.getvalue().splitlines()[-2:] == [
        "9 claims: 8 unchanged, 1 kept",
        "kept claim v3-release: made or changed here since the last import",
    ]
    out = StringIO()
    call_command("import_story", folder, dry_run=True, overwrite=True, stdout=out)
    assert out.getvalue().splitlines()[-2:] == [
        "9 claims: 1 changed, 8 unchanged",
        "Nothing was written: this was a dry run.",
    ]
    out = StringIO()
    call_command("export_story", folder, stdout=out)
    assert "9 claims" in out.getvalue().splitlines()


@pytest.mark.django_db
def test_if_empty_is_silent_where_there_are_entities(imported: None, folder: Path) -> None:
    replace(folder, "claims.yaml", "as_printed: 671B", "as_printed: 671 B")
    out = StringIO()
    call_command("import_story", folder, if_empty=True, stdout=out)
    assert out.getvalue() == ""
    assert one(Claim, "deepseek-v3--parameters-total").as_printed == "671B"


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.django_db
@pytest.mark.parametrize(("stream", "shown"), [(StringIO, False), (Terminal, True)])
def test_steps_are_shown_on_a_terminal_alone(stream: type[StringIO], shown: bool) -> None:
    err = stream()
    call_command("import_story", SAMPLE, stdout=StringIO(), stderr=err)
    assert ("saving 9 claims" in err.getvalue()) is shown


def test_a_database_without_its_tables_is_told_in_one_line(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, settings.BASE_DIR / "manage.py", "import_story"],
        env=os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path}/new.sqlite3"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == "CommandError: The database is not up to date with the code: run manage.py migrate first.\n"


# The shipped story


def test_the_shipped_story_is_whole() -> None:
    shipped = read(SHIPPED)
    assert shipped.counts() == {
        "units": 19,
        "properties": 86,
        "tags": 20,
        "entities": 107,
        "articles": 206,
        "claims": 795,
    }
    claims = list(shipped["claim"].values())
    citations = [citation for claim in claims for citation in claim["citations"]]
    own = [citation for citation in citations if citation["article"] == "the-deepseek-story"]
    stances = Counter(citation["stance"] for citation in citations if citation not in own)
    assert stances == {"supports": 1054, "context": 90, "disputes": 63}
    # What the site tells itself is no evidence for what it says.
    assert {citation["stance"] for citation in own} == {"context"}
    assert all(citation["locator"] for citation in citations)
    written = [claim for claim in claims if "statement" in claim]
    relations = [claim for claim in claims if shipped.property_of(claim).get("value_type") == "entity"]
    values = [claim for claim in claims if claim not in written and claim not in relations]
    assert Counter(claim["verdict"] for claim in written) == {
        "supported": 168,
        "disputed": 16,
        "unverified": 12,
        "misleading": 9,
        "outdated": 2,
    }
    assert Counter(claim["verdict"] for claim in values) == {
        "supported": 342,
        "disputed": 6,
        "misleading": 2,
        "outdated": 1,
    }
    assert len(relations) == 237
    assert not any("verdict" in claim for claim in relations)
    assert Counter(claim["lane"] for claim in claims if "lane" in claim) == {
        "models": 18,
        "people-and-firms": 18,
        "markets-and-policy": 17,
        "research": 9,
        "press": 5,
    }
    assert Counter(entity["kind"] for entity in shipped["entity"].values()) == {
        "company": 31,
        "model": 30,
        "person": 21,
        "idea": 13,
        "event": 12,
    }


def test_the_narrative_leads_to_its_claims_in_both_languages() -> None:
    """A citation with a passage has been found in the text, or the story would not have been read."""
    claims = read(SHIPPED)["claim"]
    for language in ("en", "fr"):
        text = (SHIPPED / "texts" / f"the-deepseek-story.{language}.1.txt").read_text("utf-8")
        assert 1_200 <= len(re.findall(r"\w[\w'’-]*", text)) <= 1_900
        led_to = {
            claim["slug"]
            for claim in claims.values()
            for citation in claim["citations"]
            if citation["article"] == "the-deepseek-story" and citation["passage"]["language"] == language
        }
        assert len(led_to) >= 60


def test_the_seed_article_makes_forty_claims() -> None:
    made = [
        claim
        for claim in read(SHIPPED)["claim"].values()
        if any("makes_claim" in citation for citation in claim["citations"])
    ]
    assert Counter(claim["verdict"] for claim in made) == {
        "supported": 24,
        "unverified": 6,
        "misleading": 5,
        "disputed": 3,
        "outdated": 2,
    }


def test_every_word_for_readers_is_in_both_languages() -> None:
    shipped = read(SHIPPED)
    alone = [
        (key, name)
        for record_type in ("property", "tag", "entity", "claim")
        for key, record in shipped[record_type].items()
        for name in ("label", "pattern", "summary", "statement", "title", "rationale", "rank_reason", "applies_to")
        if name in record and set(record[name]) != {"en", "fr"}
    ]
    assert not alone


def test_no_unofficial_copy_has_its_address_published() -> None:
    """A note names the host of each copy that was read; readers get the publisher's own address, or none."""
    articles = read(SHIPPED)["article"].values()
    hosts = {
        host
        for article in articles
        if re.search("copy|copies|republi|mirror|rewrite|another", article.get("note", ""))
        for host in re.findall(r"\b[\w-]+(?:\.[\w-]+)*\.(?:com|ca|info|news|press|net)\b", article["note"])
    }
    assert {"squidsite02.com", "daily8.com", "lnginnorthernbc.ca", "thepulse.press"} <= hosts
    addresses = " ".join(article.get("url", "") + " " + article.get("archive_url", "") for article in articles)
    assert not [host for host in hosts if host in addresses]
    assert sum("url" not in article for article in articles) == 8


# The format

# Kept elsewhere: the slug of a tag is made from its name, and the summary sources of an entity stand with the entity.
ELSEWHERE = {(Tag, "slug"), (Article, "summarises")}


def columns_of(fields: tuple[Field, ...]) -> set[str]:
    columns = {field.column for field in fields if not isinstance(field, Value)}
    columns |= {column for field in fields if type(field) is Group for column in columns_of(field.fields)}
    columns |= {"native_language"} if any(isinstance(field, NativeName) for field in fields) else set()
    return columns | (set(Claim.VALUE_FIELDS.values()) if any(isinstance(field, Value) for field in fields) else set())


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.section)
def test_every_column_that_people_edit_is_in_the_files(shape: Shape) -> None:
    edited = {
        field.name
        for field in (*shape.model._meta.fields, *shape.model._meta.many_to_many)
        if field.editable and not field.auto_created and not isinstance(field, TranslationField)
    }
    assert {name for name in edited - columns_of(shape.fields) if (shape.model, name) not in ELSEWHERE} == set()


def all_fields(fields: tuple[Field, ...]) -> list[str]:
    inner = [name for field in fields if isinstance(field, Group) for name in all_fields(field.fields)]
    return [field.name for field in fields] + inner


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.section)
def test_every_field_is_explained(shape: Shape) -> None:
    text = (settings.BASE_DIR / "docs" / "data.md").read_text(encoding="utf-8")
    section = text.partition(f"### {shape.section}\n")[2].partition("\n### ")[0].partition("\n## ")[0]
    assert [name for name in all_fields(shape.fields) if f"`{name}`" not in section] == []
