"""The editors' desk for entities, claims and the vocabulary.

The kinds and claims are registered in `articles.admin`, which knows their sources.
"""

from collections.abc import Iterable
from contextlib import suppress
from decimal import Decimal
from itertools import pairwise
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.contrib.admin.widgets import (
    AdminTextareaWidget,
    AdminTextInputWidget,
    AutocompleteSelect,
    AutocompleteSelectMultiple,
    RelatedFieldWidgetWrapper,
)
from django.core.exceptions import NON_FIELD_ERRORS, ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import QuerySet
from django.db.models.functions import Cast
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin
from simple_history.admin import SimpleHistoryAdmin
from simple_history.models import to_historic
from taggit.managers import TaggableManager
from taggit.models import Tag as UnusedTag

from . import changes, conflict, undoing
from .history import deleted, restore, tag_rows
from .models import Claim, Entity, Property, Status, Tag, TaggedItem, Unit

# The language that the site keeps columns for but does not show yet.
LATER_LANGUAGE = "_zh_hans"
# Of what was deleted, and of what belongs to one record, the latest are shown.
MOST_DELETED = 200
MOST_PARTS = 100
# So many characters of what is searched for in a list are looked at.
MOST_SEARCHED = 200
# What a form sends beside what somebody typed.
NOT_TYPED = {"csrfmiddlewaretoken", "_save", "_continue", "_addanother", "_restore"}

admin.site.site_header = _("The DeepSeek Story: editors' desk")
admin.site.site_title = _("The DeepSeek Story")
admin.site.index_title = _("Records")
# The site's own tags have a label in each language.
admin.site.unregister(UnusedTag)


class ReasonForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form that asks why; `entities.history` writes the answer down with all that the form changes."""

    change_reason = forms.CharField(
        label=_("Reason of this change"),
        required=False,
        max_length=300,
        widget=AdminTextInputWidget,
        help_text=_("Kept in the record's history."),
    )
    # On which state of the record the form was opened; see entities.conflict.
    version = forms.CharField(required=False, widget=forms.HiddenInput)
    # Set by HistoryAdmin for each request.
    parts: conflict.Parts = {}
    met: conflict.Conflict | None = None
    undo: tuple[Any, Any] | None = None

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(plain_lines(data), *args, **kwargs)
        self.is_restoring = False
        if self.instance.pk:
            self.initial["version"] = conflict.token_of(self.instance, self.parts)
            if self.undo and data is None:
                self.initial.update(changes.undone(self.undo, self.instance)[0])
                self.initial["change_reason"] = gettext("Undone: the change of %(day)s") % {
                    "day": self.undo[1].history_date.date().isoformat()
                }
        if state := to_historic(self.instance):
            self.is_restoring = True
            self._start_from(state)

    def _start_from(self, state: Any) -> None:
        """Offer an older state, with its lists, for bringing back; an instance made from it has today's lists."""
        for field in state._history_m2m_fields:
            related = getattr(state, field.name).values_list(field.m2m_reverse_field_name(), flat=True)
            self.initial[field.name] = list(related)
        day = state.history_date.date().isoformat()
        self.initial["change_reason"] = gettext("Back to the state of %(day)s") % {"day": day}

    def changes_record(self) -> bool:
        """Tell whether saving would change anything but the reason; bringing an older state back always may."""
        return self.is_restoring or bool(set(self.changed_data) - {"change_reason", "version"})

    def clean(self) -> Any:
        if self.met:
            told = _("%(who)s saved this record while it was open here. Nothing was saved, and nothing is lost.")
            raise ValidationError(told, params={"who": self.met.who})
        return super().clean()

    def add_error(self, field: str | None, error: Any) -> None:
        """Say one thing a field: what could not be read is not missing, and what the form lacks concerns the whole."""
        if field is None and hasattr(error, "error_dict"):
            told: dict[str, list[ValidationError]] = {}
            for name, messages in error.error_dict.items():
                if name not in self.errors:
                    told.setdefault(name if name in self.fields else NON_FIELD_ERRORS, []).extend(messages)
            error = ValidationError(told)
        super().add_error(field, error)


class UndoForm(forms.Form):
    change_reason = forms.CharField(
        label=_("Reason of this change"),
        max_length=300,
        widget=AdminTextInputWidget,
        help_text=_("Kept in the record's history."),
    )


