"""The records of the API, key by key. Words are in the active language; `site` makes addresses absolute."""

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse

from articles.models import Article, Author, Citation
from entities import edtf, prose, wording
from entities.models import Claim, Entity, HowVerified, Lane, Property, Status, Tag, Verdict
from entities.representations import number

from . import shapes
from .shapes import Key, Shape, or_null, text

# Whatever has a page.
Record = Entity | Claim | Article


def page(record: Any, site: str) -> str:
    return urljoin(site, record.get_absolute_url())


def form(ending: str) -> Callable[[Record, str], str]:
    """Read the address of another form of a record, which ends in this."""
    return lambda record, site: f"{page(record, site).rstrip('/')}.{ending}"


def api_address(name: str) -> Callable[[Any, str], str]:
    """Read the address of a record in the API; `name` is that of the view."""
    return lambda record, site: urljoin(site, reverse(f"api:{name}", args=[record.slug]))


def claims_address(filter_name: str) -> Callable[[Any, str], str]:
    """Read the address of the list of claims that this filter keeps for a record."""
    return lambda record, site: urljoin(site, f"{reverse('api:claims')}?{filter_name}={record.slug}")


def column(name: str) -> Callable[[Any, str], Any]:
    """Read a column as it is; what is empty is null."""
    return lambda record, site: getattr(record, name) or None


def truth(name: str) -> Callable[[Any, str], bool]:
    return lambda record, site: bool(getattr(record, name))


def in_each_language(name: str) -> Callable[[Any, str], dict[str, str]]:
    """Read a translated column in the languages that it has words in."""

    def read(record: Any, site: str) -> dict[str, str]:
        found = {tag: getattr(record, f"{name}_{tag.replace('-', '_')}") for tag in settings.MODELTRANSLATION_LANGUAGES}
        return {tag: words for tag, words in found.items() if words}

    return read


def day(name: str) -> Callable[[Any, str], str | None]:
    def read(record: Any, site: str) -> str | None:
        found: date | None = getattr(record, name)
        return found.isoformat() if found else None

    return read


def first_day(name: str) -> Callable[[Any, str], str | None]:
    """Read the first day that an EDTF date may mean; null without a date and for an open beginning."""

    def read(record: Any, site: str) -> str | None:
        when = edtf.parse(getattr(record, name)) if getattr(record, name) else None
        return when.earliest.isoformat() if when and not when.has_open_start else None

    return read


def last_day(name: str) -> Callable[[Any, str], str | None]:
    """Read the last day that an EDTF date may mean; null without a date and for an open end."""

    def read(record: Any, site: str) -> str | None:
        when = edtf.parse(getattr(record, name)) if getattr(record, name) else None
        return when.latest.isoformat() if when and not when.has_open_end else None

    return read


def published_slug(name: str) -> Callable[[Any, str], str | None]:
    """Read the slug of a record that this one leads to, if readers may see it; it must be loaded."""

    def read(record: Any, site: str) -> str | None:
        other = getattr(record, name)
        return other.slug if other is not None and other.status == Status.PUBLISHED else None

    return read


def summary(record: Any, site: str) -> str | None:
    return prose.plain(record.summary) or None


def moment(record: Any, site: str) -> str:
    return str(record.updated_at.isoformat())


def tags(record: Any, site: str) -> list[Any]:
    return TAG.write_all(sorted(record.tags.all(), key=lambda tag: tag.slug), site)


def value(claim: Claim, site: str) -> Any:
    if claim.amount is not None:
        return number(claim.amount)
    return claim.object.slug if claim.object else claim.value or None


SLUG = text("The end of its address, and its name in filters. A slug that it had before redirects here.")
URL = shapes.address("Its page for readers.")
API_URL = shapes.address("Its address in the API.")
JSON_LD_URL = shapes.address("The same as JSON-LD, in the words of schema.org.")
MARKDOWN_URL = shapes.address("The same as Markdown.")
UPDATED_AT = text("When it was last changed here.", format="date-time")
KNOWN_SINCE = or_null(shapes.day("The first day on which the public could know of it, as far as the base tells."))
LANGUAGE_TAG = "As a language tag: en, fr, zh."

