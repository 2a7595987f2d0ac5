"""A record store that others made, as a process of its own; and one that misbehaves."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import bcrypt
import pytest
import requests
from django.test import override_settings

from stageapp.integrations.records.models import RecordStore
from stageapp.placements.models import Placement
from stageapp.programmes.models import Institution, ProgrammeMembership, Role
from tests import factories

PEERS = Path(__file__).resolve().parents[2] / "peers"
SCOPE = "statements/write statements/read"
KEY, SECRET = "school", "een geheim: 7+7=14"


@dataclass(frozen=True)
class Ralph:
    """The record store of the OpenFUN project, and what it keeps."""

    endpoint: str
    file: Path

    def kept(self) -> list[dict[str, Any]]:
        """Return all statements that it keeps, as it keeps them."""
        if not self.file.exists():
            return []
        return [json.loads(line) for line in self.file.read_text(encoding="utf-8").splitlines()]

    def about(self, statement: str) -> dict[str, Any]:
        """Return the statement with this id."""
        found = [one for one in self.kept() if one["id"] == statement]
        assert len(found) == 1
        return found[0]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="session")
def token_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run what gives out tokens, made by others again; the store asks it what they are worth."""
    folder, port = tmp_path_factory.mktemp("tokens"), free_port()
    clients = [
        {
            "client_id": name,
            "client_secret": secret,
            "grant_types": ["client_credentials"],
            "redirect_uris": [],
            "response_types": [],
            "scope": SCOPE,
        }
        for name, secret in ((KEY, SECRET), ("ralph", "ralph"))
    ]
    (folder / "clients.json").write_text(json.dumps(clients))
    node = Path(sys.executable).parent / "node"
    command = [str(node), str(PEERS / "token-server.mjs"), str(port), str(folder / "clients.json")]
    with (folder / "log").open("wb") as log:
        # What is called node here starts the real one: both have to end.
        process = subprocess.Popen(
            command, cwd=PEERS, stdout=log, stderr=log, start_new_session=True
        )
        _wait_for(port, process, folder / "log")
        yield f"http://127.0.0.1:{port}/oidc/token"
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


@pytest.fixture(scope="session")
def ralph(tmp_path_factory: pytest.TempPathFactory, token_url: str) -> Iterator[Ralph]:
    """Run the store for as long as the tests take."""
    folder = tmp_path_factory.mktemp("ralph")
    hashed = bcrypt.hashpw(SECRET.encode(), bcrypt.gensalt(4)).decode()
    user = {
        "username": KEY,
        "hash": hashed,
        "scopes": ["statements/write", "statements/read"],
        "agent": {"mbox": "mailto:lrs@school.example"},
    }
    (folder / "auth.json").write_text(json.dumps([user]))
    port = free_port()
    environment = os.environ | {
        "RALPH_AUTH_FILE": str(folder / "auth.json"),
        "RALPH_RUNSERVER_BACKEND": "fs",
        "RALPH_BACKENDS__LRS__FS__DEFAULT_DIRECTORY_PATH": str(folder),
        "RALPH_APP_DIR": str(folder),
        "RALPH_RUNSERVER_AUTH_BACKENDS": "basic,oidc",
        "RALPH_RUNSERVER_AUTH_OIDC_ISSUER_URI": token_url.removesuffix("/token"),
        "RALPH_RUNSERVER_AUTH_OIDC_CLIENT_ID": "ralph",
        "RALPH_RUNSERVER_AUTH_OIDC_CLIENT_SECRET": "ralph",
    }
    command = [sys.executable, "-m", "uvicorn", "ralph_store:app", "--port", str(port)]
    command += ["--app-dir", str(Path(__file__).parent)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        _wait_for(port, process, folder / "log")
        yield Ralph(f"http://127.0.0.1:{port}/xAPI/", folder / "fs_lrs.jsonl")
        process.terminate()
        process.wait(20)


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    for _try in range(200):
        if process.poll() is not None:
            break
        try:
            requests.get(f"http://127.0.0.1:{port}/__heartbeat__", timeout=2)
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(log.read_text())


@dataclass
class Stub:
    """A store that answers what a test tells it to, and remembers what it was asked."""

    address: str = ""
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    def answer(self, method: str, status: int, body: Any = b"") -> None:
        """Answer every request of a method like this from now on."""
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answers[method] = (status, sent)


@pytest.fixture
def stub() -> Iterator[Stub]:
    known = Stub()

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            known.asked.append((self.command, self.path, dict(self.headers)))
            status, body = known.answers.get(self.command, (404, b""))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PUT = do_POST = _any  # noqa: N815 -- as the library calls them

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    known.address = f"http://127.0.0.1:{server.server_port}/"
    yield known
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def _calls_this_machine() -> Iterator[None]:
    with override_settings(OUTGOING_HOSTS=["127.0.0.1"]):
        yield


@pytest.fixture
def placement() -> Placement:
    """Return the placement of a student who logs categories, people and competences."""
    made = factories.placement(
        factories.person("Sanne Bakker"),
        cohort=factories.cohort("category", "people", "status", "competences"),
        workplace="Ziekenhuis Oost",
    )
    ProgrammeMembership.objects.create(
        programme=made.cohort.programme, person=made.student, role=Role.STUDENT
    )
    return made


@pytest.fixture
def school(placement: Placement) -> Institution:
    return placement.cohort.programme.institution


MakeStore = Callable[..., RecordStore]


@pytest.fixture
def make_store(school: Institution) -> MakeStore:
    """Return what adds a store to the school of the student."""

    def make(endpoint: str, **fields: Any) -> RecordStore:
        known = {
            "institution": school,
            "name": "Leren van onze school",
            "about_nl": "Jij en de studieloopbaanbegeleiding.",
            "about_en": "You and your counsellor.",
            "key": KEY,
            "secret": SECRET,
        }
        return RecordStore.objects.create(endpoint=endpoint, **(known | fields))

    return make
