"""The interface in French: the catalogue is whole and careful, dates and figures follow it, and pages show it."""

import ast
import calendar
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from babel.messages import Catalog, Message
from babel.messages.pofile import read_po
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation

from articles.models import Article, Author
from entities import edtf, figures
from entities.models import Claim, Unit
from tests import factories

CATALOGUE = Path("config", "locale", "fr", "LC_MESSAGES", "django.po")
# What makemessages looks through; tests and packages have no words for readers.
SOURCES = ["config", "entities", "articles", "templates"]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|{\w+}")


@cache
def catalogue() -> Catalog:
    return read(settings.BASE_DIR / CATALOGUE)


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def messages(of: Catalog) -> list[Message]:
    """List the messages without the header, which is the one with an empty text."""
    return [message for message in of if message.id]


def forms(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    """List the singular and plural of a message's English or French; only the singular where it has no plural."""
    return [text] if isinstance(text, str) else list(text or ())


# The catalogue


def test_every_message_is_translated_and_none_is_a_guess() -> None:
    loose = [m.id for m in messages(catalogue()) if m.fuzzy or not m.string or not all(forms(m.string))]
    assert loose == []
    assert not catalogue().obsolete


def test_the_plural_begins_at_two() -> None:
    assert (catalogue().num_plurals, catalogue().plural_expr) == (2, "(n > 1)")
    plurals = [m for m in messages(catalogue()) if m.pluralizable]
    assert plurals
    assert [m.id for m in plurals if len(forms(m.string)) != 2] == []


def test_every_translation_keeps_the_placeholders() -> None:
    lost = [
        m.id
        for m in messages(catalogue())
        for french in forms(m.string)
        if sorted(PLACEHOLDER.findall(french)) != sorted(PLACEHOLDER.findall(forms(m.id)[0]))
    ]
    assert lost == []


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (r"[^\u00a0][;!?»]|(?<=\w) [:;!?»]|[^\W\d]:(?!\w|//)", "a no-break space stands before : ; ! ? and »"),
        (r"«[^\u00a0]", "a no-break space stands after «"),
        ("[\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}]", "quotation marks are « »"),
        ("\N{RIGHT SINGLE QUOTATION MARK}", "the apostrophe is straight, as in the story files"),
        (r"\.\.\.|  |^\s|\s$", "no dots for an ellipsis, no stray space"),
    ],
)
def test_french_is_set_by_the_rules_of_its_typography(wrong: str, why: str) -> None:
    texts = [french for m in messages(catalogue()) for french in forms(m.string)]
    assert [text for text in texts if re.search(wrong, text)] == [], why


