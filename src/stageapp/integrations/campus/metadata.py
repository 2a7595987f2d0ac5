"""What a SAML provider says about itself: fetched, checked, and read.

https://docs.oasis-open.org/security/saml/v2.0/saml-metadata-2.0-os.pdf
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from lxml import etree
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Constants
from onelogin.saml2.utils import OneLogin_Saml2_Utils as Utils
from onelogin.saml2.xml_utils import OneLogin_Saml2_XML as Xml

from stageapp.core.outgoing import OutgoingError, call
from stageapp.integrations.campus.keys import read_certificate
from stageapp.integrations.campus.models import MOST_METADATA, CampusProvider

OK = 200
REDIRECT = Constants.BINDING_HTTP_REDIRECT


class MetadataError(Exception):
    """Metadata that cannot be used. `finding` is a key of `words.FINDINGS`."""

    def __init__(self, finding: str, detail: str = "") -> None:
        super().__init__(f"{finding}: {detail}" if detail else finding)
        self.finding = finding
        self.detail = detail


@dataclass(frozen=True)
class Idp:
    """A SAML provider, as its metadata describe it."""

    entity_id: str
    sign_on: str
    #: Where to sign out there; empty where that is not offered.
    sign_out: str
    #: Where to answer when signing out began there.
    sign_out_answer: str
    certificates: list[str]
    name_id_formats: list[str]

    @property
    def valid(self) -> list[x509.Certificate]:
        """The certificates that can be read."""
        return [read_certificate(text) for text in self.certificates]


def fetch(provider: CampusProvider, *, at: datetime) -> str:
    """Return the metadata of a provider, found right.

    Raises MetadataError for what cannot be reached, read or trusted.
    """
    try:
        answer = call("GET", provider.metadata_url, most_bytes=MOST_METADATA)
    except OutgoingError as problem:
        raise MetadataError("unreachable", type(problem).__name__) from problem
    if answer.status_code != OK:
        raise MetadataError("unreachable", str(answer.status_code))
    try:
        text = answer.content.decode()
    except UnicodeDecodeError as problem:
        raise MetadataError("unreadable") from problem
    check(provider, text, at=at)
    return text


def check(provider: CampusProvider, text: str, *, at: datetime) -> Idp:
    """Return what trustworthy metadata say. Raises MetadataError for others."""
    root = _parsed(text)
    if provider.metadata_certificate:
        _check_signature(root, provider.metadata_certificate)
    return _read(root, provider.entity_id, at)


def idp_of(provider: CampusProvider) -> Idp:
    """Return what the metadata that were kept say. Raises MetadataError when there are none."""
    if not provider.metadata:
        raise MetadataError("none")
    return _read(_parsed(provider.metadata), provider.entity_id, None)


def _parsed(text: str) -> Any:
    """Read XML in which nothing is defined that grows, or leads elsewhere."""
    try:
        return Xml.to_etree(text)
    except (etree.LxmlError, ValueError) as problem:
        raise MetadataError("unreadable") from problem


def _check_signature(root: Any, certificate: str) -> None:
    """Check that the whole of it is signed with the key of this certificate."""
    signatures = root.findall("ds:Signature", Constants.NSMAP)
    keys = [one.get("ID") for one in root.iter() if one.get("ID")]
    if len(signatures) != 1 or len(keys) != len(set(keys)):
        raise MetadataError("unsigned")
    references = signatures[0].findall("ds:SignedInfo/ds:Reference", Constants.NSMAP)
    own = {"", f"#{root.get('ID')}"}
    if len(references) != 1 or references[0].get("URI") not in own:
        raise MetadataError("unsigned")
    methods = {one.get("Algorithm") for one in signatures[0].iter() if one.get("Algorithm")}
    if methods & set(Constants.DEPRECATED_ALGORITHMS):
        raise MetadataError("weak_signature")
    if not Utils.validate_metadata_sign(root, cert=certificate):
        raise MetadataError("wrong_signature")


def _read(root: Any, entity_id: str, at: datetime | None) -> Idp:
    found = [
        one
        for one in root.iter(f"{{{Constants.NS_MD}}}EntityDescriptor")
        if one.find("md:IDPSSODescriptor", Constants.NSMAP) is not None
    ]
    if entity_id:
        found = [one for one in found if one.get("entityID") == entity_id]
    if len(found) != 1:
        raise MetadataError("several" if found else "no_provider")
    entity = found[0]
    _check_time(root, at)
    _check_time(entity, at)
    part = entity.find("md:IDPSSODescriptor", Constants.NSMAP)
    sign_on = _address(part, "SingleSignOnService", "Location")
    certificates = [
        "".join((node.text or "").split())
        for node in part.xpath(
            "./md:KeyDescriptor[not(@use) or @use='signing']"
            "/ds:KeyInfo/ds:X509Data/ds:X509Certificate",
            namespaces=Constants.NSMAP,
        )
    ]
    if not sign_on:
        raise MetadataError("no_sign_on")
    _check_certificates(certificates)
    sign_out = _address(part, "SingleLogoutService", "Location")
    return Idp(
        entity_id=entity.get("entityID") or "",
        sign_on=sign_on,
        sign_out=sign_out,
        sign_out_answer=_address(part, "SingleLogoutService", "ResponseLocation") or sign_out,
        certificates=certificates,
        name_id_formats=[
            (node.text or "").strip() for node in part.findall("md:NameIDFormat", Constants.NSMAP)
        ],
    )


def _check_certificates(certificates: list[str]) -> None:
    if not certificates:
        raise MetadataError("no_key")
    try:
        for text in certificates:
            read_certificate(text)
    except ValueError as problem:
        raise MetadataError("bad_key") from problem


def _address(part: Any, name: str, attribute: str) -> str:
    """Return where a service is by redirect, or an empty text."""
    for service in part.findall(f"md:{name}", Constants.NSMAP):
        address = service.get(attribute) or ""
        if service.get("Binding") == REDIRECT and re.match(r"https?://[^\s/]", address):
            return str(address)
    return ""


def _check_time(node: Any, at: datetime | None) -> None:
    """Refuse what says that it is over; what is kept already stays until there is better."""
    until = node.get("validUntil")
    if at is None or not until:
        return
    try:
        moment = datetime.fromisoformat(until)
    except ValueError as problem:
        raise MetadataError("unreadable", "validUntil") from problem
    if (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) < at:
        raise MetadataError("over")
