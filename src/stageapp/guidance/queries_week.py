"""The week of a teacher: moments, who is expected, talks, leave, holidays. Nothing writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.formats import time_format

from stageapp.accounts.models import User
from stageapp.guidance.queries_attention import AttentionRow, attention_list
from stageapp.guidance.rules import SATURDAY
from stageapp.placements.access import leaves_of, moments_of
from stageapp.placements.models import FixedMoment, TeacherLeave
from stageapp.placements.queries_teachers import institutions_of
from stageapp.planning.models import Appointment
from stageapp.planning.queries import talks_between
from stageapp.planning.rules import monday_of, week_days, week_name, week_of
from stageapp.programmes.models import Holiday


@dataclass(frozen=True)
class PlannedMoment:
    """A fixed moment on a day, with whom it is for."""

    moment: FixedMoment
    #: Those who wait for the teacher first.
    expected: list[AttentionRow]
    is_for_all: bool
    overlaps: bool

    @property
    def waiting(self) -> list[AttentionRow]:
        """Those who wait for the teacher."""
        return [row for row in self.expected if row.facts.waiting_since]

    @property
    def named(self) -> list[AttentionRow]:
        """Whom the plan names: all of a chosen few; of everybody only who waits."""
        return self.waiting if self.is_for_all else self.expected


@dataclass(frozen=True)
class PlannedDay:
    """A day of the week plan."""

    date: date
    is_today: bool
    moments: list[PlannedMoment]
    #: What was agreed with students, the first first.
    talks: list[Appointment]
    leave: TeacherLeave | None
    holiday: Holiday | None

    @property
    def is_free_weekend(self) -> bool:
        """A Saturday or Sunday with nothing to tell, which the plan leaves out."""
        is_empty = not (self.moments or self.talks or self.leave or self.holiday or self.is_today)
        return is_empty and self.date.weekday() >= SATURDAY


@dataclass(frozen=True)
class Week:
    """A week of a teacher, and the way to those beside it."""

    days: list[PlannedDay]
    before: str
    after: str
    has_moments: bool
    has_overlap: bool

    @property
    def first(self) -> date:
        """Monday."""
        return self.days[0].date

    @property
    def last(self) -> date:
        """Sunday."""
        return self.days[-1].date

    @property
    def shown(self) -> list[PlannedDay]:
        """The days of the plan."""
        return [day for day in self.days if not day.is_free_weekend]


def week_plan(teacher: User, asked: str, at: datetime) -> Week:
    """Return the week that an address names, or the one of now, in a fixed number of queries."""
    today = timezone.localdate(at)
    monday = week_of(asked) or monday_of(today)
    dates = week_days(monday)
    moments = list(moments_of(teacher).prefetch_related("placements"))
    rows = attention_list(teacher, at) if moments else []
    leaves = list(leaves_of(teacher).filter(starts_on__lte=dates[-1], ends_on__gte=dates[0]))
    holidays = list(
        Holiday.objects.filter(
            institution__in=institutions_of(teacher),
            starts_on__lte=dates[-1],
            ends_on__gte=dates[0],
        )
    )
    overlapping = overlapping_keys(moments)
    talks = talks_between(teacher, dates[0], dates[-1])
    days = [
        PlannedDay(
            date=day,
            is_today=day == today,
            moments=[
                _planned(moment, rows, day, overlaps=moment.pk in overlapping)
                for moment in moments
                if moment.weekday == day.isoweekday()
            ],
            talks=talks.get(day, []),
            leave=next((row for row in leaves if row.starts_on <= day <= row.ends_on), None),
            holiday=next((row for row in holidays if row.starts_on <= day <= row.ends_on), None),
        )
        for day in dates
    ]
    return Week(
        days=days,
        before=week_name(date.fromordinal(monday.toordinal() - 7)),
        after=week_name(date.fromordinal(monday.toordinal() + 7)),
        has_moments=bool(moments),
        has_overlap=bool(overlapping),
    )


def overlapping_keys(moments: Sequence[FixedMoment]) -> set[int]:
    """Return which moments share time with another one of the same day."""
    return {
        one.pk
        for one in moments
        for other in moments
        if one.pk != other.pk
        and one.weekday == other.weekday
        and one.starts < other.ends
        and other.starts < one.ends
    }


def moments_text(teacher: User) -> str:
    """Write the moments that are for everybody, a line each, as a working agreement has them."""
    return "\n".join(moment_line(moment) for moment in moments_of(teacher).filter(placements=None))


def moment_line(moment: FixedMoment) -> str:
    """Write one moment: the day, from when until when, where and what for."""
    times = f"{time_format(moment.starts, 'H:i')}–{time_format(moment.ends, 'H:i')}"
    day = str(WEEKDAYS[moment.weekday - 1])
    return ", ".join(filter(None, [f"{day} {times}", moment.place, moment.note]))


def _planned(
    moment: FixedMoment, rows: Sequence[AttentionRow], day: date, *, overlaps: bool
) -> PlannedMoment:
    chosen = {placement.pk for placement in moment.placements.all()}
    expected = [
        row
        for row in rows
        if row.placement.is_current
        and row.placement.covers(day)
        and (row.placement.pk in chosen if chosen else row.facts.is_main)
    ]
    expected.sort(key=lambda row: row.facts.waiting_since is None)
    return PlannedMoment(moment, expected, not chosen, overlaps)
