"""`stageapp import-links FILE.csv`: links students to teachers."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import override

from stageapp.placements.linking import UnreadableFileError, import_links


class Command(BaseCommand):
    """Applies what fits and reports the rest by line number."""

    help = "Links students to teachers from a CSV file; --dry-run changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *args: Any, file: Path, dry_run: bool, **options: Any) -> None:
        try:
            # The other words of this command are English too.
            with override("en"):
                report = import_links(file.read_bytes(), at=timezone.now(), dry_run=dry_run)
        except (OSError, UnreadableFileError) as problem:
            raise CommandError(str(problem)) from problem
        for line, reason in report.refused:
            self.stdout.write(f"line {line}: {reason}")
        self.stdout.write(
            f"{report.linked} linked, {report.unchanged} unchanged, {len(report.refused)} refused"
            + (" (dry run: nothing was changed)" if dry_run else "")
        )
