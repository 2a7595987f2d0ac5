"""What stands before every operation: who it is, what their token allows, and how often."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.translation import gettext as _

from stageapp.api.queries import lacks_second_factor, scopes_of
from stageapp.api.rules import Area, Scope
from stageapp.api.v1.problems import ApiError, FieldProblem
from stageapp.core.counting import Count, counts_of

SAFE = ("GET", "HEAD", "OPTIONS")
READING, WRITING = "API: reading", "API: writing"
WITHOUT = "API: without a token that works"
JSON, MULTIPART = "application/json", "multipart/form-data"
#: Bytes that a body of JSON may have: the longest texts, several of them, in the widest alphabet.
MOST_JSON = 512 * 1024
#: What goes around a file.
MOST_AROUND = 64 * 1024


@dataclass(frozen=True)
class Door:
    """Lets a request through, or raises the problem that it gets."""

    scope: Scope | None
    #: The media type of the body; empty where there is none.
    takes: str = ""
    #: Lines of the table of limits in which it counts as well.
    costs: Sequence[str] = ()
    #: What the address may carry; a filter that nobody knows would be left out in silence.
    query: frozenset[str] = frozenset()

    def __call__(self, request: HttpRequest) -> Any:
        """Raise a problem for whoever may not go on."""
        self._know(request)
        self._count(request)
        self._check_scope(request)
        self._check_query(request)
        self._check_body(request)
        return request.user

    @staticmethod
    def _know(request: HttpRequest) -> None:
        if not request.user.is_authenticated:
            _raise_if_reached(counts_of(request, (WITHOUT,)))
            raise ApiError("unauthorized", headers={"WWW-Authenticate": 'Bearer realm="api"'})
        if getattr(request, "token", None) is None and request.method not in SAFE:
            check = _Csrf(lambda _request: HttpResponse())
            if check.process_view(request, _changes_something, (), {}):
                raise ApiError("csrf")

    def _count(self, request: HttpRequest) -> None:
        general = READING if request.method in SAFE else WRITING
        counts = counts_of(request, (general, *self.costs))
        request.counts = counts  # type: ignore[attr-defined]
        _raise_if_reached(counts)

    def _check_scope(self, request: HttpRequest) -> None:
        if self.scope is None:
            return
        need(request, self.scope)
        person = request.user
        assert person.is_authenticated
        if self.scope.area == Area.ADMINISTRATION and lacks_second_factor(person):
            raise ApiError("second-factor")

    def _check_query(self, request: HttpRequest) -> None:
        unknown = [name for name in request.GET if name not in self.query]
        if unknown:
            text = _("There is no filter of this name.")
            raise ApiError(
                "invalid",
                errors=[
                    FieldProblem(field=name, message=text, code="extra_forbidden")
                    for name in unknown
                ],
            )

    def _check_body(self, request: HttpRequest) -> None:
        if not self.takes:
            return
        if request.content_type != self.takes:
            raise ApiError("media-type")
        length = request.META.get("CONTENT_LENGTH") or "0"
        most = MOST_JSON
        if self.takes == MULTIPART:
            most = settings.EVIDENCE_MOST_BYTES + MOST_AROUND
        if not length.isdecimal() or int(length) > most:
            raise ApiError("too-large")


class _Csrf(CsrfViewMiddleware):
    """Django's own check, of which only the answer counts."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:  # noqa: ARG002
        return HttpResponse(status=403)


def _changes_something(_request: HttpRequest) -> HttpResponse:
    """Stand for a view that is not exempt."""
    return HttpResponse()


def need(request: HttpRequest, scope: Scope) -> None:
    """Raise a problem where a token has not this scope, which what was sent needs as well."""
    if scope not in scopes_of(getattr(request, "token", None)):
        told = f'Bearer error="insufficient_scope", scope="{scope}"'
        raise ApiError("scope", headers={"WWW-Authenticate": told})


def _raise_if_reached(counts: Sequence[Count]) -> None:
    if counts and not counts[-1].is_within:
        headers = {"Retry-After": str(counts[-1].wait), **headers_of(counts)}
        raise ApiError("too-many", headers=headers)


def headers_of(counts: Sequence[Count]) -> dict[str, str]:
    """Return how much is left, of the limit that is nearest."""
    if not counts:
        return {}
    nearest = min(counts, key=lambda one: one.left)
    return {
        "RateLimit-Limit": str(nearest.most),
        "RateLimit-Remaining": str(nearest.left),
        "RateLimit-Reset": str(nearest.wait),
    }
