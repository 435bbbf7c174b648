"""The timeline for programs that subscribe to it: a calendar (iCalendar, RFC 5545) and a feed (Atom, RFC 4287)."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from uuid import NAMESPACE_URL, uuid5

import icalendar
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _

from entities import edtf
from entities.decorators import require_safe
from entities.forms import QueryForm
from entities.models import Claim, Entity, Lane
from entities.querysets import ClaimQuerySet
from entities.refusals import refused_in_plain_text
from entities.representations import verdict_word

from .forms import TimelineFeedForm
from .models import Article, Citation

# An event costs a quarter of a millisecond to write; the shipped story has 67.
MOST_ENTRIES = 1_000
# A claim has the same name on every host, so that a site that moves does not double the entries of its subscribers.
NAMESPACE = "deepseek-story"
# Neither format can hold these, and a text pasted by an editor may.
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
# What most programs still read in place of the names of the standard (RFC 7986).
OLDER_NAMES = {"name": "x-wr-calname", "description": "x-wr-caldesc"}
STANCES = {
    "supports": pgettext_lazy("stance of a source that follows", "Says:"),
    "disputes": pgettext_lazy("stance of a source that follows", "Against:"),
    "context": pgettext_lazy("stance of a source that follows", "Context:"),
}

# A request, the title, the address of the page that shows the same, and the claims.
Write = Callable[[HttpRequest, str, str, ClaimQuerySet], HttpResponse]


@require_safe
@refused_in_plain_text
def timeline(request: HttpRequest, write: Write) -> HttpResponse:
    form = TimelineFeedForm.read(request)
    title = " · ".join([_("Timeline"), *form.chosen_in_words(), _("The DeepSeek Story")])
    return write(request, title, f"{reverse('entities:timeline')}{form.query}", form.claims())


@require_safe
@refused_in_plain_text
def entity_calendar(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    QueryForm.read(request)
    entity = get_object_or_404(Entity.objects.published().of_kind(kind), slug=slug)
    claims = Claim.objects.published().on_timeline().about(entity)
    return calendar(request, f"{entity} · {_('The DeepSeek Story')}", entity.get_absolute_url(), claims)


def calendar(request: HttpRequest, title: str, page: str, claims: ClaimQuerySet) -> HttpResponse:
    """Write claims as all-day events in the order of the timeline; of too many, the latest."""
    rows = list(claims.for_list().order_by("-when_earliest", "-pk")[: MOST_ENTRIES + 1])
    feed = icalendar.Calendar()
    feed.add("prodid", "-//The DeepSeek Story//Timeline//EN")
    feed.add("version", "2.0")
    for name, text in (("name", _writable(title)), ("description", _about(len(rows)))):
        feed.add(name, icalendar.vText(text))
        feed.add(OLDER_NAMES[name], icalendar.vText(text))
    feed.add("url", request.build_absolute_uri(page))
    feed.add("refresh-interval", timedelta(days=1), parameters={"VALUE": "DURATION"})
    for claim in reversed(rows[:MOST_ENTRIES]):
        feed.add_component(_event(request, claim))
    return HttpResponse(feed.to_ical(), content_type="text/calendar; charset=utf-8")


def _event(request: HttpRequest, claim: Claim) -> icalendar.Event:
    when = edtf.parse(claim.when)
    first_day, day_after = days(when)
    event = icalendar.Event()
    event.add("uid", f"{claim.slug}@{NAMESPACE}")
    event.add("dtstamp", claim.updated_at)
    event.add("dtstart", first_day)
    if day_after:
        event.add("dtend", day_after)
    event.add("summary", _title(claim, when))
    event.add("description", _writable("\n".join(_description(request, claim, when))))
    event.add("categories", [str(Lane(claim.lane).label)])
    event.add("url", request.build_absolute_uri(claim.get_absolute_url()))
    # What happened long ago keeps nobody busy.
    event.add("transp", "TRANSPARENT")
    return event


def days(when: edtf.Edtf) -> tuple[date, date | None]:
    """Give the first day of a date's event and the day after its last; None at the end of the calendar.

    A partial date spans every day that it may mean. Of an interval with an open end only the day at its other end is
    marked, because a made-up end would look like a known one.
    """
    first, last = when.earliest, when.latest
    if when.has_open_end:
        last = first
    elif when.has_open_start:
        first = last
    return first, None if last == date.max else last + timedelta(days=1)


def date_in_words(when: edtf.Edtf) -> str:
    """Word a date, with what the days of its event do not tell."""
    words = {"date": edtf.describe(when)}
    if when.has_open_end:
        return _("%(date)s (the end is open; only the first day is marked)") % words
    if when.has_open_start:
        return _("%(date)s (the beginning is open; only the last day is marked)") % words
    if _is_to_the_day(when):
        return words["date"]
    return (_("%(date)s (days not known)") if "/" in when.text else _("%(date)s (day not known)")) % words


def _is_to_the_day(when: edtf.Edtf) -> bool:
    """Tell whether each end of a date is a day and not a month, season or year."""
    return all(part.count("-") == 2 for part in re.split("[,/]", when.text))


def _is_exact(when: edtf.Edtf) -> bool:
    """Tell whether the days of its event say all that is known of a date."""
    return _is_to_the_day(when) and not re.search(r"[~?%\[]", when.text)


def _title(claim: Claim, when: edtf.Edtf | None) -> str:
    title = str(claim) if when is None or _is_exact(when) else f"{claim} – {date_in_words(when)}"
    return " ".join(_writable(title).split())


def _description(request: HttpRequest, claim: Claim, when: edtf.Edtf) -> Iterator[str]:
    """Write what a claim says, when, its verdict and its sources, line by line."""
    yield claim.sentence
    yield date_in_words(when)
    yield _verdict(claim)
    for citation in claim.citations.all():
        address = citation.article.url or request.build_absolute_uri(citation.article.get_absolute_url())
        yield f"{_source(citation)} {address}"


def _verdict(claim: Claim) -> str:
    if claim.public_verdict == "suspended":
        return _("Verdict suspended: the article changed after this review.")
    verdict = _("Verdict: %(verdict)s.") % {"verdict": verdict_word(claim)}
    return f"{verdict} {claim.public_rationale}" if claim.public_rationale else verdict


def _about(found: int) -> str:
    about = _("What happened and when, each entry a claim with its sources. Dates are as exact as the sources are.")
    if found <= MOST_ENTRIES:
        return about
    cut = _("Only the latest %(count)s entries are here; the page has them all.") % {"count": MOST_ENTRIES}
    return f"{about} {cut}"


def _writable(text: str) -> str:
    return UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def atom(request: HttpRequest, title: str, page: str, claims: ClaimQuerySet) -> HttpResponse:
    """Write claims as entries, the one that the public learnt of last first."""
    rows = _newest(claims)
    feed = start(request, title, _about(len(rows)), page)
    for claim in rows[:MOST_ENTRIES]:
        add_claim(feed, request, claim, with_day=True)
    return HttpResponse(feed.writeString("utf-8"), content_type=Atom.content_type)


def _newest(claims: ClaimQuerySet) -> list[Claim]:
    """List the newest claims, one more than fit, and last those whose day nothing tells; four queries.

    Two of them find claims, because no index serves both at once.
    """
    known = claims.with_records()
    rows = [*known.newest()[: MOST_ENTRIES + 1], *known.of_unknown_day()[: MOST_ENTRIES + 1]][: MOST_ENTRIES + 1]
    prefetch_related_objects(rows, ClaimQuerySet.evidence(), "subject__tags")
    return rows


class Atom(Atom1Feed):
    def latest_post_date(self) -> datetime:
        """Give the last change; an empty feed has its own constant day, so that it never looks new."""
        return max((item["updateddate"] for item in self.items), default=datetime.fromtimestamp(0, UTC))


def start(request: HttpRequest, title: str, subtitle: str, page: str) -> Atom:
    """Begin a feed; `page` is the path of the page that shows the same, whose query is the feed's own."""
    _path, mark, query = page.partition("?")
    address = f"{request.path}{mark}{query}"
    return Atom(
        title=_writable(title),
        subtitle=subtitle,
        description="",
        link=request.build_absolute_uri(page),
        feed_url=request.build_absolute_uri(address),
        feed_guid=_permanent_id(address),
        language=get_language(),
        author_name=_("The DeepSeek Story"),
    )


