"""SAML 2.0: a signed request out, and an answer of which every part is checked.

python3-saml checks structure, schema, signatures and times; what it takes when it is left out (an
audience, a recipient, the end of a confirmation), or compares by its beginning only, is checked
here. https://docs.oasis-open.org/security/saml/v2.0/saml-profiles-2.0-os.pdf, section 4.1.4.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.urls import reverse
from onelogin.saml2.auth import OneLogin_Saml2_Auth as Auth
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Constants
from onelogin.saml2.errors import OneLogin_Saml2_ValidationError as Invalid
from onelogin.saml2.logout_request import OneLogin_Saml2_Logout_Request as LogoutRequest
from onelogin.saml2.response import OneLogin_Saml2_Response as Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings as Settings

from stageapp.integrations.campus.metadata import Idp, MetadataError, idp_of
from stageapp.integrations.campus.models import CampusProvider, Identifier
from stageapp.integrations.campus.rules import (
    MOST_OF_SUBJECT,
    Arrival,
    CampusError,
    Refusal,
    first_of,
    readable,
)

#: Characters that an answer may have: some hundred thousand, in base64.
MOST_ANSWER = 512 * 1024
#: Characters of a message in an address: it is packed, and may become a thousand times as much.
MOST_PACKED = 16 * 1024
#: What may be done with what was signed before it is compared: nothing that runs or selects.
TRANSFORMS = {
    "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
    "http://www.w3.org/2001/10/xml-exc-c14n#",
    "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
    "http://www.w3.org/2006/12/xml-c14n11",
}
#: How long a used assertion is remembered beyond its own end: clocks may differ.
MARGIN = timedelta(minutes=10)
#: How long one may last that says itself when it ends: no provider needs longer.
LONGEST = timedelta(hours=24)

#: What the library found, as people are told.
REFUSALS: dict[int, Refusal] = {
    Invalid.STATUS_CODE_IS_NOT_SUCCESS: Refusal.CANCELLED,
    Invalid.ASSERTION_TOO_EARLY: Refusal.CLOCK,
    Invalid.ASSERTION_EXPIRED: Refusal.CLOCK,
    Invalid.SESSION_EXPIRED: Refusal.CLOCK,
    Invalid.WRONG_AUDIENCE: Refusal.AUDIENCE,
    Invalid.SP_NAME_QUALIFIER_NAME_MISMATCH: Refusal.AUDIENCE,
    Invalid.WRONG_DESTINATION: Refusal.AUDIENCE,
    Invalid.EMPTY_DESTINATION: Refusal.AUDIENCE,
    Invalid.WRONG_SUBJECTCONFIRMATION: Refusal.AUDIENCE,
    Invalid.WRONG_ISSUER: Refusal.ISSUER,
    Invalid.ISSUER_MULTIPLE_IN_RESPONSE: Refusal.ISSUER,
    Invalid.ISSUER_NOT_FOUND_IN_ASSERTION: Refusal.ISSUER,
    Invalid.NO_NAMEID: Refusal.NO_SUBJECT,
    Invalid.EMPTY_NAMEID: Refusal.NO_SUBJECT,
    **dict.fromkeys(
        (
            Invalid.NO_SIGNATURE_FOUND,
            Invalid.NO_SIGNED_ASSERTION,
            Invalid.NO_SIGNED_MESSAGE,
            Invalid.INVALID_SIGNATURE,
            Invalid.INVALID_SIGNED_ELEMENT,
            Invalid.WRONG_SIGNED_ELEMENT,
            Invalid.ID_NOT_FOUND_IN_SIGNED_ELEMENT,
            Invalid.DUPLICATED_ID_IN_SIGNED_ELEMENTS,
            Invalid.DUPLICATED_REFERENCE_IN_SIGNED_ELEMENTS,
            Invalid.UNEXPECTED_SIGNED_ELEMENTS,
            Invalid.WRONG_NUMBER_OF_ASSERTIONS,
            Invalid.WRONG_NUMBER_OF_SIGNATURES,
            Invalid.WRONG_NUMBER_OF_SIGNATURES_IN_ASSERTION,
            Invalid.WRONG_NUMBER_OF_SIGNATURES_IN_RESPONSE,
            Invalid.DEPRECATED_SIGNATURE_METHOD,
            Invalid.DEPRECATED_DIGEST_METHOD,
        ),
        Refusal.SIGNATURE,
    ),
}


@dataclass(frozen=True)
class Begun:
    """A sign-in on its way: where to, and the key of the request that the answer must name."""

    address: str
    state: str


@dataclass(frozen=True)
class Answer:
    """A checked assertion: who it is about, and what keeps it from being used twice."""

    arrival: Arrival
    assertion_id: str
    expires_at: datetime
    #: The key of the request that it answers; empty where nobody asked.
    in_response_to: str


def begin(provider: CampusProvider) -> Begun:
    """Return where the browser goes. Raises CampusError when there are no metadata."""
    auth = _auth(provider, acs_of(provider))
    address = auth.login(return_to="")
    return Begun(address, auth.get_last_request_id())


def entity_of(provider: CampusProvider) -> str:
    """Return what this side is called: the address of its own metadata."""
    return provider.whole(reverse("campus:metadata", args=[provider.pk]))


def acs_of(provider: CampusProvider) -> str:
    """Return the address to which a provider lets the browser send its answer."""
    return provider.whole(reverse("campus:acs", args=[provider.pk]))


def own_metadata(provider: CampusProvider) -> bytes:
    """Return what this side says about itself."""
    settings = Settings(
        settings={"sp": _own(provider), "security": _SECURITY}, sp_validation_only=True
    )
    told = settings.get_sp_metadata()
    return told if isinstance(told, bytes) else told.encode()


def read_answer(provider: CampusProvider, answer: str) -> Answer:
    """Return what a provider says about somebody. Raises CampusError for all that is not right."""
    if not answer or len(answer) > MOST_ANSWER:
        raise CampusError(Refusal.UNUSABLE, "no answer, or too long a one")
    idp = _idp(provider)
    response = _checked(provider, idp, answer)
    confirmation = _confirmation(provider, response)
    ends_at = _moment(confirmation.get("NotOnOrAfter"))
    return Answer(
        arrival=_arrival(provider, idp, response),
        assertion_id=_assertion(response).get("ID"),
        expires_at=min(ends_at, datetime.now(UTC) + LONGEST) + MARGIN,
        in_response_to=confirmation.get("InResponseTo") or "",
    )


def _checked(provider: CampusProvider, idp: Idp, answer: str) -> Any:
    """Return an answer that the library finds right."""
    try:
        settings = Settings(settings=_settings(provider, idp))
        response = Response(settings, answer)
        _check_transforms(response)
        response.is_valid(_request(acs_of(provider)), raise_exceptions=True)
    except CampusError:
        raise
    except Invalid as problem:
        refusal = REFUSALS.get(problem.code, Refusal.UNUSABLE)
        raise CampusError(refusal, f"saml {problem.code}") from problem
    # Whatever else it stumbles over came from outside, and is of no use.
    except Exception as problem:
        raise CampusError(Refusal.UNUSABLE, type(problem).__name__) from problem
    return response


def _check_transforms(response: Any) -> None:
    """Refuse a signature over something else than an element as it stands.

    What a signature lets be done with it first is done before the signature is known to be right.
    """
    for document in (response.document, response.decrypted_document):
        if document is None:
            continue
        for signature in document.iter(f"{{{Constants.NS_DS}}}Signature"):
            references = signature.findall(".//ds:Reference", Constants.NSMAP)
            done = {
                one.get("Algorithm") for one in signature.iter(f"{{{Constants.NS_DS}}}Transform")
            }
            if len(references) != 1 or not done <= TRANSFORMS:
                raise CampusError(Refusal.SIGNATURE, "transforms")


def _confirmation(provider: CampusProvider, response: Any) -> Any:
    """Return the confirmation that lets the bearer in here, and nowhere else.

    The library takes an assertion that names no audience, a recipient that only contains this
    address, and a confirmation that never ends.
    """
    acs = acs_of(provider)
    if response.get_audiences() != [entity_of(provider)]:
        raise CampusError(Refusal.AUDIENCE, "audience")
    if response.document.get("Destination") not in (None, acs):
        raise CampusError(Refusal.AUDIENCE, "destination")
    now = datetime.now(UTC)
    for data in _assertion(response).xpath(
        "./saml:Subject/saml:SubjectConfirmation[@Method=$bearer]/saml:SubjectConfirmationData",
        namespaces=Constants.NSMAP,
        bearer=Constants.CM_BEARER,
    ):
        if data.get("Recipient") == acs and _moment(data.get("NotOnOrAfter")) > now:
            return data
    raise CampusError(Refusal.AUDIENCE, "recipient")


def _assertion(response: Any) -> Any:
    document = response.decrypted_document if response.encrypted else response.document
    return document.find(".//saml:Assertion", Constants.NSMAP)


def _arrival(provider: CampusProvider, idp: Idp, response: Any) -> Arrival:
    try:
        attributes = readable(_plain(response.get_attributes()))
        name_id = response.get_nameid_data()
    except Invalid as problem:
        refusal = REFUSALS.get(problem.code, Refusal.UNUSABLE)
        raise CampusError(refusal, f"saml {problem.code}") from problem
    subject = _subject(provider, name_id, attributes)
    if not subject or len(subject) > MOST_OF_SUBJECT:
        raise CampusError(Refusal.NO_SUBJECT)
    session = {}
    if idp.sign_out:
        session = {
            "name_id": name_id.get("Value") or "",
            "format": name_id.get("Format") or "",
            "qualifier": name_id.get("NameQualifier") or "",
            "own_qualifier": name_id.get("SPNameQualifier") or "",
            "index": response.get_session_index() or "",
        }
    return Arrival(subject=subject, attributes=attributes, session=session)


def _subject(
    provider: CampusProvider, name_id: dict[str, str], attributes: Mapping[str, tuple[str, ...]]
) -> str:
    """Return what the provider knows somebody by, for good and as nobody else."""
    if provider.identifier != Identifier.NAME_ID:
        return first_of(attributes, provider.identifier)
    kind = name_id.get("Format")
    if kind != Constants.NAMEID_PERSISTENT:
        raise CampusError(Refusal.TRANSIENT, (kind or "no format").rpartition(":")[2][:60])
    return name_id.get("Value") or ""


def _plain(told: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return attributes with the NameID that one may hold as its text (eduPersonTargetedID)."""
    return {
        name: [one["NameID"].get("value") if isinstance(one, dict) else one for one in values]
        for name, values in told.items()
    }


