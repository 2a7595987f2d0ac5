"""The page that leads to what connects an institution with other systems."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stageapp.accounts.audience import audience_text
from stageapp.integrations.catalogue import CONNECTIONS
from stageapp.programmes.access import functional_administrators_of
from stageapp.programmes.decorators import InstitutionRequest, runs_institution


@require_safe
@runs_institution
def overview(request: InstitutionRequest) -> HttpResponse:
    """Show what can be connected, and what each is for."""
    institution = request.institution_run
    context = {
        "institution": institution,
        "connections": CONNECTIONS,
        "audience": audience_text(functional_administrators_of(institution), request.user),
    }
    return render(request, "integrations/overview.html", context)
