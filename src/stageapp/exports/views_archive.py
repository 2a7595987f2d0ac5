"""What becomes of an archive that a student brings back."""

from typing import BinaryIO, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from stageapp.accounts.audience import audience_text
from stageapp.accounts.requests import SignedInRequest
from stageapp.exports import access, actions_archive
from stageapp.exports.actions_archive import Brought
from stageapp.exports.models import ArchiveImport
from stageapp.exports.queries_archive import plan_of_file

#: Of each kind of message, so many are told.
MOST_TOLD = 20


@require_GET
def archive(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Show what an archive would bring back."""
    return _show(request, _own(request, pk), [])


@require_POST
def apply(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Bring an archive back, all of it or nothing."""
    own = _own(request, pk)
    try:
        brought = actions_archive.apply_archive(own, at=timezone.now())
    except ValidationError as problem:
        return _show(request, own, problem.messages)
    _tell(request, brought)
    return redirect("logbook:activities")


@require_POST
def delete(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Throw an archive away."""
    actions_archive.delete_archive(get_object_or_404(access.archives_of(request.user), pk=pk))
    messages.success(request, _("The file is removed. Nothing of it went in."))
    return redirect("exports:imports")


def _own(request: SignedInRequest, pk: UUID) -> ArchiveImport:
    own = get_object_or_404(access.archives_of(request.user), pk=pk)
    if not default_storage.exists(str(own.file.name)):
        raise Http404
    return own


def _tell(request: SignedInRequest, brought: Brought) -> None:
    text = _(
        "Back in your logbook: %(activities)d activities, %(reflections)d reflections and "
        "%(evidence)d pieces of evidence. What you had already is left as it is."
    )
    counts = {
        "activities": brought.activities,
        "reflections": brought.reflections,
        "evidence": brought.evidence,
    }
    messages.success(request, text % counts)
    for reason in brought.refused[:MOST_TOLD]:
        messages.warning(request, reason)
    if len(brought.refused) > MOST_TOLD:
        messages.warning(request, _("And more of these."))


def _show(request: SignedInRequest, own: ArchiveImport, problems: list[str]) -> HttpResponse:
    with own.file.open("rb") as file:
        plan = plan_of_file(own.placement, cast("BinaryIO", file))
    return render(
        request,
        "exports/archive.html",
        {
            "archive": own,
            "plan": plan,
            "problems": problems or plan.problems,
            "most_told": MOST_TOLD,
            "audience": audience_text([request.user], request.user),
        },
        status=422 if problems else 200,
    )