# Signing out -------------------------------------------------------------------------------------


def sign_out_address(provider: CampusProvider, session: Mapping[str, str]) -> str | None:
    """Return where to sign out there as well, or None when that is not offered."""
    idp = _idp(provider)
    if not idp.sign_out or not session.get("name_id"):
        return None
    auth = _auth(provider, provider.sign_out_address)
    address: str = auth.logout(
        return_to="",
        name_id=session["name_id"],
        name_id_format=session.get("format") or None,
        nq=session.get("qualifier") or None,
        spnq=session.get("own_qualifier") or None,
        session_index=_escaped(session.get("index", "")) or None,
    )
    return address


def _escaped(text: str) -> str:
    """Return a text as it can stand in the request; the library puts it there as it is."""
    return "" if re.search(r"[<>&]", text) else text


@dataclass(frozen=True)
class SignOut:
    """A message about signing out: a wish that the provider signed, or its answer to ours."""

    #: Whose session ends here; empty when it answers a request of ours.
    name_id: str
    #: Where to go on with our answer; empty when none is waited for.
    go_on: str
    #: Whether the provider says that it did what we asked.
    is_done: bool = True


def read_sign_out(provider: CampusProvider, sent: Mapping[str, str], query: str) -> SignOut:
    """Return what a provider says about signing out, in an address with this query.

    An answer to a request of ours ends nothing here: the person is signed out already. Many
    providers do not sign it, and it need not be; one that is no answer says that it is not done.
    Raises CampusError for a wish that the provider did not sign.
    """
    if len(query) > MOST_PACKED:
        raise CampusError(Refusal.UNUSABLE, "too long")
    is_answer = "SAMLResponse" in sent and "SAMLRequest" not in sent
    auth = _auth(provider, provider.sign_out_address, sent, query, is_signed=not is_answer)
    try:
        go_on = auth.process_slo(keep_local_session=True)
        errors = auth.get_errors()
        is_asked = "SAMLRequest" in sent and "SAMLResponse" not in sent and not errors
        name_id = LogoutRequest.get_nameid(auth.get_last_request_xml()) if is_asked else ""
    # Whatever it stumbles over came from outside.
    except Exception as problem:
        if is_answer:
            return SignOut("", "", is_done=False)
        raise CampusError(Refusal.UNUSABLE, type(problem).__name__) from problem
    if is_answer:
        return SignOut("", "", is_done=not errors)
    if errors:
        raise CampusError(Refusal.SIGNATURE, str(errors[0])[:80])
    return SignOut(name_id or "", go_on or "")


