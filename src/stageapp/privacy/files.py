"""Removing files, which know no transactions: what nothing names any more is written down first."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import Model, QuerySet

from stageapp.placements.models import Placement
from stageapp.privacy.models import DiscardedFile
from stageapp.privacy.register import FILES

#: So many in one round of the worker.
A_ROUND = 200


def discard(rows: QuerySet[Any], columns: Iterable[str], *, at: datetime) -> None:
    """Let the files that these rows name go, in the transaction in which the rows go."""
    names = {name for found in rows.values_list(*columns) for name in found if name}
    DiscardedFile.objects.bulk_create(
        [DiscardedFile(name=name, discarded_at=at) for name in sorted(names)],
        ignore_conflicts=True,
    )


def discard_all_of(placement: Placement, *, at: datetime) -> None:
    """Let every file of a placement go."""
    for model, columns, path in FILES:
        discard(_rows(model, path, placement), columns, at=at)


def remove_discarded() -> int:
    """Remove files that were let go from the store; return how many.

    A file that is gone already is no problem: a worker may have stopped between the two.
    """
    rows = list(DiscardedFile.objects.order_by("pk")[:A_ROUND])
    for row in rows:
        default_storage.delete(row.name)
        row.delete()
    return len(rows)


def _rows(model: type[Model], path: str, placement: Placement) -> QuerySet[Any]:
    return model._default_manager.filter(**{path: placement})
