"""Writes the Python client from the document of the API, as one file; `check` says if it is behind.

Small on purpose: a TypedDict for each shape, a method for each operation, and one place that sends.
"""

import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CLIENT = ROOT / "clients/python/stageapp_client.py"
WIDTH = 92
SIMPLE = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}

HEAD = '''"""A client for the API of Stage-App. Written by `make client`: do not change it by hand.

    from stageapp_client import StageApp

    app = StageApp("https://stage.example.nl", "stage_…")
    app.log_activity({"date": "2026-03-12", "description": "Prepared a meeting."})
    for activity in app.list_activities(q="meeting"):
        print(activity["date"], activity["description"])

It needs `requests`, and nothing else.
"""

import time
import uuid
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Literal, NotRequired, TypedDict, cast
from urllib.parse import urlsplit

import requests

__all__ = ["Problem", "StageApp"]

#: A file to send: its name, what is in it, and its media type.
File = tuple[str, BinaryIO | bytes, str]
'''

MACHINERY = '''

class Problem(Exception):
    """What the API answered instead (RFC 9457); `errors` says which fields are not right."""

    def __init__(self, status: int, told: Mapping[str, Any]) -> None:
        self.status = status
        self.kind = str(told.get("type", "")).rpartition("problem-")[2]
        self.title = str(told.get("title", ""))
        self.detail = str(told.get("detail", ""))
        self.errors: list[dict[str, str]] = list(told.get("errors", []))
        fields = "; ".join(f"{one['field']}: {one['message']}" for one in self.errors)
        super().__init__(f"{status} {self.title}: {fields or self.detail}")


class StageApp:
    """The API, for the person of a token.

    What could not be sent, or came too soon (429, 503), is sent again some times: with a
    `client_id`, which is made where there is none, nothing is made twice.
    """

    def __init__(
        self,
        address: str,
        token: str,
        *,
        language: str = "",
        tries: int = 4,
        timeout: float = 30,
        session: requests.Session | None = None,
    ) -> None:
        self.address, self.tries, self.timeout = address.rstrip("/"), tries, timeout
        self.session = session or requests.Session()
        self.session.headers["Authorization"] = f"Bearer {token}"
        if language:
            self.session.headers["Accept-Language"] = language
        #: The version of what was read or changed last, for `if_match`.
        self.etag = ""

    def _send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        fields: Mapping[str, str] | None = None,
        files: list[tuple[str, File]] | None = None,
        if_match: str | None = None,
    ) -> requests.Response:
        headers = {} if if_match is None else {"If-Match": if_match}
        wanted = {name: value for name, value in (query or {}).items() if value is not None}
        url, sent = self._url(path), [(field, _whole(file)) for field, file in files or ()]
        for left in reversed(range(self.tries)):
            try:
                answer = self.session.request(
                    method,
                    url,
                    params={name: _written(value) for name, value in wanted.items()},
                    json=body,
                    data=fields,
                    files=sent or None,
                    headers=headers,
                    timeout=self.timeout,
                )
            except requests.ConnectionError:
                if not left:
                    raise
                time.sleep(2 ** (self.tries - left))
                continue
            if answer.status_code in (429, 503) and left:
                time.sleep(min(int(answer.headers.get("Retry-After", "1")), 60))
                continue
            break
        if answer.status_code >= 400:
            raise Problem(answer.status_code, _told(answer))
        self.etag = answer.headers.get("ETag", "")
        return answer

    def _url(self, path: str) -> str:
        """Return where to send to: the token goes to nobody else than whom it is for."""
        if path.startswith("/"):
            return f"{self.address}{path}"
        if urlsplit(path)[:2] != urlsplit(self.address)[:2]:
            raise ValueError(f"{path} is not an address of {self.address}.")
        return path

    def _pages(self, path: str, query: Mapping[str, Any]) -> Iterator[Any]:
        page = self._send("GET", path, query=query).json()
        yield from page["items"]
        while page["next"]:
            page = self._send("GET", page["next"]).json()
            yield from page["items"]
'''

TAIL = '''

def _once(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a body with a `client_id`, so that it can be sent again."""
    return {"client_id": str(uuid.uuid4()), **body}


def _whole(file: File) -> File:
    """Return a file with all that is in it: an attempt would leave the next one nothing to read."""
    name, content, kind = file
    return name, content if isinstance(content, bytes) else content.read(), kind


def _written(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return list(value) if isinstance(value, list | tuple) else value


def _told(answer: requests.Response) -> Mapping[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        return {"title": answer.reason}
    return told if isinstance(told, dict) else {"title": answer.reason}
'''


