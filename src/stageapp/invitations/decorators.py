"""What holds for every page behind a link of a guest."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, override
from django.views.decorators.csrf import csrf_exempt

from stageapp.invitations import sessions
from stageapp.invitations.access import invitation_at
from stageapp.invitations.mails import PAGES
from stageapp.invitations.models import Invitation

HEADERS = {
    # The address is a secret: it goes along to nobody, into no cache and into no search engine.
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
}


class GuestRequest(HttpRequest):
    """A request by a link that works; `is_in` says whether its code was entered."""

    invitation: Invitation
    is_in: bool


View = Callable[..., HttpResponseBase]


def by_link(view: View) -> View:
    """Open a view to whoever has a link that works, in the guest's own language.

    Everything else gets one and the same answer, which does not say what was wrong. There is no
    token against forged forms: under `no-referrer` a browser does not tell where a form came from,
    no other site knows the address, and the cookie does not go along with what other sites send.
    """

    @wraps(view)
    def answer(request: GuestRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        invitation = invitation_at(token, timezone.now())
        if invitation is None:
            response: HttpResponseBase = gone(request)
        else:
            request.invitation = invitation
            request.is_in = sessions.is_in(request, invitation)
            with override(invitation.language):
                try:
                    response = view(request, *args, **kwargs)
                except Http404:
                    response = gone(request)
                response.headers.setdefault("Content-Language", get_language() or "")
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    return csrf_exempt(login_not_required(answer))


def by_guest(view: View) -> View:
    """Open a view to a guest who entered the code; others are sent to the door first.

    What they typed is kept by their browser until they are in.
    """

    @wraps(view)
    def answer(request: GuestRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.is_in:
            return redirect(PAGES[request.invitation.use], token=request.invitation.token)
        return view(request, *args, **kwargs)

    return by_link(answer)


def gone(request: HttpRequest) -> HttpResponseBase:
    """Say that a link does not work, whether it ever did or not."""
    return render(request, "invitations/gone.html", status=HTTPStatus.NOT_FOUND)
