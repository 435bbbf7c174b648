"""Write the open data into a folder."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from articles import dataset

from .invite import check_site, likely_site


class Command(BaseCommand):
    help = "Writes the files of /data/ into a folder, all of one moment, while the site goes on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--site", default=likely_site(), help="where people reach the site, by default %(default)s")

    def handle(self, *args: Any, folder: Path, site: str, **options: Any) -> None:
        check_site(site)
        try:
            dataset.export(folder, f"{site.rstrip('/')}/", self.show)
        except OSError as error:
            raise CommandError(f"Cannot write to {folder}: {error.strerror}") from error
        self.stderr.write("") if self.stderr.isatty() else None
        self.stdout.write(f"Written to {folder}")

    def show(self, name: str, size: int) -> None:
        """Show how far it is in one line that the next step replaces, to people only."""
        if self.stderr.isatty():
            self.stderr.write(f"\r\x1b[K{name}: {size / 1e6:,.1f} MB", style_func=str, ending="")
            self.stderr.flush()
