"""How soon, and when, somebody wants news by mail."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from stageapp.notifications.kinds import Frequency, Kind
from stageapp.notifications.models import Schedule

HOURS_A_DAY = 24


class PreferencesForm(forms.Form):
    """One choice for each kind of news."""

    def __init__(self, *args: Any, preferences: Mapping[Kind, Frequency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, frequency in preferences.items():
            self.fields[kind.value] = forms.ChoiceField(
                label=kind.label, choices=Frequency.choices, initial=frequency
            )

    def chosen(self) -> dict[Kind, Frequency]:
        """Return what was chosen, as the action takes it."""
        return {Kind(name): Frequency(value) for name, value in self.cleaned_data.items()}


class ScheduleForm(forms.ModelForm[Schedule]):
    """When news that comes together is sent."""

    hour = forms.TypedChoiceField(
        label=_("at what time"),
        choices=[(hour, f"{hour:02}:00") for hour in range(HOURS_A_DAY)],
        coerce=int,
    )
    weekday = forms.TypedChoiceField(
        label=_("on which day of the week"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        help_text=_("For what comes once a week."),
    )

    class Meta:
        model = Schedule
        fields = ("hour", "weekday")
