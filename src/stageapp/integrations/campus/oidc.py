"""OpenID Connect: the code flow with PKCE, state and nonce, and everything that comes back checked.

https://openid.net/specs/openid-connect-core-1_0.html, section 3.1; RFC 7636 (PKCE); RFC 9207 (the
issuer in the answer). Nothing here writes to the database.
"""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

import jwt
from django.core.cache import cache
from django.urls import reverse

from stageapp.core.outgoing import OutgoingError, call
from stageapp.core.texts import text_in
from stageapp.integrations.campus.models import CampusProvider
from stageapp.integrations.campus.rules import (
    MOST_OF_SUBJECT,
    Arrival,
    CampusError,
    Refusal,
    readable,
)

WELL_KNOWN = "/.well-known/openid-configuration"
SCOPE = "openid profile email"
#: Keys that only their owner can sign with: never a shared secret, never "none".
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
#: Seconds that clocks may differ.
LEEWAY = 60
#: Seconds that configuration and keys of a provider are kept.
KEPT = 60 * 60
#: Seconds that a provider which failed is left in peace: anybody can begin a sign-in.
AFTER_FAILURE = 30
#: Seconds before unknown keys are asked for again.
ASK_AGAIN = 60
#: What a logout token says that it is about, and seconds that one may be on its way.
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
LOGOUT_LASTS = 15 * 60
#: Characters of one.
MOST_TOKEN = 16 * 1024
#: Bytes of an answer; a configuration has some thousand.
MOST_BYTES = 512 * 1024
OK = 200


@dataclass(frozen=True)
class Begun:
    """A sign-in on its way: where to, and what this side remembers of it."""

    address: str
    state: str
    remembered: dict[str, str]


