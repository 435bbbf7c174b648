"""The tables of the open data: what each holds, what each of its fields means, and the public records in them.

CSV, JSON Lines, the data package and the documentation of the fields are all made from these. Values are in English
where a field names no language; the fields of a text in several have its language at their end.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache as once
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import override
from modeltranslation.utils import build_localized_fieldname

from articles.models import Article, Author, Citation
from articles.story.values import plain_number
from articles.tags import public_tags
from entities import prose
from entities.models import Claim, Entity, HowVerified, Lane, Property, Unit, Verdict
from entities.tables import moment

from .reading import in_steps

LANGUAGES = {code: build_localized_fieldname("", code)[1:] for code in settings.MODELTRANSLATION_LANGUAGES}
LANGUAGE_NAMES = {"en": "English", "fr": "French", "zh-hans": "simplified Chinese"}
EDTF = "as an EDTF date: 2025, 2025-01-27, 2023~, 2015/2016, [2015,2016]"


@dataclass(frozen=True)
class Field:
    """A field; `value` gives it for a record (None or empty: there is none), and `type` is one of Table Schema's.

    `to` names the table whose key it holds. A `path` is an address within the site.
    """

    name: str
    description: str
    value: Callable[[Any], Any]
    type: str = "string"
    required: bool = False
    choices: tuple[str, ...] = ()
    to: str = ""
    is_path: bool = False
    constraints: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A table with its primary key; `records` asks for what its fields need.

    The records of a `parent` have some of this table each: `of_parent` asks for these as well, `rows` gives them, and
    `counted` asks for them alone.
    """

    name: str
    description: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    records: Callable[[], QuerySet[Any]]
    parent: "Table | None" = None
    of_parent: Callable[[QuerySet[Any]], QuerySet[Any]] = lambda records: records
    rows: Callable[[Any], Iterable[Any]] = lambda record: [record]
    counted: Callable[[], QuerySet[Any]] | None = None

    def for_count(self) -> QuerySet[Any]:
        """Ask for as many rows as the table has."""
        return self.counted() if self.counted else self.records()

    def steps(self) -> Iterator[list[Any]]:
        """Give the rows, some at a time, in the order in which their records were made."""
        for records in in_steps(self.of_parent(self.records())):
            yield [row for record in records for row in self.rows(record)]


def own(column: str) -> Callable[[Any], Any]:
    """Give what a column of the record has."""
    return lambda record: getattr(record, column)


def key_of(column: str, key: str = "slug") -> Callable[[Any], Any]:
    """Give the key of another record that readers may see."""

    def value(record: Any) -> Any:
        other = getattr(record, column)
        return getattr(other, key) if other and getattr(other, "status", "published") == "published" else None

    return value


def translated(name: str, description: str, *, required: bool = False, column: str = "") -> tuple[Field, ...]:
    """Build the fields of a text, one a language; English is the one that is never missing."""
    return tuple(
        Field(
            f"{name}_{end}",
            f"{description}, in {LANGUAGE_NAMES[code]}",
            own(f"{column or name}_{end}"),
            required=required and code == "en",
        )
        for code, end in LANGUAGES.items()
    )


def _plain_summary(end: str) -> Callable[[Any], Any]:
    return lambda record: prose.plain(getattr(record, f"summary_{end}") or "")


def summary(of: str) -> tuple[Field, ...]:
    return tuple(
        Field(f"summary_{end}", f"{of} in our words, without its links, in {LANGUAGE_NAMES[code]}", _plain_summary(end))
        for code, end in LANGUAGES.items()
    )


def _known_day(column: str) -> Callable[[Any], Any]:
    def value(record: Any) -> date | None:
        day: date | None = getattr(record, column)
        return None if day in (date.min, date.max) else day

    return value


def days_of(name: str) -> tuple[Field, ...]:
    """Build the fields of the first and last day that an EDTF date may mean; an open end has none."""
    return (
        Field(
            f"{name}_earliest",
            "the first day that this date may mean; none for an open beginning",
            _known_day(f"{name}_earliest"),
            "date",
        ),
        Field(
            f"{name}_latest",
            "the last day that this date may mean; none for an open end",
            _known_day(f"{name}_latest"),
            "date",
        ),
    )


def choices(of: Any) -> tuple[str, ...]:
    return tuple(of.values)