TAG: Shape[Tag] = Shape(
    "Tag",
    "A subject under which entities and articles are gathered.",
    [
        Key("slug", text("Its name in filters."), lambda tag, site: tag.slug),
        Key("label", text("Its name for readers."), lambda tag, site: str(tag)),
    ],
)

ENTITY_REFERENCE: Shape[Entity] = Shape(
    "EntityReference",
    "An entity that another record leads to.",
    [
        Key("slug", SLUG, lambda entity, site: entity.slug),
        Key("kind", shapes.one_of(Entity.Kind, "What it is."), lambda entity, site: entity.kind),
        Key("name", text("Its name."), lambda entity, site: str(entity)),
        Key("url", URL, page),
    ],
)

LINK: Shape[dict[str, str]] = Shape(
    "Link",
    "An address elsewhere of the same thing.",
    [
        Key("type", text("What is there, such as homepage or wikidata."), lambda link, site: link["type"]),
        Key("url", shapes.address("The address."), lambda link, site: link["url"]),
    ],
)

ENTITY: Shape[Entity] = Shape(
    "Entity",
    "Who or what has a page. All else that is said of it is a claim.",
    [
        Key("slug", SLUG, lambda entity, site: entity.slug),
        Key(
            "kind",
            shapes.one_of(Entity.Kind, "What it is; a company is any organisation."),
            lambda each, site: each.kind,
        ),
        Key("name", text("Its name in the language of the address."), lambda entity, site: str(entity)),
        Key(
            "names", shapes.by_language("Its name in each language that it was given one in."), in_each_language("name")
        ),
        Key("native_name", or_null(text("Its name in its own script.")), column("native_name")),
        Key(
            "native_language",
            or_null(text("The language of the name in its own script, as a tag: zh-Hans.")),
            column("native_language"),
        ),
        Key("aliases", shapes.many({"type": "string"}, "Other names."), lambda entity, site: entity.aliases),
        Key("summary", or_null(text("What it is, in our words, without marks and links.")), summary),
        Key("tags", shapes.many(TAG.reference, "Its subjects, by slug."), tags),
        Key(
            "links",
            shapes.many(LINK.reference, "Its addresses elsewhere."),
            lambda entity, site: LINK.write_all(entity.links, site),
        ),
        Key("known_since", KNOWN_SINCE, day("known_since")),
        Key("updated_at", UPDATED_AT, moment),
        Key("url", URL, page),
        Key("api_url", API_URL, api_address("entity")),
        Key("claims_url", shapes.address("The claims about it, in the API."), claims_address("entity")),
        Key("json_ld_url", JSON_LD_URL, form("json")),
        Key("markdown_url", MARKDOWN_URL, form("md")),
    ],
)

CITATION: Shape[Citation] = Shape(
    "Citation",
    "What one article does for a claim, and where in it.",
    [
        Key("article", text("The slug of the article."), lambda citation, site: citation.article.slug),
        Key("title", text("The title of the article, as printed."), lambda citation, site: citation.article.title),
        Key("publisher", or_null(text("Who published it.")), lambda each, site: each.article.source_name or None),
        Key(
            "url", shapes.address("The page of the article here."), lambda citation, site: page(citation.article, site)
        ),
        Key(
            "source_url",
            or_null(shapes.address("The publisher's own address of the article.")),
            lambda citation, site: citation.article.url or None,
        ),
        Key(
            "stance",
            shapes.one_of(
                Citation.Stance,
                "Whether it supports the claim, disputes it, or bears on it without deciding (context).",
            ),
            column("stance"),
        ),
        Key("locator", or_null(text("Where in the article: paragraph, section, table or page.")), column("locator")),
        Key("makes_claim", shapes.truth("Whether the article itself asserts the claim."), truth("makes_claim")),
        Key("quote", or_null(text("The very words of the article, where its text is on file.")), column("quote")),
        Key(
            "quote_language",
            or_null(text(f"The language of these words. {LANGUAGE_TAG}")),
            lambda citation, site: citation.revision.language if citation.revision else None,
        ),
        Key(
            "quote_state",
            or_null(
                shapes.one_of(
                    Citation.Anchor,
                    "What the last edit of the text did to these words. Changed in substance and orphaned (gone)"
                    " suspend the verdict.",
                )
            ),
            column("anchor"),
        ),
        Key(
            "quote_url",
            or_null(shapes.address("These words in their text, where readers may see it whole.")),
            lambda citation, site: urljoin(site, citation.text_address) if citation.text_address else None,
        ),
    ],
)

