"""Who says it: articles, citations, and the site's own pages."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = _("The sources")

    def ready(self) -> None:
        from . import edition

        pre_migrate.connect(edition.unwatch, sender=self)
        post_migrate.connect(edition.watch, sender=self)
