"""At the door of a link: a code, coming in, leaving, ending it. Nothing happens on GET."""

from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stageapp.invitations import actions, sessions
from stageapp.invitations.actions import Entry
from stageapp.invitations.decorators import GuestRequest, by_link
from stageapp.invitations.entrance import show_entrance
from stageapp.invitations.forms import CodeForm
from stageapp.invitations.mails import PAGES


@require_POST
@by_link
def code(request: GuestRequest) -> HttpResponse:
    """Mail a code to the address that was invited."""
    try:
        actions.ask_code(request.invitation, at=timezone.now())
    except ValidationError as problem:
        return show_entrance(
            request, problem=" ".join(problem.messages), status=HTTPStatus.TOO_MANY_REQUESTS
        )
    return _to_page(request)


@require_POST
@by_link
def enter(request: GuestRequest) -> HttpResponse:
    """Let a guest in who has the code of now."""
    form = CodeForm(request.POST)
    if not form.is_valid():
        return show_entrance(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    entry = actions.enter_code(request.invitation, form.cleaned_data["code"], at=timezone.now())
    if entry == Entry.OPEN:
        response = _to_page(request)
        sessions.let_in(response, request.invitation)
        return response
    request.invitation.refresh_from_db()
    if entry == Entry.NO_CODE:
        problem = _("This code does not work any more. Ask for a new one.")
        return show_entrance(request, problem=problem, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    form.add_error("code", _("This is not the code. Look at the last mail."))
    return show_entrance(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
@by_link
def leave(request: GuestRequest) -> HttpResponse:
    """Close what was opened in this browser; the link still works."""
    if request.is_in:
        actions.leave(request.invitation)
    response = _to_page(request)
    sessions.let_out(response, request.invitation)
    return response


@require_POST
@by_link
def end(request: GuestRequest) -> HttpResponse:
    """End a link for good, as whoever was invited wants it; that needs no code."""
    refuses = "refuses" in request.POST
    actions.end(request.invitation, at=timezone.now(), by_guest=True, refuses=refuses)
    response = render(
        request, "invitations/ended.html", {"invitation": request.invitation, "refuses": refuses}
    )
    sessions.let_out(response, request.invitation)
    return response


@require_POST
@by_link
def language(request: GuestRequest) -> HttpResponse:
    """Go on in another language, also in mails."""
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        actions.choose_language(request.invitation, chosen)
    return _to_page(request)


def _to_page(request: GuestRequest) -> HttpResponse:
    invitation = request.invitation
    return redirect(reverse(PAGES[invitation.use], args=[invitation.token]))
