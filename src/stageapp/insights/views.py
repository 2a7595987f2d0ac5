"""The charts that a student wants to look at."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from stageapp.accounts.audience import audience_text
from stageapp.insights.chart_data import Look
from stageapp.insights.charts import offered_charts
from stageapp.insights.examples import example_of
from stageapp.insights.queries_charts import look_at
from stageapp.insights.rules import Period, months_between, period_of
from stageapp.insights.snapshots import chart_snapshot, month_name, period_text, saved_key
from stageapp.logbook.actions import save_snapshot
from stageapp.logbook.models import SavedItem
from stageapp.placements.decorators import PlacementRequest, needs_placement
from stageapp.placements.models import Placement


@require_GET
@needs_placement
def charts(request: PlacementRequest) -> HttpResponse:
    """Show the charts of a period; of an empty logbook, what they will look like."""
    placement = request.placement
    offered = offered_charts(placement.cohort)
    period = period_of(request.GET.get("period", ""), placement.today())
    look = look_at(placement, offered, period, at=timezone.now())
    is_empty = not (look.facts.days or look.facts.reflections)
    is_example = is_empty and period.is_whole
    shown = example_of(look) if is_example else look
    made = [definition.of(shown) for definition in offered] if is_example or not is_empty else []
    return render(
        request,
        "insights/charts.html",
        {
            "charts": [chart for chart in made if chart.drawing or not is_example],
            "is_example": is_example,
            "period": period,
            "period_text": period_text(period, look.span),
            "months": _months(placement, look),
            "audience": audience_text([request.user], request.user),
        },
    )


@require_POST
@needs_placement
def save(request: PlacementRequest, key: str) -> HttpResponse:
    """Keep a chart on the timeline as it looks now, and go on with a question where wanted."""
    placement = request.placement
    definition = next((one for one in offered_charts(placement.cohort) if one.key == key), None)
    if definition is None:
        raise Http404
    period = period_of(request.POST.get("period", ""), placement.today())
    at = timezone.now()
    look = look_at(placement, [definition], period, at=at)
    if definition.of(look).drawing is None:
        messages.info(request, _("There is nothing to save in this chart yet."))
        return redirect(_address(period, key))
    snapshot = chart_snapshot(definition, look)
    item = save_snapshot(
        placement, SavedItem.Kind.CHART, saved_key(definition, look, snapshot), snapshot, at=at
    )
    if "share" in request.POST:
        return redirect(reverse("guidance:new", query={"saved": item.pk}))
    messages.success(request, _("The chart is saved as it looks now. Only you see it."))
    return redirect(_address(period, key))


def _address(period: Period, key: str) -> str:
    return f"{reverse('insights:charts', query={'period': period.name})}#{key}"


def _months(placement: Placement, look: Look) -> list[tuple[str, str]]:
    """Return the months that can be looked at: their names in the address and in words."""
    last = max(min(look.facts.today, placement.ends_on), placement.starts_on)
    return [
        (f"{month:%Y-%m}", month_name(month)) for month in months_between(placement.starts_on, last)
    ]
