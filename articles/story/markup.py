"""The YAML of the story files: a strict reader that knows its lines, and the one writer."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import yaml

# Ten times faster than PyYAML's own Python, which takes its place where it was installed without its C part. Writing
# is left to the Python, since the two differ in the bytes they write beyond the basic plane.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

WIDTH = 110
# A line of this length still fits beside its name and indentation; longer prose is folded below its name.
LONGEST_ON_ITS_LINE = 88
# YAML takes them for the end of a line, so they are written as escapes.
BREAKS = re.compile("[\r\x85\u2028\u2029]")
# The files nest six levels; anything beyond is a slip, or meant to exhaust the reader.
MAX_DEPTH = 12


class MarkupError(ValueError):
    """A text is not YAML as the story files use it; the message says where and why, on one line."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")


class Mapping(dict[str, Any]):
    """A mapping of a file; `line` is where it starts, counted from 1."""

    line: int = 0


def parse(text: str) -> Any:
    """Read a text into mappings, lists, strings, and None for an empty or null entry.

    Numbers and dates stay strings: what a field holds is for the field to say, so that `no`, `1.10` and `2025-01-20`
    mean what they look like. Aliases, tags and repeated keys are refused.

    Raises:
        MarkupError: for the first thing that is wrong.
    """
    try:
        events = yaml.parse(text, Loader=_Loader)
        content = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if content is not None:
                    raise _error(event, "a second document starts")
                content = _build(next(events), events, 0)
        return content
    except yaml.MarkedYAMLError as error:
        # The end of the text may count as a line of its own.
        line = min(error.problem_mark.line, text.count("\n")) + 1 if error.problem_mark else 1
        raise MarkupError(line, error.problem or "is not YAML") from error
    except yaml.reader.ReaderError as error:
        # Its position counts bytes or characters, by implementation; the character itself is found again.
        line = text.count("\n", 0, text.find(chr(int(error.character)))) + 1
        raise MarkupError(line, f"character U+{int(error.character):04X} is not allowed") from error


def _build(event: Any, events: Iterator[Any], depth: int) -> Any:
    if isinstance(event, yaml.AliasEvent) or event.anchor:
        raise _error(event, "anchors and aliases (& and *) are not used here; put the text in quotes")
    if event.tag not in (None, "!"):
        raise _error(event, "tags (!) are not used here; put the text in quotes")
    if depth > MAX_DEPTH:
        raise _error(event, "nested too deeply")
    if isinstance(event, yaml.ScalarEvent):
        is_plain = event.implicit[0]
        return None if is_plain and event.value in ("", "~", "null") else event.value
    if isinstance(event, yaml.SequenceStartEvent):
        items = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(_build(event, events, depth + 1))
        return items
    mapping = Mapping()
    mapping.line = event.start_mark.line + 1
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        key = _build(event, events, depth + 1)
        if not isinstance(key, str):
            raise _error(event, "a field needs a name")
        if key in mapping:
            raise _error(event, f"“{key}” is given twice")
        mapping[key] = _build(next(events), events, depth + 1)
    return mapping


def _error(event: Any, reason: str) -> MarkupError:
    return MarkupError(event.start_mark.line + 1, reason)


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None
    if BREAKS.search(text):
        style = '"'
    elif "\n" in text:
        style = "|"
    elif len(text) > LONGEST_ON_ITS_LINE and " " in text and "  " not in text:
        # A fold between two spaces would leave one at the end of a line, where editors strip it.
        style = ">"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _represent_number(dumper: yaml.SafeDumper, number: Decimal) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:float", format(number, "f"))


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(Decimal, _represent_number)


def dump(content: Any) -> str:
    """Write content as YAML that depends on nothing but the content; every YAML 1.1 and 1.2 reader reads it alike."""
    text: str = yaml.dump(
        content, Dumper=_Dumper, width=WIDTH, allow_unicode=True, sort_keys=False, default_flow_style=False
    )
    return text
