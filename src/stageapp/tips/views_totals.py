"""How a programme uses the app, for its administrators: only totals."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from stageapp.accounts.requests import SignedInRequest
from stageapp.tips import access
from stageapp.tips.queries_totals import MEASURES, tables_of, tip_rows


@require_GET
def totals(request: SignedInRequest) -> HttpResponse:
    """Show by cohort and month what students did, and what they did with each tip."""
    programme = access.programmes_administered(request.user).first()
    if programme is None:
        raise Http404
    today = programme.institution.day_of(timezone.now())
    return render(
        request,
        "tips/manage/totals.html",
        {
            "measures": MEASURES,
            "tables": tables_of(access.cohorts_administered(request.user), today),
            "tips": tip_rows(access.tips_administered(request.user)),
        },
    )
