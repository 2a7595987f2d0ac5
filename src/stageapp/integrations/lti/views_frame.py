"""Going on outside the frame of an environment, and from which ones somebody comes in."""

from http import HTTPStatus
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stageapp.accounts.audience import audience_text
from stageapp.accounts.models import User
from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import path_to_go_on
from stageapp.integrations.lti import actions, entering, queries
from stageapp.integrations.lti.arriving import come_in
from stageapp.integrations.lti.entering import Pending
from stageapp.integrations.lti.models import Handover, Platform
from stageapp.integrations.lti.receivers import tell_of_connection
from stageapp.integrations.lti.rules import RefusedError

MOST_PATH = 2000


@login_not_required
@require_POST
def full_screen(request: HttpRequest) -> HttpResponse:
    """Make a link that opens the same page in a tab of its own: once, for some minutes.

    Who came from a course and is not in yet goes on with that launch: a passkey, say, is refused
    in many a frame.
    """
    now, path = timezone.now(), path_to_go_on(request, "/")
    if urlsplit(path).path == request.path:
        # This page can only be sent to, not opened.
        path = "/"
    if request.user.is_authenticated:
        token = actions.hand_over(request.user, path if len(path) <= MOST_PATH else "/", at=now)
    elif pending := entering.pending_in(request, now):
        token = actions.hand_on(pending.as_text(), at=now)
    else:
        return redirect("account_login")
    context = {"token": token, "path": urlsplit(path).path}
    if request.user.is_authenticated:
        context["audience"] = audience_text([request.user], request.user)
    return render(request, "lti/full_screen.html", context)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def handover(request: HttpRequest, token: str) -> HttpResponse:
    """Go on in this tab as who one was in the frame.

    A link that came from elsewhere asks first: somebody could send theirs, so that another goes on
    in their account.
    """
    now = timezone.now()
    found = queries.handover_of(token, now)
    person = _who_goes_on(found) if found else None
    if found is None or (person and not person.is_active):
        return _over(request)
    if found.person and request.user == found.person:
        actions.take_over(found, at=now)
        return redirect(found.path)
    is_own_link = request.headers.get("Sec-Fetch-Site") == "same-origin"
    is_somebody_else = request.user.is_authenticated and request.user != person
    if request.method != "POST" and (not is_own_link or is_somebody_else):
        name = person.name if person else Pending.of_text(found.waiting).name
        return render(request, "lti/handover.html", {"name": name, "is_known": bool(person)})
    if request.method == "HEAD" or not actions.take_over(found, at=now):
        return redirect("home")
    if found.person:
        return entering.sign_in(request, found.person, found.path)
    try:
        return come_in(request, Pending.of_text(found.waiting), at=now)
    except RefusedError:
        return _over(request)


def _over(request: HttpRequest) -> HttpResponse:
    return render(request, "lti/from_course.html", {"is_over": True}, status=HTTPStatus.GONE)


def _who_goes_on(found: Handover) -> User | None:
    """Return who goes on; of a launch who comes in by it, or None when nobody knows them yet."""
    if found.person:
        return found.person
    pending = Pending.of_text(found.waiting)
    platform = Platform.objects.filter(pk=pending.platform, is_active=True).first()
    identity = platform and queries.identity_of(platform, pending.subject)
    return identity.person if identity else None


@require_safe
def connections(request: SignedInRequest) -> HttpResponse:
    """Show from which environments somebody comes in."""
    context = {
        "identities": queries.identities_of(request.user),
        "audience": audience_text([request.user], request.user),
    }
    return render(request, "lti/connections.html", context)


@require_POST
def disconnect(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let an environment not let somebody in any more."""
    own = get_object_or_404(queries.identities_of(request.user), pk=pk)
    actions.disconnect_person(own, at=timezone.now())
    tell_of_connection(request, request.user, own.platform, is_connected=False)
    messages.success(
        request, _("You come in from %(platform)s no more.") % {"platform": own.platform.name}
    )
    return redirect("lti:connections")
