"""Changes of rows written down as they are made, so that all of them can be taken back later, or none.

A step is a mapping: `model` (label), `pk`, `before` and `after`. These map the columns that changed to plain values;
None before stands for a row that was made, None after for one that was removed, which is kept whole on the other side.
`touches` names the record, as [label, pk], whose row history lists this row.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext as _
from modeltranslation.fields import TranslationFieldDescriptor

Step = dict[str, Any]
Columns = dict[str, Any]


class Journal:
    """Changes rows and writes down what it did; `reason` goes into the history of each record."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        self.steps: list[Step] = []
        self._changed: dict[tuple[str, Any], tuple[Any, Columns]] = {}

    def change(self, row: Any, **columns: Any) -> None:
        """Set columns of a row; it is stored by `save`, once however often it is named, with one row of history."""
        kept, before = self._changed.setdefault((row._meta.label, row.pk), (row, {}))
        for column, value in columns.items():
            before.setdefault(column, plain(getattr(kept, column)))
            setattr(kept, column, value)

    def save(self) -> None:
        """Store all rows changed so far, those of tables in between first, since history lists them."""
        for row, before in sorted(self._changed.values(), key=lambda each: not each[0]._meta.auto_created):
            row._change_reason = self.reason
            row.save()
            if before:
                self._note(row, before, {column: plain(getattr(row, column)) for column in before})
        self._changed = {}

    def remove(self, row: Any) -> None:
        self._note(row, whole(row), None)
        row._change_reason = self.reason
        row.delete()

    def add(self, row: Any) -> None:
        row.save()
        self._note(row, None, whole(row))

    def touch(self, record: Any) -> None:
        """Write a row of history for a record whose lists have changed."""
        self.change(record)

    def _note(self, row: Any, before: Columns | None, after: Columns | None) -> None:
        self.steps.append({"model": row._meta.label, "pk": row.pk, "before": before, "after": after})


def obstacles(steps: Sequence[Step]) -> list[str]:
    """Say, in sentences, what has happened since to the rows that taking the steps back would need."""
    return [reason for step in steps if (reason := _obstacle(step))]


def _obstacle(step: Step) -> str:
    model = apps.get_model(step["model"])
    row: Any = model._base_manager.filter(pk=step["pk"]).first()
    names: dict[str, Any] = {"type": model._meta.verbose_name, "record": row or step["pk"]}
    if step["after"] is None:
        return _("The %(type)s “%(record)s” is there already.") % names if row else ""
    if row is None:
        return _("The %(type)s number %(record)s has been deleted since.") % names
    changed = [
        str(model._meta.get_field(column).verbose_name)
        for column, value in step["after"].items()
        if plain(getattr(row, column)) != value
    ]
    if not changed:
        return ""
    names["columns"] = ", ".join(changed)
    return _("The %(type)s “%(record)s” has been changed since: %(columns)s.") % names


def take_back(steps: Sequence[Step], reason: str) -> None:
    """Undo steps, the last first; the caller has asked for obstacles, holds a transaction and has English active.

    Raises:
        IntegrityError: another row stands where one would come back.
    """
    owners: dict[tuple[str, Any], Any] = {}
    for step in reversed(steps):
        model: Any = apps.get_model(step["model"])
        if step["after"] is None:
            _restore(model, step["before"], reason)
            continue
        row = model._base_manager.get(pk=step["pk"])
        row._change_reason = reason
        if step["before"] is None:
            row.delete()
        else:
            _fill(row, step["before"])
            row.save()
    for step in steps:
        if owner := owner_of(step):
            owners[owner._meta.label, owner.pk] = owner
    for owner in owners.values():
        owner._change_reason = reason
        owner.save()


def owner_of(step: Step) -> Any:
    """Give the record whose list a row of a table in between belongs to; None for a row of its own."""
    model = apps.get_model(step["model"])
    declaring: Any = model._meta.auto_created
    if not declaring:
        return None
    row = model._base_manager.filter(pk=step["pk"]).first()
    column = next(field.attname for field in model._meta.concrete_fields if field.related_model is declaring)
    return declaring._base_manager.filter(pk=getattr(row, column)).first() if row else None


def plain(value: Any) -> Any:
    """Write a value so that JSON keeps it; the column reads it back."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def whole(row: models.Model) -> Columns:
    """Give all columns of a row; the plain one of a translated text repeats one of its languages and is left out."""
    return {field.attname: plain(getattr(row, field.attname)) for field in _columns(type(row))}


def _columns(model: type[models.Model]) -> list[Any]:
    return [
        field
        for field in model._meta.concrete_fields
        if not isinstance(getattr(model, field.attname, None), TranslationFieldDescriptor)
    ]


def _fill(row: Any, columns: Mapping[str, Any]) -> None:
    fields = {field.attname: field for field in row._meta.concrete_fields}
    for column, value in columns.items():
        setattr(row, column, None if value is None else fields[column].to_python(value))


def _restore(model: Any, columns: Columns, reason: str) -> None:
    row = model()
    _fill(row, columns)
    row._change_reason = reason
    row.save(force_insert=True)
    # Storing a row sets the moment when it was made, which was another.
    made = {field.attname: columns[field.attname] for field in _columns(model) if getattr(field, "auto_now_add", False)}
    if made:
        model._base_manager.filter(pk=row.pk).update(**made)
