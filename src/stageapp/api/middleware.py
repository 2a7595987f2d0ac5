"""Lets a token in as its person, and answers whatever goes wrong below the API with a problem.

It stands after the middleware that looks up the institution, and before those that keep people
out. They do their work for whoever it is, with a token or signed in: here they are asked first, so
that a program gets a problem and not a page.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_supported_language_variant, override
from django.utils.translation.trans_real import parse_accept_lang_header

from stageapp.accounts.middleware import BEGAN, NOTED, VerifiedEmailMiddleware, language_of
from stageapp.accounts.models import User
from stageapp.api import queries
from stageapp.api.actions import note_use
from stageapp.api.models import AccessToken
from stageapp.api.v1.problems import KIND_OF, MEDIA_TYPE, ApiError
from stageapp.placements.middleware import belongs_elsewhere
from stageapp.programmes.middleware import maintenance_wait
from stageapp.programmes.queries import institution_for

PATH = "/api/v1/"
BEARER = "bearer "


class ApiRequest(HttpRequest):
    """A request to the API, once it came through the door."""

    user: User
    #: The token it came with; none of who is signed in themselves.
    token: AccessToken | None


class NoSession(SessionBase):
    """Stands in for the session of a request with a token: kept nowhere, gone afterwards."""

    def exists(self, session_key: str) -> bool:  # noqa: ARG002
        """Say that there is none."""
        return False

    def create(self) -> None:
        """Make nothing."""

    def save(self, must_create: bool = False) -> None:
        """Keep nothing."""

    def delete(self, session_key: str | None = None) -> None:
        """Remove nothing."""

    def load(self) -> dict[str, Any]:
        """Begin empty."""
        return {}


class ApiMiddleware:
    """See above."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PATH):
            return self.get_response(request)
        kept = request.session
        request.token = None  # type: ignore[attr-defined]
        authorization = request.headers.get("Authorization", "")
        if authorization:
            self._enter(request, authorization)
        language = language_asked(request)
        request.LANGUAGE_CODE = language
        with override(language):
            response = as_problem(self.get_response(request))
        request.session = kept
        response["Content-Language"] = language
        if not request.path.endswith("/openapi.json"):
            patch_vary_headers(response, ("Accept-Language", "Authorization", "Cookie"))
            response["Cache-Control"] = "private, no-cache"
        return response

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """Answer for each gate that would keep this person out of a page."""
        if not request.path.startswith(PATH):
            return None
        wait = maintenance_wait(request)
        if wait is not None:
            return ApiError("maintenance", headers={"Retry-After": str(wait)}).as_response()
        if not request.user.is_authenticated:
            return None
        if not VerifiedEmailMiddleware(self.get_response).is_verified(request):
            return ApiError("unverified").as_response()
        return None

    @staticmethod
    def _enter(request: HttpRequest, authorization: str) -> None:
        """Be whose token it is; with one that does not work, nobody, whatever cookie there is."""
        session = NoSession()
        now = timezone.now()
        # Nothing is noted of a session that there is not.
        session[NOTED] = session[BEGAN] = now.isoformat()
        request.session = session
        request.COOKIES = {}
        request.user = AnonymousUser()
        if not authorization.lower().startswith(BEARER):
            return
        token = queries.token_with(authorization[len(BEARER) :].strip(), now)
        if token is None or belongs_elsewhere(token.person, institution_for(request)):
            return
        request.token = token  # type: ignore[attr-defined]
        request.user = token.person
        note_use(token, timezone.localdate(now))


def language_asked(request: HttpRequest) -> str:
    """Return the language that a program asks for, else that of the person."""
    for name, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        try:
            found = get_supported_language_variant(name)
        except LookupError:
            continue
        if found in dict(settings.LANGUAGES):
            return found
    return language_of(request)


def as_problem(response: HttpResponse) -> HttpResponse:
    """Return an answer that is a page as a problem: of an address that there is not, for one."""
    if response.get("Location", "").startswith(reverse("privacy:agree")):
        return ApiError("agreement").as_response()
    kind = response.get("Content-Type", "").partition(";")[0]
    if response.status_code < HTTPStatus.BAD_REQUEST or kind in (MEDIA_TYPE, "application/json"):
        return response
    headers = {
        name: response[name] for name in ("Allow", "Retry-After") if response.has_header(name)
    }
    name = KIND_OF.get(response.status_code, "malformed")
    return ApiError(name, headers=headers).as_response()
