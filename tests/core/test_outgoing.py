"""Requests to addresses that people typed in: none goes inside, waits for ever, or fills up."""

import contextlib
import socket
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from django.test import override_settings

from stageapp.core.outgoing import ForbiddenAddressError, OutgoingError, call, is_public


class Inside(BaseHTTPRequestHandler):
    """Something that only the machine itself should reach."""

    visits: list[str] = []

    def do_GET(self) -> None:
        self.visits.append(self.path)
        if self.path in ("/drips", "/drips-headers"):
            self.drip()
            return
        self.send_response(302 if self.path == "/away" else 200)
        if self.path == "/away":
            self.send_header("Location", "/secret")
        self.end_headers()
        self.wfile.write(b"x" * (2000 if self.path == "/long" else 10))

    def drip(self) -> None:
        """Send a byte now and then, so that none is ever late."""
        start = b"HTTP/1.1 200 OK\r\n"
        self.wfile.write(start + (b"\r\n" if self.path == "/drips" else b"X: "))
        with contextlib.suppress(OSError):
            for _ in range(100):
                self.wfile.write(b"x")
                time.sleep(0.05)

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
def test_hosts_of_one_call_stand_in_place_of_those_of_the_operator(inside: str) -> None:
    for url in (f"http://{inside}/page", f"https://{inside}/page"):
        with pytest.raises(OutgoingError):
            call("GET", url, trusted=[])
    with override_settings(OUTGOING_HOSTS=[]):
        assert call("GET", f"http://{inside}/page", trusted=["127.0.0.1"]).status_code == 200


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


@pytest.mark.parametrize("path", ["/drips", "/drips-headers"])
@override_settings(OUTGOING_HOSTS=["127.0.0.1"])
def test_who_sends_a_byte_now_and_then_does_not_keep_us(inside: str, path: str) -> None:
    begun = time.monotonic()

    with pytest.raises(OutgoingError):
        call("GET", f"http://{inside}{path}", seconds=0.3)

    # It would go on for five seconds.
    assert time.monotonic() - begun < 4


@override_settings(OUTGOING_HOSTS=["127.0.0.1"])
def test_who_never_speaks_tls_does_not_keep_us() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        begun = time.monotonic()
        with pytest.raises(OutgoingError):
            call("GET", f"https://127.0.0.1:{silent.getsockname()[1]}/", seconds=0.3)
        assert time.monotonic() - begun < 4


@pytest.mark.parametrize(
    ("address", "is_one_of_the_internet"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("::ffff:10.1.2.3", False),
        ("64:ff9b::a9fe:a9fe", False),
        ("2002:7f00:1::", False),
        ("::7f00:1", False),
    ],
)
def test_only_addresses_of_the_internet_are_public(
    address: str, is_one_of_the_internet: bool
) -> None:
    assert is_public(address) is is_one_of_the_internet
