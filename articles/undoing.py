"""One change of a citation taken back, as the history of its claim tells it; of a published claim in a proposal."""

from typing import Any

from django.db import transaction

from entities import undoing
from entities.models import Claim, Status

from . import passages, review
from .models import Citation

# The columns that name one passage belong together.
PASSAGE = {"quote", *passages.PASSAGE}


@transaction.atomic
def undo(claim: Claim, states: tuple[Any, Any]) -> Claim:
    """Take a change of a citation back, and give the claim that shows it: a proposal where readers see the claim.

    `states` are those around the change. The reason in the history is the one that the request has, as with any form.
    What comes back is carried to the present text.

    Raises:
        ValidationError: the change cannot be taken back; nothing is stored then.
    """
    before, after = states
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
    put = {"claim": target} | ({"pk": None} if target.replaces_id else {})
    undoing.take_back(states, citation, leave={"claim"}, whole=PASSAGE, **put)
    passages.catch_up([target.pk])
    return target
