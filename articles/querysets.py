"""Questions put to articles and citations."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db.models import Case, Count, F, Manager, OuterRef, Prefetch, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest, Substr

if TYPE_CHECKING:
    from entities.models import Entity, Tag

    from .models import Article, Citation, Revision  # noqa: F401

# What an edit of the text may do to a passage so that the verdict on its words no longer holds.
LOST = ("changed", "orphaned")
# So many code points of the text on either side of a passage hold the paragraph around it, or enough of a long one.
WINDOW = 1_000


class ArticleQuerySet(QuerySet["Article"]):
    def of_statuses(self, statuses: Collection[str]) -> Self:
        return self.filter(status__in=statuses)

    def published(self) -> Self:
        return self.filter(status="published")

    def with_people(self) -> Self:
        """Load publisher and authors, each with its entity; one query more."""
        authors = apps.get_model("articles", "Author")._default_manager.select_related("entity")
        return self.select_related("publisher").prefetch_related(Prefetch("authors", queryset=authors))

    def with_claim_count(self) -> Self:
        """Annotate `claim_count`: claims that readers may see and that cite the article."""
        citations = apps.get_model("articles", "Citation")._default_manager
        counted = (
            citations.of_public_claims()
            .filter(article=OuterRef("pk"))
            .order_by()
            .values("article")
            .annotate(count=Count("claim", distinct=True))
        )
        # Counted for the articles of a page alone; a join would count for all before it cuts the page out.
        return self.annotate(claim_count=Coalesce(Subquery(counted.values("count")), 0))

    def narratives(self) -> Self:
        """Keep what this site wrote itself."""
        return self.filter(kind="narrative")

    def by_or_from(self, entity: "Entity") -> Self:
        """Keep what an entity wrote or published; two index look-ups in one query."""
        authors = apps.get_model("articles", "Author")._default_manager
        articles = self.model._default_manager
        written = authors.filter(entity=entity).order_by().values("article")
        # A condition on either of two tables would be tried on every article.
        return self.filter(pk__in=written.union(articles.filter(publisher=entity).order_by().values("pk"), all=True))

    def tagged(self, tag: "Tag") -> Self:
        return self.filter(tagged_items__tag=tag)

    def tagged_last(self, tag: "Tag", count: int) -> Self:
        """Keep what has a tag; of more than so many, those made last, which an index of the tag tells."""
        return self.filter(pk__in=self.tagged(tag).order_by("-tagged_items__object_id").values("pk")[:count])

    def newest(self) -> Self:
        """Order by the last day on which each may have come out, undated last."""
        return self.order_by(F("published_latest").desc(nulls_last=True), "-pk")

    def last_changed(self) -> Self:
        return self.order_by("-updated_at", "-pk")

    def among_last_changed(self, count: int) -> Self:
        """Keep what belongs to the last so many changes of articles, whichever they are."""
        last = self.model._default_manager.order_by("-updated_at", "-pk")
        return self.filter(pk__in=last.values("pk")[:count])

    def for_list(self) -> Self:
        """Load what a line of the list shows, in the same query."""
        return self.with_claim_count().select_related("publisher")

    def for_table(self) -> Self:
        """Load what the same list has as a file; four queries."""
        return self.for_list().with_people().prefetch_related("tags")

    def for_detail(self) -> Self:
        """Load all that the page of one article shows of it; three queries."""
        return self.with_people().select_related("known_through", "derives_from").prefetch_related("tags")

    def for_record(self) -> Self:
        """Load what the API tells of each; three queries."""
        return self.for_detail().with_claim_count()


ArticleManager = Manager.from_queryset(ArticleQuerySet)


class RevisionQuerySet(QuerySet["Revision"]):
    def of(self, article: "Article", language: str) -> Self:
        """Keep the states of an article's text in one language, the latest first."""
        return self.filter(article=article, language=language).order_by("-number")

    def for_readers(self, article: "Article", language: str) -> "Revision | None":
        """Give the latest text in a language, else in the article's own, else any; one query."""
        order = Case(
            When(language=language, then=Value(0)), When(language=article.language, then=Value(1)), default=Value(2)
        )
        return self.filter(article=article).order_by(order, "language", "-number").first()


RevisionManager = Manager.from_queryset(RevisionQuerySet)


class CitationQuerySet(QuerySet["Citation"]):
    def lost(self) -> Self:
        """Keep the passages whose words an edit of the text has changed in substance or taken out."""
        return self.filter(anchor__in=LOST)

    def in_language(self, language: str) -> Self:
        """Keep the passages in the text of one language, in the order of the text."""
        return self.filter(revision__language=language).order_by("start", "-end", "pk")

    def with_words(self) -> Self:
        """Join the text that each passage stands in, but of its words only `window`: those around the passage."""
        start = Greatest(F("start") - WINDOW, Value(0))
        length = F("end") - start + WINDOW
        window = Substr("revision__text", start + 1, length)
        return self.with_revision().annotate(window=window)

    def with_revision(self) -> Self:
        """Join the text that each passage stands in, but none of its words."""
        return self.select_related("revision").defer("revision__text")

    def within(self, text: "Revision", start: int, end: int) -> Self:
        """Keep the passages that a part of a text has, with their claims."""
        return self.filter(revision=text, start__lt=end, end__gt=start).with_claim()

    def passages_of(self, article: "Article") -> Self:
        """Keep the passages of an article with their claims, in the order of its texts; the texts stay unread."""
        passages = self.filter(article=article).exclude(revision=None).with_claim()
        return (
            passages.select_related("article", "revision", "claim__subject", "claim__object", "claim__property")
            .defer("revision__text")
            .order_by("revision__language", "revision__number", "start", "-end", "pk")
        )

    def beside(self, text: "Revision", start: int, end: int) -> Self:
        """Keep what stands beside a part of a text: its passages, those that edits have lost, and what names no words.

        In the language of the text; one that is on file in another language stands beside that.
        """
        return self.filter(
            Q(revision=None)
            | Q(revision__language=text.language, anchor__in=LOST)
            | Q(revision=text, start__lt=end, end__gt=start)
        )

    def published(self) -> Self:
        """Keep citations of published articles."""
        return self.filter(article__status="published")

    def from_sources(self) -> Self:
        """Leave out what this site wrote itself: made of claims, it is no evidence for them."""
        return self.exclude(article__kind="narrative")

    def of_articles(self, statuses: Collection[str]) -> Self:
        return self.filter(article__status__in=statuses)

    def with_article(self) -> Self:
        return self.select_related("article", "article__publisher")

    def with_claim(self) -> Self:
        """Join the claim and what its sentence needs."""
        return self.select_related("claim__subject", "claim__object", "claim__property", "claim__unit")

    def of_public_claims(self) -> Self:
        """Keep citations of claims that readers may see."""
        return self.filter(
            Q(claim__object=None) | Q(claim__object__status="published"),
            claim__status="published",
            claim__replaces=None,
            claim__subject__status="published",
        )

    def of_unretracted_claims(self) -> Self:
        """Keep citations of what an editor previews."""
        return self.exclude(claim__status="retracted").filter(claim__replaces=None)

    def of_article(self, article: "Article") -> Self:
        return self.filter(article=article)

    def for_article(self) -> Self:
        """Order by subject, so that what is said of one thing stands together."""
        return self.with_claim().order_by(
            "claim__subject__sort_name_en", "claim__subject_id", "claim_id", "position", "pk"
        )


CitationManager = Manager.from_queryset(CitationQuerySet)
