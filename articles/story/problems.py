"""What can be wrong with the story files, and where."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing to mend; `str()` gives it as one line, with the parts of the place that are known."""

    file: str
    record: str
    field: str
    reason: str

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.file, self.record, self.field) if part)
        return f"{place}: {self.reason}" if place else self.reason


class StoryError(Exception):
    """The files cannot be imported; `problems` is all that was found, in the order of the files."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(map(str, self.problems)))

    @property
    def rejected(self) -> int:
        """Count the records that have a problem of their own."""
        return len({(problem.file, problem.record) for problem in self.problems if problem.record})


@dataclass(frozen=True)
class Place:
    """A value's place in the files, where its problems are noted.

    `value_types` maps each property of the vocabulary to its type of value, since a claim's value depends on it.
    """

    problems: list[Problem]
    file: str
    record: str = ""
    field: str = ""
    value_types: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def at(self, name: str | int) -> "Place":
        """Go into a field, or into an entry of a list, counted from 1."""
        return dataclasses.replace(self, field=f"{self.field}.{short(name)}" if self.field else short(name))

    def bad(self, reason: str) -> None:
        self.problems.append(Problem(self.file, self.record, self.field, reason))


def short(value: object) -> str:
    """Repeat what a file says, short and on one line, whatever it holds."""
    words = " ".join(str(value).split())
    words = words if len(words) <= 60 else words[:59] + "…"
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in words)


def shown(value: object) -> str:
    """Quote what a file says."""
    return f"“{short(value)}”"
