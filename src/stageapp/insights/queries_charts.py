"""What the charts of a student are made from. Nothing here writes."""

from collections.abc import Iterable
from datetime import datetime

from stageapp.facts import Need
from stageapp.insights.chart_data import Definition, Look
from stageapp.insights.queries import facts_of
from stageapp.insights.rules import Period, span_of
from stageapp.placements.models import Placement
from stageapp.planning.queries import workweek_of


def look_at(
    placement: Placement, charts: Iterable[Definition], period: Period, *, at: datetime
) -> Look:
    """Return what these charts show of a placement, in a fixed number of queries."""
    needs: set[Need] = set().union(*(chart.needs for chart in charts))
    found = facts_of([placement], needs, at=at, window=period.window)[placement.pk]
    return Look(
        found,
        period,
        span_of(
            period.window,
            found.days.keys() | found.reflections.keys(),
            starts_on=placement.starts_on,
            ends_on=placement.ends_on,
            today=found.today,
        ),
        placement.cohort.part_names,
        workweek_of(placement),
        placement.hours_per_day,
    )