def begin(provider: CampusProvider) -> Begun:
    """Return where the browser goes. Raises CampusError when the provider cannot be reached."""
    configuration = configuration_of(provider)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _each in range(3))
    challenge = hashlib.sha256(verifier.encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": callback_of(provider),
        "scope": SCOPE,
        "state": state,
        "nonce": nonce,
        "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    address = _with_query(_endpoint(configuration, "authorization_endpoint"), asked)
    return Begun(address, state, {"nonce": nonce, "verifier": verifier})


def callback_of(provider: CampusProvider) -> str:
    """Return the address to which a provider sends people back."""
    return provider.whole(reverse("campus:callback", args=[provider.pk]))


def finish(
    provider: CampusProvider, answer: Mapping[str, str], remembered: dict[str, str]
) -> Arrival:
    """Return who came back. Raises CampusError for all that is not as it should be."""
    configuration = configuration_of(provider)
    _check_answer(provider, configuration, answer)
    tokens = _tokens(provider, configuration, answer["code"], remembered["verifier"])
    claims = verified_claims(provider, configuration, tokens.get("id_token"))
    if not secrets.compare_digest(str(claims.get("nonce", "")), remembered["nonce"]):
        raise CampusError(Refusal.REPLAYED, "nonce")
    _check_at_hash(claims, tokens)
    told = {**claims, **_userinfo(configuration, tokens, claims["sub"])}
    return Arrival(
        subject=claims["sub"],
        attributes=readable(told),
        is_email_checked=told.get("email_verified") not in (False, "false"),
        session={
            "end": str(configuration.get("end_session_endpoint") or "")[:1000],
            "sid": text_in(claims, "sid", MOST_OF_SUBJECT),
        },
    )


def sign_out_address(provider: CampusProvider, session: Mapping[str, str], back: str) -> str | None:
    """Return where to sign out there as well, or None when that was not offered."""
    end = session.get("end", "")
    if not _is_address(end):
        return None
    asked = {"client_id": provider.client_id, "post_logout_redirect_uri": back}
    return _with_query(end, asked)


@dataclass(frozen=True)
class Ended:
    """What a provider says about a session of its own that ended."""

    #: Whose it was; empty when only the session is named.
    subject: str
    #: What the provider calls the session; empty when all of this person ended.
    session: str
    #: What keeps a token from being used twice; empty for what came by the browser.
    token_id: str = ""
    expires_at: datetime | None = None


def read_logout_token(provider: CampusProvider, token: str) -> Ended:
    """Return whose session ended, as the provider itself tells it.

    https://openid.net/specs/openid-connect-backchannel-1_0.html, section 2.6. Raises CampusError
    for a token that it did not sign for us, that is old, or that is made for something else.
    """
    if not token or len(token) > MOST_TOKEN:
        raise CampusError(Refusal.UNUSABLE, "no logout_token, or too long a one")
    header, claims = _signed(provider, configuration_of(provider), token, ("jti", "events"))
    events = claims["events"]
    if (
        str(header.get("typ", "JWT")).lower() not in ("jwt", "logout+jwt")
        or "nonce" in claims
        or not isinstance(events, dict)
        or not isinstance(events.get(LOGOUT_EVENT), dict)
    ):
        raise CampusError(Refusal.UNUSABLE, "no logout token")
    # The library takes a number that is written as a text.
    issued = int(claims["iat"])
    if time.time() - issued > LOGOUT_LASTS:
        raise CampusError(Refusal.CLOCK, "logout token")
    told = Ended(
        subject=text_in(claims, "sub", MOST_OF_SUBJECT),
        session=text_in(claims, "sid", MOST_OF_SUBJECT),
        token_id=claims["jti"],
        expires_at=datetime.fromtimestamp(issued + LOGOUT_LASTS + LEEWAY, UTC),
    )
    if not told.token_id or not (told.subject or told.session):
        raise CampusError(Refusal.NO_SUBJECT, "logout token")
    return told


def read_front_channel(provider: CampusProvider, sent: Mapping[str, str]) -> Ended:
    """Return which session ended, as a page of the provider lets the browser tell it.

    https://openid.net/specs/openid-connect-frontchannel-1_0.html, section 3. The browser sends no
    cookies of ours in the frame of another site, so that only what names the session is of use.
    """
    session = text_in(sent, "sid", MOST_OF_SUBJECT)
    if sent.get("iss") != provider.issuer or not session:
        raise CampusError(Refusal.UNUSABLE, "iss or sid")
    return Ended(subject="", session=session)


def configuration_of(provider: CampusProvider, *, anew: bool = False) -> dict[str, Any]:
    """Return what a provider says about itself, from the issuer that was set up and no other."""
    key = f"campus:oidc:{provider.pk}:{hashlib.sha256(provider.issuer.encode()).hexdigest()}"
    kept: dict[str, Any] | None = None if anew else cache.get(key)
    if kept is not None:
        return kept
    failed: list[str] | None = None if anew else cache.get(f"{key}:failed")
    if failed is not None:
        raise CampusError(Refusal(failed[0]), failed[1])
    try:
        configuration = _asked_configuration(provider)
    except CampusError as problem:
        cache.set(f"{key}:failed", [str(problem.refusal), problem.detail], AFTER_FAILURE)
        raise
    cache.set(key, configuration, KEPT)
    return configuration


def _asked_configuration(provider: CampusProvider) -> dict[str, Any]:
    configuration = _asked_json("GET", provider.issuer.rstrip("/") + WELL_KNOWN)
    if configuration.get("issuer") != provider.issuer:
        raise CampusError(Refusal.ISSUER, str(configuration.get("issuer"))[:200])
    return configuration


def keys_of(configuration: dict[str, Any], *, anew: bool = False) -> jwt.PyJWKSet:
    """Return the keys with which a provider signs."""
    address = _endpoint(configuration, "jwks_uri")
    cache_key = f"campus:jwks:{hashlib.sha256(address.encode()).hexdigest()}"
    kept = None if anew else cache.get(cache_key)
    told = kept or _asked_json("GET", address)
    try:
        keys = jwt.PyJWKSet.from_dict(told)
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError) as problem:
        raise CampusError(Refusal.UNUSABLE, "jwks") from problem
    if kept is None:
        cache.set(cache_key, told, KEPT)
    return keys


