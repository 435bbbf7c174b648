"""One record for machines: as JSON-LD in the words of schema.org, and as Markdown, with every claim and its sources.

`site` makes addresses absolute ("https://example.org/"). Needs the records and the evidence of the claims loaded.
"""

import json
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import urljoin

from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from . import edtf, prose, wording
from .dossier import Dossier, Fact, Mark, Sources
from .models import Claim, Entity, Property, Verdict

# An object instead of schema.org's own address: whoever reads it need not fetch anything.
CONTEXT = {"@vocab": "https://schema.org/", "url": {"@type": "@id"}, "sameAs": {"@type": "@id"}}
# The forms of one record by the end of their addresses.
FORMATS = {"json": "application/ld+json", "md": "text/markdown"}
TYPES = {
    "person": "Person",
    "company": "Organization",
    "model": "SoftwareApplication",
    "event": "Event",
    "idea": "DefinedTerm",
}
MARKDOWN_SIGNS = re.compile(r"([\\`*_\[\]<>#|~])")
Node = dict[str, Any]


def entity_ld(entity: Entity, dossier: Dossier, site: str) -> Node:
    """Give an entity with all that its page says of it, each claim with verdict and sources."""
    node = {"@context": CONTEXT} | entity_node(entity, dossier, site)
    return node | {"subjectOf": [claim_node(claim, site) for claim in dossier.claims()]}


def entity_node(entity: Entity, dossier: Dossier, site: str) -> Node:
    """Give who or what an entity is: names, addresses, and the uncontested values that schema.org has a word for."""
    address = urljoin(site, entity.get_absolute_url())
    names = dict.fromkeys(filter(None, [entity.native_name, *entity.aliases]))
    node: Node = {
        "@type": TYPES[entity.kind],
        "@id": address,
        "url": address,
        "name": str(entity),
        "alternateName": [name for name in names if name != str(entity)],
        "description": prose.plain(entity.summary),
        "sameAs": [link["url"] for link in entity.links],
    }
    for term, value in _values(entity, dossier, site):
        # Its own address is the page's; a homepage is another one of the same thing.
        node.setdefault("sameAs" if term == "url" else term, []).append(value)
    return compact(node)


def claim_ld(claim: Claim, site: str, rivals: Iterable[Claim] = ()) -> Node:
    """Give a claim, and the other answers to its question among what it mentions."""
    node = {"@context": CONTEXT} | claim_node(claim, site)
    return compact(node | {"mentions": [claim_node(rival, site) for rival in rivals]})


def claim_node(claim: Claim, site: str) -> Node:
    """Give a claim with its verdict as a review, and its citations; the role of each is its stance."""
    address = urljoin(site, claim.get_absolute_url())
    citations = list(claim.citations.all())
    return compact(
        {
            "@type": "Claim",
            "@id": address,
            "url": address,
            "name": claim.title,
            "text": claim.sentence,
            "inLanguage": get_language(),
            "about": [_reference(end, site) for end in (claim.subject, claim.object) if end],
            "temporalCoverage": claim.when,
            "dateModified": claim.updated_at.date().isoformat(),
            "appearance": [source_node(each.article, site) for each in citations if each.makes_claim],
            "citation": [_citation(each, site) for each in citations],
            "review": _review(claim, address, site),
        }
    )


def _review(claim: Claim, address: str, site: str) -> Node:
    """Give the verdict; an absent one is said to be so."""
    return compact(
        {
            "@type": "ClaimReview",
            "url": address,
            "claimReviewed": claim.sentence,
            "itemReviewed": {"@id": address},
            "author": {"@type": "Organization", "name": _("The DeepSeek Story"), "url": site},
            "reviewRating": {"@type": "Rating", "alternateName": verdict_word(claim)},
            "reviewBody": claim.public_rationale,
            "datePublished": claim.checked_on.isoformat() if claim.checked_on else "",
        }
    )


def _citation(citation: Any, site: str) -> Node:
    return compact(
        {
            "@type": "Role",
            "roleName": citation.stance,
            "description": citation.locator,
            "citation": source_node(citation.article, site),
        }
    )


def source_node(article: Any, site: str) -> Node:
    """Name a source briefly; its own page says more."""
    return compact(
        {
            "@type": "CreativeWork",
            "@id": urljoin(site, article.get_absolute_url()),
            "name": article.title,
            "inLanguage": article.language,
            "publisher": {"@type": "Organization", "name": article.source_name} if article.source_name else "",
            "sameAs": article.url,
        }
    )


