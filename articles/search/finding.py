"""Find records for a query: up to some hundred candidates out of the index, ranked here, so alike on every database."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from typing import Any, NamedTuple

from django.db import connection
from django.utils.safestring import SafeString
from django.utils.translation import pgettext_lazy
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from entities.models import Entity

from . import passages, words
from .dates import month_names, stretch
from .documents import ENTITY, LANGUAGES, TYPES, with_short_forms
from .engines import BUCKETS, Groups, by_bytes, matching
from .index import LONGEST_WORD, rests

# Of a word with more hits these are ranked, from the best-connected buckets on.
MOST_RANKED = 1_000
# Hits in names alone come first and are looked at more closely.
MOST_NAMED = 200
# Of what has only some of the words.
MOST_PARTIAL = 200
MOST_EXACT = 100
# Names that begin like the query, of each bucket.
MOST_BEGINNING = 40
# Longer queries are cut; nothing matches more words than these.
MOST_GROUPS = 16
# In a shorter word, or one of as many letters with another first, no letter can be wrong.
FEW_LETTERS = 3
# By a shorter stem a word is no form of another.
LONG_STEM = 4
# In a shorter word two slips are too many to tell what was meant.
LONG_NAME = 8
# How many words are tried in the place of one.
MOST_ALIKE = 6
# So few may have only the stem of a word that is a slip for a name.
MOST_DOUBTFUL = 20
# Of so many words at most all but one are looked for before any.
MOST_BUT_ONE = 6
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

# How a candidate was found.
EXACT, BEGINNING, NAMED, AS_TYPED, TEXT = range(5)
# What a branch of a statement asks for: the place of what it finds, its SQL and its values.
Branch = tuple[int, str, list[Any]]
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

    @property
    def language(self) -> str:
        return LANGUAGES[self.id & 1]


@dataclass(frozen=True)
class Hit:
    """One record of a page of results, its words marked where they were found.

    `passage_language` is that of the passage where the page's own language has no words for it, else empty.
    """

    kind: str
    record_type: str
    address: str
    title: SafeString
    plain_title: str
    note: str
    passage: SafeString
    passage_language: str
    verdict: str

    @property
    def kind_name(self) -> str:
        return str(KIND_NAMES[self.kind])


@dataclass
class Results:
    """What a query found: candidates best first, and how the query had to be changed to find any.

    `elsewhere` is the language that has the words, where the one that was asked for has not.
    """

    query: Query
    ranked: list[Candidate] = field(default_factory=list)
    has_exact: bool = False
    corrected: str = ""
    elsewhere: str = ""
    is_partial: bool = False

    @property
    def is_capped(self) -> bool:
        return len(self.ranked) >= (MOST_PARTIAL if self.is_partial else MOST_RANKED)

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
    found = _date(typed) or _words(text)
    telling = [each for each in found if words.fold(each[0]) not in words.STOP_WORDS] or found
    terms: dict[tuple[str, ...], str] = {}
    for term, group in telling[:MOST_GROUPS]:
        terms.setdefault(group, term)
    # A percentage is no beginning of a date.
    key = "" if all(group[0].endswith(words.PERCENT) for group in terms) else words.key(text)
    return Query(typed, key, tuple(terms), tuple(terms.values()))


def _date(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """Give the parts of a date as texts have them, in either language or in figures; none where it is no date."""
    year, *rest = (when := stretch(text)).split("-")
    if not rest:
        return []
    figures = [when[:length].replace("-", "") for length in (7, 10)][: len(rest)]
    month, *day = (str(int(part)) for part in rest)
    groups = [(year,), (*month_names(int(month)), *figures), *((part, figures[-1]) for part in day)]
    return [(group[0], group) for group in groups]


def _words(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """Give each word and amount of a query with its tokens; a currency says nothing that its sign would not."""
    found: list[tuple[str, tuple[str, ...]]] = []
    amounts = words.amounts(text)
    for start, end, value in amounts:
        found.append((text[start:end], words.readings(value, text[start:end])))
    for piece in words.pieces(text):
        inside = next((end for start, end, _value in amounts if start <= piece.start < end), piece.start)
        if (rest := text[inside : piece.end]) and not (amounts and words.fold(rest) in words.CURRENCIES):
            found += [(rest, group) for group in words.variants(rest)]
    return found


def find(text: str, language: str, filters: Sequence[str] = ()) -> Results:
    """Rank what has every word of a query; else what has them in the other language, what has words much like them, or
    what has some of them.

    `filters` are facets ("kind:person") that each hit must have. Costs one query, up to four where it finds nothing.
    """
    query = read(text)
    if not query.groups:
        return Results(query)
    named = [*_by_name([query.key], language), *_by_beginning(query.key, language)] if query.key else []
    found = _candidates([*named, *_by_words([query.groups], language, filters)], filters)
    if len(found) > MOST_DOUBTFUL or _is_certain(query, found):
        return _ranked(query, found)
    (other,) = (each for each in LANGUAGES if each != language)
    # A date that nothing has is no slip for another.
    is_date = bool(stretch(text))
    like = {} if is_date else _words_like(query)
    alike = query.groups if is_date else _alike(query, like, 1 if found else 2)
    as_typed = [[group[:1] for group in query.groups]]
    branches = [*_by_words([query.groups], other, filters), *_by_words(as_typed, other, filters, AS_TYPED)[1:]]
    if found:
        branches += _by_words(as_typed, language, filters, AS_TYPED)[1:]
    if alike != query.groups:
        branches += _by_name(_keys_alike(query, alike), language)
        branches += _by_words([alike], language, filters)[: 1 if found else 2]
    return _best(query, alike, found, _candidates(branches, filters), other) or (
        _apart(query, like, language, filters) if len(query.groups) == 1 else _partial(query, language, other, filters)
    )


def _is_certain(query: Query, found: Iterable[Candidate]) -> bool:
    """Tell whether some have the words as they were typed, and not only the stems of them."""
    as_typed = {group[0] for group in query.groups}
    return any(
        candidate.place in (EXACT, BEGINNING, AS_TYPED)
        or (candidate.place == NAMED and as_typed <= words.all_tokens(candidate.names))
        for candidate in found
    )


def _best(
    query: Query, alike: Groups, found: Sequence[Candidate], more: Sequence[Candidate], other: str
) -> Results | None:
    """Choose what has the words as they were typed, in one language or the other, before names that are much like them,
    and these before what has the stems of the words; None where there is nothing.
    """
    elsewhere = [candidate for candidate in more if candidate.language == other]
    here = [candidate for candidate in more if candidate.language != other]
    mended = [candidate for candidate in here if candidate.place != AS_TYPED]
    told_elsewhere = replace(_ranked(query, elsewhere), elsewhere=other)
    if found and len(mended) < len(here):
        return _ranked(query, found)
    if _is_certain(query, elsewhere) and all(candidate.place > NAMED for candidate in found):
        return told_elsewhere
    corrected = _corrected(query, alike, mended) if mended else None
    if corrected and (corrected.corrected or not (found or elsewhere)):
        return corrected
    if found:
        return _ranked(query, found)
    return told_elsewhere if elsewhere else None


def suggest(text: str, language: str, most: int) -> list[Hit]:
    """Give the entities whose name the text begins, or has the words of; two or three queries."""
    query = read(text)
    if not query.key:
        return []
    found = _candidates([*_by_name([query.key], language), *_by_beginning(query.key, language)])
    if len(found) < most and query.groups:
        *before, last = query.groups
        beginning = (*last, f"{last[0]}*") if len(last[0]) >= SHORTEST_BEGINNING else last
        found += _candidates(_by_words([(*before, beginning)], language)[:1])
    found = list({candidate[:3]: candidate for candidate in reversed(found)}.values())
    return hits(_ranked(query, found), 0, most, language)


def records(among: str, text: str) -> list[int]:
    """Give the ids of the published entities, articles or claims that a text finds, best first, in either language."""
    record_type = RECORD_TYPES[among]
    kinds = [f"kind:{record_type}"] if record_type != "entity" else []
    ranked = find(text[:MOST_CHARACTERS].replace("\0", ""), LANGUAGES[0], kinds).ranked
    return [candidate.record_id for candidate in ranked if candidate.record_type == record_type][:MOST_NAMED]


def hits(results: Results, start: int, count: int, language: str) -> list[Hit]:
    """Load a page of results; one query, which leaves out what is not published at this very moment.

    Each record is told in this language as far as it has words, wherever it was found.
    """
    chosen = results.ranked[start : start + count]
    if not chosen:
        return []
    ids = {candidate.id for candidate in chosen} | {_told_in(candidate, language) for candidate in chosen}
    marks = ", ".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, kind, record_type, address, title, text, note, facets FROM articles_searchdocument AS document "
            f"WHERE id IN ({marks}) AND ({IS_PUBLISHED})",
            list(ids),
        )
        rows = {row[0]: row[1:] for row in cursor.fetchall()}
    tokens = results.query.tokens
    found = []
    for candidate in chosen:
        if candidate.id in rows:
            kind, record_type, address, title, text, note, facets = rows[_told_in(candidate, language)]
            verdict = next((each[8:] for each in facets.split() if each.startswith("verdict:")), "")
            found_text = rows[candidate.id][4]
            found.append(
                Hit(
                    kind=kind,
                    record_type=record_type,
                    address=address,
                    title=passages.mark(title, tokens),
                    plain_title=title,
                    note=note,
                    passage=passages.best(text or found_text, tokens),
                    passage_language="" if text or not found_text else candidate.language,
                    verdict=verdict,
                )
            )
    return found


def _told_in(candidate: Candidate, language: str) -> int:
    """Give the id of the record's document in a language: in the other one it differs by its last bit."""
    return candidate.id & ~1 | LANGUAGES.index(language)


