"""Words that exist in English only, on a French page."""

import re

import pytest
from django.test import Client

from articles.models import Article
from entities.models import Claim, Entity
from tests import factories

pytestmark = pytest.mark.django_db
MARK = '<span class="untranslated" lang="en">{}</span>'


def test_a_statement_without_french_is_shown_in_english_and_marked(client: Client, claim: Claim) -> None:
    html = client.get(f"/fr/claims/{claim.slug}/").content.decode()
    assert MARK.format("R1 has open weights.") in html


def test_a_statement_with_french_is_not_marked(client: Client, claim: Claim) -> None:
    Claim.objects.filter(pk=claim.pk).update(statement_fr="Les poids de R1 sont ouverts.")
    html = client.get(f"/fr/claims/{claim.slug}/").content.decode()
    assert "Les poids de R1 sont ouverts." in html
    assert "untranslated" not in html


def test_english_pages_mark_nothing(client: Client, claim: Claim) -> None:
    assert "untranslated" not in client.get(claim.get_absolute_url()).content.decode()


def test_a_summary_without_french_says_so(client: Client, r1: Entity) -> None:
    Entity.objects.filter(pk=r1.pk).update(summary_en="A reasoning model.")
    html = client.get("/fr/models/deepseek-r1/").content.decode()
    assert "que en anglais" in html or "qu'en anglais" in html
    assert '<div class="lead prose" lang="en"><p>A reasoning model.</p>' in html


def test_a_title_keeps_the_language_of_its_article(client: Client, r1: Entity, report: Article) -> None:
    factories.claim(r1, cites=[report])
    assert 'lang="en">DeepSeek-V3 Technical Report</a>' in client.get("/fr/models/deepseek-r1/").content.decode()


def test_a_title_on_hover_keeps_the_language_of_its_article(client: Client, r1: Entity) -> None:
    paper = factories.article("paper", title="论文", language="zh")
    factories.claim(r1, statement="So.", cites=[paper])
    factories.claim(r1, property=factories.prop("licence", "text"), text="MIT", cites=[paper])
    for address in ("/models/deepseek-r1/", "/fr/models/deepseek-r1/", "/claims/?show=all"):
        page = client.get(address).content.decode()
        assert 'title="论文' in page
        assert not re.search(r'title="论文[^"]*"(?! lang="zh")', page)


def test_choices_are_in_the_order_of_their_words_in_each_language(client: Client, r1: Entity) -> None:
    for name, french in (("apples", "pommes"), ("export", "échanges"), ("zebras", "ânes")):
        tag = factories.tag(name)
        tag.label_fr = french
        tag.save()
        r1.tags.add(tag)
    choices = r'<option value="[^"]+">(.*?)</option>'
    for address, labels in (("", ["apples", "export", "zebras"]), ("/fr", ["ânes", "échanges", "pommes"])):
        page = client.get(f"{address}/timeline/").content.decode()
        select = re.search(r'<select name="tag".*?</select>', page, re.DOTALL)
        assert select
        assert re.findall(choices, select[0]) == labels


def test_names_sort_by_their_letters_in_french(client: Client, db: None) -> None:
    for slug, french in (("a", "Zhejiang"), ("b", "Énergie"), ("c", "Fonds"), ("d", "École")):
        entity = factories.entity("company", slug, name=slug)
        entity.name_fr = french  # type: ignore[attr-defined]
        entity.save()
    rows = client.get("/fr/companies/").context["page"].rows
    assert [row.name_fr for row in rows] == ["École", "Énergie", "Fonds", "Zhejiang"]
