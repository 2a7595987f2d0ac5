"""What happens to what is planned."""

import secrets
from datetime import datetime

from stageapp.accounts.models import User
from stageapp.planning.access import hash_of
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
