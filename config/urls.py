"""Every address: English without a prefix, French under /fr/."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.auth.views import PasswordResetConfirmView
from django.urls import include, path, reverse_lazy
from django.utils.translation import gettext_lazy as _

urlpatterns = i18n_patterns(
    path(
        "admin/password/<uidb64>/<token>/",
        PasswordResetConfirmView.as_view(
            title=_("Choose a password"),
            success_url=reverse_lazy("admin:index"),
            extra_context={"site_header": admin.site.site_header, "site_title": admin.site.site_title},
        ),
        name="password_reset_confirm",
    ),
    path("", include("entities.urls")),
    path("", include("articles.urls")),
    path("admin/", admin.site.urls),
    prefix_default_language=False,
)

handler400 = "articles.views.bad_request"
handler403 = "articles.views.forbidden"
handler404 = "articles.views.not_found"