def main() -> int:
    """Write the client, or compare it with what would be written."""
    text = formatted(client_of(document()))
    if "check" not in sys.argv:
        CLIENT.parent.mkdir(parents=True, exist_ok=True)
        CLIENT.write_text(text, encoding="utf-8")
        print(f"written: {CLIENT.relative_to(ROOT)}")
        return 0
    if CLIENT.exists() and CLIENT.read_text(encoding="utf-8") == text:
        return 0
    print("The client is not in step with the API: run `make client`.")
    return 1


def document() -> dict[str, Any]:
    """Return the document of the API."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "stageapp.config.settings"
    sys.path.insert(0, str(ROOT / "src"))
    import django

    django.setup()
    from stageapp.api.v1.document import document as told

    return told()


def formatted(text: str) -> str:
    """Return a source as the formatter of the project writes it."""
    command = [sys.executable, "-m", "ruff", "format", "--stdin-filename", str(CLIENT), "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True, cwd=ROOT)
    return done.stdout


def client_of(told: dict[str, Any]) -> str:
    """Return the source of the client."""
    shapes = {
        name: schema
        for name, schema in told["components"]["schemas"].items()
        if name not in {"Problem", "FieldProblem"}
    }
    methods = [
        method_of(address, method, operation)
        for address, operations in told["paths"].items()
        for method, operation in operations.items()
    ]
    parts = [HEAD, *(shape_of(name, schema) for name, schema in shapes.items()), MACHINERY]
    return "\n".join([*parts, *methods, TAIL])


def shape_of(name: str, schema: dict[str, Any]) -> str:
    """Return a shape as a TypedDict; one of fixed choices as a Literal."""
    if "enum" in schema:
        return f"\n{name} = {literal(schema['enum'])}\n"
    required = set(schema.get("required", ()))
    lines = [f"\nclass {name}(TypedDict):", quoted(schema.get("description", name), 4)]
    for field, one in schema.get("properties", {}).items():
        kind = type_of(one)
        lines.append(f"    {field}: {kind if field in required else f'NotRequired[{kind}]'}")
    return "\n".join([*lines, ""])


def type_of(schema: dict[str, Any]) -> str:
    """Return the type of a value. Names stand in quotes: a shape can come before another."""
    if "$ref" in schema:
        return f'"{schema["$ref"].rpartition("/")[2]}"'
    if "anyOf" in schema:
        kinds = list(dict.fromkeys(bare(type_of(one)) for one in schema["anyOf"]))
        return f'"{" | ".join(kinds)}"'
    if "enum" in schema or "const" in schema:
        return literal(schema.get("enum") or [schema["const"]])
    if schema.get("type") == "array":
        return f'"list[{bare(type_of(schema.get("items", {})))}]"'
    if schema.get("type") == "object":
        values = schema.get("additionalProperties")
        return f"dict[str, {bare(type_of(values)) if isinstance(values, dict) else 'Any'}]"
    return SIMPLE.get(schema.get("type", ""), "Any")


def bare(kind: str) -> str:
    """Return a type without the quotes around it."""
    return kind.strip('"') if kind.startswith('"') else kind


def literal(values: list[Any]) -> str:
    """Return fixed choices as a type."""
    return f"Literal[{', '.join(map(repr, values))}]"


def method_of(address: str, method: str, operation: dict[str, Any]) -> str:
    """Return the method of an operation."""
    by_place: dict[str, list[dict[str, Any]]] = {"path": [], "query": [], "header": []}
    for one in operation["parameters"]:
        by_place[one["in"]].append(one)
    match = next((one for one in by_place["header"] if one["name"] == "If-Match"), None)
    body = operation.get("requestBody", {}).get("content", {})
    page = page_of(operation)
    names = [one for one in by_place["query"] if not (page and one["name"] == "cursor")]
    takes = [f"{one['name']}: {bare(type_of(one['schema']))}" for one in by_place["path"]]
    sent = [f'"{method.upper()}"', address_of(address)]
    if "application/json" in body:
        kind = type_of(body["application/json"]["schema"])
        takes.append(f"body: {kind}")
        has_id = "client_id" in shape_names(body)
        sent.append("body=_once(body)" if has_id else "body=cast(Mapping[str, Any], body)")
    if "multipart/form-data" in body:
        takes += files_of(body["multipart/form-data"]["schema"], sent)
    only = [f"{one['name']}: {bare(type_of(one['schema']))} | None = None" for one in names]
    if match:
        only.append("if_match: str" + ("" if match["required"] else " | None = None"))
        sent.append("if_match=if_match")
    if names:
        query = ", ".join(f'"{one["name"]}": {one["name"]}' for one in names)
        sent.append(f"query={{{query}}}")
    arguments = ", ".join(["self", *takes, *(["*", *only] if only else [])])
    gives, act = answer_of(operation, sent, page)
    summary = f"{operation['summary']}. {operation['description']}".replace("`", "")
    return "\n".join(
        [
            f"    def {operation['operationId']}({arguments}) -> {gives}:",
            quoted(summary, 8),
            f"        {act}",
            "",
        ]
    )


def shape_names(body: dict[str, Any]) -> set[str]:
    """Return the names of the fields of a body."""
    name = body["application/json"]["schema"].get("$ref", "").rpartition("/")[2]
    return set(document()["components"]["schemas"].get(name, {}).get("properties", {}))


def files_of(schema: dict[str, Any], sent: list[str]) -> list[str]:
    """Add what goes with files to what is sent; return the arguments for it."""
    takes, fields = [], []
    for name, one in schema["properties"].items():
        if name in ("file", "files"):
            several = one.get("type") == "array"
            takes.insert(0, f"{name}: {'list[File]' if several else 'File'}")
            pairs = f'[("{name}", one) for one in {name}]' if several else f'[("{name}", {name})]'
            sent.append(f"files={pairs}")
        elif name == "client_id":
            fields.append('"client_id": str(uuid.uuid4())')
        elif name in schema.get("required", ()):
            takes.append(f"{name}: str")
            fields.append(f'"{name}": {name}')
        else:
            takes.append(f"{name}: int | None = None")
            fields.append(f'**({{"{name}": str({name})}} if {name} else {{}})')
    sent.append(f"fields={{{', '.join(fields)}}}")
    return takes


def page_of(operation: dict[str, Any]) -> str:
    """Return the shape of the rows of a list that comes in pages, or nothing."""
    schema = schema_of(operation)
    name = schema.get("$ref", "").rpartition("/")[2]
    shape = document()["components"]["schemas"].get(name, {})
    properties = shape.get("properties", {})
    if not name.endswith("Page") or "next" not in properties:
        return ""
    return bare(type_of(properties["items"]["items"]))


def schema_of(operation: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of what comes back when all is well."""
    answers = operation["responses"]
    content = (answers.get("201") or answers.get("200") or {}).get("content", {})
    schema: dict[str, Any] = content.get("application/json", {}).get("schema", {})
    return schema


