"""The site as an oEmbed 1.0 provider (https://oembed.com): the address of a page in, an iframe of its embed out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import SplitResult, unquote, urlsplit
from xml.etree import ElementTree

from django.conf import settings
from django.core.exceptions import BadRequest
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.urls import ResolverMatch, resolve, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language_from_path, override
from django.utils.translation import gettext as _

from . import addresses, cards
from .decorators import require_safe
from .forms import CardForm, OEmbedForm, TimelineForm, shown
from .models import KIND_PATHS, Claim, Entity
from .network import NO_XML
from .pictures import card as picture
from .refusals import refused_in_json

M = TypeVar("M", bound=Model)

WIDTH = 600


@dataclass(frozen=True)
class Embed:
    """One embed: its name, its path, how high it likes to be, and the path of its page's card."""

    title: str
    path: str
    height: int
    card: str


def of_entity(entity: Entity) -> Embed:
    path = reverse("entities:embed-entity", kwargs={"kind": entity.kind, "slug": entity.slug})
    return Embed(str(entity), path, 420, cards.address(entity.get_absolute_url()))


def of_neighbourhood(entity: Entity) -> Embed:
    title = _("%(name)s and what it is linked to") % {"name": entity}
    path = reverse("entities:embed-neighbourhood", kwargs={"kind": entity.kind, "slug": entity.slug})
    return Embed(title, path, 560, cards.address(entity.get_absolute_url()))


def of_claim(claim: Claim) -> Embed:
    path = reverse("entities:embed-claim", args=[claim.slug])
    return Embed(str(claim), path, 380, cards.address(claim.get_absolute_url()))


def of_timeline(form: TimelineForm) -> Embed:
    return Embed(_("Timeline"), reverse("entities:embed-timeline") + form.query, 520, reverse("entities:card"))


def _found(records: QuerySet[M], match: ResolverMatch) -> M:
    """Find the record of an address, or of one that it had before: whoever embeds has old ones as well."""
    record = addresses.find(records, match.kwargs["slug"])
    if record is None:
        raise Http404
    return record


def _find_entity(match: ResolverMatch, query: QueryDict, fragment: str) -> Embed:
    entity = _found(Entity.objects.published(), match)
    return of_neighbourhood(entity) if fragment == "neighbourhood" else of_entity(entity)


def _find_claim(match: ResolverMatch, query: QueryDict, fragment: str) -> Embed:
    return of_claim(_found(Claim.objects.published().with_records(), match))


def _find_timeline(match: ResolverMatch, query: QueryDict, fragment: str) -> Embed:
    return of_timeline(TimelineForm.of(query))


# What can be embedded, by the name of the page.
EMBEDS: dict[str, Callable[[ResolverMatch, QueryDict, str], Embed]] = {
    **{f"entities:{kind}": _find_entity for kind in KIND_PATHS},
    "entities:claim": _find_claim,
    "entities:timeline": _find_timeline,
}


def frame(embed: Embed, request: HttpRequest, width: int, height: int) -> SafeString:
    """Write the HTML that shows an embed on another site."""
    return format_html(
        '<iframe src="{}" title="{}" width="{}" height="{}" loading="lazy"></iframe>',
        request.build_absolute_uri(embed.path),
        f"{embed.title} – {_('The DeepSeek Story')}",
        width,
        height,
    )


def code(embed: Embed, request: HttpRequest) -> SafeString:
    """Write the same as large as it likes to be, for people to copy."""
    return frame(embed, request, WIDTH, embed.height)


def is_embeddable(match: ResolverMatch | None) -> bool:
    return match is not None and match.view_name in EMBEDS


def own(address: str, host: str) -> SplitResult:
    """Take an address of this site apart.

    Raises:
        Http404: it is another site's, or none at all.
    """
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise Http404 from error
    if parts.scheme not in ("http", "https") or parts.netloc.lower() != host.lower():
        raise Http404
    return parts


def find(page: SplitResult) -> Embed:
    """Find the embed of a page; its words are in the active language, which must be the page's.

    Raises:
        Http404: nothing that can be embedded is there.
        BadRequest: the query of the address is none that the page takes.
    """
    match = resolve(unquote(page.path))
    if not is_embeddable(match):
        raise Http404
    return EMBEDS[match.view_name](match, QueryDict(page.query), page.fragment)


def rich(form: OEmbedForm, request: HttpRequest) -> dict[str, Any]:
    """Describe an embed as an answer of type rich, no larger than asked for.

    Raises:
        Http404, BadRequest: as `own` and `find` do.
    """
    page = own(form.cleaned_data["url"], request.get_host())
    with override(get_language_from_path(unquote(page.path)) or settings.LANGUAGE_CODE):
        embed = find(page)
        site = _("The DeepSeek Story")
        home = request.build_absolute_uri(reverse("articles:home"))
        width, height = form.fit(WIDTH, embed.height)
        html = frame(embed, request, width, height)
    answer = {"version": "1.0", "type": "rich", "title": embed.title, "provider_name": site, "provider_url": home}
    return answer | {"html": html, "width": width, "height": height} | _thumbnail(form, embed, request)


def _thumbnail(form: OEmbedForm, embed: Embed, request: HttpRequest) -> dict[str, Any]:
    """Give the widest card that is no larger than asked for; none when even the smallest is."""
    for width in CardForm.WIDTHS:
        height = round(width * picture.HEIGHT / picture.WIDTH)
        if form.fit(width, height) == (width, height):
            address = request.build_absolute_uri(f"{embed.card}?width={width}")
            return {"thumbnail_url": address, "thumbnail_width": width, "thumbnail_height": height}
    return {}


def _as_json(content: dict[str, Any], status: int = 200) -> HttpResponse:
    return JsonResponse(content, status=status)


def _as_xml(content: dict[str, Any], status: int = 200) -> HttpResponse:
    root = ElementTree.Element("oembed")
    for name, words in content.items():
        ElementTree.SubElement(root, name).text = NO_XML.sub("", str(words))
    body = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return HttpResponse(body, status=status, content_type="text/xml; charset=utf-8")


WRITERS = {"json": _as_json, "xml": _as_xml}


@require_safe
@refused_in_json
def oembed(request: HttpRequest) -> HttpResponse:
    """Answer a consumer: what is wrong is said in the format asked for, or in JSON when there is no such format."""
    name = request.GET.get("format") or "json"
    if name not in WRITERS:
        raise BadRequest(_("There is no format “%(name)s”; json and xml are.") % {"name": shown(name)})
    write = WRITERS[name]
    try:
        return write(rich(OEmbedForm.read(request), request))
    except BadRequest as refusal:
        return write({"error": str(refusal)}, 400)
    except Http404:
        return write({"error": _("At this address the site has nothing to embed.")}, 404)
