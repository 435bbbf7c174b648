"""The editors' desk for articles, and for entities and claims with their sources."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Case, Q, QuerySet, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from entities import changes, conflict
from entities.admin import (
    AnyEntityAdmin,
    ClaimAdmin,
    EntityAdmin,
    LooksUp,
    LookUpSeveral,
    RecordAdmin,
    RecordForm,
    Searches,
    number_of,
    rows,
)
from entities.models import KINDS, Claim, Entity, Status

from . import annotate, clock, duplicates, passages, queues, review, review_screen, revise, search, suspension, undoing
from .merge_admin import MergesRecords
from .models import Article, Author, Citation
from .querysets import LOST
from .sheet_admin import ExportsRows, ImportsClaims

# Steps taken in a list ask several queries for each claim.
MOST_AT_ONCE = 200


class FoundAdmin(RecordAdmin):
    """A record that readers and editors find by the same search, which learns here what became of it."""

    # What `search.refresh` calls these records.
    found_among = ""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Tell search once, when tags, authors and citations are saved as well."""
        super().save_related(request, form, formsets, change)
        if not (form.instance._is_unchanged or self.is_told(form, formsets, change)):
            self.tell(form.instance)

    def went_back(self, record: Any) -> None:
        self.tell(record)

    def is_told(self, form: Any, formsets: Any, change: bool) -> bool:
        """Tell whether saving the row alone has let search know all that this form changed."""
        return False

    def tell(self, record: Any) -> None:
        """Let search, and whatever else follows from a record, know what it says now."""
        search.refresh(**{self.found_among: [record.pk]})

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        pk = obj.pk
        super().delete_model(request, obj)
        search.refresh(**{self.found_among: [pk]})

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        pks = list(queryset.values_list("pk", flat=True))
        super().delete_queryset(request, queryset)
        search.refresh(**{self.found_among: pks})

    def restored(self, record: Any) -> None:
        super().restored(record)
        self.tell(record)

    def undone(self, record: Any) -> None:
        self.tell(record)

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
    list_filter = [*EntityAdmin.list_filter, queues.QueueFilter]
    found_among = "entities"
    fieldsets = [
        (
            title,
            options | {"fields": [*options["fields"], "drawn_from"]} if "summary" in options["fields"] else options,
        )
        for title, options in EntityAdmin.fieldsets
    ]

    def tell(self, record: Any) -> None:
        clock.refresh_around([record.pk])

    @admin.display(description=_("Sources of the summary"))
    def drawn_from(self, entity: Any) -> str:
        return ", ".join(str(article) for article in entity.summary_sources.all())


for kind in KINDS.values():
    admin.site.register(kind, SourcedEntityAdmin)


@admin.register(Entity)
class SourcedAnyEntityAdmin(AnyEntityAdmin, SourcedEntityAdmin):
    list_filter = [*AnyEntityAdmin.list_filter, queues.QueueFilter]


class PartFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    """Rows of a table, where the heading of a column stands for the labels of its fields."""

    def clean(self) -> None:
        """Ask why rows of a record that readers see change; of a claim they change beside it."""
        super().clean()
        records = type(self.instance)._default_manager.filter(pk=self.instance.pk, status=Status.PUBLISHED)
        is_said = str(self.data.get("change_reason", "")).strip()
        if not is_said and not isinstance(self.instance, Claim) and self.has_changed() and records.exists():
            raise ValidationError(RecordForm.SAY_WHY)

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
    person: Any = None

    def clean(self) -> None:
        """Refuse the same citation twice, told by words or place, and a published claim without any."""
        super().clean()
        seen = set()
        for form in self.forms:
            data = form.cleaned_data if form.is_valid() else {}
            has_words = form.instance.revision_id is not None
            if has_words and "article" in form.changed_data:
                told = _("Its words stand in the text of that article: take the citation away, and cite the other.")
                form.add_error("article", ValidationError(told))
            if not data.get("article") or data.get("DELETE") or has_words:
                continue
            citation = (data["article"], data["stance"], data["locator"])
            if citation in seen:
                form.add_error("article", ValidationError(Citation.CITED_ALREADY))
            seen.add(citation)
        if review.is_live(self.instance):
            self._hold_against_review()

    def _hold_against_review(self) -> None:
        """Refuse to show readers a claim without a source, or one whose citations nobody else has seen."""
        kept = [form.cleaned_data for form in self.forms if form.is_valid() and form.cleaned_data.get("article")]
        if not any(data["article"].kind != Article.Kind.NARRATIVE for data in kept if not data.get("DELETE")):
            raise ValidationError(review.NO_SOURCE)
        was = Claim.objects.filter(pk=self.instance.pk).values_list("status", flat=True).first()
        if was != Status.PUBLISHED and self.has_changed() and not review.is_only_reviewer(self.person):
            raise ValidationError(_("Nobody reviews their own claim; send it to review."))


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
        formset.person = request.user
        return formset

    @admin.display(description=_("passage"))
    def passage(self, citation: Citation) -> SafeString | str:
        """Link to the words beside their text, where they are changed."""
        return words_link(citation) if citation.revision_id else ""