def verified_claims(
    provider: CampusProvider, configuration: dict[str, Any], token: Any
) -> dict[str, Any]:
    """Return what an id_token says once it is found right (section 3.1.3.7)."""
    if not isinstance(token, str):
        raise CampusError(Refusal.UNUSABLE, "no id_token")
    _header, claims = _signed(provider, configuration, token, ("sub",))
    others = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if claims.get("azp", provider.client_id) != provider.client_id or (
        len(others) > 1 and "azp" not in claims
    ):
        raise CampusError(Refusal.AUDIENCE, "azp")
    if not text_in(claims, "sub", MOST_OF_SUBJECT):
        raise CampusError(Refusal.NO_SUBJECT)
    return claims


def _signed(
    provider: CampusProvider, configuration: dict[str, Any], token: str, required: tuple[str, ...]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return header and claims of a token that this provider signed for us, not too long ago."""
    try:
        header = jwt.get_unverified_header(token)
        claims: dict[str, Any] = jwt.decode(
            token,
            _key_for(configuration, header),
            algorithms=list(ALGORITHMS),
            audience=provider.client_id,
            issuer=provider.issuer,
            leeway=LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud", *required]},
        )
    except jwt.PyJWTError as problem:
        raise CampusError(_refusal_for(problem), type(problem).__name__) from problem
    except (ValueError, TypeError, OverflowError) as problem:
        raise CampusError(Refusal.UNUSABLE, "token") from problem
    return header, claims


def _check_answer(
    provider: CampusProvider, configuration: dict[str, Any], answer: Mapping[str, str]
) -> None:
    if answer.get("error") in ("access_denied", "login_required", "consent_required"):
        raise CampusError(Refusal.CANCELLED, answer["error"])
    told = answer.get("iss")
    has_to = configuration.get("authorization_response_iss_parameter_supported") is True
    if (told or has_to) and told != provider.issuer:
        raise CampusError(Refusal.ISSUER, "iss")
    if answer.get("error") or not answer.get("code"):
        raise CampusError(Refusal.UNUSABLE, answer.get("error", "no code")[:200])


def _tokens(
    provider: CampusProvider, configuration: dict[str, Any], code: str, verifier: str
) -> dict[str, Any]:
    answer = ask_for_tokens(provider, configuration, code, verifier)
    told = _json(answer)
    if answer.status_code == OK:
        return told
    error = str(told.get("error", answer.status_code))[:200]
    raise CampusError(
        Refusal.EXPIRED if error == "invalid_grant" else Refusal.UNUSABLE, f"token: {error}"
    )


def ask_for_tokens(
    provider: CampusProvider, configuration: dict[str, Any], code: str, verifier: str
) -> Any:
    """Send a code to the provider, and return its answer whatever that is (section 3.1.3)."""
    data = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": callback_of(provider),
        "code_verifier": verifier,
    }
    methods = configuration.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    headers = {"Accept": "application/json"}
    if not provider.client_secret:
        data["client_id"] = provider.client_id
    elif "client_secret_basic" in methods:
        # RFC 6749, section 2.3.1: written as in a form first.
        pair = f"{quote_plus(provider.client_id)}:{quote_plus(provider.client_secret)}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    else:
        data |= {"client_id": provider.client_id, "client_secret": provider.client_secret}
    address = _endpoint(configuration, "token_endpoint")
    return _called("POST", address, data=data, headers=headers)


def _userinfo(
    configuration: dict[str, Any], tokens: dict[str, Any], subject: str
) -> dict[str, Any]:
    """Return what the provider tells beside the id_token; of another person it is refused."""
    address, access = configuration.get("userinfo_endpoint"), tokens.get("access_token")
    if not isinstance(address, str) or not isinstance(access, str):
        return {}
    try:
        answer = _called("GET", address, headers={"Authorization": f"Bearer {access}"})
    except ValueError as problem:  # no header can carry it
        raise CampusError(Refusal.UNUSABLE, "access_token") from problem
    told = _json(answer)
    if answer.status_code != OK:
        raise CampusError(Refusal.UNUSABLE, f"userinfo: {answer.status_code}")
    if told.get("sub") != subject:
        raise CampusError(Refusal.SIGNATURE, "userinfo of another person")
    return told


def _key_for(configuration: dict[str, Any], header: dict[str, Any]) -> jwt.PyJWK:
    """Return the key that a token names; one that is not known is asked for, once a minute."""
    found = _find(keys_of(configuration), header)
    if found is None and cache.add(f"campus:asked:{configuration['issuer']}"[:200], 1, ASK_AGAIN):
        found = _find(keys_of(configuration, anew=True), header)
    if found is None:
        raise CampusError(Refusal.SIGNATURE, "unknown key")
    return found


def _find(keys: jwt.PyJWKSet, header: dict[str, Any]) -> jwt.PyJWK | None:
    usable = [key for key in keys.keys if key.public_key_use in (None, "sig")]
    named = [key for key in usable if key.key_id == header.get("kid")]
    if "kid" not in header and len(usable) == 1:
        return usable[0]
    return named[0] if named else None


def _check_at_hash(claims: dict[str, Any], tokens: dict[str, Any]) -> None:
    """Compare the access token with the id_token, where that says something about it."""
    told, access = claims.get("at_hash"), tokens.get("access_token")
    if not isinstance(told, str) or not isinstance(access, str):
        return
    # The hash is that of the signature: 256, 384 or 512 bits, of which the left half counts.
    for name in ("sha256", "sha384", "sha512"):
        digest = hashlib.new(name, access.encode()).digest()
        half = base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
        if secrets.compare_digest(half.encode(), told.encode()):
            return
    raise CampusError(Refusal.SIGNATURE, "at_hash")


def _refusal_for(problem: jwt.PyJWTError) -> Refusal:
    by_kind: tuple[tuple[type[jwt.PyJWTError], Refusal], ...] = (
        (jwt.ExpiredSignatureError, Refusal.CLOCK),
        (jwt.ImmatureSignatureError, Refusal.CLOCK),
        (jwt.InvalidIssuedAtError, Refusal.CLOCK),
        (jwt.InvalidAudienceError, Refusal.AUDIENCE),
        (jwt.InvalidIssuerError, Refusal.ISSUER),
        (jwt.exceptions.InvalidSubjectError, Refusal.NO_SUBJECT),
        (jwt.MissingRequiredClaimError, Refusal.UNUSABLE),
        (jwt.InvalidSignatureError, Refusal.SIGNATURE),
        (jwt.InvalidAlgorithmError, Refusal.SIGNATURE),
    )
    return next(
        (refusal for kind, refusal in by_kind if isinstance(problem, kind)), Refusal.UNUSABLE
    )


def _endpoint(configuration: dict[str, Any], name: str) -> str:
    address = configuration.get(name)
    if not isinstance(address, str) or not _is_address(address):
        raise CampusError(Refusal.UNUSABLE, f"no {name}")
    return address


def _is_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.netloc)


def _with_query(address: str, asked: dict[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"


def _called(method: str, address: str, **options: Any) -> Any:
    try:
        return call(method, address, most_bytes=MOST_BYTES, **options)
    except OutgoingError as problem:
        raise CampusError(Refusal.UNREACHABLE, type(problem).__name__) from problem


def _asked_json(method: str, address: str) -> dict[str, Any]:
    answer = _called(method, address, headers={"Accept": "application/json"})
    if answer.status_code != OK:
        raise CampusError(Refusal.UNREACHABLE, f"{answer.status_code}")
    return _json(answer)


def _json(answer: Any) -> dict[str, Any]:
    """Return an answer as an object; whatever else it is, is of no use."""
    try:
        told = json.loads(answer.content)
    except (ValueError, RecursionError) as problem:
        raise CampusError(Refusal.UNUSABLE, f"{answer.status_code}: no JSON") from problem
    if not isinstance(told, dict):
        raise CampusError(Refusal.UNUSABLE, f"{answer.status_code}: no object")
    return told
