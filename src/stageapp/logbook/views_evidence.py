"""Evidence of the student: overview, adding, and the files themselves.

Whom a student shared a file with gets it from `guidance/views_files.py`.
"""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stageapp.accounts.audience import audience_text
from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import key_in_address, path_to_go_on, sent_data, sent_files
from stageapp.logbook import access, actions_evidence
from stageapp.logbook.downloads import file_response
from stageapp.logbook.forms_evidence import EvidenceForm, EvidenceNameForm
from stageapp.logbook.models import Evidence
from stageapp.logbook.queries import with_saved_mark
from stageapp.placements.decorators import PlacementRequest, needs_placement

EVIDENCE_A_PAGE = 30


@require_http_methods(["GET", "HEAD", "POST"])
@needs_placement
def overview(request: PlacementRequest) -> HttpResponse:
    """Show all evidence of the current placement; keep new evidence that belongs to none."""
    form = EvidenceForm(request.user, sent_data(request), sent_files(request))
    if request.method == "POST" and _kept_loose(request, form) is not None:
        messages.success(request, _("Your evidence is kept."), extra_tags="evidence-new")
        return redirect("logbook:evidence")
    own = access.evidence_of(request.user).filter(placement=request.placement)
    rows = with_saved_mark(own, request.user).select_related("activity")
    deleted = key_in_address(request, "deleted")
    return render(
        request,
        "logbook/evidence.html",
        {
            "page": Paginator(rows.order_by("-created_at", "-id"), EVIDENCE_A_PAGE).get_page(
                request.GET.get("page")
            ),
            "form": form,
            "deleted": access.deleted_evidence_of(request.user).filter(pk=deleted).first()
            if deleted
            else None,
            "audience": audience_text([request.user], request.user),
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
@needs_placement
def upload(request: PlacementRequest) -> HttpResponse:
    """Keep one file while the rest of a form is still being filled in; give its row."""
    form = EvidenceForm(request.user, request.POST, request.FILES)
    rows = _kept_loose(request, form)
    if rows is None:
        return render(request, "logbook/_refused.html", {"form": form}, status=422)
    return render(request, "logbook/_evidence_choices.html", {"offered": [(r, True) for r in rows]})


@require_POST
def add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Add evidence to an activity."""
    activity = get_object_or_404(access.activities_of(request.user), pk=pk)
    form = EvidenceForm(request.user, request.POST, request.FILES)
    if form.is_valid():
        new = form.cleaned_data["evidence"].new
        try:
            actions_evidence.add_evidence(activity, new, at=timezone.now())
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, _("Your evidence is kept."))
            return redirect("logbook:activity", pk=pk)
    return render(
        request,
        "logbook/evidence_refused.html",
        {
            "form": form,
            "activity": activity,
            "audience": audience_text([request.user], request.user),
        },
        status=422,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one piece of evidence; keep another name."""
    evidence = _own(request, pk)
    form = EvidenceNameForm(sent_data(request), instance=evidence)
    if request.method == "POST" and form.is_valid():
        actions_evidence.rename_evidence(form.instance)
        messages.success(request, _("Your change is saved."))
        return redirect("logbook:evidence_item", pk=pk)
    return render(
        request,
        "logbook/evidence_item.html",
        {
            "evidence": evidence,
            "form": form,
            "audience": audience_text([request.user], request.user),
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
def delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take evidence away; the next page offers to bring it back."""
    evidence = _own(request, pk)
    actions_evidence.delete_evidence(evidence, at=timezone.now())
    if evidence.activity_id:
        address = reverse("logbook:activity", args=[evidence.activity_id])
        return redirect(f"{address}?evidence={pk}")
    return redirect(reverse("logbook:evidence", query={"deleted": pk}))


@require_POST
def restore(request: SignedInRequest, pk: int) -> HttpResponse:
    """Bring deleted evidence back."""
    evidence = get_object_or_404(access.deleted_evidence_of(request.user), pk=pk)
    actions_evidence.restore_evidence(evidence)
    messages.success(request, _("Your evidence is back."))
    return redirect(path_to_go_on(request, reverse("logbook:evidence")))


@require_GET
def file(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Give the file, as a download: nothing in it runs on our pages."""
    evidence = _own(request, pk)
    return file_response(evidence.file.name, evidence.name, evidence.content_type)


@require_GET
def thumbnail(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Give the small picture, which we drew ourselves."""
    evidence = _own(request, pk)
    path = evidence.thumbnail.name
    return file_response(path, evidence.name, "image/jpeg", as_attachment=False)


def _kept_loose(request: PlacementRequest, form: EvidenceForm) -> list[Evidence] | None:
    """Keep what was sent; where it is refused, the form says why."""
    if not form.is_valid():
        return None
    new = form.cleaned_data["evidence"].new
    try:
        return actions_evidence.keep_loose(request.placement, new, at=timezone.now())
    except ValidationError as problem:
        form.add_error(None, problem)
        return None


def _own(request: SignedInRequest, pk: int) -> Evidence:
    own = with_saved_mark(access.evidence_of(request.user), request.user)
    return get_object_or_404(own.select_related("activity", "placement"), pk=pk)
