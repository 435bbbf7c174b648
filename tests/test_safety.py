"""What must never happen: an answer without its headers, a cookie for a reader, a script in a text, a draft shown."""

from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urldefrag

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.test import Client
from django.urls import reverse

from articles.models import Article, Author, Citation
from entities.models import KIND_PATHS, Claim, Entity, Property, Tag, Unit
from tests import desk, factories
from tests.crawl import Page
from tests.test_settings import HEADERS, POLICY

pytestmark = pytest.mark.django_db

LISTS = ["/", *(f"/{path}/" for path in KIND_PATHS.values()), "/claims/", "/claims/?show=all", "/timeline/"]
LISTS += ["/relationships/", "/articles/", "/about/"]


def pages(*records: Any) -> list[str]:
    """Give the address of every public page in both languages: the lists, and those of the records."""
    english = LISTS + [record.get_absolute_url() for record in records]
    return [prefix + page for prefix in ("", "/fr") for page in english]


def read_whole(response: Any) -> None:
    """Read an answer to its end, which closes the file of a static one; close() would close the database as well."""
    b"".join(response)


# Headers


@pytest.fixture
def breaking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the about page raise."""

    def fail() -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("articles.coverage.measure", fail)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/models/deepseek-r1/", 200),
        ("get", "/fr/models/deepseek-r1/", 200),
        ("get", "/models/deepseek-r1", 301),
        ("get", "/people/deepseek-r1/", 301),
        ("get", "/models/nothing/", 404),
        ("get", "/timeline/?from=yesterday", 400),
        ("post", "/timeline/", 405),
        ("get", "/about/", 500),
        ("get", "/static/css/base.css", 200),
        ("get", "/admin/entities/claim/", 302),
        ("get", "/admin/login/", 200),
        ("get", "/admin/preview/entities/deepseek-r1/", 302),
    ],
)
def test_an_answer_of_every_sort_carries_the_headers(
    method: str, path: str, status: int, r1: Entity, breaking: None
) -> None:
    response = getattr(Client(raise_request_exception=False), method)(path)
    read_whole(response)
    assert response.status_code == status
    assert {name: response.headers.get(name) for name in HEADERS} == HEADERS
    assert set(response.headers["Content-Security-Policy"].split("; ")) == POLICY
    assert "camera=()" in response.headers["Permissions-Policy"]


def test_every_page_of_an_editor_carries_the_headers(editor_client: Client, claim: Claim) -> None:
    for path in ("/admin/", desk.address(claim, "change"), desk.address(claim, "history"), "/admin/jsi18n/"):
        response = editor_client.get(path)
        assert response.status_code == 200
        assert {name: response.headers.get(name) for name in HEADERS} == HEADERS
        assert set(response.headers["Content-Security-Policy"].split("; ")) == POLICY


def test_a_page_that_breaks_tells_no_secret(breaking: None) -> None:
    page = Client(raise_request_exception=False).get("/about/").content.decode()
    assert "Something broke on our side" in page
    assert "broken on purpose" not in page


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost:80@evil.example", "a b"])
def test_an_unknown_host_is_refused(host: str) -> None:
    response = Client(headers={"host": host}).get("/")
    assert response.status_code == 400
    assert "evil" not in response.content.decode()


# Readers


def test_a_reader_gets_no_cookie_and_one_page_for_all(claim: Claim, report: Article) -> None:
    reader = Client(headers={"accept-language": "fr", "cookie": f"sessionid={'a' * 32}"})
    for path in [*pages(claim.subject, claim, report), "/nothing/", "/timeline/?from=x", "/static/css/base.css"]:
        response = reader.get(path)
        read_whole(response)
        assert not response.cookies, path
        assert {"accept-language", "cookie"}.isdisjoint(response.headers.get("Vary", "").lower().split(", ")), path


@pytest.mark.parametrize(
    "path",
    ["/data/claims.csv", "/data/datapackage.json", "/feed.atom", "/models/deepseek-r1.png", "/api/", "/api/claims/"],
)
def test_the_word_that_a_copy_is_still_the_same_says_how_to_keep_it_as_the_copy_did(
    client: Client, claim: Claim, path: str
) -> None:
    fresh = client.get(path)
    kept = client.get(path, headers={"if-none-match": fresh["ETag"]})
    assert kept.status_code == 304
    for name in ("Vary", "Cache-Control", "ETag", "Expires", "Cross-Origin-Resource-Policy"):
        assert kept.headers.get(name) == fresh.headers.get(name), name
    assert "Accept-Encoding" in kept["Vary"]


# Logging in

LOGIN = "/admin/login/"
PASSWORD = "a long password"


def log_in(client: Client, username: str = "editor", password: str = PASSWORD) -> Any:
    return client.post(LOGIN, {"username": username, "password": password, "next": "/admin/"})


def test_after_five_wrong_passwords_the_right_one_is_refused_there_and_for_that_name_alone() -> None:
    factories.editor()
    factories.reviewer()
    for _ in range(5):
        log_in(Client(), password="wrong")
    assert log_in(Client()).status_code == 429
    assert log_in(Client(), "reviewer").status_code == 302
    assert log_in(Client(REMOTE_ADDR="198.51.100.7")).status_code == 302


def test_a_right_password_forgives_the_wrong_ones_before() -> None:
    factories.editor()
    for password in ["wrong"] * 4 + [PASSWORD] + ["wrong"] * 4:
        log_in(Client(), password=password)
    assert log_in(Client()).status_code == 302


def test_the_refusal_of_a_locked_name_carries_the_headers() -> None:
    for _ in range(5):
        response = log_in(Client(), password="wrong")
    assert {name: response.headers.get(name) for name in HEADERS} == HEADERS


def test_the_cookie_of_an_editor_is_out_of_reach_of_scripts_and_other_sites() -> None:
    factories.editor()
    client = Client()
    client.get(LOGIN)
    cookies = log_in(client).cookies
    assert cookies["sessionid"]["httponly"]
    assert cookies["sessionid"]["samesite"] == "Lax"
    assert cookies["sessionid"]["max-age"] == 7 * 24 * 60 * 60
    assert client.cookies["csrftoken"]["httponly"]


def test_a_session_gets_a_new_key_at_login_and_is_dead_after_logout() -> None:
    factories.editor()
    client = Client()
    session = client.session
    session["planted"] = "before"
    session.save()
    planted = client.cookies["sessionid"].value
    log_in(client)
    key = client.cookies["sessionid"].value
    assert key != planted
    assert client.get("/admin/").status_code == 200
    client.post("/admin/logout/")
    for old in (planted, key):
        thief = Client()
        thief.cookies["sessionid"] = old
        assert thief.get("/admin/").status_code == 302


def test_a_form_from_another_site_is_refused(claim: Claim) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.reviewer(), backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(desk.address(claim, "delete"), {"post": "yes"}).status_code == 403
    assert Claim.objects.exists()


# Refusals


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
@pytest.mark.parametrize("path", [*LISTS, "/relationships.json", "/timeline.atom", "/models/deepseek-r1/"])
def test_a_page_for_readers_takes_no_form_whatever_token_comes_with_it(path: str, method: str, r1: Entity) -> None:
    response = getattr(Client(enforce_csrf_checks=True), method)(path)
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
    assert "This page can only be read" in response.content.decode()


def refusals(prefix: str) -> Iterator[tuple[int, Any]]:
    """Make the site refuse a form without its token, a preview to somebody without a role, and a locked name."""
    yield 403, Client(enforce_csrf_checks=True).post(f"{prefix}{LOGIN}")
    visitor = Client()
    user = User.objects.create_user(f"visitor{prefix}", is_staff=True)
    visitor.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    yield 403, visitor.get(prefix + previews()[0])
    for _ in range(5):
        locked = Client().post(f"{prefix}{LOGIN}", {"username": "editor", "password": "wrong"})
    yield 429, locked


@pytest.mark.parametrize(
    ("prefix", "titles"),
    [
        ("", ["This form was not taken", "This page is not open to you", "Too many wrong passwords"]),
        (
            "/fr",
            [
                "Ce formulaire n'a pas été accepté",
                "Cette page ne vous est pas ouverte",
                "Trop de mots de passe erronés",
            ],
        ),
    ],
)
def test_a_refusal_is_a_page_of_the_site_in_its_language(prefix: str, titles: list[str]) -> None:
    for (status, response), title in zip(refusals(prefix), titles, strict=True):
        page = unescape(response.content.decode())
        assert response.status_code == status
        assert f"<h1>{title}</h1>" in page
        assert 'class="masthead"' in page
        assert "style=" not in page
        assert "<style" not in page


def test_the_page_of_a_locked_name_says_how_long_to_wait() -> None:
    *_, (_status, locked) = refusals("")
    minutes = settings.AXES_COOLOFF_TIME.total_seconds() // 60
    assert f"Wait {minutes:.0f} minutes" in locked.content.decode()


def test_nothing_on_the_way_keeps_the_word_that_a_preview_is_not_there(editor_client: Client) -> None:
    for path in previews():
        response = editor_client.get(path.rstrip("/") + "-not/")
        assert response.status_code == 404
        assert {"no-store", "private"} <= set(response.headers["Cache-Control"].split(", "))


# Hostile words

HOSTILE = factories.HOSTILE + "\"'><img src=x onerror=alert(1)>{{ 7|add:7 }}"
SHORT = "<script>x()</script>"


def make_hostile(record: models.Model, *but: str) -> Any:
    """Put hostile words into every text of a record in every language, but those whose names start so."""
    for field in record._meta.concrete_fields:
        is_words = type(field).__name__ in ("CharField", "TextField") and field.editable and not field.choices
        if is_words and not field.name.startswith(but):
            fitting = (words for words in (HOSTILE, SHORT, "<b>") if len(words) <= (field.max_length or 1000))
            setattr(record, field.attname, next(fitting))
    record.save()
    return record


@pytest.fixture
def hostile_records() -> dict[str, Any]:
    """An entity with facts, links and statements, all of whose words are hostile."""
    unit, tag = make_hostile(factories.unit(), "currency"), make_hostile(factories.tag())
    relation, size, licence = (
        make_hostile(factories.prop(slug, value_type))
        for slug, value_type in (("develops", "entity"), ("size", "quantity"), ("licence", "text"))
    )
    size.other_units.add(unit)
    subject, other = (make_hostile(factories.entity("model")) for _ in range(2))
    subject.aliases, subject.links = [HOSTILE], [{"type": HOSTILE, "url": "https://example.org/?a=1&b='><script>"}]
    subject.save()
    subject.tags.add(tag)
    address = "https://example.org/'><script>x()</script>"
    article = make_hostile(factories.article(publisher=other, url=address, published="2025-01-20"))
    Author.objects.create(article=article, name=HOSTILE, entity=other)
    article.tags.add(tag)
    told = {"when": "2025-01-20", "lane": "models", "verdict": "disputed"}
    claims = [
        make_hostile(factories.claim(subject, cites=[article], **told), "text"),
        make_hostile(factories.relation(subject, relation, other, cites=[article]), "text", "statement"),
        make_hostile(factories.claim(subject, property=licence, text="x", cites=[article]), "statement"),
    ]
    for amount, standing in ((5, {"rank": "preferred"}), (6, {"alternative": "rival"})):
        value = factories.claim(subject, property=size, amount=amount, unit=unit, cites=[article], **standing)
        claims.append(make_hostile(value, "text", "statement"))
    Citation.objects.update(locator=HOSTILE)
    return {
        "subject": subject,
        "other": other,
        "claims": claims,
        "article": article,
        "property": relation,
        "unit": unit,
    }


class Markup(HTMLParser):
    """Collects what could run or load in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.dangers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        own = given.get("src", "").startswith(("/static/", "/admin/jsi18n/", "/fr/admin/jsi18n/"))
        # JSON-LD is data: no browser runs it.
        if tag == "script" and given != {"type": "application/ld+json"} and not own:
            self.dangers.append(f"script {given}")
        if tag in ("iframe", "object", "embed", "base"):
            self.dangers.append(tag)
        if tag == "img" and not given.get("src", "").startswith("/static/"):
            self.dangers.append(f"img {given}")
        for name, value in given.items():
            if name.startswith("on") or name == "style" or value.strip().lower().startswith("javascript:"):
                self.dangers.append(f"{tag} {name}={value}")


