"""The part of a question's form about somebody without an account."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from stageapp.core.fields import NAME_LENGTH
from stageapp.core.formfields import NO_OPTIONAL
from stageapp.guidance.models import GuidanceQuestion
from stageapp.placements.models import Placement
from stageapp.placements.queries import teachers_of

#: Which fields say who it is, by the addressee that was chosen.
WHO = {
    GuidanceQuestion.Addressee.SUPERVISOR: ("supervisor_name", "supervisor_email"),
    GuidanceQuestion.Addressee.OTHER: ("other_name", "other_email"),
}
#: All that a form asks of a guest, in its order.
GUEST_FIELDS = (
    *("supervisor_name", "supervisor_email", "keeps_supervisor"),
    *("other_name", "other_email", "guest_language"),
)
MISSING_NAME = _("Write the name of who you ask.")
MISSING_EMAIL = _("Write the e-mail address that the link goes to.")


def _name() -> forms.CharField:
    return forms.CharField(
        label=_("name"),
        max_length=NAME_LENGTH,
        required=False,
        label_suffix=NO_OPTIONAL,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def _email() -> forms.EmailField:
    return forms.EmailField(
        label=_("e-mail address"),
        max_length=254,
        required=False,
        label_suffix=NO_OPTIONAL,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class GuestFields(forms.ModelForm[GuidanceQuestion]):
    """Asks who the guest is: the supervisor, known from the placement, or somebody else.

    Two pairs of fields, so that a question never goes to a supervisor whose address was filled in
    already while somebody else was meant.
    """

    supervisor_name = _name()
    supervisor_email = _email()
    keeps_supervisor = forms.BooleanField(
        label=_("also keep this with my placement"), required=False
    )
    other_name = _name()
    other_email = _email()
    guest_language = forms.ChoiceField(
        label=_("language of the mails and the page"),
        choices=settings.LANGUAGES,
        required=False,
        label_suffix=NO_OPTIONAL,
        widget=forms.RadioSelect,
    )

    def begin_with(self, placement: Placement) -> None:
        """Fill in what is known: of the draft, else of the placement."""
        known = {
            "supervisor_name": placement.supervisor_name,
            "supervisor_email": placement.supervisor_email,
            "guest_language": self.instance.guest_language or placement.student.language,
        }
        if self.instance.addressee in WHO and self.instance.guest_email:
            name, email = WHO[GuidanceQuestion.Addressee(self.instance.addressee)]
            known |= {name: self.instance.guest_name, email: self.instance.guest_email}
        self.initial = {**known, **self.initial}
        if placement.supervisor_name and placement.supervisor_email:
            del self.fields["keeps_supervisor"]

    @property
    def wants_supervisor_kept(self) -> bool:
        """Whether the placement gets the supervisor that was filled in."""
        is_asked = self.cleaned_data.get("addressee") == GuidanceQuestion.Addressee.SUPERVISOR
        return is_asked and bool(self.cleaned_data.get("keeps_supervisor"))

    def clean(self) -> dict[str, Any]:
        """Take over who is asked; what stands at another choice does not count."""
        data: dict[str, Any] = super().clean() or {}
        if "addressee" not in self.fields:
            return data
        asked = self.instance
        asked.guest_name = asked.guest_email = asked.guest_language = ""
        addressee = data.get("addressee")
        if addressee not in WHO:
            return data
        name, email = WHO[GuidanceQuestion.Addressee(addressee)]
        self._check(name, email, data)
        asked.guest_name, asked.guest_email = data.get(name, ""), data.get(email, "").lower()
        asked.guest_language = data.get("guest_language") or asked.placement.student.language
        return data

    def _check(self, name: str, email: str, data: dict[str, Any]) -> None:
        if not data.get(name) and name not in self.errors:
            self.add_error(name, MISSING_NAME)
        if email in self.errors:
            return
        address = data.get(email, "").lower()
        if not address:
            self.add_error(email, MISSING_EMAIL)
        elif address == self.instance.placement.student.email:
            self.add_error(email, _("This is your own address. Who can answer you?"))
        elif teacher := teachers_of(self.instance.placement).filter(email=address).first():
            self.add_error(
                email,
                _("This is the address of %(name)s, your teacher. Choose “my teacher” above.")
                % {"name": teacher.name},
            )
