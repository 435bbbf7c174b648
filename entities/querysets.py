"""Questions put to entities, the vocabulary and claims."""

from collections.abc import Collection, Iterable
from heapq import nlargest
from typing import TYPE_CHECKING, Any, Self, cast

from django.apps import apps
from django.db import models
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
    Window,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Replace, RowNumber
from django.utils import timezone

from . import addresses, graph
from .fields import sort_key
from .pictures.lineage import MANNERS

if TYPE_CHECKING:
    from .models import Claim, Entity, Property, Tag

# The statuses of the records that a reader sees, and of those that an editor sees in a preview.
READERS = ("published",)
EDITORS = ("draft", "in-review", "published")
# The answers that are weighed against each other: few, so that an index on them alone finds them.
RANKED = Q(rank="preferred") | Q(alternative="rival")
# The property that dates an entity of some kinds.
DATED = {"company": "founded-on", "event": "held-on", "model": "released"}
# No page lists more links; those of an entity that has more are looked through so far in each direction.
MOST_LINKS_EACH_WAY = 1_000
# So many mentions of one entity are looked through for the last changes.
MOST_MENTIONS = 1_000
# What EDTF has besides digits and X, about which collations disagree, and what stands for it. What follows a beginning
# is parted from it by a month that there is not, so that "2024/2025" comes before "2024-01".
EDTF_SIGNS = {"-": "", "[": "", "]": "", ".": "", "~": "", "?": "", "%": "", "/": "00", ",": "00"}


def date_key(column: str) -> Combinable:
    """Reduce the EDTF dates of a column to digits, which every database orders alike, earliest start first."""
    key: Combinable = F(column)
    for sign, instead in EDTF_SIGNS.items():
        key = Replace(key, Value(sign), Value(instead), output_field=TextField())
    return key


def _claims() -> Any:
    """Ask for claims in a question about entities, which stand above them."""
    return apps.get_model("entities", "Claim")._default_manager


class EntityQuerySet(QuerySet["Entity"]):
    def of_statuses(self, statuses: Collection[str]) -> Self:
        return self.filter(status__in=statuses)

    def published(self) -> Self:
        return self.filter(status="published")

    def of_kind(self, kind: str) -> Self:
        """Keep the entities of a kind; without one, of all."""
        return self.filter(kind=kind) if kind else self

    def tagged(self, tag: "Tag") -> Self:
        return self.filter(tagged_items__tag=tag)

    def tagged_last(self, tag: "Tag", count: int) -> Self:
        """Keep what has a tag; of more than so many, those made last, which an index of the tag tells."""
        return self.filter(pk__in=self.tagged(tag).order_by("-tagged_items__object_id").values("pk")[:count])

    def count_by_kind(self) -> dict[str, int]:
        """Map each kind that has entities to their number; one query."""
        return dict(self.order_by().values_list("kind").annotate(Count("pk")))

    def for_detail(self) -> Self:
        """Prefetch the tags; costs two queries."""
        return self.prefetch_related("tags")

    def by_slug(self, slugs: Iterable[str]) -> dict[str, "Entity"]:
        """Map each slug to the entity that has or had it; slugs that do not exist are left out. One query."""
        return addresses.find_all(self, slugs)

    def named(self, name: str) -> "Entity | None":
        """Find the first entity of this name in any language, whatever its accents and punctuation; one query."""
        key = sort_key(name)
        if not key:
            return None
        # With the kind, the indexes of the lists serve it.
        is_so_called = Q(sort_name_en=key) | Q(sort_name_fr=key)
        return self.filter(is_so_called, kind__in=self.model.Kind.values).order_by("pk").first()

    def developed_by(self, company: "Entity") -> Self:
        """Keep the models that a published claim says this company develops."""
        return self.filter(
            claims_as_object__property__slug="develops",
            claims_as_object__subject=company,
            claims_as_object__status="published",
            claims_as_object__replaces=None,
        ).distinct()

    def of_year(self, kind: str, year: int) -> Self:
        """Keep the entities of a kind whose date begins in this year: that of its property in DATED, not set aside.

        For other kinds it is the day since when the public knows them.
        """
        if kind not in DATED:
            return self.filter(known_since__year=year)
        dates = (
            _claims().published().dates_of(DATED[kind]).filter(subject=OuterRef("pk")).annotate(key=date_key("date"))
        )
        return self.filter(Exists(dates.filter(key__startswith=f"{year:04}")))

    def last_changed(self) -> Self:
        return self.order_by("-updated_at", "-pk")

    def among_last_changed(self, count: int) -> Self:
        """Keep what belongs to the last so many changes of entities, whichever they are."""
        last = self.model._default_manager.order_by("-updated_at", "-pk")
        return self.filter(pk__in=last.values("pk")[:count])

    def first_of_each_kind(self, count: int, language: str) -> Self:
        """Keep so many entities of each kind, the first by name, in that order; one query."""
        names = (f"sort_name_{language}", "pk")
        numbered = self.annotate(place=Window(RowNumber(), partition_by="kind", order_by=names))
        return numbered.filter(place__lte=count).order_by("kind", *names)

    def by_name(self, language: str, *, is_descending: bool = False) -> Self:
        sign = "-" if is_descending else ""
        return self.order_by(f"{sign}sort_name_{language}", f"{sign}pk")

    def by_value(self, prop: "Property", language: str, *, is_descending: bool = False) -> Self:
        """Order by the number or date that stands first among the values of a property, those without one last.

        Numbers in another than the usual unit cannot be compared and come last, too. Ties are in the order of names.
        """
        values = _claims().published().filter(subject=OuterRef("pk"), property=prop).in_fact_order()
        if prop.unit_id:
            values = values.annotate(key=Case(When(unit=prop.unit_id, then=F("amount"))))
        else:
            values = values.annotate(key=date_key("date"))
        key = F("sort_value")
        order = key.desc(nulls_last=True) if is_descending else key.asc(nulls_last=True)
        sorted_by = self.annotate(sort_value=Subquery(values.values("key")[:1]))
        return sorted_by.order_by(order, f"sort_name_{language}", "pk")


