"""Learning goals."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from stageapp.api.actions import once
from stageapp.api.middleware import ApiRequest
from stageapp.api.rules import Scope
from stageapp.api.v1.door import JSON
from stageapp.api.v1.operation import NOTHING, Answer, check_match, made, operation, page_of
from stageapp.api.v1.paging import Paged, cut
from stageapp.api.v1.sending import as_form, checked, locked_row, placement_for
from stageapp.api.v1.shapes import (
    PARTIAL,
    ClientId,
    Key,
    KeyInAddress,
    Name,
    Page,
    Sent,
    Shape,
    Text,
    moment_of,
)
from stageapp.logbook import access
from stageapp.logbook.forms_lists import GoalForm
from stageapp.placements import actions_goals
from stageapp.placements.models import LearningGoal as Row

router = Router(tags=["goals"])
ORDER = ("position", "pk")
#: How a goal stands.
Status = Literal["open", "reached", "dropped"]


class Goal(Shape):
    """What the student wants to learn in a placement."""

    id: int
    placement: int
    title: str
    description: str
    status: str = Field(description="open, reached or dropped.")
    created_at: datetime


class GoalPage(Page[Goal]):
    """Some goals, in the student's order."""


class GoalIn(Sent):
    """A new goal."""

    client_id: ClientId = None
    placement: Key | None = Field(None, description="Left out: the current placement.")
    title: Annotated[Name, Field(min_length=1)]
    description: Text = ""


class GoalChange(Sent):
    """What changes of a goal; how it read before is kept."""

    model_config = PARTIAL

    title: Annotated[Name, Field(min_length=1)] = ""
    description: Text = ""
    status: Status = "open"


class GoalFilter(Paged):
    """Which goals."""

    placement: KeyInAddress | None = Field(None, description="Left out: the current placement.")
    status: list[Status] = []


def shape(row: Row) -> Goal:
    """Return a goal as it goes out."""
    return Goal(
        id=row.pk,
        placement=row.placement_id,
        title=row.title,
        description=row.description,
        status=row.status,
        created_at=moment_of(row.created_at),
    )


def own(request: ApiRequest) -> QuerySet[Row]:
    """Return the goals of who asks."""
    return access.goals_of(request.user).select_related("placement")


@operation(router, "GET", "/goals", scope=Scope.LOGBOOK_READ, gives=GoalPage)
def list_goals(request: ApiRequest, asked: Query[GoalFilter]) -> Any:
    """List the learning goals of a placement."""
    placement = placement_for(request.user, asked.placement)
    rows = own(request).filter(placement=placement)
    if asked.status:
        rows = rows.filter(status__in=asked.status)
    return page_of(request, GoalPage, cut(rows, ORDER, asked), shape)


@operation(
    router,
    "POST",
    "/goals",
    scope=Scope.LOGBOOK_WRITE,
    gives=Goal,
    takes=JSON,
    creates=True,
    conflicts=True,
)
def add_goal(request: ApiRequest, sent: GoalIn) -> Answer:
    """Add a learning goal."""
    placement, now = placement_for(request.user, sent.placement), timezone.now()
    form = checked(GoalForm(as_form(sent.model_dump()), instance=Row(placement=placement)))
    key, is_new = once(
        request.user,
        sent.client_id,
        "goal",
        lambda: actions_goals.add_goal(form.instance, at=now).pk,
        at=now,
    )
    kept = get_object_or_404(Row, pk=key, placement__student=request.user)
    return made(shape(kept), is_new=is_new, location=f"/api/v1/goals/{key}")


@operation(router, "GET", "/goals/{int:pk}", scope=Scope.LOGBOOK_READ, gives=Goal)
def get_goal(request: ApiRequest, pk: KeyInAddress) -> Goal:
    """Read one learning goal."""
    return shape(get_object_or_404(own(request), pk=pk))


@operation(
    router,
    "PATCH",
    "/goals/{int:pk}",
    scope=Scope.LOGBOOK_WRITE,
    gives=Goal,
    takes=JSON,
    match="needed",
)
@transaction.atomic
def change_goal(request: ApiRequest, pk: KeyInAddress, sent: GoalChange) -> Goal:
    """Change a learning goal; how it read before is kept."""
    row = locked_row(own(request), pk)
    check_match(request, lambda: shape(row), needed=True)
    now = {"title": row.title, "description": row.description, "status": row.status}
    form = checked(GoalForm(as_form(now | sent.told()), instance=row))
    actions_goals.change_goal(form.instance, at=timezone.now())
    return shape(get_object_or_404(own(request), pk=pk))


@operation(
    router, "DELETE", "/goals/{int:pk}", scope=Scope.LOGBOOK_WRITE, gives=None, match="asked"
)
@transaction.atomic
def delete_goal(request: ApiRequest, pk: KeyInAddress) -> Answer:
    """Take a goal away; it can be brought back."""
    row = locked_row(own(request), pk)
    check_match(request, lambda: shape(row), needed=False)
    actions_goals.delete_goal(row, at=timezone.now())
    return NOTHING


@operation(router, "POST", "/goals/{int:pk}/restore", scope=Scope.LOGBOOK_WRITE, gives=Goal)
def restore_goal(request: ApiRequest, pk: KeyInAddress) -> Goal:
    """Bring a goal back that was taken away."""
    actions_goals.restore_goal(get_object_or_404(access.deleted_goals_of(request.user), pk=pk))
    return shape(get_object_or_404(own(request), pk=pk))
