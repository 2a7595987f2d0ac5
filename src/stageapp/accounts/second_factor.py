"""Where allauth asks about second factors: names, and how their secrets are kept."""

from typing import Any, ClassVar

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from stageapp.accounts.devices import device_in_words
from stageapp.accounts.models import User
from stageapp.core.sealed import box

SALT = "stageapp.accounts.second_factor"


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """The project's answers."""

    error_messages: ClassVar[dict[str, StrOrPromise]] = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This did not work. Use a new code, or try again."),
    }

    def get_totp_issuer(self) -> str:
        """Return under which name the app of the person shows the codes."""
        return "Stage-App"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Say the same to whoever keeps the passkey."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | {"name": "Stage-App"}

    def generate_authenticator_name(self, user: User, type: Any) -> str:  # noqa: A002, ARG002
        """Offer the device as name of a passkey that is made on it."""
        return str(device_in_words(context.request.headers.get("User-Agent", "")))

    def encrypt(self, text: str) -> str:
        """Keep secrets so that the database alone does not give them away."""
        return box(SALT).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Read them again; also those of the keys before the present one."""
        return box(SALT).decrypt(encrypted_text.encode()).decode()


def spend_code(person: User, code: str) -> bool:
    """Return whether a code was not used before, as long as it would still be valid."""
    figures = "".join(sign for sign in code if sign.isalnum())
    valid_for = settings.MFA_TOTP_PERIOD * (2 * settings.MFA_TOTP_TOLERANCE + 1)
    return bool(cache.add(f"{SALT}:{person.pk}:{figures}", "used", timeout=valid_for))


def may_use_passkeys(request: HttpRequest) -> bool:
    """Return whether browsers allow passkeys here: with https, or on this machine; never at a
    bare IP address.
    """
    host = request.get_host().rpartition(":")[0] or request.get_host()
    if host == "localhost":
        return True
    return request.is_secure() and not host.strip("[]").replace(".", "").replace(":", "").isdigit()
