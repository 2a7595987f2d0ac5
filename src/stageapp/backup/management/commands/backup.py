"""`stageapp backup`: database and files in one archive, while the app runs."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import override

from stageapp.backup.actions import make_backup
from stageapp.backup.archive import BackupError

#: The exit code when the backup is there, and files that the database names are not.
INCOMPLETE = 3


class Command(BaseCommand):
    """Keeps the passphrase out of the command line, which other people on a machine can read."""

    help = "Writes the database and all files to TARGET; fails when TARGET is there already."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("target", type=Path, help="the file to write")
        parser.add_argument(
            "--encrypt",
            action="store_true",
            help="with the passphrase in STAGEAPP_BACKUP_PASSPHRASE, in the age format",
        )

    def handle(self, *args: Any, target: Path, encrypt: bool, **options: Any) -> None:
        passphrase = settings.BACKUP_PASSPHRASE or None
        if encrypt and passphrase is None:
            raise CommandError("Set STAGEAPP_BACKUP_PASSPHRASE to encrypt.")
        try:
            made = make_backup(
                target.absolute(), passphrase=passphrase if encrypt else None, at=timezone.now()
            )
        except (BackupError, OSError) as problem:
            raise CommandError(str(problem)) from problem
        with override("en"):
            size = filesizeformat(made.size).replace("\xa0", " ")
        self.stdout.write(f"{target}: the database, files: {made.files}, {size} in all")
        if made.missing:
            names = "".join(f"\n- {name}" for name in made.missing)
            raise CommandError(
                f"The backup is whole, but the store lacks files that the database names:{names}",
                returncode=INCOMPLETE,
            )
