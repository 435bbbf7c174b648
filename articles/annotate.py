"""The screen where passages of an article's text are tied to claims."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entities.admin import LookUp, ReasonForm, could_be_id
from entities.conflict import token_of
from entities.models import Claim, Property, Verdict

from . import review
from .anchoring import candidates
from .marks import Mark
from .marks import render as render_text
from .models import Article, Citation, Revision
from .passages import place_for_readers, without_copies
from .text import MOST_QUOTED, around, find, followed, number_at, paragraph_locator, paragraphs, typeset

# More places than these are no help; the editor quotes more words instead.
MOST_PLACES = 20
MOST_FOUND = 20
# So much of the text on either side of a place tells it from others.
WINDOW = 80


class Offer(LookUp):
    """A look-up that also lists what a search without scripts has found."""

    offered: Iterable[Model] = ()

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        groups = super().optgroups(name, value, attrs)
        options = groups[0][1]
        known = {str(option["value"]) for option in options}
        for record in self.offered:
            if str(record.pk) not in known:
                options.append(self.create_option(name, record.pk, str(record), False, len(options)))
        return groups


def _look_up(form: forms.BaseForm, name: str, model: type[Model]) -> None:
    """Let a field of a form look its records up as the admin of a model does."""
    field: Any = form.fields[name]
    field.widget = Offer(model._meta.get_field(name), admin.site)
    field.widget.choices = field.choices


class SearchField(forms.CharField):
    """Words to search records by where no script looks them up."""

    def __init__(self) -> None:
        super().__init__(
            required=False,
            max_length=200,
            widget=AdminTextInputWidget,
            label=gettext_lazy("Search for it"),
        )


class AnnotationForm(forms.Form):
    """A passage of a text, the claim that it bears on, and how.

    The words are looked for in the text as it is now; `place` picks one of several places where they stand, or one of
    the candidates for words that are gone.
    """

    revision = forms.IntegerField(widget=forms.HiddenInput)
    version = forms.CharField(required=False, widget=forms.HiddenInput)
    before = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    quote = forms.CharField(
        required=False,
        widget=AdminTextareaWidget(attrs={"rows": 4}),
        label=gettext_lazy("Words of the text"),
        help_text=gettext_lazy("Select them in the text, or paste them here."),
    )
    place = forms.ChoiceField(
        required=False, widget=forms.RadioSelect, label=gettext_lazy("Which of these places?"), choices=[]
    )
    claim: Any = forms.ModelChoiceField(
        Claim.objects.all(),
        required=False,
        label=gettext_lazy("Claim"),
        help_text=gettext_lazy("What you save of a published claim waits beside it for review."),
    )
    find_claim = SearchField()
    stance = forms.ChoiceField(choices=Citation.Stance.choices, initial="supports", label=gettext_lazy("Stance"))
    makes_claim = forms.BooleanField(required=False, label=gettext_lazy("The article makes the claim itself"))
    locator = forms.CharField(
        required=False,
        max_length=300,
        widget=AdminTextInputWidget,
        label=gettext_lazy("Locator"),
        help_text=gettext_lazy("Blank: the number of the paragraph."),
    )
    verdict = forms.ChoiceField(
        required=False,
        choices=[("", gettext_lazy("leave it as it is")), *Verdict.choices],
        label=gettext_lazy("Verdict"),
    )
    rationale = forms.CharField(
        required=False,
        widget=AdminTextareaWidget(attrs={"rows": 2}),
        label=gettext_lazy("Why this verdict, in English"),
    )
    change_reason = forms.CharField(
        required=False,
        max_length=300,
        widget=AdminTextInputWidget,
        label=gettext_lazy("Reason of this change"),
    )
    joins = forms.BooleanField(required=False, label=gettext_lazy("Add it to the change that waits"))

    def __init__(self, *args: Any, text: Revision, citation: Citation | None, may_judge: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.text, self.citation, self.may_judge = text, citation, may_judge
        # Whether somebody else's change of the claim waits, so that the form asks what to do.
        self.is_taken = False
        _look_up(self, "claim", Citation)
        if not may_judge:
            del self.fields["verdict"], self.fields["rationale"]
        self.new_claim: NewClaimForm | None = None
        self.span: tuple[int, int] | None = None
        self._list_places()

    def _list_places(self) -> None:
        """Offer the places where the words stand, if there are several, else those most like them."""
        quote = str(self["quote"].value() or "")[: 2 * MOST_QUOTED]
        self.hits = find(self.text.text, quote)
        nearest = candidates(self.text.text, quote) if quote.strip() and not self.hits else []
        shown = self.hits[:MOST_PLACES] if len(self.hits) > 1 else nearest
        place: Any = self.fields["place"]
        place.choices = [(f"{start}-{end}", _in_context(self.text.text, start, end)) for start, end in shown]
        if nearest:
            place.label = _("These places are most like it; is it one of them?")

    @property
    def offers_places(self) -> bool:
        place: Any = self.fields["place"]
        return bool(place.choices)

    def clean_revision(self) -> int:
        """Refuse to annotate another text than the latest: the words might not mean the same any more."""
        seen = int(self.cleaned_data["revision"])
        if seen != self.text.pk:
            self._send_again("revision", str(self.text.pk))
            raise ValidationError(
                _(
                    "The text has changed since you opened this page. Nothing was saved, and what you wrote is still "
                    "here: look at the new text beside it, then save again."
                )
            )
        return seen

    def clean_version(self) -> str:
        """Refuse to overwrite what somebody else made of the annotation since it was opened, and show it."""
        seen = str(self.cleaned_data["version"])
        citation = self.citation
        if citation and seen != (newest := token_of(citation)):
            self._send_again("version", newest)
            raise ValidationError(
                _(
                    "Somebody has changed this annotation since you opened it. It now says, of “%(claim)s”: "
                    "%(stance)s, “%(quote)s”. Nothing was saved, and what you wrote is still here: save again to keep "
                    "yours."
                )
                % {"claim": citation.claim, "stance": citation.get_stance_display(), "quote": citation.quote}
            )
        return seen

    def _send_again(self, name: str, value: str) -> None:
        """Let the form that comes back be saved as it stands."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data[name] = value
        self.data = data

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        quote = data.get("quote", "")
        if len(quote) > MOST_QUOTED:
            self.add_error("quote", _("At most %(most)s characters are quoted.") % {"most": MOST_QUOTED})
        elif not quote:
            self.add_error("quote", _("Select the words in the text, or paste them here."))
        elif "place" not in self.errors:
            self._settle_place(data)
        return data

    def keep_errors(self, *names: str) -> None:
        """Tell what is wrong with these fields alone."""
        for name in [name for name in self.errors if name not in names]:
            del self.errors[name]

    def refuse(self, error: ValidationError) -> None:
        """Tell why nothing was stored, though each field is sound."""
        self.is_taken = isinstance(error, review.SomebodyElses)
        self.add_error(None, list(error.messages))

    @property
    def asks_to_join(self) -> bool:
        return self.is_taken or bool(self["joins"].value())

    def _settle_place(self, data: dict[str, Any]) -> None:
        """Find the one place that is meant, or say why there is none."""
        hits = self.hits
        if data.get("place"):
            start, _dash, end = data["place"].partition("-")
            hits = [(int(start), int(end))]
        elif len(hits) > 1 and data.get("before"):
            hits = followed(self.text.text, hits, data["before"])
        if len(hits) == 1:
            self.span = hits[0]
        elif not self.hits:
            self.add_error("quote", _("These words are not in the text."))
        elif len(self.hits) > MOST_PLACES:
            self.add_error(
                "quote", _("These words stand %(count)s times in the text: quote more of them.") % _count(self)
            )
        else:
            self.add_error("quote", _("These words stand %(count)s times in the text: choose a place.") % _count(self))