def _reference(entity: Entity, site: str) -> Node:
    return {"@type": TYPES[entity.kind], "@id": urljoin(site, entity.get_absolute_url()), "name": str(entity)}


def _values(entity: Entity, dossier: Dossier, site: str) -> Iterator[tuple[str, Any]]:
    """Yield schema.org's term and the value of each property that has one; what is contested stays a claim alone."""
    for group in dossier.facts:
        fact = group.facts[0]
        if group.property.schema_org and not fact.is_contested and not group.has_rivals():
            value = _fact_value(fact)
            if value is not None:
                yield group.property.schema_org, value
    for links in dossier.links:
        for link in links.links:
            prop = link.claim.property
            assert prop is not None
            term = prop.schema_org if link.claim.subject_id == entity.pk else prop.inverse_schema_org
            if (
                term
                and link.claim.public_verdict in ("", Verdict.SUPPORTED)
                and link.claim.rank != Claim.Rank.DEPRECATED
            ):
                yield term, _reference(link.entity, site)


def _fact_value(fact: Fact) -> Any:
    """Give a value as JSON; None for a date that only EDTF can write."""
    claim = fact.claim
    if claim.amount is not None:
        return {"@type": "QuantitativeValue", "value": number(claim.amount)}
    return (edtf.plain(claim.date) or None) if claim.date else claim.text or claim.url


def number(amount: Decimal) -> int | float:
    """Give an amount as a number of JSON, without a point where it is whole."""
    figure = float(amount)
    return int(figure) if figure.is_integer() else figure


def compact(node: Node) -> Node:
    """Leave out what is empty; a list of one value is that value."""
    kept = {name: value for name, value in node.items() if value not in ("", [], None)}
    return {name: value[0] if isinstance(value, list) and len(value) == 1 else value for name, value in kept.items()}


def as_script(node: Node) -> SafeString:
    """Write JSON-LD as a data block of a page; no text can end the block."""
    text = json.dumps(node, ensure_ascii=False)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04X}")
    return mark_safe(f'<script type="application/ld+json">{text}</script>')


def verdict_word(claim: Claim) -> str:
    if claim.public_verdict == "suspended":
        return _("verdict suspended")
    return str(Verdict(claim.verdict).label) if claim.verdict else _("not judged")


def entity_markdown(entity: Entity, dossier: Dossier, site: str) -> str:
    """Write the page of an entity, its sources as footnotes with the page's numbers."""
    kind = [str(entity.get_kind_display()), escaped(entity.native_name) if entity.native_name != str(entity) else ""]
    parts = [f"# {escaped(str(entity))}", " · ".join(filter(None, kind))]
    if entity.aliases:
        parts.append(f"{_('Also called:')} {escaped(', '.join(entity.aliases))}")
    parts.append(_summary(entity, dossier, site))
    parts += section(_("Facts"), _fact_lines(dossier, site))
    parts += section(_("Relationships"), _link_lines(entity, dossier, site))
    parts += section(
        _("Claims"), [_line(each.claim, each.claim.sentence, each.marks, site) for each in dossier.statements]
    )
    marks = dossier.numbering.marks
    parts += section(_("Timeline"), [_line(claim, str(claim), marks(claim), site) for claim in dossier.moments])
    further = [_line(claim, claim.sentence, marks(claim), site) for claim in dossier.further_claims()]
    parts += section(_("Further claims"), further)
    parts += section(_("Sources"), [footnote(number, each, site) for number, each in enumerate(dossier.sources, 1)])
    return document(parts, entity.get_absolute_url(), site)


def claim_markdown(claim: Claim, rivals: Iterable[Claim], site: str) -> str:
    sources = Sources()
    parts = [f"# {escaped(claim.sentence)}", f"**{_('Verdict')}:** {verdict_word(claim)}"]
    if claim.public_rationale:
        parts.append(escaped(claim.public_rationale))
    details = [f"- {_('About')}: {linked(str(claim.subject), claim.subject, site)}"]
    if claim.property:
        details.append(f"- {escaped(capfirst(claim.property.label))}: {escaped(wording.value_text(claim))}")
    if claim.applies_to:
        details.append(f"- {_('What it covers')}: {escaped(claim.applies_to)}")
    if claim.when:
        details.append(f"- {_('When')}: {edtf.describe(claim.when)}")
    parts.append("\n".join(details))
    parts += section(_("Evidence"), [_evidence_line(each, site) for each in claim.citations.all()])
    parts += section(_("Other answers"), [_line(rival, rival.sentence, sources.marks(rival), site) for rival in rivals])
    parts += section(_("Sources"), [footnote(number, each, site) for number, each in enumerate(sources.articles, 1)])
    return document(parts, claim.get_absolute_url(), site)


