"""Requests to other systems at addresses that people typed in, so that none goes astray.

Where an address leads is decided when the connection is there, not when the name is looked up: a
name that leads elsewhere a moment later (DNS rebinding) gets nothing. Answers have a time and a
size, and redirects are not followed.
"""

import ipaddress
import socket
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.retry import Retry

#: Seconds to connect, and between two pieces of an answer.
TIMEOUT = (5, 15)
#: Bytes that an answer may have.
MOST_BYTES = 10 * 1024 * 1024


class OutgoingError(Exception):
    """Another system was not reached, or did not answer as it should."""


class ForbiddenAddressError(OutgoingError):
    """The address is not one that this application may call."""


def call(
    method: str, url: str, *, most_bytes: int = MOST_BYTES, **options: Any
) -> requests.Response:
    """Send one request and return the answer, whatever its status, its body read.

    `options` are those of `requests` (`headers`, `json`, `data`, `params`, `auth`). Raises
    ForbiddenAddressError for an address that is not https or not public, unless the host is one of
    `STAGEAPP_OUTGOING_HOSTS`, and OutgoingError when there is no answer, or too long a one.
    """
    check_address(url)
    with _session() as session:
        try:
            answer = session.request(
                method, url, timeout=TIMEOUT, allow_redirects=False, stream=True, **options
            )
            answer._content = _read(answer, most_bytes)  # as requests itself does
        except requests.RequestException as problem:
            raise OutgoingError(str(problem)) from problem
    return answer


def check_address(url: str) -> None:
    """Raise ForbiddenAddressError for an address that can never be called: see `call`.

    Where its name leads is known when it is called, and checked then.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError as problem:
        raise ForbiddenAddressError(url) from problem
    if not host or (parts.scheme != "https" and not _is_trusted(host)):
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


def _is_trusted(host: str) -> bool:
    return host.lower() in settings.OUTGOING_HOSTS


def _check_peer(host: str, connected: socket.socket) -> socket.socket:
    address = ipaddress.ip_address(connected.getpeername()[0])
    mapped = getattr(address, "ipv4_mapped", None) or address
    if not _is_trusted(host) and (not mapped.is_global or mapped.is_multicast):
        connected.close()
        raise ForbiddenAddressError(host)
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
