"""How soon, and when, somebody wants news by mail."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from stageapp.notifications.kinds import FOR_CALENDAR, Frequency, Kind
from stageapp.notifications.models import Schedule

HOURS_A_DAY = 24


def with_what_is_kept(data: QueryDict | None, kept: Mapping[str, Any]) -> QueryDict | None:
    """Return what was sent, with what is kept where nothing was.

    A page from before a field existed does not send it, and cannot show an error at it either.
    """
    if data is None:
        return None
    filled = data.copy()
    for name, value in kept.items():
        filled.setdefault(name, str(value))
    return filled


class PreferencesForm(forms.Form):
    """One choice for each kind of news."""

    def __init__(self, data: QueryDict | None, *, preferences: Mapping[Kind, Frequency]) -> None:
        super().__init__(
            with_what_is_kept(data, {k.value: v.value for k, v in preferences.items()})
        )
        for kind, frequency in preferences.items():
            self.fields[kind.value] = forms.ChoiceField(
                label=kind.label, choices=_choices(kind), initial=frequency
            )

    def chosen(self) -> dict[Kind, Frequency]:
        """Return what was chosen, as the action takes it."""
        return {Kind(name): Frequency(value) for name, value in self.cleaned_data.items()}


def _choices(kind: Kind) -> list[tuple[str, Any]]:
    """A calendar file that comes with other news, a day later, is of no use."""
    soon = [(one.value, one.label) for one in (Frequency.AT_ONCE, Frequency.NEVER)]
    return soon if kind in FOR_CALENDAR else list(Frequency.choices)


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

    def __init__(self, data: QueryDict | None, *, instance: Schedule) -> None:
        kept = {name: getattr(instance, name) for name in ("hour", "weekday")}
        super().__init__(with_what_is_kept(data, kept), instance=instance)
