"""The site with one line more: the view that every page is measured against."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import handler400, handler404
from config.urls import urlpatterns as site

__all__ = ["handler400", "handler404"]


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse("hello")


urlpatterns = [path("hello/", hello), *site]
