"""The form for feedback about the app."""

from typing import Any

from django import forms
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from stageapp.core.fields import TEXT_LENGTH, RunningTextInput
from stageapp.logbook.uploads import CheckedFile, checked_file

#: Mail servers take no more than some ten megabytes.
MOST_PICTURE = 5 * 1024 * 1024
MOST_PATH = 300


def own_path(text: str) -> str:
    """Return the path of a page of ours, without what stands behind it, or nothing."""
    path = text.partition("?")[0].partition("#")[0]
    is_path = path.startswith("/") and not path.startswith("//") and path.isprintable()
    return path if is_path and len(path) <= MOST_PATH else ""


class FeedbackForm(forms.Form):
    """What somebody says, and a picture that they chose and looked at."""

    text = RunningTextInput(
        label=_("what do you want to say?"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What did you do, what did you expect, and what happened?"),
    )
    picture = forms.FileField(
        label=_("screenshot"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*"}),
        help_text=_("Everything on it goes along: look whether others stand on it."),
    )
    consent = forms.BooleanField(
        label=_("I looked at this picture, and it may be sent along"), required=False
    )
    path = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_path(self) -> str:
        """Keep a path of ours; anything else is left out."""
        return own_path(self.cleaned_data["path"])

    def clean_picture(self) -> CheckedFile | None:
        """Draw the picture anew, without where and with what it was made."""
        upload = self.cleaned_data["picture"]
        if not upload:
            return None
        picture = checked_file(upload)
        if not picture.content_type.startswith("image/"):
            raise forms.ValidationError(_("Choose a picture, such as a screenshot."))
        if picture.size > MOST_PICTURE:
            raise forms.ValidationError(
                _("The picture is too large to mail: at most %(most)s."),
                params={"most": filesizeformat(MOST_PICTURE)},
            )
        return picture

    def clean(self) -> dict[str, Any]:
        """A picture goes along with consent only."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("picture") and not data.get("consent"):
            self.add_error(
                "consent", _("Tick this when the picture may be sent, or leave the picture out.")
            )
        return data
