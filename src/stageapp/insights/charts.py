"""The charts that a student can look at, in the order of the page.

Each is one small function of what is looked at. It explains what was logged and says nothing about
how good that is.
"""

from stageapp.insights.chart_data import Definition
from stageapp.insights.charts_of_lists import (
    categories,
    competences,
    goals,
    moments,
    people,
    sources,
)
from stageapp.insights.charts_of_time import days, difficulty, reflections, weeks
from stageapp.programmes.models import Cohort

#: All charts by their key.
CHARTS: dict[str, Definition] = {
    one.key: one
    for one in (
        categories,
        weeks,
        difficulty,
        people,
        sources,
        competences,
        goals,
        moments,
        days,
        reflections,
    )
}


def offered_charts(cohort: Cohort) -> list[Definition]:
    """Return the charts of a cohort: those it chose, or all, as far as its form has their parts."""
    chosen = [CHARTS[key] for key in cohort.charts if key in CHARTS] if cohort.charts else None
    definitions = list(CHARTS.values()) if chosen is None else chosen
    return [one for one in definitions if one.parts <= cohort.part_names]
