"""Forms of somebody's first launch."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stageapp.accounts.adapter import EMAIL_LENGTH
from stageapp.accounts.forms import PersonNameField
from stageapp.programmes.models import Cohort, Programme


class NewPersonForm(forms.Form):
    """What an environment does not say of somebody, or may say wrongly."""

    name = PersonNameField()
    email = forms.EmailField(
        label=_("E-mail address"),
        validators=[EMAIL_LENGTH],
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    programme = forms.ModelChoiceField(
        label=_("Programme"),
        queryset=Programme.objects.none(),
        empty_label=_("Choose your programme"),
        error_messages={
            "invalid_choice": _("You cannot register for this programme. Choose another one.")
        },
    )
    student_number = forms.CharField(
        label=_("Student number"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Leave it empty if you have none or do not know it."),
    )
    agreement = forms.BooleanField(
        label=_(
            "I agree that my school keeps my account and what I record here. What I record stays "
            "mine: others see only what I share."
        ),
        error_messages={"required": _("Without this we cannot make an account for you.")},
        help_text=_("More about it stands in the privacy statement, at the bottom of this page."),
    )

    def __init__(
        self,
        data: Any,
        *,
        name: str,
        email: str,
        is_proven: bool,
        is_teacher: bool,
        programmes: Any,
    ) -> None:
        """With a proven address it cannot be changed; a teacher needs no number.

        `programmes` is None where the course says which programme it is.
        """
        super().__init__(data, initial={"name": name, "email": email}, use_required_attribute=False)
        if is_proven:
            self.fields["email"].disabled = True
        if is_teacher:
            del self.fields["student_number"]
        field = self.fields["programme"]
        assert isinstance(field, forms.ModelChoiceField)
        if programmes is None:
            del self.fields["programme"]
            return
        field.queryset = programmes
        choices = list(programmes[:2])
        if len(choices) == 1:
            field.initial, field.empty_label = choices[0], None


class CourseForm(forms.Form):
    """Which cohort a course belongs to."""

    cohort = forms.ModelChoiceField(
        label=_("Cohort"),
        queryset=Cohort.objects.none(),
        empty_label=_("Choose the cohort of this course"),
    )

    def __init__(self, data: Any, *, cohorts: Any) -> None:
        super().__init__(data, use_required_attribute=False)
        field = self.fields["cohort"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = cohorts
