"""Forms about data: what is removed, how long things are kept, what is said about it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stageapp.programmes.models import (
    NOTICE_DAYS,
    RETENTION_MONTHS,
    Institution,
    PrivacyStatement,
)


class SureForm(forms.Form):
    """Says yes to something that cannot be undone."""

    sure = forms.BooleanField(
        label=_("I understand that this cannot be undone."),
        error_messages={"required": _("Tick this first: what is removed cannot be brought back.")},
    )


class AgreeForm(forms.Form):
    """Agrees with the text that was shown: the version goes along."""

    number = forms.IntegerField(widget=forms.HiddenInput)


class RetentionForm(forms.ModelForm[Institution]):
    """How long an institution keeps placements and accounts, and when it tells."""

    class Meta:
        model = Institution
        fields = ("retention_months", "notice_days")

    retention_months = forms.IntegerField(
        label=_("Months after its end that a placement is kept"),
        help_text=_(
            "After that only figures are left, of nobody in particular. An account that was not "
            "used for so long is removed."
        ),
        min_value=RETENTION_MONTHS[0],
        max_value=RETENTION_MONTHS[1],
    )
    notice_days = forms.IntegerField(
        label=_("Days before that people are told"),
        help_text=_(
            "So that they can take along what they want to keep. Nothing goes earlier than that."
        ),
        min_value=NOTICE_DAYS[0],
        max_value=NOTICE_DAYS[1],
    )


class StatementForm(forms.ModelForm[PrivacyStatement]):
    """A new version of the privacy statement, in both languages."""

    class Meta:
        model = PrivacyStatement
        fields = ("text_nl", "text_en", "asks_everybody")
        labels = {
            "text_nl": _("Text in Dutch"),
            "text_en": _("Text in English"),
            "asks_everybody": _("Ask everybody to read it and to agree"),
        }
        help_texts = {
            "text_nl": _(
                "You can use **bold** and lists with - before each line. {institution} and "
                "{months} become the name of your institution and the months that you chose."
            ),
            "asks_everybody": _(
                "On the next page that they open. Leave this out for a small correction."
            ),
        }

    #: The version that was there when the page was shown.
    after = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("text_nl", "text_en"):
            self.fields[name].required = True
            self.fields[name].widget.attrs["rows"] = 20
