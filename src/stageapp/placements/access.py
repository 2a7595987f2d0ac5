"""Who may see a placement: its student, and its teachers (its data, never what is logged)."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.placements.models import (
    FixedMoment,
    Interruption,
    Placement,
    PlacementTeacher,
    Substitution,
    TeacherLeave,
)

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
    """Return the placements whose teacher this person is now, or whose teacher they replace."""
    links = PlacementTeacher.objects.filter(
        Q(teacher=teacher) | _replaced_by(teacher), ended_at=None
    )
    return (
        Placement.objects.filter(pk__in=links.values("placement"))
        .select_related(*RELATED)
        .prefetch_related("interruptions")
    )


def in_force(at: datetime) -> QuerySet[Substitution]:
    """Return the substitutions of a moment."""
    return Substitution.objects.filter(ended_at=None, opens_at__lte=at, closes_at__gt=at)


def _replaced_by(substitute: User) -> Q:
    """Return which links somebody stands in for now: at the institution where that was arranged."""
    done = in_force(timezone.now()).filter(substitute=substitute)
    here = done.filter(
        teacher=OuterRef("teacher"),
        institution=OuterRef("placement__cohort__programme__institution"),
    )
    # The first part is what an index finds.
    return Q(Exists(here), teacher__in=done.values("teacher"))


def absences_of(student: User) -> QuerySet[Interruption]:
    """Return the student's own absences; teachers only see what follows from them."""
    return Interruption.objects.filter(placement__student=student).select_related("placement")


def readers_of(placement: Placement) -> list[User]:
    """Return everybody for whom `guided_by` holds a placement, and its student."""
    links = placement.teacher_links.filter(ended_at=None)
    replacing = in_force(timezone.now()).filter(
        teacher__in=links.values("teacher"), institution=placement.cohort.programme.institution_id
    )
    teachers = User.objects.filter(
        Q(pk__in=links.values("teacher")) | Q(pk__in=replacing.values("substitute"))
    )
    return [placement.student, *teachers.exclude(pk=placement.student_id)]


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


# The day of a teacher: who guides along, who stands in, and when they are there.


def substitutions_of(person: User) -> QuerySet[Substitution]:
    """Return what is arranged, and not over, in which somebody is replaced or stands in."""
    is_party = Q(teacher=person) | Q(substitute=person)
    return Substitution.objects.filter(
        is_party, ended_at=None, closes_at__gt=timezone.now()
    ).select_related("teacher", "substitute", "institution")


def links_ended_by(teacher: User) -> QuerySet[PlacementTeacher]:
    """Return the links of who guides along that a teacher can end: one's own, and one's students'.

    Only who guides ends somebody else's; a colleague who guides along ends the own part.
    """
    guides = PlacementTeacher.objects.filter(
        placement=OuterRef("placement"),
        teacher=teacher,
        ended_at=None,
        part=PlacementTeacher.Part.MAIN,
    )
    return PlacementTeacher.objects.filter(
        Q(teacher=teacher) | Q(Exists(guides)),
        ended_at=None,
        part=PlacementTeacher.Part.ALONG,
    ).select_related(*LINKED)


def main_links_of(teacher: User) -> QuerySet[PlacementTeacher]:
    """Return the links of a teacher who may ask a colleague in."""
    return links_to_students(teacher).filter(part=PlacementTeacher.Part.MAIN)


def moments_of(teacher: User) -> QuerySet[FixedMoment]:
    """Return the fixed moments of a teacher."""
    return FixedMoment.objects.filter(teacher=teacher)
