"""Files on their way out: as a download that no browser runs, or from a host without sessions."""

import logging
from typing import Any

import pytest
from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from stageapp.core.logs import HideSecrets
from stageapp.logbook.downloads import SALT, SECONDS, address_elsewhere
from tests.test_access_matrix import GET, World, world

__all__ = ["world"]

pytestmark = pytest.mark.django_db
HOST = "bestanden.example"
#: Every address that gives a file of somebody, with who may fetch it.
FILES = {
    "logbook:evidence_file": "owner",
    "guidance:item_file": "teacher",
    "guidance:attachment": "teacher",
}


@pytest.fixture
def files_host(settings: Settings) -> str:
    settings.FILES_URL = f"https://{HOST}"
    settings.ALLOWED_HOSTS = ["testserver", HOST]
    return HOST


def browser_of(world: World, who: str) -> Client:
    client = Client()
    person = world.people[who]
    assert person
    client.force_login(person)
    return client


def kept(content: bytes = b"Geheim") -> str:
    return default_storage.save("evidence/stuk", ContentFile(content))


@pytest.mark.parametrize(("name", "who"), FILES.items())
def test_file_comes_as_a_download_that_runs_nothing(world: World, name: str, who: str) -> None:
    answer = browser_of(world, who).get(world.address(name))

    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    policy = "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert answer["Content-Security-Policy"] == policy
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "no-store"


def test_only_a_picture_that_we_drew_is_shown_in_place(world: World) -> None:
    answer = browser_of(world, "owner").get(world.address("logbook:evidence_thumbnail"))

    assert answer["Content-Type"] == "image/jpeg"
    assert "attachment" not in answer.headers.get("Content-Disposition", "")
    assert "sandbox" in answer["Content-Security-Policy"]


@pytest.mark.parametrize(("name", "who"), FILES.items())
def test_with_a_host_for_files_they_come_from_there(
    world: World, files_host: str, name: str, who: str
) -> None:
    answer = browser_of(world, who).get(world.address(name))

    assert answer.status_code == 302
    assert answer["Location"].startswith(f"https://{files_host}/files/")
    file = Client().get(answer["Location"].removeprefix(f"https://{HOST}"), HTTP_HOST=HOST)
    assert file.status_code == 200
    assert len(file.getvalue()) > 100
    assert file["Content-Disposition"].startswith("attachment;")
    assert file["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in file["Content-Security-Policy"]
    assert file["Cross-Origin-Resource-Policy"] == "same-origin"
    assert file["Referrer-Policy"] == "no-referrer"
    assert file["Cache-Control"] == "no-store"


def test_who_may_fetch_it_is_still_decided_by_the_app(world: World, files_host: str) -> None:
    client = browser_of(world, "stranger")

    assert client.get(world.address("logbook:evidence_file")).status_code == 404


def test_host_for_files_knows_nobody_and_sets_no_cookie(world: World, files_host: str) -> None:
    client = browser_of(world, "owner")

    for name in GET:
        answer: Any = client.get(world.address(name), HTTP_HOST=HOST)
        assert (answer.status_code, answer.content) == (404, b"404"), name
        assert not answer.cookies
    address = address_elsewhere(kept(), "stuk.txt", "text/plain").removeprefix(f"https://{HOST}")
    answer = client.get(address, HTTP_HOST=HOST)
    assert answer.getvalue() == b"Geheim"
    assert not answer.cookies
    assert client.post(address, HTTP_HOST=HOST).status_code == 404


@pytest.mark.parametrize("host", [HOST.upper(), f"{HOST}.", f"{HOST}:443", f"{HOST}.:8000"])
def test_host_for_files_is_known_however_it_is_written(files_host: str, host: str) -> None:
    assert Client().get("/login/", HTTP_HOST=host).content == b"404"


def test_address_of_a_file_is_nothing_on_the_host_of_the_app(files_host: str) -> None:
    address = address_elsewhere(kept(), "stuk.txt", "text/plain").removeprefix(f"https://{HOST}")

    assert Client().get(address).status_code == 404


def test_address_works_for_a_minute(files_host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    address = address_elsewhere(kept(), "stuk.txt", "text/plain").removeprefix(f"https://{HOST}")
    now = timezone.now().timestamp()

    monkeypatch.setattr("time.time", lambda: now + SECONDS - 5)
    assert Client().get(address, HTTP_HOST=HOST).status_code == 200
    monkeypatch.setattr("time.time", lambda: now + SECONDS + 5)
    assert Client().get(address, HTTP_HOST=HOST).status_code == 404


@pytest.mark.parametrize(
    "signed",
    ["", "x", "../../etc/passwd", "\x00", signing.dumps(["a", "b", "c"]), "é" * 90],
    ids=["nothing", "a letter", "a path", "NUL", "signed for something else", "accents"],
)
def test_made_up_address_gives_nothing(files_host: str, signed: str) -> None:
    assert Client().get(f"/files/{signed}", HTTP_HOST=HOST).status_code == 404


def test_file_that_is_gone_or_outside_the_store_gives_nothing(files_host: str) -> None:
    signed = signing.dumps(["gone", "x", "text/plain"], salt=SALT)

    assert Client().get(f"/files/{signed}", HTTP_HOST=HOST).status_code == 404


def test_name_of_a_file_cannot_add_headers(files_host: str) -> None:
    address = address_elsewhere(kept(), 'a"\r\nSet-Cookie: x=1\r\n.txt', "text/plain")

    answer = Client().get(address.removeprefix(f"https://{HOST}"), HTTP_HOST=HOST)

    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


def test_address_of_a_file_is_not_logged() -> None:
    record = logging.LogRecord("x", 20, "", 0, "GET /files/eyJ0abc HTTP/1.1", (), None)
    HideSecrets().filter(record)

    assert record.getMessage() == "GET /files/… HTTP/1.1"
