"""What happens to invitations. Nothing else writes them.

Limits are counted in the rows of the mails themselves, with what they count for locked, so that two
requests at once cannot both be the last that fits.
"""

import uuid
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from stageapp.accounts.models import User
from stageapp.core.tokens import hash_of
from stageapp.invitations import access, queries, tokens
from stageapp.invitations.models import GuestMail, Invitation
from stageapp.invitations.rules import digits_of


class Entry(StrEnum):
    """What came of entering a code."""

    OPEN = "open"
    WRONG = "wrong"
    #: It expired, was used, or was guessed at too often.
    NO_CODE = "no_code"


@transaction.atomic
def invite(invitation: Invitation, *, at: datetime) -> Invitation:
    """Give somebody a link to one thing, by mail.

    Raises ValidationError when they want no mail of this student, or there were too many today.
    """
    invitation.email = invitation.email.strip().lower()
    invitation.created_at = at
    return _give_link(invitation, at)


@transaction.atomic
def renew(invitation: Invitation, *, at: datetime) -> Invitation:
    """Give a new link, by mail; the old one is dead, and whoever was in has to come in anew.

    Raises ValidationError as `invite`.
    """
    kept = _locked(invitation)
    _cancel(kept, at)
    return _give_link(kept, at)


@transaction.atomic
def send_again(invitation: Invitation, *, at: datetime) -> None:
    """Mail the same link once more, unless that mail is on its way already.

    Raises ValidationError as `invite`.
    """
    kept = _locked(invitation)
    _check_student_may(kept, at)
    waiting = kept.mails.filter(kind=GuestMail.Kind.LINK, mailed_at=None, cancelled_at=None)
    if not waiting.exists():
        _queue(kept, GuestMail.Kind.LINK, at)


@transaction.atomic
def end(
    invitation: Invitation, *, at: datetime, by_guest: bool = False, refuses: bool = False
) -> None:
    """Let a link be worth nothing at once; unsent mails never go.

    A guest may say as well to want no mail of this student any more.
    """
    kept = _locked(invitation)
    if kept.ended_at is None:
        kept.ended_at, kept.ended_by_guest = at, by_guest
    if refuses:
        kept.refused_at = at
    kept.code_key, kept.session_key = None, ""
    kept.save(update_fields=["ended_at", "ended_by_guest", "refused_at", "code_key", "session_key"])
    _cancel(kept, at)


@transaction.atomic
def ask_code(invitation: Invitation, *, at: datetime) -> None:
    """Mail a code to the guest's own address; the one before is worth nothing any more.

    Raises ValidationError when there were too many.
    """
    # All links of this address, always in the same order: the limit counts over them.
    list(
        Invitation.objects.select_for_update()
        .filter(email=invitation.email)
        .order_by("pk")
        .values_list("pk")
    )
    kept = Invitation.objects.get(pk=invitation.pk)
    if not queries.may_ask_code(kept, at):
        raise ValidationError(
            _("Too many codes were asked for. Wait a while before you ask for another one.")
        )
    kept.mails.filter(kind=GuestMail.Kind.CODE, mailed_at=None).update(mail_due_at=None)
    mail = _queue(kept, GuestMail.Kind.CODE, at)
    kept.code_key, kept.code_asked_at, kept.code_guesses = mail.pk, at, 0
    kept.save(update_fields=["code_key", "code_asked_at", "code_guesses"])


@transaction.atomic
def enter_code(invitation: Invitation, typed: str, *, at: datetime) -> Entry:
    """Let a guest in with the code of now, once; a wrong one counts."""
    kept = _locked(invitation)
    if not kept.has_code(at):
        return Entry.NO_CODE
    assert kept.code_key
    if not constant_time_compare(digits_of(typed), tokens.code_of(kept.code_key)):
        kept.code_guesses += 1
        kept.save(update_fields=["code_guesses"])
        return Entry.WRONG if kept.has_code(at) else Entry.NO_CODE
    kept.code_key = None
    kept.session_key = kept.session_key or tokens.new_number()
    kept.save(update_fields=["code_key", "session_key"])
    invitation.session_key = kept.session_key
    return Entry.OPEN


@transaction.atomic
def leave(invitation: Invitation) -> None:
    """Close what a guest opened, on every device; the link still works, with a new code."""
    Invitation.objects.filter(pk=invitation.pk).update(session_key="", code_key=None)


def choose_language(invitation: Invitation, language: str) -> None:
    """Keep in which language a guest reads pages and mails."""
    Invitation.objects.filter(pk=invitation.pk).update(language=language)


@transaction.atomic
def tell_of_message(invitation: Invitation, *, cause: str, at: datetime) -> None:
    """Mail a guest that the student wrote, once for each cause; while one waits it tells enough.

    A student who writes all the time fills nobody's mailbox: after some mails the next one waits.
    """
    waiting = invitation.mails.filter(
        kind=GuestMail.Kind.MESSAGE, mailed_at=None, mail_due_at__isnull=False, claimed_at=None
    )
    if not waiting.exists():
        due = queries.next_message_at(invitation, at)
        _queue(invitation, GuestMail.Kind.MESSAGE, at, cause=cause, due=due)


def _give_link(invitation: Invitation, at: datetime) -> Invitation:
    _check_student_may(invitation, at)
    invitation.number = tokens.new_number()
    invitation.token_hash = hash_of(invitation.token)
    invitation.expires_at = at + timedelta(days=settings.INVITATION_DAYS)
    invitation.ended_at, invitation.ended_by_guest = None, False
    invitation.code_key, invitation.session_key = None, ""
    invitation.save()
    _queue(invitation, GuestMail.Kind.LINK, at)
    return invitation


def _check_student_may(invitation: Invitation, at: datetime) -> None:
    # One request of a student at a time, since the limit counts over all their links.
    student = User.objects.select_for_update().get(pk=invitation.invited_by_id)
    if access.refuses(invitation.email, student):
        raise ValidationError(
            _("%(name)s asked not to get mail from you through Stage-App. Talk to each other.")
            % {"name": invitation.name}
        )
    if not queries.may_send_link(student, at):
        raise ValidationError(
            _("You sent many invitations today. Tomorrow you can send another one.")
        )


def _queue(
    invitation: Invitation,
    kind: GuestMail.Kind,
    at: datetime,
    *,
    cause: str = "",
    due: datetime | None = None,
) -> GuestMail:
    key = uuid.uuid4()
    mail, _created = GuestMail.objects.get_or_create(
        invitation=invitation,
        kind=kind,
        cause=cause or str(key),
        defaults={"id": key, "created_at": at, "mail_due_at": due or at},
    )
    return mail


def _cancel(invitation: Invitation, at: datetime) -> None:
    invitation.mails.filter(mailed_at=None, cancelled_at=None).update(
        mail_due_at=None, cancelled_at=at
    )


def _locked(invitation: Invitation) -> Invitation:
    return (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("invited_by")
        .get(pk=invitation.pk)
    )
