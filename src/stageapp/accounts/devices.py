"""Which device somebody signs in with: in words, and whether they did so there before.

A device is known by a signed cookie alone. Nothing is measured or compared: who removes the cookie
has a new device.
"""

import re
import secrets
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from stageapp.accounts.models import User

COOKIE = f"{settings.COOKIE_PREFIX}device"
SALT = "stageapp.accounts.devices"
#: Browsers keep no cookie longer than 400 days.
COOKIE_AGE = 400 * 24 * 60 * 60
#: So many people a device remembers; of a shared one the longest ago are forgotten.
MOST_PEOPLE = 10

#: What stands in the line with which a browser names itself. The first that fits counts: many
#: name others as well.
BROWSERS = {
    r"Edg(e|A|iOS)?/": "Edge",
    r"OPR/|Opera": "Opera",
    r"SamsungBrowser/": "Samsung Internet",
    r"Firefox/|FxiOS/": "Firefox",
    r"Chrom(e|ium)/|CriOS/": "Chrome",
    r"Safari/": "Safari",
}
SYSTEMS = {
    r"iPhone": "iPhone",
    r"iPad": "iPad",
    r"Android": "Android",
    r"CrOS": "ChromeOS",
    r"Windows": "Windows",
    r"Mac OS X|Macintosh": "Mac",
    r"Linux|X11": "Linux",
}


def device_in_words(user_agent: str) -> StrOrPromise:
    """Return browser and system as people call them: "Firefox on Windows"."""
    browser, system = _first_of(BROWSERS, user_agent), _first_of(SYSTEMS, user_agent)
    if browser and system:
        return format_lazy(_("{browser} on {system}"), browser=browser, system=system)
    return browser or system or _("Unknown device")


def _first_of(names: dict[str, str], user_agent: str) -> str:
    return next((name for sign, name in names.items() if re.search(sign, user_agent)), "")


@dataclass
class Device:
    """What the cookie says: a number by chance, and a proof for each person who signed in here."""

    key: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    proofs: dict[str, str] = field(default_factory=dict)

    def knows(self, person: User) -> bool:
        """Return whether this person signed in here, with the password they have now."""
        return constant_time_compare(self.proofs.get(str(person.pk), ""), _proof(person))

    def remember(self, person: User) -> None:
        """Keep that this person signed in here."""
        self.proofs.pop(str(person.pk), None)
        self.proofs[str(person.pk)] = _proof(person)
        self.proofs = dict(list(self.proofs.items())[-MOST_PEOPLE:])


def device_of(request: HttpRequest) -> Device:
    """Return what the browser's cookie says, or a device that knows nobody."""
    try:
        told: dict[str, Any] = signing.loads(
            request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=COOKIE_AGE
        )
    except signing.BadSignature:
        return Device()
    return Device(told["key"], told["proofs"])


def remember(request: HttpRequest, person: User) -> None:
    """Let the answer to this request make the device known for somebody."""
    request.signed_in_here = person  # type: ignore[attr-defined]


def keep_cookie(request: HttpRequest, response: HttpResponse) -> None:
    """Set the cookie when somebody signed in during this request."""
    person: User | None = getattr(request, "signed_in_here", None)
    if person is None:
        return
    device = device_of(request)
    device.remember(person)
    response.set_cookie(
        COOKIE,
        signing.dumps({"key": device.key, "proofs": device.proofs}, salt=SALT),
        max_age=COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _proof(person: User) -> str:
    """Return what ties a device to somebody; a new password makes all devices new."""
    told = f"{person.pk}:{person.password}"
    return salted_hmac(SALT, told, algorithm="sha256").hexdigest()[:32]
