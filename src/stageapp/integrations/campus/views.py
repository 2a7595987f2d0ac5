"""Coming in by a campus, and leaving by it: for everybody."""

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from cryptography.fernet import InvalidToken
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stageapp.accounts import devices
from stageapp.accounts.adapter import AFTER_SIGN_OUT
from stageapp.accounts.models import User
from stageapp.accounts.queries import person_with
from stageapp.core.requests import sent_data
from stageapp.core.sealed import box
from stageapp.integrations.campus import (
    access,
    actions,
    arriving,
    codes,
    oidc,
    queries,
    rules,
    saml,
)
from stageapp.integrations.campus.arriving import LINK, SALT, SIGN_IN, TRY, Way
from stageapp.integrations.campus.forms import CodeForm, FindForm
from stageapp.integrations.campus.leaving import LINKING, TRIED, newcomer_of, send_away
from stageapp.integrations.campus.models import CampusProvider
from stageapp.integrations.campus.receivers import TO_LINK
from stageapp.integrations.campus.rules import Arrival, CampusError, Newcomer, Refusal
from stageapp.integrations.campus.words import REFUSALS
from stageapp.programmes.queries import institution_for

View = Callable[..., HttpResponse]


def of_campus(view: View) -> View:
    """Give the view the provider of this host; tell in words why a sign-in goes no further."""

    @wraps(view)
    def with_provider(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        own = access.providers_at(institution_for(request))
        provider = get_object_or_404(own, pk=pk)
        try:
            return view(request, provider, **kwargs)
        except CampusError as problem:
            return _refused(request, provider, problem)

    return with_provider


def _refused(request: HttpRequest, provider: CampusProvider, problem: CampusError) -> HttpResponse:
    if problem.refusal != Refusal.CANCELLED:
        actions.note_refusal(provider, problem, at=timezone.now())
    context = {
        "provider": provider,
        "told": REFUSALS[problem.refusal],
        "word": problem.refusal,
        "may_try": provider.is_on and not request.user.is_authenticated,
    }
    return render(request, "campus/refused.html", context, status=400)


# Beginning ---------------------------------------------------------------------------------------


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Ask for an address and send on to the institution that owns its domain."""
    if request.user.is_authenticated:
        return redirect("home")
    form = FindForm(sent_data(request))
    if form.is_bound and form.is_valid():
        provider = form.provider
        return redirect(provider.whole(reverse("campus:begin", args=[provider.pk])))
    status = 422 if form.is_bound else 200
    return render(request, "campus/find.html", {"form": form}, status=status)


@login_not_required
@require_safe
@of_campus
def begin(request: HttpRequest, provider: CampusProvider) -> HttpResponse:
    """Say where somebody goes, and go on by itself.

    A form may not lead to another site (`form-action`), so this page stands in between.
    """
    if request.user.is_authenticated:
        return redirect("home")
    if not provider.is_on:
        raise CampusError(Refusal.OFF)
    return goes_on(request, provider, reverse("campus:go", args=[provider.pk]))


def goes_on(request: HttpRequest, provider: CampusProvider, address: str) -> HttpResponse:
    """Show the page from which the browser goes on by itself."""
    context = {"provider": provider, "go_on": address}
    response = render(request, "campus/begin.html", context)
    response.headers["Refresh"] = f"0; url={address}"
    return response


@never_cache
@login_not_required
@require_safe
@of_campus
def go(request: HttpRequest, provider: CampusProvider) -> HttpResponse:
    """Send the browser to the institution."""
    if request.user.is_authenticated:
        return redirect("home")
    if not provider.is_on:
        raise CampusError(Refusal.OFF)
    return send_away(request, provider, SIGN_IN)


# Coming back -------------------------------------------------------------------------------------


@never_cache
@login_not_required
@require_safe
@of_campus
def callback(request: HttpRequest, provider: CampusProvider) -> HttpResponse:
    """Take the answer of OpenID Connect."""
    way = arriving.way_of(request, provider, request.GET.get("state", ""))
    if provider.is_saml:
        raise CampusError(Refusal.LOST, "protocol")
    arrival = oidc.finish(provider, request.GET.dict(), way.remembered)
    return _arrived(request, provider, arrival, way)


@csrf_exempt
@login_not_required
@require_POST
@of_campus
def acs(request: HttpRequest, provider: CampusProvider) -> HttpResponse:
    """Take the answer of SAML, which comes without our cookies, and check all but whose it is."""
    if not provider.is_saml:
        raise CampusError(Refusal.LOST, "protocol")
    sent = request.POST.get("SAMLResponse", "")
    try:
        answer = saml.read_answer(provider, sent)
    except CampusError as problem:
        is_new = problem.refusal == Refusal.SIGNATURE and actions.refresh_for_new_key(
            provider, at=timezone.now()
        )
        if not is_new:
            raise
        answer = saml.read_answer(provider, sent)
    if not answer.in_response_to and not provider.takes_unasked:
        raise CampusError(Refusal.UNASKED)
    actions.use_up(provider, answer.assertion_id, expires_at=answer.expires_at)
    word = arriving.keep(provider, answer.arrival, answer.in_response_to)
    return redirect("campus:done", provider.pk, word)


@never_cache
@login_not_required
@require_safe
@of_campus
def done(request: HttpRequest, provider: CampusProvider, word: str) -> HttpResponse:
    """Go on with an answer of SAML, now with our cookies: it has to answer what began here."""
    arrival, in_response_to = arriving.take(provider, word)
    if in_response_to:
        way = arriving.way_of(request, provider, in_response_to)
    else:
        way = Way(provider.pk, SIGN_IN, time.time())
    return _arrived(request, provider, arrival, way)


def _arrived(
    request: HttpRequest, provider: CampusProvider, arrival: Arrival, way: Way
) -> HttpResponse:
    if way.purpose == TRY:
        request.session[TRIED] = {"provider": provider.pk, "arrival": asdict(arrival)}
        return redirect("manage_campus:provider", provider.pk)
    if not rules.is_at_home(provider.home_organization, arrival.attributes):
        raise CampusError(Refusal.HOME)
    if not provider.is_on:
        raise CampusError(Refusal.OFF)
    newcomer = newcomer_of(provider, arrival)
    if way.purpose == LINK:
        request.session[LINKING] = {"provider": provider.pk, "newcomer": asdict(newcomer)}
        return redirect("campus:confirm", provider.pk)
    return _come_in(request, provider, arrival, newcomer, way)


def _come_in(
    request: HttpRequest,
    provider: CampusProvider,
    arrival: Arrival,
    newcomer: Newcomer,
    way: Way,
) -> HttpResponse:
    if request.user.is_authenticated:
        get_adapter().logout(request)
    _remember_sign_out(request, provider, arrival)
    account = queries.account_of(provider, arrival.subject)
    if account is not None:
        actions.give_roles(account.person, queries.roles_for(provider, arrival), at=timezone.now())
        return _sign_in(request, provider, account.person, way.next)
    if not newcomer.email:
        raise CampusError(Refusal.NO_ADDRESS)
    person = person_with(newcomer.email)
    if newcomer.is_proven and (person is None or queries.vouches_for(provider, person)):
        return _welcome(request, provider, newcomer, way.next)
    if not codes.send(request, provider, newcomer, way.next):
        raise CampusError(Refusal.CLOCK, "too many codes")
    return redirect("campus:code", provider.pk)


def _welcome(
    request: HttpRequest, provider: CampusProvider, newcomer: Newcomer, go_on: str
) -> HttpResponse:
    person, is_new = actions.welcome(provider, newcomer, at=timezone.now())
    if is_new:
        # On the device on which an account is made, it is no news to its owner.
        devices.remember(request, person)
    return _sign_in(request, provider, person, go_on)


def _sign_in(
    request: HttpRequest, provider: CampusProvider, person: User, go_on: str
) -> HttpResponse:
    """Go the way of every sign-in: the second factor, the record, the devices."""
    # What a SAML provider says about a session comes by the browser that has it.
    told = {} if provider.is_saml else {"session": _digest_of_session(request)}
    record_authentication(request, person, method="campus", provider=provider.pk, **told)
    answer: HttpResponse = perform_login(request, person, redirect_url=go_on or None)
    return answer


# The address is shown to be theirs ---------------------------------------------------------------


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@of_campus
def code(request: HttpRequest, provider: CampusProvider) -> HttpResponse:
    """Ask for the code that went to the address that the campus told."""
    waiting = codes.waiting(request, provider)
    if waiting is None:
        raise CampusError(Refusal.LOST, "code")
    newcomer, go_on = waiting
    form = CodeForm(sent_data(request))
    if form.is_bound and form.is_valid():
        if codes.is_right(request, form.cleaned_data["code"]):
            return _proven(request, provider, newcomer, go_on)
        form.add_error("code", _("This is not the code, or it is over. Look at the last mail."))
    context = {"provider": provider, "form": form, "email": newcomer.email}
    return render(request, "campus/code.html", context, status=422 if form.is_bound else 200)


@login_not_required
@require_POST
@of_campus
def code_again(request: HttpRequest, provider: CampusProvider) -> HttpResponse:
    """Send another code, some times."""
    waiting = codes.waiting(request, provider)
    if waiting is None:
        raise CampusError(Refusal.LOST, "code")
    newcomer, go_on = waiting
    if codes.send(request, provider, newcomer, go_on):
        messages.success(request, _("There is a new mail on its way to you."))
    else:
        messages.error(request, _("That was very often in a short time. Wait an hour."))
    return redirect("campus:code", provider.pk)


def _proven(
    request: HttpRequest, provider: CampusProvider, newcomer: Newcomer, go_on: str
) -> HttpResponse:
    person = person_with(newcomer.email)
    if person is None or not queries.is_theirs(person):
        return _welcome(request, provider, newcomer, go_on)
    if not queries.takes(provider, person):
        raise CampusError(Refusal.ELSEWHERE)
    # What the account itself asks for comes first; the link follows on being in.
    request.session[TO_LINK] = {
        "provider": provider.pk,
        "person": person.pk,
        "newcomer": asdict(newcomer),
    }
    return _sign_in(request, provider, person, go_on)


# Signing out -------------------------------------------------------------------------------------


def _remember_sign_out(request: HttpRequest, provider: CampusProvider, arrival: Arrival) -> None:
    sealed = box(SALT).encrypt(json.dumps(arrival.session).encode()).decode()
    request.session[AFTER_SIGN_OUT] = f"{reverse('campus:out', args=[provider.pk])}?s={sealed}"


def _session_in(text: str) -> dict[str, str]:
    """Return what signing out at the campus needs, from the address that holds it sealed."""
    try:
        told: dict[str, str] = json.loads(box(SALT).decrypt(text.encode()))
    except InvalidToken:
        return {}
    return told


@never_cache
@login_not_required
@require_safe
@of_campus
def out(request: HttpRequest, provider: CampusProvider) -> HttpResponse:
    """After signing out here: say that it is not everywhere, and offer that where it can be."""
    if request.user.is_authenticated:
        return redirect("home")
    sealed = request.GET.get("s", "")
    context = {
        "provider": provider,
        "there": sealed if _where_out(provider, sealed) else "",
    }
    return render(request, "campus/out.html", context)


@never_cache
@login_not_required
@require_safe
@of_campus
def out_there(request: HttpRequest, provider: CampusProvider) -> HttpResponse:
    """Sign out at the campus as well."""
    address = _where_out(provider, request.GET.get("s", ""))
    if address is None:
        raise Http404
    return redirect(address)


def _where_out(provider: CampusProvider, sealed: str) -> str | None:
    session = _session_in(sealed)
    if not session:
        return None
    try:
        if provider.is_saml:
            return saml.sign_out_address(provider, session)
        back = provider.whole(reverse("account_login"))
        return oidc.sign_out_address(provider, session, back)
    except CampusError:
        return None


@never_cache
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@of_campus
def signed_out(request: HttpRequest, provider: CampusProvider) -> HttpResponse:
    """Take what a campus says about signing out: that it is done, or that it wants it."""
    if not provider.is_saml:
        return _signed_out_by_openid(request, provider)
    told = saml.read_sign_out(provider, request.GET.dict(), request.META.get("QUERY_STRING", ""))
    if told.name_id and _is_session_of(request, told.name_id):
        get_adapter().logout(request)
    if told.go_on:
        return redirect(told.go_on)
    if told.is_done:
        text = _("You are signed out at %(name)s as well.")
        messages.success(request, text % {"name": provider.name})
    else:
        text = _("At %(name)s you may still be signed in. Close your browser to be sure.")
        messages.warning(request, text % {"name": provider.name})
    return redirect("account_login")


def _signed_out_by_openid(request: HttpRequest, provider: CampusProvider) -> HttpResponse:
    """Answer a program: the provider itself by POST, or a frame in a page of it by GET."""
    try:
        if request.method == "POST":
            told = oidc.read_logout_token(provider, request.POST.get("logout_token", ""))
        else:
            told = oidc.read_front_channel(provider, request.GET.dict())
        actions.sign_out(provider, told)
    except CampusError as problem:
        actions.note_refusal(provider, problem, at=timezone.now())
        return JsonResponse({"error": "invalid_request"}, status=400)
    return HttpResponse()


def _is_session_of(request: HttpRequest, name_id: str) -> bool:
    told = _kept_of(request).get("name_id", "")
    return bool(told) and secrets.compare_digest(told.encode(), name_id.encode())


def _digest_of_session(request: HttpRequest) -> str:
    session = _kept_of(request).get("sid")
    return actions.digest_of(session) if session else ""


def _kept_of(request: HttpRequest) -> dict[str, str]:
    """Return what this session keeps of the one at the campus."""
    return _session_in(request.session.get(AFTER_SIGN_OUT, "").partition("?s=")[2])


# About this side ---------------------------------------------------------------------------------


@login_not_required
@require_safe
@of_campus
def metadata(_request: HttpRequest, provider: CampusProvider) -> HttpResponse:
    """Show what this side says about itself to a SAML provider."""
    if not provider.is_saml:
        raise Http404
    return HttpResponse(saml.own_metadata(provider), content_type="application/samlmetadata+xml")
