"""The passages of an article through its texts: what the next text would do to them, and storing that.

A citation that comes back, with a claim that was deleted or merged, may stand in a text that is not the present one any
more; it is carried through what it has missed.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from entities.history import difference

from . import search, suspension
from .anchoring import CHANGED, ORPHANED, SAME, Carried, candidates, carry
from .models import Article, Citation, Revision
from .text import around, number_at, paragraph_locator

PASSAGE = ["revision", "quote", "prefix", "suffix", "start", "end", "anchor"]
# What carrying may change.
CARRIED = [*PASSAGE, "locator"]
# So many rows a statement: SQLite takes no more than some thousand values at once.
BATCH = 100
# Looking for the words most like others costs some milliseconds in a long text.
MOST_COMPARED = 20

# A claim and the place of its words: one claim is tied once to the same words of a text.
Place = tuple[int, int | None, int | None]


@dataclass(frozen=True)
class Fate:
    """What an edit of the text does to a passage: its words afterwards, and the numbers of its paragraph."""

    citation: Citation
    carried: Carried
    words: str
    paragraph: int
    new_paragraph: int

    @property
    def state(self) -> Citation.Anchor:
        return self.carried.state

    @property
    def is_lost(self) -> bool:
        return self.state in (CHANGED, ORPHANED)

    @property
    def is_same(self) -> bool:
        return self.state is SAME

    @property
    def has_its_words(self) -> bool:
        """Whether the words are the very same, so that only the rest of their sentence has changed."""
        return self.words == self.citation.quote

    @property
    def marked(self) -> SafeString:
        """Mark what the words are now against what they were."""
        return difference(self.citation.quote, self.words)


def without_copies(citations: Iterable[Citation]) -> list[Citation]:
    """Leave out what proposals repeat of the claims beside them."""
    rows = list(citations)
    live = {place_for_readers(row, row.claim_id) for row in rows if not row.claim.replaces_id}
    return [row for row in rows if place_for_readers(row, row.claim.replaces_id) not in live]


def place_for_readers(citation: Citation, claim: int | None) -> tuple[Any, ...]:
    """Name what readers see of a citation of a claim, which may be the one that its own would replace."""
    row = citation
    return claim, row.revision_id, row.start, row.end, row.stance, row.locator, row.makes_claim


def foresee(article: Article, language: str, text: str) -> list[Fate]:
    """Say what a text as the next one in a language would do to each passage, in the order of the present text.

    A passage that an earlier edit has lost is carried from the text that it still stands in, so that taking the edit
    back finds it again. Two queries.
    """
    return _fates(list(Citation.objects.filter(article=article).in_language(language).with_claim()), text)


def beside_nearest(fates: Iterable[Fate], text: str) -> list[Fate]:
    """Give the fates for the eye: the first lost ones with the words of the new text that are most like theirs."""
    shown = []
    compared = 0
    for fate in fates:
        if fate.is_lost and compared < MOST_COMPARED:
            compared += 1
            nearest = candidates(text, fate.citation.quote)[:1]
            fate = replace(fate, words="".join(text[start:end] for start, end in nearest))
        shown.append(fate)
    return shown


def _fates(citations: Sequence[Citation], text: str, taken: Iterable[Place] = ()) -> list[Fate]:
    revisions = Revision.objects.in_bulk({citation.revision_id for citation in citations})
    fates = {}
    for pk, revision in revisions.items():
        found = [citation for citation in citations if citation.revision_id == pk]
        spans: Sequence[Any] = [(citation.start, citation.end) for citation in found]
        for citation, (start, _end), carried in zip(found, spans, carry(revision.text, text, spans), strict=True):
            words = text[carried.start : carried.end]
            numbers = number_at(revision.text, start), number_at(text, carried.start)
            fates[citation.pk] = Fate(citation, carried, words, *numbers)
    _tell_twins_apart(fates, citations, taken)
    return [fates[citation.pk] for citation in citations]


def _tell_twins_apart(fates: dict[int, Fate], citations: Sequence[Citation], taken: Iterable[Place]) -> None:
    """Of two passages of one claim that come to the same words, keep the one that had them; the other has changed."""
    places = set(taken)
    for citation in sorted(citations, key=lambda each: fates[each.pk].words != each.quote):
        fate = fates[citation.pk]
        place = (citation.claim_id, fate.carried.start, fate.carried.end)
        if fate.is_lost:
            continue
        if place in places:
            fates[citation.pk] = replace(fate, carried=fate.carried._replace(state=Citation.Anchor.CHANGED))
        places.add(place)


def save(article: Article, language: str, text: str, *, reason: str, number: int, fates: Sequence[Fate]) -> Revision:
    """Store a text with what it does to the passages, and tell the article's history; needs a lock of the article."""
    revision = Revision(article=article, language=language, number=number, text=text, reason=reason)
    revision.save()
    told = _("Text %(number)s") % {"number": revision.name}
    article._change_reason = f"{told}: {reason}" if reason else told  # type: ignore[attr-defined]
    article.save()
    _store(fates, revision, reason or _("The text of the article changed"))
    return revision


