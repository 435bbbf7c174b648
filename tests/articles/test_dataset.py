"""The open data: other people's readers take them in, and they hold what is published, all of it and nothing else."""

import csv
import io
import json
import re
import zipfile
from io import StringIO
from pathlib import Path
from typing import Any

import frictionless
import networkx  # type: ignore[import-untyped]
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.api.records import ARTICLE, CITATION, CLAIM, ENTITY
from articles.dataset import FILES, package, reading
from articles.dataset.tables import ARTICLES, CITATIONS, CLAIMS, ENTITIES, TABLES
from articles.models import Article, Citation, Edition
from articles.story import import_story
from articles.suspension import refresh
from entities.models import Claim, Entity, Property, Tag
from tests import factories

TEXT_FILES = [name for name in FILES if name != "story.zip"]


def read(client: Client, name: str) -> bytes:
    response = client.get(f"/data/{name}")
    assert response.status_code == 200, name
    return bytes(response.getvalue())


def lines(client: Client, table: str) -> dict[str, Any]:
    records = [json.loads(line) for line in read(client, f"{table}.jsonl").decode().splitlines()]
    return {record.get("slug") or record["code"]: record for record in records}


def rows(client: Client, table: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(read(client, f"{table}.csv").decode(), newline="")))


def archive(client: Client, name: str = "story.zip") -> dict[str, str]:
    """Read the story files by name."""
    with zipfile.ZipFile(io.BytesIO(read(client, name))) as file:
        assert file.testzip() is None
        return {each.removeprefix("story/"): file.read(each).decode() for each in file.namelist()}


def everything(client: Client) -> dict[str, str]:
    """Map each file to its text; the archive to that of all its files."""
    texts = {name: read(client, name).decode() for name in TEXT_FILES}
    return texts | {"story.zip": "\n".join(archive(client).values())}


@pytest.fixture
def base(r1: Entity, report: Article) -> Claim:
    """Values of every type, a relation, a worded claim with a passage, and awkward words; returns the worded one."""
    firm = factories.entity("company", "firm", name=factories.HOSTILE, name_fr="=1+1", aliases=["a;b", '"c"'])
    r1.tags.add(factories.tag())
    report.tags.add(factories.tag())
    cost = factories.prop("cost", "quantity", note="What counts.")
    factories.claim(r1, slug="sized", property=cost, amount="-5.576", unit=cost.unit, cites=[report], bound="about")
    factories.claim(r1, slug="dated", property=factories.prop("released", "date"), date="2025-01-20/..", cites=[report])
    factories.claim(r1, slug="named", property=factories.prop("licence", "text"), text="MIT", text_fr="Licence MIT")
    factories.claim(r1, slug="placed", property=factories.prop("homepage", "url"), url="https://example.org/")
    factories.relation(firm, factories.prop(), r1, slug="linked", cites=[report], verdict="supported")
    said = factories.claim(
        r1,
        slug="said",
        statement=f"R1 is open.\n{factories.HOSTILE}",
        statement_fr="R1 est ouvert.",
        when="2023/..",
        lane="models",
        verdict="disputed",
        rationale="Why so.",
        cites=[report],
        stance="disputes",
    )
    said.mentions.add(firm)
    Article.objects.filter(pk=report.pk).update(
        publisher=firm, publisher_name="", summary_en="As [said](claim:said) by [it](entity:firm)."
    )
    story = factories.article("the-story", kind="narrative", rights="whole", title="The story")
    factories.passage(said, factories.text(story, "It is open.\nIt is so."), "It is open")
    return said


@pytest.fixture
def hidden(base: Claim, r1: Entity, report: Article) -> None:
    """What readers may not see, all of it with the word “secret”, tied to what they may."""
    secret = factories.entity("person", "secret-person", name="Secret person", status="draft")
    source = factories.article("secret-source", title="Secret source", status="in-review", publisher=r1)
    factories.claim(r1, slug="secret-draft", statement="A secret draft.", status="draft", cites=[report])
    factories.claim(r1, slug="secret-past", statement="A secret past.", status="retracted", cites=[report])
    factories.claim(r1, slug="secret-proposal", statement="A secret proposal.", status="draft", replaces=base)
    factories.claim(secret, slug="secret-of-draft", statement="Secret, of a draft.", cites=[report])
    factories.relation(r1, Property.objects.get(slug="develops"), secret, slug="secret-link")
    Citation.objects.create(claim=base, article=source, locator="secret place")
    base.mentions.add(secret)
    secret.tags.add(factories.tag("secret tag"))
    report.authors.create(name="Jane Doe", entity=secret)
    closed = factories.text(report, "A secret text with an open quote in it.")
    factories.passage(base, closed, "open quote", stance="disputes")
    note = "See [it](claim:secret-draft), [him](entity:secret-person) and [him [too] again](entity:secret-person)."
    Entity.objects.filter(pk=r1.pk).update(summary_en=note)
    Article.objects.filter(pk=report.pk).update(
        note="A secret note.",
        derives_from=source,
        known_through=source,
        how_verified="secondary",
    )
    r1.summary_sources.add(source)


