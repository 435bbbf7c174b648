"""The story as files: reviewable YAML, read, checked and saved, or written from the database. Nothing here prints.

`read(folder)` gives the checked content of four files, `import_story(folder)` brings the database in line with it and
says what it did, `export_story(folder)` writes the same files from the database. All that is wrong with files is one
`StoryError`, whose `problems` name file, record, field and reason.

markup      the YAML: a strict reader, the one writer
fields      what a field may hold, and in which columns
shapes      the six types of record
checks      what must hold within and between records
files       the folder
values      texts, lists and numbers as the files write them
stored      the database as records, and back
importing   what an import does with what people have changed
"""

from .checks import Story
from .files import read, write
from .importing import Counts, Kept, Report, export_story, import_story
from .problems import Problem, StoryError

__all__ = [
    "Counts",
    "Kept",
    "Problem",
    "Report",
    "Story",
    "StoryError",
    "export_story",
    "import_story",
    "read",
    "write",
]
