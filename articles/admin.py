"""The editors' desk for articles, and for entities and claims with their sources."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, Q, QuerySet, When
from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
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
from entities.models import KINDS, Claim, Entity, Status

from . import annotate, clock, revise, search, suspension
from .merge_admin import MergesRecords
from .models import Article, Author, Citation
from .querysets import LOST
from .sheet_admin import ExportsRows, ImportsClaims


class FoundAdmin(RecordAdmin):
    """A record that readers and editors find by the same search, which learns here what became of it."""

    # What `search.refresh` calls these records.
    found_among = ""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Tell search once tags, authors and citations are saved as well."""
        super().save_related(request, form, formsets, change)
        search.refresh(**{self.found_among: [form.instance.pk]})

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        pk = obj.pk
        super().delete_model(request, obj)
        search.refresh(**{self.found_among: [pk]})

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        pks = list(queryset.values_list("pk", flat=True))
        super().delete_queryset(request, queryset)
        search.refresh(**{self.found_among: pks})

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search what is published as readers do, best first, and what is not by the columns of `search_fields`."""
        found = search.records(self.found_among, search_term)
        if not found:
            return super().get_search_results(request, queryset, search_term)
        unpublished, _repeats = super().get_search_results(
            request, self.get_queryset(request).exclude(status=Status.PUBLISHED), search_term
        )
        queryset = queryset.filter(Q(pk__in=found) | Q(pk__in=unpublished.order_by().values("pk")))
        if "o" in request.GET:
            return queryset, False
        rank = Case(*(When(pk=pk, then=place) for place, pk in enumerate(found)), default=len(found))
        return queryset.order_by(rank, "-pk"), False


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


class SourcedEntityAdmin(MergesRecords, ExportsRows, FoundAdmin, EntityAdmin):
    form = SourcedEntityForm
    found_among = "entities"
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
    # Set by the inline for each request.
    may_judge = False

    def clean(self) -> None:
        """Refuse the same citation twice, which each row alone cannot see; one with a passage is told by its words."""
        super().clean()
        seen = set()
        for form in self.forms:
            data = form.cleaned_data if form.is_valid() else {}
            lost: Any = form.instance
            if data.get("DELETE") and lost.is_lost and lost.claim.verdict and not self.may_judge:
                raise ValidationError(annotate.REVIEWERS_ONLY)
            if not data.get("article") or data.get("DELETE") or lost.revision_id:
                continue
            citation = (data["article"], data["stance"], data["locator"])
            if citation in seen:
                form.add_error("article", ValidationError(Citation.CITED_ALREADY))
            seen.add(citation)


def words_link(citation: Citation) -> SafeString:
    address = reverse("admin:articles_article_annotate", args=[citation.article_id])
    words = Truncator(citation.quote).chars(160)
    return format_html('<a href="{}?citation={}#annotation">{}</a>', address, citation.pk, words)


class CitationInline(PartInline):
    model = Citation
    formset = CitationFormSet
    autocomplete_fields = ["article"]
    fields = ["article", "stance", "locator", "makes_claim", "position", "passage"]
    readonly_fields = ["passage"]

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset: Any = super().get_formset(request, obj, **kwargs)
        formset.may_judge = request.user.has_perm("entities.judge_claim")
        return formset

    @admin.display(description=_("passage"))
    def passage(self, citation: Citation) -> SafeString | str:
        """Link to the words beside their text, where they are changed."""
        return words_link(citation) if citation.revision_id else ""


@admin.register(Claim)
class SourcedClaimAdmin(MergesRecords, ImportsClaims, ExportsRows, FoundAdmin, ClaimAdmin):
    found_among = "claims"
    inlines = [CitationInline]
    parts = {Citation: "claim"}

    def save_model(self, request: HttpRequest, obj: Claim, form: Any, change: bool) -> None:
        ends = _ends(Claim.objects.filter(pk=obj.pk))
        super().save_model(request, obj, form, change)
        clock.refresh_known_since([obj.pk], ends)
        suspension.refresh([obj.pk])

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
class ArticleAdmin(ExportsRows, FoundAdmin):
    found_among = "articles"
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

    def get_urls(self) -> list[Any]:
        """Put the screens for an article's text before the stock addresses, which take any."""
        screens = {
            "text": ("articles.add_revision", revise.text_screen),
            "annotate": ("articles.add_citation", annotate.annotate_screen),
        }
        return [
            *(
                path(
                    f"<int:pk>/{name}/",
                    self.admin_site.admin_view(permission_required(permission, raise_exception=True)(screen)),
                    name=f"articles_article_{name}",
                )
                for name, (permission, screen) in screens.items()
            ),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(citation_total=models.Count("citations"))

    @admin.display(description=_("citations"), ordering="citation_total")
    def citation_count(self, article: Any) -> int:
        return int(article.citation_total)

    @admin.display(description=_("publisher"), ordering="publisher_name")
    def source_name(self, article: Article) -> str:
        return article.publisher_name or str(article.publisher or "")


class LostFilter(admin.SimpleListFilter):
    """The passages that wait for somebody to look at the words that an edit has left."""

    title = _("passage")
    parameter_name = "passage"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("lost", _("changed or orphaned")), ("any", _("with words"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Citation]) -> QuerySet[Citation]:
        match self.value():
            case "lost":
                return queryset.filter(anchor__in=LOST)
            case "any":
                return queryset.exclude(revision=None)
        return queryset


@admin.register(Citation)
class CitationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A list to work through; citations are changed with their claim, passages beside their text."""

    list_per_page = 50
    list_display = ["words", "anchor", "claim", "article", "stance"]
    list_display_links = None
    actions = None
    list_filter = [LostFilter, "anchor", "stance", "revision__language"]
    list_select_related = ["article", "claim__subject", "claim__object", "claim__property", "claim__unit"]
    search_fields = ["quote", "article__title", "claim__slug", "claim__statement_en"]
    ordering = ["pk"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[Any]:
        """Keep the list alone; the right to delete stays, since who deletes a claim deletes its citations."""
        return [each for each in super().get_urls() if str(each.name).endswith("_changelist")]

    @admin.display(description=_("passage"))
    def words(self, citation: Citation) -> SafeString | str:
        return words_link(citation) if citation.revision_id else citation.locator
