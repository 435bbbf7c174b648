"""What tells programs and people how to read the open data: the data package, and the fields in words."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from django.urls import reverse
from django.utils.translation import override

from articles.edition import current
from articles.models import Edition

from .tables import TABLES, Field, Table, plain

# What others may do with the words and data of this site, as the data package has it: each with `name`, `title` and
# `path`. The one place for it: the page and the files tell what stands here, or that nothing does.
LICENCES: list[dict[str, str]] = []
NO_LICENCE = (
    "No licence has been stated for the words and data of this site: what you may do with them is governed by the law "
    "where you live."
)
QUOTATIONS = "Quotations are the words of their sources and remain theirs."
CITATION = "A single fact is best cited by the page of its claim, which names its sources; the field `url` has it."
NAME = "deepseek-story"
PROFILE = "https://specs.frictionlessdata.io/schemas/data-package.json"
WHAT = (
    "Everything that The DeepSeek Story has published: who and what the story is about, everything that is said of "
    "them, with the verdict on it, and the sources that it rests on."
)


def as_datapackage(site: str) -> Iterator[str]:
    """Describe the tables as a Frictionless data package, paths relative to this file."""
    edition = current()
    package: dict[str, Any] = {
        "profile": "tabular-data-package",
        "name": NAME,
        "title": "The DeepSeek Story",
        "description": "\n\n".join([WHAT, *_terms(edition, site)]),
        "homepage": page(site),
    }
    if edition:
        package |= {"version": edition.name, "created": plain(edition.changed_at)}
    if LICENCES:
        package["licenses"] = LICENCES
    package["resources"] = [_resource(table) for table in TABLES]
    yield json.dumps(package, ensure_ascii=False, indent=1) + "\n"


def as_readme(site: str) -> Iterator[str]:
    """Say in Markdown what the files are and what every field means."""
    licence, citation = _terms(current(), site)
    yield "\n\n".join(
        [
            "# The DeepSeek Story: open data",
            WHAT,
            f"More about these files: <{page(site)}>",
            "## Licence",
            licence,
            "## How to cite",
            citation,
            fields_in_words(),
        ]
    )


def _terms(edition: Edition | None, site: str) -> tuple[str, str]:
    """Say in Markdown what others may do with the data, and how to cite them."""
    stated = ", ".join(f"[{each['title']}]({each['path']})" for each in LICENCES)
    version = f"edition {edition.name} of {edition.changed_at:%Y-%m-%d}, " if edition else ""
    whole = f"Cite all of it as: “The DeepSeek Story: open data”, {version}{page(site)}, with the day of your access."
    return f"{f'Licence: {stated}.' if stated else NO_LICENCE} {QUOTATIONS}", f"{whole} {CITATION}"


def fields_in_words(level: int = 2) -> str:
    """Write every table and every field as Markdown, with headings from a level on."""
    return "\n\n".join(_in_words(table, "#" * level) for table in TABLES) + "\n"


def page(site: str, language: str = "en") -> str:
    """Give the address of the page of the open data."""
    with override(language):
        return urljoin(site, reverse("articles:data"))


def _resource(table: Table) -> dict[str, Any]:
    keys = [
        # An empty name is the table itself.
        {"fields": field.name, "reference": {"resource": "" if to is table else to.name, "fields": to.key[0]}}
        for field in table.fields
        for to in TABLES
        if to.name == field.to
    ]
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": f"{table.name}.csv",
        "description": table.description,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "fields": [_described(field) for field in table.fields],
            "primaryKey": list(table.key),
            "foreignKeys": keys,
        },
    }


def _described(field: Field) -> dict[str, Any]:
    constraints = field.constraints | ({"required": True} if field.required else {})
    constraints |= {"enum": list(field.choices)} if field.choices else {}
    described = {"name": field.name, "type": field.type, "description": field.description}
    return described | ({"constraints": constraints} if constraints else {})


def _in_words(table: Table, heading: str) -> str:
    lines = [f"| {_name(field)} | {field.type} | {_meaning(field)} |" for field in table.fields]
    start = [f"{heading} {table.name}", "", table.description, "", "| field | type | holds |", "|---|---|---|"]
    return "\n".join([*start, *lines])


def _name(field: Field) -> str:
    return f"**`{field.name}`**" if field.required else f"`{field.name}`"


def _meaning(field: Field) -> str:
    more = [f"one of {', '.join(f'`{choice}`' for choice in field.choices)}" if field.choices else ""]
    more.append(f"key of {field.to}" if field.to else "")
    return "; ".join(filter(None, [field.description, *more]))