SLUG = {"pattern": r"[-\w]+"}
FORMER_SLUGS = Field(
    "former_slugs",
    "the slugs that it had before it was renamed, and those of records merged into it; their addresses lead here",
    lambda record: [former.slug for former in record.past_slugs],
    "array",
)


@once
def _stem(page: str) -> str:
    """Give the beginning of the addresses of pages, which asking for each of a million would take minutes."""
    with override("en"):
        return reverse(page, args=["-"]).removesuffix("-/")


def page(name: Callable[[Any], str]) -> Field:
    """Build the field of the address of a record's page, whose name in the URLs is given."""
    address = "the address of its page"
    return Field("url", address, lambda record: f"{_stem(name(record))}{record.slug}/", required=True, is_path=True)


def lists(records: QuerySet[Any], *names: str) -> QuerySet[Any]:
    """Prefetch the former slugs, and these, as plain lists: a manager for each record would cost most of the time."""
    former = records.model._meta.get_field("former_slugs").related_model._default_manager.all()
    records = records.prefetch_related(Prefetch("former_slugs", queryset=former, to_attr="past_slugs"))
    return records.prefetch_related(Prefetch("tags", to_attr="all_tags")) if "tags" in names else records


UPDATED_AT = Field("updated_at", "when it was last changed, UTC", own("updated_at"), "datetime", required=True)
KNOWN_SINCE = Field(
    "known_since",
    "the first day on which the public could know, as far as the record tells",
    own("known_since"),
    "date",
)
TAGS = Field("tags", "the slugs of its tags", lambda record: sorted(tag.slug for tag in record.all_tags), "array")
HOW_VERIFIED = (
    "`read`: the source or a stored copy was read; `secondary`: it is known through another; `memory`: general "
    "knowledge, not checked"
)

UNITS = Table(
    "units",
    "What amounts count: a currency, a word, or both.",
    ("code",),
    (
        Field("code", "ISO 4217 for money, `%`, `1` for a bare number, or a plain word", own("code"), required=True),
        Field("currency", "the ISO 4217 code of an amount of money", own("currency")),
        *translated("singular", "the word beside one"),
        *translated("plural", "the word beside many; with a currency what follows it"),
    ),
    lambda: Unit.objects.all(),
)
PROPERTIES = Table(
    "properties",
    "The vocabulary: what can be said of an entity, and with what sort of value.",
    ("slug",),
    (
        Field("slug", "its name in addresses and in claims", own("slug"), required=True, constraints=SLUG),
        *translated("label", "its name on pages", required=True),
        *translated("pattern", "the sentence of a claim, with {subject} and {value}", required=True),
        Field(
            "value_type",
            "the type of its values",
            own("value_type"),
            required=True,
            choices=choices(Property.ValueType),
        ),
        Field("inverse_slug", "of a relation: its name from the other end", own("inverse_slug")),
        *translated("inverse_label", "of a relation: its name on pages from the other end"),
        *translated("inverse_pattern", "of a relation: the sentence from the other end"),
        Field("unit", "of a quantity: the usual unit", key_of("unit", "code"), to="units"),
        Field(
            "other_units",
            "of a quantity: the codes of the other units allowed",
            lambda prop: sorted(unit.code for unit in prop.other_units.all()),
            "array",
        ),
        Field("subject_kinds", "the kinds of entity that have it", own("subject_kinds"), "array", required=True),
        Field("object_kinds", "of a relation: the kinds that its value may have", own("object_kinds"), "array"),
        Field("is_functional", "whether an entity should have one value only", own("is_functional"), "boolean", True),
        Field("order", "its place among the facts of a page", own("order"), "integer", required=True),
        *translated("note", "what counts and what does not"),
        Field("schema_org", "the term of schema.org for it", own("schema_org")),
        Field("inverse_schema_org", "the term of schema.org from object to subject", own("inverse_schema_org")),
        Field("wikidata", "the property of Wikidata for it", own("wikidata")),
        Field("inverse_wikidata", "the property of Wikidata from object to subject", own("inverse_wikidata")),
    ),
    lambda: Property.objects.select_related("unit").prefetch_related("other_units"),
)


