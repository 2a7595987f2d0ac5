"""What every answer says to the browser, and what browsers say back."""

import json
import logging
import os
import re
import subprocess
import sys

import pytest
from django.db import OperationalError, connection
from django.test import Client

from stageapp.config.limits import LIMITS
from tests import factories

pytestmark = pytest.mark.django_db


def policy_of(answer: object) -> dict[str, str]:
    header = answer.headers["Content-Security-Policy"]  # type: ignore[attr-defined]
    parts = [part.strip().partition(" ") for part in header.split(";")]
    return {name: rest for name, _space, rest in parts}


@pytest.mark.parametrize("path", ["/login/", "/profile/", "/nowhere/", "/healthz"])
def test_every_answer_forbids_what_is_not_ours(client: Client, path: str) -> None:
    client.force_login(factories.person())

    answer = client.get(path)

    policy = policy_of(answer)
    assert policy == {
        "default-src": "'self'",
        "img-src": "'self' data:",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "default",
        "report-uri": "/csp-reports/",
    }
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]


def test_pages_have_no_script_or_style_of_their_own(client: Client) -> None:
    page = client.get("/login/").content.decode()

    assert not re.search(r"<script(?![^>]*\ssrc=)", page)
    assert not re.search(r"<style|\sstyle=|\son\w+=", page)


def report(client: Client, body: str | bytes) -> int:
    return client.post("/csp-reports/", body, content_type="application/csp-report").status_code


def test_report_of_a_browser_is_noted_without_what_stood_in_the_address(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    told = {
        "document-uri": "https://app.example/activities/?q=geheim",
        "effective-directive": "script-src-elem",
        "blocked-uri": "inline",
        "script-sample": "alert(1)",
    }
    with caplog.at_level(logging.WARNING):
        assert report(client, json.dumps({"csp-report": told})) == 204

    (line,) = [entry.getMessage() for entry in caplog.records if "security policy" in entry.msg]
    assert "https://app.example/activities/" in line
    assert "script-src-elem" in line
    assert "geheim" not in line
    assert "alert" not in line


@pytest.mark.parametrize(
    "body", ["", "[]", "nonsense", "null", '{"csp-report": 3}', b"\xff", "[" * 9_000]
)
def test_nonsense_is_no_error(client: Client, body: str | bytes) -> None:
    assert report(client, body) == 204


def test_flood_of_reports_does_not_fill_the_log(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    (limit,) = [one for one in LIMITS if one.name == "reports of browsers"]

    with caplog.at_level(logging.WARNING):
        for _ in range(limit.times + 20):
            assert report(client, "{}") == 204

    noted = [entry for entry in caplog.records if "security policy" in entry.msg]
    assert len(noted) == limit.times


@pytest.mark.parametrize("path", ["/login/", "/guide/", "/healthz", "/profile/", "/csp-reports/"])
def test_trace_gives_nothing_back(client: Client, path: str) -> None:
    client.force_login(factories.person())

    answer = client.trace(path, headers={"X-Secret": "geheim"})

    assert answer.status_code in (302, 405)
    assert b"geheim" not in answer.content


COOKIES = """
import django; django.setup()
from django.conf import settings as s
from stageapp.accounts.devices import COOKIE as device
from stageapp.invitations.sessions import COOKIE as guest
print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.LANGUAGE_COOKIE_NAME, device, guest)
print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.LANGUAGE_COOKIE_SECURE)
print(s.SECURE_HSTS_SECONDS >= 31_536_000, s.SECURE_HSTS_INCLUDE_SUBDOMAINS)
"""


def test_with_https_every_cookie_belongs_to_this_host_alone() -> None:
    environment = os.environ | {
        "STAGEAPP_BASE_URL": "https://stage.example",
        "DJANGO_SETTINGS_MODULE": "stageapp.config.settings",
    }

    told = subprocess.run(
        [sys.executable, "-c", COOKIES], env=environment, capture_output=True, text=True, check=True
    )

    assert told.stdout.splitlines() == [
        "__Host-sessionid __Host-csrftoken __Host-language __Host-device __Secure-guest",
        "True True True",
        "True True",
    ]


def test_the_probes_need_no_host_name_we_know(client: Client) -> None:
    for path in ("/healthz", "/readyz"):
        answer = client.get(path, headers={"host": "10.1.2.3:8000"})

        assert (answer.status_code, answer.content) == (200, b"ok")
        assert "no-store" in answer.headers["Cache-Control"]


def test_without_its_database_a_process_is_alive_and_not_ready(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> None:
        message = "connection refused"
        raise OperationalError(message)

    monkeypatch.setattr(connection, "cursor", gone)

    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"the database does not answer")


def test_a_strange_host_name_is_noted_in_one_line(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    assert client.get("/login/", headers={"host": "else.example"}).status_code == 400

    noted = [record for record in caplog.records if record.name.endswith("DisallowedHost")]
    assert [record.exc_info for record in noted] == [None]
