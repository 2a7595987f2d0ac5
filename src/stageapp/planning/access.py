"""Who may see what a student plans: the student; what was agreed with a teacher also that teacher.

A feed is read by who has its address.
"""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from stageapp.accounts.models import User
from stageapp.core.tokens import hash_of
from stageapp.placements.models import PlacementTeacher
from stageapp.planning.models import Appointment, CalendarFeed, Deadline


def deadlines_of(student: User) -> QuerySet[Deadline]:
    """Return the student's own deadlines."""
    return Deadline.objects.filter(placement__student=student)


def appointments_of(student: User) -> QuerySet[Any]:
    """Return the student's appointments: own notes, and what was agreed with a teacher.

    With `is_open`: whether that teacher can see it now.
    """
    own = Appointment.objects.filter(placement__student=student, cancelled_at=None)
    return own.annotate(is_open=_linked()).select_related("teacher", "placement__student")


def notes_of(student: User) -> QuerySet[Appointment]:
    """Return the appointments that the student noted: to change and to remove."""
    return Appointment.objects.filter(placement__student=student, teacher=None)


def appointments_with(teacher: User) -> QuerySet[Appointment]:
    """Return what was agreed with a teacher, by the students guided now."""
    agreed = Appointment.objects.filter(_linked(), teacher=teacher, cancelled_at=None)
    return agreed.select_related("teacher", "placement__student")


def talks_readable_by(person: User) -> QuerySet[Appointment]:
    """Return what was agreed with a teacher, for either of the two; also what was cancelled."""
    is_party = Q(placement__student=person) | Q(_linked(), teacher=person)
    return Appointment.objects.filter(is_party, teacher__isnull=False).select_related(
        "teacher", "placement__student", "placement__cohort__programme__institution"
    )


def readers_of_talk(talk: Appointment) -> list[User]:
    """Return everybody for whom `talks_readable_by` holds this; the mark of audience."""
    readers = [talk.placement.student]
    teacher = talk.teacher
    if teacher and talks_readable_by(teacher).filter(pk=talk.pk).exists():
        readers.append(teacher)
    return readers


def _linked() -> Exists:
    return Exists(
        PlacementTeacher.objects.filter(
            placement=OuterRef("placement"), teacher=OuterRef("teacher"), ended_at=None
        )
    )


def feed_at(token: str) -> CalendarFeed | None:
    """Return the feed that an address opens, as long as its owner can sign in."""
    return (
        CalendarFeed.objects.filter(token_hash=hash_of(token), person__is_active=True)
        .select_related("person")
        .first()
    )
