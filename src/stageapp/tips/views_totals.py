"""How a programme uses the app, for its administrators: only totals."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from stageapp.accounts.audience import audience_text
from stageapp.accounts.requests import SignedInRequest
from stageapp.programmes.access import (
    administrators_of_each,
    cohorts_administered,
    programmes_administered,
)
from stageapp.programmes.models import Programme
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
            "audience": _audience(request, programmes),
        },
    )


def _audience(request: SignedInRequest, programmes: list[Programme]) -> str:
    """Return who sees some of these totals; who has other programmes sees those of their own."""
    readers = set().union(*administrators_of_each(programmes).values())
    audience = audience_text(readers, request.user)
    if len(programmes) == 1 or readers <= {request.user}:
        return audience
    return _("%(audience)s, each for their own programmes") % {"audience": audience}
