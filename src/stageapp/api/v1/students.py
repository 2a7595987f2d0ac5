"""Whom a teacher guides, who asks for attention first, and why: never what a student logged."""

from datetime import date, datetime
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from stageapp.api.middleware import ApiRequest
from stageapp.api.rules import Scope
from stageapp.api.v1.operation import operation, page_of
from stageapp.api.v1.paging import Paged, cut_list
from stageapp.api.v1.problems import not_found
from stageapp.api.v1.shapes import KeyInAddress, Name, Page, Ref, Shape, moment, moment_of
from stageapp.core.texts import plain
from stageapp.guidance import queries
from stageapp.guidance.queries_attention import (
    AttentionRow,
    Show,
    Wanted,
    attention_list,
    attention_of,
)
from stageapp.logbook.queries import effort_of
from stageapp.placements.access import guided_by
from stageapp.programmes.queries import is_teacher

router = Router(tags=["students"])


class Student(Shape):
    """A placement that a teacher guides, with the reason for its place in the list."""

    placement: int
    student: Ref
    email: str
    workplace: str
    town: str
    cohort: Ref
    starts_on: date
    ends_on: date
    is_current: bool
    attention: str = Field(description="red, orange, green, not_started or ended.")
    reason: str = Field(description="Why it stands where it does, in words.")
    part: str = Field(description="Guiding along or standing in, in words; empty for who guides.")
    waiting_since: datetime | None
    open_questions: int
    last_heard_at: datetime | None


class StudentPage(Page[Student]):
    """Some students, who asks for attention first."""


class ContactMoment(Shape):
    """A moment of contact."""

    at: datetime
    text: str


class Effort(Shape):
    """How much was logged, where the student lets the teacher who guides see it."""

    minutes: int
    days: int


class StudentSeen(Student):
    """One student, as their teacher sees them."""

    progress: int = Field(description="Percents of the period that are over.")
    effort: Effort | None
    contact: list[ContactMoment]


class StudentFilter(Paged):
    """Which students."""

    q: Name = Field("", description="A part of the name.")
    show: Show = Field(Show.ALL, description="All, or only waiting or never-shared.")
    cohort: KeyInAddress | None = None


def told(row: AttentionRow) -> dict[str, Any]:
    """Return what the list says of a student."""
    placement = row.placement
    return {
        "placement": placement.pk,
        "student": Ref(id=placement.student_id, name=placement.student.name),
        "email": placement.student.email,
        "workplace": placement.workplace.name,
        "town": placement.workplace.town,
        "cohort": Ref(id=placement.cohort_id, name=str(placement.cohort)),
        "starts_on": placement.starts_on,
        "ends_on": placement.ends_on,
        "is_current": placement.is_current,
        "attention": row.colour,
        "reason": row.reason,
        "part": row.part,
        "waiting_since": moment(row.facts.waiting_since),
        "open_questions": row.question_count,
        "last_heard_at": moment(row.last_heard_at),
    }


def shape(row: AttentionRow) -> Student:
    """Return a student of the list as it goes out."""
    return Student(**told(row))


@operation(
    router,
    "GET",
    "/students",
    scope=Scope.STUDENTS_READ,
    gives=StudentPage,
)
def list_students(request: ApiRequest, asked: Query[StudentFilter]) -> Any:
    """List whom one guides, who asks for attention first, with the reason."""
    if not is_teacher(request.user):
        raise not_found()
    wanted = Wanted(search=asked.q, show=asked.show, cohort=asked.cohort)
    name = plain(asked.q)
    rows = [
        row
        for row in attention_list(request.user, timezone.now())
        if wanted.holds(row) and name in plain(row.placement.student.name)
    ]
    found = cut_list(rows, lambda row: int(row.placement.pk), asked)
    return page_of(request, StudentPage, found, shape)


@operation(router, "GET", "/students/{int:pk}", scope=Scope.STUDENTS_READ, gives=StudentSeen)
def get_student(request: ApiRequest, pk: KeyInAddress) -> StudentSeen:
    """Read one student by the key of the placement; their questions are at guidance-questions."""
    placement = get_object_or_404(guided_by(request.user), pk=pk)
    row = attention_of(placement, request.user, at=timezone.now())
    shows_effort = placement.shows_effort and row.facts.is_main
    effort = effort_of(placement) if shows_effort else None
    return StudentSeen(
        **told(row),
        progress=placement.period.progress(placement.today()),
        effort=Effort(minutes=effort.minutes, days=effort.days) if effort else None,
        contact=[
            ContactMoment(at=moment_of(one.at), text=one.text)
            for one in queries.contact_moments(placement, request.user)
        ],
    )
