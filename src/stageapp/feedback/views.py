"""Saying something about the app."""

import logging
from http import HTTPStatus
from smtplib import SMTPException

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stageapp.accounts.requests import SignedInRequest
from stageapp.core.counting import is_within
from stageapp.core.requests import path_to_go_on, sent_data, sent_files
from stageapp.feedback.forms import FeedbackForm, own_path
from stageapp.feedback.mails import mail_of
from stageapp.feedback.queries import addresses
from stageapp.programmes.queries import institution_for

log = logging.getLogger(__name__)
DRAFT = "feedback"


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """Show the form, or mail what was written to who runs the app."""
    to = addresses(institution_for(request))
    came_from = own_path(request.GET.get("from", ""))
    form = FeedbackForm(sent_data(request), sent_files(request), initial={"path": came_from})
    status = HTTPStatus.OK
    if request.method == "POST":
        status = _sent(request, form, to)
        if status == HTTPStatus.OK:
            messages.success(request, _("Sent. Thank you!"), extra_tags=DRAFT)
            return redirect(path_to_go_on(request, form.cleaned_data["path"] or "/"))
    context = {"form": form, "has_readers": bool(to), "draft": DRAFT}
    context["path"] = own_path(form["path"].value() or "")
    context["audience"] = _("you, and by mail who runs Stage-App at your institution")
    return render(request, "feedback/new.html", context, status=status)


def _sent(request: SignedInRequest, form: FeedbackForm, to: list[str]) -> HTTPStatus:
    """Send what is complete; return how that went, with what is wrong in the form."""
    if not to:
        form.add_error(None, _("There is nobody yet who would read it."))
    if not form.is_valid():
        return HTTPStatus.UNPROCESSABLE_ENTITY
    if not is_within(request, "feedback"):
        form.add_error(None, _("You said a lot in a short time. Try again in an hour."))
        return HTTPStatus.TOO_MANY_REQUESTS
    told = form.cleaned_data
    mail = mail_of(told["text"], path=told["path"], picture=told["picture"], by=request.user, to=to)
    try:
        mail.send()
    except (SMTPException, OSError):
        log.exception("feedback could not be mailed")
        form.add_error(None, _("The mail could not be sent. Try again in a while."))
        return HTTPStatus.SERVICE_UNAVAILABLE
    return HTTPStatus.OK
