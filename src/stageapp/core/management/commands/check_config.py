"""`stageapp check-config`: says in words what in the environment is missing or unsafe."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Looks at the settings as somebody who is about to put them in production."""

    help = "Says what in the environment is missing or unsafe; fails when there is something."

    def handle(self, *args: Any, **options: Any) -> None:
        problems = list(self.problems())
        for problem in problems:
            self.stdout.write(f"- {problem}")
        if problems:
            raise CommandError(f"{len(problems)} to look at before this goes into production.")
        self.stdout.write("Nothing is missing.")

    def problems(self) -> list[str]:
        """Return each problem with its cure."""
        checks = {
            "STAGEAPP_SECRET_KEY is not set: a key in var/ is used, which other machines lack. "
            "Set it to 50 random characters.": not os.environ.get("STAGEAPP_SECRET_KEY"),
            "STAGEAPP_BASE_URL does not start with https://: passwords would travel unprotected. "
            "Set it to the public address.": not settings.SECURE,
            "STAGEAPP_DEBUG is on: errors would show internals. Leave it out.": settings.DEBUG,
            "STAGEAPP_SECOND_FACTOR is nobody: a stolen password of an administrator is enough. "
            "Leave it out.": settings.SECOND_FACTOR == "nobody",
            "STAGEAPP_HOSTS names this machine only or every host. List the public host names.": (
                "*" in settings.ALLOWED_HOSTS or set(settings.ALLOWED_HOSTS) <= _LOCAL
            ),
            "STAGEAPP_EMAIL_URL is not set: mail goes to the console and reaches nobody. "
            "Set it to smtp+tls://user:password@host:587.": "console" in settings.EMAIL_BACKEND,
            "DATABASE_URL is not set: SQLite in var/ serves one machine. "
            "Set it to postgres://….": "sqlite" in settings.DATABASES["default"]["ENGINE"],
        }
        return [problem for problem, is_there in checks.items() if is_there]


_LOCAL = {"127.0.0.1", "localhost", "[::1]"}
