""" "Test this": what works between us and a learning environment, step by step, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from stageapp.integrations.lti.actions import keep_keys
from stageapp.integrations.lti.models import Platform
from stageapp.integrations.lti.rules import NRPS_SCOPE, is_same_origin
from stageapp.integrations.lti.services import (
    ServiceError,
    access_token,
    clock_difference,
    fetch_keys,
)
from stageapp.integrations.lti.verifying import LEEWAY


@dataclass(frozen=True)
class Finding:
    """What came of one step."""

    is_fine: bool
    text: str


def check(platform: Platform, at: datetime) -> list[Finding]:
    """Try what can be tried without a person, and say what to do where it does not work."""
    return [
        *_keys(platform, at),
        *_clock(platform, at),
        *_token(platform, at),
        *_settings(platform),
    ]


def _keys(platform: Platform, at: datetime) -> Iterator[Finding]:
    try:
        keys = fetch_keys(platform)
    except ServiceError as problem:
        yield Finding(False, problem.said)
        return
    keep_keys(platform, keys, at=at)
    yield Finding(
        True,
        _("Keys: %(number)d fetched that launches can be signed with.") % {"number": len(keys)},
    )


def _clock(platform: Platform, at: datetime) -> Iterator[Finding]:
    ahead = clock_difference(platform, at)
    if ahead is None:
        return
    if abs(ahead) > LEEWAY:
        text = _(
            "Clock: the environment differs %(seconds)d seconds from this server. Launches are "
            "refused above %(most)d: set both clocks by the network (NTP)."
        )
        yield Finding(False, text % {"seconds": abs(ahead), "most": LEEWAY})
    else:
        yield Finding(True, _("Clock: the same as here."))


def _token(platform: Platform, at: datetime) -> Iterator[Finding]:
    if not platform.is_active and not _asks_its_own(platform):
        yield Finding(
            False,
            _(
                "Access token: not asked for. The environment wants to be asked at one host in the "
                "name of another. Look whether that is right, and switch it on to try."
            ),
        )
        return
    try:
        access_token(platform, NRPS_SCOPE, at)
    except ServiceError as problem:
        yield Finding(False, problem.said)
    else:
        yield Finding(True, _("Access token: given, so lists of courses can be asked for."))


def _asks_its_own(platform: Platform) -> bool:
    """Return whether what we sign is meant for whom it goes to.

    Nobody looked yet at an environment that registered itself: it could send our signature on.
    """
    audience = platform.token_audience or platform.token_url
    return is_same_origin(audience, platform.token_url)


def _settings(platform: Platform) -> Iterator[Finding]:
    if not platform.is_active:
        yield Finding(False, _("The connection is switched off: nobody can come in from there."))
    if not platform.deployments.exists():
        yield Finding(
            False,
            _(
                "There is no deployment ID. Open the application once from a course: the refused "
                "launch below says which ID it has."
            ),
        )
