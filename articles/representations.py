"""An article for machines: as JSON-LD in the words of schema.org, and as Markdown, with the claims that rest on it."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from urllib.parse import urljoin

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from entities import edtf, prose
from entities.models import Claim, Entity
from entities.representations import (
    CONTEXT,
    TYPES,
    Node,
    claim_node,
    compact,
    document,
    escaped,
    linked,
    section,
    verdict_word,
)

from .models import Article, Citation

ARTICLE_TYPES = {
    "article": "NewsArticle",
    "paper": "ScholarlyArticle",
    "repository": "SoftwareSourceCode",
    "interview": "NewsArticle",
    "announcement": "Article",
    "report": "Report",
    "dataset": "Dataset",
    "narrative": "Article",
}


def article_ld(article: Article, citations: Collection[Citation], claims: Mapping[str, Claim], site: str) -> Node:
    """Give a source and every claim that cites it, each with its verdict; needs people and claims loaded.

    Of `claims`, which its summary links to, those that do not cite it are what it mentions; they need their evidence.
    """
    node = {"@context": CONTEXT} | article_node(article, site)
    roles = [
        compact(
            {
                "@type": "Role",
                "roleName": citation.stance,
                "description": citation.locator,
                "subjectOf": {
                    "@type": "Claim",
                    "@id": urljoin(site, citation.claim.get_absolute_url()),
                    "text": citation.claim.sentence,
                    "review": {
                        "@type": "ClaimReview",
                        "reviewRating": {"@type": "Rating", "alternateName": verdict_word(citation.claim)},
                    },
                },
            }
        )
        for citation in citations
    ]
    mentions = [claim_node(claim, site) for claim in _further(claims, citations)]
    return node | {"subjectOf": roles} | ({"mentions": mentions} if mentions else {})


def _further(claims: Mapping[str, Claim], citations: Iterable[Citation]) -> list[Claim]:
    """List the claims that a summary links to and that do not cite its article."""
    citing = {citation.claim_id for citation in citations}
    return [claim for claim in claims.values() if claim.pk not in citing]


def article_node(article: Article, site: str) -> Node:
    address = urljoin(site, article.get_absolute_url())
    identifiers = [f"doi:{article.doi}" if article.doi else "", f"arXiv:{article.arxiv}" if article.arxiv else ""]
    return compact(
        {
            "@type": ARTICLE_TYPES[article.kind],
            "@id": address,
            "url": address,
            "name": article.title,
            "headline": article.title,
            "alternateName": article.translated_title if article.translated_title != article.title else "",
            "abstract": prose.plain(article.summary),
            "author": [_person(author, site) for author in article.authors.all()],
            "publisher": {"@type": "Organization", "name": article.source_name} if article.source_name else "",
            "datePublished": edtf.plain(article.published),
            "inLanguage": article.language,
            "license": article.licence,
            "identifier": [identifier for identifier in identifiers if identifier],
            "sameAs": [address for address in (article.url, article.archive_url) if address],
        }
    )


def _person(author: Any, site: str) -> Node:
    entity = author.entity
    if entity is None or entity.status != "published":
        return {"@type": "Person", "name": author.name}
    return {
        "@type": TYPES[entity.kind] if entity.kind == "company" else "Person",
        "@id": urljoin(site, entity.get_absolute_url()),
        "name": author.name,
    }


def article_markdown(
    article: Article,
    citations: Collection[Citation],
    claims: Mapping[str, Claim],
    entities: Mapping[str, Entity],
    site: str,
) -> str:
    """Give a source and every claim that cites it; `claims` and `entities` are what its summary links to, by slug."""
    parts = [f"# {escaped(article.headline)}"]
    if article.translated_title and article.translated_title != article.headline:
        parts.append(escaped(article.translated_title))
    parts.append(prose.pointed(article.summary, claims, entities, site))
    details = {
        _("Kind"): article.get_kind_display(),
        _("Authors"): ", ".join(author.name for author in article.authors.all()),
        _("Publisher"): article.source_name,
        _("Published"): edtf.describe(article.published) if article.published else "",
        _("Language"): article.language,
        "DOI": article.doi,
        "arXiv": article.arxiv,
        _("Licence"): article.licence,
    }
    lines = [f"- {name}: {escaped(text)}" for name, text in details.items() if text]
    lines += [f"- {_('Address')}: <{article.url}>"] if article.url else []
    parts.append("\n".join(lines))
    parts += section(_("Claims"), [_line(citation, site) for citation in citations])
    further = [
        f"- {linked(claim.sentence, claim, site)} ({verdict_word(claim)})" for claim in _further(claims, citations)
    ]
    parts += section(_("Further claims"), further)
    return document(parts, article.get_absolute_url(), site)


def _line(citation: Citation, site: str) -> str:
    claim = citation.claim
    notes = ", ".join(filter(None, [verdict_word(claim), escaped(citation.locator)]))
    stance = capfirst(str(citation.get_stance_display()))
    return f"- {stance}: {linked(claim.sentence, claim, site)} ({notes})"
