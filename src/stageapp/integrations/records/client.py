"""Talking with a record store: xAPI-Communication 1.0.3, and nothing of our own tables."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus
from typing import Any
from urllib.parse import quote_plus
from uuid import uuid4

import requests
from django.utils.translation import gettext as _

from stageapp.core.outgoing import ForbiddenAddressError, OutgoingError, call
from stageapp.integrations.records.models import RecordStore, Statement
from stageapp.integrations.records.rules import is_same

Problem = Statement.Problem
#: What a store answers about one statement is short.
MOST_BYTES = 512 * 1024
#: Worth another try: it came too early, or too often.
LATER = (HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS)
REFUSED_BECAUSE = {
    HTTPStatus.UNAUTHORIZED: Problem.KEY,
    HTTPStatus.FORBIDDEN: Problem.KEY,
    HTTPStatus.NOT_FOUND: Problem.ADDRESS,
    HTTPStatus.METHOD_NOT_ALLOWED: Problem.ADDRESS,
}


class State(Enum):
    """How sending ended."""

    ARRIVED = auto()
    LATER = auto()
    REFUSED = auto()


@dataclass(frozen=True)
class Outcome:
    """How sending ended, and why it did not arrive."""

    state: State
    problem: Problem | None = None

    @property
    def is_surely_not_there(self) -> bool:
        """This try left nothing in the store."""
        return self.state != State.ARRIVED and self.problem != Problem.UNREACHABLE


@dataclass(frozen=True)
class Finding:
    """Something that a test of a store found, in words."""

    is_right: bool
    text: str


class SigningInError(Exception):
    """The store, or what gives out its tokens, did not let us in."""

    def __init__(self, outcome: Outcome, status: int = 0) -> None:
        super().__init__(outcome, status)
        self.outcome, self.status = outcome, status


class Line:
    """A line to one store; it signs in once."""

    def __init__(self, store: RecordStore) -> None:
        self.store = store
        self._signed: str = ""

    def put(self, statement: dict[str, Any]) -> Outcome:
        """Send one statement, under its id: sent again it stays one (section 2.1.1).

        One at a time, since a store refuses all of a list for one that it does not take.
        """
        try:
            answer = self._call("PUT", statement["id"], json=statement)
            if answer.status_code != HTTPStatus.CONFLICT:
                return _outcome(answer.status_code)
            kept = self._call("GET", statement["id"])
        except SigningInError as problem:
            return problem.outcome
        except ForbiddenAddressError:
            return Outcome(State.REFUSED, Problem.ADDRESS)
        except OutgoingError:
            return Outcome(State.LATER, Problem.UNREACHABLE)
        if kept.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return Outcome(State.LATER, Problem.UNREACHABLE)
        if is_same(statement, _json(kept)):
            return Outcome(State.ARRIVED)
        return Outcome(State.REFUSED, Problem.TAKEN)

    def check(self) -> Iterator[Finding]:
        """Try whether the store can be used, reading nothing of anybody and writing nothing."""
        try:
            yield from self._about()
            yield from self._key()
        except SigningInError as problem:
            yield Finding(False, _token_text(problem))
        except ForbiddenAddressError:
            yield Finding(
                False,
                _(
                    "This address may not be called: it is not https, or not public. Who runs the "
                    "installation can allow it with STAGEAPP_OUTGOING_HOSTS."
                ),
            )
        except OutgoingError:
            yield Finding(False, _("There is no answer at this address. Is it right?"))

    def _about(self) -> Iterator[Finding]:
        """Ask which versions there are (section 2.8): it needs no key."""
        answer = call("GET", f"{self.store.endpoint}about", headers=self._version)
        about = _json(answer)
        versions = about.get("version") if isinstance(about, dict) else None
        if answer.status_code != HTTPStatus.OK or not isinstance(versions, list):
            yield Finding(
                True,
                _("It does not say which versions it knows; some stores do not. That may be fine."),
            )
        elif any(_fits(one, self.store.version) for one in versions):
            text = _("It answers, and knows version %(version)s.")
            yield Finding(True, text % {"version": self.store.version})
        else:
            text = _("It answers, but does not know version %(version)s. It knows: %(others)s.")
            others = ", ".join(str(one)[:20] for one in versions[:5])
            yield Finding(False, text % {"version": self.store.version, "others": others})

    def _key(self) -> Iterator[Finding]:
        """Ask for a statement that nobody has: whoever may read hears that there is none."""
        status = self._call("GET", str(uuid4())).status_code
        if status in (HTTPStatus.NOT_FOUND, HTTPStatus.OK):
            yield Finding(True, _("The key is accepted."))
        elif status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            yield Finding(
                False,
                _(
                    "The key or the secret is not accepted (%(status)s), or the key may not read "
                    "statements. Give it the rights to write and to read them."
                )
                % {"status": status},
            )
        else:
            text = _(
                "It answered %(status)s where a record store answers 404. Is the address right?"
            )
            yield Finding(False, text % {"status": status})

    def _call(self, method: str, statement: str, **options: Any) -> requests.Response:
        headers = self._version | {"Authorization": self._signed or self._sign_in()}
        return call(
            method,
            f"{self.store.endpoint}statements",
            params={"statementId": statement},
            headers=headers,
            most_bytes=MOST_BYTES,
            **options,
        )

    @property
    def _version(self) -> dict[str, str]:
        return {"X-Experience-API-Version": self.store.version}

    def _sign_in(self) -> str:
        store = self.store
        if store.signs_in == RecordStore.SignsIn.OAUTH:
            self._signed = f"Bearer {self._token()}"
        else:
            self._signed = _basic(store.key, store.secret)
        return self._signed

    def _token(self) -> str:
        """Ask for a token with what the store gave us (RFC 6749, sections 2.3.1 and 4.4)."""
        store = self.store
        wanted = {"grant_type": "client_credentials"} | (
            {"scope": store.scope} if store.scope else {}
        )
        signed = _basic(quote_plus(store.key), quote_plus(store.secret))
        answer = call(
            "POST",
            store.token_url,
            data=wanted,
            headers={"Authorization": signed, "Accept": "application/json"},
            most_bytes=MOST_BYTES,
        )
        found = _json(answer)
        token = found.get("access_token") if isinstance(found, dict) else None
        if answer.status_code == HTTPStatus.OK and isinstance(token, str) and token.isascii():
            return token
        state = _outcome(answer.status_code).state
        outcome = (
            Outcome(State.LATER, Problem.UNREACHABLE)
            if state == State.LATER
            else Outcome(State.REFUSED, Problem.KEY)
        )
        raise SigningInError(outcome, answer.status_code)


def _outcome(status: int) -> Outcome:
    if status in (HTTPStatus.OK, HTTPStatus.NO_CONTENT):
        return Outcome(State.ARRIVED)
    if status in LATER:
        return Outcome(State.LATER, Problem.BUSY)
    if status == HTTPStatus.REQUEST_TIMEOUT or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Outcome(State.LATER, Problem.UNREACHABLE)
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return Outcome(State.REFUSED, Problem.ADDRESS)
    because = {int(known): problem for known, problem in REFUSED_BECAUSE.items()}
    return Outcome(State.REFUSED, because.get(status, Problem.CONTENT))


def _basic(key: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()


def _json(answer: requests.Response) -> Any:
    try:
        return answer.json()
    except (ValueError, RecursionError):
        return None


def _fits(offered: Any, wanted: str) -> bool:
    """Return whether a version is ours: the last number changes no meaning (section 3.3)."""
    return isinstance(offered, str) and offered.split(".")[:2] == wanted.split(".")[:2]


def _token_text(problem: SigningInError) -> str:
    if problem.outcome.state == State.LATER:
        return _("What gives out the tokens does not answer now. Try again in a moment.")
    return _(
        "What gives out the tokens refused (%(status)s). Check its address, the key, the secret "
        "and the scope."
    ) % {"status": problem.status}
