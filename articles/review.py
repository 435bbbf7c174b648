"""The way of a claim to its readers: who may take which step, and what each step does.

Draft → in review → published → retracted. A published claim is never edited: a change of it is a proposal, a claim of
its own with `replaces`, which waits beside it and is copied onto it when a reviewer publishes it.
"""

import itertools
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from entities import changes
from entities.models import Claim, Status

from . import clock, suspension
from .models import Citation

Person = AbstractBaseUser | AnonymousUser

# Columns of a claim that belong to its place in the desk, not to what it says.
OWN_COLUMNS = {"id", "slug", "replaces", "status", "created_at", "updated_at", "known_since", "verdict_suspended"}
# What a reviewer adds; whoever only gives a verdict or takes a step has not written the claim.
REVIEWERS_COLUMNS = {
    "status",
    "verdict",
    "rationale_en",
    "rationale_fr",
    "rationale_zh_hans",
    "how_verified",
    "checked_on",
}
# So many characters of a passage tell which one it is.
MOST_TOLD = 160
NO_SOURCE = _("A claim without a citation cannot be published; say on what it rests.")
NO_REASON = _("Say why; it is kept in the history.")


# Who


def reviewers() -> QuerySet[User]:
    """Those who can log in and may publish claims, superusers included; one query."""
    backend = "django.contrib.auth.backends.ModelBackend"
    return User.objects.with_perm("entities.publish_claim", backend=backend).filter(is_staff=True)


def is_only_reviewer(person: Person) -> bool:
    """Tell whether somebody is the only active reviewer; one query."""
    return set(reviewers().values_list("pk", flat=True)[:2]) == {person.pk}


def writers(claim: Claim) -> set[int]:
    """Give the ids of those who wrote what a claim says since it was last published; two queries.

    A change of its status or its verdict alone is no writing. What nobody is known to have written, such as an
    imported claim, has no writers.
    """
    found: set[int | None] = set()
    rows = list(claim.history.order_by("-history_id"))  # type: ignore[attr-defined]
    since = None
    for row, before in zip(rows, [*rows[1:], None], strict=True):
        if row.status == Status.PUBLISHED:
            break
        since = row.history_date
        is_written = before is None or set(changes.changed_fields(before, row)) - REVIEWERS_COLUMNS
        if row.history_type == "+" or is_written:
            found.add(row.history_user_id)
    if since is not None:
        cited = Citation.history.filter(claim=claim.pk, history_date__gte=since)  # type: ignore[attr-defined]
        found |= set(cited.values_list("history_user_id", flat=True))
    return {pk for pk in found if pk is not None}


def writer_names(claim: Claim) -> list[str]:
    return [user.get_username() for user in User.objects.filter(pk__in=writers(claim)).order_by("pk")]


def objection(person: Person, claim: Claim) -> str:
    """Say why somebody may not publish a claim or send it back; empty if nothing stands against it."""
    if not person.has_perm("entities.publish_claim"):  # type: ignore[union-attr]
        return gettext("Only a reviewer publishes or retracts.")
    if person.pk in writers(claim) and not is_only_reviewer(person):
        return gettext("Nobody reviews their own claim; another reviewer has to look at it.")
    return ""


def last_reasoned(claim: Claim) -> Any:
    """Find the newest state of a claim that was saved with a reason, which may be a remark for its writer; one query.

    None where there is none.
    """
    rows = claim.history.exclude(history_change_reason=None)  # type: ignore[attr-defined]
    return rows.select_related("history_user").order_by("-history_id").first()


def last_reason(claim: Claim) -> str:
    """Give the reason that a proposal was last saved with; empty for a claim that replaces none."""
    row = last_reasoned(claim) if claim.replaces_id else None
    return str(row.history_change_reason) if row else ""


# What may stand in public


def open_proposal(claim: Claim) -> Claim | None:
    """Find the change to a claim that waits; one query."""
    return claim.proposals.filter(status__in=[Status.DRAFT, Status.IN_REVIEW]).first()


def is_live(claim: Claim) -> bool:
    return claim.status == Status.PUBLISHED and claim.replaces_id is None


def check_publishable(claim: Claim, reason: str) -> None:
    """Hold a claim, with its citations as stored, against what readers may see.

    Raises:
        ValidationError: by field; what concerns the citations is under no field.
    """
    errors: dict[str, Any] = {}
    if not Citation.objects.filter(claim=claim).from_sources().exists():
        errors["__all__"] = NO_SOURCE
    if claim.replaces_id and not reason.strip():
        errors["change_reason"] = NO_REASON
    status, claim.status = claim.status, Status.PUBLISHED
    try:
        claim.clean()
    except ValidationError as error:
        errors = error.update_error_dict(errors) if not errors else error.error_dict | errors
    finally:
        claim.status = status
    if errors:
        raise ValidationError(errors)


