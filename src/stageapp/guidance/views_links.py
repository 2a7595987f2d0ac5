"""What a student does with the link of a guest: renew it, end it, mail it again."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stageapp.accounts.requests import SignedInRequest
from stageapp.guidance import access, actions_guests


@require_POST
def renew_link(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give the guest a new link, by mail."""
    done = _("%(name)s gets a mail with a new link. The old one does not work any more.")
    return _answer(request, pk, actions_guests.renew_link, done)


@require_POST
def send_link_again(request: SignedInRequest, pk: int) -> HttpResponse:
    """Mail the guest the same link once more."""
    done = _("%(name)s gets the mail with the link again.")
    return _answer(request, pk, actions_guests.send_link_again, done)


@require_POST
def end_link(request: SignedInRequest, pk: int) -> HttpResponse:
    """Close the question to the guest at once."""
    done = _("Ended. %(name)s reads nothing any more.")
    return _answer(request, pk, actions_guests.end_link, done)


def _answer(
    request: SignedInRequest, pk: int, action: Callable[..., Any], done: str
) -> HttpResponse:
    asked = get_object_or_404(access.guest_questions_of(request.user), pk=pk)
    try:
        action(asked, at=timezone.now())
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    else:
        messages.success(request, done % {"name": asked.guest_name})
    return redirect("guidance:question", pk=pk)
