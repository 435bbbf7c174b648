"""The fields of a record: each knows how the files write it, which columns hold it, and what is wrong with it.

Three forms meet here. *Raw* is what `markup.parse` gives: strings, lists, mappings, None. *Canonical* is what two
records are compared by and what is written: empty and default values left out, lists without order sorted. *Rows* are
model instances.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Model
from modeltranslation.utils import build_localized_fieldname

from articles.text import MOST_QUOTED, around, exactly
from articles.text import tidy as tidy_line
from entities import edtf
from entities.models import Claim, Property

from .problems import Place, shown
from .values import is_empty, parse_number, parse_text, parse_words, plain_number, tidy

if TYPE_CHECKING:
    from .stored import Stored

LANGUAGES: tuple[str, ...] = settings.MODELTRANSLATION_LANGUAGES

Record = dict[str, Any]
Reference = tuple[str, str, str]  # field, type of the record referred to, its key


class Field:
    """A field whose column holds text.

    `default` is what a record without the field means. `column` is named only where it differs from the field.
    """

    model: type[Model]

    def __init__(self, name: str, column: str = "", *, required: bool = False, default: Any = "") -> None:
        self.name = name
        self.column = column or name
        self.required = required
        self.default = default

    def bind(self, model: type[Model]) -> None:
        self.model = model

    def parse(self, raw: Any, record: Mapping[str, Any], place: Place) -> Any:
        """Turn a raw value that is not empty into its canonical form; None when it is bad, which is noted."""
        text = parse_text(raw, place)
        return None if text is None else self.clean(self.column, text, place)

    def get(self, row: Any, stored: "Stored") -> Any:
        """Read the canonical form from a row; a falsy value or the default means that the field is left out."""
        return tidy(getattr(row, self.column))

    def put(self, row: Any, record: Mapping[str, Any], stored: "Stored") -> None:
        """Write the columns of a row from a canonical record, also when the record leaves the field out."""
        setattr(row, self.column, record.get(self.name, self.default))

    def references(self, value: Any) -> Iterator[Reference]:
        """Name the records that a canonical value refers to."""
        return iter(())

    def clean(self, column: str, value: Any, place: Place) -> Any:
        """Let the model's field judge a value: its length, its choices, its validators."""
        field = self.model._meta.get_field(column)
        choices = [key for key, _label in getattr(field, "flatchoices", ()) if key]
        if choices and value not in choices:
            place.bad(f"{shown(value)} is none of: {', '.join(choices)}")
            return None
        try:
            return field.clean(value, None)  # type: ignore[union-attr]
        except ValidationError as error:
            place.bad(" ".join(error.messages))
            return None


class Edtf(Field):
    """A partial date."""

    def parse(self, raw: Any, record: Mapping[str, Any], place: Place) -> Any:
        text = super().parse(raw, record, place)
        return None if text is None else edtf.parse(text).text


class Day(Field):
    """A calendar day, as 2025-01-27."""

    def __init__(self, name: str) -> None:
        super().__init__(name, default=None)

    def parse(self, raw: Any, record: Mapping[str, Any], place: Place) -> Any:
        day = super().parse(raw, record, place)
        return day and day.isoformat()

    def get(self, row: Any, stored: "Stored") -> Any:
        day = getattr(row, self.column)
        return day and day.isoformat()

    def put(self, row: Any, record: Mapping[str, Any], stored: "Stored") -> None:
        text = record.get(self.name)
        setattr(row, self.column, date.fromisoformat(text) if text else None)


class Whole(Field):
    """A whole number."""

    def parse(self, raw: Any, record: Mapping[str, Any], place: Place) -> Any:
        number = parse_number(raw, place)
        if isinstance(number, Decimal):
            place.bad("write a whole number")
        return self.clean(self.column, number, place) if isinstance(number, int) else None

    def get(self, row: Any, stored: "Stored") -> Any:
        return getattr(row, self.column)


