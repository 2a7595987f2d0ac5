"""What tests need of a guest: a link that was shared, a code, and coming in with it."""

import re
from datetime import datetime
from email.message import EmailMessage

from django.test import Client
from django.utils import timezone

from stageapp.guidance.actions import share_question
from stageapp.guidance.models import GuidanceQuestion
from stageapp.invitations import actions, tokens
from stageapp.invitations.models import Invitation


def share(question: GuidanceQuestion, at: datetime | None = None) -> Invitation:
    """Share a question with its guest; return the invitation."""
    share_question(question, at=at or timezone.now())
    question.refresh_from_db()
    assert question.invitation
    return question.invitation


def page_of(invitation: Invitation, rest: str = "") -> str:
    """Return the address of a page behind a link."""
    return f"/g/{invitation.token}/{rest}"


def code_for(invitation: Invitation) -> str:
    """Ask a code and return it, as its mail will say it."""
    actions.ask_code(invitation, at=timezone.now())
    key = Invitation.objects.get(pk=invitation.pk).code_key
    assert key
    return tokens.code_of(key)


def come_in(invitation: Invitation, client: Client | None = None) -> Client:
    """Enter a code in a browser."""
    client = client or Client()
    code = code_for(invitation)
    answer = client.post(page_of(invitation, "enter/"), {"code": code})
    assert answer.status_code == 302, answer.content
    return client


def words(mail: EmailMessage) -> str:
    """Return all that a mail says: its subject, as text and as HTML."""
    parts = [mail.get_body((kind,)) for kind in ("plain", "html")]
    return "\n".join([str(mail["Subject"]), *(str(part.get_content()) for part in parts if part)])


def code_in(mail: EmailMessage) -> str:
    """Return the code that a mail says."""
    found: list[str] = re.findall(r"\b\d{6}\b", str(mail["Subject"]))
    (code,) = found
    return code


def link_in(mail: EmailMessage) -> str:
    """Return the path of the link in a mail."""
    found: set[str] = set(re.findall(r"/g/[\w-]+/", words(mail)))
    (path,) = found
    return path
