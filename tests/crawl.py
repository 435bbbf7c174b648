"""A reader that follows every link of the site, for tests."""

import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

from django.test import Client

# Ways to cite and to embed stand in every page of a record and are made alike, so a crawl would be three times as
# long; test_cite and test_embeds follow them.
ALIKE = ("/oembed", ".bib", ".ris", ".csl.json")
# A record or a list in another form: (/fr), what it is of, the form.
FORM = re.compile(r"(/fr)?/(\w+)(?:/[^/]+)?(\.\w+)")
RECORD = re.compile(r"((?:/fr)?/\w+/)[-\w]+/")
# Of forms, and of pages that differ by the value of a parameter alone, the first so many are followed.
MOST_ALIKE = 12
NAMED_LINK = re.compile(r'<a href="([^"]+)" aria-label="([^"]+)">')


class Page(HTMLParser):
    """One answer, with what a crawl asks of it."""

    def __init__(self, address: str, status: int, html: str) -> None:
        super().__init__()
        self.address, self.status, self.html = address, status, html
        self.links: list[str] = []
        self.ids: list[str] = []
        self.language = ""
        self.h1_count = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "html":
            self.language = given.get("lang") or ""
        if tag == "h1":
            self.h1_count += 1
        if given.get("id"):
            self.ids.append(str(given["id"]))
        # Facets make a page of every choice beside every other; no robot is asked to read them all.
        if tag in ("a", "link") and given.get("href") and given.get("rel") != "nofollow":
            self.links.append(str(given["href"]))


@dataclass
class Crawl:
    """Every page and every other file that can be reached from one page, and every link by the page that holds it."""

    pages: dict[str, Page] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    links: list[tuple[str, str]] = field(default_factory=list)

    def broken(self) -> list[str]:
        """List links that lead to no page, and fragments that lead to no element."""
        return [f"{source} -> {target}" for source, target in self.links if not self._leads_somewhere(target)]

    def _leads_somewhere(self, target: str) -> bool:
        address, fragment = urldefrag(target)
        if address in self.files:
            return not fragment
        page = self.pages[address]
        return page.status == 200 and (not fragment or fragment in page.ids)


def crawl(client: Client, start: str, *, within: str = "/", most_records: int | None = None) -> Crawl:
    """Follow all links from `start` to pages whose path begins with `within`; static files are left out.

    With `most_records` so many pages of claims, of articles and of each kind are followed in each language.
    """
    found, waiting = Crawl(), deque([start])
    followed: set[str] = set()
    met: Counter[tuple[str, ...]] = Counter()
    while waiting:
        address = waiting.popleft()
        if address in found.pages or address in found.files:
            continue
        response = client.get(address, follow=False)
        if response.status_code == 200 and not response["Content-Type"].startswith("text/html"):
            found.files[address] = response.getvalue()
            continue
        page = Page(address, response.status_code, response.content.decode())
        found.pages[address] = page
        for target in _internal(page, within):
            linked = urldefrag(target)[0]
            sort, most = _sort(linked), MOST_ALIKE
            if not sort and most_records and (record := RECORD.fullmatch(linked)):
                sort, most = ("record", record[1]), most_records
            if sort and linked not in followed:
                if met[sort] == most:
                    continue
                met[sort] += 1
                followed.add(linked)
            found.links.append((address, target))
            waiting.append(linked)
    return found


def _sort(address: str) -> tuple[str, ...]:
    """Name what an address has in common with those that are made alike; nothing for a page, or one of a list's."""
    path, _mark, query = address.partition("?")
    if form := FORM.fullmatch(path):
        return tuple(group or "" for group in form.groups())
    names = sorted(part.partition("=")[0] for part in query.split("&")) if query else []
    if not names or {"after", "before"} & set(names):
        return ()
    parts = path.strip("/").split("/")
    return (*parts[: 2 if parts[0] == "fr" else 1], *names)


def _internal(page: Page, within: str) -> Iterator[str]:
    for link in page.links:
        target = urljoin(page.address, link)
        parts = urlsplit(target)
        if parts.scheme or parts.netloc:
            if parts.netloc != "testserver":
                continue
            target = target.removeprefix(f"{parts.scheme}://{parts.netloc}")
        path = urlsplit(target).path
        if path.startswith(within) and not path.startswith(("/static/", "/admin/")) and not path.endswith(ALIKE):
            yield target


def named_links(html: str) -> dict[str, str]:
    """Map the links of pictures to their names."""
    return {unescape(link): unescape(name) for link, name in NAMED_LINK.findall(html)}
