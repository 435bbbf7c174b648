"""The pages of tags: what has each, and nothing of drafts."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles import tags
from articles.models import Article
from entities.models import Entity, Tag
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tag(r1: Entity, high_flyer: Entity, report: Article) -> Tag:
    made = factories.tag()
    Tag.objects.filter(pk=made.pk).update(label_fr="poids ouverts")
    for record in (r1, high_flyer, report):
        record.tags.add(made)
    report.tags.add(factories.tag("costs"))
    factories.tag("nobody has it")
    return made


def test_every_tag_is_listed_with_its_number_of_records(client: Client) -> None:
    response = client.get("/tags/")
    assert [(str(each), each.total) for each in response.context["tags"]] == [("costs", 1), ("open weights", 3)]
    assert [each.slug for each in client.get("/fr/tags/").context["tags"]] == ["costs", "open-weights"]
    assert "poids ouverts" in client.get("/fr/tags/").content.decode()


def test_a_tag_shows_its_entities_by_kind_and_its_articles(client: Client) -> None:
    response = client.get("/tags/open-weights/")
    assert [(each.kind, each.count, list(map(str, each.records))) for each in response.context["sections"]] == [
        ("company", 1, ["High-Flyer"]),
        ("model", 1, ["DeepSeek-R1"]),
    ]
    html = response.content.decode()
    for path in ("/companies/high-flyer/", "/models/deepseek-r1/", "/articles/v3-report/", "/tags/costs/"):
        assert f'href="{path}"' in html
    assert "<h1>Poids ouverts</h1>" in client.get("/fr/tags/open-weights/").content.decode()


def test_of_many_the_first_are_shown_with_a_way_to_the_rest(
    client: Client, tag: Tag, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tags, "MOST_OF_A_KIND", 2)
    for number in range(3):
        factories.entity("person", f"person-{number}").tags.add(tag)
        factories.article(f"article-{number}", published=f"2026-01-0{number + 1}").tags.add(tag)
    response = client.get("/tags/open-weights/")
    people = response.context["sections"][0]
    assert ([each.slug for each in people.records], people.count) == (["person-0", "person-1"], 3)
    assert [each.slug for each in response.context["articles"].records] == ["article-2", "article-1"]
    assert "Very many" not in response.content.decode()
    for path in ("/people/?tag=open-weights", "/articles/?tag=open-weights"):
        assert f'href="{path}"' in response.content.decode()
        assert client.get(path).status_code == 200


def test_of_very_many_those_made_last_are_looked_at(client: Client, tag: Tag, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tags, "MOST_LOOKED_AT", 3)
    made: list[Any] = [factories.entity("person", f"person-{number}") for number in range(5)]
    made += [factories.article(f"article-{number}") for number in range(5)]
    for record in made:
        record.tags.add(tag)
    made[4].status = "draft"
    made[4].save()
    with CaptureQueriesContext(connection) as queries:
        response = client.get("/tags/open-weights/")
    (people,) = response.context["sections"]
    assert [each.slug for each in people.records] == ["person-0", "person-1", "person-2", "person-3"]
    assert (people.count, people.is_cut) == (4, True)
    articles = response.context["articles"]
    assert ({each.slug for each in articles.records}, articles.count) == ({f"article-{n}" for n in (1, 2, 3, 4)}, 3)
    html = response.content.decode()
    assert "these are among those added last" in html
    for path in ("/people/?tag=open-weights", "/articles/?tag=open-weights"):
        assert f'href="{path}"' in html
    # Whatever is asked of the records of the tag is asked of a query that is cut.
    asked = [each["sql"] for each in queries if "tag_id" in each["sql"] and "published" in each["sql"]]
    assert len(asked) == 5
    assert [sql for sql in asked if "LIMIT" not in sql] == []


def test_the_index_counts_so_far_and_no_further(client: Client, tag: Tag, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(2):
        factories.article(f"article-{number}").tags.add(tag)
    monkeypatch.setattr(tags, "MOST_COUNTED", 2)
    response = client.get("/tags/")
    assert [(str(each), each.total, each.is_cut) for each in response.context["tags"]] == [
        ("costs", 1, False),
        ("open weights", 4, True),
    ]
    assert '<span class="count">4+</span>' in response.content.decode()


def test_of_many_tags_those_of_most_records_are_listed(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tags, "MOST_TAGS", 1)
    response = client.get("/tags/")
    assert [str(each) for each in response.context["tags"]] == ["open weights"]
    assert "more tags than one page can hold" in response.content.decode()


@pytest.mark.parametrize("path", ["/tags/nothing/", "/tags/nobody-has-it/", "/tags/secret/"])
def test_a_tag_that_no_published_record_has_is_not_found(client: Client, path: str) -> None:
    secret = factories.tag("secret")
    factories.entity("model", "draft", status="draft").tags.add(secret)
    factories.article("hidden", status="in-review").tags.add(secret)
    for address in (path, f"{path.rstrip('/')}.atom"):
        response = client.get(address)
        assert response.status_code == 404
        assert "raft" not in response.content.decode()
    assert "secret" not in client.get("/tags/").content.decode()
    assert "secret" not in client.get("/sitemap-tags.xml").content.decode()


def test_what_is_withdrawn_is_gone_at_once(client: Client, r1: Entity, report: Article) -> None:
    Entity.objects.filter(pk=r1.pk).update(status="retracted")
    Article.objects.filter(pk=report.pk).update(status="draft")
    html = client.get("/tags/open-weights/").content.decode()
    assert "DeepSeek-R1" not in html
    assert "Technical Report" not in html
    assert [each.total for each in client.get("/tags/").context["tags"]] == [1]
    assert client.get("/tags/costs/").status_code == 404


@pytest.mark.parametrize(
    "path", ["/models/deepseek-r1/", "/companies/", "/articles/", "/articles/v3-report/", "/tags/open-weights/"]
)
def test_tags_are_links_wherever_their_records_are_shown(client: Client, path: str) -> None:
    assert '<a class="tag" href="/tags/open-weights/" rel="tag">open weights</a>' in client.get(path).content.decode()


def test_a_hostile_label_is_words(client: Client, tag: Tag) -> None:
    Tag.objects.filter(pk=tag.pk).update(label_en=factories.HOSTILE)
    for path in ("/tags/", "/tags/open-weights/", "/companies/"):
        assert "<script>alert" not in client.get(path).content.decode()


@pytest.mark.parametrize("path", ["/tags/?page=2", "/tags/open-weights/?page=2"])
def test_a_parameter_is_refused(client: Client, path: str) -> None:
    assert client.get(path).status_code == 400
