"""Markdown whose links may name a claim or an entity: `[words](claim:SLUG)`, `[words](entity:SLUG)`."""

import functools
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urljoin

import nh3
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from . import addresses

if TYPE_CHECKING:
    from .models import Claim, Entity

SLUG_LINK = re.compile(r"(claim|entity):([-\w]+)")
# The same as it stands in a text, with its words.
LINK = re.compile(rf"\[([^\]]*)\]\({SLUG_LINK.pattern}\)")
# What the parser did not take for a link and would show as it was typed.
LINK_LEFT_OVER = re.compile(r"\]\(([^)]*)\)")
LANGUAGES = ("en", "fr", "zh_hans")
ALLOWED_TAGS = {"p", "br", "em", "strong", "code", "blockquote", "ul", "ol", "li", "h2", "h3", "a", "sup"}
ALLOWED_ATTRIBUTES = {"a": {"href", "class"}}
PARSER = MarkdownIt("commonmark", {"html": False}).disable("image")
# The stock check refuses unknown schemes; claim: and entity: never reach a page as such, and nh3 has the last word.
PARSER.validateLink = lambda url: bool(SLUG_LINK.fullmatch(url) or re.match(r"https?://", url))  # type: ignore[method-assign]


@dataclass(frozen=True)
class Targets:
    """The slugs that a piece of prose links to."""

    claims: frozenset[str] = frozenset()
    entities: frozenset[str] = frozenset()

    def __or__(self, other: "Targets") -> "Targets":
        return Targets(self.claims | other.claims, self.entities | other.entities)


# What a footnote to a claim looks like: the address of its source on the page, and its number.
Note = Callable[["Claim"], tuple[str, int] | None]


def targets(text: str) -> Targets:
    """List what the links of a text name."""
    found = [match for match in map(SLUG_LINK.fullmatch, _addresses(PARSER.parse(text))) if match]
    return Targets(
        frozenset(match[2] for match in found if match[1] == "claim"),
        frozenset(match[2] for match in found if match[1] == "entity"),
    )


def render(
    text: str, claims: Mapping[str, "Claim"], entities: Mapping[str, "Entity"], note: Note | None = None
) -> SafeString:
    """Turn Markdown into safe HTML; links to records that are not in the mappings become plain words.

    `note` is asked, at each link to a claim, for the footnote to set behind it.
    """
    tokens = PARSER.parse(text)
    for token in tokens:
        token.children = _resolve(token.children or [], claims, entities, note)
    html = RendererHTML().render(tokens, PARSER.options, {})
    return mark_safe(nh3.clean(html, tags=ALLOWED_TAGS, attributes=ALLOWED_ATTRIBUTES, link_rel=None))


def pointed(text: str, claims: Mapping[str, "Claim"], entities: Mapping[str, "Entity"], site: str) -> str:
    """Point the links of Markdown at pages; those to records that are not in the mappings become plain words."""

    def resolve(link: re.Match[str]) -> str:
        words, kind, slug = link.groups()
        record = claims.get(slug) if kind == "claim" else entities.get(slug)
        return f"[{words}]({urljoin(site, record.get_absolute_url())})" if record else words

    return LINK.sub(resolve, text)


def plain(text: str) -> str:
    """Give the words alone, without marks and links, for cards and descriptions."""
    blocks = (
        "".join(
            child.content if child.type in ("text", "code_inline") else " "
            for child in token.children
            if child.type in ("text", "code_inline", "softbreak", "hardbreak")
        )
        for token in PARSER.parse(text)
        if token.children
    )
    return " ".join(blocks)


def validate_links(record: models.Model, field_name: str) -> None:
    """Refuse prose that names a claim or entity that does not exist, or links elsewhere; up to two queries in all.

    Raises:
        ValidationError: on the language's own field, naming each unknown target.
    """
    wanted = {
        f"{field_name}_{language}": targets(getattr(record, f"{field_name}_{language}", None) or "")
        for language in LANGUAGES
    }
    everything = functools.reduce(operator.or_, wanted.values())
    claims = _existing("Claim", everything.claims)
    entities = _existing("Entity", everything.entities)
    errors: dict[str, Any] = {}
    for name, each in wanted.items():
        missing = [f"claim:{slug}" for slug in sorted(each.claims - claims)]
        missing += [f"entity:{slug}" for slug in sorted(each.entities - entities)]
        if missing:
            errors[name] = _("No record has this address: %(targets)s") % {"targets": ", ".join(missing)}
        elif broken := LINK_LEFT_OVER.search(plain(getattr(record, name, None) or "")):
            errors[name] = _("A link leads to claim:SLUG, entity:SLUG or a web address, not to “%(address)s”.") % {
                "address": broken[1]
            }
    if errors:
        raise ValidationError(errors)


def _existing(model: str, slugs: frozenset[str]) -> set[str]:
    records = apps.get_model("entities", model)._default_manager
    return set(addresses.find_all(records.all(), slugs)) if slugs else set()


def _addresses(tokens: list[Token]) -> list[str]:
    return [
        str(child.attrGet("href")) for token in tokens for child in token.children or [] if child.type == "link_open"
    ]


def _resolve(
    children: list[Token], claims: Mapping[str, "Claim"], entities: Mapping[str, "Entity"], note: Note | None
) -> list[Token]:
    """Point the links of one block at pages, and drop the marks of those that lead nowhere."""
    resolved: list[Token] = []
    behind: list[Token] = []
    dropping = False
    for child in children:
        if child.type == "link_open" and (match := SLUG_LINK.fullmatch(str(child.attrGet("href")))):
            record = claims.get(match[2]) if match[1] == "claim" else entities.get(match[2])
            dropping = record is None
            if record is not None:
                child.attrSet("href", record.get_absolute_url())
                child.attrSet("class", f"{match[1]}-link")
            if note is not None and match[1] == "claim" and record is not None:
                behind = _footnote(note(cast("Claim", record)))
        if not (dropping and child.type in ("link_open", "link_close")):
            resolved.append(child)
        if child.type == "link_close":
            resolved += behind
            behind, dropping = [], False
    return resolved


def _footnote(mark: tuple[str, int] | None) -> list[Token]:
    if mark is None:
        return []
    address, number = mark
    link: dict[str, str | int | float] = {"href": address, "class": "mark"}
    return [
        Token("sup_open", "sup", 1),
        Token("link_open", "a", 1, attrs=link),
        Token("text", "", 0, content=f"[{number}]"),
        Token("link_close", "a", -1),
        Token("sup_close", "sup", -1),
    ]
