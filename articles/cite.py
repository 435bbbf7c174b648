"""How to cite a page: ready text, BibTeX, RIS and CSL-JSON.

A page of an entity or a claim is cited as a page of this site; that of an article as the article itself.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urljoin

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from entities import edtf
from entities.models import Claim, Entity

from .models import Article

BIBTEX_SIGNS = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"} | {
    sign: f"\\{sign}" for sign in "&%$#_{}"
}
# Of each kind of article: the type of CSL, BibTeX and RIS.
WEB_PAGE = ("webpage", "misc", "ELEC")
TYPES = {
    "article": ("article-newspaper", "misc", "NEWS"),
    "paper": ("article", "article", "JOUR"),
    "repository": ("software", "misc", "COMP"),
    "interview": ("interview", "misc", "NEWS"),
    "announcement": ("post", "misc", "ELEC"),
    "report": ("report", "techreport", "RPRT"),
    "dataset": ("dataset", "misc", "DATA"),
    "narrative": WEB_PAGE,
}


@dataclass(frozen=True)
class Reference:
    """What a citation says; dates are EDTF, `accessed` is a day."""

    key: str
    types: tuple[str, str, str]
    title: str
    authors: tuple[str, ...]
    container: str
    issued: str
    url: str
    doi: str
    language: str
    accessed: date


def reference(record: Article | Claim | Entity, site: str, today: date) -> Reference:
    """Say how to cite the page of a record in the active language; an article needs its authors loaded."""
    page = urljoin(site, record.get_absolute_url())
    if isinstance(record, Article) and record.kind != Article.Kind.NARRATIVE:
        return Reference(
            record.slug,
            TYPES[record.kind],
            record.title,
            tuple(author.name for author in record.authors.all()),
            record.source_name,
            record.published,
            record.url or page,
            record.doi or (f"10.48550/arXiv.{record.arxiv}" if record.arxiv else ""),
            record.language,
            today,
        )
    title, changed = str(record), record.updated_at.date().isoformat()
    language = get_language() or "en"
    return Reference(record.slug, WEB_PAGE, title, (), _("The DeepSeek Story"), changed, page, "", language, today)


def as_text(cited: Reference) -> str:
    words = {
        "authors": ", ".join(cited.authors),
        "title": _("“%(title)s”") % {"title": cited.title},
        "container": cited.container,
        "issued": edtf.describe(cited.issued) if cited.issued else "",
        "url": cited.url,
    }
    accessed = _("accessed %(day)s") % {"day": edtf.describe(cited.accessed.isoformat())}
    return f"{', '.join(filter(None, words.values()))} ({accessed})."


def as_csl(cited: Reference) -> str:
    """Write a list with one item, as citation programs take it in."""
    item = {
        "id": cited.key,
        "type": cited.types[0],
        "title": cited.title,
        "author": [{"literal": name} for name in cited.authors],
        "container-title": cited.container,
        "issued": {"date-parts": [_parts(cited.issued)]} if edtf.plain(cited.issued) else {},
        "accessed": {"date-parts": [_parts(cited.accessed.isoformat())]},
        "URL": cited.url,
        "DOI": cited.doi,
        "language": cited.language,
    }
    return json.dumps([{name: value for name, value in item.items() if value}], ensure_ascii=False, indent=1)


def as_bibtex(cited: Reference) -> str:
    fields = {
        "title": _bibtex(cited.title),
        "author": " and ".join(f"{{{_bibtex(name)}}}" for name in cited.authors),
        "journal" if cited.types[1] == "article" else "howpublished": _bibtex(cited.container),
        "year": cited.issued[:4] if edtf.plain(cited.issued) else "",
        "date": cited.issued if edtf.plain(cited.issued) else "",
        # An address stands as it is: the packages that print it escape what TeX takes for a sign.
        "url": re.sub(r"[{}\\\s]", "", cited.url),
        "doi": cited.doi,
        "urldate": cited.accessed.isoformat(),
        "language": cited.language,
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@{cited.types[1]}{{{cited.key},", *lines, "}", ""])


def as_ris(cited: Reference) -> str:
    issued = cited.issued.replace("-", "/") if edtf.plain(cited.issued) else ""
    tags = [
        ("TY", cited.types[2]),
        *(("AU", name) for name in cited.authors),
        ("TI", cited.title),
        ("T2", cited.container),
        ("PY", issued[:4]),
        ("DA", issued),
        ("UR", cited.url),
        ("DO", cited.doi),
        ("LA", cited.language),
        ("Y2", cited.accessed.isoformat().replace("-", "/")),
    ]
    lines = [f"{tag}  - {' '.join(value.split())}" for tag, value in tags if value]
    return "\r\n".join([*lines, "ER  - ", ""])


def _bibtex(text: str) -> str:
    """Escape what TeX takes for a sign; names and titles are otherwise as they are printed."""
    return "".join(BIBTEX_SIGNS.get(sign, sign) for sign in " ".join(text.split()))


def _parts(day: str) -> list[int]:
    return [int(part) for part in day.split("-")]


@dataclass(frozen=True)
class Form:
    """A way to write a reference, by the end of its address."""

    label: str
    content_type: str
    write: Callable[[Reference], str]


FORMS = {
    "bib": Form("BibTeX", "application/x-bibtex", as_bibtex),
    "ris": Form("RIS", "application/x-research-info-systems", as_ris),
    "csl.json": Form("CSL-JSON", "application/vnd.citationstyles.csl+json", as_csl),
}
