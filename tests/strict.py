"""Readers that forgive nothing: a calendar (RFC 5545), a feed (RFC 4287), each read twice, a Link header (RFC 8288)."""

import re
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import unquote

import feedparser
import icalendar

NAME = r"[A-Za-z0-9-]+"
PARAMETER = rf'{NAME}=(?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*'
CONTENT_LINE = re.compile(rf"(?P<name>{NAME})(?P<parameters>(?:;{PARAMETER})*):(?P<value>.*)")
# In a text, these stand behind a backslash, and a backslash before nothing else.
ESCAPED_TEXT = re.compile(r"(?:[^\\;,]|\\[\\;,nN])*")
TEXTS = {"NAME", "X-WR-CALNAME", "X-WR-CALDESC", "DESCRIPTION", "SUMMARY"}
ATOM = "{http://www.w3.org/2005/Atom}"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
ABSOLUTE_ADDRESS = re.compile(r"https?://[^\s<>\"]+")

# RFC 3986: what an address may be made of, a percent sign only before two digits.
URI = re.compile(r"https?://(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+")
# RFC 8288: a target and its parameters, each value a quoted string or, with a star, UTF-8 behind percent signs.
LINK_PARAMETER = (
    r'[ \t]*;[ \t]*(?:(?P<name>[a-z-]+)="(?P<quoted>(?:[\t !#-\[\]-~]|\\[\t -~])*)"'
    r"|(?P<starred>[a-z-]+)\*=UTF-8''(?P<encoded>(?:[A-Za-z0-9!#$&+.^_`|~-]|%[0-9A-Fa-f]{2})*))"
)
LINK_VALUE = re.compile(rf"<(?P<target>[^>]*)>(?P<parameters>(?:{re.sub('P<[a-z]+>', ':', LINK_PARAMETER)})+)")


@dataclass
class Component:
    name: str
    lines: list[re.Match[str]] = field(default_factory=list)
    parts: "list[Component]" = field(default_factory=list)

    def values(self, name: str) -> list[str]:
        return [line["value"] for line in self.lines if line["name"] == name]

    def value(self, name: str) -> str:
        (value,) = self.values(name)
        return value


def check_calendar(body: bytes) -> list[icalendar.Event]:
    """Hold a calendar against its grammar, and give its events as a second, independent reader understands them."""
    calendar = _read_component(_content_lines(body))
    assert calendar.name == "VCALENDAR"
    assert calendar.value("VERSION") == "2.0"
    assert calendar.value("PRODID")
    for event in calendar.parts:
        counts = Counter(line["name"] for line in event.lines)
        assert event.name == "VEVENT"
        assert {name: counts[name] for name in ("UID", "DTSTAMP", "DTSTART")} == {"UID": 1, "DTSTAMP": 1, "DTSTART": 1}
        assert all(counts[name] <= 1 for name in ("SUMMARY", "DESCRIPTION", "URL", "DTEND", "TRANSP"))
        assert re.fullmatch(r"\d{8}T\d{6}Z", event.value("DTSTAMP"))
        assert ABSOLUTE_ADDRESS.fullmatch(event.value("URL"))
        days = [line for line in event.lines if line["name"] in ("DTSTART", "DTEND")]
        assert {line["parameters"] for line in days} == {";VALUE=DATE"}
        assert all(re.fullmatch(r"\d{8}", line["value"]) for line in days)
        assert event.values("DTEND") == [] or event.value("DTEND") > event.value("DTSTART")
    names = [event.value("UID") for event in calendar.parts]
    assert len(names) == len(set(names))
    parsed = icalendar.Calendar.from_ical(body)
    assert not parsed.errors
    assert not any(event.errors for event in parsed.events)
    assert [str(event["UID"]) for event in parsed.events] == names
    return parsed.events


def _content_lines(body: bytes) -> list[re.Match[str]]:
    """Unfold the lines of a calendar."""
    assert body.endswith(b"\r\n")
    folded = body.removesuffix(b"\r\n").split(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line for line in folded)
    assert max(map(len, folded)) <= 75
    # Each line by itself, since a letter must not be torn apart.
    text = "\n".join(line.decode() for line in folded).replace("\n ", "")
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text)
    lines = [CONTENT_LINE.fullmatch(line) for line in text.split("\n")]
    found = [line for line in lines if line]
    assert len(found) == len(lines)
    assert all(ESCAPED_TEXT.fullmatch(line["value"]) for line in found if line["name"] in TEXTS)
    return found


def _read_component(lines: list[re.Match[str]]) -> Component:
    """Nest the components; there is one at the top."""
    top = Component("")
    open_ones = [top]
    for line in lines:
        if line["name"] == "BEGIN":
            part = Component(line["value"])
            open_ones[-1].parts.append(part)
            open_ones.append(part)
        elif line["name"] == "END":
            assert open_ones.pop().name == line["value"]
        else:
            open_ones[-1].lines.append(line)
    assert open_ones == [top]
    (component,) = top.parts
    return component


def check_atom(body: bytes) -> list[ET.Element]:
    """Hold a feed against what the standard requires, have a second reader take it, and give its entries."""
    root = ET.fromstring(body)
    assert root.tag == f"{ATOM}feed"
    assert root.findtext(f"{ATOM}author/{ATOM}name")
    assert [link.get("href") for link in root.findall(f"{ATOM}link") if link.get("rel") == "self"]
    entries = root.findall(f"{ATOM}entry")
    for element in [root, *entries]:
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1
            assert element.findtext(f"{ATOM}{name}")
        alternates = [link.get("href", "") for link in element.findall(f"{ATOM}link") if link.get("rel") == "alternate"]
        assert len(alternates) == 1
        assert ABSOLUTE_ADDRESS.fullmatch(alternates[0])
        moments = [*element.findall(f"{ATOM}updated"), *element.findall(f"{ATOM}published")]
        assert all(MOMENT.fullmatch(moment.text or "") for moment in moments)
    assert all(len(entry.findall(f"{ATOM}{name}")) <= 1 for entry in entries for name in ("published", "summary"))
    assert all(category.get("term") for category in root.iter(f"{ATOM}category"))
    names = [element.findtext(f"{ATOM}id") or "" for element in [root, *entries]]
    assert all(re.fullmatch(r"[a-z][a-z0-9+.-]*:\S+", name) for name in names)
    assert len(names) == len(set(names))
    read = feedparser.parse(body)
    assert not read.bozo
    assert [entry.id for entry in read.entries] == names[1:]
    return entries


def check_links(value: str) -> list[dict[str, str]]:
    """Hold a Link header against its grammar, and give its links, each with its target as `href`, in their order."""
    found, place = [], 0
    while place < len(value):
        link = LINK_VALUE.match(value, place)
        assert link, value[place:]
        assert URI.fullmatch(link["target"])
        read = {"href": link["target"]}
        for parameter in re.finditer(LINK_PARAMETER, link["parameters"]):
            name = parameter["name"] or parameter["starred"]
            assert name not in read
            quoted = re.sub(r"\\(.)", r"\1", parameter["quoted"] or "")
            read[name] = quoted if parameter["name"] else unquote(parameter["encoded"], errors="strict")
        assert read["rel"]
        found.append(read)
        place = link.end()
        if place < len(value):
            assert value.startswith(", ", place), value[place:]
            place += 2
    return found