def plain_lines(data: Any) -> Any:
    """End the lines of the texts that a browser sent as the database does, so that a text left alone stays the same."""
    if data is None:
        return None
    data = data.copy()
    for name, values in data.lists() if hasattr(data, "lists") else ():
        data.setlist(name, [value.replace("\r\n", "\n") for value in values])
    return data


class RecordForm(ReasonForm):
    """A form that keeps publishing and judging to those who may, and asks why what readers see is changed."""

    SAY_WHY = _("Readers see this record; say why it changes.")
    # Set by RecordAdmin for each request.
    may_publish = may_judge = False

    def clean(self) -> Any:
        data = super().clean()
        if self.needs_reason() and not self.cleaned_data.get("change_reason"):
            self.add_error("change_reason", ValidationError(self.SAY_WHY))
        return data

    def needs_reason(self) -> bool:
        return self.changes_record() and self._stored("status") == Status.PUBLISHED

    def clean_status(self) -> str:
        before, after = self._stored("status"), str(self.cleaned_data["status"])
        public = {Status.PUBLISHED, Status.RETRACTED}
        if before != after and not self.may_publish and {before, after} & public:
            raise ValidationError(_("Only a reviewer publishes or retracts."))
        return after

    def clean_verdict(self) -> str:
        verdict = str(self.cleaned_data["verdict"])
        if verdict != self._stored("verdict") and not self.may_judge:
            raise ValidationError(_("Only a reviewer gives or changes a verdict."))
        return verdict

    def _stored(self, name: str) -> str:
        """Give what the database holds; when a form brings an older state back, its instance holds something else."""
        records = type(self.instance)._default_manager.filter(pk=self.instance.pk)
        return records.values_list(name, flat=True).first() or ""


def could_be_id(text: str) -> bool:
    """Tell whether a text from an address or a form is a number that the database can look for."""
    return text.isdecimal() and len(text) < len(str(models.BigIntegerField.MAX_BIGINT))


class LookUp(AutocompleteSelect):
    """A record looked up while typing; an id that is no number finds none, where the stock widget breaks."""

    def optgroups(self, name: str, value: Iterable[str], attrs: Any = None) -> Any:
        return super().optgroups(name, [each for each in value if could_be_id(str(each))], attrs)


class LookUpSeveral(LookUp, AutocompleteSelectMultiple):
    def build_attrs(self, base_attrs: Any, extra_attrs: Any = None) -> Any:
        """Leave the button out that takes every choice back at once; each has its own."""
        return super().build_attrs(base_attrs, extra_attrs) | {"data-allow-clear": "false"}

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """Read the ids sent; one that SQLite could not even look for becomes 0, which no record has."""
        return [each if could_be_id(each) else "0" for each in super().value_from_datadict(data, files, name)]


class LooksUp:
    """For admins and inlines: every relation is looked up while typing."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        widget = LookUp(db_field, self.admin_site)  # type: ignore[attr-defined]
        return super().formfield_for_foreignkey(db_field, request, **{"widget": widget} | kwargs)  # type: ignore[misc]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        widget = LookUpSeveral(db_field, self.admin_site)  # type: ignore[attr-defined]
        return super().formfield_for_manytomany(db_field, request, **{"widget": widget} | kwargs)  # type: ignore[misc]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Link to adding and changing a related record; to delete it from here would be a slip away."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
            field.widget.can_delete_related = field.widget.can_view_related = False
        return field


class Searches:
    """For admins: a list that every database can search and filter, whatever was asked for."""

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Refuse, as any filter that there is none of, the one character that PostgreSQL cannot look for."""
        if any("\0" in value for _name, values in request.GET.lists() for value in values):
            raise IncorrectLookupParameters
        return super().get_changelist_instance(request)  # type: ignore[misc]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Leave out the one character that PostgreSQL refuses, and what makes the conditions too many for SQLite."""
        words = search_term.replace("\0", "")[:MOST_SEARCHED]
        found: tuple[QuerySet[Any], bool] = super().get_search_results(request, queryset, words)  # type: ignore[misc]
        return found


