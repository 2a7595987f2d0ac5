"""The document that describes the API (OpenAPI 3.1): complete, so that clients can be made of it.

ninja writes addresses, parameters and bodies; here comes what it does not know: problems, versions,
limits and scopes. It is the same for everybody, in English, and made once.
"""

import re
from copy import deepcopy
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from django.utils.translation import override
from ninja.openapi.schema import OpenAPISchema

from stageapp.api.v1.api import api
from stageapp.api.v1.examples import EXAMPLES
from stageapp.api.v1.problems import KIND_OF, KINDS, MEDIA_TYPE

ABOUT = """JSON for other programs, over the same rules as the pages: nothing that a person cannot
see or do in the app is possible here. What is not yours is not found (404).

Sign in with a personal access token, made in the app under "My profile" (`Authorization: Bearer
stage_…`), or with the session cookie and the header `X-CSRFToken`. Texts and problems come in the
language of `Accept-Language` (nl or en), else that of the person. Moments are ISO 8601 with an
offset, days are ISO days of the institution."""
TAGS = {
    "me": "Who the token is of, and their own profile.",
    "placements": "One period of learning at a workplace; everything else belongs to one.",
    "activities": "What a student did or learned. Seen by nobody else until it is shared.",
    "reflections": "Reflections after a model of the programme.",
    "evidence": "Files, links and texts.",
    "goals": "Learning goals.",
    "saved": "What the student put aside.",
    "tips": "What the app noticed, and why it says so.",
    "insights": "Charts as sentences and numbers.",
    "vocabularies": "What the forms ask and offer.",
    "guidance-questions": "Questions of students, what goes with them, and the conversation.",
    "talks": "Moments to talk about a question, and the talks that were agreed on.",
    "reports": "What a student writes of a talk, and what the teacher adds.",
    "action-points": "Who does what, and by when.",
    "agreements": "When and how a teacher responds: proposed by one, confirmed by the other.",
    "news": "What concerns somebody: who and the title.",
    "calendar": "Deadlines, appointments and absences of a student; the calendar feed.",
    "students": "For teachers: who asks for attention, and why.",
    "administration": "For administrators: programmes, people, links; never what is recorded.",
}
HEADERS = {
    "RateLimit-Limit": "How many requests the nearest limit allows.",
    "RateLimit-Remaining": "How many of them are left.",
    "RateLimit-Reset": "In how many seconds counting begins anew.",
}
SECONDS = {"schema": {"type": "string", "pattern": "^[0-9]+$"}}
ETAG = {
    "description": "Which version this is; for If-None-Match and If-Match.",
    "schema": {"type": "string"},
}
#: Languages that answers come in.
LANGUAGE = {
    "name": "Accept-Language",
    "in": "header",
    "required": False,
    "description": "nl or en.",
    "schema": {"type": "string", "examples": ["nl", "en"]},
}
NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "An ETag that is known: then 304 without a body where nothing changed.",
    "schema": {"type": "string"},
}


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """Return the document."""
    with override("en"):
        made: dict[str, Any] = deepcopy(dict(OpenAPISchema(api, "api/v1/")))
    made["info"] = {
        "title": "Stage-App",
        "version": api.version,
        "description": ABOUT,
        "license": {"name": "The licence of Stage-App", "identifier": "LicenseRef-Stage-App"},
    }
    made["servers"] = [{"url": "/", "description": "The host of the institution"}]
    made["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
    made["components"]["securitySchemes"] = {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "A personal access token with the scopes that an operation names.",
        }
    }
    made["components"]["headers"] = {
        **{name: {"description": text, **SECONDS} for name, text in HEADERS.items()},
        "ETag": ETAG,
    }
    for operations in made["paths"].values():
        for method, operation in operations.items():
            _complete(method, operation)
    _mend(made)
    return made


