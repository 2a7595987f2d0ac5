"""What happens between a student and a guest: the link, and what the guest reads and writes."""

import uuid
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from stageapp.guidance import access
from stageapp.guidance.actions import invite_guest
from stageapp.guidance.locking import locked
from stageapp.guidance.models import (
    GuidanceQuestion,
    Message,
    QuestionReading,
    SharedItem,
)
from stageapp.guidance.news import tell
from stageapp.guidance.openings import keep_openings
from stageapp.invitations import actions as invitations
from stageapp.invitations.models import Invitation
from stageapp.invitations.rules import Limit
from stageapp.notifications.kinds import Kind

#: A link that was passed on floods nobody.
MESSAGES_OF_A_GUEST = Limit(30, timedelta(hours=1))


@transaction.atomic
def renew_link(question: GuidanceQuestion, *, at: datetime) -> None:
    """Give the guest a new link for the days that one holds; the old one is dead.

    Raises ValidationError when the question is not shared, or the guest cannot be invited.
    """
    kept = locked(question)
    if not kept.is_shared or not kept.is_for_guest:
        raise ValidationError(_("Share the question again first."))
    invite_guest(kept, at=at)


@transaction.atomic
def send_link_again(question: GuidanceQuestion, *, at: datetime) -> None:
    """Mail the guest the same link once more. Raises ValidationError when it does not work."""
    kept = locked(question)
    if not kept.invitation or not access.asked_to_guest(kept.invitation).exists():
        raise ValidationError(_("This link does not work any more. Renew it first."))
    invitations.send_again(kept.invitation, at=at)


@transaction.atomic
def end_link(question: GuidanceQuestion, *, at: datetime) -> None:
    """Close the question to the guest at once; it stays as it is, and the link can be renewed."""
    kept = locked(question)
    if kept.invitation:
        invitations.end(kept.invitation, at=at)


@transaction.atomic
def send_guest_message(
    question: GuidanceQuestion, text: str, *, by: Invitation, at: datetime, client_id: uuid.UUID
) -> Message:
    """Keep what a guest wrote and tell the student, once for each `client_id`.

    Raises ValidationError when the question is not open to the guest any more, or is closed, or
    when the guest wrote very much within the hour.
    """
    kept = locked(question)
    own = kept.messages.filter(invitation=by)
    sent_before = own.filter(client_id=client_id).first()
    if sent_before:
        return sent_before
    is_open = access.asked_to_guest(by).filter(pk=kept.pk).exists()
    if not is_open or kept.closed_at is not None:
        raise ValidationError(_("This conversation is closed, so your message was not sent."))
    if own.filter(sent_at__gt=MESSAGES_OF_A_GUEST.since(at)).count() >= MESSAGES_OF_A_GUEST.most:
        raise ValidationError(_("You wrote many messages within an hour. Wait a while."))
    message = Message.objects.create(
        question=kept,
        client_id=client_id,
        invitation=by,
        is_from_student=False,
        text=text,
        sent_at=at,
    )
    tell(
        kept.placement.student,
        Kind.MESSAGE_RECEIVED,
        kept,
        by=None,
        by_name=by.name,
        cause=f"message:{message.pk}",
        at=at,
    )
    return message


@transaction.atomic
def mark_read_by_guest(
    question: GuidanceQuestion, *, by: Invitation, at: datetime, shows_items: bool = True
) -> None:
    """Remember that a guest read a conversation, and first opened its items, as `mark_read`."""
    QuestionReading.objects.bulk_create(
        [QuestionReading(question=question, invitation=by, read_at=at)],
        update_conflicts=True,
        unique_fields=["question", "invitation"],
        update_fields=["read_at"],
    )
    opened = [
        item
        for item in question.items.all()
        if shows_items and item.withdrawn_at is None and not item.file
    ]
    keep_openings(opened, invitation=by, at=at)


@transaction.atomic
def mark_file_opened_by_guest(item: SharedItem, *, by: Invitation, at: datetime) -> None:
    """Remember that a guest first opened the file of an item."""
    keep_openings([item], invitation=by, at=at)
