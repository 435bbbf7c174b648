"""The pages of tags: which there are, and what has each."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, IntegerField, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from entities.decorators import require_safe
from entities.fields import sort_key
from entities.forms import QueryForm
from entities.models import KIND_PATHS, KINDS, Entity, Tag

from .models import Article

# Of each kind, and of the articles; the list behind them has the rest.
MOST_OF_A_KIND = 24
# Those that most records have; more are no list to read.
MOST_TAGS = 400
# Of the entities with a tag, and of the articles: the index of tags counts no further, a tag's page looks no further.
MOST_COUNTED, MOST_LOOKED_AT = 200, 1_000


@dataclass(frozen=True)
class Section:
    """The records of one kind that have a tag, as far as they are shown, and their list.

    Of `count` there are more where `is_cut` says so.
    """

    kind: str
    title: str
    address: str
    records: list[Any]
    count: int
    is_cut: bool

    @property
    def has_more(self) -> bool:
        return self.is_cut or self.count > len(self.records)


class CountUpTo(Subquery):
    """The number of rows of a query that was cut, so that no more are read than that."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def _records() -> list[QuerySet[Any]]:
    """Give what readers may see of all that can have tags."""
    return [Entity.objects.published(), Article.objects.published()]


def public_tags() -> QuerySet[Tag]:
    """The tags that a published record has; any other would tell of drafts."""
    entities, articles = (Exists(records.filter(tagged_items__tag=OuterRef("pk"))) for records in _records())
    return Tag.objects.filter(entities | articles)


def public_tag(slug: str) -> Tag:
    """Find a tag; one query.

    Raises:
        Http404: there is none, or no published record has it.
    """
    return get_object_or_404(public_tags(), slug=slug)


def counted_tags(most: int) -> tuple[list[Tag], bool]:
    """List the tags that most published records have, in the order of their words, and tell whether there are more.

    Each has its `total`, and `is_cut` where there are more: MOST_COUNTED entities and as many articles are counted. One
    query.
    """
    entities, articles = (
        CountUpTo(records.filter(tagged_items__tag=OuterRef("pk")).order_by().values("pk")[: MOST_COUNTED + 1])
        for records in _records()
    )
    counted = Tag.objects.annotate(of_entities=entities, of_articles=articles)
    counted = counted.annotate(total=F("of_entities") + F("of_articles")).filter(total__gt=0)
    tags: list[Any] = list(counted.order_by("-total", "pk")[: most + 1])
    for tag in tags:
        numbers = [min(tag.of_entities, MOST_COUNTED), min(tag.of_articles, MOST_COUNTED)]
        tag.is_cut, tag.total = sum(numbers) < tag.total, sum(numbers)
    return sorted(tags[:most], key=lambda tag: (sort_key(str(tag)), tag.pk)), len(tags) > most


@require_safe
def tag_list(request: HttpRequest) -> HttpResponse:
    QueryForm.read(request)
    tags, more = counted_tags(MOST_TAGS)
    return render(request, "articles/tag_list.html", {"tags": tags, "more": more})


@require_safe
def tag_detail(request: HttpRequest, slug: str) -> HttpResponse:
    QueryForm.read(request)
    tag = public_tag(slug)
    sections, articles = _sections(tag), _articles(tag)
    is_cut = any(section.is_cut for section in (*sections, articles))
    context = {"tag": tag, "sections": sections, "articles": articles, "is_cut": is_cut}
    return render(request, "articles/tag_detail.html", context)


def _sections(tag: Tag) -> list[Section]:
    """Gather the entities that have a tag, among those made last where it has many; three queries."""
    entities = Entity.objects.published().tagged_last(tag, MOST_LOOKED_AT + 1)
    counts = entities.count_by_kind()
    is_cut = sum(counts.values()) > MOST_LOOKED_AT
    shown = defaultdict(list)
    for entity in entities.first_of_each_kind(MOST_OF_A_KIND, get_language() or "en").prefetch_related("tags"):
        shown[entity.kind].append(entity)
    return [
        Section(
            kind,
            str(model._meta.verbose_name_plural),
            reverse(f"entities:{KIND_PATHS[kind]}"),
            shown[kind],
            counts[kind],
            is_cut,
        )
        for kind, model in KINDS.items()
        if kind in counts
    ]


def _articles(tag: Tag) -> Section:
    """Gather the articles that have a tag in the same way; three queries."""
    articles = Article.objects.published().tagged_last(tag, MOST_LOOKED_AT + 1)
    count = articles.count()
    shown = articles.newest().for_list().prefetch_related("tags")[:MOST_OF_A_KIND]
    return Section(
        "articles",
        _("Articles"),
        reverse("articles:list"),
        list(shown),
        min(count, MOST_LOOKED_AT),
        is_cut=count > MOST_LOOKED_AT,
    )
