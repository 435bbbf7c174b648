"""Describe every published record to search anew."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from articles import search


class Command(BaseCommand):
    help = "Rebuilds what search knows of the records; the site goes on meanwhile."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing when search knows records already")

    def handle(self, *args: Any, if_empty: bool, **options: Any) -> None:
        if if_empty and not search.is_empty():
            return
        search.rebuild(self.show_step)
        self.stderr.write("") if self.stderr.isatty() else None
        self.stdout.write("Search is rebuilt.")

    def show_step(self, step: str) -> None:
        """Show what is going on in one line that the next step replaces, to people only."""
        if self.stderr.isatty():
            self.stderr.write(f"\r\x1b[K{step}", style_func=str, ending="")
            self.stderr.flush()
