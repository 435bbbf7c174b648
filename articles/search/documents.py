"""What search keeps of a record: the words that find it, and what a page of results shows of it."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Model
from django.utils.translation import override

from entities import edtf, prose, wording
from entities.models import Claim, Entity, Property, Status, Unit

from . import words
from .engines import BUCKETS

R = TypeVar("R", bound=Model)
LANGUAGES = ("en", "fr")
TYPES = ("entity", "article", "claim")
ENTITY, ARTICLE, CLAIM = TYPES
# What has more is well connected; counting further would make a hub slow to save.
MOST_WEIGHT = 1_000
# A date may cover more years than anybody looks for one by one.
MOST_YEARS = 12
# An amount that is spoken of in millions.
LARGE = 100_000
# Of a text; further words do not find it.
MOST_TEXT = 20_000
BRACKETS = re.compile(r"\s*\([^()]*\)")


@dataclass
class Document:
    """One record in one language; the fields are those of SearchDocument."""

    id: int
    record_type: str
    record_id: int
    language: str
    bucket: int
    weight: int
    kind: str
    address: str
    title: str
    names: str
    text: str
    note: str
    facets: str
    tokens: str


@dataclass
class Draft:
    """What a record says in one language, before it is cut into tokens."""

    record: Any
    kind: str
    title: str
    own_names: Iterable[str]
    aliases: Iterable[str] = ()
    text: Iterable[str] = ()
    note: str = ""
    # Words that find the record and are not shown with it.
    beside: Iterable[str] = ()
    facets: list[str] = field(default_factory=list)


@dataclass
class Shared:
    """What documents that are described together have in common, worked out once."""

    language: str = LANGUAGES[0]
    # The tokens of a line, the words of a Markdown text, the names of an entity by its id, and what stands before and
    # behind the slug in an address.
    tokens: dict[str, set[str]] = field(default_factory=dict)
    plain: dict[str, str] = field(default_factory=dict)
    names: dict[int, list[str]] = field(default_factory=dict)
    addresses: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)

    def tokens_of(self, lines: Iterable[str]) -> set[str]:
        found: set[str] = set()
        for line in lines:
            if line not in self.tokens:
                self.tokens[line] = words.all_tokens(line)
            found |= self.tokens[line]
        return found

    def plain_of(self, text: str) -> str:
        if text and text not in self.plain:
            self.plain[text] = prose.plain(text)
        return self.plain.get(text, "")

    def names_of(self, entity: Entity) -> list[str]:
        if entity.pk not in self.names:
            self.names[entity.pk] = entity_names(entity)
        return self.names[entity.pk]

    def address_of(self, record: Any, kind: str) -> str:
        """Give the address in the active language: that of another record of the kind, with this one's slug."""
        if (self.language, kind) not in self.addresses:
            before, _slug, after = record.get_absolute_url().rpartition(record.slug)
            self.addresses[self.language, kind] = before, after
        return record.slug.join(self.addresses[self.language, kind])

    def said(self, record: Any, name: str) -> str:
        """Give a translated field in the active language, else in English, past what its descriptor costs."""
        return getattr(record, f"{name}_{self.language}") or getattr(record, f"{name}_en") or ""


def documents(record_type: str, ids: Collection[int]) -> list[Document]:
    """Describe those of the records that are published, in every language.

    Costs a query for what connects them, one for the records and up to four for their parts, however many they are.
    """
    records = LOADERS[record_type](ids)
    weights = _weights(record_type, [record.pk for record in records]) if records else {}
    found, shared = [], Shared()
    for language in LANGUAGES:
        shared.language = language
        with override(language):
            for record in records:
                found.append(_document(record_type, DRAFTS[record_type](record, shared), shared, weights[record.pk]))
    return found


def place(record_type: str, pk: int, language: str, weight: int) -> tuple[int, int]:
    """Give the bucket of a document and its id, whose order is that of the buckets.

    A well-connected record comes to an early bucket; so does one in eight, or 64, or 512 of the others, so that each
    bucket holds enough hits for any word that has many.
    """
    chance = pk * 2_654_435_761 % 2**32
    spread = next((step for step in range(BUCKETS - 1) if chance < 2**32 >> 3 * (BUCKETS - 1 - step)), BUCKETS - 1)
    connected = next((step for step in range(BUCKETS - 1) if weight >= 8 ** (BUCKETS - 1 - step)), BUCKETS - 1)
    bucket = min(spread, connected)
    return bucket, bucket << 60 | pk << 3 | TYPES.index(record_type) << 1 | LANGUAGES.index(language)


