"""Fill an empty database with a made-up story, for benchmarks."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from articles.generate import generate_story
from entities.models import Entity


class Command(BaseCommand):
    help = "Adds made-up entities, claims, articles and citations, for benchmarks; never for a site that people read."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--entities", type=int, default=20_000)
        parser.add_argument("--claims", type=int, default=60_000)
        parser.add_argument("--seed", type=int, default=0, help="the same seed makes the same story")
        parser.add_argument("--force", action="store_true", help="also beside a story that is there already")

    def handle(self, *args: Any, entities: int, claims: int, seed: int, force: bool, **options: Any) -> None:
        if Entity.objects.exists() and not force:
            raise CommandError("There is a story in this database already; --force adds the made-up one to it.")
        try:
            generate_story(entities, claims, seed=seed, progress=self.show_step)
        except ValueError as error:
            raise CommandError(str(error)) from error
        finally:
            self.show_step("")
        self.stdout.write(f"{entities:,} entities and {claims:,} claims added")

    def show_step(self, step: str) -> None:
        """Show what is going on in one line that the next step replaces, to people only."""
        if self.stderr.isatty():
            self.stderr.write(f"\r\x1b[K{step}", style_func=str, ending="")
            self.stderr.flush()
