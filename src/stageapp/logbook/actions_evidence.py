"""What happens to evidence. Its files are written before its row, so that no row lacks a file."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction

from stageapp.logbook.models import Activity, Evidence
from stageapp.logbook.room import check_room, evidence_files_of
from stageapp.logbook.search import refresh_search
from stageapp.placements.models import Placement


@transaction.atomic
def keep_loose(placement: Placement, new: Sequence[Evidence], *, at: datetime) -> list[Evidence]:
    """Keep evidence that belongs to no activity yet; a form or the overview attaches it.

    Raises ValidationError when it does not fit in the room that the student has left.
    """
    check_room(
        placement.student,
        evidence_files_of(placement.student),
        [evidence.size or 0 for evidence in new if evidence.kind == Evidence.Kind.FILE],
        most=settings.EVIDENCE_MOST_BYTES_IN_ALL,
        field="evidence",
    )
    for evidence in new:
        evidence.placement, evidence.created_at = placement, at
        evidence.save()
    return list(new)


@transaction.atomic
def add_evidence(activity: Activity, new: Sequence[Evidence], *, at: datetime) -> None:
    """Add evidence to an activity that exists."""
    for evidence in new:
        evidence.activity = activity
    keep_loose(activity.placement, new, at=at)
    refresh_search(activity)


@transaction.atomic
def attach_evidence(
    activity: Activity, kept: Sequence[Evidence], new: Sequence[Evidence], *, at: datetime
) -> None:
    """Let an activity have exactly this evidence; what it loses stays with the student, loose."""
    keys = [evidence.pk for evidence in kept]
    activity.evidence.filter(deleted_at=None).exclude(pk__in=keys).update(activity=None)
    activity.placement.evidence.filter(pk__in=keys).update(activity=activity)
    add_evidence(activity, new, at=at)


@transaction.atomic
def move_evidence(evidence: Evidence, activity: Activity | None) -> None:
    """Attach evidence to another activity, or to none."""
    before = evidence.activity
    evidence.activity = activity
    evidence.save(update_fields=["activity"])
    for changed in filter(None, (before, activity)):
        refresh_search(changed)


@transaction.atomic
def rename_evidence(evidence: Evidence) -> None:
    """Keep the new name."""
    evidence.save(update_fields=["name"])
    if evidence.activity:
        refresh_search(evidence.activity)


@transaction.atomic
def delete_evidence(evidence: Evidence, *, at: datetime) -> None:
    """Take evidence away; it can be brought back."""
    evidence.deleted_at = at
    evidence.save(update_fields=["deleted_at"])
    if evidence.activity:
        refresh_search(evidence.activity)


@transaction.atomic
def restore_evidence(evidence: Evidence) -> None:
    """Bring deleted evidence back."""
    Evidence.objects.filter(pk=evidence.pk).update(deleted_at=None)
    if evidence.activity:
        refresh_search(evidence.activity)
