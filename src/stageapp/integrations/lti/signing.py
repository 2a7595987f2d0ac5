"""Our own key pairs, and what is signed with them."""

import base64
import secrets
from datetime import datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.db import transaction
from django.db.models import Q, QuerySet

from stageapp.integrations.lti.models import Platform, ToolKey
from stageapp.integrations.lti.verifying import ALGORITHM
from stageapp.programmes.models import Institution

BITS = 3072
#: What was signed with the key before is taken so long by who fetched our keys just now.
STILL_PUBLISHED = timedelta(days=1)
#: So long something we signed may be on its way.
VALID_FOR = timedelta(minutes=5)


def published_keys(institution: Institution, at: datetime) -> list[dict[str, Any]]:
    """Return the public keys of an institution: the one that signs, and the one that comes next.

    For a day after a change there is the one before as well. They are made when first asked for.
    """
    ensure_keys(institution, at)
    rows = ToolKey.objects.filter(Q(ends_at=None) | Q(ends_at__gt=at), institution=institution)
    return [key.public for key in rows]


@transaction.atomic
def ensure_keys(institution: Institution, at: datetime) -> None:
    """Make the first two keys of an institution; once is enough."""
    if _open_keys(institution).count() > 1:
        return
    Institution.objects.select_for_update().get(pk=institution.pk)
    if not _open_keys(institution).exclude(begins_at=None).exists():
        _make(institution, at, begins_at=at)
    if not _open_keys(institution).filter(begins_at=None).exists():
        _make(institution, at, begins_at=None)


def rotate(institution: Institution, at: datetime) -> ToolKey:
    """Sign with the next key from now on, and make another one; return the one that signs.

    Call it in the transaction that records it.
    """
    ensure_keys(institution, at)
    Institution.objects.select_for_update().get(pk=institution.pk)
    waiting = _open_keys(institution).get(begins_at=None)
    _open_keys(institution).exclude(pk=waiting.pk).update(ends_at=at + STILL_PUBLISHED)
    waiting.begins_at = at
    waiting.save(update_fields=["begins_at"])
    _make(institution, at, begins_at=None)
    ToolKey.objects.filter(institution=institution, ends_at__lt=at).delete()
    return waiting


def signed(platform: Platform, claims: dict[str, Any], at: datetime) -> str:
    """Return claims as a token from us, for the next few minutes."""
    ensure_keys(platform.institution, at)
    key = _open_keys(platform.institution).exclude(begins_at=None).latest("begins_at")
    told = {"iat": at, "exp": at + VALID_FOR, "nonce": secrets.token_urlsafe(16)} | claims
    return jwt.encode(told, key.private, algorithm=ALGORITHM, headers={"kid": key.kid})


def client_assertion(platform: Platform, at: datetime) -> str:
    """Return what an environment knows us by when we ask for an access token (RFC 7523)."""
    claims = {
        "iss": platform.client_id,
        "sub": platform.client_id,
        "aud": platform.token_audience or platform.token_url,
        "jti": secrets.token_urlsafe(16),
    }
    return signed(platform, claims, at)


def _open_keys(institution: Institution) -> QuerySet[ToolKey]:
    return ToolKey.objects.filter(institution=institution, ends_at=None)


def _make(institution: Institution, at: datetime, *, begins_at: datetime | None) -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    numbers = private.public_key().public_numbers()
    kid = secrets.token_urlsafe(16)
    ToolKey.objects.create(
        institution=institution,
        kid=kid,
        public={
            "kty": "RSA",
            "use": "sig",
            "alg": ALGORITHM,
            "kid": kid,
            "n": _number(numbers.n),
            "e": _number(numbers.e),
        },
        private=private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode(),
        made_at=at,
        begins_at=begins_at,
    )


def _number(value: int) -> str:
    data = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
