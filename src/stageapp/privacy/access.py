"""Whose data somebody may take, bring back or remove: their own, nobody else's."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from stageapp.accounts.models import User
from stageapp.logbook import access as logbook
from stageapp.placements.models import Placement
from stageapp.privacy.models import DataCopy

_DELETED: dict[str, Callable[[User], QuerySet[Any]]] = {
    "activity": logbook.deleted_activities_of,
    "evidence": logbook.deleted_evidence_of,
    "goal": logbook.deleted_goals_of,
    "reflection": logbook.deleted_reflections_of,
}
#: What can be brought back, by the words for it in addresses.
DELETABLE = tuple(_DELETED)


def copies_of(person: User) -> QuerySet[DataCopy]:
    """Return the copies of all that is kept about somebody, those in the making as well."""
    return DataCopy.objects.filter(person=person)


def removable_by(student: User) -> QuerySet[Placement]:
    """Return the placements that a student can remove, with all in them."""
    return Placement.objects.filter(student=student, removal=None).select_related(
        "workplace", "cohort__programme__institution"
    )


def deleted_of(student: User, kind: str) -> QuerySet[Any]:
    """Return what a student deleted of a kind and can still bring back."""
    return _DELETED[kind](student)
