"""What of accounts somebody may see: only their own."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from stageapp.accounts.models import User


def sessions_of(person: User) -> QuerySet[UserSession]:
    """Return where somebody is signed in, the last used first."""
    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    own: QuerySet[UserSession] = UserSession.objects.filter(user=person, session_key__in=alive)
    return own.order_by("-last_seen_at", "-pk")


def passkeys_of(person: User) -> QuerySet[Authenticator]:
    """Return somebody's passkeys."""
    own: QuerySet[Authenticator] = Authenticator.objects.filter(
        user=person, type=Authenticator.Type.WEBAUTHN
    )
    return own