TAG_TABLE = Table(
    "tags",
    "The subjects under which entities and articles are gathered.",
    ("slug",),
    (
        Field("slug", "its name in addresses", own("slug"), required=True),
        Field("name", "its English name, by which the story files refer to it", own("name"), required=True),
        *translated("label", "its name on pages"),
    ),
    public_tags,
)
ENTITIES = Table(
    "entities",
    "The people, companies, models, events and ideas that have a page: identity only, all else is a claim.",
    ("slug",),
    (
        Field("slug", "its name in addresses, one for all kinds", own("slug"), required=True, constraints=SLUG),
        Field(
            "kind",
            "what it is; `company` is any organisation",
            own("kind"),
            required=True,
            choices=choices(Entity.Kind),
        ),
        *translated("name", "its name", required=True),
        Field("native_name", "its name in its own script", own("native_name")),
        Field("native_language", "the language of that name, as a tag such as zh-Hans", own("native_language")),
        Field("aliases", "other names", own("aliases"), "array"),
        *summary("what it is"),
        Field(
            "links",
            "addresses elsewhere, each an object with `type` (a word for what it is) and `url`",
            # PostgreSQL keeps the names of an object in an order of its own.
            lambda entity: [{name: link[name] for name in ("type", "url")} for link in entity.links],
            "array",
        ),
        TAGS,
        KNOWN_SINCE,
        FORMER_SLUGS,
        UPDATED_AT,
        page(lambda entity: f"entities:{entity.kind}"),
    ),
    lambda: lists(Entity.objects.published(), "tags"),
)
ARTICLES = Table(
    "articles",
    "The sources, and what this site wrote itself.",
    ("slug",),
    (
        Field("slug", "its name in addresses", own("slug"), required=True, constraints=SLUG),
        Field(
            "kind",
            "what it is; `narrative` was written by this site, from the claims, and is no evidence for them",
            own("kind"),
            required=True,
            choices=choices(Article.Kind),
        ),
        Field("title", "its title as printed", own("title"), required=True),
        *translated("translated_title", "its title in our words"),
        Field("publisher", "the name of the publisher", own("source_name")),
        Field("publisher_entity", "the publisher, where it has a page", key_of("publisher"), to="entities"),
        Field("published", f"when it was published, {EDTF}", own("published")),
        *days_of("published"),
        Field("language", "the language of the text that was read, as a tag", own("language"), required=True),
        Field("original_language", "where that text is a translation: from which language", own("original_language")),
        Field("source_url", "the publisher's own address", own("url")),
        Field("archive_url", "the address of a copy in a public archive", own("archive_url")),
        Field("doi", "its DOI", own("doi")),
        Field("arxiv", "its number at arXiv", own("arxiv")),
        Field("licence", "the licence of its text", own("licence")),
        Field(
            "derives_from",
            "the article that it republishes, translates or retells",
            key_of("derives_from"),
            to="articles",
        ),
        *summary("what it says"),
        Field("how_verified", HOW_VERIFIED, own("how_verified"), choices=choices(HowVerified)),
        Field(
            "read_scope",
            "how much of it was read: `full`, or `excerpt` for the opening passage",
            own("read_scope"),
            choices=choices(Article.ReadScope),
        ),
        Field("known_through", "the article through which it is known", key_of("known_through"), to="articles"),
        Field("snapshot", "which version was read: a commit and its day, or the name of a file", own("snapshot")),
        Field("locator_scheme", "how the locators of its citations count", own("locator_scheme")),
        TAGS,
        Field("public_since", "the first day of its publication, where an editor gave it", own("public_since"), "date"),
        FORMER_SLUGS,
        UPDATED_AT,
        page(lambda article: "articles:detail"),
    ),
    lambda: lists(Article.objects.published().select_related("publisher", "derives_from", "known_through"), "tags"),
)


@dataclass(frozen=True)
class Numbered:
    """A record that belongs to another, with its place among those, from 1."""

    owner: Any
    number: int
    record: Any


def _inner(value: Callable[[Any], Any]) -> Callable[[Numbered], Any]:
    return lambda row: value(row.record)


def _owner(name: str, table: str, description: str) -> Field:
    return Field(name, description, lambda row: row.owner.slug, required=True, to=table)


NUMBER = Field("number", "its place among them, from 1", own("number"), "integer", True, constraints={"minimum": 1})

