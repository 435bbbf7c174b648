"""The desk's pages for merging two records into one, and for taking a merge back."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entities import addresses
from entities.admin import LookUp, Searches, could_be_id
from entities.models import KINDS, Claim, Entity

from . import merging
from .models import Merge

# The look-up asks a field for its model; these lead to any entity and to any claim.
LOOKED_UP_BY = {Entity: Claim._meta.get_field("subject"), Claim: Claim._meta.get_field("replaces")}
MOST_MERGES = 20


class OtherForm(forms.Form):
    """Which record is the same; looked up while typing, or named by its slug where no script runs."""

    other: Any = forms.ModelChoiceField(
        queryset=None, required=False, label=gettext_lazy("The record that is the same")
    )
    slug = forms.CharField(
        required=False, max_length=160, label=gettext_lazy("Or its slug"), widget=AdminTextInputWidget
    )

    def __init__(self, model: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.model = model
        field: Any = self.fields["other"]
        field.queryset = model._default_manager.all()
        field.widget = LookUp(LOOKED_UP_BY[model], admin.site)
        field.widget.choices = field.choices

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if slug := data.get("slug", "").strip():
            data["other"] = addresses.find(self.model._default_manager.all(), slug)
            if data["other"] is None:
                raise ValidationError({"slug": _("No record has the slug “%(slug)s”.") % {"slug": slug}})
        elif not data.get("other") and not self.errors:
            raise ValidationError({"other": _("Choose the record that is the same.")})
        return data


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        widget=AdminTextInputWidget,
        help_text=gettext_lazy("Kept in the history of every record that this changes."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, contests: Iterable[merging.Contest] = (), **kwargs: Any) -> None:
        """Ask also which stance stays for each passage that two claims cite with two of them."""
        super().__init__(*args, **kwargs)
        for contest in contests:
            self.fields[contest.key] = forms.ChoiceField(
                choices=contest.stances,
                widget=forms.RadioSelect,
                label=_("Both cite “%(words)s”. Which stance stays?")
                % {"words": Truncator(contest.kept.quote).chars(160)},
                help_text=str(contest.kept.article),
            )
        self.order_fields([name for name in self.fields if name != "reason"])


class MergesRecords:
    """For the admins of entities and claims: merge a record into another, from its form or by ticking two."""

    actions: Any = ["merge_selected"]

    def get_urls(self) -> list[Any]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_merge"  # type: ignore[attr-defined]
        view = self.admin_site.admin_view(self.merge_view)  # type: ignore[attr-defined]
        return [path("<path:object_id>/merge/", view, name=name), *super().get_urls()]  # type: ignore[misc]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"may_merge": self.has_publish_permission(request)} | (extra_context or {})  # type: ignore[attr-defined]
        return super().change_view(request, object_id, form_url, context)  # type: ignore[misc]

    @admin.action(permissions=["publish"], description=gettext_lazy("Merge the two selected records"))
    def merge_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        chosen = list(queryset.order_by("pk")[:3])
        if len(chosen) != 2:
            self.message_user(request, _("Tick exactly two records to merge them."), messages.ERROR)  # type: ignore[attr-defined]
            return None
        return HttpResponseRedirect(f"{_address(chosen[0], 'merge')}?other={chosen[1].pk}")

    def merge_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Choose the other record, see what merging would do, and do it."""
        if not self.has_publish_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        model = self.opts.concrete_model  # type: ignore[attr-defined]
        if not could_be_id(digits := unquote(object_id)):
            raise Http404
        kept = get_object_or_404(model, pk=int(digits))
        chosen = OtherForm(model, request.GET if {"other", "slug"} & request.GET.keys() else None)
        other = chosen.cleaned_data["other"] if chosen.is_valid() else None
        found = merging.plan(kept, other) if other else None
        contests = found.contests if found else []
        asked = ReasonForm(request.POST or None, contests=contests)
        if other and request.method == "POST" and asked.is_valid():
            data = asked.cleaned_data
            try:
                merged = merging.merge(kept, other, data["reason"], request.user, data["seen"], data)  # type: ignore[arg-type]
            except merging.MergeError as error:
                for reason in error.reasons:
                    messages.error(request, reason)
                return HttpResponseRedirect(request.get_full_path())
            self._say_merged(request, merged)
            return HttpResponseRedirect(_address(kept, "change"))
        if found and request.method != "POST":
            asked = ReasonForm(initial={"seen": found.digest}, contests=contests)
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "opts": self.opts,  # type: ignore[attr-defined]
            "title": _("Merge another record into “%(record)s”") % {"record": kept},
            "original": kept,
            "media": self.media + chosen.media,  # type: ignore[attr-defined]
            "chosen": chosen,
            "asked": asked,
            "plan": found,
            "kept_address": _address(kept, "change"),
            "other_address": _address(other, "change") if other else "",
            "swapped": f"{_address(other, 'merge')}?other={kept.pk}" if other else "",
            "merges": Merge.objects.filter(record_type=model._meta.model_name, kept_id=kept.pk)[:MOST_MERGES],
        }
        return render(request, "admin/merge.html", context)

    def _say_merged(self, request: HttpRequest, merged: Merge) -> None:
        said = _("“%(other)s” was merged into this record.") % {"other": merged.merged_name}
        address = reverse("admin:articles_merge_change", args=[merged.pk])
        messages.success(request, format_html('{} <a href="{}">{}</a>', said, address, _("Undo")))


