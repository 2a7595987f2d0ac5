"""Questions about placements."""

from django.db.models import Q, QuerySet

from stageapp.accounts.models import User
from stageapp.placements.models import LearningGoal, Placement, PlacementTeacher
from stageapp.programmes.models import Institution


def institutions_of(person: User) -> QuerySet[Institution]:
    """Return where somebody studies, teaches, guides or administers."""
    guided = PlacementTeacher.objects.filter(teacher=person, ended_at=None)
    own = Placement.objects.filter(student=person)
    return Institution.objects.filter(
        Q(pk__in=person.programme_memberships.values("programme__institution"))
        | Q(pk__in=person.institutions_administered.values("institution"))
        | Q(pk__in=own.values("cohort__programme__institution"))
        | Q(pk__in=guided.values("placement__cohort__programme__institution"))
    ).order_by("name", "pk")


def teachers_of(placement: Placement) -> QuerySet[User]:
    """Return who guides this placement now, by the date of the link."""
    return User.objects.filter(
        teacher_links__placement=placement, teacher_links__ended_at=None
    ).order_by("teacher_links__linked_at", "teacher_links__id")


def goals_of(placement: Placement) -> QuerySet[LearningGoal]:
    """Return the learning goals that are not deleted, in the student's order."""
    return placement.goals.filter(deleted_at=None)


def main_teachers_of(placement: Placement) -> QuerySet[User]:
    """Return who guides this placement now; not who guides it along."""
    links = placement.teacher_links.filter(ended_at=None, part=PlacementTeacher.Part.MAIN)
    return User.objects.filter(pk__in=links.values("teacher")).order_by("name", "pk")