def name_keys(names: Iterable[str]) -> dict[str, bool]:
    """Fold names to what is looked up: each as a whole (True), from each of its later words on, and its initials."""
    keys: dict[str, bool] = {}
    for name in with_short_forms(map(words.clean, names)):
        starts = [piece.start for piece in words.pieces(name)]
        for start in starts[:8]:
            if key := words.key(name[start:]):
                keys[key] = start == starts[0] or keys.get(key, False)
        if short := initials(name):
            keys.setdefault(short, False)
    return keys


def initials(name: str) -> str:
    """Give the first letters of a name's words: "lw" for Liang Wenfeng; empty for a single word."""
    first = [words.fold(piece.text[0]) for piece in words.pieces(name)]
    return "".join(first) if len(first) > 1 else ""


def with_short_forms(names: Iterable[str]) -> list[str]:
    """Add to each name what is left of it without an explanation in brackets: "Mixture of experts (DeepSeekMoE)"."""
    forms: list[str] = []
    for name in names:
        forms += dict.fromkeys([name, BRACKETS.sub("", name)]) if "(" in name else [name]
    return [form for form in forms if form.strip()]


def name_words(names: Iterable[str]) -> set[str]:
    """Give the folded words of names, for which typing errors are mended."""
    pieces = (piece for name in names for piece in words.pieces(words.clean(name)))
    return {word for piece in pieces if len(word := words.fold(piece.text)) > 1}


def _document(record_type: str, draft: Draft, shared: Shared, weight: int) -> Document:
    own_names, aliases = _distinct(draft.own_names), _distinct(draft.aliases)
    text = "\n".join(_distinct(draft.text))[:MOST_TEXT]
    named = shared.tokens_of([*own_names, *aliases])
    found = named | shared.tokens_of([*text.split("\n"), *_distinct(draft.beside)])
    found |= {f"@{token}" for token in named} | {f"={facet}" for facet in draft.facets}
    bucket, pk = place(record_type, draft.record.pk, shared.language, weight)
    return Document(
        id=pk,
        record_type=record_type,
        record_id=draft.record.pk,
        language=shared.language,
        bucket=bucket,
        weight=weight,
        kind=draft.kind,
        address=shared.address_of(draft.record, draft.kind),
        title=words.clean(draft.title),
        names="\n".join(own_names) + "\n\n" + "\n".join(aliases),
        text=text,
        note=draft.note,
        facets=" ".join(draft.facets),
        tokens=" ".join(sorted(found)),
    )


def _distinct(texts: Iterable[str | None]) -> list[str]:
    cleaned = (" ".join(words.clean(text).split()) for text in texts if text)
    return list(dict.fromkeys(text for text in cleaned if text))


def entity_names(entity: Entity) -> list[str]:
    """Give the names of an entity in every language and script."""
    columns = (getattr(entity, f"name_{language}") for language in prose.LANGUAGES)
    return _distinct([*columns, entity.native_name])


def _entity(entity: Entity, shared: Shared) -> Draft:
    tags = [f"tag:{slug}" for slug in entity.tag_slugs]  # type: ignore[attr-defined]
    return Draft(
        record=entity,
        kind=entity.kind,
        title=shared.said(entity, "name"),
        own_names=shared.names_of(entity),
        aliases=entity.aliases,
        text=[shared.plain_of(shared.said(entity, "summary"))],
        note=entity.native_name,
        facets=[f"kind:{entity.kind}", *tags],
    )


def _claim(claim: Claim, shared: Shared) -> Draft:
    sentence, title = shared.said(claim, "statement") or wording.sentence(claim), shared.said(claim, "title")
    label = shared.said(claim.property, "label") if claim.property else ""
    quotes = claim.quotes  # type: ignore[attr-defined]
    chinese = [claim.title_zh_hans, claim.statement_zh_hans, claim.text_zh_hans]  # type: ignore[attr-defined]
    ends = [entity for entity in (claim.subject, claim.object) if entity]
    return Draft(
        record=claim,
        kind="claim",
        title=sentence,
        own_names=[title or sentence],
        text=[
            claim.as_printed,
            shared.said(claim, "applies_to"),
            shared.said(claim, "text"),
            *chinese,
            "" if claim.verdict_suspended else shared.said(claim, "rationale"),
            *quotes,
        ],
        note=_together(
            shared.said(claim.subject, "name") or claim.subject.slug,
            edtf.describe(claim.when, short=True) if claim.when else "",
        ),
        beside=[
            sentence,
            label,
            *_written(claim.amount),
            *(name for entity in ends for name in shared.names_of(entity)),
        ],
        facets=[
            "kind:claim",
            # While it is suspended no verdict stands.
            f"verdict:{'none' if claim.verdict_suspended else claim.verdict or 'none'}",
            *_years(claim.when_earliest, claim.when_latest),
        ],
    )