# Steps


@transaction.atomic
def propose(live: Claim, status: str = Status.DRAFT) -> Claim:
    """Store a proposal beside a published claim that says the same and rests on the same citations.

    Raises:
        ValidationError: another change to the claim is waiting already.
    """
    Claim.objects.select_for_update().get(pk=live.pk)
    refuse_second_proposal(live)
    mentions = list(live.mentions.all())
    proposal, _copies = store_beside(Claim.objects.get(pk=live.pk), status)
    proposal.mentions.set(mentions)
    return proposal


class SomebodyElses(ValidationError):
    """The change of a published claim that waits was written by others, who should not meet additions unasked."""


@transaction.atomic
def open_beside(live: Claim, person: Person, *, joins: bool) -> Claim:
    """Give the proposal that takes somebody's next change of a published claim: the one that waits, else one in review.

    Raises:
        SomebodyElses: the one that waits is, and `joins` does not say that the change shall go into it.
    """
    Claim.objects.select_for_update().get(pk=live.pk)
    waiting = open_proposal(live)
    if waiting is None:
        return propose(live, Status.IN_REVIEW)
    if not joins and person.pk not in writers(waiting):
        told = gettext(
            'Readers see this claim, and <a href="{page}">a change to it</a> by {names} is waiting already. Nothing '
            "was saved, and what you wrote is still here: to add yours to that change, say so below, then go on."
        )
        page = reverse("admin:entities_claim_review", args=[waiting.pk])
        raise SomebodyElses(format_html(told, page=page, names=", ".join(writer_names(waiting)) or "–"))
    return waiting


def twin(citation: Citation, proposal: Claim) -> Citation:
    """Find the row of a proposal that repeats a citation of its claim; three queries.

    Raises:
        ValidationError: the proposal changes that citation, or takes it away.
    """
    for before, after in pair_citations(citation.claim, proposal):
        if before == citation and after is not None and not _citation_changes(before, after):
            return after
    told = gettext(
        '<a href="{page}">The change that waits</a> changes this citation already, or takes it away: go on there.'
    )
    raise ValidationError(format_html(told, page=reverse("admin:entities_claim_review", args=[proposal.pk])))


def refuse_second_proposal(live: Claim) -> None:
    if open_proposal(live):
        raise ValidationError(_("Another change to this claim is waiting already; open that one."))


def store_beside(claim: Claim, status: str) -> tuple[Claim, dict[int, int]]:
    """Turn a published claim in memory, with whatever was changed in it, into a stored proposal.

    The row in the database stays as it is. Also gives, for each of its citations, the id of the copy; the mentions are
    for the caller to set.
    """
    live = claim.pk
    claim.slug = _free_slug(f"{claim.slug[:140]}-proposal")
    claim.pk, claim.replaces_id, claim.status = None, live, status
    claim._state.adding = True
    claim.save()
    copies = {}
    for citation in Citation.objects.filter(claim=live):
        original, citation.pk, citation.claim = citation.pk, None, claim
        citation._state.adding = True
        citation.save()
        copies[original] = citation.pk
    return claim, copies


