"""The six types of record in the story files: their fields in the order written, and the tables that hold them."""

from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from articles.models import Article, Author, Citation, FormerArticleSlug, Revision
from entities.models import Claim, Entity, FormerClaimSlug, FormerEntitySlug, Property, Status, Tag, TaggedItem, Unit

from .fields import (
    Day,
    Edtf,
    Field,
    Flag,
    Group,
    Links,
    Many,
    NativeName,
    One,
    Passage,
    Rows,
    TagName,
    Texts,
    Translated,
    Value,
    Whole,
    Words,
)


@dataclass(frozen=True)
class Shape:
    """A type of record, called `name`; `file` has them in `section`, told apart by their field `key`."""

    name: str
    file: str
    section: str
    key: str
    model: type[Model]
    fields: tuple[Field, ...]

    def __post_init__(self) -> None:
        for field in self.fields:
            field.bind(self.model)

    def lists(self) -> list[Many]:
        return [field for field in self.fields if isinstance(field, Many)]

    def rows(self) -> list[Rows]:
        return [field for field in self.fields if isinstance(field, Rows)]

    def late(self) -> list[One]:
        """List the fields that name another record of this type, whose id may not be known until all are saved."""
        return [field for field in self.fields if isinstance(field, One) and field.target == self.name]


class Tags(Many):
    """The names of a record's tags."""

    def __init__(self, owner: str) -> None:
        super().__init__("tags", "tag", TaggedItem, ("object_id", "tag_id"), owner=owner)

    def constants(self) -> dict[str, Any]:
        return {"content_type": ContentType.objects.get_for_model(self.model)}


class FormerSlugs(Rows):
    """The slugs that a record had, whose addresses lead to it for ever."""

    def __init__(self, model: type[Model]) -> None:
        super().__init__(
            "former_slugs", model, "record", (Field("slug", required=True),), identity=("slug",), short="slug"
        )


PROPERTIES, ENTITIES, ARTICLES, CLAIMS = "properties.yaml", "entities.yaml", "articles.yaml", "claims.yaml"

# In this order records are read, checked, saved and counted: each type refers to those above it, save that the summary
# of an entity names articles.
SHAPES: tuple[Shape, ...] = (
    Shape(
        "unit",
        PROPERTIES,
        "units",
        "code",
        Unit,
        (Field("code", required=True), Field("currency"), Translated("singular"), Translated("plural")),
    ),
    Shape(
        "property",
        PROPERTIES,
        "properties",
        "slug",
        Property,
        (
            Field("slug", required=True),
            Translated("label", required=True),
            Translated("pattern", required=True),
            Field("value_type", required=True),
            Group(
                "inverse",
                (
                    Field("slug", "inverse_slug", required=True),
                    Translated("label", "inverse_label", required=True),
                    Translated("pattern", "inverse_pattern", required=True),
                    Field("schema_org", "inverse_schema_org"),
                    Field("wikidata", "inverse_wikidata"),
                ),
            ),
            One("unit", "unit"),
            Many("other_units", "unit", Property.other_units.through, ("property_id", "unit_id"), owner="property"),
            Words("subject_kinds", required=True, choices=Entity.Kind.values),
            Words("object_kinds", choices=Entity.Kind.values),
            Flag("functional", "is_functional"),
            Whole("order", required=True),
            Translated("note"),
            Field("schema_org"),
            Field("wikidata"),
        ),
    ),
    Shape("tag", ENTITIES, "tags", "name", Tag, (TagName("name", required=True), Translated("label"))),
    Shape(
        "entity",
        ENTITIES,
        "entities",
        "slug",
        Entity,
        (
            Field("slug", required=True),
            FormerSlugs(FormerEntitySlug),
            Field("kind", required=True),
            Translated("name", required=True),
            NativeName("native_name"),
            Words("aliases"),
            Translated("summary"),
            Many(
                "summary_sources",
                "article",
                Article.summarises.through,
                ("entity_id", "article_id"),
                owner="article",
            ),
            Links("links"),
            Tags("entity"),
            Day("public_since"),
            Field("status", default=Status.PUBLISHED.value),
        ),
    ),
    Shape(
        "article",
        ARTICLES,
        "articles",
        "slug",
        Article,
        (
            Field("slug", required=True),
            FormerSlugs(FormerArticleSlug),
            Field("kind", required=True),
            Field("title", required=True),
            Translated("translated_title"),
            Rows(
                "authors",
                Author,
                "article",
                (Field("name", required=True), One("entity", "entity")),
                identity=("name",),
                short="name",
            ),
            Group("publisher", (Field("name", "publisher_name"), One("entity", "entity", "publisher")), short="name"),
            Edtf("published"),
            Field("language", required=True),
            Field("original_language"),
            Field("url"),
            Field("archive_url"),
            Field("doi"),
            Field("arxiv"),
            Field("licence"),
            One("derives_from", "article"),
            Translated("summary"),
            Field("rights", default=Article.Rights.PASSAGES.value),
            Field("how_verified"),
            Field("read_scope"),
            One("known_through", "article"),
            Field("snapshot"),
            Field("locator_scheme"),
            Field("note"),
            Tags("article"),
            Day("public_since"),
            Field("status", default=Status.PUBLISHED.value),
            Texts(
                "texts",
                Revision,
                "article",
                (
                    Field("language", required=True),
                    Whole("number", required=True),
                    Field("reason"),
                    Field("text", required=True),
                ),
                identity=("language", "number"),
                order=("language", "number"),
            ),
        ),
    ),
    Shape(
        "claim",
        CLAIMS,
        "claims",
        "slug",
        Claim,
        (
            Field("slug", required=True),
            FormerSlugs(FormerClaimSlug),
            One("subject", "entity", required=True),
            One("property", "property"),
            Value("value"),
            One("unit", "unit"),
            Field("bound", default=Claim.Bound.EXACT.value),
            Translated("applies_to"),
            Field("as_printed"),
            Translated("statement"),
            Translated("title"),
            Edtf("when"),
            Field("lane"),
            Many("mentions", "entity", Claim.mentions.through, ("claim_id", "entity_id"), owner="claim"),
            Field("rank", default=Claim.Rank.NORMAL.value),
            Translated("rank_reason"),
            Field("alternative"),
            Field("verdict"),
            Translated("rationale"),
            Field("how_verified"),
            Day("checked_on"),
            Day("public_since"),
            Field("status", default=Status.PUBLISHED.value),
            One("replaces", "claim"),
            Rows(
                "citations",
                Citation,
                "claim",
                (
                    One("article", "article", required=True),
                    Field("stance", required=True),
                    Field("locator"),
                    Flag("makes_claim"),
                    Passage("passage", Revision),
                ),
                # A locator made more exact, a stance thought over or other words are still the same citation.
                identity=("article", "locator", "stance", "passage"),
            ),
        ),
    ),
)
SHAPE_OF = {shape.name: shape for shape in SHAPES}
TEXTS = next(rows for rows in SHAPE_OF["article"].rows() if isinstance(rows, Texts))
FILES = (PROPERTIES, ENTITIES, ARTICLES, CLAIMS)