def answer_of(operation: dict[str, Any], sent: list[str], page: str) -> tuple[str, str]:
    """Return the type of an answer, and the line that gets it."""
    call = f"self._send({', '.join(sent)})"
    if page:
        address, query = (
            sent[1],
            next((one for one in sent if one.startswith("query=")), "query={}"),
        )
        return f"Iterator[{page}]", f"return self._pages({address}, {query.removeprefix('query=')})"
    schema = schema_of(operation)
    if schema:
        kind = type_of(schema)
        return bare(kind), f"return cast({kind}, {call}.json())"
    if any("*/*" in answer.get("content", {}) for answer in operation["responses"].values()):
        return "bytes", f"return {call}.content"
    return "None", call


def address_of(address: str) -> str:
    """Return an address as Python writes it."""
    return f'f"{address}"' if "{" in address else f'"{address}"'


def quoted(text: str, indent: int) -> str:
    """Return a docstring."""
    space = " " * indent
    words = " ".join(text.split())
    lines = textwrap.wrap(words, WIDTH - indent) or [""]
    if len(lines) == 1:
        return f'{space}"""{lines[0]}"""'
    return (
        f'{space}"""{lines[0]}\n'
        + "\n".join(f"{space}{line}" for line in lines[1:])
        + f'\n{space}"""'
    )


if __name__ == "__main__":
    sys.exit(main())
