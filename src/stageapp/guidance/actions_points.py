"""What happens to action points. Nothing else writes them."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from stageapp.accounts.models import User
from stageapp.guidance.access import people_reading
from stageapp.guidance.models import ActionPoint
from stageapp.notifications.actions import Fact, cancel_unsent, mark_seen, notify
from stageapp.notifications.kinds import Kind
from stageapp.notifications.queries import news_about
from stageapp.placements.actions_goals import add_goal
from stageapp.placements.models import LearningGoal, Placement


@transaction.atomic
def add_point(point: ActionPoint, *, by: User, at: datetime) -> ActionPoint:
    """Keep a new point, or return the one that the same form made before."""
    Placement.objects.select_for_update().get(pk=point.placement_id, student=by)
    sent_before = ActionPoint.objects.filter(
        placement=point.placement, client_id=point.client_id
    ).first()
    if sent_before:
        return sent_before
    _check_owner(point)
    point.created_by, point.created_at = by, at
    point.save()
    tell_owner(point, by=by, at=at)
    return point


@transaction.atomic
def change_point(point: ActionPoint, *, at: datetime) -> None:
    """Keep what the student changed; no mail goes about the day or the person that it was."""
    _check_owner(point)
    before = ActionPoint.objects.select_for_update().get(pk=point.pk)
    if (before.due_on, before.owner_id) != (point.due_on, point.owner_id):
        cancel_unsent(subject_of(point), at=at)
    point.save(update_fields=["what", "due_on", "owner"])
    if before.owner_id != point.owner_id:
        tell_owner(point, by=point.placement.student, at=at)


def tell_owner(point: ActionPoint, *, by: User, at: datetime) -> None:
    """Tell the teacher, once, that there is something for them to do and that they can see it."""
    question, owner = point.question, point.owner
    if question is None or owner is None or owner not in people_reading(question) or owner == by:
        return
    notify(
        owner,
        Kind.POINT_FOR_ME,
        Fact(
            actor=by,
            title=question.title,
            path=reverse("guidance:question", args=[question.pk]),
            subject=subject_of(point),
            cause=f"point-for:{point.pk}:{owner.pk}",
        ),
        place=point.placement.cohort.programme.institution,
        at=at,
    )


@transaction.atomic
def set_done(point: ActionPoint, *, is_done: bool, at: datetime) -> None:
    """Tick a point off, or take the tick away; no mail goes about what is done."""
    point.done_at = at if is_done else None
    point.save(update_fields=["done_at"])
    if is_done:
        cancel_unsent(subject_of(point), at=at)


@transaction.atomic
def delete_point(point: ActionPoint, *, at: datetime) -> None:
    """Take a point away; no mail goes about it any more."""
    cancel_unsent(subject_of(point), at=at)
    point.delete()


@transaction.atomic
def make_goal(point: ActionPoint, *, at: datetime) -> LearningGoal:
    """Make a learning goal of a point, once; the point stays until it is done."""
    kept = (
        ActionPoint.objects.select_for_update(of=("self",)).select_related("goal").get(pk=point.pk)
    )
    if kept.goal and kept.goal.deleted_at is None:
        return kept.goal
    kept.goal = add_goal(LearningGoal(placement_id=kept.placement_id, title=kept.what), at=at)
    kept.save(update_fields=["goal"])
    return kept.goal


def mark_points_seen(points: Sequence[ActionPoint], *, by: User, at: datetime) -> None:
    """Remember that somebody saw the news of these points."""
    mark_seen(news_about(by, [subject_of(point) for point in points]), at=at)


def subject_of(point: ActionPoint) -> str:
    """Return what news about a point is filed under."""
    return f"point:{point.pk}"


def _check_owner(point: ActionPoint) -> None:
    """Raise ValidationError unless the student does it, or the teacher of its question."""
    can_do = {point.placement.student_id}
    if point.origin and point.origin.teacher_id:
        can_do.add(point.origin.teacher_id)
    if point.owner_id not in can_do:
        raise ValidationError(_("Only you or the teacher of the question can do this."))
