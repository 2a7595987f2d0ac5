"""Questions about placements."""

from django.db.models import QuerySet

from stageapp.accounts.models import User
from stageapp.placements.models import LearningGoal, Placement, PlacementTeacher


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
