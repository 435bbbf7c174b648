"""Small marks of the story's pages: values, dates, sources, kinds and verdicts as HTML, the same everywhere."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from babel import Locale, UnknownLocaleError
from babel.numbers import format_decimal
from django import template
from django.conf import settings
from django.db.models import Model
from django.urls import reverse, translate_url
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language, pgettext, to_locale
from django.utils.translation import gettext as _

from .. import answers, edtf, figures, prose, wording
from ..dossier import Dossier, Mark
from ..links import clean_address
from ..models import KIND_PATHS, KINDS, Claim, Entity, Lane, Verdict
from ..pictures import svg
from ..representations import CONTEXT, as_script, claim_ld, entity_node

register = template.Library()

ICONS = {
    kind: mark_safe(
        f'<svg class="icon icon--{kind}" viewBox="-8 -8 16 16" width="14" height="14"'
        f' aria-hidden="true" focusable="false">{shape}</svg>'
    )
    for kind, shape in svg.SHAPES.items()
}
# Each lane goes by the shape of what happens in it most.
LANE_SHAPES = {
    "models": "model",
    "people-and-firms": "company",
    "markets-and-policy": "event",
    "research": "idea",
    "press": "person",
}
SIGNS = {"supported": "✓", "disputed": "⇄", "misleading": "≠", "unverified": "?", "outdated": "↺", "suspended": "…"}


@register.simple_tag
def kind_icon(kind: str) -> SafeString:
    """Draw the shape of a kind, for the eye only."""
    return ICONS[kind]


@register.simple_tag
def kind_badge(kind: str) -> SafeString:
    """Draw the shape of a kind with its word."""
    return format_html('<p class="kind kind--{}">{}{}</p>', kind, ICONS[kind], Entity.Kind(kind).label)


@register.simple_tag
def kind_list_link(kind: str) -> SafeString:
    """Link to the list of all entities of a kind."""
    address = reverse(f"entities:{KIND_PATHS[kind]}")
    return format_html('<a href="{}">{}</a>', address, capfirst(KINDS[kind]._meta.verbose_name_plural))


@register.simple_tag
def lane_badge(lane: str) -> SafeString:
    """Draw the shape of a timeline lane with its word."""
    return format_html('<span class="lane lane--{}">{}{}</span>', lane, ICONS[LANE_SHAPES[lane]], Lane(lane).label)


@register.simple_tag
def verdict_badge(verdict: str, *, small: bool = False) -> SafeString:
    """Draw the sign and word of a verdict, as `Claim.public_verdict` gives it; none means not judged."""
    size = " verdict--small" if small else ""
    if not verdict:
        return format_html('<span class="verdict verdict--none{}">{}</span>', size, _("not judged"))
    return format_html(
        '<span class="verdict verdict--{}{}"><span class="verdict__sign" aria-hidden="true">{}</span> {}</span>',
        verdict,
        size,
        SIGNS[verdict],
        _("verdict suspended") if verdict == "suspended" else Verdict(verdict).label,
    )


@register.simple_tag
def when(text: str, *, short: bool = False) -> SafeString:
    """Write an EDTF date for people; empty for none."""
    if not text:
        return mark_safe("")
    words = edtf.describe(text, short=short)
    if plain_date := edtf.plain(text):
        return format_html('<time datetime="{}">{}</time>', plain_date, words)
    return format_html("<span>{}</span>", words)


@register.simple_tag
def value(claim: Claim, *, with_unit: bool = True) -> SafeString:
    """Write the value of a claim: compact figure with the exact one on hover and in print, date, name, text or host."""
    if claim.amount is not None and claim.unit is not None:
        exact = figures.exact(claim.amount.normalize(), claim.unit)
        compact = wording.amount_text(claim, with_unit=with_unit)
        printed = (
            format_html('<span class="figure-exact"> ({})</span>', exact)
            if exact not in wording.amount_text(claim)
            else ""
        )
        number = f"{claim.amount.normalize():f}"
        return format_html('<data class="figure" value="{}" title="{}">{}</data>{}', number, exact, compact, printed)
    if claim.date:
        return when(claim.date)
    if claim.url:
        return format_html("{}", host(claim.url))
    return format_html("{}", claim.object) if claim.object else words(claim, "text")


@register.simple_tag
def gauge(claim: Claim, comparison: answers.Comparison) -> SafeString | str:
    """Draw how large, or how late, an answer is beside the others, for the eye only; empty where nothing can be."""
    return comparison.gauge(claim)


@register.simple_tag
def standing(claim: Claim) -> SafeString:
    """Say in a word how an answer stands beside the others; empty for one that stands alone."""
    if claim.rank == Claim.Rank.PREFERRED:
        return format_html('<span class="tag tag--choice">{}</span>', _("our choice"))
    if claim.rank == Claim.Rank.DEPRECATED:
        return format_html('<span class="tag">{}</span>', _("set aside"))
    beside = {"rival": _("also said"), "variant": _("of another scope")}
    return format_html('<span class="tag">{}</span>', beside[claim.alternative]) if claim.alternative else mark_safe("")


@register.simple_tag
def words(record: Model, field: str) -> SafeString:
    """Write a translated field; what exists in English only is marked as such."""
    text = getattr(record, field)
    if wording.is_untranslated(record, field):
        return format_html('<span class="untranslated" lang="en">{}</span>', text)
    return format_html("{}", text)


@register.simple_tag
def sentence(claim: Claim) -> SafeString:
    """Write what a claim says, marked when it exists in English only."""
    return words(claim, "statement") if claim.statement else format_html("{}", claim.sentence)


@register.simple_tag
def heading(claim: Claim) -> SafeString:
    """Write the title of a claim, else what it says."""
    return words(claim, "title") if claim.title else sentence(claim)


@register.filter
def is_untranslated(record: Model, field: str) -> bool:
    return wording.is_untranslated(record, field)


@register.simple_tag
def qualifiers(claim: Claim) -> SafeString:
    """Say what a value covers and when it holds; a date is not dated again."""
    day = "" if claim.date else when(claim.when, short=True)
    return format_html("{}{}{}", words(claim, "applies_to"), ", " if claim.applies_to and day else "", day)


@register.simple_tag
def hover(article: Any, title: str) -> SafeString:
    """Write the attributes of a link that tell an article's title on hover, in the language that it is in."""
    language = "" if article.language == get_language() else format_html(' lang="{}"', article.language)
    return format_html(' title="{}"{}', title, language)


