"""What the tests of campus sign-in share: institutions, providers, and walks through the campus."""

import html
import re
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from django.test import Client
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.integrations.campus import actions
from stageapp.integrations.campus.models import CampusDomain, CampusProvider, CampusRule
from stageapp.integrations.campus.saml import own_metadata
from stageapp.programmes.models import Institution, InstitutionAdministrator, Programme, Role
from tests import factories
from tests.integrations.campus.conftest import CLIENT_ID, CLIENT_SECRET, Peer

HOME = "hogeschool.example"
#: What SAML calls it.
AFFILIATION = "urn:oid:1.3.6.1.4.1.5923.1.1.1.1"


def administrator(institution: Institution) -> User:
    """Return somebody who runs an institution."""
    known = InstitutionAdministrator.objects.filter(institution=institution).first()
    if known:
        return known.person
    person = factories.person("Fenna Beheer", f"beheer{institution.pk}@elders.example")
    InstitutionAdministrator.objects.create(institution=institution, person=person)
    return person


def institution(**fields: Any) -> Institution:
    """Return an institution that owns its mail domain."""
    made = factories.institution("Hogeschool Voorbeeld", **fields)
    CampusDomain.objects.create(institution=made, domain=HOME, is_confirmed=True)
    return made


def openid(peer: Peer, **fields: Any) -> CampusProvider:
    """Return a provider that is on, and known at the other side."""
    fields.setdefault("institution", None)
    owner = fields.pop("institution") or institution()
    return CampusProvider.objects.create(
        **{
            "institution": owner,
            "protocol": "oidc",
            "name": "Hogeschool Voorbeeld",
            "is_on": True,
            "issuer": peer.address,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
        }
        | fields
    )


def saml(peer: Peer, **fields: Any) -> CampusProvider:
    """Return a provider that is on, with each knowing the metadata of the other."""
    owner = fields.pop("institution", None) or institution()
    is_on = fields.pop("is_on", True)
    made = CampusProvider(
        **{
            "institution": owner,
            "protocol": "saml",
            "name": "Hogeschool Voorbeeld",
            "metadata_url": f"{peer.address}/metadata",
        }
        | fields
    )
    now = timezone.now()
    provider = actions.add_provider(made, by=administrator(owner), at=now)
    assert actions.refresh(provider, at=now), provider.metadata_problem
    if is_on:
        provider.is_on = True
        provider.save()
    peer.tell("sp", metadata=own_metadata(provider).decode())
    return provider


def rule(
    provider: CampusProvider,
    attribute: str = "eduperson_affiliation",
    value: str = "student",
    role: str = Role.STUDENT,
    programme: Programme | None = None,
    **fields: Any,
) -> CampusRule:
    """Return a rule, for a programme of its own unless given."""
    programme = programme or factories.programme(institution=provider.institution)
    return CampusRule.objects.create(
        provider=provider,
        attribute=attribute,
        value=value,
        role=role,
        programme=programme,
        **fields,
    )


def claims(email: str = f"sanne@{HOME}", **others: Any) -> dict[str, Any]:
    """Return what an OpenID provider tells about a student."""
    return {
        "email": email,
        "email_verified": True,
        "name": "Sanne Bakker",
        "eduperson_affiliation": ["student"],
        "schac_home_organization": HOME,
    } | others


def attributes(email: str = f"sanne@{HOME}", **others: list[str]) -> dict[str, list[str]]:
    """Return what a SAML provider tells about a student, by the names that SURFconext uses."""
    return {
        "urn:mace:dir:attribute-def:mail": [email],
        "urn:mace:dir:attribute-def:displayName": ["Sanne Bakker"],
        AFFILIATION: ["student", "member"],
        "urn:mace:terena.org:attribute-def:schacHomeOrganization": [HOME],
    } | others


def host_of(client: Client) -> dict[str, str]:
    """Return the host that the tests come to."""
    return {"host": "127.0.0.1"}


def begin(client: Client, provider: CampusProvider, path: str = "go/") -> str:
    """Begin signing in; return to where the browser is sent."""
    answer = client.get(f"/login/campus/{provider.pk}/{path}", headers=host_of(client))
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def at_openid(address: str, sub: str, browser: requests.Session | None = None) -> str:
    """Sign in and agree at the OpenID provider; return where it sends the browser back to."""
    browser = browser or requests.Session()
    for _step in range(12):
        answer = browser.get(address, allow_redirects=False, timeout=20)
        if answer.status_code in (302, 303):
            address = urljoin(address, answer.headers["Location"])
            if "/login/campus/" in address:
                return address
            continue
        assert answer.ok, answer.text
        form = re.search(r'action="([^"]+)"', answer.text)
        prompt = re.search(r'name="prompt" value="([^"]+)"', answer.text)
        assert form, answer.text
        assert prompt, answer.text
        sent = browser.post(
            urljoin(address, html.unescape(form[1])),
            data={"prompt": prompt[1], "login": sub, "password": "whatever"},
            allow_redirects=False,
            timeout=20,
        )
        address = urljoin(address, sent.headers["Location"])
    raise AssertionError(address)


def back(client: Client, address: str) -> Any:
    """Follow the browser back to us."""
    parts = urlsplit(address)
    return client.get(f"{parts.path}?{parts.query}", headers=host_of(client))


def by_openid(
    client: Client,
    provider: CampusProvider,
    peer: Peer,
    sub: str,
    *,
    browser: requests.Session | None = None,
    tells: str | None = None,
) -> Any:
    """Go all the way through the OpenID provider; return our answer at the end.

    It tells the address `tells` about each session that ends there.
    """
    peer.tell(
        "redirects",
        redirects=[f"http://127.0.0.1/login/campus/{provider.pk}/callback/"],
        after=["http://127.0.0.1/login/"],
        signed_out=tells,
    )
    return back(client, at_openid(begin(client, provider), sub, browser))


def request_of(peer: Peer, address: str) -> dict[str, Any]:
    """Let the SAML provider read a request of ours, signature and all."""
    answer = requests.post(f"{peer.address}/test/request", params={"url": address}, timeout=20)
    assert answer.ok, answer.text
    told: dict[str, Any] = answer.json()
    return told


def send_answer(client: Client, provider: CampusProvider, answer: str) -> Any:
    """Send an answer of SAML as a browser does: from another site, without cookies, then with."""
    stranger = Client()
    sent = stranger.post(
        f"/login/campus/{provider.pk}/acs/", {"SAMLResponse": answer}, headers=host_of(client)
    )
    if sent.status_code != 302:
        return sent
    return client.get(sent["Location"], headers=host_of(client))


def by_saml(client: Client, provider: CampusProvider, peer: Peer, **told: Any) -> Any:
    """Go all the way through the SAML provider; return our answer at the end."""
    key = request_of(peer, begin(client, provider))["request"]["id"]
    answer = peer.tell("answer", in_response_to=key, **told)["answer"]
    return send_answer(client, provider, answer)


def refusal(answer: Any) -> str:
    """Return why a sign-in went no further, as the page tells administrators."""
    assert answer.status_code == 400, answer
    found = re.search(r"<code>(\w+)</code>", answer.content.decode())
    assert found
    return found[1]
