"""What happens to news and how people want it.

The rows are the outbox: `notify` writes one in the transaction that causes it, `send_due` claims a
few, sends and marks one at a time, so that a crash anywhere neither loses nor repeats a mail. News
that comes together hangs on a `Digest`, which is such a row itself, made with its first news.
"""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from time import monotonic
from typing import Protocol, TypeVar

from django.core.mail import get_connection
from django.db import transaction
from django.db.models import F, QuerySet

from stageapp.accounts.models import User
from stageapp.notifications import queries
from stageapp.notifications.kinds import FOR_CALENDAR, Frequency, Kind
from stageapp.notifications.models import (
    DailyRun,
    Digest,
    Notification,
    Preference,
    QueuedMail,
    Schedule,
)
from stageapp.notifications.rules import MOST_ATTEMPTS, next_daily, next_weekly

#: A claim older than this was left by a worker that died: the mail is free again. Far longer than
#: all mails of a claim can take, each as long as the mail server may keep it waiting.
LEASE = timedelta(minutes=10)
#: So many mails are claimed at a time.
CLAIM = 20
FIRST_PAUSE = timedelta(minutes=1)
#: What `_plan` decides.
PLANNED = ("frequency", "digest", "mail_due_at")
#: What news tells.
TOLD = ("actor", "actor_name", "title", "path", "subject", "host")
#: What is news shortly before mail goes may come too late for it: it goes with the next.
MARGIN = timedelta(minutes=5)

Mail = TypeVar("Mail", bound=QueuedMail)

log = logging.getLogger(__name__)


@transaction.atomic
def set_preferences(
    person: User,
    chosen: Mapping[Kind, Frequency],
    *,
    zone: tzinfo,
    at: datetime,
    schedule: Schedule | None = None,
) -> None:
    """Keep how soon somebody wants these kinds of news by mail, and when if it comes together.

    What still waits follows: it goes as it would have, had this been chosen before.
    """
    Preference.objects.bulk_create(
        [
            Preference(person=person, kind=kind, frequency=frequency)
            for kind, frequency in chosen.items()
        ],
        update_conflicts=True,
        unique_fields=["person", "kind"],
        update_fields=["frequency"],
    )
    if schedule:
        Schedule.objects.update_or_create(
            person=person, defaults={"hour": schedule.hour, "weekday": schedule.weekday}
        )
    _plan_anew(person, zone, at)


def _plan_anew(person: User, zone: tzinfo, at: datetime) -> None:
    """Let what waits to come together go by what was chosen now."""
    pending = queries.pending_digests(person)
    wanted = queries.preferences_of(person)
    for news in Notification.objects.filter(digest__in=pending).select_related("person"):
        _plan(news, wanted[Kind(news.kind)], zone, at)
        news.save(update_fields=PLANNED)
    pending.filter(notifications=None).delete()


@dataclass(frozen=True)
class Fact:
    """What happened, as news tells it: who did it, to what, on which page, and what it was.

    `subject` is what it is about, such as "question:12", `cause` the fact itself, such as
    "message:34": there is no second news of it. A guest has no account, only a name.
    """

    actor: User | None
    title: str
    path: str
    subject: str
    cause: str
    actor_name: str = ""


class Place(Protocol):
    """Where something happens: an institution, with its clock and its address."""

    @property
    def zone(self) -> tzinfo:
        """The time zone that it lives by."""

    @property
    def host(self) -> str:
        """The host name that it is served under, or nothing."""


def notify(person: User, kind: Kind, fact: Fact, *, place: Place, at: datetime) -> None:
    """Keep news for somebody, once for each cause; its mail goes when `send_due` finds it.

    Call it in the transaction that makes the fact: both are kept, or neither. The place is the
    institution in which it happened: its clock says when mails go, its host where they lead.
    """
    if Notification.objects.filter(person=person, kind=kind, cause=fact.cause).exists():
        return
    news = Notification(
        person=person,
        kind=kind,
        actor=fact.actor,
        actor_name=fact.actor_name,
        title=fact.title,
        path=fact.path,
        subject=fact.subject,
        host=place.host,
        caused_at=at,
    )
    _plan(news, queries.preference_of(person, kind), place.zone, at)
    Notification.objects.get_or_create(
        person=person,
        kind=kind,
        cause=fact.cause,
        defaults={name: getattr(news, name) for name in (*TOLD, *PLANNED, "caused_at")},
    )


