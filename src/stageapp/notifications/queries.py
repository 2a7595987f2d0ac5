"""Questions about news and how people want it."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

from stageapp.accounts.models import User
from stageapp.notifications.kinds import (
    DEFAULTS,
    FOR_CALENDAR,
    OF_EITHER,
    OF_STUDENTS,
    OF_TEACHERS,
    REQUIRED,
    Frequency,
    Kind,
)
from stageapp.notifications.models import (
    DailyRun,
    Digest,
    Notification,
    Preference,
    QueuedMail,
    Schedule,
)

Mail = TypeVar("Mail", bound=QueuedMail)


def preferences_of(person: User) -> dict[Kind, Frequency]:
    """Return how soon somebody wants each kind of news by mail."""
    told = dict(Preference.objects.filter(person=person).values_list("kind", "frequency"))
    return {kind: Frequency(told.get(kind, DEFAULTS.get(kind, Frequency.AT_ONCE))) for kind in Kind}


def preferences_offered(person: User, *, studies: bool, teaches: bool) -> dict[Kind, Frequency]:
    """Return what of it somebody can choose: nothing that only teachers or only students get."""
    # What goes to a calendar is chosen together.
    left_out = set(FOR_CALENDAR) - {Kind.TALK_AGREED} | set(REQUIRED)
    if not teaches:
        left_out |= OF_TEACHERS
    if not studies:
        left_out |= OF_STUDENTS
    if not (studies or teaches):
        left_out |= OF_EITHER
    return {
        kind: frequency
        for kind, frequency in preferences_of(person).items()
        if kind not in left_out
    }


def preference_of(person: User, kind: Kind) -> Frequency:
    """Return how soon somebody wants one kind; what goes to a calendar is chosen together."""
    if kind in REQUIRED:
        return Frequency.AT_ONCE
    return preferences_of(person)[Kind.TALK_AGREED if kind in FOR_CALENDAR else kind]


def schedule_of(person: User) -> Schedule:
    """Return when somebody wants news that comes together; nothing is kept for who never chose."""
    return Schedule.objects.filter(person=person).first() or Schedule(person=person)


def news_of(person: User) -> QuerySet[Notification]:
    """Return everything that was ever news for somebody, the newest first."""
    return Notification.objects.filter(person=person).select_related("actor", "digest")


def news_about(person: User, subjects: Collection[str]) -> QuerySet[Notification]:
    """Return what was news for somebody about these subjects."""
    return Notification.objects.filter(person=person, subject__in=subjects)


def unseen_count(person: User) -> int:
    """Return how much news somebody has not seen yet."""
    return Notification.objects.filter(person=person, seen_at=None, cancelled_at=None).count()


def is_done_on(name: str, day: date) -> bool:
    """Return whether work that is done once a day was done on one."""
    return DailyRun.objects.filter(name=name, day=day).exists()


def pending_digests(person: User) -> QuerySet[Digest]:
    """Return what somebody would still get together, and no worker has in hand."""
    return Digest.objects.filter(person=person, mailed_at=None, claimed_at=None)


def waiting_mails(model: type[Mail], most_attempts: int) -> QuerySet[Mail]:
    """Return the mails of a table that have still to go: not those that were given up."""
    return model._default_manager.filter(
        mail_due_at__isnull=False,
        mailed_at=None,
        attempts__lt=most_attempts,
        **{f"{model.PERSON}__is_active": True},
    )


def free_mails(
    model: type[Mail], at: datetime, lease: timedelta, most_attempts: int
) -> QuerySet[Mail]:
    """Return the mails of a table that are due and that no living worker has, the oldest first."""
    return (
        waiting_mails(model, most_attempts)
        .filter(Q(claimed_at=None) | Q(claimed_at__lt=at - lease), mail_due_at__lte=at)
        .order_by("mail_due_at")
    )


def claimed_mails(model: type[Mail], keys: list[UUID]) -> QuerySet[Mail]:
    """Return mails with whom they are for."""
    return model._default_manager.filter(pk__in=keys).select_related(model.PERSON)


def kinds_mailed(person: User, *, kind: str, frequency: str) -> list[Kind]:
    """Return the kinds of news that a link in a mail stops: one, or all that come together."""
    if kind:
        return [one for one in Kind if one == kind]
    return [one for one, wanted in preferences_of(person).items() if wanted == frequency]
