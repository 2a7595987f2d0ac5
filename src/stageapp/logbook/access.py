"""Who may see what a student records: the student. Others only see what guidance shared."""

from django.db.models import Q, QuerySet

from stageapp.accounts.models import User
from stageapp.logbook.models import (
    Activity,
    ActivityTemplate,
    Chain,
    Evidence,
    Reflection,
    SavedItem,
)
from stageapp.placements.models import LearningGoal
from stageapp.programmes.models import VocabularyEntry


def activities_of(student: User) -> QuerySet[Activity]:
    """Return the student's own activities, deleted ones left out."""
    return Activity.objects.filter(placement__student=student, deleted_at=None)


def deleted_activities_of(student: User) -> QuerySet[Activity]:
    """Return the student's own activities that can still be brought back."""
    return Activity.objects.filter(placement__student=student, deleted_at__isnull=False)


def saved_items_of(student: User) -> QuerySet[SavedItem]:
    """Return what the student put aside; what is deleted is hidden with its bookmark."""
    return SavedItem.objects.filter(saved_and_there(), student=student)


def saved_and_there() -> Q:
    """Return what holds for a saved item while nothing that it is about is deleted."""
    return Q(
        activity__deleted_at=None,
        reflection__deleted_at=None,
        reflection__activity__deleted_at=None,
        evidence__deleted_at=None,
        evidence__activity__deleted_at=None,
    )


def evidence_of(student: User) -> QuerySet[Evidence]:
    """Return the student's own evidence; that of a deleted activity is hidden with it."""
    return Evidence.objects.filter(
        placement__student=student, deleted_at=None, activity__deleted_at=None
    )


def deleted_evidence_of(student: User) -> QuerySet[Evidence]:
    """Return the student's own evidence that can still be brought back."""
    return Evidence.objects.filter(placement__student=student, deleted_at__isnull=False)


def reflections_of(student: User) -> QuerySet[Reflection]:
    """Return the student's own reflections; those on a deleted activity are hidden with it."""
    return Reflection.objects.filter(
        placement__student=student, deleted_at=None, activity__deleted_at=None
    )


def deleted_reflections_of(student: User) -> QuerySet[Reflection]:
    """Return the student's own reflections that can still be brought back."""
    return Reflection.objects.filter(placement__student=student, deleted_at__isnull=False)


def chains_of(student: User) -> QuerySet[Chain]:
    """Return the student's own chains."""
    return Chain.objects.filter(placement__student=student)


def goals_of(student: User) -> QuerySet[LearningGoal]:
    """Return the student's own learning goals, deleted ones left out."""
    return LearningGoal.objects.filter(placement__student=student, deleted_at=None)


def deleted_goals_of(student: User) -> QuerySet[LearningGoal]:
    """Return the student's own goals that can still be brought back."""
    return LearningGoal.objects.filter(placement__student=student, deleted_at__isnull=False)


def templates_of(student: User) -> QuerySet[ActivityTemplate]:
    """Return the student's own templates."""
    return ActivityTemplate.objects.filter(placement__student=student)


def own_entries_of(student: User) -> QuerySet[VocabularyEntry]:
    """Return the entries that the student added to the lists."""
    return VocabularyEntry.objects.filter(owner=student)


def readers_of(activity: Activity) -> list[User]:
    """Return everybody who can open an activity: the mark of audience says who they are."""
    return [activity.placement.student]
