"""Questions about what is planned. Nothing here writes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.logbook.access import activities_of
from stageapp.logbook.models import Activity
from stageapp.placements.models import Interruption, Placement
from stageapp.planning import access, rules
from stageapp.planning.models import Appointment, Deadline
from stageapp.programmes.models import CohortDeadline, Holiday
from stageapp.programmes.queries import logs_hours

#: So many coming dates stand below the calendar.
MOST_COMING = 20
TALKS_A_PAGE = 20
#: More talks than this nobody has ahead.
MOST_TALKS = 60
#: So many activities of one day stand in the calendar; the logbook has the others.
MOST_A_DAY = 20


@dataclass(frozen=True)
class Due:
    """A deadline: the student's own, or one of the programme."""

    key: str
    title: str
    on: date
    at: time | None
    own: Deadline | None = None

    @property
    def is_done(self) -> bool:
        """Whether the student ticked it off."""
        return bool(self.own and self.own.done_at)


@dataclass
class CalendarDay:
    """One day, with everything about it."""

    date: date
    is_today: bool = False
    is_in_period: bool = True
    planned_minutes: int = 0
    activities: list[Activity] = field(default_factory=list)
    deadlines: list[Due] = field(default_factory=list)
    appointments: list[Appointment] = field(default_factory=list)
    absence: Interruption | None = None
    holiday: Holiday | None = None

    @property
    def minutes(self) -> int:
        """Minutes logged on the day."""
        return sum(activity.minutes or 0 for activity in self.activities)

    @property
    def first_activities(self) -> list[Activity]:
        """What the calendar shows of the activities."""
        return self.activities[:MOST_A_DAY]

    @property
    def has_more(self) -> bool:
        """Whether there are more activities than the calendar shows."""
        return len(self.activities) > MOST_A_DAY

    @property
    def has_things(self) -> bool:
        """Whether there is anything to tell about the day."""
        return bool(
            self.activities or self.deadlines or self.appointments or self.absence or self.holiday
        )


def workweek_of(placement: Placement, *, without_absences: bool = True) -> rules.Workweek:
    """Return when a student is expected at work, holidays of the institution left out."""
    institution = placement.cohort.programme.institution
    free = [
        (row.starts_on, row.ends_on)
        for row in Holiday.objects.filter(
            institution=institution,
            ends_on__gte=placement.starts_on,
            starts_on__lte=placement.ends_on,
        )
    ]
    if without_absences:
        free += [(row.starts_on, row.ends_on) for row in placement.interruptions.all()]
    return rules.Workweek(
        placement.starts_on,
        placement.ends_on,
        placement.working_weekdays,
        placement.hours_per_day,
        tuple(free),
    )


def calendar_days(placement: Placement, dates: Sequence[date]) -> list[CalendarDay]:
    """Return what there is on days in a row, in a fixed number of queries."""
    first, last = dates[0], dates[-1]
    workweek, today = workweek_of(placement), placement.today()
    # Without durations there are no hours to hold against a plan.
    has_hours = logs_hours(placement.cohort)
    days = {
        day: CalendarDay(
            day,
            is_today=day == today,
            is_in_period=placement.covers(day),
            planned_minutes=workweek.planned_minutes(day) if has_hours else 0,
        )
        for day in dates
    }
    own = activities_of(placement.student).filter(placement=placement, date__range=(first, last))
    for activity in own.only("date", "minutes", "description").order_by("date", "id"):
        days[activity.date].activities.append(activity)
    for due in deadlines_between(placement, first, last):
        days[due.on].deadlines.append(due)
    for appointment in appointments_between(placement, first, last):
        days[timezone.localdate(appointment.starts_at)].appointments.append(appointment)
    for row in placement.interruptions.all():
        for day in _span(days, row.starts_on, row.ends_on):
            day.absence = row
    holidays = Holiday.objects.filter(
        institution=placement.cohort.programme.institution, ends_on__gte=first, starts_on__lte=last
    )
    for holiday in holidays:
        for day in _span(days, holiday.starts_on, holiday.ends_on):
            day.holiday = holiday
    return list(days.values())


def deadlines_between(placement: Placement, first: date, last: date) -> list[Due]:
    """Return the deadlines of the student and of the programme, the earliest first."""
    span = Q(due_on__range=(first, last))
    own = [
        Due(f"deadline-{row.pk}", row.title, row.due_on, row.due_time, row)
        for row in access.deadlines_of(placement.student).filter(span, placement=placement)
    ]
    programme = [
        Due(f"programme-deadline-{row.pk}", row.title, row.due_on, row.due_time)
        for row in programme_deadlines_of(placement).filter(span)
    ]
    return sorted(own + programme, key=lambda due: (due.on, due.at or time.max, due.title))


def programme_deadlines_of(placement: Placement) -> QuerySet[CohortDeadline]:
    """Return the deadlines that the programme set for the students of a placement's cohort."""
    return CohortDeadline.objects.filter(cohort=placement.cohort_id)


def appointments_between(placement: Placement, first: date, last: date) -> list[Appointment]:
    """Return the appointments that begin on these days, where the institution is."""
    own = access.appointments_of(placement.student).filter(placement=placement)
    return list(own.filter(_begins_between(first, last)))


def coming(placement: Placement) -> list[Due | Appointment]:
    """Return what is still to come, and what is overdue and not done, by day."""
    today = placement.today()
    far = today.replace(year=today.year + 3, day=1)
    due = [
        row
        for row in deadlines_between(placement, placement.starts_on, far)
        if not row.is_done and (row.own or row.on >= today)
    ]
    own = access.appointments_of(placement.student).filter(placement=placement)
    appointments = own.filter(ends_at__gte=timezone.now())[:MOST_COMING]
    return sorted([*due[:MOST_COMING], *appointments], key=_begin_of)


def _begin_of(row: Due | Appointment) -> tuple[date, time]:
    if isinstance(row, Due):
        return row.on, row.at or time.min
    begin = timezone.localtime(row.starts_at)
    return begin.date(), begin.time()


def coming_talks_with(teacher: User, *, at: datetime) -> list[Appointment]:
    """Return the teacher's next talks with students."""
    return list(access.appointments_with(teacher).filter(ends_at__gte=at)[:MOST_TALKS])


def talks_between(teacher: User, first: date, last: date) -> dict[date, list[Appointment]]:
    """Return the teacher's talks with students on these days, by their day."""
    found: dict[date, list[Appointment]] = {}
    talks = access.appointments_with(teacher).filter(_begins_between(first, last))
    for talk in talks.order_by("starts_at", "pk"):
        found.setdefault(timezone.localdate(talk.starts_at), []).append(talk)
    return found


def past_talks_with(teacher: User, number: str | None, *, at: datetime) -> Page[Appointment]:
    """Return a page of what a teacher talked over with students, the last first."""
    past = access.appointments_with(teacher).filter(ends_at__lt=at).order_by("-starts_at", "-pk")
    return Paginator(past, TALKS_A_PAGE).get_page(number)


def _begins_between(first: date, last: date) -> Q:
    zone = timezone.get_current_timezone()
    begin = datetime.combine(first, time.min, zone)
    end = datetime.combine(last + timedelta(days=1), time.min, zone)
    return Q(starts_at__gte=begin, starts_at__lt=end)


def _span(days: dict[date, CalendarDay], first: date, last: date) -> list[CalendarDay]:
    return [day for on, day in days.items() if first <= on <= last]
