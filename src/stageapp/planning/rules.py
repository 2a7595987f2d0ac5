"""Months, weeks and planned hours, in plain Python."""

import re
from calendar import Calendar
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

MINUTES_AN_HOUR = 60
DAYS_A_WEEK = 7
#: Weeks start on Monday, as ISO 8601 has it.
_CALENDAR = Calendar(firstweekday=0)
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_WEEK = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)
#: Outside these years a neighbour month would not exist, and nobody is on placement.
YEARS = range(1990, 2200)


@dataclass(frozen=True)
class Workweek:
    """When somebody is expected at work.

    `weekdays` are ISO numbers, 1 for Monday; `hours_per_day` are hours with decimals; spans have
    both ends included.
    """

    starts_on: date
    ends_on: date
    weekdays: Collection[int]
    hours_per_day: Decimal
    free: tuple[tuple[date, date], ...] = ()

    def planned_minutes(self, day: date) -> int:
        """Return the minutes planned for a day: none outside the placement or when free."""
        if not self.starts_on <= day <= self.ends_on or day.isoweekday() not in self.weekdays:
            return 0
        if any(first <= day <= last for first, last in self.free):
            return 0
        return round(self.hours_per_day * MINUTES_AN_HOUR)

    def planned_over(self, days: Iterable[date]) -> int:
        """Return the minutes planned for several days together."""
        return sum(map(self.planned_minutes, days))


def month_of(text: str) -> tuple[int, int] | None:
    """Return year and month of `2026-11`, or None for anything else."""
    found = _MONTH.fullmatch(text)
    if not found:
        return None
    year, month = int(found[1]), int(found[2])
    return (year, month) if year in YEARS and 1 <= month <= 12 else None  # noqa: PLR2004 -- months


def week_of(text: str) -> date | None:
    """Return the Monday of the ISO week `2026-W48`, or None for anything else."""
    found = _WEEK.fullmatch(text)
    if not found or int(found[1]) not in YEARS:
        return None
    try:
        return date.fromisocalendar(int(found[1]), int(found[2]), 1)
    except ValueError:
        return None


def month_weeks(year: int, month: int) -> list[list[date]]:
    """Return the weeks that a month touches, each from Monday to Sunday."""
    return _CALENDAR.monthdatescalendar(year, month)


def week_days(monday: date) -> list[date]:
    """Return the seven days of a week."""
    return [monday + timedelta(days=number) for number in range(DAYS_A_WEEK)]


def monday_of(day: date) -> date:
    """Return the first day of the ISO week of a day."""
    return day - timedelta(days=day.weekday())


def week_name(day: date) -> str:
    """Return the ISO week of a day as it stands in an address: `2026-W48`."""
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02}"


def month_beside(year: int, month: int, step: int) -> date:
    """Return the first day of the month before (-1) or after (1)."""
    number = year * 12 + month - 1 + step
    return date(number // 12, number % 12 + 1, 1)
