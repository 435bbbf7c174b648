"""What programs are told when they ask for something that is not there, in the format that they asked for."""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import BadRequest, TooManyFieldsSent
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from .decorators import View


def _as_text(reason: str, status: int) -> HttpResponse:
    return HttpResponse(f"{reason}\n", status=status, content_type="text/plain; charset=utf-8")


def _as_json(reason: str, status: int) -> HttpResponse:
    return JsonResponse({"error": reason}, status=status)


def _refusing(write: Callable[[str, int], HttpResponse]) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            try:
                return view(request, *args, **kwargs)
            except BadRequest as refusal:
                return write(str(refusal), 400)
            except TooManyFieldsSent:
                return write(_("The address has too many parameters."), 400)
            except Http404:
                return write(_("There is nothing at this address."), 404)

        return answer

    return decorate


# Say what is wrong in one line of text, or as JSON: no program shows a page.
refused_in_plain_text = _refusing(_as_text)
refused_in_json = _refusing(_as_json)
