"""Facets of a list: what its rows can be told apart by, each value a link, and how many rows have it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import F, Model, QuerySet, TextField, Value
from django.db.models.expressions import Combinable, RawSQL
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils.text import capfirst
from django.utils.translation import get_language

from .models import TaggedItem

if TYPE_CHECKING:
    from .forms import QueryForm

# Of a longer list only so many rows are looked at, so that it costs no more than another.
MOST_COUNTED = 2_000
# Values of a facet that are shown at once, and with those that unfold.
MOST_CHOICES, MOST_OFFERED = 12, 60


@dataclass(frozen=True)
class Choice:
    """A link that chooses one value, or takes it back; `count` is None where the rows were not counted."""

    label: str
    query: str
    count: int | None = None
    is_chosen: bool = False


@dataclass(frozen=True)
class Facet:
    """The choices that a facet shows at once, `others` that unfold, and whether there are more still."""

    name: str
    label: str
    choices: Sequence[Choice]
    others: Sequence[Choice] = ()
    is_cut: bool = False


class Found(NamedTuple):
    """A value that rows have: as the address and as readers have it, and the number of these rows."""

    value: str
    label: str
    number: int


@dataclass(frozen=True)
class Tally:
    """How many rows a list has, or one more than are counted, and what they have for each facet, in no order."""

    total: int = 0
    found: Mapping[str, Sequence[Found]] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        return self.total <= MOST_COUNTED

    @property
    def at_least(self) -> int:
        return min(self.total, MOST_COUNTED)


class Column(NamedTuple):
    """A facet with its value in the rows of the list; `label` is for what the form has no words for."""

    value: Combinable
    label: Combinable = Value("")


class Link(NamedTuple):
    """A facet with its values in another table, whose column `record` leads to the list."""

    rows: QuerySet[Any]
    record: str
    value: Combinable
    label: Combinable


def tally(
    rows: QuerySet[Any], columns: Mapping[str, Column], links: Mapping[str, Link] | None = None, record: str = "pk"
) -> Tally:
    """Count the rows that have each value of each facet; one query.

    Of more than `MOST_COUNTED` rows those are looked at that the database finds first. `record` is the column that
    links lead to. A row with several values of a facet counts for each; a missing or empty value is none.
    """
    values: dict[str, Combinable] = {"facet_record": F(record)}
    for number, column in enumerate(columns.values()):
        values[f"facet_value{number}"] = Cast(column.value, TextField())
        values[f"facet_label{number}"] = Cast(column.label, TextField())
    sample, given = _sql(_only(rows, values)[: MOST_COUNTED + 1])
    parts, parameters = ["SELECT '', '', '', COUNT(*) FROM sample"], [*given]
    for number, name in enumerate(columns):
        value, label = f"facet_value{number}", f"facet_label{number}"
        parts.append(f"SELECT '{name}', {value}, {label}, COUNT(*) FROM sample GROUP BY {value}, {label}")
    for name, link in (links or {}).items():
        pairs, given = _sql(_pairs(link))
        parameters += given
        parts.append(
            f"SELECT '{name}', facet_value, facet_label, COUNT(*) FROM ({pairs}) AS pairs "
            "JOIN sample ON sample.facet_record = pairs.facet_record GROUP BY facet_value, facet_label"
        )
    with connection.cursor() as cursor:
        cursor.execute(f"WITH sample AS MATERIALIZED ({sample}) {' UNION ALL '.join(parts)}", parameters)
        return _read(cursor.fetchall())


def _pairs(link: Link) -> QuerySet[Any]:
    """Ask which rows of the sample have which values, each pair once."""
    of_sample = link.rows.filter(**{f"{link.record}__in": RawSQL("SELECT facet_record FROM sample", [])})
    value, label = Cast(link.value, TextField()), Cast(link.label, TextField())
    return _only(of_sample, {"facet_record": F(link.record), "facet_value": value, "facet_label": label}).distinct()


def _only(rows: QuerySet[Any], values: Mapping[str, Combinable]) -> QuerySet[Any]:
    """Ask for these values alone; where a table is translated, Django's short form would add every column."""
    return rows.order_by().annotate(**values).values(*values)


def _sql(rows: QuerySet[Any]) -> tuple[str, Sequence[Any]]:
    sql, parameters = rows.query.get_compiler(connection=connection).as_sql()
    return sql, parameters


def _read(counted: Iterable[tuple[str, str | None, str | None, int]]) -> Tally:
    total, found = 0, defaultdict(list)
    for name, value, label, count in counted:
        if not name:
            total = count
        elif value:
            found[name].append(Found(value, label or "", count))
    return Tally(total, found)


def tags(model: type[Model]) -> Link:
    """Look up the tags of records of this model."""
    rows = TaggedItem.objects.filter(content_type=ContentType.objects.get_for_model(model))
    label = Coalesce(translated("tag__label"), F("tag__name"))
    return Link(rows, "object_id", F("tag__slug"), label)


def translated(column: str) -> Combinable:
    """Give a translated text in the active language, else in English; None when there is none."""
    texts = [NullIf(F(f"{column}_{language}"), Value("")) for language in dict.fromkeys([get_language() or "en", "en"])]
    return Coalesce(*texts) if len(texts) > 1 else texts[0]


def facet(
    form: "QueryForm",
    name: str,
    label: str,
    found: Iterable[Found],
    counted: Tally,
    *,
    spell: Callable[[str], str] = capfirst,
    **besides: str,
) -> Facet | None:
    """Offer the values found, in their order; of a facet that is chosen only what takes it back.

    `spell` is how their words are written, `besides` what a choice sets as well. None where nothing can be told apart.
    """
    if name in form.chosen:
        total = counted.total if counted.is_complete else None
        taken_back = Choice(spell(form.words_for(name)), form.address(**{name: ""}), total, is_chosen=True)
        return Facet(name, label, [taken_back])
    offered = [
        Choice(
            label=spell(each.label),
            query=form.address(**besides | {name: each.value}),
            count=each.number if counted.is_complete else None,
        )
        for each in found
    ]
    if not offered or (len(offered) == 1 and offered[0].count == counted.total):
        return None
    is_cut = len(offered) > MOST_OFFERED
    return Facet(name, label, offered[:MOST_CHOICES], offered[MOST_CHOICES:MOST_OFFERED], is_cut)


def by_count(found: Iterable[Found]) -> list[Found]:
    """Put the most frequent first, equals by name."""
    return sorted(found, key=lambda each: (-each.number, each.label, each.value))


def newest_first(found: Iterable[Found]) -> list[Found]:
    """Put years in order, the last first; what is no year is left out."""
    years = [
        each._replace(label=each.value) for each in found if each.value.isdecimal() and 999 < int(each.value) < 9999
    ]
    return sorted(years, key=attrgetter("value"), reverse=True)


def in_order_of(choices: Iterable[tuple[Any, Any]], found: Iterable[Found]) -> list[Found]:
    """Put values in the order of a vocabulary of the site, with its words."""
    counts = {each.value: each for each in found}
    return [counts[value]._replace(label=str(label)) for value, label in choices if value in counts]