@pytest.mark.gettext
def test_the_catalogue_holds_the_words_of_the_interface_and_no_others(tmp_path: Path) -> None:
    """Extracts in a copy, since makemessages writes beside the files that it reads."""
    for name in SOURCES:
        shutil.copytree(settings.BASE_DIR / name, tmp_path / name, ignore=shutil.ignore_patterns("locale", ".*"))
    shutil.copy(settings.BASE_DIR / "manage.py", tmp_path)
    command = [sys.executable, "manage.py", "makemessages", "--locale=fr", "--no-location"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    extracted = {(m.context, *forms(m.id)) for m in messages(read(tmp_path / CATALOGUE))}
    assert len(extracted) > 400
    assert extracted ^ {(m.context, *forms(m.id)) for m in messages(catalogue())} == set()


def test_gettext_goes_by_names_that_extraction_knows() -> None:
    """What is called through any other alias would never reach the catalogue."""
    aliases = [
        (str(path.relative_to(settings.BASE_DIR)), name.asname)
        for source in SOURCES
        for path in (settings.BASE_DIR / source).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for name in node.names
        if "gettext" in name.name and name.asname not in (None, "_")
    ]
    assert aliases == []


# Dates and figures


@pytest.fixture
def french() -> Iterator[None]:
    with translation.override("fr"):
        yield


@pytest.mark.usefixtures("french")
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2025", "2025"),
        ("2025-01", "janvier 2025"),
        ("2025-01-20", "20 janvier 2025"),
        ("2025-01-01", "1er janvier 2025"),
        ("2023-07~", "vers juillet 2023"),
        ("2025-01-20~", "vers le 20 janvier 2025"),
        ("2025-01-01~", "vers le 1er janvier 2025"),
        ("2023?", "2023 (incertain)"),
        ("2023-07%", "vers juillet 2023 (incertain)"),
        ("2025-01-29/..", "depuis le 29 janvier 2025"),
        ("2023/..", "depuis 2023"),
        ("2023~/..", "depuis 2023 environ"),
        ("../2025-01-29", "jusqu'au 29 janvier 2025"),
        ("../2025-02-01", "jusqu'au 1er février 2025"),
        ("../2010", "jusqu'en 2010"),
        ("../2010-03", "jusqu'en mars 2010"),
        ("../2010~", "jusque vers 2010"),
        ("2024-21", "printemps 2024"),
        ("2024-22~", "vers l'été 2024"),
        ("2024-23/..", "depuis l'automne 2024"),
        ("../2024-24", "jusque dans l'hiver 2024"),
        ("2025-33", "premier trimestre 2025"),
        ("2025-34/..", "depuis le deuxième trimestre 2025"),
        ("../2025-36", "jusque dans le quatrième trimestre 2025"),
        ("202X", "années 2020"),
        ("202X~", "vers les années 2020"),
        ("201X/..", "depuis les années 2010"),
        ("../201X", "jusque dans les années 2010"),
        ("[2015,2016]", "2015 ou 2016"),
        ("2015/2016", "2015–2016"),
        ("2025-02-24/2025-02-28", "24–28 février 2025"),
    ],
)
def test_a_date_in_french(text: str, words: str) -> None:
    assert edtf.describe(text) == words


@pytest.mark.usefixtures("french")
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "il manque une date : écrivez 2025, 2025-01 ou 2025-01-27"),
        ("hier", "« hier » n'est pas une date : écrivez 2025, 2025-01 ou 2025-01-27"),
        ("2025-02-30", "« 2025-02-30 » : ce mois n'a pas de jour 30"),
        ("2025-13", "« 2025-13 » : il n'y a pas de mois 13"),
        ("2025/2024", "un intervalle ne peut pas se terminer avant de commencer"),
        ("[2025", "un ensemble de dates se termine par « ] »"),
    ],
)
def test_what_is_wrong_with_a_date_is_said_in_french(text: str, reason: str) -> None:
    with pytest.raises(edtf.EdtfError) as refusal:
        edtf.parse(text)
    assert str(refusal.value).replace("\N{NO-BREAK SPACE}", " ") == reason


@pytest.mark.usefixtures("french")
@pytest.mark.parametrize(
    ("amount", "unit", "compact", "exact"),
    [
        ("671000000000", "paramètre", "671 Md de paramètres", "671 000 000 000 paramètres"),
        ("16000000", "échange", "16 M d'échanges", "16 000 000 échanges"),
        ("2788000", "heure", "2,788 M d'heures", "2 788 000 heures"),
        ("128000", "jeton", "128 k jetons", "128 000 jetons"),
        ("50000", "jeton", "50 000 jetons", "50 000 jetons"),
        ("1", "jeton", "1 jeton", "1 jeton"),
        ("1.5", "jeton", "1,5 jeton", "1,5 jeton"),
        ("2", "jeton", "2 jetons", "2 jetons"),
    ],
)
def test_an_amount_in_french(amount: str, unit: str, compact: str, exact: str) -> None:
    counted = Unit(code=unit, singular=unit, plural=f"{unit}s")
    written = figures.compact(Decimal(amount), counted), figures.exact(Decimal(amount), counted)
    assert tuple(re.sub("[\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]", " ", text) for text in written) == (
        compact,
        exact,
    )


