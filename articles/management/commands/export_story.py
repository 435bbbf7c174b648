"""Write the story files from the database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from articles.story import export_story


class Command(BaseCommand):
    help = (
        "Writes the story files from the database, so that what was made in the admin can be reviewed as a difference."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folder", nargs="?", type=Path, default=settings.BASE_DIR / "story", help="by default story/"
        )

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            written = export_story(folder)
        except OSError as error:
            raise CommandError(f"Cannot write to {folder}: {error.strerror}") from error
        for section, count in written.counts().items():
            self.stdout.write(f"{count} {section}")
        self.stdout.write(f"Written to {folder}")
