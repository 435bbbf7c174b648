"""What waits for somebody at the desk: each queue is a filter of a list, with its count on the first page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from entities.models import Claim, Entity, Status, Verdict

from .models import Article, Citation

# A longer queue is told as "1,000+": nobody works through more in a day, and counting stops there.
MOST_COUNTED = 1_000
UNCHECKED_AFTER = timedelta(days=180)
Keep = Callable[[Any], "QuerySet[Any]"]


@dataclass(frozen=True)
class Queue:
    """One sort of work; `keep` has the records that wait, by the model in whose list they are found."""

    slug: str
    title: Any
    keep: dict[Any, Keep]


def _in_review(records: Any) -> "QuerySet[Any]":
    return records.filter(status=Status.IN_REVIEW)


def _live(claims: Any) -> "QuerySet[Claim]":
    """Keep the published claims themselves; whether their entities are published is another matter."""
    return claims.filter(status=Status.PUBLISHED, replaces=None)


def _with_lost_passages(claims: Any) -> "QuerySet[Claim]":
    # In words that the index on the passages can be seen to hold.
    lost = Citation.objects.filter(anchor__gt="", anchor__in=[Citation.Anchor.CHANGED, Citation.Anchor.ORPHANED])
    return claims.filter(pk__in=lost.order_by().values("claim")).exclude(status=Status.RETRACTED)


def _one_sided(claims: Any) -> "QuerySet[Claim]":
    """Keep the disputed claims that do not have a source on each side."""
    cited = Citation.objects.filter(claim=OuterRef("pk")).order_by()
    sides = Exists(cited.filter(stance="supports")) & Exists(cited.filter(stance="disputes"))
    return _live(claims).filter(~sides, verdict=Verdict.DISPUTED)


def _unsourced(claims: Any) -> "QuerySet[Claim]":
    return _live(claims).filter(~Exists(Citation.objects.filter(claim=OuterRef("pk")).from_sources().order_by()))


def _unchecked(claims: Any) -> "QuerySet[Claim]":
    day = timezone.now().date() - UNCHECKED_AFTER
    return _live(claims).filter(Q(checked_on=None) | Q(checked_on__lt=day))


def _untranslated(*names: str) -> Keep:
    """Keep the published records that have one of these texts in English alone."""
    lacks = Q()
    for name in names:
        lacks |= Q(**{f"{name}_en__gt": ""}) & (Q(**{f"{name}_fr": None}) | Q(**{f"{name}_fr": ""}))
    return lambda records: records.filter(lacks, status=Status.PUBLISHED)


def _outdated(*names: str) -> Keep:
    """Keep the published records whose English was changed after the French that they have was written.

    History tells: there was a state with the French of today and another English. Only records that were ever changed
    are looked at, which an index on their rows finds.
    """

    def keep(records: Any) -> "QuerySet[Any]":
        rows = records.model.history.model.objects.order_by()
        before = Q()
        for name in names:
            same_french = Q(**{f"{name}_fr__gt": "", f"{name}_fr": OuterRef(f"{name}_fr")})
            before |= same_french & Q(**{f"{name}_en__gt": ""}) & ~Q(**{f"{name}_en": OuterRef(f"{name}_en")})
        changed = rows.filter(history_type="~").values("id")
        older = Exists(rows.filter(before, id=OuterRef("pk")))
        return records.filter(older, pk__in=changed, status=Status.PUBLISHED)

    return keep


QUEUES = (
    Queue("review", _("Waiting for review"), {Claim: _in_review, Entity: _in_review, Article: _in_review}),
    Queue("passages", _("Passage lost or changed in substance"), {Claim: _with_lost_passages}),
    Queue("one-sided", _("Disputed, without a source on each side"), {Claim: _one_sided}),
    Queue("unsourced", _("No source"), {Claim: _unsourced}),
    Queue("unchecked", _("Not checked for 180 days"), {Claim: _unchecked}),
    Queue(
        "untranslated",
        _("French missing"),
        {
            Claim: _untranslated("statement", "title", "rationale"),
            Entity: _untranslated("summary"),
            Article: _untranslated("summary"),
        },
    ),
    Queue(
        "outdated",
        _("French older than the English"),
        {
            Claim: _outdated("statement", "title", "rationale"),
            Entity: _outdated("summary"),
            Article: _outdated("summary"),
        },
    ),
)
BY_SLUG = {queue.slug: queue for queue in QUEUES}


@dataclass(frozen=True)
class Waiting:
    """So many records of one sort in a queue; `count` is a text, since counting ends at MOST_COUNTED."""

    label: str
    url: str
    count: str


def waiting(person: Any) -> list[tuple[Queue, list[Waiting]]]:
    """Count what waits in each queue whose records somebody may see; one query for each queue and sort of record."""
    counted = []
    for queue in QUEUES:
        lists = [
            _count(queue, model, keep)
            for model, keep in queue.keep.items()
            if person.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")
        ]
        if lists:
            counted.append((queue, lists))
    return counted


def _count(queue: Queue, model: Any, keep: Keep) -> Waiting:
    found = keep(model._default_manager.order_by()).values("pk")[: MOST_COUNTED + 1].count()
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return Waiting(
        label=capfirst(str(model._meta.verbose_name_plural)),
        url=f"{address}?{QueueFilter.parameter_name}={queue.slug}",
        count=str(found) if found <= MOST_COUNTED else f"{MOST_COUNTED:,}+",
    )


class QueueFilter(admin.SimpleListFilter):
    """The queues of a list, as one of its filters."""

    title = _("queue")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        model = model_admin.opts.concrete_model
        return [(queue.slug, queue.title) for queue in QUEUES if model in queue.keep]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        queue = BY_SLUG.get(self.value() or "")
        keep = queue.keep.get(queryset.model._meta.concrete_model) if queue else None
        return keep(queryset) if keep else queryset
