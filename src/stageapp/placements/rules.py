"""The clock of a placement, and which teacher to suggest for it, in plain Python."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

#: Longest time between the first and the last day of a placement.
LONGEST = timedelta(days=731)


@dataclass(frozen=True)
class Period:
    """First and last day of a placement, and the spans (both ends included) when it stood still."""

    starts_on: date
    ends_on: date
    pauses: tuple[tuple[date, date], ...] = ()

    def running_days(self, until: date) -> int:
        """Return the days from the start up to `until` (not included) that were no pause.

        The design counts days since the start: on the first day that is 0.
        """
        if until <= self.starts_on:
            return 0
        paused: set[date] = set()
        for first, last in self.pauses:
            day = max(first, self.starts_on)
            while day <= last and day < until:
                paused.add(day)
                day += timedelta(days=1)
        return (until - self.starts_on).days - len(paused)

    def progress(self, today: date) -> int:
        """Return how far the placement is, in whole percents from 0 to 100.

        `days since start / days of the period` (design, Rules): 0 before the start, 100 from the
        last day on; days of pause count in neither number.
        """
        if today >= self.ends_on:
            return 100
        total = self.running_days(self.ends_on)
        if total <= 0:
            return 0
        return self.running_days(today) * 100 // total

    def has_started(self, today: date) -> bool:
        """Return whether the first day has come."""
        return self.starts_on <= today

    def has_ended(self, today: date) -> bool:
        """Return whether the last day is over."""
        return self.ends_on < today


def working_weekdays(chosen: str, days_per_week: int) -> frozenset[int]:
    """Return the ISO weekdays of work: those chosen, else the first ones from Monday on."""
    if chosen:
        return frozenset(map(int, chosen))
    return frozenset(range(1, days_per_week + 1))


def is_too_long(starts_on: date, ends_on: date) -> bool:
    """Return whether a placement would take more than two years."""
    return ends_on - starts_on > LONGEST


#: Four digits of which the first is no zero, two letters; SA, SD and SS are never given out.
_DUTCH_POSTAL_CODE = re.compile(r"([1-9]\d{3})\s*((?!SA|SD|SS)[A-Z]{2})", re.ASCII)
_FOREIGN_POSTAL_CODE = re.compile(r"[0-9A-Z]{3,10}", re.ASCII)


def postal_code(text: str, country: str) -> str | None:
    """Return a postal code as it is written, or None when it can be none in that country.

    The Dutch form is checked and written as `1234 AB`; elsewhere three to ten letters and digits
    pass, spaces and hyphens aside.
    """
    text = text.strip().upper()
    if country == "NL":
        found = _DUTCH_POSTAL_CODE.fullmatch(text)
        return f"{found[1]} {found[2]}" if found else None
    bare = text.replace(" ", "").replace("-", "")
    return text if _FOREIGN_POSTAL_CODE.fullmatch(bare) else None


@dataclass(frozen=True)
class Load:
    """How many students a teacher guides now: in one cohort, and in all."""

    in_cohort: int = 0
    in_all: int = 0


@dataclass(frozen=True)
class Suggested:
    """A teacher for a student: one they had before, or who has the fewest of the cohort.

    `load` is what that teacher has before this student, with those that were suggested above.
    """

    teacher: int
    load: Load
    was_teacher: bool


def suggested(
    students: Iterable[int], before: Mapping[int, int], loads: Mapping[int, Load]
) -> dict[int, Suggested]:
    """Return a teacher for each of these students, by their keys, where there is any to suggest.

    `before` says which teacher a student had, `loads` what each teacher who can be chosen has, in
    the order to choose by where the numbers are the same. Each suggestion counts for the next
    ones, so that not all of them go to the same teacher.
    """
    counted, found = dict(loads), {}
    for student in students:
        had = before.get(student)
        is_known = had is not None and had in counted
        teacher = had if is_known else _fewest(counted)
        if teacher is None:
            break
        load = counted[teacher]
        found[student] = Suggested(teacher, load, is_known)
        counted[teacher] = replace(load, in_cohort=load.in_cohort + 1, in_all=load.in_all + 1)
    return found


def _fewest(loads: Mapping[int, Load]) -> int | None:
    return min(loads, key=lambda key: (loads[key].in_cohort, loads[key].in_all), default=None)
