"""The charts that a student can look at: from facts to a sentence, a drawing and a table.

Each chart is one small function of what is looked at. It explains what was logged and says nothing
about how good that is.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stageapp.core.bilingual import in_reader_language
from stageapp.core.days import day_name, short_date, short_day, weekday_name
from stageapp.core.durations import clock_text, duration_text
from stageapp.facts import Dimension, Facts, Need, Sum
from stageapp.insights.rules import Period, Span
from stageapp.insights.statistics import Unit
from stageapp.logbook.rules import MINUTES_AN_HOUR, TOLERANCE_MINUTES, worked_days
from stageapp.planning.rules import DAYS_A_WEEK, Workweek, monday_of, week_days
from stageapp.programmes.models import Cohort, Part, VocabularyEntry

#: So many rows are drawn; the others are one row together, and stand in the table.
MOST_ROWS = 10
#: So many names stand in a sentence.
MOST_NAMES = 3


class Shape(StrEnum):
    """How a chart is drawn."""

    BARS = "bars"
    COLUMNS = "columns"
    LINE = "line"
    DAYS = "days"


@dataclass(frozen=True)
class Point:
    """One row, week or day of a drawing."""

    label: str
    #: What it says when somebody points at it.
    text: str
    #: Lengths that stand on each other; none where nothing is known.
    values: tuple[float, ...] = ()
    #: What stands beside a bar.
    shown: str = ""
    #: What was planned, where that is compared.
    plan: float | None = None


@dataclass(frozen=True)
class Drawing:
    """What is drawn, as plain data: it is kept when somebody saves or shares the chart."""

    shape: Shape
    points: tuple[Point, ...]
    #: What the parts of a length mean, where there are several.
    legend: tuple[str, ...] = ()
    #: What the plan is called, where there is one.
    plan: str = ""
    #: Names of values, where the axis has words.
    scale: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True)
class Table:
    """The numbers of a chart; the first column names the row."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Chart:
    """A chart in the reader's language; without anything to draw it has only its sentence."""

    key: str
    title: str
    sentence: str
    unit: Unit
    drawing: Drawing | None = None
    table: Table | None = None


@dataclass(frozen=True)
class Look:
    """What is looked at: facts of a period, and what facts do not know."""

    facts: Facts
    period: Period
    span: Span
    #: Which parts the form has.
    parts: frozenset[str]
    workweek: Workweek
    hours_per_day: Decimal

    @property
    def has_hours(self) -> bool:
        """Whether activities say how long they took."""
        return Part.DURATION in self.parts

    @property
    def has_difficulty(self) -> bool:
        """Whether activities say how difficult they were."""
        return Part.DIFFICULTY in self.parts

    def name(self, dimension: Dimension, key: str) -> str:
        """Return what a row is called."""
        return in_reader_language(*self.facts.names[dimension][key])


#: What a chart has to say: its sentence, drawing and table; None where there is nothing to draw.
Shown = tuple[str, Drawing, Table]
Draw = Callable[[Look], Shown | None]


@dataclass(frozen=True)
class Definition:
    """A chart that a cohort can offer."""

    key: str
    title: Any
    unit: Unit
    #: What the form must have.
    parts: frozenset[str]
    needs: frozenset[Need]
    #: What stands there while there is nothing to draw.
    empty: Any
    draw: Draw

    def of(self, look: Look) -> Chart:
        """Return the chart of what is looked at."""
        found = self.draw(look)
        sentence, drawing, table = found or (str(self.empty), None, None)
        return Chart(self.key, str(self.title), sentence, self.unit, drawing, table)


#: All charts by their key, in the order of the page.
CHARTS: dict[str, Definition] = {}


def chart(
    title: Any, unit: Unit, empty: Any, *, parts: Iterable[str] = (), needs: Iterable[Need] = ()
) -> Callable[[Draw], Draw]:
    """Add a function to the charts, under its own name."""

    def add(draw: Draw) -> Draw:
        key = draw.__name__
        CHARTS[key] = Definition(key, title, unit, frozenset(parts), frozenset(needs), empty, draw)
        return draw

    return add


def offered_charts(cohort: Cohort) -> list[Definition]:
    """Return the charts of a cohort: those it chose, or all, as far as its form has their parts."""
    chosen = [CHARTS[key] for key in cohort.charts if key in CHARTS] if cohort.charts else None
    definitions = list(CHARTS.values()) if chosen is None else chosen
    return [one for one in definitions if one.parts <= cohort.part_names]


