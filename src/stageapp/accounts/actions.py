"""What happens to an account; signing up, in and out is allauth's."""

from allauth.account.models import EmailAddress
from django.db import transaction

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