# A claim is public while its subject and object are, too: as `ClaimQuerySet.published` has it.
ENDS_ARE_PUBLISHED = (
    " AND record.replaces_id IS NULL AND NOT EXISTS (SELECT 1 FROM entities_entity AS entity "
    "WHERE entity.id IN (record.subject_id, record.object_id) AND entity.status <> 'published')"
)
IS_PUBLISHED = " OR ".join(
    f"record_type = '{record_type}' AND EXISTS (SELECT 1 FROM {table} AS record "
    f"WHERE record.id = document.record_id AND record.status = 'published'{also})"
    for record_type, table, also in zip(
        TYPES,
        ("entities_entity", "articles_article", "entities_claim"),
        ("", "", ENDS_ARE_PUBLISHED),
        strict=True,
    )
)


def _candidates(branches: Sequence[Branch], filters: Sequence[str] = ()) -> list[Candidate]:
    """Ask the index for what the branches find, each record once, at its best place; one query.

    Each branch takes its candidates bucket by bucket and then by id or name, so that all databases choose the same.
    """
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


def _by_words(
    alternatives: Sequence[Groups],
    language: str,
    filters: Sequence[str] = (),
    anywhere_place: int = TEXT,
    named_place: int = NAMED,
    most: int = MOST_RANKED,
) -> list[Branch]:
    """Ask for what has all the groups of one of the alternatives, in its names, and anywhere."""
    # A filter is no name and stays as it is.
    wanted = [[f"={facet}"] for facet in filters]
    named = [[*([f"@{token}" for token in group] for group in groups), *wanted] for groups in alternatives]
    anywhere = [
        [*([token for token in group if not token.endswith("*")] for group in groups), *wanted]
        for groups in alternatives
    ]
    return [
        (named_place, *matching(named, language, min(most, MOST_NAMED))),
        (anywhere_place, *matching(anywhere, language, most)),
    ]


