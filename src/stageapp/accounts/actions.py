"""What happens to an account; signing up, in and out is allauth's."""

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils import timezone

from stageapp.accounts import access
from stageapp.accounts.models import User
from stageapp.audit.actions import record
from stageapp.audit.models import Kind


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
def end_session(session: UserSession) -> None:
    """Sign somebody out on one device."""
    session.end()
    record(
        Kind.SIGNED_OUT,
        at=timezone.now(),
        actor=session.user_id,
        subject=f"person:{session.user_id}",
        elsewhere=True,
    )


@transaction.atomic
def end_sessions(person: User, *, but: str | None = None) -> None:
    """Sign somebody out everywhere, but where they have this session."""
    number = access.sessions_of(person).exclude(session_key=but).count()
    for session in UserSession.objects.filter(user=person).exclude(session_key=but):
        session.end()
    if number:
        record(
            Kind.SIGNED_OUT,
            at=timezone.now(),
            actor=person.pk,
            subject=f"person:{person.pk}",
            elsewhere=True,
            number=number,
        )


def note_failed_sign_in(person: User | None, how: str) -> None:
    """Record an attempt, by nobody, at an account that exists or not."""
    record(
        Kind.SIGN_IN_FAILED,
        at=timezone.now(),
        subject=f"person:{person.pk}" if person else "",
        how=how,
    )