class Flag(Field):
    """True, or left out."""

    def __init__(self, name: str, column: str = "") -> None:
        super().__init__(name, column, default=False)

    def parse(self, raw: Any, record: Mapping[str, Any], place: Place) -> Any:
        if raw not in ("true", "false"):
            place.bad("write true, or leave it out")
        return raw == "true"

    def get(self, row: Any, stored: "Stored") -> Any:
        return getattr(row, self.column)


class Words(Field):
    """A list of different texts, in the order given."""

    def __init__(self, name: str, *, required: bool = False, choices: Iterable[str] = ()) -> None:
        super().__init__(name, required=required, default=())
        self.choices = tuple(choices)

    def parse(self, raw: Any, record: Mapping[str, Any], place: Place) -> Any:
        words = parse_words(raw, place)
        for word in words if self.choices else ():
            if word not in self.choices:
                place.bad(f"{shown(word)} is none of: {', '.join(self.choices)}")
        return self.clean(self.column, words, place) if words else None

    def get(self, row: Any, stored: "Stored") -> Any:
        return [tidy(word) for word in getattr(row, self.column)]

    def put(self, row: Any, record: Mapping[str, Any], stored: "Stored") -> None:
        setattr(row, self.column, list(record.get(self.name, ())))


class Links(Words):
    """A list of `{type, url}`."""

    KEYS = ("type", "url")

    def parse(self, raw: Any, record: Mapping[str, Any], place: Place) -> Any:
        if not isinstance(raw, list) or not all(isinstance(link, dict) and set(link) == {*self.KEYS} for link in raw):
            place.bad("write a list of entries with type and url")
            return None
        links = [{key: parse_text(link[key], place) or "" for key in self.KEYS} for link in raw]
        return self.clean(self.column, links, place)

    def get(self, row: Any, stored: "Stored") -> Any:
        return [{key: tidy(link[key]) for key in self.KEYS} for link in getattr(row, self.column)]


class Translated(Field):
    """A text in each language that has it; with `required`, in English at the least."""

    def parse(self, raw: Any, record: Mapping[str, Any], place: Place) -> Any:
        if not isinstance(raw, dict):
            place.bad(f"write it by language, for instance {LANGUAGES[0]}: …")
            return None
        for language in raw:
            if language not in LANGUAGES:
                place.at(language).bad(f"the languages are {', '.join(LANGUAGES)}")
        texts = {
            language: self.clean(build_localized_fieldname(self.column, language), text, place.at(language))
            for language in LANGUAGES
            if not is_empty(raw.get(language)) and (text := parse_text(raw[language], place.at(language)))
        }
        if self.required and LANGUAGES[0] not in texts:
            place.at(LANGUAGES[0]).bad("is missing")
        return texts

    def get(self, row: Any, stored: "Stored") -> Any:
        texts = {each: tidy(getattr(row, build_localized_fieldname(self.column, each))) for each in LANGUAGES}
        return {language: text for language, text in texts.items() if text}

    def put(self, row: Any, record: Mapping[str, Any], stored: "Stored") -> None:
        texts = record.get(self.name, {})
        for language in LANGUAGES:
            column = build_localized_fieldname(self.column, language)
            empty = None if self.model._meta.get_field(column).null else ""
            setattr(row, column, texts.get(language, empty))


class NativeName(Field):
    """A name in its own script, under the tag of its language: `zh-Hans: 梁文锋`."""

    LANGUAGE_COLUMN = "native_language"

    def parse(self, raw: Any, record: Mapping[str, Any], place: Place) -> Any:
        if not isinstance(raw, dict) or len(raw) != 1:
            place.bad("write one name under the tag of its language, for instance zh-Hans: …")
            return None
        [(language, name)] = raw.items()
        tag, text = parse_text(language, place), parse_text(name, place.at(language))
        if not (tag and text and self.clean(self.LANGUAGE_COLUMN, tag, place)):
            return None
        return {tag: self.clean(self.column, text, place.at(language))}

    def get(self, row: Any, stored: "Stored") -> Any:
        name = tidy(getattr(row, self.column))
        return {getattr(row, self.LANGUAGE_COLUMN): name} if name else {}

    def put(self, row: Any, record: Mapping[str, Any], stored: "Stored") -> None:
        names: dict[str, str] = record.get(self.name, {"": ""})
        [(language, name)] = names.items()
        setattr(row, self.LANGUAGE_COLUMN, language)
        setattr(row, self.column, name)