class SourcedClaimForm(RecordForm):
    """The form of a claim; of a published one it stores a proposal beside it, which `SourcedClaimAdmin` sees to."""

    # Set by SourcedClaimAdmin for each request.
    person: Any = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = Claim.objects.filter(pk=self.instance.pk).first() if self.instance.pk else None
        self.is_live = stored is not None and review.is_live(stored)
        if "status" not in self.fields:
            return
        if self.is_live:
            beside = [
                (Status.DRAFT, _("a proposal beside it, still a draft")),
                (Status.IN_REVIEW, _("a proposal beside it, sent to review")),
            ]
            gone = [(Status.RETRACTED, _("retracted: readers do not see it any more"))] if self.may_publish else []
            self.fields["status"] = forms.ChoiceField(
                label=_("What you save becomes"), choices=beside + gone, initial=Status.DRAFT
            )
            self.initial["status"] = Status.DRAFT
        elif self.instance.replaces_id:
            unfinished = (Status.DRAFT, Status.IN_REVIEW)
            self.fields["status"].choices = [(status, status.label) for status in unfinished]  # type: ignore[attr-defined]
            self.fields["status"].help_text = _("A proposal is published on its review page.")

    def changes_record(self) -> bool:
        """A proposal that says the same as what is live would be none."""
        if not self.is_live or self.is_restoring:
            return super().changes_record()
        return self.retracts() or bool(self.said())

    def said(self) -> set[str]:
        """Name the fields that change what the claim says, or how it was judged."""
        return set(self.changed_data) - {"change_reason", "version", "status"}

    def retracts(self) -> bool:
        return self.is_live and self.cleaned_data.get("status") == Status.RETRACTED

    def renames(self) -> bool:
        """A new address is no change of what is said, so it needs no proposal."""
        return self.is_live and "slug" in self.changed_data

    def needs_reason(self) -> bool:
        return self.retracts() or self.renames()

    def clean_status(self) -> str:
        if self.is_live:
            return str(self.cleaned_data["status"])
        return super().clean_status()

    def clean(self) -> Any:
        data = super().clean()
        if self.is_live and not self.retracts() and not self.renames():
            review.refuse_second_proposal(Claim(pk=self.instance.pk))
        if self.retracts() and self.said():
            self.add_error("status", ValidationError(_("Retract it without other changes.")))
        if self.renames() and self.said() != {"slug"}:
            self.add_error("slug", ValidationError(_("Change the slug without other changes.")))
        if self.cleaned_data.get("status") == Status.PUBLISHED and self._stored("status") != Status.PUBLISHED:
            self._refuse_own()
        return data

    def _refuse_own(self) -> None:
        """Refuse that somebody publishes what they wrote, before or in this very form."""
        is_own = not self.instance.pk or bool(self.said() - review.REVIEWERS_COLUMNS)
        if is_own and not review.is_only_reviewer(self.person):
            self.add_error("status", ValidationError(_("Nobody reviews their own claim; send it to review.")))
        elif self.instance.pk and (objection := review.objection(self.person, self.instance)):
            self.add_error("status", ValidationError(objection))


