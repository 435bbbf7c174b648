"""Two records that are one: what merging them would do, doing it, and taking it back."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import DatabaseError, models, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy, override

from entities import addresses, wording
from entities.models import Claim, Entity, Status, TaggedItem
from entities.prose import LANGUAGES

from . import clock, journal, passages, suspension
from .models import Citation, Merge

# A preview names so many rows of each sort; the rest is counted.
MOST_NAMED = 20
RECORDS: dict[str, type[models.Model]] = {"entity": Entity, "claim": Claim}

# What moves, by model and column; anything else that refers to the record moves too and is called by its model's name.
SENTENCES: dict[tuple[str, str], Promise] = {
    ("entities.Claim", "subject_id"): ngettext_lazy("%d claim about it moves.", "%d claims about it move."),
    ("entities.Claim", "object_id"): ngettext_lazy(
        "%d claim that leads to it moves.", "%d claims that lead to it move."
    ),
    ("entities.Claim_mentions", "entity_id"): ngettext_lazy("%d mention of it moves.", "%d mentions of it move."),
    ("entities.Claim_mentions", "claim_id"): ngettext_lazy("%d of its mentions moves.", "%d of its mentions move."),
    ("entities.Claim", "replaces_id"): ngettext_lazy(
        "%d proposal to change it moves.", "%d proposals to change it move."
    ),
    ("entities.FormerEntitySlug", "record_id"): ngettext_lazy(
        "%d of its former addresses moves.", "%d of its former addresses move."
    ),
    ("entities.FormerClaimSlug", "record_id"): ngettext_lazy(
        "%d of its former addresses moves.", "%d of its former addresses move."
    ),
    ("entities.TaggedItem", "object_id"): ngettext_lazy("%d of its tags moves.", "%d of its tags move."),
    ("articles.Article", "publisher_id"): ngettext_lazy(
        "%d article that it published moves.", "%d articles that it published move."
    ),
    ("articles.Author", "entity_id"): ngettext_lazy(
        "%d article that it wrote moves.", "%d articles that it wrote move."
    ),
    ("articles.Article_summarises", "entity_id"): ngettext_lazy(
        "%d source of its summary moves.", "%d sources of its summary move."
    ),
    ("articles.Citation", "claim_id"): ngettext_lazy("%d of its citations moves.", "%d of its citations move."),
}
# What tells two rows that refer to one record apart; a row of which that record has one already goes.
IDENTITIES: dict[type[models.Model], tuple[str, ...]] = {
    TaggedItem: ("tag_id",),
    Citation: ("article_id", "stance", "locator", "revision_id", "start", "end"),
}


class MergeError(Exception):
    """The records cannot be merged, or the merge not undone; `reasons` are sentences for the editor."""

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = list(reasons)
        super().__init__(" ".join(self.reasons))


@dataclass(frozen=True)
class Moves:
    """The rows that refer to the record by one column: those that move, and those that the other has already."""

    column: str
    rows: list[Any]
    doubles: list[Any]

    @property
    def sentence(self) -> str:
        model = (self.rows or self.doubles)[0]._meta
        sentence = SENTENCES.get(
            (model.label, self.column.removesuffix("_id")), SENTENCES.get((model.label, self.column))
        )
        if sentence is None:
            return f"{capfirst(str(model.verbose_name_plural))}: {len(self.rows)}"
        return str(sentence % len(self.rows))

    @property
    def doubles_sentence(self) -> str:
        count = len(self.doubles)
        return ngettext("%d is there already and goes.", "%d are there already and go.", count) % count

    @property
    def named(self) -> list[str]:
        return [_name(row) for row in self.rows[:MOST_NAMED]]

    @property
    def doubles_named(self) -> list[str]:
        return [_name(row) for row in self.doubles[:MOST_NAMED]]


@dataclass(frozen=True)
class Contest:
    """Two citations of the very same words with different stances, of which one claim can have but one."""

    kept: Citation
    other: Citation

    @property
    def key(self) -> str:
        return f"stance-{self.other.pk}"

    @property
    def stances(self) -> list[tuple[str, str]]:
        """List what there is to choose from, as (stance, what a person reads)."""
        return [
            (self.kept.stance, _("%(stance)s, as here") % {"stance": self.kept.get_stance_display()}),
            (self.other.stance, _("%(stance)s, as in the other") % {"stance": self.other.get_stance_display()}),
        ]


@dataclass
class Plan:
    """What merging `other` into `kept` would do; with `problems`, sentences that say why, it cannot be done."""

    kept: Any
    other: Any
    problems: list[str] = field(default_factory=list)
    moves: list[Moves] = field(default_factory=list)
    # New values of columns of the record kept, and of claims that become rivals.
    changes: dict[str, Any] = field(default_factory=dict)
    rivals: list[tuple[Any, dict[str, Any]]] = field(default_factory=list)
    # Sentences: what the record kept gains, and which values would contradict each other.
    gains: list[str] = field(default_factory=list)
    clashes: list[str] = field(default_factory=list)
    # What somebody has to choose: the stance of words that both claims cite.
    contests: list[Contest] = field(default_factory=list)
    # What goes with the other record: label, what stays, what goes.
    losses: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def record_type(self) -> str:
        return str(_model(self.kept)._meta.model_name)

    @property
    def digest(self) -> str:
        """Tell this plan from one made after a change, so that nothing is done that nobody has seen."""
        rows = [[type(row).__name__, row.pk] for moves in self.moves for row in (*moves.rows, *moves.doubles)]
        rivals = [[claim.pk, columns] for claim, columns in self.rivals]
        contests = [[contest.kept.pk, contest.stances] for contest in self.contests]
        seen = [rows, rivals, contests, self.changes, self.kept.updated_at, self.other.updated_at]
        return hashlib.sha256(json.dumps(seen, default=str).encode()).hexdigest()


def plan(kept: Any, other: Any) -> Plan:
    """Work out what merging would do; a handful of queries, and the rows that would move."""
    found = Plan(kept, other)
    if kept.pk == other.pk:
        found.problems.append(_("A record cannot be merged into itself."))
        return found
    if other.status == Status.PUBLISHED and kept.status != Status.PUBLISHED:
        found.problems.append(_("The other record is published and this one is not: keep the published one."))
    found.moves = list(_moves(kept, other))
    (_plan_entity if isinstance(kept, Entity) else _plan_claim)(found)
    return found


def merge(
    kept: Any,
    other: Any,
    reason: str,
    user: AbstractBaseUser | None,
    seen: str,
    stances: Mapping[str, str] | None = None,
) -> Merge:
    """Move all that refers to `other` to `kept`, remove `other`, and let its address lead on; in one transaction.

    `seen` is the digest of the plan that the editor saw, `stances` what they chose by the key of each contest.

    Raises:
        MergeError: it cannot be done, or not as it was seen; nothing has changed.
    """
    try:
        with transaction.atomic():
            locked = _model(kept)._default_manager.select_for_update().in_bulk([kept.pk, other.pk])
            if len(locked) < 2:
                raise MergeError([_("One of the records has been deleted meanwhile.")])
            found = plan(locked[kept.pk], locked[other.pk])
            return _merge(found, reason, user, seen, stances or {})
    except DatabaseError as error:
        raise _refused(error) from error


def _merge(found: Plan, reason: str, user: Any, seen: str, stances: Mapping[str, str]) -> Merge:
    kept, other = found.kept, found.other
    if found.problems:
        raise MergeError(found.problems)
    if any(stances.get(contest.key) not in dict(contest.stances) for contest in found.contests):
        raise MergeError([_("Choose which stance stays, for each passage that both claims cite.")])
    if found.digest != seen:
        raise MergeError([_("Something has changed meanwhile. Look at it again before you merge.")])
    # The plain column of a translated text takes the active language, and so does the reason.
    with override("en"):
        kept_name, merged_name = str(kept), str(other)
        names = {"other": merged_name, "kept": kept_name, "reason": reason}
        done = journal.Journal("“{other}” merged into “{kept}”: {reason}".format(**names))
        around, other_pk = _entities_around(kept, other), other.pk
        for contest in found.contests:
            if stances[contest.key] != contest.kept.stance:
                done.change(contest.kept, stance=stances[contest.key])
        _write(found, done)
        _refresh_verdicts(kept)
        _tell(found.record_type, around, kept.pk, other_pk)
    return Merge.objects.create(
        record_type=found.record_type,
        kept_id=kept.pk,
        kept_name=kept_name,
        merged_name=merged_name,
        merged_slug=other.slug,
        reason=reason,
        steps=done.steps,
        merged_by=user,
    )


def _tell(record_type: str, entities: set[int], *pks: int) -> None:
    """Let the days of these entities follow, and search describe both records anew, with what moved between them."""
    clock.refresh_around(entities, **{"around" if record_type == "entity" else "claims": pks})


def _refresh_verdicts(*records: Any) -> None:
    """Suspend the verdicts of claims that have got a lost passage, since rows were stored as they had been read."""
    suspension.refresh([record.pk for record in records if isinstance(record, Claim)])


def _write(found: Plan, done: journal.Journal) -> None:
    kept, other = found.kept, found.other
    for moves in found.moves:
        for row in (*moves.doubles, *moves.rows):
            owner = _owner(row)
            if owner is not None and owner != other:
                done.touch(owner)
        for row in moves.doubles:
            done.remove(row)
        for row in moves.rows:
            done.change(row, **{moves.column: kept.pk})
    for claim, columns in found.rivals:
        done.change(claim, **columns)
    done.save()
    done.remove(_model(kept)._default_manager.get(pk=other.pk))
    done.change(kept, **found.changes)
    done.save()
    former = addresses.former_slugs(_model(kept)).model
    done.add(former(record=kept, slug=other.slug, position=kept.former_slugs.count() + 1))


def obstacles(merged: Merge) -> list[str]:
    """Say, in sentences, why a merge cannot be undone; empty when it can."""
    if merged.undone_at:
        return [_("This merge has been undone already.")]
    return journal.obstacles(merged.steps)


def undo(merged: Merge, reason: str, user: AbstractBaseUser | None) -> Any:
    """Bring the merged record back with all that belonged to it, in one transaction, and return it.

    Raises:
        MergeError: something that this needs has changed since; nothing has changed now.
    """
    model = RECORDS[merged.record_type]
    try:
        with transaction.atomic():
            merged = Merge.objects.select_for_update().get(pk=merged.pk)
            if reasons := obstacles(merged):
                raise MergeError(reasons)
            with override("en"):
                names = {"other": merged.merged_name, "kept": merged.kept_name, "reason": reason}
                journal.take_back(merged.steps, "Merge of “{other}” into “{kept}” undone: {reason}".format(**names))
                restored: Any = model._default_manager.get(slug=merged.merged_slug)
                kept: Any = model._default_manager.get(pk=merged.kept_id)
                if model is Claim:
                    # A citation that comes back stands in the text that the article had then.
                    passages.catch_up([restored.pk, kept.pk])
                _refresh_verdicts(kept, restored)
                _tell(merged.record_type, _entities_around(restored, kept), merged.kept_id, restored.pk)
            merged.undone_at, merged.undone_by = timezone.now(), user  # type: ignore[assignment]
            merged.save()
            return restored
    except DatabaseError as error:
        raise _refused(error) from error


def _model(record: models.Model) -> Any:
    """Give the model whose table has the record, since a kind is but a proxy."""
    return record._meta.concrete_model


def _refused(error: DatabaseError) -> MergeError:
    return MergeError([_("The database refuses it: %(reason)s") % {"reason": " ".join(str(error).split())}])


def _entities_around(*records: Any) -> set[int]:
    """Give the entities whose days may change."""
    if isinstance(records[0], Entity):
        return {record.pk for record in records}
    return {pk for record in records for pk in (record.subject_id, record.object_id) if pk}


def _moves(kept: Any, other: Any) -> Iterable[Moves]:
    """Find whatever refers to the other record, in any table: foreign keys, lists of related records, and tags."""
    for model, column in references(_model(kept)):
        rows = _loaded(model)
        if model is TaggedItem:
            rows = rows.filter(content_type__app_label="entities", content_type__model=_model(kept)._meta.model_name)
        identity = IDENTITIES.get(model, ())
        if model._meta.auto_created:
            identity = tuple(f.attname for f in model._meta.fields if f.is_relation and f.attname != column)
        there = {_identity(row, identity) for row in rows.filter(**{column: kept.pk})} if identity else set()
        found: dict[bool, list[Any]] = defaultdict(list)
        for row in rows.filter(**{column: other.pk}):
            found[_identity(row, identity) in there].append(row)
        if found:
            yield Moves(column, found[False], found[True])


def _loaded(model: Any) -> Any:
    """Load rows with what their names need."""
    rows = model._base_manager.order_by("pk")
    if model is Claim:
        return rows.select_related("subject", "object", "property", "unit")
    if model is Citation:
        return rows.select_related("article")
    return rows.select_related() if model._meta.auto_created or model is TaggedItem else rows


def references(model: type[models.Model]) -> Iterable[tuple[Any, str]]:
    relations: Any = model._meta.related_objects
    for relation in relations:
        if relation.many_to_many:
            yield relation.through, relation.field.m2m_reverse_field_name() + "_id"
        else:
            yield relation.related_model, relation.field.attname
    for field_ in model._meta.local_many_to_many:
        if field_.remote_field.through is TaggedItem:
            yield TaggedItem, "object_id"
        else:
            yield field_.remote_field.through, field_.m2m_field_name() + "_id"


def _identity(row: Any, columns: Iterable[str]) -> tuple[Any, ...]:
    return tuple(getattr(row, column) for column in columns)


def _owner(row: Any) -> Any:
    """Give the record whose list has this row, since its history is to show the change; None for any other row."""
    declaring = row._meta.auto_created
    return getattr(row, declaring._meta.model_name) if declaring else None


def _name(row: Any) -> str:
    """Name a row for the preview: one of a list by the record whose list it is."""
    if isinstance(row, TaggedItem):
        return str(row.tag)
    return str(_owner(row) or row)


def _plan_entity(found: Plan) -> None:
    kept, other = found.kept, found.other
    if kept.kind != other.kind:
        found.problems.append(_("They are of two kinds: only records of one kind can be one."))
    claims = [row for moves in found.moves if moves.column in ("subject_id", "object_id") for row in moves.rows]
    found.problems += [
        _("The claim “%(claim)s” would link the record to itself: correct or delete it first.") % {"claim": claim}
        for claim in claims
        if isinstance(claim, Claim) and {claim.subject_id, claim.object_id} == {kept.pk, other.pk}
    ]
    _gain_names(found)
    for columns in (("summary",), ("native_name", "native_language"), ("public_since",)):
        _gain_or_lose(found, columns)
    _find_rivals(found)


def _gain_names(found: Plan) -> None:
    """Let the names of the record that goes become aliases, and its links stand beside those of the other."""
    kept, other = found.kept, found.other
    own = {getattr(kept, f"name_{language}") for language in LANGUAGES} | {kept.native_name}
    names = [*(getattr(other, f"name_{language}") for language in LANGUAGES), other.native_name, *other.aliases]
    aliases = [name for name in dict.fromkeys(names) if name and name not in own and name not in kept.aliases]
    if aliases:
        found.changes["aliases"] = [*kept.aliases, *aliases]
        found.gains.append(_("It gains the aliases: %(names)s.") % {"names": ", ".join(aliases)})
    known = {link["url"] for link in kept.links}
    links = [link for link in other.links if link["url"] not in known]
    if links:
        found.changes["links"] = [*kept.links, *links]
        found.gains.append(_("It gains the links: %(links)s.") % {"links": ", ".join(link["url"] for link in links)})


def _gain_or_lose(found: Plan, names: tuple[str, ...]) -> None:
    """Fill what the record kept lacks altogether from the other; else show what goes."""
    columns = [column for name in names for column in _in_each_language(_model(found.kept), name)]
    given = {column: getattr(found.other, column) for column in columns if getattr(found.other, column)}
    if not given:
        return
    label = capfirst(str(_model(found.kept)._meta.get_field(names[0]).verbose_name))
    if not any(getattr(found.kept, column) for column in columns):
        found.changes |= given
        found.gains.append(_("It has none of its own, so it takes over: %(field)s.") % {"field": label})
        return
    for column, value in given.items():
        # A name that goes has become an alias.
        if getattr(found.kept, column) != value and not names[0].endswith("name"):
            found.losses.append((label, _shown(found.kept, column), _shown(found.other, column)))


def _in_each_language(model: type[models.Model], name: str) -> list[str]:
    columns = {each.attname for each in model._meta.concrete_fields}
    return [f"{name}_{language}" for language in LANGUAGES] if f"{name}_en" in columns else [name]


def _shown(record: Any, column: str) -> str:
    display = getattr(record, f"get_{column}_display", None)
    value = display() if display else getattr(record, column)
    return "" if value is None else str(value)


def _find_rivals(found: Plan) -> None:
    """Compare the values of both: two of a property that has one are rivals, and of two preferred ones one is not."""
    values: dict[Any, list[Any]] = defaultdict(list)
    claims = Claim.objects.unretracted().with_records().exclude(property=None).order_by("pk")
    for claim in claims.filter(subject=found.kept):
        values[claim.property_id].append(claim)
    for claim in claims.filter(subject=found.other):
        beside = [each for each in values[claim.property_id] if each.applies_to_en == claim.applies_to_en]
        others = [each for each in beside if _value(each) != _value(claim)]
        columns: dict[str, Any] = {}
        if claim.property.is_functional and others:
            columns = {} if claim.alternative else {"alternative": Claim.Alternative.RIVAL.value}
            found.clashes.append(
                _("%(property)s has one value, and there would be two: %(kept)s, and its rival %(moved)s.")
                % {
                    "property": capfirst(str(claim.property)),
                    "kept": wording.value_text(others[0]),
                    "moved": wording.value_text(claim),
                }
            )
        if claim.rank == Claim.Rank.PREFERRED and (
            columns or any(each.rank == Claim.Rank.PREFERRED for each in values[claim.property_id])
        ):
            columns["rank"] = Claim.Rank.NORMAL.value
            found.clashes.append(_("“%(claim)s” would no longer be the preferred value.") % {"claim": claim})
        if columns:
            found.rivals.append((claim, columns))


def _value(claim: Any) -> tuple[Any, ...]:
    return claim.value, claim.unit_id, claim.bound


def _plan_claim(found: Plan) -> None:
    kept, other = found.kept, found.other
    _find_contests(found)
    if kept.replaces_id or other.replaces_id:
        found.problems.append(_("One of them is a proposal: publish or delete it first."))
    if kept.subject_id != other.subject_id:
        found.problems.append(
            _("They speak of two subjects, %(kept)s and %(other)s: merge these first, if they are one.")
            % {"kept": kept.subject, "other": other.subject}
        )
    if other.property_id and not kept.property_id:
        found.problems.append(_("The other claim gives a value and this one does not: keep the other one."))
    elif other.property_id and (kept.property_id, _value(kept)) != (other.property_id, _value(other)):
        found.problems.append(
            _("They give two values, %(kept)s and %(other)s: rank them instead.")
            % {"kept": wording.value_text(kept), "other": wording.value_text(other)}
        )
    waiting = {Status.DRAFT, Status.IN_REVIEW}
    if any(each.status in waiting for claim in (kept, other) for each in claim.proposals.all()):
        found.problems.append(_("A change to one of them is waiting: publish or delete it first."))
    for name in ("statement", "title", "applies_to", "as_printed", "when", "rationale"):
        _lose(found, name)
    for name in ("lane", "verdict", "rank", "how_verified", "checked_on", "public_since"):
        _lose(found, name)


def _find_contests(found: Plan) -> None:
    """Let one of two citations of the same words go, and ask about the stance where they have two."""
    cited = Citation.objects.filter(claim=found.kept).exclude(revision=None).select_related("article")
    there = {(citation.revision_id, citation.start, citation.end): citation for citation in cited}
    for moves in found.moves:
        for row in [row for row in (*moves.rows, *moves.doubles) if isinstance(row, Citation)]:
            twin = there.get((row.revision_id, row.start, row.end))
            if twin is not None and row in moves.rows:
                moves.rows.remove(row)
                moves.doubles.append(row)
            if twin is not None and twin.stance != row.stance:
                found.contests.append(Contest(twin, row))


def _lose(found: Plan, name: str) -> None:
    """Show what the claim that goes says otherwise; two claims may be worded in two ways, so nothing is mixed."""
    label = capfirst(str(_model(found.kept)._meta.get_field(name).verbose_name))
    for column in _in_each_language(_model(found.kept), name):
        stays, goes = _shown(found.kept, column), _shown(found.other, column)
        if getattr(found.other, column) and stays != goes:
            found.losses.append((label, stays, goes))
