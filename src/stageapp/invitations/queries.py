"""Questions about invitations. Nothing here writes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.invitations.models import GuestMail, Invitation
from stageapp.invitations.rules import (
    CODES_FOR_A_LINK,
    CODES_TO_AN_ADDRESS,
    LINKS_OF_A_STUDENT,
    MESSAGES_TO_A_GUEST,
    Limit,
)
from stageapp.notifications.rules import MOST_ATTEMPTS


@dataclass(frozen=True)
class SentMail:
    """A mail to a guest as its student sees it: the day, not the minute."""

    kind: str
    day: date
    has_gone: bool
    has_failed: bool
    was_cancelled: bool


def mails_of(invitation: Invitation) -> list[SentMail]:
    """Return every mail of an invitation, the first first; the same on one day is told once."""
    rows = (
        SentMail(
            kind=mail.kind,
            day=timezone.localdate(mail.mailed_at or mail.created_at),
            has_gone=mail.mailed_at is not None,
            has_failed=mail.mailed_at is None and mail.attempts >= MOST_ATTEMPTS,
            was_cancelled=mail.cancelled_at is not None,
        )
        for mail in invitation.mails.all()
    )
    return list(dict.fromkeys(rows))


def may_ask_code(invitation: Invitation, at: datetime) -> bool:
    """Return whether the limits leave room for one more code."""
    codes = GuestMail.objects.filter(kind=GuestMail.Kind.CODE)
    of_link = codes.filter(invitation=invitation)
    to_address = codes.filter(invitation__email=invitation.email)
    return _fit(of_link, CODES_FOR_A_LINK, at) and _fit(to_address, [CODES_TO_AN_ADDRESS], at)


def may_send_link(student: User, at: datetime) -> bool:
    """Return whether the limit leaves a student room for one more mail with a link."""
    links = GuestMail.objects.filter(kind=GuestMail.Kind.LINK, invitation__invited_by=student)
    return _fit(links, [LINKS_OF_A_STUDENT], at)


def next_message_at(invitation: Invitation, at: datetime) -> datetime:
    """Return when the next mail about a message may go: now, or when the limit leaves room."""
    limit = MESSAGES_TO_A_GUEST
    sent = GuestMail.objects.filter(
        kind=GuestMail.Kind.MESSAGE,
        invitation__email=invitation.email,
        invitation__invited_by=invitation.invited_by_id,
        mailed_at__gt=limit.since(at),
    )
    last = sent.order_by("-mailed_at").values_list("mailed_at", flat=True)[: limit.most]
    times = [moment for moment in last if moment]
    return times[-1] + limit.within if len(times) == limit.most else at


def _fit(mails: QuerySet[GuestMail], limits: Iterable[Limit], at: datetime) -> bool:
    return all(
        mails.filter(created_at__gt=limit.since(at)).count() < limit.most for limit in limits
    )