@pytest.mark.usefixtures("french")
@pytest.mark.parametrize(
    ("bound", "is_negative", "words"),
    [
        ("exact", False, "50 000"),
        ("about", False, "environ 50 000"),
        ("at-least", False, "au moins 50 000"),
        ("at-most", False, "au plus 50 000"),
        ("at-least", True, "50 000 ou plus"),
        ("at-most", True, "50 000 ou moins"),
    ],
)
def test_the_bound_of_a_figure_in_french(bound: str, is_negative: bool, words: str) -> None:
    assert figures.bounded("50 000", bound, is_negative=is_negative) == words


# Pages


class Words(HTMLParser):
    """The words of a page that readers see or hear, its language, its links to other languages, and its title."""

    SPOKEN = {"aria-label", "title", "alt", "placeholder", "content"}

    def __init__(self, html: str) -> None:
        super().__init__()
        self.language = ""
        self.texts: list[str] = []
        self.is_data = False
        self.alternates: dict[str, str] = {}
        self.switches: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = given["lang"]
        self.is_data = tag == "script"
        if "hreflang" in given:
            (self.alternates if tag == "link" else self.switches)[given["hreflang"]] = given["href"]
        self.texts += [self.without_addresses(value) for name, value in given.items() if name in self.SPOKEN]

    def handle_data(self, data: str) -> None:
        # The keys of JSON-LD are English in every language.
        self.texts += [] if self.is_data else [self.without_addresses(data)]

    @staticmethod
    def without_addresses(text: str) -> str:
        """Leave addresses out, whose words are English in every language."""
        return re.sub(r"https?://\S+", "", text).strip()


@cache
def english_words() -> re.Pattern[str]:
    """Build the pattern of every English text of the catalogue that is no French one, of dates and quotation marks."""
    french = [text for m in messages(catalogue()) for text in forms(m.string)]
    patterns = ["[\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}]"]
    patterns += [rf"(?<!\w)(?:{month} \d+|\d+ {month})(?!\w)" for month in calendar.month_name[1:]]
    for text in (text for m in messages(catalogue()) for text in forms(m.id)):
        if len(re.sub(r"\W", "", PLACEHOLDER.sub("", text))) > 3:
            words = ".+?".join(re.escape(part) for part in PLACEHOLDER.split(text))
            pattern = rf"(?<!\w){words}(?!\w)"
            if not any(re.search(pattern, other) for other in french):
                patterns.append(pattern)
    return re.compile("|".join(patterns))


def test_the_search_for_english_finds_it_alone() -> None:
    assert english_words().search("since January 2025")
    assert english_words().search("All 821 claims")
    assert english_words().search("a, Where sources disagree")
    assert not english_words().search("depuis le 29 janvier 2025, articles et sources")


