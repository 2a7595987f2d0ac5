"""Action points: the student's list, and ticking off."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from stageapp.accounts.audience import audience_text
from stageapp.accounts.requests import SignedInRequest
from stageapp.core.fields import NAME_LENGTH
from stageapp.core.requests import path_to_go_on, sent_data
from stageapp.guidance import access, actions_points, queries
from stageapp.guidance.forms import PointForm
from stageapp.guidance.models import ActionPoint
from stageapp.guidance.rules import goal_words, plain_words
from stageapp.placements.decorators import PlacementRequest, needs_placement

NEW_DRAFT = "point-new"


@require_http_methods(["GET", "HEAD", "POST"])
@needs_placement
def points(request: PlacementRequest) -> HttpResponse:
    """Show the student's action points, what is open first; keep a new one."""
    point = ActionPoint(placement=request.placement, owner=request.user)
    form = PointForm(sent_data(request), instance=point)
    if request.method == "POST" and form.is_valid():
        actions_points.add_point(form.instance, by=request.user, at=timezone.now())
        messages.success(request, _("Your action point is saved."), extra_tags=NEW_DRAFT)
        return redirect("guidance:points")
    page = queries.point_page(request.user, request.GET.get("page"))
    rows = list(page)
    if request.method == "GET":
        actions_points.mark_points_seen(rows, by=request.user, at=timezone.now())
    return render(
        request,
        "guidance/points.html",
        {
            "form": form,
            "draft": NEW_DRAFT,
            "page": page,
            "readers": queries.readers_of_points(rows),
            "audience": audience_text([request.user], request.user),
        },
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def point(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change an action point."""
    own = access.with_openness_of_points(access.points_of(request.user))
    changed: Any = get_object_or_404(own.select_related(*queries.POINT_SHOWS), pk=pk)
    teacher = changed.origin.teacher if changed.origin else None
    can_choose = changed.is_open or (teacher and changed.owner_id == teacher.pk)
    form = PointForm(sent_data(request), instance=changed, teacher=teacher if can_choose else None)
    draft = f"point-{pk}"
    if request.method == "POST" and form.is_valid():
        actions_points.change_point(form.instance, at=timezone.now())
        messages.success(request, _("Your action point is saved."), extra_tags=draft)
        return redirect("guidance:points")
    return render(
        request,
        "guidance/point_form.html",
        {
            "form": form,
            "draft": draft,
            "point": changed,
            "audience": audience_text(access.readers_of_point(changed), request.user),
        },
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def from_message(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make an action point of what was written in a conversation of the student, by either."""
    written = get_object_or_404(
        access.messages_of(request.user).select_related(
            "question__teacher", "question__placement__student"
        ),
        pk=pk,
    )
    question = written.question
    readers = access.people_reading(question)
    can_do = question.teacher if question.teacher in readers else None
    point = ActionPoint(placement=question.placement, question=question, owner=request.user)
    form = PointForm(
        sent_data(request),
        instance=point,
        teacher=can_do,
        initial={"what": goal_words(plain_words(written.text), NAME_LENGTH)[0]},
    )
    draft = f"point-message-{pk}"
    if request.method == "POST" and form.is_valid():
        actions_points.add_point(form.instance, by=request.user, at=timezone.now())
        messages.success(request, _("Your action point is saved."), extra_tags=draft)
        return redirect("guidance:question", pk=question.pk)
    return render(
        request,
        "guidance/point_form.html",
        {
            "form": form,
            "draft": draft,
            "point": point,
            "is_new": True,
            "audience": audience_text(readers, request.user),
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
def done(request: SignedInRequest, pk: int) -> HttpResponse:
    """Tick off what one does oneself, or take the tick away."""
    ticked = get_object_or_404(access.points_ticked_by(request.user), pk=pk)
    is_done = request.POST.get("done") != "no"
    actions_points.set_done(ticked, is_done=is_done, at=timezone.now())
    messages.success(request, _("Done.") if is_done else _("The point is open again."))
    return redirect(path_to_go_on(request, _own_page(request, ticked)))


@require_POST
def delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take an action point away."""
    removed = get_object_or_404(access.points_of(request.user), pk=pk)
    actions_points.delete_point(removed, at=timezone.now())
    messages.success(request, _("The action point is removed."))
    return redirect("guidance:points")


@require_POST
def make_goal(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make a learning goal of what the student is going to do."""
    source = get_object_or_404(access.points_to_learn_from(request.user), pk=pk)
    goal = actions_points.make_goal(source, at=timezone.now())
    messages.success(request, _("It is a learning goal now. The action point stays until done."))
    return redirect("logbook:goal", pk=goal.pk)


def _own_page(request: SignedInRequest, ticked: ActionPoint) -> str:
    """Return where somebody finds a point: the student in the list, the teacher at the question."""
    if access.points_of(request.user).filter(pk=ticked.pk).exists():
        return reverse("guidance:points")
    return reverse("guidance:question", args=[ticked.question_id])
