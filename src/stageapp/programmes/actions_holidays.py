"""What functional administrators do with the holidays of their institution."""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from stageapp.accounts.models import User
from stageapp.audit.actions import record
from stageapp.audit.models import Kind
from stageapp.programmes.models import Holiday, Institution
from stageapp.programmes.rules_holidays import Days

#: Pages that count working days look at all of them.
MOST_HOLIDAYS = 500


@transaction.atomic
def add_holidays(
    institution: Institution, wanted: Iterable[Days], *, by: User, at: datetime
) -> int:
    """Keep holidays that are not there yet; return how many came.

    The same days are there once, whatever they are called. Raises ValidationError when there would
    be too many.
    """
    Institution.objects.select_for_update().get(pk=institution.pk)
    known = set(institution.holidays.values_list("starts_on", "ends_on"))
    fresh: dict[tuple[date, date], Days] = {}
    for one in wanted:
        if (one.first, one.last) not in known:
            fresh.setdefault((one.first, one.last), one)
    if len(known) + len(fresh) > MOST_HOLIDAYS:
        text = _("An institution has at most %(most)d holidays. Remove old ones first.")
        raise ValidationError(text % {"most": MOST_HOLIDAYS})
    Holiday.objects.bulk_create(
        Holiday(
            institution=institution,
            name_nl=one.nl,
            name_en=one.en,
            starts_on=one.first,
            ends_on=one.last,
        )
        for one in fresh.values()
    )
    if fresh:
        _record(institution, by=by, at=at, holidays="added", number=len(fresh))
    return len(fresh)


@transaction.atomic
def remove_holiday(holiday: Holiday, *, by: User, at: datetime) -> None:
    """Let people work on these days."""
    gone, _each = Holiday.objects.filter(pk=holiday.pk).delete()
    if gone:
        _record(
            holiday.institution,
            by=by,
            at=at,
            holidays="removed",
            first=holiday.starts_on.isoformat(),
            last=holiday.ends_on.isoformat(),
        )


def _record(institution: Institution, *, by: User, at: datetime, **details: str | int) -> None:
    record(
        Kind.SETTINGS_CHANGED,
        at=at,
        actor=by.pk,
        institution=institution.pk,
        subject=f"institution:{institution.pk}",
        **details,
    )
