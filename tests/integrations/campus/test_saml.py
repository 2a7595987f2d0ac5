"""What SAML must not let through, with answers that samlify signed, and what was made of them."""

import base64
import copy
import re
import zlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from stageapp.accounts.models import User
from stageapp.audit.models import AuditEntry, Kind
from stageapp.integrations.campus import actions
from stageapp.integrations.campus.metadata import MetadataError, check
from stageapp.integrations.campus.models import CampusProvider, UsedAssertion
from tests.integrations.campus import campus
from tests.integrations.campus.conftest import Peer

pytestmark = pytest.mark.django_db

NS = {
    "samlp": "urn:oasis:names:tc:SAML:2.0:protocol",
    "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}
FORMATS = "urn:oasis:names:tc:SAML:2.0:nameid-format:"


@pytest.fixture
def provider(saml_peer: Peer) -> CampusProvider:
    made = campus.saml(saml_peer)
    campus.rule(made)
    return made


def answer_to(client: Client, provider: CampusProvider, peer: Peer, **told: Any) -> str:
    """Begin, and let the provider sign an answer with what it is told to say."""
    key = campus.request_of(peer, campus.begin(client, provider))["request"]["id"]
    told = {"in_response_to": key, "name_id": "sanne", "attributes": campus.attributes()} | told
    return str(peer.tell("answer", **told)["answer"])


def nobody_came_in(why: str) -> bool:
    entry = AuditEntry.objects.get(kind=Kind.SIGN_IN_FAILED)
    assert entry.details["how"] == f"campus: {why}"
    return not User.objects.filter(email=f"sanne@{campus.HOME}").exists()


def test_the_provider_reads_our_request_and_its_signature(
    client: Client, saml_peer: Peer, provider: CampusProvider
) -> None:
    told = campus.request_of(saml_peer, campus.begin(client, provider))

    here = f"http://127.0.0.1/login/campus/{provider.pk}"
    assert told["issuer"] == f"{here}/metadata/"
    assert told["request"]["assertionConsumerServiceUrl"] == f"{here}/acs/"
    assert told["nameIDPolicy"]["format"] == f"{FORMATS}persistent"


def test_our_metadata_are_open_to_everybody(client: Client, provider: CampusProvider) -> None:
    answer = client.get(f"/login/campus/{provider.pk}/metadata/", headers={"host": "127.0.0.1"})

    root = etree.fromstring(answer.content)
    assert answer["Content-Type"] == "application/samlmetadata+xml"
    assert root.get("entityID") == f"http://127.0.0.1/login/campus/{provider.pk}/metadata/"
    assert b"PRIVATE KEY" not in answer.content


SAID: dict[str, tuple[dict[str, Any], str]] = {
    "for another application": ({"audience": "https://elders.example/metadata"}, "audience"),
    "for no application at all": ({"audience": ""}, "audience"),
    "sent to another address": ({"destination": "https://elders.example/acs/"}, "audience"),
    "sent to an address that begins as ours": ({"destination": "{acs}more"}, "audience"),
    "of a recipient elsewhere": ({"recipient": "https://elders.example/acs/"}, "audience"),
    "of a recipient that contains ours": ({"recipient": "https://evil.example/?{acs}"}, "audience"),
    "of another provider": ({"issuer": "https://elders.example/metadata"}, "issuer"),
    "that is over": ({"begins": -20, "ends": -10}, "clock"),
    "that is not valid yet": ({"begins": 10, "ends": 20}, "clock"),
    "that says no": ({"status": "urn:oasis:names:tc:SAML:2.0:status:Responder"}, "cancelled"),
    "with a key that changes each time": ({"format": f"{FORMATS}transient"}, "transient"),
    "with an address as key": (
        {"format": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"},
        "transient",
    ),
    "with an empty key": ({"name_id": ""}, "no_subject"),
    "with an endless key": ({"name_id": "x" * 501}, "no_subject"),
    "that nobody asked for": ({"in_response_to": ""}, "unasked"),
}


@pytest.mark.parametrize("name", SAID)
def test_refuses_an_answer(
    client: Client, saml_peer: Peer, provider: CampusProvider, name: str
) -> None:
    told, why = SAID[name]
    acs = f"http://127.0.0.1/login/campus/{provider.pk}/acs/"
    filled = {
        key: one.replace("{acs}", acs) if isinstance(one, str) else one for key, one in told.items()
    }
    answer = answer_to(client, provider, saml_peer, **filled)

    assert campus.refusal(campus.send_answer(client, provider, answer)) == why
    if why != "cancelled":
        assert nobody_came_in(why)


def test_refuses_an_answer_to_another_request(
    client: Client, saml_peer: Peer, provider: CampusProvider
) -> None:
    campus.begin(client, provider)
    answer = answer_to(Client(), provider, saml_peer)

    assert campus.refusal(campus.send_answer(client, provider, answer)) == "lost"
    assert nobody_came_in("lost")


def test_refuses_an_answer_twice(client: Client, saml_peer: Peer, provider: CampusProvider) -> None:
    answer = answer_to(client, provider, saml_peer)
    assert campus.send_answer(client, provider, answer)["Location"] == "/"

    assert campus.refusal(campus.send_answer(Client(), provider, answer)) == "replayed"


def test_used_assertions_are_forgotten_when_they_are_over(
    client: Client, saml_peer: Peer, provider: CampusProvider
) -> None:
    campus.by_saml(client, provider, saml_peer, name_id="sanne", attributes=campus.attributes())
    assert UsedAssertion.objects.count() == 1

    actions.forget_used(at=timezone.now())
    assert UsedAssertion.objects.count() == 1
    actions.forget_used(at=timezone.now() + timedelta(minutes=20))
    assert not UsedAssertion.objects.exists()


def test_word_of_an_answer_works_once_and_only_where_it_was_asked(
    client: Client, saml_peer: Peer, provider: CampusProvider
) -> None:
    answer = answer_to(client, provider, saml_peer)
    sent = Client().post(
        f"/login/campus/{provider.pk}/acs/", {"SAMLResponse": answer}, headers={"host": "127.0.0.1"}
    )

    assert campus.refusal(Client().get(sent["Location"], headers={"host": "127.0.0.1"})) == "lost"
    assert campus.refusal(client.get(sent["Location"], headers={"host": "127.0.0.1"})) == "lost"


def test_unasked_comes_in_only_where_that_is_allowed(
    client: Client, saml_peer: Peer, provider: CampusProvider
) -> None:
    provider.takes_unasked = True
    provider.save()
    answer = answer_to(client, provider, saml_peer, in_response_to="")

    assert campus.send_answer(Client(), provider, answer)["Location"] == "/"


# What was made of a signed answer ----------------------------------------------------------------


def _parts(answer: str) -> tuple[Any, Any]:
    root = etree.fromstring(base64.b64decode(answer))
    return root, root.find("saml:Assertion", NS)


def _packed(root: Any) -> str:
    return base64.b64encode(etree.tostring(root)).decode()


def _forged(assertion: Any) -> Any:
    """Return an assertion about somebody else, without a signature."""
    other = copy.deepcopy(assertion)
    other.set("ID", "_forged")
    other.find(".//saml:NameID", NS).text = "victim"
    signature = other.find("ds:Signature", NS)
    if signature is not None:
        other.remove(signature)
    return other


def _unsigned(root: Any, assertion: Any) -> None:
    assertion.remove(assertion.find("ds:Signature", NS))


def _changed(root: Any, assertion: Any) -> None:
    assertion.find(".//saml:NameID", NS).text = "victim"


def _comment_in_the_key(root: Any, assertion: Any) -> None:
    """Cut the key by a comment, which signatures do not see."""
    name_id = assertion.find(".//saml:NameID", NS)
    name_id.text, comment = "san", etree.Comment("x")
    comment.tail = "ne"
    name_id.append(comment)


def _beside_before(root: Any, assertion: Any) -> None:
    root.insert(list(root).index(assertion), _forged(assertion))


def _beside_after(root: Any, assertion: Any) -> None:
    root.append(_forged(assertion))


def _around(root: Any, assertion: Any) -> None:
    """Put the signed one inside the forged one."""
    forged = _forged(assertion)
    root.replace(assertion, forged)
    forged.append(assertion)


def _in_extensions(root: Any, assertion: Any) -> None:
    forged = _forged(assertion)
    root.replace(assertion, forged)
    extensions = etree.Element(f"{{{NS['samlp']}}}Extensions")
    root.insert(1, extensions)
    extensions.append(assertion)


def _in_the_signature(root: Any, assertion: Any) -> None:
    """Move the signature to the forged one, with the signed one in an object of it."""
    signature = assertion.find("ds:Signature", NS)
    forged = _forged(assertion)
    assertion.remove(signature)
    root.replace(assertion, forged)
    forged.insert(1, signature)
    thing = etree.SubElement(signature, f"{{{NS['ds']}}}Object")
    thing.append(assertion)


def _same_id(root: Any, assertion: Any) -> None:
    """Let the forged one have the key of the signed one, which hides in an object."""
    _in_the_signature(root, assertion)
    root.find("saml:Assertion", NS).set("ID", assertion.get("ID"))


def _signature_of_the_whole(root: Any, assertion: Any) -> None:
    """Say that the answer is signed, with the signature of the assertion."""
    signature = assertion.find("ds:Signature", NS)
    assertion.remove(signature)
    root.insert(1, signature)


def _run_first(root: Any, assertion: Any) -> None:
    """Ask for a program to be run over what was signed."""
    transform = assertion.find(".//ds:Transform", NS)
    transform.set("Algorithm", "http://www.w3.org/TR/1999/REC-xslt-19991116")


def _two_references(root: Any, assertion: Any) -> None:
    reference = assertion.find(".//ds:Reference", NS)
    reference.addnext(copy.deepcopy(reference))


WRAPPED: list[Callable[[Any, Any], None]] = [
    _unsigned,
    _changed,
    _beside_before,
    _beside_after,
    _around,
    _in_extensions,
    _in_the_signature,
    _same_id,
    _signature_of_the_whole,
    _run_first,
    _two_references,
]


@pytest.mark.parametrize("change", WRAPPED, ids=lambda one: one.__name__.strip("_"))
def test_refuses_what_was_changed_or_wrapped(
    client: Client, saml_peer: Peer, provider: CampusProvider, change: Callable[[Any, Any], None]
) -> None:
    root, assertion = _parts(answer_to(client, provider, saml_peer))
    change(root, assertion)

    why = campus.refusal(campus.send_answer(client, provider, _packed(root)))

    assert why in {"signature", "unusable"}
    assert nobody_came_in(why)


def test_comment_in_the_key_cuts_nothing_off(
    client: Client, saml_peer: Peer, provider: CampusProvider
) -> None:
    root, assertion = _parts(answer_to(client, provider, saml_peer))
    _comment_in_the_key(root, assertion)

    campus.send_answer(client, provider, _packed(root))

    subjects = provider.accounts.values_list("subject", flat=True)
    assert set(subjects) <= {"sanne"}


def test_refuses_what_another_key_signed(
    client: Client, saml_peer: Peer, provider: CampusProvider
) -> None:
    answer = answer_to(client, provider, saml_peer)
    provider.metadata = provider.metadata.replace(
        re.search(r"<(?:\w+:)?X509Certificate>([^<]+)<", provider.metadata)[1],  # type: ignore[index]
        "".join(provider.own_certificate.splitlines()[1:-1]),
    )
    provider.metadata_url = "http://127.0.0.1:1/gone"
    provider.save()

    assert campus.refusal(campus.send_answer(client, provider, answer)) == "signature"


BOMB = (
    b'<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><b>&c;</b>'
)
OUTSIDE = b'<!DOCTYPE b [<!ENTITY x SYSTEM "file:///etc/passwd">]><b>&x;</b>'
GARBAGE = {
    "nothing": "",
    "no base64": "€€€",
    "no XML": base64.b64encode(b"hello").decode(),
    "other XML": base64.b64encode(b"<a/>").decode(),
    "bytes": base64.b64encode(bytes(range(256))).decode(),
    "a bomb": base64.b64encode(BOMB).decode(),
    "a file": base64.b64encode(OUTSIDE).decode(),
    "deep": base64.b64encode(b"<a>" * 20_000).decode(),
    "huge": "A" * 600_000,
}


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_gets_a_page(client: Client, provider: CampusProvider, name: str) -> None:
    assert campus.refusal(campus.send_answer(client, provider, GARBAGE[name])) == "unusable"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    text=st.binary(max_size=300) | st.from_regex(rb"<samlp?:Response[^>]{0,40}>.*", fullmatch=True)
)
def test_whatever_is_sent_gets_a_page(provider: CampusProvider, text: bytes) -> None:
    sent = base64.b64encode(text).decode()
    assert campus.refusal(campus.send_answer(Client(), provider, sent)) == "unusable"


# Metadata ----------------------------------------------------------------------------------------


def test_new_key_of_the_provider_is_found_at_the_first_answer(
    client: Client, saml_peer: Peer, provider: CampusProvider
) -> None:
    saml_peer.tell("rotate", key="second")

    answer = campus.by_saml(
        client, provider, saml_peer, name_id="sanne", attributes=campus.attributes()
    )

    assert answer["Location"] == "/"


def test_worker_fetches_metadata_in_the_night_and_keeps_what_there_was_when_that_fails(
    saml_peer: Peer, provider: CampusProvider
) -> None:
    local = provider.metadata_due_at.astimezone(provider.institution.zone)  # type: ignore[union-attr]
    assert local.hour == 3
    assert actions.refresh_due(at=timezone.now()) == 0
    saml_peer.tell("rotate", key="second")
    before = provider.metadata

    later = timezone.now() + timedelta(days=2)
    assert actions.refresh_due(at=later) == 1
    provider.refresh_from_db()
    assert provider.metadata != before
    assert provider.metadata_due_at > later  # type: ignore[operator]

    CampusProvider.objects.update(
        metadata_url=f"{saml_peer.address}/gone", metadata_due_at=timezone.now()
    )
    call_command("worker", once=True)
    kept = provider.metadata
    provider.refresh_from_db()
    assert provider.metadata == kept
    assert provider.metadata_problem == "unreachable"
    assert provider.metadata_due_at < timezone.now() + timedelta(hours=2)  # type: ignore[operator]


def test_another_provider_at_the_same_address_is_not_taken(
    saml_peer: Peer, provider: CampusProvider
) -> None:
    assert provider.entity_id == f"{saml_peer.address}/metadata"
    provider.entity_id = "https://elders.example"

    assert not actions.refresh(provider, at=timezone.now())
    assert provider.metadata_problem == "no_provider"


def test_metadata_of_a_federation_are_taken_with_its_signature_only(
    saml_peer: Peer, keys: Path
) -> None:
    federation = (keys / "federation.cert.pem").read_text()
    signed = requests.get(f"{saml_peer.address}/metadata/signed", timeout=20).text
    plain = requests.get(f"{saml_peer.address}/metadata", timeout=20).text
    provider = CampusProvider(metadata_certificate=federation)
    now = timezone.now()

    assert check(provider, signed, at=now).sign_on == f"{saml_peer.address}/sso"

    wrapped = f'<E xmlns="urn:oasis:names:tc:SAML:2.0:metadata">{signed}</E>'
    other = CampusProvider(metadata_certificate=(keys / "first.cert.pem").read_text())
    for who, text, why in (
        (provider, plain, "unsigned"),
        (provider, wrapped, "unsigned"),
        (provider, signed.replace("/sso", "/evil"), "wrong_signature"),
        (other, signed, "wrong_signature"),
    ):
        with pytest.raises(MetadataError, match=why):
            check(who, text, at=now)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda _text: "hello", "unreadable"),
        (lambda _text: BOMB.decode(), "unreadable"),
        (lambda _text: OUTSIDE.decode(), "unreadable"),
        (lambda _text: "<a/>", "no_provider"),
        (
            lambda text: re.sub(
                r"<(\w+:)?KeyDescriptor.*</(\w+:)?KeyDescriptor>", "", text, flags=re.DOTALL
            ),
            "no_key",
        ),
        (lambda text: re.sub(r"(X509Certificate>)[^<]+<", r"\1AAAA<", text), "bad_key"),
        (lambda text: text.replace("HTTP-Redirect", "HTTP-POST"), "no_sign_on"),
        (lambda text: text.replace("/sso", "").replace("http://", "javascript:"), "no_sign_on"),
        (
            lambda text: text.replace("entityID=", 'validUntil="2020-01-01T00:00:00Z" entityID='),
            "over",
        ),
        (lambda text: text.replace("entityID=", 'validUntil="soon" entityID='), "unreadable"),
        (
            lambda text: f'<E xmlns="urn:oasis:names:tc:SAML:2.0:metadata">{text}{text}</E>',
            "several",
        ),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_metadata_that_cannot_be_used_say_why(
    saml_peer: Peer, change: Callable[[str], str], why: str
) -> None:
    text = requests.get(f"{saml_peer.address}/metadata", timeout=20).text

    with pytest.raises(MetadataError, match=why):
        check(CampusProvider(), change(text), at=timezone.now())


