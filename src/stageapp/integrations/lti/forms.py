"""Forms of somebody's first launch."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stageapp.accounts.adapter import EMAIL_LENGTH
from stageapp.programmes.forms import NewStudentForm
from stageapp.programmes.models import Cohort


class NewPersonForm(NewStudentForm):
    """What an environment does not say of somebody, or may say wrongly."""

    email = forms.EmailField(
        label=_("E-mail address"),
        validators=[EMAIL_LENGTH],
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    field_order = ("name", "email", "programme", "student_number", "agreement")

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
        if programmes is None:
            del self.fields["programme"]
        else:
            self.offer(programmes)


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
