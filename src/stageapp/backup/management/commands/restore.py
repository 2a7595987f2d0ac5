"""`stageapp restore`: what a backup holds, put back."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from stageapp.backup.actions import restore_backup
from stageapp.backup.archive import BackupError


class Command(BaseCommand):
    """Checks the whole archive first; then the files, the database, and newer migrations."""

    help = "Puts the database and all files of SOURCE back, after checking all of it."
    # An empty database has no tables yet.
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", type=Path, help="a file that `stageapp backup` wrote")
        parser.add_argument(
            "--force", action="store_true", help="also when there is something in the database"
        )

    def handle(self, *args: Any, source: Path, force: bool, **options: Any) -> None:
        passphrase = settings.BACKUP_PASSPHRASE or None
        try:
            done = restore_backup(
                source, passphrase=passphrase, may_overwrite=force, at=timezone.now()
            )
        except (BackupError, OSError) as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(
            f"Back as it was at {done.manifest.made_at}: the database, files: {done.files}"
        )
