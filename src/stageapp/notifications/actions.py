"""What happens to news and how people want it.

The rows are the outbox: `notify` writes one in the transaction that causes it, `send_due` claims,
sends and marks one at a time, so that a crash anywhere neither loses nor repeats a mail.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from email.utils import parseaddr
from time import monotonic
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F, QuerySet
from django.template.loader import render_to_string
from django.utils.translation import override

from stageapp.accounts.models import User
from stageapp.notifications import queries
from stageapp.notifications.models import Frequency, Kind, Notification, Preference

#: A claim older than this was left by a worker that died: the mail is free again.
LEASE = timedelta(minutes=10)
#: After so many attempts a mail is given up; its row says why.
MOST_ATTEMPTS = 8
FIRST_PAUSE = timedelta(minutes=1)

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


def send_due(*, at: datetime, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Send every mail that is due; return how many went. One that fails does not stop the rest.

    A slow mail server makes a round long. So each claim carries its own time, or the last ones
    would be free for another worker at once; and `is_stopping` is asked before each mail.
    """
    begun, sent = monotonic(), 0
    for key in queries.due_mails(at, LEASE, MOST_ATTEMPTS):
        if is_stopping():
            break
        now = at + timedelta(seconds=monotonic() - begun)
        notification = _claim(key, now)
        if notification and _send(notification, now):
            sent += 1
    return sent


def _claim(key: UUID, at: datetime) -> Notification | None:
    """Take one row, unless another worker has it: a single conditional UPDATE decides."""
    free = queries.free_mails(at, LEASE, MOST_ATTEMPTS).filter(pk=key)
    if not free.update(claimed_at=at, attempts=F("attempts") + 1):
        return None
    return Notification.objects.select_related("person", "actor").get(pk=key)


def _send(notification: Notification, at: datetime) -> bool:
    try:
        mail(notification).send()
    except Exception as problem:  # whatever is wrong with one mail, the others go
        log.warning("mail %s failed", notification.pk, exc_info=True)
        pause = FIRST_PAUSE * 2**notification.attempts
        # Not what was cancelled while it was in hand: that stays without a time to go.
        _own_claim(notification).filter(mail_due_at__isnull=False).update(
            claimed_at=None, mail_due_at=at + pause, mail_error=str(problem)[:1000]
        )
        return False
    _own_claim(notification).update(mailed_at=at, mail_error="")
    return True


def _own_claim(notification: Notification) -> QuerySet[Notification]:
    return Notification.objects.filter(pk=notification.pk, claimed_at=notification.claimed_at)


def mail(notification: Notification) -> EmailMessage:
    """Return the mail in the reader's language: who and the title, never a student's content.

    The Message-ID follows from the row: a mail that goes twice because the machine stopped between
    sending and marking is recognised as one by whoever receives it.
    """
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    context = {
        "notification": notification,
        "actor": notification.actor.name if notification.actor else "",
        "url": settings.BASE_URL + notification.path,
        "profile_url": f"{settings.BASE_URL}/profile/",
    }
    with override(notification.person.language):
        template = f"notifications/{notification.kind}"
        subject = render_to_string(f"{template}_subject.txt", context)
        body = render_to_string(f"{template}.txt", context)
    return EmailMessage(
        subject=" ".join(subject.split()),
        body=body.strip() + "\n",
        to=[notification.person.email],
        headers={"Message-ID": f"<{notification.pk}@{address.partition('@')[2]}>"},
    )
