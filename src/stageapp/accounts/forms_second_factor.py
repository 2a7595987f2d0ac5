"""Forms about second factors. allauth does the work; limits, words and patience are ours.

allauth has no types, hence the ignored ones.
"""

import json
from typing import Any, ClassVar

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.utils.translation import gettext_lazy as _

from stageapp.accounts import limits
from stageapp.accounts.forms import OwnWordsMixin, Words
from stageapp.accounts.second_factor import spend_code

#: What comes of an answer by a browser that is none: allauth and fido2 look into it trustingly.
NO_ANSWER = (AttributeError, KeyError, IndexError, OverflowError, TypeError, ValueError)
CODE = {"autocomplete": "one-time-code", "autocapitalize": "none", "class": "code-input"}
KEY_NAME_LENGTH = 60


class CodeFieldMixin(OwnWordsMixin):
    """A field that the telephone fills in where it can."""

    labels: ClassVar[Words] = {"code": _("Code")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= CODE


class CodeMixin(CodeFieldMixin):
    """Checks a code from the app, or a recovery code; each works once."""

    user: Any
    authenticator: Authenticator

    def clean_code(self) -> str:
        """Look for what the code belongs to; wrong ones are counted."""
        attempt = limits.count_code(context.request, self.user)
        if attempt is None:
            raise get_account_adapter().validation_error("too_many_login_attempts")
        code: str = self.cleaned_data["code"]
        found = self._authenticator_of(code)
        if found is None:
            self._tell_of_failure()
            raise get_adapter().validation_error("incorrect_code")
        attempt.rollback()
        self.authenticator = found
        return code

    def _authenticator_of(self, code: str) -> Authenticator | None:
        with_codes = Authenticator.objects.filter(user=self.user).exclude(
            type=Authenticator.Type.WEBAUTHN
        )
        for one in with_codes.order_by("-type"):
            if one.wrap().validate_code(code):
                return one if spend_code(self.user, code) else None
        return None

    def _tell_of_failure(self) -> None:
        first = Authenticator.objects.filter(user=self.user).order_by("-type").first()
        if first:
            self._emit_authentication_failed(first)  # type: ignore[attr-defined]


class SecondFactorForm(CodeMixin, AuthenticateForm):  # type: ignore[misc]
    """Asks for the code after the password."""


class SecondFactorAgainForm(CodeMixin, ReauthenticateForm):  # type: ignore[misc]
    """Asks who is signed in, and has no password, for a code once more."""


class AppForm(CodeFieldMixin, ActivateTOTPForm):  # type: ignore[misc]
    """Shows that the app of the person makes the right codes."""

    labels: ClassVar[Words] = {"code": _("Code that the app shows now")}

    def clean_code(self) -> str:
        """Take the code as used: it does not sign in as well."""
        self.fields["code"].widget.attrs["inputmode"] = "numeric"
        code: str = super().clean_code()
        if not spend_code(self.user, code):
            raise get_adapter().validation_error("incorrect_code")
        return code


class AnswerDecoder(json.JSONDecoder):
    """Says of figures of thousands of digits, and of endless brackets, that they are no JSON."""

    def decode(self, s: str, *args: Any) -> Any:
        try:
            return super().decode(s, *args)
        except (ValueError, RecursionError) as error:
            raise json.JSONDecodeError("no answer", "", 0) from error


class AnswerField(forms.JSONField):
    """What a browser answers about a passkey."""

    def __init__(self) -> None:
        said = get_adapter().error_messages["incorrect_code"]
        super().__init__(
            widget=forms.HiddenInput,
            decoder=AnswerDecoder,
            error_messages={"invalid": said, "required": said},
        )


class CredentialMixin(forms.Form):
    """Takes what a browser answers about a passkey, and says so when that is nonsense.

    Without a limit on attempts: a signature cannot be guessed, and so nobody can use up the
    attempts of somebody else.
    """

    user: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"] = AnswerField()

    def clean_credential(self) -> Any:
        """Return whose passkey it is."""
        credential = self.cleaned_data["credential"]
        try:
            auth.parse_authentication_response(credential)
            person = self.user or auth.extract_user_from_response(credential)
            return auth.complete_authentication(person, credential)
        except NO_ANSWER as error:
            raise get_adapter().validation_error("incorrect_code") from error


class PasskeyForm(CredentialMixin, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """Asks for a passkey after the password."""


class PasskeyAgainForm(CredentialMixin, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """Asks who is signed in for a passkey once more."""


class PasskeySignInForm(CredentialMixin, LoginWebAuthnForm):  # type: ignore[misc]
    """Signs in with a passkey alone: it is both what one has and what one is or knows."""


class NewPasskeyForm(OwnWordsMixin, AddWebAuthnForm):  # type: ignore[misc]
    """A passkey that signs in by itself: the device asks for its own code, finger or face."""

    labels: ClassVar[Words] = {"name": _("Name, to tell your passkeys apart")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("passwordless", None)
        self.fields["credential"] = AnswerField()
        self.fields["name"].widget.attrs |= {"maxlength": KEY_NAME_LENGTH, "autocomplete": "off"}

    def clean_name(self) -> str:
        """Cut what is too long: a passkey that the device made already is not refused for it."""
        name: str = super().clean_name()
        return name[:KEY_NAME_LENGTH]

    def clean(self) -> dict[str, Any]:
        """Check what the device made, and that it asked who held it."""
        self.cleaned_data["passwordless"] = True
        try:
            cleaned: dict[str, Any] = super().clean() or {}
        except NO_ANSWER as error:
            raise get_adapter().validation_error("incorrect_code") from error
        return cleaned


class PasskeyNameForm(OwnWordsMixin, EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""

    labels: ClassVar[Words] = {"name": _("Name, to tell your passkeys apart")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(
            label=self.labels["name"],
            max_length=KEY_NAME_LENGTH,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )
