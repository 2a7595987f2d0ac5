"""How soon somebody wants news by mail."""

from collections.abc import Mapping
from typing import Any

from django import forms

from stageapp.notifications.models import Frequency, Kind


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
