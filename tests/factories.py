"""Records for tests, with defaults for all that a test does not care about. `HOSTILE` goes wherever text goes."""

import itertools
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group, User

from articles.models import Article, Citation, Revision
from entities.models import Claim, Entity, Property, Tag, Unit

HOSTILE = "A & B < C > D \"quoted\" 'single' <script>alert(1)</script>"
_numbers = itertools.count(1)


def entity(kind: str = "company", slug: str = "", **fields: Any) -> Entity:
    slug = slug or f"{kind}-{next(_numbers)}"
    fields = {"name": slug.replace("-", " ").title(), "status": "published"} | fields
    return Entity.objects.create(kind=kind, slug=slug, **fields)


def prop(slug: str = "develops", value_type: str = "entity", **fields: Any) -> Property:
    defaults: dict[str, Any] = {
        "label": slug.replace("-", " "),
        "pattern": f"{{subject}} {slug} {{value}}",
        "subject_kinds": list(Entity.Kind.values),
    }
    if value_type == "entity":
        defaults |= {
            "inverse_slug": f"{slug}-inverse",
            "inverse_label": f"{slug} inverse",
            "inverse_pattern": f"{{value}} inverse {slug} {{subject}}",
            "object_kinds": list(Entity.Kind.values),
        }
    if value_type == "quantity":
        defaults["unit"] = unit()
    return Property.objects.create(slug=slug, value_type=value_type, **defaults | fields)


def unit(code: str = "parameter", **fields: Any) -> Unit:
    defaults = {"singular": code, "plural": f"{code}s"} | fields
    return Unit.objects.get_or_create(code=code, defaults=defaults)[0]


def tag(name: str = "open weights") -> Tag:
    return Tag.objects.get_or_create(name=name, defaults={"label": name})[0]


def article(slug: str = "", **fields: Any) -> Article:
    slug = slug or f"article-{next(_numbers)}"
    defaults = {"title": slug.replace("-", " ").title(), "publisher_name": "The Paper", "status": "published"}
    return Article.objects.create(slug=slug, **defaults | fields)


def claim(subject: Entity, *, cites: Iterable[Article] = (), stance: str = "supports", **fields: Any) -> Claim:
    """Make a claim, by default a published statement that `cites` articles, all with one stance."""
    fields = {"status": "published"} | fields
    if "property" not in fields:
        fields.setdefault("statement", f"Statement {next(_numbers)}.")
    made = Claim.objects.create(subject=subject, **fields)
    for position, cited in enumerate(cites):
        Citation.objects.create(claim=made, article=cited, stance=stance, position=position, locator="paragraph 1")
    return made


def as_draft(claim: Claim) -> None:
    """Make a claim one that is edited in place; a published one gets proposals."""
    claim.status = "draft"
    claim.save()


def relation(subject: Entity, relation_property: Property, other: Entity, **fields: Any) -> Claim:
    return claim(subject, property=relation_property, object=other, **fields)


def reviewer(username: str = "reviewer") -> User:
    return _member(username, "editor", "reviewer")


def editor(username: str = "editor") -> User:
    return _member(username, "editor")


def roles() -> None:
    """Make the roles anew where a test that commits has emptied all tables, those filled by migrations as well."""
    if not Group.objects.exists():
        import_module("articles.migrations.0002_roles").make_roles(apps, None)


def _member(username: str, *groups: str) -> User:
    user = User.objects.create_user(username, password="a long password", is_staff=True)
    roles()
    user.groups.set(Group.objects.filter(name__in=groups))
    return user


def text(of: Article, words: str = "One.\nTwo.", language: str = "en") -> Revision:
    """Make the next state of an article's text."""
    number = of.revisions.filter(language=language).count() + 1
    return Revision.objects.create(article=of, language=language, number=number, text=words)


def passage(of: Claim, within: Revision, quote: str, **fields: Any) -> Citation:
    """Tie a claim to the first place where words stand in a text."""
    start = within.text.index(quote)
    place = {"quote": quote, "start": start, "end": start + len(quote), "anchor": "same"}
    return Citation.objects.create(claim=of, article=within.article, revision=within, **place | fields)
