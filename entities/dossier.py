"""What the page of one entity tells, sorted out of its claims."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from . import answers, lineage, prose, storyline
from .models import Claim, Entity, Property
from .querysets import READERS, ClaimQuerySet

# A page holds so many of each; the rest is one link away, so that a hub costs no more than its neighbours.
MOST_FACTS = 300
MOST_LINKS = 300
MOST_STATEMENTS = 40
MOST_MOMENTS = 60
MOST_ARTICLES = 30


@dataclass(frozen=True)
class Mark:
    """A citation as a numbered mark that leads to the page's list of sources."""

    number: int
    citation: Any

    @property
    def title(self) -> str:
        where = f", {self.citation.locator}" if self.citation.locator else ""
        return f"{self.citation.article}{where}"


class Sources:
    """The articles that a page rests on, numbered by first use."""

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}
        self.articles: list[Any] = []

    def marks(self, *claims: Claim) -> list[Mark]:
        """Number the sources of these claims, one mark an article; needs the citations prefetched."""
        marks: dict[int, Mark] = {}
        for citation in (citation for claim in claims for citation in claim.citations.all()):
            if citation.article_id not in self._numbers:
                self.articles.append(citation.article)
                self._numbers[citation.article_id] = len(self.articles)
            number = self._numbers[citation.article_id]
            marks.setdefault(number, Mark(number, citation))
        return list(marks.values())

    def note(self, claim: Claim) -> tuple[str, int] | None:
        """Give the address and number of a claim's first source, for a footnote in prose."""
        marks = self.marks(claim)
        return (f"#source-{marks[0].number}", marks[0].number) if marks else None


@dataclass(frozen=True)
class Fact:
    """One value with its marks; `twins` are further claims of the very same value."""

    claim: Claim
    marks: list[Mark]
    twins: list[Claim]

    @property
    def is_contested(self) -> bool:
        return self.claim.public_verdict not in ("", "supported")


class Answers:
    """What the answers to one question have in common."""

    claims: list[Claim]

    def has_rivals(self) -> bool:
        return any(claim.alternative == Claim.Alternative.RIVAL for claim in self.claims)

    def choice(self) -> Claim | None:
        """The preferred claim, when the answers are ranked."""
        return next((claim for claim in self.claims if claim.rank == Claim.Rank.PREFERRED), None)

    def comparison(self) -> answers.Comparison:
        return answers.compare(self.claims)


@dataclass(frozen=True)
class FactGroup(Answers):
    """All values of one property, the preferred one first."""

    property: Property
    facts: list[Fact]
    # The claims of the facts, without their twins.
    claims: list[Claim]


@dataclass(frozen=True)
class Link:
    """One relation, seen from one end."""

    claim: Claim
    entity: Entity
    marks: list[Mark]


@dataclass(frozen=True)
class LinkGroup:
    """The relations of one property in one direction."""

    slug: str
    phrase: str
    links: list[Link]


@dataclass(frozen=True)
class Statement:
    """A claim in words; its marks are in the order of its citations."""

    claim: Claim
    marks: list[Mark]


@dataclass(frozen=True)
class Dossier:
    """The parts of an entity's page; each `more_…` says that the list was cut.

    `noted` and `named` are the claims and entities that the summary links to, by slug.
    """

    summary: SafeString
    noted: dict[str, Claim]
    named: dict[str, Entity]
    facts: list[FactGroup]
    links: list[LinkGroup]
    statements: list[Statement]
    moments: list[Claim]
    lanes: storyline.Storyline | None
    lineage: lineage.Lineage | None
    numbering: Sources
    articles: list[Any]
    more_links: bool
    more_statements: bool
    more_moments: bool

    @property
    def disagreements(self) -> list[FactGroup]:
        return [group for group in self.facts if group.has_rivals()]

    @property
    def sources(self) -> list[Any]:
        return self.numbering.articles

    def claims(self) -> list[Claim]:
        """List every claim of the page once, in the order of its parts."""
        return [*self._told.values(), *self.further_claims()]

    def further_claims(self) -> list[Claim]:
        """List the claims that only the summary, or the picture of the timeline or of the lineage, leads to."""
        pictured = self.lineage.claims if self.lineage else ()
        further = {claim.pk: claim for claim in [*pictured, *self.noted.values()] if claim.pk not in self._told}
        return list(further.values())

    @cached_property
    def _told(self) -> dict[int, Claim]:
        """Map the keys of the claims that have a line of their own to them."""
        told = [claim for group in self.facts for fact in group.facts for claim in (fact.claim, *fact.twins)]
        told += [link.claim for group in self.links for link in group.links]
        told += [statement.claim for statement in self.statements] + self.moments
        return {claim.pk: claim for claim in told}

    @property
    def links_count(self) -> int:
        """How many links the page lists; there are more with `more_links`."""
        return sum(len(group.links) for group in self.links)


