"""A code by mail, for who comes from a campus with an address that has to be shown to be theirs.

The campus does not answer for it, or somebody has an account with it already.
"""

import secrets
import time
from dataclasses import asdict
from typing import Any

from allauth.account.adapter import get_adapter
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

from stageapp.core.counting import count
from stageapp.core.limits import HOUR
from stageapp.integrations.campus.models import CampusProvider
from stageapp.integrations.campus.rules import Newcomer

#: Where the session keeps who waits for a code.
WAITING = "campus_waiting"
SALT = "stageapp.integrations.campus.codes"
#: Seconds that a code can be entered, how often it can be guessed, and how many go in an hour.
VALID_FOR = 10 * 60
MOST_GUESSES = 5
MOST_AN_HOUR = 5


def send(request: HttpRequest, provider: CampusProvider, newcomer: Newcomer, go_on: str) -> bool:
    """Mail a new code, and wait for it. Return whether it went: not more than some an hour."""
    whose = f"{provider.pk}|{newcomer.email}"
    if not count("campus code", whose, times=MOST_AN_HOUR, seconds=HOUR).is_within:
        return False
    code, salt = f"{secrets.randbelow(10**6):06}", secrets.token_urlsafe(12)
    request.session[WAITING] = {
        "provider": provider.pk,
        "newcomer": asdict(newcomer),
        "go_on": go_on,
        "salt": salt,
        "seal": _seal(salt, code),
        "until": time.time() + VALID_FOR,
    }
    context = {"code": code, "campus": provider.name, "minutes": VALID_FOR // 60}
    get_adapter().send_mail("campus/email/code", newcomer.email, context)
    return True


def waiting(request: HttpRequest, provider: CampusProvider) -> tuple[Newcomer, str] | None:
    """Return who waits for a code in this browser, and where they go on to."""
    kept = request.session.get(WAITING)
    if kept is None or kept["provider"] != provider.pk:
        return None
    return Newcomer(**kept["newcomer"]), kept["go_on"]


def is_right(request: HttpRequest, code: str) -> bool:
    """Look at a code; a right one works once, after some wrong ones none does."""
    kept: dict[str, Any] = request.session[WAITING]
    # Counted in the database: guesses that come at once count as well.
    guesses = count("campus guess", kept["salt"], times=MOST_GUESSES, seconds=VALID_FOR)
    if not guesses.is_within or time.time() > kept["until"]:
        return False
    if not constant_time_compare(_seal(kept["salt"], code), kept["seal"]):
        return False
    del request.session[WAITING]
    return True


def _seal(salt: str, code: str) -> str:
    return salted_hmac(SALT, f"{salt}|{code}", algorithm="sha256").hexdigest()
