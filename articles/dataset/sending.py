"""A file of the open data as the answer to a request."""

from collections.abc import Iterator
from functools import cache as once
from hashlib import sha256

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from articles import edition
from articles.models import Edition

from .files import File
from .reading import snapshot

CODE = ("articles", "entities", "config/locale")


def answer(request: HttpRequest, file: File) -> HttpResponseBase:
    """Send a file while it is written, or the word that the reader's copy is still the same.

    Whoever keeps a copy asks each time, which costs one query. The edition is read before the content, so that a name
    may stand for something newer, but never for something older.
    """
    present = edition.current()
    headers = {
        "Content-Disposition": f'attachment; filename="{file.name}"',
        "Cache-Control": "public, no-cache",
        # Other sites may read it in a browser; the policy of all else is same-origin.
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Access-Control-Allow-Origin": "*",
    }
    response: HttpResponseBase | None = None
    if present:
        headers["ETag"] = f'W/"{present.name}-{code()}"'
        # For people: within one second a base can change twice, so nothing is decided by it.
        headers["Last-Modified"] = http_date(present.changed_at.timestamp())
        response = get_conditional_response(request, etag=headers["ETag"])
    if response is None:
        pieces = _measured(content(file, request.build_absolute_uri("/")), size_key(present, file) if present else "")
        # Whoever asks for the head alone must not have the body written.
        response = StreamingHttpResponse(pieces if request.method == "GET" else (), content_type=file.content_type)
    for name, value in headers.items():
        response[name] = value
    return response


def content(file: File, site: str) -> Iterator[bytes]:
    """Write a file piece by piece, as the base is when the first is asked for; `site` begins its addresses."""
    with snapshot():
        for piece in file.pieces(site):
            yield piece if isinstance(piece, bytes) else piece.encode()


def size_key(present: Edition, file: File) -> str:
    """Name what the cache knows of the size of a file."""
    return f"data-size-{present.name}-{file.name}"


def _measured(pieces: Iterator[bytes], key: str) -> Iterator[bytes]:
    """Pass a file on, and remember its size once it was sent whole."""
    size = 0
    for piece in pieces:
        size += len(piece)
        yield piece
    if key:
        cache.set(key, size, timeout=None)


@once
def code() -> str:
    """Name the code that writes the files, which an update changes and no edition tells."""
    paths = sorted(path for folder in CODE for path in (settings.BASE_DIR / folder).rglob("*.[mp][oy]"))
    return sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:8]
