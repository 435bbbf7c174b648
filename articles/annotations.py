"""The passages of an article as W3C Web Annotations: https://www.w3.org/TR/annotation-model/."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import get_language

from .models import Article, Citation
from .text import CONTEXT

CONTENT_TYPE = 'application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"'
# Of the vocabulary of the standard: a verdict assesses the words; without one they are linked to a claim.
JUDGED, LINKED = "assessing", "linking"


def collection(article: Article, passages: Iterable[Citation], root: str, address: str) -> dict[str, Any]:
    """Build the annotations of an article; `root` begins each address, `address` is that of the collection.

    Needs claim and revision loaded. Words around a passage are given where readers may see the whole text.
    """
    items = [_annotation(article, passage, root, address) for passage in passages]
    return {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": address,
        "type": "AnnotationCollection",
        "label": article.title,
        "total": len(items),
        "first": {"id": f"{address}#page", "type": "AnnotationPage", "startIndex": 0, "items": items},
    }


def _annotation(article: Article, passage: Citation, root: str, address: str) -> dict[str, Any]:
    assert passage.revision
    quote = {"type": "TextQuoteSelector", "exact": passage.quote}
    if article.rights == Article.Rights.WHOLE:
        quote |= {"prefix": passage.prefix[-CONTEXT:], "suffix": passage.suffix[:CONTEXT]}
    return {
        "id": f"{address}#passage-{passage.pk}",
        "type": "Annotation",
        "motivation": JUDGED if passage.claim.public_verdict else LINKED,
        "body": list(_bodies(passage, root)),
        "target": {
            "source": root + (passage.text_address or article.get_absolute_url()).partition("#")[0].partition("?")[0],
            "language": passage.revision.language,
            "selector": [
                quote,
                {"type": "TextPositionSelector", "start": passage.start, "end": passage.end},
            ],
        },
    }


def _bodies(passage: Citation, root: str) -> Iterable[dict[str, Any]]:
    claim = passage.claim
    yield {"type": "SpecificResource", "source": root + claim.get_absolute_url(), "purpose": "linking"}
    yield _words(claim.sentence, "describing") | {"language": get_language()}
    yield _words(passage.stance, "classifying")
    if claim.public_verdict:
        yield _words(claim.public_verdict, "assessing")


def _words(value: str, purpose: str) -> dict[str, Any]:
    return {"type": "TextualBody", "value": value, "purpose": purpose}