def _count(form: AnnotationForm) -> dict[str, int]:
    return {"count": len(form.hits)}


class NewClaimForm(ReasonForm):
    """A claim written beside the words that it rests on; it begins as a draft."""

    find_subject = SearchField()
    find_object = SearchField()

    class Meta:
        model = Claim
        fields = [
            "subject", "statement_en", "statement_fr", "property", "object", "amount", "unit", "date", "text_en",
            "text_fr", "url", "when",
        ]  # fmt: skip
        widgets = {
            "statement_en": AdminTextareaWidget(attrs={"rows": 2}),
            "statement_fr": AdminTextareaWidget(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["change_reason"]
        for name in ("subject", "object"):
            _look_up(self, name, Claim)
        prop: Any = self.fields["property"]
        prop.queryset = Property.objects.order_by("order", "pk")

    @property
    def is_begun(self) -> bool:
        return any(self[name].value() for name in self._meta.fields)  # type: ignore[union-attr]


def annotate_screen(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a text with its passages, and add, change, move or remove one."""
    if request.method == "POST":
        # Whoever changes the text meanwhile waits, so that what is verified is still so when it is stored.
        with transaction.atomic():
            return _annotate_screen(request, get_object_or_404(Article.objects.select_for_update(of=("self",)), pk=pk))
    return _annotate_screen(request, get_object_or_404(Article, pk=pk))


def _annotate_screen(request: HttpRequest, article: Article) -> HttpResponse:
    texts = Revision.objects.filter(article=article)
    citation = _chosen(request, article)
    language = request.GET.get("language", "").replace("\0", "") or _first_language(article, citation)
    latest = texts.filter(language=language).order_by("-number").first()
    if latest is None:
        if texts.exists():
            return redirect(reverse("admin:articles_article_annotate", args=[article.pk]))
        messages.info(request, _("There is no text to annotate yet: paste or upload it here."))
        return redirect(reverse("admin:articles_article_text", args=[article.pk]))
    if (old := request.GET.get("number", "")) and could_be_id(old) and int(old) != latest.number:
        return _show(request, article, get_object_or_404(texts, language=language, number=int(old)), latest)
    if request.method == "POST":
        return _answer(request, article, latest, citation)
    form, new_claim = _forms(request, latest, citation)
    return _show(request, article, latest, latest, citation, form, new_claim)


def _first_language(article: Article, citation: Citation | None) -> str:
    if citation and citation.revision:
        return citation.revision.language
    languages = Revision.objects.filter(article=article).values_list("language", flat=True)
    return article.language if article.language in set(languages) else languages.first() or article.language


def _chosen(request: HttpRequest, article: Article) -> Citation | None:
    """Give the annotation that the address names."""
    number = request.GET.get("citation", "")
    if not number:
        return None
    passages = Citation.objects.exclude(revision=None).select_related("claim", "revision")
    chosen = passages.filter(article=article, pk=int(number) if could_be_id(number) else 0).first()
    if chosen is None and request.method != "POST":
        raise Http404
    return chosen


def _forms(request: HttpRequest, latest: Revision, citation: Citation | None) -> tuple[AnnotationForm, NewClaimForm]:
    data = request.POST if request.method == "POST" else None
    initial: dict[str, Any] = {"revision": latest.pk}
    if citation:
        initial |= {
            "version": token_of(citation),
            "quote": citation.quote,
            "before": citation.prefix,
            "claim": citation.claim_id,
            "stance": citation.stance,
            "makes_claim": citation.makes_claim,
            "locator": citation.locator,
        }
    may_judge = request.user.has_perm("entities.judge_claim")
    form = AnnotationForm(data, initial=initial, text=latest, citation=citation, may_judge=may_judge)
    return form, NewClaimForm(data, use_required_attribute=False)


def _answer(request: HttpRequest, article: Article, latest: Revision, citation: Citation | None) -> HttpResponse:
    form, new_claim = _forms(request, latest, citation)
    if citation is None and request.GET.get("citation"):
        removed = _(
            "Somebody has removed this annotation since you opened it. Nothing was saved; what you wrote stands here, "
            "and saving it makes a new one."
        )
        messages.warning(request, removed)
        return _show(request, article, latest, latest, None, form, new_claim)
    if "remove" in request.POST and citation:
        form.keep_errors("version")
        new_claim.errors.clear()
        if form.errors or (claim := _remove(request, citation, form)) is None:
            return _show(request, article, latest, latest, citation, form, new_claim)
        if claim.pk == citation.claim_id:
            messages.success(request, _("The annotation is removed; its history keeps it."))
        else:
            _say(request, claim, _("Taking the annotation away is proposed."))
        return redirect(_address(article, latest))
    is_looking = "search" in request.POST or "find" in request.POST
    if is_looking:
        _search(request, form, new_claim)
        # Who still looks for something is not told what is missing.
        form.keep_errors(*(("quote", "place") if "find" in request.POST else ()))
        new_claim.errors.clear()
    elif (saved := _save(request, article, latest, citation, form, new_claim)) is not None:
        _say(request, saved.claim, _("“%(claim)s” is tied to these words.") % {"claim": saved.claim})
        return redirect(f"{_address(article, latest)}#mark-{saved.pk}")
    if not new_claim.is_begun:
        new_claim.errors.clear()
    return _show(request, article, latest, latest, citation, form, new_claim)


def _say(request: HttpRequest, claim: Claim, done: str) -> None:
    """Tell what was done, and of a published claim where it waits."""
    if claim.replaces_id:
        told = _(
            '{done} It waits beside the published claim: readers see it once <a href="{page}">the change</a> '
            "({status}) is published."
        )
        page = reverse("admin:entities_claim_review", args=[claim.pk])
        done = format_html(told, done=done, page=page, status=claim.get_status_display())
    messages.success(request, done)


def _remove(request: HttpRequest, citation: Citation, form: AnnotationForm) -> Claim | None:
    """Take an annotation away, and give the claim that it was taken from; None when it stays, which the form tells."""
    if not request.user.has_perm("articles.delete_citation"):
        form.add_error(None, _("Your role does not allow this."))
        return None
    try:
        with transaction.atomic():
            row = citation
            if review.is_live(citation.claim):
                beside = review.open_beside(citation.claim, request.user, joins="joins" in request.POST)
                row = _detachable(citation, beside)
            row.delete()
    except ValidationError as error:
        form.refuse(error)
        return None
    return row.claim


def _detachable(citation: Citation, beside: Claim) -> Citation:
    """Find the row that a proposal may drop for a citation of its claim.

    Raises:
        ValidationError: there is none, or the claim would rest on nothing.
    """
    row = review.twin(citation, beside)
    if not Citation.objects.filter(claim=beside).exclude(pk=row.pk).from_sources().exists():
        raise ValidationError(review.NO_SOURCE)
    return row


def _address(article: Article, text: Revision, citation: Citation | None = None) -> str:
    chosen = f"&citation={citation.pk}#annotation" if citation else ""
    return f"{reverse('admin:articles_article_annotate', args=[article.pk])}?language={text.language}{chosen}"


def _search(request: HttpRequest, form: AnnotationForm, new_claim: NewClaimForm) -> None:
    """List in each look-up what its words find, as its admin would."""
    for holder, name in ((form, "claim"), (new_claim, "subject"), (new_claim, "object")):
        words = str(holder[f"find_{name}"].value() or "").strip()
        field: Any = holder.fields[name]
        if words:
            records = admin.site.get_model_admin(field.queryset.model)
            found, _distinct = records.get_search_results(request, records.get_queryset(request), words)
            field.widget.offered = list(found.distinct()[:MOST_FOUND])


def _save(
    request: HttpRequest,
    article: Article,
    latest: Revision,
    citation: Citation | None,
    form: AnnotationForm,
    new_claim: NewClaimForm,
) -> Citation | None:
    """Store an annotation, with its claim and verdict; None when something is wrong, which the forms then say."""
    is_sound = form.is_valid()
    claim = form.cleaned_data.get("claim")
    if claim and new_claim.is_begun:
        form.add_error("claim", _("Choose a claim, or write a new one; not both."))
    elif claim is None and "claim" not in form.errors:
        if not new_claim.is_begun:
            form.add_error("claim", _("Choose a claim, or write a new one."))
        elif not request.user.has_perm("entities.add_claim"):
            form.add_error("claim", _("Your role does not allow you to write claims."))
        elif new_claim.is_valid():
            claim = new_claim.instance
        is_sound = is_sound and new_claim.is_valid()
    if not (is_sound and form.is_valid() and claim and form.span):
        return None
    try:
        with transaction.atomic():
            return _store(request.user, article, latest, citation, claim, form)
    except ValidationError as error:
        form.refuse(error)
        return None


def _store(
    person: review.Person,
    article: Article,
    latest: Revision,
    citation: Citation | None,
    claim: Claim,
    form: AnnotationForm,
) -> Citation:
    """Tie a claim to words; where readers see it, in a proposal beside it.

    Raises:
        ValidationError: something stands against it; the caller takes all of it back.
    """
    joins = form.cleaned_data["joins"]
    target = review.open_beside(claim, person, joins=joins) if review.is_live(claim) else claim
    if citation is not None and review.is_live(citation.claim):
        if claim == citation.claim:
            citation = review.twin(citation, target)
        else:
            beside = review.open_beside(citation.claim, person, joins=joins)
            _detachable(citation, beside).delete()
            citation = Citation(article=article)
    _judge(target, form.cleaned_data, form.may_judge)
    return _tie(article, latest, citation, target, form)


def _judge(claim: Claim, data: dict[str, Any], may_judge: bool) -> None:
    """Store a claim that is new, and the verdict that it gets."""
    if may_judge and data["verdict"]:
        claim.verdict = data["verdict"]
        if data["rationale"]:
            claim.rationale_en = data["rationale"]  # type: ignore[attr-defined]
    if claim._state.adding or (may_judge and data["verdict"]):
        claim.slug = claim.slug or claim.free_slug()
        claim.full_clean()
        claim._change_reason = data["change_reason"]  # type: ignore[attr-defined]
        claim.save()


def _tie(article: Article, latest: Revision, citation: Citation | None, claim: Claim, form: AnnotationForm) -> Citation:
    """Store the passage: in the citation chosen, else in the one that the claim has without words, else in a new one.

    Raises:
        ValidationError: the claim is tied to these words already.
    """
    data, span = form.cleaned_data, form.span
    assert span
    if citation is None:
        bare = Citation.objects.filter(claim=claim, article=article, stance=data["stance"], revision=None)
        rows = list(bare[:2])
        citation = rows[0] if len(rows) == 1 else Citation(article=article)
        kept = {
            "locator": data["locator"] or citation.locator,
            "makes_claim": data["makes_claim"] or citation.makes_claim,
        }
        data = data | kept
    citation.claim, citation.stance, citation.makes_claim = claim, data["stance"], data["makes_claim"]
    citation.revision = latest
    citation.start, citation.end = span
    citation.quote = latest.text[span[0] : span[1]]
    citation.prefix, citation.suffix = around(latest.text, *span)
    citation.anchor = Citation.Anchor.SAME
    citation.locator = data["locator"]
    if not citation.locator or re.fullmatch(r"paragraph \d+", citation.locator):
        citation.locator = paragraph_locator(number_at(latest.text, span[0]))
    twins = Citation.objects.filter(claim=claim, revision=latest, start=span[0], end=span[1]).exclude(pk=citation.pk)
    if twins.exists():
        raise ValidationError(_("This claim is tied to these words already."))
    citation._change_reason = data["change_reason"]  # type: ignore[attr-defined]
    citation.save()
    return citation


def _show(
    request: HttpRequest,
    article: Article,
    text: Revision,
    latest: Revision,
    citation: Citation | None = None,
    form: AnnotationForm | None = None,
    new_claim: NewClaimForm | None = None,
) -> HttpResponse:
    passages, waiting = _passages(text)
    lost = Citation.objects.filter(article=article).in_language(text.language).lost().with_claim()
    languages = Revision.objects.filter(article=article).values_list("language", flat=True)
    context = {
        **admin.site.each_context(request),
        "title": _("Annotate"),
        "article": article,
        "opts": Article._meta,
        "text": text,
        "latest": latest,
        "languages": sorted(set(languages)),
        "body": render_text(
            typeset(text.text, text.language), paragraphs(text.text), _marks(article, text, passages, waiting)
        ),
        "passages": passages,
        "waiting": waiting if text == latest else [],
        "lost": without_copies(lost) if text == latest else [],
        "citation": citation,
        "is_live": citation is not None and review.is_live(citation.claim),
        "form": form,
        "new_claim": new_claim,
        "media": form.media + new_claim.media if form and new_claim else forms.Media(),
    }
    return render(request, "admin/articles/article/annotate.html", context)


@dataclass(frozen=True)
class Waiting:
    """A passage that a proposal would bring to readers, or change or take away from what they see."""

    citation: Citation
    proposal: int
    is_new: bool


def _passages(text: Revision) -> tuple[list[Citation], dict[int, Waiting]]:
    """Give the passages of a text, and by number those that a review would change; two queries.

    What a proposal only repeats of its claim is no passage of its own.
    """
    rows = list(Citation.objects.filter(revision=text).with_claim().order_by("start", "-end", "pk"))
    shown = without_copies(rows)
    beside = Claim.objects.filter(replaces__citations__revision=text).values_list("replaces", "pk")
    proposals: dict[int | None, int] = dict(beside)
    copies = {place_for_readers(row, row.claim.replaces_id) for row in rows if row.claim.replaces_id}
    waiting = {}
    for row in shown:
        if row.claim.replaces_id:
            waiting[row.pk] = Waiting(row, row.claim_id, is_new=True)
        elif (proposal := proposals.get(row.claim_id)) and place_for_readers(row, row.claim_id) not in copies:
            waiting[row.pk] = Waiting(row, proposal, is_new=False)
    return shown, waiting


def _marks(
    article: Article, text: Revision, passages: Iterable[Citation], waiting: Mapping[int, Waiting]
) -> list[Mark]:
    return [
        Mark(
            citation.start or 0,
            citation.end or 0,
            str(citation.pk),
            number,
            "waiting" if citation.claim.replaces_id else citation.claim.public_verdict,
            _address(article, text, citation),
            _label(citation, is_waiting=citation.pk in waiting),
        )
        for number, citation in enumerate(passages, start=1)
    ]


def _label(citation: Citation, *, is_waiting: bool) -> str:
    label = f"{citation.get_stance_display()}: {citation.claim}"
    return _("%(passage)s (a change waits for review)") % {"passage": label} if is_waiting else label


def _in_context(text: str, start: int, end: int) -> SafeString:
    """Write a place with the words around it, for a choice among several."""
    return format_html(
        "{}: …{}<mark>{}</mark>{}…",
        _("Paragraph %(number)s") % {"number": number_at(text, start)},
        text[max(0, start - WINDOW) : start],
        text[start:end],
        text[end : end + WINDOW],
    )
