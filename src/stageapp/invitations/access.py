"""Which invitations are open: said here only, for a link and for the mark of audience alike."""

from datetime import datetime

from django.db.models import QuerySet

from stageapp.accounts.models import User
from stageapp.core.tokens import hash_of
from stageapp.invitations import tokens
from stageapp.invitations.models import Invitation


def living(at: datetime) -> QuerySet[Invitation]:
    """Return the invitations whose link works: not expired, not ended, of a student who is here."""
    return Invitation.objects.filter(
        ended_at=None, expires_at__gt=at, invited_by__is_active=True
    ).select_related("invited_by")


def invitation_at(token: str, at: datetime) -> Invitation | None:
    """Return the invitation that a link is for, or None; a made-up link costs no query."""
    if not tokens.is_ours(token):
        return None
    return living(at).filter(token_hash=hash_of(token)).first()


def refuses(email: str, student: User) -> bool:
    """Return whether somebody said to want no mail of this student any more."""
    return Invitation.objects.filter(
        email=email.strip().lower(), invited_by=student, refused_at__isnull=False
    ).exists()
