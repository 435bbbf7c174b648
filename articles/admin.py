"""The editors' desk for articles, and for entities and claims with their sources."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from entities.admin import (
    AnyEntityAdmin,
    ClaimAdmin,
    EntityAdmin,
    LooksUp,
    LookUpSeveral,
    RecordAdmin,
    RecordForm,
    rows,
)
from entities.models import KINDS, Claim, Entity

from . import clock
from .merge_admin import MergesRecords
from .models import Article, Author, Citation
from .sheet_admin import ExportsRows, ImportsClaims


class SourcedEntityForm(RecordForm):
    # Named apart from the relation, which the admin cannot show to those who may only look.
    drawn_from: Any = forms.ModelMultipleChoiceField(
        Article.objects.all(),
        required=False,
        label=_("Sources of the summary"),
        help_text=_("The articles that the summary draws on."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["drawn_from"]
        # The look-up asks a field for its model, and the far side of a relation cannot tell; this one leads there too.
        field.widget = LookUpSeveral(Citation._meta.get_field("article"), admin.site)
        field.widget.choices = field.choices  # type: ignore[attr-defined]
        if self.instance.pk:
            self.initial["drawn_from"] = list(self.instance.summary_sources.all())

    def _save_m2m(self) -> None:
        super()._save_m2m()  # type: ignore[misc]
        self.instance.summary_sources.set(self.cleaned_data["drawn_from"])


class SourcedEntityAdmin(MergesRecords, ExportsRows, EntityAdmin):
    form = SourcedEntityForm
    fieldsets = [
        (
            title,
            options | {"fields": [*options["fields"], "drawn_from"]} if "summary" in options["fields"] else options,
        )
        for title, options in EntityAdmin.fieldsets
    ]

    @admin.display(description=_("Sources of the summary"))
    def drawn_from(self, entity: Any) -> str:
        return ", ".join(str(article) for article in entity.summary_sources.all())

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        clock.refresh_around([obj.pk])


for kind in KINDS.values():
    admin.site.register(kind, SourcedEntityAdmin)


@admin.register(Entity)
class SourcedAnyEntityAdmin(AnyEntityAdmin, SourcedEntityAdmin):
    pass


class PartFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    """Rows of a table, where the heading of a column stands for the labels of its fields."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        for field in form.fields.values():
            widget = getattr(field.widget, "widget", field.widget)
            widget.attrs.setdefault("aria-label", field.label)


class PartInline(LooksUp, admin.TabularInline):  # type: ignore[type-arg]
    """Rows that belong to a record, with one empty row for the next."""

    formset = PartFormSet
    extra = 1


class CitationFormSet(PartFormSet):
    def clean(self) -> None:
        """Refuse the same citation twice, which each row alone cannot see."""
        super().clean()
        seen = set()
        for form in self.forms:
            data = form.cleaned_data if form.is_valid() else {}
            if not data.get("article") or data.get("DELETE"):
                continue
            citation = (data["article"], data["stance"], data["locator"])
            if citation in seen:
                form.add_error("article", ValidationError(Citation.CITED_ALREADY))
            seen.add(citation)


class CitationInline(PartInline):
    model = Citation
    formset = CitationFormSet
    autocomplete_fields = ["article"]
    fields = ["article", "stance", "locator", "makes_claim", "position"]


@admin.register(Claim)
class SourcedClaimAdmin(MergesRecords, ImportsClaims, ExportsRows, ClaimAdmin):
    inlines = [CitationInline]
    parts = {Citation: "claim"}

    def save_model(self, request: HttpRequest, obj: Claim, form: Any, change: bool) -> None:
        ends = _ends(Claim.objects.filter(pk=obj.pk))
        super().save_model(request, obj, form, change)
        clock.refresh_known_since([obj.pk], ends)

    def delete_model(self, request: HttpRequest, obj: Claim) -> None:
        ends = _ends(Claim.objects.filter(pk=obj.pk))
        super().delete_model(request, obj)
        clock.refresh_known_since([], ends)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Claim]) -> None:
        ends = _ends(queryset)
        super().delete_queryset(request, queryset)
        clock.refresh_known_since([], ends)


def _ends(claims: QuerySet[Claim]) -> set[int]:
    """Give the ids of the entities that claims link."""
    return {pk for pair in claims.values_list("subject", "object") for pk in pair if pk}


class AuthorInline(PartInline):
    model = Author
    autocomplete_fields = ["entity"]
    fields = ["name", "entity", "position"]


@admin.register(Article)
class ArticleAdmin(ExportsRows, RecordAdmin):
    formfield_overrides = rows(4)
    slug_from = "title"
    list_display = ["title", "kind", "source_name", "published", "language", "how_verified", "status", "citation_count"]
    list_filter = ["status", "kind", "how_verified", "read_scope", "language", "rights", "tags"]
    search_fields = [
        "slug",
        "title",
        "translated_title_en",
        "translated_title_fr",
        "publisher__name_en",
        "publisher__native_name",
        "publisher_name",
        "doi",
        "arxiv",
        "url",
    ]
    search_help_text = _("In titles, publishers, addresses, DOI, arXiv numbers and slugs.")
    autocomplete_fields = ["publisher", "known_through", "derives_from", "summarises"]
    list_select_related = ["publisher"]
    inlines = [AuthorInline]
    parts = {Author: "article"}
    readonly_fields = []
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "title",
                    "translated_title",
                    "slug",
                    "kind",
                    "publisher",
                    "publisher_name",
                    "published",
                    ("language", "original_language"),
                    "tags",
                ],
            },
        ),
        (_("Summary"), {"fields": ["summary"]}),
        (_("Where it is"), {"fields": ["url", "archive_url", ("doi", "arxiv"), "licence", "derives_from", "rights"]}),
        (
            _("How it was read"),
            {
                "fields": [
                    ("how_verified", "read_scope"),
                    "known_through",
                    "snapshot",
                    "locator_scheme",
                    "note",
                    "summarises",
                ],
            },
        ),
        (_("Standing"), {"fields": ["status", "public_since", "change_reason"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(citation_total=models.Count("citations"))

    @admin.display(description=_("citations"), ordering="citation_total")
    def citation_count(self, article: Any) -> int:
        return int(article.citation_total)

    @admin.display(description=_("publisher"), ordering="publisher_name")
    def source_name(self, article: Article) -> str:
        return article.publisher_name or str(article.publisher or "")
