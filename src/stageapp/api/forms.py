"""The forms for a token and for a webhook."""

import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stageapp.accounts.models import User
from stageapp.api.models import Webhook
from stageapp.api.queries import areas_of
from stageapp.api.rules import Area, Scope, read_and_write
from stageapp.core.fields import NAME_LENGTH
from stageapp.core.formfields import NO_OPTIONAL
from stageapp.core.outgoing import ForbiddenAddressError, check_address
from stageapp.programmes.queries import is_administrator

#: What each area is called, and what a token for it can do.
AREAS = {
    Area.LOGBOOK: gettext_lazy("my logbook: activities, reflections, evidence, goals, saved"),
    Area.GUIDANCE: gettext_lazy(
        "guidance: questions, talks, reports, action points, agreements, news"
    ),
    Area.CALENDAR: gettext_lazy("my calendar: deadlines, appointments, absences, the feed"),
    Area.INSIGHTS: gettext_lazy("insights and tips"),
    Area.PLACEMENTS: gettext_lazy("my placements"),
    Area.STUDENTS: gettext_lazy("the students I guide"),
    Area.ADMINISTRATION: gettext_lazy("administration: programmes, people, who guides whom"),
    Area.PROFILE: gettext_lazy("my profile: name, language, mails"),
}
#: How long a token works, to choose from.
DAYS = (7, 30, 90, 365)
URL_LENGTH = 500
NOTHING, READ, WRITE = "", "read", "write"


def _days(number: int) -> str:
    return ngettext("%(n)d day", "%(n)d days", number) % {"n": number}


class TokenForm(forms.Form):
    """What a token is for, what it may do and how long."""

    client_id = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.CharField(
        label=gettext_lazy("what it is for"),
        max_length=NAME_LENGTH,
        help_text=gettext_lazy("So that you know later which one you can revoke."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("how long it works"),
        choices=lambda: [(str(n), _days(n)) for n in DAYS],
        coerce=int,
        initial="90",
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any = None, *, person: User) -> None:
        super().__init__(data, initial={"client_id": uuid.uuid4()}, use_required_attribute=False)
        self.areas = areas_of(person)
        for area in self.areas:
            choices = [(NOTHING, _("nothing")), (READ, _("read"))]
            if len(read_and_write(area)) > 1:
                choices.append((WRITE, _("read and change")))
            self.fields[area.value] = forms.ChoiceField(
                label=AREAS[area],
                choices=choices,
                required=False,
                label_suffix=NO_OPTIONAL,
                widget=forms.RadioSelect,
            )
            self.initial[area.value] = NOTHING
        self.order_fields(["client_id", "name", *(area.value for area in self.areas), "days"])

    def clean(self) -> dict[str, Any]:
        """Ask for something that the token may do."""
        told = self.cleaned_data
        if not any(told.get(area.value) for area in self.areas) and not self.errors:
            raise ValidationError(_("Choose at least one thing that the token may do."))
        return told

    @property
    def scopes(self) -> list[Scope]:
        """What was chosen; changing something includes reading it."""
        found: list[Scope] = []
        for area in self.areas:
            chosen = self.cleaned_data.get(area.value)
            offered = read_and_write(area)
            found += offered[:1] if chosen == READ else offered if chosen == WRITE else []
        return found

    def expires_at(self, at: datetime) -> datetime:
        """Return until when it works."""
        days: int = self.cleaned_data["days"]
        return at + timedelta(days=days)


class WebhookForm(forms.ModelForm[Webhook]):
    """Where what concerns somebody is told."""

    client_id = forms.UUIDField(widget=forms.HiddenInput)
    url = forms.URLField(
        label=gettext_lazy("address"),
        max_length=URL_LENGTH,
        assume_scheme="https",
        help_text=gettext_lazy("It begins with https:// and can be reached from the internet."),
    )

    class Meta:
        model = Webhook
        fields: ClassVar[tuple[str, ...]] = ("name", "url", "with_changes")
        labels: ClassVar[dict[str, Any]] = {
            "with_changes": gettext_lazy(
                "Also when somebody else changes a link or a role that I administer"
            ),
        }
        help_texts: ClassVar[dict[str, Any]] = {"with_changes": ""}

    field_order = ("name", "url", "with_changes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)
        self.initial.setdefault("client_id", uuid.uuid4())
        self.fields["url"].widget.attrs["autocomplete"] = "off"
        self.fields["name"].widget.attrs["autocomplete"] = "off"
        if not is_administrator(self.instance.person):
            del self.fields["with_changes"]

    def clean_url(self) -> str:
        """Refuse an address that can never be called."""
        url = str(self.cleaned_data["url"])
        try:
            check_address(url, settings.WEBHOOK_HOSTS)
        except ForbiddenAddressError as problem:
            raise ValidationError(_("Give an address that begins with https://.")) from problem
        return url

    def clean(self) -> dict[str, Any]:
        """Take over which form it was."""
        told: dict[str, Any] = super().clean() or {}
        if told.get("client_id"):
            self.instance.client_id = told["client_id"]
        return told