def _plan(news: Notification, frequency: Frequency, zone: tzinfo, at: datetime) -> None:
    """Decide when the mail of news goes, with which others if it comes together."""
    news.frequency = frequency
    goes_now = frequency == Frequency.AT_ONCE and news.kind not in FOR_CALENDAR
    news.mail_due_at = at if goes_now else None
    news.digest = None
    if frequency in (Frequency.DAILY, Frequency.WEEKLY):
        planned = _next(news.person, frequency, zone, at)
        news.digest, _created = Digest.objects.get_or_create(
            person=news.person,
            frequency=frequency,
            planned_for=planned,
            defaults={"mail_due_at": planned},
        )


def _next(person: User, frequency: Frequency, zone: tzinfo, at: datetime) -> datetime:
    schedule, after = queries.schedule_of(person), at + MARGIN
    if frequency == Frequency.DAILY:
        return next_daily(schedule.hour, zone, after)
    return next_weekly(schedule.weekday, schedule.hour, zone, after)


def cancel_unsent(subject: str, *, at: datetime) -> None:
    """Let no mail go any more about something that was withdrawn."""
    _cancel(Notification.objects.filter(subject=subject), at)


def cancel_unsent_to(person: User, subjects: Collection[str], *, at: datetime) -> None:
    """Let no mail about these things go any more to somebody who cannot see them now.

    What they were called is not theirs to read any more either.
    """
    about = queries.news_about(person, subjects)
    _cancel(about, at)
    about.update(title="")


def forget_titles(subjects: Collection[str], *, but: User) -> None:
    """Let news not say any more what these things are called, but to whose they are."""
    Notification.objects.filter(subject__in=subjects).exclude(person=but).update(title="")


def _cancel(news: QuerySet[Notification], at: datetime) -> None:
    about = news.filter(mailed_at=None, cancelled_at=None)
    about.filter(digest=None).update(mail_due_at=None, cancelled_at=at)
    about.filter(digest__mailed_at=None).update(digest=None, cancelled_at=at)


def mark_seen(news: QuerySet[Notification], *, at: datetime) -> None:
    """Remember that somebody saw this; it does not come by mail with other news any more."""
    news.filter(seen_at=None).update(seen_at=at)


@contextmanager
def once_a_day(name: str, day: date) -> Iterator[bool]:
    """Say whether work has still to be done on a day; it and its mark are one transaction."""
    with transaction.atomic():
        _run, is_first = DailyRun.objects.get_or_create(name=name, day=day)
        yield is_first


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
    with _mail_server() as server:
        while claimed := _claim(model, at + timedelta(seconds=monotonic() - begun)):
            while claimed and not is_stopping():
                sent += server.send(claimed.pop(0), at + timedelta(seconds=monotonic() - begun))
            if claimed:
                _give_back(claimed)
                break
    return sent


@transaction.atomic
def _claim(model: type[Mail], at: datetime) -> list[Mail]:
    """Take some mails that no other worker has."""
    free = queries.free_mails(model, at, LEASE, MOST_ATTEMPTS)
    keys = list(
        free.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[:CLAIM]
    )
    model._default_manager.filter(pk__in=keys).update(claimed_at=at, attempts=F("attempts") + 1)
    return list(queries.claimed_mails(model, keys))


def _give_back(mails: list[Mail]) -> None:
    for mail in mails:
        _own_claim(mail).update(claimed_at=None, attempts=F("attempts") - 1)


class _MailServer:
    """One connection for many mails; made anew after anything that goes wrong."""

    def __init__(self) -> None:
        self.connection = get_connection()

    def send(self, row: QueuedMail, at: datetime) -> bool:
        """Send one mail and mark it; return whether it went."""
        if not _own_claim(row).filter(mail_due_at__isnull=False).exists():
            return False  # cancelled since, or so slow that another worker took it
        try:
            mail = row.to_mail()
            if mail:
                self.connection.open()
                mail.connection = self.connection
                mail.send()
        except Exception as problem:  # whatever is wrong with one mail, the others go
            log.warning("mail %s failed", row.pk, exc_info=True)
            self.close()
            pause = FIRST_PAUSE * 2**row.attempts
            # Not what was cancelled while it was in hand: that stays without a time to go.
            _own_claim(row).filter(mail_due_at__isnull=False).update(
                claimed_at=None, mail_due_at=at + pause, mail_error=str(problem)[:1000]
            )
            return False
        if mail is None:
            _own_claim(row).update(mail_due_at=None)
            return False
        _own_claim(row).update(mailed_at=at, mail_error="")
        return True

    def close(self) -> None:
        """Let go of the connection, which the other side may have closed already."""
        with suppress(Exception):
            self.connection.close()


@contextmanager
def _mail_server() -> Iterator[_MailServer]:
    server = _MailServer()
    try:
        yield server
    finally:
        server.close()


def _own_claim(row: Mail) -> QuerySet[Mail]:
    return type(row)._default_manager.filter(pk=row.pk, claimed_at=row.claimed_at)