def _article(article: Any, shared: Shared) -> Draft:
    publisher = article.publisher if article.publisher and article.publisher.status == "published" else None
    titles = [article.title, *(getattr(article, f"translated_title_{language}") for language in prose.LANGUAGES)]
    return Draft(
        record=article,
        kind="article",
        title=article.headline,
        own_names=titles,
        text=[shared.plain_of(shared.said(article, "summary"))],
        note=_together(article.source_name, edtf.describe(article.published, short=True) if article.published else ""),
        beside=[
            article.source_name,
            article.get_kind_display(),
            *article.people,
            *(shared.names_of(publisher) if publisher else ()),
            article.doi,
            article.arxiv,
        ],
        facets=[
            "kind:article",
            *(f"tag:{slug}" for slug in article.tag_slugs),
            *_years(article.published_earliest, article.published_latest),
            f"language:{article.language.casefold()}",
        ],
    )


def _written(amount: Decimal | None) -> list[str]:
    """Write an amount in digits, and a large one in millions as well, as texts have it."""
    if amount is None:
        return []
    millions = [f"{amount.scaleb(-6).normalize():f}M"] if abs(amount) >= LARGE else []
    return [f"{amount.normalize():f}", *millions]


def _together(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _years(first: Any, last: Any) -> list[str]:
    """List the years that a date may fall in; none for one that is open or covers very many."""
    if (
        first is None
        or last in (None, edtf.OPEN_END)
        or first == edtf.OPEN_START
        or last.year - first.year > MOST_YEARS
    ):
        return []
    return [f"year:{year}" for year in range(first.year, last.year + 1)]


# What is read of a claim and of what its sentence needs.
CLAIM_COLUMNS = (
    *("id", "slug", "status", "replaces_id", "subject_id", "property_id", "object_id", "unit_id", "amount", "bound"),
    *("date", "url", "as_printed", "when", "when_earliest", "when_latest", "verdict", "verdict_suspended"),
    *(f"{name}_{language}" for name in ("title", "statement", "text") for language in prose.LANGUAGES),
    *(f"{name}_{language}" for name in ("applies_to", "rationale") for language in LANGUAGES),
)
END_COLUMNS = ("id", "kind", "slug", "status", "name_en", "name_fr", "name_zh_hans", "native_name")
PROPERTY_COLUMNS = ("id", "label_en", "label_fr", "pattern_en", "pattern_fr")
ARTICLE_COLUMNS = (
    *("id", "slug", "kind", "status", "title", "publisher_id", "publisher_name", "published", "published_earliest"),
    *("published_latest", "language", "summary_en", "summary_fr", "doi", "arxiv"),
    *(f"translated_title_{language}" for language in prose.LANGUAGES),
)
UNIT_COLUMNS = ("id", "code", "currency", "singular_en", "singular_fr", "plural_en", "plural_fr")

# The loaders put plain statements: to word a query over so many columns costs Django more than the database takes to
# answer it, and a save pays for each.


def _load_entities(ids: Collection[int]) -> list[Entity]:
    found = _rows(Entity, (*END_COLUMNS, "aliases", "summary_en", "summary_fr"), ids).values()
    return _with_tags([entity for entity in found if entity.status == Status.PUBLISHED])


def _load_claims(ids: Collection[int]) -> list[Claim]:
    claims: Collection[Any] = _rows(Claim, CLAIM_COLUMNS, ids).values()
    entities = _rows(Entity, END_COLUMNS, {pk for claim in claims for pk in (claim.subject_id, claim.object_id)})
    properties = _rows(Property, PROPERTY_COLUMNS, {claim.property_id for claim in claims})
    units = _rows(Unit, UNIT_COLUMNS, {claim.unit_id for claim in claims})
    for claim in claims:
        claim.subject, claim.object = entities[claim.subject_id], entities.get(claim.object_id)
        claim.property, claim.unit = properties.get(claim.property_id), units.get(claim.unit_id)
    found = [claim for claim in claims if claim.is_public]
    quotes = _parts(
        "SELECT claim_id, quote FROM articles_citation JOIN articles_article ON articles_article.id = article_id "
        "WHERE quote <> '' AND status = 'published' AND kind <> 'narrative' AND claim_id IN ({marks}) "
        "ORDER BY position, articles_citation.id",
        [claim.pk for claim in found],
    )
    for claim in found:
        claim.quotes = [quote for (quote,) in quotes[claim.pk]]
    return found


def _rows(model: type[R], columns: Sequence[str], ids: Collection[int | None]) -> dict[int, R]:
    """Load these columns of some records, in their order; one query."""
    wanted = sorted(pk for pk in ids if pk is not None)
    if not wanted:
        return {}
    attributes, names, converters = _columns(model, columns, connection.vendor)
    with connection.cursor() as cursor:
        marks = ", ".join(["%s"] * len(wanted))
        cursor.execute(f"SELECT {names} FROM {model._meta.db_table} WHERE id IN ({marks}) ORDER BY id", wanted)
        rows = list(map(list, cursor.fetchall()))
    found = {}
    for row in rows:
        for place, functions, expression in converters:
            for convert in functions:
                row[place] = convert(row[place], expression, connection)
        record = model.from_db(connection.alias, attributes, row)
        found[record.pk] = record
    return found


@cache
def _columns(model: type[Model], columns: Sequence[str], vendor: str) -> tuple[list[str], str, list[Any]]:
    """Give the attributes of columns in the order of the model, their names in SQL, and where values are converted."""
    chosen = [each for each in model._meta.concrete_fields if each.attname in columns]
    converters = []
    for place, each in enumerate(chosen):
        expression = each.get_col(model._meta.db_table)
        functions = [*connection.ops.get_db_converters(expression), *expression.get_db_converters(connection)]
        if functions:
            converters.append((place, functions, expression))
    names = ", ".join(connection.ops.quote_name(str(each.column)) for each in chosen)
    return [each.attname for each in chosen], names, converters


def _load_articles(ids: Collection[int]) -> list[Any]:
    articles: Any = _rows(apps.get_model("articles", "Article"), ARTICLE_COLUMNS, ids).values()
    found = _with_tags([article for article in articles if article.status == Status.PUBLISHED])
    publishers = _rows(Entity, END_COLUMNS, {article.publisher_id for article in found})
    for article in found:
        article.publisher = publishers.get(article.publisher_id)
    authors = _parts(
        "SELECT article_id, author.name, name_en, name_fr, name_zh_hans, native_name FROM articles_author AS author "
        "LEFT JOIN entities_entity AS entity ON entity.id = entity_id AND entity.status = 'published' "
        "WHERE article_id IN ({marks}) ORDER BY position, author.id",
        [article.pk for article in found],
    )
    for article in found:
        article.people = [name for names in authors[article.pk] for name in names if name]
    return found


def _with_tags(records: list[R]) -> list[R]:
    """Set `tag_slugs` on each record."""
    content_type = ContentType.objects.get_for_model(records[0]).pk if records else 0
    tags = _parts(
        "SELECT object_id, slug FROM entities_taggeditem JOIN entities_tag ON entities_tag.id = tag_id "
        f"WHERE content_type_id = {content_type} AND object_id IN ({{marks}}) ORDER BY slug",
        [record.pk for record in records],
    )
    for record in records:
        record.tag_slugs = [slug for (slug,) in tags[record.pk]]  # type: ignore[attr-defined]
    return records


def _parts(sql: str, ids: Sequence[int]) -> dict[int, list[tuple[Any, ...]]]:
    """Gather the rows of a statement by the record that they begin with; one query."""
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(sql.format(marks=", ".join(["%s"] * len(ids))), ids)
            for pk, *row in cursor.fetchall():
                found[pk].append(tuple(row))
    return found


LOADERS: Mapping[str, Any] = {ENTITY: _load_entities, CLAIM: _load_claims, ARTICLE: _load_articles}
DRAFTS: Mapping[str, Any] = {ENTITY: _entity, CLAIM: _claim, ARTICLE: _article}

LINKS = {
    ENTITY: [("entities_claim", "subject_id"), ("entities_claim", "object_id")],
    CLAIM: [("articles_citation", "claim_id")],
    ARTICLE: [("articles_citation", "article_id")],
}


def _weights(record_type: str, ids: Collection[int]) -> dict[int, int]:
    """Count what connects each record, up to a bound for each side; one query."""
    of = {ENTITY: "entities_entity", CLAIM: "entities_claim", ARTICLE: "articles_article"}[record_type]
    counts = []
    for table, column in LINKS[record_type]:
        public = " AND status = 'published' AND replaces_id IS NULL" if table == "entities_claim" else ""
        rows = f"SELECT 1 FROM {table} AS link WHERE link.{column} = record.id{public} LIMIT {MOST_WEIGHT}"
        counts.append(f"(SELECT COUNT(*) FROM ({rows}) AS links)")
    marks = ", ".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT record.id, {' + '.join(counts)} FROM {of} AS record WHERE record.id IN ({marks})", list(ids)
        )
        return dict(cursor.fetchall())
