"""Learning goals and competences."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stageapp.accounts.audience import audience_text
from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import key_in_address, sent_data
from stageapp.logbook import access, queries
from stageapp.logbook.forms_lists import GoalForm
from stageapp.logbook.queries_goals import competences_with_totals, goals_with_totals
from stageapp.placements import actions_goals
from stageapp.placements.decorators import PlacementRequest, needs_placement
from stageapp.placements.models import LearningGoal
from stageapp.programmes.models import Part

ACTIVITIES_A_PAGE = 20


@require_GET
@needs_placement
def overview(request: PlacementRequest) -> HttpResponse:
    """Show the goals of the current placement, and the competences of the programme."""
    deleted = key_in_address(request, "deleted")
    return render(
        request,
        "logbook/goals.html",
        {
            "goals": goals_with_totals(request.placement),
            "competences": competences_with_totals(request.placement),
            "parts": request.placement.cohort.part_names,
            "deleted": request.placement.goals.filter(pk=deleted, deleted_at__isnull=False).first()
            if deleted
            else None,
            "audience": audience_text([request.user], request.user),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs_placement
def new(request: PlacementRequest) -> HttpResponse:
    """Add a goal."""
    return _form(request, LearningGoal(placement=request.placement))


@require_GET
def goal(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one goal with its activities, what the teacher agreed with, and its history."""
    shown = _own(request, pk)
    own = access.activities_of(request.user).filter(goal=shown)
    rows = queries.with_marks(own, request.user).select_related(*queries.JOINED)
    page = Paginator(rows.prefetch_related("people"), ACTIVITIES_A_PAGE)
    return render(
        request,
        "logbook/goal.html",
        {
            "goal": shown,
            "page": page.get_page(request.GET.get("page")),
            "is_chosen_in_form": Part.GOAL in shown.placement.cohort.part_names,
            "changes": shown.changes.all(),
            "agreements": shown.agreements.select_related("teacher"),
            "audience": audience_text([request.user], request.user),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a goal; how it read before is kept."""
    return _form(request, _own(request, pk))


@require_POST
def delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a goal away; the next page offers to bring it back."""
    actions_goals.delete_goal(_own(request, pk), at=timezone.now())
    return redirect(reverse("logbook:goals", query={"deleted": pk}))


@require_POST
def restore(request: SignedInRequest, pk: int) -> HttpResponse:
    """Bring a deleted goal back."""
    deleted = get_object_or_404(access.deleted_goals_of(request.user), pk=pk)
    actions_goals.restore_goal(deleted)
    return redirect("logbook:goal", pk=pk)


def _form(request: SignedInRequest, goal: LearningGoal) -> HttpResponse:
    draft = f"goal-{goal.pk or 'new'}"
    is_new = goal.pk is None
    form = GoalForm(sent_data(request), instance=goal)
    if request.method == "POST" and form.is_valid():
        if is_new:
            actions_goals.add_goal(form.instance, at=timezone.now())
        else:
            actions_goals.change_goal(form.instance, at=timezone.now())
        messages.success(request, _("Your learning goal is saved."), extra_tags=draft)
        return redirect("logbook:goal", pk=form.instance.pk)
    return render(
        request,
        "logbook/goal_form.html",
        {
            "form": form,
            "goal": None if is_new else goal,
            "draft": draft,
            "audience": audience_text([request.user], request.user),
        },
        status=422 if form.is_bound else 200,
    )


def _own(request: SignedInRequest, pk: int) -> LearningGoal:
    own = access.goals_of(request.user).select_related("placement__cohort")
    return get_object_or_404(own, pk=pk)
