"""Who may see a placement: its student, and its teachers (its data, never what is logged)."""

from django.db.models import Exists, OuterRef, QuerySet

from stageapp.accounts.models import User
from stageapp.placements.models import Interruption, Placement, PlacementTeacher

RELATED = ("student", "workplace", "cohort__programme__institution")


def placements_of(student: User) -> QuerySet[Placement]:
    """Return the student's own placements, the current one first."""
    return (
        Placement.objects.filter(student=student)
        .select_related(*RELATED)
        .prefetch_related("interruptions")
    )


def current_placement(student: User) -> Placement | None:
    """Return the placement that the student works in now, or none."""
    return placements_of(student).filter(is_current=True).first()


def guided_by(teacher: User) -> QuerySet[Placement]:
    """Return the placements whose teacher this person is now."""
    links = PlacementTeacher.objects.filter(
        placement=OuterRef("pk"), teacher=teacher, ended_at=None
    )
    return (
        Placement.objects.filter(Exists(links))
        .select_related(*RELATED)
        .prefetch_related("interruptions")
    )


def absences_of(student: User) -> QuerySet[Interruption]:
    """Return the student's own absences; teachers only see what follows from them."""
    return Interruption.objects.filter(placement__student=student).select_related("placement")


def readers_of(placement: Placement) -> list[User]:
    """Return everybody who can see the data of a placement: its student and its teachers now."""
    teachers = User.objects.filter(
        teacher_links__placement=placement, teacher_links__ended_at=None
    ).distinct()
    return [placement.student, *teachers]
