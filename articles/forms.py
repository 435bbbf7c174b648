"""Every query parameter of the pages of articles is validated here."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext_lazy as _

from entities import edtf
from entities.forms import (
    ChoiceField,
    EntityListForm,
    LedgerForm,
    PagedForm,
    QueryForm,
    RecordChoiceField,
    RecordField,
    TimelineForm,
    tags_of,
)
from entities.models import Entity, Tag, Verdict
from entities.querysets import ClaimQuerySet

from . import search
from .models import Article
from .querysets import ArticleQuerySet
from .text import MOST_BYTES


class ArticleListForm(PagedForm):
    kind = ChoiceField(Article.Kind.choices, label=_("Kind"))
    publisher = RecordField(Entity.objects.published(), label=_("Publisher"))
    tag = RecordChoiceField(tags_of(Article.objects.published()), label=_("Tag"))

    def articles(self) -> ArticleQuerySet:
        """The published articles that pass the filters, in no order."""
        data, articles = self.cleaned_data, Article.objects.published()
        if data["kind"]:
            articles = articles.filter(kind=data["kind"])
        if data["publisher"]:
            articles = articles.filter(publisher=data["publisher"])
        if data["tag"]:
            articles = articles.tagged(data["tag"])
        return articles

    def keys(self) -> list[str]:
        """The order, as keys of `keyset.page`."""
        return ["-published_latest", "-pk"]


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

    def keys(self) -> list[str]:
        """The order of a page, or that of coming: no index has the names of all kinds."""
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
        chosen = []
        for name, value in self.chosen.items():
            field = self.fields[name]
            if isinstance(field, ChoiceField):
                choices: Any = field.choices
                value = dict(choices)[value]
            elif isinstance(value, edtf.Edtf):
                value = edtf.describe(value)
            chosen.append(pgettext("filter", "%(name)s: %(value)s") % {"name": field.label, "value": value})
        return chosen


class SearchForm(QueryForm):
    """A query with the facets that narrow it; only `q` is typed, the others are links."""

    FACETS = ("kind", "verdict", "tag", "year", "language")

    q = forms.CharField(max_length=search.MOST_CHARACTERS, required=False)
    kind = ChoiceField(search.KIND_NAMES.items())
    verdict = ChoiceField([*Verdict.choices, ("none", _("not judged"))])
    tag = RecordChoiceField(Tag.objects.all())
    year = forms.IntegerField(min_value=1, max_value=9999, required=False)
    language = forms.CharField(
        max_length=20,
        required=False,
        validators=[RegexValidator(r"^[A-Za-z]+(-[A-Za-z0-9]+)*$", _("no such language."))],
    )
    page = forms.IntegerField(min_value=1, max_value=100, required=False)

    @property
    def facets(self) -> dict[str, str]:
        """The facets that are chosen, by name, as search writes them."""
        values = {name: self.cleaned_data[name] for name in self.FACETS if self.cleaned_data[name]}
        if "tag" in values:
            values["tag"] = values["tag"].slug
        return {name: str(value).casefold() for name, value in values.items()}

    def results(self) -> search.Results:
        filters = [f"{name}:{value}" for name, value in self.facets.items()]
        return search.find(self.cleaned_data["q"], get_language() or "en", filters)


class SuggestForm(QueryForm):
    q = forms.CharField(max_length=search.MOST_CHARACTERS, required=False)
