"""The four files in their folder: read as a story, written from one."""

import os
import tempfile
from pathlib import Path
from typing import Any

from . import markup
from .checks import Story, check, check_sections
from .fields import Record
from .problems import Problem, StoryError
from .shapes import FILES, SHAPES, Shape

HEADING = "# Part of the story; docs/data.md explains each field. `manage.py export_story` writes this file.\n"


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
    if problems:
        raise StoryError(problems)
    story = check(contents, problems)
    if problems:
        raise StoryError(sorted(problems, key=lambda problem: FILES.index(problem.file)))
    return story


def write(folder: Path, story: Story) -> None:
    """Write a story as files that depend on its content alone: records sorted, fields in the order of their shape.

    Each file is replaced whole, so that an interruption leaves no half of one.

    Raises:
        OSError: the folder cannot be made or written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for file in FILES:
        sections = {
            shape.section: sorted(story[shape.name].values(), key=lambda record: _order(shape, record))
            for shape in SHAPES
            if shape.file == file
        }
        descriptor, draft = tempfile.mkstemp(dir=folder, prefix=f".{file}.")
        try:
            with open(descriptor, "w", encoding="utf-8", newline="\n") as target:
                target.write(HEADING + markup.dump(sections))
            os.chmod(draft, 0o644)
            os.replace(draft, folder / file)
        except BaseException:
            os.unlink(draft)
            raise


def _order(shape: Shape, record: Record) -> tuple[int, str]:
    """Sort the vocabulary as pages show it, anything else by its key."""
    return (record["order"] if shape.name == "property" else 0, record[shape.key])