def _whole_words(group: Sequence[str]) -> list[str]:
    return [token for token in group if not token.endswith("*")]


def _by_name(keys: Sequence[str], language: str) -> list[Branch]:
    """Ask for the entities that have one of these names."""
    marks = ", ".join(["%s"] * len(keys))
    names = (
        f"SELECT {DOCUMENT_OF} AS id FROM articles_searchname WHERE bucket IN ({', '.join(map(str, range(BUCKETS)))}) "
        f"AND key{by_bytes()} IN ({marks}) AND is_whole ORDER BY bucket, entity_id LIMIT {MOST_EXACT}"
    )
    return [(EXACT, f"SELECT id FROM ({names}) AS names", [LANGUAGES.index(language), *keys])]


def _by_beginning(key: str, language: str) -> list[Branch]:
    """Ask for the entities whose name begins with this, from each of its words on."""
    collate = by_bytes()
    names = (
        f"SELECT {DOCUMENT_OF} AS id FROM articles_searchname WHERE bucket = {{bucket}} "
        f"AND key{collate} >= %s AND key{collate} < %s ORDER BY key{collate}, entity_id LIMIT {MOST_BEGINNING}"
    )
    return [
        (
            BEGINNING,
            f"SELECT id FROM ({names.format(bucket=bucket)}) AS names",
            [LANGUAGES.index(language), key, key + LAST],
        )
        for bucket in range(BUCKETS)
    ]


