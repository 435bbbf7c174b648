"""Find records for a query: up to some hundred candidates out of the index, ranked here, so alike on every database."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from typing import Any, NamedTuple

from django.db import connection
from django.utils.safestring import SafeString
from django.utils.translation import pgettext_lazy
from rapidfuzz import fuzz, process

from entities.fields import sort_key
from entities.models import Entity

from . import passages, words
from .dates import stretch
from .documents import ENTITY, TYPES, with_short_forms
from .engines import BUCKETS, Groups, by_bytes, matching
from .index import LONGEST_WORD, rests

# Of a word with more hits these are ranked, from the best-connected buckets on.
MOST_RANKED = 1_000
# Hits in names alone come first and are looked at more closely.
MOST_NAMED = 200
MOST_EXACT = 100
# Names that begin like the query, of each bucket.
MOST_BEGINNING = 40
# Longer queries are cut; nothing matches more words than these.
MOST_GROUPS = 16
# How alike a word must be to be taken for a slip (0 to 100), and how many are tried in its place.
LEAST_ALIKE, MOST_ALIKE = 65, 6
# How many names of two words are tried in the place of one.
MOST_PAIRS = 50
# Two words typed as one are told apart by what each is like; a shorter one is like too many.
SHORTEST_PART = 3
# A shorter beginning of a word is looked for in names only.
SHORTEST_BEGINNING = 3
# A query is no longer than this.
MOST_CHARACTERS = 200
RECORD_TYPES = {"entities": "entity", "articles": "article", "claims": "claim"}
# Anything sorts before it.
LAST = "\U0010ffff"

EXACT, BEGINNING, NAMED, TEXT = range(4)
KIND_NAMES = {
    **dict(Entity.Kind.choices),
    "article": pgettext_lazy("kind", "Article"),
    "claim": pgettext_lazy("kind", "Claim"),
}


@dataclass(frozen=True)
class Query:
    """What a reader typed, in the terms of the index."""

    text: str
    key: str
    groups: tuple[tuple[str, ...], ...]
    # The word that each group stands for, as typed.
    terms: tuple[str, ...]

    @cached_property
    def tokens(self) -> frozenset[str]:
        return frozenset(token for group in self.groups for token in group)


class Candidate(NamedTuple):
    """A hit before it is ranked: what the ranking needs of its document."""

    id: int
    record_type: str
    record_id: int
    kind: str
    weight: int
    names: str
    facets: str
    place: int


@dataclass(frozen=True)
class Hit:
    """One record of a page of results, its words marked where they were found."""

    kind: str
    record_type: str
    address: str
    title: SafeString
    plain_title: str
    note: str
    passage: SafeString
    verdict: str

    @property
    def kind_name(self) -> str:
        return str(KIND_NAMES[self.kind])


@dataclass
class Results:
    """What a query found: candidates best first, and how the query had to be changed to find any."""

    query: Query
    ranked: list[Candidate] = field(default_factory=list)
    has_exact: bool = False
    corrected: str = ""
    is_partial: bool = False

    @property
    def is_capped(self) -> bool:
        return len(self.ranked) >= MOST_RANKED

    def count(self, name: str) -> Counter[str]:
        """Count the values of a facet."""
        start = f"{name}:"
        return Counter(
            facet.removeprefix(start)
            for candidate in self.ranked
            for facet in candidate.facets.split()
            if facet.startswith(start)
        )


def read(text: str) -> Query:
    """Cut what a reader typed into groups of tokens; words that say nothing are left out if there are others."""
    typed = " ".join(words.clean(text).split())
    text = words.tied(typed)
    found: list[tuple[str, tuple[str, ...]]] = []
    amounts = words.amounts(text)
    for start, end, value in amounts:
        found.append((text[start:end], words.readings(value, text[start:end])))
    for piece in words.pieces(text):
        inside = next((end for start, end, _value in amounts if start <= piece.start < end), piece.start)
        if rest := text[inside : piece.end]:
            found += [(rest, group) for group in words.variants(rest)]
    telling = [each for each in found if words.fold(each[0]) not in words.STOP_WORDS] or found
    terms: dict[tuple[str, ...], str] = {}
    for term, group in telling[:MOST_GROUPS]:
        terms.setdefault(group, term)
    return Query(typed, sort_key(text)[:300], tuple(terms), tuple(terms.values()))


def find(text: str, language: str, filters: Sequence[str] = ()) -> Results:
    """Rank what has every word of a query, else what has words much like them, else what has some of them.

    `filters` are facets ("kind:person") that each hit must have. Costs one query; up to three where the first finds
    nothing, and up to six for a single word that is taken apart.
    """
    query = read(text)
    if not query.groups:
        return Results(query)
    if found := _candidates(query, query.groups, language, filters):
        return _ranked(query, found)
    # A date that nothing has is no slip for another.
    if not stretch(text):
        groups = _alike(query)
        if found := _candidates(query, groups, language, filters, with_names=False):
            return _corrected(query, groups, found)
        if apart := _apart(query):
            meant = read(apart)
            found = _candidates(meant, meant.groups, language, filters)
            return replace(
                _ranked(meant, found), query=replace(meant, text=query.text), has_exact=False, corrected=apart
            )
    some = (tuple(token for group in query.groups for token in group),)
    found = _candidates(query, some, language, filters, with_names=False) if len(query.groups) > 1 else []
    ranked = sorted(found, key=lambda candidate: (-_named_groups(query, candidate), *_standing(candidate)))
    return Results(query, ranked[:MOST_RANKED], is_partial=bool(ranked))


def suggest(text: str, language: str, most: int) -> list[Hit]:
    """Give the entities whose name the text begins, or has the words of; two queries."""
    query = read(text)
    if not query.key:
        return []
    found = _candidates(query, (), language, ())
    if len(found) < most and query.groups:
        *before, last = query.groups
        beginning = (*last, f"{last[0]}*") if len(last[0]) >= SHORTEST_BEGINNING else last
        found += _candidates(query, (*before, beginning), language, (), only_names=True)
    found = list({candidate[:3]: candidate for candidate in reversed(found)}.values())
    return hits(_ranked(query, found), 0, most, language)


def records(among: str, text: str) -> list[int]:
    """Give the ids of the published entities, articles or claims that a text finds, best first, in either language."""
    record_type = RECORD_TYPES[among]
    kinds = [f"kind:{record_type}"] if record_type != "entity" else []
    found = (find(text[:MOST_CHARACTERS].replace("\0", ""), language, kinds) for language in words.LANGUAGES)
    ranked = next((results.ranked for results in found if results.ranked), [])
    return [candidate.record_id for candidate in ranked if candidate.record_type == record_type][:MOST_NAMED]


def hits(results: Results, start: int, count: int, language: str) -> list[Hit]:
    """Load a page of results; one query, which leaves out what is not published at this very moment."""
    chosen = results.ranked[start : start + count]
    if not chosen:
        return []
    marks = ", ".join(["%s"] * len(chosen))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, kind, record_type, address, title, text, note, facets FROM articles_searchdocument AS document "
            f"WHERE id IN ({marks}) AND ({IS_PUBLISHED})",
            [candidate.id for candidate in chosen],
        )
        rows = {row[0]: row[1:] for row in cursor.fetchall()}
    tokens = results.query.tokens
    found = []
    for candidate in chosen:
        if candidate.id in rows:
            kind, record_type, address, title, text, note, facets = rows[candidate.id]
            verdict = next((each[8:] for each in facets.split() if each.startswith("verdict:")), "")
            found.append(
                Hit(
                    kind=kind,
                    record_type=record_type,
                    address=address,
                    title=passages.mark(title, tokens),
                    plain_title=title,
                    note=note,
                    passage=passages.best(text, tokens),
                    verdict=verdict,
                )
            )
    return found


IS_PUBLISHED = " OR ".join(
    f"record_type = '{record_type}' AND EXISTS (SELECT 1 FROM {table} AS record "
    f"WHERE record.id = document.record_id AND record.status = 'published')"
    for record_type, table in zip(TYPES, ("entities_entity", "articles_article", "entities_claim"), strict=True)
)


def _candidates(
    query: Query,
    groups: Groups,
    language: str,
    filters: Sequence[str],
    *,
    with_names: bool = True,
    only_names: bool = False,
) -> list[Candidate]:
    """Ask the index for what is named like the query, and for what has all the groups; one query.

    Each branch takes its candidates bucket by bucket and then by id or name, so that all databases choose the same.
    """
    wanted = [*groups, *([f"={facet}"] for facet in filters)]
    branches: list[tuple[int, str, list[Any]]] = []
    if with_names and not only_names and query.key:
        branches += _name_branches(query.key, language)
    if groups:
        # Of the groups, so that a filter, which is no name, stays as it is.
        named = [*([f"@{token}" for token in group] for group in groups), *wanted[len(groups) :]]
        branches.append((NAMED, *matching(named, language, MOST_NAMED)))
        if not only_names:
            branches.append((TEXT, *matching(wanted, language, MOST_RANKED)))
    picks = " UNION ALL ".join(
        f"SELECT id, {place} AS place FROM ({sql}) AS branch" for place, sql, _values in branches
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT document.id, record_type, record_id, kind, weight, names, facets, picked.place "
            f"FROM (SELECT id, MIN(place) AS place FROM ({picks}) AS picks GROUP BY id) AS picked "
            "JOIN articles_searchdocument AS document ON document.id = picked.id",
            [value for _place, _sql, values in branches for value in values],
        )
        found = (Candidate(*row) for row in cursor.fetchall())
        return [each for each in found if not filters or set(filters) <= set(each.facets.split())]


def _name_branches(key: str, language: str) -> list[tuple[int, str, list[Any]]]:
    buckets = ", ".join(map(str, range(BUCKETS)))
    collate = by_bytes()
    documents = (
        "SELECT id FROM ({names}) AS names JOIN articles_searchdocument ON record_type = 'entity' "
        "AND record_id = entity_id AND language = %s"
    )
    exact = (
        f"SELECT entity_id FROM articles_searchname WHERE bucket IN ({buckets}) AND key{collate} = %s AND is_whole "
        f"ORDER BY bucket, entity_id LIMIT {MOST_EXACT}"
    )
    beginning = (
        "SELECT entity_id FROM articles_searchname WHERE bucket = {bucket} "
        f"AND key{collate} >= %s AND key{collate} < %s ORDER BY key{collate}, entity_id LIMIT {MOST_BEGINNING}"
    )
    return [
        (EXACT, documents.format(names=exact), [key, language]),
        *(
            (BEGINNING, documents.format(names=beginning.format(bucket=bucket)), [key, key + LAST, language])
            for bucket in range(BUCKETS)
        ),
    ]


def _ranked(query: Query, found: Iterable[Candidate]) -> Results:
    ranks = {candidate: (*_rank(query, candidate), *_standing(candidate)) for candidate in found}
    best = list(
        {candidate[1:3]: candidate for candidate in sorted(ranks, key=ranks.__getitem__, reverse=True)}.values()
    )
    best.reverse()
    best = best[:MOST_RANKED]
    has_exact = bool(best) and best[0].record_type == "entity" and ranks[best[0]][0] < NAMED_ALL
    return Results(query, best, has_exact=has_exact)


# How a candidate was found, best first; what begins like the query comes behind what has its words.
OWN_NAME, ALIAS, SAME_WORDS, NAMED_ALL, BEGINS, ONLY_TEXT = range(6)


def _rank(query: Query, candidate: Candidate) -> tuple[int, int, int, int]:
    """Give how a candidate was found, its type, how many words its name has besides those of the query, and how many
    of these it has in another form only.
    """
    kind = TYPES.index(candidate.record_type)
    if candidate.place == TEXT:
        return ONLY_TEXT, 0, 0, 0
    own_names, aliases = (part.split("\n") for part in candidate.names.split("\n\n"))
    # What stands in brackets explains the name of an entity; in a title it tells one source from another.
    forms = with_short_forms if candidate.record_type == ENTITY else list
    for standing, names in ((OWN_NAME, own_names), (ALIAS, aliases)):
        if any(sort_key(name)[:300] == query.key for name in forms(names)):
            return standing, kind, 0, 0
    besides = [_besides(query.groups, name) for name in forms([*own_names, *aliases])]
    if found := [counts for counts in besides if counts is not None]:
        fewest = min(found)
        return (SAME_WORDS if fewest[0] == 0 else NAMED_ALL), kind, *fewest
    beginning = [name for name in own_names if sort_key(name).startswith(query.key)]
    return BEGINS, kind, min((len(list(words.pieces(name))) for name in beginning), default=MOST_GROUPS), 0


def _besides(groups: Groups, name: str) -> tuple[int, int] | None:
    """Count the words of a name that the query has not, and those that it has in another form ("founds" for "founded").

    None where the name lacks one of the query's.
    """
    pieces = [words.tokens(word) for word in words.words_of(name)]
    held = {token for found in pieces for token in found}
    held.update(value for _start, _end, value in words.amounts(name))
    if any(held.isdisjoint(group) for group in groups):
        return None
    asked = {token for group in groups for token in group} | words.STOP_WORDS
    besides = sum(1 for found in pieces if asked.isdisjoint(found))
    return besides, sum(1 for group in groups if group[0] not in held)


def _standing(candidate: Candidate) -> tuple[int, int]:
    return -candidate.weight, candidate.id


def _named_groups(query: Query, candidate: Candidate) -> int:
    found = words.all_tokens(candidate.names)
    return sum(1 for group in query.groups if found & set(group))


def _alike(query: Query) -> tuple[tuple[str, ...], ...]:
    """Widen each group by the words of names that it may be a slip for, the last also by what it begins; one query."""
    typed: dict[str, list[tuple[str, ...]]] = {}
    for group, term in zip(query.groups, query.terms, strict=True):
        typed.setdefault(words.fold(term), []).append(group)
    known = _names_like(typed)
    widened = []
    for number, (word, groups) in enumerate(typed.items(), start=1):
        # Nobody means another figure than the one typed.
        names = [] if words.FIGURE.fullmatch(word) else known
        alike = process.extract(word, names, scorer=fuzz.ratio, score_cutoff=LEAST_ALIKE, limit=MOST_ALIKE)
        beginning = [f"{word}*"] if number == len(typed) and len(word) >= SHORTEST_BEGINNING else []
        # Of a run without spaces, whose pairs all had to be found, any pair will do.
        tokens = [token for group in groups for token in group]
        widened.append(tuple(dict.fromkeys([*tokens, *(other for other, _score, _place in alike), *beginning])))
    return tuple(widened)


def _names_like(typed: Iterable[str]) -> list[str]:
    """Give the words of names that share what is left without a letter or two with one of these words; one query."""
    wanted = sorted({rest for word in typed for rest in rests(word)})
    marks = ", ".join(["%s"] * len(wanted))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT word FROM articles_searchword WHERE rest IN ({marks})", wanted)
        return sorted(word for (word,) in cursor.fetchall())


def _apart(query: Query) -> str:
    """Give the name of two words that a single word may be a slip for ("hugging face" for "hugingface"); two queries.

    Empty where there is none. One letter may be wrong in each part, two in a whole word.
    """
    word = words.fold(query.terms[0])
    if len(query.terms) > 1 or not word.isalpha() or not 2 * SHORTEST_PART <= len(word) <= LONGEST_WORD:
        return ""
    places = range(SHORTEST_PART, len(word) - SHORTEST_PART + 1)
    rests_of = {part: rests(part, 1) for place in places for part in (word[:place], word[place:])}
    known = _words_by_rest({rest for found in rests_of.values() for rest in found})
    like = {
        part: {name for rest in found for name in known[rest] if fuzz.ratio(part, name) >= LEAST_ALIKE}
        for part, found in rests_of.items()
    }
    pairs = {pair for place in places for pair in product(like[word[:place]], like[word[place:]])}
    joined = {"".join(pair): " ".join(pair) for pair in sorted(pairs)}
    likest = process.extract(word, joined.keys(), scorer=fuzz.ratio, limit=MOST_PAIRS)
    names = _among_names([each for each, _score, _place in likest])
    return next((joined[each] for each, _score, _place in likest if each in names), "")


def _words_by_rest(wanted: Collection[str]) -> dict[str, list[str]]:
    """Map these rests to the words of names that have them; one query."""
    found: dict[str, list[str]] = defaultdict(list)
    with connection.cursor() as cursor:
        marks = ", ".join(["%s"] * len(wanted))
        cursor.execute(f"SELECT rest, word FROM articles_searchword WHERE rest IN ({marks})", sorted(wanted))
        for rest, word in cursor.fetchall():
            found[rest].append(word)
    return found


def _among_names(keys: Sequence[str]) -> set[str]:
    """Give those of the keys that are the whole of a name; one query."""
    if not keys:
        return set()
    buckets = ", ".join(map(str, range(BUCKETS)))
    marks = ", ".join(["%s"] * len(keys))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT key FROM articles_searchname WHERE bucket IN ({buckets}) AND key{by_bytes()} IN ({marks}) "
            "AND is_whole",
            keys,
        )
        return {key for (key,) in cursor.fetchall()}


def _corrected(query: Query, groups: Groups, found: Iterable[Candidate]) -> Results:
    """Rank by how like a name is to the query, and say what was looked for instead: the words of the best hit."""
    folded = _folded(query.text)

    def likeness(name: str) -> float:
        return fuzz.token_sort_ratio(folded, _folded(name))

    def names_of(candidate: Candidate) -> list[str]:
        return with_short_forms(name for name in candidate.names.split("\n") if name)

    def rank(candidate: Candidate) -> tuple[float, ...]:
        likest = max(map(likeness, names_of(candidate)), default=0.0)
        return -likest, TYPES.index(candidate.record_type), *_standing(candidate)

    ranked = sorted(found, key=rank)[:MOST_RANKED]
    terms = list(dict.fromkeys(query.terms))
    if any(map(words.is_script_without_spaces, terms)):
        chosen = max(names_of(ranked[0]), key=likeness)
    else:
        named = words.all_tokens(ranked[0].names)
        typed = dict(zip(query.terms, query.groups, strict=True))
        likest = (
            words.fold(term) if named & set(typed[term]) else next((token for token in group if token in named), term)
            for group, term in zip(groups, terms, strict=True)
        )
        chosen = " ".join(likest)
    corrected = Query(query.text, query.key, tuple(map(tuple, groups)), tuple(terms))
    return Results(corrected, ranked, corrected=chosen if _folded(chosen) != folded else "")


def _folded(text: str) -> str:
    return " ".join(map(words.fold, words.words_of(text)))
