"""The links in the head of a page, which the header of the answer repeats."""

from typing import Any

from django import template
from django.conf import settings
from django.urls import translate_url
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from ..links import clean_address, link
from ..representations import FORMATS

register = template.Library()


@register.simple_tag(takes_context=True)
def page_addresses(context: dict[str, Any]) -> SafeString:
    """Link to the page's one true address, by which it is to be cited too, and to the same page in each language."""
    request = context["request"]
    path = clean_address(request)
    links = [link(request, "canonical", request.build_absolute_uri(path))]
    if not context.get("is_preview"):
        links.append(link(request, "cite-as", request.build_absolute_uri(path)))
    for language in [*(code for code, _name in settings.LANGUAGES), ""]:
        address = request.build_absolute_uri(translate_url(path, language or settings.LANGUAGE_CODE))
        links.append(link(request, "alternate", address, hreflang=language or "x-default"))
    return _lines(links)


@register.simple_tag(takes_context=True)
def page_link(context: dict[str, Any], rel: str, address: str) -> SafeString:
    """Link to the page that this one is a part or form of."""
    request = context["request"]
    return link(request, rel, request.build_absolute_uri(address))


@register.simple_tag(takes_context=True)
def other_form(context: dict[str, Any], mime: str, address: str, title: str = "") -> SafeString:
    """Link to what the page shows in another form, or to what is new of it, for programs."""
    return link(context["request"], "alternate", address, type=mime, title=title)


@register.simple_tag(takes_context=True)
def record_formats(context: dict[str, Any]) -> SafeString:
    """Link the page of a record to the same as JSON-LD and as Markdown, for programs."""
    stem = context["request"].path.rstrip("/")
    return _lines(other_form(context, mime, f"{stem}.{suffix}") for suffix, mime in FORMATS.items())


def _lines(links: Any) -> SafeString:
    return format_html_join("\n  ", "{}", ((each,) for each in links))
