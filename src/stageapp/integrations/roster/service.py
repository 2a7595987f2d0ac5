"""Asking a service that gives lists of people: who we are, page after page, nothing astray."""

import base64
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import requests
from django.utils.translation import gettext as _

from stageapp.core.outgoing import ForbiddenAddressError, OutgoingError, call
from stageapp.integrations.roster.reading import NotThereError, UnreadableError, json_of, text

#: So many requests for one look, and so much time: nobody waits for the worker longer.
MOST_CALLS = 3000
MOST_TIME = timedelta(minutes=20)
#: And so many rows of all lists together.
MOST_ROWS = 500_000
GOOD = 200
BAD = 400
REFUSED = (401, 403)
NOT_THERE = 404
TOO_MUCH = 429


@dataclass(frozen=True)
class Access:
    """Where a service is, and what lets us in."""

    address: str
    token_address: str = ""
    client: str = ""
    secret: str = ""
    scope: str = ""
    #: Headers that the kind of service asks for.
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Answer:
    """What a service said to one request."""

    path: str
    said: Any
    #: What the headers tell: how many there are in all, and whether there is more.
    total: int | None = None
    has_next: bool | None = None

    def is_last(self, seen: int) -> bool:
        """Return whether the service says that nothing comes after so many."""
        if self.has_next:
            return False
        if self.total is not None and self.total >= seen:  # else it is no total
            return seen == self.total
        return self.has_next is False


class Service:
    """One look at a service: keeps its token, and counts."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self.calls = self.rows = 0
        self.began = monotonic()
        self._token = ""

    def get(self, path: str, params: dict[str, str] | None = None) -> Answer:
        """Ask for something below the address. Raises UnreadableError, with the reason."""
        self._count()
        url = f"{self.access.address.rstrip('/')}/{path}"
        headers = {"Accept": "application/json", **dict(self.access.headers), **self._who_we_are()}
        answer = _sent("GET", url, path, headers=headers, params=params or {})
        _check(answer, path)
        return Answer(path, _said(answer, path), _total(answer), _has_next(answer))

    def _count(self) -> None:
        self.calls += 1
        if self.calls > MOST_CALLS or monotonic() - self.began > MOST_TIME.total_seconds():
            raise _too_much()

    def count_rows(self, number: int) -> None:
        """Count the rows of a page. Raises UnreadableError when it becomes very much."""
        self.rows += number
        if self.rows > MOST_ROWS:
            raise _too_much()

    def _who_we_are(self) -> dict[str, str]:
        access = self.access
        if access.token_address:
            self._token = self._token or self._new_token()
            return {"Authorization": f"Bearer {self._token}"}
        return _basic(access) if access.client else {}

    def _new_token(self) -> str:
        """Ask for a token with client credentials (RFC 6749, section 4.4)."""
        where = _("address for tokens")
        form = {"grant_type": "client_credentials"}
        if self.access.scope:
            form["scope"] = self.access.scope
        headers = {"Accept": "application/json"}
        address = self.access.token_address
        answer = _sent("POST", address, where, data=form, headers=headers | _basic(self.access))
        if answer.status_code in (BAD, *REFUSED):
            # Section 2.3.1: some know a client in the form only.
            form |= {"client_id": self.access.client, "client_secret": self.access.secret}
            answer = _sent("POST", address, where, data=form, headers=headers)
        _check(answer, where)
        token = text(_said(answer, where), "access_token")
        if not token or not token.isascii() or not token.isprintable():
            raise UnreadableError(_("The address for tokens gave no token."))
        return token


def _too_much() -> UnreadableError:
    return UnreadableError(_("The service has more than can be read at once. Fill in a filter."))


def _basic(access: Access) -> dict[str, str]:
    pair = base64.b64encode(f"{access.client}:{access.secret}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}


def _sent(method: str, url: str, path: str, **options: Any) -> requests.Response:
    try:
        return call(method, url, **options)
    except ForbiddenAddressError as problem:
        raise UnreadableError(
            _("This address cannot be used: it has to begin with https:// and be public.")
        ) from problem
    except (OutgoingError, ValueError) as problem:
        raise UnreadableError(
            _("The service was not reached, or its answer at “%(path)s” was too long.")
            % {"path": path}
        ) from problem


def _check(answer: requests.Response, path: str) -> None:
    if answer.status_code == GOOD:
        return
    names = {"path": path, "status": answer.status_code}
    if answer.status_code in REFUSED:
        reason = _(
            "The service does not let us in at “%(path)s” (%(status)d): check client, secret and "
            "scopes."
        )
    elif answer.status_code == NOT_THERE:
        raise NotThereError(
            _("There is nothing at “%(path)s” (%(status)d): check the address of the service.")
            % names
        )
    elif answer.status_code == TOO_MUCH:
        reason = _("The service says that we ask too much (%(status)d). Try again later.")
    else:
        reason = _("The service answered “%(path)s” with error %(status)d.")
    raise UnreadableError(reason % names)


def _said(answer: requests.Response, path: str) -> Any:
    try:
        return json_of(answer.content)
    except ValueError as problem:
        raise UnreadableError(
            _("What the service answered at “%(path)s” is no JSON.") % {"path": path}
        ) from problem


def _total(answer: requests.Response) -> int | None:
    written = answer.headers.get("X-Total-Count", "").strip()
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 10 else None  # noqa: PLR2004


def _has_next(answer: requests.Response) -> bool | None:
    """Return what the header Link says (RFC 8288); nothing where it is not there.

    Where the next page is follows from counting, so that no answer leads us elsewhere.
    """
    if "Link" not in answer.headers:
        return None
    return "next" in answer.links


def host_of(address: str) -> str:
    """Return the host of an address, for a text."""
    try:
        return urlsplit(address).hostname or address
    except ValueError:
        return address