# The id of an entity's document, as `documents.place` makes it.
DOCUMENT_OF = f"bucket * {1 << 60} + entity_id * 8 + %s"


def _ranked(query: Query, found: Iterable[Candidate]) -> Results:
    ranks = {candidate: (*_rank(query, candidate), *_standing(candidate)) for candidate in found}
    best = list(
        {candidate[1:3]: candidate for candidate in sorted(ranks, key=ranks.__getitem__, reverse=True)}.values()
    )
    best.reverse()
    best = best[:MOST_RANKED]
    has_exact = bool(best) and best[0].record_type == "entity" and ranks[best[0]][0] < NAMED_ALL
    return Results(query, best, has_exact=has_exact)


# How a candidate was found, best first; an entity that begins like the query comes before what only has its words.
OWN_NAME, ALIAS, SAME_WORDS, NAMED_ALL, BEGINS, TITLED, INITIALS, ONLY_TEXT = range(8)


def _rank(query: Query, candidate: Candidate) -> tuple[int, int, int, int]:
    """Give how a candidate was found, its type, how many words its name has besides those of the query, and how many
    of these it has in another form only.
    """
    kind = TYPES.index(candidate.record_type)
    if candidate.place >= AS_TYPED:
        return ONLY_TEXT, 0, 0, 0
    own_names, aliases = (part.split("\n") for part in candidate.names.split("\n\n"))
    # What stands in brackets explains the name of an entity; in a title it tells one source from another.
    forms = with_short_forms if candidate.record_type == ENTITY else list
    for standing, names in ((OWN_NAME, own_names), (ALIAS, aliases)):
        if any(words.key(name) == query.key for name in forms(names)):
            return standing, kind, 0, 0
    names = forms([*own_names, *aliases])
    if found := [counts for name in names if (counts := _besides(query.groups, name)) is not None]:
        fewest = min(found)
        named = NAMED_ALL if candidate.record_type == ENTITY else TITLED
        return (SAME_WORDS if fewest[0] == 0 else named), kind, *fewest
    if not any(query.key in words.key(name) for name in names):
        return INITIALS, kind, 0, 0
    beginning = [name for name in own_names if words.key(name).startswith(query.key)]
    return BEGINS, kind, min((len(words.words_of(name)) for name in beginning), default=MOST_GROUPS), 0


def _besides(groups: Groups, name: str) -> tuple[int, int] | None:
    """Count the words of a name that the query has not, and those that it has in another form ("founds" for "founded").

    None where the name lacks one of the query's.
    """
    pieces = words.words_of(name)
    held = {token for word in pieces for token in words.tokens(word)}
    held.update(token for _start, _end, value in words.amounts(name) for token in words.amount_tokens(value))
    if any(held.isdisjoint(group) for group in groups):
        return None
    asked = {token for group in groups for token in group} | words.STOP_WORDS
    besides = sum(1 for word in pieces for group in words.variants(word) if asked.isdisjoint(group))
    return besides, sum(1 for group in groups if group[0] not in held)


def _standing(candidate: Candidate) -> tuple[int, int]:
    return -candidate.weight, candidate.id


