"""Inviting many people by a sheet: what it would do, line by line, and then doing it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from stageapp.accounts.requests import SignedInRequest
from stageapp.administration.actions_sheet import apply_lines
from stageapp.administration.forms_sheet import SheetForm
from stageapp.administration.queries_sheet import plan_of
from stageapp.administration.rules import COLUMNS
from stageapp.administration.views import own_programmes
from stageapp.core.requests import sent_data, sent_files
from stageapp.programmes.access import audience_of


@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: SignedInRequest) -> HttpResponse:
    """Look at a sheet, then do what its good lines say; the same sheet again changes nothing."""
    programmes = own_programmes(request)
    form = SheetForm(sent_data(request), sent_files(request))
    plan = plan_of(form.lines, request.user) if form.is_valid() else None
    if plan and plan.to_do and request.POST.get("do") == "apply":
        changed = apply_lines(plan.to_do, by=request.user, at=timezone.now())
        text = ngettext(
            "%(n)d line is done; a mail goes out.", "%(n)d lines are done; mails go out.", changed
        )
        messages.success(request, text % {"n": changed})
        return redirect("manage_people:list")
    context = {
        "form": form,
        "plan": plan,
        "columns": ",".join(COLUMNS),
        "programmes": programmes,
        "audience": audience_of(programmes, request.user),
    }
    return render(
        request, "administration/people/sheet.html", context, status=422 if form.errors else 200
    )
