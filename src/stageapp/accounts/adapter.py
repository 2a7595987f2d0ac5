"""Where allauth asks the project: what a new person is, what mails say and to whom."""

import logging
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django import forms
from django.contrib import messages
from django.core.validators import MaxLengthValidator
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from stageapp.accounts import actions, limits, queries
from stageapp.accounts.models import User
from stageapp.accounts.signals import password_accepted
from stageapp.core.requests import address_of

logger = logging.getLogger(__name__)

#: Where the session remembers to which page of our own signing out leads.
AFTER_SIGN_OUT = "after_sign_out"

EMAIL_LENGTH = MaxLengthValidator(254)
#: What the page says once such a mail is sent; other pages say it themselves.
SENT = {
    "account/email/email_confirmation": _(
        "We sent a mail to %(email)s. Open the link in it to confirm the address."
    )
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """The project's answers."""

    error_messages: ClassVar[dict[str, StrOrPromise]] = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("This e-mail address and password do not belong together."),
        "too_many_login_attempts": _(
            "Too many attempts for this address. Wait five minutes and try again, or set a new "
            "password."
        ),
        "email_taken": _(
            "There is an account with this e-mail address already. Sign in, or set a new password "
            "if you forgot yours."
        ),
        "duplicate_email": _("This is the address you have now, or it waits for confirmation."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_password": _("This is not your password."),
        "invalid_password_reset": _("This link does not work any more."),
        "rate_limited": _("That was very often in a short time. Wait a minute and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Let people register; without an open programme the form itself says so."""
        return True

    def get_client_ip(self, request: HttpRequest) -> str:
        """Find an address whatever the headers say; allauth would raise an error."""
        return address_of(request)

    def clean_email(self, email: str) -> str:
        """Refuse what does not fit the column; allauth would cut it off."""
        EMAIL_LENGTH(email)
        return email

    def save_user(
        self, request: HttpRequest, user: User, form: forms.Form, commit: bool = True
    ) -> User:
        """Fill in what only our form asks for, in the language the person reads it in."""
        user.name = form.cleaned_data["name"]
        user.student_number = form.cleaned_data["student_number"]
        user.language = get_language() or user.language
        saved: User = super().save_user(request, user, form, commit)
        return saved

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Refuse an address that its owner still has to confirm: it is not in use yet."""
        person: User | None = super().authenticate(request, **credentials)
        if person is None or person.email != credentials["email"].lower():
            return None
        password_accepted.send(AccountAdapter, request=request, person=person)
        return person

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Give an address to the first who confirms it; for a second it is taken."""
        try:
            with transaction.atomic():
                confirmed: bool = super().confirm_email(request, email_address)
        except IntegrityError:
            self.add_message(
                request,
                messages.ERROR,
                "account/messages/email_confirmation_failed.txt",
                {"email": email_address.email},
            )
            return False
        return confirmed

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write in the reader's language; say so when the mail server does not answer."""
        reader: User | None = context.get("user") or queries.person_with(email)
        with override(reader.language if reader else get_language()):
            sent = self._send(template_prefix, email, context)
        if not sent:
            messages.error(
                self.request, gettext("The mail could not be sent just now. Try again later.")
            )
            return
        if template_prefix in SENT:
            messages.success(self.request, SENT[template_prefix] % {"email": email})

    def send_notice(self, template_prefix: str, person: User, context: dict[str, Any]) -> None:
        """Tell somebody what happened to their account; it happens with or without the mail."""
        with override(person.language):
            self._send(template_prefix, person.email, context)

    def _send(self, template_prefix: str, email: str, context: dict[str, Any]) -> bool:
        try:
            super().send_mail(template_prefix, email, context)
        except OSError:
            logger.exception("Mail %s was not sent", template_prefix)
            return False
        return True

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt in such a way that nobody can lock out another."""
        self._login_failed_rl_usage = limits.count_password(request, credentials["email"])
        if self._login_failed_rl_usage is None:
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:  # noqa: ARG002
        """Keep in the record that somebody tried."""
        actions.note_failed_sign_in(queries.person_with(credentials["email"]), "password")

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        limits.forget_passwords(request, credentials["email"])

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """Go on to where somebody can sign out elsewhere as well, if they came in from there."""
        go_on: str = request.session.get(AFTER_SIGN_OUT) or super().get_logout_redirect_url(request)
        return go_on

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002
        """Return to where the link to the password form stands."""
        return reverse("mfa_index")