class TagName(Field):
    """The name of a tag, from which its slug is made."""

    def parse(self, raw: Any, record: Mapping[str, Any], place: Place) -> Any:
        name = super().parse(raw, record, place)
        if name and not self.model().slugify(name):  # type: ignore[attr-defined]
            place.bad("a tag needs a letter or a digit")
        return name

    def put(self, row: Any, record: Mapping[str, Any], stored: "Stored") -> None:
        super().put(row, record, stored)
        row.slug = row.slug or row.slugify(row.name)


class One(Field):
    """The key of another record."""

    def __init__(self, name: str, target: str, column: str = "", *, required: bool = False) -> None:
        super().__init__(name, column, required=required)
        self.target = target

    def parse(self, raw: Any, record: Mapping[str, Any], place: Place) -> Any:
        return parse_text(raw, place)

    def get(self, row: Any, stored: "Stored") -> Any:
        return stored.key(self.target, getattr(row, f"{self.column}_id"))

    def put(self, row: Any, record: Mapping[str, Any], stored: "Stored") -> None:
        setattr(row, f"{self.column}_id", stored.pk(self.target, record.get(self.name)))

    def references(self, value: Any) -> Iterator[Reference]:
        yield self.name, self.target, value


class Many(Field):
    """The keys of several other records, sorted; `stored` keeps them, since no column of the row holds them.

    `through` is the table in between, with the names of its columns for this record and for the other. `owner` is the
    type of record whose row history lists them.
    """

    def __init__(self, name: str, target: str, through: type[Model], columns: tuple[str, str], *, owner: str) -> None:
        super().__init__(name)
        self.target = target
        self.through = through
        self.columns = columns
        self.owner = owner

    def constants(self) -> dict[str, Any]:
        """Columns of the table in between that tell these rows from others in it."""
        return {}

    def parse(self, raw: Any, record: Mapping[str, Any], place: Place) -> Any:
        keys = sorted(parse_words(raw, place))
        for key in {key for key in keys if keys.count(key) > 1}:
            place.bad(f"{shown(key)} is repeated")
        return keys

    def get(self, row: Any, stored: "Stored") -> Any:
        return sorted(str(stored.key(self.target, pk)) for pk in stored.linked(self, row.pk))

    def put(self, row: Any, record: Mapping[str, Any], stored: "Stored") -> None:
        """Leave it to `stored`, once the row has its id."""

    def references(self, value: Any) -> Iterator[Reference]:
        for key in value:
            yield self.name, self.target, key


class Group(Field):
    """Fields under one name; with `short`, a bare text stands for that field alone."""

    def __init__(self, name: str, fields: tuple[Field, ...], *, short: str = "") -> None:
        super().__init__(name)
        self.fields = fields
        self.short = short

    def bind(self, model: type[Model]) -> None:
        for field in self.fields:
            field.bind(model)

    def parse(self, raw: Any, record: Mapping[str, Any], place: Place) -> Any:
        return self.fold(parse_fields(self.fields, self.unfold(raw), place))

    def get(self, row: Any, stored: "Stored") -> Any:
        return self.fold(get_fields(self.fields, row, stored))

    def put(self, row: Any, record: Mapping[str, Any], stored: "Stored") -> None:
        for field in self.fields:
            field.put(row, self.unfold(record.get(self.name, {})), stored)

    def references(self, value: Any) -> Iterator[Reference]:
        for name, target, key in references(self.fields, self.unfold(value)):
            yield f"{self.name}.{name}", target, key

    def fold(self, values: Record) -> Any:
        return values[self.short] if set(values) == {self.short} else values

    def unfold(self, value: Any) -> Any:
        return {self.short: value} if self.short and isinstance(value, str) else value