def exported(folder: Path) -> Path:
    call_command("export_data", folder, site="https://story.example", stdout=StringIO())
    return folder


@pytest.mark.django_db
@pytest.mark.usefixtures("hidden")
def test_frictionless_finds_the_package_and_its_tables_valid(tmp_path: Path) -> None:
    report = frictionless.validate(str(exported(tmp_path) / "datapackage.json"))
    assert report.flatten(["type", "title", "note", "description"]) == []
    assert [task.name for task in report.tasks] == [table.name for table in TABLES]


@pytest.mark.django_db
@pytest.mark.usefixtures("base")
def test_frictionless_would_find_a_broken_key(tmp_path: Path) -> None:
    path = exported(tmp_path) / "claims.csv"
    path.write_text(path.read_text().replace(",deepseek-r1,", ",nobody,"))
    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert {error.type for task in report.tasks for error in task.errors} == {"foreign-key"}


@pytest.mark.django_db
@pytest.mark.usefixtures("hidden")
def test_every_published_claim_is_in_each_form_with_verdict_and_source(client: Client) -> None:
    claims, table = lines(client, "claims"), {row["slug"]: row for row in rows(client, "claims")}
    cited = [(row["claim"], row["article"], row["stance"]) for row in rows(client, "citations")]
    story = archive(client)["claims.yaml"]
    stored = list(Claim.objects.published())
    assert claims.keys() == table.keys() == {claim.slug for claim in stored}
    for claim in stored:
        assert claims[claim.slug].get("verdict", "") == table[claim.slug]["verdict"] == claim.verdict
        assert claims[claim.slug]["statement_en"] == claim.sentence
        assert f"- slug: {claim.slug}\n" in story
        sources = [(each["article"], each["stance"]) for each in claims[claim.slug].get("citations", [])]
        assert sources == [(article, stance) for slug, article, stance in cited if slug == claim.slug]
        public = claim.citations.filter(article__status="published")
        assert sources == list(public.values_list("article__slug", "stance"))
    assert any(sources for sources in cited)


@pytest.mark.django_db
def test_values_are_exact_and_of_their_type(client: Client, base: Claim) -> None:
    claims, table = lines(client, "claims"), {row["slug"]: row for row in rows(client, "claims")}
    assert (claims["sized"]["amount"], claims["sized"]["unit"], claims["sized"]["bound"]) == (
        -5.576,
        "parameter",
        "about",
    )
    assert (table["sized"]["amount"], table["sized"]["text_en"]) == ("-5.576", "")
    assert claims["dated"]["date"] == "2025-01-20/.."
    assert (claims["named"]["text_en"], claims["named"]["text_fr"]) == ("MIT", "Licence MIT")
    assert claims["placed"]["value_url"] == "https://example.org/"
    assert (claims["linked"]["object"], claims["linked"]["property"]) == ("deepseek-r1", "develops")
    assert claims["said"]["when_earliest"] == "2023-01-01"
    assert ("when_latest" in claims["said"], table["said"]["when_latest"]) == (False, "")
    assert (claims["said"]["is_worded"], claims["sized"]["is_worded"]) == (True, False)
    assert (claims["said"]["statement_fr"], claims["said"]["rationale_en"]) == ("R1 est ouvert.", "Why so.")
    assert claims["said"]["mentions"] == [{"entity": "firm"}]
    assert claims["said"]["url"] == "http://testserver/claims/said/"
    assert lines(client, "entities")["firm"]["url"] == "http://testserver/companies/firm/"
    assert lines(client, "articles")["v3-report"]["url"] == "http://testserver/articles/v3-report/"
    assert lines(client, "articles")["v3-report"]["publisher_entity"] == "firm"


