"""Questions about what students and teachers agreed on how they work together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from stageapp.accounts.models import User
from stageapp.placements import access
from stageapp.placements.models import (
    Placement,
    PlacementTeacher,
    TeacherLeave,
    TeacherTerms,
    WorkingAgreement,
)


@dataclass(frozen=True)
class Agreed:
    """Where a student and a teacher stand: what holds, and what lies before one of them."""

    link: PlacementTeacher
    holds: WorkingAgreement | None
    proposal: WorkingAgreement | None
    #: The days on which the teacher does not answer now, or soon.
    leave: TeacherLeave | None = None


def agreement_in_force(link: PlacementTeacher) -> WorkingAgreement | None:
    """Return what was confirmed last."""
    confirmed = WorkingAgreement.objects.filter(
        placement=link.placement_id, teacher=link.teacher_id, confirmed_at__isnull=False
    )
    return confirmed.order_by("-confirmed_at", "-pk").first()


def terms_of(teacher: User) -> TeacherTerms:
    """Return what a teacher proposes to everybody; nothing is kept for who never wrote it down."""
    return TeacherTerms.objects.filter(teacher=teacher).first() or TeacherTerms(teacher=teacher)


def agreed_on(links: Iterable[PlacementTeacher], *, today: date) -> list[Agreed]:
    """Return where each student and teacher stand, in three queries for any number of them."""
    found = list(links)
    agreements = WorkingAgreement.objects.filter(
        placement__in=[link.placement_id for link in found]
    ).order_by("confirmed_at", "pk")
    by_pair = {
        (row.placement_id, row.teacher_id, row.confirmed_at is not None): row for row in agreements
    }
    leaves: dict[int, TeacherLeave] = {}
    for leave in TeacherLeave.objects.filter(
        teacher__in=[link.teacher_id for link in found], ends_on__gte=today
    ).order_by("-starts_on"):
        leaves[leave.teacher_id] = leave
    return [
        Agreed(
            link,
            by_pair.get((link.placement_id, link.teacher_id, True)),
            by_pair.get((link.placement_id, link.teacher_id, False)),
            leaves.get(link.teacher_id),
        )
        for link in found
    ]


def links_of(placement: Placement) -> QuerySet[PlacementTeacher]:
    """Return the teachers of a placement now, as the links that agreements hang on."""
    return access.links_of(placement.student).filter(placement=placement)


def links_without_agreement(teacher: User) -> QuerySet[PlacementTeacher]:
    """Return the students of a teacher with whom nothing was agreed or proposed."""
    made = WorkingAgreement.objects.filter(placement=OuterRef("placement"), teacher=teacher)
    return access.links_to_students(teacher).filter(~Exists(made))
