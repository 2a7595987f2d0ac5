"""`stageapp institution`: which institutions there are; makes one, or changes what it is called."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.http.request import validate_host
from django.utils import timezone
from django.utils.translation import override

from stageapp.programmes.actions import keep_institution
from stageapp.programmes.models import Institution


class Command(BaseCommand):
    """For who runs the server: several institutions in one installation, each by its host name."""

    help = "Lists the institutions; with a short name it makes one, or changes it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", nargs="?", help="its short name, such as school")
        parser.add_argument("--name", help="what people read")
        parser.add_argument("--host", help="stage.school.example; empty: every other host name")
        parser.add_argument("--time-zone", help="such as Europe/Amsterdam")

    def handle(self, *args: Any, slug: str | None, **options: Any) -> None:
        if slug is not None:
            self.keep(slug, {name: options[name] for name in ("name", "host", "time_zone")})
        for institution in Institution.objects.filter(**({"slug": slug} if slug else {})).order_by(
            "slug"
        ):
            self.stdout.write(
                f"{institution.slug}: {institution.name}, {institution.address}, "
                f"{institution.time_zone}"
            )
        self.warn_of_hosts()

    def keep(self, slug: str, asked: dict[str, str | None]) -> None:
        """Make or change it; say in words what is wrong with what was asked."""
        told = {name: value.strip() for name, value in asked.items() if value is not None}
        # The other words of this command are English too.
        with override("en"):
            try:
                keep_institution(slug, told, at=timezone.now())
            except ValidationError as problem:
                wrong = [
                    f"{name}: {' '.join(texts)}" for name, texts in problem.message_dict.items()
                ]
                raise CommandError(" ".join(wrong)) from problem

    def warn_of_hosts(self) -> None:
        """Say what keeps people from finding their institution."""
        rows = list(Institution.objects.order_by("slug"))
        for row in rows:
            if row.host and not validate_host(row.host, settings.ALLOWED_HOSTS):
                self.stderr.write(f"{row.host} is not in STAGEAPP_HOSTS: add it and start again.")
        everywhere = [row.slug for row in rows if not row.host]
        if len(everywhere) > 1:
            self.stderr.write(
                f"{', '.join(everywhere)} have no host: people reach only the one that came first."
            )
