"""What is new on the site, for programs that subscribe to it: the last changes of records as Atom feeds."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import attrgetter

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page

from entities import edtf, prose
from entities.decorators import View, require_safe
from entities.forms import QueryForm
from entities.models import KIND_PATHS, KINDS, Claim, Entity
from entities.querysets import ClaimQuerySet, EntityQuerySet
from entities.refusals import refused_in_plain_text

from . import feeds, tags
from .models import Article
from .querysets import ArticleQuerySet

# Whoever subscribes asks every hour or so for what came since.
MOST_ENTRIES = 100
# No index has the changes of what has a tag: it is looked for among so many of all changes.
MOST_CHANGES = 2_000


def _feed(view: View) -> View:
    """Answer with the feed, or that the reader's copy is still the same; refuse in a line of text."""
    return require_safe(refused_in_plain_text(conditional_page(view)))


@dataclass(frozen=True)
class News:
    """What a feed is about, the path of the page that shows it, and the public records that belong to it."""

    about: str
    page: str
    claims: ClaimQuerySet = field(default_factory=Claim.objects.none)
    entities: EntityQuerySet = field(default_factory=Entity.objects.none)
    articles: ArticleQuerySet = field(default_factory=Article.objects.none)

    def latest(self) -> list[Claim | Entity | Article]:
        """List the records changed last, ready for the feed; eight queries at the most."""
        rows: list[Claim | Entity | Article] = [
            *self.claims.with_records().last_changed()[:MOST_ENTRIES],
            *self.entities.last_changed()[:MOST_ENTRIES],
            *self.articles.select_related("publisher").last_changed()[:MOST_ENTRIES],
        ]
        rows = sorted(rows, key=attrgetter("updated_at"), reverse=True)[:MOST_ENTRIES]
        _prepare(rows)
        return rows


def _prepare(rows: Iterable[Claim | Entity | Article]) -> None:
    """Load the evidence of claims, and the tags of all."""
    claims = [row for row in rows if isinstance(row, Claim)]
    prefetch_related_objects(claims, ClaimQuerySet.evidence())
    entities = [row for row in rows if isinstance(row, Entity)] + [claim.subject for claim in claims]
    prefetch_related_objects(entities, "tags")
    prefetch_related_objects([row for row in rows if isinstance(row, Article)], "tags")


@_feed
def of_site(request: HttpRequest) -> HttpResponse:
    QueryForm.read(request)
    claims, entities, articles = (model.objects.published() for model in (Claim, Entity, Article))
    return _answer(request, News("", reverse("articles:home"), claims, entities, articles))


@_feed
def of_kind(request: HttpRequest, kind: str) -> HttpResponse:
    """Tell what is new about the entities of a kind."""
    QueryForm.read(request)
    name = capfirst(str(KINDS[kind]._meta.verbose_name_plural))
    claims = Claim.objects.published().filter(subject__kind=kind)
    entities = Entity.objects.published().of_kind(kind)
    return _answer(request, News(name, reverse(f"entities:{KIND_PATHS[kind]}"), claims, entities))


@_feed
def of_claims(request: HttpRequest) -> HttpResponse:
    QueryForm.read(request)
    return _answer(request, News(_("Claims"), reverse("entities:claims"), Claim.objects.published()))


@_feed
def of_articles(request: HttpRequest) -> HttpResponse:
    QueryForm.read(request)
    return _answer(request, News(_("Articles"), reverse("articles:list"), articles=Article.objects.published()))


@_feed
def of_entity(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    QueryForm.read(request)
    entity = get_object_or_404(Entity.objects.published().of_kind(kind), slug=slug)
    claims = Claim.objects.published().last_changed_about(entity, MOST_ENTRIES)
    itself = Entity.objects.published().filter(pk=entity.pk)
    return _answer(request, News(str(entity), entity.get_absolute_url(), claims, itself))


@_feed
def of_tag(request: HttpRequest, slug: str) -> HttpResponse:
    """Tell what is new about what has a tag, as far as it is among the last changes of the site."""
    QueryForm.read(request)
    tag = tags.public_tag(slug)
    claims, entities, articles = (
        model.objects.published().among_last_changed(MOST_CHANGES).tagged(tag) for model in (Claim, Entity, Article)
    )
    return _answer(request, News(str(tag), reverse("articles:tag", args=[slug]), claims, entities, articles))


def _answer(request: HttpRequest, news: News) -> HttpResponse:
    title = " · ".join(filter(None, [news.about, _("What is new"), _("The DeepSeek Story")]))
    about = _("What was published or changed last, %(count)s entries at the most.") % {"count": MOST_ENTRIES}
    feed = feeds.start(request, title, about, news.page)
    for row in news.latest():
        if isinstance(row, Claim):
            feeds.add_claim(feed, request, row)
        elif isinstance(row, Entity):
            feeds.add_record(feed, request, row, str(row.get_kind_display()), [prose.plain(row.summary)])
        else:
            feeds.add_record(feed, request, row, capfirst(str(row.get_kind_display())), _about_article(row))
    return HttpResponse(feed.writeString("utf-8"), content_type=feeds.Atom.content_type)


def _about_article(article: Article) -> list[str]:
    day = edtf.describe(article.published) if article.published else ""
    return [" · ".join(filter(None, [article.source_name, day])), prose.plain(article.summary)]
