"""`stageapp demo`: everything to look around in, served on this machine."""

import os
import signal
import subprocess
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.demo.build import PASSWORD, build_demo
from stageapp.demo.content import ACCOUNTS


class Command(BaseCommand):
    """Prepares the database, fills it once, and runs server and worker until stopped."""

    help = "Runs the application with demo data; a second run keeps what people entered."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-serve", action="store_true", help="only prepare the data")

    def handle(self, *args: Any, port: int, no_serve: bool, **options: Any) -> None:
        call_command("prepare")
        if not User.objects.exists():
            self.stdout.write("· making demo data")
            build_demo(timezone.now())
        if no_serve:
            return
        self.announce(port)
        run_together(port)

    def announce(self, port: int) -> None:
        """Print where it is and who can sign in."""
        self.stdout.write(f"\nStage-App is on http://127.0.0.1:{port} (stop with Ctrl+C)\n")
        self.stdout.write(f"Sign in with the password {PASSWORD} as:")
        for email, who in ACCOUNTS.items():
            self.stdout.write(f"  {email:<24} {who}")


def run_together(port: int) -> None:
    """Run the server and the worker; when one ends or we are told to stop, both stop."""
    environment = {
        "STAGEAPP_BASE_URL": f"http://127.0.0.1:{port}",
        # The password that is printed is all there is to it.
        "STAGEAPP_SECOND_FACTOR": "nobody",
    } | os.environ
    stageapp = [sys.executable, "-m", "stageapp"]
    children = [
        subprocess.Popen([*stageapp, *arguments], env=environment)  # noqa: S603 -- our own command
        for arguments in (["serve", "--port", str(port)], ["worker"])
    ]

    def stop(*_: object) -> None:
        for child in children:
            child.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    os.wait()
    stop()
    for child in children:
        child.wait()