@chart(
    gettext_lazy("Time per category"),
    Unit.HOURS,
    gettext_lazy("There is no activity with a category and a duration in this period."),
    parts=[Part.CATEGORY, Part.DURATION],
    needs=[Need.CATEGORY],
)
def categories(look: Look) -> Shown | None:
    """Show where the time went, the largest first."""
    rows = _by_size(look, Dimension.CATEGORY, _minutes)
    total = sum(amount.minutes for amount in rows.values())
    if not total:
        return None
    top = _leaders(rows, _minutes)
    sentence = ngettext(
        "Most time went to %(names)s: %(time)s of the %(total)s with a category (%(share)s).",
        "Most time went to %(names)s: %(time)s each, of the %(total)s with a category (%(share)s).",
        len(top),
    ) % {
        "names": _quoted(look, Dimension.CATEGORY, top),
        "time": duration_text(rows[top[0]].minutes),
        "total": duration_text(total),
        "share": _percent(rows[top[0]].minutes, total),
    }
    points = [
        Point(
            name,
            f"{name}: {duration_text(amount.minutes)}, {_percent(amount.minutes, total)}",
            (amount.minutes,),
            duration_text(amount.minutes),
        )
        for name, amount in _in_sight(look, Dimension.CATEGORY, rows)
    ]
    table = Table(
        (_("Category"), _("Time"), _("Percentage"), _("Activities")),
        tuple(
            (
                look.name(Dimension.CATEGORY, key),
                duration_text(amount.minutes),
                _percent(amount.minutes, total),
                str(amount.count),
            )
            for key, amount in rows.items()
        ),
    )
    return sentence, Drawing(Shape.BARS, tuple(points)), table


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
    total, scale = look.facts.total, _scale(look)
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
    gettext_lazy("With whom"),
    Unit.COUNT,
    gettext_lazy("There is no activity in this period that says with whom."),
    parts=[Part.PEOPLE],
    needs=[Need.PERSON],
)
def people(look: Look) -> Shown | None:
    """Show how often each person was there, and how often it was difficult then."""
    rows = _by_size(look, Dimension.PERSON, _count)
    if not rows:
        return None
    alone = rows.get(VocabularyEntry.ALONE, Sum()).count
    others = {key: amount for key, amount in rows.items() if key != VocabularyEntry.ALONE}
    sentences = [_most_with(look, others)] if others else []
    if alone:
        sentences.append(_("You did %(count)d alone.") % {"count": alone})
    hardest = _scale(look)[-1:] if look.has_difficulty else ()
    drawing = Drawing(
        Shape.BARS,
        tuple(
            _person_point(name, amount, hardest[0][1] if hardest else "")
            for name, amount in _in_sight(look, Dimension.PERSON, rows)
        ),
        legend=(_("other"), hardest[0][1]) if hardest else (),
    )
    head = (_("With whom"), _("Activities"), *(_("Of which “%s”") % name for _n, name in hardest))
    table = Table(
        head,
        tuple(
            (look.name(Dimension.PERSON, key), str(amount.count), str(amount.hard))[: len(head)]
            for key, amount in rows.items()
        ),
    )
    return " ".join(sentences), drawing, table


@chart(
    gettext_lazy("Sources"),
    Unit.COUNT,
    gettext_lazy("There is no activity with a source or theory in this period."),
    parts=[Part.SOURCES],
    needs=[Need.SOURCE],
)
def sources(look: Look) -> Shown | None:
    """Show how often each source was used, the most used first."""
    rows = _by_size(look, Dimension.SOURCE, _count)
    if not rows:
        return None
    top = _leaders(rows, _count)
    sentence = ngettext(
        "You used %(names)s most: in %(count)d of your %(total)d activities.",
        "You used %(names)s most: each in %(count)d of your %(total)d activities.",
        len(top),
    ) % _numbers(look, Dimension.SOURCE, rows, top)
    return sentence, *_counted(look, Dimension.SOURCE, rows, _("Source"))


@chart(
    gettext_lazy("Competences, also the ones not yet covered"),
    Unit.COUNT,
    gettext_lazy("There is no activity with a competence in this period."),
    parts=[Part.COMPETENCES],
    needs=[Need.COMPETENCE],
)
def competences(look: Look) -> Shown | None:
    """Show every competence of the programme in its order, also those without an activity."""
    rows = _with_unused(look, Dimension.COMPETENCE)
    used = [key for key, amount in rows.items() if amount.count]
    if not used:
        return None
    sentence = _("You worked on %(used)d of the %(all)d competences.") % {
        "used": len(used),
        "all": len(rows),
    }
    sentences = (sentence, _not_yet(look, Dimension.COMPETENCE, rows))
    return " ".join(filter(None, sentences)), *_counted(
        look, Dimension.COMPETENCE, rows, _("Competence"), most=len(rows)
    )


@chart(
    gettext_lazy("Learning goals"),
    Unit.COUNT,
    gettext_lazy("There is no activity with a learning goal in this period."),
    parts=[Part.GOAL],
    needs=[Need.GOAL],
)
def goals(look: Look) -> Shown | None:
    """Show how many activities each learning goal has, also those without any."""
    rows = _largest_first(_with_unused(look, Dimension.GOAL), _count)
    if not any(amount.count for amount in rows.values()):
        return None
    top = _leaders(rows, _count)
    sentence = ngettext(
        "Most activities belong to %(names)s: %(count)d of %(total)d.",
        "Most activities belong to %(names)s: each has %(count)d of %(total)d.",
        len(top),
    ) % _numbers(look, Dimension.GOAL, rows, top)
    sentences = (sentence, _not_yet(look, Dimension.GOAL, rows))
    return " ".join(filter(None, sentences)), *_counted(
        look, Dimension.GOAL, rows, _("Learning goal")
    )


@chart(
    gettext_lazy("Moments of the day"),
    Unit.COUNT,
    gettext_lazy("There is no activity with a moment of the day in this period."),
    parts=[Part.MOMENT],
    needs=[Need.MOMENT],
)
def moments(look: Look) -> Shown | None:
    """Show the moments in the order of the day."""
    rows = _with_unused(look, Dimension.MOMENT)
    if not any(amount.count for amount in rows.values()):
        return None
    top = _leaders(rows, _count)
    numbers = _numbers(look, Dimension.MOMENT, rows, top)
    numbers["total"] = sum(amount.count for amount in rows.values())
    sentence = (
        ngettext(
            "Most happened in %(names)s: %(count)d of the %(total)d activities with a moment.",
            "Most happened in %(names)s: each %(count)d of the %(total)d activities with a moment.",
            len(top),
        )
        % numbers
    )
    return sentence, *_counted(look, Dimension.MOMENT, rows, _("Moment"), most=len(rows))


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
    size = _minutes if look.has_hours and look.facts.total.minutes else _count
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


# Rows of a list ----------------------------------------------------------------------------------


def _minutes(amount: Sum) -> int:
    return amount.minutes


def _count(amount: Sum) -> int:
    return amount.count


Size = Callable[[Sum], int]


def _by_size(look: Look, dimension: Dimension, size: Size) -> dict[str, Sum]:
    """Return the sums of what was chosen, the largest first, equal ones in their own order."""
    return _largest_first(
        {key: amount for key, amount in _with_unused(look, dimension).items() if amount.count}, size
    )


def _largest_first(rows: Mapping[str, Sum], size: Size) -> dict[str, Sum]:
    return dict(sorted(rows.items(), key=lambda row: -size(row[1])))


def _with_unused(look: Look, dimension: Dimension) -> dict[str, Sum]:
    """Return the sums of everything that can be chosen, in its own order."""
    rows = look.facts.of(dimension)
    return {key: rows.get(key, Sum()) for key in look.facts.names.get(dimension, {})}


def _leaders(rows: Mapping[str, Sum], size: Size) -> list[str]:
    """Return the rows that are largest: several where they are equal."""
    most = max(map(size, rows.values()))
    return [key for key, amount in rows.items() if size(amount) == most]


def _in_sight(
    look: Look, dimension: Dimension, rows: Mapping[str, Sum], most: int = MOST_ROWS
) -> list[tuple[str, Sum]]:
    """Return the rows to draw by their names; what is too much becomes one row."""
    named = [(look.name(dimension, key), amount) for key, amount in rows.items()]
    if len(named) <= most:
        return named
    rest = named[most - 1 :]
    together = sum((amount for _name, amount in rest), Sum())
    return [*named[: most - 1], (_("%(n)d others") % {"n": len(rest)}, together)]


