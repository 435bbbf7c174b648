"""The pages of entities and claims: one function a page."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.core.exceptions import BadRequest
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from . import answers, cards, comparison, keyset, lineage, previews, representations, responses, storyline, tables
from . import timeline as story_timeline
from .connections import Connection, connect, connection_json, connection_markdown, examples
from .decorators import require_safe
from .dossier import dossier, questions
from .facets import Tally
from .forms import (
    CompareForm,
    ConnectionsForm,
    EntityListForm,
    EntityTableForm,
    LedgerForm,
    LedgerTableForm,
    ModelListForm,
    QueryForm,
    RelationshipsForm,
    TimelineForm,
)
from .models import KIND_PATHS, KINDS, Claim, Entity, Property
from .network import Network, as_graphml, as_json, network
from .querysets import EDITORS, ClaimQuerySet
from .refusals import refused_in_json, refused_in_plain_text
from .tables import MOST_ROWS

PAGE_SIZE = 60
# The relationships are one list under headings; a base with more shows these and asks for a filter.
MOST_RELATIONSHIPS = 500
# More names than these are no picture any more.
MOST_DRAWN = 150
MOST_EXPORTED = 5000
MOST_RIVALS = 20
# A question with more answers shows those that are contested, and asks for an entity.
MOST_ANSWERS = 200
MOST_CONTESTED = 60
# More rows than these are no table to read; filters choose among them.
MOST_MODELS = 200


@require_safe
def entity_list(request: HttpRequest, kind: str) -> HttpResponse:
    form = EntityListForm.read(request)
    counted = form.counted(kind)
    page = keyset.page(form.entities(kind), form.keys(), PAGE_SIZE, **form.neighbours())
    prefetch_related_objects(page.rows, "tags")
    context = {
        "kind": kind,
        "kind_plural": KINDS[kind]._meta.verbose_name_plural,
        "form": form,
        "page": page,
        "counted": counted,
        "facets": form.list_facets(kind, counted),
        "table_url": reverse(f"entities:{KIND_PATHS[kind]}-table") + form.query if counted.is_complete else "",
    }
    return render(request, "entities/entity_list.html", context)


@require_safe
@refused_in_plain_text
def entity_table(request: HttpRequest, kind: str) -> HttpResponse:
    """Send the same list as a file."""
    form = EntityTableForm.read(request)
    entities = tables.whole(form.entities(kind).for_detail(), form.keys())
    return tables.answer(KIND_PATHS[kind], tables.of_entities(entities, request.build_absolute_uri("/").rstrip("/")))


@require_safe
def model_list(request: HttpRequest) -> HttpResponse:
    form = ModelListForm.read(request)
    models = list(form.models()[: MOST_MODELS + 1])
    # With both chosen the two look-ups of their names are all that a page may cost besides.
    all_chosen = bool(form.chosen.get("tag") and form.chosen.get("developer"))
    counted = Tally(len(models)) if all_chosen else form.counted()
    context = {
        "form": form,
        "facets": form.list_facets(counted),
        "table": comparison.table(models[:MOST_MODELS], form.columns, Claim.objects.published()),
        "lineage": lineage.of_models(models[:MOST_MODELS], Claim.objects.published()),
        "count": min(len(models), MOST_MODELS),
        "more": len(models) > MOST_MODELS,
    }
    return render(request, "entities/model_list.html", context)


@require_safe
@refused_in_plain_text
def model_table(request: HttpRequest) -> HttpResponse:
    """Send the same comparison as a file."""
    form = ModelListForm.read(request)
    models = list(form.models()[: MOST_ROWS + 1])
    if len(models) > MOST_ROWS:
        raise BadRequest(_("There are more models than one table can hold; choose a tag, a developer or a year."))
    table = comparison.table(models, form.columns, Claim.objects.published())
    return tables.answer("models", comparison.rows(table, request.build_absolute_uri("/").rstrip("/")))


@require_safe
def entity_detail(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    QueryForm.read(request)
    entity = get_object_or_404(Entity.objects.published().of_kind(kind).for_detail(), slug=slug)
    page = dossier(entity, Claim.objects.published())
    context = {"entity": entity, "dossier": page, "preview": previews.of_entity(entity, page)}
    return render(request, "entities/entity_detail.html", context)


@require_safe
@refused_in_json
def entity_json(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    QueryForm.read(request)
    entity = get_object_or_404(Entity.objects.published().of_kind(kind), slug=slug)
    page = dossier(entity, Claim.objects.published())
    content = representations.entity_ld(entity, page, request.build_absolute_uri("/"))
    return responses.json_ld(request, content, entity.get_absolute_url())


@require_safe
@refused_in_plain_text
def entity_markdown(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    QueryForm.read(request)
    entity = get_object_or_404(Entity.objects.published().of_kind(kind), slug=slug)
    page = dossier(entity, Claim.objects.published())
    content = representations.entity_markdown(entity, page, request.build_absolute_uri("/"))
    return responses.markdown(request, content, entity.get_absolute_url())


@require_safe
@refused_in_plain_text
def entity_card(request: HttpRequest, kind: str, slug: str) -> HttpResponseBase:
    entity = get_object_or_404(Entity.objects.published().of_kind(kind), slug=slug)
    return cards.answer(request, cards.of_entity(entity, cards.figures_for(entity)))


@require_safe
@refused_in_plain_text
def site_card(request: HttpRequest) -> HttpResponseBase:
    return cards.answer(request, cards.of_site())


def entity_preview(request: HttpRequest, slug: str) -> HttpResponse:
    """Show an editor the page as it would be if everything unfinished were published."""
    entity = get_object_or_404(Entity.objects.for_detail(), slug=slug)
    page = dossier(entity, Claim.objects.unretracted(), EDITORS)
    return render(request, "entities/entity_detail.html", {"entity": entity, "dossier": page, "is_preview": True})


@require_safe
def claim_list(request: HttpRequest) -> HttpResponse:
    form = LedgerForm.read(request)
    counted = form.counted()
    claims, place = form.claims().for_list(), form.neighbours()
    context = {
        "form": form,
        "page": keyset.page(claims, form.keys(), PAGE_SIZE, is_short=counted.is_complete, **place),
        "counted": counted,
        "facets": form.list_facets(counted),
        "table_url": reverse("entities:claims-table") + form.query if counted.is_complete else "",
    }
    return render(request, "entities/claim_list.html", context)


@require_safe
@refused_in_plain_text
def claim_table(request: HttpRequest) -> HttpResponse:
    """Send the same list as a file."""
    form = LedgerTableForm.read(request)
    claims = tables.whole(form.claims().for_list(), form.keys())
    return tables.answer("claims", tables.of_claims(claims, request.build_absolute_uri("/").rstrip("/")))


@require_safe
def claim_detail(request: HttpRequest, slug: str) -> HttpResponse:
    QueryForm.read(request)
    claim = get_object_or_404(Claim.objects.published().for_detail(), slug=slug)
    context = _claim_context(claim, Claim.objects.published().for_list())
    return render(request, "entities/claim_detail.html", context | {"preview": previews.of_claim(claim)})


@require_safe
@refused_in_json
def claim_json(request: HttpRequest, slug: str) -> HttpResponse:
    QueryForm.read(request)
    claim = get_object_or_404(Claim.objects.published().for_detail(), slug=slug)
    rivals = _claim_context(claim, Claim.objects.published().for_list())["rivals"]
    content = representations.claim_ld(claim, request.build_absolute_uri("/"), rivals)
    return responses.json_ld(request, content, claim.get_absolute_url())


@require_safe
@refused_in_plain_text
def claim_markdown(request: HttpRequest, slug: str) -> HttpResponse:
    QueryForm.read(request)
    claim = get_object_or_404(Claim.objects.published().for_detail(), slug=slug)
    rivals = _claim_context(claim, Claim.objects.published().for_list())["rivals"]
    content = representations.claim_markdown(claim, rivals, request.build_absolute_uri("/"))
    return responses.markdown(request, content, claim.get_absolute_url())


@require_safe
@refused_in_plain_text
def claim_card(request: HttpRequest, slug: str) -> HttpResponseBase:
    claim = get_object_or_404(Claim.objects.published().with_records(), slug=slug)
    return cards.answer(request, cards.of_claim(claim))


def claim_preview(request: HttpRequest, slug: str) -> HttpResponse:
    """Show an editor the page of a claim that is not published yet."""
    claim = get_object_or_404(Claim.objects.for_detail(EDITORS), slug=slug)
    context = _claim_context(claim, Claim.objects.unretracted().for_list(EDITORS))
    return render(request, "entities/claim_detail.html", context | {"is_preview": True})


def _claim_context(claim: Claim, claims: ClaimQuerySet) -> dict[str, Any]:
    """Build what the claim page shows; `claims` are those among which its rivals are looked for, loaded for a list."""
    citations = _in_one_language(claim.citations.all())
    return {
        "claim": claim,
        "evidence": [
            (stance, [citation for citation in citations if citation.stance == stance])
            for stance in ("supports", "disputes", "context")
        ],
        "rivals": list(claims.rivals_of(claim).in_fact_order()[:MOST_RIVALS]),
    }


def _in_one_language(citations: Iterable[Any]) -> list[Any]:
    """Leave out a passage of an article that has one in the active language too; needs the revisions loaded."""
    passages = [each for each in citations if each.revision_id]
    here = {each.article_id for each in passages if each.revision.language == get_language()}
    twins = [each for each in passages if each.article_id in here and each.revision.language != get_language()]
    return [each for each in citations if each not in twins]


@require_safe
def timeline(request: HttpRequest) -> HttpResponse:
    form = TimelineForm.read(request)
    claims = form.claims().with_records()
    page = keyset.page(claims, ["when_earliest", "pk"], PAGE_SIZE, **form.neighbours(), first_key_may_lack=False)
    picture = storyline.draw(
        storyline.read_marks(form.claims()),
        storyline.bands_of(Claim.objects.published().with_records().by_slug(storyline.FESTIVALS)),
        title=_("The story at a glance"),
        filters=form.parameters,
        window=form.window(),
    )
    context = {"form": form, "page": page, "years": story_timeline.by_year(page.rows), "storyline": picture}
    return render(request, "entities/timeline.html", context)


@require_safe
def compare_list(request: HttpRequest) -> HttpResponse:
    QueryForm.read(request)
    contested = Claim.objects.published().of_contested(MOST_CONTESTED).disagreements()
    return render(request, "entities/compare_list.html", {"questions": questions(contested)})


@require_safe
def compare(request: HttpRequest, slug: str) -> HttpResponse:
    form = CompareForm.read(request)
    prop = get_object_or_404(Property, slug=slug)
    if prop.is_relation:
        return redirect(f"{reverse('entities:relationships')}?property={prop.slug}")
    given = form.answers(prop)
    claims = list(given.some(MOST_ANSWERS + 1).for_list().in_fact_order())
    more = len(claims) > MOST_ANSWERS
    if more:
        claims = list(given.of_contested(MOST_CONTESTED).disagreements().with_evidence()[:MOST_ANSWERS])
    asked = answers.in_order(questions(claims))
    context = {
        "form": form,
        "property": prop,
        "questions": asked,
        "several": [question for question in asked if len(question.claims) > 1],
        "single": [question for question in asked if len(question.claims) == 1],
        "comparison": answers.compare(claims),
        "count": len(claims),
        "more": more,
    }
    return render(request, "entities/compare.html", context)


@require_safe
@refused_in_plain_text
def compare_table(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the same answers as a file."""
    form = CompareForm.read(request)
    prop = get_object_or_404(Property.objects.facts(), slug=slug)
    claims = list(form.answers(prop).some(MOST_ROWS + 1).for_list().in_fact_order())
    if len(claims) > MOST_ROWS:
        raise BadRequest(_("There are more answers than one table can hold; choose an entity."))
    return tables.answer(prop.slug, answers.table(claims, request.build_absolute_uri("/").rstrip("/")))


