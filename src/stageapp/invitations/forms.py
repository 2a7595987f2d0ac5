"""What a guest fills in at the door."""

from django import forms
from django.utils.translation import gettext_lazy as _

from stageapp.invitations.rules import CODE_DIGITS, digits_of


class CodeForm(forms.Form):
    """The code of the mail."""

    code = forms.CharField(
        label=_("the code from the mail"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "code-input"}
        ),
    )

    def clean_code(self) -> str:
        """Take spaces and lines away, which come along when it is pasted."""
        typed: str = self.cleaned_data["code"]
        digits = digits_of(typed)
        if len(digits) != CODE_DIGITS:
            raise forms.ValidationError(_("A code has six digits."))
        return digits
