"""The files of the open data by name, and how they are sent, or written into a folder."""

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path

from . import archive, package, writing
from .reading import snapshot
from .tables import ARTICLES, CLAIMS, ENTITIES, PROPERTIES, TABLES, TAG_TABLE, UNITS, Table

LINES = (CLAIMS, ENTITIES, ARTICLES, PROPERTIES, UNITS, TAG_TABLE)
Pieces = Callable[[str], Iterable[str | bytes]]


@dataclass(frozen=True)
class File:
    """A file; `pieces` writes it for a site, and `table` is what it holds, where it holds one."""

    name: str
    content_type: str
    pieces: Pieces
    table: Table | None = None

    @property
    def media_type(self) -> str:
        return self.content_type.partition(";")[0]


def _of(table: Table, end: str, content_type: str, write: Callable[[Table, str], Iterator[str]]) -> File:
    return File(f"{table.name}.{end}", content_type, partial(write, table), table)


FILES = {
    file.name: file
    for file in chain(
        (_of(table, "jsonl", "application/jsonl; charset=utf-8", writing.as_lines) for table in LINES),
        (_of(table, "csv", "text/csv; charset=utf-8", writing.as_csv) for table in TABLES),
        [
            File("datapackage.json", "application/json", package.as_datapackage),
            File("README.md", "text/markdown; charset=utf-8", package.as_readme),
            File("relationships.graphml", "application/graphml+xml", writing.as_graphml),
            File("story.zip", "application/zip", lambda site: archive.as_archive()),
        ],
    )
}


def export(folder: Path, site: str, say: Callable[[str, int], None]) -> None:
    """Write all files into a folder, each replaced whole and all of one moment; `say` hears a name and bytes so far.

    Raises:
        OSError: the folder cannot be made or written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with snapshot():
        for file in FILES.values():
            _write(folder / file.name, file.pieces(site), lambda size, name=file.name: say(name, size))  # type: ignore[misc]


def _write(path: Path, pieces: Iterable[str | bytes], say: Callable[[int], None]) -> None:
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(descriptor, "wb") as target:
            for piece in pieces:
                target.write(piece if isinstance(piece, bytes) else piece.encode())
                say(target.tell())
        os.chmod(draft, 0o644)
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise
