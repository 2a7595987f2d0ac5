"""Sending somebody to their campus, and what is made of who comes back."""

import time
from dataclasses import asdict

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language

from stageapp.integrations.campus import arriving, oidc, queries, saml
from stageapp.integrations.campus.arriving import SIGN_IN, Way
from stageapp.integrations.campus.models import CampusProvider
from stageapp.integrations.campus.rules import Arrival, Newcomer

#: Where the session keeps who came back from a campus for something else than coming in.
LINKING, TRIED = "campus_linking", "campus_tried"


def send_away(request: HttpRequest, provider: CampusProvider, purpose: str) -> HttpResponse:
    """Begin a sign-in at the campus, for one of the purposes."""
    way = Way(
        provider.pk,
        purpose,
        time.time(),
        next=_own_path(request),
        person=None if purpose == SIGN_IN else request.user.pk,
    )
    if provider.is_saml:
        begun = saml.begin(provider)
        arriving.remember(request, begun.state, way)
        return redirect(begun.address)
    started = oidc.begin(provider)
    remembered = Way(**asdict(way) | {"remembered": started.remembered})
    arriving.remember(request, started.state, remembered)
    return redirect(started.address)


def _own_path(request: HttpRequest) -> str:
    target = request.GET.get("next", "")
    is_own = target.startswith("/") and url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}
    )
    return target if is_own else ""


def newcomer_of(provider: CampusProvider, arrival: Arrival) -> Newcomer:
    """Return what of somebody's attributes is needed to make them an account."""
    return Newcomer(
        subject=arrival.subject,
        email=arrival.email,
        name=arrival.name,
        language=arrival.language or get_language() or settings.LANGUAGE_CODE,
        student_number=arrival.student_number,
        is_proven=arrival.is_email_checked and queries.owns(provider.institution, arrival.email),
        rules=[rule.pk for rule in queries.roles_for(provider, arrival)],
    )