@pytest.fixture
def french_story(db: None) -> Claim:
    """A small story in French with some of everything that a page can show; gives its claim with most about it."""
    maker = factories.entity("company", "deepseek", name="DeepSeek", summary_fr="Une jeune pousse.")
    r1 = factories.entity(
        "model",
        "deepseek-r1",
        name="DeepSeek-R1",
        native_name="深度求索",
        native_language="zh-Hans",
        aliases=["R1"],
        summary_fr="Un modèle de raisonnement.",
        links=[{"type": "wikipedia", "url": "https://fr.wikipedia.org/wiki/DeepSeek"}],
    )
    liang = factories.entity("person", "liang-wenfeng", name="Liang Wenfeng", summary_fr="Un ingénieur.")
    shock = factories.entity("event", "choc", name="Le choc", summary_fr="Une journée.")
    parameter = factories.unit(singular_fr="paramètre", plural_fr="paramètres")
    size = factories.prop(
        "size", "quantity", unit=parameter, label_fr="taille", pattern_fr="{subject} a une taille de {value}"
    )
    develops = factories.prop(label_fr="développe", inverse_label_fr="est développé par", inverse_slug="developed-by")
    seen = Article.objects.create(
        slug="rapport",
        title="Le rapport",
        kind="report",
        publisher=maker,
        published="2024-12-26",
        language="fr",
        original_language="zh",
        url="https://example.org/rapport",
        archive_url="https://example.com/rapport",
        licence="CC BY",
        summary_fr="Un bilan.",
        how_verified="read",
        read_scope="full",
        snapshot="v2",
        status="published",
    )
    Author.objects.create(article=seen, name="Liang Wenfeng", entity=liang)
    heard = factories.article("echo", title="L'écho", language="fr", published="2025-01~", kind="interview")
    ranked: dict[str, Any] = {
        "property": size,
        "unit": parameter,
        "when": "2025-01",
        "rank_reason_fr": "Il est publié.",
    }
    best = factories.claim(
        r1,
        amount=Decimal(671_000_000_000),
        bound="about",
        rank="preferred",
        applies_to_fr="le total",
        as_printed="671B",
        verdict="disputed",
        rationale_fr="On en débat.",
        checked_on="2025-03-01",
        cites=[seen],
        **ranked,
    )
    best.mentions.set([liang])
    for stance in ("disputes", "context"):
        best.citations.create(article=heard, stance=stance, locator="§2", makes_claim=True)
    factories.claim(r1, amount=Decimal(50_000), alternative="rival", verdict="outdated", cites=[heard], **ranked)
    factories.claim(r1, amount=Decimal(40_000), rank="deprecated", cites=[heard], **ranked)
    factories.relation(maker, develops, r1, when="2023-07/..", cites=[seen])
    for number, lane in enumerate(["models", "people-and-firms", "markets-and-policy", "research", "press"], 1):
        factories.claim(
            shock if lane == "press" else r1,
            statement_en=f"{number}.",
            statement_fr=f"Le fait numéro {number} est établi.",
            title_fr=f"Fait {number}",
            lane=lane,
            when=["2025-01-20", "2025-01-27~", "2025-02-01/..", "../2025-02", "2025"][number - 1],
            verdict=["supported", "misleading", "unverified", "", "disputed"][number - 1],
            cites=[seen],
        )
    factories.article("recit", kind="narrative", title="Le récit", summary_fr="Tout commence à Hangzhou.")
    best.refresh_from_db()
    return best


ADDRESSES = [
    "/",
    "/timeline/",
    "/timeline/?lane=models&from=2025",
    "/timeline/?to=1999",
    "/claims/",
    "/claims/?show=all",
    "/claims/?show=values&verdict=disputed",
    "/claims/?verdict=none",
    "/people/",
    "/companies/",
    "/models/",
    "/events/",
    "/ideas/",
    "/articles/",
    "/articles/?kind=report",
    "/articles/?kind=dataset",
    "/relationships/",
    "/relationships/?kind=idea",
    "/compare/",
    "/compare/size/",
    "/compare/size/?subject=deepseek-r1",
    "/about/",
    "/models/deepseek-r1/",
    "/companies/deepseek/",
    "/people/liang-wenfeng/",
    "/articles/rapport/",
    "/articles/echo/",
    "/claims/{claim}/",
    "/embed/timeline/",
    "/embed/models/deepseek-r1/",
    "/embed/models/deepseek-r1/neighbourhood/",
    "/embed/claims/{claim}/",
]
# One page of each sort, some with a query.
STATES = [
    "/",
    "/timeline/?lane=models&from=2025",
    "/claims/?show=values&verdict=disputed",
    "/articles/?kind=report",
    "/models/deepseek-r1/",
    "/articles/rapport/",
    "/claims/{claim}/",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_french_page_is_french_throughout(client: Client, french_story: Claim, address: str) -> None:
    response = client.get("/fr" + address.format(claim=french_story.slug))
    page = Words(response.content.decode())
    assert (response.status_code, page.language, response["Content-Language"]) == (200, "fr", "fr")
    assert [text for text in page.texts if english_words().search(text)] == []


@pytest.mark.parametrize("address", STATES)
def test_the_english_page_shows_the_words_that_the_french_one_must_not(
    client: Client, french_story: Claim, address: str
) -> None:
    page = Words(client.get(address.format(claim=french_story.slug)).content.decode())
    assert page.language == "en"
    assert len([text for text in page.texts if english_words().search(text)]) > 20


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/", ["L'histoire de DeepSeek", "Là où les sources divergent", "Personnes", "Tout commence à Hangzhou."]),
        ("/timeline/", ["Chronologie", "20 janvier 2025", "depuis le 1er février 2025", "trompeur", "non jugé"]),
        ("/claims/?show=all", ["environ 671 Md de paramètres", "contesté", "Selon", "Contre", "Contexte"]),
        (
            "/models/deepseek-r1/",
            ["Modèle", "Un modèle de raisonnement.", "taille", "notre choix", "est développé par"],
        ),
        (
            "/claims/{claim}/",
            ["DeepSeek-R1 a une taille d'environ 671 Md de paramètres", "1er mars 2025", "On en débat."],
        ),
        ("/articles/rapport/", ["rapport", "26 décembre 2024", "langue d'origine : chinois", "étaye"]),
        ("/articles/", ["vers janvier 2025", "entretien", "français"]),
        (
            "/compare/size/",
            ["Une question, toutes les réponses", "L'échelle est logarithmique", "notre choix", "Il est publié."],
        ),
        ("/about/", ["étayé", "non vérifié", "dépassé"]),
    ],
)
def test_a_french_page_says_it_in_these_words(
    client: Client, french_story: Claim, address: str, words: list[str]
) -> None:
    page = Words(client.get("/fr" + address.format(claim=french_story.slug)).content.decode())
    said = " ".join(page.texts).replace("\N{NO-BREAK SPACE}", " ")
    assert [word for word in words if word not in said] == []


