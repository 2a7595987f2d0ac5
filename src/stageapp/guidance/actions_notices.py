"""News that no click causes: it is looked for once a day."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse

from stageapp.accounts.models import User
from stageapp.guidance.actions_points import subject_of
from stageapp.guidance.models import ActionPoint
from stageapp.guidance.queries import points_due
from stageapp.guidance.queries_attention import AttentionRow, attention_list
from stageapp.guidance.rules import Colour
from stageapp.notifications.actions import Fact, notify, once_a_day
from stageapp.notifications.kinds import Kind
from stageapp.notifications.queries import is_done_on
from stageapp.programmes.models import Institution

#: Not in the night: who wants such mail at once reads it at breakfast.
FROM_HOUR = 7


def tell_of_silence(*, at: datetime) -> int:
    """Tell teachers of the students who have not shared anything for long; return how many.

    Known from what was shared and from nothing else: see the rule of attention. Once for each
    placement and teacher, however often this runs; a day's work is kept as a whole or not at all.
    """
    return sum(_tell(institution, at) for institution in Institution.objects.all())


def tell_of_points(*, at: datetime) -> int:
    """Tell people of the action points that are due today; return how many.

    Once for each point and day, to who does it. A teacher hears of it while the question is open
    to them. What is in the point stands in the app only.
    """
    return sum(_tell_of_points(institution, at) for institution in Institution.objects.all())


def _tell_of_points(institution: Institution, at: datetime) -> int:
    local = at.astimezone(institution.zone)
    name = f"points:{institution.pk}"
    if local.hour < FROM_HOUR or is_done_on(name, local.date()):
        return 0
    due = points_due(institution, local.date())
    with once_a_day(name, local.date()) as is_first:
        if not is_first:
            return 0
        for point in due:
            assert point.owner
            notify(point.owner, Kind.POINT_DUE, _fact_of(point), place=institution, at=at)
    return len(due)


def _fact_of(point: ActionPoint) -> Fact:
    student = point.placement.student
    if point.owner == student:
        path = reverse("guidance:points")
    else:
        path = reverse("guidance:question", args=[point.question_id])
    return Fact(
        actor=student,
        title=point.question.title if point.question else "",
        path=path,
        subject=subject_of(point),
        cause=f"point:{point.pk}:{point.due_on}",
    )


def _tell(institution: Institution, at: datetime) -> int:
    local = at.astimezone(institution.zone)
    name = f"silence:{institution.pk}"
    if local.hour < FROM_HOUR or is_done_on(name, local.date()):
        return 0
    silent = list(_silent(institution, at))
    with once_a_day(name, local.date()) as is_first:
        if not is_first:
            return 0
        for teacher, row in silent:
            notify(
                teacher,
                Kind.NOTHING_SHARED,
                Fact(
                    actor=row.placement.student,
                    title=row.placement.student.name,
                    path=reverse("students:student", args=[row.placement.pk]),
                    subject=f"placement:{row.placement.pk}",
                    cause=f"silence:{row.placement.pk}",
                ),
                place=institution,
                at=at,
            )
    return len(silent)


def _silent(institution: Institution, at: datetime) -> Iterator[tuple[User, AttentionRow]]:
    teachers = User.objects.filter(
        is_active=True,
        teacher_links__ended_at=None,
        teacher_links__placement__is_current=True,
        teacher_links__placement__cohort__programme__institution=institution,
    ).distinct()
    for teacher in teachers:
        for row in attention_list(teacher, at):
            is_here = row.placement.cohort.programme.institution_id == institution.pk
            if is_here and row.attention.colour == Colour.RED:
                yield teacher, row
