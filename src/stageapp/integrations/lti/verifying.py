"""Whether a token comes from the environment that we led somebody to, and is meant for us now.

PyJWT does the cryptography. The order is that of the standard (Security Framework 1.0, section
5.1.3): nothing in a token is looked at before its signature is right, and the key is that of the
registration that the state names, never one that the token asks for.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import jwt
from jwt import algorithms

from stageapp.integrations.lti.rules import CLAIM, Launch, Reason, RefusedError, launch_in

#: What a launch is signed with; the standard asks for it, and nobody may choose another.
ALGORITHM = "RS256"
#: A token with the longest list of groups has some thousands of characters.
MOST_CHARACTERS = 60_000
#: Seconds that clocks may differ.
LEEWAY = 30
#: What a token cannot do without.
REQUIRED = ("exp", "iat", "iss", "aud", "sub", "nonce")
LEAST_BITS = 2048

Key = Any
#: Finds the key with a name; asks for it anew where it is not known.
KeyFinder = Callable[[str], Key]


def verified_claims(
    token: str, *, issuer: str, client_id: str, key_of: KeyFinder
) -> dict[str, Any]:
    """Return what a token says. Raises RefusedError when it is not as it should be."""
    key = key_of(_key_name(token))
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=client_id,
            issuer=issuer,
            leeway=LEEWAY,
            options={"require": list(REQUIRED)},
        )
    except jwt.PyJWTError as problem:
        raise _refused(problem) from problem
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as problem:
        # A number where a text belongs, say.
        raise RefusedError(Reason.UNREADABLE) from problem
    _check_party(claims, client_id)
    return claims


def _key_name(token: str) -> str:
    """Return which key a token names; it says with which algorithm, and that must be ours."""
    if not token or len(token) > MOST_CHARACTERS:
        raise RefusedError(Reason.UNREADABLE)
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as problem:
        raise RefusedError(Reason.UNREADABLE) from problem
    if header.get("alg") != ALGORITHM:
        raise RefusedError(Reason.ALGORITHM, header.get("alg", ""))
    name = header.get("kid")
    if not isinstance(name, str) or not name:
        raise RefusedError(Reason.UNKNOWN_KEY)
    return name


def _check_party(claims: Mapping[str, Any], client_id: str) -> None:
    """With several audiences the token must say that it was made for us (OpenID Connect Core,
    section 3.1.3.7); with one it may.
    """
    audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    party = claims.get("azp")
    if (party is None and len(audiences) > 1) or (party is not None and party != client_id):
        raise RefusedError(Reason.AUDIENCE)


def _refused(problem: jwt.PyJWTError) -> RefusedError:
    if isinstance(problem, jwt.MissingRequiredClaimError):
        return RefusedError(Reason.MISSING_CLAIM, problem.claim)
    for kind, reason in REASONS:
        if isinstance(problem, kind):
            return RefusedError(reason)
    return RefusedError(Reason.UNREADABLE)


REASONS: tuple[tuple[type[jwt.PyJWTError], Reason], ...] = (
    (jwt.InvalidSignatureError, Reason.SIGNATURE),
    (jwt.ExpiredSignatureError, Reason.EXPIRED),
    (jwt.ImmatureSignatureError, Reason.FROM_THE_FUTURE),
    (jwt.InvalidAudienceError, Reason.AUDIENCE),
    (jwt.InvalidIssuerError, Reason.ISSUER),
    (jwt.InvalidAlgorithmError, Reason.ALGORITHM),
    (jwt.InvalidKeyError, Reason.SIGNATURE),
)


def keys_in(document: object) -> list[dict[str, Any]]:
    """Return the keys of a JWKS that launches can be signed with; others are left out."""
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        return []
    return [one for one in listed[:50] if isinstance(one, dict) and _is_usable(one)]


def _is_usable(key: Mapping[str, Any]) -> bool:
    is_for_signing = key.get("use", "sig") == "sig" and key.get("alg", ALGORITHM) == ALGORITHM
    has_name = isinstance(key.get("kid"), str) and bool(key.get("kid"))
    return key.get("kty") == "RSA" and is_for_signing and has_name and read_key(key) is not None


def read_key(key: Mapping[str, Any]) -> Key | None:
    """Return a public key as PyJWT takes it, or None for one that is none or too small."""
    public = {name: key.get(name) for name in ("kty", "n", "e")}
    try:
        read = algorithms.RSAAlgorithm.from_jwk(public)
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError, OverflowError):
        return None
    return read if read.key_size >= LEAST_BITS else None


def find_key(keys: Iterable[Mapping[str, Any]], name: str) -> Key | None:
    """Return the key with a name, or None."""
    found = next((one for one in keys if one.get("kid") == name), None)
    return read_key(found) if found else None


def read_launch(claims: Mapping[str, Any]) -> Launch:
    """Return what the launch says."""
    if not isinstance(claims.get(f"{CLAIM}target_link_uri"), str):
        raise RefusedError(Reason.MISSING_CLAIM, "target_link_uri")
    return launch_in(claims)
