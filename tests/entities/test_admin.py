"""The editors' desk for entities, the vocabulary and tags: every door opens, every slip is told beside its field."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.models import Article, Citation
from entities.models import KINDS, Claim, Entity, Property, Tag, Unit
from tests import desk, factories

pytestmark = pytest.mark.django_db

PUBLIC_BACKEND = "django.contrib.auth.backends.ModelBackend"
PAGES: list[type[Model]] = [*KINDS.values(), Entity, Claim, Article, Property, Unit, Tag]
# One of each sort of admin.
SORTS: list[type[Model]] = [KINDS["model"], Claim, Article, Property, Tag]


def login(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=PUBLIC_BACKEND)
    return client


@pytest.fixture
def records(claim: Claim, high_flyer: Entity) -> dict[type[Model], Any]:
    """One record of every model that has an admin, with hostile words in its text."""
    claim.subject.tags.add(tag := factories.tag(factories.HOSTILE[:90]))
    kinds = {model: factories.entity(kind, name=factories.HOSTILE) for kind, model in KINDS.items()}
    return {
        **{model: model.objects.get(pk=kinds[model].pk) for model in KINDS.values()},
        Entity: high_flyer,
        Claim: factories.claim(claim.subject, statement=factories.HOSTILE),
        Article: factories.article(title=factories.HOSTILE),
        Property: factories.prop(label=factories.HOSTILE),
        Unit: factories.unit("token", plural=factories.HOSTILE[:60]),
        Tag: tag,
    }


@pytest.mark.parametrize("model", PAGES)
def test_every_page_of_the_desk_opens_and_shows_hostile_words_as_words(
    model: type[Model], records: dict[type[Model], Any], editor_client: Client
) -> None:
    record = records[model]
    pages = [desk.address(model, "changelist"), desk.address(record, "change"), desk.address(record, "delete")]
    pages += [desk.address(model, "add")] if model is not Entity else []
    pages += [desk.address(record, "history")]
    for page in pages:
        response = editor_client.get(page)
        assert response.status_code == 200, page
        assert "<script>alert" not in response.content.decode(), page


def test_the_index_lists_every_kind(editor_client: Client) -> None:
    page = editor_client.get(reverse("admin:index")).content.decode()
    for name in (
        "People",
        "Companies",
        "Models",
        "Events",
        "Ideas",
        "Claims",
        "Articles",
        "Properties",
        "Units",
        "Tags",
    ):
        assert f">{name}</a>" in page


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_of_each_kind_is_added_from_nothing(kind: str, editor_client: Client, report: Article) -> None:
    tag = factories.tag()
    response = desk.add(
        editor_client,
        KINDS[kind],
        name_en="A name",
        name_fr="Un nom",
        slug="a-name",
        native_name="名",
        native_language="zh-Hans",
        aliases="One\nTwo",
        summary_en=factories.HOSTILE,
        links="homepage https://example.org/",
        tags=[tag.pk],
        drawn_from=[report.pk],
        status="published",
        public_since="2025-01-20",
    )
    assert desk.errors(response) == {}
    entity: Any = Entity.objects.get()
    assert (entity.kind, entity.slug, entity.aliases) == (kind, "a-name", ["One", "Two"])
    assert entity.links == [{"type": "homepage", "url": "https://example.org/"}]
    assert list(entity.tags.all()) == [tag]
    assert list(entity.summary_sources.all()) == [report]
    assert editor_client.get(entity.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_a_form_opened_and_saved_changes_nothing(kind: str, editor_client: Client, report: Article) -> None:
    entity = factories.entity(
        kind,
        aliases=["A", "乙"],
        links=[{"type": "official homepage", "url": "https://example.org/"}],
        summary_en="*Words*\n\nand more",
        public_since="2025-01-20",
    )
    entity.tags.add(factories.tag())
    entity.summary_sources.add(report)
    columns = [field.name for field in Entity._meta.concrete_fields if field.name not in ("updated_at", "known_since")]
    before = Entity.objects.values(*columns).get()
    assert desk.errors(desk.change(editor_client, KINDS[kind].objects.get())) == {}
    after = Entity.objects.values(*columns).get()
    # A language without words is empty or null.
    assert {name: value or "" for name, value in after.items()} == {name: value or "" for name, value in before.items()}
    assert (entity.tags.count(), entity.summary_sources.count()) == (1, 1)


LONG = "x" * 301


@pytest.mark.parametrize(
    ("fields", "column"),
    [
        ({"name_en": ""}, "name_en"),
        ({"name_en": "   "}, "name_en"),
        ({"name_en": LONG}, "name_en"),
        ({"name_fr": LONG}, "name_fr"),
        ({"name_en": "a\0b"}, "name_en"),
        ({"slug": ""}, "slug"),
        ({"slug": "deepseek-r1"}, "slug"),
        ({"slug": "two words"}, "slug"),
        ({"slug": "s" * 121}, "slug"),
        ({"native_name": "名"}, "native_language"),
        ({"native_language": "zh"}, "native_name"),
        ({"aliases": "One\nOne"}, "aliases"),
        ({"aliases": "One\0"}, "aliases"),
        ({"summary_en": "[x](claim:nowhere)"}, "summary_en"),
        ({"summary_fr": "[x](entity:nobody)"}, "summary_fr"),
        ({"summary_fr": "a\0b"}, "summary_fr"),
        ({"links": "homepage"}, "links"),
        ({"links": "https://example.org/"}, "links"),
        ({"links": "homepage javascript:alert(1)"}, "links"),
        ({"tags": ["999"]}, "tags"),
        ({"tags": ["x"]}, "tags"),
        ({"drawn_from": ["999"]}, "drawn_from"),
        ({"status": "finished"}, "status"),
        ({"status": ""}, "status"),
        ({"public_since": "yesterday"}, "public_since"),
        ({"public_since": "2025-02-30"}, "public_since"),
        ({"change_reason": LONG}, "change_reason"),
    ],
)
def test_a_wrong_entity_is_refused_beside_the_field(
    fields: dict[str, Any], column: str, editor_client: Client, r1: Entity
) -> None:
    whole = {"name_en": "It", "slug": "it", "status": "draft"}
    assert list(desk.errors(desk.add(editor_client, KINDS["person"], **whole | fields))) == [column]
    assert Entity.objects.count() == 1


@pytest.mark.parametrize("model", [model for model in PAGES if model is not Entity])
def test_a_form_sent_empty_names_what_it_needs(model: type[Model], editor_client: Client) -> None:
    management = {
        f"{prefix}-{name}": 0 for prefix in ("citations", "authors") for name in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    response = editor_client.post(desk.address(model, "add"), management)
    assert desk.errors(response)
    assert not model._default_manager.exists()


@pytest.mark.parametrize("value", ["x", "9" * 30, "%00", "1,x", "0"])
@pytest.mark.parametrize("model", SORTS)
def test_a_form_opened_with_nonsense_filled_in_never_breaks(
    model: type[Model], value: str, editor_client: Client
) -> None:
    form = desk.read(editor_client, desk.address(model, "add"))
    query = "&".join(f"{name}={value}" for name in (*form, "subject", "property", "mentions", "tags", "publisher"))
    assert editor_client.get(f"{desk.address(model, 'add')}?{query}").status_code == 200


def test_a_form_sent_without_its_rows_is_no_error_of_the_server(editor_client: Client, claim: Claim) -> None:
    assert editor_client.post(desk.address(claim, "change"), {}).status_code == 200


@pytest.mark.parametrize("model", [Property, Tag])
def test_the_slug_of_a_word_of_the_vocabulary_stays(model: type[Model], editor_client: Client) -> None:
    record: Any = factories.prop("develops") if model is Property else factories.tag()
    assert "slug" not in desk.read(editor_client, desk.address(record, "change"))


def test_an_editor_without_the_right_to_publish_renames_nothing(r1: Any) -> None:
    client = login(factories.editor())
    assert "slug" not in desk.read(client, desk.address(r1, "change"))
    desk.change(client, r1, slug="other", name_en="New name")
    r1.refresh_from_db()
    assert (r1.slug, r1.name_en) == ("deepseek-r1", "New name")


def test_entities_are_added_under_their_kind_alone(editor_client: Client) -> None:
    assert editor_client.get(desk.address(Entity, "add")).status_code == 403


@pytest.mark.parametrize("words", ["High-Flyer", "high-fl", "幻方", "量化", "Hquant", "幻方 High", "high-flyer-slug"])
def test_entities_are_found_by_every_name_they_have(words: str, editor_client: Client) -> None:
    factories.entity(
        "company",
        "high-flyer-slug",
        name="High-Flyer",
        native_name="幻方",
        native_language="zh-Hans",
        aliases=["幻方量化", "HQuant Capital"],
    )
    factories.entity("company", "other")
    for model in (KINDS["company"], Entity):
        listed = editor_client.get(desk.address(model, "changelist"), {"q": words}).context["cl"].result_list
        assert [entity.slug for entity in listed] == ["high-flyer-slug"]


def autocomplete(client: Client, model: str, field: str, term: str) -> Any:
    app = "articles" if model in ("citation", "article", "author") else "entities"
    query = {"app_label": app, "model_name": model, "field_name": field, "term": term}
    return client.get(reverse("admin:autocomplete"), query)


@pytest.mark.parametrize(
    ("model", "field", "term", "found"),
    [
        ("claim", "subject", "r1", "DeepSeek-R1"),
        ("claim", "object", "幻方", "High-Flyer"),
        ("claim", "mentions", "high", "High-Flyer"),
        ("claim", "replaces", "open weights", "R1 has open weights."),
        ("claim", "property", "develops", "develops"),
        ("claim", "unit", "param", "parameter"),
        ("property", "unit", "param", "parameter"),
        ("property", "other_units", "param", "parameter"),
        ("entity", "tags", "open", "open weights"),
        ("person", "tags", "open", "open weights"),
        ("citation", "article", "technical", "DeepSeek-V3 Technical Report"),
        ("article", "publisher", "幻方", "High-Flyer"),
        ("article", "known_through", "v3-report", "DeepSeek-V3 Technical Report"),
        ("article", "derives_from", "v3", "DeepSeek-V3 Technical Report"),
        ("article", "summarises", "r1", "DeepSeek-R1"),
        ("article", "tags", "open", "open weights"),
        ("author", "entity", "r1", "DeepSeek-R1"),
    ],
)
def test_every_relation_is_looked_up_while_typing(
    model: str, field: str, term: str, found: str, editor_client: Client, claim: Claim, high_flyer: Entity
) -> None:
    factories.prop()
    factories.unit()
    factories.tag()
    results = autocomplete(editor_client, model, field, term).json()["results"]
    assert [result["text"] for result in results] == [found]


def test_a_look_up_of_nonsense_finds_nothing(editor_client: Client, r1: Entity) -> None:
    assert autocomplete(editor_client, "claim", "subject", "\0 % _ ' \" \\").json()["results"] == []
    assert autocomplete(editor_client, "claim", "nothing", "").status_code == 403


@pytest.mark.parametrize("model", PAGES)
def test_every_relation_of_a_form_is_an_autocomplete(model: type[Model], records: Any, editor_client: Client) -> None:
    response = editor_client.get(desk.address(records[model], "change"))
    forms = [response.context["adminform"].form]
    forms += [form for inline in response.context["inline_admin_formsets"] for form in inline.formset.forms]
    relations = {
        bound.name: bound.field
        for form in forms
        for bound in form
        if hasattr(bound.field, "queryset") and not bound.is_hidden
    }
    for name, field in relations.items():
        assert "admin-autocomplete" in field.widget.render(name, None, {"id": name}), name


@pytest.mark.parametrize(
    ("model", "filters"),
    [
        (KINDS["model"], {"status__exact": "published", "tags__id__exact": "TAG"}),
        (Entity, {"kind__exact": "model"}),
        (Claim, {"verdict__exact": "supported", "status__exact": "published"}),
        (Claim, {"subject__kind__exact": "model", "value_type__exact": "", "lane__exact": "models"}),
        (Article, {"kind__exact": "article", "language__exact": "en"}),
        (Property, {"value_type__exact": "entity"}),
    ],
)
def test_lists_are_filtered(model: type[Model], filters: dict[str, str], editor_client: Client, claim: Claim) -> None:
    claim.verdict = "supported"
    claim.save()
    factories.prop()
    claim.subject.tags.add(tag := factories.tag())
    query = {name: str(tag.pk) if value == "TAG" else value for name, value in filters.items()}
    listed = editor_client.get(desk.address(model, "changelist"), query).context["cl"]
    assert listed.get_filters_params() == {name: [value] for name, value in query.items()}
    assert len(listed.result_list) == 1


@pytest.mark.parametrize(
    "query", ["p=x", "p=-1", "o=x.9", "status__exact=", "nothing=1", "q=%00", "tags__id__exact=x", "e=1"]
)
@pytest.mark.parametrize("model", SORTS)
def test_a_list_asked_for_nonsense_never_breaks(model: type[Model], query: str, editor_client: Client) -> None:
    assert editor_client.get(f"{desk.address(model, 'changelist')}?{query}").status_code in (200, 302, 400)


@pytest.mark.parametrize("model", SORTS)
@pytest.mark.parametrize("number", ["x", "0", "999", "9" * 30, "1_2F", "%00"])
def test_an_id_of_nonsense_never_breaks_a_page(model: type[Model], number: str, editor_client: Client) -> None:
    base = desk.address(model, "changelist")
    for page in (f"{number}/change/", f"{number}/history/", f"{number}/delete/", f"{number}/history/{number}/"):
        assert editor_client.get(base + page).status_code in (302, 404)


def test_the_list_of_claims_costs_the_same_for_ten_times_as_many(
    editor_client: Client, claim: Claim, report: Article
) -> None:
    def count_queries() -> int:
        with CaptureQueriesContext(connection) as queries:
            editor_client.get(desk.address(Claim, "changelist"))
        return len(queries)

    prop = factories.prop()
    few = count_queries()
    for _ in range(10):
        factories.relation(claim.subject, prop, factories.entity(), cites=[report])
    assert count_queries() == few


# Properties, units and tags


def test_a_relation_is_added_to_the_vocabulary(editor_client: Client) -> None:
    response = desk.add(
        editor_client,
        Property,
        slug="founded",
        label_en="founded",
        pattern_en="{subject} founded {value}",
        value_type="entity",
        inverse_slug="founded-by",
        inverse_label_en="founded by",
        inverse_pattern_en="{value} was founded by {subject}",
        subject_kinds=["person", "company"],
        object_kinds=["company"],
    )
    assert desk.errors(response) == {}
    assert Property.objects.get().subject_kinds == ["person", "company"]


def test_a_quantity_is_added_to_the_vocabulary_with_its_units(editor_client: Client) -> None:
    usual, other = factories.unit(), factories.unit("token")
    response = desk.add(
        editor_client,
        Property,
        slug="size",
        label_en="size",
        pattern_en="{subject}: {value}",
        value_type="quantity",
        subject_kinds=["model"],
        unit=usual.pk,
        other_units=[other.pk],
    )
    assert desk.errors(response) == {}
    assert list(Property.objects.get().other_units.all()) == [other]
    assert [row.unit for row in desk.history(Property).get().other_units.all()] == [other]


@pytest.mark.parametrize(
    ("fields", "columns"),
    [
        ({"pattern_en": "no placeholder"}, ["pattern_en"]),
        ({"pattern_fr": "rien"}, ["pattern_fr"]),
        ({"pattern_en": ""}, ["pattern_en"]),
        ({"pattern_en": "{subject} {value}" + "x" * 200}, ["pattern_en"]),
        ({"label_en": ""}, ["label_en"]),
        ({"slug": "two words"}, ["slug"]),
        ({"value_type": "number"}, ["value_type"]),
        ({"value_type": "quantity"}, ["unit"]),
        ({"value_type": "entity"}, ["inverse_label_en", "inverse_pattern_en", "inverse_slug", "object_kinds"]),
        ({"subject_kinds": []}, ["subject_kinds"]),
        ({"subject_kinds": ["place"]}, ["subject_kinds"]),
        ({"object_kinds": ["person"]}, ["object_kinds"]),
        ({"unit": "999"}, ["unit"]),
        ({"order": "-1"}, ["order"]),
        ({"order": "first"}, ["order"]),
        ({"note_en": "a\0b"}, ["note_en"]),
    ],
)
def test_a_wrong_property_is_refused_beside_the_field(
    fields: dict[str, Any], columns: list[str], editor_client: Client
) -> None:
    whole = {"slug": "it", "label_en": "it", "pattern_en": "{subject}: {value}", "value_type": "text"}
    response = desk.add(editor_client, Property, **whole | {"subject_kinds": ["model"]} | fields)
    assert sorted(desk.errors(response)) == columns


def test_a_unit_and_a_tag_are_added(editor_client: Client) -> None:
    assert desk.errors(desk.add(editor_client, Unit, code="GPU", singular_en="GPU", plural_en="GPUs")) == {}
    assert (
        desk.errors(desk.add(editor_client, Tag, name="chips", slug="chips", label_en="Chips", label_fr="Puces")) == {}
    )
    assert (Unit.objects.get().plural_en, Tag.objects.get().label_fr) == ("GPUs", "Puces")  # type: ignore[attr-defined]


def test_a_property_that_claims_use_cannot_be_deleted(editor_client: Client, r1: Entity) -> None:
    prop = factories.prop()
    factories.relation(r1, prop, factories.entity())
    address = desk.address(prop, "delete")
    assert (
        "would require deleting the following protected related objects" in editor_client.get(address).content.decode()
    )
    assert editor_client.post(address, {"post": "yes"}).status_code == 200
    assert Property.objects.filter(pk=prop.pk).exists()


# History


@pytest.mark.parametrize("kind", [*KINDS, "entity"])
def test_an_older_state_of_each_kind_is_shown_and_brought_back(kind: str, editor_client: Client) -> None:
    model: Any = KINDS.get(kind, Entity)
    entity = factories.entity(kind if kind in KINDS else "idea", name="First name", aliases=["A"])
    record = model.objects.get(pk=entity.pk)
    desk.change(editor_client, record, name_en="Second name", aliases="B", change_reason="Better")
    page = editor_client.get(desk.address(record, "history")).content.decode()
    assert "<del>First </del><ins>Second </ins>name" in page
    assert "Better" in page

    first = desk.history(entity).last()
    state = desk.address(record, "simple_history", first.pk)
    assert desk.read(editor_client, state)["name_en"] == "First name"
    assert desk.errors(desk.send(editor_client, state)) == {}
    record.refresh_from_db()
    assert (record.name_en, record.aliases, record.kind) == ("First name", ["A"], entity.kind)
    rows = desk.history(entity)
    assert rows.count() == 3
    assert rows.first().history_change_reason.startswith("Back to the state of")


def test_the_lists_of_a_claim_come_back_with_its_older_state(
    editor_client: Client, claim: Claim, high_flyer: Entity, r1: Entity
) -> None:
    factories.as_draft(claim)
    claim.mentions.set([high_flyer])
    desk.change(editor_client, claim, mentions=[r1.pk], statement_en="Other words.")
    first = desk.history(claim)[1]
    assert desk.errors(desk.send(editor_client, desk.address(claim, "simple_history", first.pk))) == {}
    claim.refresh_from_db()
    assert (claim.statement_en, list(claim.mentions.all())) == ("R1 has open weights.", [high_flyer])  # type: ignore[attr-defined]


def test_the_units_of_a_property_come_back_with_its_older_state(editor_client: Client) -> None:
    prop = factories.prop("size", "quantity")
    desk.change(editor_client, prop, other_units=[factories.unit("token").pk])
    first = desk.history(prop).last()
    desk.send(editor_client, desk.address(prop, "simple_history", first.pk))
    assert list(prop.other_units.all()) == []


def test_bringing_back_a_state_refreshes_the_clock(editor_client: Client, claim: Claim) -> None:
    factories.as_draft(claim)
    desk.change(editor_client, claim, when="2025-01-27")
    first = desk.history(claim).last()
    desk.send(editor_client, desk.address(claim, "simple_history", first.pk))
    claim.refresh_from_db()
    assert str(claim.known_since) == "2025-01-20"


def test_a_deleted_record_is_brought_back_from_its_history(editor_client: Client, r1: Entity) -> None:
    history = desk.address(r1, "history")
    last = desk.history(r1).first()
    state = desk.address(r1, "simple_history", last.pk)
    desk.send(editor_client, desk.address(r1, "delete"))
    assert "Deleted" in editor_client.get(history).content.decode()
    assert desk.errors(desk.send(editor_client, state)) == {}
    assert Entity.objects.get().slug == "deepseek-r1"


def test_the_history_of_a_claim_shows_what_happened_to_its_citations(
    editor_client: Client, claim: Claim, report: Article
) -> None:
    claim.citations.get().delete()
    page = editor_client.get(desk.address(claim, "history")).content.decode()
    assert "The citation was taken out: <del>supports: DeepSeek-V3 Technical Report, paragraph 1</del>" in page
    report.delete()
    assert editor_client.get(desk.address(claim, "history")).status_code == 200


def test_a_language_that_was_never_filled_in_is_no_change(editor_client: Client, r1: Entity) -> None:
    Entity.objects.update(summary_fr=None, summary_zh_hans=None)
    desk.change(editor_client, r1, name_en="New name")
    page = editor_client.get(desk.address(r1, "history")).content.decode()
    assert "The name in English changed" in page
    assert "summary" not in page


# Roles


@pytest.fixture
def writer() -> Client:
    """A client logged in as an editor who is no reviewer."""
    return login(factories.editor("writer"))


@pytest.mark.parametrize("status", ["published", "retracted"])
def test_an_editor_does_not_publish_or_retract(status: str, writer: Client, claim: Claim) -> None:
    draft = factories.entity(status="draft")
    assert "status" in desk.errors(desk.change(writer, draft, status=status))
    assert "status" in desk.errors(desk.add(writer, KINDS["idea"], name_en="It", slug="it", status=status))
    statement = factories.claim(claim.subject, status="in-review")
    assert "status" in desk.errors(desk.change(writer, statement, status=status))
    article = factories.article(status="draft")
    assert "status" in desk.errors(desk.change(writer, article, status=status))


def test_an_editor_does_not_take_back_what_is_published(writer: Client, claim: Claim) -> None:
    for record in (claim.subject, claim.citations.get().article):
        assert desk.errors(desk.change(writer, record, status="draft")) == {
            "status": ["Only a reviewer publishes or retracts."]
        }


def test_an_editor_writes_drafts_and_sends_them_to_review(writer: Client, r1: Entity) -> None:
    assert desk.errors(desk.add(writer, KINDS["idea"], name_en="It", slug="it", status="draft")) == {}
    assert desk.errors(desk.change(writer, Entity.objects.get(slug="it"), status="in-review", name_en="That")) == {}
    assert desk.errors(desk.add(writer, Claim, subject=r1.pk, statement_en="So.", status="in-review")) == {}


def test_an_editor_gives_and_changes_no_verdict(writer: Client, r1: Entity) -> None:
    judged = factories.claim(r1, status="draft", verdict="supported")
    assert "verdict" in desk.errors(desk.add(writer, Claim, subject=r1.pk, statement_en="So.", verdict="supported"))
    assert "verdict" in desk.errors(desk.change(writer, judged, verdict=""))
    assert desk.errors(desk.change(writer, judged, statement_en="Other words.")) == {}


def test_an_editor_brings_back_no_published_state_and_no_verdict(writer: Client, r1: Entity) -> None:
    claim = factories.claim(r1, verdict="supported")
    published = desk.history(claim).first()
    claim.status, claim.verdict = "retracted", ""
    claim.save()
    response = desk.send(writer, desk.address(claim, "simple_history", published.pk))
    assert sorted(desk.errors(response)) == ["status", "verdict"]
    claim.refresh_from_db()
    assert (claim.status, claim.verdict) == ("retracted", "")


def test_an_editor_deletes_no_record_but_a_wrong_citation(writer: Client, claim: Claim) -> None:
    assert writer.get(desk.address(claim, "delete")).status_code == 403
    assert writer.get(desk.address(claim.subject, "delete")).status_code == 403
    factories.as_draft(claim)
    assert desk.errors(desk.change(writer, claim, **{"citations-0-DELETE": "on"})) == {}
    assert not Citation.objects.exists()


@pytest.mark.parametrize("superuser", [False, True])
def test_a_reviewer_and_the_superuser_publish_judge_and_delete(superuser: bool, r1: Entity) -> None:
    user = User.objects.create_superuser("root") if superuser else factories.reviewer()
    client = login(user)
    claim = factories.claim(r1, status="draft", cites=[factories.article()])
    response = desk.change(client, claim, status="published", verdict="disputed", rationale_en="Two papers differ.")
    assert desk.errors(response) == {}
    assert desk.errors(desk.change(client, claim, status="retracted")) == {}
    assert desk.send(client, desk.address(claim, "delete")).status_code == 302
    assert not Claim.objects.exists()


def test_staff_without_a_role_see_nothing(claim: Claim) -> None:
    client = login(User.objects.create_user("plain", is_staff=True))
    index = client.get(reverse("admin:index"))
    assert "You don’t have permission to view or edit anything." in index.content.decode()
    for model in PAGES:
        assert client.get(desk.address(model, "changelist")).status_code == 403
    assert client.get(desk.address(claim, "change")).status_code == 403
    assert client.get(desk.address(claim, "history")).status_code == 403
    assert autocomplete(client, "claim", "subject", "r1").status_code == 403


def test_a_reader_gets_the_login_page(client: Client, claim: Claim) -> None:
    for address in (reverse("admin:index"), desk.address(claim, "change"), desk.address(claim, "history")):
        response = client.get(address)
        assert (response.status_code, response["Location"]) == (302, f"/admin/login/?next={address}")


def test_who_may_only_look_gets_a_page_without_a_form(claim: Claim) -> None:
    user = User.objects.create_user("looker", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client = login(user)
    for record in (claim, KINDS["model"].objects.get(), claim.citations.get().article):
        response = client.get(desk.address(record, "change"))
        assert response.status_code == 200
        assert 'name="_save"' not in response.content.decode()
        assert client.get(desk.address(record, "history")).status_code == 200
        state = desk.address(record, "simple_history", desk.history(record).last().pk)
        assert client.get(state).status_code == 200
        assert client.post(state, {}).status_code == 403


# Figures


@pytest.mark.parametrize(("amount", "shown"), [("294000", "294000"), ("0.5", "0.5"), ("-1200", "-1200"), ("0", "0")])
def test_a_figure_has_no_zeros_behind_its_point(editor_client: Client, r1: Entity, amount: str, shown: str) -> None:
    size = factories.prop("size", "quantity")
    claim = factories.claim(r1, property=size, amount=Decimal(amount), unit=size.unit, status="draft")
    assert desk.read(editor_client, desk.address(claim, "change"))["amount"] == shown
    assert desk.errors(desk.change(editor_client, claim, amount="81")) == {}
    history = editor_client.get(desk.address(claim, "history")).content.decode()
    assert "The value changed: <del>" in history
    assert "000000" not in history


# Links to the site


def test_view_on_site_leads_to_the_page_of_what_is_published_and_to_the_preview_of_the_rest(
    editor_client: Client, r1: Entity
) -> None:
    hidden = factories.relation(r1, factories.prop(), factories.entity(status="draft"))
    pages = {
        r1: "/models/deepseek-r1/",
        factories.entity(slug="it", status="draft"): "/admin/preview/entities/it/",
        factories.claim(r1, slug="so"): "/claims/so/",
        factories.claim(r1, slug="soon", status="in-review"): "/admin/preview/claims/soon/",
        factories.claim(r1, slug="gone", status="retracted"): "/admin/preview/claims/gone/",
        hidden: f"/admin/preview/claims/{hidden.slug}/",
        factories.article("paper"): "/articles/paper/",
        factories.article("later", status="draft"): "/admin/preview/articles/later/",
    }
    for record, page in pages.items():
        assert editor_client.get(desk.address(record, "change")).context["absolute_url"] == page
        assert editor_client.get(page).status_code == 200


def test_the_desk_speaks_french_under_its_french_address(editor_client: Client, r1: Entity) -> None:
    page = editor_client.get(f"/fr/admin/entities/aimodel/{r1.pk}/change/")
    assert page.status_code == 200
    assert 'lang="fr"' in page.content.decode()
