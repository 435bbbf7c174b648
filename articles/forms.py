"""Every query parameter of the pages of articles is validated here."""

from typing import Any, ClassVar

from django import forms
from django.core.validators import RegexValidator
from django.db.models import Case, F, Q, When
from django.db.models.functions import ExtractYear
from django.utils.translation import get_language, gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from entities import facets
from entities.forms import (
    ChoiceField,
    EntityField,
    EntityListForm,
    LedgerForm,
    ListForm,
    PagedForm,
    QueryForm,
    RecordChoiceField,
    RecordField,
    TimelineForm,
    YearField,
    tags_of,
)
from entities.models import Entity, Verdict
from entities.querysets import ClaimQuerySet
from entities.templatetags.story import language_name

from . import search
from .models import Article
from .querysets import ArticleQuerySet
from .tags import public_tags
from .text import MOST_BYTES


class LanguageField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        tag = RegexValidator(r"^[A-Za-z]+(-[A-Za-z0-9]+)*$", _("no such language."))
        super().__init__(max_length=20, required=False, validators=[tag], **kwargs)


class ArticleListForm(ListForm):
    FACETS = ("kind", "language", "tag", "year")
    SORTS: ClassVar[dict[str, Any]] = {
        "newest": pgettext_lazy("order", "newest"),
        "oldest": pgettext_lazy("order", "oldest"),
    }
    KEYS: ClassVar[dict[str, list[str]]] = {
        "newest": ["-published_latest", "-pk"],
        "oldest": ["published_latest", "pk"],
    }

    kind = ChoiceField(Article.Kind.choices, label=_("Kind"))
    publisher = EntityField(Entity.objects.published(), label=_("Publisher"), help_text=_("such as Hugging Face"))
    language = LanguageField(label=pgettext_lazy("of a source", "Language"))
    tag = RecordChoiceField(tags_of(Article.objects.published()), label=_("Tag"))
    year = YearField(label=_("Year of publication"))

    def articles(self) -> ArticleQuerySet:
        """The published articles that pass the filters, in no order."""
        data, articles = self.cleaned_data, Article.objects.published()
        if data["kind"]:
            articles = articles.filter(kind=data["kind"])
        if data["publisher"]:
            articles = articles.filter(publisher=data["publisher"])
        if data["language"]:
            articles = articles.filter(language=data["language"])
        if data["tag"]:
            articles = articles.tagged(data["tag"])
        return articles.filter(published_latest__year=data["year"]) if data["year"] else articles

    def keys(self) -> list[str]:
        """The order, as keys of `keyset.page`."""
        return self.KEYS[self.order]

    def counted(self) -> facets.Tally:
        is_public = Q(publisher__status="published")
        columns = {
            "kind": facets.Column(F("kind")),
            "language": facets.Column(F("language")),
            "year": facets.Column(ExtractYear("published_latest")),
            "publisher": facets.Column(
                Case(When(is_public, then=F("publisher__slug"))), facets.translated("publisher__name")
            ),
        }
        return facets.tally(self.articles(), columns, {"tag": facets.tags(Article)})

    def list_facets(self, counted: facets.Tally) -> list[facets.Facet]:
        languages = [found._replace(label=language_name(found.value)) for found in counted.found.get("language", ())]
        publishers = facets.by_count(counted.found.get("publisher", ()))
        found = [
            self._vocabulary_facet("kind", counted),
            facets.facet(self, "language", pgettext("of a source", "Language"), facets.by_count(languages), counted),
            self._tag_facet(counted),
            self._year_facet(counted, gettext("Year of publication")),
            facets.facet(self, "publisher", gettext("Publisher"), publishers, counted, spell=str),
        ]
        return [facet for facet in found if facet]

    def words_for(self, name: str) -> str:
        return language_name(self.cleaned_data[name]) if name == "language" else super().words_for(name)


class ArticleTableForm(ArticleListForm):
    """The query of the same list as a file, which has no pages."""

    after = None  # type: ignore[assignment]
    before = None  # type: ignore[assignment]


