"""The API in the words of OpenAPI 3.1, out of the forms that read its queries and the shapes of its records."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from articles.forms import ArticleApiForm, ClaimApiForm, EntityApiForm
from entities.forms import QueryForm, RecordChoiceField

from . import shapes
from .records import ARTICLE, CLAIM, ENTITY, PROPERTY, SHAPES
from .shapes import Schema, Shape

VERSION = "1.0.0"
ABOUT = (
    "The public base, read-only: who and what the story is about, what is said of it, and which articles say so. Only"
    " published records are here, and one that is withdrawn is gone at once."
)


@dataclass(frozen=True)
class Resource:
    """A list and its records; `name` and `record` are also the names of the two views."""

    name: str
    record: str
    shape: Shape[Any]
    form: type[QueryForm]
    order: str

    @property
    def address(self) -> str:
        return reverse(f"api:{self.name}")

    @property
    def parameters(self) -> list[dict[str, Any]]:
        """Describe what the list can be asked, field by field; asks the database for nothing."""
        with override("en"):
            return [
                {
                    "name": name,
                    "in": "query",
                    "description": PARAMETERS.get(name) or str(field.label or name),
                    "schema": _field_schema(field),
                }
                for name, field in sorted(self.form().fields.items(), key=lambda field: field[0] in PAGING)
            ]


RESOURCES = [
    Resource(
        "entities", "entity", ENTITY, EntityApiForm, "Of one kind by name, of all kinds in the order they came in."
    ),
    Resource("claims", "claim", CLAIM, ClaimApiForm, "The latest date first, those without one last."),
    Resource("articles", "article", ARTICLE, ArticleApiForm, "The newest first, those without a date last."),
    Resource("properties", "property", PROPERTY, QueryForm, "The whole vocabulary, in the order of facts on a page."),
]
# What chooses a page and not what is on it; told last.
PAGING = ("limit", "after", "before")
# What a parameter asks for, where its label does not say enough.
PARAMETERS = {
    "after": "The slug of a record: the page begins behind it. “next” in an answer has it.",
    "before": "The slug of a record: the page ends before it. “previous” in an answer has it.",
    "limit": "How many records a page has.",
    "kind": "Keep one kind; of claims, those about entities of this kind.",
    "tag": "Keep what has the tag with this slug; of claims, those about entities that have it.",
    "entity": "Keep the claims about the entity with this slug, at either end of a relation or mentioned.",
    "year": "Keep what is of this year: of claims and articles, that of their date; of a person or an idea, or without"
    " a kind, the year since when the public knows of it; else that of founding, release or the day it was held.",
    "lane": "Keep the claims in one lane of the timeline.",
    "language": "Keep the articles in the language of this tag: en, fr, zh.",
    "sort": "Order the list otherwise than by the first of these; that of entities, only of one kind.",
    "article": "Keep the claims that cite the article with this slug.",
    "property": "Keep the claims that give a value of the property with this slug.",
    "verdict": "Keep one verdict, while it stands; none keeps what nobody has judged.",
    "show": "Keep claims that somebody worded (statements), plain values, relations, or everything.",
    "publisher": "Keep what the entity with this slug published.",
}
# The shapes that stand within records.
PARTS = [shape for shape in SHAPES if shape not in [resource.shape for resource in RESOURCES]]
SLUG = {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"}
SLUG_IN_PATH = {
    "name": "slug",
    "in": "path",
    "required": True,
    "description": "The slug of the record.",
    "schema": SLUG,
}


def describe(site: str) -> dict[str, Any]:
    """Give the description; `site` is where the API stands. In English: its words are for programmers."""
    with override("en"):
        return {
            "openapi": "3.1.0",
            "info": {"title": "The DeepSeek Story", "version": VERSION, "description": ABOUT},
            "servers": [_server(code, name, site) for code, name in settings.LANGUAGES],
            "paths": _paths(),
            "components": {
                "schemas": {shape.name: shape.schema for shape in SHAPES}
                | {f"{resource.shape.name}List": _list_schema(resource) for resource in RESOURCES}
                | {"Index": _index_schema(), "Error": _error_schema()},
                "responses": {
                    "Refused": _answer("The query cannot be used; the reason is given.", _reference("Error")),
                    "NotFound": _answer("There is no such record.", _reference("Error")),
                    "Moved": {"description": "The slug is a former one; Location has the address of the record."},
                    "NotModified": {"description": "The copy that If-None-Match names is still the same."},
                },
            },
        }


def _server(language: str, name: str, site: str) -> dict[str, str]:
    """Describe the language of addresses as a server of its own: each prefix gives the same in other words."""
    with override(language):
        prefix = reverse("articles:home")
    return {"url": site.rstrip("/") + prefix.rstrip("/"), "description": name}


def _paths() -> dict[str, Any]:
    index = _operation("index", "What there is.", _reference("Index"), [])
    paths = {reverse("api:index"): {"get": index}}
    for each in RESOURCES:
        listed = _operation(each.name, each.order, _reference(f"{each.shape.name}List"), each.parameters)
        single = _operation(each.record, each.shape.about, each.shape.reference, [SLUG_IN_PATH])
        single["responses"] |= {"301": _response("Moved"), "404": _response("NotFound")}
        paths |= {each.address: {"get": listed}, f"{each.address}{{slug}}/": {"get": single}}
    return paths


def _operation(name: str, about: str, content: Schema, taken: list[dict[str, Any]]) -> dict[str, Any]:
    responses = {"200": _answer(about, content), "304": _response("NotModified"), "400": _response("Refused")}
    return {"operationId": name, "summary": about, "parameters": taken, "responses": responses}


def _answer(about: str, content: Schema) -> dict[str, Any]:
    return {"description": about, "content": {"application/json": {"schema": content}}}


def _response(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/responses/{name}"}


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _field_schema(field: forms.Field) -> Schema:
    default = {"default": field.initial} if field.initial is not None else {}
    match field:
        case forms.IntegerField():
            bounds = {"minimum": field.min_value, "maximum": field.max_value}
            return {"type": "integer"} | {name: bound for name, bound in bounds.items() if bound is not None} | default
        case forms.SlugField() | RecordChoiceField():
            # The slugs that there are would be a query, and out of date in whatever was made from the description.
            return SLUG | default
        case forms.MultipleChoiceField():
            return {"type": "array", "items": {"type": "string", "enum": _choices(field)}} | default
        case forms.ChoiceField():
            return {"type": "string", "enum": _choices(field)} | default
        case forms.BooleanField():
            return {"type": "boolean"} | default
        case _:
            return {"type": "string"} | default


def _choices(field: Any) -> list[str]:
    return [str(value) for value, _label in field.choices if value]


def _list_schema(resource: Resource) -> Schema:
    return shapes.whole_object(
        f"A page of {resource.name}.",
        {
            "records": shapes.many(resource.shape.reference, "The records of the page."),
            "next": shapes.or_null(shapes.address("The page behind this one; null on the last.")),
            "previous": shapes.or_null(shapes.address("The page before this one; null on the first.")),
        },
    )


def _index_schema() -> Schema:
    languages = {code: shapes.address(f"This index in {name}.") for code, name in settings.LANGUAGES}
    return shapes.whole_object(
        "Where everything is.",
        {
            "name": shapes.text("The name of the site."),
            **{each.name: shapes.address(f"The list of {each.name}.") for each in RESOURCES},
            "openapi": shapes.address("The description of the API, as OpenAPI."),
            "languages": shapes.whole_object("The same in each language.", languages),
        },
    )


def _error_schema() -> Schema:
    return shapes.whole_object(
        "Why there is no answer.", {"error": shapes.text("The reason, in the language of the address.")}
    )
