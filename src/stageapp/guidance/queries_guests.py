"""What a student sees of the guest of a question. Nothing here writes."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from stageapp.guidance import access
from stageapp.guidance.models import GuidanceQuestion
from stageapp.invitations.models import Invitation
from stageapp.invitations.queries import SentMail, mails_of


@dataclass(frozen=True)
class GuestAccess:
    """How the link of a guest stands, with days and no minutes."""

    invitation: Invitation
    #: Whether the guest can read the question now.
    is_open: bool
    #: The day on which the guest was last there.
    last_there_on: date | None
    mails: list[SentMail]


def guest_of(question: GuidanceQuestion) -> GuestAccess | None:
    """Return how the link of a question stands, or None where it has none."""
    guest = question.invitation
    if guest is None:
        return None
    readings = (row for row in question.readings.all() if row.invitation_id == guest.pk)
    reading = next(readings, None)
    return GuestAccess(
        invitation=guest,
        is_open=access.asked_to_guest(guest).exists(),
        last_there_on=timezone.localdate(reading.read_at) if reading else None,
        mails=mails_of(guest),
    )
