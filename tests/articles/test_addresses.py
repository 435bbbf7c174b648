"""Addresses for ever: a renamed record is found under every slug that it had, in each language and form."""

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from articles.models import Article
from articles.story import StoryError, export_story, import_story
from entities.models import KINDS, Claim, Entity
from tests import desk, factories

pytestmark = pytest.mark.django_db

SAMPLE = Path(__file__).parent.parent / "data" / "story"


def rename(record: Any, slug: str) -> None:
    record.slug = slug
    record.save()


@pytest.fixture
def renamed(claim: Claim, report: Article, r1: Entity) -> None:
    """One record of each type, renamed twice."""
    rename(claim, "old-claim")
    rename(report, "old-report")
    for record, slug in ((r1, "r1"), (claim, "weights"), (report, "v3"), (r1, "r-one")):
        rename(record, slug)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/models/deepseek-r1/", "/models/r-one/"),
        ("/models/r1/", "/models/r-one/"),
        ("/fr/models/deepseek-r1/", "/fr/models/r-one/"),
        ("/models/deepseek-r1.ics", "/models/r-one.ics"),
        ("/fr/models/r1.atom", "/fr/models/r-one.atom"),
        ("/models/deepseek-r1.json", "/models/r-one.json"),
        ("/fr/models/deepseek-r1.md", "/fr/models/r-one.md"),
        ("/models/deepseek-r1.bib", "/models/r-one.bib"),
        ("/claims/old-claim.json", "/claims/weights.json"),
        ("/api/entities/deepseek-r1/", "/api/entities/r-one/"),
        ("/fr/api/claims/old-claim/", "/fr/api/claims/weights/"),
        ("/api/articles/v3-report/", "/api/articles/v3/"),
        ("/articles/v3-report.md", "/articles/v3.md"),
        ("/models/deepseek-r1/?utm_source=x", "/models/r-one/?utm_source=x"),
        ("/claims/old-claim/", "/claims/weights/"),
        ("/fr/claims/old-claim/", "/fr/claims/weights/"),
        ("/articles/v3-report/", "/articles/v3/"),
        ("/fr/articles/old-report/", "/fr/articles/v3/"),
    ],
)
def test_an_old_address_leads_to_the_new_one_for_ever(renamed: None, client: Client, old: str, new: str) -> None:
    response = client.get(old)
    assert (response.status_code, response.headers["Location"]) == (301, new)
    assert response.headers["Cache-Control"] == "no-cache"
    assert client.get(new).status_code == 200


@pytest.mark.parametrize("prefix", ["", "/fr"])
@pytest.mark.parametrize(
    "form",
    ["/", ".json", ".md", ".png", ".bib", ".ris", ".csl.json", ".atom", ".ics", "/?utm_source=x", ".png?width=600"],
)
def test_an_address_of_another_kind_leads_to_its_own_in_every_form(
    renamed: None, client: Client, prefix: str, form: str
) -> None:
    for slug in ("r-one", "deepseek-r1"):
        response = client.get(f"{prefix}/people/{slug}{form}")
        assert (response.status_code, response.headers["Location"]) == (301, f"{prefix}/models/r-one{form}")
    assert client.get(f"{prefix}/models/r-one{form}").status_code == 200


@pytest.mark.parametrize(
    "path", ["people/r-one/", "models/deepseek-r1/", "people/r1/neighbourhood/", "claims/old-claim/"]
)
def test_an_embed_of_an_old_address_leads_to_the_present_one(renamed: None, client: Client, path: str) -> None:
    assert client.get(f"/embed/{path}").status_code == 301
    asked = f"http://testserver/{path}".replace("neighbourhood/", "#neighbourhood")
    assert client.get("/oembed", {"url": asked}).status_code == 200


@pytest.mark.parametrize(
    "address",
    ["/timeline/?entity=r1", "/timeline.ics?entity=r1", "/timeline/?after=old-claim", "/api/claims/?after=old-claim"],
)
def test_a_filter_and_a_page_know_a_former_slug(renamed: None, client: Client, address: str) -> None:
    assert client.get(address).status_code == 200


def test_no_old_address_tells_of_a_record_that_is_not_published(renamed: None, client: Client, r1: Entity) -> None:
    Entity.objects.update(status="draft")
    assert client.get("/models/deepseek-r1/").status_code == 404
    assert client.get("/claims/old-claim/").status_code == 404


