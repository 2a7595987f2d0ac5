"""What some students of the demo asked somebody without an account, and the answer."""

import uuid
from datetime import datetime, timedelta

from stageapp.accounts.models import User
from stageapp.demo.content import content
from stageapp.guidance import actions as guidance
from stageapp.guidance.actions_guests import mark_read_by_guest, send_guest_message
from stageapp.guidance.models import GuidanceQuestion
from stageapp.guidance.queries import with_conversation
from stageapp.invitations.models import GuestMail
from stageapp.logbook.models import Activity
from stageapp.placements.models import Placement


def ask_guests(
    student: User, placement: Placement, activities: list[Activity], now: datetime
) -> None:
    """Ask what `extras.toml` has for a student, with the last activity before that day."""
    for row in content("extras")["guest_questions"]:
        if row["student"] != student.email:
            continue
        at = now - timedelta(days=row["days"])
        question = GuidanceQuestion(
            placement=placement,
            client_id=_id(row["title"]),
            title=row["title"],
            core=row["core"],
            addressee=GuidanceQuestion.Addressee.SUPERVISOR,
            guest_name=placement.supervisor_name,
            guest_email=placement.supervisor_email,
            guest_language=student.language,
        )
        shown = [activity for activity in activities if activity.date <= at.date()][-1:]
        guidance.draft_question(question, shown, by=student, at=at)
        guidance.share_question(question, at=at)
        _answer(question, row["answer"], at + timedelta(days=1))
    # History: the mails went.
    waiting = GuestMail.objects.filter(invitation__invited_by=student, mailed_at=None)
    for mail in waiting:
        mail.mailed_at, mail.mail_due_at = mail.created_at, None
        mail.save(update_fields=["mailed_at", "mail_due_at"])


def _answer(question: GuidanceQuestion, text: str, at: datetime) -> None:
    asked = with_conversation(GuidanceQuestion.objects.all()).get(pk=question.pk)
    assert asked.invitation
    mark_read_by_guest(asked, by=asked.invitation, at=at)
    send_guest_message(asked, text, by=asked.invitation, at=at, client_id=_id(text))


def _id(text: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, text)
