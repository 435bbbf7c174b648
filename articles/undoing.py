"""One change of a citation taken back, as the history of its claim tells it; of a published claim in a proposal."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from entities import changes
from entities.models import Claim, Status

from . import passages, review
from .models import Citation

# The columns that name one passage belong together.
PASSAGE = {"quote", *passages.PASSAGE}


def states(claim: Claim, number: int) -> tuple[Any, Any]:
    """Give the states of a citation of this claim around one change, as (before, after), by the number of the change.

    None before stands for a citation that was added, None after for one that was taken away. Two queries.

    Raises:
        LookupError: the claim's citations have no such change.
    """
    rows = Citation.history.filter(claim=claim.pk)  # type: ignore[attr-defined]
    row = rows.filter(history_id=number).first()
    if row is None:
        raise LookupError(number)
    if row.history_type == "-":
        return row, None
    before = Citation.history.filter(id=row.id, history_id__lt=number).order_by("-history_id").first()  # type: ignore[attr-defined]
    if row.history_type == "+" or before is None or before.history_type == "-":
        return None, row
    return before, row


@transaction.atomic
def undo(claim: Claim, number: int) -> Claim:
    """Take a change back, and give the claim that shows it: a proposal where readers see the claim.

    The reason in the history is the one that the request has, as with any form.

    Columns that were changed again since stay as they are. What comes back is carried to the present text.

    Raises:
        LookupError: there is no such change.
        ValidationError: the change cannot be taken back; nothing is stored then.
    """
    before, after = states(claim, number)
    claim = Claim.objects.select_for_update().get(pk=claim.pk)
    target = claim
    copies: dict[int, int] = {}
    if review.is_live(claim):
        review.refuse_second_proposal(claim)
        mentions = list(claim.mentions.all())
        target, copies = review.store_beside(Claim.objects.get(pk=claim.pk), Status.DRAFT)
        target.mentions.set(mentions)
    pk = (after or before).id
    citation = Citation.objects.filter(pk=copies.get(pk, pk), claim=target).first()
    _take_back(target, citation, before, after)
    passages.catch_up([target.pk])
    return target


def _take_back(target: Claim, citation: Citation | None, before: Any, after: Any) -> None:
    if after is None and citation is not None:
        raise ValidationError(_("The citation is there already."))
    if after is not None and citation is None:
        raise ValidationError(_("The citation has been taken away since."))
    if before is None and citation is not None:
        citation.delete()
        return
    if citation is None:
        citation = before.instance
        citation.claim = target
        if target.replaces_id:
            citation.pk = None
        citation._state.adding = True
    else:
        _restore_columns(citation, before, after)
    citation.full_clean()
    citation.save()


def _restore_columns(citation: Citation, before: Any, after: Any) -> None:
    names = {field.name for field in Citation._meta.concrete_fields} - {"id", "claim"}
    changed = {name for name in names if _value(before, name) != _value(after, name)}
    if changed & PASSAGE:
        changed |= PASSAGE
    kept = {name for name in changed if _value(citation, name) == _value(after, name)}
    # Words that were tied anew since stay whole.
    if not kept >= PASSAGE:
        kept -= PASSAGE
    if not kept:
        raise ValidationError(_("All that this changed has been changed again since."))
    for name in kept:
        attname = Citation._meta.get_field(name).attname  # type: ignore[union-attr]
        setattr(citation, attname, _value(before, name))
    citation._state.fields_cache.clear()


def _value(state: Any, name: str) -> Any:
    return getattr(state, Citation._meta.get_field(name).attname)  # type: ignore[union-attr]


def usual_reason(row: Any) -> str:
    """Say which change is taken back, as the forms of records do."""
    return gettext("Undone: the change of %(day)s") % {"day": row.history_date.date().isoformat()}


def sentences(before: Any, after: Any) -> list[Any]:
    """Tell a change in sentences, also one of which nothing but the place in the text is left to tell."""
    return review.citation_sentences(before, after) or [changes.came(changes.noun("quote"), str(after.quote))]
