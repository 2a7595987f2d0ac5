"""Documents that a student takes out."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stageapp.accounts.audience import audience_text
from stageapp.accounts.requests import SignedInRequest
from stageapp.exports import access, actions
from stageapp.exports.forms import ExportForm, MailForm
from stageapp.exports.models import CONTENT_TYPES, Export, ExportMail
from stageapp.logbook.downloads import file_response
from stageapp.logbook.forms_find import FindForm
from stageapp.placements.decorators import PlacementRequest, needs_placement

MOST_SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
@needs_placement
def overview(request: PlacementRequest) -> HttpResponse:
    """Show what can be taken out, and what was; make a document."""
    sent = None
    if request.method == "POST":
        sent = ExportForm(request.POST, kind=_kind(request), placement=request.placement)
        if sent.is_valid():
            try:
                export = actions.ask_export(_export(request, sent), at=timezone.now())
            except ValidationError as problem:
                sent.add_error(None, problem)
            else:
                return redirect("exports:export", pk=export.pk)
    find = FindForm(request.GET, placement=request.placement)
    today, placement = request.placement.today(), request.placement
    initial = {
        "selection": find.address(),
        "first": placement.starts_on,
        "last": min(today, placement.ends_on),
    }
    forms = {
        kind.value: ExportForm(kind=kind, placement=placement, initial=initial)
        for kind in Export.Kind
    }
    if sent:
        forms[sent.kind.value] = sent
    return render(
        request,
        "exports/overview.html",
        {
            "forms": forms,
            "find": find,
            "count": actions.selected_count(request.placement, find.selection),
            "exports": access.exports_of(request.user).filter(placement=placement)[:MOST_SHOWN],
            "kept_days": actions.KEPT_FOR.days,
            "audience": audience_text([request.user], request.user),
        },
        status=422 if sent else 200,
    )


@require_GET
def export(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Show how far a document is, and what can be done with it when it is ready."""
    shown = _own(request, pk)
    if request.htmx:
        return render(request, "exports/_state.html", {"export": shown})
    return _show(request, shown, MailForm())


@require_GET
def file(request: SignedInRequest, pk: UUID) -> HttpResponseBase:
    """Give the document, to its student only."""
    ready = _own(request, pk)
    kind = CONTENT_TYPES[Export.Format(ready.format)]
    return file_response(ready.file.name, ready.name, kind)


@require_POST
def mail(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Send a document to an address that the student chose."""
    ready = get_object_or_404(access.exports_of(request.user), pk=pk, ready_at__isnull=False)
    form = MailForm(request.POST, instance=ExportMail(export=ready, sender=request.user))
    if form.is_valid():
        try:
            actions.mail_export(form.instance, by=request.user, at=timezone.now())
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            text = _("It is on its way to %(address)s.") % {"address": form.instance.to}
            messages.success(request, text, extra_tags=f"export-{pk}")
            return redirect("exports:export", pk=pk)
    return _show(request, ready, form)


@require_POST
def delete(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Throw a document away before its time."""
    try:
        actions.delete_export(_own(request, pk))
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return redirect("exports:export", pk=pk)
    messages.success(request, _("The document is removed."))
    return redirect("exports:overview")


def _own(request: SignedInRequest, pk: UUID) -> Export:
    return get_object_or_404(access.exports_of(request.user), pk=pk)


def _kind(request: PlacementRequest) -> Export.Kind:
    try:
        return Export.Kind(request.POST.get("kind", ""))
    except ValueError:
        raise Http404 from None


def _export(request: PlacementRequest, form: ExportForm) -> Export:
    return Export(
        placement=request.placement,
        kind=form.kind,
        format=form.cleaned_data["format"],
        selection=form.address,
        with_reasons=form.cleaned_data.get("with_reasons", False),
        hours_only=form.cleaned_data.get("content") == ExportForm.HOURS_ONLY,
        language=get_language() or request.user.language,
    )


def _show(request: SignedInRequest, shown: Export, form: MailForm) -> HttpResponse:
    return render(
        request,
        "exports/export.html",
        {
            "export": shown,
            "form": form,
            "mails": shown.mails.all(),
            "is_mailable": (shown.size or 0) <= actions.MOST_MAILED,
            "kept_until": shown.asked_at + actions.KEPT_FOR,
            "audience": audience_text([request.user], request.user),
        },
        status=422 if form.is_bound else 200,
    )
