"""A made-up story of any size, for benchmarks: the same for the same seed and vocabulary, and without row history."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Max, Model

from entities import edtf
from entities.fields import sort_key
from entities.models import KINDS, Claim, Entity, Lane, Property, Tag, TaggedItem, Verdict

from . import clock
from .models import Article, Citation
from .story import read
from .story.shapes import SHAPES
from .story.stored import Stored, refresh_statistics

# Twenty entities in a row are of these kinds, so that the kind follows from the number. The first ones are the hubs.
KIND_OF = (
    "company",
    "model",
    "person",
    "event",
    "idea",
    "event",
    "idea",
    *4 * ["company"],
    *5 * ["model"],
    *4 * ["person"],
)
HUBS = 4
FEWEST_ENTITIES = 2 * len(KIND_OF)
# Half of the claims are relations; a hub has a thirtieth of all claims: 100,000 of three million.
RELATIONS = 0.5
STATEMENTS = 0.25
HUB_LINKS = HUBS / 30 / RELATIONS
ARTICLES_PER_CLAIM = 1 / 15
# How many articles a claim cites: 1.2 on average.
CITATIONS = (0,) + 15 * (1,) + 3 * (2,) + (3,)
# One question in so many claims is answered twice.
CLAIMS_PER_QUESTION = 1_000
BATCH = 10_000
MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)
LAST_DAY, DAYS = date(2025, 12, 31), 365 * 30
OPEN_END = edtf.OPEN_END.isoformat()
PLACES_OF = {kind: [place for place, other in enumerate(KIND_OF) if other == kind] for kind in KINDS}
LANES = [lane.value for lane in Lane]
VERDICTS = 6 * [""] + 3 * ["supported"] + [verdict.value for verdict in Verdict if verdict != "supported"]

LATIN = ("Éli", "nor", "vas", "çal", "dre", "mun", "hô", "ber", "tis", "gra", "lun", "pey", "ran", "sœur", "ti", "wei")
CHINESE = "深度求索幻方量化杭州北京智能模型研究科技清华大学开源算力"
CYRILLIC = ("Ива", "нов", "Яра", "слав", "Мир", "град", "Вла", "сов", "Щер", "бин")
ENGLISH = (
    "the laboratory published a report on training with fewer chips after the market had closed and before analysts "
    "could read how the new weights compare with those of an older and larger network that nobody outside had seen"
)
FRENCH = (
    "le laboratoire a publié un rapport sur un entraînement à moindre coût après la clôture du marché et avant que "
    "les analystes ne lisent comment les nouveaux poids se comparent à ceux d’un réseau plus ancien"
)
WORDS, MOTS = ENGLISH.split(), FRENCH.split()

Progress = Callable[[str], None]


def generate_story(entities: int, claims: int, *, seed: int = 0, progress: Progress | None = None) -> None:
    """Add so many published entities and claims, with articles, citations, mentions and tags, batch by batch.

    Memory does not grow with their number. Takes the units and properties of the story files where there are none.

    Raises:
        ValueError: for fewer entities than some of each kind need.
    """
    if entities < FEWEST_ENTITIES:
        raise ValueError(f"At least {FEWEST_ENTITIES} entities are needed.")
    say = progress or (lambda step: None)
    if connection.vendor == "sqlite":
        # The indexes grow at random places: with the usual 2 MB each batch would read and write most of the file.
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA cache_size = -262144")
    _add_vocabulary()
    story = _Generator(Random(seed), entities, claims)
    with _without_indexes([*story.tables], say):
        for batch in (story.entities, story.articles, story.claims):
            for step in batch():
                say(step)
    say("counting")
    refresh_statistics()
    # The claims have theirs; the days of entities follow from them.
    say("working out since when each is known")
    clock.refresh_entities()


def _add_vocabulary() -> None:
    """Save the units and properties that are missing; the files hold them all."""
    story = read(settings.BASE_DIR / "story")
    with transaction.atomic():
        stored = Stored()
        present = stored.story()
        missing = {
            shape.name: [key for key in story[shape.name] if key not in present[shape.name]] for shape in SHAPES[:3]
        }
        for shape in SHAPES[:3]:
            stored.save(shape, story, missing | {other.name: [] for other in SHAPES[3:]})


@contextmanager
def _without_indexes(models: list[type[Model]], say: Progress) -> Iterator[None]:
    """Drop what is kept with each row while these tables are filled, and make it anew in one go: a third of the time.

    Only of tables that are empty, so that whatever happens meanwhile, nobody misses an index. Those that keep rows
    unique stay.
    """
    dropped = [] if any(model._base_manager.exists() for model in models) else _droppable(models)
    with connection.cursor() as cursor:
        for drop, _make in dropped:
            cursor.execute(drop)
        try:
            yield
        finally:
            if connection.vendor == "postgresql":
                cursor.execute("SET maintenance_work_mem = '512MB'")
                # What waits for the end of a transaction that is still open would keep the tables from being altered.
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for number, (_drop, make) in enumerate(reversed(dropped), start=1):
                say(f"indexes: {number} of {len(dropped)}")
                cursor.execute(make)
            if connection.vendor == "postgresql":
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
                cursor.execute("RESET maintenance_work_mem")


def _droppable(models: list[type[Model]]) -> list[tuple[str, str]]:
    """Give the statements that drop and make each index and, on PostgreSQL, each foreign key of these tables."""
    tables = [model._meta.db_table for model in models]
    quote = connection.ops.quote_name
    marks = ", ".join(["%s"] * len(tables))
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name IN ({marks}) "
                "AND sql NOT LIKE 'CREATE UNIQUE%%' ORDER BY rowid DESC",
                tables,
            )
            return [(f"DROP INDEX {quote(name)}", make) for name, make in cursor.fetchall()]
        # What the transaction still has to check would hold the tables.
        connection.check_constraints()
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
            f"WHERE contype = 'f' AND conrelid::regclass::text IN ({marks}) ORDER BY conname",
            tables,
        )
        keys = [
            (
                f"ALTER TABLE {table} DROP CONSTRAINT {quote(name)}",
                f"ALTER TABLE {table} ADD CONSTRAINT {quote(name)} {text}",
            )
            for table, name, text in cursor.fetchall()
        ]
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() "
            f"AND tablename IN ({marks}) AND indexdef NOT LIKE 'CREATE UNIQUE%%' ORDER BY indexname",
            tables,
        )
        return [*keys, *((f"DROP INDEX {quote(name)}", make) for name, make in cursor.fetchall())]


class Table:
    """Rows of one model on their way into the database, past what `bulk_create` costs: 20 times as fast.

    A row names the columns in which it differs from the model's defaults, as the database takes them: days as ISO text.
    """

    def __init__(self, model: type[Model], **constants: Any) -> None:
        self.model = model
        self.fields = model._meta.concrete_fields
        self._defaults = {field.attname: field.get_default() for field in self.fields}
        self._defaults |= {name: MADE_AT for name in ("created_at", "updated_at") if name in self._defaults}
        self._defaults |= constants
        for field in self.fields:
            self._defaults[field.attname] = field.get_db_prep_save(self._defaults[field.attname], connection)
        self._rows: list[tuple[Any, ...]] = []
        self._is_counted = False
        self.first_pk: int = (model._default_manager.aggregate(last=Max("pk"))["last"] or 0) + 1
        self.next_pk = self.first_pk

    def add(self, **columns: Any) -> int:
        """Take a row, and give its id."""
        pk = self.next_pk
        self._rows.append(tuple((self._defaults | {"id": pk} | columns).values()))
        self.next_pk += 1
        return pk

    def write(self) -> None:
        quote = connection.ops.quote_name
        columns = ", ".join(quote(field.column or "") for field in self.fields)
        table = f"{quote(self.model._meta.db_table)} ({columns})"
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    for row in self._rows:
                        copy.write_row(row)
                for statement in connection.ops.sequence_reset_sql(no_style(), [self.model]):
                    cursor.execute(statement)
                if not self._is_counted:
                    # The checks of foreign keys keep their plans: made for an empty table, they would read any index.
                    cursor.execute(f"ANALYZE {quote(self.model._meta.db_table)}")
                    self._is_counted = True
            else:
                marks = ", ".join(["%s"] * len(self.fields))
                cursor.executemany(f"INSERT INTO {table} VALUES ({marks})", self._rows)
        self._rows.clear()


class _Generator:
    """The records, drawn in the order of their tables; each part yields a few words after a batch."""

    def __init__(self, random: Random, entity_count: int, claim_count: int) -> None:
        self.random = random
        self.entity_count, self.claim_count = entity_count, claim_count
        self.article_count = max(int(claim_count * ARTICLES_PER_CLAIM), max(CITATIONS))
        self.tables: dict[type[Model], Table] = {
            model: Table(model, **({"status": "published"} if hasattr(model, "status") else {}))
            for model in (Entity, TaggedItem, Article, Claim, Claim.mentions.through, Citation)
        }
        self.first_entity = self.tables[Entity].first_pk
        self.first_article = self.tables[Article].first_pk
        self.dates = [_date(random) for _number in range(10_000)]
        self.properties: dict[str, dict[str, list[Property]]] = {}
        for prop in Property.objects.order_by("pk"):
            for kind in prop.subject_kinds:
                self.properties.setdefault(prop.value_type, {}).setdefault(kind, []).append(prop)
        self.inward = {
            kind: [prop for prop in Property.objects.relations().order_by("pk") if kind in prop.object_kinds]
            for kind in KINDS
        }

    def _batches(self, name: str, count: int, *models: type[Model]) -> Iterator[tuple[range, str]]:
        """Give the numbers of each batch and what to say after it; each is written when the next one is asked for."""
        for start in range(0, count, BATCH):
            stop = min(start + BATCH, count)
            yield range(start, stop), f"{name}: {stop:,} of {count:,}"
            with transaction.atomic():
                for model in models:
                    self.tables[model].write()

    def entities(self) -> Iterator[str]:
        random, table, first_claim = self.random, self.tables[Entity], self.tables[Claim].first_pk
        content_type = ContentType.objects.get_for_model(Entity).pk
        tags = list(Tag.objects.order_by("pk").values_list("pk", flat=True))
        for numbers, step in self._batches("entities", self.entity_count, Entity, TaggedItem):
            for number in numbers:
                pk = self.first_entity + number
                name, native_name, native_language = _name(random)
                french = f"L’{name}" if number % 7 == 0 else None
                summary = None
                if number % 3 == 0:
                    claim = f"claim-{first_claim + number % self.claim_count}"
                    summary = (
                        f"{_sentence(random, WORDS)} It [did so](claim:{claim}) with "
                        f"[another](entity:{self._slug(self._drawn())}). {_sentence(random, WORDS)}"
                    )
                table.add(
                    kind=self._kind(number),
                    slug=self._slug(number),
                    name=name,
                    name_en=name,
                    name_fr=french,
                    sort_name_en=sort_key(name),
                    sort_name_fr=sort_key(french or name),
                    native_name=native_name,
                    native_language=native_language,
                    summary=summary or "",
                    summary_en=summary,
                )
                if number % 3 == 1:
                    tag = tags[int(len(tags) * random.random() ** 2)]
                    self.tables[TaggedItem].add(tag_id=tag, content_type_id=content_type, object_id=pk)
            yield step

    def articles(self) -> Iterator[str]:
        kinds = [kind.value for kind in Article.Kind if kind != Article.Kind.NARRATIVE]
        for numbers, step in self._batches("articles", self.article_count, Article):
            for number in numbers:
                published, earliest, latest = self._article_date(number)
                publisher = self._of_kind("company", self._drawn())
                self.tables[Article].add(
                    slug=f"article-{self.first_article + number}",
                    kind=kinds[number % len(kinds)],
                    title=_sentence(self.random, MOTS if number % 5 == 0 else WORDS),
                    publisher_id=self.first_entity + publisher,
                    published=published,
                    published_earliest=earliest,
                    published_latest=latest,
                    language="fr" if number % 5 == 0 else "en",
                    url=f"https://example.org/{number}",
                )
            yield step

    def claims(self) -> Iterator[str]:
        random, rival = self.random, None
        claims, mentions = self.tables[Claim], self.tables[Claim.mentions.through]
        for numbers, step in self._batches("claims", self.claim_count, Claim, Claim.mentions.through, Citation):
            for number in numbers:
                chance = random.random()
                if rival or number % CLAIMS_PER_QUESTION == 0:
                    said = self._answer(rival)
                    rival = None if rival else said
                elif chance < RELATIONS:
                    said = self._relation(number)
                elif chance < RELATIONS + STATEMENTS:
                    said = self._statement(number)
                else:
                    said = self._value(number)
                cited = self._cited()
                pk = claims.add(
                    slug=f"claim-{claims.next_pk}",
                    known_since=self._known_since(said, cited),
                    **self._verdict(),
                    **said,
                )
                for position, article in enumerate(cited):
                    self.tables[Citation].add(
                        claim_id=pk,
                        article_id=self.first_article + article,
                        position=position,
                        stance="supports" if position < 2 else "disputes",
                        locator=f"paragraph {number % 40 + 1}",
                    )
                if "property_id" not in said and number % 2:
                    mentions.add(claim_id=pk, entity_id=self.first_entity + self._drawn())
            yield step

    def _relation(self, number: int) -> dict[str, Any]:
        random = self.random
        if random.random() < HUB_LINKS:
            hub = random.randrange(HUBS)
            ways = [(prop, True) for prop in self.properties["entity"].get(KIND_OF[hub], ())]
            ways += [(prop, False) for prop in self.inward[KIND_OF[hub]]]
            prop, outward = random.choice(ways)
            kinds = prop.object_kinds if outward else prop.subject_kinds
            other = self._of_kind(random.choice(kinds), self._drawn(), besides=hub)
            subject, object_ = (hub, other) if outward else (other, hub)
        else:
            subject = self._subject(number)
            prop = random.choice(self.properties["entity"][self._kind(subject)])
            object_ = self._of_kind(random.choice(prop.object_kinds), self._drawn(), besides=subject)
        dated = self._when() if number % 3 == 0 else {}
        return self._value_of(prop, subject, object_id=self.first_entity + object_) | dated

    def _statement(self, number: int) -> dict[str, Any]:
        random = self.random
        # A hub has its share of what is written, too.
        subject = random.randrange(HUBS) if number % 50 == 0 else self._subject(number)
        words = _sentence(random, WORDS)
        said = {"subject_id": self.first_entity + subject, "statement": words, "statement_en": words}
        if number % 3 == 0:
            said["statement_fr"] = _sentence(random, MOTS)
        if number % 10:
            title = words[:60]
            said |= self._when() | {"title": title, "title_en": title, "lane": LANES[number % len(LANES)]}
        return said

    def _value(self, number: int) -> dict[str, Any]:
        subject = self._subject(number)
        kind = self._kind(subject)
        value_types = [each for each in ("quantity", "quantity", "date", "text") if kind in self.properties[each]]
        if not value_types:
            return self._statement(number)
        prop = self.random.choice(self.properties[self.random.choice(value_types)][kind])
        match prop.value_type:
            case "quantity":
                return self._value_of(prop, subject, amount=str(self._amount()), unit_id=prop.unit_id)
            case "date":
                return self._value_of(prop, subject, date=self.random.choice(self.dates)[0])
        words, mots = (" ".join(self.random.choices(source, k=3)) for source in (WORDS, MOTS))
        return self._value_of(prop, subject, text=words, text_en=words, text_fr=mots)

    def _answer(self, rival: dict[str, Any] | None) -> dict[str, Any]:
        """Give the preferred answer to a question, or beside one the answer that contradicts it."""
        if rival:
            return rival | {"amount": str(self._amount()), "rank": "normal", "alternative": "rival", "rank_reason": ""}
        subject = self._of_kind("model", self._drawn())
        prop = self.random.choice(self.properties["quantity"]["model"])
        reason = "It is the earliest."
        ranked = {"rank": "preferred", "rank_reason": reason, "rank_reason_en": reason}
        return self._value_of(prop, subject, amount=str(self._amount()), unit_id=prop.unit_id) | ranked

    def _value_of(self, prop: Property, subject: int, **value: Any) -> dict[str, Any]:
        ends = {"subject_id": self.first_entity + subject, "property_id": prop.pk}
        return ends | {"value_type": prop.value_type} | value

    def _verdict(self) -> dict[str, Any]:
        verdict = self.random.choice(VERDICTS)
        if verdict in ("", "supported"):
            return {"verdict": verdict}
        reason = _sentence(self.random, WORDS)
        return {"verdict": verdict, "rationale": reason, "rationale_en": reason}

    def _when(self) -> dict[str, Any]:
        return dict(zip(("when", "when_earliest", "when_latest"), self.random.choice(self.dates), strict=True))

    def _cited(self) -> list[int]:
        first = int(self.article_count * self.random.random() ** 2)
        return [(first + step) % self.article_count for step in range(self.random.choice(CITATIONS))]

    def _known_since(self, said: dict[str, Any], cited: list[int]) -> str | None:
        """Follow the rule of `clock`, which a test holds this against."""
        if "lane" in said and said["when_latest"] != OPEN_END:
            return said["when_latest"]
        return min((self._article_date(article)[2] for article in cited[:2]), default=None)

    def _article_date(self, number: int) -> tuple[str, str, str]:
        # From the number alone, so that a citation knows it, too.
        day = LAST_DAY - timedelta(days=number * 7919 % DAYS)
        return _edtf(day.isoformat()[: 7 if number % 10 == 0 else 10])

    def _amount(self) -> int:
        return int(10 ** (12 * self.random.random()))

    def _subject(self, number: int) -> int:
        """Let the first claims go once round all entities, the others to some more than to most."""
        return number if number < self.entity_count else self._drawn()

    def _drawn(self) -> int:
        """Draw an entity that is no hub, from a long tail: the first ones thousands of times, the last ones hardly."""
        return HUBS + int((self.entity_count - HUBS) * self.random.random() ** 3)

    def _of_kind(self, kind: str, near: int, besides: int = -1) -> int:
        """Give an entity of a kind close to another, no hub."""
        block = near // len(KIND_OF) * len(KIND_OF)
        first = min(max(block, len(KIND_OF)), self.entity_count - len(KIND_OF) - self.entity_count % len(KIND_OF))
        return self.random.choice([first + place for place in PLACES_OF[kind] if first + place != besides])

    def _kind(self, number: int) -> str:
        return KIND_OF[number % len(KIND_OF)]

    def _slug(self, number: int) -> str:
        return f"{self._kind(number)}-{self.first_entity + number}"


def _name(random: Random) -> tuple[str, str, str]:
    """Make a name in Latin letters, and for two in three one in Chinese or Cyrillic letters with its language."""
    name = " ".join("".join(random.choices(LATIN, k=2)).title() for _word in range(2))
    match random.randrange(3):
        case 0:
            return name, "".join(random.choices(CHINESE, k=4)), "zh-Hans"
        case 1:
            return name, " ".join("".join(random.choices(CYRILLIC, k=2)).title() for _word in range(2)), "ru"
    return name, "", ""


def _sentence(random: Random, words: list[str]) -> str:
    start, length = random.randrange(len(words)), random.randrange(8, 24)
    return " ".join((words + words)[start : start + length]).capitalize() + "."


def _date(random: Random) -> tuple[str, str, str]:
    """Make a date of the last years rather than of the first, one in three less exact than a day."""
    day = LAST_DAY - timedelta(days=int(DAYS * random.random() ** 2))
    month, year = day.isoformat()[:7], day.isoformat()[:4]
    partial = (month, year, f"{year}~", f"{year[:3]}X", f"{month}?", f"{year}/{int(year) + 1}", f"{month}/..")
    return _edtf(day.isoformat() if random.random() < 2 / 3 else random.choice(partial))


@lru_cache(maxsize=100_000)
def _edtf(text: str) -> tuple[str, str, str]:
    parsed = edtf.parse(text)
    return parsed.text, parsed.earliest.isoformat(), parsed.latest.isoformat()
