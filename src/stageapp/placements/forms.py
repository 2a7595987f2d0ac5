"""The form for a placement and its workplace."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stageapp.accounts.models import User
from stageapp.placements import rules
from stageapp.placements.models import Placement, Workplace
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


class DateInput(forms.DateInput):
    """The browser's own date picker; it wants the ISO form whatever the language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


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

    class Meta:
        model = Placement
        fields = (
            "cohort",
            "teacher",
            "starts_on",
            "ends_on",
            "days_per_week",
            "hours_per_day",
            "supervisor_name",
            "supervisor_email",
            "supervisor_phone",
            "assignment",
            "is_current",
            "shows_effort",
        )
        widgets = {
            "starts_on": DateInput,
            "ends_on": DateInput,
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

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
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
