"""What administrators do with starting goals and deadlines of a cohort: each is one transaction."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from stageapp.accounts.models import User
from stageapp.programmes.actions_lists import KEY_LENGTH, lock_cohort, note_cohort
from stageapp.programmes.models import CohortDeadline, StartingGoal
from stageapp.programmes.rules import free_name

Start = StartingGoal | CohortDeadline
#: Nobody begins with more.
MOST = 50


@transaction.atomic
def add_start(row: Start, *, by: User, at: datetime) -> None:
    """Add a goal or a deadline to a cohort. Raises ValidationError when there are many already."""
    cohort = lock_cohort(row.cohort)
    kept = type(row)._default_manager.filter(cohort=cohort)
    if kept.count() >= MOST:
        raise ValidationError(_("There are %(most)d already; remove one first.") % {"most": MOST})
    if isinstance(row, StartingGoal):
        goals = list(cohort.starting_goals.all())
        row.position = max((goal.position for goal in goals), default=-1) + 1
        row.key = free_name(
            slugify(row.title_nl),
            {goal.key for goal in goals},
            length=KEY_LENGTH,
            otherwise="goal",
        )
    row.save()
    note_cohort(cohort, "start added", by=by, at=at)


@transaction.atomic
def change_start(row: Start, *, by: User, at: datetime) -> None:
    """Keep the words or the day of a goal or a deadline."""
    lock_cohort(row.cohort)
    row.save()
    note_cohort(row.cohort, "start changed", by=by, at=at)


@transaction.atomic
def remove_start(row: Start, *, by: User, at: datetime) -> None:
    """Remove a goal or a deadline; goals that placements have already stay theirs."""
    lock_cohort(row.cohort)
    row.delete()
    note_cohort(row.cohort, "start removed", by=by, at=at)
