"""The link with which somebody who was invited sets a first password.

It is signed, works for two weeks, and is dead once there is a password or another address.
"""

from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from stageapp.accounts.models import User
from stageapp.core.addresses import whole_address

SALT = "stageapp.administration.welcome"
DAYS = 14
A_DAY = 24 * 60 * 60


def link_for(person: User, host: str = "") -> str:
    """Return the link, whole, on the host of an institution."""
    token = signing.dumps([person.pk, _state_of(person)], salt=SALT)
    return whole_address(reverse("welcome", args=[token]), host)


def person_of(token: str) -> User | None:
    """Return whose link this is, or None when it does not work, for whatever reason."""
    try:
        key, state = signing.loads(token, salt=SALT, max_age=DAYS * A_DAY)
    except signing.BadSignature:
        return None
    person = User.objects.filter(pk=key, is_active=True).first()
    if person is None or person.has_usable_password():
        return None
    return person if constant_time_compare(state, _state_of(person)) else None


def _state_of(person: User) -> str:
    """Return what changes when the link is used; a missing password is a random one."""
    return salted_hmac(SALT, f"{person.password}|{person.email}").hexdigest()[:20]
