"""From text to the tokens of the index: one tokenizer for documents, queries and highlights, on every database."""

import re
import unicodedata
from collections.abc import Iterator
from decimal import Context, Decimal
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import snowballstemmer

from entities.fields import sort_key

LANGUAGES = ("en", "fr")
STEMMERS = {"en": snowballstemmer.stemmer("english"), "fr": snowballstemmer.stemmer("french")}
# Initials ("A.I.", "U.S."); else a word, or a figure with what groups its digits: "5.576", "5,576", "5 576" with a
# no-break space, "v3.1", "557.6万".
INITIALS = r"(?<![^\W_])[^\W\d_](?:\.[^\W\d_])+(?![^\W_])"
WORD = re.compile(INITIALS + r"|[^\W_]+(?:(?<=\d)(?:[.,](?=\d)|[\u00a0\u202f](?=\d{3}(?!\d)))[^\W_]+)*")
INITIALED = re.compile(INITIALS)
# Scripts written without spaces: Chinese, Japanese, Korean.
RUN = re.compile(r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+)")
FIGURE = re.compile(r"\d+(?:\.\d+)*")
# A figure with its order of magnitude, in the three languages: "5.576 million", "$5.576M", "671 Md", "557.6万".
MAGNITUDES = {"k": 3, "thousand": 3, "mille": 3, "万": 4, "m": 6, "million": 6, "millions": 6, "亿": 8}
MAGNITUDES |= {"萬": 4, "億": 8}
MAGNITUDES |= {"b": 9, "bn": 9, "billion": 9, "billions": 9, "md": 9, "milliard": 9, "milliards": 9}
MAGNITUDES |= {"t": 12, "tn": 12, "trillion": 12, "trillions": 12}
AMOUNT = re.compile(
    r"(?<![\w.,])(\d+(?:[.,\u00a0\u202f]\d+)*)[ \u00a0\u202f]?"
    r"(?:([万萬亿億])|(k|m|b|bn|t|tn|md|thousand|mille|(?:m|b|tr)illions?|milliards?)\b|(%|(?:per|pour) ?cent\b))",
    re.IGNORECASE,
)
# What an amount is counted in, which a text may write as a sign.
CURRENCIES = frozenset(["dollar", "dollars", "usd", "euro", "euros", "yuan", "yuans", "rmb"])
# Digits that somebody types who remembers an amount roughly.
ROUGH_DIGITS = 2
ROUNDING = Context(prec=ROUGH_DIGITS)
# What sets tokens of a percentage and of a round figure apart.
PERCENT, ABOUT = "_percent", "_about"
# Digits in groups as they are typed: with common spaces.
GROUPED = re.compile(r"(?<![\w.,-])\d{1,3}(?: \d{3})+(?![\w.,-])")
# A letter with a figure, as models and chips are called.
LETTERED = re.compile(r"(?<![\w.,])([^\W\d_])[- ](?=\d)")
# The plural of a thing with a number: H800s.
PLURAL = re.compile(r"[a-z]+\d+s")
THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+")
# Soft hyphens, marks of width and direction, tags.
UNSEEN = re.compile(
    r"[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]+"
)
APOSTROPHES = "'’‘ʼ`´"
APOSTROPHE = re.compile(f"[{APOSTROPHES}]")
HYPHENS = "-‐‑–"
# What stands before or behind an apostrophe and says nothing: l'idée, d'experts, qu'il, DeepSeek's.
ELIDED = {"l", "d", "j", "m", "n", "s", "t", "c", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu"}
LONGEST_ELIDED = max(map(len, ELIDED))
# Left out of a query that has other words; "what" and "who" as well, so that a question finds its answer.
STOP = """
a about am an and are as at be been being by can could did do does explain find for from had has have he her his how i
in into is it its many me much my of on or please she should show so tell than that the their them there these they
this those to versus vs was we were what whats when where which who whom whos whose why will with would you your
a afin alors au aux avait avec avez avons c ca ce cela celle celles celui ces cet cette ceux chez ci combien comme
comment d dans de depuis des donc dont du elle elles en entre est et etaient etait ete etre eu eux explique expliquer
fait faut font furent fut il ils j je l la laquelle le lequel les lesquelles lesquels leur leurs lui m ma mais meme
mes moi mon n ne ni nos notre nous on ont ou par parce pas peut peuvent pour pourquoi pouvez qu quand que quel quelle
quelles quels qui quoi quon s sa sans se sera ses si son sont sur t ta te tes toi ton tu un une vers vos votre vous y
"""
STOP_WORDS = frozenset(STOP.split())
# What British and American English write differently; whichever is typed, the other is looked for as well.
SPELLINGS = [
    (re.compile(pattern), other)
    for pattern, other in [
        (r"is(?=(?:e[ds]?|ing|ations?)$)", "iz"),
        (r"iz(?=(?:e[ds]?|ing|ations?)$)", "is"),
        (r"(?<=en)c(?=es?$)", "s"),
        (r"(?<=en)s(?=es?$)", "c"),
        (r"ou(?=rs?$)", "o"),
        (r"(?<!o)o(?=rs?$)", "ou"),
    ]
]
# Each traditional character with its simplified form: a name is found in either.
SIMPLIFIED = {
    ord(pair[0]): pair[1]
    for line in (Path(__file__).parent / "traditional.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
    for pair in line.split()
}
# No name is longer; PostgreSQL takes 2,046 bytes.
LONGEST_TOKEN = 60
LONGEST_KEY = 300
MOST_PARTS = 4
LONGEST_ACRONYM = 5
# A shorter stem belongs to too many words; so does less than half of a word.
SHORTEST_STEM = 3


class Piece(NamedTuple):
    """One word of a text: where it stands, and what is looked for in its place."""

    start: int
    end: int
    text: str


def clean(text: str) -> str:
    """Compose accents, and drop marks that nobody sees (direction, width)."""
    return text if text.isascii() else UNSEEN.sub("", unicodedata.normalize("NFC", text))


def tied(text: str) -> str:
    """Tie what somebody typed apart: the groups of digits in "5 576 000", the letter and the figure in "V 3"."""
    text = GROUPED.sub(lambda figure: figure[0].replace(" ", "\N{NO-BREAK SPACE}"), text)
    return LETTERED.sub(lambda found: found[0] if fold(found[1]) in STOP_WORDS else found[1], text)


@lru_cache(maxsize=50_000)
def fold(text: str) -> str:
    """Drop case, accents and what tells traditional from simplified characters; digits keep the points between them."""
    folded = text.casefold()
    if folded.isascii() and folded.isalnum():
        return folded[:LONGEST_TOKEN]
    letters = unicodedata.normalize("NFKD", folded).translate(SIMPLIFIED)
    return "".join(letter for letter in letters if letter.isalnum() or letter == ".")[:LONGEST_TOKEN]


def key(text: str) -> str:
    """Fold a name to what it is looked up by: its letters and digits alone."""
    folded = sort_key(text)
    return (folded if folded.isascii() else folded.translate(SIMPLIFIED))[:LONGEST_KEY]


def pieces(text: str) -> Iterator[Piece]:
    """Cut a clean text into words, without what an apostrophe has cut off."""
    for match in WORD.finditer(text):
        word, (start, end) = match[0], match.span()
        if len(word) <= LONGEST_ELIDED and word.casefold() in ELIDED:
            beside = text[start - 1 : start] + text[end : end + 1]
            if any(mark in APOSTROPHES for mark in beside):
                continue
        yield Piece(start, end, word)


def words_of(text: str) -> list[str]:
    """Give the words of `pieces` alone; where nothing can be cut off, at a fifth of the time."""
    if APOSTROPHE.search(text):
        return [piece.text for piece in pieces(text)]
    return WORD.findall(text)


@lru_cache(maxsize=50_000)
def variants(word: str) -> tuple[tuple[str, ...], ...]:
    """Give what a word of a query may stand for: every group must be found, each by one of its tokens."""
    groups: list[tuple[str, ...]] = []
    for number, run in enumerate(RUN.split(word)):
        if number % 2:
            pairs = [run[place : place + 2] for place in range(len(run) - 1)]
            groups += [(fold(pair),) for pair in pairs or [run]]
        elif token := _figure(run):
            others = [form for other in _spellings(token) for form in (other, *_stems(other))]
            groups.append(tuple(dict.fromkeys([token, *_joined(token), *_stems(token), *others])))
    return tuple(group for group in groups if all(group))


@lru_cache(maxsize=100_000)
def tokens(word: str) -> tuple[str, ...]:
    """Give all the tokens under which a word of a document is found, in no order."""
    found: list[str] = []
    for number, run in enumerate(RUN.split(word)):
        if number % 2:
            found += [*map(fold, run), *(fold(run[place : place + 2]) for place in range(len(run) - 1))]
        elif token := _figure(run):
            found += [token, *_joined(token), *_stems(token), *_parts(token)]
    return tuple(dict.fromkeys(token for token in found if token))


def amounts(text: str) -> list[tuple[int, int, str]]:
    """Find the amounts of a clean text: where each starts and ends, and the token of its value ("#5576000")."""
    return [(*match.span(), _value(match[1], match[2] or match[3])) for match in AMOUNT.finditer(text)]


def amount_tokens(value: str) -> tuple[str, ...]:
    """Give the tokens under which an amount is found: its value, and that in round figures if it is none itself."""
    rough = _rough(value)
    return (value, f"{rough}{ABOUT}") if rough not in ("", value) else (value,)


def readings(value: str, typed: str) -> tuple[str, ...]:
    """Give the tokens that an amount of a query may stand for: its value, that written out, and what it is the round
    figure of.

    In French, a billion is a thousand times as much.
    """
    rough = _rough(value)
    if not rough:
        return (value, fold(typed)) if not value.startswith("#") else (value,)
    values = [value]
    if fold(typed).rstrip("s").endswith("billion"):
        values.append(f"#{_plain(Decimal(value[1:]).scaleb(3))}")
    has_digits = len(value[1:].replace(".", "").strip("0")) >= ROUGH_DIGITS
    about = (f"{rough}{ABOUT}",) if rough == value and has_digits else ()
    return (*values, *(each[1:] for each in values), fold(typed), *about)


def _value(figure: str, magnitude: str | None) -> str:
    """Give the token of an amount; a percentage has no magnitude, and more points than a figure make a word."""
    digits = _figure(figure)
    if THOUSANDS.fullmatch(digits) and digits.count(".") > 1:
        digits = digits.replace(".", "")
    if digits.count(".") > 1:
        return fold(figure)
    if magnitude is None:
        return f"#{_plain(Decimal(digits))}{PERCENT}"
    return f"#{_plain(Decimal(digits).scaleb(MAGNITUDES[magnitude.casefold()]))}"


def _rough(value: str) -> str:
    """Round the token of an amount; empty for a percentage, and for what is no figure."""
    if not value.startswith("#") or value.endswith(PERCENT):
        return ""
    return f"#{_plain(ROUNDING.create_decimal(value[1:]))}"


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"


def all_tokens(text: str) -> set[str]:
    """Give the tokens of a clean text; words tied by hyphens are found in one as well, and amounts by their value."""
    found = {token for _start, _end, value in amounts(text) for token in amount_tokens(value)}
    chain: list[str] = []
    last = -1
    for start, end, word in pieces(text):
        found.update(tokens(word))
        is_tied = last == start - 1 and text[last] in HYPHENS
        chain = [*chain, word] if is_tied and len(chain) < MOST_PARTS else [word]
        if len(chain) > 1:
            found.add(fold("".join(chain)))
        last = end
    return found


def is_script_without_spaces(word: str) -> bool:
    return bool(RUN.search(word))


def _figure(run: str) -> str:
    """Fold a run of letters and digits; all that groups or parts digits becomes a point, and initials lose theirs."""
    if INITIALED.fullmatch(run):
        return fold(run.replace(".", ""))
    return fold(re.sub(r"(?<=\d)[,\u00a0\u202f](?=\d)", ".", run)).strip(".")


def _joined(token: str) -> list[str]:
    """Give a figure with groups of thousands as its digits alone: "5,576" is looked for as 5576, too."""
    return [token.replace(".", "")] if THOUSANDS.fullmatch(token) else []


def _parts(token: str) -> list[str]:
    """Take a figure out of the word that it is part of: 671 of 671b, qwen and 2.5 of qwen2.5."""
    figure = FIGURE.search(token)
    if figure is None or figure[0] == token:
        return []
    before = token[: figure.start()]
    if len(before) > 1:
        return [before, figure[0]]
    return [] if before else [figure[0]]


def _spellings(token: str) -> list[str]:
    """Give a word as the other shore of the Atlantic writes it, if that may differ."""
    forms = [pattern.sub(other, token) for pattern, other in SPELLINGS] if len(token) > SHORTEST_STEM else []
    return [form for form in forms if form != token]


@lru_cache(maxsize=200_000)
def _stems(token: str) -> tuple[str, ...]:
    """Give the stem of a word in each language, since nobody says in which one they type."""
    if PLURAL.fullmatch(token):
        return (token[:-1],)
    if len(token) < 3 or not token.isalpha():
        return ()
    stems = tuple(stem for stemmer in STEMMERS.values() if _is_telling(stem := stemmer.stemWord(token), token))
    # The plural of an acronym: GPUs, LLMs.
    return (*stems, token[:-1]) if len(token) <= LONGEST_ACRONYM and token.endswith("s") else stems


def _is_telling(stem: str, token: str) -> bool:
    return len(stem) >= SHORTEST_STEM and 2 * len(stem) >= len(token)