def dangers(page: str) -> list[str]:
    markup = Markup()
    markup.feed(page)
    return markup.dangers


def test_hostile_words_are_words_on_every_public_page(client: Client, hostile_records: dict[str, Any]) -> None:
    told = [hostile_records["subject"], hostile_records["article"], *hostile_records["claims"]]
    for path in pages(*told, hostile_records["other"]):
        response = client.get(path)
        page = response.content.decode()
        assert response.status_code == 200, path
        assert dangers(page) == [], path
        # Shown as it was typed, at least on the pages of these records.
        assert "{{ 7|add:7 }}" in page or not any(record.get_absolute_url() in path for record in told), path


def test_hostile_words_are_words_in_every_preview_and_form(
    editor_client: Client, hostile_records: dict[str, Any]
) -> None:
    subject, article, claims = (hostile_records[name] for name in ("subject", "article", "claims"))
    paths = [
        reverse("entities:entity-preview", args=[subject.slug]),
        reverse("articles:article-preview", args=[article.slug]),
        *(reverse("entities:claim-preview", args=[claim.slug]) for claim in claims),
    ]
    for record in (subject, article, *claims, hostile_records["property"], hostile_records["unit"]):
        paths += [desk.address(record, "change"), desk.address(record, "history"), desk.address(record, "delete")]
    paths += [desk.address(model, "changelist") for model in (Entity, Claim, Article, Property, Unit, Tag)]
    for path in [*paths, "/admin/"]:
        response = editor_client.get(path)
        assert response.status_code == 200, path
        assert dangers(response.content.decode()) == [], path


