"""Make the first login of a new site."""

import os
import secrets
from typing import Any

from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction


class Command(BaseCommand):
    help = "Makes an editor from EDITOR_USERNAME and EDITOR_PASSWORD, unless there is any user already."

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.exists():
            return
        username = os.environ.get("EDITOR_USERNAME", "").strip() or "editor"
        given_password = os.environ.get("EDITOR_PASSWORD", "")
        password = given_password or secrets.token_urlsafe(12)

        editor = User(username=username, is_staff=True, is_superuser=True)
        editor.set_password(password)
        try:
            editor.full_clean()
        except ValidationError as error:
            raise CommandError(f"EDITOR_USERNAME: {' '.join(error.messages)}") from error
        with transaction.atomic():
            editor.save()
            editor.groups.set(Group.objects.filter(name__in=("editor", "reviewer")))

        shown = "as given in EDITOR_PASSWORD" if given_password else f"{password}  (shown only now)"
        self.stdout.write(f"Log in at /admin/ as {username}, password {shown}")
