"""`stageapp worker`: the work that no page waits for."""

import logging
import signal
from argparse import ArgumentParser
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from stageapp.notifications.actions import send_due

log = logging.getLogger(__name__)


class Command(BaseCommand):
    """Sends the mails of the outbox until told to stop; the mail in hand is finished first."""

    help = "Does the background work: sends mail. Stops on SIGTERM, after the mail in hand."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now, then stop")
        parser.add_argument("--interval", type=float, default=1.0, help="seconds between rounds")

    def handle(self, *args: Any, once: bool, interval: float, **options: Any) -> None:
        if once:
            self.stdout.write(f"{send_due(at=timezone.now())} mails sent")
            return
        stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            close_old_connections()
            try:
                send_due(at=timezone.now(), is_stopping=stop.is_set)
            except DatabaseError:
                log.exception("the database did not answer; trying again")
            stop.wait(interval)
