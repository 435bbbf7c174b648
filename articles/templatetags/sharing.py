"""The share row of a record: its address, how to cite it, and its other forms."""

from typing import Any

from django import template
from django.utils import timezone

from entities.models import Claim, Entity
from entities.representations import FORMATS

from .. import cite
from ..models import Article

register = template.Library()


@register.inclusion_tag("components/share.html", takes_context=True)
def share_row(context: dict[str, Any], record: Article | Claim | Entity) -> dict[str, Any]:
    """Build what the share row shows; an article needs its authors loaded."""
    request = context["request"]
    path = record.get_absolute_url()
    stem = path.rstrip("/")
    reference = cite.reference(record, request.build_absolute_uri("/"), timezone.localdate())
    return {
        "address": request.build_absolute_uri(path),
        "title": str(record),
        "cites_source": reference.types != cite.WEB_PAGE,
        "citation": cite.as_text(reference),
        "citation_forms": [(form.label, f"{stem}.{suffix}") for suffix, form in cite.FORMS.items()],
        "formats": [
            (label, f"{stem}.{suffix}", FORMATS[suffix]) for label, suffix in (("Markdown", "md"), ("JSON-LD", "json"))
        ],
    }