def test_the_admin_and_unknown_addresses_stay_as_they_are(renamed: None, client: Client) -> None:
    assert client.get("/claims/nothing/").status_code == 404
    assert client.post("/claims/old-claim/").status_code == 405


def test_prose_keeps_leading_to_what_was_renamed(renamed: None, client: Client, high_flyer: Entity) -> None:
    high_flyer.summary = "[Out](claim:old-claim), [here](claim:weights): [it](entity:deepseek-r1)."
    high_flyer.full_clean()
    high_flyer.save()
    page = client.get("/companies/high-flyer/").content.decode()
    assert page.count('href="/claims/weights/" class="claim-link"') == 2
    assert 'href="/models/r-one/" class="entity-link"' in page


def test_a_record_takes_its_own_former_slug_back(r1: Entity, client: Client) -> None:
    rename(r1, "other")
    rename(r1, "deepseek-r1")
    assert [str(former) for former in r1.former_slugs.all()] == ["other"]
    assert client.get("/models/other/").status_code == 301


@pytest.mark.parametrize("make", [factories.entity, factories.claim, factories.article])
def test_no_other_record_takes_a_former_slug(make: Any, r1: Entity) -> None:
    fields: dict[str, Any] = {"subject": r1} if make is factories.claim else {}
    record = make(slug="first", **fields)
    rename(record, "second")
    with pytest.raises(ValidationError) as caught:
        type(record)(slug="first").clean()
    assert list(caught.value.message_dict) == ["slug"]
    assert str(record) in caught.value.message_dict["slug"][0]


def test_a_claim_makes_no_slug_that_leads_to_another(r1: Entity) -> None:
    claim = factories.claim(r1, statement="It is out.")
    rename(claim, "renamed")
    assert factories.claim(r1, statement="It is out.").slug == "it-is-out-2"


def test_a_reviewer_renames_in_the_form(editor_client: Client, client: Client, r1: Entity) -> None:
    model = KINDS["model"].objects.get(pk=r1.pk)
    assert desk.errors(desk.change(editor_client, model, slug="r-one")) == {}
    assert client.get("/models/deepseek-r1/").headers["Location"] == "/models/r-one/"
    response = desk.add(editor_client, KINDS["person"], name_en="Somebody", slug="deepseek-r1")
    assert list(desk.errors(response)) == ["slug"]
    [first, *_rest] = desk.history(r1).values_list("slug", flat=True)
    assert first == "r-one"


def test_a_form_with_a_slug_that_is_none_says_so(editor_client: Client, claim: Claim) -> None:
    assert list(desk.errors(desk.change(editor_client, claim, slug="no slug!"))) == ["slug"]


def test_the_story_files_keep_former_slugs(tmp_path: Path) -> None:
    import_story(SAMPLE)
    for model in (Entity, Claim, Article):
        record = model._default_manager.order_by("slug").first()
        for slug in ("a-second", "a-third"):
            rename(record, slug)
    exported = export_story(tmp_path)
    for model in (Claim, Article, Entity):
        assert model._default_manager.get(slug="a-third").former_slugs.count() == 2
        model.former_slugs.rel.related_model._default_manager.all().delete()
    report = import_story(tmp_path, overwrite=True)
    assert [report.counts[section].changed for section in ("entities", "claims", "articles")] == [1, 1, 1]
    assert export_story(tmp_path).records == exported.records


@pytest.mark.parametrize("slug", ["deepseek", "taken"])
def test_a_former_slug_in_the_files_leads_to_one_record(tmp_path: Path, slug: str) -> None:
    import_story(SAMPLE)
    story = export_story(tmp_path)
    keys = iter(key for key in story["entity"] if key != "deepseek")
    lines = (tmp_path / "entities.yaml").read_text(encoding="utf-8")
    for key in [next(keys), next(keys)]:
        lines = lines.replace(f"- slug: {key}\n", f"- slug: {key}\n  former_slugs:\n  - {slug}\n")
    (tmp_path / "entities.yaml").write_text(lines, encoding="utf-8")
    with pytest.raises(StoryError, match=f"former_slugs: “{slug}” leads to"):
        import_story(tmp_path)


def test_the_files_do_not_bring_back_what_was_renamed_here() -> None:
    import_story(SAMPLE)
    claim = Claim.objects.order_by("slug").first()
    assert claim is not None
    old = claim.slug
    rename(claim, "renamed")
    assert not import_story(SAMPLE).counts["claims"].created
    with pytest.raises(StoryError, match=f"{old}: was renamed here, or merged: its address leads to renamed"):
        import_story(SAMPLE, overwrite=True)