@given(text=st.text(max_size=200))
def test_any_text_is_no_metadata(text: str) -> None:
    with pytest.raises(MetadataError):
        check(CampusProvider(), text, at=timezone.now())


# Signing out -------------------------------------------------------------------------------------


def test_signing_out_here_offers_to_sign_out_there(
    client: Client, saml_peer: Peer, provider: CampusProvider
) -> None:
    campus.by_saml(client, provider, saml_peer, name_id="sanne", attributes=campus.attributes())
    out = client.post("/logout/", headers={"host": "127.0.0.1"})["Location"]
    assert "/out/there/" in client.get(out, headers={"host": "127.0.0.1"}).content.decode()

    there = client.get(out.replace("/out/", "/out/there/"), headers={"host": "127.0.0.1"})
    answer = requests.get(there["Location"], allow_redirects=False, timeout=20)

    # It read our request, signature and all, and signed its answer.
    assert saml_peer.tell("sent")["sent"] == "sanne"
    done = campus.back(client, answer.headers["Location"])
    assert done["Location"] == "/login/"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("unsigned", "ook uitgelogd"),
        ("another signature", "misschien nog ingelogd"),
        ("garbage", "misschien nog ingelogd"),
    ],
)
def test_the_answer_of_a_provider_needs_no_signature_but_has_to_be_one(
    client: Client, saml_peer: Peer, provider: CampusProvider, change: str, told: str
) -> None:
    campus.by_saml(client, provider, saml_peer, name_id="sanne", attributes=campus.attributes())
    out = client.post("/logout/", headers={"host": "127.0.0.1"})["Location"]
    there = client.get(out.replace("/out/", "/out/there/"), headers={"host": "127.0.0.1"})
    answer = requests.get(there["Location"], allow_redirects=False, timeout=20)
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    sent = {name: one[0] for name, one in query.items()}
    if change == "unsigned":
        sent = {"SAMLResponse": sent["SAMLResponse"]}
    if change == "another signature":
        sent["Signature"] = base64.b64encode(b"no").decode()
    if change == "garbage":
        sent = {"SAMLResponse": "x"}

    page = client.get(
        f"/login/campus/{provider.pk}/signed-out/", sent, follow=True, headers={"host": "127.0.0.1"}
    )

    assert page.status_code == 200
    assert told in page.content.decode()


