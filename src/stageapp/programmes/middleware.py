"""A second factor for who administers a programme or an institution."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from stageapp.accounts.queries import has_second_factor
from stageapp.programmes.queries import is_administrator

#: What administrators alone can reach.
MANAGE = "/manage/"
#: Where the session remembers that an administrator was asked for a second factor.
ASKED = "asked_for_second_factor"


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
