"""The site in one text for language models: in the form of llmstxt.org, with links that lead somewhere."""

import re

import pytest
from django.test import Client
from markdown_it import MarkdownIt

from articles.models import Article
from entities.models import Entity
from tests import factories

pytestmark = pytest.mark.django_db
SITE = "http://testserver"
# Of https://llmstxt.org: under each heading nothing but a list of links, each with a note or none.
ITEM = re.compile(r"- \[(?:\\.|[^\]\\])+\]\((?P<address>https?://[^\s)]+)\)(?:: \S.*)?")


@pytest.fixture(autouse=True)
def story(r1: Entity, high_flyer: Entity, report: Article) -> Article:
    narrative = factories.article("the-story", kind="narrative", title="The story", summary="It was told. And so on.")
    for number in range(3):
        factories.claim(r1, slug=f"told-{number}", cites=[narrative, report])
    factories.claim(high_flyer, cites=[narrative])
    factories.claim(factories.entity("person", "aside"), cites=[report])
    return narrative


def read(client: Client, address: str = "/llms.txt") -> str:
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "text/plain; charset=utf-8")
    return response.content.decode()


def sections(text: str) -> dict[str, list[str]]:
    """Map each heading to the addresses below it, in their order."""
    head, *parts = re.split(r"^## ", text, flags=re.MULTILINE)
    assert re.fullmatch(r"# [^\n]+\n\n> [^\n]+\n\n(?:[^#\n][^\n]*\n\n)*", head)
    found = {}
    for part in parts:
        title, *lines = part.strip().splitlines()
        items = [ITEM.fullmatch(line) for line in lines if line]
        assert all(items), part
        found[title] = [item["address"].removeprefix(SITE) for item in items if item]
    return found


@pytest.mark.parametrize("prefix", ["", "/fr"])
def test_it_has_the_form_of_the_standard_and_every_link_answers(client: Client, prefix: str) -> None:
    text = read(client, f"{prefix}/llms.txt")
    found = sections(text)
    assert "Optional" in found
    addresses = [address for listed in found.values() for address in listed]
    assert [address for address in addresses if client.get(address).status_code != 200] == []
    # The description of the API names both languages.
    assert {address for address in addresses if not address.startswith(f"{prefix}/")} <= {"/api/openapi.json"}
    assert {f"{prefix}/data/", f"{prefix}/api/", "/api/openapi.json"} <= set(addresses)
    links = [child for token in MarkdownIt().parse(text) for child in token.children or [] if child.type == "link_open"]
    assert len(links) == len(addresses)


def test_the_story_and_whom_it_is_about_come_as_markdown(client: Client) -> None:
    story, about, *_rest = sections(read(client)).values()
    assert story == ["/articles/the-story.md"]
    assert about == ["/models/deepseek-r1.md", "/companies/high-flyer.md"]
    assert "[The story](http://testserver/articles/the-story.md): It was told." in read(client)


def test_it_tells_of_no_draft(client: Client, story: Article, r1: Entity) -> None:
    hidden = factories.entity("model", "hidden")
    factories.claim(hidden, status="draft", cites=[story])
    factories.claim(factories.entity("model", "hidden-too", status="draft"), cites=[story])
    assert "hidden" not in read(client)
    Entity.objects.filter(pk=r1.pk).update(status="retracted")
    assert "deepseek-r1" not in read(client)
    Article.objects.filter(pk=story.pk).update(status="draft")
    assert ".md)" not in read(client)


def test_hostile_words_make_no_line_of_their_own(client: Client, r1: Entity) -> None:
    Entity.objects.filter(pk=r1.pk).update(name_en="a](b)\n## c [d", summary_en="*e*\n## f")
    assert list(sections(read(client))) == ["The story", "Whom and what it is about", "Lists", "Data", "Optional"]


def test_a_parameter_is_refused_in_a_line_of_text(client: Client) -> None:
    response = client.get("/llms.txt?page=2")
    assert (response.status_code, response["Content-Type"]) == (400, "text/plain; charset=utf-8")
