"""Setting up campus sign-in: for functional administrators."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form, ModelForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stageapp.accounts.audience import audience_text
from stageapp.core.requests import sent_data
from stageapp.integrations.campus import access, actions, checks, oidc, queries, rules, saml
from stageapp.integrations.campus.arriving import TRY
from stageapp.integrations.campus.forms import (
    DomainsForm,
    OidcForm,
    ProviderForm,
    RuleForm,
    SamlForm,
)
from stageapp.integrations.campus.leaving import TRIED, newcomer_of, send_away
from stageapp.integrations.campus.models import CampusProvider, Protocol
from stageapp.integrations.campus.rules import Arrival, CampusError
from stageapp.integrations.campus.words import REFUSALS
from stageapp.programmes.access import functional_administrators_of
from stageapp.programmes.decorators import InstitutionRequest, runs_institution
from stageapp.programmes.models import Institution

#: Where the session keeps what "Test this" found.
CHECKED = "campus_checked"


@require_http_methods(["GET", "HEAD", "POST"])
@runs_institution
def overview(request: InstitutionRequest) -> HttpResponse:
    """Show by what people can come in, and keep which mail domains the institution owns."""
    institution = request.institution_run
    owned = "\n".join(institution.campus_domains.values_list("domain", flat=True))
    form = DomainsForm(sent_data(request), initial={"domains": owned})
    if form.is_bound and form.is_valid():
        try:
            actions.own_domains(
                institution, form.cleaned_data["domains"], by=request.user, at=timezone.now()
            )
        except ValidationError as problem:
            form.add_error("domains", problem)
        else:
            messages.success(request, _("The domains are kept."))
            return redirect("manage_campus:list")
    context = {
        "institution": institution,
        "providers": institution.campus_providers.all(),
        "form": form,
        "to_confirm": queries.domains_to_confirm(institution),
        "audience": _audience(request, institution),
    }
    return render(request, "campus/manage/list.html", context, status=_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
@runs_institution
def new(request: InstitutionRequest, protocol: Protocol) -> HttpResponse:
    """Add a way in, which stays off until it was looked at."""
    institution = request.institution_run
    provider = CampusProvider(institution=institution, protocol=protocol, name=institution.name)
    form = _form(provider, sent_data(request))
    if form.is_bound and form.is_valid():
        try:
            kept = actions.add_provider(form.save(commit=False), by=request.user, at=timezone.now())
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            return redirect("manage_campus:provider", kept.pk)
    return _form_page(request, provider, form)


@require_http_methods(["GET", "HEAD", "POST"])
@runs_institution
def change(request: InstitutionRequest, pk: int) -> HttpResponse:
    """Change how a provider is reached."""
    provider = _provider(request, pk)
    form = _form(provider, sent_data(request))
    if form.is_bound and form.is_valid():
        try:
            actions.change_provider(form.save(commit=False), by=request.user, at=timezone.now())
        except ValidationError as problem:  # somebody came in by it since
            form.add_error(None, problem)
        else:
            messages.success(request, _("Kept. Test it once more."))
            return redirect("manage_campus:provider", pk)
    return _form_page(request, provider, form)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@runs_institution
def provider(request: InstitutionRequest, pk: int) -> HttpResponse:
    """Show one way in: what the institution needs of us, what was found, and its rules."""
    own = _provider(request, pk)
    form = RuleForm(sent_data(request), provider=own)
    if form.is_bound and form.is_valid():
        try:
            actions.add_rule(form.save(commit=False), by=request.user, at=timezone.now())
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, _("The rule is kept."))
            return redirect(f"{reverse('manage_campus:provider', args=[pk])}#rules")
    context = {
        "institution": own.institution,
        "provider": own,
        "ours": _ours(own),
        "rules": own.rules.select_related("programme"),
        "form": form,
        "attributes": rules.known_names(),
        "findings": _found(request, own),
        "tried": _tried(request, own),
        "try_address": own.whole(reverse("manage_campus:try", args=[pk])),
        "linked": own.accounts.count(),
        "audience": _audience(request, own.institution),
    }
    return render(request, "campus/manage/provider.html", context, status=_status(form))


@require_POST
@runs_institution
def test(request: InstitutionRequest, pk: int) -> HttpResponse:
    """Look at what works and what does not; keep metadata that are right."""
    own = _provider(request, pk)
    now = timezone.now()
    if own.is_saml and not own.lacks:
        actions.refresh(own, at=now)
    found = [one.as_list() for one in checks.check(own, at=now)]
    request.session[CHECKED] = {"provider": pk, "found": found}
    return redirect("manage_campus:provider", pk)


@never_cache
@require_safe
@runs_institution
def try_out(request: InstitutionRequest, pk: int) -> HttpResponse:
    """Send an administrator to sign in themselves, to see what would come of it."""
    own = _provider(request, pk)
    try:
        actions.check_ready(own)
        return send_away(request, own, TRY)
    except ValidationError as problem:
        messages.error(request, problem.message)
    except CampusError as problem:
        messages.error(request, str(REFUSALS[problem.refusal].what))
    return redirect("manage_campus:provider", pk)


@require_POST
@runs_institution
def switch(request: InstitutionRequest, pk: int) -> HttpResponse:
    """Let people come in by it, or no more."""
    own = _provider(request, pk)
    is_on = request.POST.get("to") == "on"
    try:
        actions.switch(own, is_on=is_on, by=request.user, at=timezone.now())
    except ValidationError as problem:
        messages.error(request, problem.message)
    else:
        text = _("People can sign in with it now.") if is_on else _("It is switched off.")
        messages.success(request, text)
    return redirect("manage_campus:provider", pk)


@require_POST
@runs_institution
def remove(request: InstitutionRequest, pk: int) -> HttpResponse:
    """Remove a way in that is switched off."""
    own = _provider(request, pk)
    if own.is_on:
        messages.error(request, _("Switch it off first."))
        return redirect("manage_campus:provider", pk)
    actions.remove_provider(own, by=request.user, at=timezone.now())
    messages.success(request, _("%(name)s is removed.") % {"name": own.name})
    return redirect("manage_campus:list")


@require_POST
@runs_institution
def rule_remove(request: InstitutionRequest, pk: int) -> HttpResponse:
    """Remove a rule."""
    rule = get_object_or_404(access.rules_administered(request.user), pk=pk)
    actions.remove_rule(rule, by=request.user, at=timezone.now())
    messages.success(request, _("The rule is removed. Roles that it gave stay."))
    return redirect(f"{reverse('manage_campus:provider', args=[rule.provider_id])}#rules")


def _provider(request: InstitutionRequest, pk: int) -> CampusProvider:
    return get_object_or_404(access.providers_administered(request.user), pk=pk)


def _form(provider: CampusProvider, data: Any) -> ProviderForm:
    return (
        SamlForm(data, instance=provider) if provider.is_saml else OidcForm(data, instance=provider)
    )


def _form_page(
    request: InstitutionRequest, provider: CampusProvider, form: ProviderForm
) -> HttpResponse:
    context = {
        "institution": provider.institution,
        "provider": provider,
        "form": form,
        "audience": _audience(request, provider.institution),
    }
    return render(request, "campus/manage/form.html", context, status=_status(form))


def _ours(provider: CampusProvider) -> list[tuple[str, str]]:
    """Return what the institution has to know of this side."""
    if provider.is_saml:
        return [
            (_("Entity ID, and address of our metadata"), saml.entity_of(provider)),
            (_("Assertion consumer service (ACS), by POST"), saml.acs_of(provider)),
            (_("Single logout service, by redirect"), provider.sign_out_address),
        ]
    return [
        (_("Redirect URI"), oidc.callback_of(provider)),
        (_("Post logout redirect URI"), provider.whole(reverse("account_login"))),
        (_("Back-channel logout URI, or front-channel"), provider.sign_out_address),
        (_("Scopes"), oidc.SCOPE),
    ]


def _found(request: InstitutionRequest, provider: CampusProvider) -> list[checks.Finding]:
    kept = request.session.get(CHECKED)
    if kept is None or kept["provider"] != provider.pk:
        return []
    return [checks.from_list(one) for one in kept["found"]]


def _tried(request: InstitutionRequest, provider: CampusProvider) -> dict[str, Any] | None:
    """Return what came in with the administrator's own sign-in, and what would follow from it."""
    kept = request.session.get(TRIED)
    if kept is None or kept["provider"] != provider.pk:
        return None
    arrival = Arrival(**kept["arrival"])
    newcomer = newcomer_of(provider, arrival)
    return {
        "attributes": sorted(arrival.attributes.items()),
        "arrival": arrival,
        "newcomer": newcomer,
        # Of other addresses nothing is told: whoever runs a provider can let it say anything.
        "is_own": newcomer.email == request.user.email,
        "is_at_home": rules.is_at_home(provider.home_organization, arrival.attributes),
        "rules": queries.roles_for(provider, arrival),
        "account": queries.account_of(provider, arrival.subject),
    }


def _audience(request: InstitutionRequest, institution: Institution) -> str:
    return audience_text(functional_administrators_of(institution), request.user)


def _status(form: Form | ModelForm[Any]) -> int:
    return 422 if form.is_bound and form.errors else 200