def test_signing_out_there_signs_out_here(
    client: Client, saml_peer: Peer, provider: CampusProvider
) -> None:
    campus.by_saml(client, provider, saml_peer, name_id="sanne", attributes=campus.attributes())
    assert "_auth_user_id" in client.session

    asked = saml_peer.tell("logout", name_id="sanne")["address"]
    answer = campus.back(client, asked)

    assert "_auth_user_id" not in client.session
    assert "everywhere" in requests.get(answer["Location"], timeout=20).text


@pytest.mark.parametrize("who", ["joris", ""])
def test_signing_somebody_else_out_there_leaves_this_session(
    client: Client, saml_peer: Peer, provider: CampusProvider, who: str
) -> None:
    campus.by_saml(client, provider, saml_peer, name_id="sanne", attributes=campus.attributes())

    campus.back(client, saml_peer.tell("logout", name_id=who or "nobody")["address"])

    assert "_auth_user_id" in client.session


@pytest.mark.parametrize("change", ["unsigned", "changed", "garbage", "nothing", "a bomb"])
def test_signing_out_is_not_for_everybody_to_ask(
    client: Client, saml_peer: Peer, provider: CampusProvider, change: str
) -> None:
    campus.by_saml(client, provider, saml_peer, name_id="sanne", attributes=campus.attributes())
    query = parse_qs(urlsplit(saml_peer.tell("logout", name_id="sanne")["address"]).query)
    sent = {name: one[0] for name, one in query.items()}
    other = parse_qs(urlsplit(saml_peer.tell("logout", name_id="joris")["address"]).query)
    if change == "unsigned":
        sent = {"SAMLRequest": sent["SAMLRequest"]}
    if change == "changed":
        sent["SAMLRequest"] = other["SAMLRequest"][0]
    if change == "garbage":
        sent["SAMLRequest"] = "x"
    if change == "nothing":
        sent = {}
    if change == "a bomb":
        packed = zlib.compressobj(9, zlib.DEFLATED, -15)
        bomb = packed.compress(b"<a>" + b" " * 50_000_000) + packed.flush()
        sent["SAMLRequest"] = base64.b64encode(bomb).decode()

    answer = client.get(
        f"/login/campus/{provider.pk}/signed-out/", sent, headers={"host": "127.0.0.1"}
    )

    assert campus.refusal(answer) in {"signature", "unusable"}
    assert "_auth_user_id" in client.session
