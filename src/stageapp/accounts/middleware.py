"""What holds for everybody who comes in: their language, and an address that is theirs."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import override

from stageapp.accounts import devices, queries
from stageapp.accounts.views import verification_notice

#: Where the session remembers when it was last noted as used, and how exactly that is kept.
NOTED = "noted_as_used"
NOTED_EVERY = timedelta(minutes=15)
#: Where the session remembers when it began, and how long one lasts however much it is used.
BEGAN = "began"
LONGEST = timedelta(days=90)
READING = ("GET", "HEAD")
#: Where the session remembers the address that was found to be confirmed.
VERIFIED = "verified_email"
#: What somebody without a confirmed address needs to confirm it, to correct it, or to leave; and
#: what anybody may read.
OPEN_TO_UNVERIFIED = {
    "account_confirm_email",
    "account_email",
    "account_logout",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "announcements:dismiss",
    "guide:article",
    "guide:list",
    "healthz",
    # Somebody else may come in from a course, in the browser of who has yet to confirm.
    "lti:handover",
    "lti:launch",
    "lti:login",
    "privacy:statement",
    "readyz",
    "resend_verification",
    "set_language",
    "welcome",
}


def language_of(request: HttpRequest) -> str:
    """Return the person's own language, else the one chosen in this browser, else Dutch."""
    if request.user.is_authenticated:
        return request.user.language
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


class LanguageMiddleware:
    """Shows every page in the reader's language; what the browser prefers does not count."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = language_of(request)
        request.LANGUAGE_CODE = language
        with override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class VerifiedEmailMiddleware:
    """Shows the verification notice instead of any page until the address is confirmed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """Let through who is not signed in (another gate's work), confirmed, or confirming."""
        match = request.resolver_match
        if (
            not request.user.is_authenticated
            or (match and match.view_name in OPEN_TO_UNVERIFIED)
            or self.is_verified(request)
        ):
            return None
        return verification_notice(request, status=200 if request.method in READING else 403)

    def is_verified(self, request: HttpRequest) -> bool:
        """Ask once a session; a person with another address is asked again."""
        person = request.user
        assert person.is_authenticated
        if request.session.get(VERIFIED) == person.email:
            return True
        if not queries.has_verified_email(person):
            return False
        request.session[VERIFIED] = person.email
        return True


class SessionsMiddleware:
    """Keeps, now and then, when a session was used, and knows the device after signing in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            self.note_use(request, timezone.now())
        was_in = request.user.is_authenticated
        response = self.get_response(request)
        devices.keep_cookie(request, response)
        if request.user.is_authenticated and BEGAN not in request.session:
            request.session[BEGAN] = timezone.now().isoformat()
        if was_in and not request.user.is_authenticated:
            # The pages go too, where no script of ours runs any more.
            response.headers["Clear-Site-Data"] = '"cache"'
        return response

    def note_use(self, request: HttpRequest, now: datetime) -> None:
        """Write it down, unless that was done a moment ago: most requests need no query.

        A session that lasted long enough ends here.
        """
        began = request.session.get(BEGAN)
        if began and now - datetime.fromisoformat(began) > LONGEST:
            logout(request)
            return
        noted = request.session.get(NOTED)
        if noted and now - datetime.fromisoformat(noted) < NOTED_EVERY:
            return
        # PostgreSQL keeps no NUL, whatever a browser calls itself.
        request.META["HTTP_USER_AGENT"] = request.META.get("HTTP_USER_AGENT", "").replace("\0", "")
        UserSession.objects.create_from_request(request)
        request.session[NOTED] = now.isoformat()
