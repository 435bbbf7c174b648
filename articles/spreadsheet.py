"""Records as spreadsheets: claims read from CSV with the readers of the story files, and any list written as CSV.

One row is one claim with one citation; a row below it in which only columns of the citation are filled, and perhaps the
slug, adds a citation. docs/data.md names the columns.
"""

import csv
import io
import itertools
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Q, QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override

from entities.addresses import former_slugs
from entities.models import Claim, Property, Status

from .clock import refresh_known_since
from .story.checks import ACROSS, check_record
from .story.fields import (
    Flag,
    Group,
    Links,
    Many,
    NativeName,
    Passage,
    Record,
    Rows,
    Translated,
    Value,
    Words,
    parse_fields,
)
from .story.problems import Place, Problem, short
from .story.shapes import SHAPE_OF, TEXTS, Shape
from .story.stored import Stored

MOST_ROWS = 2_000
# The text travels through a form, whose limit is 2.5 MB.
MOST_BYTES = 1_000_000
CHUNK = 500
# Excel reads a file without this mark in the alphabet of its country.
MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
SEPARATOR = "; "
# The first line of a file that tells Excel what parts its cells.
FIRST_LINE = re.compile(r'"?sep=(?P<separator>[,;\t|])"?[,;\t ]*(?:\r?\n|\Z)', re.IGNORECASE)
# What a spreadsheet takes for a formula; an apostrophe before it makes it words, and is taken away again.
FORMULA = re.compile(r"'*[=+\-@\t\r]")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
CITATIONS = "citations"

Path = tuple[str, ...]


class SheetError(Exception):
    """The file cannot be read as a spreadsheet at all; the message is for the editor."""


def columns(shape: Shape) -> dict[str, Path]:
    """Map the name of each column to where its cells belong in a record of the story files.

    Texts of articles and passages in them have no column: a cell is no place for either.
    """
    found: dict[str, Path] = {}
    for each in shape.fields:
        if isinstance(each, NativeName):
            found |= {each.name: (each.name, "name"), each.LANGUAGE_COLUMN: (each.name, "language")}
        elif isinstance(each, Translated):
            found |= {f"{each.name}_{suffix}": (each.name, language) for suffix, language in _languages()}
        elif isinstance(each, Value):
            found |= {each.name: (each.name,)}
            found |= {f"{each.name}_{suffix}": (each.name, language) for suffix, language in _languages()[1:]}
        elif isinstance(each, Rows) and each.name == CITATIONS:
            found |= {part.name: (each.name, part.name) for part in each.fields if not isinstance(part, Passage)}
        elif each.name == TEXTS.name:
            continue
        elif isinstance(each, Group) and not isinstance(each, Rows):
            found |= {f"{each.name}_{part.name}": (each.name, part.name) for part in each.fields}
        else:
            found[each.name] = (each.name,)
    return found


def _languages() -> list[tuple[str, str]]:
    return [(language.replace("-", "_"), language) for language in ("en", "fr", "zh-hans")]


CLAIM = SHAPE_OF["claim"]
COLUMNS = columns(CLAIM)
CITATION_COLUMNS = {name for name, path in COLUMNS.items() if path[0] == CITATIONS}
LISTS = {each.name for each in CLAIM.fields if isinstance(each, Many | Words | Rows) and each.name != CITATIONS}
FLAGS = {part.name for each in CLAIM.fields if isinstance(each, Rows) for part in each.fields if isinstance(part, Flag)}


@dataclass
class Line:
    """A claim of the sheet: its first row, counted as a spreadsheet does, its cells, and what would become of it."""

    number: int
    cells: dict[str, str]
    citations: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    slug: str = ""
    outcome: str = "create"
    # Row, column, what it holds, reason.
    problems: list[tuple[int, str, str, str]] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        cells = self.cells
        parts = (cells.get("subject", ""), cells.get("property", ""), cells.get("value", ""), cells.get("unit", ""))
        return cells.get("statement_en") or " ".join(part for part in parts if part)

    def refuse(self, column: str, reason: str, row: int = 0, value: str = "") -> None:
        self.outcome = "refused"
        self.problems.append((row or self.number, column, value or self.cells.get(column, ""), reason))


