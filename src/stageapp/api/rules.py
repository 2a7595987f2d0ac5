"""Tokens, scopes and the signing of webhooks, in plain Python."""

import base64
import hashlib
import hmac
import secrets
import string
import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

#: How a token begins, so that programs that look for secrets in code know it.
PREFIX = "stage_"
#: So many signs of a token are chance (190 bits), and so many are the sum that shows a slip.
RANDOM, SUM = 32, 6
#: So much of a token is kept as it is, for its owner to know it by.
SHOWN = len(PREFIX) + 4
_SIGNS = string.digits + string.ascii_uppercase + string.ascii_lowercase

#: How the secret of a webhook begins (Standard Webhooks), and how many bytes it has.
SECRET_PREFIX, SECRET_BYTES = "whsec_", 24
#: So long an old secret signs beside a new one.
OVERLAP = timedelta(hours=24)
#: How long after each attempt that failed the next one comes; after the last it is given up. About
#: three days in all.
PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
#: An address at which nothing arrived for so long gets no more, and its owner is told.
PATIENCE = timedelta(days=5)


class Area(StrEnum):
    """What a scope is about."""

    LOGBOOK = "logbook"
    GUIDANCE = "guidance"
    CALENDAR = "calendar"
    INSIGHTS = "insights"
    PLACEMENTS = "placements"
    STUDENTS = "students"
    ADMINISTRATION = "administration"
    PROFILE = "profile"


class Scope(StrEnum):
    """What a token may do; never more than its person may."""

    LOGBOOK_READ = "logbook:read"
    LOGBOOK_WRITE = "logbook:write"
    GUIDANCE_READ = "guidance:read"
    GUIDANCE_WRITE = "guidance:write"
    CALENDAR_READ = "calendar:read"
    CALENDAR_WRITE = "calendar:write"
    INSIGHTS_READ = "insights:read"
    INSIGHTS_WRITE = "insights:write"
    PLACEMENTS_READ = "placements:read"
    PLACEMENTS_WRITE = "placements:write"
    STUDENTS_READ = "students:read"
    ADMINISTRATION_READ = "administration:read"
    ADMINISTRATION_WRITE = "administration:write"
    PROFILE_READ = "profile:read"
    PROFILE_WRITE = "profile:write"

    @property
    def area(self) -> Area:
        """What it is about."""
        return Area(self.value.partition(":")[0])

    @property
    def writes(self) -> bool:
        """Whether it changes something."""
        return self.value.endswith(":write")


def new_token() -> str:
    """Return a token that nobody can guess; its last signs are a sum of the others."""
    chance = "".join(secrets.choice(_SIGNS) for _ in range(RANDOM))
    return f"{PREFIX}{chance}{_sum_of(chance)}"


def is_token(text: str) -> bool:
    """Return whether a text can be a token at all; no table is asked for one that cannot."""
    body = text.removeprefix(PREFIX)
    if not text.startswith(PREFIX) or len(body) != RANDOM + SUM or not body.isascii():
        return False
    return hmac.compare_digest(_sum_of(body[:RANDOM]), body[RANDOM:])


def _sum_of(text: str) -> str:
    number, signs = zlib.crc32(text.encode()), ""
    for _ in range(SUM):
        number, place = divmod(number, len(_SIGNS))
        signs = _SIGNS[place] + signs
    return signs


def new_secret() -> str:
    """Return a secret for signing what goes to a webhook."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signatures(secrets_of: Iterable[str], identifier: str, at: datetime, body: bytes) -> str:
    """Return the header `webhook-signature`: one signature for each secret that counts now.

    The scheme is that of Standard Webhooks 1.0.0: HMAC-SHA256 over "id.timestamp.body", version 1.
    """
    signed = f"{identifier}.{int(at.timestamp())}.".encode() + body
    return " ".join(f"v1,{_signature(secret, signed)}" for secret in secrets_of)


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def pause_after(attempts: int) -> timedelta | None:
    """Return how long to wait after so many attempts that failed, or None to give up."""
    return PAUSES[attempts - 1] if attempts <= len(PAUSES) else None


def in_order(scopes: Iterable[str]) -> list[str]:
    """Return the scopes that there are, each once, in one order for all."""
    wanted = set(scopes)
    return [scope.value for scope in Scope if scope in wanted]


def read_and_write(area: Area) -> Sequence[Scope]:
    """Return the scopes of an area: reading, and writing where there is something to write."""
    return [scope for scope in Scope if scope.area == area]