# What the library is told ------------------------------------------------------------------------

_SECURITY = {
    "authnRequestsSigned": True,
    "logoutRequestSigned": True,
    "logoutResponseSigned": True,
    "wantAssertionsSigned": True,
    "wantNameId": False,
    "wantAttributeStatement": False,
    "allowRepeatAttributeName": True,
    "rejectDeprecatedAlgorithm": True,
    "requestedAuthnContext": False,
    "signatureAlgorithm": Constants.RSA_SHA256,
    "digestAlgorithm": Constants.SHA256,
    "allowSingleLabelDomains": True,
}


def _auth(
    provider: CampusProvider,
    here: str,
    sent: Mapping[str, str] | None = None,
    query: str = "",
    *,
    is_signed: bool = True,
) -> Any:
    settings = _settings(provider, _idp(provider))
    # Of a message in an address, the signature stands beside it.
    wants_it = sent is not None and is_signed
    settings["security"] = settings["security"] | {"wantMessagesSigned": wants_it}
    request = _request(here) | {"get_data": dict(sent or {})}
    if query:
        request |= {"query_string": query, "validate_signature_from_qs": True}
    try:
        return Auth(request, settings)
    except Exception as problem:  # what was set up cannot be used
        raise CampusError(Refusal.UNUSABLE, type(problem).__name__) from problem


