"""What a record of the API is made of: each key with what it holds, in the words of JSON Schema, and how it is read."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.conf import settings

Schema = dict[str, Any]
# A record as one row of JSON.
Row = dict[str, Any]
R = TypeVar("R")


@dataclass(frozen=True)
class Key(Generic[R]):
    """One key of a record; `read` takes the record and the address of the site."""

    name: str
    schema: Schema
    read: Callable[[R, str], Any]

    @property
    def type(self) -> str:
        return in_words(self.schema)


@dataclass(frozen=True)
class Shape(Generic[R]):
    """A type of record: written and described by the same list, so that neither can say more than the other."""

    name: str
    about: str
    keys: Collection[Key[R]]

    def write(self, record: R, site: str) -> Row:
        """Give a record; every key is there, null where it has nothing."""
        return {key.name: key.read(record, site) for key in self.keys}

    def write_all(self, records: Iterable[R], site: str) -> list[Row]:
        return [self.write(record, site) for record in records]

    def write_any(self, record: R | None, site: str) -> Row | None:
        return self.write(record, site) if record is not None else None

    @property
    def schema(self) -> Schema:
        return whole_object(self.about, {key.name: key.schema for key in self.keys})

    @property
    def reference(self) -> Schema:
        return {"$ref": f"#/components/schemas/{self.name}"}


def whole_object(about: str, properties: dict[str, Schema]) -> Schema:
    """Describe an object that has all of these keys and no others."""
    return {
        "type": "object",
        "description": about,
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def text(about: str, **more: Any) -> Schema:
    return {"type": "string", "description": about} | more


def address(about: str) -> Schema:
    return text(about, format="uri")


def day(about: str) -> Schema:
    return text(about, format="date")


def edtf(about: str) -> Schema:
    return text(f"{about} As EDTF: 2025, 2025-01, 2025-01-27, 2023~, 2015/2016, [2015,2016].")


def truth(about: str) -> Schema:
    return {"type": "boolean", "description": about}


def whole(about: str) -> Schema:
    return {"type": "integer", "description": about}


def one_of(words: Iterable[Any], about: str) -> Schema:
    return text(about, enum=[str(word) for word in words])


def many(items: Schema, about: str) -> Schema:
    return {"type": "array", "description": about, "items": items}


def by_language(about: str) -> Schema:
    """Describe a text in each language that it was written in."""
    languages = {tag: {"type": "string"} for tag in settings.MODELTRANSLATION_LANGUAGES}
    return {"type": "object", "description": about, "properties": languages, "additionalProperties": False}


def in_words(schema: Schema) -> str:
    """Name the type that a schema asks for: "string or null", "array of Tag"."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(map(in_words, schema["anyOf"]))
    if schema["type"] == "array":
        return f"array of {in_words(schema['items'])}"
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return " or ".join(types)


def or_null(schema: Schema) -> Schema:
    """Allow nothing in the place of a value."""
    if "$ref" in schema:
        # A reference takes no other words than these beside it.
        others = {name: words for name, words in schema.items() if name != "$ref"}
        return {"anyOf": [{"$ref": schema["$ref"]}, {"type": "null"}]} | others
    choices = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return schema | {"type": [schema["type"], "null"]} | choices
