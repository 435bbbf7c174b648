"""The links of a page to its one true address and to its other forms: in its head, and as a header (RFC 8288).

Whoever writes a link calls `link`, which remembers it on the request; `config.middleware` makes the header of them.
"""

from dataclasses import dataclass
from urllib.parse import quote

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from .forms import TRACKING

# Proxies give all headers of an answer 4 kilobytes. What has no room stands in the head of the page alone.
MOST_CHARACTERS = 2_000


@dataclass(frozen=True)
class Link:
    """One link: what its target is to the page, where it is, and its attributes by name."""

    rel: str
    address: str
    attributes: dict[str, str]

    def as_element(self) -> SafeString:
        attributes = format_html_join("", ' {}="{}"', self.attributes.items())
        return format_html('<link rel="{}"{} href="{}">', self.rel, attributes, self.address)

    def as_header(self, request: HttpRequest) -> str:
        """Write the link in ASCII; its address, made absolute, has no letter that ends it."""
        values = {"rel": self.rel} | self.attributes
        return "; ".join([f"<{request.build_absolute_uri(self.address)}>", *map(_parameter, values.items())])


def _parameter(pair: tuple[str, str]) -> str:
    name, value = pair
    if value.isascii() and value.isprintable():
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'{name}="{escaped}"'
    return f"{name}*=UTF-8''{quote(value, safe='')}"


def link(request: HttpRequest, rel: str, address: str, **attributes: str) -> SafeString:
    """Write a link for the head of a page, and remember it for the header."""
    made = Link(rel, address, {name: value for name, value in attributes.items() if value})
    _links_of(request).append(made)
    return made.as_element()


def header(request: HttpRequest) -> str:
    """Write the links of an answer, in the order in which they were made, as far as there is room; empty for none."""
    written = ""
    for each in dict.fromkeys(link.as_header(request) for link in _links_of(request)):
        longer = f"{written}, {each}" if written else each
        if len(longer) > MOST_CHARACTERS:
            break
        written = longer
    return written


def _links_of(request: HttpRequest) -> list[Link]:
    links: list[Link] = request.__dict__.setdefault("page_links", [])
    return links


def clean_address(request: HttpRequest) -> str:
    """Give the path and query of a page without what others hung on it; the path alone when the query is unreadable."""
    try:
        query = request.GET.copy()
    except SuspiciousOperation:
        return request.path
    for name in [name for name in query if TRACKING.fullmatch(name)]:
        del query[name]
    return f"{request.path}?{query.urlencode()}" if query else request.path
