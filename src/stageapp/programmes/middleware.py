"""Maintenance mode, and a second factor for who administers a programme or an institution."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from stageapp.accounts.queries import has_second_factor
from stageapp.programmes.access import functional_administrators_of
from stageapp.programmes.queries import institution_for, is_administrator

#: What stays open: looking whether the server runs, and signing in for who may go on.
OPEN = {
    "account_login",
    "account_logout",
    "healthz",
    "privacy:statement",
    "readyz",
    "set_language",
}
#: The pages of a second factor belong to signing in.
SECOND_FACTOR = "mfa_"
#: When nobody said how long it takes, or it takes longer than that.
TRY_AGAIN = timedelta(minutes=10)
#: Nobody needs to ask more often.
SHORTEST = timedelta(minutes=1)
#: What administrators alone can reach.
MANAGE = "/manage/"
#: Where the session remembers that an administrator was asked for a second factor.
ASKED = "asked_for_second_factor"


class MaintenanceMiddleware:
    """Answers everybody else with 503, in their language, and says when to try again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """Let through who may go on; the institution was looked up already."""
        wait = maintenance_wait(request)
        if wait is None:
            return None
        institution = institution_for(request)
        until, now = institution and institution.maintenance_until, timezone.now()
        context = {
            "until": until if until and until > now else None,
            "again": request.get_full_path() if request.method == "GET" else reverse("home"),
            "was_sending": request.method == "POST",
        }
        response = render(request, "503.html", context, status=503)
        response.headers["Retry-After"] = str(wait)
        return response


def maintenance_wait(request: HttpRequest) -> int | None:
    """Return in how many seconds to try again; None for who may go on.

    The institution was looked up already.
    """
    institution = institution_for(request)
    if institution is None or institution.maintenance_since is None:
        return None
    name = (request.resolver_match and request.resolver_match.view_name) or ""
    if name in OPEN or name.startswith(SECOND_FACTOR):
        return None
    administrators = functional_administrators_of(institution)
    if request.user.is_authenticated and administrators.filter(pk=request.user.pk).exists():
        return None
    return int(_wait(institution.maintenance_until, timezone.now()).total_seconds())


def _wait(until: datetime | None, now: datetime) -> timedelta:
    if until is None or until <= now:
        return TRY_AGAIN
    return max(until - now, SHORTEST)


class SecondFactorMiddleware:
    """Leads administrators without a second factor to where they make one.

    Once after signing in, and instead of each page that only administrators have. What they do as
    a teacher is open to them: it needs no more than it does of other teachers.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """Let through all but an administrator who has only a password."""
        if not self.concerns(request) or not self.lacks_one(request):
            return None
        request.session[ASKED] = True
        messages.warning(
            request,
            _(
                "As an administrator you sign in with more than a password. Choose a passkey or "
                "an app with codes; then everything is open to you."
            ),
        )
        return redirect("mfa_index")

    def concerns(self, request: HttpRequest) -> bool:
        """Say whether this page asks for it; for most pages that takes no query."""
        if settings.SECOND_FACTOR == "nobody" or not request.user.is_authenticated:
            return False
        match = request.resolver_match
        is_start = bool(match and match.view_name == "home")
        return request.path.startswith(MANAGE) or (is_start and ASKED not in request.session)

    def lacks_one(self, request: HttpRequest) -> bool:
        """Ask for it in the database, each time: a second factor can be removed."""
        person = request.user
        assert person.is_authenticated
        return is_administrator(person) and not has_second_factor(person)
