"""The keys that sign portfolios and badges, for functional administrators."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stageapp.accounts.audience import audience_text
from stageapp.integrations.portfolio import access, actions_manage
from stageapp.integrations.portfolio.actions import JWKS
from stageapp.programmes.access import functional_administrators_of
from stageapp.programmes.decorators import InstitutionRequest, runs_institution

#: One a year, so this is more than a life.
MOST_SHOWN = 50


@require_safe
@runs_institution
def keys(request: InstitutionRequest) -> HttpResponse:
    """Show which keys sign and signed."""
    institution = request.institution_run
    own = access.keys_administered(request.user).filter(institution=institution)
    context = {
        "institution": institution,
        "keys": own[:MOST_SHOWN],
        "jwks": f"{institution.address}{JWKS}",
        "audience": audience_text(functional_administrators_of(institution), request.user),
    }
    return render(request, "portfolio/manage/keys.html", context)


@require_POST
@runs_institution
def new(request: InstitutionRequest) -> HttpResponse:
    """Let another key sign from now on."""
    actions_manage.take_new_key(request.institution_run, by=request.user, at=timezone.now())
    messages.success(request, _("A new key signs from now on."))
    return redirect("manage_badges:list")


@require_POST
@runs_institution
def withdraw(request: InstitutionRequest, pk: int) -> HttpResponse:
    """Publish a key no more."""
    key = get_object_or_404(access.keys_administered(request.user), pk=pk)
    actions_manage.withdraw_key(key, by=request.user, at=timezone.now())
    messages.success(request, _("The key is withdrawn. What it signed can be checked no more."))
    return redirect("manage_badges:list")
