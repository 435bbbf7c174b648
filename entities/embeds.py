"""Small pages made for an iframe on another site; only these may be framed."""

from functools import wraps
from typing import Any

from csp.decorators import csp_replace
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt

from . import cards, keyset
from .decorators import View, require_safe
from .dossier import links_of
from .forms import QueryForm, TimelineForm
from .models import Claim, Entity

MOST_FIGURES = 5
PAGE_SIZE = 30


def framed(view: View) -> View:
    """Let other sites frame an answer, and a refusal too: a browser would show nothing of one that it may not."""

    @require_safe
    @xframe_options_exempt
    @csp_replace({"frame-ancestors": ["*"]})
    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except BadRequest as refusal:
            return render(request, "embeds/refusal.html", {"reason": str(refusal)}, status=400)
        except Http404:
            reason = _("What stood here is not published, or no longer.")
            return render(request, "embeds/refusal.html", {"reason": reason}, status=404)

    return answer


@framed
def entity(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    QueryForm.read(request)
    record = get_object_or_404(Entity.objects.published().of_kind(kind), slug=slug)
    context = {"entity": record, "figures": cards.figures_for(record)[:MOST_FIGURES]}
    return render(request, "embeds/entity.html", context | _foot(record))


@framed
def claim(request: HttpRequest, slug: str) -> HttpResponse:
    QueryForm.read(request)
    record = get_object_or_404(Claim.objects.published().for_list(), slug=slug)
    return render(request, "embeds/claim.html", {"claim": record} | _foot(record))


@framed
def neighbourhood(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    QueryForm.read(request)
    record = get_object_or_404(Entity.objects.published().of_kind(kind), slug=slug)
    groups = links_of(record, Claim.objects.published())
    return render(request, "embeds/neighbourhood.html", {"entity": record, "groups": groups} | _foot(record))


@framed
def timeline(request: HttpRequest) -> HttpResponse:
    form = TimelineForm.read(request)
    claims = form.claims().with_records()
    page = keyset.page(claims, ["when_earliest", "pk"], PAGE_SIZE, **form.neighbours(), first_key_may_lack=False)
    about = form.cleaned_data["entity"]
    title = _("%(name)s on the timeline") % {"name": about} if about else _("The story, day by day")
    context = {"page": page, "title": title, "address": reverse("entities:timeline") + form.query}
    return render(request, "embeds/timeline.html", context)


def _foot(record: Entity | Claim) -> dict[str, Any]:
    return {"address": record.get_absolute_url(), "as_of": cards.as_of(record.updated_at)}
