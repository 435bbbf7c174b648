"""The four files in their folder, and the texts of articles beside them: read as a story, written from one."""

import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from articles.text import TextError, normalise

from . import markup
from .checks import Story, check, check_sections
from .fields import Record
from .problems import Problem, StoryError
from .shapes import ARTICLES, FILES, SHAPES, Shape

HEADING = "# Part of the story; docs/data.md explains each field. `manage.py export_story` writes this file.\n"
TEXTS = "texts"
# What may stand in the name of a file: the slug of an article and the tag of a language.
NAME = re.compile(r"[\w-]+")


def read(folder: Path) -> Story:
    """Read and check the files of a folder.

    Raises:
        StoryError: with all that is wrong in them; the records are looked at once every file can be read.
    """
    if not folder.is_dir():
        raise StoryError([Problem(str(folder), "", "", "there is no such folder")])
    problems: list[Problem] = []
    contents: dict[str, Any] = {}
    for file in FILES:
        try:
            contents[file] = markup.parse((folder / file).read_bytes().decode("utf-8-sig"))
        except FileNotFoundError:
            problems.append(Problem(file, "", "", "the file is missing"))
        except OSError as error:
            problems.append(Problem(file, "", "", f"cannot be read: {error.strerror}"))
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            problems.append(Problem(file, "", "", f"line {line}: is not UTF-8"))
        except markup.MarkupError as error:
            problems.append(Problem(file, "", "", str(error)))
    check_sections(contents, problems)
    if not problems:
        _read_texts(folder, contents[ARTICLES], problems)
    if problems:
        raise StoryError(problems)
    story = check(contents, problems)
    if problems:
        raise StoryError(sorted(problems, key=lambda problem: FILES.index(problem.file)))
    return story


def _read_texts(folder: Path, articles: dict[str, Any], problems: list[Problem]) -> None:
    """Put the words of each text into its record, as the field `text`."""
    named = set()
    for slug, entry in _texts(articles):
        name = text_name(slug, entry)
        named.add(name)
        if "text" in entry:
            problems.append(Problem(ARTICLES, slug, "texts", f"the words stand in {TEXTS}/{name}"))
        try:
            entry["text"] = normalise((folder / TEXTS / name).read_bytes().decode("utf-8-sig"))
        except OSError:
            problems.append(Problem(f"{TEXTS}/{name}", "", "", "the file is missing"))
        except UnicodeDecodeError:
            problems.append(Problem(f"{TEXTS}/{name}", "", "", "is not UTF-8"))
        except TextError as error:
            problems.append(Problem(f"{TEXTS}/{name}", "", "", str(error)))
    for path in sorted((folder / TEXTS).glob("*")):
        if path.name not in named:
            problems.append(Problem(f"{TEXTS}/{path.name}", "", "", f"no article in {ARTICLES} has this text"))


def _texts(articles: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Walk through the texts of raw or canonical articles that can be the name of a file, with the article's slug."""
    records = articles.get("articles")
    for record in records if isinstance(records, list) else ():
        texts = record.get("texts") if isinstance(record, dict) else None
        for entry in texts if isinstance(texts, list) else ():
            parts = [record.get("slug"), entry.get("language"), entry.get("number")] if isinstance(entry, dict) else []
            if parts and all(NAME.fullmatch(str(part)) for part in parts):
                yield record["slug"], entry


def text_name(slug: str, entry: Record) -> str:
    return f"{slug}.{entry['language']}.{entry['number']}.txt"


def text_content(text: str) -> str:
    """Give what the file of a text holds."""
    return text.replace("\n", "\n\n") + "\n"


def write(folder: Path, story: Story) -> None:
    """Write a story as files that depend on its content alone: records sorted, fields in the order of their shape.

    Each file is replaced whole, so that an interruption leaves no half of one.

    Raises:
        OSError: the folder cannot be made or written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    texts = {}
    for file in FILES:
        sections = {
            shape.section: sorted(story[shape.name].values(), key=lambda record: order(shape, record))
            for shape in SHAPES
            if shape.file == file
        }
        if file == ARTICLES:
            texts = {text_name(slug, entry): entry["text"] for slug, entry in _texts(sections)}
            sections = sections | {"articles": [without_words(record) for record in sections["articles"]]}
        _write_file(folder / file, HEADING + markup.dump(sections))
    if texts:
        (folder / TEXTS).mkdir(exist_ok=True)
    for name, text in texts.items():
        _write_file(folder / TEXTS / name, text_content(text))
    for path in (folder / TEXTS).glob("*"):
        if path.name not in texts:
            path.unlink()


def _write_file(path: Path, content: str) -> None:
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(descriptor, "w", encoding="utf-8", newline="\n") as target:
            target.write(content)
        os.chmod(draft, 0o644)
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise


def without_words(article: Record) -> Record:
    """Leave out what stands in files of its own."""
    if "texts" not in article:
        return article
    kept = [{name: value for name, value in entry.items() if name != "text"} for entry in article["texts"]]
    return article | {"texts": kept}


def order(shape: Shape, record: Record) -> tuple[int, str]:
    """Sort the vocabulary as pages show it, anything else by its key."""
    return (record["order"] if shape.name == "property" else 0, record[shape.key])
