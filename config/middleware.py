"""What every request passes through beyond the middleware of Django and its packages."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation

Handler = Callable[[HttpRequest], HttpResponseBase]


def cross_origin_resource_policy(get_response: Handler) -> Handler:
    """Forbid other sites to load anything of this one; a view may set the header itself."""

    def handle(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
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
