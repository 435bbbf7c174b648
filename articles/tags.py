"""The pages of tags: which there are, and what has each."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language

from entities.decorators import require_safe
from entities.fields import sort_key
from entities.forms import QueryForm
from entities.models import KIND_PATHS, KINDS, Entity, Tag

from .models import Article

# Of each kind, and of the articles; the list behind them has the rest.
MOST_OF_A_KIND = 24
# Those that most records have; more are no list to read.
MOST_TAGS = 400


@dataclass(frozen=True)
class Section:
    """The entities of one kind that have a tag, as far as they are shown, how many there are, and their list."""

    kind: str
    title: str
    address: str
    entities: list[Entity]
    count: int


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
    """List the tags that most published records have, each with its `total`, in the order of their words; one query.

    Also tells whether there are more.
    """
    entities, articles = (
        Subquery(
            records.filter(tagged_items__tag=OuterRef("pk"))
            .order_by()
            .values("tagged_items__tag")
            .annotate(number=Count("pk"))
            .values("number")
        )
        for records in _records()
    )
    counted = Tag.objects.annotate(total=Coalesce(entities, 0) + Coalesce(articles, 0)).filter(total__gt=0)
    tags = list(counted.order_by("-total", "pk")[: most + 1])
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
    articles = Article.objects.published().tagged(tag)
    context = {
        "tag": tag,
        "sections": _sections(tag),
        "articles": articles.newest()
        .with_claim_count()
        .select_related("publisher")
        .prefetch_related("tags")[:MOST_OF_A_KIND],
        "article_count": articles.count(),
    }
    return render(request, "articles/tag_detail.html", context)


def _sections(tag: Tag) -> list[Section]:
    """Gather the entities that have a tag; four queries."""
    entities = Entity.objects.published().tagged(tag)
    counts = entities.count_by_kind()
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
        )
        for kind, model in KINDS.items()
        if kind in counts
    ]