def add_claim(feed: Atom, request: HttpRequest, claim: Claim, *, with_day: bool = False) -> None:
    """Add what a claim says; needs its records, its evidence and the tags of its subject loaded.

    `with_day` tells programs when the public learnt of it, by which they then order the entries.
    """
    when = edtf.parse(claim.when) if claim.when else None
    known = claim.known_since if with_day else None
    feed.add_item(
        title=_title(claim, when),
        link=request.build_absolute_uri(claim.get_absolute_url()),
        description=_writable(_summary(request, claim, when)),
        unique_id=_permanent_id(claim.get_absolute_url()),
        pubdate=datetime.combine(known, time(), UTC) if known else None,
        updateddate=claim.updated_at,
        categories=_categories(str(Lane(claim.lane).label) if claim.lane else "", claim.subject),
    )


def add_record(feed: Atom, request: HttpRequest, record: Entity | Article, kind: str, lines: Iterable[str]) -> None:
    """Add an entity or article with some lines about it; needs its tags loaded."""
    feed.add_item(
        title=" ".join(_writable(str(record)).split()),
        link=request.build_absolute_uri(record.get_absolute_url()),
        description=_writable(format_html_join("", "<p>{}</p>", ((line,) for line in lines if line))),
        unique_id=_permanent_id(record.get_absolute_url()),
        updateddate=record.updated_at,
        categories=_categories(kind, record),
    )


def _categories(first: str, tagged: Entity | Article) -> list[str]:
    words = [first, *map(str, tagged.tags.all())]
    return list(dict.fromkeys(filter(None, map(_writable, words))))


def _summary(request: HttpRequest, claim: Claim, when: edtf.Edtf | None) -> SafeString:
    lines = filter(None, [claim.sentence, date_in_words(when) if when else "", _verdict(claim)])
    sources = format_html_join(
        "",
        '<li><a href="{}">{}</a></li>',
        (
            (request.build_absolute_uri(citation.article.get_absolute_url()), _source(citation))
            for citation in claim.citations.all()
        ),
    )
    return format_html("{}<ul>{}</ul>", format_html_join("", "<p>{}</p>", ((line,) for line in lines)), sources)


def _source(citation: Citation) -> str:
    """Write a citation in one line: its stance, who published the article, its title and where in it."""
    article = citation.article
    words = [article.source_name, article.title, citation.locator]
    return f"{STANCES[citation.stance]} {' – '.join(filter(None, words))}"


def _permanent_id(path: str) -> str:
    """Make the name of a feed or an entry, the same on every host that serves the story."""
    return uuid5(NAMESPACE_URL, f"{NAMESPACE}:{path}").urn
