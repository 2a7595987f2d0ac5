"""Keys of an institution, and signing with them (JWS, RFC 7515)."""

import base64
import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.db import transaction
from jwt.algorithms import RSAAlgorithm
from jwt.api_jws import PyJWS

from stageapp.integrations.portfolio.models import SigningKey
from stageapp.integrations.portfolio.rules import ALGORITHM
from stageapp.programmes.models import Institution

BITS = 2048
#: After so long another key signs; the old one stays published.
SIGNS_FOR = timedelta(days=365)
_JWS = PyJWS()


@transaction.atomic
def key_of(institution: Institution, *, at: datetime) -> SigningKey:
    """Return the key that signs now; the first one, and the next after a year, are made here."""
    Institution.objects.select_for_update().get(pk=institution.pk)
    key = SigningKey.objects.filter(institution=institution, retired_at=None).first()
    if key and key.made_at > at - SIGNS_FOR:
        return key
    return make_key(institution, at=at)


@transaction.atomic
def make_key(institution: Institution, *, at: datetime) -> SigningKey:
    """Make a key, which signs from now on instead of the one there was."""
    Institution.objects.select_for_update().get(pk=institution.pk)
    SigningKey.objects.filter(institution=institution, retired_at=None).update(retired_at=at)
    pair = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    private = pair.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    number: dict[str, Any] = json.loads(RSAAlgorithm.to_jwk(pair.public_key()))
    public = {name: number[name] for name in ("e", "kty", "n")}
    name = thumbprint(public)
    public |= {"kid": name, "alg": ALGORITHM, "use": "sig"}
    return SigningKey.objects.create(
        institution=institution, name=name, private=private.decode(), public=public, made_at=at
    )


def thumbprint(public: dict[str, Any]) -> str:
    """Return the thumbprint of a key (RFC 7638, section 3)."""
    needed = json.dumps(public, sort_keys=True, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(hashlib.sha256(needed).digest()).rstrip(b"=").decode()


def sign(payload: bytes, key: SigningKey, *, named: str, kind: str | None = None) -> str:
    """Return a payload signed, in the compact form.

    `named` says where the public half is; `kind` what the payload is, in the header `typ`.
    """
    headers = {"kid": named, "typ": kind}
    return _JWS.encode(payload, key.private, algorithm=ALGORITHM, headers=headers)
