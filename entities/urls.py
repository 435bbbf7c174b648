"""One line an address of entities and claims."""

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.urls import path
from django.views.decorators.cache import never_cache

from . import (
    converters,  # noqa: F401 (registers "kind")
    embeds,
    oembed,
    views,
)
from .models import KIND_PATHS

app_name = "entities"

may_view_entities = permission_required("entities.view_entity", raise_exception=True)
may_view_claims = permission_required("entities.view_claim", raise_exception=True)

urlpatterns = [
    # The list of models is a comparison, unlike those of the other kinds.
    path("models/", views.model_list, name="models"),
    path("models.csv", views.model_table, name="models-table"),
    *(
        path(f"{word}/", views.entity_list, {"kind": kind}, name=word)
        for kind, word in KIND_PATHS.items()
        if kind != "model"
    ),
    *(
        path(f"{word}.csv", views.entity_table, {"kind": kind}, name=f"{word}-table")
        for kind, word in KIND_PATHS.items()
        if kind != "model"
    ),
    *(
        path(f"{word}/<slug:slug>/", views.entity_detail, {"kind": kind}, name=kind)
        for kind, word in KIND_PATHS.items()
    ),
    path("<kind:kind>/<slug:slug>.json", views.entity_json, name="entity-json"),
    path("<kind:kind>/<slug:slug>.md", views.entity_markdown, name="entity-markdown"),
    path("<kind:kind>/<slug:slug>.png", views.entity_card, name="entity-card"),
    path("card.png", views.site_card, name="card"),
    path("claims/", views.claim_list, name="claims"),
    path("claims.csv", views.claim_table, name="claims-table"),
    path("claims/<slug:slug>/", views.claim_detail, name="claim"),
    path("claims/<slug:slug>.json", views.claim_json, name="claim-json"),
    path("claims/<slug:slug>.md", views.claim_markdown, name="claim-markdown"),
    path("claims/<slug:slug>.png", views.claim_card, name="claim-card"),
    path("timeline/", views.timeline, name="timeline"),
    path("compare/", views.compare_list, name="comparisons"),
    path("compare/<slug:slug>/", views.compare, name="compare"),
    path("compare/<slug:slug>.csv", views.compare_table, name="compare-table"),
    path("relationships/", views.relationships, name="relationships"),
    path("relationships.json", views.relationships_json, name="relationships-json"),
    path("relationships.graphml", views.relationships_graphml, name="relationships-graphml"),
    path("connections/", views.connections, name="connections"),
    path("connections.json", views.connections_json, name="connections-json"),
    path("connections.md", views.connections_markdown, name="connections-markdown"),
    path("embed/<kind:kind>/<slug:slug>/", embeds.entity, name="embed-entity"),
    path("embed/<kind:kind>/<slug:slug>/neighbourhood/", embeds.neighbourhood, name="embed-neighbourhood"),
    path("embed/claims/<slug:slug>/", embeds.claim, name="embed-claim"),
    path("embed/timeline/", embeds.timeline, name="embed-timeline"),
    path("oembed", oembed.oembed, name="oembed"),
    path(
        "admin/preview/entities/<slug:slug>/",
        never_cache(admin.site.admin_view(may_view_entities(views.entity_preview))),
        name="entity-preview",
    ),
    path(
        "admin/preview/claims/<slug:slug>/",
        never_cache(admin.site.admin_view(may_view_claims(views.claim_preview))),
        name="claim-preview",
    ),
]
