"""`stageapp worker`: the work that no page waits for."""

import logging
import signal
import time
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import timedelta
from threading import Event
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from stageapp.administration.models import AccountMail, MergeMail
from stageapp.api.actions import forget_sent
from stageapp.api.actions_webhooks import tell_webhooks
from stageapp.audit.actions import seal, shorten
from stageapp.core.counting import forget_old
from stageapp.exports.actions import make_due_exports, remove_old_exports
from stageapp.exports.actions_archive import remove_old_archives
from stageapp.exports.models import ExportMail
from stageapp.guidance.actions_along import end_what_is_over
from stageapp.guidance.actions_linking import apply_waiting_files
from stageapp.guidance.actions_notices import tell_of_points, tell_of_silence
from stageapp.guidance.models import AppointmentMail
from stageapp.integrations.campus.actions import forget_used, refresh_due
from stageapp.integrations.lti.actions import forget_old as forget_old_launches
from stageapp.integrations.lti.actions_lists import take_lists_at_night
from stageapp.integrations.portfolio.actions import make_due_portfolios, remove_old_portfolios
from stageapp.integrations.records.actions import send_due_records
from stageapp.integrations.roster import actions as roster
from stageapp.integrations.roster import actions_reading as roster_reading
from stageapp.integrations.roster.actions_uploads import forget_uploads
from stageapp.invitations.models import GuestMail
from stageapp.notifications.actions import send_due
from stageapp.notifications.models import Digest, Notification
from stageapp.privacy.retention import clear_up

log = logging.getLogger(__name__)


class Command(BaseCommand):
    """Makes documents and sends mails until told to stop; what is in hand is finished first."""

    help = (
        "Does the background work: documents, mail, and clearing up what was kept long enough. "
        "Stops on SIGTERM, after what is in hand."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now, then stop")
        parser.add_argument("--interval", type=float, default=1.0, help="seconds between rounds")

    def handle(self, *args: Any, once: bool, interval: float, **options: Any) -> None:
        if once:
            mails, documents = work(lambda: False)
            self.stdout.write(f"{mails} mails sent, {documents} documents made")
            return
        stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            close_old_connections()
            try:
                work(stop.is_set)
            except DatabaseError:
                log.exception("the database did not answer; trying again")
            stop.wait(interval)


def work(is_stopping: Callable[[], bool]) -> tuple[int, int]:
    """Do one round; return how many mails went and how many documents were made.

    Mails first: they are quick, and somebody waits for them. Before them what is over ends, so that
    nobody gets mail about what is closed to them.
    """
    end_what_is_over(at=timezone.now())
    mails = sum(
        send_due(model, at=timezone.now(), is_stopping=is_stopping)
        for model in (
            AccountMail,
            MergeMail,
            GuestMail,
            Notification,
            Digest,
            AppointmentMail,
            ExportMail,
        )
    )
    tell_webhooks(at=timezone.now(), is_stopping=is_stopping)
    apply_waiting_files(at=timezone.now(), is_stopping=is_stopping)
    roster.go_on_with_runs(at=timezone.now(), is_stopping=is_stopping)
    roster.link_waiting(at=timezone.now(), is_stopping=is_stopping)
    tell_of_silence(at=timezone.now())
    tell_of_points(at=timezone.now())
    roster_reading.begin_nightly(at=timezone.now())
    roster_reading.read_waiting(at=timezone.now(), is_stopping=is_stopping)
    take_lists_at_night(at=timezone.now(), is_stopping=is_stopping)
    send_due_records(at=timezone.now(), is_stopping=is_stopping)
    documents = make_due_exports(at=timezone.now(), is_stopping=is_stopping)
    documents += make_due_portfolios(at=timezone.now(), is_stopping=is_stopping)
    remove_old_exports(at=timezone.now())
    remove_old_portfolios(at=timezone.now())
    remove_old_archives(at=timezone.now())
    refresh_due(at=timezone.now(), is_stopping=is_stopping)
    forget_used(at=timezone.now())
    forget_old(at=time.time())
    roster.forget_old(at=timezone.now())
    forget_uploads(at=timezone.now())
    forget_sent(at=timezone.now())
    forget_old_launches(at=timezone.now())
    clear_up(at=timezone.now())
    seal()
    shorten(at=timezone.now(), keep=timedelta(days=settings.AUDIT_DAYS))
    return mails, documents