def _store(fates: Sequence[Fate], revision: Revision, reason: str) -> None:
    reworded = {fate.citation.claim_id for fate in fates if not (fate.is_lost or fate.has_its_words)}
    for fate in fates:
        citation, (state, start, end) = fate.citation, fate.carried
        citation.anchor = state
        if not fate.is_lost:
            citation.revision, citation.quote = revision, fate.words
            citation.start, citation.end = start, end
            citation.prefix, citation.suffix = around(revision.text, start, end)
            # A place that people count otherwise stays as they wrote it.
            if citation.locator == paragraph_locator(fate.paragraph):
                citation.locator = paragraph_locator(fate.new_paragraph)
    citations = [fate.citation for fate in fates]
    _write(citations)
    Citation.history.bulk_history_create(citations, batch_size=BATCH, update=True, default_change_reason=reason)  # type: ignore[attr-defined]
    suspension.refresh({citation.claim_id for citation in citations})
    search.refresh(claims=reworded)


def _write(citations: Iterable[Citation]) -> None:
    """Store what carrying may change, in one go: `bulk_update` would take five times as long."""
    fields: list[Any] = [Citation._meta.get_field(name) for name in CARRIED]
    columns = ", ".join(f"{connection.ops.quote_name(field.column)} = %s" for field in fields)
    rows = [[*(getattr(row, field.attname) for field in fields), row.pk] for row in citations]
    table = connection.ops.quote_name(Citation._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {table} SET {columns} WHERE id = %s", rows)


def catch_up(claims: Collection[int]) -> None:
    """Carry the passages of these claims to the present texts, from whatever older ones they stand in.

    Needs a transaction, in which it locks the articles. Three queries and three for each text that has moved on.
    """
    cited = Citation.objects.filter(claim__in=claims).exclude(revision=None).select_related("revision").order_by("pk")
    articles = set(cited.values_list("article", flat=True))
    list(Article.objects.select_for_update(of=("self",)).filter(pk__in=articles).order_by("pk").values_list("pk"))
    texts: dict[tuple[int, str], list[Citation]] = {}
    for citation in cited:
        assert citation.revision
        texts.setdefault((citation.article_id, citation.revision.language), []).append(citation)
    for (article, language), citations in texts.items():
        _carry_on(citations, Revision.objects.filter(article=article, language=language).order_by("-number")[0])


def _carry_on(citations: Sequence[Citation], latest: Revision) -> None:
    behind = [citation for citation in citations if citation.revision_id != latest.pk]
    there = [(each.claim_id, each.start, each.end) for each in citations if each.revision_id == latest.pk]
    fates = [
        fate
        for fate in _fates(behind, latest.text, there)
        # One that was lost already stays as it is.
        if not (fate.is_lost and fate.citation.is_lost and fate.state == fate.citation.anchor)
    ]
    if fates:
        _store(fates, latest, _("Carried through the edits of the text that it had missed"))
