"""What a link to an article unfolds into elsewhere, with the words of its card."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from entities import cards, edtf
from entities.pictures import fonts
from entities.pictures.card import Card
from entities.previews import MOST_TITLE, Preview, first_sentence, joined, labelled_words, shorten

from .models import Article


def card(article: Article) -> Card:
    """Give the card of an article; a title that no font has is left to its translation. Needs the publisher loaded."""
    readable = fonts.can_draw(article.headline) or not article.translated_title
    return Card(
        title=article.headline if readable else article.translated_title,
        site=_("The DeepSeek Story"),
        kind="article",
        eyebrow=capfirst(str(article.get_kind_display())),
        label=_("Published") if article.published else "",
        value=joined([article.source_name, edtf.describe(article.published) if article.published else ""]),
        as_of=cards.as_of(article.updated_at),
    )


def preview(article: Article) -> Preview:
    """Give the preview of an article; needs the publisher loaded."""
    drawn = card(article)
    labelled = [(_("Publisher"), article.source_name)] if article.source_name else []
    labelled += [(_("Published"), edtf.describe(article.published))] if article.published else []
    words = [drawn.eyebrow, first_sentence(article.summary), *map(labelled_words, labelled)]
    return Preview(
        title=shorten(article.headline, MOST_TITLE),
        description=joined(words),
        card=drawn,
        image=cards.address(article.get_absolute_url()),
        kind="article",
        labelled=labelled,
    )