class DeskAdmin(Searches, LooksUp, TranslationAdmin):  # type: ignore[type-arg]
    """What all records have in common: columns in each language, and an address that stays."""

    list_per_page = 50
    # What the slug of a new record is made from while its editor types; asked for by get_prepopulated_fields.
    slug_from = ""

    def get_fieldsets(self, request: HttpRequest, obj: models.Model | None = None) -> Any:
        """Set the languages side by side, and fold the one that readers do not have yet away, at the end."""
        declared = super().get_fieldsets(request, obj)
        fieldsets = [(title, options | {"fields": _lines(options["fields"])}) for title, options in declared]
        later = [name for name in flatten_fieldsets(declared) if name.endswith(LATER_LANGUAGE)]
        return [*fieldsets, (_("In Chinese"), {"fields": later, "classes": ["collapse"]})]

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        """The vocabulary is known by its slugs, in claims and in files: once stored, they stay."""
        return [*super().get_readonly_fields(request, obj), *(["slug"] if obj and hasattr(obj, "slug") else [])]

    def get_prepopulated_fields(self, request: HttpRequest, obj: models.Model | None = None) -> Any:
        return {"slug": [self.slug_from]} if self.slug_from and obj is None else {}

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any], *args: Any, **kwargs: Any) -> Any:
        """Leave out what was ticked under no number; the stock list would ask the database for it, and break."""
        data = request.POST.copy()
        ticked = [each for each in data.getlist(ACTION_CHECKBOX_NAME) if could_be_id(each)]
        data.setlist(ACTION_CHECKBOX_NAME, ticked)
        request.POST = data  # type: ignore[assignment]
        return super().response_action(request, queryset, *args, **kwargs)


def _lines(names: Iterable[Any]) -> list[Any]:
    """Put the French column of a field on the line of its English one, which comes right before it."""
    lines: list[Any] = []
    for name in names:
        if isinstance(name, str) and name.endswith("_fr"):
            lines[-1] = (lines[-1], name)
        elif not (isinstance(name, str) and name.endswith(LATER_LANGUAGE)):
            lines.append(name)
    return lines


