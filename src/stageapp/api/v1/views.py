"""The document, and the page that shows it to people: without any script."""

import json
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from stageapp.api.v1.document import document
from stageapp.api.v1.problems import KINDS

#: So long a program may keep the document.
MAX_AGE = 300


@login_not_required
@require_safe
def openapi(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Give the document; it is the same for everybody, and nothing in it is private."""
    response = JsonResponse(document(), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Cache-Control"] = f"public, max-age={MAX_AGE}"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@login_not_required
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Show all operations, what they take and what they answer."""
    told = document()
    context = {
        "about": [_with_code(part) for part in told["info"]["description"].split("\n\n")],
        "areas": _areas(told),
        "shapes": [_shape(name, one) for name, one in told["components"]["schemas"].items()],
        "problems": [
            {"kind": kind, "status": status.value, "title": title, "detail": detail}
            for kind, (status, title, detail) in KINDS.items()
        ],
    }
    return render(request, "api/docs.html", context)


def _with_code(text: str) -> SafeString:
    """Return a text of the document, with what stands between backticks as code."""
    parts = enumerate(text.split("`"))
    shown = (format_html("<code>{}</code>", part) if n % 2 else part for n, part in parts)
    return format_html_join("", "{}", ((one,) for one in shown))


def _areas(told: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the operations by resource, as the page shows them."""
    found: dict[str, dict[str, Any]] = {
        tag["name"]: {**tag, "operations": []} for tag in told["tags"]
    }
    for address, operations in told["paths"].items():
        for method, one in operations.items():
            found[one["tags"][0]]["operations"].append(_operation(address, method, one))
    return list(found.values())


def _operation(address: str, method: str, one: dict[str, Any]) -> dict[str, Any]:
    body = one.get("requestBody", {}).get("content", {})
    kind, content = _first(body)
    example = content.get("example")
    return {
        "id": one["operationId"],
        "method": method.upper(),
        "address": address,
        "summary": one["summary"],
        "description": one["description"],
        "parameters": [
            {
                "name": parameter["name"],
                "place": parameter["in"],
                "required": parameter.get("required", False),
                "type": _type(parameter.get("schema", {})),
                "description": parameter.get("description")
                or parameter.get("schema", {}).get("description", ""),
            }
            for parameter in one["parameters"]
        ],
        "body": kind,
        "body_shape": _type(content.get("schema", {})),
        "example": json.dumps(example, indent=2, ensure_ascii=False) if example else "",
        "answers": [
            {"status": status, "description": answer["description"], "shape": _answer(answer)}
            for status, answer in one["responses"].items()
        ],
    }


def _first(content: dict[str, dict[str, Any]]) -> tuple[str, dict[str, Any]]:
    """Return the media type of a body, and what is said of it; nothing where there is none."""
    for kind, told in content.items():
        return kind, told
    return "", {}


def _answer(answer: dict[str, Any]) -> str:
    _kind, content = _first(answer.get("content", {}))
    return _type(content.get("schema", {}))


def _shape(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    required = set(schema.get("required", ()))
    return {
        "name": name,
        "description": schema.get("description", ""),
        "choices": schema.get("enum", ()),
        "fields": [
            {
                "name": field,
                "type": _type(told),
                "required": field in required,
                "description": told.get("description", ""),
            }
            for field, told in schema.get("properties", {}).items()
        ],
    }


def _type(schema: dict[str, Any]) -> str:
    """Return what kind of value a schema is, in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " | ".join(_type(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(json.dumps(one) for one in schema["enum"])
    if schema.get("type") == "array":
        return f"[{_type(schema.get('items', {}))}]"
    kind = schema.get("format") or schema.get("type", "")
    return str(kind)
