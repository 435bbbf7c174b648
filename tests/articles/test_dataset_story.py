"""The open data of the shipped story, and the page about them."""

from pathlib import Path

import pytest
from django.test import Client

from articles.dataset import FILES
from articles.dataset.tables import TABLES
from articles.story import export_story
from tests.articles.test_dataset import archive

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("story")]


def test_the_archive_of_the_shipped_story_is_what_an_export_writes_but_for_the_notes(
    client: Client, tmp_path: Path
) -> None:
    export_story(tmp_path)
    files = archive(client)
    for name in ("properties.yaml", "claims.yaml"):
        assert files[name] == (tmp_path / name).read_text(encoding="utf-8")
    assert {name for name in files if name.startswith("texts/")} == {
        f"texts/{path.name}" for path in (tmp_path / "texts").iterdir()
    }
    assert "\n  note:" in (tmp_path / "articles.yaml").read_text(encoding="utf-8")
    assert "\n  note:" not in files["articles.yaml"]
    assert "summary_sources" not in files["entities.yaml"]


@pytest.mark.parametrize(
    ("prefix", "title"), [("", "Everything published here"), ("/fr", "Tout ce qui est publié ici")]
)
def test_the_page_lists_every_file_with_its_number_of_records(client: Client, prefix: str, title: str) -> None:
    response = client.get(f"{prefix}/data/")
    html = response.content.decode()
    assert title in html
    assert [name for name in FILES if f'href="/data/{name}"' not in html] == []
    counts = response.context["overview"].counts
    for table in TABLES:
        assert counts[table.name] == sum(map(len, table.steps())), table.name
    assert "No licence has been stated" in html or prefix