def test_hostile_words_come_back_from_the_look_up_as_data(editor_client: Client, hostile_records: Any) -> None:
    query = {"app_label": "entities", "model_name": "claim", "field_name": "subject", "term": "script"}
    response = editor_client.get("/admin/autocomplete/", query)
    assert response.headers["Content-Type"] == "application/json"
    assert HOSTILE in [result["text"] for result in response.json()["results"]]


@pytest.mark.parametrize("query", ["from=", "entity=", "tag=", "kind=", "nonsense="])
def test_hostile_words_in_an_address_are_words_on_the_page_that_refuses_them(client: Client, query: str) -> None:
    response = client.get("/timeline/", query_params={query.rstrip("="): HOSTILE})
    assert response.status_code == 400
    assert dangers(response.content.decode()) == []


# Drafts

SECRET = "Zanzibar"


def secret(status: str) -> Iterator[Any]:
    """Make records that readers must not see, on top of some that they do; all of them carry the secret word."""
    seen, neighbour = factories.entity("company", "seen"), factories.entity("model", "neighbour")
    relation, licence = factories.prop(), factories.prop("licence", "text")
    source = factories.article("source")
    moment = {"when": "2025-01-20", "lane": "models"}
    seen.summary = "See [this claim](claim:hidden-claim) and [that model](entity:hidden-model)."
    seen.save()
    hidden = {
        kind: factories.entity(kind, f"hidden-{kind}", name=f"{SECRET} {kind}", status=status) for kind in KIND_PATHS
    }
    paper = factories.article("hidden-article", title=f"{SECRET} paper", publisher_name=SECRET, status=status)
    words = {"statement": f"{SECRET} statement.", "title": f"{SECRET} title"}
    yield from hidden.values()
    yield paper
    yield factories.claim(seen, slug="hidden-claim", status=status, cites=[source], **words, **moment)
    yield factories.claim(hidden["model"], slug="on-hidden", cites=[source], **words, **moment)
    yield factories.relation(seen, relation, hidden["model"], slug="to-hidden", cites=[source], **moment)
    yield factories.relation(hidden["person"], relation, seen, slug="from-hidden", cites=[source])
    yield factories.claim(seen, property=licence, text=f"{SECRET} licence", status=status, slug="hidden-value")
    shown = factories.claim(neighbour, slug="shown", statement="Open.", cites=[source, paper], **moment)
    shown.mentions.add(hidden["model"])
    factories.claim(neighbour, slug="proposal", replaces=shown, status="draft", cites=[source], **words, **moment)
    factories.article("child", derives_from=paper, how_verified="memory")


