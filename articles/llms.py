"""The site in one text for language models, in the form that https://llmstxt.org describes."""

from collections.abc import Iterable, Iterator
from urllib.parse import urljoin

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from entities.decorators import require_safe
from entities.forms import QueryForm
from entities.models import KIND_PATHS, KINDS, Entity
from entities.previews import first_sentence
from entities.refusals import refused_in_plain_text
from entities.representations import escaped

from .models import Article

# What a model reads before it asks for more.
MOST_ENTITIES = 40
MOST_NARRATIVES = 5

# A name, a path and what is there.
Line = tuple[str, str, str]


@require_safe
@refused_in_plain_text
def llms(request: HttpRequest) -> HttpResponse:
    QueryForm.read(request)
    text = "\n\n".join(_parts(request.build_absolute_uri("/"))) + "\n"
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def _parts(site: str) -> Iterator[str]:
    """Write title, summary, how to read the site, and the lists of links; two queries."""
    yield f"# {_('The DeepSeek Story')}"
    yield "> " + _(
        "Who built DeepSeek, what its models are and what happened when R1 came out: every statement with its sources."
    )
    yield _(
        "Every statement is a claim with an address of its own, its sources and a verdict. The address of a record "
        "with “.md” in place of its last slash is the same page as Markdown, with “.json” as JSON-LD. Cite the address "
        "of the page, and give the verdict with the claim: what is disputed here is not a fact."
    )
    for title, lines in _sections():
        if items := [_item(line, site) for line in lines]:
            yield f"## {title}"
            yield "\n".join(items)


def _item(line: Line, site: str) -> str:
    name, path, note = line
    return f"- [{escaped(name)}]({urljoin(site, path)}){f': {note}' if note else ''}"


def _sections() -> Iterator[tuple[str, Iterable[Line]]]:
    yield _("The story"), map(_record, Article.objects.published().narratives().order_by("pk")[:MOST_NARRATIVES])
    yield _("Whom and what it is about"), map(_record, _protagonists())
    yield _("Lists"), _lists()
    yield _("Data"), _data()
    # The standard's own word for what may be left out.
    yield "Optional", [(_("About and method"), reverse("articles:about"), "")]


def _protagonists() -> list[Entity]:
    """List the entities that the site's own story has most claims about, the first first; one query."""
    told = Q(claims__citations__article__kind="narrative", claims__citations__article__status="published")
    public = Q(claims__status="published", claims__replaces=None)
    entities = Entity.objects.published().filter(told, public).annotate(told=Count("claims", distinct=True))
    return list(entities.order_by("-told", "pk")[:MOST_ENTITIES])


def _record(record: Article | Entity) -> Line:
    return str(record), f"{record.get_absolute_url().rstrip('/')}.md", escaped(first_sentence(record.summary))


def _lists() -> Iterator[Line]:
    yield _("Timeline"), reverse("entities:timeline"), _("what happened and when")
    for kind, word in KIND_PATHS.items():
        yield capfirst(str(KINDS[kind]._meta.verbose_name_plural)), reverse(f"entities:{word}"), ""
    yield _("Claims"), reverse("entities:claims"), _("everything said here, with verdict and sources")
    yield _("Articles"), reverse("articles:list"), _("the sources")
    yield _("Where sources disagree"), reverse("entities:comparisons"), _("each question with every answer")
    yield _("Tags"), reverse("articles:tags"), ""


def _data() -> Iterator[Line]:
    yield _("Open data"), reverse("articles:data"), _("the whole public base as files")
    yield "API", reverse("api:index"), _("the same, record by record, as JSON")
    yield "OpenAPI", reverse("openapi"), _("description of the API")
    yield _("What is new"), reverse("articles:feed"), _("Atom feed")
    yield _("Timeline"), reverse("articles:timeline-calendar"), _("as a calendar (iCalendar)")
    yield _("Relationships"), reverse("entities:relationships-json"), _("as a graph (JSON)")
