"""What a campus tells about somebody, how it is called, and what follows from it. Plain Python."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from stageapp.core.texts import writable

Attributes = Mapping[str, tuple[str, ...]]

#: What a provider may tell at most; more is a mistake, or worse.
MOST_ATTRIBUTES = 100
MOST_VALUES = 200
MOST_OF_VALUE = 1000
#: The length of the column with what a provider calls somebody.
MOST_OF_SUBJECT = 500
STUDENT_NUMBER_LENGTH = 20

EDUPERSON, SCHAC = "urn:oid:1.3.6.1.4.1.5923.1.1.1.", "urn:oid:1.3.6.1.4.1.25178.1.2."
MACE, LDAP = "urn:mace:dir:attribute-def:", "urn:oid:2.5.4."
SOAP = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
MICROSOFT = "http://schemas.microsoft.com/ws/2008/06/identity/claims/"

#: Each attribute by the name that OpenID Connect has for it, with its names in SAML.
NAMES: dict[str, tuple[str, ...]] = {
    "email": (f"{MACE}mail", "urn:oid:0.9.2342.19200300.100.1.3", f"{SOAP}emailaddress", "mail"),
    "name": (
        f"{MACE}displayName",
        "urn:oid:2.16.840.1.113730.3.1.241",
        "http://schemas.microsoft.com/identity/claims/displayname",
        "displayName",
    ),
    "common_name": (f"{MACE}cn", f"{LDAP}3", "cn"),
    "given_name": (f"{MACE}givenName", f"{LDAP}42", f"{SOAP}givenname", "givenName"),
    "family_name": (f"{MACE}sn", f"{LDAP}4", f"{SOAP}surname", "sn"),
    "preferred_language": (
        f"{MACE}preferredLanguage",
        "urn:oid:2.16.840.1.113730.3.1.39",
        "preferredLanguage",
        "locale",
    ),
    "uids": (f"{MACE}uid", "urn:oid:0.9.2342.19200300.100.1.1", "uid"),
    "eduperson_affiliation": (
        f"{MACE}eduPersonAffiliation",
        f"{EDUPERSON}1",
        "eduPersonAffiliation",
    ),
    "eduperson_scoped_affiliation": (
        f"{MACE}eduPersonScopedAffiliation",
        f"{EDUPERSON}9",
        "eduPersonScopedAffiliation",
    ),
    "eduperson_principal_name": (
        f"{MACE}eduPersonPrincipalName",
        f"{EDUPERSON}6",
        "eduPersonPrincipalName",
    ),
    "eduperson_entitlement": (
        f"{MACE}eduPersonEntitlement",
        f"{EDUPERSON}7",
        "eduPersonEntitlement",
    ),
    "eduperson_orcid": (f"{MACE}eduPersonOrcid", f"{EDUPERSON}16", "eduPersonOrcid"),
    "edumember_is_member_of": (
        f"{MACE}isMemberOf",
        "urn:oid:1.3.6.1.4.1.5923.1.5.1.1",
        "isMemberOf",
    ),
    "schac_home_organization": (
        "urn:mace:terena.org:attribute-def:schacHomeOrganization",
        f"{SCHAC}9",
        "schacHomeOrganization",
    ),
    "schac_personal_unique_code": (
        "urn:schac:attribute-def:schacPersonalUniqueCode",
        f"{SCHAC}14",
        "schacPersonalUniqueCode",
    ),
    "eduid": ("urn:mace:eduid.nl:1.1",),
    "pairwise_id": ("urn:oasis:names:tc:SAML:attribute:pairwise-id",),
    "subject_id": ("urn:oasis:names:tc:SAML:attribute:subject-id",),
    "object_id": ("http://schemas.microsoft.com/identity/claims/objectidentifier", "oid"),
    "groups": (f"{MICROSOFT}groups",),
    "roles": (f"{MICROSOFT}role",),
}
_FRIENDLY = {name.lower(): key for key, names in NAMES.items() for name in (key, *names)}

#: Values of an OpenID Connect token that tell of the token, and nothing of the person.
OF_TOKEN = {
    "acr", "aio", "amr", "at_hash", "aud", "auth_time", "azp", "c_hash", "exp", "iat", "iss", "jti",
    "nbf", "nonce", "rh", "s_hash", "sid", "sub", "tid", "uti", "ver",
}  # fmt: skip

#: Anybody can have an address there: no institution owns them.
PUBLIC_DOMAINS = frozenset(
    [
        "aol.com",
        "casema.nl",
        "chello.nl",
        "gmail.com",
        "gmx.com",
        "gmx.net",
        "googlemail.com",
        "hetnet.nl",
        "hotmail.com",
        "hotmail.nl",
        "icloud.com",
        "kpnmail.nl",
        "kpnplanet.nl",
        "live.com",
        "live.nl",
        "mac.com",
        "mail.com",
        "me.com",
        "msn.com",
        "outlook.com",
        "outlook.nl",
        "planet.nl",
        "proton.me",
        "protonmail.com",
        "quicknet.nl",
        "tele2.nl",
        "telfort.nl",
        "upcmail.nl",
        "xs4all.nl",
        "yahoo.com",
        "ziggo.nl",
    ]
)
_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
_STUDENT_NUMBER = re.compile(
    r"urn:schac:personaluniquecode:[^:]+:[^:]+:.*studentid:([\w.-]+)", re.IGNORECASE
)


class Refusal(StrEnum):
    """Why a sign-in went no further; `words.py` has what people read."""

    CANCELLED = "cancelled"
    LOST = "lost"
    EXPIRED = "expired"
    UNREACHABLE = "unreachable"
    UNUSABLE = "unusable"
    ISSUER = "issuer"
    SIGNATURE = "signature"
    AUDIENCE = "audience"
    CLOCK = "clock"
    REPLAYED = "replayed"
    UNASKED = "unasked"
    TRANSIENT = "transient"
    NO_SUBJECT = "no_subject"
    NO_ADDRESS = "no_address"
    HOME = "home"
    NO_PLACE = "no_place"
    OFF = "off"
    TAKEN = "taken"
    ELSEWHERE = "elsewhere"


class CampusError(Exception):
    """A sign-in that goes no further. `detail` is for administrators and the log: no names."""

    def __init__(self, refusal: Refusal, detail: str = "") -> None:
        # It comes from outside at times, and the log has a line for each.
        self.refusal, self.detail = refusal, " ".join(detail.split())
        super().__init__(f"{refusal}: {self.detail}" if detail else str(refusal))


@dataclass(frozen=True)
class Arrival:
    """Somebody whom a campus vouches for, whatever the protocol."""

    subject: str
    attributes: Attributes
    #: False where the provider says that nobody looked whether the address is theirs.
    is_email_checked: bool = True
    #: What signing out there needs, in words of the protocol.
    session: dict[str, str] = field(default_factory=dict)

    @property
    def email(self) -> str:
        """Their address, in lower case; empty where the provider tells none that can be used."""
        address = first_of(self.attributes, "email").lower()
        return address if domain_of(address) and len(address) <= 254 else ""  # noqa: PLR2004

    @property
    def name(self) -> str:
        """What they are called; the part before the @ where nothing else is told."""
        told = first_of(self.attributes, "name") or " ".join(
            filter(None, (first_of(self.attributes, key) for key in ("given_name", "family_name")))
        )
        told = told or first_of(self.attributes, "common_name")
        return " ".join(told.split())[:200] or self.email.partition("@")[0]

    @property
    def language(self) -> str:
        """The language they prefer there: "nl" or "en"; empty for another, or none."""
        told = first_of(self.attributes, "preferred_language").lower()[:2]
        return told if told in ("nl", "en") else ""

    @property
    def student_number(self) -> str:
        """Their number in the administration of students, where the campus tells it."""
        for code in self.attributes.get("schac_personal_unique_code", ()):
            found = _STUDENT_NUMBER.fullmatch(code)
            if found and len(found[1]) <= STUDENT_NUMBER_LENGTH:
                return found[1]
        return ""


class Condition(Protocol):
    """What a rule asks: an attribute, how to compare, and with what."""

    attribute: str
    comparison: str
    value: str


def friendly_name(name: str) -> str:
    """Return what an attribute is called here, whatever the protocol calls it."""
    return _FRIENDLY.get(name.lower(), name)


def readable(told: Mapping[Any, Any]) -> dict[str, tuple[str, ...]]:
    """Return attributes by their friendly names, as texts; what is no text or number is left out.

    Anything can come in: it is cut to what a person could have.
    """
    found: dict[str, tuple[str, ...]] = {}
    for name, value in list(told.items())[:MOST_ATTRIBUTES]:
        values = value if isinstance(value, list | tuple) else [value]
        texts = tuple(_text(one) for one in values[:MOST_VALUES] if isinstance(one, str | int))
        key = friendly_name(_text(name))
        kept = tuple(dict.fromkeys((*found.get(key, ()), *filter(None, texts))))
        if key and kept and key not in OF_TOKEN:
            found[key] = kept
    return found


def _text(value: str | int) -> str:
    if isinstance(value, bool):
        return str(value).lower()  # as JSON writes it, and so as a rule does
    # A number may have more digits than Python writes.
    text = value if isinstance(value, str) else str(value) if abs(value) < 10**20 else ""
    return writable(text).strip()[:MOST_OF_VALUE]


def first_of(attributes: Attributes, name: str) -> str:
    """Return the first value of an attribute, or an empty text."""
    return next(iter(attributes.get(name, ())), "")


def holds(rule: Condition, attributes: Attributes) -> bool:
    """Return whether a value of the attribute is as a rule asks; capitals are the same."""
    wanted = rule.value.casefold()
    values = [value.casefold() for value in attributes.get(friendly_name(rule.attribute), ())]
    if rule.comparison == "contains":
        return any(wanted in value for value in values)
    return wanted in values


def is_at_home(home_organization: str, attributes: Attributes) -> bool:
    """Return whether somebody is of the organisation that was asked for; none is any."""
    if not home_organization:
        return True
    told = attributes.get("schac_home_organization", ())
    return [value.casefold() for value in told] == [home_organization.casefold()]


def domain_of(email: str) -> str:
    """Return the domain of an address, or an empty text when it is none."""
    name, _at, domain = email.strip().lower().rpartition("@")
    if not name or "@" in name or not re.fullmatch(r"[^\s\0-\x20]+", name):
        return ""
    return domain if is_domain(domain) else ""


def is_domain(text: str) -> bool:
    """Return whether a text is the name of a domain, in lower case."""
    return _DOMAIN.fullmatch(text) is not None


def read_domains(text: str) -> tuple[list[str], list[str]]:
    """Return the domains in a pasted text, in order, and what is none or is everybody's."""
    words = [word.strip("@,;.") for word in text.lower().split()]
    unique = list(dict.fromkeys(filter(None, words)))
    good = [word for word in unique if is_domain(word) and word not in PUBLIC_DOMAINS]
    return good, [word for word in unique if word not in good]


def known_names() -> Iterable[str]:
    """Return the names of attributes to choose from in a rule."""
    return sorted(NAMES)


@dataclass(frozen=True)
class Newcomer:
    """Somebody whom a campus vouches for, and who has no account here that is linked with it.

    A session can hold it, as long as they still have to show that the address is theirs.
    """

    subject: str
    email: str
    name: str
    language: str
    student_number: str
    #: Whether the institution owns the address, and so answers for it.
    is_proven: bool
    #: The keys of the rules that hold for them.
    rules: list[int]
