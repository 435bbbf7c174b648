"""The page of results: hits, facets with their counts, and the way on where there are none."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from entities import edtf
from entities.templatetags.story import language_name

from . import search
from .forms import SearchForm

# Of a facet with more values the most frequent are offered.
MOST_CHOICES = 12


@dataclass(frozen=True)
class Choice:
    """One value of a facet: a link that chooses it, or takes it back."""

    label: str
    count: int
    query: str
    is_chosen: bool


@dataclass(frozen=True)
class Facet:
    name: str
    label: str
    choices: list[Choice]


@dataclass(frozen=True)
class Page:
    """What the page shows; `card` is the record with the very name that was typed, before the other hits."""

    text: str
    results: search.Results
    card: search.Hit | None
    hits: list[search.Hit]
    facets: list[Facet]
    first: int
    last: int
    previous: str
    next: str
    stretch: str
    stretch_name: str
    stretch_url: str

    @property
    def count(self) -> int:
        return len(self.results.ranked)


def page(form: SearchForm, size: int) -> Page:
    """Search and cut a page out of the hits; at most six queries.

    Raises:
        BadRequest: for a page behind the last one.
    """
    found = form.results()
    number = form.cleaned_data["page"] or 1
    start = (number - 1) * size
    if number > 1 and start >= len(found.ranked):
        raise BadRequest(_("There is no page %(number)s of these results.") % {"number": number})
    hits = search.hits(found, start, size, get_language() or "en")
    has_card = found.has_exact and number == 1 and bool(hits)
    stretch = search.stretch(form.cleaned_data["q"])
    return Page(
        text=found.query.text,
        results=found,
        card=hits[0] if has_card else None,
        hits=hits[1:] if has_card else hits,
        facets=list(_facets(form, found)),
        first=start + 1,
        last=start + len(hits),
        previous=_query(form, page=number - 1 if number > 2 else "") if number > 1 else "",
        next=_query(form, page=number + 1) if start + size < len(found.ranked) else "",
        stretch=stretch,
        stretch_name=edtf.describe(stretch) if stretch else "",
        stretch_url=f"{reverse('entities:timeline')}?{urlencode({'from': stretch, 'to': stretch})}" if stretch else "",
    )


def _facets(form: SearchForm, found: search.Results) -> Iterator[Facet]:
    """List the facets by which the hits can be told apart, and those that are chosen."""
    chosen = form.facets
    for name, (label, name_of) in _labels(form).items():
        counts = found.count(name)
        order = counts.most_common()[:MOST_CHOICES] if name == "tag" else list(counts.items())
        if name == "year":
            order = sorted(order, reverse=True)[:MOST_CHOICES]
        elif name in ("kind", "verdict"):
            places = [value for value, _name in form.fields[name].choices]  # type: ignore[attr-defined]
            order.sort(key=lambda pair: places.index(pair[0]))
        else:
            order.sort(key=lambda pair: (-pair[1], pair[0]))
        choices = [
            Choice(
                label=name_of(value),
                count=count,
                query=_query(form, page="", **{name: "" if chosen.get(name) == value else value}),
                is_chosen=chosen.get(name) == value,
            )
            for value, count in order
            if name not in chosen or chosen[name] == value
        ]
        if len(choices) > 1 or (name in chosen and choices):
            yield Facet(name, label, choices)


def _labels(form: SearchForm) -> dict[str, tuple[str, Callable[[str], str]]]:
    def of_choice(name: str) -> Callable[[str], str]:
        labels = dict(form.fields[name].choices)  # type: ignore[attr-defined]
        return lambda value: capfirst(str(labels[value]))

    def of_tag(slug: str) -> str:
        return capfirst(tags.get(slug, slug))

    tags = {tag.slug: str(tag) for tag in form.fields["tag"].queryset}  # type: ignore[attr-defined]
    return {
        "kind": (_("Kind"), of_choice("kind")),
        "verdict": (_("Verdict"), of_choice("verdict")),
        "tag": (_("Tag"), of_tag),
        "year": (_("Year"), str),
        "language": (pgettext("of a source", "Language"), lambda tag: capfirst(language_name(tag))),
    }


def _query(form: SearchForm, **changes: object) -> str:
    parameters = {**form.parameters, **{name: str(value) for name, value in changes.items()}}
    return f"?{urlencode({name: value for name, value in parameters.items() if value})}"
