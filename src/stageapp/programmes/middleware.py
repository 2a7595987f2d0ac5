"""Maintenance mode: while it is on, only functional administrators get in."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from stageapp.programmes.access import functional_administrators_of

#: What stays open: looking whether the server runs, and signing in for who may go on.
OPEN = {"account_login", "account_logout", "healthz", "readyz", "set_language"}
#: The pages of a second factor belong to signing in.
SECOND_FACTOR = "mfa_"
#: When nobody said how long it takes, or it takes longer than that.
TRY_AGAIN = timedelta(minutes=10)
#: Nobody needs to ask more often.
SHORTEST = timedelta(minutes=1)


class MaintenanceMiddleware:
    """Answers everybody else with 503, in their language, and says when to try again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """Let through who may go on; the institution was looked up already."""
        institution = getattr(request, "institution", None)
        if institution is None or institution.maintenance_since is None:
            return None
        name = (request.resolver_match and request.resolver_match.view_name) or ""
        if name in OPEN or name.startswith(SECOND_FACTOR):
            return None
        administrators = functional_administrators_of(institution)
        if request.user.is_authenticated and administrators.filter(pk=request.user.pk).exists():
            return None
        until, now = institution.maintenance_until, timezone.now()
        context = {
            "until": until if until and until > now else None,
            "again": request.get_full_path() if request.method == "GET" else reverse("home"),
            "was_sending": request.method == "POST",
        }
        response = render(request, "503.html", context, status=503)
        response.headers["Retry-After"] = str(int(_wait(until, now).total_seconds()))
        return response


def _wait(until: datetime | None, now: datetime) -> timedelta:
    if until is None or until <= now:
        return TRY_AGAIN
    return max(until - now, SHORTEST)
