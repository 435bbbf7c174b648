"""Two people, one record: which state a form was opened on, and what differs when another one was saved since.

A form carries a token, the number of the newest row of history of its record and of the rows that belong to it. Inside
the transaction that saves, whoever handles the form calls `lock`, then compares the token with `token_of`; a token that
is old means that somebody else saved in between. That is all another screen needs:

    with transaction.atomic():
        lock(claim)
        if sent_token != token_of(claim, {Citation: "claim"}):
            ...show both versions, newer_rows(claim, parts, sent_token) says who saved what...

`merge_form` and `merge_rows` do that for the admin: what only one of both changed is taken over, what both changed
stands side by side to choose from, and nothing that was typed is lost.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Max, Model
from django.forms.models import InlineForeignKeyField
from django.utils.safestring import SafeString

from .history import difference

# Models whose rows belong to a record, with the name of their foreign key to it.
Parts = Mapping[Any, str]


def lock(record: Model) -> None:
    """Let nobody else save the record until the transaction ends; SQLite has one writer at a time anyway. One query."""
    model: Any = record._meta.concrete_model
    list(model._base_manager.select_for_update().filter(pk=record.pk).values_list("pk"))


def token_of(record: Any, parts: Parts | None = None) -> str:
    """Name the newest state of a record and of what belongs to it: "12.40"; one query each."""
    newest = [record.history.model.objects.filter(id=record.pk)]
    newest += [part.history.filter(**{owner: record.pk}) for part, owner in (parts or {}).items()]
    return ".".join(str(rows.order_by().aggregate(newest=Max("history_id"))["newest"] or 0) for rows in newest)


def newer_rows(record: Any, parts: Parts, token: str) -> list[Any]:
    """List the rows of history saved since a token was given, newest first; one query for each model."""
    found = []
    models: list[tuple[Any, dict[str, Any]]] = [(record.history.model.objects, {"id": record.pk})]
    models += [(part.history, {owner: record.pk}) for part, owner in parts.items()]
    for (rows, of), last in zip(models, _numbers(token, len(models)), strict=True):
        found += list(rows.filter(**of, history_id__gt=last).select_related("history_user"))
    return sorted(found, key=lambda row: row.history_date, reverse=True)


def _numbers(token: str, count: int) -> list[int]:
    numbers = [int(number) if number.isdecimal() and len(number) < 19 else 0 for number in token.split(".")]
    return [*numbers, *[0] * count][:count]


@dataclass(frozen=True)
class Difference:
    """A field, or a row of a table, of which the form and the database say different things.

    `choice` is the name under which the form asks whose to take; empty where only one of both changed it.
    """

    label: str
    theirs: str
    mine: str
    is_theirs: bool = False
    choice: str = ""

    def marked(self) -> SafeString:
        """Mark what was typed here against what is on file."""
        return difference(self.theirs, self.mine)


@dataclass
class Conflict:
    """What a form sent on an old state meets: who saved since, and both versions of all that differs."""

    rows: list[Any]
    differences: list[Difference] = field(default_factory=list)

    @property
    def who(self) -> str:
        return ", ".join(dict.fromkeys(str(row.history_user or "–") for row in self.rows))


@dataclass(frozen=True)
class States:
    """A form in its three states: filled with what was on file when it was opened, with what is now, and as sent.

    `base` is None where history does not reach back that far.
    """

    base: Any
    stored: Any
    sent: Any


def merge_form(states: States, data: Any) -> list[Difference]:
    """Take over into `data`, which a browser sent, what only the other person changed; tell all that differs."""
    found = []
    for name, bound in states.sent.fields.items():
        if name in ("change_reason", "version"):
            continue
        theirs, mine = as_sent(states.stored, name), typed(states.sent, name)
        base = as_sent(states.base, name) if states.base is not None else None
        if mine == theirs:
            continue
        label = str(bound.label or name)
        if mine == base:
            put(data, states.sent.add_prefix(name), theirs)
            found.append(Difference(label, shown(bound, theirs), shown(bound, base), is_theirs=True))
        else:
            choice = "" if theirs == base else f"take-{states.sent.add_prefix(name)}"
            found.append(Difference(label, shown(bound, theirs), shown(bound, mine), choice=choice))
    return found


def merge_rows(formset: Any, sent: Any, base_of: Any, label: str, data: Any) -> list[Difference]:
    """Do for the rows of a table what `merge_form` does for a record, and rewrite their part of `data`.

    `formset` shows what is on file, `sent` is the same bound to what a browser sent, and `base_of` gives the form of
    one row as it was when the table was opened, by id; None for a row that was not there.
    """
    stored = {form.instance.pk: form for form in formset.initial_forms}
    rows: dict[int | None, Any] = {}
    new = []
    for form in sent.forms:
        pk = form.data.get(form.add_prefix("id"), "")
        if pk.isdecimal():
            rows[int(pk)] = form
        elif any(typed(form, name) != as_sent(form, name) for name in names(form)):
            new.append(form)
    found: list[Difference] = []
    kept: list[tuple[str, dict[str, Any]]] = []
    for pk, on_file in stored.items():
        mine, base = rows.pop(pk, None), base_of(pk)
        theirs = {name: as_sent(on_file, name) for name in names(on_file)}
        before = {name: as_sent(base, name) for name in names(base)} if base is not None else None
        typed_here = {name: typed(mine, name) for name in names(mine)} if mine is not None else None
        removes = mine is not None and bool(mine.data.get(mine.add_prefix("DELETE")))
        number = len(kept)
        if typed_here is None or (typed_here == before and not removes):
            if theirs != before:
                told = row_words(base, before) if before else ""
                found.append(Difference(label, row_words(on_file, theirs), told, is_theirs=True))
            kept.append((str(pk), theirs))
            continue
        if typed_here != theirs or removes:
            told = "" if removes else row_words(mine, typed_here)
            choice = f"take-{formset.prefix}-{number}" if theirs != before else ""
            found.append(Difference(label, row_words(on_file, theirs), told, choice=choice))
        kept.append((str(pk), typed_here | ({"DELETE": "on"} if removes else {})))
    initial = len(kept)
    for pk, form in rows.items():
        base = base_of(pk)
        values = {name: typed(form, name) for name in names(form)}
        is_left_alone = base is not None and values == {name: as_sent(base, name) for name in names(base)}
        removes = bool(form.data.get(form.add_prefix("DELETE")))
        found.append(Difference(label, "", row_words(form, values), is_theirs=is_left_alone or removes))
        if not (is_left_alone or removes):
            kept.append(("", values))
    kept += [("", {name: typed(form, name) for name in names(form)}) for form in new]
    _rewrite(formset.prefix, kept, initial, data, owner=formset.fk.name, record=formset.instance.pk)
    return found


def _rewrite(prefix: str, rows: list[tuple[str, dict[str, Any]]], initial: int, data: Any, **of: Any) -> None:
    for name in [name for name in data if name.startswith(f"{prefix}-")]:
        if not name.removeprefix(f"{prefix}-").startswith(("M", "__prefix__")):
            del data[name]
    data[f"{prefix}-TOTAL_FORMS"], data[f"{prefix}-INITIAL_FORMS"] = str(len(rows)), str(initial)
    for number, (pk, values) in enumerate(rows):
        data[f"{prefix}-{number}-id"] = pk
        data[f"{prefix}-{number}-{of['owner']}"] = str(of["record"])
        for name, value in values.items():
            put(data, f"{prefix}-{number}-{name}", value)


def take_theirs(data: Any, form: Any, formsets: Any) -> None:
    """Put what is on file into `data` wherever its sender chose so; `form` and `formsets` show what is on file."""
    for name in form.fields:
        if data.get(f"take-{form.add_prefix(name)}") == "theirs":
            put(data, form.add_prefix(name), as_sent(form, name))
    for formset in formsets:
        by_pk = {str(row.instance.pk): row for row in formset.initial_forms}
        for number in range(len(by_pk)):
            row = by_pk.get(data.get(f"{formset.prefix}-{number}-id", ""))
            if row is not None and data.get(f"take-{formset.prefix}-{number}") == "theirs":
                data.pop(f"{formset.prefix}-{number}-DELETE", None)
                for name in names(row):
                    put(data, f"{formset.prefix}-{number}-{name}", as_sent(row, name))


def names(form: Any) -> list[str]:
    """Name the fields of a row that say something."""
    fields = form.fields.items()
    return [
        name for name, bound in fields if name not in ("id", "DELETE") and not isinstance(bound, InlineForeignKeyField)
    ]


def as_sent(form: Any, name: str) -> Any:
    """Give what a browser would send for a field that nobody touched: a text, a sorted list, or yes or no."""
    bound = form.fields[name]
    value = form.get_initial_for_field(bound, name)
    return _plain(bound, bound.prepare_value(value))


def typed(form: Any, name: str) -> Any:
    bound = form.fields[name]
    return _plain(bound, bound.widget.value_from_datadict(form.data, form.files, form.add_prefix(name)))


def _plain(bound: Any, value: Any) -> Any:
    if isinstance(bound, forms.BooleanField):
        return bool(value)
    if isinstance(bound, forms.MultipleChoiceField | forms.ModelMultipleChoiceField):
        return sorted(str(getattr(each, "pk", each)) for each in value or [])
    text = str(getattr(value, "pk", value)) if value is not None else ""
    if isinstance(bound, forms.DecimalField) and text:
        with suppress(forms.ValidationError):
            # An amount on file has more decimals than anybody types.
            return format(Decimal(bound.to_python(text) or 0).normalize(), "f")
    return text


def put(data: Any, name: str, value: Any) -> None:
    if isinstance(value, list):
        data.setlist(name, value)
    elif value is True:
        data[name] = "on"
    elif value is False:
        data.pop(name, None)
    else:
        data[name] = value


def shown(bound: Any, value: Any) -> str:
    """Write what a field holds as the form words it: names instead of numbers."""
    if value in (None, "", []):
        return ""
    if isinstance(bound, forms.ModelChoiceField):
        # A number of more digits is one that SQLite could not even look for.
        ids = [each for each in (value if isinstance(value, list) else [value]) if each.isdecimal() and len(each) < 19]
        records: Any = bound.queryset
        return ", ".join(str(record) for record in records.filter(pk__in=ids).order_by("pk"))
    if isinstance(bound, forms.ChoiceField):
        choices: Any = bound.choices
        labels = {str(key): str(label) for key, label in choices}
        return ", ".join(labels.get(str(each), str(each)) for each in (value if isinstance(value, list) else [value]))
    return "✓" if value is True else "–" if value is False else str(value)


def typed_in(form: Any, data: Any) -> list[tuple[str, str]]:
    """Write what was sent for the fields of a type of form, as (label, words), as far as it says something."""
    shows = ((bound, data.get(name, "")) for name, bound in form.base_fields.items() if not bound.widget.is_hidden)
    return [(str(bound.label), shown(bound, value)) for bound, value in shows if value]


def row_words(form: Any, values: Mapping[str, Any]) -> str:
    """Write a row of a table in one line, as far as it says something."""
    told = ((form.fields[name].label, shown(form.fields[name], value)) for name, value in values.items())
    return "; ".join(f"{label}: {words}" for label, words in told if words and words != "–")
