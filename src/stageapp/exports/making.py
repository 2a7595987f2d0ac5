"""Making files in the background: a row is the task, claimed the way mails are.

A worker that dies leaves its row free for another one; the claim is renewed while the work goes on.
"""

import logging
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from time import monotonic
from typing import BinaryIO, TypeVar, cast
from uuid import UUID

from django.core.files import File
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import override

from stageapp.exports.documents import Progress
from stageapp.exports.models import MadeFile

#: A claim older than this was left by a worker that died.
LEASE = timedelta(minutes=10)
MOST_ATTEMPTS = 3
#: Bytes of a file that stay in memory while it is made.
IN_MEMORY = 5 * 1024 * 1024
#: Progress is told when it grew by so many percents.
STEP = 4

Row = TypeVar("Row", bound=MadeFile)

log = logging.getLogger(__name__)


def waiting(model: type[Row], at: datetime) -> QuerySet[Row]:
    """Return what has to be made and is in nobody's hands."""
    return model._default_manager.filter(
        Q(claimed_at=None) | Q(claimed_at__lt=at - LEASE),
        ready_at=None,
        failed_at=None,
        attempts__lt=MOST_ATTEMPTS,
    )


def was_claimed(model: type[Row], key: UUID, at: datetime) -> bool:
    """Take one row, unless another worker has it: a single conditional UPDATE decides."""
    taken = waiting(model, at).filter(pk=key)
    return bool(taken.update(claimed_at=at, attempts=F("attempts") + 1))


def make_all(
    model: type[Row],
    make_one: Callable[[UUID, datetime], bool],
    *,
    at: datetime,
    is_stopping: Callable[[], bool],
) -> int:
    """Make every file that waits; return how many are ready. One that fails stops no other."""
    begun, made = monotonic(), 0
    for key in waiting(model, at).order_by("asked_at").values_list("pk", flat=True)[:50]:
        if is_stopping():
            break
        now = at + timedelta(seconds=monotonic() - begun)
        made += was_claimed(model, key, now) and make_one(key, now)
    return made


class _ClaimLost(Exception):  # noqa: N818 -- what happened
    """Another worker took over, because this one was silent for too long."""


def make(
    row: MadeFile, write: Callable[[BinaryIO, Progress], str], *, zone: tzinfo, at: datetime
) -> bool:
    """Make the file of a claimed row; return whether it is ready.

    `write` fills the file and returns its name, in the language and the time zone of the reader.
    """
    try:
        with (
            override(row.language),
            timezone.override(zone),
            tempfile.SpooledTemporaryFile(IN_MEMORY) as made,
        ):
            file = cast("BinaryIO", made)
            row.name = write(file, _teller(row, at))
            file.seek(0, 2)
            row.size = file.tell()
            file.seek(0)
            row.file.save(row.name, File(file), save=False)
    except _ClaimLost:
        return False
    except Exception:  # whatever is wrong with one file, the others are made
        log.exception("making %s failed", row.pk)
        failed_at = at if row.attempts >= MOST_ATTEMPTS else None
        _own_claim(row).update(claimed_at=None, failed_at=failed_at)
        return False
    row.ready_at, row.progress = at, 100
    kept = _own_claim(row).update(
        name=row.name, file=row.file.name, size=row.size, ready_at=at, progress=100
    )
    if not kept:
        row.file.delete(save=False)
    return bool(kept)


def _own_claim(row: MadeFile) -> QuerySet[MadeFile]:
    return type(row)._default_manager.filter(pk=row.pk, claimed_at=row.claimed_at)


def _teller(row: MadeFile, at: datetime) -> Progress:
    """Return what keeps the progress and renews the claim while the work goes on."""
    begun = monotonic()

    def tell(percent: int) -> None:
        if percent < row.progress + STEP:
            return
        now = at + timedelta(seconds=monotonic() - begun)
        if not _own_claim(row).update(progress=percent, claimed_at=now):
            raise _ClaimLost
        row.progress, row.claimed_at = percent, now

    return tell