def _evidence_line(citation: Any, site: str) -> str:
    article = citation.article
    words = [linked(article.title, article, site), escaped(article.source_name), escaped(citation.locator)]
    line = f"- {capfirst(str(citation.get_stance_display()))}: {', '.join(filter(None, words))}"
    return f"{line} <{article.url}>" if article.url else line


def _summary(entity: Entity, dossier: Dossier, site: str) -> str:
    """Point the links of the summary at pages, with a footnote behind each claim; those that lead nowhere are words."""

    def resolve(link: re.Match[str]) -> str:
        words, kind, slug = link.groups()
        record = dossier.noted.get(slug) if kind == "claim" else dossier.named.get(slug)
        if record is None:
            return words
        source = dossier.numbering.note(record) if isinstance(record, Claim) else None
        note = f"[^{source[1]}]" if source else ""
        return f"[{words}]({urljoin(site, record.get_absolute_url())}){note}"

    return prose.LINK.sub(resolve, entity.summary)


def _fact_lines(dossier: Dossier, site: str) -> list[str]:
    return [
        _line(
            claim,
            wording.value_text(claim),
            dossier.numbering.marks(claim),
            site,
            start=capfirst(group.property.label),
        )
        for group in dossier.facts
        for fact in group.facts
        for claim in (fact.claim, *fact.twins)
    ]


def _link_lines(entity: Entity, dossier: Dossier, site: str) -> list[str]:
    return [
        _line(
            link.claim,
            wording.sentence(link.claim, inverse=_is_inverse(link.claim.property, link.claim, entity)),
            link.marks,
            site,
        )
        for group in dossier.links
        for link in group.links
    ]


def _is_inverse(prop: Property | None, claim: Claim, entity: Entity) -> bool:
    return prop is not None and not prop.is_symmetric and claim.subject_id != entity.pk


def _line(claim: Claim, words: str, marks: Iterable[Mark], site: str, *, start: str = "") -> str:
    """Write a claim as an item of a list: words that link to it, its day, standing and verdict, its footnotes."""
    day = "" if claim.date or not claim.when else edtf.describe(claim.when, short=True)
    standing = {"preferred": _("our choice"), "deprecated": _("set aside")}.get(claim.rank, "")
    if not standing and claim.alternative == Claim.Alternative.RIVAL:
        standing = _("also said")
    notes = ", ".join(filter(None, [escaped(claim.applies_to), day, standing, verdict_word(claim)]))
    begin = f"**{escaped(start)}:** " if start else ""
    return f"- {begin}{linked(words, claim, site)} ({notes}){''.join(f'[^{mark.number}]' for mark in marks)}"


def linked(words: str, record: Any, site: str) -> str:
    return f"[{escaped(words)}]({urljoin(site, record.get_absolute_url())})"


def footnote(number: int, article: Any, site: str) -> str:
    day = edtf.describe(article.published) if article.published else ""
    words = [linked(article.title, article, site), escaped(article.source_name), day]
    address = f" <{article.url}>" if article.url else ""
    return f"[^{number}]: {', '.join(filter(None, words))}.{address}"


def section(title: str, lines: list[str]) -> list[str]:
    """Give a heading and its list; neither for an empty list."""
    return [f"## {title}", "\n".join(lines)] if lines else []


def document(parts: Iterable[str], path: str, site: str) -> str:
    """Join the parts of a page, with its address and name at the end."""
    end = f"---\n\n{_('The DeepSeek Story')}: <{urljoin(site, path)}>"
    return "\n\n".join([*filter(None, parts), end]) + "\n"


def escaped(text: str) -> str:
    """Write text so that Markdown shows it as it is, on one line."""
    return MARKDOWN_SIGNS.sub(r"\\\1", " ".join(text.split()))
