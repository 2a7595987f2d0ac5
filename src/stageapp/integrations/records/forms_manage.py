"""The form of a record store, for functional administrators."""

from typing import Any, ClassVar
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stageapp.core.addresses import server_of
from stageapp.core.formfields import NO_OPTIONAL
from stageapp.integrations.records.models import RecordStore

MOST_SECRET = 2000


class StoreForm(forms.ModelForm[RecordStore]):
    """Where a store is, how to sign in there, and what students read about it."""

    endpoint = forms.URLField(
        label=gettext_lazy("address of the store (endpoint)"),
        max_length=500,
        assume_scheme="https",
        help_text=gettext_lazy(
            "As the store gives it, without the word statements at its end. For example: "
            "https://lrs.school.example/xapi/"
        ),
    )
    token_url = forms.URLField(
        label=gettext_lazy("address that gives out tokens"),
        max_length=500,
        assume_scheme="https",
        required=False,
        label_suffix=NO_OPTIONAL,
        help_text=gettext_lazy("Only with OAuth 2."),
    )
    secret = forms.CharField(
        label=gettext_lazy("secret"),
        max_length=MOST_SECRET,
        strip=True,
        required=False,
        label_suffix=NO_OPTIONAL,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    class Meta:
        model = RecordStore
        fields: ClassVar[tuple[str, ...]] = (
            "name",
            "about_nl",
            "about_en",
            "endpoint",
            "version",
            "signs_in",
            "key",
            "secret",
            "token_url",
            "scope",
            "is_offered",
        )
        labels: ClassVar[dict[str, Any]] = {
            "name": gettext_lazy("name"),
            "about_nl": gettext_lazy("who reads it and what for, in Dutch"),
            "about_en": gettext_lazy("who reads it and what for, in English"),
            "version": gettext_lazy("version"),
            "signs_in": gettext_lazy("how we sign in there"),
            "key": gettext_lazy("key (user name, or client ID)"),
            "scope": gettext_lazy("scope"),
            "is_offered": gettext_lazy("students can choose this store"),
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "name": gettext_lazy("As students know it, such as “Learning records of our school”."),
            "about_nl": gettext_lazy("Students read this before they choose."),
            "scope": gettext_lazy("Only with OAuth 2, and only where the store asks for it."),
            "is_offered": gettext_lazy(
                "Switched off it stays here, so that students can still take back what they sent."
            ),
        }
        widgets: ClassVar[dict[str, Any]] = {
            "about_nl": forms.Textarea(attrs={"rows": 2}),
            "about_en": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, data: Any = None, *, instance: RecordStore) -> None:
        super().__init__(data, instance=instance, use_required_attribute=False)
        self.is_new = self.instance.pk is None
        self.kept_secret = self.instance.secret
        for name in ("about_nl", "about_en"):
            self.fields[name].required = True
        self.fields["scope"].label_suffix = NO_OPTIONAL
        if not self.is_new:
            self.fields["secret"].help_text = _("Leave it empty to keep the one that is known.")

    def clean_endpoint(self) -> str:
        """Return the address with a slash at its end. Raises ValidationError for more than one."""
        address: str = self.cleaned_data["endpoint"]
        _check_address(address)
        if urlsplit(address).query:
            raise ValidationError(_("Leave out what stands behind the question mark."))
        return address.rstrip("/").removesuffix("/statements") + "/"

    def clean_token_url(self) -> str:
        """Return the address that gives out tokens."""
        address: str = self.cleaned_data["token_url"]
        if address:
            _check_address(address)
        return address

    def clean_secret(self) -> str:
        """Keep the secret that is known where none was typed: it is never shown again."""
        secret: str = self.cleaned_data["secret"] or self.kept_secret
        if not secret:
            raise ValidationError(_("Write the secret that the store gave you."))
        return secret

    def clean(self) -> dict[str, Any]:
        """Ask for the address of tokens where they are used."""
        data: dict[str, Any] = super().clean() or {}
        asks_tokens = data.get("signs_in") == RecordStore.SignsIn.OAUTH
        if asks_tokens and "token_url" in data and not data["token_url"]:
            self.add_error("token_url", _("Write where the tokens come from."))
        if self.kept_secret and not self.data.get("secret", "").strip() and self._has_moved(data):
            self.add_error("secret", _("The store is elsewhere now: type the secret again."))
        return data

    def _has_moved(self, data: dict[str, Any]) -> bool:
        """Return whether the secret would go elsewhere than it was given for."""
        return any(
            server_of(data[name]) != server_of(getattr(self.instance, name))
            for name in ("endpoint", "token_url")
            if data.get(name)
        )


def _check_address(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https"):
        raise ValidationError(_("Write an address that begins with https://"))
    if parts.username or parts.password or parts.fragment:
        raise ValidationError(_("Leave the user name and the password out of the address."))