class Rows(Group):
    """A list of records of their own table, in order, that belong to this one by the column `parent`.

    Two entries with the same `identity` are one; fewer and fewer of its columns tell which row an entry has changed.
    """

    def __init__(
        self,
        name: str,
        model: type[Model],
        parent: str,
        fields: tuple[Field, ...],
        *,
        identity: tuple[str, ...],
        short: str = "",
        order: tuple[str, ...] = ("position", "pk"),
    ) -> None:
        super().__init__(name, fields, short=short)
        self.model = model
        self.parent = parent
        self.identity = identity
        self.order = order
        super().bind(model)

    def bind(self, model: type[Model]) -> None:
        """Keep the fields with the table of the rows."""

    def parse(self, raw: Any, record: Mapping[str, Any], place: Place) -> Any:
        if not isinstance(raw, list):
            place.bad("write a list")
            return None
        entries = [parse_fields(self.fields, self.unfold(each), place.at(n)) for n, each in enumerate(raw, start=1)]
        seen = [self.identify(entry) for entry in entries]
        for number, identity in enumerate(seen, start=1):
            if identity in seen[: number - 1]:
                place.at(number).bad("repeats an earlier entry")
        return [self.fold(entry) for entry in entries]

    def get(self, row: Any, stored: "Stored") -> Any:
        return [self.fold(get_fields(self.fields, child, stored)) for child in stored.children(self, row.pk)]

    def put(self, row: Any, record: Mapping[str, Any], stored: "Stored") -> None:
        """Leave it to `stored`, once the row has its id."""

    def references(self, value: Any) -> Iterator[Reference]:
        for number, entry in enumerate(value, start=1):
            for name, target, key in references(self.fields, self.unfold(entry)):
                yield f"{self.name}.{number}.{name}", target, key

    def identify(self, entry: Mapping[str, Any]) -> tuple[Any, ...]:
        values = (entry.get(name, "") for name in self.identity)
        return tuple(tuple(value.items()) if isinstance(value, dict) else value for value in values)


class Texts(Rows):
    """The states of an article's text. The words, in the field `text`, stand in files of their own."""

    def parse(self, raw: Any, record: Mapping[str, Any], place: Place) -> Any:
        entries = super().parse(raw, record, place) or []
        sound = [entry for entry in entries if set(self.identity) <= entry.keys()]
        return sorted(sound, key=self.identify)


class Passage(Group):
    """The words of an article that a citation rests on, by the text that they stand in; None for a citation without."""

    def __init__(self, name: str, revision: type[Model]) -> None:
        self.of_text = (
            Field("language", required=True),
            Whole("revision", "number", default=1),
            Whole("occurrence", "number", default=None),
        )
        for field in self.of_text:
            field.bind(revision)
        self.of_citation = (Field("quote", required=True), Field("anchor", default="same"))
        language, number, occurrence = self.of_text
        quote, anchor = self.of_citation
        super().__init__(name, (language, number, quote, occurrence, anchor))

    def bind(self, model: type[Model]) -> None:
        for field in self.of_citation:
            field.bind(model)

    def parse(self, raw: Any, record: Mapping[str, Any], place: Place) -> Any:
        passage = super().parse(raw, record, place)
        if "quote" in passage:
            passage["quote"] = "\n".join(map(tidy_line, passage["quote"].split("\n")))
        if len(passage.get("quote", "")) > MOST_QUOTED:
            place.at("quote").bad(f"has more than {MOST_QUOTED:,} characters")
        return passage

    def get(self, row: Any, stored: "Stored") -> Any:
        if row.revision_id is None:
            return None
        revision = stored.revision(row.revision_id)
        places = exactly(revision.text, row.quote)
        passage = {"language": revision.language}
        passage |= {"revision": revision.number} if revision.number > 1 else {}
        passage |= {"quote": row.quote}
        passage |= {"occurrence": places.index((row.start, row.end)) + 1} if len(places) > 1 else {}
        return passage | ({"anchor": row.anchor} if row.anchor != "same" else {})

    def put(self, row: Any, record: Mapping[str, Any], stored: "Stored") -> None:
        passage = record.get(self.name)
        row.revision = row.start = row.end = None
        row.quote = row.prefix = row.suffix = row.anchor = ""
        if passage:
            row.revision = stored.text(record["article"], passage["language"], passage.get("revision", 1))
            places = exactly(row.revision.text, passage["quote"])
            row.start, row.end = places[passage.get("occurrence", 1) - 1]
            row.quote, row.anchor = passage["quote"], passage.get("anchor", "same")
            row.prefix, row.suffix = around(row.revision.text, row.start, row.end)