@dataclass(frozen=True)
class Report:
    """What an import did or would do, claim by claim."""

    lines: list[Line]

    def count(self, outcome: str) -> int:
        return sum(line.outcome == outcome for line in self.lines)

    @property
    def created(self) -> int:
        return self.count("create")

    @property
    def unchanged(self) -> int:
        return self.count("unchanged")

    @property
    def refused(self) -> int:
        return self.count("refused")


def decode(content: bytes) -> str:
    """Read the bytes of a file as text.

    Raises:
        SheetError: it is too large, no text, or text in another encoding than UTF-8.
    """
    if len(content) > MOST_BYTES:
        raise SheetError(_("The file is larger than %(most)s kB.") % {"most": MOST_BYTES // 1000})
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise SheetError(_("This is a workbook, not CSV: save it as “CSV UTF-8” first."))
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SheetError(_("The text is in UTF-16: save it as “CSV UTF-8”."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SheetError(_("Line %(line)s is not in UTF-8: save it as “CSV UTF-8”.") % {"line": line}) from error
    if "\0" in text:
        raise SheetError(_("This is no text: it has characters that no spreadsheet writes."))
    return text


def read(text: str) -> list[Line]:
    """Read the rows of a sheet into claims with their citations.

    Raises:
        SheetError: there is no heading, a column is unknown or named twice, or there are too many rows.
    """
    text = text.removeprefix(MARK)
    if said := FIRST_LINE.match(text):
        # Excel takes this line and shows none, so that the rows below count from one there.
        text = text[said.end() :]
    heading = text.lstrip("\r\n").partition("\n")[0]
    delimiter = said["separator"] if said else max(",;\t", key=heading.count)
    try:
        rows = [(number, row) for number, row in _numbered(text, delimiter) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise SheetError(_("The file is not CSV: %(reason)s.") % {"reason": error}) from error
    if not rows:
        raise SheetError(_("The file is empty."))
    names = [name.strip().lower() for name in rows[0][1]]
    while names and not names[-1]:
        names.pop()
    if unknown := [name for name in names if name not in COLUMNS]:
        known = ", ".join(COLUMNS)
        raise SheetError(
            _("The first row names the columns, and there is no column “%(name)s”. There are: %(known)s.")
            % {"name": short(unknown[0]), "known": known}
        )
    if len(set(names)) != len(names):
        raise SheetError(_("A column is named twice in the first row."))
    if len(rows) - 1 > MOST_ROWS:
        raise SheetError(_("There are more than %(most)s rows: cut the file in parts.") % {"most": MOST_ROWS})
    lines: list[Line] = []
    for number, row in rows[1:]:
        cells = {name: _plain(cell) for name, cell in zip(names, row, strict=False) if cell.strip()}
        about_claim = cells.keys() - CITATION_COLUMNS - {"slug"}
        if not lines or about_claim or cells.get("slug", lines[-1].slug) != lines[-1].slug:
            lines.append(Line(number, cells, slug=cells.get("slug", "")))
        if citation := {name: cell for name, cell in cells.items() if name in CITATION_COLUMNS}:
            lines[-1].citations.append((number, citation))
        if any(cell.strip() for cell in row[len(names) :]):
            lines[-1].refuse("", "has more cells than there are columns", number)
    return lines


def _numbered(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Walk through the rows, each with its number in a spreadsheet, where a cell of several lines is in one row."""
    return enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), start=1)


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def import_claims(text: str, *, reason: str = "", may_judge: bool, dry_run: bool) -> Report:
    """Make the claims of a sheet that are new, as drafts, in one transaction: all of them or none.

    `dry_run` does it all, then takes it back. A claim that is there already, whatever its status, is left alone.

    Raises:
        SheetError: the sheet cannot be read, or the database refuses what it says.
    """
    lines = read(text)
    try:
        with transaction.atomic():
            # The plain column of a translated text takes the active language.
            with override("en"):
                _import(lines, reason, may_judge)
            if dry_run or any(line.problems for line in lines):
                transaction.set_rollback(True)
    except DatabaseError as error:
        told = " ".join(str(error).split())
        raise SheetError(_("The database refuses it: %(reason)s") % {"reason": told}) from error
    return Report(lines)


def _import(lines: list[Line], reason: str, may_judge: bool) -> None:
    value_types = dict(Property.objects.values_list("slug", "value_type"))
    _name(lines, value_types)
    stored = Stored(_keys(lines, value_types), reason)
    story = stored.story()
    there = dict(story["claim"])
    contents = {_content(record): slug for slug, record in there.items()}
    first: dict[str, Line] = {}
    new: dict[str, Line] = {}
    for line in lines:
        problems: list[Problem] = []
        place = Place(problems, "", value_types=value_types)
        record = parse_fields(CLAIM.fields, _raw(line, value_types), place)
        is_sound = not problems
        same = there.get(line.slug) if "slug" in line.cells else there.get(contents.get(_content(record), ""))
        repeated = first.setdefault(line.slug if "slug" in line.cells else _content(record), line)
        if same and is_sound:
            _compare(line, record, same)
        elif repeated is not line and is_sound:
            line.refuse("slug", f"repeats row {repeated.number}")
        elif not same:
            record["status"] = Status.DRAFT.value
            story["claim"][line.slug] = record
            new[line.slug] = line
            check_record(story, CLAIM, line.slug, place, is_sound)
            _check_here(line, record, may_judge)
        _tell(line, problems)
    _check_former(new)
    together: list[Problem] = []
    ACROSS["claim"](story, Place(together, ""))
    for problem in together:
        if problem.record in new:
            _tell(new[problem.record], [problem])
    if any(line.problems for line in lines):
        return
    stored.save(CLAIM, story, {"claim": list(new)})
    refresh_known_since(list(Claim.objects.filter(slug__in=new).values_list("pk", flat=True)))


def _raw(line: Line, value_types: Mapping[str, str]) -> dict[str, Any]:
    """Put the cells of a claim where the reader of the story files looks for them."""
    raw: dict[str, Any] = {}
    cells = line.cells | {"slug": line.slug}
    for name, path in COLUMNS.items():
        if name not in cells or name in CITATION_COLUMNS or name == "status":
            continue
        cell = cells[name]
        if name in LISTS:
            raw[name] = [part.strip() for part in cell.split(";") if part.strip()]
        elif len(path) > 1:
            texts = raw.setdefault(path[0], {})
            if isinstance(texts, dict):
                texts[path[1]] = cell
            else:
                line.refuse(name, f"is for texts; {line.cells.get('property')} takes another type of value")
        elif name == "value" and value_types.get(line.cells.get("property", "")) == "text":
            raw["value"] = {"en": cell}
        else:
            raw[name] = cell.strip()
    if line.citations:
        raw[CITATIONS] = [
            {name: cell.strip().lower() if name in FLAGS else cell for name, cell in of_citation.items()}
            for _number, of_citation in line.citations
        ]
    return raw


def _name(lines: list[Line], value_types: Mapping[str, str]) -> None:
    """Give each claim without a slug one as the story files name them, numbered on a clash."""
    taken = {line.slug for line in lines if line.slug}
    pending = []
    for line in lines:
        if not line.slug:
            cells = line.cells
            parts = [cells.get("title_en") or cells.get("statement_en", "")]
            if cells.get("property"):
                relation = value_types.get(cells["property"]) == "entity"
                parts = [cells.get("subject", ""), cells["property"], *([cells.get("value", "")] if relation else [])]
            stem = "--".join(slugify(part) for part in parts if slugify(part))[:150].strip("-") or "claim"
            pending.append((line, stem, "--" if cells.get("property") else "-", itertools.count(2)))
            line.slug = stem
    while pending:
        asked = {line.slug for line, *_rest in pending}
        for records in (Claim.objects.all(), former_slugs(Claim)):
            taken |= set(records.filter(slug__in=asked).values_list("slug", flat=True))
        left = []
        for line, stem, dash, numbers in pending:
            if line.slug in taken:
                line.slug = f"{stem}{dash}{next(numbers)}"
                left.append((line, stem, dash, numbers))
            else:
                taken.add(line.slug)
        pending = left


def _keys(lines: list[Line], value_types: Mapping[str, str]) -> dict[str, Collection[str]]:
    """Name the records that the sheet speaks of, and the claims that may say the same or stand against it."""
    cells = [line.cells for line in lines]
    subjects, properties = ({each[name] for each in cells if name in each} for name in ("subject", "property"))
    statements = {each["statement_en"] for each in cells if "statement_en" in each}
    objects = {
        each["value"] for each in cells if value_types.get(each.get("property", "")) == "entity" and "value" in each
    }
    mentions = {part.strip() for each in cells for part in each.get("mentions", "").split(";")}
    replaced = {each["replaces"] for each in cells if "replaces" in each}
    of_property = Q(property__slug__in=properties) & (Q(object=None) | Q(object__slug__in=objects))
    alike = Claim.objects.filter(
        Q(subject__slug__in=subjects) & (of_property | Q(property=None, statement_en__in=statements))
        | Q(slug__in={line.slug for line in lines} | replaced)
        | Q(replaces__slug__in=replaced)
    )
    articles = {each["article"].strip() for line in lines for _number, each in line.citations if "article" in each}
    return {
        "claim": set(alike.values_list("slug", flat=True)),
        "entity": subjects | objects | mentions,
        "article": articles,
    }


def _content(record: Record) -> str:
    """Write down what a claim says, whatever it is called and how far it has come."""
    return json.dumps(_said(record), sort_keys=True, default=str)


def _said(record: Record) -> Record:
    said = {name: value for name, value in record.items() if name not in ("slug", "status", "former_slugs")}
    return said | ({CITATIONS: _without_passages(said[CITATIONS])} if CITATIONS in said else {})


def _without_passages(citations: Iterable[Record]) -> list[Record]:
    """Leave the passages out; citations that differ in them alone are one."""
    bare = [{name: value for name, value in each.items() if name != "passage"} for each in citations]
    return [each for place, each in enumerate(bare) if each not in bare[:place]]


def _compare(line: Line, record: Record, there: Record) -> None:
    """Leave a claim alone that says the same already; refuse to change one that says otherwise."""
    line.slug, line.outcome = there["slug"], "unchanged"
    here, stored = _said(record), _said(there)
    differing = sorted(name for name in here.keys() | stored.keys() if here.get(name) != stored.get(name))
    if differing:
        line.refuse("slug", f"is there already and says otherwise: {', '.join(differing)}; change it in its form")


def _check_here(line: Line, record: Record, may_judge: bool) -> None:
    if "verdict" in record and not may_judge:
        line.refuse("verdict", "only a reviewer gives a verdict")
    value = record.get("value")
    if isinstance(value, int | Decimal) and len(Decimal(value).normalize().as_tuple().digits) > Claim.AMOUNT_DIGITS:
        line.refuse("value", f"at most {Claim.AMOUNT_DIGITS} digits are kept exactly")


def _check_former(new: Mapping[str, Line]) -> None:
    for former in former_slugs(Claim).filter(slug__in=list(new)).select_related("record"):
        new[former.slug].refuse("slug", f"is an address of {former.record.slug} and leads there for ever")


def _tell(line: Line, problems: Iterable[Problem]) -> None:
    """Say what is wrong by row and column of the sheet."""
    for problem in problems:
        name, *rest = problem.field.split(".")
        number, cells, column = line.number, line.cells, name
        if name == CITATIONS and rest:
            number, cells = line.citations[int(rest[0]) - 1]
            column = rest[1] if len(rest) > 1 else "article"
        else:
            # The column of that language, else the first of the field.
            of_field = [each for each, path in COLUMNS.items() if path[0] == name]
            column = next((each for each in of_field if COLUMNS[each][1:] == tuple(rest)), (*of_field, name)[0])
        line.refuse(column, problem.reason, number, cells.get(column, ""))


def template() -> str:
    """Write a sheet with the names of the columns alone."""
    return MARK + _written([list(COLUMNS)])


def table(shape: Shape, records: QuerySet[Any]) -> Iterator[str]:
    """Write records as CSV piece by piece, in the order of the queryset, in the same memory whatever their number."""
    names = columns(shape)
    yield MARK + _written([list(names)])
    slugs = records.values_list("slug", flat=True).iterator(chunk_size=CHUNK)
    while chunk := list(itertools.islice(slugs, CHUNK)):
        # Locked for a moment, so that no record is read with half of what it refers to.
        with transaction.atomic():
            story = Stored({shape.name: chunk}).story()
        found = story[shape.name]
        yield _written(row for slug in chunk if slug in found for row in _rows(names, found[slug], shape))


def _rows(names: Mapping[str, Path], record: Record, shape: Shape) -> Iterator[list[str]]:
    """Write one record: a row, and one more for each further citation, which has the slug and the citation alone."""
    citations = _without_passages(record.get(CITATIONS, [])) or [{}]
    flat = {each.name: each for each in shape.fields}
    for number, citation in enumerate(citations):
        cells = []
        for name, path in names.items():
            if path[0] == CITATIONS:
                cells.append(_cell(citation.get(path[1], "")))
            elif number and name != shape.key:
                cells.append("")
            else:
                cells.append(_cell(_look_up(record, path, flat[path[0]])))
        yield cells


def _look_up(record: Record, path: Path, of: Any) -> Any:
    value = record.get(path[0], of.default or "" if of.name in ("status", "bound", "rank") else "")
    if isinstance(of, NativeName):
        [(language, name)] = value.items() if value else [("", "")]
        return name if path[-1] == "name" else language
    if isinstance(of, Value) and len(path) == 1:
        return value.get("en", "") if isinstance(value, dict) else value
    if isinstance(of, Group) and not isinstance(of, Rows):
        value = of.unfold(value) or {}
    if len(path) > 1:
        return value.get(path[1], "") if isinstance(value, dict) else ""
    if isinstance(of, Links):
        return [f"{link['type']} {link['url']}" for link in value]
    if isinstance(of, Rows):
        return [_words(entry) for entry in value]
    return value


def _words(entry: Any) -> str:
    """Write an entry of a list: its name, with the slug of its page in brackets where it has one."""
    if isinstance(entry, str):
        return entry
    first, *rest = entry.values()
    return f"{first} ({', '.join(map(str, rest))})"


def _cell(value: Any) -> str:
    """Write a value so that no spreadsheet takes it for a formula; a plain number stays one."""
    if isinstance(value, list | tuple):
        value = SEPARATOR.join(map(str, value))
    words = (
        str(value).lower()
        if isinstance(value, bool)
        else format(value, "f")
        if isinstance(value, Decimal)
        else str(value)
    )
    return f"'{words}" if FORMULA.match(words) and not NUMBER.fullmatch(words) else words


def _written(rows: Iterable[list[str]]) -> str:
    target = io.StringIO()
    csv.writer(target).writerows(rows)
    return target.getvalue()
