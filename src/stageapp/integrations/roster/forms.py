"""The settings of a source, an upload, and which cohort the groups of a line are of."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stageapp.core.addresses import server_of
from stageapp.core.formfields import NO_OPTIONAL
from stageapp.integrations.roster import actions_reading
from stageapp.integrations.roster.models import Line, Source
from stageapp.integrations.roster.reading import UnreadableError
from stageapp.integrations.roster.rules import Roster
from stageapp.programmes.models import Cohort

#: What is read from a file at once.
MOST_BYTES = 10 * 1024 * 1024
#: Kinds that are set up on this page.
KINDS = (Source.Kind.SHEET, Source.Kind.ONEROSTER, Source.Kind.OOAPI, Source.Kind.OEAPI)
#: What only a service has.
OF_SERVICE = ("address", "token_address", "client", "secret", "scope", "consumer", "only")


class SourceForm(forms.ModelForm[Source]):
    """A source: what kind it is, where it is, what lets us in, and when it is read."""

    client_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    address = forms.CharField(
        label=gettext_lazy("address of the service"),
        label_suffix=NO_OPTIONAL,
        required=False,
        max_length=500,
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("Such as https://roster.school.example; the path may be left out."),
    )
    token_address = forms.CharField(
        label=gettext_lazy("address where tokens are given"),
        required=False,
        max_length=500,
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "For OAuth 2 with client credentials. Empty: the client and its secret go along as a "
            "name and a password."
        ),
    )
    secret = forms.CharField(
        label=gettext_lazy("client secret"),
        required=False,
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Kept encrypted and never shown again."),
    )

    class Meta:
        model = Source
        fields = (
            "name",
            "kind",
            "address",
            "token_address",
            "client",
            "secret",
            "scope",
            "consumer",
            "only",
            "schedule",
            "takes_away",
            "most_percent",
        )
        widgets = {
            "kind": forms.RadioSelect,
            "schedule": forms.RadioSelect,
            "client": forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            "scope": forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            "consumer": forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            "only": forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            "most_percent": forms.NumberInput(attrs={"min": 0, "max": 100, "inputmode": "numeric"}),
        }
        help_texts = {
            "name": gettext_lazy("So that you know it again, such as “Osiris, ICT”."),
            "scope": gettext_lazy("With spaces between; what the service asks for."),
            "consumer": gettext_lazy("Only where the Open Education API service asks for one."),
            "only": gettext_lazy(
                "OneRoster: a filter on classes, such as school.sourcedId='12'. Open Education "
                "API: codes of programmes and courses, with commas between. Empty: all."
            ),
            "takes_away": gettext_lazy(
                "Links and roles that somebody gave by hand are never touched."
            ),
            "most_percent": gettext_lazy(
                "Of the links or of the people that this source brought. A service that answers "
                "with half of its list then ends nothing by itself."
            ),
        }

    def __init__(self, data: Any = None, *, instance: Source) -> None:
        super().__init__(data, instance=instance, use_required_attribute=False)
        kind, schedule = self.fields["kind"], self.fields["schedule"]
        assert isinstance(kind, forms.ChoiceField)
        assert isinstance(schedule, forms.ChoiceField)
        kind.choices = [(one.value, one.label) for one in KINDS]
        schedule.choices = Source.Schedule.choices
        self.initial["kind"] = self.instance.kind or Source.Kind.SHEET
        self.fields["most_percent"] = forms.IntegerField(
            label=self.fields["most_percent"].label,
            help_text=self.fields["most_percent"].help_text,
            min_value=0,
            max_value=100,
            widget=self.fields["most_percent"].widget,
        )
        if self.instance.pk:
            # What it brought is known by the keys of this kind.
            del self.fields["kind"]
            self.fields["secret"].help_text = _(
                "Kept encrypted and never shown again. Empty: it stays as it is."
            )
        self.initial["secret"] = ""

    def clean_address(self) -> str:
        return _checked_address(self.cleaned_data["address"])

    def clean_token_address(self) -> str:
        return _checked_address(self.cleaned_data["token_address"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        kind = data.get("kind") or self.instance.kind
        if not kind:
            return data
        if kind == Source.Kind.SHEET:
            data.update(dict.fromkeys(OF_SERVICE, ""), schedule=Source.Schedule.NEVER)
            for name in OF_SERVICE:  # what was typed there before does not matter any more
                self.errors.pop(name, None)
            return data
        if not data.get("address") and "address" not in self.errors:
            self.add_error("address", _("Fill in where the service is."))
        if data.get("token_address") and not data.get("client"):
            self.add_error("client", _("Fill in which client the tokens are for."))
        if self.instance.pk and not data.get("secret"):
            self._keep_secret(data)
        return data

    def _keep_secret(self, data: dict[str, Any]) -> None:
        """Let the secret stay, unless it would go elsewhere than it was given for."""
        before = Source.objects.get(pk=self.instance.pk)
        data["secret"] = before.secret
        if before.secret and self._moved(before, data):
            data["secret"] = ""
            self.add_error("secret", _("The service is elsewhere now: type the secret again."))

    def _moved(self, before: Source, data: dict[str, Any]) -> bool:
        return any(
            server_of(getattr(before, name)) != server_of(data.get(name) or "")
            for name in ("address", "token_address")
        )


def _checked_address(written: str) -> str:
    """Return an address that can be asked. Raises ValidationError."""
    address = written.strip()
    if not address:
        return ""
    try:
        parts = urlsplit(address)
        has_more = bool(parts.username or parts.password or parts.query or parts.fragment)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        raise ValidationError(_("This is no address.")) from None
    is_safe = parts.scheme == "https" or (
        parts.scheme == "http" and host in settings.OUTGOING_HOSTS
    )
    if not host or not is_safe or has_more or not address.isprintable() or " " in address:
        raise ValidationError(
            _(
                "Give an address that begins with https://, without a name, a password or a "
                "question mark."
            )
        )
    return address


class UploadForm(forms.Form):
    """A file to look at."""

    client_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    file = forms.FileField(
        label=gettext_lazy("file"),
        label_suffix=NO_OPTIONAL,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,.zip"}),
        help_text=gettext_lazy(
            "A CSV or Excel sheet, or a OneRoster ZIP; at most 10 MB. It is kept, encrypted, until "
            "you did what it says, and a day at most."
        ),
        error_messages={"required": gettext_lazy("Choose a file.")},
    )

    def __init__(self, data: Any = None, files: Any = None, *, source: Source) -> None:
        super().__init__(data, files, use_required_attribute=False)
        self.source = source
        self.roster = Roster()
        self.name = ""

    def clean_file(self) -> Any:
        """Read it."""
        upload = self.cleaned_data["file"]
        if (upload.size or 0) > MOST_BYTES:
            raise ValidationError(_("This file is too large to bring in."))
        self.name = str(upload.name or "")
        try:
            self.roster = actions_reading.roster_in(upload, self.source, self.name)
        except UnreadableError as problem:
            raise ValidationError(str(problem)) from None
        return upload


class LineForm(forms.Form):
    """Which cohort the groups of a line are of; none leaves them out."""

    cohort = forms.ModelChoiceField(
        Cohort.objects.none(),
        label=gettext_lazy("cohort"),
        label_suffix=NO_OPTIONAL,
        required=False,
        empty_label=gettext_lazy("none: leave these groups out"),
    )

    def __init__(self, data: Any, *, line: Line, cohorts: QuerySet[Cohort]) -> None:
        super().__init__(
            data,
            prefix=str(line.pk),
            initial={"cohort": line.cohort_id},
            use_required_attribute=False,
        )
        self.line = line
        field = self.fields["cohort"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = cohorts
        field.label = _("cohort for %(title)s") % {"title": line.title}

    @staticmethod
    def name_for(line: Line) -> str:
        """Return under which name the cohort of a line is sent."""
        return f"{line.pk}-cohort"
