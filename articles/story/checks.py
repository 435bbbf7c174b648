"""What must hold within and between the records of the story files before anything is saved."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import override

from articles.models import Article
from articles.text import exactly
from entities import prose, wording
from entities.models import Claim, HowVerified, Property, Status, Tag, Verdict

from .fields import Record, Reference, parse_fields, references
from .problems import Place, Problem, short, shown
from .shapes import FILES, SHAPE_OF, SHAPES, Shape
from .values import is_empty

BRACES = re.compile(r"{[^}]*}")


@dataclass
class Story:
    """All records in canonical form: `records[type][key]`."""

    records: dict[str, dict[str, Record]] = field(default_factory=lambda: {shape.name: {} for shape in SHAPES})

    def __getitem__(self, record_type: str) -> dict[str, Record]:
        return self.records[record_type]

    def walk(self) -> Iterator[tuple[str, str]]:
        """Walk through all records, as (type, key), in the order of the files."""
        return ((record_type, key) for record_type, records in self.records.items() for key in records)

    def counts(self) -> dict[str, int]:
        """Count the records of each section of the files, in their order."""
        return {shape.section: len(self[shape.name]) for shape in SHAPES}

    def references(self, record_type: str, key: str) -> Iterator[Reference]:
        """Name the records that a record refers to, as (field, type, key)."""
        record = self[record_type][key]
        yield from references(SHAPE_OF[record_type].fields, record)
        if record_type == "claim" and "value" in record and self.property_of(record).get("value_type") == "entity":
            yield "value", "entity", record["value"]

    def property_of(self, claim: Record) -> Record:
        """Give the property of a claim, empty when it has none or an unknown one."""
        return self["property"].get(claim.get("property", ""), {})


def check(contents: Mapping[str, Any], problems: list[Problem]) -> Story:
    """Turn what the files hold, by file, into a story; all that is wrong is added to `problems`."""
    with override("en"):
        story, sound = _parse(contents, problems)
        for shape in SHAPES:
            place = Place(problems, shape.file)
            for key in story[shape.name]:
                check_record(story, shape, key, Place(problems, shape.file, key), (shape.name, key) in sound)
            _check_former_slugs(shape, story, place)
            if shape.name in ACROSS:
                ACROSS[shape.name](story, place)
    return story


def check_record(story: Story, shape: Shape, key: str, at: Place, is_sound: bool) -> None:
    """Hold a record against what it refers to and, when each of its fields is sound, against the rules of its type."""
    record = story[shape.name][key]
    for name, target, wanted in story.references(shape.name, key):
        if wanted not in story[target]:
            at.at(name).bad(f"there is no {target} {shown(wanted)}")
    _check_prose(record, story, at)
    if is_sound and shape.name in RULES:
        RULES[shape.name](record, story, at)


def _parse(contents: Mapping[str, Any], problems: list[Problem]) -> tuple[Story, set[tuple[str, str]]]:
    """Turn each record into its canonical form; the second result names those without a problem of their own."""
    story, sound = Story(), set()
    value_types: dict[str, str] = {}
    for shape in SHAPES:
        for raw in _section(contents, shape, problems):
            key = raw.get(shape.key)
            label = key if isinstance(key, str) else f"line {raw.line}"
            place = Place(problems, shape.file, short(label), value_types=value_types)
            before = len(problems)
            record = parse_fields(shape.fields, raw, place)
            key = record.get(shape.key)
            if key in story[shape.name]:
                place.at(shape.key).bad(f"is given twice, the second time on line {raw.line}")
            # A bad key is still known by its name, so that one slip is not reported at each reference to it.
            key = key or label
            story[shape.name].setdefault(key, record)
            if len(problems) == before:
                sound.add((shape.name, key))
            if shape.name == "property":
                value_types[key] = record.get("value_type", "")
    return story, sound


def _section(contents: Mapping[str, Any], shape: Shape, problems: list[Problem]) -> Iterator[Any]:
    """Walk through the mappings of a section, which may be missing."""
    records = contents[shape.file].get(shape.section)
    if is_empty(records):
        return
    if not isinstance(records, list):
        problems.append(Problem(shape.file, "", shape.section, "write a list of records"))
        return
    for number, raw in enumerate(records, start=1):
        if isinstance(raw, dict):
            yield raw
        else:
            problems.append(Problem(shape.file, "", f"{shape.section}.{number}", "write its fields, “name: value”"))


def check_sections(contents: Mapping[str, Any], problems: list[Problem]) -> None:
    """Refuse files that are no mapping, and sections that no file has."""
    for file in FILES:
        sections = [shape.section for shape in SHAPES if shape.file == file]
        if file not in contents:
            continue
        if not isinstance(contents[file], dict):
            problems.append(Problem(file, "", "", f"is not a mapping; it holds {' and '.join(sections)}"))
            continue
        for name in contents[file]:
            if name not in sections:
                problems.append(Problem(file, "", short(name), f"there is no such section: {', '.join(sections)}"))


def _check_prose(record: Record, story: Story, place: Place) -> None:
    for language, text in record.get("summary", {}).items():
        found = prose.targets(text)
        for target, slugs in (("claim", found.claims), ("entity", found.entities)):
            for slug in sorted(slugs - story[target].keys()):
                place.at("summary").at(language).bad(f"links to {target}:{slug}, which does not exist")


def _check_former_slugs(shape: Shape, story: Story, place: Place) -> None:
    """Hold that each address, present or former, leads to one record of its type."""
    taken = {key: key for key in story[shape.name]}
    for key, record in story[shape.name].items():
        for slug in record.get("former_slugs", ()):
            if slug in taken:
                Place(place.problems, place.file, key, "former_slugs").bad(f"{shown(slug)} leads to {taken[slug]}")
            taken.setdefault(slug, key)


def _check_property(record: Record, story: Story, place: Place) -> None:
    is_relation = record["value_type"] == Property.ValueType.ENTITY
    is_quantity = record["value_type"] == Property.ValueType.QUANTITY
    for name in ("inverse", "object_kinds"):
        if is_relation and name not in record:
            place.at(name).bad("is missing: a relation is read from both ends")
        if not is_relation and name in record:
            place.at(name).bad("is for relations, whose value is an entity")
    if is_quantity and "unit" not in record:
        place.at("unit").bad("is missing: a quantity is counted in something")
    for name in ("unit", "other_units"):
        if not is_quantity and name in record:
            place.at(name).bad("is for quantities")
    for at, patterns in ((place, record), (place.at("inverse"), record.get("inverse", {}))):
        for language, pattern in patterns.get("pattern", {}).items():
            if set(BRACES.findall(pattern)) != wording.PLACEHOLDERS:
                at.at("pattern").at(language).bad("write both {subject} and {value}, and no other braces")


def _check_inverses(story: Story, place: Place) -> None:
    """Hold that each relation has one name from either end, since both stand in addresses."""
    taken = {slug: slug for slug in story["property"]}
    for slug, record in story["property"].items():
        inverse = record.get("inverse", {}).get("slug", slug)
        if taken.setdefault(inverse, slug) != slug:
            Place(place.problems, place.file, slug, "inverse.slug").bad(f"is taken by {taken[inverse]}")


def _check_tags(story: Story, place: Place) -> None:
    slugs: dict[str, str] = {}
    for name in story["tag"]:
        other = slugs.setdefault(Tag().slugify(name), name)
        if other != name:
            Place(place.problems, place.file, name, "name").bad(f"is too much like {shown(other)}")


def _check_article(record: Record, story: Story, place: Place) -> None:
    if record.get("how_verified") == HowVerified.READ and "read_scope" not in record:
        place.at("read_scope").bad(f"is missing: one of {', '.join(Article.ReadScope.values)}")
    if record.get("how_verified") == HowVerified.SECONDARY and "known_through" not in record:
        place.at("known_through").bad("is missing: name the article that it is known through")
    for name in ("known_through", "derives_from"):
        if record.get(name) == record["slug"]:
            place.at(name).bad("an article cannot point to itself")
    counts: dict[str, int] = {}
    for entry in record.get("texts", ()):
        counts[entry["language"]] = counts.get(entry["language"], 0) + 1
        if entry["number"] != counts[entry["language"]]:
            place.at("texts").bad(f"number {counts[entry['language']]} in {entry['language']} is missing")


def text_of(article: Record, passage: Record) -> str | None:
    """Give the text that a passage stands in; None when the article has no such text."""
    wanted = (passage["language"], passage.get("revision", 1))
    texts = (entry["text"] for entry in article.get("texts", ()) if (entry["language"], entry["number"]) == wanted)
    return next(texts, None)


def check_passage(passage: Record, article: Record, place: Place) -> None:
    """Hold a passage against the text that it names."""
    text = text_of(article, passage)
    if text is None:
        name = f"{passage['language']}.{passage.get('revision', 1)}"
        place.at("language").bad(f"{shown(article.get('slug'))} has no text {name}")
        return
    places = exactly(text, passage["quote"])
    occurrence = passage.get("occurrence")
    if not places:
        place.at("quote").bad(f"{shown(passage['quote'])} is not in the text")
    elif len(places) == 1 and occurrence:
        place.at("occurrence").bad("leave it out: the words stand once in the text")
    elif len(places) > 1 and not 1 <= (occurrence or 0) <= len(places):
        place.at("occurrence").bad(f"the words stand {len(places)} times in the text: say which, from 1")


def passages(claim: Record) -> Iterator[tuple[int, str, Record]]:
    """Walk through the passages of a claim: number of the citation from 1, slug of the article, passage."""
    for number, citation in enumerate(claim.get("citations", ()), start=1):
        if "passage" in citation:
            yield number, citation["article"], citation["passage"]


def _check_claim(record: Record, story: Story, place: Place) -> None:
    _check_value(record, story, place)
    for number, article, passage in passages(record):
        if article in story["article"]:
            at = place.at("citations").at(number).at("passage")
            check_passage(passage, story["article"][article], at)
    if "lane" in record and "when" not in record:
        place.at("when").bad("is missing: a claim on the timeline needs a date")
    if "rank" in record and "rank_reason" not in record:
        place.at("rank_reason").bad("is missing: say why this value is ranked so")
    if record.get("rank") == Claim.Rank.PREFERRED and "alternative" in record:
        place.at("alternative").bad("the preferred value is not an alternative to itself")
    needs_reason = record.get("verdict", Verdict.SUPPORTED) != Verdict.SUPPORTED and "status" not in record
    if needs_reason and "rationale" not in record:
        place.at("rationale").bad("is missing: a verdict other than supported needs its reason")
    if record.get("replaces") == record["slug"]:
        place.at("replaces").bad("a claim cannot replace itself")


def _check_value(record: Record, story: Story, place: Place) -> None:
    if "property" not in record:
        if "en" not in record.get("statement", {}):
            place.at("statement").bad("is missing: write one, or choose a property and give its value")
        if "unit" in record:
            place.at("unit").bad("is for amounts")
        return
    prop = story.property_of(record)
    if not prop:
        return
    if "value" not in record:
        place.at("value").bad(f"is missing: {record['property']} needs one")
    units = [prop["unit"], *prop.get("other_units", ())] if "unit" in prop else []
    if units and record.get("unit") not in units:
        place.at("unit").bad(f"{record['property']} is counted in {', '.join(units)}")
    if not units and "unit" in record:
        place.at("unit").bad("is for amounts")
    is_relation = prop.get("value_type") == Property.ValueType.ENTITY
    ends = [("subject", "subject_kinds")] + ([("value", "object_kinds")] if is_relation else [])
    for name, kinds in ends:
        kind = story["entity"].get(record.get(name, ""), {}).get("kind")
        if kind and kind not in prop.get(kinds, (kind,)):
            place.at(name).bad(f"{record['property']} does not go with a {kind} here")
    if is_relation and record.get("value") == record["subject"]:
        place.at("value").bad("a claim cannot link an entity to itself")


def _check_claims(story: Story, place: Place) -> None:
    """Hold that one value at most is preferred, and that one proposal at most waits for each claim."""
    preferred: dict[tuple[str, str], str] = {}
    waiting: dict[str, str] = {}
    for slug, record in story["claim"].items():
        at = Place(place.problems, place.file, slug)
        if record.get("rank") == Claim.Rank.PREFERRED and "replaces" not in record:
            other = preferred.setdefault((record.get("subject", ""), record.get("property", "")), slug)
            if other != slug:
                at.at("rank").bad(f"{other} is the preferred value already")
        if "replaces" in record and record.get("status") in (Status.DRAFT, Status.IN_REVIEW):
            other = waiting.setdefault(record["replaces"], slug)
            if other != slug:
                at.at("replaces").bad(f"{other} is an open proposal already")


RULES: dict[str, Callable[[Record, Story, Place], None]] = {
    "property": _check_property,
    "article": _check_article,
    "claim": _check_claim,
}
ACROSS: dict[str, Callable[[Story, Place], None]] = {
    "property": _check_inverses,
    "tag": _check_tags,
    "claim": _check_claims,
}
