"""Nothing that is sent to the desk, whatever a browser would never send, ends in an error of the server."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, reverse

from articles import merging, review
from articles.models import Article, Author
from entities.models import Claim, Person
from tests import desk, factories

pytestmark = pytest.mark.django_db

# One of the kinds of entity, which share an admin, and of the vocabulary; accounts and log-ins are not ours.
ADMINS = ["property", "person", "claim", "article", "citation", "merge"]
# Ids of nothing, of none that a database could look for, and what is no number.
IDS = ["0", "999999", "9" * 40, "x", "²", "-1"]
NUL, HUGE, LONG = "a\0b", "9" * 40, "words " * 170_000
QUERIES = {
    "changelist": [
        "q=%00", "o=99.-x", "p=99999999999", "p=x", "e=1", "queue=nothing", "status__exact=%00", "tags__id__exact=x",
        "passage=x", "_popup=1", f"id__exact={HUGE}", f"q={'a+' * 1500}",
    ],
    "export": ["q=%00", "status__exact=%00", "queue=nothing", "o=x"],
    "add": ["_changelist_filters=%00", "subject=x", f"subject={HUGE}"],
    "change": ["undo=x", f"undo={HUGE}", "_changelist_filters=%00"],
    "merge": ["with=x", f"with={HUGE}", "with=%00"],
    "text": ["language=%00", f"language={LONG[:5_000]}"],
    "annotate": ["language=%00", "number=x", f"language=en&number={HUGE}", "citation=%00", "citation=999999"],
    "history": ["page=x", "p=0"],
}  # fmt: skip
# What the buttons of a page send.
BUTTONS: dict[str, list[dict[str, str]]] = {
    "annotate": [{"save": "x"}, {"find": "x"}, {"search": "x"}, {"remove": "x"}],
    "review": [{"step": step} for step in ("publish", "submit", "x")],
    "changelist": [
        {"action": action, "_selected_action": "1", "index": "0"}
        for action in ("delete_selected", "merge_selected", "publish_selected", "submit_selected", "x")
    ],
    "delete": [{"post": "yes"}],
    "deleted": [{"restore": "1"}],
    "import": [{"text": "subject,statement_en\nx,y\n"}, {}],
}

World = dict[str, list[Any]]


@pytest.fixture
def chief() -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create_superuser("chief"), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def world(claim: Claim, report: Article) -> World:
    """Records that exist, by the name of their model, with what belongs to them; the last of each is deleted."""
    person = Person.objects.get(pk=factories.entity("person").pk)
    person.tags.add(factories.tag())
    Author.objects.create(article=report, name="A. One", entity=person)
    factories.passage(claim, factories.text(report, "R1 is open. It is free."), "R1 is open")
    draft = factories.claim(
        claim.subject, status="draft", property=factories.prop("size", "quantity"), amount=5, unit=factories.unit()
    )
    kept, other = factories.entity("company"), factories.entity("company")
    merged = merging.merge(kept, other, "One firm.", None, merging.plan(kept, other).digest)
    made: World = {
        "claim": [claim, draft, review.propose(claim, "in-review"), factories.claim(kept)],
        "article": [report, factories.article()],
        "person": [person, Person.objects.get(pk=factories.entity("person").pk)],
        "entity": [claim.subject],
        "property": [draft.property, factories.prop("gone")],
        "unit": [factories.unit(), factories.unit("gone")],
        "tag": [person.tags.get(), factories.tag("gone")],
        "merge": [merged],
    }
    for name in ("claim", "article", "person", "property", "unit", "tag"):
        type(made[name][-1]).objects.filter(pk=made[name][-1].pk).delete()
    return made


def pages(model: str) -> Iterator[tuple[str, list[str]]]:
    """Name the pages of an admin, each with the names of what its address holds."""
    for pattern in admin.site.get_urls():
        for each in getattr(pattern, "url_patterns", []):
            if isinstance(each, URLPattern) and each.name and each.name.split("_")[1] == model:
                # The package's own address has a group without a name.
                unnamed = ["object_id", "version_id"] if each.name.endswith("simple_history") else []
                yield each.name, list(each.pattern.converters) or unnamed


def addresses(name: str, parts: list[str], records: list[Any]) -> Iterator[str]:
    """Give the addresses of a page: right ones, and ones that somebody made up."""
    if not parts:
        yield reverse(f"admin:{name}")
    for record in records if parts else []:
        versions, rows = [0], {"x": 0}
        if hasattr(record, "history"):
            versions = [record.history.first().pk]
            desk_admin: Any = admin.site.get_model_admin(type(record))
            histories = desk_admin.part_histories(record)
            rows |= {part: getattr(found.first(), "pk", 0) for part, found in histories.items()}
        for part, number in rows.items() if "part" in parts else [("x", 0)]:
            given = {"version_id": versions[0], "part": part, "number": number}
            yield reverse(f"admin:{name}", args=[record.pk, *(given[each] for each in parts[1:])])
    for pk in IDS if parts else []:
        if parts[0] == "object_id" or (pk.isascii() and pk.isdecimal()):
            yield reverse(f"admin:{name}", args=[pk, *({"part": "x", "number": 0}.get(each, pk) for each in parts[1:])])


def hostile(form: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Spoil what a browser would send of a page: all of it, then one half, so that the other is sound."""
    yield "as it is", form
    yield "a stale version", form | {name: "0.0" for name in ("version", "based_on", "revision") if name in form}
    yield "bytes", form | {name: SimpleUploadedFile("x.txt", b"\0\xff") for name in ("file", "sheet")}
    yield "1 MB", form | dict.fromkeys(form, LONG[: len(LONG) // (len(form) or 1)])
    for names in (list(form), list(form)[::2], list(form)[1::2]):
        yield f"without {names}", {name: value for name, value in form.items() if name not in names}
        yield f"NUL in {names}", form | dict.fromkeys(names, NUL)
        # The stock tables would show two thousand rows, which takes long and proves nothing.
        numbers = [name for name in names if not name.endswith("TOTAL_FORMS")]
        yield f"huge {numbers}", form | dict.fromkeys(numbers, HUGE)


@pytest.mark.parametrize("model", ADMINS)
def test_nothing_that_is_sent_breaks_a_page(model: str, chief: Client, world: World) -> None:
    broken, opened = [], set()

    def send(method: str, path: str, data: Any, what: str) -> Any:
        with transaction.atomic():
            response = getattr(chief, method)(path, data)
            # Whatever it has changed is there again for the next.
            transaction.set_rollback(True)
        if response.status_code >= 500:
            broken.append((path, what, repr(response.exc_info[1])[:300]))
        return response

    for name, parts in pages(model):
        page = name.removeprefix(f"{name.split('_')[0]}_{model}_")
        records = world.get(model, [])
        # Only these pages differ by how far a record has come; the last of the records is gone.
        chosen = records if page in ("change", "review") else [*records[:1], *records[1:][-1:]]
        for path in addresses(name, parts, chosen):
            response = send("get", path, None, "get")
            send("post", path, {"change_reason": "x", "version": NUL, "_restore": "x"}, "what is not its own")
            if response.status_code != 200 or response.streaming:
                continue
            opened.add(page)
            for query in QUERIES.get(page, []):
                send("get", f"{path}?{query}", None, query)
            reader = desk.FormReader()
            reader.feed(response.content.decode())
            for button in BUTTONS.get(page, [{}]):
                for what, data in hostile(reader.form | button):
                    send("post", path, data, f"{what} {button}")
    assert "changelist" in opened
    assert broken == []