class HistoryAdmin(SimpleHistoryAdmin, DeskAdmin):
    """A record whose every state is kept, shown and brought back."""

    form = ReasonForm
    object_history_list_template = "admin/history_list.html"
    # Models whose rows belong to a record, with the name of their foreign key; their changes are shown beside its own.
    parts: ClassVar[dict[Any, str]] = {}

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.parts, form.met = self.parts, getattr(request, "_conflict", None)
        form.undo = self._change_to_undo(request, obj) if obj is not None else None
        return form

    def _change_to_undo(self, request: HttpRequest, record: Any) -> tuple[Any, Any] | None:
        """Find the states around the change that the address of a form names; None for what is none of this record."""
        number = request.GET.get("undo", "")
        rows = record.history.model.objects.filter(id=record.pk)
        after = rows.filter(history_id=number, history_type="~").first() if could_be_id(number) else None
        before = rows.filter(history_id__lt=number).order_by("-history_id").first() if after else None
        return (before, after) if before and before.history_type != "-" else None

    def get_urls(self) -> Any:
        page = self.admin_site.admin_view(self.deleted_view)
        undo = self.admin_site.admin_view(self.undo_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            path("deleted/", page, name=f"{name}_deleted"),
            path("<path:object_id>/history/<slug:part>/<int:number>/undo/", undo, name=f"{name}_undo"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        context = {"may_restore": self.has_delete_permission(request)} | (extra_context or {})
        return super().changelist_view(request, context)

    def deleted_view(self, request: HttpRequest) -> HttpResponse:
        """List what was deleted last, and bring back what somebody chose."""
        if not self.has_delete_permission(request):
            raise PermissionDenied
        rows = deleted(self.model)
        error: ValidationError | None = None
        if request.method == "POST":
            row = get_object_or_404(rows, history_id=number_of(request.POST.get("restore", "")))
            try:
                record = self._bring_back(row)
            except ValidationError as refused:
                error = refused
            else:
                self.message_user(request, _("Brought back: %(record)s") % {"record": record}, messages.SUCCESS)
                return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", record.pk)
        shown = [(row, self._name_of(row)) for row in rows[:MOST_DELETED]]
        context = self.admin_site.each_context(request) | {
            "title": _("Deleted records"),
            "opts": self.opts,
            "rows": shown,
            "errors": error.messages if error else [],
        }
        return render(request, "admin/deleted.html", context)

    @transaction.atomic
    def _bring_back(self, row: Any) -> Any:
        record = restore(row, self.parts, reason=gettext("Brought back after it was deleted"))
        self.restored(record)
        return record

    def restored(self, record: Any) -> None:
        """Do what else follows when a record is back, in the same transaction."""

    def _name_of(self, row: Any) -> str:
        try:
            return str(row.instance)
        except ObjectDoesNotExist:
            return str(getattr(row, "slug", row.id))

    def _changeform_view(self, request: HttpRequest, object_id: str | None, form_url: str, extra_context: Any) -> Any:
        """Before a form is saved, hold the state it was opened on against the newest, in the same transaction."""
        number = unquote(object_id or "")
        if request.method == "POST" and could_be_id(number):
            record = self.model._default_manager.filter(pk=number).first()
            if record is None and self.has_change_permission(request) and (gone := self._gone(number)):
                if refusal := self.meet_deletion(request, gone, self._typed(request, gone)):
                    return refusal
                record = self.model._default_manager.get(pk=number)
            if record is not None and self.has_change_permission(request, record):
                self._meet_conflict(request, record)
        return super()._changeform_view(request, object_id, form_url, extra_context)

    def _gone(self, number: str) -> Any:
        """Find the deletion of a record that is not there any more."""
        return deleted(self.model).filter(id=number).first()

    def meet_deletion(self, request: HttpRequest, gone: Any, typed: list[tuple[str, str]]) -> HttpResponse | None:
        """Bring a record back whose form was sent after its deletion, if asked to; else give a page with all of it."""
        errors: list[str] = []
        if "_restore" in request.POST and self.has_delete_permission(request):
            try:
                self._bring_back(gone)
                return None
            except ValidationError as refused:
                errors = refused.messages
        kept = [(name, values) for name, values in request.POST.lists() if name not in NOT_TYPED]
        context = self.admin_site.each_context(request) | {
            "title": gettext("This record has been deleted"),
            "opts": self.opts,
            "gone": gone,
            "name": self._name_of(gone),
            "typed": [(label, words) for label, words in typed if words],
            "sent": [(name, value) for name, values in kept for value in values],
            "errors": errors,
            "may_restore": self.has_delete_permission(request),
        }
        return render(request, "admin/gone.html", context)

    def _typed(self, request: HttpRequest, gone: Any) -> list[tuple[str, str]]:
        """Write what a form held, as (label, words): its fields, then the rows of its tables. A few queries."""
        record = gone.instance
        fields = flatten_fieldsets(self.get_fieldsets(request, record))
        form = self.get_form(request, record, change=True, fields=fields)(request.POST, instance=record)
        told = [
            (str(bound.label), conflict.shown(bound, conflict.typed(form, name)))
            for name, bound in form.fields.items()
            if name != "version"
        ]
        for made, _inline in self.get_formsets_with_inlines(request, record):
            with suppress(ValidationError):
                table = made(request.POST, instance=record, queryset=made.model._default_manager.none())
                label = capfirst(str(made.model._meta.verbose_name))
                for row in table.forms:
                    values = {name: conflict.typed(row, name) for name in conflict.names(row)}
                    # The row for the next one, left as it was offered, says nothing.
                    if any(value != conflict.as_sent(row, name) for name, value in values.items()):
                        told.append((label, conflict.row_words(row, values)))
        return told

    def _meet_conflict(self, request: HttpRequest, record: Any) -> None:
        """Make what was sent fit the newest state; where that is another one, the form is shown again with both."""
        conflict.lock(record)
        data = plain_lines(request.POST)
        stored, formsets = self._forms_of(request, record)
        conflict.take_theirs(data, stored, formsets)
        token, newest = data.get("version", ""), conflict.token_of(record, self.parts)
        if token != newest:
            met = conflict.Conflict(conflict.newer_rows(record, self.parts, token))
            base = self._state_of(record, token)
            sent = type(stored)(data, instance=self.model._default_manager.get(pk=record.pk))
            states = conflict.States(type(stored)(instance=base) if base is not None else None, stored, sent)
            merged = data.copy()
            met.differences += conflict.merge_form(states, merged)
            for formset in formsets:
                try:
                    table = type(formset)(data, instance=record, queryset=formset.queryset, prefix=formset.prefix)
                    label = str(formset.model._meta.verbose_name).capitalize()
                    base_of = self._rows_of(formset, token)
                    met.differences += conflict.merge_rows(formset, table, base_of, label, merged)
                except ValidationError:
                    # The stock form says that its rows were not sent whole.
                    continue
            merged["version"] = newest
            request._conflict, data = met, merged  # type: ignore[attr-defined]
        request.POST = data

    def _forms_of(self, request: HttpRequest, record: Any) -> tuple[Any, list[Any]]:
        """Build the form of a record and its tables as somebody who opens them now would see them."""
        fields = flatten_fieldsets(self.get_fieldsets(request, record))
        form = self.get_form(request, record, change=True, fields=fields)(instance=record)
        formsets = [
            made(instance=record, queryset=inline.get_queryset(request), prefix=made.get_default_prefix())
            for made, inline in self.get_formsets_with_inlines(request, record)
        ]
        return form, formsets

    def _state_of(self, record: Any, token: str) -> Any:
        number = token.partition(".")[0]
        rows = record.history.model.objects.filter(id=record.pk, history_id=number if could_be_id(number) else 0)
        state = rows.exclude(history_type="-").first()
        return state.instance if state is not None else None

    def _rows_of(self, formset: Any, token: str) -> Any:
        """Give the function that finds a row of a table as it was when the token was given."""
        numbers = token.split(".")[1:]
        place = list(self.parts).index(formset.model)
        last = numbers[place] if place < len(numbers) and could_be_id(numbers[place]) else 0

        def base_of(pk: int) -> Any:
            rows = formset.model.history.filter(id=pk, history_id__lte=last).order_by("-history_id")
            state = rows.first()
            return formset.form(instance=state.instance) if state and state.history_type != "-" else None

        return base_of

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        record = kwargs.get("obj")
        context |= {"conflict": getattr(request, "_conflict", None)}
        rows = self._change_to_undo(request, record) if record is not None and request.method == "GET" else None
        if rows:
            context |= {"undoing": changes.sentences(*rows), "again": changes.undone(rows, record)[1]}
        return super().render_change_form(request, context, *args, **kwargs)

    def _create_formsets(self, request: HttpRequest, obj: Any, change: bool) -> Any:
        """Make the rows known to the record, since saving it depends on whether any of them changed."""
        formsets, inlines = super()._create_formsets(request, obj, change)
        if obj is not None:
            obj._formsets = formsets
        return formsets, inlines

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save nothing, and write no history, for a form that was sent as it was opened."""
        obj._is_unchanged = change and not form.changes_record() and not _rows_changed(obj)
        obj._goes_back = form.is_restoring
        if not obj._is_unchanged:
            self.save_record(request, obj, form, change)

    def save_record(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save what really changed."""
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        if not form.instance._is_unchanged:
            super().save_related(request, form, formsets, change)

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        return "" if form.instance._is_unchanged else super().construct_change_message(request, form, formsets, add)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        if obj._is_unchanged:
            return None
        if obj._goes_back:
            self.went_back(obj)
        return super().log_change(request, obj, message)

    def went_back(self, record: Any) -> None:
        """Do what else follows when an older state was saved: the package saves its row and lists, nothing related."""

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        if not obj._is_unchanged:
            return super().response_change(request, obj)
        self.message_user(request, _("Nothing changed."), messages.INFO)
        return redirect(request.path) if "_continue" in request.POST else self.response_post_save_change(request, obj)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        pk = number_of(object_id)
        rows = [
            row
            for history in self.part_histories(self.model(pk=pk)).values()
            for row in history._select_related_history_tracked_objs()[:MOST_PARTS]
        ]
        rows.sort(key=lambda row: row.history_date, reverse=True)
        told = []
        for number, row in enumerate(rows):
            of = (type(row), row.id)
            before = next((each for each in rows[number + 1 :] if (type(each), each.id) == of), None)
            if sentences := self.part_sentences(row, before):
                told.append((row, sentences, row.instance_type._meta.model_name))
        context = {"part_changes": told, "may_change": self.has_change_permission(request)}
        return super().history_view(request, str(pk), context | (extra_context or {}))

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        # The package only hides the button from those who may but look.
        if request.method == "POST" and not self.has_change_permission(request):
            raise PermissionDenied
        # Its own context names the table of the history rows where the record should stand.
        context = {"opts": self.opts} | (extra_context or {})
        record = self.model._default_manager.filter(pk=number_of(object_id)).first()
        with transaction.atomic():
            if request.method == "POST" and record is not None:
                conflict.lock(record)
                data, newest = request.POST.copy(), conflict.token_of(record, self.parts)
                if (token := data.get("version", "")) != newest:
                    data["version"] = newest
                    rows = conflict.newer_rows(record, self.parts, token)
                    request.POST, request._conflict = data, conflict.Conflict(rows)  # type: ignore[assignment,attr-defined]
            return super().history_form_view(request, str(number_of(object_id)), str(number_of(version_id)), context)

    def set_history_delta_changes(
        self, request: HttpRequest, historical_records: Any, foreign_keys_are_objs: bool = True
    ) -> None:
        """Set on each state the sentences that tell what it changed in the one before; a deletion changed nothing."""
        for state, before in pairwise(historical_records):
            if state.history_type != "-" and before.history_type != "-":
                state.history_delta_changes = changes.sentences(before, state)

    def part_sentences(self, row: Any, before: Any) -> list[Any]:
        """Tell what became of a row that belongs to the record."""
        if isinstance(row, TaggedItem.history.model):
            say = changes.went if row.history_type == "-" else changes.came
            return [say(changes.noun("tag"), changes.words(row, "tag"))]
        what = changes.noun(type(row).instance_type._meta.model_name)
        if row.history_type == "~" and before is not None:
            told = changes.sentences(before, row, leave_out=self.parts.values())
            return [changes.of_part(self.part_words(row), sentence) for sentence in told]
        return [(changes.went if row.history_type == "-" else changes.came)(what, self.part_words(row))]

    def part_histories(self, record: Any) -> dict[str, Any]:
        """Give the history of the rows that belong to a record, by the name of their model."""
        found = {part._meta.model_name: part.history.filter(**{owner: record.pk}) for part, owner in self.parts.items()}
        if hasattr(self.model, "tags"):
            found["taggeditem"] = tag_rows(record)
        return found

    def undo_view(self, request: HttpRequest, object_id: str, part: str, number: int) -> HttpResponse:
        """Show one change of a row that belongs to the record, and take it back with a reason."""
        record = get_object_or_404(self.model, pk=number_of(object_id))
        if not self.has_change_permission(request):
            raise PermissionDenied
        rows = self.part_histories(record).get(part)
        if rows is None or not could_be_id(str(number)):
            raise Http404
        try:
            before, after = undoing.states(rows, number)
        except LookupError as error:
            raise Http404 from error
        row = after or before
        data = request.POST if request.method == "POST" else None
        form = UndoForm(data, initial={"change_reason": undoing.usual_reason(row)})
        if form.is_valid():
            try:
                with transaction.atomic():
                    return self.take_back(request, record, (before, after))
            except ValidationError as error:
                form.add_error(None, list(error.messages))
        context = self.admin_site.each_context(request) | {
            "title": _("Undo a change"),
            "opts": self.opts,
            "record": record,
            "note": self.undo_note(record),
            "row": row,
            "sentences": self.part_sentences(row, before if after is not None else None),
            "form": form,
            "media": self.media,
        }
        return render(request, "admin/undo.html", context)

    def undo_note(self, record: Any) -> str:
        """Say what becomes of a change that is taken back, unless it is so at once."""
        return ""

    def take_back(self, request: HttpRequest, record: Any, states: tuple[Any, Any]) -> HttpResponse:
        """Take the change between two states of a row that belongs to the record back, and lead to where that shows.

        Raises:
            ValidationError: it cannot be taken back.
        """
        conflict.lock(record)
        state = states[1] or states[0]
        rows = state.instance_type._default_manager.filter(pk=state.id)
        if state.instance_type is TaggedItem:
            # A tag that was taken out and given again has another number.
            rows = TaggedItem.objects.filter(**TaggedItem.lookup_kwargs(record), tag=state.tag_id)
        undoing.take_back(states, rows.first())
        record.save()
        self.undone(record)
        self.message_user(request, _("The change is taken back."), messages.SUCCESS)
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_history", record.pk)

    def undone(self, record: Any) -> None:
        """Do what else follows when a change of what belongs to a record was taken back, in the same transaction."""

    def part_words(self, row: Any) -> str:
        """Name a row that belongs to the record, as it was in a state."""
        return str(row.instance)


def _rows_changed(obj: Any) -> bool:
    return any(formset.has_changed() for formset in getattr(obj, "_formsets", ()))


def number_of(object_id: str) -> int:
    """Read the id in an address.

    Raises:
        Http404: no record can have it, which the history's own views would answer with an error.
    """
    if not could_be_id(digits := unquote(object_id)):
        raise Http404
    return int(digits)


def _digits(amount: Decimal) -> str:
    return f"{amount.normalize():f}"


class RecordAdmin(HistoryAdmin):
    """A record that comes to readers step by step, with a link to its public page or its preview."""

    form = RecordForm
    save_on_top = True
    show_full_result_count = False
    readonly_fields = ["known_since"]

    def has_publish_permission(self, request: HttpRequest) -> bool:
        # The permissions of a kind are those of all entities.
        record = self.opts.concrete_model._meta.model_name  # type: ignore[union-attr]
        return request.user.has_perm(f"{self.opts.app_label}.publish_{record}")

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        """A record may be renamed, since its former addresses lead on; but links and files know it by its slug."""
        fields = super().get_readonly_fields(request, obj)
        return [name for name in fields if name != "slug" or not self.has_publish_permission(request)]

    def get_form(
        self, request: HttpRequest, obj: models.Model | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        help_texts = {"known_since": _("Follows from the days of the record and its sources.")}
        form: Any = super().get_form(request, obj, change=change, help_texts=help_texts, **kwargs)
        form.may_publish = self.has_publish_permission(request)
        form.may_judge = request.user.has_perm("entities.judge_claim")
        return form

    def formfield_for_dbfield(self, db_field: "models.Field[Any, Any]", request: HttpRequest, **kwargs: Any) -> Any:
        """Choose tags among those there are; a mistyped word would become a tag of its own."""
        if not isinstance(db_field, TaggableManager):
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        widget = LookUpSeveral(db_field, self.admin_site)
        return forms.ModelMultipleChoiceField(
            Tag.objects.all(),
            required=False,
            label=capfirst(db_field.verbose_name),
            widget=RelatedFieldWidgetWrapper(widget, db_field.remote_field, self.admin_site),
        )

    def view_on_site(self, obj: Any) -> str:
        # As stored: the record of a form that was refused may hold a slug that is none.
        return str(type(obj)._default_manager.get(pk=obj.pk).get_absolute_url())


def rows(count: int) -> Any:
    """Let the texts of a form show as many lines as they usually have."""
    return {models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": count})}}


class EntityAdmin(RecordAdmin):
    formfield_overrides = rows(6)
    slug_from = "name_en"
    list_display = ["name", "native_name", "slug", "status", "updated_at"]
    list_filter = ["status", "tags"]
    search_fields = ["name_en", "name_fr", "native_name", "alias_text", "slug"]
    search_help_text = _("In names in every script, aliases and slugs.")
    fieldsets = [
        (None, {"fields": ["name", "slug", ("native_name", "native_language"), "aliases", "tags"]}),
        (_("Summary"), {"fields": ["summary"]}),
        (_("Elsewhere"), {"fields": ["links"]}),
        (_("Standing"), {"fields": ["status", ("public_since", "known_since"), "change_reason"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entity]:
        """Give the aliases as text for the search, which cannot look into a list."""
        return super().get_queryset(request).annotate(alias_text=Cast("aliases", models.TextField()))


class AnyEntityAdmin(EntityAdmin):
    """All kinds in one list, where the other records look entities up; new ones are added under their kind."""

    list_display = ["name", "kind", "native_name", "slug", "status", "updated_at"]
    list_filter = ["kind", "status", "tags"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


class SourceFilter(admin.SimpleListFilter):
    title = _("sources")
    parameter_name = "sources"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("none", _("no source")), ("disputed", _("disputed by a source")), ("made", _("made by an article"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Claim]) -> QuerySet[Claim]:
        match self.value():
            case "none":
                return queryset.filter(citations=None)
            case "disputed":
                return queryset.filter(citations__stance="disputes").distinct()
            case "made":
                return queryset.filter(citations__makes_claim=True).distinct()
        return queryset


class AmountInput(forms.NumberInput):
    """A figure without the zeros that its column has behind the point."""

    def format_value(self, value: Any) -> Any:
        return _digits(value) if isinstance(value, Decimal) else super().format_value(value)


class ClaimAdmin(RecordAdmin):
    formfield_overrides = rows(4) | {models.DecimalField: {"widget": AmountInput}}
    list_display = ["__str__", "subject", "verdict", "status", "citation_count", "updated_at"]
    list_filter = ["status", "verdict", SourceFilter, "lane", "rank", "how_verified", "subject__kind", "value_type"]
    search_fields = [
        "slug",
        "statement_en",
        "statement_fr",
        "title_en",
        "title_fr",
        "text_en",
        "text_fr",
        "subject__name_en",
        "subject__native_name",
        "object__name_en",
        "object__native_name",
        "property__label_en",
        "property__label_fr",
    ]
    search_help_text = _("In sentences, titles, texts, slugs, and the names of subject, object and property.")
    autocomplete_fields = ["subject", "property", "object", "unit", "mentions", "replaces"]
    fieldsets = [
        (None, {"fields": ["subject"]}),
        (_("In words"), {"fields": ["statement", "title", "mentions"]}),
        (
            _("As a value"),
            {
                "fields": [
                    "property",
                    "object",
                    ("amount", "unit", "bound"),
                    "date",
                    "text",
                    "url",
                    "applies_to",
                    "as_printed",
                ],
                "description": _("Choose a property and fill in the one value that it takes."),
            },
        ),
        (_("When"), {"fields": ["when", "lane", ("public_since", "known_since")]}),
        (_("Beside other values"), {"fields": ["rank", "alternative", "rank_reason"]}),
        (_("Verdict"), {"fields": ["verdict", "rationale", ("how_verified", "checked_on")]}),
        (_("Standing"), {"fields": ["status", "slug", "replaces", "change_reason"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Claim]:
        claims = super().get_queryset(request).select_related("subject", "object", "property", "unit")
        # Distinct, since a filter on citations joins them once more.
        return claims.annotate(citation_total=models.Count("citations", distinct=True))

    @admin.display(description=_("citations"), ordering="citation_total")
    def citation_count(self, claim: Any) -> int:
        return int(claim.citation_total)


def kinds_field(name: str, **kwargs: Any) -> forms.MultipleChoiceField:
    """Choose among the kinds for a field of Property that holds some of them."""
    label = capfirst(str(Property._meta.get_field(name).verbose_name))  # type: ignore[union-attr]
    return forms.MultipleChoiceField(
        choices=Entity.Kind.choices, widget=forms.CheckboxSelectMultiple, label=label, **kwargs
    )


class PropertyForm(ReasonForm):
    subject_kinds = kinds_field("subject_kinds")
    object_kinds = kinds_field("object_kinds", required=False, help_text=_("For a relation."))


@admin.register(Property)
class PropertyAdmin(HistoryAdmin):
    formfield_overrides = rows(2)
    form = PropertyForm
    list_per_page = 100
    list_display = ["label", "slug", "value_type", "unit", "is_functional", "order"]
    list_filter = ["value_type", "is_functional"]
    list_select_related = ["unit"]
    search_fields = ["slug", "label_en", "label_fr", "inverse_label_en", "inverse_label_fr"]
    autocomplete_fields = ["unit", "other_units"]
    slug_from = "label_en"
    fieldsets = [
        (None, {"fields": ["label", "slug", "pattern", "value_type", "subject_kinds"]}),
        (_("Relation"), {"fields": ["object_kinds", "inverse_label", "inverse_slug", "inverse_pattern"]}),
        (_("Quantity"), {"fields": ["unit", "other_units"]}),
        (_("On pages"), {"fields": ["is_functional", "order", "note"]}),
        (
            _("In other vocabularies"),
            {"fields": [("schema_org", "inverse_schema_org"), ("wikidata", "inverse_wikidata")]},
        ),
        (None, {"fields": ["change_reason"]}),
    ]


@admin.register(Unit)
class UnitAdmin(HistoryAdmin):
    list_per_page = 100
    list_display = ["code", "currency", "singular", "plural"]
    search_fields = ["code", "singular_en", "plural_en", "singular_fr", "plural_fr"]
    fieldsets = [
        (None, {"fields": [("code", "currency"), "singular", "plural", "change_reason"]}),
    ]


@admin.register(Tag)
class TagAdmin(HistoryAdmin):
    list_display = ["name", "label", "slug"]
    search_fields = ["name", "label_en", "label_fr"]
    slug_from = "name"
    fieldsets = [(None, {"fields": ["name", "label", "slug", "change_reason"]})]
