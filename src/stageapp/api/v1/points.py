"""Action points: who does what, and by when."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import Field

from stageapp.accounts.models import User
from stageapp.api.middleware import ApiRequest
from stageapp.api.rules import Scope
from stageapp.api.v1.door import JSON, need
from stageapp.api.v1.operation import NOTHING, Answer, check_match, made, operation, page_of
from stageapp.api.v1.paging import Paged, cut
from stageapp.api.v1.problems import wrong
from stageapp.api.v1.sending import as_form, checked, done, locked_row, placement_for
from stageapp.api.v1.shapes import (
    PARTIAL,
    ClientId,
    Flag,
    Key,
    KeyInAddress,
    Name,
    Page,
    Ref,
    Sent,
    SentDay,
    Shape,
    moment,
    moment_of,
    ref,
)
from stageapp.guidance import access, actions_points, queries
from stageapp.guidance.forms import STUDENT, TEACHER, PointForm
from stageapp.guidance.models import ActionPoint as Row

router = Router(tags=["action-points"])
ORDER = ("-created_at", "-pk")
#: Who does it: the student of the placement, or the teacher of the question.
Who = Literal["student", "teacher"]
What = Annotated[Name, Field(min_length=1)]
#: What forms with rows of points call the parts of one, before its number.
PARTS = ("what", "who", "due_on")


class ActionPoint(Shape):
    """Something that has to be done: what comes of a question, or what a student sets."""

    id: int
    client_id: uuid.UUID
    placement: int
    question: int | None = Field(
        description="Who reads that question sees the point too; null: its student alone."
    )
    report: int | None = Field(description="For its student: the report that it stands in.")
    what: str
    due_on: date | None
    who: str | None = Field(description="student or teacher; null for an account that is gone.")
    owner: Ref | None
    is_mine: bool = Field(description="Who asks does it.")
    done_at: datetime | None
    goal: int | None = Field(description="For its student: the learning goal made of it.")
    created_at: datetime


class ActionPointPage(Page[ActionPoint]):
    """Some action points, the newest first."""


class ActionPointIn(Sent):
    """A new action point of a student."""

    client_id: ClientId = None
    placement: Key | None = Field(
        None, description="Left out: the current placement; with a message, that of the message."
    )
    message: Key | None = Field(
        None, description="Of a conversation of one's own, by either: who reads it sees the point."
    )
    what: What
    due_on: SentDay | None = None
    who: Who = Field("student", description="A teacher only with a message of a question to them.")


class ActionPointChange(Sent):
    """What changes of an action point; what is left out stays as it is."""

    model_config = PARTIAL

    what: What = ""
    due_on: SentDay | None = None
    who: Who = "student"


class NewPoint(Sent):
    """What has to be done, in what else is written."""

    what: What
    due_on: SentDay | None = None
    who: Who = "student"


class Ticking(Sent):
    """Whether it is done."""

    is_done: Flag = True


class ActionPointFilter(Paged):
    """Which action points."""

    placement: KeyInAddress | None = None
    question: KeyInAddress | None = None
    is_done: bool | None = None
    is_mine: bool | None = Field(None, description="true: what who asks has to do.")


def shape(row: Row, reader: User) -> ActionPoint:
    """Return an action point as this reader sees it."""
    is_own = row.placement.student_id == reader.pk
    return ActionPoint(
        id=row.pk,
        client_id=row.client_id,
        placement=row.placement_id,
        question=row.question_id,
        report=row.report_id if is_own else None,
        what=row.what,
        due_on=row.due_on,
        who=who_does(row),
        owner=ref(row.owner),
        is_mine=row.owner_id == reader.pk,
        done_at=moment(row.done_at),
        goal=row.goal_id if is_own else None,
        created_at=moment_of(row.created_at),
    )


def as_rows(points: Sequence[NewPoint], numbers: Sequence[int]) -> dict[str, Any]:
    """Return points as a form asks them in its rows of these numbers."""
    return {
        f"{part}_{number}": getattr(point, part)
        for point, number in zip(points, numbers, strict=True)
        for part in PARTS
    }


def names_of_rows(numbers: Sequence[int]) -> dict[str, str]:
    """Return what the API calls the fields of those rows, in the order in which they were sent."""
    return {
        f"{part}_{number}": f"points.{place}.{part}"
        for place, number in enumerate(numbers)
        for part in PARTS
    }


def check_who(who: str | None, teacher: User | None, field: str = "who") -> None:
    """Raise a problem for a teacher who cannot do it: no form asks who does it then."""
    if who == TEACHER and teacher is None:
        raise wrong(field, _("Only you or the teacher of the question can do this."))


def readable(request: ApiRequest) -> QuerySet[Row]:
    """Return the action points that who asks can see."""
    return access.points_readable_by(request.user).select_related(*queries.POINT_SHOWS)


@operation(router, "GET", "/action-points", scope=Scope.GUIDANCE_READ, gives=ActionPointPage)
def list_action_points(request: ApiRequest, asked: Query[ActionPointFilter]) -> Any:
    """List the own action points, and those of the questions that one reads."""
    rows = readable(request)
    if asked.placement:
        rows = rows.filter(placement=asked.placement)
    if asked.question:
        rows = rows.filter(question=asked.question)
    if asked.is_done is not None:
        rows = rows.filter(done_at__isnull=not asked.is_done)
    if asked.is_mine is not None:
        mine = rows.filter(owner=request.user)
        rows = mine if asked.is_mine else rows.exclude(owner=request.user)
    found = cut(rows, ORDER, asked)
    actions_points.mark_points_seen(found.rows, by=request.user, at=timezone.now())
    return page_of(request, ActionPointPage, found, lambda row: shape(row, request.user))


@operation(
    router,
    "POST",
    "/action-points",
    scope=Scope.GUIDANCE_WRITE,
    gives=ActionPoint,
    takes=JSON,
    creates=True,
    conflicts=True,
)
def add_action_point(request: ApiRequest, sent: ActionPointIn) -> Answer:
    """Add an action point: one's own, or of what was written in a conversation."""
    fresh, teacher = _begun(request, sent)
    check_who(sent.who, teacher)
    form = _form(sent.model_dump(exclude={"placement", "message"}), fresh, teacher)
    kept = done(
        lambda: actions_points.add_point(form.instance, by=request.user, at=timezone.now()),
    )
    return made(
        shape(get_object_or_404(readable(request), pk=kept.pk), request.user),
        is_new=kept is fresh,
        location=f"/api/v1/action-points/{kept.pk}",
    )


