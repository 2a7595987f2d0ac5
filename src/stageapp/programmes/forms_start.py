"""What students of a cohort begin with: learning goals, and the dates that the programme sets."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from stageapp.core.fields import plausible_day
from stageapp.core.formfields import DayInput, TimeInput
from stageapp.programmes.models import CohortDeadline, StartingGoal

LABELS = {
    "title_nl": _("title in Dutch"),
    "title_en": _("title in English"),
    "description_nl": _("explanation in Dutch"),
    "description_en": _("explanation in English"),
    "due_on": _("on which day"),
    "due_time": _("at what time"),
}


class StartingGoalForm(forms.ModelForm[StartingGoal]):
    """A learning goal that new placements begin with."""

    class Meta:
        model = StartingGoal
        fields: ClassVar[tuple[str, ...]] = (
            "title_nl",
            "title_en",
            "description_nl",
            "description_en",
        )
        labels = LABELS
        widgets: ClassVar[dict[str, Any]] = {
            "description_nl": forms.Textarea(attrs={"rows": 3, "lang": "nl"}),
            "description_en": forms.Textarea(attrs={"rows": 3, "lang": "en"}),
        }


class CohortDeadlineForm(forms.ModelForm[CohortDeadline]):
    """Something that all students of a cohort have to have ready on a day."""

    due_on = forms.DateField(label=LABELS["due_on"], widget=DayInput, validators=[plausible_day])

    class Meta:
        model = CohortDeadline
        fields: ClassVar[tuple[str, ...]] = ("title_nl", "title_en", "due_on", "due_time")
        labels = LABELS
        widgets: ClassVar[dict[str, Any]] = {"due_time": TimeInput}
