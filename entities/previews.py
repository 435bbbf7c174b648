"""What a link to a page unfolds into elsewhere: title, one line with figures or the verdict, and the card."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from . import cards, prose
from .dossier import Dossier
from .models import Claim, Entity
from .pictures.card import Card
from .representations import verdict_word

# Networks cut what is longer.
MOST_TITLE, MOST_LINE = 110, 160
MOST_FIGURES = 2


@dataclass(frozen=True)
class Preview:
    """The words of a preview in the active language; `image` is the path of the card.

    `kind` is what Open Graph calls the type. `labelled` are pairs of words that some networks set below the rest.
    """

    title: str
    description: str
    card: Card
    image: str
    kind: str = "website"
    labelled: list[tuple[str, str]] = field(default_factory=list)


def of_entity(entity: Entity, dossier: Dossier) -> Preview:
    figures = cards.figures_of(fact.claim for group in dossier.facts for fact in group.facts)
    labelled = [(cards.label(claim), cards.value(claim)) for claim in figures[:MOST_FIGURES]]
    words = [str(entity.get_kind_display()), first_sentence(entity.summary), *map(labelled_words, labelled)]
    return Preview(
        title=shorten(str(entity), MOST_TITLE),
        description=joined(words),
        card=cards.of_entity(entity, figures),
        image=cards.address(entity.get_absolute_url()),
        kind="profile" if entity.kind == Entity.Kind.PERSON else "website",
        labelled=labelled,
    )


def of_claim(claim: Claim) -> Preview:
    """Give the preview of a claim; needs its records and evidence loaded."""
    verdict = (_("Verdict"), verdict_word(claim))
    sources = list(dict.fromkeys(each.article.source_name or each.article.title for each in claim.citations.all()))
    words = [labelled_words(verdict), _("Claim about %(name)s") % {"name": claim.subject}]
    words += [first_sentence(claim.public_rationale), ", ".join(sources[:MOST_FIGURES])]
    return Preview(
        title=shorten(claim.sentence, MOST_TITLE),
        description=joined(words),
        card=cards.of_claim(claim),
        image=cards.address(claim.get_absolute_url()),
        kind="article",
        labelled=[verdict],
    )


def first_sentence(text: str) -> str:
    """Give the first sentence of Markdown as plain words, cut when it is long."""
    words = prose.plain(text)
    head, mark, _rest = words.partition(". ")
    return shorten(head + mark.strip(), MOST_LINE)


def labelled_words(pair: tuple[str, str]) -> str:
    return _("%(label)s: %(value)s") % {"label": capfirst(pair[0]), "value": pair[1]}


def joined(words: Iterable[str]) -> str:
    return " · ".join(word.rstrip(".") for word in words if word)


def shorten(text: str, most: int) -> str:
    return Truncator(" ".join(text.split())).chars(most)
