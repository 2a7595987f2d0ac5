"""Forms of campus sign-in: finding one's own, a code from a mail, and setting it up."""

import re
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stageapp.core.addresses import server_of
from stageapp.core.fields import RunningTextInput
from stageapp.core.formfields import NO_OPTIONAL
from stageapp.integrations.campus import queries, rules
from stageapp.integrations.campus.keys import certificate_pem
from stageapp.integrations.campus.models import CampusProvider, CampusRule
from stageapp.integrations.campus.saml import entity_of
from stageapp.programmes.models import Institution, Programme

MOST_PASTED = 20_000


class FindForm(forms.Form):
    """The address by whose domain an institution is found."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address at your institution"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )

    provider: CampusProvider

    def clean_email(self) -> str:
        """Find the institution; of no address is told whether somebody has an account."""
        email: str = self.cleaned_data["email"]
        found = queries.provider_for(email)
        if found is None:
            raise ValidationError(
                _("No institution with addresses like this signs in here. Use your password.")
            )
        self.provider = found
        return email


class CodeForm(forms.Form):
    """Six figures from a mail."""

    code = forms.CharField(
        label=gettext_lazy("Code from the mail"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "code-input"}
        ),
    )

    def clean_code(self) -> str:
        """Return the figures alone."""
        return re.sub(r"\s", "", self.cleaned_data["code"])


class DomainsForm(forms.Form):
    """The mail domains that an institution owns."""

    domains = RunningTextInput(
        label=gettext_lazy("Mail domains of the institution, one on each line"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4, "autocapitalize": "off", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "Only domains whose addresses the institution gives out itself. Who types an address "
            "with one is sent to campus sign-in, and such an address counts as confirmed."
        ),
    )

    def clean_domains(self) -> list[str]:
        """Return the domains; name those that cannot be."""
        good, bad = rules.read_domains(self.cleaned_data["domains"])
        if bad:
            raise ValidationError(
                _("Not a domain, or one where anybody can have an address: %(words)s.")
                % {"words": ", ".join(bad[:5])}
            )
        return good


class ProviderForm(forms.ModelForm[CampusProvider]):
    """What both protocols have."""

    class Meta:
        model = CampusProvider
        fields: ClassVar[tuple[str, ...]] = ("name", "passwords", "home_organization")
        help_texts: ClassVar[dict[str, Any]] = {
            "name": gettext_lazy("The button says: Sign in with …"),
            "passwords": gettext_lazy(
                "Of people with an address in a domain of the institution. Administrators can "
                "always come in with their password and second factor, so that nobody is locked "
                "out."
            ),
            "home_organization": gettext_lazy(
                "If filled in, only who has exactly this schac_home_organization comes in, such as "
                "hogeschool.example. With a federation or eduID you need this."
            ),
        }
        widgets: ClassVar[dict[str, Any]] = {"passwords": forms.RadioSelect}

    def __init__(self, data: Any = None, *, instance: CampusProvider) -> None:
        super().__init__(data, instance=instance, use_required_attribute=False)
        self.is_fixed = bool(instance.pk) and instance.accounts.exists()
        if self.is_fixed:
            self._fix()

    def _fix(self) -> None:
        """Keep what makes it this provider: by another one their accounts would be another's."""
        for name in CampusProvider.IDENTITY:
            if name in self.fields:
                self.fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        """Let nothing go that a connection by which people come in cannot do without."""
        data: dict[str, Any] = super().clean() or {}
        if self.instance.is_on:
            for name in ("issuer", "client_id", "metadata_url"):
                if data.get(name) == "":
                    self.add_error(name, _("People come in by it: this is needed."))
        return data

    def clean_home_organization(self) -> str:
        """Keep it as it is compared."""
        return str(self.cleaned_data["home_organization"]).strip().lower()