def dossier(entity: Entity, claims: ClaimQuerySet, statuses: Collection[str] = READERS) -> Dossier:
    """Gather an entity's page from the claims and the statuses of other records that somebody may see.

    Up to nine queries, whatever their number.
    """
    about = claims.with_records()
    facts = facts_of(entity, claims)
    links = list(_links(entity, claims, statuses))
    statements = list(about.written().about(entity).by_date()[: MOST_STATEMENTS + 1])
    moments = list(about.on_timeline().about(entity)[: MOST_MOMENTS + 1])
    known = {claim.pk: claim for claim in [*facts, *links, *statements, *moments]}
    festivals = storyline.FESTIVALS if len(moments) >= storyline.FEWEST_MARKS else ()
    noted = prose_claims(entity.summary, claims, known.values(), festivals)
    known |= {claim.pk: claim for claim in noted.values()}
    family = lineage.of_model(entity, claims) if entity.kind == Entity.Kind.MODEL else None
    cited = [*known.values(), *(family.claims if family else ())]
    prefetch_related_objects(cited, ClaimQuerySet.evidence(statuses))
    facts, links, statements, moments = (
        [known[claim.pk] for claim in part] for part in (facts, links, statements, moments)
    )
    named = prose_entities(entity.summary, known.values(), statuses)
    sources = Sources()
    return Dossier(
        summary=prose.render(entity.summary, noted, named, sources.note),
        noted=noted,
        named=named,
        facts=fact_groups(facts, sources),
        links=link_groups(entity, links[:MOST_LINKS], sources),
        statements=[Statement(claim, sources.marks(claim)) for claim in statements[:MOST_STATEMENTS]],
        moments=moments[:MOST_MOMENTS],
        lanes=storyline.draw(
            storyline.marks_of(moments[:MOST_MOMENTS], main=noted),
            storyline.bands_of(noted),
            title=_("%(name)s on the timeline") % {"name": entity},
            filters={"entity": entity.slug},
            is_small=True,
        ),
        lineage=family,
        numbering=sources,
        articles=list(entity.own_articles(statuses)[:MOST_ARTICLES]),
        more_links=len(links) > MOST_LINKS,
        more_statements=len(statements) > MOST_STATEMENTS,
        more_moments=len(moments) > MOST_MOMENTS,
    )


def facts_of(entity: Entity, claims: ClaimQuerySet, most: int = MOST_FACTS) -> list[Claim]:
    """List the first values of an entity in fact order; one query."""
    return list(claims.with_records().facts().filter(subject=entity).in_fact_order()[:most])


def _links(entity: Entity, claims: ClaimQuerySet, statuses: Collection[str] = READERS) -> ClaimQuerySet:
    """Ask for the relations of an entity, one more than a page lists."""
    links = claims.first_links(entity) if statuses == READERS else claims.linking(entity)
    return links.with_records().in_fact_order()[: MOST_LINKS + 1]


def links_of(entity: Entity, claims: ClaimQuerySet) -> list[LinkGroup]:
    """Group the relations of an entity, as its page does; two queries."""
    return link_groups(entity, list(_links(entity, claims).with_evidence())[:MOST_LINKS], Sources())


def prose_claims(
    text: str, claims: ClaimQuerySet, loaded: Iterable[Claim] = (), others: Iterable[str] = ()
) -> dict[str, Claim]:
    """Map the slugs of the claims that a prose links to, and of `others`; costs a query when one is not loaded yet."""
    wanted = prose.targets(text).claims.union(others)
    known = {claim.slug: claim for claim in loaded if claim.slug in wanted}
    missing = wanted - known.keys()
    return known | claims.with_records().by_slug(missing) if missing else known


def prose_entities(text: str, loaded: Iterable[Claim] = (), statuses: Collection[str] = READERS) -> dict[str, Entity]:
    """Map the slugs of the entities that a prose links to; costs a query when one is not loaded yet."""
    wanted = prose.targets(text).entities
    ends = (end for claim in loaded for end in (claim.subject, claim.object))
    known = {end.slug: end for end in ends if end is not None and end.slug in wanted}
    missing = wanted - known.keys()
    return known | Entity.objects.of_statuses(statuses).by_slug(missing) if missing else known


def fact_groups(claims: Iterable[Claim], sources: Sources) -> list[FactGroup]:
    """Group claims that come in fact order; the same value said by two claims becomes one fact with both sources."""
    groups = []
    for prop, same_property in groupby(claims, key=lambda claim: claim.property):
        assert prop is not None
        by_value: dict[tuple[Any, ...], list[Claim]] = defaultdict(list)
        for claim in same_property:
            by_value[(claim.value, claim.unit_id, claim.bound, claim.applies_to)].append(claim)
        facts = [Fact(first, sources.marks(first, *twins), twins) for first, *twins in by_value.values()]
        groups.append(FactGroup(prop, facts, [fact.claim for fact in facts]))
    return groups


def link_groups(entity: Entity, claims: Iterable[Claim], sources: Sources) -> list[LinkGroup]:
    """Group relations by property and direction, in the vocabulary's order; a symmetric one has one direction."""
    groups: dict[str, LinkGroup] = {}
    for claim in claims:
        prop = claim.property
        assert prop is not None
        assert claim.object is not None
        outward = claim.subject_id == entity.pk or prop.is_symmetric
        slug, phrase = (prop.slug, prop.label) if outward else (prop.inverse_slug, prop.inverse_label)
        other = claim.object if claim.subject_id == entity.pk else claim.subject
        group = groups.setdefault(slug, LinkGroup(slug, phrase, []))
        group.links.append(Link(claim, other, sources.marks(claim)))
    return list(groups.values())


@dataclass(frozen=True)
class Question(Answers):
    """One property of one subject, with the answers that sources give, the best first."""

    subject: Entity
    property: Property
    claims: list[Claim]


def questions(claims: Iterable[Claim]) -> list[Question]:
    """Gather claims that come in fact order into questions, those with most answers first."""
    found: dict[tuple[int, int | None], list[Claim]] = defaultdict(list)
    for claim in claims:
        found[(claim.subject_id, claim.property_id)].append(claim)
    asked = [Question(given[0].subject, given[0].property, given) for given in found.values() if given[0].property]
    return sorted(asked, key=lambda question: -len(question.claims))
