"""The page of results: hits, facets with their counts, and the way on where there are none."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import BadRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from entities import edtf, facets
from entities.templatetags.story import language_name

from . import search
from .forms import SearchForm


@dataclass(frozen=True)
class Page:
    """What the page shows; `card` is the record with the very name that was typed, before the other hits."""

    text: str
    results: search.Results
    card: search.Hit | None
    hits: list[search.Hit]
    facets: list[facets.Facet]
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
    """Search and cut a page out of the hits; at most six queries, eight where a word has to be taken apart.

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
        previous=form.address(page=str(number - 1) if number > 2 else "") if number > 1 else "",
        next=form.address(page=str(number + 1)) if start + size < len(found.ranked) else "",
        stretch=stretch,
        stretch_name=edtf.describe(stretch) if stretch else "",
        stretch_url=f"{reverse('entities:timeline')}?{urlencode({'from': stretch, 'to': stretch})}" if stretch else "",
    )


def _facets(form: SearchForm, found: search.Results) -> Iterator[facets.Facet]:
    """List the facets by which the hits can be told apart, and those that are chosen."""
    counted = facets.Tally(len(found.ranked))
    for name in form.FACETS:
        facet = facets.facet(form, name, str(form.fields[name].label), _values(form, name, found), counted)
        if facet and found.ranked:
            yield facet


def _values(form: SearchForm, name: str, found: search.Results) -> list[facets.Found]:
    """Give what the hits have for a facet, in words and in the order that it is offered in."""
    values = [facets.Found(value, value, count) for value, count in found.count(name).items()]
    match name:
        case "kind" | "verdict":
            return facets.in_order_of(cast(forms.ChoiceField, form.fields[name]).choices, values)  # type: ignore[arg-type]
        case "year":
            return facets.newest_first(values)
        case "tag":
            words = {tag.slug: str(tag) for tag in cast(forms.ModelChoiceField, form.fields[name]).queryset or ()}  # type: ignore[type-arg]
        case _language:
            words = {each.value: language_name(each.value) for each in values}
    return facets.by_count(each._replace(label=words.get(each.value, each.value)) for each in values)
