"""A small OneRoster 1.2 and Open Education API service, made after the text of the standards.

It is ours: that another implementation would answer alike is no more than what the standards say.
What it can do wrong is what services do wrong: pages smaller than asked, no headers, junk.
"""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

CLIENT, SECRET, TOKEN = "stage-app", "geheim-é", "a.b.c"


@dataclass
class Service:
    """What the service holds, and how it behaves."""

    #: Lists by their path; of OneRoster each in an object under its own name.
    lists: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    #: Single objects by their path.
    single: dict[str, Any] = field(default_factory=dict)
    #: No page has more.
    most: int = 1000
    with_total: bool = False
    with_link: bool = False
    #: Answered instead of everything: status, body.
    junk: tuple[int, bytes] | None = None
    #: Says the same page whatever is asked.
    stuck: bool = False
    uses_basic: bool = False
    #: Knows a client by what stands in the form, not by HTTP Basic.
    uses_form: bool = False
    address: str = ""
    asked: list[str] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    service: Service

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.service.junk:
            self._say(*self.service.junk)
        elif parse_qs(body).get("grant_type") != ["client_credentials"]:
            self._say(400, b"{}")
        elif not (self._is_form(body) if self.service.uses_form else self._is_basic()):
            self._say(401, b"{}")
        else:
            said = {"access_token": TOKEN, "token_type": "bearer", "expires_in": 3600}
            self._say(200, json.dumps(said).encode())

    def _is_form(self, body: str) -> bool:
        said = parse_qs(body)
        return (said.get("client_id"), said.get("client_secret")) == ([CLIENT], [SECRET])

    def _is_basic(self) -> bool:
        pair = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        return self.headers.get("Authorization") == f"Basic {pair}"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.service.asked.append(self.path)
        self.service.accepted.append(self.headers.get("Accept", ""))
        is_token = self.headers.get("Authorization") == f"Bearer {TOKEN}"
        lets_in = self._is_basic() if self.service.uses_basic else is_token
        if self.service.junk:
            self._say(*self.service.junk)
        elif not lets_in:
            self._say(401, b'{"imsx_codeMajor": "failure"}')
        elif parts.path in self.service.single:
            self._say(200, json.dumps(self.service.single[parts.path]).encode())
        elif parts.path not in self.service.lists:
            self._say(404, b'{"imsx_codeMajor": "failure"}')
        elif "pageNumber" in query:
            self._page(self.service.lists[parts.path], query)
        else:
            self._slice(parts.path, query)

    def _page(self, rows: list[dict[str, Any]], query: dict[str, str]) -> None:
        size, number = min(int(query["pageSize"]), self.service.most), int(query["pageNumber"])
        number = 1 if self.service.stuck else number
        found = rows[(number - 1) * size : number * size]
        said = {
            "pageSize": size,
            "pageNumber": number,
            "hasPreviousPage": number > 1,
            "hasNextPage": self.service.stuck or number * size < len(rows),
            "items": found,
        }
        self._say(200, json.dumps(said).encode())

    def _slice(self, path: str, query: dict[str, str]) -> None:
        rows = self.service.lists[path]
        offset = 0 if self.service.stuck else int(query.get("offset", 0))
        limit = min(int(query.get("limit", 100)), self.service.most)
        headers = {"X-Total-Count": str(len(rows))} if self.service.with_total else {}
        if self.service.with_link:
            rel = "next" if offset + limit < len(rows) else "last"
            headers["Link"] = f'<https://elsewhere.example{path}>; rel="{rel}"'
        said = {path.rpartition("/")[2]: rows[offset : offset + limit]}
        self._say(200, json.dumps(said).encode(), headers)

    def _say(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def running(service: Service) -> Iterator[Service]:
    """Let it answer on a free port."""

    handler = type("Handler", (_Handler,), {"service": service})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    service.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def ref(kind: str, key: str) -> dict[str, str]:
    """Return how OneRoster points at something."""
    return {"href": f"https://roster.example/{kind}s/{key}", "sourcedId": key, "type": kind}


def oneroster(students: int = 2) -> Service:
    """Return a class with a teacher and some students, another one, and what is to be left out."""
    base = "/ims/oneroster/rostering/v1p2"
    people = ["mira", *(f"student{number}" for number in range(students)), "ex", "hulp", "later"]
    users = [
        {
            "sourcedId": name,
            "status": "active",
            "enabledUser": "true",
            "username": name,
            "givenName": name.capitalize(),
            "familyName": "de Boer",
            "email": f"{name}@School.example",
            "identifier": f"10{number}",
            "roles": [{"roleType": "primary", "role": "administrator", "org": ref("org", "1")}],
        }
        for number, name in enumerate(people)
    ]
    users[-3]["enabledUser"] = "false"
    roles = {"mira": "teacher", "hulp": "administrator"}
    enrollments = [
        {
            "sourcedId": f"e-{name}",
            "status": "active",
            "role": roles.get(name, "student"),
            "primary": "true",
            "user": ref("user", name),
            "class": ref("class", "c1"),
            "school": ref("org", "1"),
        }
        for name in people
    ]
    enrollments[-1]["endDate"] = "2026-01-01"
    enrollments.append({**enrollments[0], "sourcedId": "gone", "status": "tobedeleted"})
    return Service(
        lists={
            f"{base}/users": users,
            f"{base}/enrollments": enrollments,
            f"{base}/classes": [
                {
                    "sourcedId": "c1",
                    "status": "active",
                    "title": "ICT 3A",
                    "classType": "scheduled",
                    "course": ref("course", "k1"),
                    "school": ref("org", "1"),
                    "terms": [ref("academicSession", "t1")],
                },
                {"sourcedId": "c2", "status": "tobedeleted", "title": "Weg"},
            ],
            f"{base}/courses": [{"sourcedId": "k1", "status": "active", "title": "Stage ICT"}],
            f"{base}/academicSessions": [
                {
                    "sourcedId": "t1",
                    "status": "active",
                    "title": "Semester 1",
                    "type": "term",
                    "schoolYear": 2027,
                }
            ],
        }
    )


def open_education(version: int, students: int = 2, *, expanded: bool = True) -> Service:
    """Return a programme with one offering, and a course with none."""
    names = {
        5: ("programs", "programId", "offerings", "offeringId", "offerings/o1/associations"),
        6: (
            "programmes",
            "programmeId",
            "programme-offerings",
            "programmeOfferingId",
            "programme-offerings/o1/programme-offering-associations",
        ),
    }
    things, key, offered, offering_key, associated = names[version]
    people = ["mira", *(f"student{number}" for number in range(students)), "assistent", "weg"]
    persons = {
        name: {
            "personId": name,
            "primaryCode": {"codeType": "studentNumber", "code": f"20{number}"},
            "givenName": name.capitalize(),
            "surnamePrefix": "de",
            "surname": "Boer",
            "displayName": f"{name} de Boer",
            "mail": f"{name}@school.example",
        }
        for number, name in enumerate(people)
    }
    roles = {"mira": "lecturer", "assistent": "teaching assistant"}
    associations: list[dict[str, Any]] = []
    for name in people:
        association: dict[str, Any] = {
            "associationId": f"a-{name}",
            "role": roles.get(name, "student"),
            "state": "cancelled" if name == "weg" else "associated",
        }
        association |= (
            {"person": persons[name]}
            if expanded
            else ({"person": name} if version == 5 else {"personId": name})
        )
        associations.append(association)
    text = [{"language": "nl-NL", "value": "Stage ICT"}, {"language": "en-GB", "value": "ICT"}]
    return Service(
        lists={
            f"/{things}": [
                {key: "p1", "primaryCode": {"codeType": "x", "code": "ICT"}, "name": text},
                {key: "p/2", "primaryCode": {"codeType": "x", "code": "PABO"}, "name": text},
            ],
            f"/{things}/p1/{offered}": [
                {
                    offering_key: "o1",
                    "name": text,
                    "startDate": "2026-09-01",
                    "academicSession": {
                        "academicSessionId": "s1",
                        "name": [{"language": "nl-NL", "value": "2026-2027"}],
                    },
                }
            ],
            f"/{things}/p%2F2/{offered}": [],
            "/courses": [],
            f"/{associated}": associations,
            "/persons": list(persons.values()),
        },
        single={f"/persons/{name}": person for name, person in persons.items()},
    )