@admin.register(Claim)
class SourcedClaimAdmin(MergesRecords, ImportsClaims, ExportsRows, FoundAdmin, ClaimAdmin):
    form = SourcedClaimForm
    found_among = "claims"
    list_filter = [queues.QueueFilter, *ClaimAdmin.list_filter]
    inlines = [CitationInline]
    parts = {Citation: "claim"}
    actions = ["submit_selected", "publish_selected", "merge_selected"]

    def get_urls(self) -> Any:
        screen = self.admin_site.admin_view(self.review_view)
        return [
            path("<path:object_id>/review/", screen, name="entities_claim_review"),
            *super().get_urls(),
        ]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.person = request.user
        return form

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What a claim replaces is decided before it is published."""
        # As stored: a form that was refused has filled its record in already.
        stored = Claim.objects.filter(pk=obj.pk).first() if obj is not None else None
        is_fixed = stored is not None and (stored.status == Status.PUBLISHED or stored.replaces_id is not None)
        return [*super().get_readonly_fields(request, obj), *(["replaces"] if is_fixed else [])]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Claim], search_term: str
    ) -> tuple[QuerySet[Claim], bool]:
        """Offer in look-ups the claims alone, and not beside each the change that waits and reads the same."""
        match = request.resolver_match
        if match is None or match.url_name != "entities_claim_changelist":
            queryset = queryset.filter(replaces=None)
        return super().get_search_results(request, queryset, search_term)

    def part_words(self, row: Any) -> str:
        return review.cited(row)

    def restored(self, record: Any) -> None:
        passages.catch_up([record.pk])
        super().restored(record)

    def tell(self, record: Any) -> None:
        clock.refresh_known_since([record.pk], getattr(record, "_former_ends", ()))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """While a change to a claim waits, the next one is made there."""
        may = bool(super().has_change_permission(request, obj))
        return may and not (obj is not None and request.method == "GET" and review.open_proposal(obj))

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        claim = kwargs.get("obj")
        if claim is not None and claim.pk:
            stored = Claim.objects.get(pk=claim.pk)
            context |= {"is_live": review.is_live(stored), "proposal": review.open_proposal(stored), "stored": stored}
        return super().render_change_form(request, context, *args, **kwargs)

    def save_record(self, request: HttpRequest, obj: Claim, form: Any, change: bool) -> None:
        if change and form.is_live and form.renames():
            obj.status = Status.PUBLISHED
        elif change and form.is_live and not form.retracts():
            _proposal, obj._copies = review.store_beside(obj, form.cleaned_data["status"])  # type: ignore[attr-defined]
            return
        obj._former_ends = _ends(Claim.objects.filter(pk=obj.pk))  # type: ignore[attr-defined]
        super().save_record(request, obj, form, change)
        suspension.refresh([obj.pk])

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Change the citations of a new proposal in place of those of the published claim."""
        if copies := getattr(form.instance, "_copies", None):
            for row in formset.initial_forms:
                row.instance.pk, row.instance.claim = copies[row.instance.pk], form.instance
        super().save_formset(request, form, formset, change)

    def response_change(self, request: HttpRequest, obj: Claim) -> HttpResponse:
        if not hasattr(obj, "_copies"):
            return super().response_change(request, obj)
        told = _("Saved as a proposal beside the published claim; readers see it once a reviewer publishes it.")
        self.message_user(request, told, messages.SUCCESS)
        page = "change" if "_continue" in request.POST else "review"
        return redirect(f"admin:entities_claim_{page}", obj.pk)

    def review_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show a claim beside its sources, and take the step that somebody chose."""
        pk = number_of(object_id)
        if refusal := self._meet_review_of_none(request, pk):
            return refusal
        with transaction.atomic():
            claim = get_object_or_404(Claim.objects.with_records(), pk=pk)
            if not self.has_view_permission(request, claim):
                raise PermissionDenied
            if request.method == "POST" and not super().has_change_permission(request, claim):
                raise PermissionDenied
            live = claim.replaces_id
            form = review_screen.open_form(claim, request)
            if request.method == "POST" and form.is_valid() and form.take_step():
                self.message_user(request, review_screen.DONE[form.cleaned_data["step"]], messages.SUCCESS)
                stays = Claim.objects.filter(pk=claim.pk).exists()
                return redirect("admin:entities_claim_review", claim.pk if stays else live)
            transaction.set_rollback(request.method == "POST")
        claim = Claim.objects.with_records().get(pk=pk)
        context = self.admin_site.each_context(request) | review_screen.context(claim, request.user)
        context |= {"form": form, "opts": self.opts, "title": _("Review a claim"), "media": self.media}
        return render(request, "admin/entities/claim/review.html", context)

    def undo_note(self, record: Claim) -> str:
        if not review.is_live(record):
            return ""
        return gettext(
            "Readers see this claim: the change is taken back in a proposal beside it, which a reviewer publishes."
        )

    def take_back(self, request: HttpRequest, record: Claim, states: tuple[Any, Any]) -> HttpResponse:
        """Take a change of a citation back; where readers see the claim, in a proposal."""
        target = undoing.undo(record, states)
        told, page = _("The change is taken back."), "change"
        if target != record:
            told = _("The change is taken back in a proposal beside the published claim; send it to review.")
            page = "review"
        self.message_user(request, told, messages.SUCCESS)
        return redirect(f"admin:entities_claim_{page}", target.pk)

    def _meet_review_of_none(self, request: HttpRequest, pk: int) -> HttpResponse | None:
        """Answer somebody who reviews a claim that was deleted meanwhile, with what they wrote."""
        if request.method != "POST" or Claim.objects.filter(pk=pk).exists():
            return None
        gone = self._gone(str(pk)) if super().has_change_permission(request) else None
        if gone is None:
            return None
        labels = {"change_reason": _("Reason, or remark for its writer")} | {
            name: capfirst(changes.noun(name))
            for name in ("verdict", "rationale_en", "rationale_fr", "how_verified", "checked_on")
        }
        typed = [(str(label), str(request.POST.get(name, ""))) for name, label in labels.items()]
        return self.meet_deletion(request, gone, typed)

    @admin.action(description=_("Send to review"), permissions=["change"])
    def submit_selected(self, request: HttpRequest, queryset: QuerySet[Claim]) -> None:
        self._try_each(request, queryset, review.submit)

    @admin.action(description=_("Publish"), permissions=["publish"])
    def publish_selected(self, request: HttpRequest, queryset: QuerySet[Claim]) -> None:
        self._try_each(request, queryset, review.publish_listed)

    def _try_each(self, request: HttpRequest, queryset: QuerySet[Claim], step: Any) -> None:
        claims = list(queryset.order_by("pk")[: MOST_AT_ONCE + 1])
        if len(claims) > MOST_AT_ONCE:
            told = _("Choose at most %(count)s claims at once.") % {"count": MOST_AT_ONCE}
            return self.message_user(request, told, messages.ERROR)
        done, refused = review.try_each(claims, step, request.user)
        if done:
            self.message_user(request, review.count_done(done), messages.SUCCESS)
        for told in refused:
            self.message_user(request, told, messages.ERROR)

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
    list_filter = ["status", queues.QueueFilter, "kind", "how_verified", "read_scope", "language", "rights", "tags"]
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
            "text": ("articles.add_revision", self._meeting_deletion(revise.text_screen, revise.TextForm)),
            "annotate": (
                "articles.add_citation",
                self._meeting_deletion(annotate.annotate_screen, annotate.AnnotationForm, annotate.NewClaimForm),
            ),
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

    def _meeting_deletion(self, screen: Any, *forms_of: Any) -> Any:
        """Let a screen that is sent for an article deleted meanwhile show what was typed in its forms."""

        def answer(request: HttpRequest, pk: int) -> HttpResponse:
            is_gone = request.method == "POST" and not Article.objects.filter(pk=pk).exists()
            gone = self._gone(str(pk)) if is_gone else None
            if gone is not None:
                told = [each for form in forms_of for each in conflict.typed_in(form, request.POST)]
                if refusal := self.meet_deletion(request, gone, told):
                    return refusal
                if screen is annotate.annotate_screen:
                    # Its texts do not come back, so there is nothing to go on with.
                    for label, words in told:
                        messages.warning(request, f"{label} – {words}")
            answered: HttpResponse = screen(request, pk)
            return answered

        return answer

    def is_told(self, form: Any, formsets: Any, change: bool) -> bool:
        """An article that is on file already tells search as it is saved, but before its tags and authors are."""
        saved_later = {"tags", "summarises"} & set(form.changed_data)
        return change and not saved_later and not any(formset.has_changed() for formset in formsets)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(citation_total=models.Count("citations"))

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        article = kwargs.get("obj")
        context |= {"duplicates": duplicates.of_article(article) if article is not None else []}
        return super().render_change_form(request, context, *args, **kwargs)

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
class CitationAdmin(Searches, admin.ModelAdmin):  # type: ignore[type-arg]
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
