"""Every address: English without a prefix, French under /fr/."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.auth.views import PasswordResetConfirmView
from django.contrib.sitemaps.views import index, sitemap
from django.urls import include, path, reverse_lazy
from django.utils.translation import gettext_lazy as _

from articles.api.views import description
from articles.sitemaps import SITEMAPS
from articles.views import data_file, robots
from entities.decorators import require_safe

urlpatterns = [
    path("api/openapi.json", description, name="openapi"),
    path("robots.txt", robots, name="robots"),
    # The data have both languages side by side, so each file has one address.
    path("data/<str:name>", data_file, name="data-file"),
    path(
        "sitemap.xml", require_safe(index), {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap"}, name="sitemap-index"
    ),
    path("sitemap-<slug:section>.xml", require_safe(sitemap), {"sitemaps": SITEMAPS}, name="sitemap"),
    *i18n_patterns(
        path(
            "admin/password/<uidb64>/<token>/",
            PasswordResetConfirmView.as_view(
                title=_("Choose a password"),
                success_url=reverse_lazy("admin:index"),
                extra_context={"site_header": admin.site.site_header, "site_title": admin.site.site_title},
            ),
            name="password_reset_confirm",
        ),
        path("api/", include("articles.api.urls")),
        path("", include("entities.urls")),
        path("", include("articles.urls")),
        path("admin/", admin.site.urls),
        prefix_default_language=False,
    ),
]

handler400 = "articles.views.bad_request"
handler403 = "articles.views.forbidden"
handler404 = "articles.views.not_found"
