"""Markdown with links to claims and entities: safe, resolved, and refused where they lead nowhere."""

from html.parser import HTMLParser

import pytest
from django.core.exceptions import ValidationError

from entities import prose
from entities.models import Claim, Entity
from tests import factories


class Tags(HTMLParser):
    """Collects the elements of a page with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def rendered(text: str, *, note: prose.Note | None = None) -> str:
    entities = {"r1": Entity(slug="r1", kind="model", name="R1", status="published")}
    claims = {"so": Claim(slug="so", subject=entities["r1"], statement="So.", status="published")}
    return prose.render(text, claims, entities, note).strip()


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*Words* and **more**.", "<p><em>Words</em> and <strong>more</strong>.</p>"),
        ("See [R1](entity:r1).", '<p>See <a href="/models/r1/" class="entity-link">R1</a>.</p>'),
        ("[So](claim:so).", '<p><a href="/claims/so/" class="claim-link">So</a>.</p>'),
        ("[x](https://example.org/?a=1&b=2)", '<p><a href="https://example.org/?a=1&amp;b=2">x</a></p>'),
        ("[gone](entity:nobody) [gone](claim:nowhere)", "<p>gone gone</p>"),
        (
            "[*gone*](claim:nowhere), [So](claim:so)",
            '<p><em>gone</em>, <a href="/claims/so/" class="claim-link">So</a></p>',
        ),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"),
    ],
)
def test_markdown_becomes_html(text: str, html: str) -> None:
    assert rendered(text) == html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<a href="/" onclick="alert(1)">x</a>',
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](//example.org)",
        "![x](https://example.org/x.png)",
        "<javascript:alert(1)>",
        "[x]: javascript:alert(1)\n\n[x]",
        '[x](https://example.org "onclick=alert(1)")',
        "```html\n<script>alert(1)</script>\n```",
        "<img src=x onerror=alert(1)>",
        '[x](https://example.org/"onmouseover=alert(1))',
    ],
)
def test_nothing_in_prose_runs_or_loads(text: str) -> None:
    reader = Tags()
    reader.feed(rendered(text))
    for tag, attributes in reader.found:
        assert tag in prose.ALLOWED_TAGS
        assert set(attributes) <= {"href", "class", "title"}
        assert attributes.get("href", "https://").startswith(("/models/", "/claims/", "https://"))


def test_hostile_words_are_shown_as_words() -> None:
    assert "&lt;script&gt;" in rendered(factories.HOSTILE)


def test_a_note_is_set_behind_a_link_to_a_claim_and_nowhere_else() -> None:
    html = rendered("[So](claim:so), [R1](entity:r1).", note=lambda claim: (f"#source-{claim.slug}", 3))
    assert html == (
        '<p><a href="/claims/so/" class="claim-link">So</a><sup><a href="#source-so" class="mark">[3]</a></sup>,'
        ' <a href="/models/r1/" class="entity-link">R1</a>.</p>'
    )


def test_a_claim_without_a_source_gets_no_note() -> None:
    assert "<sup>" not in rendered("[So](claim:so)", note=lambda claim: None)


def test_the_targets_of_a_text_are_listed_by_type() -> None:
    text = "[a](claim:so) [b](entity:r1) [c](claim:so) [d](https://example.org/) `[e](claim:code)`\n\n> [f](entity:v3)"
    assert prose.targets(text) == prose.Targets(frozenset({"so"}), frozenset({"r1", "v3"}))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("*Words* and [R1](entity:r1).", "Words and R1."),
        ("One line\nand the next.", "One line and the next."),
        ("First.\n\nSecond.", "First. Second."),
        ("A `code` & <b>", "A code & <b>"),
        ("", ""),
    ],
)
def test_the_words_alone_have_no_marks(text: str, words: str) -> None:
    assert prose.plain(text) == words


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[a](claim:nowhere) [b](entity:nobody) [c](entity:r1)", "claim:nowhere, entity:nobody"),
        ("[a](claims:so)", "claims:so"),
        ("[a](claim: so)", "claim: so"),
        ("[a](/models/r1/)", "/models/r1/"),
        ("[a](javascript:alert(1))", "javascript:alert(1"),
    ],
)
@pytest.mark.parametrize("language", ["en", "fr", "zh_hans"])
def test_a_link_that_leads_nowhere_is_refused_in_its_own_language(text: str, problem: str, language: str) -> None:
    entity = factories.entity("model", "r1")
    setattr(entity, f"summary_{language}", text)
    with pytest.raises(ValidationError) as refusal:
        prose.validate_links(entity, "summary")
    assert list(refusal.value.message_dict) == [f"summary_{language}"]
    assert problem in refusal.value.messages[0]


@pytest.mark.django_db
def test_links_that_lead_somewhere_cost_two_queries_at_most(django_assert_num_queries: object, claim: Claim) -> None:
    entity = claim.subject
    entity.summary_en = entity.summary_fr = f"[a](claim:{claim.slug}) [b](entity:{entity.slug}) [c](https://a.org/)"  # type: ignore[attr-defined]
    with django_assert_num_queries(2):  # type: ignore[operator]
        prose.validate_links(entity, "summary")