CLAIM: Shape[Claim] = Shape(
    "Claim",
    "One thing said of an entity: a sentence, or a property with one value, or both.",
    [
        Key("slug", SLUG, lambda claim, site: claim.slug),
        Key("statement", text("The claim as a sentence."), lambda claim, site: claim.sentence),
        Key(
            "is_worded",
            shapes.truth("Whether somebody wrote the sentence; otherwise it is made from the pattern of the property."),
            truth("statement"),
        ),
        Key("title", or_null(text("A short form.")), column("title")),
        Key(
            "subject",
            ENTITY_REFERENCE.reference | {"description": "What the claim is about."},
            lambda claim, site: ENTITY_REFERENCE.write(claim.subject, site),
        ),
        Key(
            "property",
            or_null(text("The slug of the property that it gives a value; null for a statement alone.")),
            lambda claim, site: claim.property.slug if claim.property else None,
        ),
        Key(
            "value_type",
            or_null(shapes.one_of(Property.ValueType, "The type of the value; an entity makes the claim a relation.")),
            column("value_type"),
        ),
        Key(
            "value",
            {
                "type": ["number", "string", "null"],
                "description": "The value: a number for a quantity, EDTF for a date, the slug of an entity, else text.",
            },
            value,
        ),
        Key(
            "value_text",
            or_null(text("The value for readers, with its bound and unit, large figures rounded.")),
            lambda claim, site: wording.value_text(claim) or None,
        ),
        Key(
            "value_earliest",
            or_null(shapes.day("Of a date, the first day that it may mean; null for an open beginning.")),
            first_day("date"),
        ),
        Key(
            "value_latest",
            or_null(shapes.day("Of a date, the last day that it may mean; null for an open end.")),
            last_day("date"),
        ),
        Key(
            "unit",
            or_null(text("Of a quantity, what it counts: ISO 4217 for money, %, 1 for a bare number, or a word.")),
            lambda claim, site: claim.unit.code if claim.unit else None,
        ),
        Key(
            "bound",
            shapes.one_of(Claim.Bound, "How the value limits the true one, by its size whatever its sign."),
            column("bound"),
        ),
        Key(
            "object",
            or_null(ENTITY_REFERENCE.reference | {"description": "Of a relation, the entity at its other end."}),
            lambda claim, site: ENTITY_REFERENCE.write_any(claim.object, site),
        ),
        Key("applies_to", or_null(text("The part, size or chip that the value covers.")), column("applies_to")),
        Key("as_printed", or_null(text("The figure as the source writes it.")), column("as_printed")),
        Key("when", or_null(shapes.edtf("When it happened or holds.")), column("when")),
        Key(
            "when_earliest",
            or_null(shapes.day("The first day that this may mean; null for an open beginning.")),
            first_day("when"),
        ),
        Key(
            "when_latest",
            or_null(shapes.day("The last day that this may mean; null for an open end.")),
            last_day("when"),
        ),
        Key(
            "lane",
            or_null(shapes.one_of(Lane, "Its lane on the timeline; null where it is not on it.")),
            column("lane"),
        ),
        Key(
            "mentions",
            shapes.many(ENTITY_REFERENCE.reference, "Other entities that it speaks of."),
            lambda claim, site: ENTITY_REFERENCE.write_all(claim.mentions.all(), site),
        ),
        Key("rank", shapes.one_of(Claim.Rank, "Its rank among the values of the property."), column("rank")),
        Key("rank_reason", or_null(text("Why it has this rank.")), column("rank_reason")),
        Key(
            "alternative",
            or_null(
                shapes.one_of(
                    Claim.Alternative,
                    "Beside a preferred value: a rival contradicts it, a variant is true of another size, part, date"
                    " or version.",
                )
            ),
            column("alternative"),
        ),
        Key(
            "verdict",
            or_null(
                shapes.one_of(
                    [*Verdict, "suspended"],
                    "What the evidence makes of it; suspended while words that it rests on have changed since, null"
                    " where nobody has judged it.",
                )
            ),
            column("public_verdict"),
        ),
        Key("rationale", or_null(text("Why this verdict, while it stands.")), column("public_rationale")),
        Key(
            "how_verified",
            or_null(
                shapes.one_of(
                    HowVerified,
                    "What the verdict rests on, while it stands: the source was read, is known through another one"
                    " (secondary), or general knowledge (memory).",
                )
            ),
            lambda claim, site: None if claim.verdict_suspended else claim.how_verified or None,
        ),
        Key("checked_on", or_null(shapes.day("When it was last held against its sources.")), day("checked_on")),
        Key("known_since", KNOWN_SINCE, day("known_since")),
        Key(
            "citations",
            shapes.many(CITATION.reference, "Its evidence, in the order of the page."),
            lambda claim, site: CITATION.write_all(claim.citations.all(), site),
        ),
        Key("updated_at", UPDATED_AT, moment),
        Key("url", URL, page),
        Key("api_url", API_URL, api_address("claim")),
        Key("json_ld_url", JSON_LD_URL, form("json")),
        Key("markdown_url", MARKDOWN_URL, form("md")),
    ],
)