@pytest.mark.parametrize("address", STATES)
@pytest.mark.parametrize("prefix", ["", "/fr"])
def test_a_page_names_its_address_in_each_language(
    client: Client, french_story: Claim, prefix: str, address: str
) -> None:
    path = address.format(claim=french_story.slug)
    page = Words(client.get(prefix + path).content.decode())
    english, french = f"http://testserver{path}", f"http://testserver/fr{path}"
    assert page.alternates == {"en": english, "fr": french, "x-default": english}


@pytest.mark.parametrize("address", STATES)
def test_the_language_switch_stays_on_the_page(client: Client, french_story: Claim, address: str) -> None:
    path = address.format(claim=french_story.slug)
    assert Words(client.get(path).content.decode()).switches == {"fr": f"/fr{path}"}
    assert Words(client.get(f"/fr{path}").content.decode()).switches == {"en": path}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/fr/nulle-part/", 404, "Il n'y a pas de page à cette adresse"),
        ("/fr/claims/rien/", 404, "Il n'y a pas de page à cette adresse"),
        ("/fr/timeline/?from=hier", 400, "« hier » n'est pas une date : écrivez 2025, 2025-01 ou 2025-01-27"),
        ("/fr/timeline/?from=2025&to=2024", 400, "cette date ne doit pas précéder"),
        ("/fr/timeline/?after=rien", 400, "Aucune page ne commence à « rien »."),
        ("/fr/timeline/?verdict=lune", 400, "lune"),
        ("/fr/claims/?entity=personne", 400, "rien ici ne s'appelle « personne »"),
        ("/fr/claims/?tag=rien", 400, "rien ici ne s'appelle « rien »"),
        ("/fr/about/?page=2", 400, "Cette page n'a pas de paramètre « page »."),
    ],
)
def test_an_error_page_is_french_throughout(client: Client, address: str, status: int, words: str) -> None:
    response = client.get(address)
    page = Words(response.content.decode())
    assert (response.status_code, page.language) == (status, "fr")
    assert words in " ".join(page.texts).replace("\N{NO-BREAK SPACE}", " ")
    assert [text for text in page.texts if english_words().search(text)] == []


@pytest.mark.usefixtures("french")
def test_the_page_of_a_fault_is_french_throughout() -> None:
    page = Words(render_to_string("500.html"))
    assert page.language == "fr"
    assert "Quelque chose s'est cassé de notre côté" in page.texts
    assert [text for text in page.texts if english_words().search(text)] == []