def public_page(record: Any) -> str:
    """Give the address that a record has once it is published."""
    folder = KIND_PATHS[record.kind] if isinstance(record, Entity) else f"{record._meta.model_name}s"
    return f"/{folder}/{record.slug}/"


@pytest.mark.parametrize("status", ["draft", "in-review", "retracted"])
def test_what_is_not_published_is_on_no_public_page(status: str, client: Client) -> None:
    hidden = list(secret(status))
    about = [Entity.objects.get(slug="seen"), Entity.objects.get(slug="neighbour"), Claim.objects.get(slug="shown")]
    for path in pages(*about, *Article.objects.filter(status="published")):
        response = client.get(path)
        assert response.status_code == 200, path
        assert SECRET not in response.content.decode(), path
        for record in hidden:
            assert f'"{public_page(record)}"' not in response.content.decode(), path
    for record in [*hidden, Claim.objects.get(slug="proposal")]:
        assert client.get(public_page(record)).status_code == 404
        assert client.get("/fr" + public_page(record)).status_code == 404


@pytest.mark.parametrize("status", ["draft", "in-review", "retracted"])
def test_what_is_not_published_is_not_counted(status: str, client: Client) -> None:
    def figures() -> list[Any]:
        home, about = client.get("/").context, client.get("/about/").context
        return [[kind["count"] for kind in home["kinds"]], home["claim_count"], about["coverage"]]

    seen = factories.entity("company", "seen")
    factories.claim(seen, slug="shown", cites=[factories.article("source")])
    before = figures()
    kinds = [factories.entity(kind, status=status) for kind in KIND_PATHS]
    paper = factories.article(status=status)
    factories.claim(seen, status=status, cites=[paper])
    factories.claim(kinds[0], cites=[paper])
    Citation.objects.create(claim=Claim.objects.get(slug="shown"), article=paper, stance="disputes")
    assert figures() == before


