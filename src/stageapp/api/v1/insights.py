"""Insights: charts as a sentence, numbers and a table."""

from typing import Annotated, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import BaseModel, Field

from stageapp.api.middleware import ApiRequest
from stageapp.api.rules import Scope
from stageapp.api.v1.operation import operation
from stageapp.api.v1.problems import not_found, wrong
from stageapp.api.v1.sending import placement_for
from stageapp.api.v1.shapes import KeyInAddress, Shape
from stageapp.insights.chart_data import Chart, Definition
from stageapp.insights.charts import offered_charts
from stageapp.insights.queries_charts import look_at
from stageapp.insights.rules import period_of
from stageapp.insights.snapshots import chart_snapshot, period_text, saved_key
from stageapp.logbook.actions import save_snapshot
from stageapp.logbook.models import SavedItem
from stageapp.placements.models import Placement

router = Router(tags=["insights"])


class Point(Shape):
    """One row, week or day of a drawing."""

    label: str
    text: str
    values: list[float]
    plan: float | None


class Insight(Shape):
    """A chart: what it says in a sentence, what is drawn, and its numbers as a table."""

    key: str
    title: str
    sentence: str
    unit: str
    shape: str | None = Field(description="bars, columns, line or days; null with nothing yet.")
    legend: list[str]
    points: list[Point]
    head: list[str]
    rows: list[list[str]]


class Insights(Shape):
    """The charts of a placement, over one period."""

    placement: int
    period: str
    period_in_words: str
    items: list[Insight]


class InsightFilter(BaseModel):
    """Which placement and period."""

    placement: KeyInAddress | None = Field(None, description="Left out: the current placement.")
    period: Annotated[str, Field(max_length=10)] = Field(
        "all", description="all, 28 or 7 for the last days, or a month such as 2026-03."
    )


def shape(chart: Chart) -> Insight:
    """Return a chart as it goes out."""
    drawing, table = chart.drawing, chart.table
    return Insight(
        key=chart.key,
        title=chart.title,
        sentence=chart.sentence,
        unit=chart.unit.value,
        shape=drawing.shape.value if drawing else None,
        legend=list(drawing.legend) if drawing else [],
        points=[
            Point(label=one.label, text=one.text, values=list(one.values), plan=one.plan)
            for one in (drawing.points if drawing else ())
        ],
        head=list(table.head) if table else [],
        rows=[list(row) for row in table.rows] if table else [],
    )


@operation(
    router,
    "GET",
    "/insights",
    scope=Scope.INSIGHTS_READ,
    gives=Insights,
    costs=("charts and statistics",),
    conflicts=True,
)
def list_insights(request: ApiRequest, asked: Query[InsightFilter]) -> Any:
    """Read all charts that the programme offers."""
    return _looked(request, asked, None)


@operation(
    router,
    "GET",
    "/insights/{slug:key}",
    scope=Scope.INSIGHTS_READ,
    gives=Insights,
    costs=("charts and statistics",),
    conflicts=True,
)
def get_insight(
    request: ApiRequest,
    key: Annotated[str, Field(max_length=50)],
    asked: Query[InsightFilter],
) -> Any:
    """Read one chart."""
    return _looked(request, asked, key)


def _looked(request: ApiRequest, asked: InsightFilter, key: str | None) -> Insights:
    placement = placement_for(request.user, asked.placement)
    offered = [one for one in offered_charts(placement.cohort) if key in (None, one.key)]
    if key is not None and not offered:
        raise not_found()
    period = period_of(asked.period, placement.today())
    if period.name != asked.period:
        raise wrong("period", _("Give “all”, a number of days, or a month of the placement."))
    look = look_at(placement, offered, period, at=timezone.now())
    return Insights(
        placement=placement.pk,
        period=period.name,
        period_in_words=period_text(period, look.span),
        items=[shape(one.of(look)) for one in offered],
    )


def saved_chart(placement: Placement, key: str, period_name: str) -> SavedItem:
    """Put a chart on the timeline as it looks now."""
    definition: Definition | None = next(
        (one for one in offered_charts(placement.cohort) if one.key == key), None
    )
    if definition is None:
        raise wrong("chart", _("Choose a chart that your programme offers."))
    now = timezone.now()
    look = look_at(placement, [definition], period_of(period_name, placement.today()), at=now)
    if definition.of(look).drawing is None:
        raise wrong("chart", _("There is nothing to save in this chart yet."))
    snapshot = chart_snapshot(definition, look)
    key_kept = saved_key(definition, look, snapshot)
    return save_snapshot(placement, SavedItem.Kind.CHART, key_kept, snapshot, at=now)
