"""The week sheet: what a workplace confirms, a week at a time."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.translation import gettext as _

from stageapp.core.days import weekday_and_day
from stageapp.core.durations import clock_text
from stageapp.exports.content import (
    MINUTES_AN_HOUR,
    document_of,
    placement_facts,
    span,
    week_name,
)
from stageapp.exports.documents import (
    Block,
    Document,
    Fact,
    Facts,
    Heading,
    Paragraph,
    Table,
    Together,
)
from stageapp.logbook.rules import TOLERANCE_MINUTES, worked_days
from stageapp.placements.models import Placement
from stageapp.planning import rules
from stageapp.planning.queries import workweek_of
from stageapp.programmes.models import Holiday
from stageapp.programmes.queries import logs_hours


@dataclass(frozen=True)
class WeekSheet:
    """Which days a week sheet covers, and how much of them it tells."""

    first: date
    last: date
    #: Whether reasons of absence stand in it.
    with_reasons: bool = False
    #: Whether what the student wrote stays out: who signs for hours need not read it.
    hours_only: bool = False


@dataclass
class _Told:
    """What is known of the days of a week sheet."""

    placement: Placement
    wanted: WeekSheet
    workweek: rules.Workweek
    #: Whether the programme asks for durations at all.
    has_hours: bool
    minutes: dict[date, int] = field(default_factory=dict)
    work: dict[date, list[Fact]] = field(default_factory=dict)
    #: Why nobody was expected: absence, or a holiday of the institution.
    free: dict[date, str] = field(default_factory=dict)

    def days_of(self, monday: date) -> list[date]:
        """Return the chosen days of a week."""
        first, last = self.wanted.first, self.wanted.last
        return [day for day in rules.week_days(monday) if first <= day <= last]

    def listed(self, days: list[date]) -> list[date]:
        """Return the days that get a line: those of the workweek, and others with work."""
        own = self.workweek.weekdays
        return [day for day in days if day in self.work or day.isoweekday() in own] or days

    def worked(self, days: list[date]) -> int:
        """Return how many days count as worked (design, Days worked)."""
        of_days = {day: self.minutes[day] for day in days if day in self.minutes}
        return worked_days(of_days, self.workweek.hours_per_day)

    def hours(self, days: list[date]) -> str:
        """Return the hours of some days together."""
        return clock_text(sum(self.minutes.get(day, 0) for day in days))


def week_sheet(placement: Placement, wanted: WeekSheet, *, language: str) -> Document:
    """Return each ISO week with its days, total and room to confirm, and the total of all.

    A week stays on one page where it fits, so that one signature stands with what it is for.
    """
    told = _told(placement, wanted)
    mondays = list(_mondays(wanted))
    period = Fact(_("Period of this sheet"), span(wanted.first, wanted.last))
    blocks: list[Block] = [Facts([*placement_facts(placement), period])]
    blocks += [Together(_week(told, monday)) for monday in mondays]
    if told.has_hours:
        blocks.append(Together(_totals(told, mondays)))
    title = _("Timesheet") if wanted.hours_only else _("Week sheet")
    return document_of(title, placement, blocks, language)


def _told(placement: Placement, wanted: WeekSheet) -> _Told:
    told = _Told(placement, wanted, workweek_of(placement), logs_hours(placement.cohort))
    own = placement.activities.filter(deleted_at=None, date__range=(wanted.first, wanted.last))
    rows = own.order_by("date", "id").values_list("date", "description", "minutes")
    for day, description, spent in rows.iterator():
        told.minutes[day] = told.minutes.get(day, 0) + (spent or 0)
        work = told.work.setdefault(day, [])
        if not wanted.hours_only:
            work.append(Fact("", f"– {description}"))
    _add_free(told)
    return told


def _add_free(told: _Told) -> None:
    wanted = told.wanted
    for holiday in Holiday.objects.filter(
        institution=told.placement.cohort.programme.institution,
        starts_on__lte=wanted.last,
        ends_on__gte=wanted.first,
    ):
        for day in _days(holiday.starts_on, holiday.ends_on, wanted):
            told.free[day] = holiday.name
    for absence in told.placement.interruptions.all():
        reason = absence.get_kind_display().capitalize()
        if wanted.with_reasons and absence.reason:
            reason = f"{reason}: {absence.reason}"
        for day in _days(absence.starts_on, absence.ends_on, wanted):
            told.free[day] = reason if wanted.with_reasons else _("Absent")


def _days(first: date, last: date, wanted: WeekSheet) -> Iterator[date]:
    day = max(first, wanted.first)
    while day <= min(last, wanted.last):
        yield day
        day += timedelta(days=1)


def _mondays(wanted: WeekSheet) -> Iterator[date]:
    monday = rules.monday_of(wanted.first)
    while monday <= wanted.last:
        yield monday
        monday += timedelta(weeks=1)


def _week(told: _Told, monday: date) -> list[Block]:
    days = told.days_of(monday)
    middle = _("Absence or remarks") if told.wanted.hours_only else _("Work")
    table = Table(
        [_("Day"), middle, _("Hours")],
        [_line(told, day) for day in told.listed(days)],
        [20, 66, 14],
        summary=week_name(monday),
        footer=_week_total(told, days) if told.has_hours else (),
    )
    return [Heading(week_name(monday), 1), table, *_confirmation(told.placement)]


def _line(told: _Told, day: date) -> list[list[Fact]]:
    minutes = told.minutes.get(day)
    return [
        [Fact("", weekday_and_day(day))],
        _of_day(told, day),
        [Fact("", clock_text(minutes) if minutes else "")],
    ]


def _of_day(told: _Told, day: date) -> list[Fact]:
    """Return why nobody was expected, and the work: somebody may be ill half a day."""
    free = [Fact("", told.free[day])] if day in told.free else []
    told_of_day = [*free, *told.work.get(day, [])]
    return told_of_day or [Fact("", "" if told.wanted.hours_only else "–")]


def _week_total(told: _Told, days: list[date]) -> list[str]:
    worked = _("Days worked: %(days)d") % {"days": told.worked(days)}
    if planned := told.workweek.planned_over(days):
        worked += " · " + _("hours planned: %(hours)s") % {"hours": clock_text(planned)}
    return [_("Total"), worked, told.hours(days)]


def _confirmation(placement: Placement) -> list[Block]:
    """Return room in which the workplace confirms one week."""
    room = [Fact("", "\n\n\n")]
    return [
        Paragraph(_("Confirmation by the workplace: these days and hours are right.")),
        Table(
            [_("Name"), _("Date"), _("Signature"), _("Remarks")],
            [[[Fact("", placement.supervisor_name)], room, room, room]],
            [25, 15, 30, 30],
            summary=_("Room for confirmation and signature"),
        ),
    ]


def _totals(told: _Told, mondays: list[date]) -> list[Block]:
    rows, every = [], []
    for monday in mondays:
        days = told.days_of(monday)
        every += days
        cells = (week_name(monday), str(told.worked(days)), told.hours(days))
        rows.append([[Fact("", cell)] for cell in cells])
    footer = [_("Total"), str(told.worked(every)), told.hours(every)]
    heading = _("Total of %(span)s") % {"span": span(told.wanted.first, told.wanted.last)}
    header = [_("Week"), _("Days worked"), _("Hours")]
    return [
        Heading(heading, 1),
        Table(header, rows, [60, 22, 18], summary=heading, footer=footer),
        Paragraph(_rule(told.placement)),
    ]


def _rule(placement: Placement) -> str:
    least = round(placement.hours_per_day * MINUTES_AN_HOUR) - TOLERANCE_MINUTES
    return _("A day counts as worked from %(hours)s hours on.") % {"hours": clock_text(least)}
