"""Who may see a placement: its student, and its teachers (its data, never what is logged)."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from stageapp.accounts.models import User
from stageapp.placements.models import Interruption, Placement, PlacementTeacher, TeacherLeave

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


# Working agreements: the student and the teacher of a link, while it lasts.

LINKED = (
    "teacher",
    "placement__student",
    "placement__workplace",
    "placement__cohort__programme__institution",
)


def links_of(student: User) -> QuerySet[PlacementTeacher]:
    """Return the links of a student with the teachers of the own placements now."""
    return PlacementTeacher.objects.filter(
        placement__student=student, ended_at=None
    ).select_related(*LINKED)


def links_to_students(teacher: User) -> QuerySet[PlacementTeacher]:
    """Return the links of a teacher with the current placements that they guide."""
    return (
        PlacementTeacher.objects.filter(teacher=teacher, ended_at=None, placement__is_current=True)
        .select_related(*LINKED)
        .order_by("placement__student__name", "pk")
    )


def links_of_either(person: User) -> QuerySet[PlacementTeacher]:
    """Return the links in which somebody is the student or the teacher."""
    is_party = Q(placement__student=person) | Q(teacher=person)
    return PlacementTeacher.objects.filter(is_party, ended_at=None).select_related(*LINKED)


def leaves_of(teacher: User) -> QuerySet[TeacherLeave]:
    """Return the days on which a teacher does not answer, as that teacher sees them."""
    return TeacherLeave.objects.filter(teacher=teacher)
