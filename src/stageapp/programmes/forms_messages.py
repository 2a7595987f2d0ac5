"""Forms for messages of the day and maintenance mode."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from stageapp.core.fields import plausible_moment
from stageapp.core.formfields import MomentInput
from stageapp.programmes.models import Announcement


class MomentField(forms.DateTimeField):
    """A day and a time, by the clock of the institution."""

    widget = MomentInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validators=[plausible_moment], **kwargs)


class AnnouncementForm(forms.ModelForm[Announcement]):
    """What it says in both languages, and when it is shown."""

    starts_at = MomentField(label=_("from"))
    ends_at = MomentField(label=_("until"))
    #: Says that a double tap is one message.
    client_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Announcement
        fields = ("kind", "text_nl", "text_en", "starts_at", "ends_at")
        labels: ClassVar[dict[str, Any]] = {
            "kind": _("kind of message"),
            "text_nl": _("text in Dutch"),
            "text_en": _("text in English"),
        }
        widgets: ClassVar[dict[str, Any]] = {
            "kind": forms.RadioSelect,
            "text_nl": forms.Textarea(attrs={"rows": 3, "lang": "nl"}),
            "text_en": forms.Textarea(attrs={"rows": 3, "lang": "en"}),
        }

    def clean(self) -> dict[str, Any]:
        """Say at the end that it comes before the beginning."""
        data: dict[str, Any] = super().clean() or {}
        starts, ends = data.get("starts_at"), data.get("ends_at")
        if starts and ends and ends <= starts:
            self.add_error("ends_at", _("The end comes after the beginning."))
        if data.get("client_id") and not self.instance.pk:
            self.instance.client_id = data["client_id"]
        return data

    def validate_constraints(self) -> None:
        """The order was checked above; the same message twice is one, which the action sees to."""


class MaintenanceForm(forms.Form):
    """Switches maintenance mode on, and says until when it will take."""

    until = MomentField(
        label=_("expected to be over"),
        required=False,
        help_text=_("Everybody reads this. Nothing ends by itself: you switch it off."),
    )
