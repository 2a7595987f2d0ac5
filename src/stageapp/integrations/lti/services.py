"""What we ask of a learning environment: its keys, an access token, the list of a course."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin

import requests
from django.utils.translation import gettext as _

from stageapp.core.outgoing import ForbiddenAddressError, OutgoingError, call
from stageapp.integrations.lti.models import Platform
from stageapp.integrations.lti.rules import NRPS_SCOPE, is_same_origin
from stageapp.integrations.lti.signing import client_assertion
from stageapp.integrations.lti.verifying import keys_in

MEMBERS_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
MOST_BYTES = 2 * 1024 * 1024
#: A page of a list has some hundreds of people; a school has no course with more pages.
MOST_PAGES = 200


class ServiceError(Exception):
    """An environment did not do what we asked; `what` says which step failed, and how."""

    def __init__(self, what: str, detail: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.detail = detail[:200]

    @property
    def said(self) -> str:
        """What is wrong, in the language of now."""
        text = WORDS.get(self.what)
        said = text() if text else self.what
        return f"{said} ({self.detail})" if self.detail else said


def fetch_keys(platform: Platform) -> list[dict[str, Any]]:
    """Return the keys that an environment publishes. Raises ServiceError."""
    answer = _call("keys", "GET", platform.jwks_url, headers={"Accept": "application/json"})
    keys = keys_in(_json("keys", answer))
    if not keys:
        raise ServiceError("keys_format")
    return keys


def access_token(platform: Platform, scope: str, at: datetime) -> str:
    """Return a token with which we may ask for something. Raises ServiceError."""
    answer = _call(
        "token",
        "POST",
        platform.token_url,
        data={
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": client_assertion(platform, at),
            "scope": scope,
        },
    )
    told = _json("token", answer)
    token = told.get("access_token") if isinstance(told, dict) else None
    if not isinstance(token, str) or not re.fullmatch(r"[!-~]{1,8000}", token):
        raise ServiceError("token_format")
    return token


def members(platform: Platform, address: str, at: datetime) -> Iterator[dict[str, Any]]:
    """Return everybody in the list of a course, page after page (Names and Roles 2.0, 2.4).

    Raises ServiceError; then what came before is no whole list.
    """
    token = access_token(platform, NRPS_SCOPE, at)
    headers = {"Authorization": f"Bearer {token}", "Accept": MEMBERS_TYPE}
    first, seen = address, set[str]()
    while address:
        # A token goes to nobody else, and pages do not go round.
        if not is_same_origin(address, first) or address in seen or len(seen) >= MOST_PAGES:
            raise ServiceError("members_pages")
        seen.add(address)
        answer = _call("members", "GET", address, headers=headers)
        told = _json("members", answer)
        found = told.get("members") if isinstance(told, dict) else None
        if not isinstance(found, list):
            raise ServiceError("members_format")
        yield from (one for one in found if isinstance(one, dict))
        address = _next_page(answer, address)


def clock_difference(platform: Platform, at: datetime) -> int | None:
    """Return by how many seconds the clock of an environment is ahead of ours, if it says."""
    try:
        answer = call("GET", platform.jwks_url, most_bytes=MOST_BYTES)
        told = parsedate_to_datetime(answer.headers.get("Date", ""))
        return round((told - at).total_seconds())
    except (OutgoingError, ValueError, TypeError):
        return None


def _next_page(answer: requests.Response, address: str) -> str:
    try:
        found = answer.links.get("next", {}).get("url", "")
        return urljoin(address, found) if found else ""
    except ValueError:
        return ""


def _call(what: str, method: str, address: str, **options: Any) -> requests.Response:
    try:
        answer = call(method, address, most_bytes=MOST_BYTES, **options)
    except ForbiddenAddressError as problem:
        raise ServiceError(f"{what}_forbidden") from problem
    except OutgoingError as problem:
        raise ServiceError(f"{what}_unreachable") from problem
    if answer.status_code not in (HTTPStatus.OK, HTTPStatus.CREATED):
        raise ServiceError(f"{what}_status", f"{answer.status_code} {_error_in(answer)}".strip())
    return answer


def _error_in(answer: requests.Response) -> str:
    """Return the name of an error as OAuth 2.0 gives it, and nothing else of an answer."""
    try:
        told = json.loads(answer.content)
    except (ValueError, RecursionError):
        return ""
    error = told.get("error") if isinstance(told, dict) else None
    return error if isinstance(error, str) and re.fullmatch(r"[\w.-]{1,60}", error) else ""


def _json(what: str, answer: requests.Response) -> Any:
    try:
        return json.loads(answer.content)
    except (ValueError, RecursionError) as problem:
        raise ServiceError(f"{what}_format") from problem


#: What is wrong at each step, in words.
WORDS: dict[str, Callable[[], str]] = {
    "keys_forbidden": lambda: _(
        "Keys: we may not call this address. It must begin with https:// and lead to the internet, "
        "or its host must stand in STAGEAPP_OUTGOING_HOSTS."
    ),
    "keys_unreachable": lambda: _(
        "Keys: nothing answers at the address of the keys (JWKS). Is it typed right, and may this "
        "server reach it?"
    ),
    "keys_status": lambda: _(
        "Keys: the address of the keys (JWKS) answers with an error. Is it typed right?"
    ),
    "keys_format": lambda: _(
        "Keys: what stands at the address of the keys is no list of keys (JWKS) with an RSA key of "
        "2048 bits or more."
    ),
    "token_forbidden": lambda: _(
        "Access token: we may not call this address. It must begin with https:// and lead to the "
        "internet, or its host must stand in STAGEAPP_OUTGOING_HOSTS."
    ),
    "token_unreachable": lambda: _("Access token: nothing answers at the address of tokens."),
    "token_status": lambda: _(
        "Access token: the environment refuses our signed request. Does it have our address of "
        "keys (JWKS), the same client ID, and is the list of a course (Names and Roles) allowed?"
    ),
    "token_format": lambda: _("Access token: the answer is not one that gives a token."),
    "members_none": lambda: _(
        "The environment never said where the list of this course is. Allow it to give lists "
        "(Names and Roles), and open Stage-App from the course once."
    ),
    "members_nobody": lambda: _("The list of this course is empty, so nothing is changed."),
    "members_forbidden": lambda: _(
        "We may not call the address of the list. Its host must stand in STAGEAPP_OUTGOING_HOSTS."
    ),
    "members_unreachable": lambda: _("Nothing answers at the address of the list."),
    "members_status": lambda: _("The environment does not give the list of this course."),
    "members_format": lambda: _("What the environment gave is no list of a course."),
    "members_pages": lambda: _("The list of this course has no end, or goes on at another host."),
}
