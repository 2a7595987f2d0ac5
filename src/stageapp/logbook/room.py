"""How many bytes of files somebody may keep in all, and how many of them are left.

Counted where the rows are, with the person locked: of two uploads at the same moment the second
one sees the first. What was deleted counts as long as it can be brought back.
"""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet, Sum
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from stageapp.accounts.models import User
from stageapp.logbook.models import Evidence


def evidence_files_of(student: User) -> QuerySet[Evidence]:
    """Return all files of a student, of every placement, deleted ones included."""
    return Evidence.objects.filter(placement__student=student, kind=Evidence.Kind.FILE)


def room_in(rows: QuerySet[Any], most: int) -> int:
    """Return how many bytes can still be kept beside the files of these rows."""
    used: int = rows.aggregate(used=Sum("size"))["used"] or 0
    return max(most - used, 0)


def check_room(
    person: User, rows: QuerySet[Any], new: Sequence[int], *, most: int, field: str
) -> None:
    """Refuse new files that do not fit, of so many bytes each; call it in a transaction.

    Raises ValidationError at the field, with how much is left.
    """
    if not new:
        return
    # Rows that point at the person can go on being made; only this is one at a time.
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    left = room_in(rows, most)
    if sum(new) > left:
        text = _(
            "There is no room for this: it is %(size)s, and %(left)s of your %(most)s is left."
        ) % {
            "size": filesizeformat(sum(new)),
            "left": filesizeformat(left),
            "most": filesizeformat(most),
        }
        raise ValidationError({field: text})


def room_in_words(rows: QuerySet[Any], most: int) -> str:
    """Say how much room is left, where files are chosen."""
    left = room_in(rows, most)
    return _("You have room for %(left)s more, of %(most)s in all.") % {
        "left": filesizeformat(left),
        "most": filesizeformat(most),
    }
