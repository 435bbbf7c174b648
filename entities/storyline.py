"""The timeline as a picture: claims turned into plain values, with words in the active language."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.db.models import CharField, Value
from django.db.models.functions import Coalesce, NullIf
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from . import edtf, wording
from .models import Claim, Entity, Lane
from .pictures import column, lanes
from .pictures.moments import Band, Mark, Story
from .pictures.scale import Scale, fit
from .querysets import ClaimQuerySet

# When the festivals were with which the story twice coincided; bands of the picture.
FESTIVALS = ("spring-festival-2024--held-on", "spring-festival-2025--held-on")
# More marks are not drawn, and the page says so; one alone says no more than its line in the list.
MOST_MARKS, FEWEST_MARKS = 400, 2
# From so many pixels on lanes are drawn, as in the stylesheet, with so many rows each.
WIDE, WIDE_ROWS = 1000, 10
SMALL, SMALL_ROWS = 600, 6
EXACT_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Storyline:
    """The drawings of one timeline, for wide and for narrow boxes.

    The notes are sentences on how to read one or both of them; `kinds` are the kinds that occur.
    """

    marks: Sequence[Mark]
    wide: SafeString
    narrow: SafeString
    wide_notes: list[str]
    notes: list[str]
    kinds: list[str]
    is_small: bool


def draw(
    marks: Sequence[Mark],
    bands: Sequence[Band],
    *,
    title: str,
    filters: Mapping[str, str] | None = None,
    window: tuple[date | None, date | None] = (None, None),
    is_small: bool = False,
) -> Storyline | None:
    """Draw marks that come in order; None when there are too few.

    `filters` are the parameters of the timeline that shows the same claims. Nothing outside of `window` is drawn.
    """
    shown = marks[:MOST_MARKS]
    if len(shown) < FEWEST_MARKS:
        return None
    scale = _scale(shown, window)
    story = Story(
        title=title,
        lanes={lane.value: str(lane.label) for lane in Lane if any(mark.lane == lane for mark in shown)},
        months=edtf.month_names(),
        marks=shown,
        bands=bands,
        scale=scale,
        gathered=_Gathered(filters or {}),
    )
    width, rows = (SMALL, SMALL_ROWS) if is_small else (WIDE, WIDE_ROWS)
    return Storyline(
        marks=shown,
        wide=lanes.draw(story, width=width, most_rows=rows),
        narrow=column.draw(story),
        wide_notes=_scale_notes(scale),
        notes=_notes(marks),
        kinds=[kind.value for kind in Entity.Kind if any(mark.kind == kind for mark in shown)],
        is_small=is_small,
    )


def marks_of(claims: Iterable[Claim], main: Iterable[str] = ()) -> list[Mark]:
    """Turn loaded claims with a lane into marks; `main` are the slugs of those that stand out."""
    main = set(main)
    marks = []
    for claim in claims:
        source = "title" if claim.title else "statement"
        title = _marked(str(claim), wording.is_untranslated(claim, source))
        marks.append(
            _mark(claim.get_absolute_url(), claim.lane, claim.subject.kind, title, claim.when, claim.slug in main)
        )
    return marks


def read_marks(claims: ClaimQuerySet, main: Iterable[str] = ()) -> list[Mark]:
    """Read the marks of claims with a lane, one more than are drawn; one query, and no record is built."""
    base, main = reverse("entities:claims"), set(main)
    language = (get_language() or "en").replace("-", "_")
    words = ["title", f"title_{language}", "statement", f"statement_{language}"]
    names = [_in_language("subject__name"), _in_language("property__label")]
    rows = claims.values_list("slug", "lane", "subject__kind", "when", *words, *names)[: MOST_MARKS + 1]
    marks = []
    for slug, lane, kind, when, title, own_title, statement, own_statement, subject, label in rows:
        if title:
            title = _marked(title, not own_title)
        elif statement:
            title = _marked(statement, not own_statement)
        else:
            # What has no words of its own would need its whole record for a sentence.
            title = f"{subject}: {label}"
        marks.append(_mark(f"{base}{slug}/", lane, kind, title, when, slug in main))
    return marks


def bands_of(claims: Mapping[str, Claim]) -> list[Band]:
    """Turn the festivals among loaded claims, given by slug, into bands."""
    bands = []
    for claim in (claims[slug] for slug in FESTIVALS if slug in claims and claims[slug].date):
        held, title = edtf.parse(claim.date), str(claim.subject)
        name = f"{title}, {edtf.describe(held)}"
        bands.append(Band(title, name, claim.subject.get_absolute_url(), held.earliest, held.latest))
    return bands


def _marked(words: str, is_untranslated: bool) -> str:
    """Mark words that exist in English only, as the pages do."""
    return f"{words} (en)" if is_untranslated else words


def _in_language(name: str) -> Coalesce:
    """Build the text of a joined record in the active language, else in English."""
    language = (get_language() or "en").replace("-", "_")
    return Coalesce(NullIf(f"{name}_{language}", Value("")), f"{name}_en", output_field=CharField())


def _mark(address: str, lane: str, kind: str, title: str, when: str, is_main: bool) -> Mark:
    parsed = edtf.parse(when)
    start, slash, end = when.partition("/")
    return Mark(
        lane=lane,
        kind=kind,
        title=title,
        dated=edtf.describe(parsed),
        address=address,
        first=None if parsed.has_open_start else parsed.earliest,
        last=None if parsed.has_open_end else parsed.latest,
        lasts=bool(slash),
        fades_in=not EXACT_DAY.fullmatch(start),
        fades_out=not EXACT_DAY.fullmatch(end if slash else start),
        is_main=is_main,
    )


def _scale(marks: Sequence[Mark], window: tuple[date | None, date | None]) -> Scale:
    """Fit the scale to the days of the marks, no further than the window."""
    first = min(mark.first or mark.day for mark in marks)
    last = max(mark.last or mark.day for mark in marks)
    first, last = max(first, window[0] or first), min(last, window[1] or last)
    return fit([mark.day for mark in marks if first <= mark.day <= last], first, last)


@dataclass(frozen=True)
class _Gathered:
    """Names marks that are drawn as their number, and links to them on the timeline."""

    filters: Mapping[str, str]

    def __call__(self, lane: str, first: date, last: date, count: int) -> tuple[str, str]:
        query = {**self.filters, "from": first.isoformat(), "to": last.isoformat(), "lane": lane}
        dates = edtf.describe(f"{first}/{last}" if first < last else f"{first}", short=True)
        name = ngettext("%(count)s more, %(dates)s", "%(count)s more, %(dates)s", count)
        return f"{reverse('entities:timeline')}?{urlencode(query)}", name % {"count": count, "dates": dates}


def _scale_notes(scale: Scale) -> list[str]:
    """Say where the scale changes."""
    notes = []
    for stretch in scale.stretches:
        if stretch.zoom > 1:
            months = edtf.describe(f"{stretch.first:%Y-%m}/{stretch.last:%Y-%m}")
            words = _("%(months)s, shaded, is drawn %(times)s times wider than the rest.")
            notes.append(capfirst(words % {"months": months, "times": stretch.zoom}))
        elif stretch.zoom < 1:
            words = _("The time before %(year)s is drawn %(times)s times narrower.")
            notes.append(words % {"year": stretch.last.year + 1, "times": 1 / stretch.zoom})
    return notes


def _notes(marks: Sequence[Mark]) -> list[str]:
    notes = []
    if any(not mark.is_exact for mark in marks):
        notes.append(_("A hollow shape: the day is not known exactly; a fading bar covers the days that it may be."))
    if any(mark.is_main for mark in marks):
        notes.append(_("In bold: what the summary speaks of."))
    if len(marks) > MOST_MARKS:
        notes.append(_("Only the first %(count)s are drawn; the filters show the rest.") % {"count": MOST_MARKS})
    return notes
