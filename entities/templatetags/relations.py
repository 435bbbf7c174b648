"""The links between entities as pictures and lists."""

import re
from collections.abc import Collection

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .. import wording
from ..connections import Connection, Hop
from ..dossier import LinkGroup
from ..models import KINDS, Claim, Entity
from ..network import Network, ends
from ..pictures import chain as chain_drawing
from ..pictures import network as map_picture
from ..pictures import ring
from .story import entity_link, hover, when

register = template.Library()

# From the first word to the last, with the apostrophe of an elision.
WORDS = re.compile(r"\w(?:.*[\w'])?", re.DOTALL)


@register.simple_tag
def neighbourhood(entity: Entity, groups: list[LinkGroup], list_page: str = "") -> SafeString:
    """Draw an entity amid its links; what has no room leads to the list of them, which is on `list_page`."""
    title = _("%(name)s and what it is linked to") % {"name": entity}
    return ring.ring(
        title, entity.kind, [_group(entity, group, list_page) for group in groups], _and_more, f"{list_page}#links"
    )


def _group(entity: Entity, group: LinkGroup, list_page: str) -> ring.Group:
    """Gather the entities at the other ends, each once; those that the picture has no room for are but counted."""
    links = {link.entity.pk: link for link in reversed(group.links)}
    shown = [
        ring.Neighbour(
            str(link.entity),
            link.entity.kind,
            link.entity.get_absolute_url(),
            wording.sentence(link.claim, inverse=link.claim.subject_id != entity.pk),
        )
        for link in list(reversed(links.values()))[: ring.MOST_MARKS + 1]
    ]
    return ring.Group(group.phrase, f"{list_page}#{group.slug}", shown, len(links))


def _and_more(count: int) -> str:
    return ngettext("and %(count)s more", "and %(count)s more", count) % {"count": count}


@register.simple_tag
def relationship_map(drawn: Network, whole: Network) -> SafeString:
    """Draw a network; the numbers in its accessible names are those of the whole, from which it may be a part."""
    counts = whole.link_counts()
    nodes = [
        map_picture.Node(
            str(entity),
            entity.kind,
            entity.get_absolute_url(),
            ngettext("%(name)s, %(count)s link", "%(name)s, %(count)s links", counts[entity.pk])
            % {"name": entity, "count": counts[entity.pk]},
        )
        for entity in drawn.entities
    ]
    places = {entity.pk: place for place, entity in enumerate(drawn.entities)}
    links = [(places[subject.pk], places[other.pk]) for subject, other in map(ends, drawn.claims)]
    captions = {kind: capfirst(str(model._meta.verbose_name_plural)) for kind, model in KINDS.items()}
    return map_picture.network(_("Who and what is linked"), nodes, links, captions)


@register.simple_tag
def edges(claims: Collection[Claim]) -> SafeString:
    """List relations as sentences, with date and first source; in one pass, since a map has hundreds."""
    entities = {end.pk: end for claim in claims for end in ends(claim)}
    names = {key: entity_link(entity, "chip__name") for key, entity in entities.items()}
    return format_html_join(
        "\n",
        '<li class="edge">{} {}{}</li>',
        (
            (
                _sentence(claim, names),
                format_html('<span class="chip__date">{}</span> ', when(claim.when, short=True)) if claim.when else "",
                _first_source(claim),
            )
            for claim in claims
        ),
    )


def _sentence(claim: Claim, names: dict[int, SafeString]) -> SafeString:
    """Fill the pattern of a relation with links to both ends; the longest words between them lead to the claim."""
    subject, other = ends(claim)
    assert claim.property is not None
    links = {"{subject}": names[subject.pk], "{value}": names[other.pk]}
    pieces = wording.pieces(claim.property.pattern, str(subject), str(other))
    longest = max((text for placeholder, text in pieces if not placeholder), key=len)
    return format_html_join(
        "", "{}", ((links.get(placeholder) or _phrase(text, claim, text == longest),) for placeholder, text in pieces)
    )


def _phrase(text: str, claim: Claim, is_link: bool) -> SafeString | str:
    """Write the words beside a name, as a link to the claim without the marks and spaces at their ends."""
    words = WORDS.search(text) if is_link else None
    if words is None:
        return format_html('<span class="edge__phrase">{}</span>', text) if text else ""
    return format_html(
        '<span class="edge__phrase">{}<a href="{}">{}</a>{}</span>',
        text[: words.start()],
        claim.get_absolute_url(),
        words[0],
        text[words.end() :],
    )


def _first_source(claim: Claim) -> SafeString | str:
    """Name the first source of a claim and how many there are besides; needs its evidence loaded."""
    citations = claim.citations.all()
    if not citations:
        return ""
    article = citations[0].article
    more = format_html(" {}", _and_more(len(citations) - 1)) if len(citations) > 1 else ""
    return format_html(
        '<span class="edge__source"><a href="{}"{}>{}</a>{}</span>',
        article.get_absolute_url(),
        hover(article, article.title),
        article.source_name or article.title,
        more,
    )


@register.simple_tag
def chain_title(chain: list[Hop]) -> str:
    """Name a chain by what lies between its ends; one step has nothing there."""
    names = " → ".join(str(hop.far) for hop in chain[:-1])
    return _("Through %(names)s") % {"names": names}


@register.simple_tag
def chain_picture(connection: Connection) -> SafeString:
    """Draw the chains of a connection; a single one says at each step what links the two."""
    layers: list[dict[int, chain_drawing.Node]] = [{} for _step in range(connection.steps + 1)]
    for chain in connection.chains:
        for step, entity in enumerate([chain[0].near, *(hop.far for hop in chain)]):
            layers[step].setdefault(entity.pk, _chain_node(entity))
    places = [{key: place for place, key in enumerate(layer)} for layer in layers]
    links = [
        (step, places[step][hop.near.pk], places[step + 1][hop.far.pk])
        for chain in connection.chains
        for step, hop in enumerate(chain)
    ]
    only = connection.chains[0] if len(connection.chains) == 1 else []
    phrases = [chain_drawing.Phrase(hop.phrase, f"#{hop.anchor}", next(hop.told())[0]) for hop in only]
    title = _("From %(one)s to %(other)s") % {"one": connection.start, "other": connection.goal}
    return chain_drawing.chain(title, [list(layer.values()) for layer in layers], links, phrases)


def _chain_node(entity: Entity) -> chain_drawing.Node:
    return chain_drawing.Node(str(entity), entity.kind, entity.get_absolute_url(), str(entity))