@operation(router, "GET", "/action-points/{int:pk}", scope=Scope.GUIDANCE_READ, gives=ActionPoint)
def get_action_point(request: ApiRequest, pk: KeyInAddress) -> ActionPoint:
    """Read one action point; it is no news any more."""
    row = get_object_or_404(readable(request), pk=pk)
    actions_points.mark_points_seen([row], by=request.user, at=timezone.now())
    return shape(row, request.user)


@operation(
    router,
    "PATCH",
    "/action-points/{int:pk}",
    scope=Scope.GUIDANCE_WRITE,
    gives=ActionPoint,
    takes=JSON,
    match="needed",
)
@transaction.atomic
def change_action_point(
    request: ApiRequest, pk: KeyInAddress, sent: ActionPointChange
) -> ActionPoint:
    """Change an action point, as its student."""
    row = _locked(request, pk)
    check_match(request, lambda: shape(row, request.user), needed=True)
    now = {"what": row.what, "due_on": row.due_on, "who": who_does(row)}
    teacher = row.origin.teacher if row.origin else None
    can_choose = row.is_open or (teacher and row.owner_id == teacher.pk)
    told = sent.told()
    check_who(told.get("who"), teacher if can_choose else None)
    form = _form(now | told, row, teacher if can_choose else None)
    done(lambda: actions_points.change_point(form.instance, at=timezone.now()))
    return shape(get_object_or_404(readable(request), pk=pk), request.user)


@operation(
    router,
    "DELETE",
    "/action-points/{int:pk}",
    scope=Scope.GUIDANCE_WRITE,
    gives=None,
    match="asked",
)
@transaction.atomic
def delete_action_point(request: ApiRequest, pk: KeyInAddress) -> Answer:
    """Take an action point away, as its student."""
    row = _locked(request, pk)
    check_match(request, lambda: shape(row, request.user), needed=False)
    actions_points.delete_point(row, at=timezone.now())
    return NOTHING


@operation(
    router,
    "POST",
    "/action-points/{int:pk}/tick",
    scope=Scope.GUIDANCE_WRITE,
    gives=ActionPoint,
    takes=JSON,
)
def tick_action_point(request: ApiRequest, pk: KeyInAddress, sent: Ticking) -> ActionPoint:
    """Tick off what one does, or take the tick away; its student everything."""
    ticked = get_object_or_404(access.points_ticked_by(request.user), pk=pk)
    actions_points.set_done(ticked, is_done=sent.is_done, at=timezone.now())
    return shape(get_object_or_404(readable(request), pk=pk), request.user)


@operation(
    router,
    "POST",
    "/action-points/{int:pk}/goal",
    scope=Scope.GUIDANCE_WRITE,
    gives=ActionPoint,
)
def make_goal_of_action_point(request: ApiRequest, pk: KeyInAddress) -> ActionPoint:
    """Make a learning goal of what the student is going to do, once; needs `logbook:write` too."""
    need(request, Scope.LOGBOOK_WRITE)
    source = get_object_or_404(access.points_to_learn_from(request.user), pk=pk)
    actions_points.make_goal(source, at=timezone.now())
    return shape(get_object_or_404(readable(request), pk=pk), request.user)


def _begun(request: ApiRequest, sent: ActionPointIn) -> tuple[Row, User | None]:
    """Return a new point about what was sent, and the teacher who can do it."""
    if sent.message is None:
        placement = placement_for(request.user, sent.placement)
        return Row(placement=placement, owner=request.user), None
    written = (
        access.messages_of(request.user)
        .select_related("question__teacher", "question__placement__student")
        .filter(pk=sent.message)
        .first()
    )
    if written is None or sent.placement not in (None, written.question.placement_id):
        raise wrong("message", _("Choose a message of a conversation of your own."))
    question = written.question
    row = Row(placement=question.placement, question=question, owner=request.user)
    return row, question.teacher if question.teacher in access.people_reading(question) else None


def _form(told: dict[str, Any], row: Row, teacher: User | None) -> PointForm:
    return checked(PointForm(as_form(told), instance=row, teacher=teacher))


def _locked(request: ApiRequest, pk: int) -> Any:
    """Return an own point, which one request at a time changes; call it in a transaction."""
    own = access.with_openness_of_points(access.points_of(request.user))
    rows = own.select_related(*queries.POINT_SHOWS)
    return locked_row(rows, pk)


def who_does(row: Row) -> str | None:
    if row.owner_id is None:
        return None
    return STUDENT if row.owner_id == row.placement.student_id else TEACHER