@require_safe
def relationships(request: HttpRequest) -> HttpResponse:
    form = RelationshipsForm.read(request)
    listed, more = _network(form, MOST_RELATIONSHIPS)
    context = {
        "form": form,
        "count": len(listed.claims),
        "more": more,
        "network": listed,
        "drawn": listed.best_connected(MOST_DRAWN),
        "groups": [
            (prop, list(of_property)) for prop, of_property in groupby(listed.claims, key=lambda claim: claim.property)
        ],
    }
    return render(request, "entities/relationships.html", context)


@require_safe
def relationships_json(request: HttpRequest) -> JsonResponse:
    exported, more = _network(RelationshipsForm.read(request), MOST_EXPORTED)
    return JsonResponse(as_json(exported, request.build_absolute_uri("/"), is_complete=not more))


@require_safe
def relationships_graphml(request: HttpRequest) -> HttpResponse:
    exported, more = _network(RelationshipsForm.read(request), MOST_EXPORTED)
    headers = {"Content-Disposition": 'attachment; filename="relationships.graphml"'}
    content = as_graphml(exported, request.build_absolute_uri("/"), is_complete=not more)
    return HttpResponse(content, content_type="application/graphml+xml", headers=headers)


@require_safe
def connections(request: HttpRequest) -> HttpResponse:
    try:
        form = ConnectionsForm.read(request)
    except BadRequest as refusal:
        # A name is soon mistyped: what was chosen stays to be mended.
        form = ConnectionsForm(request.GET)
        form.full_clean()
        refused = {"form": form, "suggestions": form.suggestions(), "refusal": str(refusal)}
        return render(request, "entities/connections.html", refused, status=400)
    if any(request.GET[name] != slug for name, slug in form.parameters.items()):
        # What is shared is to last, and a name does not.
        return redirect(f"{reverse('entities:connections')}{form.query}")
    context: dict[str, Any] = {"form": form, "suggestions": form.suggestions()}
    if form.ends:
        context["connection"] = connect(*form.ends)
    elif not form.chosen:
        context["examples"] = examples()
    return render(request, "entities/connections.html", context)


@require_safe
@refused_in_json
def connections_json(request: HttpRequest) -> JsonResponse:
    return JsonResponse(connection_json(_connection(request), request.build_absolute_uri("/")))


@require_safe
@refused_in_plain_text
def connections_markdown(request: HttpRequest) -> HttpResponse:
    content = connection_markdown(_connection(request), request.build_absolute_uri("/"))
    return HttpResponse(content, content_type="text/markdown; charset=utf-8")


def _connection(request: HttpRequest) -> Connection:
    ends = ConnectionsForm.read(request).ends
    if ends is None:
        raise BadRequest(_("Name two entities: “from” and “to”."))
    return connect(*ends)


def _network(form: RelationshipsForm, most: int) -> tuple[Network, bool]:
    """Load the relations that pass the filters, in the vocabulary's order; also tells whether there are more."""
    claims = list(form.claims().for_list().in_fact_order()[: most + 1])
    return network(claims[:most]), len(claims) > most
