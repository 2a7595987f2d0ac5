"""What a teacher proposes to students, days of leave, and terms for one student."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stageapp.core.formfields import DayInput
from stageapp.placements.models import TeacherLeave, TeacherTerms, Terms, WorkingAgreement

FIELDS = ("response_days", "moments", "channels")
WIDGETS = {
    "moments": forms.Textarea(attrs={"rows": 2}),
    "channels": forms.Textarea(attrs={"rows": 2}),
}
HELP = {
    "response_days": _("Days off, holidays and leave do not count."),
    "moments": _("Such as: every other Tuesday at 12.15, online."),
    "channels": _("Such as: questions here; call when it cannot wait."),
}


class _AnyTerms(forms.ModelForm[Any]):
    def clean(self) -> dict[str, Any]:
        """Ask for something: an agreement about nothing helps nobody."""
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and not any(data.get(name) for name in FIELDS):
            self.add_error("response_days", _("Write down at least one of these."))
        return data


class TermsForm(_AnyTerms):
    """What a teacher proposes to each new student."""

    class Meta:
        model = TeacherTerms
        fields = FIELDS
        widgets = WIDGETS
        help_texts = HELP


class AgreementForm(_AnyTerms):
    """Terms for one student and one teacher."""

    class Meta:
        model = WorkingAgreement
        fields = FIELDS
        widgets = WIDGETS
        help_texts = HELP

    def __init__(self, data: Any = None, *, start: Terms) -> None:
        super().__init__(data, initial={name: getattr(start, name) for name in FIELDS})

    def validate_constraints(self) -> None:
        """A proposal takes the place of the one before: the action sees to that."""


class LeaveForm(forms.ModelForm[TeacherLeave]):
    """Days on which a teacher does not answer."""

    class Meta:
        model = TeacherLeave
        fields = ("starts_on", "ends_on")
        widgets = {"starts_on": DayInput, "ends_on": DayInput}

    def clean(self) -> dict[str, Any]:
        """Keep the days in order."""
        data: dict[str, Any] = super().clean() or {}
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day comes after the first day."))
        return data

    def validate_constraints(self) -> None:
        """The order of the days was checked above, at the field where it can be repaired."""
