"""One change of a row that belongs to a record, such as a tag or an author, taken back as its history tells it."""

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


def states(rows: QuerySet[Any], number: int) -> tuple[Any, Any]:
    """Give the states of a row around one change, as (before, after), by the number of the change.

    `rows` is the history to look in. None before stands for a row that was added, None after for one that was taken
    away. Two queries.

    Raises:
        LookupError: the history has no such change.
    """
    state = rows.filter(history_id=number).first()
    if state is None:
        raise LookupError(number)
    if state.history_type == "-":
        return state, None
    before = state.instance_type.history.filter(id=state.id, history_id__lt=number).order_by("-history_id").first()
    if state.history_type == "+" or before is None or before.history_type == "-":
        return None, state
    return before, state


def take_back(
    states: tuple[Any, Any], row: Any, *, leave: Collection[str] = (), whole: Collection[str] = (), **put: Any
) -> None:
    """Take one change of a row back: take it away, bring it back, or give it its old values.

    `row` is the row as it is now, None where it is gone. Columns in `leave` stay, those in `whole` change together or
    not at all, and `put` are attributes of a row that comes back. Columns that were changed again since stay as they
    are.

    Raises:
        ValidationError: the change cannot be taken back; nothing is stored then.
    """
    before, after = states
    if after is None and row is not None:
        raise ValidationError(_("It is there already."))
    if after is not None and row is None:
        raise ValidationError(_("It has been taken away since."))
    if before is None:
        row.delete()
        return
    if row is None:
        row = before.instance
        for name, value in put.items():
            setattr(row, name, value)
        row._state.adding = True
    else:
        _restore_columns(row, before, after, leave, whole)
    row.full_clean()
    row.save()


def _restore_columns(row: Any, before: Any, after: Any, leave: Collection[str], whole: Collection[str]) -> None:
    columns = {field.name: field.attname for field in row._meta.concrete_fields if not field.primary_key}
    changed = {
        name
        for name, attname in columns.items()
        if name not in leave and getattr(before, attname) != getattr(after, attname)
    }
    if not changed.isdisjoint(whole):
        changed |= set(whole)
    kept = {name for name in changed if getattr(row, columns[name]) == getattr(after, columns[name])}
    # What was changed anew since stays whole.
    if not kept.issuperset(whole):
        kept -= set(whole)
    if not kept:
        raise ValidationError(_("All that this changed has been changed again since."))
    for name in kept:
        setattr(row, columns[name], getattr(before, columns[name]))
    row._state.fields_cache.clear()


def usual_reason(state: Any) -> str:
    """Say which change is taken back, as the forms of records do."""
    return gettext("Undone: the change of %(day)s") % {"day": state.history_date.date().isoformat()}
