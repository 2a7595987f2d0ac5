"""Made-up figures in the words of somebody's own lists: what charts look like with a few weeks in.

An empty axis would say nothing; these say what there is to come.
"""

from dataclasses import replace
from datetime import date, timedelta

from stageapp.facts import Dimension, Facts, Sum
from stageapp.insights.chart_data import Look
from stageapp.insights.rules import Period, Span
from stageapp.planning.rules import DAYS_A_WEEK

WEEKS = 4
#: For each weekday of a week: activities and their minutes.
A_WEEK = ((2, 450), (3, 480), (1, 240), (2, 465))
#: How difficult each week was on average.
LEVELS = (2, 3, 2.5, 1.5)
#: How often the first rows of a list were chosen.
CHOSEN = (9, 6, 4, 2)
MINUTES_AN_ACTIVITY = 90


def example_of(look: Look) -> Look:
    """Return the same look at made-up figures of four weeks up to today."""
    facts = look.facts
    today = facts.today
    first = today - timedelta(weeks=WEEKS) + timedelta(days=1)
    made_up = Facts(
        today=today,
        names=facts.names,
        levels=facts.levels,
        days=_days(first),
        by={dimension: _rows(facts, dimension) for dimension in Dimension},
        reflections={
            first + timedelta(days=days): count for days, count in ((4, 1), (11, 2), (25, 1))
        },
    )
    return replace(
        look,
        facts=made_up,
        period=Period(),
        span=Span(first, today),
        workweek=replace(look.workweek, starts_on=first, ends_on=today, free=()),
    )


def _days(first: date) -> dict[date, Sum]:
    days = {}
    for number in range(WEEKS * DAYS_A_WEEK):
        day = first + timedelta(days=number)
        if day.weekday() < len(A_WEEK):
            count, minutes = A_WEEK[day.weekday()]
            days[day] = _difficult(Sum(count, minutes), LEVELS[number // DAYS_A_WEEK])
    return days


def _difficult(amount: Sum, level: float) -> Sum:
    return replace(
        amount,
        rated=amount.count,
        levels=round(amount.count * level),
        hard=amount.count // 2 if level > 2 else 0,  # noqa: PLR2004 -- halfway
    )


def _rows(facts: Facts, dimension: Dimension) -> dict[str, Sum]:
    keys = list(facts.names.get(dimension, {}))
    return {
        key: Sum(count, count * MINUTES_AN_ACTIVITY, count, count * 2, count // 3)
        for key, count in zip(keys, CHOSEN, strict=False)
    }
