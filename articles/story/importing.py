"""From the files into the database: what is new, what a person changed and keeps, and what the files no longer have."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Self

from django.db import DataError, IntegrityError, transaction
from django.utils.translation import override

from articles import suspension
from articles.clock import refresh_known_since
from articles.models import ImportedRecord

from .checks import Story, check_passage, passages
from .fields import Record
from .files import read, write
from .problems import Place, Problem, StoryError, shown
from .shapes import SHAPE_OF, SHAPES, TEXTS
from .stored import Stored, refresh_statistics

Key = tuple[str, str]  # type of record, its key


class Outcome(Enum):
    """What becomes of a record; the last three keep what the database has."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    CHANGED_HERE = "made or changed here since the last import"
    DELETED_HERE = "deleted here since the last import"
    NOT_IN_FILES = "no longer in the files"

    @property
    def saves(self) -> bool:
        return self in (Outcome.CREATED, Outcome.CHANGED)

    @property
    def keeps(self) -> bool:
        return self in (Outcome.CHANGED_HERE, Outcome.DELETED_HERE, Outcome.NOT_IN_FILES)


@dataclass
class Counts:
    """What became of the records of one type; none is ever rejected alone, since one wrong record stops the import."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    kept: int = 0


@dataclass(frozen=True)
class Kept:
    """A record that the database has otherwise than the files, and why it stays so."""

    type: str
    key: str
    reason: str


@dataclass(frozen=True)
class Report:
    """What an import did: counts by section of the files, in their order, and the records that it left as they were."""

    counts: dict[str, Counts]
    kept: list[Kept]

    @classmethod
    def of(cls, outcomes: Mapping[Key, Outcome]) -> Self:
        counts = {}
        for shape in SHAPES:
            found = Counter(
                "kept" if outcome.keeps else outcome.value
                for (kind, _key), outcome in outcomes.items()
                if kind == shape.name
            )
            counts[shape.section] = Counts(**found)
        return cls(counts, [Kept(*key, outcome.value) for key, outcome in outcomes.items() if outcome.keeps])


def import_story(
    folder: Path,
    *,
    overwrite: bool = False,
    dry_run: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Report:
    """Bring the database in line with the files of a folder, in one transaction.

    A record that a person changed or deleted since the last import is kept, unless `overwrite`; so is one that the
    files no longer have, in any case. A second run writes nothing. `dry_run` does it all, then takes it back.
    `progress` is called with a few words before each step.

    Raises:
        StoryError: the files are wrong, or do not fit what the database keeps; nothing is written.
    """
    say = progress or _say_nothing
    say("reading the files")
    story = read(folder)
    try:
        # The plain column of a translated field takes the active language; it is English for all that is imported.
        with override("en"), transaction.atomic():
            report = _save(story, overwrite, say)
            if dry_run:
                transaction.set_rollback(True)
    except (DataError, IntegrityError) as error:
        raise StoryError(
            [Problem("", "", "", f"the database refuses the story: {' '.join(str(error).split())}")]
        ) from error
    if any(counts.created or counts.changed for counts in report.counts.values()) and not dry_run:
        refresh_statistics()
    return report


def export_story(folder: Path) -> Story:
    """Write the files from the database, and return what was written.

    Raises:
        OSError: the folder cannot be made or written to.
    """
    with transaction.atomic():
        story = Stored().story()
    write(folder, story)
    return story


def digest(record: Record) -> str:
    """Shorten a canonical record to 64 characters that tell it from any other."""
    return hashlib.sha256(json.dumps(record, sort_keys=True, default=str).encode()).hexdigest()


def _save(story: Story, overwrite: bool, say: Callable[[str], None]) -> Report:
    say("comparing with the database")
    stored = Stored()
    present = stored.story()
    marks = {(mark.record_type, mark.slug): mark for mark in ImportedRecord.objects.all()}
    outcomes = _decide(story, present, {key: mark.digest for key, mark in marks.items()}, overwrite)
    _refuse_misfits(story, present, outcomes)
    saves = {
        shape.name: [key for (kind, key), outcome in outcomes.items() if kind == shape.name and outcome.saves]
        for shape in SHAPES
    }
    for shape in SHAPES:
        if saves[shape.name]:
            say(f"saving {len(saves[shape.name])} {shape.section}")
        stored.save(shape, story, saves)
    _mark(story, outcomes, marks)
    if any(saves.values()):
        say("working out since when each is known")
        refresh_known_since()
        suspension.refresh()
    return Report.of(outcomes)


def _decide(story: Story, present: Story, marks: Mapping[Key, str], overwrite: bool) -> dict[Key, Outcome]:
    """Say what becomes of each record; `marks` has the digest of what was last imported."""
    outcomes = {}
    for record_type, key in story.walk():
        mark = marks.get((record_type, key))
        ours = digest(story[record_type][key])
        theirs = digest(present[record_type][key]) if key in present[record_type] else None
        if theirs == ours:
            outcome = Outcome.UNCHANGED
        elif theirs is None:
            outcome = Outcome.CREATED if mark is None or overwrite else Outcome.DELETED_HERE
        else:
            outcome = Outcome.CHANGED if mark == theirs or overwrite else Outcome.CHANGED_HERE
        outcomes[record_type, key] = outcome
    for record_type, key in marks:
        if key not in story[record_type] and key in present[record_type]:
            outcomes[record_type, key] = Outcome.NOT_IN_FILES
    return outcomes


def _refuse_misfits(story: Story, present: Story, outcomes: Mapping[Key, Outcome]) -> None:
    """Refuse a record that does not fit what people have deleted, changed or renamed."""
    problems: list[Problem] = []
    leads_to = {
        (record_type, slug): key
        for record_type, key in present.walk()
        for slug in present[record_type][key].get("former_slugs", ())
    }
    for (record_type, key), outcome in outcomes.items():
        if not outcome.saves:
            continue
        at = Place(problems, SHAPE_OF[record_type].file, key)
        if (renamed := leads_to.get((record_type, key))) and outcome is Outcome.CREATED:
            at.bad(f"was renamed here, or merged: its address leads to {renamed}; call it so, or drop it")
        for name, target, wanted in story.references(record_type, key):
            if outcomes[target, wanted] is Outcome.DELETED_HERE:
                at.at(name).bad(f"{target} {shown(wanted)} was deleted here; overwrite, or drop it")
            if target == "property" and outcomes[target, wanted] is Outcome.CHANGED_HERE:
                here = present["property"][wanted]["value_type"]
                if here != story["property"][wanted]["value_type"]:
                    at.at(name).bad(f"{shown(wanted)} was changed here and takes another type of value, {here}")
        if record_type == "article":
            _refuse_other_words(story["article"][key], present["article"].get(key, {}), at)
        if record_type == "claim":
            for number, article, passage in passages(story["claim"][key]):
                if outcomes["article", article] is Outcome.CHANGED_HERE:
                    place = at.at("citations").at(number).at("passage")
                    check_passage(passage, present["article"][article], place)
    if problems:
        raise StoryError(problems)


def _refuse_other_words(article: Record, present: Record, place: Place) -> None:
    """Hold that a text on file stays as it is, since passages count on its words."""
    on_file = {TEXTS.identify(entry): entry for entry in present.get("texts", ())}
    for entry in article.get("texts", ()):
        if on_file.get(TEXTS.identify(entry), entry) != entry:
            name = f"{entry['language']}.{entry['number']}"
            place.at("texts").bad(f"text {name} is on file with other words; give the new ones the next number")


def _mark(story: Story, outcomes: Mapping[Key, Outcome], marks: Mapping[Key, ImportedRecord]) -> None:
    """Remember what was imported of each record, and forget those that neither side has any more."""
    new = []
    for (record_type, key), outcome in outcomes.items():
        if outcome.saves or outcome is Outcome.UNCHANGED:
            mark = marks.get((record_type, key)) or ImportedRecord(record_type=record_type, slug=key)
            known, mark.digest = mark.digest, digest(story[record_type][key])
            if mark.digest != known:
                new.append(mark)
    ImportedRecord.objects.bulk_create([mark for mark in new if not mark.pk])
    ImportedRecord.objects.bulk_update([mark for mark in new if mark.pk], ["digest"])
    ImportedRecord.objects.filter(pk__in=[mark.pk for key, mark in marks.items() if key not in outcomes]).delete()


def _say_nothing(step: str) -> None:
    pass
