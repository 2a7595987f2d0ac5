"""Adding to the record, sealing what was added, and removing what was kept long enough."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from stageapp.audit import queries
from stageapp.audit.models import AuditChain, AuditEntry, Kind

#: So many entries are sealed in one transaction.
BATCH = 500


def record(kind: Kind, *, at: datetime, **facts: Any) -> None:
    """Add what somebody did. Call it in the transaction that does it: both are kept, or neither.

    The facts are those of `entry_of`.
    """
    entry_of(kind, at=at, **facts).save()


def record_all(entries: Sequence[AuditEntry]) -> None:
    """Add many things at once, as `record` does one."""
    AuditEntry.objects.bulk_create(entries)


def entry_of(
    kind: Kind,
    *,
    at: datetime,
    actor: int | None = None,
    institution: int | None = None,
    subject: str = "",
    **details: str | int | bool | None,
) -> AuditEntry:
    """Return an entry to add.

    Arguments: the keys of who did it and in which institution, and what it was done to, such as
    "person:12". The details are keys, figures and settings; never a name or what somebody wrote.
    """
    return AuditEntry(
        happened_at=at,
        kind=kind,
        actor_key=actor,
        institution_key=institution,
        subject=subject,
        details=details,
    )


def seal() -> int:
    """Give everything new its place in the chain; return how many entries that were.

    Not while adding: then all who do something would wait for each other.
    """
    sealed = 0
    while AuditEntry.objects.filter(sequence=None).exists():
        sealed += _seal_some()
    return sealed


@transaction.atomic
def _seal_some() -> int:
    chain, key = _locked_chain(), queries.sealing_key()
    waiting = list(AuditEntry.objects.filter(sequence=None).order_by("pk")[:BATCH])
    for entry in waiting:
        chain.last += 1
        entry.digest = queries.entry_digest(entry, chain.last, chain.last_digest, key)
        entry.sequence, chain.last_digest = chain.last, entry.digest
    AuditEntry.objects.bulk_update(waiting, ["sequence", "digest"])
    chain.save()
    return len(waiting)


@transaction.atomic
def shorten(*, at: datetime, keep: timedelta) -> int:
    """Remove the beginning of the record, as far as it is older than it is kept.

    Returns how many entries went. The chain then begins later, and an entry tells of it.
    """
    sealed = AuditEntry.objects.exclude(sequence=None).order_by("sequence")
    oldest = sealed.first()
    if oldest is None or oldest.happened_at >= at - keep:
        return 0
    chain = _locked_chain()
    kept = sealed.filter(happened_at__gte=at - keep).first()
    first = kept.sequence if kept and kept.sequence else chain.last + 1
    if first == chain.first:
        return 0
    last_removed = AuditEntry.objects.get(sequence=first - 1)
    chain.first, chain.before_first = first, last_removed.digest
    removed, _ = AuditEntry.objects.filter(sequence__lt=first).delete()
    chain.save()
    record(Kind.RECORD_SHORTENED, at=at, removed=removed, first=first)
    return removed


def _locked_chain() -> AuditChain:
    AuditChain.objects.get_or_create(pk=1)
    return AuditChain.objects.select_for_update().get(pk=1)
