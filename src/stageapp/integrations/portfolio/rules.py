"""Badges after Open Badges 3.0, and the names of files. Plain Python.

Sections are those of the specification of version 3.0 (1EdTech), `ob_v3p0`.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

CONTEXTS = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)
SCHEMA = (
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
)
#: What every verifier knows (section 8.2.3); another one limits who can check.
ALGORITHM = "RS256"
MOST_OF_FILE_NAME = 80
_UNSAFE = re.compile(r"[^\w.-]+")


@dataclass(frozen=True)
class Aligned:
    """A competence of a programme that a badge is about."""

    name: str
    code: str
    framework: str
    address: str


@dataclass(frozen=True)
class Shown:
    """A piece of evidence in a badge: its name, and what there is to see of it."""

    name: str
    kind: str
    url: str = ""
    text: str = ""


@dataclass(frozen=True)
class Claim:
    """What somebody says of themselves."""

    number: UUID
    #: The identifier of who says it, which is also that of whom it is about.
    holder: str
    holder_name: str
    title: str
    narrative: str
    #: Says that nobody else vouches for it.
    explanation: str
    at: datetime
    language: str
    aligned: Aligned | None = None
    evidence: Sequence[Shown] = field(default_factory=tuple)
    #: The address and a salt, where who has the badge wants to be recognised by it.
    mail: str = ""
    salt: str = ""


def holder_of(home: str, number: UUID) -> str:
    """Return the identifier of somebody: a did:web below the address of the institution.

    Its document is at `<home>badges/<number>/did.json` (did:web, section "Read").
    """
    host = quote(urlsplit(home).netloc, safe="")
    return f"did:web:{host}:badges:{number}"


def document_of(holder: str, keys: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the DID document that says which keys sign for somebody."""
    methods = [
        {
            "id": f"{holder}#{key['kid']}",
            "type": "JsonWebKey",
            "controller": holder,
            "publicKeyJwk": dict(key),
        }
        for key in keys
    ]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"],
        "id": holder,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def credential_of(claim: Claim) -> dict[str, Any]:
    """Return the credential, in which who says it is whom it is about (section 3.10)."""
    achievement: dict[str, Any] = {
        "id": f"urn:uuid:{claim.number}",
        "type": ["Achievement"],
        "achievementType": "Competency",
        "name": claim.title,
        "description": claim.explanation,
        "criteria": {"narrative": claim.narrative},
        "inLanguage": claim.language,
    }
    if claim.aligned:
        achievement["alignment"] = [_alignment(claim.aligned)]
    subject: dict[str, Any] = {
        "id": claim.holder,
        "type": ["AchievementSubject"],
        "achievement": achievement,
    }
    if claim.mail:
        subject["identifier"] = [_identity(claim.mail, claim.salt)]
    credential: dict[str, Any] = {
        "@context": list(CONTEXTS),
        "id": f"urn:uuid:{claim.number}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": claim.holder, "type": ["Profile"], "name": claim.holder_name},
        "validFrom": moment_of(claim.at),
        "name": claim.title,
        "description": claim.explanation,
        "credentialSubject": subject,
        "credentialSchema": [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
    }
    if claim.evidence:
        credential["evidence"] = [_evidence(one) for one in claim.evidence]
    return credential


def claims_of(credential: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is signed: the credential, and its claims again as a JWT has them (8.2.4)."""
    begin = datetime.fromisoformat(credential["validFrom"])
    return {
        **credential,
        "iss": credential["issuer"]["id"],
        "jti": credential["id"],
        "nbf": int(begin.timestamp()),
        "sub": credential["credentialSubject"]["id"],
    }


def moment_of(moment: datetime) -> str:
    """Return a moment as credentials have it: in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def file_name(number: int, name: str) -> str:
    """Return a name that is a name on every system, with a number that makes it the only one."""
    plain = unicodedata.normalize("NFKC", name)
    stem, dot, ending = _UNSAFE.sub("-", plain).rpartition(".")
    if not dot:
        stem, ending = ending, ""
    stem = stem.strip("-._")[:MOST_OF_FILE_NAME].rstrip("-._")
    ending = re.sub(r"[^A-Za-z0-9]", "", ending)[:8]
    whole = "-".join(filter(None, (f"{number:02}", stem)))
    return f"{whole}.{ending}" if ending else whole


def _alignment(aligned: Aligned) -> dict[str, Any]:
    known = {
        "type": ["Alignment"],
        "targetName": aligned.name,
        "targetUrl": aligned.address,
        "targetCode": aligned.code,
        "targetFramework": aligned.framework,
    }
    return {name: value for name, value in known.items() if value}


def _identity(mail: str, salt: str) -> dict[str, Any]:
    """Return an address that can be recognised and not read (section "IdentityObject")."""
    sealed = hashlib.sha256(f"{mail}{salt}".encode()).hexdigest()
    return {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": f"sha256${sealed}",
        "identityType": "emailAddress",
        "salt": salt,
    }


def _evidence(shown: Shown) -> dict[str, Any]:
    known = {
        "id": shown.url,
        "type": ["Evidence"],
        "name": shown.name,
        "narrative": shown.text,
        "genre": shown.kind,
    }
    return {name: value for name, value in known.items() if value}
