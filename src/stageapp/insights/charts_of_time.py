"""Charts over time: hours beside the plan, difficulty, days and reflections."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stageapp.core.days import day_name, short_date, short_day, weekday_name
from stageapp.core.durations import clock_text, duration_text
from stageapp.facts import Need, Sum
from stageapp.insights.chart_data import (
    Drawing,
    Look,
    Point,
    Shape,
    Shown,
    Size,
    Table,
    activities_text,
    chart,
    count_of,
    minutes_of,
)
from stageapp.insights.rules import Span
from stageapp.insights.statistics import Unit
from stageapp.logbook.rules import MINUTES_AN_HOUR, TOLERANCE_MINUTES, worked_days
from stageapp.planning.rules import DAYS_A_WEEK, monday_of, week_days
from stageapp.programmes.models import Part


@chart(
    gettext_lazy("Per week, beside the plan"),
    Unit.HOURS,
    gettext_lazy("There is no activity with a duration in this period."),
    parts=[Part.DURATION],
)
def weeks(look: Look) -> Shown | None:
    """Show the hours of each week, with what was planned up to the last day looked at."""
    minutes = {day: amount.minutes for day, amount in look.facts.days.items() if amount.minutes}
    if not minutes:
        return None
    logged, plans = _weekly(minutes, look.span), _planned(look)
    points = tuple(
        Point(short_day(monday), _week_text(monday, logged[monday], plans[monday]),
              (logged[monday],), plan=plans[monday])
        for monday in look.span.mondays
    )  # fmt: skip
    table = Table(
        (_("Week of"), _("Logged"), _("Planned")),
        tuple(
            (short_date(monday), duration_text(logged[monday]), duration_text(plans[monday]))
            for monday in look.span.mondays
        ),
    )
    sentence = f"{_against_plan(look, minutes, plans)} {_days_worked(look, minutes)}"
    return sentence, Drawing(Shape.COLUMNS, points, plan=_("planned")), table


@chart(
    gettext_lazy("Difficulty over time"),
    Unit.LEVEL,
    gettext_lazy("There is no activity with a difficulty in this period."),
    parts=[Part.DIFFICULTY],
)
def difficulty(look: Look) -> Shown | None:
    """Show the average difficulty of each week."""
    total, scale = look.facts.total, look.scale
    if not total.rated or not scale:
        return None
    by_week = look.facts.weeks
    rated = [monday for monday in look.span.mondays if by_week.get(monday, Sum()).rated]
    points = tuple(
        _level_point(monday, by_week.get(monday, Sum()).difficulty) for monday in look.span.mondays
    )
    table = Table(
        (_("Week of"), _("Average"), _("With a difficulty"), _("Of which “%s”") % scale[-1][1]),
        tuple(
            (
                short_date(monday),
                _level_text(by_week[monday].difficulty or 0),
                str(by_week[monday].rated),
                str(by_week[monday].hard),
            )
            for monday in rated
        ),
    )
    drawing = Drawing(Shape.LINE, points, scale=scale)
    return _how_difficult(total, scale, by_week, rated), drawing, table


@chart(
    gettext_lazy("Day by day"),
    Unit.DAYS,
    gettext_lazy("Nothing is logged in this period."),
)
def days(look: Look) -> Shown | None:
    """Show every day: the more was logged, the larger its square."""
    logged = look.facts.days
    if not logged:
        return None
    size = minutes_of if look.has_hours and look.facts.total.minutes else count_of
    busiest = max(sorted(logged), key=lambda day: size(logged[day]))
    sentence = ngettext(
        "You logged something on %(n)d day. Most stands on %(day)s: %(amount)s.",
        "You logged something on %(n)d days. Most stands on %(day)s: %(amount)s.",
        len(logged),
    ) % {"n": len(logged), "day": day_name(busiest), "amount": _amount(logged[busiest], size)}
    points = tuple(
        Point(
            day.isoformat(),
            f"{day_name(day)}: {_amount(logged.get(day, Sum()), size)}",
            (_square(logged.get(day, Sum()), size),),
        )
        for day in look.span.days
    )
    return sentence, Drawing(Shape.DAYS, points), _table_of_days(look, logged, size)


@chart(
    gettext_lazy("Reflections over time"),
    Unit.COUNT,
    gettext_lazy("There is no reflection in this period."),
    parts=[Part.REFLECTION],
    needs=[Need.REFLECTIONS],
)
def reflections(look: Look) -> Shown | None:
    """Show how many reflections each week has."""
    written = look.facts.reflections
    if not written:
        return None
    by_week = _weekly(written, look.span)
    total = sum(written.values())
    sentence = ngettext(
        "You wrote %(n)d reflection, on %(day)s.",
        "You wrote %(n)d reflections, the last on %(day)s.",
        total,
    ) % {"n": total, "day": day_name(max(written))}
    points = tuple(
        Point(
            short_day(monday),
            _("Week of %(day)s: %(amount)s")
            % {"day": short_day(monday), "amount": _reflections_text(by_week[monday])},
            (by_week[monday],),
        )
        for monday in look.span.mondays
    )
    table = Table(
        (_("Week of"), _("Reflections")),
        tuple((short_date(monday), str(by_week[monday])) for monday in look.span.mondays),
    )
    return sentence, Drawing(Shape.COLUMNS, points), table


def _weekly(amounts: Mapping[date, int], span: Span) -> dict[date, int]:
    """Return the amounts by the Monday of their week, also of weeks without any."""
    by_week = dict.fromkeys(span.mondays, 0)
    for day, amount in amounts.items():
        monday = monday_of(day)
        if monday in by_week:
            by_week[monday] += amount
    return by_week


def _planned(look: Look) -> dict[date, int]:
    """Return the planned minutes of each week, as far as its days are looked at and are over."""
    last = min(look.span.last, look.facts.today)
    return {
        monday: look.workweek.planned_over(
            day for day in week_days(monday) if look.span.first <= day <= last
        )
        for monday in look.span.mondays
    }


def _week_text(monday: date, logged: int, planned: int) -> str:
    return _("Week of %(day)s: %(logged)s logged, %(planned)s planned") % {
        "day": short_day(monday),
        "logged": duration_text(logged),
        "planned": duration_text(planned),
    }


def _against_plan(look: Look, minutes: Mapping[date, int], plans: Mapping[date, int]) -> str:
    words = {
        "time": duration_text(sum(minutes.values())),
        "planned": duration_text(sum(plans.values())),
        "day": short_date(min(look.span.last, look.facts.today)),
    }
    if not any(plans.values()):
        return _("You logged %(time)s.") % words
    return _("You logged %(time)s; %(planned)s was planned up to and including %(day)s.") % words


def _days_worked(look: Look, minutes: Mapping[date, int]) -> str:
    enough = max(look.hours_per_day * MINUTES_AN_HOUR - TOLERANCE_MINUTES, Decimal(0))
    count = worked_days(minutes, look.hours_per_day)
    return ngettext(
        "That makes %(n)d day worked; a day counts from %(enough)s on.",
        "That makes %(n)d days worked; a day counts from %(enough)s on.",
        count,
    ) % {"n": count, "enough": duration_text(round(enough))}


def _how_difficult(
    total: Sum,
    scale: Sequence[tuple[float, str]],
    by_week: Mapping[date, Sum],
    rated: Sequence[date],
) -> str:
    sentence = ngettext(
        "“%(hardest)s” was chosen for %(hard)d of %(n)d activity with a difficulty.",
        "“%(hardest)s” was chosen for %(hard)d of the %(n)d activities with a difficulty.",
        total.rated,
    ) % {"n": total.rated, "hard": total.hard, "hardest": scale[-1][1]}
    if len(rated) < 2:  # noqa: PLR2004 -- one week is no course of time
        return sentence
    course = _(
        "The average went from %(first)s in the first week to %(last)s in the last, "
        "from %(low)d (%(easiest)s) to %(high)d (%(hardest)s)."
    ) % {
        "first": _level_text(by_week[rated[0]].difficulty or 0),
        "last": _level_text(by_week[rated[-1]].difficulty or 0),
        "low": scale[0][0],
        "easiest": scale[0][1],
        "high": scale[-1][0],
        "hardest": scale[-1][1],
    }
    return f"{sentence} {course}"


def _level_point(monday: date, level: float | None) -> Point:
    words = {"day": short_day(monday), "amount": _("nothing with a difficulty")}
    if level is None:
        return Point(short_day(monday), _("Week of %(day)s: %(amount)s") % words)
    words["amount"] = _("%(level)s on average") % {"level": _level_text(level)}
    return Point(short_day(monday), _("Week of %(day)s: %(amount)s") % words, (level,))


def _table_of_days(look: Look, logged: Mapping[date, Sum], size: Size) -> Table:
    """Return the weeks with a column for each day; days without anything stay empty."""
    head = tuple(_weekday(number) for number in range(DAYS_A_WEEK))
    rows = []
    for monday in look.span.mondays:
        amounts = [logged.get(day) for day in week_days(monday)]
        if any(amounts):
            cells = [_cell(amount, size) if amount else "–" for amount in amounts]
            rows.append((short_day(monday), *cells))
    return Table((_("Week of"), *head), tuple(rows))


def _weekday(number: int) -> str:
    """Return the short name of a day of the week, 0 for Monday."""
    return weekday_name(date(2024, 1, 1) + timedelta(days=number))


def _cell(amount: Sum, size: Size) -> str:
    if size is minutes_of and amount.minutes:
        return clock_text(amount.minutes)
    return _("%(n)d×") % {"n": amount.count} if size is minutes_of else str(amount.count)


def _square(amount: Sum, size: Size) -> int:
    """Return how large a day is: what was logged without a time is seen too."""
    return max(size(amount), 1) if amount.count else 0


def _level_text(level: float) -> str:
    return number_format(round(Decimal(level), 1), 1)


def _reflections_text(count: int) -> str:
    return ngettext("%(n)d reflection", "%(n)d reflections", count) % {"n": count}


def _amount(amount: Sum, size: Size) -> str:
    """Return how much a day has: its time where activities have one."""
    if not amount.count:
        return _("nothing logged")
    if size is minutes_of and amount.minutes:
        return duration_text(amount.minutes)
    return activities_text(amount.count)
