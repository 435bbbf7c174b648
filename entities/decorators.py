"""What every page for readers is wrapped in."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

View = Callable[..., HttpResponseBase]


def require_safe(view: View) -> View:
    """Do as Django's decorator of this name, with a page, and before anybody asks for the token of a form.

    A page that takes no form has nothing to protect from forged ones: what is wrong with a POST is its method.
    """

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if request.method in ("GET", "HEAD"):
            return view(request, *args, **kwargs)
        refusal = render(request, "405.html", status=405)
        refusal["Allow"] = "GET, HEAD"
        return refusal

    return answer