AUTHORS = Table(
    "authors",
    "Who wrote the articles, in the order printed.",
    ("article", "number"),
    (
        _owner("article", "articles", "what was written"),
        NUMBER,
        Field("name", "the name as printed", _inner(own("name")), required=True),
        Field("entity", "the author, where there is a page", _inner(key_of("entity")), to="entities"),
    ),
    lambda: Article.objects.published().only("slug"),
    ARTICLES,
    lambda articles: articles.prefetch_related(
        Prefetch("authors", queryset=Author._default_manager.select_related("entity"), to_attr="all_authors")
    ),
    lambda article: [Numbered(article, number, each) for number, each in enumerate(article.all_authors, start=1)],
    lambda: Author._default_manager.filter(article__status="published"),
)


def _statement(claim: Claim, code: str) -> str | None:
    """Give what a claim says in a language, unless that would be its English."""
    end = LANGUAGES[code]
    if code not in dict(settings.LANGUAGES) or claim.statement_en:  # type: ignore[attr-defined]
        return str(getattr(claim, f"statement_{end}") or "")
    if claim.property is None or not getattr(claim.property, f"pattern_{end}"):
        return None
    with override(code):
        return claim.sentence


def _statement_in(code: str) -> Callable[[Claim], Any]:
    return lambda claim: _statement(claim, code)


def statements() -> tuple[Field, ...]:
    return tuple(
        Field(
            f"statement_{end}",
            f"what it says, in {LANGUAGE_NAMES[code]}; where nobody wrote it, made from the pattern of the property",
            _statement_in(code),
            required=code == "en",
        )
        for code, end in LANGUAGES.items()
    )


def _rationale(end: str) -> Callable[[Claim], Any]:
    return lambda claim: None if claim.verdict_suspended else getattr(claim, f"rationale_{end}")


CLAIMS = Table(
    "claims",
    "Everything that is said, each with its verdict: a sentence, or a property with one value, or both.",
    ("slug",),
    (
        Field("slug", "its name in addresses", own("slug"), required=True, constraints=SLUG),
        Field("subject", "of whom or what it is said", key_of("subject"), required=True, to="entities"),
        Field("property", "what is said, where it has a value", key_of("property"), to="properties"),
        Field(
            "value_type",
            "which of the next fields has the value",
            own("value_type"),
            choices=choices(Property.ValueType),
        ),
        Field("object", "the value of a relation", key_of("object"), to="entities"),
        Field("amount", "the value of a quantity, in its unit", own("amount"), "number"),
        Field("unit", "the unit of that amount", key_of("unit", "code"), to="units"),
        Field("date", f"the value that is a date, {EDTF}", own("date")),
        *translated("text", "the value that is a text"),
        Field("value_url", "the value that is an address", own("url")),
        Field(
            "bound",
            "whether the amount is the figure itself, about it, or a limit, of its size whatever the sign",
            own("bound"),
            required=True,
            choices=choices(Claim.Bound),
        ),
        *translated("applies_to", "the part, size or chip that the value covers"),
        Field("as_printed", "the figure as the source writes it", own("as_printed")),
        *statements(),
        Field(
            "is_worded",
            "whether somebody wrote the sentence",
            lambda claim: bool(claim.statement_en),
            "boolean",
            required=True,
        ),
        *translated("title", "a short form for the timeline"),
        Field("when", f"when it happened or holds, {EDTF}", own("when")),
        *days_of("when"),
        Field("lane", "its place on the timeline; without one it is not on it", own("lane"), choices=choices(Lane)),
        Field("rank", "how it stands among several values", own("rank"), required=True, choices=choices(Claim.Rank)),
        *translated("rank_reason", "why it stands so"),
        Field(
            "alternative",
            "beside a preferred value: `rival` contradicts it, `variant` is true of another size, part or date",
            own("alternative"),
            choices=choices(Claim.Alternative),
        ),
        Field(
            "verdict",
            "what the evidence makes of it as worded; without one nobody has judged it; `suspended`: a passage that it "
            "rests on has changed since",
            own("public_verdict"),
            choices=(*choices(Verdict), "suspended"),
        ),
        *(
            Field(f"rationale_{end}", f"why this verdict, in {LANGUAGE_NAMES[code]}", _rationale(end))
            for code, end in LANGUAGES.items()
        ),
        Field(
            "how_verified",
            f"what the verdict rests on: {HOW_VERIFIED}",
            lambda claim: None if claim.verdict_suspended else claim.how_verified,
            choices=choices(HowVerified),
        ),
        Field("checked_on", "the day when it was last held against its sources", own("checked_on"), "date"),
        KNOWN_SINCE,
        FORMER_SLUGS,
        UPDATED_AT,
        page(lambda claim: "entities:claim"),
    ),
    lambda: lists(Claim.objects.published().with_records()),
)


