"""What happens to an account; signing up, in and out is allauth's."""

from allauth.account.models import EmailAddress
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.utils import timezone

from stageapp.accounts.models import User


def change_profile(person: User) -> None:
    """Keep what somebody changed about themselves."""
    person.save(update_fields=["name", "student_number", "language"])


def choose_language(person: User, language: str) -> None:
    """Show pages and mails in this language from now on."""
    person.language = language
    person.save(update_fields=["language"])


@transaction.atomic
def correct_email(person: User, email: str) -> EmailAddress:
    """Replace an address that was never confirmed, such as a mistyped one.

    In a new row: the link that went to the old address names the old row, and proves nothing
    about the new address.
    """
    EmailAddress.objects.filter(user=person).delete()
    person.email = email
    person.save(update_fields=["email"])
    return EmailAddress.objects.create(user=person, email=email, primary=True)


@transaction.atomic
def account_for(email: str, name: str) -> tuple[User, bool]:
    """Return the account with an address, and whether it was made now: without a password."""
    try:
        with transaction.atomic():
            person, is_new = User.objects.get_or_create(
                email=email, defaults={"name": name, "password": make_password(None)}
            )
    except IntegrityError:  # made by another request since, in other capitals
        return User.objects.get(email__iexact=email), False
    if is_new:
        EmailAddress.objects.create(user=person, email=person.email, primary=True)
    return person, is_new


def take_password(person: User) -> None:
    """Let nobody in with the password of now; whoever is in is out."""
    person.set_unusable_password()
    person.save(update_fields=["password"])


@transaction.atomic
def choose_first_password(person: User, password: str) -> bool:
    """Set the password of who came by a mailed link, which shows that the address is theirs.

    Returns whether it was set: there may be one since.
    """
    kept = User.objects.select_for_update().get(pk=person.pk)
    if kept.has_usable_password() or not kept.is_active or kept.email != person.email:
        return False
    kept.set_password(password)
    kept.save(update_fields=["password"])
    EmailAddress.objects.update_or_create(
        user=kept, email=kept.email, defaults={"verified": True, "primary": True}
    )
    return True


def end_sessions(person: User) -> None:
    """Sign somebody out everywhere."""
    key = str(person.pk)
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get(SESSION_KEY) == key:
            session.delete()
