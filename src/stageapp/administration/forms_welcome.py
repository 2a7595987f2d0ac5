"""The form of who was invited."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy

from stageapp.accounts.models import User

#: Hashing more than this costs, and nobody types it.
MOST_SIGNS = 1000


class WelcomeForm(forms.Form):
    """A first password; once, because it can be shown."""

    password1 = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        max_length=MOST_SIGNS,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy(
            "At least fifteen characters; a few words after each other are fine."
        ),
    )

    def __init__(self, data: Any = None, *, person: User) -> None:
        super().__init__(data, use_required_attribute=False)
        self.person = person

    def clean_password1(self) -> str:
        """Hold it against the rules for passwords."""
        password = str(self.cleaned_data["password1"])
        validate_password(password, self.person)
        return password
