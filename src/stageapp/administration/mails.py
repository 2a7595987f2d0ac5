"""Mails about an account: who gives which role in which programme, and the way in."""

from typing import TYPE_CHECKING, Any

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from stageapp.administration import tokens
from stageapp.notifications.mails import message_id

if TYPE_CHECKING:
    from stageapp.administration.models import AccountMail


def of_account(mail: "AccountMail") -> EmailMultiAlternatives | None:
    """Return a mail in the reader's language, or None for an invitation that is used already."""
    if mail.kind == "invited" and mail.person.has_usable_password():
        return None
    with override(mail.person.language):
        return _write(mail, _words_of(mail))


def _words_of(mail: "AccountMail") -> dict[str, Any]:
    names = {
        "name": mail.person.name,
        "by": mail.sent_by.name if mail.sent_by else str(mail.programme.institution),
        "role": mail.get_role_display(),
        "programme": mail.programme.name,
        "institution": mail.programme.institution,
        "days": tokens.DAYS,
    }
    if mail.kind == "invited":
        return {
            "subject": _("%(by)s invites you to Stage-App") % names,
            "text": _(
                "Hello %(name)s, %(by)s made an account for you in Stage-App: you are %(role)s of "
                "%(programme)s at %(institution)s."
            )
            % names,
            "hint": _(
                "Choose a password to come in. The link works once, for %(days)d days; after that "
                "you get "
                "a new one at “I forgot my password”."
            )
            % names,
            "link": _("Choose a password"),
            "url": tokens.link_for(mail.person, mail.programme.institution.host),
        }
    return {
        "subject": _("You are %(role)s of %(programme)s in Stage-App") % names,
        "text": _(
            "Hello %(name)s, %(by)s gave you a role in Stage-App: you are %(role)s of "
            "%(programme)s at %(institution)s."
        )
        % names,
        "hint": _("You sign in as you always do; what you had stays as it is."),
        "link": _("To Stage-App"),
        "url": mail.programme.institution.address,
    }


def _write(mail: "AccountMail", words: dict[str, Any]) -> EmailMultiAlternatives:
    # Names have one line each, or they could write a mail of their own.
    context = {name: " ".join(str(text).split()) for name, text in words.items()}
    context["language"] = mail.person.language
    context["why"] = _(
        "You get this mail because an administrator of your school entered your address. Do you "
        "not know why? Then you need not do anything."
    )
    made = EmailMultiAlternatives(
        subject=context["subject"],
        body=render_to_string("administration/mail/account.txt", context).strip() + "\n",
        to=[mail.person.email],
        headers={"Message-ID": message_id(mail.pk), "Auto-Submitted": "auto-generated"},
    )
    made.attach_alternative(
        render_to_string("administration/mail/account.html", context), "text/html"
    )
    return made
