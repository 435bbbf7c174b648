"""How much of what the site says rests on what: the figures of the about page."""

from dataclasses import dataclass

from django.db.models import Count, Q

from entities.models import Claim, HowVerified

from .models import Article, Citation


@dataclass(frozen=True)
class Coverage:
    """Counts of published records; `passages` are citations tied to the very words of an article."""

    claims: int
    judged: dict[str, int]
    sourced: int
    contested: int
    citations: int
    located: int
    passages: int
    articles: int
    articles_read: int
    articles_read_in_full: int


def measure() -> Coverage:
    """Count what is published; three queries."""
    claims = Claim.objects.published().aggregate(
        total=Count("pk"),
        **{
            verdict or "none": Count("pk", filter=Q(verdict=verdict, verdict_suspended=False))
            for verdict in ("supported", "disputed", "misleading", "unverified", "outdated", "")
        },
    )
    cited = (
        Citation.objects.published()
        .from_sources()
        .of_public_claims()
        .aggregate(
            total=Count("pk"),
            located=Count("pk", filter=~Q(locator="")),
            passages=Count("pk", filter=Q(revision__isnull=False)),
            claims=Count("claim", distinct=True),
            contested=Count("claim", distinct=True, filter=Q(stance=Citation.Stance.DISPUTES)),
        )
    )
    articles = Article.objects.published().aggregate(
        total=Count("pk"),
        read=Count("pk", filter=Q(how_verified=HowVerified.READ)),
        in_full=Count("pk", filter=Q(read_scope=Article.ReadScope.FULL)),
    )
    return Coverage(
        claims=claims.pop("total"),
        judged=claims,
        sourced=cited["claims"],
        contested=cited["contested"],
        citations=cited["total"],
        located=cited["located"],
        passages=cited["passages"],
        articles=articles["total"],
        articles_read=articles["read"],
        articles_read_in_full=articles["in_full"],
    )
