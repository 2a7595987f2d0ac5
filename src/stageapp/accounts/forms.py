"""Forms about the account. allauth does the work; the words are ours.

allauth has no types, hence the ignored ones.
"""

from typing import Any, ClassVar

from allauth.account.adapter import get_adapter
from allauth.account.forms import (
    AddEmailForm,
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SetPasswordForm,
)
from allauth.account.models import EmailAddress
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from stageapp.accounts import actions, queries
from stageapp.accounts.models import User
from stageapp.accounts.validators import least_length
from stageapp.core.fields import NAME_LENGTH

Words = dict[str, StrOrPromise]


class PersonNameField(forms.CharField):
    """A person's name on one line, however short: there are people called Bo and Li."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Name"))
        kwargs.setdefault("max_length", NAME_LENGTH)
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "name"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        """Make line ends and runs of spaces one space: a name may stand in a mail's subject."""
        return " ".join(str(super().to_python(value)).split())


class OwnWordsMixin(forms.Form):
    """Puts our labels on allauth's fields and takes off placeholders that repeat them."""

    labels: ClassVar[Words] = {
        "login": _("E-mail address"),
        "email": _("E-mail address"),
        "password": _("Password"),
        "oldpassword": _("Current password"),
        "password1": _("New password"),
    }
    help_texts: ClassVar[Words] = {
        "password": "",
        "oldpassword": "",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name) or field.label
            field.help_text = self.help_texts.get(name, field.help_text)
        if "password1" in self.fields:
            person = getattr(self, "user", None)
            self.fields["password1"].help_text = _(
                "At least %(least)d characters; a few words after each other are fine."
            ) % {"least": least_length(person)}


class SignInForm(OwnWordsMixin, LoginForm):  # type: ignore[misc]
    """E-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class ForgottenPasswordForm(OwnWordsMixin, ResetPasswordForm):  # type: ignore[misc]
    """Asks for a mail with a link to set a new password."""

    users: list[User]

    def clean_email(self) -> str:
        """Mail only whose address this is by now, not who still has to confirm it."""
        email: str = super().clean_email()
        self.users = [person for person in self.users if person.email == email]
        return email


class NewPasswordForm(OwnWordsMixin, ResetPasswordKeyForm):  # type: ignore[misc]
    """Sets a new password from a mailed link; once, because it can be shown."""

    password2 = None


class PasswordChangeForm(OwnWordsMixin, ChangePasswordForm):  # type: ignore[misc]
    """Changes the password of who knows the current one."""

    password2 = None


class FirstPasswordForm(OwnWordsMixin, SetPasswordForm):  # type: ignore[misc]
    """Sets a password for who came in without one."""

    password2 = None


class PasswordAgainForm(OwnWordsMixin, ReauthenticateForm):  # type: ignore[misc]
    """Asks who is signed in for the password once more."""


class EmailChangeForm(OwnWordsMixin, AddEmailForm):  # type: ignore[misc]
    """A new address: used once it is confirmed, or at once instead of one that never was."""

    user: User
    labels: ClassVar[Words] = {"email": _("New e-mail address")}

    def clean_email(self) -> str:
        email: str = super().clean_email()
        if User.objects.filter(email=email).exclude(pk=self.user.pk).exists():
            raise get_adapter().validation_error("email_taken")
        return email

    def save(self, request: Any) -> EmailAddress:
        if queries.has_verified_email(self.user):
            address: EmailAddress = super().save(request)
            return address
        address = actions.correct_email(self.user, self.cleaned_data["email"])
        address.send_confirmation(request)
        return address


class ProfileForm(forms.ModelForm[User]):
    """What somebody can change about themselves."""

    name = PersonNameField()

    class Meta:
        model = User
        fields = ("name", "student_number", "language")
        widgets = {"student_number": forms.TextInput(attrs={"autocomplete": "off"})}
        help_texts = {"language": _("For all pages, and for mails to you.")}


class LanguageForm(forms.Form):
    """The choice at the top of every page."""

    language = forms.ChoiceField(choices=settings.LANGUAGES)
