"""The form for a placement and its workplace."""

from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from stageapp.accounts.models import User
from stageapp.core.formfields import DayInput
from stageapp.placements import rules
from stageapp.placements.models import Interruption, Placement, Workplace
from stageapp.programmes.queries import cohorts_for, teachers_for

COUNTRIES = [
    ("NL", _("Netherlands")),
    ("BE", _("Belgium")),
    ("DE", _("Germany")),
    ("FR", _("France")),
    ("GB", _("United Kingdom")),
    ("ES", _("Spain")),
    ("US", _("United States")),
    ("SR", _("Suriname")),
    ("AW", _("Aruba")),
    ("BQ", _("Bonaire, Sint Eustatius and Saba")),
    ("CW", _("Curaçao")),
    ("SX", _("Sint Maarten")),
    ("ZZ", _("another country")),
]


class WorkplaceForm(forms.ModelForm[Workplace]):
    """Where somebody learns."""

    country = forms.ChoiceField(label=_("country"), choices=COUNTRIES, initial="NL")

    class Meta:
        model = Workplace
        fields = ("name", "street", "postal_code", "town", "country")
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "organization"}),
            "street": forms.TextInput(attrs={"autocomplete": "off"}),
            "postal_code": forms.TextInput(attrs={"autocomplete": "off"}),
        }

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        code = data.get("postal_code")
        if not code:
            return data
        known = rules.postal_code(code, data.get("country", "NL"))
        if known is None:
            self.add_error("postal_code", _("Give a postal code such as 3584 CS."))
        else:
            data["postal_code"] = known
        return data


class PlacementForm(forms.ModelForm[Placement]):
    """When somebody learns, with whom and on what."""

    teacher = forms.ModelChoiceField(
        label=_("my placement teacher"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("I do not know yet"),
        help_text=_("If you leave this empty, your programme links a teacher to you later."),
    )

    weekdays = forms.MultipleChoiceField(
        label=_("which days"),
        choices=[(str(number + 1), name) for number, name in WEEKDAYS.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Your calendar shows your hours against these days."),
    )

    class Meta:
        model = Placement
        fields = (
            "cohort",
            "teacher",
            "starts_on",
            "ends_on",
            "days_per_week",
            "weekdays",
            "hours_per_day",
            "supervisor_name",
            "supervisor_email",
            "supervisor_phone",
            "assignment",
            "is_current",
            "shows_effort",
        )
        widgets = {
            "starts_on": DayInput,
            "ends_on": DayInput,
            "days_per_week": forms.NumberInput(attrs={"min": 1, "max": 7, "inputmode": "numeric"}),
            "hours_per_day": forms.NumberInput(
                attrs={"min": 0.5, "max": 24, "step": 0.25, "inputmode": "decimal"}
            ),
            "supervisor_phone": forms.TextInput(attrs={"type": "tel"}),
            "assignment": forms.Textarea(attrs={"rows": 4}),
        }
        help_texts = {
            "assignment": _("What are you going to work on? A few sentences are enough."),
            "shows_effort": _("Never what you logged: that stays yours until you share it."),
        }

    def __init__(self, *args: Any, student: User, has_teacher: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["weekdays"] = list(self.instance.weekdays)
        cohorts = cohorts_for(student)
        self._choose_cohort(cohorts)
        teacher = self.fields["teacher"]
        assert isinstance(teacher, forms.ModelChoiceField)
        if has_teacher:
            del self.fields["teacher"]
        else:
            teacher.queryset = teachers_for(cohorts)

    def _choose_cohort(self, cohorts: Any) -> None:
        field = self.fields["cohort"]
        assert isinstance(field, forms.ModelChoiceField)
        if self.instance.pk:
            # The form, the lists and the goals of a placement come from its cohort.
            del self.fields["cohort"]
            return
        field.queryset = cohorts
        choices = list(cohorts[:2])
        if len(choices) == 1:
            field.initial = choices[0]
            field.empty_label = None

    def clean_weekdays(self) -> str:
        """Keep the days in the order of the week; as many as the student works."""
        return "".join(sorted(self.cleaned_data["weekdays"]))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        weekdays, number = data.get("weekdays"), data.get("days_per_week")
        if weekdays and number and len(weekdays) != number:
            self.add_error(
                "weekdays",
                _("Choose as many days as you work in a week, or none: then the first ones count."),
            )
        starts_on, ends_on = data.get("starts_on"), data.get("ends_on")
        if starts_on and ends_on:
            if ends_on <= starts_on:
                self.add_error("ends_on", _("The last day comes after the first day."))
            elif rules.is_too_long(starts_on, ends_on):
                self.add_error("ends_on", _("A placement takes two years at most."))
        return data

    def validate_constraints(self) -> None:
        """Leave one current placement a student to the action: it moves the mark."""
        self.instance.validate_constraints(exclude={"student", "is_current", "ends_on"})


class AbsenceForm(forms.ModelForm[Interruption]):
    """Days on which a student is not at work, and why."""

    class Meta:
        model = Interruption
        fields = ("kind", "starts_on", "ends_on", "reason")
        widgets = {
            "kind": forms.RadioSelect,
            "starts_on": DayInput,
            "ends_on": DayInput,
            "reason": forms.Textarea(attrs={"rows": 2}),
        }
        labels = {"kind": _("what kind of absence")}
        help_texts = {
            "reason": _("Only you see it. In a week sheet it stands only if you ask for that."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = Interruption.Kind.choices
        self.fields["ends_on"].required = False

    def clean(self) -> dict[str, Any]:
        """Take one day when no last one is given; keep it within the placement."""
        data: dict[str, Any] = super().clean() or {}
        first = data.get("starts_on")
        last = data["ends_on"] = data.get("ends_on") or first
        if not first or not last:
            return data
        placement = self.instance.placement
        if last < first:
            self.add_error("ends_on", _("The last day comes after the first day."))
        elif last < placement.starts_on or first > placement.ends_on:
            self.add_error("starts_on", _("These days are not in your placement."))
        return data

    def validate_constraints(self) -> None:
        """The order of the days was checked above, at the field where it can be repaired."""
