"""`stageapp lti-rotate-keys`: sign with the next key of our own."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from stageapp.integrations.lti.actions_manage import rotate_keys
from stageapp.programmes.models import Institution


class Command(BaseCommand):
    """Changes keys without a moment in which learning environments do not know them."""

    help = "Signs with the next LTI key from now on, of one institution or of all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--institution", help="the short name of one institution")

    def handle(self, *args: Any, institution: str | None, **options: Any) -> None:
        rows = Institution.objects.order_by("pk")
        if institution:
            rows = rows.filter(slug=institution)
        if not rows:
            message = f"There is no institution {institution!r}."
            raise CommandError(message)
        for row in rows:
            rotate_keys(row, by=None, at=timezone.now())
        self.stdout.write(f"{len(rows)} changed")
