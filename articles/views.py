"""The pages of articles, and the site's own: front page, about, errors."""

import re
from collections.abc import Collection
from functools import wraps
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from entities import cards, keyset, prose, responses, storyline
from entities.decorators import View, require_safe
from entities.dossier import prose_claims, prose_entities, questions
from entities.forms import QueryForm
from entities.models import KIND_PATHS, KINDS, Claim, Entity
from entities.querysets import EDITORS, READERS, ClaimQuerySet
from entities.refusals import refused_in_json, refused_in_plain_text
from entities.representations import CONTEXT, as_script
from entities.tables import answer, whole

from . import annotations, cite, coverage, dataset, previews, reading, representations, results, search, tables
from .forms import ArticleListForm, ArticleTableForm, SearchForm, SuggestForm, TextPlaceForm
from .marks import Mark
from .marks import render as marked
from .models import Article, Citation, Revision
from .querysets import CitationQuerySet
from .text import typeset

PAGE_SIZE = 60
MOST_CITATIONS = 300
MOST_ANNOTATIONS = 2_000
MOST_QUESTIONS = 9
# Among so many rival answers the questions are looked for.
MOST_CONTESTED = 60
NEWEST = 6
HITS = 20
SUGGESTIONS = 8


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    QueryForm.read(request)
    story = Article.objects.published().narratives().order_by("pk").first()
    paragraph = story.summary if story else ""
    claims = Claim.objects.published()
    linked = prose_claims(paragraph, claims, others=storyline.FESTIVALS)
    context = {
        "story": story,
        "paragraph": prose.render(paragraph, linked, prose_entities(paragraph)),
        "kinds": _kinds(),
        "claim_count": claims.count(),
        "storyline": storyline.draw(
            storyline.read_marks(claims.on_timeline(), main=linked),
            storyline.bands_of(linked),
            title=_("The story at a glance"),
        ),
        "disagreements": questions(claims.of_contested(MOST_CONTESTED).disagreements())[:MOST_QUESTIONS],
        "newest": claims.with_records().written().newest()[:NEWEST],
    }
    return render(request, "articles/home.html", context)


def _kinds() -> list[dict[str, Any]]:
    """List every kind with its name, address and number of entities; one query."""
    counts = Entity.objects.published().count_by_kind()
    return [
        {
            "kind": kind,
            "label": model._meta.verbose_name_plural,
            "url": reverse(f"entities:{KIND_PATHS[kind]}"),
            "count": counts.get(kind, 0),
        }
        for kind, model in KINDS.items()
    ]


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    QueryForm.read(request)
    return render(request, "articles/about.html", {"coverage": coverage.measure()})


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    QueryForm.read(request)
    return render(request, "articles/data.html", {"overview": dataset.Overview(request.build_absolute_uri("/"))})


@require_safe
def data_file(request: HttpRequest, name: str) -> HttpResponseBase:
    refused = refused_in_json if name.endswith((".json", ".jsonl")) else refused_in_plain_text
    return refused(_data_file)(request, name)