def _complete(method: str, operation: dict[str, Any]) -> None:
    """Add to an operation what ninja does not know of it."""
    scope, match = operation.pop("x-scope"), operation.pop("x-match")
    is_file, creates = operation.pop("x-file"), operation.pop("x-creates")
    operation["security"] = [{"token": [scope] if scope else []}]
    operation["x-scopes"] = [scope] if scope else []
    needs = f"Needs the scope `{scope}`." if scope else "Any token will do."
    operation["description"] = " ".join([operation.get("description", ""), needs]).strip()
    parameters = operation.setdefault("parameters", [])
    for parameter in parameters:
        _tidy(parameter.get("schema", {}))
    parameters.append(LANGUAGE)
    if method == "get" and not is_file:
        parameters.append(NONE_MATCH)
    if match:
        parameters.append(_if_match(match))
    responses = operation["responses"] = {
        str(status): answer for status, answer in sorted(operation["responses"].items())
    }
    for status, answer in responses.items():
        _complete_answer(int(status), answer, is_file=is_file, creates=creates)
    _add_example(operation)


def _if_match(match: str) -> dict[str, Any]:
    text = "The ETag that you read; 412 when it changed since. * writes over anything."
    return {
        "name": "If-Match",
        "in": "header",
        "required": match == "needed",
        "description": text,
        "schema": {"type": "string", "pattern": r'^(\*|"[!#-~]*")$'},
    }


def _complete_answer(status: int, answer: dict[str, Any], *, is_file: bool, creates: bool) -> None:
    headers: dict[str, Any] = {name: {"$ref": f"#/components/headers/{name}"} for name in HEADERS}
    if status >= HTTPStatus.BAD_REQUEST:
        kind = KIND_OF[status]
        answer["description"] = _kinds_of(status)
        schema = answer["content"]["application/json"]["schema"]
        answer["content"] = {MEDIA_TYPE: {"schema": schema, "example": _problem(kind, status)}}
        if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
            headers["Retry-After"] = {"description": "Seconds to wait.", "required": True} | SECONDS
        if status == HTTPStatus.UNAUTHORIZED:
            headers["WWW-Authenticate"] = {"required": True, "schema": {"type": "string"}}
    elif is_file:
        answer["description"] = "The file, as a download."
        binary = {"type": "string", "format": "binary"}
        answer["content"] = {"*/*": {"schema": binary}}
    elif "content" in answer or status == HTTPStatus.NOT_MODIFIED:
        headers["ETag"] = {"$ref": "#/components/headers/ETag"}
    if creates and status == HTTPStatus.OK:
        answer["description"] = "This was sent before: what it made then."
    if creates and status in (HTTPStatus.OK, HTTPStatus.CREATED):
        headers["Location"] = {"description": "Where it is.", "schema": {"type": "string"}}
    answer["headers"] = headers


def _kinds_of(status: int) -> str:
    """Return every problem that a status can be, in words."""
    with override("en"):
        return " ".join(
            f"{title} ({kind}): {detail}"
            for kind, (own, title, detail) in KINDS.items()
            if own == status
        )


def _problem(kind: str, status: int) -> dict[str, Any]:
    with override("en"):
        _status, title, detail = KINDS[kind]
        errors = []
        if kind == "invalid":
            message = "This field is required."
            errors = [{"field": "date", "message": message, "code": "missing"}]
        return {
            "type": f"/api/docs#problem-{kind}",
            "title": str(title),
            "status": status,
            "detail": str(detail),
            "errors": errors,
        }


def _add_example(operation: dict[str, Any]) -> None:
    sent = EXAMPLES.get(operation["operationId"])
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if sent is not None and body is not None:
        body["example"] = sent


def _tidy(schema: dict[str, Any]) -> None:
    """Take off what says nothing: titles that repeat a name, and "or nothing" in an address."""
    schema.pop("title", None)
    choices = [one for one in schema.get("anyOf", []) if one != {"type": "null"}]
    if "anyOf" in schema and len(choices) == 1:
        del schema["anyOf"]
        schema.update(choices[0])
        if schema.get("default", 0) is None:
            del schema["default"]


def _mend(made: dict[str, Any]) -> None:
    """Take titles off fields, which repeat their names."""
    for schema in made["components"]["schemas"].values():
        schema.pop("title", None)
        for field in schema.get("properties", {}).values():
            field.pop("title", None)
    for name in list(made["components"]["schemas"]):
        if not re.search(rf'"#/components/schemas/{name}"', str(made).replace("'", '"')):
            del made["components"]["schemas"][name]
