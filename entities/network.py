"""Relations as a network: who is linked how often, and the same as JSON and GraphML for other programs."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin
from xml.etree import ElementTree

from .models import Claim, Entity

GRAPHML = "http://graphml.graphdrawing.org/xmlns"
# What GraphML has to declare beforehand, by the element that holds it.
GRAPHML_VALUES = {
    "graph": ("complete",),
    "node": ("name", "kind", "url"),
    "edge": ("property", "label", "statement", "when", "url"),
}
GRAPHML_END = "</graph>\n</graphml>\n"
# XML has no way to write these characters.
NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Network:
    """Relations, and the entities at their ends by name in the active language."""

    entities: list[Entity]
    claims: list[Claim]

    def link_counts(self) -> Counter[int]:
        """Map the key of each entity to its number of relations."""
        return Counter(end.pk for claim in self.claims for end in ends(claim))

    def best_connected(self, most: int) -> "Network":
        """Keep the entities with the most relations, and the relations between them; the first by name in a tie."""
        if len(self.entities) <= most:
            return self
        counts = self.link_counts()
        kept = {entity.pk for entity in sorted(self.entities, key=lambda entity: -counts[entity.pk])[:most]}
        return Network(
            [entity for entity in self.entities if entity.pk in kept],
            [claim for claim in self.claims if all(end.pk in kept for end in ends(claim))],
        )


def network(claims: Iterable[Claim]) -> Network:
    """Gather the entities of relations; needs subject and object loaded."""
    claims = list(claims)
    entities = {end.pk: end for claim in claims for end in ends(claim)}
    return Network(sorted(entities.values(), key=lambda entity: (str(entity).casefold(), entity.pk)), claims)


def ends(claim: Claim) -> tuple[Entity, Entity]:
    """Give subject and object of a relation."""
    assert claim.object is not None
    return claim.subject, claim.object


def as_json(shown: Network, site: str, *, is_complete: bool) -> dict[str, Any]:
    """Write a network in the node-link form that networkx and d3 read; `site` makes its addresses absolute.

    Needs the records and the evidence of the claims loaded.
    """
    return {
        "directed": True,
        "multigraph": True,
        "graph": {"complete": is_complete},
        "nodes": [{"id": entity.slug} | entity_values(entity, site) for entity in shown.entities],
        "edges": [
            {"source": subject.slug, "target": other.slug, "key": claim.slug}
            | relation_values(claim, site)
            | {"sources": [urljoin(site, citation.article.get_absolute_url()) for citation in claim.citations.all()]}
            for claim in shown.claims
            for subject, other in [ends(claim)]
        ],
    }


def as_graphml(shown: Network, site: str, *, is_complete: bool) -> str:
    """Write a network as GraphML, every value a text. Needs the records of the claims loaded."""
    parts = [
        graphml_start(is_complete=is_complete),
        graphml_nodes(shown.entities, site),
        graphml_edges(shown.claims, site),
        GRAPHML_END,
    ]
    return "".join(parts)


def graphml_start(*, is_complete: bool) -> str:
    """Declare what follows: nodes, edges and `GRAPHML_END`, each in as many pieces as is convenient."""
    keys = [
        _element("key", {"id": f"{owner}-{name}", "for": owner, "attr.name": name, "attr.type": "string"})
        for owner, names in GRAPHML_VALUES.items()
        for name in names
    ]
    head = f"<?xml version='1.0' encoding='utf-8'?>\n<graphml xmlns=\"{GRAPHML}\">\n"
    complete = f'<data key="graph-complete">{"yes" if is_complete else "no"}</data>\n'
    return f'{head}{"".join(keys)}<graph id="relationships" edgedefault="directed">\n{complete}'


def graphml_nodes(entities: Iterable[Entity], site: str) -> str:
    return "".join(_element("node", {"id": entity.slug}, entity_values(entity, site)) for entity in entities)


def graphml_edges(claims: Iterable[Claim], site: str) -> str:
    """Write relations; needs their records loaded."""
    return "".join(
        _element("edge", {"id": claim.slug, "source": subject.slug, "target": other.slug}, relation_values(claim, site))
        for claim in claims
        for subject, other in [ends(claim)]
    )


def entity_values(entity: Entity, site: str) -> dict[str, str]:
    return {"name": str(entity), "kind": entity.kind, "url": urljoin(site, entity.get_absolute_url())}


def relation_values(claim: Claim, site: str) -> dict[str, str]:
    """Give what a relation says, in the active language; `when` is EDTF, empty for none."""
    assert claim.property is not None
    return {
        "property": claim.property.slug,
        "label": claim.property.label,
        "statement": claim.sentence,
        "when": claim.when,
        "url": urljoin(site, claim.get_absolute_url()),
    }


def _element(tag: str, attributes: dict[str, str], values: dict[str, str] | None = None) -> str:
    """Write an element on a line of its own, with its values by the name declared for such elements."""
    element = ElementTree.Element(tag, attributes)
    for name, text in (values or {}).items():
        ElementTree.SubElement(element, "data", key=f"{tag}-{name}").text = NO_XML.sub("", text)
    return f"{ElementTree.tostring(element, encoding='unicode')}\n"
