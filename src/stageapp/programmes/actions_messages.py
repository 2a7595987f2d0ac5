"""What functional administrators tell everybody, and closing for maintenance."""

from datetime import datetime

from django.db import transaction

from stageapp.accounts.models import User
from stageapp.audit.actions import record
from stageapp.audit.models import Kind
from stageapp.programmes.models import Announcement, Institution


@transaction.atomic
def announce(announcement: Announcement, *, by: User, at: datetime) -> Announcement:
    """Keep a new message of the day; sent twice, it is one."""
    kept, is_new = Announcement.objects.get_or_create(
        client_id=announcement.client_id,
        institution=announcement.institution,
        defaults={
            name: getattr(announcement, name)
            for name in ("kind", "text_nl", "text_en", "starts_at", "ends_at")
        },
    )
    if is_new:
        _record(kept, "made", by=by, at=at)
    return kept


@transaction.atomic
def change_announcement(announcement: Announcement, *, by: User, at: datetime) -> None:
    """Keep a changed message of the day; who sent it away reads it again."""
    known = Announcement.objects.select_for_update().get(pk=announcement.pk)
    announcement.version = known.version + 1
    announcement.save()
    _record(announcement, "changed", by=by, at=at)


@transaction.atomic
def remove_announcement(announcement: Announcement, *, by: User, at: datetime) -> None:
    """Take a message of the day away."""
    _record(announcement, "removed", by=by, at=at)
    announcement.delete()


@transaction.atomic
def set_maintenance(
    institution: Institution,
    *,
    is_on: bool,
    until: datetime | None,
    by: User | None,
    at: datetime,
) -> None:
    """Close an institution for everybody but its functional administrators, or open it again."""
    kept = Institution.objects.select_for_update().get(pk=institution.pk)
    kept.maintenance_since = (kept.maintenance_since or at) if is_on else None
    kept.maintenance_until = until if is_on else None
    kept.save(update_fields=["maintenance_since", "maintenance_until"])
    record(
        Kind.SETTINGS_CHANGED,
        at=at,
        actor=by.pk if by else None,
        institution=kept.pk,
        subject=f"institution:{kept.pk}",
        maintenance=is_on,
        until=kept.maintenance_until.isoformat() if kept.maintenance_until else None,
    )


def _record(announcement: Announcement, what: str, *, by: User, at: datetime) -> None:
    record(
        Kind.SETTINGS_CHANGED,
        at=at,
        actor=by.pk,
        institution=announcement.institution_id,
        subject=f"announcement:{announcement.pk}",
        what=what,
        kind_of_message=announcement.kind,
    )
