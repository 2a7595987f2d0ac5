"""Shows times as they are where the institution is."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from stageapp.programmes.queries import institution_at


class InstitutionTimeZoneMiddleware:
    """Activates the time zone of the institution that the host name stands for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        institution = institution_at(request.get_host().partition(":")[0])
        if institution is None:
            return self.get_response(request)
        with timezone.override(institution.zone):
            return self.get_response(request)
