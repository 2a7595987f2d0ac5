"""Forms for deadlines, appointments and the feed."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import from_current_timezone
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stageapp.core.fields import plausible_day
from stageapp.core.formfields import DayInput, TimeInput
from stageapp.planning.models import Appointment, CalendarFeed, Deadline


class DeadlineForm(forms.ModelForm[Deadline]):
    """What has to be ready, and when."""

    class Meta:
        model = Deadline
        fields = ("title", "due_on", "due_time")
        widgets: ClassVar[dict[str, Any]] = {"due_on": DayInput, "due_time": TimeInput}


class AppointmentForm(forms.ModelForm[Appointment]):
    """With whom, when, where; the times are those of the institution."""

    day = forms.DateField(label=_("on which day"), widget=DayInput, validators=[plausible_day])
    begin = forms.TimeField(label=_("begins"), widget=TimeInput)
    end = forms.TimeField(label=_("ends"), widget=TimeInput)

    class Meta:
        model = Appointment
        fields = ("title", "with_whom", "location", "note")
        widgets: ClassVar[dict[str, Any]] = {"note": forms.Textarea(attrs={"rows": 3})}

    field_order = ("title", "day", "begin", "end", "with_whom", "location", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            begin = timezone.localtime(self.instance.starts_at)
            end = timezone.localtime(self.instance.ends_at)
            self.initial.update(day=begin.date(), begin=begin.time(), end=end.time())

    def clean(self) -> dict[str, Any]:
        """Make two moments of the day and the times."""
        data: dict[str, Any] = super().clean() or {}
        self.instance.starts_at = self._moment("begin") or timezone.now()
        self.instance.ends_at = self._moment("end") or self.instance.starts_at
        both = data.get("begin") and data.get("end")
        if both and not self.errors and self.instance.ends_at <= self.instance.starts_at:
            self.add_error("end", _("The end comes after the beginning."))
        return data

    def validate_constraints(self) -> None:
        """The order of the times was checked above, at the field where it can be repaired."""

    def _moment(self, name: str) -> datetime | None:
        day, at = self.cleaned_data.get("day"), self.cleaned_data.get(name)
        if day is None or at is None:
            return None
        try:
            return from_current_timezone(datetime.combine(day, at))
        except ValidationError as problem:
            # The hour that is skipped in spring, or comes twice in autumn.
            self.add_error(name, problem)
            return None


class FeedForm(forms.ModelForm[CalendarFeed]):
    """What a calendar program gets to see."""

    class Meta:
        model = CalendarFeed
        fields = ("with_activities",)
        help_texts: ClassVar[dict[str, Any]] = {
            "with_activities": _(
                "Their first words then stand in your calendar, and its provider has them too."
            )
        }
