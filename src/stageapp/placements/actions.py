"""What happens to placements."""

from datetime import datetime

from django.db import transaction

from stageapp.accounts.models import User
from stageapp.audit.actions import record
from stageapp.audit.models import Kind as Done
from stageapp.placements.actions_agreements import propose_own_terms
from stageapp.placements.models import (
    Interruption,
    LearningGoal,
    Placement,
    PlacementTeacher,
    Workplace,
)


@transaction.atomic
def start_placement(
    placement: Placement, workplace: Workplace, *, by: User, teacher: User | None, at: datetime
) -> Placement:
    """Keep a new placement of a student, with its teacher and the goals its cohort starts with."""
    placement.student = by
    _keep(placement, workplace)
    if teacher:
        link_teacher(placement, teacher, by=by, at=at)
    LearningGoal.objects.bulk_create(
        LearningGoal(
            placement=placement,
            title=goal.title,
            description=goal.description,
            position=goal.position,
            created_at=at,
        )
        for goal in placement.cohort.starting_goals.all()
    )
    return placement


@transaction.atomic
def change_placement(
    placement: Placement, workplace: Workplace, *, teacher: User | None, at: datetime
) -> Placement:
    """Keep what the student changed; a chosen teacher is added, never taken away here."""
    _keep(placement, workplace)
    if teacher:
        link_teacher(placement, teacher, by=placement.student, at=at)
    return placement


@transaction.atomic
def make_current(placement: Placement) -> None:
    """Let the student work in this placement from now on."""
    _lock_student(placement)
    _clear_current(placement)
    placement.is_current = True
    placement.save(update_fields=["is_current"])


@transaction.atomic
def link_teacher(
    placement: Placement, teacher: User, *, at: datetime, by: User | None = None
) -> PlacementTeacher:
    """Let a teacher guide a placement, who proposes the own terms; once is enough.

    Who guided along guides from now on. Returns the link, also where it was there already.
    """
    link, is_new = PlacementTeacher.objects.get_or_create(
        placement=placement, teacher=teacher, ended_at=None, defaults={"linked_at": at}
    )
    if link.is_along:
        link.part = PlacementTeacher.Part.MAIN
        link.save(update_fields=["part"])
        is_new = True
    if is_new:
        record_link(Done.LINKED, link, by=by, at=at)
        propose_own_terms(link, at=at)
    return link


def record_link(kind: Done, link: PlacementTeacher, *, by: User | None, at: datetime) -> None:
    """Keep in the record that a link began or ended, filed under the student."""
    placement = link.placement
    record(
        kind,
        at=at,
        actor=by.pk if by else None,
        institution=placement.cohort.programme.institution_id,
        subject=f"person:{placement.student_id}",
        placement=placement.pk,
        teacher=link.teacher_id,
        part=link.part,
    )


def keep_supervisor(placement: Placement, *, name: str, email: str) -> None:
    """Keep who supervises at the workplace, as the student wrote it elsewhere."""
    placement.supervisor_name, placement.supervisor_email = name, email
    placement.save(update_fields=["supervisor_name", "supervisor_email"])


def keep_absence(absence: Interruption) -> None:
    """Keep new or changed days of absence: the placement stands still on them."""
    absence.save()


def delete_absence(absence: Interruption) -> None:
    """Take days of absence away."""
    absence.delete()


def _keep(placement: Placement, workplace: Workplace) -> None:
    workplace.save()
    placement.workplace = workplace
    _lock_student(placement)
    others = Placement.objects.filter(student=placement.student).exclude(pk=placement.pk)
    if not others.filter(is_current=True).exists():
        placement.is_current = True
    if placement.is_current:
        _clear_current(placement)
    placement.save()


def _lock_student(placement: Placement) -> None:
    """Two requests at once would both see no current placement."""
    User.objects.select_for_update().get(pk=placement.student_id)


def _clear_current(placement: Placement) -> None:
    Placement.objects.filter(student=placement.student_id, is_current=True).exclude(
        pk=placement.pk
    ).update(is_current=False)
