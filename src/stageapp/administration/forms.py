"""Forms about people: finding, inviting, giving a role."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stageapp.accounts.forms import PersonNameField
from stageapp.accounts.models import User
from stageapp.administration import access
from stageapp.administration.queries import OF_INSTITUTION, Wanted
from stageapp.core.formfields import NO_OPTIONAL
from stageapp.programmes.access import programmes_administered
from stageapp.programmes.models import Programme, Role

MOST_SIGNS = 100
STATES = [
    ("", gettext_lazy("all")),
    ("never", gettext_lazy("never signed in")),
    ("off", gettext_lazy("switched off")),
]


class FindForm(forms.Form):
    """Whom to look for; what cannot be read finds everybody."""

    q = forms.CharField(
        label=gettext_lazy("name, e-mail address or student number"),
        required=False,
        max_length=MOST_SIGNS,
        label_suffix=NO_OPTIONAL,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    programme = forms.TypedChoiceField(
        label=gettext_lazy("programme"),
        required=False,
        coerce=int,
        empty_value=None,
        label_suffix=NO_OPTIONAL,
    )
    role = forms.ChoiceField(label=gettext_lazy("role"), required=False, label_suffix=NO_OPTIONAL)
    state = forms.ChoiceField(
        label=gettext_lazy("account"),
        choices=STATES,
        required=False,
        label_suffix=NO_OPTIONAL,
    )

    def __init__(
        self, data: Any = None, *, programmes: Sequence[Programme], runs_institution: bool
    ) -> None:
        super().__init__(data, use_required_attribute=False)
        own: list[tuple[Any, Any]] = [(one.pk, one.name) for one in programmes]
        programme = self.fields["programme"]
        assert isinstance(programme, forms.ChoiceField)
        programme.choices = [("", _("all programmes")), *own]
        if len(own) <= 1:
            del self.fields["programme"]
        roles: list[tuple[str, Any]] = [("", _("all roles")), *Role.choices]
        if runs_institution:
            roles.append((OF_INSTITUTION, _("functional administrator")))
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = roles

    @property
    def wanted(self) -> Wanted:
        """What of it could be read."""
        self.is_valid()
        data = self.cleaned_data
        return Wanted(
            data.get("q", ""),
            data.get("role", ""),
            data.get("state", ""),
            data.get("programme"),
        )


class FindDoubleForm(forms.Form):
    """Which account may be another one of somebody."""

    q = forms.CharField(
        label=gettext_lazy("name, e-mail address or student number of the other account"),
        required=False,
        max_length=MOST_SIGNS,
        label_suffix=NO_OPTIONAL,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, use_required_attribute=False)

    @property
    def words(self) -> str:
        """What of it could be read."""
        self.is_valid()
        return str(self.cleaned_data.get("q", ""))


class ProgrammeField(forms.ModelChoiceField[Programme]):
    """A programme by its name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            Programme.objects.none(), label=gettext_lazy("programme"), empty_label=None, **kwargs
        )


class RoleForm(forms.Form):
    """A role in a programme, of those that an administrator gives there."""

    programme = ProgrammeField()
    role = forms.ChoiceField(label=gettext_lazy("role"), choices=Role.choices)

    def __init__(self, data: Any = None, *, administrator: User) -> None:
        super().__init__(data, use_required_attribute=False)
        self.given = access.roles_given_by(administrator)
        programme = self.fields["programme"]
        role = self.fields["role"]
        assert isinstance(programme, forms.ModelChoiceField)
        assert isinstance(role, forms.ChoiceField)
        programme.queryset = programmes_administered(administrator)
        roles = {one for roles in self.given.values() for one in roles}
        role.choices = [(one.value, one.label) for one in Role if one in roles]

    def clean(self) -> None:
        """Refuse a role that is not theirs to give in this programme."""
        programme, role = self.cleaned_data.get("programme"), self.cleaned_data.get("role")
        if programme and role and Role(role) not in self.given[programme.pk]:
            raise ValidationError(
                {"role": _("Only a functional administrator gives this role here.")}
            )

    @property
    def chosen(self) -> tuple[Programme, Role]:
        """What was chosen, once it is valid."""
        return self.cleaned_data["programme"], Role(self.cleaned_data["role"])


class InviteForm(RoleForm):
    """Who is invited, and as what."""

    email = forms.EmailField(
        label=gettext_lazy("e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    name = PersonNameField(
        label=gettext_lazy("name"),
        required=False,
        label_suffix=NO_OPTIONAL,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Only for a new account; who has one keeps the own name."),
    )

    field_order = ("email", "name", "role", "programme")

    def __init__(self, data: Any = None, *, administrator: User) -> None:
        super().__init__(data, administrator=administrator)
        self.administrator = administrator

    def clean_name(self) -> str:
        """Ask for the name of who has no account yet: who has one keeps the own name."""
        name = str(self.cleaned_data["name"])
        email = self.cleaned_data.get("email")
        known = access.people_administered(self.administrator)
        # An address that is wrong is said first: nobody knows yet who it is about.
        if email and not name and not known.filter(email=email).exists():
            raise ValidationError(_("There is no account with this address yet: give a name."))
        return name

    def clean_email(self) -> str:
        """Refuse the address of an account that is switched off."""
        email = str(self.cleaned_data["email"]).lower()
        known = access.people_administered(self.administrator)
        if known.filter(email=email, is_active=False).exists():
            raise ValidationError(_("This account is switched off. Switch it on first."))
        return email
