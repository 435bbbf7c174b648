"""One line an address of articles and of the site's own pages."""

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

import entities.converters  # noqa: F401 (registers "kind")

from . import feeds, llms, news, tags, views
from .cite import FORMS

app_name = "articles"

may_view_articles = permission_required("articles.view_article", raise_exception=True)

urlpatterns = [
    *(path(f"<kind:kind>/<slug:slug>.{end}", views.cite_entity, {"form": form}) for end, form in FORMS.items()),
    *(path(f"claims/<slug:slug>.{end}", views.cite_claim, {"form": form}) for end, form in FORMS.items()),
    *(path(f"articles/<slug:slug>.{end}", views.cite_article, {"form": form}) for end, form in FORMS.items()),
    path("", views.home, name="home"),
    path("about/", views.about, name="about"),
    path("data/", views.data, name="data"),
    path("search/", views.search_page, name="search"),
    path("search/suggest/", views.search_suggestions, name="search-suggestions"),
    path("opensearch.xml", views.opensearch, name="opensearch"),
    path("llms.txt", llms.llms, name="llms"),
    path("articles/", views.article_list, name="list"),
    path("articles.csv", views.article_table, name="table"),
    path("articles/<slug:slug>/", views.article_detail, name="detail"),
    path("articles/<slug:slug>.json", views.article_json, name="json"),
    path("articles/<slug:slug>.md", views.article_markdown, name="markdown"),
    path("articles/<slug:slug>/annotations.jsonld", views.article_annotations, name="annotations"),
    path("articles/<slug:slug>/texts/<slug:language>/<int:number>/", views.article_text, name="text"),
    path("articles/<slug:slug>.png", views.article_card, name="card"),
    path("timeline.ics", feeds.timeline, {"write": feeds.calendar}, name="timeline-calendar"),
    path("timeline.atom", feeds.timeline, {"write": feeds.atom}, name="timeline-feed"),
    path("<kind:kind>/<slug:slug>.ics", feeds.entity_calendar, name="entity-calendar"),
    path("<kind:kind>/<slug:slug>.atom", news.of_entity, name="entity-feed"),
    path("<kind:kind>.atom", news.of_kind, name="kind-feed"),
    path("claims.atom", news.of_claims, name="claims-feed"),
    path("articles.atom", news.of_articles, name="articles-feed"),
    path("feed.atom", news.of_site, name="feed"),
    path("tags/", tags.tag_list, name="tags"),
    path("tags/<slug:slug>/", tags.tag_detail, name="tag"),
    path("tags/<slug:slug>.atom", news.of_tag, name="tag-feed"),
    path(
        "admin/preview/articles/<slug:slug>/",
        never_cache(admin.site.admin_view(may_view_articles(views.article_preview))),
        name="article-preview",
    ),
    path(
        "admin/styleguide/",
        admin.site.admin_view(TemplateView.as_view(template_name="styleguide.html")),
        name="styleguide",
    ),
]