def _counted(
    look: Look, dimension: Dimension, rows: Mapping[str, Sum], head: str, most: int = MOST_ROWS
) -> tuple[Drawing, Table]:
    """Return the drawing and the table of how often each row was chosen."""
    # Competences and goals are there to be worked on; a moment or a source is not.
    is_aim = dimension in (Dimension.COMPETENCE, Dimension.GOAL)
    none = _("not yet") if is_aim and look.period.is_whole else _("none")
    points = tuple(
        Point(
            name,
            f"{name}: {_activities(amount.count) if amount.count else none}",
            (amount.count,),
            str(amount.count) if amount.count else none,
        )
        for name, amount in _in_sight(look, dimension, rows, most)
    )
    named = [(look.name(dimension, key), str(amount.count)) for key, amount in rows.items()]
    return Drawing(Shape.BARS, points), Table((head, _("Activities")), tuple(named))


def _numbers(
    look: Look, dimension: Dimension, rows: Mapping[str, Sum], top: Sequence[str]
) -> dict[str, Any]:
    return {
        "names": _quoted(look, dimension, top),
        "count": rows[top[0]].count,
        "total": look.facts.total.count,
    }


def _quoted(look: Look, dimension: Dimension, keys: Sequence[str]) -> str:
    """Return names in a sentence: `“a”, “b” and “c”`, or `“a”, “b” and 4 others`."""
    names = [_("“%s”") % look.name(dimension, key) for key in keys]
    if len(names) > MOST_NAMES:
        rest = len(names) - MOST_NAMES + 1
        names = [*names[: MOST_NAMES - 1], _("%(n)d others") % {"n": rest}]
    *first, last = names
    return (
        _("%(names)s and %(last)s") % {"names": ", ".join(first), "last": last} if first else last
    )


def _not_yet(look: Look, dimension: Dimension, rows: Mapping[str, Sum]) -> str:
    """Return the sentence about what has no activity, empty where everything has."""
    missing = [key for key, amount in rows.items() if not amount.count]
    if not missing:
        return ""
    names = {"names": _quoted(look, dimension, missing)}
    if look.period.is_whole:
        return _("Not yet: %(names)s.") % names
    return _("Not in this period: %(names)s.") % names


def _most_with(look: Look, rows: Mapping[str, Sum]) -> str:
    top = _leaders(rows, _count)
    return ngettext(
        "You worked most with %(names)s: in %(count)d of your %(total)d activities.",
        "You worked most with %(names)s: each in %(count)d of your %(total)d activities.",
        len(top),
    ) % _numbers(look, Dimension.PERSON, rows, top)


def _person_point(name: str, amount: Sum, hardest: str) -> Point:
    text = f"{name}: {_activities(amount.count)}"
    if not hardest:
        return Point(name, text, (amount.count,), str(amount.count))
    text += _(", of which %(n)d “%(hardest)s”") % {"n": amount.hard, "hardest": hardest}
    return Point(name, text, (amount.count - amount.hard, amount.hard), str(amount.count))


# Weeks and days ----------------------------------------------------------------------------------


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


def _scale(look: Look) -> tuple[tuple[float, str], ...]:
    """Return the levels with their names, the easiest first."""
    named = look.facts.names.get(Dimension.DIFFICULTY, {})
    levels = {level: key for key, level in look.facts.levels.items() if key in named}
    return tuple(
        (level, look.name(Dimension.DIFFICULTY, levels[level])) for level in sorted(levels)
    )


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
    if size is _minutes and amount.minutes:
        return clock_text(amount.minutes)
    return _("%(n)d×") % {"n": amount.count} if size is _minutes else str(amount.count)


def _square(amount: Sum, size: Size) -> int:
    """Return how large a day is: what was logged without a time is seen too."""
    return max(size(amount), 1) if amount.count else 0


# Words -------------------------------------------------------------------------------------------


def _percent(part: float, whole: float) -> str:
    return f"{int(100 * part / whole + 0.5)}%"


def _level_text(level: float) -> str:
    return number_format(round(Decimal(level), 1), 1)


def _activities(count: int) -> str:
    return ngettext("%(n)d activity", "%(n)d activities", count) % {"n": count}


def _reflections_text(count: int) -> str:
    return ngettext("%(n)d reflection", "%(n)d reflections", count) % {"n": count}


def _amount(amount: Sum, size: Size) -> str:
    """Return how much a day has: its time where activities have one."""
    if not amount.count:
        return _("nothing logged")
    if size is _minutes and amount.minutes:
        return duration_text(amount.minutes)
    return _activities(amount.count)
