"""`stageapp serve`: the production server."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Becomes granian, which serves the application over WSGI with threads."""

    help = "Serves the application."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=2)

    def handle(self, *args: Any, host: str, port: int, workers: int, **options: Any) -> None:
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"]
        command += ["--host", host, "--port", str(port), "--workers", str(workers)]
        command += ["--blocking-threads", "4", "--log-level", "warning"]
        os.execv(sys.executable, [*command, "stageapp.config.wsgi:application"])  # noqa: S606
