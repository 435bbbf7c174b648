"""Row history: who changed a record, when, what and why (django-simple-history, made to see proxies)."""

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from difflib import SequenceMatcher
from typing import Any

from django.db import models, transaction
from django.db.models.signals import post_delete, post_save, pre_delete
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from simple_history.models import HistoricalRecords

# A word or a mark with the space behind it, so that texts are never found alike for their spaces.
TOKEN = re.compile(r"\w+\s*|\W\s*")
# Comparing costs the product of both lengths; texts of more than some 2,000 words are replaced as a whole.
MOST_COMPARISONS = 4_000_000
# What is deleted with a record is deleted at the same moment, by the same person.
WITH_IT = timedelta(seconds=30)


class Records(HistoricalRecords):
    """History that writes one row an edit, also where the edit changes a list of related records."""

    def get_meta_options(self, model: type[models.Model]) -> dict[str, Any]:
        name = f"historical{model._meta.model_name}"
        indexes = (
            # Serves the history of one record.
            models.Index(fields=("id", "history_date"), name=f"{name}_of"),
            # Serve the records that were ever changed, and those that were deleted.
            models.Index(fields=("id",), condition=models.Q(history_type="~"), name=f"{name}_changed"),
            models.Index(fields=("history_date",), condition=models.Q(history_type="-"), name=f"{name}_gone"),
        )
        return super().get_meta_options(model) | {"indexes": indexes}

    def get_change_reason_for_object(self, instance: models.Model, history_type: str, using: str) -> str | None:
        """Take the reason from the record, else from the form that an editor sent: it holds for all that it changes."""
        given: str | None = super().get_change_reason_for_object(instance, history_type, using)
        request = getattr(self.context, "request", None)
        sent = request.POST.get("change_reason", "") if request else ""
        return given or sent.replace("\0", "").strip()[:300] or None

    def create_historical_record_m2ms(self, history_instance: models.Model, instance: models.Model) -> None:
        instance._history_row = history_instance  # type: ignore[attr-defined]
        super().create_historical_record_m2ms(history_instance, instance)

    def post_save(self, instance: models.Model, created: bool, using: str | None = None, **kwargs: Any) -> None:
        """Write a row, but none for what `loaddata` brings, lists included: its history comes along."""
        if kwargs.get("raw"):
            instance.skip_history_when_saving = True  # type: ignore[attr-defined]
        super().post_save(instance, created, using, **kwargs)

    def m2m_changed(self, instance: models.Model, action: str, attr: str, **kwargs: Any) -> None:
        """Fold a changed list into the row that saving the same instance has written, else write a row.

        A change from the far side writes a row for each record whose list it is; `clear()` there is not seen.
        """
        row = getattr(instance, "_history_row", None)
        if kwargs["reverse"]:
            if action in ("post_add", "post_remove"):
                for record in kwargs["model"]._default_manager.filter(pk__in=kwargs["pk_set"]):
                    self.create_historical_record(record, "~")
        elif row is None or hasattr(instance, "skip_history_when_saving"):
            super().m2m_changed(instance, action, attr, **kwargs)
        elif action in ("post_add", "post_remove", "post_clear"):
            for field in row._history_m2m_fields:
                self.m2m_models[field].objects.filter(history=row).delete()
            super().create_historical_record_m2ms(row, instance)


def register(
    model: type[models.Model], *, lists: Iterable[str] = (), proxies: Iterable[type[models.Model]] = ()
) -> None:
    """Keep the history of a model, of the named many-to-many fields, and of changes made through its proxies.

    Without `proxies` a save or delete through a proxy would leave no row: Django sends signals for the proxy alone.
    """
    records = Records(m2m_fields=tuple(lists))
    records.manager_name = "history"
    records.module = model.__module__
    records.cls = model
    records.add_extra_methods(model)
    records.finalize(model)
    for proxy in proxies:
        post_save.connect(records.post_save, sender=proxy, weak=False)
        pre_delete.connect(records.pre_delete, sender=proxy, weak=False)
        post_delete.connect(records.post_delete, sender=proxy, weak=False)
        proxy._meta.simple_history_manager_attribute = "history"  # type: ignore[attr-defined]


def deleted(model: Any) -> models.QuerySet[Any]:
    """The last state of each record of a model, or of a kind of entity, that is deleted now; the latest first."""
    records = model._meta.concrete_model
    rows = records.history.filter(history_type="-").select_related("history_user")
    if kind := getattr(model, "proxy_kind", ""):
        rows = rows.filter(kind=kind)
    again = records.history.model.objects.filter(id=models.OuterRef("id"), history_id__gt=models.OuterRef("history_id"))
    # Whatever was brought back has a newer row.
    return rows.filter(~models.Exists(again)).order_by("-history_date", "-history_id")


@transaction.atomic
def restore(row: Any, parts: Mapping[Any, str], *, reason: str) -> Any:
    """Bring back the record whose deletion `row` is, under its old number, with its lists, tags and what went with it.

    `parts` are the models whose rows belong to it, with their foreign keys.

    Raises:
        ValidationError: something took its place meanwhile, or a record that it refers to is gone.
    """
    record = row.instance
    # Looked up now, since saving writes a newer one.
    before = row.instance_type.history.filter(id=row.id).exclude(history_type="-").first()
    record._state.adding = True
    record._change_reason = reason
    record.full_clean()
    record.save(force_insert=True)
    for field in row._history_m2m_fields if before is not None else ():
        other = field.m2m_reverse_field_name()
        wanted = getattr(before, field.name).values_list(f"{other}_id", flat=True)
        getattr(record, field.name).set(field.related_model._default_manager.filter(pk__in=list(wanted)))
    if hasattr(record, "tags"):
        lost_tags = _gone_with(row, tag_rows(record)).values("tag")
        tags = record.tags.through.tag_model()._default_manager
        record.tags.add(*tags.filter(pk__in=lost_tags))
    for part, owner in parts.items():
        for lost in _gone_with(row, part.history.filter(**{owner: row.id})).order_by("history_id"):
            belonging = lost.instance
            belonging._change_reason = reason
            belonging.full_clean()
            belonging.save(force_insert=True)
    return record


def tag_rows(record: Any) -> models.QuerySet[Any]:
    """The states of the tags that a record has, or had."""
    through = record.tags.through
    return through.history.filter(**through.lookup_kwargs(record))


def _gone_with(row: Any, rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """Keep the deletions that went with that of a record."""
    window = (row.history_date - WITH_IT, row.history_date + WITH_IT)
    return rows.filter(history_type="-", history_user=row.history_user_id, history_date__range=window)


def difference(old: str, new: str) -> SafeString:
    """Mark word by word, as HTML, what a change took out (del) and put in (ins)."""
    before, after = TOKEN.findall(old), TOKEN.findall(new)
    if len(before) * len(after) > MOST_COMPARISONS:
        return _marked("del", old) + _marked("ins", new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return format_html_join(
        "",
        "{}",
        (
            (format_html("{}", old),) if tag == "equal" else (_marked("del", old) + _marked("ins", new),)
            for tag, start, end, new_start, new_end in matcher.get_opcodes()
            for old, new in [("".join(before[start:end]), "".join(after[new_start:new_end]))]
        ),
    )


def _marked(element: str, text: str) -> SafeString:
    return format_html("<{0}>{1}</{0}>", element, text) if text else SafeString()
