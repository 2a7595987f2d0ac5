"""Shows charts: those of the page, and kept ones on pages of other features."""

from typing import Any
from uuid import uuid4

from django import template

from stageapp.insights.chart_data import Chart, Shape
from stageapp.insights.charts import offered_charts
from stageapp.insights.snapshots import read_chart
from stageapp.insights.svg import draw, legend_mark, plan_mark
from stageapp.programmes.models import Cohort

register = template.Library()


@register.inclusion_tag("insights/_chart.html")
def chart_body(chart: Chart) -> dict[str, Any]:
    """Show the drawing, its legend and the numbers of a chart; its sentence stands above it."""
    return _shown(chart, chart.key)


@register.inclusion_tag("insights/_shared_chart.html")
def shared_chart(snapshot: dict[str, Any]) -> dict[str, Any]:
    """Show a kept chart again: its period, its sentence, the drawing and the numbers."""
    shared = read_chart(snapshot)
    # The same chart can stand on a page twice, from different days.
    return {"period": shared.period, **_shown(shared.chart, f"chart-{uuid4().hex[:8]}")}


@register.simple_tag
def number_of_charts(cohort: Cohort) -> int:
    """Return how many charts students of a cohort get."""
    return len(offered_charts(cohort))


def _shown(chart: Chart, prefix: str) -> dict[str, Any]:
    drawing = chart.drawing
    if drawing is None:
        return {"chart": chart}
    legend = [(legend_mark(number, prefix), name) for number, name in enumerate(drawing.legend)]
    if drawing.plan:
        legend.append((plan_mark(), drawing.plan))
    return {
        "chart": chart,
        "prefix": prefix,
        "svg": draw(
            drawing, title=chart.title, sentence=chart.sentence, unit=chart.unit, prefix=prefix
        ),
        "legend": legend,
        "rows": [(row[0], row[1:]) for row in chart.table.rows] if chart.table else [],
        # Bars say their amounts; time has to be pointed at.
        "can_be_read": drawing.shape != Shape.BARS,
    }
