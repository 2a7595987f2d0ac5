"""Questions about people and their addresses."""

from allauth.account.models import EmailAddress

from stageapp.accounts.models import User


def has_verified_email(person: User) -> bool:
    """Return whether somebody has shown that the address they sign in with is theirs."""
    addresses = EmailAddress.objects.filter(user=person, email=person.email, verified=True)
    return bool(addresses.exists())


def unverified_address(person: User) -> EmailAddress | None:
    """Return the address that waits for its confirmation: a first one, or one to change to."""
    return EmailAddress.objects.filter(user=person, verified=False).order_by("-pk").first()


def person_with(email: str) -> User | None:
    """Return who signs in with this address."""
    return User.objects.filter(email=email.lower()).first()