AUTHOR: Shape[Author] = Shape(
    "Author",
    "An author, in the order printed.",
    [
        Key("name", text("The name as printed."), lambda author, site: author.name),
        Key("entity", or_null(text("The slug of the author's entity, where there is one.")), published_slug("entity")),
    ],
)

ARTICLE: Shape[Article] = Shape(
    "Article",
    "A source, or the site's own narrative.",
    [
        Key("slug", SLUG, lambda article, site: article.slug),
        Key("kind", shapes.one_of(Article.Kind, "What it is; a narrative is this site's own."), column("kind")),
        Key(
            "title", text("The title as printed, in the language of the article."), lambda article, site: article.title
        ),
        Key("translated_title", or_null(text("The title in our words.")), column("translated_title")),
        Key(
            "authors",
            shapes.many(AUTHOR.reference, "Who wrote it."),
            lambda article, site: AUTHOR.write_all(article.authors.all(), site),
        ),
        Key("publisher", or_null(text("Who published it.")), lambda article, site: article.source_name or None),
        Key(
            "publisher_entity",
            or_null(text("The slug of the publisher's entity, where there is one.")),
            published_slug("publisher"),
        ),
        Key("published", or_null(shapes.edtf("When it came out.")), column("published")),
        Key(
            "published_earliest",
            or_null(shapes.day("The first day that this may mean; null for an open beginning.")),
            first_day("published"),
        ),
        Key(
            "published_latest",
            or_null(shapes.day("The last day that this may mean; null for an open end.")),
            last_day("published"),
        ),
        Key("language", text(f"The language of the text that was read. {LANGUAGE_TAG}"), column("language")),
        Key(
            "original_language",
            or_null(text(f"Where that text is a translation, the language of the original. {LANGUAGE_TAG}")),
            column("original_language"),
        ),
        Key("source_url", or_null(shapes.address("The publisher's own address.")), column("url")),
        Key("archive_url", or_null(shapes.address("A copy in a public archive.")), column("archive_url")),
        Key("doi", or_null(text("Its DOI.")), column("doi")),
        Key("arxiv", or_null(text("Its number on arXiv.")), column("arxiv")),
        Key("licence", or_null(text("The licence of its text.")), column("licence")),
        Key(
            "derives_from",
            or_null(text("The slug of the article that it republishes, translates or retells.")),
            published_slug("derives_from"),
        ),
        Key("summary", or_null(text("What it says, in our words, without marks and links.")), summary),
        Key(
            "rights",
            shapes.one_of(Article.Rights, "What of its text readers may see here: the cited passages or the whole."),
            column("rights"),
        ),
        Key(
            "how_verified",
            or_null(
                shapes.one_of(
                    HowVerified,
                    "Whether it was read, is known through another article (secondary) or from memory, unchecked.",
                )
            ),
            column("how_verified"),
        ),
        Key(
            "read_scope",
            or_null(shapes.one_of(Article.ReadScope, "How much of it was read; an excerpt is its opening passage.")),
            column("read_scope"),
        ),
        Key(
            "known_through",
            or_null(text("The slug of the article that it is known through.")),
            published_slug("known_through"),
        ),
        Key("snapshot", or_null(text("The version that was read.")), column("snapshot")),
        Key("locator_scheme", or_null(text("How the locators of its citations count.")), column("locator_scheme")),
        Key("tags", shapes.many(TAG.reference, "Its subjects, by slug."), tags),
        Key(
            "claim_count",
            shapes.whole("How many claims cite it."),
            lambda article, site: article.claim_count,  # type: ignore[attr-defined]
        ),
        Key("updated_at", UPDATED_AT, moment),
        Key("url", URL, page),
        Key("api_url", API_URL, api_address("article")),
        Key("claims_url", shapes.address("The claims that cite it, in the API."), claims_address("article")),
        Key("json_ld_url", JSON_LD_URL, form("json")),
        Key("markdown_url", MARKDOWN_URL, form("md")),
    ],
)

