"""`stageapp maintenance on|off`: lets nobody in but functional administrators, or everybody."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from stageapp.programmes.actions_messages import set_maintenance
from stageapp.programmes.models import Institution


class Command(BaseCommand):
    """Takes effect with the next request; nothing has to be started anew."""

    help = "Switches maintenance mode on or off, of every institution unless one is named."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("state", choices=["on", "off"])
        parser.add_argument("--until", help="when it is expected to be over: 2026-12-01T09:00")
        parser.add_argument("--institution", help="its short name")

    def handle(self, *args: Any, state: str, **options: Any) -> None:
        institutions = Institution.objects.order_by("pk")
        if options["institution"]:
            institutions = institutions.filter(slug=options["institution"])
        if not institutions:
            raise CommandError("There is no such institution.")
        for institution in institutions:
            until = _moment(options["until"], institution)
            set_maintenance(
                institution, is_on=state == "on", until=until, by=None, at=timezone.now()
            )
            self.stdout.write(f"{institution.slug}: maintenance mode is {state}")


def _moment(text: str | None, institution: Institution) -> datetime | None:
    """Read a moment; without a zone it is that of the institution."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=institution.zone)
    except ValueError:
        raise CommandError(f"{text} is no moment: write it as 2026-12-01T09:00.") from None
