"""The answers to one question beside each other: gauges, a note on their scale, the order of subjects, a table."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from . import edtf, figures, wording
from .models import Claim, Unit
from .pictures import gauges

if TYPE_CHECKING:
    from .dossier import Question

LOOKS = {Claim.Rank.PREFERRED: "choice", Claim.Rank.NORMAL: "other", Claim.Rank.DEPRECATED: "set-aside"}
# What a spreadsheet would take for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Comparison:
    """How the gauges of some answers are drawn, and a note that says so; neither scale nor line where none can be."""

    scale: gauges.Scale | None = None
    line: gauges.Line | None = None
    note: str = ""

    @property
    def is_logarithmic(self) -> bool:
        return self.scale is not None and self.scale.first_power is not None

    def gauge(self, claim: Claim, look: str = "") -> SafeString | str:
        """Draw the gauge of one answer, by default with the look of its rank; empty where it has none."""
        look = look or LOOKS[Claim.Rank(claim.rank)]
        if self.scale and claim.amount is not None:
            extent = self.scale.extent(claim.amount)
            return gauges.bar(extent, self.scale.zero, self.scale.marks(), bound=claim.bound, look=look)
        if self.line and claim.date:
            when = edtf.parse(claim.date)
            return gauges.band(self.line.extent(when.earliest, when.latest), self.line.marks(), look=look)
        return ""


def compare(claims: Sequence[Claim]) -> Comparison:
    """Find how the values of one property can be drawn beside each other; needs the units loaded."""
    units = {claim.unit for claim in claims if claim.unit is not None}
    if len(units) > 1:
        return Comparison(note=_("These answers are counted in different units, so no bars compare them."))
    if units:
        return _by_size(claims, units.pop())
    if any(claim.date for claim in claims):
        return _by_date(claims)
    if any(claim.url for claim in claims):
        return Comparison(note=_("These answers are addresses, so there are no bars to compare."))
    return Comparison(note=_("These answers are words, so there are no bars to compare.") if claims else "")


def _by_size(claims: Sequence[Claim], unit: Unit) -> Comparison:
    scale = gauges.scale(claim.amount for claim in claims if claim.amount is not None)
    if scale is None:
        return Comparison()
    longest = {"amount": figures.compact(scale.largest.normalize(), unit)}
    notes = []
    if scale.first_power is None:
        notes.append(_("The bars are to scale: the longest stands for %(amount)s.") % longest)
    else:
        start = {"start": figures.compact(scale.start, unit)}
        notes.append(
            _("The scale is logarithmic: the bars begin at %(start)s, each mark is ten times the one before.") % start
        )
        notes.append(_("The longest bar stands for %(amount)s.") % longest)
    if scale.is_of_losses:
        notes.append(_("All figures are negative; the bars show their size."))
    elif scale.is_mixed:
        notes.append(_("The bars of negative figures lead to the left."))
    bounds = {claim.bound for claim in claims}
    if Claim.Bound.AT_LEAST in bounds:
        notes.append(_("An arrow means that it may be more."))
    if Claim.Bound.AT_MOST in bounds:
        notes.append(_("A hollow bar means that it may be less."))
    return Comparison(scale=scale, note=" ".join(notes))


def _by_date(claims: Sequence[Claim]) -> Comparison:
    dates = [edtf.parse(claim.date) for claim in claims if claim.date]
    line = gauges.line(
        (None if when.has_open_start else when.earliest, None if when.has_open_end else when.latest) for when in dates
    )
    if line is None:
        return Comparison()
    return Comparison(
        line=line, note=_("The line covers %(span)s; a longer band is a less exact date.") % {"span": _span(line)}
    )


def _span(line: gauges.Line) -> str:
    """Word the months or years that a line covers."""
    letters = len("2025-01") if line.last.month != 12 or line.first.month != 1 else len("2025")
    first, last = line.first.isoformat()[:letters], line.last.isoformat()[:letters]
    return edtf.describe(first if first == last else f"{first}/{last}")


def in_order(questions: "Iterable[Question]") -> "list[Question]":
    """Order by what is most contested: subjects with rival answers, then those with a choice, then by name."""
    name = f"sort_name_{get_language()}"
    return sorted(questions, key=lambda each: (not each.has_rivals(), not each.choice(), getattr(each.subject, name)))


COLUMNS = (
    "slug",
    "subject",
    "subject_name",
    "subject_url",
    "property",
    "value_text",
    "amount",
    "unit",
    "bound",
    "date",
    "applies_to",
    "when",
    "rank",
    "rank_reason",
    "alternative",
    "verdict",
    "rationale",
    "supports",
    "disputes",
    "context",
    "url",
)


def table(claims: Iterable[Claim], root: str) -> Iterator[Sequence[str]]:
    """Write answers as rows, the names of the COLUMNS first; `root` begins each address ("https://example.org").

    Figures have every digit and a point, dates are EDTF. Needs records and evidence loaded.
    """
    yield COLUMNS
    for claim in claims:
        yield [
            claim.slug,
            claim.subject.slug,
            cell(claim.subject),
            root + claim.subject.get_absolute_url(),
            claim.property.slug if claim.property else "",
            cell(wording.value_text(claim)),
            f"{claim.amount.normalize():f}" if claim.amount is not None else "",
            claim.unit.code if claim.unit else "",
            claim.bound,
            claim.date,
            cell(claim.applies_to),
            claim.when,
            claim.rank,
            cell(claim.rank_reason),
            claim.alternative,
            claim.public_verdict,
            cell(claim.public_rationale),
            *(cell(_sources(claim, stance)) for stance in ("supports", "disputes", "context")),
            root + claim.get_absolute_url(),
        ]


def _sources(claim: Any, stance: str) -> str:
    citations = (citation for citation in claim.citations.all() if citation.stance == stance)
    return "; ".join(citation.article.source_name or citation.article.title for citation in citations)


def cell(value: object) -> str:
    """Write words so that no spreadsheet takes them for a formula."""
    words = str(value)
    return f"'{words}" if words.startswith(FORMULA) else words
