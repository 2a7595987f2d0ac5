"""When news that comes together is sent, and when a mail is given up. Plain Python."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

DAYS_A_WEEK = 7
#: After so many attempts a mail is given up; its row says why.
MOST_ATTEMPTS = 8


def next_daily(hour: int, zone: tzinfo, after: datetime) -> datetime:
    """Return the first moment after another at which the clock of a zone shows a full hour.

    An hour that the clock skips in spring comes an hour later; one that it shows twice in autumn
    counts the first time.
    """
    today = after.astimezone(zone).date()
    return _first((today + timedelta(days=days) for days in range(2)), hour, zone, after)


def next_weekly(weekday: int, hour: int, zone: tzinfo, after: datetime) -> datetime:
    """Return the first moment after another that is this hour of a day of the week, 0 for Monday.

    For the hours that the clock skips or repeats, see `next_daily`.
    """
    today = after.astimezone(zone).date()
    this_week = today + timedelta(days=weekday - today.weekday())
    days = (this_week + timedelta(days=DAYS_A_WEEK * weeks) for weeks in range(2))
    return _first(days, hour, zone, after)


def _first(days: Iterable[date], hour: int, zone: tzinfo, after: datetime) -> datetime:
    moments = (datetime.combine(day, time(hour), zone).astimezone(UTC) for day in days)
    return next(moment for moment in moments if moment > after)
