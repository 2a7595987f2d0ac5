"""Who was let in with a code: a signed cookie that goes to one link only."""

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from stageapp.invitations.models import Invitation
from stageapp.invitations.rules import STAYS_IN

# It has a path, so it cannot have the stricter `__Host-`.
COOKIE = "__Secure-guest" if settings.SECURE else "guest"
SALT = "stageapp.invitations.session"


def let_in(response: HttpResponse, invitation: Invitation) -> None:
    """Remember in the browser that a guest entered the code of this link."""
    response.set_cookie(
        COOKIE,
        signing.dumps([str(invitation.pk), invitation.session_key], salt=SALT),
        max_age=STAYS_IN,
        path=path_of(invitation),
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )


def let_out(response: HttpResponse, invitation: Invitation) -> None:
    """Forget it."""
    response.delete_cookie(COOKIE, path=path_of(invitation), samesite="Lax")


def is_in(request: HttpRequest, invitation: Invitation) -> bool:
    """Return whether this browser was let in, not too long ago, and nobody left since."""
    try:
        carried = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=STAYS_IN)
    except signing.BadSignature:
        return False
    return bool(invitation.session_key) and carried == [
        str(invitation.pk),
        invitation.session_key,
    ]


def path_of(invitation: Invitation) -> str:
    """Return where the cookie goes: to the pages of this link, and nowhere else in the app."""
    return f"/g/{invitation.token}/"
