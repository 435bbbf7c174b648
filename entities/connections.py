"""How two entities connect: the shortest chains between them, each hop with the claims that make it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import urljoin

from django.utils.translation import gettext as _

from . import edtf, graph, wording
from .models import Claim, Entity
from .network import as_json, ends, network
from .representations import escaped, verdict_word

# Pairs to begin with, by their slugs; those of which an end is missing are left out.
EXAMPLES = (
    ("liang-wenfeng", "jensen-huang"),
    ("zhejiang-university", "openai"),
    ("sora", "spring-festival-2025"),
    ("yann-lecun", "high-flyer"),
)


# Of the claims that make a step a reader compares a few; between two hubs there are thousands.
MOST_OF_A_HOP = 6


@dataclass(frozen=True)
class Hop:
    """A step of a chain with the claims that make it, in the vocabulary's order; `more` where there are further ones.

    `anchor` is its place on the page, empty where the same step was told in an earlier chain.
    """

    near: Entity
    far: Entity
    claims: list[Claim]
    more: bool
    anchor: str

    def told(self) -> Iterator[tuple[str, Claim]]:
        """Say each claim from the near end."""
        return ((wording.sentence(claim, inverse=claim.subject_id != self.near.pk), claim) for claim in self.claims)

    @property
    def phrase(self) -> str:
        """What the first claim says, without its ends."""
        prop = self.claims[0].property
        assert prop is not None
        return prop.label if self.claims[0].subject_id == self.near.pk else prop.inverse_label


@dataclass(frozen=True)
class Connection:
    """Equally short chains from one entity to another; see `graph.Found` for `more` and `is_complete`."""

    start: Entity
    goal: Entity
    chains: list[list[Hop]]
    more: bool
    is_complete: bool

    @property
    def steps(self) -> int:
        return len(self.chains[0]) if self.chains else 0

    @property
    def ends(self) -> tuple[Entity, Entity]:
        return self.start, self.goal

    @property
    def absence(self) -> str:
        """Say that no chain was found, and whether there may be one all the same."""
        if self.is_complete:
            return _("No connection within %(steps)s steps.") % {"steps": graph.MOST_STEPS}
        return _("No connection found: so many links lie between the two that not all of them could be searched.")

    def hops(self) -> list[Hop]:
        """Give each hop once, in the order of the page."""
        return [hop for chain in self.chains for hop in chain if hop.anchor]


def connect(start: Entity, goal: Entity) -> Connection:
    """Find and tell how two published entities connect; up to eight queries."""
    found = graph.shortest_chains(start.pk, goal.pk)
    by_pair: dict[frozenset[int], list[Claim]] = defaultdict(list)
    if found.chains:
        pairs = {pair for chain in found.chains for pair in pairwise(chain)}
        for claim in Claim.objects.published().joining(pairs, MOST_OF_A_HOP + 1):
            by_pair[frozenset(end.pk for end in ends(claim))].append(claim)
    entities = {end.pk: end for claims in by_pair.values() for end in ends(claims[0])}
    anchors: dict[tuple[int, int], str] = {}
    chains = []
    for chain in found.chains:
        steps = list(pairwise(chain))
        # A claim may have been withdrawn since the chain was found.
        if not all(frozenset(step) in by_pair for step in steps):
            continue
        hops = []
        for near, far in steps:
            anchor = "" if (near, far) in anchors else anchors.setdefault((near, far), f"hop-{len(anchors) + 1}")
            claims = by_pair[frozenset((near, far))]
            more = len(claims) > MOST_OF_A_HOP
            hops.append(Hop(entities[near], entities[far], claims[:MOST_OF_A_HOP], more, anchor))
        chains.append(hops)
    return Connection(start, goal, chains, found.more, found.is_complete)


def examples() -> list[tuple[Entity, Entity]]:
    """Give pairs of entities to try; one query."""
    known = Entity.objects.published().by_slug(slug for pair in EXAMPLES for slug in pair)
    return [(known[start], known[goal]) for start, goal in EXAMPLES if start in known and goal in known]


def connection_json(connection: Connection, site: str) -> dict[str, Any]:
    """Write a connection as a network in node-link form with its chains, lists of slugs, beside it."""
    claims = [claim for hop in connection.hops() for claim in hop.claims]
    is_complete = connection.is_complete and not connection.more and not any(hop.more for hop in connection.hops())
    written = as_json(network(claims), site, is_complete=is_complete)
    written["graph"] |= {"from": connection.start.slug, "to": connection.goal.slug, "steps": connection.steps or None}
    chains = [[connection.start.slug, *(hop.far.slug for hop in chain)] for chain in connection.chains]
    return written | {"chains": chains}


def connection_markdown(connection: Connection, site: str) -> str:
    """Write a connection as Markdown: each chain a numbered list of sentences with date, verdict and sources."""
    names = {"one": escaped(str(connection.start)), "other": escaped(str(connection.goal))}
    lines = ["# " + _("How %(one)s connects to %(other)s") % names, ""]
    if not connection.chains:
        lines += [connection.absence, ""]
    for number, chain in enumerate(connection.chains, 1):
        lines += ["## " + _("Chain %(number)s") % {"number": number}, ""]
        for step, hop in enumerate(chain, 1):
            lines.append(f"{step}. {_hop_markdown(hop, site)}")
        lines.append("")
    if connection.more:
        lines += [_("There are more chains that are as short."), ""]
    return "\n".join(lines)


def _hop_markdown(hop: Hop, site: str) -> str:
    # Several claims are a list within the step.
    lines = [f"{'- ' if len(hop.claims) > 1 else ''}{_claim_markdown(*told, site)}" for told in hop.told()]
    if hop.more:
        lines.append("- " + _("and more"))
    return "\n   ".join(lines)


def _claim_markdown(sentence: str, claim: Claim, site: str) -> str:
    sources = ", ".join(
        f"[{escaped(str(citation.article))}]({urljoin(site, citation.article.get_absolute_url())})"
        for citation in claim.citations.all()
    )
    parts = [edtf.describe(claim.when) if claim.when else "", verdict_word(claim), sources]
    return " · ".join([f"[{escaped(sentence)}]({urljoin(site, claim.get_absolute_url())})", *filter(None, parts)])
