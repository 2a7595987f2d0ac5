"""What environments are told of us: where everything is, and what we ask for."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from stageapp.integrations.lti.rules import DEEP_LINK, LAUNCH, NRPS_SCOPE, origin_of

NAME = "Stage-App"
SCOPES = [NRPS_SCOPE]
#: What a launch may say of somebody; nothing more is asked for.
CLAIMS = ["iss", "sub", "name", "given_name", "family_name", "email"]
#: In which groups somebody is, where an environment says so only when asked.
CUSTOM = {"section_names": "$com.instructure.User.sectionNames"}


def own_origin(request: HttpRequest) -> str:
    """Return scheme, host and port of this installation, as it was asked."""
    return origin_of(request.build_absolute_uri("/"))


def addresses(origin: str) -> dict[str, str]:
    """Return our addresses, by what environments call them."""
    return {
        "login": origin + reverse("lti:login"),
        "launch": origin + reverse("lti:launch"),
        "jwks": origin + reverse("lti:jwks"),
        "config": origin + reverse("lti:config"),
        "icon": f"{origin}/static/favicon.svg",
    }


def described() -> dict[str, str]:
    """Return what the application is, in each language."""
    told = {}
    for language in ("en", "nl"):
        with override(language):
            told[language] = _("Logbook and guidance of a placement")
    return told


def canvas_configuration(origin: str) -> dict[str, Any]:
    """Return the configuration that Canvas takes as JSON or by its address."""
    own = addresses(origin)
    placements = [
        {"placement": "course_navigation", "message_type": LAUNCH, "text": NAME},
        {"placement": "link_selection", "message_type": DEEP_LINK, "text": NAME},
        {"placement": "assignment_selection", "message_type": DEEP_LINK, "text": NAME},
    ]
    for one in placements:
        one["target_link_uri"] = own["launch"]
    return {
        "title": NAME,
        "description": described()["en"],
        "target_link_uri": own["launch"],
        "oidc_initiation_url": own["login"],
        "public_jwk_url": own["jwks"],
        "scopes": SCOPES,
        "custom_fields": CUSTOM,
        "extensions": [
            {
                "platform": "canvas.instructure.com",
                "domain": origin.partition("://")[2],
                "tool_id": "stage-app",
                "privacy_level": "public",
                "settings": {"text": NAME, "placements": placements},
            }
        ],
    }
