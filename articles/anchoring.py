"""Passages carried through an edit of their text.

A passage goes on by its place alone: a difference of both texts says where its words went. What then stands there is
compared with what stood there before, word by word; where a number, a negation, a name or a word that limits or turns
a statement differs, there or in the rest of the sentence, the passage has changed in substance. When in doubt it has,
since a person then looks; a passage that is wrongly taken for the same would show a verdict on words that nobody
judged. Likeness finds candidates, no more.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from diff_match_patch import diff_match_patch
from rapidfuzz import fuzz, process

from .models import Citation
from .text import exactly, words_of

SAME, MOVED, REWORDED, CHANGED, ORPHANED = Citation.Anchor

Span = tuple[int, int]

# So long, in seconds, may a difference take before it becomes coarser: coarser only means that more is looked for anew.
MOST_SECONDS = 0.5
# Two paragraphs that begin with as many of the same characters are one and its new wording.
HEAD = 24
# With a smaller part of its pieces in common a paragraph is no new wording of another.
LEAST_SHARED = 0.4
# So many paragraphs that became another number of paragraphs are compared as one.
MOST_JOINED = 8
# Where the letters begin that stand for lines and words in a difference: beyond those that split into halves.
FIRST_LETTER = 0xE000
# With fewer of its words left a passage is gone rather than reworded.
FEWEST_WORDS_LEFT = 0.5
CANDIDATES = 3
# Of 100; what is less like the words than this would not help.
LEAST_LIKENESS = 60

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
SIGNS = "$€£¥₩%‰°±≈~<>≤≥−+?？％"
TOKEN = re.compile(
    rf"""
    (?P<number>\d{{1,3}}(?:\ \d{{3}})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)*)
    |(?P<han>[{HAN}〇])
    |(?P<not>[^\W\d_{HAN}]*n['’]t\b|\b[nN]['’](?=\w))
    |(?P<word>[^\W\d_{HAN}]+)
    |(?P<sign>[{re.escape(SIGNS)}]|(?<!\w)-(?=\d))
    """,
    re.VERBOSE,
)
PIECE = re.compile(rf"[{HAN}]|\d+|[^\W\d_{HAN}]+|.", re.DOTALL)
# A stop behind an initial or another abbreviation, or before a small letter, ends no sentence.
SENTENCE_END = re.compile(
    r"(?<![ .][A-Z])(?<!\b(?:Mr|Dr|St|No|Co|vs|cf))(?<!\b(?:Mrs|Inc|Ltd|Gen|Mme))(?<!\bCorp)"
    r"[.!?…][\"'”’»)\]]*\s(?![a-zà-ÿ])|[。！？]|\n"
)
# A year counts nothing, so that the word behind it is no unit.
YEAR = re.compile(r"(?:19\d|20[0-3])\d")

NUMBER_WORDS = words_of(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand "
    "thousands million millions billion billions trillion trillions dozen dozens half halves third thirds quarter "
    "quarters first second once twice double doubled triple tripled both k m bn b t md mds zéro deux trois quatre "
    "cinq sept huit neuf dix onze douze treize quatorze quinze seize vingt trente quarante cinquante soixante "
    "cent cents mille milliard milliards moitié tiers quart quarts premier première deuxième troisième douzaine "
    "centaine centaines millier milliers fois janvier février mars avril mai juin juillet août septembre octobre "
    "novembre décembre lundi mardi mercredi jeudi vendredi samedi dimanche fourth fourths fifth fifths sixth seventh "
    "eighth ninth tenth hundredth thousandth twice thrice twofold threefold tenfold quadruple quadrupled single "
    "premier premiers premières deuxièmes troisièmes quatrième cinquième sixième septième huitième neuvième dixième "
    "centième millième last next previous latest dernier dernière derniers dernières prochain prochaine"
)
# What is counted or measured; any other word right behind a number counts as one too.
UNITS = words_of(
    "second seconds minute minutes hour hours day days week weeks month months year years decade decades century "
    "centuries daily weekly monthly yearly hourly annual annually dollar dollars euro euros yuan renminbi pound pounds "
    "yen cent cents percent percentage point points gram grams kilogram kilograms ton tons tonne tonnes metre metres "
    "kilometre kilometres mile miles watt watts kilowatt kilowatts megawatt megawatts gigawatt gigawatts byte bytes "
    "gigabyte gigabytes token tokens parameter parameters seconde secondes heure heures jour jours semaine semaines "
    "mois an ans année années siècle siècles annuel annuelle mensuel mensuelle quotidien quotidienne livre livres "
    "tonne mètre mètres kilomètre kilomètres octet octets gigaoctet gigaoctets jeton jetons paramètre paramètres"
)
# French writes these names small.
NATIONS = frozenset(
    f"{nation}{ending}"
    for nation in words_of(
        "chinois américain européen français japonais coréen taïwanais allemand italien russe indien irlandais "
        "australien canadien britannique anglais espagnol néerlandais suisse israélien singapourien"
    )
    for ending in ("", "e", "s", "es", "ne", "nes")
)
NEGATIONS = words_of(
    "not no never none nobody nothing nor neither nowhere without cannot hardly barely scarcely false falsely "
    "untrue deny denies denied denying refute refutes refuted reject rejects rejected refuse refuses refused fail "
    "fails failed impossible unable illegal unlikely unclear unproven incapable invalid banned forbidden "
    "impossibles illégal illégale incapables improbable interdit interdite ne pas jamais aucun aucune rien personne "
    "ni sans non nul nulle guère faux fausse dément nie nié réfute doubt doubts doubted doubtful dubious wrong wrongly "
    "mistaken mistakenly incorrect incorrectly inaccurate misleading dispute disputes disputed contest contests "
    "contested contradict contradicts contradicted debunk debunks debunked disprove disproves disproved disproven myth "
    "hoax fake lied retracted recanted doute doutent douté douteux tort erroné erronée faussement mythe conteste "
    "contestent contesté contestée contredit contredite démenti démentie mensonge"
)
# Words that say how far a statement goes, or which way; to swap one may turn it round.
LIMITS = words_of(
    "more less most least fewer over under above below before after up down rise rises rose risen fall falls fell "
    "fallen gain gains gained lose loses lost loss losses profit profits increase increases increased decrease "
    "decreases decreased higher lower highest lowest better worse best worst only all every some any about almost "
    "nearly around roughly may might could would should allegedly reportedly if unless until except open closed "
    "true plus moins avant après hausse baisse hausses baisses gagné perdu perte pertes augmente augmenté diminue "
    "diminué supérieur supérieure inférieur inférieure meilleur meilleure pire seul seule seulement tout tous "
    "toute toutes environ presque près pourrait pourraient peut serait aurait si sauf ouvert ouverte fermé fermée "
    "vrai vraie alleged supposed supposedly rumour rumours rumor rumors rumoured rumored former formerly will shall "
    "must can try tries tried attempt attempts attempted plan plans planned consider considers considered considering "
    "intend intends intended hope hopes hoped expect expects expected promise promises promised want wants wanted "
    "prétend prétendu prétendue prétendument rumeur rumeurs ancien ancienne doit doivent va vont veut voulait tente "
    "tenté prévoit prévu envisage envisagé espère"
)
WEIGHTY = NUMBER_WORDS | UNITS | NATIONS | NEGATIONS | LIMITS
# Pairs of opposites: a word of one side in place of one of the other turns a statement round. That a word comes or goes
# without its opposite does not, and the words of a side stand for each other.
OPPOSITES = tuple(
    (words_of(one), words_of(other))
    for one, other in (
        (
            "big bigger biggest large larger largest huge grand grande grands",
            "small smaller smallest tiny petit petite",
        ),
        ("many much often frequent beaucoup souvent nombreux", "few little rarely seldom rare peu rarement"),
        ("cheap cheaper cheapest inexpensive abordable", "expensive costly costlier dearer cher chère coûteux"),
        ("fast faster fastest quick quickly rapide rapidement", "slow slower slowest slowly lent lente lentement"),
        ("early earlier earliest tôt", "late later latest tard"),
        ("strong stronger strongest fort forte solide", "weak weaker weakest faible faibles"),
        ("good great successful bon bonne", "bad poor unsuccessful mauvais mauvaise"),
        ("success succeed succeeds succeeded réussite réussi succès", "failure failing échec échoué"),
        ("win wins won gagne remporte remporté", "defeated defeat battu défaite"),
        (
            "cleared acquitted innocent acquitté acquittée blanchi",
            "convicted guilty condemned condamné condamnée coupable",
        ),
        (
            "confirm confirms confirmed confirme confirmé",
            "dispute disputes disputed contradict contradicts contradicted démenti conteste contesté contredit",
        ),
        (
            "accept accepts accepted approve approves approved accepte accepté approuvé",
            "oppose opposes opposed veto vetoed dismissed rejette rejeté refusé",
        ),
        (
            "allow allows allowed permit permits permitted autorise autorisé permis",
            "ban bans block blocks blocked prohibit prohibited prohibits bloque bloqué interdits",
        ),
        ("legal lawful legally légal légale", "unlawful illegally illicit illicite"),
        (
            "known public publicly publique publiquement",
            "unknown secret secretly private privately privé privée inconnu",
        ),
        ("buy buys bought acquire acquired achète acheté", "sell sells sold vend vendu"),
        ("hire hires hired recruit recruited embauche embauché", "fire fired dismissed licencie licencié"),
        ("join joins joined rejoint", "leave leaves left quit quits quitte quitté"),
        (
            "support supports supported backed soutient soutenu",
            "criticise criticised criticize criticized attacked critique critiqué",
        ),
        (
            "start starts started begin begins began launch launched commence commencé lance lancé",
            "stop stops stopped "
            "end ends ended cease ceased withdraw withdrew withdrawn arrête arrêté cesse cessé retire retiré",
        ),
        ("include includes included including inclut compris", "exclude excludes excluded excluding exclut exclu"),
        ("safe secure sûr sûre", "unsafe insecure dangerous dangereux dangereuse"),
        ("ahead devance devant", "behind derrière"),
        ("free gratuit gratuite gratuitement", "paid payant payante"),
        ("new newer newest nouveau nouvelle", "old older oldest ancien ancienne"),
        ("upheld uphold upholds maintient maintenu", "overturned overturn overturns struck lifted annule annulé levé"),
        ("confirmé confirmée", "levé levée annulé annulée"),
        ("majority majorité", "minority minorité"),
        ("parent owner owners mère", "subsidiary subsidiaries filiale filiales"),
        ("to into", "by from"),
        ("for pour", "against contre"),
        ("is are est sont", "was were était étaient"),
    )
)
# What turns a word round, put before it in English or French.
LEAST_DENIED = 4
DENYING = ("un", "in", "im", "il", "ir", "non", "dis", "mis", "dé", "dés")
# Capitals at the head of a sentence that name nobody.
NO_NAMES = words_of(
    "the a an it its in on at of for to from by with as and or but so this that these those he she they we you i "
    "his her their our there here when while where what who how why which is are was were has have had be been do "
    "does did will le la les l un une des du de d il elle ils elles en dans au aux à et ou mais donc ce c cet "
    "cette ces ceci cela ça son sa ses leur leurs nous vous je qui que qu quand où comme pour par avec sur selon "
    "est sont était ont y se s however yet still also then meanwhile although though because since today now instead "
    "indeed thus therefore moreover according during cependant toutefois pourtant ensuite alors puis aussi ainsi enfin "
    "depuis pendant lors lorsque"
)
HAN_NEGATIONS = frozenset("不没無无未非莫勿别否毋沒")
# What counts or limits, so that it may belong to the words before it.
HAN_LIMITS = frozenset(
    "一二三四五六七八九十百千万萬亿億两兩半零〇几幾第多余餘倍成仅僅只最约約若除超逾被将將拟擬曾但却卻可疑谣謠假错錯误誤虚虛伪偽驳駁拒据據传傳吗嗎"
)
# Chinese words bear no mark of a name, so every other character that is swapped, put in or taken out counts.
PARTICLES = frozenset("的地得了着过是在和与及并而也就于其之这那此该个们所则且呢吧啊")


class Carried(NamedTuple):
    """What became of a passage: with the first three states, `new[start:end]` is where it stands now."""

    state: Citation.Anchor
    start: int = 0
    end: int = 0


class Block(NamedTuple):
    """A stretch that both texts have: from these places on, so long."""

    old: int
    new: int
    length: int


def carry(old: str, new: str, passages: Sequence[Span]) -> list[Carried]:
    """Carry passages of one text to the next one; the answers stand in the order of the passages.

    “Same” and “moved” mean the very same words at their place, or their whole sentence at one other place that is new.
    """
    difference = _Difference(old, new, passages)
    return [difference.carry(start, end) for start, end in passages]


def candidates(text: str, quote: str) -> list[Span]:
    """List the places most like some words, best first, for a person to choose from."""
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    found = []
    scored = process.extract(quote, lines, scorer=fuzz.partial_ratio, score_cutoff=LEAST_LIKENESS, limit=CANDIDATES)
    for _line, _score, number in scored:
        alignment = fuzz.partial_ratio_alignment(quote, lines[number])
        if alignment and alignment.dest_end > alignment.dest_start:
            offset = starts[number]
            found.append(_whole_words(text, offset + alignment.dest_start, offset + alignment.dest_end))
    return found


class _Difference:
    """Where the stretches of one text stand in the next."""

    def __init__(self, old: str, new: str, passages: Sequence[Span]) -> None:
        self.old, self.new = old, new
        self.blocks = list(_blocks(old, new, passages))
        self.starts = [block.old for block in self.blocks]

    def carry(self, start: int, end: int) -> Carried:
        first, last = self._overlapping(start, end)
        kept = (self.old[max(start, b.old) : min(end, b.old + b.length)] for b in self.blocks[first:last])
        if not any(map(str.strip, kept)):
            return self._moved(start, end)
        new_start, new_end = self._place(start, end, first, last)
        words = self.old[start:end]
        if words == self.new[new_start:new_end] and self._is_whole(start, end, new_start, new_end):
            return self._unless_turned(SAME, start, end, new_start, new_end)
        new_start, new_end = _whole_words(self.new, new_start, new_end)
        state = ORPHANED
        if new_start < new_end:
            state = judge(_chunk(self.old, start, end), _chunk(self.new, new_start, new_end))
        if state is REWORDED:
            return self._unless_turned(REWORDED, start, end, new_start, new_end)
        moved = self._moved(start, end)
        return moved if moved.state is MOVED else Carried(state)

    def _overlapping(self, start: int, end: int) -> Span:
        """Give the blocks that have some of these words, as a slice."""
        first = max(bisect_right(self.starts, start) - 1, 0)
        if self.blocks and self.blocks[first].old + self.blocks[first].length <= start:
            first += 1
        return first, bisect_left(self.starts, end)

    def _place(self, start: int, end: int, first: int, last: int) -> Span:
        """Give where the words from `start` to `end` stand now; what was put in their stead belongs to them."""
        head, tail = self.blocks[first], self.blocks[last - 1]
        if head.old <= start:
            new_start = head.new + start - head.old
        else:
            new_start = self.blocks[first - 1].new + self.blocks[first - 1].length if first else 0
        if end <= tail.old + tail.length:
            new_end = tail.new + end - tail.old
        else:
            new_end = self.blocks[last].new if last < len(self.blocks) else len(self.new)
        return new_start, new_end

    def _is_whole(self, start: int, end: int, new_start: int, new_end: int) -> bool:
        """Tell whether the same sticks to both ends: $5 is not the 5 of $15."""
        return _chunk(self.old, start, end) == _chunk(self.new, new_start, new_end)

    def _unless_turned(self, state: Citation.Anchor, start: int, end: int, new_start: int, new_end: int) -> Carried:
        """Keep a state unless the sentence around the words may have turned them round, or they are others' words.

        What the sentence says before the words, their subject for one, must have the same substance, and behind them it
        may have gained no more than names, which makes the whole reworded. Where the same words stand twice in a
        paragraph, a changed sentence may be the one beside.
        """
        before = self.old[slice(*_sentence(self.old, start, end))]
        after = self.new[slice(*_sentence(self.new, new_start, new_end))]
        if before != after:
            twins = _twins(self.old, start, end) + _twins(self.new, new_start, new_end)
            if twins or _negations(before) != _negations(after) or _is_opposite(before, after):
                return Carried(CHANGED)
            head, behind = _beside(self.old, start, end)
            new_head, new_behind = _beside(self.new, new_start, new_end)
            if head != new_head or not _gains_names_alone(behind, new_behind):
                return Carried(CHANGED)
            state = state if behind == new_behind else REWORDED
        return Carried(state, new_start, new_end)

    def _moved(self, start: int, end: int) -> Carried:
        """Look for the whole sentence elsewhere: it must have stood once, and stand once where the text is new."""
        first, last = _sentence(self.old, start, end)
        sentence = self.old[first:last]
        if len(exactly(self.old, sentence)) > 1:
            return Carried(ORPHANED)
        places = [place for place, _end in exactly(self.new, sentence) if not self._stood_before(place, len(sentence))]
        if len(places) != 1:
            return Carried(ORPHANED)
        new_start = places[0] + start - first
        new_end = new_start + end - start
        # What stands before or behind it in a longer sentence may turn it round.
        is_sentence = _sentence(self.new, new_start, new_end) == (places[0], places[0] + len(sentence))
        if not is_sentence or not self._is_whole(start, end, new_start, new_end):
            return Carried(ORPHANED)
        return Carried(MOVED, new_start, new_end)

    def _stood_before(self, place: int, length: int) -> bool:
        return any(b.new <= place and place + length <= b.new + b.length for b in self.blocks)


def _blocks(old: str, new: str, passages: Sequence[Span]) -> Iterator[Block]:
    """Walk through the stretches that two texts share: whole paragraphs, and the words of changed ones with a passage.

    Where changed paragraphs follow each other pair by pair, a block of no length begins each pair.
    """
    # With a newline behind the last paragraph it is the same line whatever follows it.
    taken, put = ([f"{line}\n" for line in text.split("\n")] for text in (old, new))
    starts = list(accumulate(map(len, taken), initial=0))
    cited = {
        line for start, end in passages for line in range(bisect_right(starts, start) - 1, bisect_left(starts, end))
    }
    at_new = list(accumulate(map(len, put), initial=0))
    for (first, last), (second, new_last) in _pairs(taken, put):
        yield Block(starts[first], at_new[second], 0)
        if taken[first:last] == put[second:new_last]:
            yield Block(starts[first], at_new[second], starts[last] - starts[first])
        elif not cited.isdisjoint(range(first, last)):
            for block in _shared_words("".join(taken[first:last]), "".join(put[second:new_last])):
                yield Block(starts[first] + block.old, at_new[second] + block.new, block.length)


def _pairs(taken: list[str], put: list[str]) -> Iterator[tuple[Span, Span]]:
    """Walk through the slices of lines that belong together: alike, else with the same head, else in turn."""
    for same, (first, last), (second, new_last) in _runs(taken, put):
        if same:
            yield (first, last), (second, new_last)
            continue
        heads = [[line[:HEAD] for line in lines] for lines in (taken[first:last], put[second:new_last])]
        for (head, tail), (new_head, new_tail) in _groups(*heads):
            yield (first + head, first + tail), (second + new_head, second + new_tail)


def _groups(heads: list[str], new_heads: list[str]) -> Iterator[tuple[Span, Span]]:
    """Walk through the slices of changed lines that belong together, by their heads.

    Where their number changed, the line before belongs to them too: a paragraph may have been split, or joined.
    """
    runs = list(_runs(heads, new_heads))
    for place, (alike, (first, last), (second, new_last)) in enumerate(runs):
        grows = [last - first != new_last - second for _alike, (first, last), (second, new_last) in runs[place:][:2]]
        if alike or not grows[0]:
            for number in range(last - first - (grows == [False, True])):
                yield (first + number, first + number + 1), (second + number, second + number + 1)
        elif max(last - first, new_last - second) < MOST_JOINED:
            before = 1 if place else 0
            yield (first - before, last), (second - before, new_last)


def _runs(taken: list[str], put: list[str]) -> Iterator[tuple[bool, Span, Span]]:
    """Walk through the runs of pieces that two lists share, or not, as (whether, slice of one, slice of the other)."""
    first = second = 0
    run = 0
    for old, new in [*_matches(taken, put), (len(taken), len(put))]:
        if (old, new) == (first + run, second + run) and old < len(taken) and new < len(put):
            run += 1
            continue
        if run:
            yield True, (first, first + run), (second, second + run)
        first, second = first + run, second + run
        if old > first or new > second:
            yield False, (first, old), (second, new)
        first, second, run = old, new, 1


def _matches(taken: list[str], put: list[str]) -> Iterator[Span]:
    """Walk through the places of the same piece in both lists, in order; a letter of the difference is a piece."""
    shared = set(taken) & set(put)
    letters = {piece: chr(FIRST_LETTER + number) for number, piece in enumerate(sorted(shared))}
    # What stands in one list alone matches nothing, and would only make the difference slow.
    places = [[number for number, piece in enumerate(pieces) if piece in shared] for pieces in (taken, put)]
    encoded = [
        "".join(letters[pieces[number]] for number in numbers)
        for pieces, numbers in zip((taken, put), places, strict=True)
    ]
    differ = diff_match_patch()
    differ.Diff_Timeout = MOST_SECONDS
    first = second = 0
    for operation, run in differ.diff_main(*encoded, False):
        if operation == 0:
            yield from zip(places[0][first : first + len(run)], places[1][second : second + len(run)], strict=True)
        first += len(run) if operation <= 0 else 0
        second += len(run) if operation >= 0 else 0


def _shared_words(old: str, new: str) -> Iterator[Block]:
    """Walk through the words that two paragraphs share; nothing for paragraphs that have little in common."""
    taken, put = PIECE.findall(old), PIECE.findall(new)
    if sum((Counter(taken) & Counter(put)).values()) < LEAST_SHARED * len(taken):
        return
    starts, at_new = (list(accumulate(map(len, pieces), initial=0)) for pieces in (taken, put))
    for same, (first, last), (second, _last) in _runs(taken, put):
        if same:
            yield Block(starts[first], at_new[second], starts[last] - starts[first])


def judge(old: str, new: str) -> Citation.Anchor:
    """Compare what stood at a place with what stands there now: reworded, changed in substance, or orphaned."""
    before, after = _words(old), _words(new)
    if not after:
        return ORPHANED
    if before == after:
        return REWORDED
    kept = sum((Counter(before) & Counter(after)).values())
    if kept < FEWEST_WORDS_LEFT * len(before):
        return ORPHANED
    is_turned = _is_reordered(before, after) or _is_opposite(old, new)
    return REWORDED if _substance(old) == _substance(new) and not is_turned else CHANGED


def _is_reordered(before: list[str], after: list[str]) -> bool:
    """Tell whether words that stand as often in both stand in another order: who does what to whom may have changed."""
    counts, new_counts = Counter(before), Counter(after)
    there, now = ([word for word in words if counts[word] == new_counts[word]] for words in (before, after))
    return there != now


def _words(quote: str) -> list[str]:
    """List the words, numbers and signs, without regard to case, marks and white space."""
    return [_plain(token[0]) for token in TOKEN.finditer(quote)]


def _plain(token: str) -> str:
    return token.casefold().replace("’", "'").replace(" ", "")


def _substance(quote: str, before: str = "") -> list[str]:
    """List in order the tokens that a statement hangs on; of `before`, the words before it, only the end matters."""
    found = []
    *_rest, last = [False, *(_counts(token) for token in TOKEN.finditer(before))]
    for token in TOKEN.finditer(quote):
        words = list(_weighty(token))
        if last and not words and token.lastgroup == "word" and _plain(token[0]) not in NO_NAMES:
            words = [_plain(token[0])]
        found += words
        last = _counts(token)
    return found


def _counts(token: re.Match[str]) -> bool:
    """Tell whether a token counts what stands behind it, as the 3 of “V3” and a year do not."""
    if token.lastgroup == "word":
        return _plain(token[0]) in NUMBER_WORDS
    behind = token.string[max(0, token.start() - 2) : token.start()].rpartition(" ")[2]
    is_in_name = any(letter.isalpha() for letter in behind)
    return token.lastgroup == "number" and not is_in_name and not YEAR.fullmatch(token[0])


def _weighty(token: re.Match[str]) -> Iterator[str]:
    word = _plain(token[0])
    match token.lastgroup:
        case "number" | "sign":
            yield word
        case "han":
            if word not in PARTICLES:
                yield word
        case "not":
            yield "ne" if word == "n'" else "not"
        case _ if any(sign.isnumeric() for sign in word):
            yield token[0]
        case _:
            if word == "cannot":
                yield "not"
            elif word in WEIGHTY:
                yield word
            elif not token[0].islower() and word not in NO_NAMES:
                yield token[0]


def _negations(sentence: str) -> Counter[str]:
    return Counter(
        word
        for token in TOKEN.finditer(sentence)
        for word in _weighty(token)
        if word in NEGATIONS or token.lastgroup == "not" or word in HAN_NEGATIONS
    )


def _is_opposite(old: str, new: str) -> bool:
    """Tell whether a word has gone and one of its opposites has come."""
    before, after = set(_words(old)), set(_words(new))
    gone, come = before - after, after - before
    return (
        _is_denied(gone, come)
        or _is_denied(come, gone)
        or any((gone & one and come & other) or (gone & other and come & one) for one, other in OPPOSITES)
    )


def _is_denied(words: set[str], others: set[str]) -> bool:
    """Tell whether one of the others is one of the words turned round; "into" and its like are too short for that."""
    return any(f"{prefix}{word}" in others for word in words if len(word) >= LEAST_DENIED for prefix in DENYING)


def _gains_names_alone(old: Sequence[str], new: Sequence[str]) -> bool:
    """Tell whether all that stood in a list stands in another in the same order, with no more than names between."""
    rest = iter(new)
    gained: list[str] = []
    for token in old:
        for each in rest:
            if each == token:
                break
            gained.append(each)
        else:
            return False
    return all(map(_could_name, [*gained, *rest]))


def _could_name(token: str) -> bool:
    """Tell a name, or a character that may be part of one, from a number, a sign, or a word that limits."""
    is_letters = token.replace("'", "").isalnum() and not token[0].isnumeric()
    return is_letters and token not in WEIGHTY | HAN_NEGATIONS | HAN_LIMITS


def _twins(text: str, start: int, end: int) -> int:
    """Count the other places in the same paragraph where a passage's words stand."""
    head = text.rfind("\n", 0, start) + 1
    tail = text.find("\n", end)
    return len(exactly(text[head : tail if tail >= 0 else len(text)], text[start:end])) - 1