def _data_file(request: HttpRequest, name: str) -> HttpResponseBase:
    QueryForm.read(request)
    if name not in dataset.FILES:
        raise Http404
    return dataset.answer(request, dataset.FILES[name])


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Tell crawlers where the sitemap is, and that the desk is none of their business."""
    sitemap = request.build_absolute_uri(reverse("sitemap-index"))
    lines = ["User-agent: *", "Disallow: /admin/", "Disallow: /fr/admin/", f"Sitemap: {sitemap}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
def article_list(request: HttpRequest) -> HttpResponse:
    form = ArticleListForm.read(request)
    counted = form.counted()
    page = keyset.page(form.articles().for_list(), form.keys(), PAGE_SIZE, **form.neighbours())
    prefetch_related_objects(page.rows, "tags")
    context = {
        "form": form,
        "page": page,
        "counted": counted,
        "facets": form.list_facets(counted),
        "table_url": reverse("articles:table") + form.query if counted.is_complete else "",
    }
    return render(request, "articles/article_list.html", context)


@require_safe
@refused_in_plain_text
def article_table(request: HttpRequest) -> HttpResponse:
    """Send the same list as a file."""
    form = ArticleTableForm.read(request)
    articles = whole(form.articles().for_table(), form.keys())
    return answer("articles", tables.of_articles(articles, request.build_absolute_uri("/").rstrip("/")))


@require_safe
def article_detail(request: HttpRequest, slug: str) -> HttpResponse:
    form = TextPlaceForm.read(request)
    article = get_object_or_404(Article.objects.published().for_detail(), slug=slug)
    context = _context(article, Citation.objects.of_public_claims(), Claim.objects.published(), READERS, form.place)
    node = {"@context": CONTEXT} | representations.article_node(article, request.build_absolute_uri("/"))
    context |= {"data": as_script(node), "preview": previews.preview(article)}
    return render(request, "articles/article_detail.html", context)


@require_safe
@refused_in_json
def article_json(request: HttpRequest, slug: str) -> HttpResponse:
    QueryForm.read(request)
    article, citations = _article_with_citations(slug)
    claims = prose_claims(article.summary, Claim.objects.published().with_evidence())
    content = representations.article_ld(article, citations, claims, request.build_absolute_uri("/"))
    return responses.json_ld(request, content, article.get_absolute_url())


@require_safe
@refused_in_plain_text
def article_markdown(request: HttpRequest, slug: str) -> HttpResponse:
    QueryForm.read(request)
    article, citations = _article_with_citations(slug)
    linked = prose_claims(article.summary, Claim.objects.published()), prose_entities(article.summary)
    content = representations.article_markdown(article, citations, *linked, request.build_absolute_uri("/"))
    return responses.markdown(request, content, article.get_absolute_url())


@require_safe
@refused_in_plain_text
def article_card(request: HttpRequest, slug: str) -> HttpResponseBase:
    article = get_object_or_404(Article.objects.published().select_related("publisher"), slug=slug)
    return cards.answer(request, previews.card(article))


def _article_with_citations(slug: str) -> tuple[Article, list[Citation]]:
    article = get_object_or_404(Article.objects.published().for_detail(), slug=slug)
    return article, list(Citation.objects.of_public_claims().of_article(article).for_article()[:MOST_CITATIONS])


def refused_as_cited(view: View) -> View:
    """Refuse in JSON where a reference was asked for in JSON, else in a line of text."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, form: cite.Form, **kwargs: object) -> HttpResponseBase:
        refused = refused_in_json if form.content_type.endswith("json") else refused_in_plain_text
        return refused(view)(request, *args, form=form, **kwargs)

    return answer


@require_safe
@refused_as_cited
def cite_entity(request: HttpRequest, kind: str, slug: str, form: cite.Form) -> HttpResponse:
    QueryForm.read(request)
    return _cited(request, get_object_or_404(Entity.objects.published().of_kind(kind), slug=slug), form)


@require_safe
@refused_as_cited
def cite_claim(request: HttpRequest, slug: str, form: cite.Form) -> HttpResponse:
    QueryForm.read(request)
    return _cited(request, get_object_or_404(Claim.objects.published().with_records(), slug=slug), form)


@require_safe
@refused_as_cited
def cite_article(request: HttpRequest, slug: str, form: cite.Form) -> HttpResponse:
    QueryForm.read(request)
    return _cited(request, get_object_or_404(Article.objects.published().with_people(), slug=slug), form)


def _cited(request: HttpRequest, record: Article | Claim | Entity, form: cite.Form) -> HttpResponse:
    reference = cite.reference(record, request.build_absolute_uri("/"), timezone.localdate())
    return HttpResponse(form.write(reference), content_type=f"{form.content_type}; charset=utf-8")


def article_preview(request: HttpRequest, slug: str) -> HttpResponse:
    """Show an editor the page of an article that is not published yet."""
    form = TextPlaceForm.read(request)
    article = get_object_or_404(Article.objects.for_detail(), slug=slug)
    citations = Citation.objects.of_unretracted_claims()
    context = _context(article, citations, Claim.objects.unretracted(), EDITORS, form.place)
    return render(request, "articles/article_detail.html", context | {"is_preview": True})


@require_safe
def article_text(request: HttpRequest, slug: str, language: str, number: int) -> HttpResponse:
    """Show one state of an article's text, such as the one that a passage stood in before an edit."""
    form = TextPlaceForm.read(request)
    article = get_object_or_404(Article.objects.published(), slug=slug, rights=Article.Rights.WHOLE)
    revision = get_object_or_404(Revision, article=article, language=language, number=number)
    part = reading.part(revision.text, form.place)
    passages = Citation.objects.of_public_claims().within(revision, part.start, part.end)[:MOST_CITATIONS]
    context = {"article": article} | _text(article, revision, part, list(passages))
    return render(request, "articles/article_text.html", context)


