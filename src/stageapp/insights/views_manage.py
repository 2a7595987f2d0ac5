"""Which charts the students of a cohort get, for its administrators."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import sent_data
from stageapp.insights.charts import CHARTS
from stageapp.insights.forms import ChartsForm
from stageapp.programmes.access import audience_of, cohorts_administered
from stageapp.programmes.actions_manage import choose_charts
from stageapp.programmes.models import Cohort
from stageapp.programmes.rules import moved


@require_http_methods(["GET", "HEAD", "POST"])
def cohort(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose the charts of a cohort."""
    own = get_object_or_404(cohorts_administered(request.user), pk=pk)
    form = ChartsForm(sent_data(request), cohort=own)
    if form.is_valid():
        choose_charts(own, form.keys, **_who(request))
        messages.success(request, _("The charts of this cohort are saved."))
        return redirect("manage_charts:cohort", pk=pk)
    context = {
        "form": form,
        "cohort": own,
        "chosen": [CHARTS[key] for key in _chosen(own)],
        "audience": audience_of([own.programme], request.user),
    }
    status = 422 if form.errors else 200
    return render(request, "insights/manage/charts.html", context, status=status)


@require_POST
def move(request: SignedInRequest, pk: int, key: str) -> HttpResponse:
    """Put a chosen chart one place higher or lower."""
    own = get_object_or_404(cohorts_administered(request.user), pk=pk)
    chosen = _chosen(own)
    if key not in CHARTS:
        raise Http404
    up = request.POST.get("to") == "up"
    if key in chosen:
        order = moved(list(range(len(chosen))), chosen.index(key), up=up)
        choose_charts(own, [chosen[place] for place in order], **_who(request))
    target = f"{'up' if up else 'down'}-{key}"
    return redirect(f"{reverse('manage_charts:cohort', args=[pk])}#{target}")


def _chosen(cohort: Cohort) -> list[str]:
    return [key for key in cohort.charts or [] if key in CHARTS]


def _who(request: SignedInRequest) -> dict[str, Any]:
    return {"by": request.user, "at": timezone.now()}
