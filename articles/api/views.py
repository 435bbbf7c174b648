"""The addresses of the API: one function each, and what all of them promise to programs."""

from functools import wraps
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import conditional_page

from articles.forms import ArticleApiForm, ClaimApiForm, EntityApiForm
from articles.models import Article
from entities import keyset
from entities.decorators import View
from entities.forms import QueryForm
from entities.models import Claim, Entity, Property
from entities.refusals import refused_in_json

from . import openapi
from .records import ARTICLE, CLAIM, ENTITY, PROPERTY
from .shapes import Shape

# The forms of the lists that come in pages.
ApiForm = EntityApiForm | ClaimApiForm | ArticleApiForm
METHODS = "GET, HEAD, OPTIONS"
# What a browser asks before a script of another site may send more than a plain question.
PREFLIGHT = {
    "Allow": METHODS,
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Max-Age": "86400",
}


def endpoint(view: View) -> View:
    """Let a view answer programs: refusals in JSON, and copies that are asked about before each use.

    So a record that is changed or withdrawn is so at once.
    """

    @csrf_exempt
    @conditional_page
    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers=PREFLIGHT)
        if request.method not in ("GET", "HEAD"):
            return JsonResponse({"error": _("This page can only be read")}, status=405, headers={"Allow": METHODS})
        response = refused_in_json(view)(request, *args, **kwargs)
        response.headers["Cache-Control"] = "public, no-cache"
        return response

    return answer


@endpoint
def index(request: HttpRequest) -> HttpResponse:
    """List the resources: for a browser as a page that explains them, for anybody else as JSON."""
    QueryForm.read(request)
    if request.get_preferred_type(["application/json", "text/html"]) == "text/html":
        response = render(request, "articles/api.html", {"resources": openapi.RESOURCES, "parts": openapi.PARTS})
    else:
        response = _json(request, _index(request))
    patch_vary_headers(response, ["Accept"])
    return response


def _index(request: HttpRequest) -> dict[str, Any]:
    languages = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            languages[code] = request.build_absolute_uri(reverse("api:index"))
    lists = {each.name: request.build_absolute_uri(each.address) for each in openapi.RESOURCES}
    described = request.build_absolute_uri(reverse("openapi"))
    return {"name": _("The DeepSeek Story"), **lists, "openapi": described, "languages": languages}


@endpoint
def description(request: HttpRequest) -> HttpResponse:
    """Describe the API in the words of OpenAPI 3.1."""
    QueryForm.read(request)
    return _json(request, openapi.describe(_site(request)))


@endpoint
def entity_list(request: HttpRequest) -> HttpResponse:
    form = EntityApiForm.read(request)
    return _list(request, form, form.entities(form.cleaned_data["kind"]).for_detail(), ENTITY)


@endpoint
def entity_detail(request: HttpRequest, slug: str) -> HttpResponse:
    return _detail(request, Entity.objects.published().for_detail(), slug, ENTITY)


@endpoint
def claim_list(request: HttpRequest) -> HttpResponse:
    form = ClaimApiForm.read(request)
    return _list(request, form, form.claims().for_record(), CLAIM)


@endpoint
def claim_detail(request: HttpRequest, slug: str) -> HttpResponse:
    return _detail(request, Claim.objects.published().for_record(), slug, CLAIM)


@endpoint
def article_list(request: HttpRequest) -> HttpResponse:
    form = ArticleApiForm.read(request)
    return _list(request, form, form.articles().for_record(), ARTICLE)


@endpoint
def article_detail(request: HttpRequest, slug: str) -> HttpResponse:
    return _detail(request, Article.objects.published().for_record(), slug, ARTICLE)


@endpoint
def property_list(request: HttpRequest) -> HttpResponse:
    """List the vocabulary, which is short enough for one page."""
    QueryForm.read(request)
    records = PROPERTY.write_all(Property.objects.for_record(), _site(request))
    return _json(request, {"records": records, "next": None, "previous": None})


@endpoint
def property_detail(request: HttpRequest, slug: str) -> HttpResponse:
    return _detail(request, Property.objects.for_record(), slug, PROPERTY)


@endpoint
def nothing(request: HttpRequest) -> HttpResponse:
    """Say in JSON that the API has no such address."""
    raise Http404


def _list(request: HttpRequest, form: ApiForm, records: QuerySet[Any], shape: Shape[Any]) -> HttpResponse:
    page = keyset.page(records, form.keys(), form.cleaned_data["limit"], **form.neighbours())
    content = {
        "records": shape.write_all(page.rows, _site(request)),
        "next": _address(request, form, after=page.after),
        "previous": _address(request, form, before=page.before),
    }
    return _json(request, content)


def _detail(request: HttpRequest, records: QuerySet[Any], slug: str, shape: Shape[Any]) -> HttpResponse:
    QueryForm.read(request)
    return _json(request, shape.write(get_object_or_404(records, slug=slug), _site(request)))


def _address(request: HttpRequest, form: ApiForm, **neighbour: str) -> str | None:
    """Give the address of another page of the same list; None without a record that it begins at."""
    if not any(neighbour.values()):
        return None
    query = request.GET.copy()
    for name in list(query):
        if name not in form.fields or name in ("after", "before"):
            del query[name]
    query.update(neighbour)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def _json(request: HttpRequest, content: dict[str, Any]) -> HttpResponse:
    """Send content, with the links that it holds in a header too, for programs that follow those."""
    described = request.build_absolute_uri(reverse("openapi"))
    links = {"service-desc": described, "next": content.get("next"), "prev": content.get("previous")}
    response = JsonResponse(content, json_dumps_params={"ensure_ascii": False})
    response["Link"] = ", ".join(f'<{address}>; rel="{name}"' for name, address in links.items() if address)
    return response


def _site(request: HttpRequest) -> str:
    return request.build_absolute_uri("/")
