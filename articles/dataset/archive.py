"""The published part of the story files as one archive, written while it is sent."""

import io
from collections.abc import Iterable, Iterator
from itertools import chain
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from articles.models import Article, Revision
from articles.story import markup
from articles.story.fields import Record
from articles.story.files import HEADING, TEXTS, order, text_content, text_name, without_words
from articles.story.published import Published, public
from articles.story.shapes import FILES, SHAPES, Shape
from articles.tags import public_tags

from .reading import by_key

# The archive depends on its content alone, so its files have no time of their own: this is the first that ZIP knows.
NO_TIME = (1980, 1, 1, 0, 0, 0)
FOLDER = "story"


class _Pipe(io.RawIOBase):
    """What is written comes out again by `taken`."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: object) -> int:
        self._pieces.append(bytes(piece))  # type: ignore[call-overload]
        return len(self._pieces[-1])

    def taken(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def as_archive() -> Iterator[bytes]:
    """Write the four files, then the texts of articles that readers may see whole."""
    pipe = _Pipe()
    with ZipFile(pipe, "w") as archive:
        for name, pieces in _files():
            info = ZipInfo(f"{FOLDER}/{name}", NO_TIME)
            info.compress_type, info.external_attr = ZIP_DEFLATED, 0o644 << 16
            with archive.open(info, "w", force_zip64=True) as file:
                for piece in pieces:
                    file.write(piece.encode())
                    yield pipe.taken()
    yield pipe.taken()


def _files() -> Iterator[tuple[str, Iterable[str]]]:
    for file in FILES:
        yield file, _file(file)
    texts = Revision.objects.filter(article__in=Article.objects.published().filter(rights=Article.Rights.WHOLE))
    rows = texts.order_by("article_id", "language", "number").values_list("article__slug", "language", "number", "text")
    for slug, language, number, text in rows.iterator(chunk_size=1):
        yield f"{TEXTS}/{text_name(slug, {'language': language, 'number': number})}", [text_content(text)]


def _file(file: str) -> Iterator[str]:
    yield HEADING
    for shape in SHAPES:
        if shape.file == file:
            yield from _section(shape)


def _section(shape: Shape) -> Iterator[str]:
    """Write a section step by step, in the same bytes as at once: only the first one names it."""
    head = f"{shape.section}:\n"
    is_first = True
    for records in _records(shape):
        text = markup.dump({shape.section: [without_words(record) for record in records]})
        yield text if is_first else text.removeprefix(head)
        is_first = False
    if is_first:
        yield markup.dump({shape.section: []})


def _records(shape: Shape) -> Iterator[list[Record]]:
    steps = by_key(public_tags() if shape.name == "tag" else public(shape), shape.key)
    records = (Published(shape, pks).read() for pks in steps)
    if shape.name == "property":
        # Pages show the vocabulary in an order of its own; it is short.
        yield sorted(chain.from_iterable(records), key=lambda record: order(shape, record))
    else:
        yield from records
