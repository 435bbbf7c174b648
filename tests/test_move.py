"""The move from SQLite to PostgreSQL, as docs/operating.md tells it, into a base that does not hold the story yet."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from articles.story import import_story
from entities.models import Claim
from tests.databases import on_a_new_sqlite

# The very call of docs/operating.md.
DUMP = """
excluded = ["contenttypes", "auth.permission", "admin.logentry", "sessions", "axes"]
excluded += ["articles.searchdocument", "articles.searchname", "articles.searchword"]
call_command("dumpdata", use_natural_foreign_keys=True, exclude=excluded)
"""


@pytest.mark.postgresql
@pytest.mark.django_db
def test_everything_moves_from_sqlite(tmp_path: Path) -> None:
    """After the move an import finds nothing to do: every record and every list arrived as it was."""
    (tmp_path / "story.json").write_text(on_a_new_sqlite(tmp_path, DUMP))
    call_command("loaddata", tmp_path / "story.json", verbosity=0)
    report = import_story(settings.BASE_DIR / "story")
    assert report.kept == []
    assert {(counts.created, counts.changed) for counts in report.counts.values()} == {(0, 0)}
    history = Claim.history  # type: ignore[attr-defined]
    assert history.count() == Claim.objects.count()
