"""The page that leads to all that administrators do."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from stageapp.accounts.requests import SignedInRequest
from stageapp.home.managing import GROUPS
from stageapp.home.queries import roles_of


@require_safe
def overview(request: SignedInRequest) -> HttpResponse:
    """Show what somebody can administer, in groups."""
    roles = roles_of(request.user)
    if not roles.is_administrator:
        raise Http404
    context = {
        "groups": [group for group in GROUPS if roles.runs_institution or not group.is_institution],
        # The same for everybody who gets here; it holds nothing of any programme.
        "audience": _("everybody who administers a programme"),
    }
    return render(request, "home/manage.html", context)