class ApiListForm(PagedForm):
    """The query of a list of the API."""

    MOST = 200

    limit = forms.IntegerField(min_value=1, max_value=MOST, required=False, initial=50)

    def clean_limit(self) -> int:
        limit: int | None = self.cleaned_data["limit"]
        return limit or int(self.fields["limit"].initial)


class EntityApiForm(ApiListForm, EntityListForm):
    """The filters of the five lists of entities, and which of these."""

    kind = ChoiceField(Entity.Kind.choices, label=_("Kind"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("sort") and "kind" not in self.errors and not data.get("kind"):
            self.add_error("sort", _("only the entities of one kind can be sorted; name a kind."))
        return data

    def keys(self) -> list[str]:
        """The order of a page, or that of coming: no index has all kinds in another."""
        return super().keys() if self.cleaned_data["kind"] else ["pk"]


class ClaimApiForm(ApiListForm, LedgerForm):
    """The filters of the ledger; without one, every claim, as a program expects."""

    show = forms.ChoiceField(choices=LedgerForm.SHOW, required=False, label=_("Show"), initial="all")
    article = RecordField(Article.objects.published(), label=_("Article"))

    def clean_show(self) -> str:
        return self.cleaned_data["show"] or str(self.fields["show"].initial)

    def claims(self) -> ClaimQuerySet:
        """The published claims that pass the filters, in no order."""
        claims, article = super().claims(), self.cleaned_data["article"]
        return claims.citing(article) if article else claims


class ArticleApiForm(ApiListForm, ArticleListForm):
    """The filters of the list of articles."""


class TextPlaceForm(QueryForm):
    """A place in the text of an article, in code points: the part that has it is shown."""

    at = forms.IntegerField(required=False, min_value=0, max_value=MOST_BYTES)

    @property
    def place(self) -> int:
        return self.cleaned_data["at"] or 0


class TimelineFeedForm(TimelineForm):
    """The filters of the timeline, without its pages: a calendar or feed is always whole."""

    after = None  # type: ignore[assignment]
    before = None  # type: ignore[assignment]

    def chosen_in_words(self) -> list[str]:
        """Name each filter that is set ("Lane: Models"), so that two subscriptions can be told apart."""
        return [
            pgettext("filter", "%(name)s: %(value)s") % {"name": self.fields[name].label, "value": self.words_for(name)}
            for name in self.chosen
        ]


class SearchForm(QueryForm):
    """A query with the facets that narrow it; only `q` is typed, the others are links."""

    FACETS = ("kind", "verdict", "tag", "year", "language")

    q = forms.CharField(max_length=search.MOST_CHARACTERS, required=False)
    kind = ChoiceField(search.KIND_NAMES.items(), label=_("Kind"))
    verdict = ChoiceField([*Verdict.choices, ("none", _("not judged"))], label=_("Verdict"))
    tag = RecordChoiceField(public_tags(), label=_("Tag"))
    year = YearField(label=_("Year"))
    language = LanguageField(label=pgettext_lazy("of a source", "Language"))
    page = forms.IntegerField(min_value=1, max_value=100, required=False)

    def words_for(self, name: str) -> str:
        return language_name(self.cleaned_data[name]) if name == "language" else super().words_for(name)

    @property
    def filters(self) -> dict[str, str]:
        """The facets that are chosen, by name, as search writes them."""
        values = {name: self.cleaned_data[name] for name in self.FACETS if self.cleaned_data[name]}
        if "tag" in values:
            values["tag"] = values["tag"].slug
        return {name: str(value).casefold() for name, value in values.items()}

    def results(self) -> search.Results:
        filters = [f"{name}:{value}" for name, value in self.filters.items()]
        return search.find(self.cleaned_data["q"], get_language() or "en", filters)


class SuggestForm(QueryForm):
    q = forms.CharField(max_length=search.MOST_CHARACTERS, required=False)
