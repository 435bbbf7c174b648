"""The made-up story: the same every time, whole, and never in the way of a real one."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles import clock, generate
from articles.models import Article, Citation
from entities import edtf
from entities.fields import sort_key
from entities.models import KINDS, Claim, Entity

ENTITIES, CLAIMS = 400, 3_000


def days() -> list[object]:
    return [
        *Claim.objects.order_by("pk").values_list("pk", "known_since"),
        *Entity.objects.order_by("pk").values_list("pk", "known_since"),
    ]


@pytest.fixture
def made_up(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small story, written in more than one batch."""
    monkeypatch.setattr(generate, "BATCH", 700)
    generate.generate_story(ENTITIES, CLAIMS)


def schema() -> set[str]:
    """Describe every index, and on PostgreSQL every foreign key."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
        else:
            cursor.execute(
                "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() UNION ALL "
                "SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint"
            )
        return {row[0] for row in cursor.fetchall()}


def test_the_indexes_are_as_before(db: None) -> None:
    before = schema()
    generate.generate_story(40, 20)
    assert schema() == before
    assert len(before) > 50


def test_what_fails_midway_leaves_the_indexes_as_before(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    before = schema()
    monkeypatch.setattr(generate._Generator, "claims", lambda self: iter([1 / 0]))
    with pytest.raises(ZeroDivisionError):
        generate.generate_story(40, 20)
    assert schema() == before


def test_the_indexes_of_tables_with_rows_are_left_alone(made_up: None) -> None:
    with CaptureQueriesContext(connection) as queries:
        generate.generate_story(40, 20)
    assert not [query for query in queries if "INDEX" in query["sql"]]


def test_there_are_as_many_as_asked_for(made_up: None) -> None:
    assert (Entity.objects.published().count(), Claim.objects.published().count()) == (400, 3_000)
    assert Article.objects.count() == 200
    assert Citation.objects.count() == pytest.approx(1.2 * 3_000, rel=0.05)


def test_there_is_some_of_everything(made_up: None) -> None:
    assert set(Entity.objects.values_list("kind", flat=True)) == set(KINDS)
    assert {"zh-Hans", "ru", ""} == set(Entity.objects.values_list("native_language", flat=True))
    assert {"entity", "quantity", "date", "text", ""} <= set(Claim.objects.values_list("value_type", flat=True))
    assert Claim.objects.exclude(lane="").values("lane").distinct().count() == 5
    assert Claim.objects.published().disagreements().exists()
    assert Claim.mentions.through._default_manager.exists()
    assert Entity.objects.filter(tagged_items__isnull=False).exists()


def test_each_hub_has_a_thirtieth_of_all_claims(made_up: None) -> None:
    links = [Claim.objects.linking(hub).count() for hub in Entity.objects.order_by("pk")[: generate.HUBS]]
    assert links == [pytest.approx(100, rel=0.3)] * generate.HUBS
    tail = Entity.objects.annotate(count=Count("claims")).order_by("count").values_list("count", flat=True)
    assert tail[200] < 10


def test_the_same_seed_makes_the_same_story(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generate, "BATCH", 70)

    def content(seed: int) -> list[object]:
        for model in (Citation, Claim, Article, Entity):
            model._default_manager.all().delete()
        generate.generate_story(60, 300, seed=seed)
        claims = list(Claim.objects.order_by("pk").values_list("pk", "statement_en", "when", "amount"))
        return [
            *Entity.objects.order_by("pk").values_list("name_en", "native_name", "kind"),
            *((pk - claims[0][0], *rest) for pk, *rest in claims),
        ]

    assert content(seed=0) == content(seed=0) != content(seed=1)


def test_what_saving_derives_is_there(made_up: None) -> None:
    for claim in Claim.objects.exclude(when="")[:200]:
        date = edtf.parse(claim.when)
        assert (claim.when, claim.when_earliest, claim.when_latest) == (date.text, date.earliest, date.latest)
    for entity in Entity.objects.all()[:200]:
        assert entity.sort_name_en == sort_key(entity.name_en)  # type: ignore[attr-defined]
    before = days()
    clock.refresh_known_since()
    assert days() == before


def test_every_claim_fits_its_property(made_up: None) -> None:
    for claim in Claim.objects.select_related("property", "unit", "subject", "object"):
        claim.clean()


def test_its_pages_can_be_read(made_up: None, client: Client) -> None:
    hub = Entity.objects.order_by("pk")[0]
    for address in ("/", "/timeline/", hub.get_absolute_url(), f"/fr{hub.get_absolute_url()}"):
        assert client.get(address).status_code == 200


def test_new_records_follow(made_up: None) -> None:
    last = Entity.objects.order_by("pk").last()
    assert last is not None
    assert Entity.objects.create(kind="idea", slug="new", name="New").pk > last.pk


def test_a_database_with_a_story_is_left_alone_unless_forced(made_up: None) -> None:
    with pytest.raises(CommandError, match="--force"):
        call_command("generate_story", entities=40, claims=10)
    assert Entity.objects.count() == 400
    call_command("generate_story", "--force", entities=40, claims=10, stdout=(said := io.StringIO()))
    assert said.getvalue() == "40 entities and 10 claims added\n"
    assert Entity.objects.count() == 440


def test_too_few_entities_are_refused(db: None) -> None:
    with pytest.raises(CommandError, match="At least 40"):
        call_command("generate_story", entities=5, claims=10)
    assert not Entity.objects.exists()