def _partial(query: Query, language: str, other: str, filters: Sequence[str]) -> Results:
    """Rank what has all words but one, then what has any, by how many of them its names have; one query.

    Of the other language only where this one has none of them.
    """
    groups = query.groups
    branches: list[Branch] = []
    for each in (language, other):
        branches += _by_words([[group] for group in groups], each, filters, 2, 1, MOST_PARTIAL)
        if 2 < len(groups) <= MOST_BUT_ONE:
            but_one = [[*groups[:left_out], *groups[left_out + 1 :]] for left_out in range(len(groups))]
            branches += _by_words(but_one, each, filters, 0, 1, MOST_PARTIAL)[1:]

    def rank(candidate: Candidate) -> tuple[int, ...]:
        named = 0
        if candidate.place < 2:
            found = {token for word in words.words_of(candidate.names) for token in words.tokens(word)}
            named = sum(1 for group in groups if not found.isdisjoint(group))
        return candidate.place, -named, TYPES.index(candidate.record_type), *_standing(candidate)

    found = _candidates(branches, filters)
    here = [candidate for candidate in found if candidate.language == language]
    ranked = sorted(here or found, key=rank)[:MOST_PARTIAL]
    return Results(query, ranked, elsewhere=other if ranked and not here else "", is_partial=bool(ranked))


def _words_like(query: Query) -> dict[str, list[str]]:
    """Map what is left of the query's words without a letter or two to the words of names that share it; one query.

    Of a single word its parts are looked up as well, should it be two.
    """
    wanted = {rest for term in query.terms for rest in rests(words.fold(term))}
    wanted |= {rest for part in _parts(query) for rest in rests(part, 1)}
    found: dict[str, list[str]] = defaultdict(list)
    with connection.cursor() as cursor:
        marks = ", ".join(["%s"] * len(wanted))
        cursor.execute(f"SELECT rest, word FROM articles_searchword WHERE rest IN ({marks})", sorted(wanted))
        for rest, word in cursor.fetchall():
            found[rest].append(word)
    return found


def _alike(query: Query, like: Mapping[str, Sequence[str]], most: int) -> tuple[tuple[str, ...], ...]:
    """Widen each group by the words of names that it may be a slip for, the last also by what it begins."""
    typed: dict[str, list[tuple[str, ...]]] = {}
    for group, term in zip(query.groups, query.terms, strict=True):
        typed.setdefault(words.fold(term), []).append(group)
    widened = []
    for number, (word, groups) in enumerate(typed.items(), start=1):
        # Nobody means another figure than the one typed.
        if words.FIGURE.match(word) and len(groups) == 1:
            widened += groups
            continue
        known = {each for rest in rests(word) for each in like.get(rest, ())}
        tokens = [token for group in groups for token in group]
        alike = process.extract(word, sorted(filter(_is_slip(word, most), known)), scorer=fuzz.ratio, limit=MOST_ALIKE)
        beginning = [f"{word}*"] if number == len(typed) and len(word) >= SHORTEST_BEGINNING else []
        # Of a run without spaces, whose pairs all had to be found, any pair will do.
        widened.append(tuple(dict.fromkeys([*tokens, *(other for other, _score, _place in alike), *beginning])))
    return tuple(widened)


def _keys_alike(query: Query, alike: Groups) -> list[str]:
    """Give the names that a query would be with the likest word in the place of one of its own."""
    terms = [words.fold(term) for term in dict.fromkeys(query.terms)]
    keys = [query.key]
    for place, (term, group) in enumerate(zip(terms, alike, strict=True)):
        own = words.variants(term)
        others = [token for token in group if not token.endswith("*") and all(token not in each for each in own)]
        keys += ["".join([*terms[:place], other, *terms[place + 1 :]]) for other in others[:1]]
    return keys


def _is_slip(word: str, most: int) -> Callable[[str], bool]:
    """Tell of other words whether this may be a slip for them: a letter too many, too few, wrong or out of place.

    In a long word so many.
    """

    def is_meant(other: str) -> bool:
        allowed = most if max(len(word), len(other)) >= LONG_NAME else 1
        if other in words.STOP_WORDS:
            return False
        # With one letter other, so few make another word.
        shorter, has_other_first = min(len(word), len(other)), len(word) == len(other) and word[0] != other[0]
        if shorter <= FEW_LETTERS and {*word} != {*other} and (shorter < FEW_LETTERS or has_other_first):
            return False
        return OSA.distance(word, other, score_cutoff=allowed) <= allowed

    return is_meant


def _parts(query: Query) -> list[str]:
    """Give the beginnings and ends of a single word, in pairs; none where it is too short to be two."""
    word = words.fold(query.terms[0])
    if len(query.terms) > 1 or not word.isalpha() or len(word) > LONGEST_WORD:
        return []
    places = range(SHORTEST_PART, len(word) - SHORTEST_PART + 1)
    return [part for place in places for part in (word[:place], word[place:])]


