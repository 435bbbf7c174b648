"""The cards of records: their words out of claims, and the answer that sends one as a PNG."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from itertools import islice

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from . import edtf, wording
from .dossier import facts_of
from .forms import CardForm
from .models import Claim, Entity, Property, Verdict
from .pictures import card as picture
from .pictures import fonts
from .pictures.card import Card
from .representations import verdict_word

# What says most on a card, first; an address says nothing.
TELLING = [Property.ValueType.QUANTITY, Property.ValueType.DATE, Property.ValueType.TEXT]

# A hub has hundreds of values, of which a card needs one.
MOST_WEIGHED = 40


def figures_of(facts: Iterable[Claim]) -> list[Claim]:
    """Choose the values that can stand alone: uncontested and of the whole, one a property, figures first.

    `facts` come in fact order with their records; only the first are weighed.
    """
    facts = list(islice(facts, MOST_WEIGHED))
    doubted = {claim.property_id for claim in facts if claim.alternative == Claim.Alternative.RIVAL}
    if len(facts) == MOST_WEIGHED:
        # The rivals of the last may be beyond the cut.
        doubted.add(facts[-1].property_id)
    chosen: dict[int | None, Claim] = {}
    for claim in facts:
        if claim.property_id not in doubted and claim.value_type in TELLING and _is_settled(claim):
            chosen.setdefault(claim.property_id, claim)
    return sorted(chosen.values(), key=lambda claim: TELLING.index(Property.ValueType(claim.value_type)))


def figures_for(entity: Entity) -> list[Claim]:
    """Choose the figures of an entity whose page is not at hand; one query."""
    return figures_of(facts_of(entity, Claim.objects.published(), MOST_WEIGHED))


def _is_settled(claim: Claim) -> bool:
    is_judged_well = claim.public_verdict in ("", Verdict.SUPPORTED) and claim.rank != Claim.Rank.DEPRECATED
    return is_judged_well and not claim.alternative and not claim.applies_to


def of_site() -> Card:
    name = _("The DeepSeek Story")
    return Card(title=name, site=name, value=_("Know what happened, and who says so"))


def of_entity(entity: Entity, figures: list[Claim]) -> Card:
    """Give the card of an entity; `figures` are what `figures_of` chose."""
    told = figures[:1]
    return Card(
        title=str(entity),
        site=_("The DeepSeek Story"),
        kind=entity.kind,
        eyebrow=str(entity.get_kind_display()),
        native=entity.native_name if entity.native_name != str(entity) else "",
        label="".join(label(claim) for claim in told),
        value="".join(map(value, told)),
        as_of=as_of(max([entity.updated_at, *(claim.updated_at for claim in told)])),
    )


def of_claim(claim: Claim) -> Card:
    """Give the card of a claim; needs its records loaded."""
    return Card(
        title=claim.sentence,
        site=_("The DeepSeek Story"),
        kind=claim.subject.kind,
        eyebrow=_("Claim about %(name)s") % {"name": claim.subject},
        verdict="" if claim.verdict_suspended else claim.verdict,
        verdict_words=verdict_word(claim),
        as_of=as_of(max(claim.updated_at, claim.subject.updated_at)),
    )


def label(claim: Claim) -> str:
    """Name the property of a fact, as the start of a line."""
    return capfirst(str(claim.property))


def value(claim: Claim) -> str:
    """Write the value of a fact with the day for which it holds; a date is not dated again."""
    words = wording.value_text(claim)
    return f"{words} ({edtf.describe(claim.when, short=True)})" if claim.when and not claim.date else words


def as_of(moment: datetime) -> str:
    return _("as of %(date)s") % {"date": edtf.describe(moment.date().isoformat())}


def address(record_address: str) -> str:
    """Give the address of a record's card from that of its page."""
    return f"{record_address.rstrip('/')}.png"


def answer(request: HttpRequest, card: Card) -> HttpResponseBase:
    """Send a card as wide as asked for, or the word that the reader's copy is still the same.

    Whoever keeps a copy asks each time, so that a record that is changed or withdrawn is so at once. Drawn pictures are
    kept by what they show, which never gets stale.
    """
    pixels = CardForm.read(request).pixels()
    drawing = picture.draw(card)
    name = f"card-{pixels}-{sha256(drawing.encode()).hexdigest()}"
    etag = f'"{name}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        png = cache.get_or_set(name, lambda: fonts.as_png(drawing, pixels), timeout=None)
        response = HttpResponse(png, content_type="image/png")
    response["ETag"] = etag
    response["Cache-Control"] = "public, no-cache"
    # Other sites show it; the policy of all else is same-origin.
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
