"""Which record an address names, when nothing has the slug in it any more, or something of another kind."""

from typing import Any

from django.http import HttpRequest

from entities import addresses
from entities.models import KIND_PATHS, Claim, Entity

from .models import Article

# What the slug names, by the word before it in the address.
RECORDS: dict[str, Any] = dict.fromkeys([*KIND_PATHS.values(), "entities"], Entity)
RECORDS |= {"claims": Claim, "articles": Article}


def moved_to(request: HttpRequest) -> str | None:
    """Give the address that a page of a renamed, merged or otherwise filed record has now; None for any other page.

    It keeps language, form and query of the address asked for. Costs two queries at most for an address with a slug.
    """
    match = request.resolver_match
    word = next((part for part in request.path_info.split("/") if part in RECORDS), "")
    if not match or not word or "slug" not in match.kwargs or request.method not in ("GET", "HEAD"):
        return None
    record = addresses.find(RECORDS[word].objects.published(), match.kwargs["slug"])
    if record is None:
        return None
    asked = f"/{word}/{match.kwargs['slug']}"
    present = f"/{KIND_PATHS[record.kind] if word in KIND_PATHS.values() else word}/{record.slug}"
    before, _asked, form = request.get_full_path().partition(asked)
    return f"{before}{present}{form}" if present != asked else None
