"""What happens to learning goals; how each read before is kept."""

from datetime import datetime

from django.db import transaction

from stageapp.accounts.models import User
from stageapp.placements.models import GoalAgreement, GoalChange, LearningGoal, Placement


@transaction.atomic
def add_goal(goal: LearningGoal, *, at: datetime) -> LearningGoal:
    """Keep a new goal, below the others."""
    placement = Placement.objects.select_for_update().get(pk=goal.placement_id)
    goal.position, goal.created_at = placement.goals.count(), at
    goal.save()
    _remember(goal, at=at)
    return goal


@transaction.atomic
def change_goal(goal: LearningGoal, *, at: datetime) -> None:
    """Keep what the student changed, and how it read before when nothing says so yet."""
    before = LearningGoal.objects.select_for_update().get(pk=goal.pk)
    if (before.title, before.description, before.status) == (
        goal.title,
        goal.description,
        goal.status,
    ):
        return
    if not before.changes.exists():
        _remember(before, at=before.created_at)
    goal.save(update_fields=["title", "description", "status"])
    _remember(goal, at=at)


def delete_goal(goal: LearningGoal, *, at: datetime) -> None:
    """Take a goal away; activities that refer to it keep doing so, in case it comes back."""
    goal.deleted_at = at
    goal.save(update_fields=["deleted_at"])


def restore_goal(goal: LearningGoal) -> None:
    """Bring a deleted goal back."""
    LearningGoal.objects.filter(pk=goal.pk).update(deleted_at=None)


def agree_with_goal(
    goal: LearningGoal, *, title: str, description: str, by: User, at: datetime
) -> GoalAgreement:
    """A teacher agrees with a goal in these words; once for the same words."""
    agreement, _created = GoalAgreement.objects.get_or_create(
        goal=goal,
        teacher=by,
        title=title,
        description=description,
        defaults={"agreed_at": at},
    )
    return agreement


def _remember(goal: LearningGoal, *, at: datetime) -> None:
    GoalChange.objects.create(
        goal=goal,
        title=goal.title,
        description=goal.description,
        status=goal.status,
        changed_at=at,
    )
