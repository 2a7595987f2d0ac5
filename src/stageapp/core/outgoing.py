"""Requests to other systems at addresses that people typed in, so that none goes astray.

Where an address leads is decided when the connection is there, not when the name is looked up: a
name that leads elsewhere a moment later (DNS rebinding) gets nothing. Answers have a time and a
size, and redirects are not followed.
"""

import ipaddress
import socket
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from threading import Lock, Timer
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.util.retry import Retry

#: Seconds to connect, and between two pieces of an answer.
TIMEOUT = (5, 15)
#: Seconds for all of it: one who sends a byte now and then would keep us for days.
LONGEST = 30.0
#: Bytes that an answer may have.
MOST_BYTES = 10 * 1024 * 1024


class OutgoingError(Exception):
    """Another system was not reached, or did not answer as it should."""


class ForbiddenAddressError(OutgoingError):
    """The address is not one that this application may call."""


def call(
    method: str,
    url: str,
    *,
    most_bytes: int = MOST_BYTES,
    seconds: float = LONGEST,
    trusted: Collection[str] | None = None,
    **options: Any,
) -> requests.Response:
    """Send one request and return the answer, whatever its status, its body read.

    `options` are those of `requests` (`headers`, `json`, `data`, `params`, `auth`). Raises
    ForbiddenAddressError for an address that is not https or not public, unless the host is one of
    `trusted` (`STAGEAPP_OUTGOING_HOSTS` where that is None), and OutgoingError when there is no
    answer within `seconds`, or one of more than `most_bytes`.
    """
    check_address(url, trusted)
    with _session() as session, _ended_after(seconds) as deadline:
        deadline.trusted = trusted
        try:
            answer = session.request(
                method, url, timeout=TIMEOUT, allow_redirects=False, stream=True, **options
            )
            answer._content = _read(answer, most_bytes)  # as requests itself does
        except (OSError, HTTPError) as problem:  # those of requests are OSErrors
            raise OutgoingError(str(problem)) from problem
        # What was cut off can look like an answer that ended.
        if deadline.is_over:
            message = f"There was no whole answer within {seconds:g} seconds."
            raise OutgoingError(message)
    return answer


class _Deadline:
    """Cuts off the connections of one call when its time is over, whatever they wait for.

    It knows as well which hosts that call trusts: the connections find it.
    """

    def __init__(self) -> None:
        self.is_over = False
        self.trusted: Collection[str] | None = None
        self._connected: list[socket.socket] = []
        self._lock = Lock()

    def watch(self, connected: socket.socket) -> None:
        """Keep a second handle: the first is wrapped in TLS, and belongs to others."""
        with self._lock:
            if self.is_over:
                connected.close()
                message = "The time was over before there was a connection."
                raise OutgoingError(message)
            self._connected.append(connected.dup())

    def cut(self) -> None:
        """End what there is, and let nothing begin any more."""
        with self._lock:
            self.is_over = True
            for one in self._connected:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of the handles."""
        with self._lock:
            for one in self._connected:
                one.close()
            self._connected.clear()


_deadline: ContextVar[_Deadline] = ContextVar("deadline")


@contextmanager
def _ended_after(seconds: float) -> Iterator[_Deadline]:
    deadline = _Deadline()
    timer = Timer(seconds, deadline.cut)
    timer.daemon = True
    timer.start()
    token = _deadline.set(deadline)
    try:
        yield deadline
    finally:
        _deadline.reset(token)
        timer.cancel()
        deadline.close()


def check_address(url: str, trusted: Collection[str] | None = None) -> None:
    """Raise ForbiddenAddressError for an address that can never be called: see `call`.

    Where its name leads is known when it is called, and checked then.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError as problem:
        raise ForbiddenAddressError(url) from problem
    if not host or (parts.scheme != "https" and not _is_trusted(host, trusted)):
        raise ForbiddenAddressError(url)
    if parts.scheme not in {"http", "https"}:
        raise ForbiddenAddressError(url)


def _session() -> requests.Session:
    session = requests.Session()
    # Proxies and passwords of the machine are for other programs.
    session.trust_env = False
    session.mount("https://", _Adapter(max_retries=Retry(0, read=False)))
    session.mount("http://", _Adapter(max_retries=Retry(0, read=False)))
    return session


def _read(answer: requests.Response, most_bytes: int) -> bytes:
    body = bytearray()
    for piece in answer.iter_content(64 * 1024):
        body += piece
        if len(body) > most_bytes:
            message = f"The answer is longer than {most_bytes} bytes."
            raise OutgoingError(message)
    return bytes(body)


def _is_trusted(host: str, trusted: Collection[str] | None) -> bool:
    return host.lower() in (settings.OUTGOING_HOSTS if trusted is None else trusted)


#: Addresses of IPv6 that lead to one of IPv4, which may be anything (RFC 6052, 3056, 4291).
_LEAD_TO_IPV4 = tuple(
    ipaddress.ip_network(one) for one in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "::/96")
)


def is_public(text: str) -> bool:
    """Return whether an IP address is one of the internet, and surely leads there."""
    address = ipaddress.ip_address(text)
    mapped = getattr(address, "ipv4_mapped", None) or address
    leads_on = any(mapped in network for network in _LEAD_TO_IPV4)
    return mapped.is_global and not mapped.is_multicast and not leads_on


def _check_peer(host: str, connected: socket.socket) -> socket.socket:
    deadline = _deadline.get()
    if not _is_trusted(host, deadline.trusted) and not is_public(connected.getpeername()[0]):
        connected.close()
        raise ForbiddenAddressError(host)
    deadline.watch(connected)
    return connected


class _Connection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _check_peer(self.host, super()._new_conn())


class _SafeConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _check_peer(self.host, super()._new_conn())


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SafePool(HTTPSConnectionPool):
    ConnectionCls = _SafeConnection


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SafePool}