class OidcForm(ProviderForm):
    """A provider that speaks OpenID Connect."""

    issuer = forms.URLField(
        label=gettext_lazy("issuer"),
        label_suffix=NO_OPTIONAL,
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=gettext_lazy(
            "Letter by letter as the provider calls itself; such as https://connect.surfconext.nl"
        ),
    )
    client_id = forms.CharField(
        label=gettext_lazy("client ID"), label_suffix=NO_OPTIONAL, required=False, max_length=500
    )
    client_secret = forms.CharField(
        label=gettext_lazy("client secret"),
        max_length=500,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Kept encrypted. Empty for a public client."),
    )
    has_no_secret = forms.BooleanField(
        label=gettext_lazy("It became a public client: forget the secret"), required=False
    )

    class Meta(ProviderForm.Meta):
        fields = ("name", "issuer", "client_id", "client_secret", "passwords", "home_organization")

    field_order = ("name", "issuer", "client_id", "client_secret", "has_no_secret")

    def __init__(self, data: Any = None, *, instance: CampusProvider) -> None:
        super().__init__(data, instance=instance)
        self._issuer, self._secret = instance.issuer, instance.client_secret
        self.initial["client_secret"] = ""
        if self._secret:
            self.fields["client_secret"].help_text = _(
                "Kept encrypted and never shown again. Empty: it stays as it is."
            )
        else:
            del self.fields["has_no_secret"]

    def clean_issuer(self) -> str:
        """Refuse what no issuer looks like (OpenID Connect Discovery, section 3)."""
        issuer: str = self.cleaned_data["issuer"]
        parts = urlsplit(issuer)
        if parts.query or parts.fragment or ".well-known" in parts.path:
            raise ValidationError(
                _("Only the issuer itself, without /.well-known/… or a question mark.")
            )
        return issuer

    def clean(self) -> dict[str, Any]:
        """Keep the secret that there is, unless it would go elsewhere than it was given for."""
        data: dict[str, Any] = super().clean() or {}
        if not self._secret or data.get("client_secret"):
            return data
        data["client_secret"] = "" if data.get("has_no_secret") else self._secret
        has_moved = "issuer" in data and server_of(data["issuer"]) != server_of(self._issuer)
        if has_moved and data["client_secret"]:
            self.add_error(
                "client_secret", _("The campus is elsewhere now: type the secret again.")
            )
        return data


class SamlForm(ProviderForm):
    """A provider that speaks SAML."""

    metadata_url = forms.URLField(
        label=gettext_lazy("address of the metadata"),
        label_suffix=NO_OPTIONAL,
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=gettext_lazy("Fetched again every night: keys that change are known in time."),
    )

    class Meta(ProviderForm.Meta):
        fields = (
            "name",
            "metadata_url",
            "entity_id",
            "metadata_certificate",
            "identifier",
            "takes_unasked",
            "passwords",
            "home_organization",
        )
        labels: ClassVar[dict[str, Any]] = {
            "takes_unasked": gettext_lazy("also who begins at a portal of the institution"),
        }
        widgets = ProviderForm.Meta.widgets | {
            "metadata_certificate": forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        }
        help_texts = ProviderForm.Meta.help_texts | {
            "entity_id": gettext_lazy(
                "Of the identity provider. Empty where the metadata hold only one: then that one "
                "is taken, and no other after it."
            ),
            "metadata_certificate": gettext_lazy(
                "With which the federation signs its metadata, if it does."
            ),
            "identifier": gettext_lazy("By what your people are known again, for good."),
            "takes_unasked": gettext_lazy(
                "Less safe: somebody can be led into the account of another without noticing."
            ),
        }

    def clean_entity_id(self) -> str:
        """Refuse what no entity ID looks like, and our own."""
        entity: str = self.cleaned_data["entity_id"].strip()
        if re.search(r"[\s'\"<>]", entity):
            raise ValidationError(_("An entity ID has no spaces or quotation marks."))
        if self.instance.pk and entity == entity_of(self.instance):
            raise ValidationError(_("This is the entity ID of Stage-App, not of the institution."))
        return entity

    def clean_metadata_certificate(self) -> str:
        """Read what was pasted."""
        text: str = self.cleaned_data["metadata_certificate"].strip()
        if not text:
            return ""
        try:
            return certificate_pem(text[:MOST_PASTED])
        except ValueError as problem:
            raise ValidationError(
                _("This is no certificate: it begins with -----BEGIN CERTIFICATE-----.")
            ) from problem


class RuleForm(forms.ModelForm[CampusRule]):
    """Who gets which role."""

    class Meta:
        model = CampusRule
        fields: ClassVar[tuple[str, ...]] = (
            "attribute",
            "comparison",
            "value",
            "role",
            "programme",
        )
        widgets: ClassVar[dict[str, Any]] = {
            "attribute": forms.TextInput(
                attrs={"list": "attributes", "autocapitalize": "off", "spellcheck": "false"}
            ),
        }

    programme: forms.ModelChoiceField[Programme]

    def __init__(self, data: Any = None, *, provider: CampusProvider) -> None:
        super().__init__(
            data,
            instance=CampusRule(provider=provider),
            use_required_attribute=False,
            prefix="rule",
        )
        institution: Institution = provider.institution
        choices = Programme.objects.filter(institution=institution).order_by("name_nl", "pk")
        self.fields["programme"].queryset = choices  # type: ignore[attr-defined]

    def clean_attribute(self) -> str:
        """Know an attribute by its friendly name, whichever was typed."""
        return rules.friendly_name(self.cleaned_data["attribute"].strip())

    def validate_constraints(self) -> None:
        """The same rule twice is for the action, which locks."""
