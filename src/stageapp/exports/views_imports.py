"""Files that a student brings in, and what becomes of a sheet."""

from typing import BinaryIO, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from stageapp.accounts.audience import audience_text
from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import sent_data, sent_files
from stageapp.exports import access, actions_archive, actions_imports
from stageapp.exports.forms import ColumnsForm, LeaveOutForm, UploadForm
from stageapp.exports.models import SheetImport
from stageapp.exports.queries_imports import plan_of
from stageapp.placements.decorators import PlacementRequest, needs_placement

MOST_SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
@needs_placement
def imports(request: PlacementRequest) -> HttpResponse:
    """Take a file, a sheet or what the app took out itself; it is looked at first."""
    form = UploadForm(sent_data(request), sent_files(request))
    if request.method == "POST" and form.is_valid():
        try:
            return _take(request, form.cleaned_data["file"])
        except ValidationError as problem:
            form.add_error("file", ValidationError(problem.messages))
    own = access.imports_of(request.user).filter(placement=request.placement).defer("rows")
    return render(
        request,
        "exports/imports.html",
        {
            "form": form,
            "sheets": own[:MOST_SHOWN],
            "archives": access.archives_of(request.user).filter(placement=request.placement),
            "audience": audience_text([request.user], request.user),
        },
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: SignedInRequest, pk: int) -> HttpResponse:
    """Match the columns, and see what would go in."""
    own = get_object_or_404(access.imports_of(request.user), pk=pk, applied_at=None)
    form = ColumnsForm(sent_data(request), sheet=own)
    if request.method == "POST" and form.is_valid():
        actions_imports.match_columns(own, form.columns, form.cleaned_data["date_order"])
        return redirect("exports:sheet", pk=pk)
    return _show(request, own, form, LeaveOutForm())


@require_POST
def apply(request: SignedInRequest, pk: int) -> HttpResponse:
    """Bring a sheet in: every line that is not left out, or nothing."""
    own = get_object_or_404(access.imports_of(request.user), pk=pk)
    form = LeaveOutForm(request.POST)
    if form.is_valid():
        try:
            count = actions_imports.apply_import(own, form.left_out, at=timezone.now())
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            _tell(request, own, count)
            return redirect("logbook:activities")
    return _show(request, own, ColumnsForm(sheet=own), form)


@require_POST
def delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Throw a sheet away."""
    actions_imports.delete_import(get_object_or_404(access.imports_of(request.user), pk=pk))
    messages.success(request, _("The sheet is removed. What it brought in stays."))
    return redirect("exports:imports")


def _take(request: PlacementRequest, upload: object) -> HttpResponse:
    file = cast("BinaryIO", upload)
    now = timezone.now()
    if actions_archive.is_archive(file):
        archive = actions_archive.keep_archive(request.placement, file, file.name, at=now)
        return redirect("exports:archive", pk=archive.pk)
    kept = actions_imports.keep_sheet(request.placement, file, file.name, at=now)
    return redirect("exports:sheet", pk=kept.pk)


def _tell(request: SignedInRequest, own: SheetImport, count: int) -> None:
    if not count:
        messages.info(request, _("This sheet is in your logbook already."))
        return
    text = ngettext(
        "%(n)d activity went into your logbook.", "%(n)d activities went into your logbook.", count
    )
    messages.success(request, f"{text % {'n': count}} {own.left_out_text}".strip())


def _show(
    request: SignedInRequest, own: SheetImport, form: ColumnsForm, leave_out: LeaveOutForm
) -> HttpResponse:
    return render(
        request,
        "exports/sheet.html",
        {
            "sheet": own,
            "form": form,
            "leave_out": leave_out,
            "plan": plan_of(own),
            "audience": audience_text([request.user], request.user),
        },
        status=422 if form.is_bound or leave_out.is_bound else 200,
    )
