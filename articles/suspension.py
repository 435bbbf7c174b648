"""The verdicts that wait, since an edit of an article changed a cited passage in substance or took it out."""

from collections.abc import Collection
from typing import Any

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from entities.models import Claim

from . import search


def refresh(claims: Collection[int] | None = None) -> None:
    """Suspend the verdicts of the claims with these ids (None: of all), or let them stand again; search learns of it.

    Two queries, and what search costs for each claim whose standing changes. Row history is left alone: it follows
    from what the rows of citations say.
    """
    citations: Any = apps.get_model("articles", "Citation")._default_manager
    lost = Exists(citations.lost().filter(claim=OuterRef("pk")))
    chosen = Claim.objects.all() if claims is None else Claim.objects.filter(pk__in=claims)
    suspended = list(chosen.filter(Q(lost), verdict_suspended=False).values_list("pk", flat=True))
    standing = list(chosen.filter(~Q(lost), verdict_suspended=True).values_list("pk", flat=True))
    if changed := [*suspended, *standing]:
        Claim.objects.filter(pk__in=suspended).update(verdict_suspended=True)
        Claim.objects.filter(pk__in=standing).update(verdict_suspended=False)
        search.refresh(claims=changed)
