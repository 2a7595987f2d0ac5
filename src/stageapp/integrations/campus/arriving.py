"""A sign-in on its way: what the session remembers of it, and how its answer is fetched.

The answer of SAML is sent by the browser from another site, and then without our cookies
(`SameSite=Lax`). So it is checked on the way in, kept encrypted for a moment, and looked at by the
request after it, which is our own and has them.
"""

import hashlib
import json
import secrets
import time
from dataclasses import asdict, dataclass, field
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest

from stageapp.core.sealed import box
from stageapp.integrations.campus.models import CampusProvider
from stageapp.integrations.campus.rules import Arrival, CampusError, Refusal

#: Where the session remembers what is on its way.
WAYS = "campus_ways"
SALT = "stageapp.integrations.campus"
#: Several windows may sign in at once; of more, the oldest are forgotten.
MOST_WAYS = 5
#: Seconds that signing in at the campus may take.
LONGEST = 15 * 60
#: Seconds between the answer and the request after it.
KEPT = 2 * 60

SIGN_IN, LINK, TRY = "sign-in", "link", "try"


@dataclass(frozen=True)
class Way:
    """What this side remembers of a sign-in that it began."""

    provider: int
    purpose: str
    at: float
    #: The page to go on to.
    next: str = ""
    #: Who was signed in when it began; none for a sign-in.
    person: int | None = None
    remembered: dict[str, str] = field(default_factory=dict)


def remember(request: HttpRequest, state: str, way: Way) -> None:
    """Keep what is on its way in the session."""
    ways = request.session.get(WAYS, {})
    ways[state] = asdict(way)
    request.session[WAYS] = dict(list(ways.items())[-MOST_WAYS:])


def way_of(request: HttpRequest, provider: CampusProvider, state: str) -> Way:
    """Return what this browser began, once. Raises CampusError when it began no such thing."""
    ways = request.session.get(WAYS, {})
    kept = ways.pop(state, None) if state else None
    if kept is None:
        raise CampusError(Refusal.LOST, "state")
    request.session[WAYS] = ways
    way = Way(**kept)
    if way.provider != provider.pk or time.time() - way.at > LONGEST:
        raise CampusError(Refusal.LOST, "other, or too long")
    if way.person != (request.user.pk if way.purpose != SIGN_IN else None):
        raise CampusError(Refusal.LOST, "person")
    return way


def keep(provider: CampusProvider, arrival: Arrival, in_response_to: str) -> str:
    """Keep a checked answer for the request after it; return the word that gives it back."""
    word = secrets.token_urlsafe(32)
    told = {"provider": provider.pk, "to": in_response_to, "arrival": asdict(arrival)}
    cache.set(_key(word), box(SALT).encrypt(json.dumps(told).encode()).decode(), KEPT)
    return word


def take(provider: CampusProvider, word: str) -> tuple[Arrival, str]:
    """Return the answer behind a word, once, and the request that it answers."""
    sealed = cache.get(_key(word))
    cache.delete(_key(word))
    told: dict[str, Any] = json.loads(box(SALT).decrypt(sealed.encode())) if sealed else {}
    if told.get("provider") != provider.pk:
        raise CampusError(Refusal.LOST, "answer")
    kept = told["arrival"]
    kept["attributes"] = {name: tuple(values) for name, values in kept["attributes"].items()}
    return Arrival(**kept), told["to"]


def _key(word: str) -> str:
    return f"campus:answer:{hashlib.sha256(word.encode(errors='replace')).hexdigest()}"
