"""What every request passes through beyond the middleware of Django and its packages."""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

from articles.addresses import moved_to
from entities import links

Handler = Callable[[HttpRequest], HttpResponseBase]


def cross_origin_resource_policy(get_response: Handler) -> Handler:
    """Forbid other sites to load anything of this one; a view may set the header itself."""

    def handle(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    return handle


# The API in any language, and what Django leads on to it.
API = re.compile(rf"/(?:(?:{'|'.join(code for code, _name in settings.LANGUAGES)})/)?api(?:/|$)")


def api_for_other_sites(get_response: Handler) -> Handler:
    """Let scripts of other sites read the API, its refusals and redirects too: nothing there is anybody's own."""

    def handle(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if API.match(request.path_info):
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Access-Control-Expose-Headers"] = "Link"
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return handle


def vary_of_kept_copies(get_response: Handler) -> Handler:
    """Say of a 304 what is said of the answer that it stands for: that it depends on how it was to be compressed.

    GZipMiddleware, which stands inside, says so only of what it may compress.
    """

    def handle(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.status_code == 304:
            patch_vary_headers(response, ["Accept-Encoding"])
        return response

    return handle


def language_of_address(get_response: Handler) -> Handler:
    """Take the language from the address alone: without a prefix a page is in LANGUAGE_CODE.

    Django's LocaleMiddleware does the same and adds Vary: Accept-Language, which would split every cache for nothing.
    """

    def handle(request: HttpRequest) -> HttpResponseBase:
        language = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    return handle


def former_addresses(get_response: Handler) -> Handler:
    """Lead from an address that a record had, in any language and form, to the one it has.

    Here, as in django.contrib.redirects, because every form of a record has the same need and pays only when it is
    missing.
    """

    def handle(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        address = moved_to(request) if response.status_code == 404 else None
        # A merge may be undone and a name come back, which a browser that kept the redirect would never learn.
        return HttpResponsePermanentRedirect(address, headers={"Cache-Control": "no-cache"}) if address else response

    return handle


def link_header(get_response: Handler) -> Handler:
    """Say in a header what the head of the page links to, for programs that read no page."""

    def handle(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.status_code == 200 and (value := links.header(request)):
            response["Link"] = value
        return response

    return handle
