"""Questions about tokens and webhooks. Nothing here writes."""

from datetime import datetime

from django.conf import settings

from stageapp.accounts.models import User
from stageapp.accounts.queries import has_second_factor
from stageapp.api.models import AccessToken
from stageapp.api.rules import Area, Scope, is_token
from stageapp.core.tokens import hash_of
from stageapp.programmes.queries import is_administrator, is_student, is_teacher

#: What only who teaches, or only who administers something, can do.
OF_TEACHERS, OF_ADMINISTRATORS = {Area.STUDENTS}, {Area.ADMINISTRATION}
#: What only a student can do, and what only who studies or teaches.
OF_STUDENTS, OF_EITHER = {Area.LOGBOOK, Area.INSIGHTS}, {Area.CALENDAR}


def token_with(secret: str, at: datetime) -> AccessToken | None:
    """Return the token that has this secret, while it works and its person can sign in."""
    if not is_token(secret):
        return None
    return (
        AccessToken.objects.filter(
            token_hash=hash_of(secret), expires_at__gt=at, person__is_active=True
        )
        .select_related("person")
        .first()
    )


def areas_of(person: User) -> list[Area]:
    """Return what a token of somebody can be about: nothing that they themselves cannot do."""
    left_out: set[Area] = set()
    studies, teaches = is_student(person) or person.placements.exists(), is_teacher(person)
    if not studies:
        left_out |= OF_STUDENTS
    if not teaches:
        left_out |= OF_TEACHERS
    if not (studies or teaches):
        left_out |= OF_EITHER
    if not is_administrator(person):
        left_out |= OF_ADMINISTRATORS
    return [area for area in Area if area not in left_out]


def scopes_of(token: AccessToken | None) -> frozenset[Scope]:
    """Return what may be done with a token; who is signed in themselves may do all."""
    return frozenset(Scope) if token is None else frozenset(map(Scope, token.scopes))


def lacks_second_factor(person: User) -> bool:
    """Return whether an administrator has not what their pages ask of them: then nothing is open.

    Asked in the database each time: a second factor can be removed.
    """
    if settings.SECOND_FACTOR == "nobody" or has_second_factor(person):
        return False
    return is_administrator(person)