@pytest.mark.django_db
@pytest.mark.usefixtures("base")
def test_no_spreadsheet_takes_words_for_a_formula(client: Client) -> None:
    firm = next(row for row in rows(client, "entities") if row["slug"] == "firm")
    assert (firm["name_en"], firm["name_fr"]) == (factories.HOSTILE, "'=1+1")
    assert json.loads(firm["aliases"]) == ["a;b", '"c"']
    assert lines(client, "entities")["firm"]["name_fr"] == "=1+1"


@pytest.mark.django_db
@pytest.mark.usefixtures("hidden")
def test_what_is_not_published_is_in_no_file(client: Client) -> None:
    assert [name for name, text in everything(client).items() if "secret" in text.casefold()] == []


@pytest.mark.django_db
@pytest.mark.usefixtures("hidden")
def test_a_passage_is_public_where_its_text_is_not(client: Client) -> None:
    assert "open quote" in read(client, "citations.csv").decode()
    files = archive(client)
    assert "open quote" not in files["claims.yaml"]
    assert [name for name in files if name.startswith("texts/")] == ["texts/the-story.en.1.txt"]


@pytest.mark.django_db
def test_a_suspended_verdict_is_told_as_such_with_no_reason(client: Client, base: Claim) -> None:
    base.citations.exclude(revision=None).update(anchor="changed")
    refresh()
    claim = lines(client, "claims")["said"]
    assert claim["verdict"] == "suspended"
    assert "rationale_en" not in claim
    assert "Why so." not in "".join(everything(client).values())
    assert "verdict: disputed" not in archive(client)["claims.yaml"]


@pytest.mark.django_db
@pytest.mark.usefixtures("hidden")
def test_graphml_has_every_public_relation_and_its_ends(client: Client) -> None:
    factories.entity("idea", "alone")
    graph = networkx.read_graphml(io.BytesIO(read(client, "relationships.graphml")))
    [(subject, other, values)] = graph.edges(data=True)
    assert (subject, other, values["id"], values["property"]) == ("firm", "deepseek-r1", "linked", "develops")
    assert graph.nodes["firm"]["name"] == factories.HOSTILE
    assert set(graph.nodes) == {"firm", "deepseek-r1"}


def emptied() -> None:
    Claim.objects.all().delete()
    Article.objects.update(derives_from=None, known_through=None, publisher=None)
    for model in (Article, Entity, Property, Tag):
        model._default_manager.all().delete()


def without_moments(text: str) -> str:
    return re.sub(r'"?(updated_at|version|created)"?: "[^"]*"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ', "", text)


@pytest.mark.django_db
def test_the_story_files_fill_an_empty_base_with_the_same(client: Client, hidden: None, tmp_path: Path) -> None:
    before = {name: without_moments(text) for name, text in everything(client).items() if "citations" not in name}
    for name, text in archive(client).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    emptied()
    report = import_story(tmp_path)
    assert report.kept == []
    assert archive(client) == {name: (tmp_path / name).read_text(encoding="utf-8") for name in archive(client)}
    after = {name: without_moments(text) for name, text in everything(client).items()}
    for name in ("entities.csv", "properties.csv", "units.csv", "tags.csv", "mentions.csv", "authors.csv"):
        assert sorted(after[name].splitlines()) == sorted(before[name].splitlines()), name


