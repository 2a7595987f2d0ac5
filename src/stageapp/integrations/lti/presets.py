"""Where the addresses of known learning environments are, so that few have to be typed."""

# ruff: noqa: S106 -- addresses of tokens are no passwords

from dataclasses import dataclass

from stageapp.integrations.lti.models import Platform


@dataclass(frozen=True)
class Preset:
    """The addresses of an environment; `{site}` stands for the address of the school there."""

    issuer: str
    auth_url: str
    token_url: str
    jwks_url: str
    token_audience: str = ""


PRESETS: dict[str, Preset] = {
    Platform.Kind.CANVAS: Preset(
        issuer="https://canvas.instructure.com",
        auth_url="https://sso.canvaslms.com/api/lti/authorize_redirect",
        token_url="https://sso.canvaslms.com/login/oauth2/token",
        jwks_url="https://sso.canvaslms.com/api/lti/security/jwks",
    ),
    Platform.Kind.MOODLE: Preset(
        issuer="{site}",
        auth_url="{site}/mod/lti/auth.php",
        token_url="{site}/mod/lti/token.php",
        jwks_url="{site}/mod/lti/certs.php",
    ),
    Platform.Kind.BRIGHTSPACE: Preset(
        issuer="{site}",
        auth_url="{site}/d2l/lti/authenticate",
        token_url="https://auth.brightspace.com/core/connect/token",
        jwks_url="{site}/d2l/.well-known/jwks",
        token_audience="https://api.brightspace.com/auth/token",
    ),
    Platform.Kind.BLACKBOARD: Preset(
        issuer="https://blackboard.com",
        auth_url="https://developer.blackboard.com/api/v1/gateway/oidcauth",
        token_url="https://developer.blackboard.com/api/v1/gateway/oauth2/jwttoken",
        jwks_url="https://developer.blackboard.com/api/v1/management/applications/{client}/jwks.json",
    ),
}
FILLED = ("issuer", "auth_url", "token_url", "jwks_url", "token_audience")


def filled_in(kind: str, site: str, client_id: str) -> dict[str, str]:
    """Return the addresses of an environment, by the fields of its registration."""
    preset = PRESETS.get(kind)
    if preset is None:
        return {}
    return {
        name: getattr(preset, name).format(site=site.rstrip("/"), client=client_id)
        for name in FILLED
    }
