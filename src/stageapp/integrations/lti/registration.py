"""Registering by itself (Dynamic Registration 1.0): what an environment says, what we answer.

Plain reading of what another system sends, with nothing taken for granted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from stageapp.core.texts import text_in
from stageapp.integrations.lti.configuration import (
    CLAIMS,
    CUSTOM,
    NAME,
    SCOPES,
    addresses,
    described,
)
from stageapp.integrations.lti.rules import (
    DEEP_LINK,
    KEY_LENGTH,
    LAUNCH,
    is_address,
    is_same_origin,
)

PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"
TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
ADDRESS_LENGTH = 500
#: What an environment calls its program, and what we call it.
FAMILIES = {
    "canvas": "canvas",
    "moodle": "moodle",
    "brightspace": "brightspace",
    "desire2learn": "brightspace",
    "d2l": "brightspace",
    "blackboard": "blackboard",
    "blackboardlearn": "blackboard",
}


class UnusableError(Exception):
    """What an environment sent cannot be used; `what` says which part."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


@dataclass(frozen=True)
class Announced:
    """What an environment says of itself."""

    issuer: str
    auth_url: str
    token_url: str
    jwks_url: str
    register_url: str
    token_audience: str
    kind: str
    name: str


def announced_in(document: object, asked_at: str) -> Announced:
    """Return what an environment announces at an address. Raises UnusableError.

    What registers must be at the host that was asked (section 3.4.1). The issuer need not: one
    may serve many schools. So it is named by the address that was asked, never by what it calls
    itself, and an administrator looks at it before anybody comes in.
    """
    if not isinstance(document, dict):
        raise UnusableError("document")
    told = {
        name: text_in(document, name, ADDRESS_LENGTH)
        for name in (
            "issuer",
            "authorization_endpoint",
            "token_endpoint",
            "jwks_uri",
            "registration_endpoint",
        )
    }
    for name, value in told.items():
        if not is_address(value):
            raise UnusableError(name)
    if len(told["issuer"]) > KEY_LENGTH:
        raise UnusableError("issuer")
    if not is_same_origin(told["registration_endpoint"], asked_at):
        raise UnusableError("registration_endpoint")
    more = document.get(PLATFORM)
    family = text_in(more, "product_family_code", 100) if isinstance(more, dict) else ""
    return Announced(
        issuer=told["issuer"],
        auth_url=told["authorization_endpoint"],
        token_url=told["token_endpoint"],
        jwks_url=told["jwks_uri"],
        register_url=told["registration_endpoint"],
        token_audience=text_in(document, "authorization_server", ADDRESS_LENGTH),
        kind=FAMILIES.get(family.lower(), "other"),
        name=_host(asked_at),
    )


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def client_asked(origin: str) -> dict[str, Any]:
    """Return the registration that we ask for (section 3.5)."""
    own, said = addresses(origin), described()
    return {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["implicit", "client_credentials"],
        "initiate_login_uri": own["login"],
        "redirect_uris": [own["launch"]],
        "client_name": NAME,
        "jwks_uri": own["jwks"],
        "logo_uri": own["icon"],
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(SCOPES),
        TOOL: {
            "domain": origin.partition("://")[2],
            "description": said["en"],
            "description#nl": said["nl"],
            "target_link_uri": own["launch"],
            "custom_parameters": CUSTOM,
            "claims": CLAIMS,
            "messages": [
                {"type": LAUNCH, "target_link_uri": own["launch"], "label": NAME},
                {"type": DEEP_LINK, "target_link_uri": own["launch"], "label": NAME},
            ],
        },
    }


def client_given(document: object) -> tuple[str, str]:
    """Return the client id that an environment gave, and the deployment if it says one.

    Raises UnusableError.
    """
    if not isinstance(document, dict):
        raise UnusableError("registration")
    client_id = text_in(document, "client_id", KEY_LENGTH)
    if not client_id:
        raise UnusableError("client_id")
    more: Mapping[str, Any] = document.get(TOOL) if isinstance(document.get(TOOL), dict) else {}  # type: ignore[assignment]
    return client_id, text_in(more, "deployment_id", KEY_LENGTH)
