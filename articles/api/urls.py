"""One line an address of the API, below the word of the language and `api/`."""

from django.urls import path, re_path

from . import views

app_name = "api"

urlpatterns = [
    path("", views.index, name="index"),
    path("entities/", views.entity_list, name="entities"),
    path("entities/<slug:slug>/", views.entity_detail, name="entity"),
    path("claims/", views.claim_list, name="claims"),
    path("claims/<slug:slug>/", views.claim_detail, name="claim"),
    path("articles/", views.article_list, name="articles"),
    path("articles/<slug:slug>/", views.article_detail, name="article"),
    path("properties/", views.property_list, name="properties"),
    path("properties/<slug:slug>/", views.property_detail, name="property"),
    # Whatever no slash at its end would turn into one of the above.
    re_path(r"^.*(?:/|\.[^/]*)$", views.nothing),
]