@register.simple_tag
def marks(numbered: Iterable[Mark]) -> SafeString:
    """Set the numbers of the sources, each a link to the page's list of them."""
    links = format_html_join(
        "",
        '<a class="mark" href="#source-{}"{}>[{}]</a>',
        ((mark.number, hover(mark.citation.article, mark.title), mark.number) for mark in numbered),
    )
    return format_html('<span class="marks">{}</span>', links) if links else links


@register.simple_tag
def evidence(claim: Claim) -> SafeString:
    """List the citations of a claim in one line: stance, publisher, locator, each a link to its article."""
    words = {"supports": pgettext("stance", "Says"), "disputes": pgettext("stance", "Against")}
    words["context"] = pgettext("stance", "Context")
    return format_html_join(
        "",
        '<li class="cite cite--{}"><span class="cite__stance">{}</span> <a href="{}"{}>{}</a>{}</li>',
        (
            (
                citation.stance,
                words[citation.stance],
                citation.article.get_absolute_url(),
                hover(citation.article, citation.article.title),
                citation.article.source_name or citation.article.title,
                locator(citation.locator),
            )
            for citation in claim.citations.all()
        ),
    )


@register.simple_tag
def locator(text: str) -> SafeString:
    return format_html(', <span class="cite__locator" lang="en">{}</span>', text) if text else mark_safe("")


@register.simple_tag
def entity_link(entity: Entity, css_class: str = "") -> SafeString:
    """Link to an entity with the shape of its kind."""
    attribute = format_html(' class="{}"', css_class) if css_class else ""
    return format_html('<a{} href="{}">{} {}</a>', attribute, entity.get_absolute_url(), ICONS[entity.kind], entity)


@register.simple_tag
def link_name(link: dict[str, str]) -> str:
    """Say what a link of an entity is, and where it leads; a service without a word of its own keeps its name."""
    names = {
        "homepage": _("Homepage"),
        "chat": _("Chat"),
        "github": "GitHub",
        "hugging-face": "Hugging Face",
        "wikidata": "Wikidata",
        "wikipedia": _("Wikipedia"),
    }
    values = {"what": names.get(link["type"], capfirst(link["type"])), "host": host(link["url"])}
    return _("%(what)s: %(host)s") % values


@register.filter
def count(number: int) -> str:
    """Write a count with the separators of the active language."""
    return str(format_decimal(number, locale=to_locale(get_language() or "en")))


@register.filter
def host(address: str) -> str:
    """Name the host of a web address, for a link that says where it leads."""
    return (urlsplit(address).hostname or address).removeprefix("www.")


@register.filter
def language_name(tag: str) -> str:
    """Name a language in the active one ("French" for fr); the tag itself when it is unknown."""
    try:
        return Locale.parse(tag, sep="-").get_display_name(get_language() or "en") or tag
    except (UnknownLocaleError, ValueError):
        return tag


@register.filter
def plain(text: str) -> str:
    """Take the marks and links off Markdown."""
    return prose.plain(text)


@register.filter
def first_sentence(text: str) -> str:
    """Give the first sentence of Markdown as plain words."""
    words = prose.plain(text)
    head, mark, _rest = words.partition(". ")
    return head + mark.strip()


@register.simple_tag(takes_context=True)
def entity_data(context: dict[str, Any], entity: Entity, page: Dossier) -> SafeString:
    """Write who or what an entity is as JSON-LD; its claims are in the file beside the page."""
    site = context["request"].build_absolute_uri("/")
    return as_script({"@context": CONTEXT} | entity_node(entity, page, site))


@register.simple_tag(takes_context=True)
def claim_data(context: dict[str, Any], claim: Claim) -> SafeString:
    """Write a claim with its verdict and citations as JSON-LD."""
    return as_script(claim_ld(claim, context["request"].build_absolute_uri("/")))


@register.simple_tag(takes_context=True)
def language_switch(context: dict[str, Any]) -> SafeString:
    """Link to this page in the other languages of the site."""
    path = clean_address(context["request"])
    return format_html_join(
        "",
        '<a class="language-switch" href="{}" lang="{}" hreflang="{}">{}</a>',
        (
            (translated, code, code, name)
            for code, name in settings.LANGUAGES
            if code != get_language() and (translated := translate_url(path, code)) != path
        ),
    )


@register.simple_tag(takes_context=True)
def address_of_page(context: dict[str, Any], **changes: Any) -> str:
    """Give the query of this page with some parameters changed, and without a place in its list."""
    query = context["request"].GET.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    for name, setting in changes.items():
        if setting in (None, ""):
            query.pop(name, None)
        else:
            query[name] = setting
    return f"?{query.urlencode()}" if query else context["request"].path
