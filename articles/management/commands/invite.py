"""Invite a person to the editors' desk, or let one choose a new password."""

import argparse
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from .serve import bracketed

# A reviewer does all that an editor does.
ROLES = {"editor": ["editor"], "reviewer": ["editor", "reviewer"]}


def likely_site() -> str:
    """Guess where people reach the site: behind a proxy, and where it listens everywhere, by its first allowed host."""
    allowed = settings.ALLOWED_HOSTS[0].removeprefix(".")
    if settings.HTTPS:
        return f"https://{allowed}"
    host = allowed if settings.HOST in ("0.0.0.0", "::") else bracketed(settings.HOST)
    return f"http://{host}:{settings.PORT}"


def check_site(site: str) -> None:
    """Raise CommandError when no link could begin so."""
    try:
        parts = urlsplit(site)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and "*" not in site
    except ValueError:
        is_address = False
    if not is_address:
        raise CommandError(f"--site must be an address such as https://story.example, not “{site}”.")


class Command(BaseCommand):
    help = "Print a link, good for one use, with which a person chooses a password; no mail is sent."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("name", help="the name to log in with")
        parser.add_argument("--role", choices=list(ROLES), help="needed for a new person; changes that of a known one")
        parser.add_argument("--site", default=likely_site(), help="where people reach the site, by default %(default)s")

    def handle(self, *args: Any, name: str, role: str | None, site: str, **options: Any) -> None:
        check_site(site)
        user = User.objects.filter(username=name).first() or self.new_user(name, role)
        if not user.is_active:
            raise CommandError(f"{name} is no longer active.")
        if role:
            user.groups.set(Group.objects.filter(name__in=ROLES[role]))
        token = default_token_generator.make_token(user)
        path = reverse("password_reset_confirm", args=[urlsafe_base64_encode(force_bytes(user.pk)), token])
        days = settings.PASSWORD_RESET_TIMEOUT // (24 * 60 * 60)
        self.stdout.write(f"{name} chooses a password here, once and within {days} days:\n{site.rstrip('/')}{path}")

    def new_user(self, name: str, role: str | None) -> User:
        """Make a user who has no password yet and cannot log in without the link."""
        if role is None:
            raise CommandError(f"There is no {name} yet: give a role, --role editor or --role reviewer.")
        user = User(username=name, is_staff=True)
        user.set_unusable_password()
        try:
            user.full_clean()
        except ValidationError as error:
            raise CommandError(f"The name “{name}” cannot be used: {' '.join(error.messages)}") from error
        user.save()
        return user
