"""What happens to what is planned."""

import secrets
import uuid
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from stageapp.accounts.models import User
from stageapp.core.tokens import hash_of
from stageapp.planning.models import Appointment, CalendarFeed, Deadline


def keep_deadline(deadline: Deadline) -> None:
    """Keep a new or changed deadline."""
    deadline.save()


def set_done(deadline: Deadline, *, is_done: bool, at: datetime) -> None:
    """Tick a deadline off, or take the tick away."""
    deadline.done_at = at if is_done else None
    deadline.save(update_fields=["done_at"])


def delete_deadline(deadline: Deadline) -> None:
    """Take a deadline away."""
    deadline.delete()


def keep_appointment(appointment: Appointment) -> None:
    """Keep a new or changed appointment."""
    appointment.save()


def delete_appointment(appointment: Appointment) -> None:
    """Take an appointment away."""
    appointment.delete()


def agree_on_appointment(appointment: Appointment, *, at: datetime) -> None:
    """Put what a student and a teacher agreed on in both calendars."""
    appointment.uid, appointment.created_at = uuid.uuid4(), at
    appointment.save()


@transaction.atomic
def move_appointment(
    appointment: Appointment,
    *,
    starts_at: datetime,
    ends_at: datetime,
    location: str,
    read_sequence: int,
    at: datetime,
) -> Appointment:
    """Let what was agreed begin at another moment, or be elsewhere.

    Raises ValidationError when it changed or was cancelled since it was read.
    """
    kept = _locked(appointment)
    if kept.cancelled_at or kept.sequence != read_sequence:
        raise ValidationError(_("This appointment changed meanwhile. Look at it again first."))
    kept.starts_at, kept.ends_at, kept.location = starts_at, ends_at, location
    kept.sequence, kept.changed_at = kept.sequence + 1, at
    kept.save(update_fields=["starts_at", "ends_at", "location", "sequence", "changed_at"])
    return kept


@transaction.atomic
def cancel_appointment(appointment: Appointment, *, at: datetime) -> Appointment | None:
    """Let what was agreed not go on; return nothing where that was done before."""
    kept = _locked(appointment)
    if kept.cancelled_at:
        return None
    kept.sequence, kept.cancelled_at, kept.changed_at = kept.sequence + 1, at, at
    kept.save(update_fields=["sequence", "cancelled_at", "changed_at"])
    return kept


def name_appointments(appointments: QuerySet[Appointment], title: str) -> None:
    """Say what these are about; an empty title says nothing but that people talk."""
    appointments.update(title=title)


def _locked(appointment: Appointment) -> Appointment:
    return (
        Appointment.objects.select_for_update(of=("self",))
        .select_related(
            "teacher", "placement__student", "placement__cohort__programme__institution"
        )
        .get(pk=appointment.pk)
    )


def make_feed(person: User, *, with_activities: bool, at: datetime) -> str:
    """Give somebody a feed with a new secret, which is returned; an earlier address stops.

    Only the hash is kept, so the secret can be shown this once.
    """
    token = secrets.token_urlsafe(32)
    CalendarFeed.objects.update_or_create(
        person=person,
        defaults={
            "token_hash": hash_of(token),
            "with_activities": with_activities,
            "created_at": at,
        },
    )
    return token


def change_feed(feed: CalendarFeed, *, with_activities: bool) -> None:
    """Change what the feed contains; its address stays."""
    feed.with_activities = with_activities
    feed.save(update_fields=["with_activities"])


def revoke_feed(person: User) -> None:
    """Let the address show nothing any more."""
    CalendarFeed.objects.filter(person=person).delete()
