"""The other side: an OpenID provider and a SAML provider that others wrote, each in a process."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from django.utils import timezone
from pytest_django import Settings

from stageapp.integrations.campus.keys import new_key

PEERS = Path(__file__).resolve().parents[2] / "peers"
CLIENT_ID, CLIENT_SECRET = "stage-app:test", "geheim & gezouten/+%"


class Peer:
    """A process on the other side, which the tests tell what to say."""

    def __init__(self, *command: str) -> None:
        self.process = subprocess.Popen(
            ["node", *command],
            cwd=PEERS,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=os.environ | {"NODE_NO_WARNINGS": "1"},
        )
        assert self.process.stdout
        for line in self.process.stdout:
            if line.startswith("ready "):
                self.address = line.split()[1]
                return
        raise RuntimeError(f"{command[0]} did not start")

    def tell(self, what: str, **told: Any) -> Any:
        """Let it do something, and return what it answers."""
        answer = requests.post(f"{self.address}/test/{what}", json=told, timeout=20)
        assert answer.ok, answer.text
        return answer.json()

    def stop(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()
        self.process.wait(10)


@pytest.fixture(scope="session")
def openid_peer() -> Iterator[Peer]:
    peer = Peer("openid-provider.mjs", CLIENT_ID, CLIENT_SECRET)
    yield peer
    peer.stop()


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys of the campus, an older and a newer one, and of the federation that it is in."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("first", "second", "federation"):
        key, certificate = new_key(name, timezone.now())
        (folder / f"{name}.key.pem").write_text(key)
        (folder / f"{name}.cert.pem").write_text(certificate)
    return folder


@pytest.fixture(scope="session")
def saml_process(keys: Path) -> Iterator[Peer]:
    peer = Peer("saml-provider.mjs", str(keys))
    yield peer
    peer.stop()


@pytest.fixture
def saml_peer(saml_process: Peer) -> Peer:
    saml_process.tell("rotate", key="first")
    return saml_process


@pytest.fixture(autouse=True)
def _both_on_this_machine(settings: Settings) -> None:
    settings.OUTGOING_HOSTS = ["127.0.0.1"]
    settings.ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost", "hogeschool.example"]
    settings.BASE_URL = "http://127.0.0.1"
