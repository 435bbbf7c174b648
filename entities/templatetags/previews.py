"""What the head of a page says to other sites that show a link to it."""

from html import unescape
from typing import Any
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from .. import cards, oembed
from ..links import clean_address
from ..pictures import card as picture
from ..previews import Preview

register = template.Library()

LOCALES = {"en": "en_US", "fr": "fr_FR"}


@register.simple_block_tag(takes_context=True)
def remember(context: dict[str, Any], content: SafeString, name: str) -> SafeString:
    """Show some words of the page, and keep them in its context for `link_preview`, as text and no HTML."""
    words = content.strip()
    context[name] = unescape(words)
    return mark_safe(words)


@register.simple_tag(takes_context=True)
def link_preview(context: dict[str, Any]) -> SafeString:
    """Write Open Graph and Twitter Card tags, and the links to oEmbed; nothing in an editor's preview of a draft.

    A record's page brings a `preview` in its context; any other page shares its own words with the card of the site.
    """
    if context.get("is_preview"):
        return mark_safe("")
    request = context["request"]
    preview = context.get("preview") or Preview(
        title=context["page_title"],
        description=context["page_description"],
        card=cards.of_site(),
        image=reverse("entities:card"),
    )
    address = request.build_absolute_uri(clean_address(request))
    tags = _open_graph(preview, address, request.build_absolute_uri(preview.image))
    tags += [("name", "twitter:card", "summary_large_image"), ("name", "twitter:image:alt", preview.card.alt)]
    for place, (label, words) in enumerate(preview.labelled, 1):
        tags += [("name", f"twitter:label{place}", label), ("name", f"twitter:data{place}", words)]
    metas = format_html_join("\n  ", '<meta {}="{}" content="{}">', tags)
    if oembed.is_embeddable(request.resolver_match):
        metas += _discovery(preview.title, request.build_absolute_uri(reverse("entities:oembed")), address)
    return metas


def _open_graph(preview: Preview, address: str, image: str) -> list[tuple[str, str, str]]:
    language = get_language() or settings.LANGUAGE_CODE
    values = [
        ("title", preview.title),
        ("description", preview.description),
        ("type", preview.kind),
        ("url", address),
        ("site_name", _("The DeepSeek Story")),
        ("locale", LOCALES[language]),
        *(("locale:alternate", locale) for code, locale in LOCALES.items() if code != language),
        ("image", image),
        ("image:type", "image/png"),
        ("image:width", str(picture.WIDTH)),
        ("image:height", str(picture.HEIGHT)),
        ("image:alt", preview.card.alt),
    ]
    return [("property", f"og:{name}", words) for name, words in values]


def _discovery(title: str, provider: str, address: str) -> SafeString:
    """Link to the page's description for programs that embed it."""
    return format_html_join(
        "",
        '\n  <link rel="alternate" type="{}" title="{}" href="{}?{}">',
        (
            (mime, title, provider, urlencode({"url": address, "format": name}))
            for name, mime in (("json", "application/json+oembed"), ("xml", "text/xml+oembed"))
        ),
    )