EntityManager = models.Manager.from_queryset(EntityQuerySet)


class KindManager(EntityManager):  # type: ignore[type-arg]
    """The entities of one kind."""

    def __init__(self, kind: str = "") -> None:
        super().__init__()
        self.kind = kind

    def get_queryset(self) -> EntityQuerySet:
        return cast(EntityQuerySet, super().get_queryset()).of_kind(self.kind)


class PropertyQuerySet(QuerySet["Property"]):
    def relations(self) -> Self:
        return self.filter(value_type="entity")

    def facts(self) -> Self:
        """Keep the properties whose value is no entity."""
        return self.exclude(value_type="entity")

    def for_record(self) -> Self:
        """Load the units as well; two queries."""
        return self.select_related("unit").prefetch_related("other_units")

    def of_models(self) -> "list[Property]":
        """List what can be said of a model but for its relations, with units, in the vocabulary's order; one query."""
        # Which kinds a property is for stands in a list, which SQLite cannot search.
        return [prop for prop in self.facts().select_related("unit") if "model" in prop.subject_kinds]


PropertyManager = models.Manager.from_queryset(PropertyQuerySet)


class ClaimQuerySet(QuerySet["Claim"]):
    def published(self) -> Self:
        """Keep what readers may see: a published claim, no proposal, whose subject and object are published too."""
        return self.filter(
            Q(object=None) | Q(object__status="published"),
            status="published",
            replaces=None,
            subject__status="published",
        )

    def unretracted(self) -> Self:
        """Keep what an editor previews: all but retracted claims and proposals."""
        return self.exclude(status="retracted").filter(replaces=None)

    def about(self, entity: "Entity") -> Self:
        """Keep the claims with this entity as subject, object or mention; three index look-ups in one query.

        Each look-up has the conditions set so far, which tell the few worded claims of a hub from its many links.
        """
        claims = self.select_related(None).order_by()
        mentions = self.model.mentions.through._default_manager
        return self.filter(
            pk__in=claims.filter(subject=entity)
            .values("pk")
            .union(
                claims.filter(object=entity).values("pk"),
                mentions.filter(entity=entity).values("claim_id"),
                all=True,
            )
        )

    def written(self) -> Self:
        """Keep the claims that somebody worded; the others are plain values and relations."""
        return self.filter(statement_en__gt="")

    def by_date(self) -> Self:
        """Order by the first day that each may mean, undated last."""
        return self.order_by(F("when_earliest").asc(nulls_last=True), "pk")

    def newest(self) -> Self:
        """Order by the day the public learnt of it, last first; the last day of an imprecise date may lie ahead."""
        return self.filter(known_since__lte=timezone.now().date()).order_by("-known_since", "-pk")

    def last_changed(self) -> Self:
        return self.order_by("-updated_at", "-pk")

    def among_last_changed(self, count: int) -> Self:
        """Keep what belongs to the last so many changes of claims, whichever they are."""
        last = self.model._default_manager.order_by("-updated_at", "-pk")
        return self.filter(pk__in=last.values("pk")[:count])

    def last_changed_about(self, entity: "Entity", count: int) -> Self:
        """Keep so many claims about an entity, those changed last, in that order; three queries at once.

        Each end has an index in that order. Of more than MOST_MENTIONS the last ones count.
        """
        mentions = self.model.mentions.through._default_manager.filter(entity=entity).order_by("-pk")
        ways = (Q(subject=entity), Q(object=entity), Q(pk__in=mentions.values("claim")[:MOST_MENTIONS]))
        claims = self.select_related(None).last_changed().values_list("updated_at", "pk")
        found = {row for way in ways for row in claims.filter(way)[:count]}
        return self.filter(pk__in=[pk for _changed_at, pk in nlargest(count, found)]).last_changed()

    def of_unknown_day(self) -> Self:
        """Keep the claims of which nothing tells when the public learnt of them, last written first."""
        return self.filter(known_since=None).order_by("-pk")

    def values_only(self) -> Self:
        """Keep the claims with a value that is no entity and without words of their own."""
        return self.exclude(value_type__in=["", "entity"]).exclude(statement_en__gt="")

    def facts(self) -> Self:
        """Keep the claims with a value that is no entity, whether or not somebody worded them."""
        return self.exclude(value_type__in=["", "entity"])

    def relations(self) -> Self:
        return self.filter(value_type="entity")

    def dates_of(self, slug: str) -> Self:
        """Keep the values of one property, named by its slug, that were not set aside."""
        return self.filter(property__slug=slug).exclude(rank="deprecated")

    def values_of(self, subjects: "Iterable[Entity]", properties: "Iterable[Property]") -> Self:
        """Keep what is said of some properties of some entities, with its records, in the order of facts."""
        found = self.filter(subject__in=list(subjects), property__in=list(properties))
        return found.with_records().in_fact_order()

    def linking(self, entity: "Entity") -> Self:
        """Keep the relations with this entity at either end."""
        return self.relations().filter(Q(subject=entity) | Q(object=entity))

    def first_links(self, entity: "Entity") -> Self:
        """Keep the published relations of this entity; of a hub not all, so that it costs what its neighbours do."""
        return self.filter(pk__in=graph.first_links(entity.pk, MOST_LINKS_EACH_WAY))

    def lineage(self) -> Self:
        """Keep the relations that say which model came out of which, unless they were set aside."""
        return self.relations().filter(property__slug__in=MANNERS).exclude(rank="deprecated")

    def touching(self, entities: "Iterable[Entity]") -> Self:
        """Keep the relations with one of these entities at either end."""
        keys = [entity.pk for entity in entities]
        return self.filter(Q(subject__in=keys) | Q(object__in=keys))

    def family_of(self, entity: "Entity", generations: int) -> Self:
        """Keep the relations that lead up to the ancestors of an entity and down to its descendants, so far each way.

        Each generation is a look-up of its own, all in one query; to be called on the relations that count.
        """
        relations = self.select_related(None).order_by()
        up, down = relations.filter(subject=entity), relations.filter(object=entity)
        steps = [up, down]
        for _generation in range(1, generations):
            up = relations.filter(subject__in=up.values("object"))
            down = relations.filter(object__in=down.values("subject"))
            steps += [up, down]
        first, *others = (step.values("pk") for step in steps)
        return self.filter(pk__in=first.union(*others, all=True))

    def with_release_dates(self, dates: "ClaimQuerySet") -> Self:
        """Annotate relations of models with `subject_released` and `object_released`: EDTF, None when unknown.

        The dates are those that stand first among the claims that the reader may see.
        """
        found = dates.filter(property__slug="released").in_fact_order()
        return self.annotate(
            subject_released=Subquery(found.filter(subject=OuterRef("subject")).values("date")[:1]),
            object_released=Subquery(found.filter(subject=OuterRef("object")).values("date")[:1]),
        )

    def joining(self, pairs: Collection[tuple[int, int]], count: int) -> Self:
        """Keep so many relations each way between the entities of each pair, for a list, in the order of facts.

        Two queries.
        """
        return self.filter(pk__in=graph.claims_between(pairs, count)).for_list().in_fact_order()

    def between_kinds(self, kind: str) -> Self:
        """Keep the relations with an entity of this kind at either end."""
        return self.filter(Q(subject__kind=kind) | Q(object__kind=kind))

    def on_timeline(self) -> Self:
        # Words that an index on the timeline alone can be seen to hold; a lane is never without a date.
        return self.filter(lane__gt="").order_by("when_earliest", "pk")

    def of_lane(self, lane: str) -> Self:
        # Words that an index on the timeline alone can be seen to hold.
        return self.filter(lane__gt="", lane=lane)

    def of_verdict(self, verdict: str) -> Self:
        """Keep the claims whose verdict stands; without one, those that nobody has judged."""
        return self.filter(verdict=verdict, verdict_suspended=False)

    def tagged(self, tag: "Tag") -> Self:
        """Keep the claims whose subject has this tag."""
        return self.filter(subject__tagged_items__tag=tag)

    def between(self, first: Any, last: Any) -> Self:
        """Keep the claims whose date may fall from `first` to `last`, both included and either None for open."""
        claims = self
        if first:
            claims = claims.filter(when_latest__gte=first)
        if last:
            claims = claims.filter(when_earliest__lte=last)
        return claims

    def with_records(self) -> Self:
        """Join subject, object, property and unit: what a sentence needs, in no further query."""
        return self.select_related("subject", "object", "property", "unit")

    @staticmethod
    def evidence(statuses: Collection[str] = READERS) -> "Prefetch[str]":
        """Build the look-up of the sources' citations in order, each with its article and publisher; one query."""
        citations = apps.get_model("articles", "Citation")._default_manager
        return Prefetch("citations", queryset=citations.of_articles(statuses).from_sources().with_article())

    @staticmethod
    def evidence_in_words(statuses: Collection[str] = READERS) -> "Prefetch[str]":
        """Build the same look-up with the words around each passage, and with what this site wrote itself."""
        citations = apps.get_model("articles", "Citation")._default_manager
        return Prefetch("citations", queryset=citations.of_articles(statuses).with_article().with_words())

    @staticmethod
    def evidence_in_quotes() -> "Prefetch[str]":
        """Build the same look-up with the passages alone, for programs, which take them without what is around."""
        citations = apps.get_model("articles", "Citation")._default_manager
        return Prefetch("citations", queryset=citations.published().with_article().with_revision())

    def with_evidence(self, statuses: Collection[str] = READERS) -> Self:
        return self.prefetch_related(self.evidence(statuses))

    def with_mentions(self, statuses: Collection[str] = READERS) -> Self:
        """Prefetch the entities mentioned; one query."""
        entities: Any = apps.get_model("entities", "Entity")._default_manager
        return self.prefetch_related(Prefetch("mentions", queryset=entities.of_statuses(statuses)))

    def for_list(self, statuses: Collection[str] = READERS) -> Self:
        """Load what a line of the ledger or timeline shows; two queries."""
        return self.with_records().with_evidence(statuses)

    def for_detail(self, statuses: Collection[str] = READERS) -> Self:
        """Load all that the page of one claim shows of it; three queries."""
        return self.with_records().prefetch_related(self.evidence_in_words(statuses)).with_mentions(statuses)

    def for_record(self) -> Self:
        """Load what the API tells of each; three queries."""
        return self.with_records().prefetch_related(self.evidence_in_quotes()).with_mentions()

    def citing(self, article: Any) -> Self:
        """Keep the claims that cite an article."""
        return self.filter(pk__in=article.citations.order_by().values("claim"))

    def rivals_of(self, claim: "Claim") -> Self:
        """Keep the other claims that give the same property of the same subject a value; none for a bare statement."""
        if claim.property_id is None or claim.value_type == "entity":
            return self.none()
        return self.filter(subject=claim.subject_id, property=claim.property_id).exclude(pk=claim.pk)

    def in_fact_order(self) -> Self:
        """Order by the vocabulary, then the preferred value first, then by date, undated last."""
        rank = Case(
            When(rank="preferred", then=Value(0)),
            When(rank="normal", then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        )
        return self.order_by("property__order", "property_id", rank, F("when_earliest").asc(nulls_last=True), "pk")

    def disagreements(self) -> Self:
        """Keep ranked values that have a rival, preferred first within each property of each subject; one query."""
        rivals = self.filter(RANKED, alternative="rival", subject=OuterRef("subject"), property=OuterRef("property"))
        ranked = self.filter(RANKED)
        return ranked.filter(Exists(rivals.order_by())).with_records().in_fact_order()

    def of_contested(self, count: int) -> Self:
        """Keep the claims about the first so many subjects of rival answers: a bound for `disagreements`."""
        rivals = self.filter(RANKED, alternative="rival").order_by("subject")
        return self.filter(subject__in=rivals.values("subject")[:count])

    def some(self, count: int) -> Self:
        """Keep so many claims at most, whichever are found first, so that only these need to be joined and ordered."""
        return self.filter(pk__in=self.order_by().values("pk")[:count])

    def by_slug(self, slugs: Iterable[str]) -> dict[str, "Claim"]:
        """Map each slug to the claim that has or had it; slugs that do not exist are left out. One query."""
        return addresses.find_all(self, slugs)


ClaimManager = models.Manager.from_queryset(ClaimQuerySet)
