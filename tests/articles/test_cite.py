"""How a page is cited, read back by other people's programs."""

import json
from datetime import UTC, date, datetime
from typing import Any

import bibtexparser
import pytest
import rispy
from bibtexparser.bparser import BibTexParser
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from django.test import Client
from django.utils import translation

from articles import cite
from articles.models import Article, Author
from entities.models import Claim, Entity
from tests import factories

pytestmark = pytest.mark.django_db
SITE = "https://story.example/"
TODAY = date(2026, 11, 23)


@pytest.fixture
def source() -> Article:
    made = factories.article(
        "market-shock",
        title="R&D: 100% of $5.576M_{x} ~ “Choc”",
        published="2025-01-29",
        url="https://example.org/a_b?c=1&d=%20",
        doi="10.1000/182",
    )
    Author.objects.create(article=made, position=1, name="Yang Zhao")
    Author.objects.create(article=made, position=2, name="Reuters & Co")
    return Article.objects.with_people().get(pk=made.pk)


def test_an_article_is_cited_as_the_article_itself(source: Article) -> None:
    assert cite.as_text(cite.reference(source, SITE, TODAY)) == (
        "Yang Zhao, Reuters & Co, “R&D: 100% of $5.576M_{x} ~ “Choc””, The Paper, 29 January 2025, "
        "https://example.org/a_b?c=1&d=%20 (accessed 23 November 2026)."
    )


def test_any_other_page_is_cited_as_one_of_this_site(r1: Entity) -> None:
    Entity.objects.update(updated_at=datetime(2026, 5, 4, tzinfo=UTC))
    r1.refresh_from_db()
    assert cite.as_text(cite.reference(r1, SITE, TODAY)) == (
        "“DeepSeek-R1”, The DeepSeek Story, 4 May 2026, https://story.example/models/deepseek-r1/ "
        "(accessed 23 November 2026)."
    )
    with translation.override("fr"):
        text = cite.as_text(cite.reference(r1, SITE, TODAY))
    assert text.replace("\xa0", " ") == (
        "« DeepSeek-R1 », L'histoire de DeepSeek, 4 mai 2026, https://story.example/fr/models/deepseek-r1/ "
        "(consulté le 23 novembre 2026)."
    )


def test_the_site_cites_its_own_narrative_as_its_page() -> None:
    story = factories.article("the-story", kind="narrative", title="The story")
    assert cite.reference(story, SITE, TODAY).url == "https://story.example/articles/the-story/"


def test_bibtex_is_read_back(source: Article) -> None:
    parser = BibTexParser(common_strings=True, ignore_nonstandard_types=False)
    [entry] = bibtexparser.loads(cite.as_bibtex(cite.reference(source, SITE, TODAY)), parser).entries
    assert entry["ID"] == "market-shock"
    assert entry["title"] == r"R\&D: 100\% of \$5.576M\_\{x\} \textasciitilde{} “Choc”"
    assert entry["author"] == r"{Yang Zhao} and {Reuters \& Co}"
    assert (entry["year"], entry["doi"], entry["urldate"]) == ("2025", "10.1000/182", "2026-11-23")
    assert entry["url"] == "https://example.org/a_b?c=1&d=%20"


def test_ris_is_read_back(source: Article) -> None:
    [entry] = rispy.loads(cite.as_ris(cite.reference(source, SITE, TODAY)))
    assert entry["type_of_reference"] == "NEWS"
    assert entry["title"] == source.title
    assert entry["authors"] == ["Yang Zhao", "Reuters & Co"]
    assert (entry["year"], entry["date"], entry["doi"]) == ("2025", "2025/01/29", "10.1000/182")
    assert entry["urls"] == ["https://example.org/a_b?c=1&d=%20"]


@pytest.mark.filterwarnings("ignore")
def test_csl_json_makes_a_bibliography(source: Article) -> None:
    items = json.loads(cite.as_csl(cite.reference(source, SITE, TODAY)))
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = CitationStylesBibliography(style, CiteProcJSON(items), formatter.plain)
    bibliography.register(Citation([CitationItem("market-shock")]))
    text = "".join(map(str, bibliography.bibliography()))
    assert "Yang Zhao" in text
    assert "2025" in text
    assert "The Paper" in text


@pytest.mark.parametrize("published", ["", "2023~", "2023/..", "2024-21", "2025-01"])
def test_an_inexact_date_stays_out_of_forms_that_cannot_write_it(published: str) -> None:
    source = factories.article(published=published)
    cited = cite.reference(Article.objects.with_people().get(pk=source.pk), SITE, TODAY)
    [item] = json.loads(cite.as_csl(cited))
    assert item.get("issued") == ({"date-parts": [[2025, 1]]} if published == "2025-01" else None)
    assert ("year = " in cite.as_bibtex(cited)) == (published == "2025-01")


@pytest.mark.parametrize(("end", "form"), cite.FORMS.items())
def test_every_record_has_every_form(client: Client, claim: Claim, report: Article, end: str, form: cite.Form) -> None:
    records: list[Any] = [claim, claim.subject, report]
    for record in records:
        response = client.get(f"{record.get_absolute_url().rstrip('/')}.{end}")
        assert response.status_code == 200
        assert response["Content-Type"] == f"{form.content_type}; charset=utf-8"
        assert record.slug in response.content.decode()


def test_drafts_cannot_be_cited(client: Client) -> None:
    factories.entity("model", "secret", status="draft")
    factories.article("hidden", status="draft")
    assert client.get("/models/secret.bib").status_code == 404
    response = client.get("/articles/hidden.ris")
    assert (response.status_code, response["Content-Type"]) == (404, "text/plain; charset=utf-8")
    assert client.get("/articles/hidden.csl.json?x=1").status_code == 400


def test_the_share_row_gives_address_citation_and_forms(client: Client, claim: Claim, report: Article) -> None:
    for record in (claim, claim.subject, report):
        path = record.get_absolute_url()
        html = client.get(path).content.decode()
        assert f'readonly value="http://testserver{path}"' in html
        for end in (*cite.FORMS, "md", "json"):
            assert f'href="{path.rstrip("/")}.{end}"' in html
    assert "How to cite this article" in html


def test_a_preview_is_not_to_be_shared(editor_client: Client) -> None:
    draft = factories.entity("model", "secret", status="draft")
    html = editor_client.get(f"/admin/preview/entities/{draft.slug}/").content.decode()
    assert 'class="share"' not in html