def _free_slug(stem: str) -> str:
    taken = set(Claim.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    numbered = (f"{stem}-{number}" for number in itertools.count(2))
    return stem if stem not in taken else next(slug for slug in numbered if slug not in taken)


def submit(claim: Claim, person: Person, reason: str) -> None:
    """Send a draft to review."""
    if claim.status not in (Status.DRAFT, Status.RETRACTED):
        raise ValidationError(gettext("Only a draft can be sent to review."))
    _take_step(claim, Status.IN_REVIEW, person, reason)


def send_back(claim: Claim, person: Person, reason: str) -> None:
    """Make what is in review a draft again, with a remark for its writer."""
    if claim.status != Status.IN_REVIEW:
        raise ValidationError(gettext("Only what is in review can be sent back."))
    _refuse_objection(person, claim)
    if not reason.strip():
        raise ValidationError({"change_reason": gettext("Tell its writer what is missing.")})
    _take_step(claim, Status.DRAFT, person, reason)


def retract(claim: Claim, person: Person, reason: str) -> None:
    """Take a published claim away from readers. Its writer may, since nothing new comes to them."""
    if not person.has_perm("entities.publish_claim"):  # type: ignore[union-attr]
        raise ValidationError(gettext("Only a reviewer publishes or retracts."))
    if not is_live(claim):
        raise ValidationError(gettext("Only a published claim can be retracted."))
    if not reason.strip():
        raise ValidationError({"change_reason": NO_REASON})
    _take_step(claim, Status.RETRACTED, person, reason)


def confirm(claim: Claim, person: Person, reason: str) -> None:
    """Note that somebody held a published claim against its sources today and found nothing to change."""
    if not person.has_perm("entities.judge_claim"):  # type: ignore[union-attr]
        raise ValidationError(gettext("Only a reviewer gives or changes a verdict."))
    if not is_live(claim):
        raise ValidationError(gettext("Only a published claim can be confirmed."))
    claim.checked_on = timezone.now().date()
    _take_step(claim, Status.PUBLISHED, person, reason)


@transaction.atomic
def publish(claim: Claim, person: Person, reason: str) -> Claim:
    """Show a claim to readers; a proposal goes onto the claim that it replaces, and is gone. Give the published one.

    What a reviewer set on `claim` in memory, such as the verdict, is stored with it.

    Raises:
        ValidationError: this person may not, or the claim is not fit for readers; nothing is stored then.
    """
    if claim.status == Status.PUBLISHED:
        raise ValidationError(gettext("It is published already."))
    _refuse_objection(person, claim)
    check_publishable(claim, reason)
    if claim.replaces_id is None:
        _take_step(claim, Status.PUBLISHED, person, reason)
        return claim
    live = Claim.objects.select_for_update().get(pk=claim.replaces_id)
    if not is_live(live):
        raise ValidationError(gettext("The claim that it would change is not published any more."))
    return _copy_onto(live, claim, person, reason)


def _copy_onto(live: Claim, proposal: Claim, person: Person, reason: str) -> Claim:
    ends = _ends(live)
    if names := [name for name in writer_names(proposal) if name != person.get_username()]:
        reason = gettext("%(reason)s (proposed by %(names)s)") % {"reason": reason, "names": ", ".join(names)}
    for field in Claim._meta.concrete_fields:
        if field.name not in OWN_COLUMNS:
            setattr(live, field.attname, getattr(proposal, field.attname))
    # The objects cached beside the ids are those of the old state.
    live._state.fields_cache.clear()
    _sign(live, person, reason)
    live.save()
    live.mentions.set(proposal.mentions.all())
    for before, after in pair_citations(live, proposal):
        if after is None and before is not None:
            _sign(before, person, reason)
            before.delete()
    for before, after in pair_citations(live, proposal):
        if after is not None:
            _cite(live, before, after, person, reason)
    _sign(proposal, person, gettext("Published: %(reason)s") % {"reason": reason})
    proposal.delete()
    clock.refresh_known_since([live.pk], ends | _ends(live))
    suspension.refresh([live.pk])
    return live


def _cite(live: Claim, before: Citation | None, after: Citation, person: Person, reason: str) -> None:
    """Give the published claim one citation of its proposal; a row that says the same already is left alone."""
    if before is not None and not _citation_changes(before, after):
        return
    row = before or Citation()
    for field in Citation._meta.concrete_fields:
        if field.name not in ("id", "claim"):
            setattr(row, field.attname, getattr(after, field.attname))
    row._state.fields_cache.clear()
    row.claim = live
    _sign(row, person, reason)
    row.save()


def pair_citations(live: Claim, proposal: Claim) -> list[tuple[Citation | None, Citation | None]]:
    """Put each citation of a claim beside the one that stands for it in its proposal, None where there is none.

    Those that name the same place in the same article belong together, then those of the same article. Two queries,
    none for citations that are prefetched.
    """
    before, after = list(live.citations.all()), list(proposal.citations.all())
    pairs: list[tuple[Citation | None, Citation | None]] = []
    keys = (
        lambda row: (row.article_id, row.revision_id, row.start, row.end, row.stance, row.locator),
        lambda row: (row.article_id, row.stance),
        lambda row: row.article_id,
    )
    for key in keys:
        for row in list(after):
            twin = next((each for each in before if key(each) == key(row)), None)
            if twin is not None:
                before.remove(twin)
                after.remove(row)
                pairs.append((twin, row))
    return pairs + [(row, None) for row in before] + [(None, row) for row in after]


def differences(live: Claim, proposal: Claim) -> list[SafeString]:
    """Tell in sentences what publishing a proposal would change for readers."""
    told = changes.sentences(live, proposal, leave_out={"status", "slug", "replaces"})
    for before, after in pair_citations(live, proposal):
        told += citation_sentences(before, after)
    return told


def takes_back(live: Claim, proposal: Claim) -> bool:
    """Tell whether publishing a proposal would undo what became of its claim since the proposal was written.

    A proposal without history, such as one that was copied by hand, may undo anything. Some ten queries.
    """
    written = proposal.history.order_by("history_id").first()  # type: ignore[attr-defined]
    if written is None:
        return True
    rows: Any = live.history  # type: ignore[attr-defined]
    base = rows.filter(history_date__lte=written.history_date).order_by("-history_id").first()
    gained = set(changes.changed_fields(base, live)) - OWN_COLUMNS if base is not None else set()
    if gained & set(changes.changed_fields(live, proposal)):
        return True
    if base is not None and set(changes.changed_lists(base, live)) & set(changes.changed_lists(live, proposal)):
        return True
    return _takes_back_citations(live, proposal, written.history_date)


def _takes_back_citations(live: Claim, proposal: Claim, since: Any) -> bool:
    newer = Citation.history.filter(claim=live.pk, history_date__gt=since)  # type: ignore[attr-defined]
    touched = dict(newer.order_by("history_id").values_list("id", "history_type"))
    if not touched:
        return False
    pairs = pair_citations(live, proposal)
    is_back = "-" in touched.values() and any(before is None for before, _after in pairs)
    return is_back or any(
        before is not None and before.pk in touched and (after is None or _citation_changes(before, after))
        for before, after in pairs
    )


def citation_sentences(before: Any, after: Any) -> list[SafeString]:
    """Tell in sentences what became of one citation; either may be None, or a row of history."""
    if before is not None and after is not None:
        what = cited(before)
        return [changes.of_part(what, sentence) for sentence in changes.sentences(before, after, leave_out={"claim"})]
    if after is not None:
        return [changes.came(changes.noun("citation"), _quoted(after))]
    return [changes.went(changes.noun("citation"), _quoted(before))]


def cited(citation: Any) -> str:
    """Name a citation, or a state of one: its stance, its article and the place in it."""
    place = f", {citation.locator}" if citation.locator else ""
    return f"{changes.words(citation, 'stance')}: {changes.words(citation, 'article')}{place}"


def _quoted(citation: Any) -> str:
    """Name a citation with its words, which tell it from others in the same paragraph."""
    if not citation.quote:
        return cited(citation)
    told = {"citation": cited(citation), "words": Truncator(citation.quote).chars(MOST_TOLD)}
    return gettext("%(citation)s, “%(words)s”") % told


def _citation_changes(before: Citation, after: Citation) -> bool:
    return any(
        getattr(before, field.attname) != getattr(after, field.attname)
        for field in Citation._meta.concrete_fields
        if field.name not in ("id", "claim")
    )


def _take_step(claim: Claim, status: str, person: Person, reason: str) -> None:
    claim.status = status
    _sign(claim, person, reason)
    claim.save()
    clock.refresh_known_since([claim.pk], _ends(claim))


def _refuse_objection(person: Person, claim: Claim) -> None:
    if reason := objection(person, claim):
        raise ValidationError(reason)


def _sign(record: Any, person: Person, reason: str) -> None:
    """Let the row of history that the next save writes name who did it and why."""
    record._history_user = person
    record._change_reason = reason.strip() or None


def _ends(claim: Claim) -> set[int]:
    return {pk for pk in (claim.subject_id, claim.object_id) if pk}


# Several at once


def try_each(claims: Iterable[Claim], step: Any, person: Person) -> tuple[int, list[SafeString]]:
    """Take a step with each claim that allows it, each in a transaction; give how many did, and why the others not.

    The reason of a proposal is the one that its writer gave last. Each refusal leads to the review page of its claim.
    """
    done, refused = 0, []
    for claim in claims:
        try:
            with transaction.atomic():
                step(Claim.objects.select_for_update().get(pk=claim.pk), person, last_reason(claim))
            done += 1
        except ValidationError as error:
            page = reverse("admin:entities_claim_review", args=[claim.pk])
            told = " ".join(error.messages)
            refused.append(format_html('<a href="{}">{}</a>: {}', page, capfirst(str(claim)), told))
    return done, refused


def publish_listed(claim: Claim, person: Person, reason: str) -> Claim:
    """Publish from a list, where nobody sees what a proposal would take back.

    Raises:
        ValidationError: as `publish` does, and for a proposal that would undo what its claim has gained meanwhile.
    """
    if claim.replaces is not None and takes_back(claim.replaces, claim):
        told = gettext(
            "The published claim has changed since this was proposed, and publishing would take that back: look at "
            "both on the review page, and publish there."
        )
        raise ValidationError(told)
    return publish(claim, person, reason)


def count_done(done: int) -> str:
    return ngettext("%(count)s claim went on.", "%(count)s claims went on.", done) % {"count": done}