def _text_of(column: str) -> Callable[[Numbered], Any]:
    return lambda row: getattr(row.record.revision, column) if row.record.revision else None


def _cited(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    citations = Citation.objects.published().select_related("article", "revision")
    needed = citations.only(
        *(field.attname for field in Citation._meta.concrete_fields if field.name not in ("prefix", "suffix")),
        "article__slug",
        "revision__language",
        "revision__number",
    )
    return claims.prefetch_related(Prefetch("citations", queryset=needed, to_attr="all_citations"))


CITATIONS = Table(
    "citations",
    "What the claims rest on, and what speaks against them: the article, its stance, the place, the very words.",
    ("claim", "number"),
    (
        _owner("claim", "claims", "what it bears on"),
        NUMBER,
        Field("article", "the source", lambda row: row.record.article.slug, required=True, to="articles"),
        Field(
            "stance",
            "what the source does for the claim; `context` bears on it without deciding",
            _inner(own("stance")),
            required=True,
            choices=choices(Citation.Stance),
        ),
        Field("locator", "paragraph, section, table or page", _inner(own("locator"))),
        Field(
            "makes_claim", "whether the article itself asserts it", _inner(own("makes_claim")), "boolean", required=True
        ),
        Field("quote", "the very words, where they are tied to a text on file", _inner(own("quote"))),
        Field("quote_language", "the language of that text, as a tag", _text_of("language")),
        Field("text_number", "which state of the text in that language", _text_of("number"), "integer"),
        Field("start", "where the words begin in it, in code points from 0", _inner(own("start")), "integer"),
        Field("end", "where they end", _inner(own("end")), "integer"),
        Field(
            "quote_state",
            "what edits of the text did to the words; `changed` in substance and `orphaned` suspend the verdict",
            _inner(own("anchor")),
            choices=choices(Citation.Anchor),
        ),
    ),
    lambda: Claim.objects.published().only("slug"),
    CLAIMS,
    _cited,
    lambda claim: [Numbered(claim, number, each) for number, each in enumerate(claim.all_citations, start=1)],
    lambda: Citation.objects.published().of_public_claims(),
)


def _mentioning(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    # In no order: asked for one, SQLite looks at every entity.
    entities = Entity.objects.published().only("slug").order_by()
    return claims.prefetch_related(Prefetch("mentions", queryset=entities, to_attr="all_mentions"))


def _mentions(claim: Any) -> list[Numbered]:
    entities = sorted(claim.all_mentions, key=lambda entity: entity.pk)
    return [Numbered(claim, number, each) for number, each in enumerate(entities, start=1)]


MENTIONS = Table(
    "mentions",
    "The other entities that the claims speak of.",
    ("claim", "entity"),
    (
        _owner("claim", "claims", "what speaks of it"),
        Field("entity", "who or what it speaks of", lambda row: row.record.slug, required=True, to="entities"),
    ),
    lambda: Claim.objects.published().only("slug"),
    CLAIMS,
    _mentioning,
    _mentions,
    lambda: Claim.mentions.through._default_manager.filter(
        entity__status="published", claim__in=Claim.objects.published()
    ),
)

# Each refers to those above it.
TABLES = (UNITS, PROPERTIES, TAG_TABLE, ENTITIES, ARTICLES, AUTHORS, CLAIMS, CITATIONS, MENTIONS)


def plain(value: Any) -> Any:
    """Turn a value into what JSON has, None for nothing; moments are in UTC, to the second."""
    match value:
        case "" | [] | None:
            return None
        case Decimal():
            number = plain_number(value)
            # As many digits as the base keeps exactly come out of a floating-point number as they went in.
            return number if isinstance(number, int) else float(number)
        case datetime():
            return moment(value)
        case date():
            return value.isoformat()
        case _:
            return value
