"""`stageapp remove`: what was removed, and came back with a backup of before that."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.placements.models import Placement
from stageapp.privacy.actions import remove_account, remove_placement


class Command(BaseCommand):
    """Removes placements and accounts by the keys that the log of the worker names."""

    help = "Removes again what people removed after the backup that was restored."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("subjects", nargs="+", help="such as person:12 or placement:34")

    def handle(self, *args: Any, subjects: list[str], **options: Any) -> None:
        removed = sum(self._remove(*self._read(subject)) for subject in subjects)
        # A placement goes with its person, so that fewer may be there than were named.
        self.stdout.write(f"{len(subjects)} named, {removed} still there: now all are gone")

    @staticmethod
    def _read(subject: str) -> tuple[str, int]:
        kind, _colon, key = subject.partition(":")
        if kind not in ("person", "placement") or not (key.isascii() and key.isdecimal()):
            message = f"{subject!r} is not like person:12 or placement:34; nothing more is removed."
            raise CommandError(message)
        return kind, int(key)

    @staticmethod
    def _remove(kind: str, key: int) -> bool:
        if kind == "person":
            person = User.objects.filter(pk=key).first()
            if person:
                remove_account(person, at=timezone.now(), is_again=True)
            return person is not None
        placement = Placement.objects.filter(pk=key).first()
        if placement:
            remove_placement(placement, at=timezone.now())
        return placement is not None