@pytest.mark.django_db
@pytest.mark.usefixtures("hidden")
def test_small_steps_give_the_same_files(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = {name: read(client, name) for name in FILES if name != "story.zip"}
    story = archive(client)
    monkeypatch.setattr(reading, "STEP", 2)
    assert {name: read(client, name) for name in FILES if name != "story.zip"} == at_once
    assert archive(client) == story


@pytest.mark.django_db
@pytest.mark.usefixtures("base")
def test_a_file_is_sent_while_it_is_written(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first piece comes before the last records are read."""
    monkeypatch.setattr(reading, "STEP", 2)
    pieces = iter(client.get("/data/claims.jsonl"))
    with CaptureQueriesContext(connection) as first:
        next(pieces)
    with CaptureQueriesContext(connection) as rest:
        list(pieces)
    assert 0 < len(first) < len(rest)


@pytest.mark.django_db
@pytest.mark.usefixtures("base")
def test_the_queries_of_a_file_do_not_grow_with_its_rows(client: Client, r1: Entity) -> None:
    everything(client)
    few = {name: cost(client, name) for name in FILES}
    for _number in range(10):
        source = factories.article()
        source.tags.add(factories.tag())
        made = factories.claim(r1, cites=[source])
        made.mentions.add(factories.entity())
    assert {name: cost(client, name) for name in FILES} == few


def cost(client: Client, name: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        read(client, name)
    return len(queries)


@pytest.mark.django_db
@pytest.mark.usefixtures("base")
def test_the_head_of_a_file_costs_one_query(client: Client) -> None:
    for name in FILES:
        with CaptureQueriesContext(connection) as queries:
            response = client.head(f"/data/{name}")
        assert len(queries) == 1
        assert (response.status_code, response.getvalue()) == (200, b"")
        assert response["ETag"]


@pytest.mark.django_db
def test_an_empty_base_has_files_too(client: Client) -> None:
    assert [name for name in FILES if not read(client, name)] == [name for name in FILES if name.endswith(".jsonl")]


@pytest.mark.django_db
@pytest.mark.usefixtures("base")
def test_the_command_writes_what_the_site_sends(client: Client, tmp_path: Path) -> None:
    folder = exported(tmp_path / "new")
    assert {path.name for path in folder.iterdir()} == FILES.keys()
    for name in FILES:
        assert (folder / name).read_bytes() == read(client, name).replace(
            b"http://testserver", b"https://story.example"
        )


@pytest.mark.django_db
def test_the_command_says_why_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="Cannot write to"):
        exported(tmp_path / "file")
    with pytest.raises(CommandError, match="--site"):
        call_command("export_data", tmp_path, site="story.example")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "status", "content_type"),
    [
        ("/data/nothing.csv", 404, "text/plain; charset=utf-8"),
        ("/data/nothing.jsonl", 404, "application/json"),
        ("/data/nothing", 404, "text/plain; charset=utf-8"),
        ("/data/claims.csv?limit=3", 400, "text/plain; charset=utf-8"),
        ("/data/datapackage.json?limit=3", 400, "application/json"),
        ("/data/claims.jsonl?limit=3", 400, "application/json"),
        ("/data/?limit=3", 400, "text/html; charset=utf-8"),
        ("/data/claims.csv?utm_source=x", 200, "text/csv; charset=utf-8"),
    ],
)
def test_a_wrong_address_is_answered_in_the_format_asked_for(
    client: Client, address: str, status: int, content_type: str
) -> None:
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (status, content_type)


@pytest.mark.django_db
def test_a_file_takes_no_form(client: Client) -> None:
    assert client.post("/data/claims.csv").status_code == 405


@pytest.mark.django_db(transaction=True)
def test_a_copy_is_good_until_something_that_readers_see_changes(client: Client) -> None:
    r1, report = factories.entity("model", "deepseek-r1"), factories.article("report")
    claim = factories.claim(r1, statement="It is so.", cites=[report])
    fresh = client.get("/data/claims.csv")
    assert "It is so." in fresh.getvalue().decode()
    kept = {"If-None-Match": fresh["ETag"]}
    again = client.get("/data/claims.csv", headers=kept)
    assert (again.status_code, again.content) == (304, b"")
    assert (again["ETag"], again["Cache-Control"]) == (fresh["ETag"], "public, no-cache")
    factories.claim(r1, statement="A draft.", status="draft", cites=[report])
    assert client.get("/data/claims.csv", headers=kept).status_code == 304
    Claim.objects.filter(pk=claim.pk).update(status="retracted")
    changed = client.get("/data/claims.csv", headers=kept)
    assert changed.status_code == 200
    assert "It is so." not in changed.getvalue().decode()


@pytest.mark.django_db(transaction=True)
def test_a_file_is_of_one_moment_while_writers_go_on(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "STEP", 1)
    r1 = factories.entity("model", "deepseek-r1")
    first, last = (factories.claim(r1, slug=slug, statement="It was so.") for slug in ("first", "last"))
    pieces = iter(client.get("/data/claims.jsonl"))
    assert b"first" in next(pieces)
    if connection.vendor == "postgresql":
        # From another connection; an in-memory SQLite has one.
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("UPDATE entities_claim SET statement_en = 'It is new.' WHERE slug = 'last'")
        other.close()
    assert b"It was so." in b"".join(pieces)
    assert not connection.in_atomic_block
    Claim.objects.filter(pk=last.pk).delete()
    assert lines(client, "claims").keys() == {first.slug}


@pytest.mark.django_db(transaction=True)
def test_a_reader_who_goes_away_leaves_no_transaction_behind(client: Client) -> None:
    factories.claim(factories.entity("model", "deepseek-r1"))
    response = client.get("/data/claims.jsonl")
    next(iter(response))
    response.close()
    factories.claim(factories.entity("model", "deepseek-v3"))
    assert len(lines(client, "claims")) == 2


@pytest.mark.django_db
@pytest.mark.usefixtures("base")
def test_other_sites_may_read_the_files_and_browsers_keep_them(client: Client) -> None:
    response = client.get("/data/claims.csv")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response["Content-Disposition"] == 'attachment; filename="claims.csv"'


def test_every_file_and_field_is_documented() -> None:
    words = (settings.BASE_DIR / "docs" / "data.md").read_text(encoding="utf-8")
    assert package.fields_in_words(level=3) in words
    assert [name for name in FILES if f"`{name}`" not in words] == []


def test_a_field_is_called_as_in_the_api() -> None:
    """But for what the tables alone have: a column for each type of value, places in a text, former slugs."""
    own = {"amount", "date", "text", "value_url", "former_slugs", "public_since", "text_number", "start", "end"}
    own |= {"citations.claim", "citations.number"}
    for table, shape in ((ENTITIES, ENTITY), (ARTICLES, ARTICLE), (CLAIMS, CLAIM), (CITATIONS, CITATION)):
        fields = {re.sub("_(en|fr|zh_hans)$", "", field.name) for field in table.fields}
        unknown = fields - {key.name for key in shape.keys} - own
        assert {name for name in unknown if f"{table.name}.{name}" not in own} == set()


def test_each_key_is_that_of_a_table_above() -> None:
    known = [table.name for table in TABLES]
    for table in TABLES:
        above = known[: known.index(table.name) + 1]
        assert [field.name for field in table.fields if field.to and field.to not in above] == []
        assert set(table.key) <= {field.name for field in table.fields if field.required}


@pytest.mark.django_db(transaction=True)
def test_the_page_tells_the_size_of_a_file_that_was_sent_whole(client: Client) -> None:
    factories.claim(factories.entity("model", "deepseek-r1"))
    assert size(client) is None
    next(iter(client.get("/data/claims.csv")))
    assert size(client) is None
    sent = len(read(client, "claims.csv"))
    assert size(client) == sent
    factories.claim(Entity.objects.get())
    assert size(client) is None


def size(client: Client) -> int | None:
    overview = client.get("/data/").context["overview"]
    return next(each.size for each in overview.tables if each.file.name == f"{CLAIMS.name}.csv")


@pytest.fixture
def licence(monkeypatch: pytest.MonkeyPatch) -> None:
    stated = [{"name": "CC0-1.0", "title": "CC0 1.0", "path": "https://creativecommons.org/publicdomain/zero/1.0/"}]
    monkeypatch.setattr(package, "LICENCES", stated)


@pytest.mark.django_db
@pytest.mark.usefixtures("licence")
def test_a_licence_once_stated_is_told_on_the_page_and_in_the_files(client: Client) -> None:
    assert '<a href="https://creativecommons.org/publicdomain/zero/1.0/" rel="license">CC0 1.0</a>' in (
        client.get("/data/").content.decode()
    )
    assert json.loads(read(client, "datapackage.json"))["licenses"][0]["name"] == "CC0-1.0"
    for name in ("datapackage.json", "README.md"):
        text = read(client, name).decode()
        assert "[CC0 1.0](https://creativecommons.org/publicdomain/zero/1.0/)" in text
        assert "No licence" not in text


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["datapackage.json", "README.md"])
def test_a_file_that_describes_the_others_says_how_they_may_be_used_and_cited(client: Client, name: str) -> None:
    factories.entity("model")
    text = read(client, name).decode()
    assert "No licence has been stated for the words and data of this site" in text
    assert "licenses" not in text
    edition = Edition.objects.get()
    cited = (
        f"“The DeepSeek Story: open data”, edition {edition.name} of {edition.changed_at:%Y-%m-%d}, http://testserver/"
    )
    assert cited in text
