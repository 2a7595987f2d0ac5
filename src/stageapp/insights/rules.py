"""Which days are looked at, in plain Python."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from stageapp.facts import ALWAYS, Window, last_days, month_of
from stageapp.planning.rules import monday_of, month_beside
from stageapp.planning.rules import month_of as month_in_address

#: The name of the whole period in an address.
ALL = "all"
#: So many last days can be looked at.
LAST_DAYS = (28, 7)
#: A drawing has no more weeks than two years; the sums and the tables of rows have everything.
MOST_DAYS = 7 * 106
#: So many months can be chosen, the newest ones.
MOST_MONTHS = 24


@dataclass(frozen=True)
class Period:
    """What a student wants to look at, by its name in the address: `all`, `28` or `2026-03`."""

    name: str = ALL
    window: Window = ALWAYS

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        return self.name == ALL

    @property
    def days(self) -> int | None:
        """How many last days it is, or None where it is something else."""
        return int(self.name) if self.name.isdigit() else None


@dataclass(frozen=True)
class Span:
    """The days that a drawing has, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> list[date]:
        """All of its days."""
        count = (self.last - self.first).days + 1
        return [self.first + timedelta(days=number) for number in range(count)]

    @property
    def mondays(self) -> list[date]:
        """The first day of each of its weeks."""
        first = monday_of(self.first)
        return [first + timedelta(days=number) for number in range(0, self._reach, 7)]

    @property
    def _reach(self) -> int:
        return (self.last - monday_of(self.first)).days + 1


def period_of(name: str, today: date) -> Period:
    """Return the period of an address; the whole one where the address makes no sense."""
    if name in map(str, LAST_DAYS):
        return Period(name, last_days(int(name), today))
    month = month_in_address(name)
    return Period(name, month_of(date(*month, 1))) if month else Period()


def span_of(
    window: Window, logged: Collection[date], *, starts_on: date, ends_on: date, today: date
) -> Span:
    """Return the days to draw: those of the window from the start, or the first thing logged, on.

    Days that are still to come are left out, unless something is logged there.
    """
    earliest = min([starts_on, *logged])
    latest = max([min(today, ends_on), *logged])
    first = max(window.first or earliest, earliest)
    last = min(window.last or latest, latest)
    first = max(min(first, last), last - timedelta(days=MOST_DAYS - 1))
    return Span(first, last)


def months_between(first: date, last: date) -> list[date]:
    """Return the first day of each month that these days touch, the newest first."""
    months = [last.replace(day=1)]
    while months[-1] > first and len(months) < MOST_MONTHS:
        months.append(month_beside(months[-1].year, months[-1].month, -1))
    return [month for month in months if month >= first.replace(day=1)]
