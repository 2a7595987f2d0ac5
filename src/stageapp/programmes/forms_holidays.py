"""Forms for the holidays of an institution: one, or a pasted list."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stageapp.core.fields import NAME_LENGTH, RunningTextInput, plausible_day
from stageapp.core.formfields import DayInput
from stageapp.programmes.models import Holiday
from stageapp.programmes.rules_holidays import (
    MOST_DAYS,
    MOST_LINES,
    Days,
    WrongLine,
    problem_of,
    read_holidays,
)

#: A pasted text of so many characters holds the longest list there can be.
MOST_PASTED = 100_000
#: So many lines that cannot be read are named.
MOST_NAMED = 5


class HolidayForm(forms.ModelForm[Holiday]):
    """A holiday: its days, and what it is called."""

    starts_on = forms.DateField(
        label=gettext_lazy("first day"), widget=DayInput, validators=[plausible_day]
    )
    ends_on = forms.DateField(
        label=gettext_lazy("last day"),
        widget=DayInput,
        required=False,
        validators=[plausible_day],
        help_text=gettext_lazy("Leave it empty for one day."),
    )

    class Meta:
        model = Holiday
        fields: ClassVar[tuple[str, ...]] = ("name_nl", "name_en", "starts_on", "ends_on")
        labels: ClassVar[dict[str, Any]] = {
            "name_nl": gettext_lazy("name in Dutch"),
            "name_en": gettext_lazy("name in English"),
        }

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, prefix="one", use_required_attribute=False)

    def clean(self) -> dict[str, Any]:
        """Say at the last day what is wrong with the two together."""
        data: dict[str, Any] = super().clean() or {}
        first = data.get("starts_on")
        if first and "ends_on" in data:
            data["ends_on"] = data["ends_on"] or first
            problem = problem_of(first, data["ends_on"])
            if problem:
                self.add_error("ends_on", _said_of_days(problem))
        return data

    def validate_constraints(self) -> None:
        """The order was checked above; the same holiday twice is one, which the action sees to."""

    @property
    def days(self) -> Days:
        """What was written, once it is valid."""
        data = self.cleaned_data
        return Days(data["starts_on"], data["ends_on"], data["name_nl"], data["name_en"])


class HolidayListForm(forms.Form):
    """A pasted list of holidays."""

    lines = RunningTextInput(
        label=gettext_lazy("a list of dates, one holiday on each line"),
        max_length=MOST_PASTED,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy(
            "For example: 21-12-2026 ; 3-1-2027 ; Kerstvakantie ; Christmas holidays. The last day "
            "and the English name may be left out."
        ),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, prefix="list", use_required_attribute=False)

    def clean_lines(self) -> list[Days]:
        """Read the lines; name those that cannot be read, so that none is lost."""
        found, wrong = read_holidays(self.cleaned_data["lines"], name_length=NAME_LENGTH)
        if wrong:
            raise ValidationError([_said(one) for one in wrong[:MOST_NAMED]])
        if not found:
            raise ValidationError(_("Write at least one holiday."))
        if len(found) > MOST_LINES:
            text = _("At most %(most)d holidays at a time.")
            raise ValidationError(text % {"most": MOST_LINES})
        return found


def _said_of_days(problem: str) -> str:
    text = {
        "order": _("The last day comes before the first."),
        "long": _("A holiday takes at most %(most)d days. Is the year right?"),
    }[problem]
    return text % {"most": MOST_DAYS}


def _said(one: WrongLine) -> str:
    text = {
        "day": _("Line %(line)d does not begin with a day such as 21-12-2026."),
        "name": _("Line %(line)d has no Dutch name, or a last day that cannot be read."),
        "columns": _("Line %(line)d has too many parts: use “;” only between the parts."),
        "name_length": _("Line %(line)d has a name that is longer than 200 characters."),
        "order": _("Line %(line)d ends before it begins."),
        "long": _("Line %(line)d takes more than %(most)d days."),
    }[one.problem]
    return text % {"line": one.line, "most": MOST_DAYS}
