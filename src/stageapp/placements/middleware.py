"""Which institution a request is for: the one that the host name stands for."""

from collections.abc import Callable

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.core.requests import host_of
from stageapp.placements.queries import institutions_of
from stageapp.programmes.models import Institution
from stageapp.programmes.queries import institution_at


def belongs_elsewhere(person: User, institution: Institution | None) -> list[Institution]:
    """Return the institutions of somebody who has no place at that of this host, else none."""
    if institution is None or not institution.host:
        return []
    own = list(institutions_of(person))
    return [] if institution in own else own


class InstitutionMiddleware:
    """Shows times as they are where the institution is, and keeps people of others out.

    An installation of one institution needs no host name: then everybody is at home there.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        institution = institution_at(host_of(request))
        request.institution = institution  # type: ignore[attr-defined]
        if institution is None:
            return self.get_response(request)
        with timezone.override(institution.zone):
            return self._turned_away(request, institution) or self.get_response(request)

    @staticmethod
    def _turned_away(request: HttpRequest, institution: Institution) -> HttpResponse | None:
        """Answer somebody who belongs to other institutions only: signed out, and told where to."""
        if not request.user.is_authenticated:
            return None
        own = belongs_elsewhere(request.user, institution)
        if not own:
            return None
        logout(request)
        return render(request, "placements/elsewhere.html", {"institutions": own}, status=404)
