"""What holds for every answer."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

from stageapp.core import views


class ProbesMiddleware:
    """Answers what asks whether the process runs, without a host name, a session or a database.

    Whoever watches the process by `/healthz` is not told to restart it when the database is away.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        probe = {"/healthz": views.alive, "/readyz": views.ready}.get(request.path)
        return (probe or self.get_response)(request)


class PrivatePagesMiddleware:
    """Keeps pages out of caches, and out of the pages of other sites.

    After signing out the back button shows nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response
