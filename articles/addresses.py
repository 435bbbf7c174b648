"""Which record an address names, when nothing has the slug in it any more."""

from typing import Any

from django.http import HttpRequest

from entities.models import KIND_PATHS, Claim, Entity

from .models import Article

# What the slug names, by the word before it in the address.
RECORDS: dict[str, Any] = dict.fromkeys([*KIND_PATHS.values(), "entities"], Entity)
RECORDS |= {"claims": Claim, "articles": Article}


def moved_to(request: HttpRequest) -> str | None:
    """Give the address that a page of a renamed or merged record has now; None for any other page.

    It keeps language, form and query of the address asked for. Costs one query for an address with a slug.
    """
    match = request.resolver_match
    word = next((part for part in request.path_info.split("/") if part in RECORDS), "")
    if not match or not word or "slug" not in match.kwargs or request.method not in ("GET", "HEAD"):
        return None
    record = RECORDS[word].objects.published().filter(former_slugs__slug=match.kwargs["slug"]).first()
    if record is None:
        return None
    before, _slug, form = request.get_full_path().partition(f"/{word}/{match.kwargs['slug']}")
    return f"{before}/{word}/{record.slug}{form}"
