"""Claims as spreadsheets: read, tried, imported whole or not at all, and written so that they come back the same."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from articles.models import Article, Citation
from articles.spreadsheet import MARK, MOST_BYTES, MOST_ROWS, SheetError, decode, import_claims, table, template
from articles.story import import_story
from articles.story.shapes import SHAPE_OF
from articles.story.stored import Stored
from entities.models import Claim, Entity, Property
from tests import desk, factories

pytestmark = pytest.mark.django_db

SAMPLE = Path(__file__).parent.parent / "data" / "story"
WORDS = "subject,statement_en\ndeepseek-r1,It is out.\n"


def sheet(*rows: dict[str, str], delimiter: str = ",") -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    target = io.StringIO()
    writer = csv.DictWriter(target, names, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return target.getvalue()


def run(text: str, **options: Any) -> Any:
    return import_claims(text, **{"may_judge": True, "dry_run": False} | options)


@pytest.fixture
def vocabulary(r1: Entity, high_flyer: Entity, report: Article) -> None:
    factories.prop("size", "quantity")
    factories.prop("licence", "text")
    factories.prop("released", "date")
    factories.prop("homepage", "url")
    factories.prop("developed-by", "entity", subject_kinds=["model"], object_kinds=["company"])


# Import


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_claim_of_each_sort_is_made_as_a_draft(vocabulary: None, delimiter: str) -> None:
    cite = {"article": "v3-report", "stance": "supports", "locator": "table 1", "makes_claim": "TRUE"}
    rows = [
        {"subject": "deepseek-r1", "property": "size", "value": "671", "unit": "parameter", "bound": "about"} | cite,
        {"subject": "deepseek-r1", "property": "licence", "value": "MIT", "value_fr": "Licence MIT"},
        {"subject": "deepseek-r1", "property": "released", "value": "2025-01~", "when": "2025"},
        {"subject": "deepseek-r1", "property": "homepage", "value": "https://example.org/"},
        {"subject": "deepseek-r1", "property": "developed-by", "value": "high-flyer", "mentions": "high-flyer"},
        {"subject": "deepseek-r1", "statement_en": "=1+1; it is.", "statement_fr": "C'est.", "status": "published"},
    ]
    report = run(sheet(*rows, delimiter=delimiter))
    assert [line.problems for line in report.lines if line.problems] == []
    assert report.created == 6
    slugs = [f"deepseek-r1--{name}" for name in ("size", "licence", "released", "homepage", "developed-by--high-flyer")]
    claims = list(Claim.objects.order_by("pk"))
    assert [claim.slug for claim in claims] == [*slugs, "11-it-is"]
    assert {claim.status for claim in claims} == {"draft"}
    assert (str(claims[0].amount).rstrip("0"), claims[0].bound) == ("671.", "about")
    assert (claims[1].text_en, claims[1].text_fr) == ("MIT", "Licence MIT")  # type: ignore[attr-defined]
    assert [entity.slug for entity in claims[4].mentions.all()] == ["high-flyer"]
    citation = Citation.objects.get()
    assert (citation.claim, citation.locator, citation.makes_claim) == (claims[0], "table 1", True)


def test_rows_below_a_claim_add_citations(vocabulary: None) -> None:
    other = factories.article("other")
    rows = [
        {"slug": "out", "subject": "deepseek-r1", "statement_en": "Out.", "article": "v3-report", "stance": "supports"},
        {"slug": "out", "article": "other", "stance": "disputes"},
        {"article": "other", "stance": "context", "locator": "page 2"},
    ]
    assert run(sheet(*rows)).created == 1
    assert [(each.article, each.stance) for each in Citation.objects.all()][1:] == [
        (other, "disputes"),
        (other, "context"),
    ]


def test_an_import_writes_history_with_its_reason(vocabulary: None) -> None:
    run(WORDS, reason="From the register.")
    assert desk.history(Claim).get().history_change_reason == "From the register."


def test_a_dry_run_writes_nothing(vocabulary: None) -> None:
    report = run(WORDS, dry_run=True)
    assert (report.created, report.lines[0].slug) == (1, "it-is-out")
    assert not Claim.objects.exists()
    assert not desk.history(Claim).exists()


def test_a_second_import_finds_all_unchanged(vocabulary: None) -> None:
    text = sheet(
        {"subject": "deepseek-r1", "property": "size", "value": "671", "unit": "parameter"},
        {"subject": "deepseek-r1", "property": "size", "value": "685", "unit": "parameter"},
        {"subject": "deepseek-r1", "statement_en": "It is out."},
    )
    run(text)
    assert sorted(claim.slug for claim in Claim.objects.all()) == [
        "deepseek-r1--size",
        "deepseek-r1--size--2",
        "it-is-out",
    ]
    Claim.objects.update(status="published")
    again = run(text)
    assert (again.unchanged, again.created, Claim.objects.count()) == (3, 0, 3)


def refused(text: str, **options: Any) -> list[tuple[int, str, str, str]]:
    report = run(text, **options)
    assert not Claim.objects.filter(status="draft").exists()
    return [problem for line in report.lines for problem in line.problems]


SIZE = {"subject": "deepseek-r1", "property": "size", "value": "671", "unit": "parameter"}


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (SIZE | {"value": "many"}, (2, "value", "many", "is not a number")),
        (SIZE | {"value": "5,576"}, (2, "value", "5,576", "is not a number")),
        (SIZE | {"value": "1" * 16}, (2, "value", "1" * 16, "at most 15 digits")),
        (SIZE | {"unit": "euro"}, (2, "unit", "euro", "there is no unit")),
        (SIZE | {"unit": ""}, (2, "unit", "", "size is counted in parameter")),
        (SIZE | {"bound": "roughly"}, (2, "bound", "roughly", "is none of: exact")),
        (SIZE | {"value_fr": "x"}, (2, "value_fr", "x", "is for texts")),
        (SIZE | {"subject": "nobody"}, (2, "subject", "nobody", "there is no entity")),
        (SIZE | {"subject": ""}, (2, "subject", "", "is missing")),
        (SIZE | {"property": "moon"}, (2, "property", "moon", "there is no property")),
        (SIZE | {"when": "soon"}, (2, "when", "soon", "“soon”")),
        (SIZE | {"lane": "models"}, (2, "when", "", "is missing: a claim on the timeline needs a date")),
        (SIZE | {"article": "v3-report"}, (2, "stance", "", "is missing")),
        (SIZE | {"article": "nowhere", "stance": "supports"}, (2, "article", "nowhere", "there is no article")),
        (SIZE | {"article": "v3-report", "stance": "denies"}, (2, "stance", "denies", "is none of")),
        (SIZE | {"slug": "no slug!"}, (2, "slug", "no slug!", "Enter a valid")),
        (SIZE | {"slug": "former"}, (2, "slug", "former", "is an address of renamed")),
        (SIZE | {"slug": "renamed"}, (2, "slug", "renamed", "says otherwise: property, statement")),
        (
            SIZE | {"rank": "preferred", "rank_reason_en": "x"},
            (2, "rank", "preferred", "is the preferred value already"),
        ),
        (
            SIZE | {"mentions": "high-flyer; nobody"},
            (2, "mentions", "high-flyer; nobody", "there is no entity “nobody”"),
        ),
        ({"subject": "deepseek-r1"}, (2, "statement_en", "", "is missing: write one")),
        (
            {"subject": "deepseek-r1", "property": "developed-by", "value": "deepseek-r1"},
            (2, "value", "", "does not go"),
        ),
        ({"subject": "deepseek-r1", "statement_en": "x", "title_en": "T" * 81}, (2, "title_en", "", "at most 80")),
    ],
)
def test_a_wrong_row_is_refused_by_row_column_and_value(
    vocabulary: None, r1: Entity, row: dict[str, str], problem: tuple[int, str, str, str]
) -> None:
    size = Property.objects.get(slug="size")
    factories.claim(r1, property=size, amount=1, unit=size.unit, rank="preferred", rank_reason="Because.")
    old = factories.claim(r1, slug="former", statement="Old.")
    old.slug = "renamed"
    old.save()
    found = refused(sheet(row))
    number, column, value, reason = problem
    assert any((each[0], each[1]) == (number, column) and value in each[2] and reason in each[3] for each in found), (
        found
    )


def test_one_wrong_row_keeps_all_others_out(vocabulary: None) -> None:
    text = sheet(SIZE, SIZE | {"value": "many"}, {"subject": "deepseek-r1", "statement_en": "Fine."})
    report = run(text)
    assert [line.outcome for line in report.lines] == ["create", "refused", "create"]
    assert not Claim.objects.exists()


def test_a_row_said_twice_is_refused_with_the_first(vocabulary: None) -> None:
    assert refused(sheet(SIZE, SIZE)) == [(3, "slug", "", "repeats row 2")]


def test_a_verdict_is_for_reviewers(vocabulary: None) -> None:
    row = {"subject": "deepseek-r1", "statement_en": "It is.", "verdict": "supported"}
    assert refused(sheet(row), may_judge=False) == [(2, "verdict", "supported", "only a reviewer gives a verdict")]
    assert run(sheet(row)).created == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The file is empty."),
        (b"\n\n", "The file is empty."),
        (b"PK\x03\x04abc", "This is a workbook"),
        ("subject\n".encode("utf-16"), "The text is in UTF-16"),
        (b"subject\ncaf\xe9\n", "Line 2 is not in UTF-8"),
        (b"\x00\x01\x02", "This is no text"),
        (b"x" * (MOST_BYTES + 1), "The file is larger than 1000 kB."),
        (b"subject,colour\n", "there is no column “colour”"),
        (b"subject,subject\n", "named twice"),
        (b'subject\n"deep', "The file is not CSV"),
        (b"subject\n" + b"a\n" * (MOST_ROWS + 1), "more than 2000 rows"),
        (b"slug\n" + b"a" * 200_000, "The file is not CSV: field larger than field limit"),
    ],
)
def test_what_is_no_sheet_is_refused_with_the_reason(content: bytes, reason: str) -> None:
    # The readers of other tests lift the limit of the process.
    csv.field_size_limit(131_072)
    with pytest.raises(SheetError, match=reason.replace(".", r"\.")):
        run(decode(content))


def test_cells_beyond_the_columns_are_not_dropped(vocabulary: None) -> None:
    assert refused(WORDS.replace("out.", "out., and more"))[0][3] == "has more cells than there are columns"


def test_the_mark_of_excel_and_empty_rows_are_no_matter(vocabulary: None) -> None:
    text = decode((MARK + "Subject;Statement_EN;;\r\n;;;\r\ndeepseek-r1;It is out.;;\r\n").encode())
    report = run(text)
    assert [(line.number, line.outcome) for line in report.lines] == [(3, "create")]


@pytest.mark.parametrize(
    ("first", "separator"), [("sep=;", ";"), ("SEP=;\r", ";"), ('"sep=,"', ","), ("sep=\t", "\t"), ("sep=|", "|")]
)
def test_a_first_line_says_what_parts_the_cells(vocabulary: None, first: str, separator: str) -> None:
    """Commas in the heading would else be taken for it; Excel counts its rows without this line."""
    row = {"subject": "deepseek-r1", "statement_en": f"It is {separator} out.", "mentions": ""}
    report = run(MARK + f"{first}\n" + sheet(row, delimiter=separator))
    assert [(line.number, line.outcome) for line in report.lines] == [(2, "create")]
    assert Claim.objects.get().statement == f"It is {separator} out."


@pytest.mark.parametrize("first", ["sep=", "sep=x", "sep=;;x"])
def test_a_first_line_that_says_nothing_is_taken_for_the_heading(vocabulary: None, first: str) -> None:
    with pytest.raises(SheetError, match="there is no column"):
        run(f"{first}\n{WORDS}")


# Export


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix(MARK))))


def without_passages(citations: list[dict]) -> list[dict]:
    """Leave out what a sheet has no column for; two passages of one citation are one row."""
    bare = [{name: value for name, value in each.items() if name != "passage"} for each in citations]
    return [each for number, each in enumerate(bare) if each not in bare[:number]]


def test_claims_come_back_from_a_sheet_as_they_were_without_their_passages() -> None:
    import_story(SAMPLE)
    before = Stored().story()["claim"]
    text = "".join(table(SHAPE_OF["claim"], Claim.objects.order_by("pk")))
    again = run(decode(text.encode()))
    assert (again.refused, again.created, again.unchanged) == (0, 0, len(before))
    Claim.objects.filter(replaces=None).delete()
    Claim.objects.all().delete()
    report = run(text)
    assert [line.problems for line in report.lines if line.problems] == []
    after = Stored().story()["claim"]
    for record in (*before.values(), *after.values()):
        record.pop("status", None)
        record["citations"] = without_passages(record.get("citations", []))
    assert after == before


def test_no_cell_is_taken_for_a_formula(r1: Entity) -> None:
    for number, words in enumerate(("=1+1", "+1 more", "-1 less", "@x", "'=x", "'tis", "''=y")):
        factories.claim(r1, slug=f"claim-{number}", statement=words)
    size = factories.prop("size", "quantity")
    factories.claim(r1, slug="loss", property=size, amount="-5.5", unit=size.unit)
    text = "".join(table(SHAPE_OF["claim"], Claim.objects.order_by("pk")))
    cells = [row["statement_en"] for row in rows_of(text)]
    assert cells == ["'=1+1", "'+1 more", "'-1 less", "'@x", "''=x", "'tis", "'''=y", ""]
    assert rows_of(text)[-1]["value"] == "-5.5"
    assert run(text).unchanged == 8


@pytest.mark.parametrize("name", ["entity", "article"])
def test_each_record_of_a_list_is_one_row(name: str) -> None:
    import_story(SAMPLE)
    shape = SHAPE_OF[name]
    rows = rows_of("".join(table(shape, shape.model._default_manager.order_by("slug"))))
    assert [row["slug"] for row in rows] == sorted(Stored().story()[name])
    if name == "entity":
        liang = next(row for row in rows if row["native_name"])
        assert liang["native_language"] == "zh-Hans"
        assert next(row["links"] for row in rows if row["links"]).split(" ")[1].startswith("http")
    else:
        assert any(row["publisher_entity"] for row in rows) or any(row["publisher_name"] for row in rows)


def test_an_export_costs_the_same_for_each_piece(
    r1: Entity, django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(40):
        factories.claim(r1, statement=f"{number}", cites=[factories.article()])
    with django_assert_max_num_queries(25):
        assert len(rows_of("".join(table(SHAPE_OF["claim"], Claim.objects.order_by("pk"))))) == 40


def test_the_template_names_every_column() -> None:
    assert rows_of(template()) == []
    assert template().startswith(f"{MARK}slug,former_slugs,subject,property,value,value_fr,value_zh_hans,unit,bound,")


def test_a_sheet_of_some_hundred_claims_is_imported_whole(r1: Entity) -> None:
    rows = [{"subject": "deepseek-r1", "statement_en": f"Statement {number}."} for number in range(500)]
    assert run(sheet(*rows)).created == 500
