"""Asks people to read a new privacy statement before they go on."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from stageapp.privacy.queries import has_agreed
from stageapp.programmes.queries import institution_for

#: Where the session remembers what was agreed with, so that no page asks for it again.
AGREED = "agreed_with_statement"
#: What stays open to who does not agree: reading it, taking or removing what is theirs, leaving.
OPEN = {"privacy", "my_data", "guide", "announcements"}
OPEN_VIEWS = {
    "account_logout",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "healthz",
    # Somebody else may come in from a course, in the browser of who did not agree.
    "lti:handover",
    "lti:login",
    "readyz",
    "set_language",
    "csp_report",
}


class AgreementMiddleware:
    """Leads somebody who did not agree yet to the text, instead of the page they asked for.

    Only instead of pages: what somebody is sending is kept first.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """Let through who agreed, and everybody where nothing is asked: that takes no query."""
        institution = institution_for(request)
        if institution is None or not institution.agreement_number:
            return None
        person, match = request.user, request.resolver_match
        if not person.is_authenticated or request.method != "GET" or match is None:
            return None
        if match.app_name in OPEN or match.view_name in OPEN_VIEWS:
            return None
        asked = f"{institution.pk}.{institution.agreement_number}"
        if request.session.get(AGREED) == asked:
            return None
        if has_agreed(person, institution):
            request.session[AGREED] = asked
            return None
        return redirect(reverse("privacy:agree", query={"next": request.get_full_path()}))
