"""The search for the shortest chains, held against networkx."""

from typing import Any

import networkx  # type: ignore[import-untyped]
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entities import graph
from entities.models import Claim, Entity, Property
from tests import factories

pytestmark = pytest.mark.django_db
ENTITIES = 12
# A link between two places, and whether readers may see it.
LINKS = st.lists(
    st.tuples(
        st.integers(0, ENTITIES - 1), st.integers(0, ENTITIES - 1), st.sampled_from(["published"] * 5 + ["draft"])
    ),
    max_size=30,
)
HIDDEN = st.sets(st.integers(2, ENTITIES - 1), max_size=2)


@pytest.fixture
def places(db: None) -> list[Entity]:
    return [factories.entity("company", f"place-{number}") for number in range(ENTITIES)]


@pytest.fixture
def linked(db: None) -> Property:
    return factories.prop()


def link(places: list[Entity], linked: Property, *pairs: tuple[int, int], **fields: Any) -> None:
    for subject, other in pairs:
        factories.relation(places[subject], linked, places[other], **fields)


def chains(places: list[Entity], start: int, goal: int) -> list[tuple[int, ...]]:
    """Find the chains, as places."""
    numbers = {entity.pk: number for number, entity in enumerate(places)}
    found = graph.shortest_chains(places[start].pk, places[goal].pk)
    return [tuple(numbers[key] for key in chain) for chain in found.chains]


def expected(links: list[tuple[int, int, str]], hidden: set[int]) -> set[tuple[int, ...]]:
    known = networkx.Graph()
    known.add_nodes_from((0, 1))
    known.add_edges_from(
        (one, other) for one, other, status in links if status == "published" and not {one, other} & hidden
    )
    try:
        paths = {tuple(path) for path in networkx.all_shortest_paths(known, 0, 1)}
    except networkx.NetworkXNoPath:
        return set()
    return {path for path in paths if len(path) <= graph.MOST_STEPS + 1}


def store(places: list[Entity], linked: Property, links: list[tuple[int, int, str]], hidden: set[int]) -> None:
    """Replace what is linked."""
    Claim.objects.all().delete()
    Claim.objects.bulk_create(
        Claim(
            slug=f"link-{number}",
            subject=places[one],
            property=linked,
            value_type="entity",
            object=places[other],
            status=status,
        )
        for number, (one, other, status) in enumerate(links)
        if one != other
    )
    Entity.objects.update(status="published")
    Entity.objects.filter(pk__in=[places[number].pk for number in hidden]).update(status="draft")


RANDOM_GRAPHS = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)


@RANDOM_GRAPHS
@given(links=LINKS, hidden=HIDDEN)
def test_random_chains_are_those_of_networkx(
    places: list[Entity], linked: Property, links: list[tuple[int, int, str]], hidden: set[int]
) -> None:
    store(places, linked, links, hidden)
    found = graph.shortest_chains(places[0].pk, places[1].pk)
    assert found.is_complete
    assert chains(places, 0, 1) == sorted(expected(links, hidden))[: graph.MOST_CHAINS]
    assert found.more == (len(expected(links, hidden)) > graph.MOST_CHAINS)


@pytest.mark.parametrize("bounds", [(1, 5_000), (2, 5_000), (1, 6), (500, 4)])
@RANDOM_GRAPHS
@given(links=LINKS, hidden=HIDDEN)
def test_bounds_never_make_a_wrong_chain(
    places: list[Entity],
    linked: Property,
    bounds: tuple[int, int],
    links: list[tuple[int, int, str]],
    hidden: set[int],
) -> None:
    """A search that says it is complete is; what it finds are shortest chains, all of them or as many as are shown."""
    store(places, linked, links, hidden)
    right = expected(links, hidden)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(graph, "MOST_OF_ONE", bounds[0])
        patch.setattr(graph, "MOST_LINKS", bounds[1])
        found = graph.shortest_chains(places[0].pk, places[1].pk)
        shown = chains(places, 0, 1)
    assert set(shown) <= right
    assert len(shown) == len(set(shown))
    if shown or found.is_complete:
        assert len(shown) == min(len(right), graph.MOST_CHAINS)
