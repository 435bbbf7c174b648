"""Models beside each other: one row a model, one column a property, each cell the value that stands first."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from . import answers, wording
from .answers import Comparison
from .models import Claim, Entity, Property
from .querysets import ClaimQuerySet


@dataclass(frozen=True)
class Cell:
    """What is said of one property of one model: the value shown, if any, and the different ones besides."""

    claim: Claim | None = None
    others: Sequence[Claim] = ()

    @property
    def rival_count(self) -> int:
        """How many of the others contradict it; the rest cover something else, or stand beside it unranked."""
        return sum(claim.alternative == Claim.Alternative.RIVAL for claim in self.others)


@dataclass(frozen=True)
class Column:
    """A property with its cells, one a model, and how their bars are drawn."""

    property: Property
    cells: Sequence[Cell]
    comparison: Comparison

    def note(self) -> str:
        """How to read the bars, or why there are none where numbers are; words need no excuse."""
        return self.comparison.note if self.property.value_type in ("quantity", "date") else ""

    def is_sortable(self) -> bool:
        return self.property.value_type in ("quantity", "date")


@dataclass(frozen=True)
class Table:
    models: Sequence[Entity]
    columns: Sequence[Column]

    @property
    def has_notes(self) -> bool:
        return any(column.note() for column in self.columns)

    def rows(self) -> Iterator[tuple[Entity, list[tuple[Column, Cell]]]]:
        for place, model in enumerate(self.models):
            yield model, [(column, column.cells[place]) for column in self.columns]


def table(models: Sequence[Entity], properties: Iterable[Property], claims: ClaimQuerySet) -> Table:
    """Lay out models and properties, with the values among the claims that the reader may see; one query."""
    properties = list(properties)
    values: dict[tuple[int, int | None], list[Claim]] = defaultdict(list)
    for claim in claims.values_of(models, properties):
        values[claim.subject_id, claim.property_id].append(claim)
    columns = []
    for prop in properties:
        cells = [_cell(values.get((model.pk, prop.pk), [])) for model in models]
        columns.append(Column(prop, cells, answers.compare([cell.claim for cell in cells if cell.claim])))
    return Table(models, columns)


def _cell(claims: Iterable[Claim]) -> Cell:
    """Show the first of claims that come in fact order; the same value said twice counts once."""
    different: dict[tuple[object, ...], Claim] = {}
    for claim in claims:
        different.setdefault((claim.value, claim.unit_id, claim.bound, claim.applies_to), claim)
    first, *others = different.values() or [None]
    return Cell(first, [claim for claim in others if claim])


# What the table has of each cell beside its value, by the type of value.
FIELDS = {"quantity": ("unit", "bound", "applies_to", "verdict", "others", "claim_url")}
OTHER_FIELDS = ("applies_to", "verdict", "others", "claim_url")


def rows(shown: Table, root: str) -> Iterator[list[str]]:
    """Write the table as rows for a file, the names of its columns first; `root` begins each address.

    Each property has several columns, its value first: figures with every digit, dates as EDTF, nothing for a gap.
    """
    names = ["slug", "name", "url"]
    for column in shown.columns:
        slug = column.property.slug
        names += [slug, *(f"{slug}_{name}" for name in _fields(column))]
    yield names
    for model, cells in shown.rows():
        row = [model.slug, answers.cell(model), root + model.get_absolute_url()]
        for column, cell in cells:
            written = _written(cell, root)
            row += [written["value"], *(written[name] for name in _fields(column))]
        yield row


def _fields(column: Column) -> Sequence[str]:
    return FIELDS.get(column.property.value_type, OTHER_FIELDS)


def _written(cell: Cell, root: str) -> dict[str, str]:
    claim = cell.claim
    if claim is None:
        return defaultdict(str)
    return {
        "value": f"{claim.amount.normalize():f}"
        if claim.amount is not None
        else claim.date or answers.cell(wording.value_text(claim)),
        "unit": claim.unit.code if claim.unit else "",
        "bound": claim.bound,
        "applies_to": answers.cell(claim.applies_to),
        "verdict": claim.public_verdict,
        "others": str(len(cell.others)),
        "claim_url": root + claim.get_absolute_url(),
    }
