"""What search engines are told of: every public page in each language, and when it last changed."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Max, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import override

from entities.models import KIND_PATHS, Claim, Entity, Tag

from .models import Article
from .tags import public_tags


class Translated(Sitemap):  # type: ignore[type-arg]
    """A sitemap in which each record is listed once a language, with links to the others.

    Django's own way makes a list of all records before it cuts a page out.
    """

    # The protocol allows 50,000 addresses a file.
    limit = 50_000 // len(settings.LANGUAGES)

    def get_urls(self, page: int | str = 1, site: Any = None, protocol: str | None = None) -> list[dict[str, Any]]:
        start = f"{self.get_protocol(protocol)}://{self.get_domain(site)}"
        listed = []
        for url in super().get_urls(page, site, protocol):
            addresses = {}
            for code, _name in settings.LANGUAGES:
                with override(code):
                    addresses[code] = f"{start}{self.location(url['item'])}"
            named = addresses | {"x-default": addresses[settings.LANGUAGE_CODE]}
            alternates = [{"lang_code": code, "location": address} for code, address in named.items()]
            listed += [url | {"location": address, "alternates": alternates} for address in addresses.values()]
        return listed


class Records(Translated):
    """The published records of one table; `changed_at` is annotated."""

    def lastmod(self, item: Any) -> datetime:
        return item.changed_at

    def items(self) -> QuerySet[Any]:
        raise NotImplementedError

    def get_latest_lastmod(self) -> datetime | None:
        return self.items().order_by().aggregate(latest=Max("updated_at"))["latest"]


def _with_last_change(records: QuerySet[Any], changes: QuerySet[Any]) -> QuerySet[Any]:
    """Annotate `changed_at`: the last change of a record or of what its page shows, whose `updated_at` is looked up."""
    latest = Subquery(changes.order_by("-updated_at").values("updated_at")[:1])
    return records.annotate(changed_at=Greatest("updated_at", Coalesce(latest, "updated_at"))).order_by("pk")


class EntitySitemap(Records):
    def items(self) -> QuerySet[Entity]:
        entities = Entity.objects.published().only("kind", "slug", "status", "updated_at")
        return _with_last_change(entities, Claim.objects.filter(subject=OuterRef("pk")))


class ClaimSitemap(Records):
    def items(self) -> QuerySet[Claim]:
        claims = Claim.objects.published().only("slug", "updated_at")
        return _with_last_change(claims, Article.objects.filter(citations__claim=OuterRef("pk")))

    def location(self, item: Any) -> str:
        # The claim itself would ask its subject and object whether they are published; only those that are stand here.
        return reverse("entities:claim", args=[item.slug])


class ArticleSitemap(Records):
    def items(self) -> QuerySet[Article]:
        articles = Article.objects.published().only("slug", "status", "updated_at")
        return _with_last_change(articles, Claim.objects.filter(citations__article=OuterRef("pk")))


class TagSitemap(Records):
    def items(self) -> QuerySet[Tag]:
        tagged, others = (
            Subquery(records.filter(tagged_items__tag=OuterRef("pk")).last_changed().values("updated_at")[:1])
            for records in (Entity.objects.published(), Article.objects.published())
        )
        # One of the two may be unknown, and then SQLite knows no greater one.
        changed = Greatest(Coalesce(tagged, others), Coalesce(others, tagged))
        return public_tags().only("slug").annotate(changed_at=changed).order_by("pk")

    def location(self, item: Tag) -> str:
        return reverse("articles:tag", args=[item.slug])

    def get_latest_lastmod(self) -> datetime | None:
        return self.items().order_by().aggregate(latest=Max("changed_at"))["latest"]


class PageSitemap(Translated):
    """The pages that are no record's own, which change with any record."""

    def items(self) -> list[str]:
        return [
            "articles:home",
            "articles:about",
            "articles:data",
            "articles:list",
            "entities:timeline",
            "entities:relationships",
            "entities:claims",
            "entities:comparisons",
            "entities:connections",
            "articles:tags",
            *(f"entities:{word}" for word in KIND_PATHS.values()),
        ]

    @cached_property
    def last_change(self) -> datetime | None:
        """When any record changed last; three queries, each a look at the end of an index."""
        records: list[QuerySet[Any]] = [each.objects.published() for each in (Claim, Entity, Article)]
        moments = [each.order_by("-updated_at", "-pk").values_list("updated_at", flat=True).first() for each in records]
        return max((moment for moment in moments if moment), default=None)

    def lastmod(self, item: str) -> datetime | None:
        return self.last_change

    def get_latest_lastmod(self) -> datetime | None:
        return self.last_change

    def location(self, item: str | Model) -> str:
        return reverse(str(item))


SITEMAPS: dict[str, type[Translated]] = {
    "pages": PageSitemap,
    "entities": EntitySitemap,
    "claims": ClaimSitemap,
    "articles": ArticleSitemap,
    "tags": TagSitemap,
}
