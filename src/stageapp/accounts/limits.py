"""How often somebody may try to sign in, in such a way that nobody can lock out another.

Wrong passwords count for an address *from a network*, and, more widely, for an address from
anywhere. Who tries somebody else's address uses up only those. Not stopped by them are:

- a device on which the person signed in before: it has its own count;
- who has a second factor: a wrong password opens nothing without it, so the count from anywhere
  does not hold for them;
- a passkey: there is nothing to guess.
"""

from allauth.account.adapter import get_adapter
from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import RateLimitUsage
from django.http import HttpRequest

from stageapp.accounts import queries
from stageapp.accounts.devices import device_of
from stageapp.accounts.models import User

APP = "allauth.account"
FROM_NETWORK = "login_failed"
FROM_ANYWHERE = "login_failed_anywhere"
ON_KNOWN_DEVICE = "login_failed_known"


def count_password(request: HttpRequest, email: str) -> RateLimitUsage | None:
    """Count an attempt with a password; return it to be taken back, or none if too many."""
    email = email.lower()
    person = queries.person_with(email)
    known = _key_of_device(request, person)
    if known:
        return _count(request, ON_KNOWN_DEVICE, known)
    near = _count(request, FROM_NETWORK, _key_of_network(request, email))
    if near is None:
        return None
    far = _count(request, FROM_ANYWHERE, email)
    if far is None and not (person and queries.has_second_factor(person)):
        return None
    return RateLimitUsage(usage=[*near.usage, *(far.usage if far else [])])


def forget_passwords(request: HttpRequest, email: str) -> None:
    """Let somebody try anew: they showed that the address is theirs."""
    email = email.lower()
    ratelimit.clear(request, app=APP, action=FROM_NETWORK, key=_key_of_network(request, email))
    ratelimit.clear(request, app=APP, action=FROM_ANYWHERE, key=email)


def count_code(request: HttpRequest, person: User) -> RateLimitUsage | None:
    """Count an attempt with a code of a second factor; six figures would be guessed otherwise.

    It comes after the password. Who found that out can stop codes on unknown devices, not on known
    ones and no passkeys.
    """
    known = _key_of_device(request, person)
    if known:
        return _count(request, ON_KNOWN_DEVICE, f"{known}:code")
    return _count(request, FROM_NETWORK, f"code:{person.pk}")


def _count(request: HttpRequest, action: str, key: str) -> RateLimitUsage | None:
    usage: RateLimitUsage | None = ratelimit.consume(request, app=APP, action=action, key=key)
    return usage


def _key_of_device(request: HttpRequest, person: User | None) -> str:
    device = device_of(request)
    return f"{device.key}:{person.pk}" if person and device.knows(person) else ""


def _key_of_network(request: HttpRequest, email: str) -> str:
    return f"{email}|{ratelimit.truncate_ip(get_adapter().get_client_ip(request))}"
