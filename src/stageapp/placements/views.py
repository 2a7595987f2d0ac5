"""The student's placements."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stageapp.accounts.audience import audience_text
from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import key_in_address, sent_data
from stageapp.placements import access, actions, queries
from stageapp.placements.forms import PlacementForm, WorkplaceForm
from stageapp.placements.models import Placement
from stageapp.placements.queries_agreements import agreed_on, links_of
from stageapp.placements.queries_teachers import guides_of
from stageapp.programmes.queries import is_student


@require_GET
def show(request: SignedInRequest) -> HttpResponse:
    """Show the current placement, and the others below it."""
    placements = list(access.placements_of(request.user))
    if not placements:
        return redirect("placements:new")
    current = placements[0] if placements[0].is_current else None
    return render(
        request,
        "placements/show.html",
        {
            "placement": current,
            "others": [placement for placement in placements if placement != current],
            "guides": guides_of(current) if current else [],
            "agreements": agreed_on(links_of(current), today=current.today()) if current else [],
            "absences": len(current.interruptions.all()) if current else 0,
            "progress": current.period.progress(current.today()) if current else 0,
            "audience": audience_text(access.readers_of(current), request.user) if current else "",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """Ask for a placement: what everything else of a student hangs on."""
    if not is_student(request.user):
        raise Http404
    return _form(request, Placement(), has_teacher=False)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a placement."""
    placement = get_object_or_404(access.placements_of(request.user), pk=pk)
    return _form(request, placement, has_teacher=queries.teachers_of(placement).exists())


@require_POST
def make_current(request: SignedInRequest, pk: int) -> HttpResponse:
    """Work in this placement from now on."""
    placement = get_object_or_404(access.placements_of(request.user), pk=pk)
    actions.make_current(placement)
    messages.success(request, _("You now work in this placement."))
    return redirect("placements:show")


def _form(request: SignedInRequest, placement: Placement, *, has_teacher: bool) -> HttpResponse:
    data = sent_data(request)
    is_new = placement.pk is None
    draft = f"placement-{placement.pk or 'new'}"
    form = PlacementForm(
        data,
        instance=placement,
        # Whoever comes from a course comes with its cohort.
        initial={"cohort": key_in_address(request, "cohort")} if is_new else None,
        student=request.user,
        has_teacher=has_teacher,
    )
    workplace = None if is_new else placement.workplace
    workplace_form = WorkplaceForm(data, instance=workplace, prefix="workplace")
    if data is not None and all([form.is_valid(), workplace_form.is_valid()]):
        teacher = form.cleaned_data.get("teacher")
        kept = workplace_form.save(commit=False)
        if is_new:
            actions.start_placement(
                form.instance, kept, by=request.user, teacher=teacher, at=timezone.now()
            )
        else:
            actions.change_placement(form.instance, kept, teacher=teacher, at=timezone.now())
        messages.success(request, _("Your placement is saved."), extra_tags=draft)
        return redirect("home" if is_new else "placements:show")
    return render(
        request,
        "placements/form.html",
        {
            "form": form,
            "workplace_form": workplace_form,
            "placement": None if is_new else placement,
            # A new one has no readers yet: they follow from who is chosen or linked.
            "audience": _("you and your placement teacher")
            if is_new
            else audience_text(access.readers_of(placement), request.user),
            "is_first": is_new and not access.placements_of(request.user).exists(),
        },
        status=422 if data is not None else 200,
    )
