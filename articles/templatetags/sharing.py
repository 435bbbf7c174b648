"""The share row of a page: its address, how to cite it, how to embed it, and its other forms."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from entities import oembed
from entities.forms import TimelineForm
from entities.links import clean_address
from entities.models import Claim, Entity
from entities.representations import FORMATS

from .. import cite
from ..models import Article

register = template.Library()
ATOM = "application/atom+xml"


@register.inclusion_tag("components/share.html", takes_context=True)
def share_row(context: dict[str, Any], record: Article | Claim | Entity) -> dict[str, Any]:
    """Build what the share row of a record shows; an article needs its authors loaded."""
    request = context["request"]
    path = record.get_absolute_url()
    stem = path.rstrip("/")
    reference = cite.reference(record, request.build_absolute_uri("/"), timezone.localdate())
    forms = [("Markdown", f"{stem}.md", FORMATS["md"]), ("JSON-LD", f"{stem}.json", FORMATS["json"])]
    if isinstance(record, Entity):
        feed = reverse("articles:entity-feed", kwargs={"kind": record.kind, "slug": record.slug})
        forms.append((_("Feed"), feed, ATOM))
    return {
        "address": request.build_absolute_uri(path),
        "title": str(record),
        "cites_source": reference.types != cite.WEB_PAGE,
        "citation": cite.as_text(reference),
        "citation_forms": [(form.label, f"{stem}.{suffix}") for suffix, form in cite.FORMS.items()],
        "embeds": [(label, oembed.code(embed, request)) for label, embed in _embeds(record)],
        "formats": forms,
    }


@register.inclusion_tag("components/share.html", takes_context=True)
def share_timeline(context: dict[str, Any], form: TimelineForm) -> dict[str, Any]:
    """Build the share row of the timeline, with its filters."""
    request = context["request"]
    return {
        "address": request.build_absolute_uri(clean_address(request)),
        "title": context["page_title"],
        "embeds": [(_("The timeline with these filters"), oembed.code(oembed.of_timeline(form), request))],
    }


def _embeds(record: Article | Claim | Entity) -> list[tuple[str, oembed.Embed]]:
    """List what can be embedded of a record, each with its name."""
    if isinstance(record, Entity):
        return [(_("A card"), oembed.of_entity(record)), (_("Its neighbourhood"), oembed.of_neighbourhood(record))]
    return [(_("The claim with its evidence"), oembed.of_claim(record))] if isinstance(record, Claim) else []
