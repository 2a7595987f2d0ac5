"""Questions about people and their addresses."""

from collections.abc import Iterable
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db.models import Q

from stageapp.accounts.models import User


def has_verified_email(person: User) -> bool:
    """Return whether somebody has shown that the address they sign in with is theirs."""
    addresses = EmailAddress.objects.filter(user=person, email=person.email, verified=True)
    return bool(addresses.exists())


def was_ever_entered(person: User) -> bool:
    """Return whether anybody was in an account, or could be now, by whatever way.

    Accounts stand below what else lets people in, so they know that by the relations alone.
    """
    ways = User.objects.filter(
        Q(authenticator__isnull=False)
        | Q(lti_identities__isnull=False)
        | Q(campus_accounts__isnull=False),
        pk=person.pk,
    )
    return person.has_usable_password() or person.last_login is not None or ways.exists()


def unverified_address(person: User) -> EmailAddress | None:
    """Return the address that waits for its confirmation: a first one, or one to change to."""
    return EmailAddress.objects.filter(user=person, verified=False).order_by("-pk").first()


def institution_of(person: User) -> int | None:
    """Return the key of the institution that somebody belongs to, or None for none or several.

    Accounts stand below institutions, so they know those by the relations alone.
    """
    places: Iterable[tuple[int | None, ...]] = User.objects.filter(pk=person.pk).values_list(
        "programme_memberships__programme__institution",
        "placements__cohort__programme__institution",
        "institutions_administered__institution",
    )
    keys = {key for row in places for key in row if key is not None}
    return keys.pop() if len(keys) == 1 else None


def person_with(email: str) -> User | None:
    """Return who signs in with this address."""
    return User.objects.filter(email=email.lower()).first()


#: What counts as a second factor; recovery codes only stand in for one.
SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_second_factor(person: User) -> bool:
    """Return whether somebody needs more than a password to sign in."""
    return bool(Authenticator.objects.filter(user=person, type__in=SECOND_FACTORS).exists())


@dataclass(frozen=True)
class WaysIn:
    """How somebody signs in beside their password."""

    passkeys: list[Authenticator]
    app: Authenticator | None
    #: How many recovery codes are not used yet; none without a second factor.
    codes_left: int | None


def ways_in(person: User) -> WaysIn:
    """Return the second factors of somebody, in one query."""
    passkeys, others = [], {}
    for one in Authenticator.objects.filter(user=person).order_by("pk"):
        if one.type == Authenticator.Type.WEBAUTHN:
            passkeys.append(one)
        else:
            others[one.type] = one
    codes = others.get(Authenticator.Type.RECOVERY_CODES)
    left = len(codes.wrap().get_unused_codes()) if codes else None
    return WaysIn(passkeys, others.get(Authenticator.Type.TOTP), left)


def unused_codes(person: User) -> list[str]:
    """Return the recovery codes that still work."""
    codes = Authenticator.objects.filter(
        user=person, type=Authenticator.Type.RECOVERY_CODES
    ).first()
    return list(codes.wrap().get_unused_codes()) if codes else []
