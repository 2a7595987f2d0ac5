"""Who may see what a student records: the student. Others only see what guidance shared."""

from django.db.models import QuerySet

from stageapp.accounts.models import User
from stageapp.logbook.models import Activity, SavedItem


def activities_of(student: User) -> QuerySet[Activity]:
    """Return the student's own activities, deleted ones left out."""
    return Activity.objects.filter(placement__student=student, deleted_at=None)


def deleted_activities_of(student: User) -> QuerySet[Activity]:
    """Return the student's own activities that can still be brought back."""
    return Activity.objects.filter(placement__student=student, deleted_at__isnull=False)


def saved_items_of(student: User) -> QuerySet[SavedItem]:
    """Return what the student put aside; a deleted activity is hidden with its bookmark."""
    return SavedItem.objects.filter(student=student, activity__deleted_at=None)


def readers_of(activity: Activity) -> list[User]:
    """Return everybody who can open an activity: the mark of audience says who they are."""
    return [activity.placement.student]
