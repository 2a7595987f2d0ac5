"""What happens to an account; signing up, in and out is allauth's."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils import timezone

from stageapp.accounts import access, queries
from stageapp.accounts.models import User
from stageapp.accounts.signals import access_ended, ways_in_taken
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
    note(Kind.SIGNED_OUT, session.user, elsewhere=True)


@transaction.atomic
def end_sessions(person: User, *, but: str | None = None) -> int:
    """Sign somebody out everywhere, but where they have this session; return on how many."""
    number: int = access.sessions_of(person).exclude(session_key=but).count()
    for session in UserSession.objects.filter(user=person).exclude(session_key=but):
        session.end()
    return number


@transaction.atomic
def sign_out_elsewhere(person: User, *, but: str | None) -> int:
    """Let somebody end their other sessions; return how many those were."""
    number = end_sessions(person, but=but)
    if number:
        note(Kind.SIGNED_OUT, person, elsewhere=True, number=number)
    return number


def note(
    kind: Kind, person: User, *, by: User | None = None, **details: str | int | bool | None
) -> None:
    """Record what was done about an account, for who runs the institution of its person.

    Its person did it, unless `by` is another.
    """
    record(
        kind,
        at=timezone.now(),
        actor=(by or person).pk,
        institution=queries.institution_of(person),
        subject=f"person:{person.pk}",
        **details,
    )


def note_failed_sign_in(person: User | None, how: str) -> None:
    """Record an attempt, by nobody, at an account that exists or not."""
    record(
        Kind.SIGN_IN_FAILED,
        at=timezone.now(),
        institution=queries.institution_of(person) if person else None,
        subject=f"person:{person.pk}" if person else "",
        how=how,
    )


def account_for(email: str, name: str, language: str) -> tuple[User, bool]:
    """Return the account with an address, and whether it was made now: without a password.

    A new one starts in this language.
    """
    told = {"name": name, "language": language, "password": make_password(None)}
    try:
        with transaction.atomic():
            person, is_new = User.objects.get_or_create(email=email, defaults=told)
    except IntegrityError:  # made by another request since, in other capitals
        return User.objects.get(email__iexact=email), False
    if is_new:
        EmailAddress.objects.create(user=person, email=person.email, primary=True)
    return person, is_new


@transaction.atomic
def take_ways_in(person: User, *, by: User) -> None:
    """Let nobody in by anything of now, whoever made it; whoever is in is out.

    For an account whose address nobody showed to be theirs, once its owner is to have it.
    """
    person.set_unusable_password()
    person.save(update_fields=["password"])
    take_other_ways_in(person, by=by)


@transaction.atomic
def take_other_ways_in(person: User, *, by: User) -> None:
    """Let nobody in but by the password; whoever is in is out."""
    Authenticator.objects.filter(user=person).delete()
    # A link that waits in another mailbox would give the account that address.
    EmailAddress.objects.filter(user=person).exclude(email=person.email).delete()
    end_sessions(person)
    access_ended.send(User, person=person, by=by)
    ways_in_taken.send(User, person=person)


@transaction.atomic
def choose_first_password(person: User, password: str) -> bool:
    """Set the password of who came by a mailed link, which shows that the address is theirs.

    Returns whether it was set: there may be one since.
    """
    kept = User.objects.select_for_update().get(pk=person.pk)
    if kept.has_usable_password() or not kept.is_active or kept.email != person.email:
        return False
    if not queries.has_verified_email(kept):
        take_other_ways_in(kept, by=kept)
    kept.set_password(password)
    kept.save(update_fields=["password"])
    EmailAddress.objects.update_or_create(
        user=kept, email=kept.email, defaults={"verified": True, "primary": True}
    )
    note(Kind.ACCOUNT_CHANGED, kept, change="first_password")
    return True
