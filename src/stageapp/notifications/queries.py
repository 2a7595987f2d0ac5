"""Questions about news and how people want it."""

from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

from stageapp.accounts.models import User
from stageapp.notifications.models import Frequency, Kind, Preference, QueuedMail

#: So many mails are looked up at a time.
BATCH = 200

Mail = TypeVar("Mail", bound=QueuedMail)


def preferences_of(person: User) -> dict[Kind, Frequency]:
    """Return how soon somebody wants each kind of news by mail: at once unless told otherwise."""
    told = dict(Preference.objects.filter(person=person).values_list("kind", "frequency"))
    return {kind: Frequency(told.get(kind, Frequency.AT_ONCE)) for kind in Kind}


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
    """Return the mails of a table that are due and that no living worker has."""
    return waiting_mails(model, most_attempts).filter(
        Q(claimed_at=None) | Q(claimed_at__lt=at - lease), mail_due_at__lte=at
    )


def due_mails(model: type[Mail], at: datetime, lease: timedelta, most_attempts: int) -> list[UUID]:
    """Return the keys of mails that are due, the oldest first."""
    free = free_mails(model, at, lease, most_attempts).order_by("mail_due_at")
    return list(free.values_list("pk", flat=True)[:BATCH])