def _apart(query: Query, like: Mapping[str, Sequence[str]], language: str, filters: Sequence[str]) -> Results:
    """Find the name of two words that a single word may be a slip for ("hugging face" for "hugingface"); one query.

    One letter may be wrong in each part, two in a whole word.
    """
    parts = _parts(query)
    likest = {
        part: list(filter(_is_slip(part, 1), {word for rest in rests(part, 1) for word in like.get(rest, ())}))
        for part in parts
    }
    cuts = zip(parts[::2], parts[1::2], strict=True)
    pairs = {pair for left, right in cuts for pair in product(likest[left], likest[right])}
    joined = {"".join(pair): " ".join(pair) for pair in sorted(pairs)}
    tried = process.extract(words.fold(query.text), joined.keys(), scorer=fuzz.ratio, limit=MOST_PAIRS)
    keys = [key for key, _score, _place in tried]
    found = _candidates(_by_name(keys, language), filters) if keys else []
    for key in keys:
        named = [each for each in found if key in map(words.key, with_short_forms(each.names.split("\n")))]
        if named:
            meant = read(joined[key])
            return Results(replace(meant, text=query.text), sorted(named, key=_standing), corrected=joined[key])
    return Results(query)


def _corrected(query: Query, groups: Groups, found: Iterable[Candidate]) -> Results:
    """Rank by how like a name is to the query, and say what was looked for instead: the words of the best hit."""
    folded = _folded(query.text)

    def likeness(name: str) -> float:
        return max(fuzz.ratio(folded, _folded(name)), fuzz.token_sort_ratio(folded, _folded(name)))

    def names_of(candidate: Candidate) -> list[str]:
        return with_short_forms(name for name in candidate.names.split("\n") if name)

    def rank(candidate: Candidate) -> tuple[float, ...]:
        likest = max(map(likeness, names_of(candidate)), default=0.0) if candidate.place <= NAMED else 0.0
        return candidate.place > EXACT, -likest, TYPES.index(candidate.record_type), *_standing(candidate)

    ranked = sorted(found, key=rank)[:MOST_RANKED]
    corrected = Query(query.text, query.key, tuple(map(tuple, groups)), query.terms)
    terms = list(dict.fromkeys(query.terms))
    if any(map(words.is_script_without_spaces, terms)):
        chosen = max(names_of(ranked[0]), key=likeness)
        if not _is_near(folded, _folded(chosen)):
            return Results(corrected, ranked, is_partial=True)
    else:
        named = words.all_tokens(ranked[0].names)
        typed = dict(zip(query.terms, query.groups, strict=True))
        likest = [_likest(typed[term], group, named) for group, term in zip(groups, terms, strict=True)]
        is_mended = likest != [typed[term][0] for term in terms]
        chosen = " ".join(_with_small_words(query.text, dict(zip(terms, likest, strict=True)))) if is_mended else ""
    return Results(corrected, ranked, corrected=chosen if words.key(chosen) != query.key else "")


def _with_small_words(typed: str, mended: dict[str, str]) -> list[str]:
    """Put the words that were looked for back among those that were left out: "chain of thought"."""
    said = words.words_of(words.tied(typed))
    if not mended.keys() <= set(said):
        return list(mended.values())
    kept = (mended.get(word, word if words.fold(word) in words.STOP_WORDS else "") for word in said)
    return [words.fold(word) for word in kept if word]


def _likest(typed: Sequence[str], alike: Sequence[str], named: Collection[str]) -> str:
    """Give the word of a name that a group stands for: the one typed, or a form of it, else one much like it."""
    if any(token in named for token in typed if token == typed[0] or len(token) >= LONG_STEM):
        return typed[0]
    return next((token for token in alike[len(typed) :] if token in named), typed[0])


def _is_near(typed: str, name: str) -> bool:
    """Tell whether a name in Chinese is what was typed but for one character in three, or one is part of the other."""
    return name in typed or typed in name or OSA.distance(typed, name) <= len(name) // 3


def _folded(text: str) -> str:
    return " ".join(map(words.fold, words.words_of(text)))