def _address(record: Model, page: str) -> str:
    """Give the address of a page of a record, under its own kind."""
    model = KINDS[record.kind] if isinstance(record, Entity) else type(record)
    return reverse(f"admin:entities_{model._meta.model_name}_{page}", args=[record.pk])


@admin.register(Merge)
class MergeAdmin(Searches, admin.ModelAdmin):  # type: ignore[type-arg]
    """The merges that were done; the page of each offers to take it back."""

    list_display = ["merged_name", "kept_name", "record_type", "merged_at", "merged_by", "reason", "undone_at"]
    list_filter = ["record_type"]
    search_fields = ["merged_name", "kept_name", "merged_slug"]
    list_select_related = ["merged_by"]
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        kinds = [obj.record_type] if obj else Merge.RecordType.values
        return any(request.user.has_perm(f"entities.publish_{kind}") for kind in kinds)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show what a merge did and whether it can be undone; undo it."""
        if not could_be_id(digits := unquote(object_id)):
            raise Http404
        merged = get_object_or_404(Merge.objects.select_related("merged_by", "undone_by"), pk=int(digits))
        if not self.has_view_permission(request, merged):
            raise PermissionDenied
        asked = ReasonForm(request.POST or None)
        if request.method == "POST" and asked.is_valid():
            try:
                restored = merging.undo(merged, asked.cleaned_data["reason"], request.user)  # type: ignore[arg-type]
            except merging.MergeError as error:
                for reason in error.reasons:
                    messages.error(request, reason)
                return HttpResponseRedirect(request.get_full_path())
            messages.success(request, _("“%(record)s” is back, with all that belonged to it.") % {"record": restored})
            return HttpResponseRedirect(_address(restored, "change"))
        kept = merging.RECORDS[merged.record_type]._default_manager.filter(pk=merged.kept_id).first()
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": str(merged),
            "original": merged,
            "media": self.media,
            "merged": merged,
            "kept_address": _address(kept, "change") if kept else "",
            "table": _counts(merged),
            "obstacles": merging.obstacles(merged),
            "asked": asked,
        }
        return render(request, "admin/merge_undo.html", context)


def _counts(merged: Merge) -> list[tuple[str, int, int, int]]:
    """Count what a merge did by type of row: changed, removed, made."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for step in merged.steps:
        sort = "removed" if step["after"] is None else "made" if step["before"] is None else "changed"
        counts[_rows_name(apps.get_model(step["model"]))][sort] += 1
    return [(name, count["changed"], count["removed"], count["made"]) for name, count in counts.items()]


def _rows_name(model: type[Model]) -> str:
    """Name the rows of a table; those of a table in between by the list that they make up."""
    owner: Any = model._meta.auto_created
    if not owner:
        return capfirst(str(model._meta.verbose_name_plural))
    lists: Any = owner._meta.local_many_to_many
    name = next(each.verbose_name for each in lists if each.remote_field.through is model)
    return f"{capfirst(str(owner._meta.verbose_name_plural))}: {name}"
