"""Who may see what a student plans: the student. A feed is read by who has its address."""

from hashlib import sha256

from django.db.models import QuerySet

from stageapp.accounts.models import User
from stageapp.planning.models import Appointment, CalendarFeed, Deadline


def deadlines_of(student: User) -> QuerySet[Deadline]:
    """Return the student's own deadlines."""
    return Deadline.objects.filter(placement__student=student)


def appointments_of(student: User) -> QuerySet[Appointment]:
    """Return the student's own appointments."""
    return Appointment.objects.filter(placement__student=student)


def feed_at(token: str) -> CalendarFeed | None:
    """Return the feed that an address opens, as long as its owner can sign in."""
    return (
        CalendarFeed.objects.filter(token_hash=hash_of(token), person__is_active=True)
        .select_related("person")
        .first()
    )


def hash_of(token: str) -> str:
    """Return what is kept of the secret in an address."""
    return sha256(token.encode()).hexdigest()
