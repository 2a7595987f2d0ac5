"""Mails about an account: who gives which role in which programme, and the way in."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from stageapp.administration import tokens
from stageapp.notifications.mails import message_id

if TYPE_CHECKING:
    from stageapp.administration.models import AccountMail, MergeMail


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


def of_merge(mail: "MergeMail") -> EmailMultiAlternatives | None:
    """Return a mail about two accounts, or None for a proposal that is no more."""
    if mail.kind != "done" and not mail.merge.is_open:
        return None
    reader = mail.merge.double if mail.kind == "link" else mail.merge.kept
    with override(reader.language):
        words = _words_of_merge(mail)
        words["why"] = _("You get this mail because it is about an account with this address.")
        return _made(mail.pk, mail.to, reader.language, words)


def _words_of_merge(mail: "MergeMail") -> dict[str, Any]:
    merge = mail.merge
    by = merge.proposed_by.name if merge.proposed_by else str(merge.institution)
    names = {
        "name": merge.double.name,
        "by": by,
        "institution": merge.institution,
        "kept": masked(merge.kept.email),
        "days": tokens.DAYS,
    }
    if mail.kind == "link":
        return {
            "subject": _("Are both of these accounts yours?") % names,
            "text": _(
                "Hello %(name)s, %(by)s of %(institution)s thinks that you have two accounts in "
                "Stage-App: this one, and one with the address %(kept)s. You can make one of them: "
                "then everything of this account belongs to the other one, and this one closes."
            )
            % names,
            "hint": _(
                "Only do this when both are yours. Open the link and sign in with %(kept)s. It "
                "works for %(days)d days. Is the other account not yours? Then do nothing: nothing "
                "changes."
            )
            % names,
            "link": _("Make one account of two"),
            "url": tokens.merge_link(merge),
        }
    if mail.kind == "told":
        names |= {"double": masked(merge.double.email)}
        return {
            "subject": _("Two accounts of yours can become one") % names,
            "text": _(
                "Hello %(name)s, %(by)s of %(institution)s thinks that you have two accounts in "
                "Stage-App: this one, and one with the address %(double)s."
            )
            % (names | {"name": merge.kept.name}),
            "hint": _(
                "A mail with a link went to %(double)s. Open it there, and sign in with this "
                "account. As long as nobody does, nothing changes."
            )
            % names,
            "link": _("To Stage-App"),
            "url": merge.institution.address,
        }
    return {
        "subject": _("Your two accounts are one now") % names,
        "text": _(
            "Hello %(name)s, your two accounts in Stage-App are one now. You sign in with "
            "%(kept)s, "
            "and find everything there."
        )
        % (names | {"name": merge.kept.name}),
        "hint": _(
            "The other account is closed, and nobody is signed in with it any more. Did you not do "
            "this? Tell your school at once."
        )
        % names,
        "link": _("To Stage-App"),
        "url": merge.institution.address,
    }


def masked(address: str) -> str:
    """Return an address so that its owner knows it, and nobody else learns it."""
    name, _at, domain = address.rpartition("@")
    return f"{name[:1]}…@{domain}"


def _write(mail: "AccountMail", words: dict[str, Any]) -> EmailMultiAlternatives:
    words["why"] = _(
        "You get this mail because an administrator of your school entered your address. Do you "
        "not know why? Then you need not do anything."
    )
    return _made(mail.pk, mail.person.email, mail.person.language, words)


def _made(key: UUID, to: str, language: str, words: dict[str, Any]) -> EmailMultiAlternatives:
    # Names have one line each, or they could write a mail of their own.
    context = {name: " ".join(str(text).split()) for name, text in words.items()}
    context["language"] = language
    made = EmailMultiAlternatives(
        subject=context["subject"],
        body=render_to_string("administration/mail/account.txt", context).strip() + "\n",
        to=[to],
        headers={"Message-ID": message_id(key), "Auto-Submitted": "auto-generated"},
    )
    made.attach_alternative(
        render_to_string("administration/mail/account.html", context), "text/html"
    )
    return made
