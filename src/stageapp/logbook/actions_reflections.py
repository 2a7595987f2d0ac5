"""What happens to reflections and to the look back on an activity."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from stageapp.logbook.models import ActivityFeedback, Reflection, ReflectionAnswer
from stageapp.logbook.search import refresh_search
from stageapp.placements.models import Placement
from stageapp.programmes.models import ReflectionField


@transaction.atomic
def write_reflection(
    reflection: Reflection,
    answers: Mapping[ReflectionField, str],
    *,
    at: datetime,
    while_typing: bool = False,
) -> Reflection:
    """Keep a reflection with its answers; an emptied answer is empty from now on.

    A new one whose form was sent before is changed, so that saving while typing makes one. What
    was only kept while typing is a draft until its student saves it.
    """
    Placement.objects.select_for_update().get(pk=reflection.placement_id)
    if reflection.pk is None:
        sent_before = reflection.placement.reflections.filter(
            client_id=reflection.client_id
        ).first()
        if sent_before:
            sent_before.title, sent_before.date = reflection.title, reflection.date
            reflection = sent_before
        else:
            reflection.created_at, reflection.is_draft = at, while_typing
    reflection.is_draft = reflection.is_draft and while_typing
    reflection.save()
    ReflectionAnswer.objects.bulk_create(
        [
            ReflectionAnswer(reflection=reflection, field=field, text=text)
            for field, text in answers.items()
        ],
        update_conflicts=True,
        unique_fields=["reflection", "field"],
        update_fields=["text"],
    )
    if reflection.activity:
        refresh_search(reflection.activity)
    return reflection


@transaction.atomic
def delete_reflection(reflection: Reflection, *, at: datetime) -> None:
    """Take a reflection away; it can be brought back."""
    reflection.deleted_at = at
    reflection.save(update_fields=["deleted_at"])
    if reflection.activity:
        refresh_search(reflection.activity)


@transaction.atomic
def restore_reflection(reflection: Reflection) -> None:
    """Bring a deleted reflection back."""
    Reflection.objects.filter(pk=reflection.pk).update(deleted_at=None)
    if reflection.activity:
        refresh_search(reflection.activity)


@transaction.atomic
def write_feedback(feedback: ActivityFeedback) -> ActivityFeedback:
    """Keep the look back and ahead on an activity: one for each."""
    kept, _created = ActivityFeedback.objects.update_or_create(
        activity=feedback.activity,
        defaults={name: getattr(feedback, name) for name in FEEDBACK_FIELDS},
    )
    feedback.activity.feedback = kept
    refresh_search(feedback.activity)
    return kept


#: What the student fills in.
FEEDBACK_FIELDS = (
    "hard_because",
    "what_made_it_hard",
    "help_received",
    "is_satisfied",
    "own_initiative",
    "next_step",
    "whom_to_ask",
    "support_workplace",
    "support_programme",
)
