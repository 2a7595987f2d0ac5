"""One question for a guest behind a link: the shared items, the conversation, an answer."""

from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from stageapp.core.requests import key_in_address
from stageapp.guidance import access, actions_guests, queries
from stageapp.guidance.forms import MessageForm
from stageapp.guidance.models import GuidanceQuestion
from stageapp.invitations.decorators import GuestRequest, by_guest, by_link
from stageapp.invitations.entrance import show_entrance
from stageapp.logbook.downloads import file_response


@require_safe
@by_link
def question(request: GuestRequest) -> HttpResponse:
    """Show the question to a guest who entered the code; who invites, to whoever did not."""
    if not request.is_in:
        get_object_or_404(access.asked_to_guest(request.invitation))
        return show_entrance(request)
    asked = _asked(request)
    if request.method == "GET":
        actions_guests.mark_read_by_guest(asked, by=request.invitation, at=timezone.now())
    return _show(request, asked, MessageForm())


@require_POST
@by_guest
def message(request: GuestRequest) -> HttpResponse:
    """Send the answer of a guest; a second copy of the same form sends nothing more."""
    asked = _asked(request)
    form = MessageForm(request.POST)
    if form.is_valid():
        try:
            actions_guests.send_guest_message(
                asked,
                form.cleaned_data["text"],
                by=request.invitation,
                at=timezone.now(),
                client_id=form.cleaned_data["client_id"],
            )
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            page = reverse("guests:question", args=[request.invitation.token])
            return redirect(f"{page}?sent#conversation")
    return _show(request, asked, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@require_safe
@by_guest
def messages_since(request: GuestRequest) -> HttpResponse:
    """Give the messages after the one in the address; nothing at all where there are none."""
    asked = get_object_or_404(access.asked_to_guest(request.invitation))
    written = list(queries.messages_after(asked, key_in_address(request, "after") or 0))
    if not written:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    actions_guests.mark_read_by_guest(
        asked, by=request.invitation, at=timezone.now(), shows_items=False
    )
    context = {"conversation": written, "invitation": request.invitation}
    return render(request, "guidance/guests/_messages.html", context)


@require_safe
@by_guest
def file(request: GuestRequest, pk: int) -> HttpResponseBase:
    """Give the file of a shared item, under the name that it was shared with."""
    item = get_object_or_404(access.files_open_to_guest(request.invitation), pk=pk)
    assert item.snapshot
    response = file_response(item.file, item.snapshot["name"], item.snapshot["content_type"])
    if request.method == "GET":
        actions_guests.mark_file_opened_by_guest(item, by=request.invitation, at=timezone.now())
    return response


@require_safe
@by_guest
def attachment(request: GuestRequest, pk: int) -> HttpResponseBase:
    """Give a file that goes with a message of the conversation."""
    kept = get_object_or_404(access.attachments_open_to_guest(request.invitation), pk=pk)
    return file_response(kept.file.name, kept.name, kept.content_type)


def _asked(request: GuestRequest) -> GuidanceQuestion:
    return get_object_or_404(queries.with_conversation(access.asked_to_guest(request.invitation)))


def _show(
    request: GuestRequest, asked: GuidanceQuestion, form: MessageForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    return render(
        request,
        "guidance/guests/question.html",
        {
            "token": request.invitation.token,
            "invitation": request.invitation,
            "question": asked,
            "conversation": list(asked.messages.all()),
            "items": queries.visible_items(asked),
            "withdrawn_count": queries.withdrawn_count(asked),
            "goal": queries.visible_goal(asked),
            "live_seconds": settings.LIVE_SECONDS,
            "message_form": form,
            "is_sent": "sent" in request.GET and not form.is_bound,
            "can_write": asked.closed_at is None,
        },
        status=status,
    )