@require_safe
def article_annotations(request: HttpRequest, slug: str) -> JsonResponse:
    QueryForm.read(request)
    article = get_object_or_404(Article.objects.published(), slug=slug)
    passages = Citation.objects.of_public_claims().passages_of(article)[:MOST_ANNOTATIONS]
    root = request.build_absolute_uri("/").rstrip("/")
    data = annotations.collection(article, passages, root, request.build_absolute_uri(request.path))
    return JsonResponse(data, content_type=annotations.CONTENT_TYPE, json_dumps_params={"ensure_ascii": False})


def _context(
    article: Article, citations: CitationQuerySet, claims: ClaimQuerySet, statuses: Collection[str], place: int
) -> dict[str, Any]:
    """Build what the article page shows to whom may see these records; what the article asserts itself comes first."""
    citations = citations.of_article(article)
    text: dict[str, Any] = {}
    revision = part = None
    if article.rights == Article.Rights.WHOLE:
        revision = Revision.objects.for_readers(article, get_language() or "en")
    if revision:
        part = reading.part(revision.text, place)
        citations = citations.beside(revision, part.start, part.end)
    rows = list(citations.for_article()[: MOST_CITATIONS + 1])
    shown = rows[:MOST_CITATIONS]
    if revision and part:
        text = _text(article, revision, part, [row for row in shown if row.revision_id == revision.pk])
        shown = [row for row in shown if row.revision_id != revision.pk]
    return text | {
        "article": article,
        "summary": prose.render(
            article.summary,
            prose_claims(article.summary, claims),
            prose_entities(article.summary, statuses=statuses),
        ),
        "assertions": sorted((citation for citation in shown if citation.makes_claim), key=_place),
        "citations": [citation for citation in shown if not citation.makes_claim],
        "has_passages": any(row.revision_id for row in rows),
        "more": len(rows) > MOST_CITATIONS,
    }


def _text(article: Article, revision: Revision, part: reading.Part, passages: list[Citation]) -> dict[str, Any]:
    """Build what a page shows of a part of a text: its words with their marks, and a note for each of these."""
    passages.sort(key=lambda passage: (passage.start or 0, -(passage.end or 0), passage.pk))
    marks = [
        Mark(
            passage.start or 0,
            passage.end or 0,
            str(passage.pk),
            number,
            passage.claim.public_verdict,
            f"#note-{passage.pk}",
            _("Note %(number)s: %(claim)s") % {"number": number, "claim": passage.claim},
        )
        for number, passage in enumerate(passages, start=1)
    ]
    words = marked(typeset(revision.text, revision.language), part.paragraphs, marks)
    return {"revision": revision, "part": part, "text": words, "notes": passages}


def _place(citation: Citation) -> tuple[int, str]:
    """Order citations by the number in their locator, as they follow each other in the article."""
    number = re.search(r"\d+", citation.locator)
    return int(number[0]) if number else 0, citation.locator


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    form = SearchForm.read(request)
    page = results.page(form, HITS)
    return render(request, "articles/search_page.html", {"form": form, "page": page})


@refused_in_json
@require_safe
def search_suggestions(request: HttpRequest) -> JsonResponse:
    """Answer in the form that OpenSearch gives suggestions: what was typed, then titles, notes and addresses."""
    form = SuggestForm.read(request)
    typed = form.cleaned_data["q"]
    hits = search.suggest(typed, get_language() or "en", SUGGESTIONS)
    answer = [
        typed,
        [hit.plain_title for hit in hits],
        [" · ".join(part for part in (hit.kind_name, hit.note) if part) for hit in hits],
        [request.build_absolute_uri(hit.address) for hit in hits],
    ]
    return JsonResponse(answer, safe=False, content_type="application/x-suggestions+json")


@require_safe
def opensearch(request: HttpRequest) -> HttpResponse:
    """Describe the search to browsers, which then offer it beside their own."""
    QueryForm.read(request)
    context = {
        "site": request.build_absolute_uri("/").rstrip("/"),
        "description": _("People, firms, models, claims and sources of the DeepSeek story"),
    }
    content_type = "application/opensearchdescription+xml"
    return render(request, "articles/opensearch.xml", context, content_type=content_type)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say what was wrong with the request; a suspicious one (a wrong Host) is not explained."""
    reason = str(exception) if isinstance(exception, BadRequest) else ""
    if isinstance(exception, TooManyFieldsSent):
        reason = _("The address has too many parameters.")
    if isinstance(exception, RequestDataTooBig):
        reason = _("What you sent is too large. Your browser still has it: go back a page.")
    return render(request, "400.html", {"reason": reason}, status=400)


@never_cache
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


@never_cache
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is no page, to be kept by nobody: it may come, and in a preview it tells of drafts."""
    return render(request, "404.html", status=404)