def _sentence(text: str, start: int, end: int) -> Span:
    """Widen a passage to the whole sentences that it touches, within its paragraphs."""
    line = text.rfind("\n", 0, start) + 1
    # Looked for one letter further, since that one may show that a sentence goes on.
    ends = [match.end() for match in SENTENCE_END.finditer(text, line, start + 1) if match.end() <= start]
    last = SENTENCE_END.search(text, max(start, end - 1))
    tail = last.end() if last else len(text)
    while tail > end and text[tail - 1].isspace():
        tail -= 1
    return ends[-1] if ends else line, tail


def _beside(text: str, start: int, end: int) -> tuple[list[str], list[str]]:
    """List what the rest of a passage's sentence hangs on: before the words, and behind them."""
    first, last = _sentence(text, start, end)
    start, end = _whole_words(text, start, end)
    return _substance(text[first:start]), _substance(text[end:last], text[start:end])


def _chunk(text: str, start: int, end: int) -> str:
    """Give a passage with what sticks to it: the rest of a cut word, a sign, the digits behind a point."""
    while start > 0 and _sticks(text[start - 1]):
        start -= 1
    while end < len(text) and _sticks(text[end]):
        end += 1
    return text[start:end].strip(".,;:!'’-–—")


def _sticks(letter: str) -> bool:
    return letter in "$€£¥₩%‰°±≈~<>≤≥−+-.,'’" or (letter.isalnum() and not re.match(f"[{HAN}]", letter))


def _whole_words(text: str, start: int, end: int) -> Span:
    """Widen a place to whole words, and leave white space at its ends out."""
    while start > 0 and start < len(text) and _is_letter(text[start - 1]) and _is_letter(text[start]):
        start -= 1
    while 0 < end < len(text) and _is_letter(text[end - 1]) and _is_letter(text[end]):
        end += 1
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _is_letter(letter: str) -> bool:
    return letter.isalnum() and not re.match(f"[{HAN}]", letter)
