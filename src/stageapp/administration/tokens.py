"""Links that are mailed: to set a first password, and to let two accounts become one.

Both are signed and work for two weeks. The first is dead once there is a password or another
address; the second once the merge is done or withdrawn, or one of the two changed its address.
"""

from typing import TYPE_CHECKING

from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from stageapp.accounts.models import User
from stageapp.core.addresses import whole_address

if TYPE_CHECKING:
    from stageapp.administration.models import Merge

SALT = "stageapp.administration.welcome"
MERGE_SALT = "stageapp.administration.merge"
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


def merge_link(merge: "Merge") -> str:
    """Return the link for the owner of the double, on the host of the institution."""
    token = signing.dumps([merge.pk, _addresses_of(merge)], salt=MERGE_SALT)
    return whole_address(reverse("merge", args=[token]), merge.institution.host)


def key_of_merge(token: str) -> tuple[int, str] | None:
    """Return the key of a merge and what its addresses were, or None for what is no link."""
    try:
        key, addresses = signing.loads(token, salt=MERGE_SALT, max_age=DAYS * A_DAY)
    except signing.BadSignature:
        return None
    return key, addresses


def is_about(merge: "Merge", addresses: str) -> bool:
    """Return whether a link still fits: it is open, and both have the address they had."""
    return merge.is_open and constant_time_compare(addresses, _addresses_of(merge))


def _addresses_of(merge: "Merge") -> str:
    told = f"{merge.double.email}|{merge.kept.email}"
    return salted_hmac(MERGE_SALT, told).hexdigest()[:20]
