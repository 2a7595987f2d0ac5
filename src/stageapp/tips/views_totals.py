"""How a programme uses the app, for its administrators: only totals."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from stageapp.accounts.requests import SignedInRequest
from stageapp.programmes.access import (
    audience_of,
    cohorts_administered,
    programmes_administered,
)
from stageapp.tips import access
from stageapp.tips.queries_totals import MEASURES, tables_of, tip_rows


@require_GET
def totals(request: SignedInRequest) -> HttpResponse:
    """Show by cohort and month what students did, and what they did with each tip."""
    programmes = list(programmes_administered(request.user))
    if not programmes:
        raise Http404
    today = programmes[0].institution.day_of(timezone.now())
    return render(
        request,
        "tips/manage/totals.html",
        {
            "measures": [measure for measure in MEASURES if not measure.about_tips],
            "tip_measures": [measure for measure in MEASURES if measure.about_tips],
            "tables": tables_of(cohorts_administered(request.user), today),
            "tips": tip_rows(access.tips_administered(request.user)),
            "audience": audience_of(programmes, request.user),
        },
    )
