"""The screen where the text of an article gets its next state, once its editor has seen what that does."""

import hashlib
from collections.abc import Sequence
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

from entities.admin import RecordForm
from entities.history import difference
from entities.models import Status

from .models import Article, Revision
from .passages import Fate, beside_nearest, foresee, save, without_copies
from .text import Format, TextError, decode, normalise


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
        if self.article.status == Status.PUBLISHED and not data.get("reason"):
            self.add_error("reason", RecordForm.SAY_WHY)
        self.content = ""
        upload = data.get("file")
        try:
            if upload:
                self.content = normalise(decode(upload.read()), _format_of(upload.name))
                # A browser cannot be given a file back: should anything be refused, its words stand in the field.
                self._send_again(text=spread(self.content), format=Format.PLAIN)
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
            self._send_again(based_on=str(self.latest))
            raise ValidationError(
                _(
                    "Somebody has saved text %(latest)s since you opened this page, where you saw %(seen)s. Nothing "
                    "was saved, and what you wrote is still here: compare it, then save again to replace theirs."
                )
                % {"latest": self.latest, "seen": data["based_on"]}
            )
        if latest and latest.text == self.content:
            raise ValidationError(_("The text is the same as the one on file."))

    def _send_again(self, **values: str) -> None:
        """Let the form that comes back hold these values."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data.update(values)
        self.data = data


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
    language = request.GET.get("language", "").replace("\0", "") or article.language
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
            told = {citation.pk for citation in without_copies(fate.citation for fate in fates)}
            fates = beside_nearest([fate for fate in fates if fate.citation.pk in told], form.content)
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