def test_a_tag_that_only_a_draft_has_is_no_filter(client: Client) -> None:
    for status in ("published", "draft"):
        factories.entity("model", status=status).tags.add(factories.tag(f"of a {status} model"))
        factories.article(status=status).tags.add(factories.tag(f"of a {status} paper"))
    for path, kind in (("/timeline/", "model"), ("/claims/", "model"), ("/articles/", "paper")):
        choices = list(client.get(path).context["form"].fields["tag"].choices)
        assert [label for _value, label in choices[1:]] == [f"of a published {kind}"]


@pytest.mark.parametrize("path", ["/timeline/?entity=", "/claims/?entity=", "/relationships/?entity="])
def test_a_filter_does_not_tell_a_draft_from_nothing(path: str, client: Client) -> None:
    factories.entity("model", "hidden", status="draft")
    hidden, nothing = client.get(path + "hidden"), client.get(path + "nothing")
    assert (hidden.status_code, nothing.status_code) == (400, 400)


def previews() -> list[str]:
    entity, article = factories.entity("model", "soon", status="draft"), factories.article("later", status="draft")
    claim = factories.claim(entity, slug="so", status="in-review", cites=[article])
    return [
        reverse(f"{app}-preview", args=[record.slug])
        for app, record in (("entities:entity", entity), ("articles:article", article), ("entities:claim", claim))
    ]


