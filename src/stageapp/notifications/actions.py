"""What happens to news and how people want it.

The rows are the outbox: `notify` writes one in the transaction that causes it, `send_due` claims,
sends and marks one at a time, so that a crash anywhere neither loses nor repeats a mail.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from time import monotonic
from typing import TypeVar
from uuid import UUID

from django.db.models import F, QuerySet

from stageapp.accounts.models import User
from stageapp.notifications import queries
from stageapp.notifications.models import Frequency, Kind, Notification, Preference, QueuedMail

#: A claim older than this was left by a worker that died: the mail is free again.
LEASE = timedelta(minutes=10)
#: After so many attempts a mail is given up; its row says why.
MOST_ATTEMPTS = 8
FIRST_PAUSE = timedelta(minutes=1)

Mail = TypeVar("Mail", bound=QueuedMail)

log = logging.getLogger(__name__)


def set_preferences(person: User, chosen: Mapping[Kind, Frequency]) -> None:
    """Keep how soon somebody wants each of these kinds of news by mail."""
    Preference.objects.bulk_create(
        [
            Preference(person=person, kind=kind, frequency=frequency)
            for kind, frequency in chosen.items()
        ],
        update_conflicts=True,
        unique_fields=["person", "kind"],
        update_fields=["frequency"],
    )


def notify(
    person: User,
    kind: Kind,
    *,
    actor: User,
    title: str,
    path: str,
    subject: str,
    cause: str,
    at: datetime,
) -> None:
    """Keep news for somebody, once for each cause; its mail goes when `send_due` finds it.

    Call it in the transaction that makes the fact: both are kept, or neither.
    """
    wants_mail = queries.preferences_of(person)[kind] == Frequency.AT_ONCE
    Notification.objects.get_or_create(
        person=person,
        kind=kind,
        cause=cause,
        defaults={
            "actor": actor,
            "title": title,
            "path": path,
            "subject": subject,
            "caused_at": at,
            "mail_due_at": at if wants_mail else None,
        },
    )


def cancel_unsent(subject: str) -> None:
    """Let no mail go any more about something that was withdrawn."""
    Notification.objects.filter(subject=subject, mailed_at=None).update(mail_due_at=None)


def send_due(
    model: type[Mail],
    *,
    at: datetime,
    is_stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Send every mail of a table that is due; return how many went. One that fails stops no other.

    A slow mail server makes a round long. So each claim carries its own time, or the last ones
    would be free for another worker at once; and `is_stopping` is asked before each mail.
    """
    begun, sent = monotonic(), 0
    for key in queries.due_mails(model, at, LEASE, MOST_ATTEMPTS):
        if is_stopping():
            break
        now = at + timedelta(seconds=monotonic() - begun)
        mail = _claim(model, key, now)
        if mail and _send(mail, now):
            sent += 1
    return sent


def _claim(model: type[Mail], key: UUID, at: datetime) -> Mail | None:
    """Take one row, unless another worker has it: a single conditional UPDATE decides."""
    free = queries.free_mails(model, at, LEASE, MOST_ATTEMPTS).filter(pk=key)
    if not free.update(claimed_at=at, attempts=F("attempts") + 1):
        return None
    return model._default_manager.get(pk=key)


def _send(row: QueuedMail, at: datetime) -> bool:
    try:
        row.to_mail().send()
    except Exception as problem:  # whatever is wrong with one mail, the others go
        log.warning("mail %s failed", row.pk, exc_info=True)
        pause = FIRST_PAUSE * 2**row.attempts
        # Not what was cancelled while it was in hand: that stays without a time to go.
        _own_claim(row).filter(mail_due_at__isnull=False).update(
            claimed_at=None, mail_due_at=at + pause, mail_error=str(problem)[:1000]
        )
        return False
    _own_claim(row).update(mailed_at=at, mail_error="")
    return True


def _own_claim(row: Mail) -> QuerySet[Mail]:
    return type(row)._default_manager.filter(pk=row.pk, claimed_at=row.claimed_at)
