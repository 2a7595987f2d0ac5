"""Behind "Test this": what works and what does not, for administrators, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from django.utils import formats

from stageapp.core.outgoing import OutgoingError, call
from stageapp.integrations.campus import metadata, oidc
from stageapp.integrations.campus.models import MOST_METADATA, CampusProvider, Identifier
from stageapp.integrations.campus.rules import CampusError, Refusal
from stageapp.integrations.campus.words import FINDINGS

SOON = timedelta(days=30)
#: Seconds that clocks may differ before it matters.
MOST_SECONDS = 60
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"

Level = Literal["good", "warning", "bad"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    level: Level
    key: str
    said: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """What it comes to, in words."""
        return str(FINDINGS[self.key]) % dict(self.said)

    def as_list(self) -> list[Any]:
        """Return it as a session keeps it."""
        return [self.level, self.key, [list(pair) for pair in self.said]]


def finding(level: Level, key: str, **said: object) -> Finding:
    """Return a finding with what it says."""
    return Finding(level, key, tuple((name, str(value)) for name, value in said.items()))


def from_list(kept: list[Any]) -> Finding:
    """Return a finding from how a session keeps it."""
    level, key, said = kept
    return Finding(level, key, tuple((name, value) for name, value in said))


def check(provider: CampusProvider, *, at: datetime) -> list[Finding]:
    """Return what works and what does not, the first things first."""
    if provider.lacks:
        return [finding("bad", "lacks", names=provider.lacks_in_words)]
    return list(_saml(provider, at) if provider.is_saml else _oidc(provider, at))


def _saml(provider: CampusProvider, at: datetime) -> Iterator[Finding]:
    try:
        idp = metadata.check(provider, metadata.fetch(provider, at=at), at=at)
    except metadata.MetadataError as problem:
        yield finding("bad", problem.finding)
        return
    yield finding("good", "metadata_right")
    is_checked = bool(provider.metadata_certificate)
    yield finding(
        "good" if is_checked else "warning",
        "metadata_signed" if is_checked else "metadata_not_signed",
    )
    yield from _certificates(idp, at)
    formats_named = idp.name_id_formats if provider.identifier == Identifier.NAME_ID else []
    if formats_named and PERSISTENT not in formats_named:
        yield finding("warning", "no_persistent")
    yield from _clock(provider.metadata_url, at)


def _certificates(idp: metadata.Idp, at: datetime) -> Iterator[Finding]:
    for certificate in idp.valid:
        ends_at = certificate.not_valid_after_utc
        day = formats.date_format(ends_at, "j F Y")
        if ends_at < at:
            yield finding(
                "bad" if len(idp.certificates) == 1 else "warning", "certificate_over", day=day
            )
        elif ends_at < at + SOON:
            yield finding("warning", "certificate_soon", day=day)
        else:
            yield finding("good", "certificate_right", day=day)


def _oidc(provider: CampusProvider, at: datetime) -> Iterator[Finding]:
    address = provider.issuer.rstrip("/") + oidc.WELL_KNOWN
    try:
        configuration = oidc.configuration_of(provider, anew=True)
    except CampusError as problem:
        yield _of_discovery(problem, address)
        return
    yield finding("good", "discovery_right")
    missing = [name for name in ENDPOINTS if not isinstance(configuration.get(name), str)]
    if missing:
        yield finding("bad", "no_endpoint", name=", ".join(missing))
        return
    yield _keys(configuration)
    if "S256" not in _listed(configuration.get("code_challenge_methods_supported")):
        yield finding("warning", "no_pkce")
    yield _client(provider, configuration)
    yield from _clock(address, at)


def _of_discovery(problem: CampusError, address: str) -> Finding:
    if problem.refusal == Refusal.ISSUER:
        return finding("bad", "discovery_issuer", issuer=problem.detail)
    if problem.refusal == Refusal.UNREACHABLE:
        return finding("bad", "discovery_unreachable", address=address)
    return finding("bad", "discovery_unusable", address=address)


def _keys(configuration: dict[str, Any]) -> Finding:
    try:
        oidc.keys_of(configuration, anew=True)
    except CampusError:
        return finding("bad", "keys_wrong")
    return finding("good", "keys_right")


def _client(provider: CampusProvider, configuration: dict[str, Any]) -> Finding:
    """Try a code that cannot be right: the provider looks at who asks first."""
    try:
        answer = oidc.ask_for_tokens(provider, configuration, "stage-app-test", "0" * 43)
        error = answer.json().get("error")
    except (CampusError, ValueError, AttributeError):
        return finding("warning", "client_unknown")
    if error == "invalid_grant":
        return finding("good", "client_right")
    if error in ("invalid_client", "unauthorized_client"):
        return finding("bad", "client_wrong")
    return finding("warning", "client_unknown")


def _clock(address: str, at: datetime) -> Iterator[Finding]:
    """Compare with what the server writes above its answer, where it does."""
    try:
        told = call("GET", address, most_bytes=MOST_METADATA).headers.get("Date", "")
        theirs = parsedate_to_datetime(told)
    except (OutgoingError, ValueError, TypeError):
        return
    theirs = theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)
    seconds = int(abs((theirs - at).total_seconds()))
    if seconds > MOST_SECONDS:
        yield finding("warning", "clock_wrong", seconds=seconds)
    else:
        yield finding("good", "clock_right")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
