"""Bring the database in line with the story files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from articles.story import Counts, StoryError, import_story
from entities.models import Entity


class Command(BaseCommand):
    help = "Imports the story files; what people have changed since the last import is kept and reported."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folder", nargs="?", type=Path, default=settings.BASE_DIR / "story", help="by default story/"
        )
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there are entities already")
        parser.add_argument("--overwrite", action="store_true", help="also replace what people have changed or deleted")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and write nothing")

    def handle(self, *args: Any, folder: Path, if_empty: bool, overwrite: bool, dry_run: bool, **options: Any) -> None:
        migrations = MigrationExecutor(connection)
        if migrations.migration_plan(migrations.loader.graph.leaf_nodes()):
            raise CommandError("The database is not up to date with the code: run manage.py migrate first.")
        if if_empty and Entity.objects.exists():
            return
        try:
            report = import_story(folder, overwrite=overwrite, dry_run=dry_run, progress=self.show_step)
        except StoryError as error:
            raise CommandError(f"{error}\nRejected records: {error.rejected}. Nothing was written.") from error
        finally:
            self.show_step("")
        for section, counts in report.counts.items():
            self.stdout.write(f"{sum(vars(counts).values())} {section}: {in_words(counts)}")
        for kept in report.kept:
            self.stdout.write(f"kept {kept.type} {kept.key}: {kept.reason}")
        if dry_run:
            self.stdout.write("Nothing was written: this was a dry run.")

    def show_step(self, step: str) -> None:
        """Show what is going on in one line that the next step replaces, to people only."""
        if self.stderr.isatty():
            self.stderr.write(f"\r\x1b[K{step}", style_func=str, ending="")
            self.stderr.flush()


def in_words(counts: Counts) -> str:
    return ", ".join(f"{count} {outcome}" for outcome, count in vars(counts).items() if count) or "none"
