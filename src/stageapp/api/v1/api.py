"""The API as a whole: its resources, its document, and what it answers when something is wrong."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from stageapp.api.v1 import (
    activities,
    administration,
    agreements,
    evidence,
    goals,
    insights,
    me,
    news,
    placements,
    planning,
    points,
    profile,
    questions,
    reflections,
    reports,
    saved,
    students,
    talks,
    tips,
    vocabularies,
)
from stageapp.api.v1.problems import KIND_OF, ApiError, not_found, of_schema

api = NinjaAPI(
    title="Stage-App",
    version="1",
    urls_namespace="api_v1",
    openapi_url=None,
    docs_url=None,
)
for area in (
    me,
    profile,
    placements,
    activities,
    reflections,
    evidence,
    goals,
    saved,
    tips,
    insights,
    vocabularies,
    questions,
    talks,
    reports,
    points,
    agreements,
    news,
    planning,
    students,
    administration,
):
    api.add_router("", area.router)


@api.exception_handler(ApiError)
def _problem(_request: HttpRequest, problem: ApiError) -> HttpResponse:
    return problem.as_response()


@api.exception_handler(ValidationError)
def _wrong_shape(_request: HttpRequest, problem: ValidationError) -> HttpResponse:
    return of_schema(problem).as_response()


@api.exception_handler(Http404)
def _not_there(_request: HttpRequest, _problem: Http404) -> HttpResponse:
    return not_found().as_response()


@api.exception_handler(AuthenticationError)
@api.exception_handler(HttpError)
def _refused(_request: HttpRequest, problem: HttpError) -> HttpResponse:
    return ApiError(KIND_OF.get(problem.status_code, "malformed")).as_response()


def addresses() -> list[Any]:
    """Return the addresses of all operations; who it is, each of them asks by itself."""
    found = api.urls[0]
    for one in found:
        if isinstance(one, URLPattern):
            one.callback = login_not_required(one.callback)
    return list(found)