def _idp(provider: CampusProvider) -> Idp:
    try:
        return idp_of(provider)
    except MetadataError as problem:
        raise CampusError(Refusal.UNREACHABLE, problem.finding) from problem


def _settings(provider: CampusProvider, idp: Idp) -> dict[str, Any]:
    them: dict[str, Any] = {
        "entityId": idp.entity_id,
        "singleSignOnService": {"url": idp.sign_on, "binding": Constants.BINDING_HTTP_REDIRECT},
        "x509certMulti": {"signing": idp.certificates},
    }
    if idp.sign_out:
        them["singleLogoutService"] = {"url": idp.sign_out, "responseUrl": idp.sign_out_answer}
    return {"strict": True, "sp": _own(provider), "idp": them, "security": dict(_SECURITY)}


def _own(provider: CampusProvider) -> dict[str, Any]:
    return {
        "entityId": entity_of(provider),
        "assertionConsumerService": {
            "url": acs_of(provider),
            "binding": Constants.BINDING_HTTP_POST,
        },
        "singleLogoutService": {
            "url": provider.sign_out_address,
            "binding": Constants.BINDING_HTTP_REDIRECT,
        },
        "NameIDFormat": Constants.NAMEID_PERSISTENT,
        "x509cert": provider.own_certificate,
        "privateKey": provider.own_key,
    }


def _request(here: str) -> dict[str, Any]:
    """Return the request as the library asks for it: at the address it has, whatever it names."""
    parts = urlsplit(here)
    return {
        "https": "on" if parts.scheme == "https" else "off",
        "http_host": parts.netloc,
        "script_name": "",
        "path_info": parts.path,
        "get_data": {},
        "post_data": {},
    }


def _moment(text: str | None) -> datetime:
    """Return a moment; where there is none, or none that can be read, one that is long over."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