KINDS = {"type": "string", "enum": [str(kind) for kind in Entity.Kind]}

PROPERTY: Shape[Property] = Shape(
    "Property",
    "A word of the vocabulary: what can be said of an entity, and with what sort of value.",
    [
        Key("slug", text("Its name in claims and filters."), lambda prop, site: prop.slug),
        Key("label", text("Its name in the language of the address."), lambda prop, site: str(prop)),
        Key(
            "labels",
            shapes.by_language("Its name in each language that it was given one in."),
            in_each_language("label"),
        ),
        Key("pattern", text("The sentence of a claim: {subject} founded {value}."), column("pattern")),
        Key("value_type", shapes.one_of(Property.ValueType, "The type of its values."), column("value_type")),
        Key("inverse_slug", or_null(text("Of a relation, its name from the other end.")), column("inverse_slug")),
        Key("inverse_label", or_null(text("Of a relation, how it reads from there.")), column("inverse_label")),
        Key("inverse_pattern", or_null(text("Of a relation, its sentence from there.")), column("inverse_pattern")),
        Key(
            "unit",
            or_null(text("Of a quantity, the usual unit.")),
            lambda prop, site: prop.unit.code if prop.unit else None,
        ),
        Key(
            "other_units",
            shapes.many({"type": "string"}, "The other units that it may be counted in."),
            lambda prop, site: sorted(unit.code for unit in prop.other_units.all()),
        ),
        Key("subject_kinds", shapes.many(KINDS, "The kinds that have it."), lambda prop, site: prop.subject_kinds),
        Key(
            "object_kinds",
            shapes.many(KINDS, "Of a relation, the kinds that its value may have."),
            lambda prop, site: prop.object_kinds,
        ),
        Key(
            "is_functional",
            shapes.truth("Whether an entity should have one value only, so that further ones are ranked."),
            truth("is_functional"),
        ),
        Key("order", shapes.whole("Its place among the facts of a page."), lambda prop, site: prop.order),
        Key("note", or_null(text("What counts and what does not.")), column("note")),
        Key("schema_org", or_null(text("The same notion in schema.org.")), column("schema_org")),
        Key("inverse_schema_org", or_null(text("Its inverse in schema.org.")), column("inverse_schema_org")),
        Key("wikidata", or_null(text("The same notion in Wikidata.")), column("wikidata")),
        Key("inverse_wikidata", or_null(text("Its inverse in Wikidata.")), column("inverse_wikidata")),
        Key("url", shapes.address("Its claims, for readers."), page),
        Key("api_url", API_URL, api_address("property")),
        Key("claims_url", shapes.address("Its claims, in the API."), claims_address("property")),
    ],
)

SHAPES: list[Shape[Any]] = [ENTITY, CLAIM, ARTICLE, PROPERTY, ENTITY_REFERENCE, CITATION, AUTHOR, TAG, LINK]
