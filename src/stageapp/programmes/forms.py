"""The form of a new student."""

from typing import Any, ClassVar

from allauth.account.forms import SignupForm
from allauth.core import context
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from stageapp.accounts.forms import OwnWordsMixin, PersonNameField, Words
from stageapp.accounts.models import User
from stageapp.programmes.actions import agree_with_statement, enrol
from stageapp.programmes.models import Programme
from stageapp.programmes.queries import institution_for, open_programmes


class NewStudentForm(forms.Form):
    """What is asked of somebody who gets an account, however they came in."""

    name = PersonNameField()
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

    def offer(self, programmes: QuerySet[Programme]) -> bool:
        """Let somebody choose; the only one is chosen already. Return whether there is any."""
        field = self.fields["programme"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = programmes
        choices = list(programmes[:2])
        if len(choices) == 1:
            field.initial, field.empty_label = choices[0], None
        return bool(choices)


class SignUpForm(OwnWordsMixin, NewStudentForm, SignupForm):  # type: ignore[misc]  # allauth has no types
    """Makes an account and a student of a programme that is open."""

    field_order = ("name", "email", "password1", "programme", "student_number", "agreement")
    labels: ClassVar[Words] = OwnWordsMixin.labels | {"password1": _("Password")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_programmes = self.offer(open_programmes(institution_for(context.request)))

    def custom_signup(self, request: Any, user: User) -> None:
        """Make the new person a student, in the transaction that makes the account."""
        super().custom_signup(request, user)
        programme = self.cleaned_data["programme"]
        enrol(user, programme=programme)
        agree_with_statement(user, programme.institution)
