"""Until when things are kept, in plain Python."""

import calendar
from datetime import date, timedelta

#: What somebody deleted can be brought back for so long.
DELETED_FOR = timedelta(days=30)


def months_later(day: date, months: int) -> date:
    """Return the same day so many months later, or the last day of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def kept_until(ended_on: date, months: int) -> date:
    """Return the last day on which something is kept that ended on a day."""
    return months_later(ended_on, months)


def told_on(ended_on: date, months: int, notice_days: int) -> date:
    """Return the day on which whose it is hears that it will not be kept any longer."""
    return kept_until(ended_on, months) - timedelta(days=notice_days)


def goes_on(ended_on: date, months: int, notice_days: int, told: date | None) -> date:
    """Return the first day on which it goes.

    The day after it was kept long enough; never earlier than the days of notice after telling,
    also where an institution chose a shorter time since.
    """
    earliest = (told + timedelta(days=notice_days)) if told else date.min
    return max(kept_until(ended_on, months) + timedelta(days=1), earliest)
