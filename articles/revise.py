"""The screen where the text of an article gets its next state, and what that does to its passages."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from simple_history.utils import bulk_update_with_history

from entities.history import difference

from . import suspension
from .anchoring import CHANGED, ORPHANED, SAME, Carried, carry
from .models import Article, Citation, Revision
from .text import Format, TextError, around, decode, normalise

PASSAGE = ["revision", "quote", "prefix", "suffix", "start", "end", "anchor"]
# So many rows a statement: SQLite takes no more than some thousand values at once.
BATCH = 100


@dataclass(frozen=True)
class Fate:
    """What an edit of the text does to a passage: its words before and after."""

    citation: Citation
    carried: Carried
    words: str

    @property
    def state(self) -> Citation.Anchor:
        return self.carried.state

    @property
    def is_lost(self) -> bool:
        return self.state in (CHANGED, ORPHANED)

    @property
    def is_same(self) -> bool:
        return self.state is SAME


def foresee(article: Article, language: str, text: str) -> list[Fate]:
    """Say what a text as the next one in a language would do to each passage, in the order of the present text.

    A passage that an earlier edit has lost is carried from the text that it still stands in, so that taking the edit
    back finds it again. Two queries.
    """
    citations = list(Citation.objects.filter(article=article).in_language(language).with_claim())
    revisions = Revision.objects.in_bulk({citation.revision_id for citation in citations})
    fates = {}
    for pk, revision in revisions.items():
        found = [citation for citation in citations if citation.revision_id == pk]
        spans: Sequence[Any] = [(citation.start, citation.end) for citation in found]
        for citation, carried in zip(found, carry(revision.text, text, spans), strict=True):
            fates[citation.pk] = Fate(citation, carried, text[carried.start : carried.end])
    _tell_twins_apart(fates, citations)
    return [fates[citation.pk] for citation in citations]


def _tell_twins_apart(fates: dict[int, Fate], citations: Sequence[Citation]) -> None:
    """Of two passages of one claim that come to the same words, keep the one that had them; the other has changed."""
    taken = set()
    for citation in sorted(citations, key=lambda each: fates[each.pk].words != each.quote):
        fate = fates[citation.pk]
        place = (citation.claim_id, fate.carried.start, fate.carried.end)
        if fate.is_lost:
            continue
        if place in taken:
            fates[citation.pk] = Fate(citation, fate.carried._replace(state=Citation.Anchor.CHANGED), fate.words)
        taken.add(place)


def save(article: Article, language: str, text: str, *, reason: str, number: int, fates: Sequence[Fate]) -> Revision:
    """Store a text with what it does to the passages; in a transaction that locks the article."""
    revision = Revision(article=article, language=language, number=number, text=text, reason=reason)
    revision.save()
    for fate in fates:
        citation, (state, start, end) = fate.citation, fate.carried
        citation.anchor = state
        if not fate.is_lost:
            citation.revision, citation.quote = revision, fate.words
            citation.start, citation.end = start, end
            citation.prefix, citation.suffix = around(text, start, end)
    why = reason or _("The text of the article changed")
    citations = [fate.citation for fate in fates]
    bulk_update_with_history(citations, Citation, PASSAGE, batch_size=BATCH, default_change_reason=why)
    suspension.refresh({citation.claim_id for citation in citations})
    return revision


class TextForm(forms.Form):
    """A text as pasted or uploaded; `based_on` is the number of the text that its editor saw, 0 for none."""

    language = forms.CharField(
        max_length=20,
        validators=[
            RegexValidator(r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*\Z", gettext_lazy("A language tag: en, fr, zh."))
        ],
        widget=AdminTextInputWidget,
        label=gettext_lazy("Language"),
        help_text=gettext_lazy("A language tag: en, fr, zh."),
    )
    format = forms.ChoiceField(
        choices=Format.choices,
        initial=Format.PLAIN,
        label=gettext_lazy("Format"),
        help_text=gettext_lazy("Of what you paste; an uploaded file says it by its name."),
    )
    text = forms.CharField(
        required=False,
        strip=False,
        widget=AdminTextareaWidget(attrs={"rows": 24, "spellcheck": "false"}),
        label=gettext_lazy("Text"),
        help_text=gettext_lazy("A blank line between paragraphs, “## ” before a heading."),
    )
    file = forms.FileField(
        required=False,
        widget=forms.FileInput(attrs={"accept": ".txt,.md,.html,.htm"}),
        label=gettext_lazy("Or a file"),
        help_text=gettext_lazy(".txt, .md or .html in UTF-8, at most 1 MB; it takes the place of the field above."),
    )
    reason = forms.CharField(
        required=False,
        max_length=200,
        widget=AdminTextInputWidget,
        label=gettext_lazy("Reason of this change"),
    )
    based_on = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    confirmed = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, article: Article, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.article = article
        # What a newer text, saved by somebody else meanwhile, differs in from the one that this editor saw.
        self.meanwhile = ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.content = ""
        upload = data.get("file")
        try:
            if upload:
                self.content = normalise(decode(upload.read()), _format_of(upload.name))
            elif data.get("text") is not None:
                self.content = normalise(data["text"], data.get("format", Format.PLAIN))
        except TextError as error:
            self.add_error("file" if upload else "text", str(error))
        if not self.errors:
            self._compare(data)
        return data

    def _compare(self, data: dict[str, Any]) -> None:
        """Refuse a text that was written over an older one than the latest, and one that changes nothing."""
        texts = Revision.objects.of(self.article, data["language"])
        latest = texts.first()
        self.latest = latest.number if latest else 0
        if self.latest != data["based_on"]:
            seen = texts.filter(number=data["based_on"]).first()
            self.meanwhile = difference(seen.text, latest.text) if seen and latest else ""
            again: Any = self.data.copy()  # type: ignore[attr-defined]
            again["based_on"] = str(self.latest)
            self.data = again
            raise ValidationError(
                _(
                    "Somebody has saved text %(latest)s since you opened this page, where you saw %(seen)s. Nothing "
                    "was saved, and what you wrote is still here: compare it, then save again to replace theirs."
                )
                % {"latest": self.latest, "seen": data["based_on"]}
            )
        if latest and latest.text == self.content:
            raise ValidationError(_("The text is the same as the one on file."))


def _format_of(name: str) -> str:
    """Take the format from the name of a file.

    Raises:
        TextError: another one.
    """
    ending = name.rpartition(".")[2].lower()
    endings = {"txt": Format.PLAIN, "md": Format.MARKDOWN, "html": Format.HTML, "htm": Format.HTML}
    if ending not in endings:
        raise TextError(_("Upload a file whose name ends in .txt, .md or .html."))
    return endings[ending]


def text_screen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a new text: at once where there are no passages, else after its editor has seen what becomes of them."""
    if request.method == "POST":
        # Who saves holds the article until it is done, so that two texts never get the same number.
        with transaction.atomic():
            return _text_screen(request, get_object_or_404(Article.objects.select_for_update(of=("self",)), pk=pk))
    return _text_screen(request, get_object_or_404(Article, pk=pk))


