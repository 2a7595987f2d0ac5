"""Mails to a guest: who asks, the title and the link, never a student's content."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from stageapp.core.addresses import whole_address
from stageapp.invitations import tokens
from stageapp.notifications.mails import message_id

if TYPE_CHECKING:
    from stageapp.invitations.models import GuestMail, Invitation

#: The page that an invitation leads to, by its use.
PAGES = {"guidance_question": "guests:question"}


def address_of(invitation: "Invitation") -> str:
    """Return the link of an invitation, whole."""
    path = reverse(PAGES[invitation.use], args=[invitation.token])
    return whole_address(path, invitation.host)


def of_guest(mail: "GuestMail", *, at: datetime) -> EmailMultiAlternatives | None:
    """Return a mail as it goes now, or None where its link or its code holds no more."""
    invitation = mail.invitation
    if invitation.ended_at is not None or invitation.expires_at <= at:
        return None
    if mail.kind == "code" and not (invitation.code_key == mail.pk and invitation.has_code(at)):
        return None
    with override(invitation.language):
        return _write(mail, _words_of(mail))


def _words_of(mail: "GuestMail") -> dict[str, Any]:
    invitation = mail.invitation
    names = {"student": " ".join(invitation.invited_by.name.split()), "title": invitation.title}
    if mail.kind == "code":
        code = tokens.code_of(mail.pk)
        return {
            "subject": _("Your code for Stage-App: %(code)s") % {"code": code},
            "text": _("Your code is %(code)s. It works for ten minutes, once.") % {"code": code},
            "hint": _("Did you not ask for a code? Then you need not do anything."),
        }
    if mail.kind == "message":
        text = _("%(student)s wrote to you: %(title)s") % names
        return {"subject": text, "text": text, "link": _("Read it and reply")}
    return {
        "subject": _("%(student)s asks for your guidance: %(title)s") % names,
        "text": _("%(student)s asks for your guidance: %(title)s") % names,
        "hint": _(
            "The link is for you alone. It shows what %(student)s shares with you, and you can "
            "answer there. You need no account: we mail a code to this address."
        )
        % names,
        "link": _("Read the question"),
    }


def _write(mail: "GuestMail", words: dict[str, Any]) -> EmailMultiAlternatives:
    invitation = mail.invitation
    subject = " ".join(words["subject"].split())
    context = words | {
        "language": invitation.language,
        "subject": subject,
        "text": " ".join(words["text"].split()),
        "url": address_of(invitation),
        "why": _why(invitation),
    }
    made = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string("invitations/mail.txt", context).strip() + "\n",
        to=[invitation.email],
        headers={"Message-ID": message_id(mail.pk), "Auto-Submitted": "auto-generated"},
    )
    made.attach_alternative(render_to_string("invitations/mail.html", context), "text/html")
    return made


def _why(invitation: "Invitation") -> str:
    names = {
        "name": invitation.name,
        "student": invitation.invited_by.name,
        "institution": invitation.institution,
        "day": date_format(timezone.localtime(invitation.expires_at), "j F Y"),
    }
    text = (
        _(
            "This mail is for %(name)s. %(student)s, student at %(institution)s, gave your "
            "address. The link works until %(day)s. On its page you can end it, and stop these "
            "mails."
        )
        % names
    )
    # Names have one line each, or they could write a mail of their own.
    return " ".join(text.split())
