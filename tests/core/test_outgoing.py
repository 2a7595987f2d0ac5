"""Requests to addresses that people typed in: none goes inside, waits for ever, or fills up."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from django.test import override_settings

from stageapp.core.outgoing import ForbiddenAddressError, OutgoingError, call


class Inside(BaseHTTPRequestHandler):
    """Something that only the machine itself should reach."""

    visits: list[str] = []

    def do_GET(self) -> None:
        self.visits.append(self.path)
        self.send_response(302 if self.path == "/away" else 200)
        if self.path == "/away":
            self.send_header("Location", "/secret")
        self.end_headers()
        self.wfile.write(b"x" * (2000 if self.path == "/long" else 10))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def inside() -> Iterator[str]:
    Inside.visits.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Inside)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "https:///x",
        "https://[",
        "",
    ],
)
def test_only_https_is_called(url: str) -> None:
    with pytest.raises(ForbiddenAddressError):
        call("GET", url)


def test_the_inside_is_not_called_whatever_its_name(inside: str) -> None:
    port = inside.partition(":")[2]

    for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433"):
        with pytest.raises(OutgoingError):
            call("GET", f"https://{host}:{port}/secret")

    assert Inside.visits == []


@override_settings(OUTGOING_HOSTS=["127.0.0.1"])
def test_a_host_that_the_operator_named_is_called(inside: str) -> None:
    answer = call("GET", f"http://{inside}/page")

    assert (answer.status_code, answer.content) == (200, b"x" * 10)


@override_settings(OUTGOING_HOSTS=["127.0.0.1"])
def test_nobody_is_sent_on_to_elsewhere(inside: str) -> None:
    answer = call("GET", f"http://{inside}/away")

    assert answer.status_code == 302
    assert Inside.visits == ["/away"]


@override_settings(OUTGOING_HOSTS=["127.0.0.1"])
def test_an_answer_that_is_too_long_is_not_read(inside: str) -> None:
    with pytest.raises(OutgoingError, match="longer than 1000 bytes"):
        call("GET", f"http://{inside}/long", most_bytes=1000)
    assert call("GET", f"http://{inside}/long", most_bytes=2000).content == b"x" * 2000


@override_settings(OUTGOING_HOSTS=["127.0.0.1"])
def test_no_answer_is_an_error_with_words() -> None:
    with pytest.raises(OutgoingError):
        call("GET", "http://127.0.0.1:9/")