def _text_screen(request: HttpRequest, article: Article) -> HttpResponse:
    language = request.GET.get("language", "") or article.language
    fates: list[Fate] = []
    if request.method == "POST":
        form = TextForm(article, request.POST, request.FILES)
        if form.is_valid():
            data = form.cleaned_data
            language = data["language"]
            fates = foresee(article, language, form.content)
            seal = _seal(form.content, form.latest, fates)
            if not fates or (data["confirmed"] == seal and "again" not in request.POST):
                number = form.latest + 1
                save(article, language, form.content, reason=data["reason"], number=number, fates=fates)
                messages.success(request, _("Text %(number)s is on file.") % {"number": number})
                return redirect(f"{reverse('admin:articles_article_annotate', args=[article.pk])}?language={language}")
            # What the editor sees is what would be stored; an upload cannot be sent back to a file field.
            form = TextForm(article, initial=data | {"text": spread(form.content), "format": "txt", "confirmed": seal})
    else:
        latest = Revision.objects.of(article, language).first()
        number, text = (latest.number, spread(latest.text)) if latest else (0, "")
        form = TextForm(article, initial={"language": language, "based_on": number, "text": text})
    context = {
        **admin.site.each_context(request),
        "title": _("Text"),
        "article": article,
        "opts": Article._meta,
        "form": form,
        "fates": sorted(fates, key=lambda fate: (fate.is_same, not fate.is_lost)),
        "lost_count": sum(fate.is_lost for fate in fates),
        "revisions": Revision.objects.filter(article=article).defer("text").order_by("language", "-number"),
    }
    return render(request, "admin/articles/article/text.html", context)


def spread(text: str) -> str:
    """Put a blank line between paragraphs, as people write them."""
    return text.replace("\n", "\n\n")


def _seal(text: str, latest: int, fates: Sequence[Fate]) -> str:
    """Shorten what a preview showed, so that what is saved is just that."""
    shown = [(fate.citation.pk, *fate.carried) for fate in fates]
    return hashlib.sha256(repr((text, latest, shown)).encode()).hexdigest()