def test_an_editor_previews_a_draft_that_nothing_on_the_way_keeps(editor_client: Client) -> None:
    for path in previews():
        response = editor_client.get(path)
        assert response.status_code == 200
        assert {"no-store", "private"} <= set(response.headers["Cache-Control"].split(", "))
        assert "Preview for editors" in response.content.decode()


@pytest.mark.parametrize("status", ["draft", "in-review"])
def test_every_link_of_a_preview_leads_somewhere(status: str, editor_client: Client) -> None:
    hidden = list(secret(status))
    entity, claim, paper = hidden[2], Claim.objects.get(slug="hidden-claim"), Article.objects.get(slug="hidden-article")
    entity.summary = "See [this claim](claim:on-hidden) and [that person](entity:hidden-person)."
    entity.save()
    for record in (claim, Claim.objects.get(slug="on-hidden")):
        Citation.objects.create(claim=record, article=paper)
        record.mentions.set(hidden[:2])
    paper.publisher, paper.derives_from = hidden[1], factories.article("draft", status=status)
    paper.summary = "See [this claim](claim:on-hidden) and [that person](entity:hidden-person)."
    paper.save()
    links = set()
    for record in [*hidden, Claim.objects.get(slug="on-hidden"), Claim.objects.get(slug="to-hidden")]:
        preview = Page(record.get_absolute_url(), 200, editor_client.get(record.get_absolute_url()).content.decode())
        links |= {urldefrag(link)[0] for link in preview.links if link.startswith("/") and "/static/" not in link}
    assert {link: editor_client.get(link).status_code for link in links} == dict.fromkeys(links, 200)


def test_a_preview_shows_sources_and_mentions_that_are_no_more_public_than_itself(editor_client: Client) -> None:
    paper, idea = factories.article("paper", status="draft"), factories.entity("idea", "scaling", status="in-review")
    gone = factories.article("gone", status="retracted")
    claim = factories.claim(factories.entity("model", "soon", status="draft"), status="draft", cites=[paper, gone])
    claim.mentions.add(idea)
    for record in (claim, claim.subject):
        page = editor_client.get(record.get_absolute_url()).content.decode()
        assert "/admin/preview/articles/paper/" in page
        assert "gone" not in page
    assert "/admin/preview/entities/scaling/" in editor_client.get(claim.get_absolute_url()).content.decode()


def test_nobody_else_previews_a_draft(client: Client) -> None:
    reader = Client()
    reader.force_login(User.objects.create_user("reader"), backend="django.contrib.auth.backends.ModelBackend")
    for path in previews():
        for each in (client, reader):
            response = each.get(path)
            assert (response.status_code, response["Location"]) == (302, f"{LOGIN}?next={path}")


def test_an_account_without_a_role_previews_nothing(client: Client) -> None:
    visitor = User.objects.create_user("visitor", is_staff=True)
    client.force_login(visitor, backend="django.contrib.auth.backends.ModelBackend")
    assert {client.get(path).status_code for path in previews()} == {403}


def test_a_place_in_a_list_does_not_tell_a_draft_from_nothing(client: Client) -> None:
    factories.entity("person", "secret", status="draft")
    assert client.get("/people/?after=secret").status_code == client.get("/people/?after=nobody").status_code == 400
