"""What goes wrong, as problem details (RFC 9457) in the reader's language."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import BaseForm
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise
from ninja.errors import ValidationError as SchemaError
from pydantic import Field

from stageapp.api.v1.shapes import Shape

MEDIA_TYPE = "application/problem+json"
#: Where each kind of problem is explained.
ABOUT = "/api/docs#problem-"


class FieldProblem(Shape):
    """What is wrong with one field."""

    field: str = Field(description="Its name in what was sent; empty where it is about the whole.")
    message: str = Field(description="For people, in their language.")
    code: str = Field(description="For programs; does not change with the language.")


class Problem(Shape):
    """Problem details (RFC 9457)."""

    type: str = Field(description="Which kind of problem; its explanation stands there.")
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = Field(default_factory=list)


#: Every kind of problem: its status, its title, and what somebody who gets it needs to know.
KINDS: dict[str, tuple[HTTPStatus, StrOrPromise, StrOrPromise]] = {
    "malformed": (
        HTTPStatus.BAD_REQUEST,
        gettext_lazy("Not readable"),
        gettext_lazy("What was sent is no JSON in UTF-8."),
    ),
    "unauthorized": (
        HTTPStatus.UNAUTHORIZED,
        gettext_lazy("Not signed in"),
        gettext_lazy("Send a personal access token that works: “Authorization: Bearer stage_…”."),
    ),
    "scope": (
        HTTPStatus.FORBIDDEN,
        gettext_lazy("Outside the token"),
        gettext_lazy("This token does not have the scope that this needs."),
    ),
    "csrf": (
        HTTPStatus.FORBIDDEN,
        gettext_lazy("No proof of origin"),
        gettext_lazy("With a session cookie, changing something needs the header X-CSRFToken."),
    ),
    "unverified": (
        HTTPStatus.FORBIDDEN,
        gettext_lazy("Address not confirmed"),
        gettext_lazy("Confirm your e-mail address in the app first."),
    ),
    "agreement": (
        HTTPStatus.FORBIDDEN,
        gettext_lazy("A text to read first"),
        gettext_lazy("Read the new privacy statement in the app first."),
    ),
    "second-factor": (
        HTTPStatus.FORBIDDEN,
        gettext_lazy("A second factor is needed"),
        gettext_lazy("Who administers something needs a passkey or an app with codes first."),
    ),
    "not-found": (
        HTTPStatus.NOT_FOUND,
        gettext_lazy("Not found"),
        gettext_lazy("There is no such thing for you."),
    ),
    "method": (
        HTTPStatus.METHOD_NOT_ALLOWED,
        gettext_lazy("Not possible here"),
        gettext_lazy("The header Allow says which methods this address has."),
    ),
    "conflict": (
        HTTPStatus.CONFLICT,
        gettext_lazy("Not possible as it is now"),
        gettext_lazy("It is in a state in which this cannot be done."),
    ),
    "changed": (
        HTTPStatus.PRECONDITION_FAILED,
        gettext_lazy("Changed meanwhile"),
        gettext_lazy("It is not what it was when you read it. Read it again first."),
    ),
    "too-large": (
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        gettext_lazy("Too large"),
        gettext_lazy("What was sent is larger than this takes."),
    ),
    "media-type": (
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        gettext_lazy("Another media type"),
        gettext_lazy("Send JSON as application/json, and files as multipart/form-data."),
    ),
    "invalid": (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        gettext_lazy("Not right yet"),
        gettext_lazy("Something in what was sent is not right: see “errors”."),
    ),
    "precondition": (
        HTTPStatus.PRECONDITION_REQUIRED,
        gettext_lazy("Say what you read"),
        gettext_lazy("Send If-Match with the ETag that you read, or * to write over anything."),
    ),
    "too-many": (
        HTTPStatus.TOO_MANY_REQUESTS,
        gettext_lazy("Too many requests"),
        gettext_lazy("The header Retry-After says in how many seconds to go on."),
    ),
    "broken": (
        HTTPStatus.INTERNAL_SERVER_ERROR,
        gettext_lazy("A fault of ours"),
        gettext_lazy("It is noted. Try again later."),
    ),
    "maintenance": (
        HTTPStatus.SERVICE_UNAVAILABLE,
        gettext_lazy("Maintenance"),
        gettext_lazy("The header Retry-After says in how many seconds to try again."),
    ),
}
#: Which kind a status is where nothing more is known.
KIND_OF = {
    status.value: kind
    for kind, (status, *_words) in reversed(KINDS.items())
    if kind not in {"csrf", "unverified", "agreement", "second-factor"}
}


class ApiError(Exception):
    """Ends a request with a problem."""

    def __init__(
        self,
        kind: str,
        *,
        detail: str = "",
        errors: Iterable[FieldProblem] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(kind)
        self.kind, self.detail, self.errors = kind, detail, list(errors)
        self.headers = dict(headers or {})

    def as_response(self) -> HttpResponse:
        """Return the answer, in the language of this moment."""
        status, title, detail = KINDS[self.kind]
        problem = Problem(
            type=f"{ABOUT}{self.kind}",
            title=str(title),
            status=status,
            detail=self.detail or str(detail),
            errors=self.errors,
        )
        return HttpResponse(
            problem.model_dump_json(), content_type=MEDIA_TYPE, status=status, headers=self.headers
        )


def not_found() -> ApiError:
    """Return the answer for what does not exist, or not for this person: they are the same."""
    return ApiError("not-found")


def of_form(form: BaseForm, names: Mapping[str, str] | None = None) -> ApiError:
    """Return what a form refused; `names` are those of fields that the API calls otherwise."""
    found = [
        FieldProblem(
            field=_name(field, names), message=one["message"], code=one["code"] or "invalid"
        )
        for field, problems in form.errors.get_json_data().items()
        for one in problems
    ]
    return ApiError("invalid", errors=found)


def of_action(problem: ValidationError, names: Mapping[str, str] | None = None) -> ApiError:
    """Return what an action refused."""
    fields = getattr(problem, "error_dict", None) or {NON_FIELD_ERRORS: problem.error_list}
    found = [
        FieldProblem(field=_name(field, names), message=text, code=one.code or "refused")
        for field, problems in fields.items()
        for one in problems
        for text in one.messages
    ]
    return ApiError("invalid", errors=found, detail=" ".join(one.message for one in found))


def of_state(problem: ValidationError) -> ApiError:
    """Return why something cannot be done with a thing as it is now."""
    return ApiError("conflict", detail=" ".join(problem.messages))


def wrong(field: str, message: str, code: str = "invalid") -> ApiError:
    """Return that one field is wrong."""
    return ApiError("invalid", errors=[FieldProblem(field=field, message=message, code=code)])


def of_schema(problem: SchemaError) -> ApiError:
    """Return what does not have the shape that the document describes.

    A key in the address that can be none is simply not found.
    """
    if any(error["loc"][:1] == ("path",) for error in problem.errors):
        return not_found()
    return ApiError("invalid", errors=[_shape_problem(error) for error in problem.errors])


def _shape_problem(error: Mapping[str, Any]) -> FieldProblem:
    place = error["loc"][1:]
    if error["loc"][:1] == ("body",):
        # The name of the argument in Python says nothing to who sends.
        place = place[1:]
    kind = str(error["type"])
    return FieldProblem(field=".".join(map(str, place)), message=_in_words(kind, error), code=kind)


def _in_words(kind: str, error: Mapping[str, Any]) -> str:
    if kind == "missing":
        return _("This field is required.")
    if kind == "extra_forbidden":
        return _("There is no field of this name.")
    if kind == "value_error":
        return str(error.get("ctx", {}).get("error", _("This is not a right value.")))
    if kind.startswith(("string_too", "too_", "greater_", "less_")):
        return _("This is too long or too short, too large or too small.")
    return _("This is not a right value.")


def _name(field: str, names: Mapping[str, str] | None) -> str:
    if field == NON_FIELD_ERRORS:
        return ""
    return (names or {}).get(field, field)
