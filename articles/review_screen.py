"""The review screen: what a claim says beside what its sources say, and the step that somebody takes with it."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from entities import changes, conflict, wording
from entities.admin import ReasonForm
from entities.models import Claim, Status

from . import duplicates, review
from .models import Citation

PARTS: conflict.Parts = {Citation: "claim"}
STEPS = {
    "submit": review.submit,
    "send-back": review.send_back,
    "publish": review.publish,
    "retract": review.retract,
    "confirm": review.confirm,
}
DONE = {
    "submit": gettext_lazy("Sent to review."),
    "send-back": gettext_lazy("Sent back to its writer."),
    "publish": gettext_lazy("Published; readers see it now."),
    "retract": gettext_lazy("Retracted; readers do not see it any more."),
    "confirm": gettext_lazy("Noted: checked today."),
}
# What a claim is made of, told beside its sentence; the value and the words stand apart.
QUALIFIERS = ["applies_to_en", "as_printed", "when", "lane", "rank", "alternative", "rank_reason_en", "public_since"]


class ReviewForm(ReasonForm):
    """What a reviewer adds to a claim, and the step to take."""

    step = forms.ChoiceField(choices=[(step, step) for step in STEPS])

    class Meta:
        model = Claim
        fields = ["verdict", "rationale_en", "rationale_fr", "how_verified", "checked_on"]
        widgets = {
            "rationale_en": forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
            "rationale_fr": forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
            "checked_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.initial["version"] = version_of(self.instance)
        self.fields["change_reason"].label = _("Reason, or remark for its writer")
        self.may_judge = person.has_perm("entities.judge_claim") and not review.is_live(self.instance)
        if not self.may_judge:
            for name in self._meta.fields:  # type: ignore[union-attr]
                del self.fields[name]

    def clean(self) -> Any:
        data = super().clean()
        needs_reason = self.may_judge and self.cleaned_data.get("verdict", "") not in ("", "supported")
        if needs_reason and not self.cleaned_data.get("rationale_en"):
            self.add_error("rationale_en", _("A verdict other than “supported” needs its reason."))
        return data

    def take_step(self) -> bool:
        """Take the step that was chosen, within a transaction of the caller; what stands against it is shown."""
        step = self.cleaned_data["step"]
        try:
            STEPS[step](self.instance, self.person, self.cleaned_data["change_reason"])
        except ValidationError as error:
            self.add_error(None, error)
        return not self.errors


def version_of(claim: Claim) -> str:
    """Name the state that somebody reviews: of a proposal together with the claim that it would change."""
    tokens = [conflict.token_of(each, PARTS) for each in (claim, claim.replaces) if each is not None]
    return ".".join(tokens)


def open_form(claim: Claim, request: HttpRequest) -> ReviewForm:
    """Build the form of the screen; one that was sent after somebody else saved says so. Needs a transaction."""
    if request.method != "POST":
        return ReviewForm(instance=claim, person=request.user)
    for record in filter(None, (claim, claim.replaces)):
        conflict.lock(record)
    data, newest = request.POST.copy(), version_of(claim)
    sent, data["version"] = data.get("version", ""), newest
    form = ReviewForm(data, instance=claim, person=request.user)
    if sent != newest:
        form.met = conflict.Conflict(conflict.newer_rows(claim, PARTS, sent))
    return form


@dataclass(frozen=True)
class Passage:
    """A citation with the paragraph that its passage stands in; without a passage on file there is only the place."""

    citation: Citation
    before: str = ""
    quote: str = ""
    after: str = ""


def passage(citation: Citation) -> Passage:
    """Cut the paragraph around a passage out of its revision, which must be loaded."""
    if citation.revision is None or citation.start is None or citation.end is None:
        return Passage(citation)
    text = citation.revision.text
    first = text.rfind("\n", 0, citation.start) + 1
    last = text.find("\n", citation.end)
    last = len(text) if last < 0 else last
    return Passage(
        citation, text[first : citation.start], text[citation.start : citation.end], text[citation.end : last]
    )


def context(claim: Claim, person: Any) -> dict[str, Any]:
    """Build what the screen shows of a claim beside its form; some twenty-five queries."""
    live = Claim.objects.with_records().get(pk=claim.replaces_id) if claim.replaces_id else None
    citations = claim.citations.select_related("article", "article__publisher", "revision")
    return {
        "claim": claim,
        "live": live,
        "is_live": review.is_live(claim),
        "proposal": review.open_proposal(claim),
        "value": wording.value_text(claim) if claim.property_id else "",
        "qualifiers": list(_qualifiers(claim)),
        "passages": [passage(citation) for citation in citations],
        "differences": review.differences(live, claim) if live else [],
        "takes_back": live is not None and review.takes_back(live, claim),
        "duplicates": duplicates.of_claim(claim),
        "objection": review.objection(person, claim),
        "is_only_reviewer": review.is_only_reviewer(person),
        "steps": _steps(claim, person),
        "writers": review.writer_names(claim),
        "reasoned": None if review.is_live(claim) else review.last_reasoned(claim),
    }


def _qualifiers(claim: Claim) -> Any:
    for name in QUALIFIERS:
        if (told := changes.words(claim, name)) and getattr(claim, name) != Claim.Rank.NORMAL:
            yield changes.noun(name), told


def _steps(claim: Claim, person: Any) -> list[tuple[str, str]]:
    """List the steps that the state of a claim allows this person, each with the words on its button."""
    may_publish = person.has_perm("entities.publish_claim")
    if review.is_live(claim):
        return (
            [("confirm", gettext("Still right: checked today")), ("retract", gettext("Retract"))] if may_publish else []
        )
    steps = []
    if claim.status in (Status.DRAFT, Status.RETRACTED):
        steps.append(("submit", gettext("Send to review")))
    if not review.objection(person, claim):
        steps.append(("publish", gettext("Publish")))
        if claim.status == Status.IN_REVIEW:
            steps.append(("send-back", gettext("Send back")))
    return steps
