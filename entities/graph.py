"""The shortest chains of links between two entities, searched from both of them at once.

SQL by hand: one look-up is a matter of a millisecond, of which Django's compiler would take most.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, product
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

# Further apart, "linked" says nothing any more.
MOST_STEPS = 6
# A reader compares a few; between two hubs there are thousands.
MOST_CHAINS = 10
# An entity with more links in one direction is a hub: all of its links are never read to find a few.
MOST_OF_ONE = 500
# What one look-up may bring, some milliseconds' worth.
MOST_LINKS = 5_000
# Pairs of entities that are tried one by one, a look-up in an index each.
MOST_PAIRS = 5_000
# Two hubs are searched for common neighbours; so many pairs of them in one query.
MOST_HUB_PAIRS = 12

Chain = tuple[int, ...]
# Maps an entity to others that it is linked to.
Ways = Mapping[int, set[int]]

Query = tuple[str, list[Any]]
DIRECTIONS = (("subject_id", "object_id"), ("object_id", "subject_id"))
LAST_ID = 2**63 - 1


@dataclass(frozen=True)
class Found:
    """Equally short chains of ids from one entity to the other, in the order of the ids; none where there is none.

    `more` says that there are others as short. `is_complete` is False where the search met its bounds: a chain may
    exist all the same.
    """

    chains: list[Chain]
    more: bool = False
    is_complete: bool = True


@dataclass
class End:
    """What can be reached from one of the two entities in some steps.

    `back` leads from each entity to those one step nearer. An end is stuck where the next step takes in hubs or too
    many links: `hubs` are those of its frontier, `beyond` leads back from what the others of it are linked to, and is
    None where that is too much.
    """

    frontier: set[int]
    back: dict[int, set[int]]
    steps: int = 0
    is_stuck: bool = False
    hubs: set[int] = field(default_factory=set)
    beyond: Ways | None = None

    @classmethod
    def at(cls, entity: int) -> "End":
        return cls({entity}, {entity: set()})

    def advance(self, links: Sequence[tuple[int, int, int, bool]]) -> None:
        """Go one step further along the links of the frontier, or get stuck; those of others are passed over."""
        counts: dict[tuple[int, int], int] = defaultdict(int)
        reached = _ways(())
        for near, far, direction, is_public in links:
            if near not in self.frontier:
                continue
            counts[near, direction] += 1
            if is_public and far not in self.back:
                reached[far].add(near)
        self.hubs = {near for (near, _direction), count in counts.items() if count > MOST_OF_ONE}
        if len(links) > MOST_LINKS:
            self.is_stuck = True
        elif self.hubs:
            self.is_stuck = True
            self.beyond = {far: others for far, nears in reached.items() if (others := nears - self.hubs)}
        else:
            self.back |= reached
            self.frontier = set(reached)
            self.steps += 1


def shortest_chains(start: int, goal: int) -> Found:
    """Find all shortest chains of published links, in whichever direction each link was said.

    The two must be different and published. At most six queries; none goes through all links of a hub unless that hub
    has nothing in common with another.
    """
    one, other = End.at(start), End.at(goal)
    links = _fetch(*_links_of({start, goal}))
    one.advance(links)
    other.advance(links)
    if goal in one.frontier or start in other.frontier:
        return Found([(start, goal)])
    while one.frontier and other.frontier:
        if meeting := one.frontier & other.frontier:
            return _found(start, goal, one, other, {entity: set() for entity in meeting})
        left = MOST_STEPS - one.steps - other.steps
        if left == 0:
            break
        if left == 1 and len(one.frontier) * len(other.frontier) <= MOST_PAIRS:
            pairs = _fetch(*_pairs(one.frontier, other.frontier))
            return _found(start, goal, one, other, _ways((near, far) for near, far, _no_hub in pairs))
        if not _advance_either(one, other, most_tries=2 if left > 1 else 1):
            ways, is_complete = _bridges(one, other, left)
            return _found(start, goal, one, other, ways, is_complete=is_complete)
    return Found([])


def _advance_either(one: End, other: End, most_tries: int) -> bool:
    """Advance the end with the smaller frontier, or the other one if it gets stuck; a query a try. False for neither.

    The sizes stand in for the numbers of links, which would take a query to count.
    """
    free = sorted((end for end in (one, other) if not end.is_stuck), key=lambda end: len(end.frontier))
    for end in free[:most_tries]:
        end.advance(_fetch(*_links_of(end.frontier)))
        if not end.is_stuck:
            return True
    return False


def _bridges(one: End, other: End, left: int) -> tuple[Ways, bool]:
    """Look for ways of one step, then of two, between the frontiers of two ends that are stuck; one query.

    What the frontiers are linked to is known but for their hubs, so that only those are asked for. Also tells whether
    all chains of the steps that are `left` were looked for.
    """
    is_known = one.beyond is not None and other.beyond is not None
    one_beyond, other_beyond = one.beyond or {}, other.beyond or {}
    nears, fars = (one.hubs, other.hubs) if is_known else (one.frontier, other.frontier)
    if len(nears) * len(fars) > MOST_PAIRS:
        return {}, False
    parts = [_pairs(nears, fars)]
    takes_two = is_known and left > 1 and len(nears) * len(fars) <= MOST_HUB_PAIRS
    if takes_two:
        parts += [_pairs(nears, other_beyond), _pairs(fars, one_beyond)]
        parts += [_common(*hubs) for hubs in product(sorted(nears), sorted(fars))]
    links = _fetch(
        " UNION ALL ".join(sql for sql, _params in parts), [each for _sql, params in parts for each in params]
    )
    direct = _ways(
        (near, far)
        for near, far, other_hub in links
        if near in one.frontier and far in other.frontier and not other_hub
    )
    for far in one_beyond.keys() & other.frontier:
        for near in one_beyond[far]:
            direct[near].add(far)
    for near in other_beyond.keys() & one.frontier:
        direct[near] |= other_beyond[near]
    if direct or not takes_two:
        return direct, left == 1
    return _by_middle(links, one_beyond, other_beyond, one.hubs), left == 2


def _by_middle(links: Iterable[tuple[int, ...]], one_beyond: Ways, other_beyond: Ways, hubs: set[int]) -> Ways:
    """Join what leads from one frontier and from the other to the same entity; `hubs` are those of the first one."""
    nears, fars = _ways(()), _ways(())
    for hub, middle, other_hub in links:
        (nears if hub in hubs else fars)[middle].add(hub)
        if other_hub:
            fars[middle].add(other_hub)
    ways = _ways(())
    for middle in (one_beyond.keys() | nears.keys()) & (other_beyond.keys() | fars.keys()):
        for near in one_beyond.get(middle, set()) | nears[middle]:
            ways[near].add(middle)
        ways[middle] = other_beyond.get(middle, set()) | fars[middle]
    return ways


def _found(start: int, goal: int, one: End, other: End, between: Ways, *, is_complete: bool = True) -> Found:
    """Write out the chains that lead along the ways between the frontiers; none of those is a dead end."""
    ahead = _ways((near, far) for near, fars in between.items() for far in fars)
    layer = between.keys() & one.back.keys()
    while layer:
        for entity in layer:
            for nearer in one.back[entity]:
                ahead[nearer].add(entity)
        layer = {nearer for entity in layer for nearer in one.back[entity]}
    layer = (between.keys() | {far for fars in between.values() for far in fars}) & other.back.keys()
    while layer:
        for entity in layer:
            ahead[entity] |= other.back[entity]
        layer = {nearer for entity in layer for nearer in other.back[entity]}
    chains = list(islice(_walk((start,), goal, ahead), MOST_CHAINS + 1)) if between else []
    return Found(chains[:MOST_CHAINS], len(chains) > MOST_CHAINS, is_complete or bool(chains))


def _walk(chain: Chain, goal: int, ahead: Ways) -> Iterator[Chain]:
    """Go on from the end of a chain in every way that leads to the goal, in the order of the ids."""
    if chain[-1] == goal:
        yield chain
        return
    for entity in sorted(ahead[chain[-1]]):
        yield from _walk((*chain, entity), goal, ahead)


def _ways(links: Iterable[tuple[int, ...]]) -> dict[int, set[int]]:
    ways: dict[int, set[int]] = defaultdict(set)
    for near, far in links:
        ways[near].add(far)
    return ways


# What is asked of the database


def claims_between(links: Collection[tuple[int, int]], count: int) -> RawSQL:
    """Build the subquery of the ids of the claims that link pairs of entities, whichever of a pair is the subject.

    Of each pair and direction it has so many, those entered first, since two hubs may have thousands.
    """
    pairs = [*links, *((far, near) for near, far in links)]
    return RawSQL(
        "SELECT id FROM (SELECT claim.id, ROW_NUMBER() OVER (PARTITION BY claim.subject_id, claim.object_id"
        f" ORDER BY claim.id) AS place FROM (VALUES {', '.join(['(%s, %s)'] * len(pairs))}) AS pair"
        " JOIN entities_claim claim ON claim.subject_id = pair.column1 AND claim.object_id = pair.column2"
        f" WHERE {_is_link('claim')}) AS numbered WHERE place <= {count}",
        [entity for pair in pairs for entity in pair],
    )


def first_links(entity: int, count: int) -> RawSQL:
    """Build the subquery of the ids of an entity's links: so many each way, the lowest ids at the far end first.

    It costs the same for a hub, of which the others are not read.
    """
    parts = [
        f"SELECT id FROM (SELECT claim.id FROM entities_claim claim WHERE claim.{near} = %s AND {_is_link('claim')}"
        f" ORDER BY claim.{far}, claim.id LIMIT {count}) AS first_{number}"
        for number, (near, far) in enumerate(DIRECTIONS)
    ]
    return RawSQL(" UNION ALL ".join(parts), [entity, entity])


def _links_of(entities: Collection[int]) -> Query:
    """Ask for near id, far id, direction and whether readers may see the far one; the same two may come again.

    Of a hub there is one link more than `MOST_OF_ONE` in a direction, which tells that it is one.
    """
    parts = [
        f"SELECT claim.{near}, claim.{far}, {number}, {_is_seen(f'claim.{far}')}"
        f" FROM {_rows('near')} JOIN entities_claim claim ON claim.{near} = near.value"
        f" AND claim.{far} <= COALESCE((SELECT last.{far} FROM entities_claim last WHERE last.{near} = near.value"
        f" AND {_is_link('last')} ORDER BY last.{far} LIMIT 1 OFFSET {MOST_OF_ONE}), {LAST_ID})"
        f" WHERE {_is_link('claim')}"
        for number, (near, far) in enumerate(DIRECTIONS)
    ]
    return f"{' UNION ALL '.join(parts)} LIMIT {MOST_LINKS + 1}", 2 * [_array(entities)]


def _pairs(nears: Collection[int], fars: Collection[int]) -> Query:
    """Ask which of the pairs are linked: near id, far id and 0."""
    return (
        f"SELECT near.value, far.value, 0 FROM {_rows('near')} CROSS JOIN {_rows('far')}"
        f" WHERE {_are_linked('near.value', 'far.value')}"
    ), [_array(nears), _array(fars)]


def _common(hub: int, other: int) -> Query:
    """Ask for the first neighbours that two hubs have in common: id of the hub, of the neighbour, of the other hub.

    In each direction one more than `MOST_CHAINS`, in the order of an index, so that few links are read where hubs have
    much in common.
    """
    parts = [
        f"SELECT * FROM (SELECT DISTINCT claim.{near}, claim.{far}, {int(other)} FROM entities_claim claim"
        f" WHERE claim.{near} = {int(hub)} AND {_is_link('claim')} AND {_are_linked(f'claim.{far}', str(int(other)))}"
        f" AND {_is_seen(f'claim.{far}')} ORDER BY claim.{far} LIMIT {MOST_CHAINS + 1}) AS common"
        for near, far in DIRECTIONS
    ]
    return " UNION ALL ".join(parts), []


# With an OFFSET, PostgreSQL looks each of these up in an index rather than hashing the table for many of them.


def _are_linked(one: str, other: str) -> str:
    tests = (
        f"EXISTS (SELECT 1 FROM entities_claim link WHERE link.{near} = {one} AND link.{far} = {other}"
        f" AND {_is_link('link')} LIMIT 1 OFFSET 0)"
        for near, far in DIRECTIONS
    )
    return f"({' OR '.join(tests)})"


def _is_seen(entity: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM entities_entity seen WHERE seen.id = {entity} AND seen.status = 'published'"
        " LIMIT 1 OFFSET 0)"
    )


def _is_link(claim: str) -> str:
    """Word the condition of the indexes `claim_link_from` and `claim_link_to`, which answer without the rows."""
    return f"{claim}.object_id IS NOT NULL AND {claim}.status = 'published' AND {claim}.replaces_id IS NULL"


def _rows(name: str) -> str:
    """Make a table of one column out of an array, which is one parameter whatever its length."""
    if connection.vendor == "postgresql":
        return f"unnest(%s::bigint[]) AS {name}(value)"
    return f"json_each(%s) AS {name}"


def _array(entities: Collection[int]) -> Any:
    return sorted(entities) if connection.vendor == "postgresql" else json.dumps(sorted(entities))


def _fetch(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
