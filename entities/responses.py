"""The answers that hold one record for programs, each with the page it is a form of in its header."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from .links import link
from .representations import FORMATS, Node


def json_ld(request: HttpRequest, node: Node, page: str) -> HttpResponse:
    """Send JSON-LD; `page` is the path of the record's page."""
    return _form_of(request, page, JsonResponse(node, content_type=FORMATS["json"]))


def markdown(request: HttpRequest, text: str, page: str) -> HttpResponse:
    """Send Markdown; `page` is the path of the record's page."""
    return _form_of(request, page, HttpResponse(text, content_type=f"{FORMATS['md']}; charset=utf-8"))


def _form_of(request: HttpRequest, page: str, response: HttpResponse) -> HttpResponse:
    address = request.build_absolute_uri(page)
    link(request, "canonical", address)
    link(request, "cite-as", address)
    return response
