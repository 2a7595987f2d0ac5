"""One way to say what an operation is: for the router, the document and the door alike."""

import hashlib
from collections.abc import Callable, Sequence
from functools import wraps
from http import HTTPStatus
from inspect import signature
from typing import Annotated, Any, TypeVar, get_args, get_origin

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.http import parse_etags
from django.utils.translation import override
from ninja import Router
from ninja.params.models import Query as QueryMark
from pydantic import BaseModel

from stageapp.api.middleware import ApiRequest
from stageapp.api.rules import Scope
from stageapp.api.v1.door import JSON, SAFE, Door, headers_of
from stageapp.api.v1.paging import Cut, address_of
from stageapp.api.v1.problems import ApiError, Problem
from stageapp.api.v1.shapes import Page

View = TypeVar("View", bound=Callable[..., Any])
#: What every operation can answer, and what some can: by the name of the reason.
ALWAYS = (401, 403, 429, 503)
#: Of a request that was sent before: the result of then.
SENT_BEFORE = 200


class Answer:
    """What an operation gives, where it is not simply its shape with 200."""

    def __init__(self, result: BaseModel | None, status: int, location: str = "") -> None:
        self.result, self.status, self.location = result, status, location


def made(result: BaseModel, *, is_new: bool, location: str) -> Answer:
    """Return the answer to creating: 201 for what is new, 200 for what was sent before."""
    return Answer(result, HTTPStatus.CREATED if is_new else SENT_BEFORE, location)


NOTHING = Answer(None, HTTPStatus.NO_CONTENT)


def operation(  # noqa: PLR0913 -- all that there is to say, each by its name
    router: Router,
    method: str,
    path: str,
    *,
    scope: Scope | None,
    gives: Any,
    creates: bool = False,
    takes: str = "",
    costs: Sequence[str] = (),
    match: str = "",
    conflicts: bool = False,
    is_file: bool = False,
) -> Callable[[View], View]:
    """Make an operation of a function; what it is called there is its `operationId`.

    `gives` is the shape of what comes back, or None for nothing (204). `match` says whether
    If-Match is "asked" for or "needed"; `conflicts` that the state of a thing can stand in the way.
    """
    has_key, is_safe = "{" in path, method in SAFE
    statuses = set(ALWAYS)
    statuses |= {404} if has_key or scope else set()
    statuses |= {400, 413, 415} if takes else set()
    statuses |= {422}
    statuses |= {409} if conflicts else set()
    statuses |= {"asked": {412}, "needed": {412, 428}}.get(match, set())
    responses: dict[int, Any] = dict.fromkeys(sorted(statuses), Problem)
    responses[_success(gives, creates=creates)] = gives
    if creates:
        responses[SENT_BEFORE] = gives
    if is_safe and gives is not None and not is_file:
        responses[304] = None
    extra = {
        "x-scope": scope.value if scope else None,
        "x-file": is_file,
        "x-match": match,
        "x-creates": creates,
    }

    def register(function: View) -> View:
        @wraps(function)
        def view(request: ApiRequest, **values: Any) -> HttpResponseBase:
            return _answered(request, function(request, **values))

        # The summary and the description say all of it; else the first line stands there twice.
        view.__doc__ = None
        known = _query_names(function)
        summary, _blank, more = (function.__doc__ or "").partition("\n")
        router.add_api_operation(
            path,
            [method],
            view,
            auth=Door(scope, takes, tuple(costs), known),
            response=responses,
            operation_id=function.__name__,
            summary=summary.strip().rstrip("."),
            description=" ".join(more.split()),
            openapi_extra=extra,
            url_name=None,
        )
        return function

    return register


def _query_names(function: Callable[..., Any]) -> frozenset[str]:
    """Return what an address may carry behind the question mark."""
    found: set[str] = set()
    for parameter in signature(function).parameters.values():
        if get_origin(parameter.annotation) is Annotated:
            kind, *marks = get_args(parameter.annotation)
            if any(isinstance(mark, QueryMark) for mark in marks):
                found |= set(kind.model_fields)
    return frozenset(found)


def _success(gives: Any, *, creates: bool) -> int:
    if creates:
        return HTTPStatus.CREATED.value
    return HTTPStatus.OK.value if gives is not None else HTTPStatus.NO_CONTENT.value


def _answered(request: HttpRequest, result: Any) -> HttpResponseBase:
    """Return what an operation gave as an answer, with its version, and nothing that is known."""
    if isinstance(result, HttpResponseBase):
        response = result
    else:
        answer = result if isinstance(result, Answer) else Answer(result, HTTPStatus.OK)
        response = _as_json(request, answer)
    for name, text in headers_of(getattr(request, "counts", ())).items():
        response[name] = text
    return response


def _as_json(request: HttpRequest, answer: Answer) -> HttpResponseBase:
    if answer.result is None:
        return HttpResponse(status=answer.status)
    body = answer.result.model_dump_json().encode()
    response: HttpResponse = HttpResponse(body, content_type=JSON, status=answer.status)
    response["ETag"] = etag_of(body)
    if request.method in SAFE and _is_known(request, response["ETag"]):
        response = HttpResponseNotModified(headers={"ETag": response["ETag"]})
    if answer.location:
        response["Location"] = answer.location
    if isinstance(answer.result, Page) and answer.result.next:
        response["Link"] = f'<{answer.result.next}>; rel="next"'
    return response


def etag_of(body: bytes) -> str:
    """Return the version of a representation: a hash of its bytes."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def _is_known(request: HttpRequest, etag: str) -> bool:
    told = parse_etags(request.headers.get("If-None-Match", ""))
    return etag in told or "*" in told or f"W/{etag}" in told


def check_match(request: HttpRequest, render: Callable[[], BaseModel], *, needed: bool) -> None:
    """Raise a problem when a thing is not what the program read; call it with the thing locked.

    It may have been read in either language: a label is another one, the thing is the same.
    """
    sent = request.headers.get("If-Match")
    if sent is None:
        if needed:
            raise ApiError("precondition")
        return
    told = parse_etags(sent)
    if "*" in told:
        return
    for language in ("nl", "en"):
        with override(language):
            if etag_of(render().model_dump_json().encode()) in told:
                return
    raise ApiError("changed")


def page_of(
    request: HttpRequest, kind: type[Page[Any]], found: Cut, shape: Callable[[Any], BaseModel]
) -> Any:
    """Return a page of a list as it goes out."""
    items = [shape(row) for row in found.rows]
    return kind(items=items, next=address_of(request, found.next))
