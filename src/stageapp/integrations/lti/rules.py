"""What a launch says, read with suspicion. Plain Python; the names are those of the standard."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from stageapp.core.texts import is_writable, text_in

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/"
NAMES_AND_ROLES = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
NRPS_SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
VERSION = "1.3.0"
LAUNCH = "LtiResourceLinkRequest"
DEEP_LINK = "LtiDeepLinkingRequest"
DEEP_LINK_ANSWER = "LtiDeepLinkingResponse"

#: Roles within the course (Core 1.3, appendix A.2.3); those of the whole school do not count.
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"
#: Kinds of teachers that are teachers; one who assists, grades or visits is none.
TEACHING = frozenset({"Lecturer", "PrimaryInstructor", "SecondaryInstructor"})

#: The standard gives identifiers so many characters.
KEY_LENGTH = 255
MOST_ROLES = 100
NAME_LENGTH = 200
ADDRESS_LENGTH = 1000


class Reason(StrEnum):
    """Why a launch was refused."""

    UNKNOWN_PLATFORM = "unknown_platform"
    OTHER_INSTITUTION = "other_institution"
    SWITCHED_OFF = "switched_off"
    BAD_REQUEST = "bad_request"
    FOREIGN_TARGET = "foreign_target"
    PLATFORM_ERROR = "platform_error"
    UNKNOWN_STATE = "unknown_state"
    USED_BEFORE = "used_before"
    EXPIRED_STATE = "expired_state"
    OTHER_BROWSER = "other_browser"
    UNREADABLE = "unreadable"
    ALGORITHM = "algorithm"
    NO_KEYS = "no_keys"
    UNKNOWN_KEY = "unknown_key"
    SIGNATURE = "signature"
    EXPIRED = "expired"
    FROM_THE_FUTURE = "from_the_future"
    MISSING_CLAIM = "missing_claim"
    ISSUER = "issuer"
    AUDIENCE = "audience"
    NONCE = "nonce"
    UNKNOWN_DEPLOYMENT = "unknown_deployment"
    VERSION = "version"
    MESSAGE_TYPE = "message_type"
    ACCOUNT_OFF = "account_off"


class RefusedError(Exception):
    """A launch that is not taken, with the reason and perhaps what was not known."""

    def __init__(self, reason: Reason, detail: object = "") -> None:
        super().__init__(reason)
        self.reason = reason
        # Others choose it: it stays one line, of characters that can be written down.
        told = str(detail)[:1000].replace("\0", "").encode("utf-8", "replace").decode()
        self.detail = " ".join(told.split())[:200]


class Standing(StrEnum):
    """What somebody is in the course, as far as it concerns us."""

    TEACHER = "teacher"
    STUDENT = "student"
    #: Assists, observes, administers, or something that we do not know: gets nothing by it.
    OTHER = "other"
    #: The made-up student with which a teacher looks at the course.
    TEST_USER = "test_user"


def standing_of(roles: Iterable[str]) -> Standing:
    """Return what somebody is by their roles within the course alone.

    Who has several gets the least of them: environments say of an assistant that they are an
    instructor as well. What somebody is in the whole school or in the system never counts, but for
    the test user, who must not become a person.
    """
    told = set(roles)
    if TEST_USER in told:
        return Standing.TEST_USER
    main = {
        role.removeprefix(f"{MEMBERSHIP}#") for role in told if role.startswith(f"{MEMBERSHIP}#")
    }
    under = [
        role.removeprefix(f"{MEMBERSHIP}/") for role in told if role.startswith(f"{MEMBERSHIP}/")
    ]
    if main == {"Learner"} and all(role.startswith("Learner#") for role in under):
        return Standing.STUDENT
    taught = {f"Instructor#{kind}" for kind in TEACHING}
    # An administrator of the course who teaches it is its teacher, and no more than that.
    if "Instructor" in main and main <= {"Instructor", "Administrator"} and set(under) <= taught:
        return Standing.TEACHER
    if main == {"Learner", "Instructor"} and set(under) <= taught:
        return Standing.STUDENT
    return Standing.OTHER


@dataclass(frozen=True)
class DeepLinking:
    """Somebody asks what a link in the course should open."""

    return_url: str
    data: str
    #: Whether the environment takes links that open our application.
    takes_links: bool


@dataclass(frozen=True)
class Launch:
    """What a verified launch says; what was no text, too long or missing is empty."""

    subject: str
    name: str
    email: str
    standing: Standing
    language: str
    deployment_id: str
    target: str
    context_id: str
    context_title: str
    members_url: str
    link_id: str
    is_framed: bool
    deep_linking: DeepLinking | None


def launch_in(claims: Mapping[str, Any]) -> Launch:
    """Return what the claims of a token say, once its signature and its time are right.

    Raises RefusedError for another version or message, or when what we need is no text.
    """
    if claims.get(f"{CLAIM}version") != VERSION:
        raise RefusedError(Reason.VERSION, claims.get(f"{CLAIM}version", ""))
    message = claims.get(f"{CLAIM}message_type")
    if message not in (LAUNCH, DEEP_LINK):
        raise RefusedError(Reason.MESSAGE_TYPE, message or "")
    context = _mapping(claims, f"{CLAIM}context")
    presentation = _mapping(claims, f"{CLAIM}launch_presentation")
    return Launch(
        subject=_required(claims, "sub"),
        name=_name(claims),
        email=text_in(claims, "email", 254),
        standing=standing_of(_texts(claims.get(f"{CLAIM}roles"))),
        language=language_in(presentation.get("locale") or claims.get("locale")),
        deployment_id=_required(claims, f"{CLAIM}deployment_id"),
        target=text_in(claims, f"{CLAIM}target_link_uri", ADDRESS_LENGTH),
        context_id=text_in(context, "id", KEY_LENGTH),
        context_title=_line(context.get("title") or context.get("label"))[:NAME_LENGTH],
        members_url=text_in(
            _mapping(claims, NAMES_AND_ROLES), "context_memberships_url", ADDRESS_LENGTH
        ),
        link_id=text_in(_mapping(claims, f"{CLAIM}resource_link"), "id", KEY_LENGTH),
        is_framed=presentation.get("document_target") != "window",
        deep_linking=_deep_linking(claims) if message == DEEP_LINK else None,
    )


def _deep_linking(claims: Mapping[str, Any]) -> DeepLinking:
    asked = _mapping(claims, f"{DEEP_LINKING}deep_linking_settings")
    address = text_in(asked, "deep_link_return_url", ADDRESS_LENGTH)
    if not is_address(address):
        raise RefusedError(Reason.MISSING_CLAIM, "deep_link_return_url")
    data = asked.get("data", "")
    return DeepLinking(
        return_url=address,
        data=data if isinstance(data, str) else "",
        takes_links="ltiResourceLink" in _texts(asked.get("accept_types")),
    )


def _name(claims: Mapping[str, Any]) -> str:
    whole = _line(claims.get("name"))
    parts = [_line(claims.get(key)) for key in ("given_name", "family_name")]
    return (whole or " ".join(filter(None, parts)))[:NAME_LENGTH]


def language_in(locale: object) -> str:
    """Return the language of ours that a locale such as "en-GB" asks for, or nothing."""
    told = locale.lower()[:2] if isinstance(locale, str) else ""
    return told if told in ("nl", "en") else ""


def _required(claims: Mapping[str, Any], name: str) -> str:
    value = text_in(claims, name, KEY_LENGTH)
    if not value:
        raise RefusedError(Reason.MISSING_CLAIM, name)
    return value


def _line(value: object) -> str:
    if not isinstance(value, str) or not is_writable(value):
        return ""
    return " ".join(value[:1000].split())


def _mapping(claims: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = claims.get(name)
    return value if isinstance(value, dict) else {}


def _texts(value: object) -> list[str]:
    if not isinstance(value, list):
        return []
    return [one for one in value[:MOST_ROLES] if isinstance(one, str)]


def is_address(text: str) -> bool:
    """Return whether a text is an address on the web."""
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def origin_of(address: str) -> str:
    """Return scheme, host and port of an address: what browsers tell sites apart by."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return ""
    host = parts.hostname or ""
    if parts.scheme not in {"http", "https"} or not _is_host(host):
        return ""
    usual = {"http": 80, "https": 443}[parts.scheme]
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port and port != usual else "")


def is_same_origin(one: str, other: str) -> bool:
    """Return whether two addresses have the same origin; one that has none is like no other."""
    return bool(origin_of(one)) and origin_of(one) == origin_of(other)


def _is_host(host: str) -> bool:
    """Nothing else may get into a header that names hosts."""
    return bool(host) and host.isascii() and all(sign.isalnum() or sign in "-.:" for sign in host)