class Value(Field):
    """The one value of a claim: an entity, a number, a date, a text or an address, as its property asks."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.text = Translated(name, Claim.VALUE_FIELDS["text"], required=True)

    def bind(self, model: type[Model]) -> None:
        super().bind(model)
        self.text.bind(model)

    def parse(self, raw: Any, record: Mapping[str, Any], place: Place) -> Any:
        if is_empty(record.get("property")):
            place.bad("a value needs a property")
            return None
        if isinstance(raw, list):
            place.bad("write one value; another one is a claim of its own")
            return None
        column = Claim.VALUE_FIELDS["quantity"]
        match place.value_types.get(str(record["property"])):
            case None | "":
                return None
            case "text":
                return self.text.parse(raw, record, place)
            case "quantity":
                number = parse_number(raw, place)
                return None if number is None or self.clean(column, number, place) is None else number
            case value_type:
                text = parse_text(raw, place)
                if text is None or value_type == Property.ValueType.ENTITY:
                    return text
                text = self.clean(Claim.VALUE_FIELDS[value_type], text, place)
                return edtf.parse(text).text if text and value_type == Property.ValueType.DATE else text

    def get(self, row: Any, stored: "Stored") -> Any:
        match row.value_type:
            case "":
                return None
            case "entity":
                return stored.key("entity", row.object_id)
            case "quantity":
                return plain_number(row.amount)
            case "text":
                return self.text.get(row, stored)
            case value_type:
                return tidy(getattr(row, Claim.VALUE_FIELDS[value_type]))

    def put(self, row: Any, record: Mapping[str, Any], stored: "Stored") -> None:
        value, value_type = record.get(self.name), stored.value_type(record.get("property"))
        row.value_type = value_type
        row.object_id = stored.pk("entity", value) if value_type == "entity" else None
        row.amount = Decimal(value) if value_type == "quantity" else None  # type: ignore[arg-type]
        row.date = value if value_type == "date" else ""
        row.url = value if value_type == "url" else ""
        self.text.put(row, record if value_type == "text" else {}, stored)


def parse_fields(fields: Iterable[Field], raw: Any, place: Place) -> Record:
    """Turn a raw mapping into its canonical form; fields that are missing, unknown or bad are noted and left out."""
    record: Record = {}
    if not isinstance(raw, dict):
        place.bad("write its fields, each as “name: value”")
        return record
    known = {field.name: field for field in fields}
    for name in raw:
        if name not in known:
            place.at(name).bad("there is no such field")
    for name, field in known.items():
        value = raw.get(name)
        if not is_empty(value):
            value = field.parse(value, raw, place.at(name))
            if not is_empty(value) and value != field.default:
                record[name] = value
        elif field.required:
            place.at(name).bad("is missing")
    return record


def get_fields(fields: Iterable[Field], row: Any, stored: "Stored") -> Record:
    """Read the canonical form of a row."""
    values = {field.name: (field.get(row, stored), field.default) for field in fields}
    return {name: value for name, (value, default) in values.items() if not is_empty(value) and value != default}


def references(fields: Iterable[Field], record: Mapping[str, Any]) -> Iterator[Reference]:
    """Name the records that a canonical record refers to; the entity that is a claim's value is left to its caller."""
    for field in fields:
        if field.name in record:
            yield from field.references(record[field.name])
