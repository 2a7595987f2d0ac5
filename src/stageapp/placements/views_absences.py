"""The days on which a student was not at work."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from stageapp.accounts.audience import audience_text
from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import day_in_address, path_to_go_on, sent_data
from stageapp.placements import access, actions
from stageapp.placements.decorators import PlacementRequest, needs_placement
from stageapp.placements.forms import AbsenceForm
from stageapp.placements.models import Interruption


@require_http_methods(["GET", "HEAD", "POST"])
@needs_placement
def overview(request: PlacementRequest) -> HttpResponse:
    """Show the absences of the current placement; keep a new one, for the day in the address."""
    absence = Interruption(placement=request.placement, kind=Interruption.Kind.SICKNESS)
    if day := day_in_address(request, "date"):
        absence.starts_on = day
    return _form(request, absence)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change an absence."""
    return _form(request, get_object_or_404(access.absences_of(request.user), pk=pk))


@require_POST
def delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take an absence away."""
    actions.delete_absence(get_object_or_404(access.absences_of(request.user), pk=pk))
    messages.success(request, _("The absence is removed."))
    return redirect("placements:absences")


def _form(request: SignedInRequest, absence: Interruption) -> HttpResponse:
    draft = f"absence-{absence.pk or 'new'}"
    form = AbsenceForm(sent_data(request), instance=absence)
    if request.method == "POST" and form.is_valid():
        actions.keep_absence(form.instance)
        messages.success(request, _("Your absence is saved."), extra_tags=draft)
        return redirect(path_to_go_on(request, reverse("placements:absences")))
    return render(
        request,
        "placements/absences.html",
        {
            "form": form,
            "draft": draft,
            "next": request.POST.get("next") or request.GET.get("next", ""),
            "absence": absence if absence.pk else None,
            "absences": access.absences_of(request.user).filter(placement=absence.placement),
            "audience": audience_text([request.user], request.user),
        },
        status=422 if form.is_bound else 200,
    )
