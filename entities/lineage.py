"""The lineage of models: relations between them turned into plain values for a picture, and into its list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from . import edtf
from .models import Claim, Entity, Property
from .network import ends
from .pictures import lineage
from .querysets import ClaimQuerySet

# More relations are not drawn, and the page says so.
MOST_TIES = 120
# How far the page of one model looks back and ahead.
GENERATIONS = 3


@dataclass(frozen=True)
class Step:
    """A model of the list, its release (EDTF, empty when unknown), and the claims that say where it comes from."""

    model: Entity
    released: str
    claims: list[Claim]


@dataclass(frozen=True)
class Lineage:
    """The drawings of a family for wide and for narrow boxes, and its models in the same order as a list.

    `claims` make it, `properties` are the relations that occur, `notes` sentences on how to read the drawings.
    """

    wide: SafeString
    narrow: SafeString
    steps: list[Step]
    claims: list[Claim]
    properties: list[Property]
    notes: list[str]


def of_models(models: Sequence[Entity], claims: ClaimQuerySet) -> Lineage | None:
    """Draw what these models come from and what came out of them; one query."""
    return _draw(claims.lineage().touching(models), claims, _("Which model came out of which"))


def of_model(model: Entity, claims: ClaimQuerySet) -> Lineage | None:
    """Draw the ancestors and descendants of one model; one query."""
    title = _("The lineage of %(name)s") % {"name": model}
    return _draw(claims.lineage().family_of(model, GENERATIONS), claims, title, main=model)


def _draw(ties: ClaimQuerySet, dates: ClaimQuerySet, title: str, main: Entity | None = None) -> Lineage | None:
    found = list(ties.with_records().with_release_dates(dates).by_date()[: MOST_TIES + 1])
    claims = found[:MOST_TIES]
    if not claims:
        return None
    entities = {end.pk: end for claim in claims for end in ends(claim)}
    released = _release_dates(claims)
    models = [_model(entity, released[entity.pk], main) for entity in entities.values()]
    places = {pk: place for place, pk in enumerate(entities)}
    drawn = [
        lineage.Tie(places[other.pk], places[subject.pk], claim.property.slug)
        for claim in claims
        for subject, other in [ends(claim)]
        if claim.property
    ]
    # Two claims may say the same.
    drawn = list(dict.fromkeys(drawn))
    listed = list(entities.values())
    return Lineage(
        wide=lineage.wide(title, models, drawn),
        narrow=lineage.narrow(title, models, drawn),
        steps=[
            Step(listed[place], released[listed[place].pk], [c for c in claims if c.subject_id == listed[place].pk])
            for place in lineage.Family(models, drawn).order
        ],
        claims=claims,
        properties=_properties(claims),
        notes=_notes(models, is_part=main is not None, is_cut=len(found) > MOST_TIES),
    )


def _release_dates(claims: Iterable[Claim]) -> dict[int, str]:
    """Map the key of each model to its date, as `ClaimQuerySet.with_release_dates` found it."""
    dates: dict[int, str] = {}
    for claim in claims:
        subject, other = ends(claim)
        dates[subject.pk] = claim.subject_released or ""  # type: ignore[attr-defined]
        dates[other.pk] = claim.object_released or ""  # type: ignore[attr-defined]
    return dates


def _model(entity: Entity, released: str, main: Entity | None) -> lineage.Model:
    address, is_main = entity.get_absolute_url(), entity == main
    if not released:
        return lineage.Model(str(entity), address, _("day of release not stated"), None, None, is_main)
    parsed = edtf.parse(released)
    return lineage.Model(
        str(entity),
        address,
        edtf.describe(parsed, short=True),
        None if parsed.has_open_start else parsed.earliest,
        None if parsed.has_open_end else parsed.latest,
        is_main,
    )


def _properties(claims: Iterable[Claim]) -> list[Property]:
    """List the relations that occur, the closest first."""
    found = {claim.property.slug: claim.property for claim in claims if claim.property}
    return [found[manner] for manner in lineage.MANNERS if manner in found]


def _notes(models: Iterable[lineage.Model], *, is_part: bool, is_cut: bool) -> list[str]:
    notes = []
    if is_part:
        notes.append(_("Up to %(count)s generations back and ahead.") % {"count": GENERATIONS})
    if any(not model.is_exact for model in models):
        notes.append(
            _("A hollow shape: the day is not known exactly; without any date a model stands beside its relatives.")
        )
    if is_cut:
        notes.append(
            _("Only the first %(count)s relations are drawn; the relationships have all.") % {"count": MOST_TIES}
        )
    return notes
