"""The strict readers refuse what other programs may stumble over."""

import pytest

from tests.strict import check_atom, check_calendar

EVENT = """BEGIN:VEVENT
UID:a@b
DTSTAMP:20250101T000000Z
DTSTART;VALUE=DATE:20250101
DTEND;VALUE=DATE:20250102
SUMMARY:One\\, two
URL:http://testserver/a/
END:VEVENT
"""
CALENDAR = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//EN\n{EVENT}END:VCALENDAR\n"
ENTRY = (
    '<entry><id>urn:b</id><title>B</title><updated>2025-01-01T00:00:00Z</updated><link rel="alternate" href="http://b/"/>'
    "</entry>"
)
FEED = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:a</id><title>A</title><updated>2025-01-01T00:00:00Z</updated>'
    '<link rel="alternate" href="http://a/"/><link rel="self" href="http://a/f"/><author><name>N</name></author>'
    f"{ENTRY}</feed>"
)


def test_a_right_calendar_and_feed_pass() -> None:
    assert len(check_calendar(CALENDAR.replace("\n", "\r\n").encode())) == 1
    assert len(check_atom(FEED.encode())) == 1


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("UID:a@b\n", ""),
        ("DTEND;VALUE=DATE:20250102", "DTEND;VALUE=DATE:20250101"),
        ("DTSTART;VALUE=DATE:20250101", "DTSTART:20250101T000000Z"),
        ("SUMMARY:One\\, two", "SUMMARY:One, two"),
        ("SUMMARY:One\\, two", "SUMMARY:One\\, two" * 8),
        ("SUMMARY:One\\, two", "SUMMARY:One\x07"),
        ("SUMMARY:One", "SUMMARY:One\r"),
        ("VERSION:2.0\n", ""),
        ("END:VEVENT\n", ""),
        (EVENT, EVENT * 2),
        ("URL:http://testserver/a/", "URL:/a/"),
    ],
)
def test_a_wrong_calendar_is_refused(right: str, wrong: str) -> None:
    assert right in CALENDAR
    with pytest.raises((AssertionError, ValueError)):
        check_calendar(CALENDAR.replace(right, wrong).replace("\n", "\r\n").encode())


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("<id>urn:b</id>", ""),
        ("<id>urn:b</id>", "<id>urn:a</id>"),
        ("<title>B</title>", "<title/>"),
        ("<updated>2025-01-01T00:00:00Z</updated>", "<updated>2025-01-01</updated>"),
        ('<link rel="self" href="http://a/f"/>', ""),
        ("<author><name>N</name></author>", ""),
        ('href="http://b/"', 'href="/b/"'),
        ("</feed>", ""),
    ],
)
def test_a_wrong_feed_is_refused(right: str, wrong: str) -> None:
    assert right in FEED
    with pytest.raises((AssertionError, SyntaxError)):
        check_atom(FEED.replace(right, wrong).encode())
