"""A badge that a student makes is one that programs of others can read and check."""

import base64
import hashlib
import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from openbadgeslib.ob3 import OB3VerificationError, OB3Verifier

from stageapp.integrations.portfolio import signing
from stageapp.integrations.portfolio.badge_picture import MOST_LINES, wrapped
from stageapp.integrations.portfolio.models import Badge, SigningKey
from stageapp.integrations.portfolio.rules import file_name, holder_of
from stageapp.logbook.models import Evidence
from stageapp.placements.models import Placement
from stageapp.programmes.models import Institution, InstitutionAdministrator
from tests import factories
from tests.integrations.portfolio.conftest import Verify, competence, note

pytestmark = pytest.mark.django_db

NEW = "/portfolio/badges/new/"


def sent(*evidence: Evidence, do: str = "make", **changed: Any) -> dict[str, Any]:
    return {
        "title": "Ik voer gesprekken",
        "narrative": "Een goed gesprek begint met luisteren.\nDat liet ik drie keer zien.",
        "client_id": str(uuid4()),
        "evidence": [row.pk for row in evidence],
        "do": do,
    } | changed


def made(client: Client, *evidence: Evidence, **changed: Any) -> Badge:
    answer = client.post(NEW, sent(*evidence, **changed))
    assert answer.status_code == 302, answer.context["form"].errors
    return Badge.objects.latest("made_at")


def jwks() -> dict[str, Any]:
    found: dict[str, Any] = Client().get("/.well-known/jwks.json").json()
    return found


def fetch(url: str) -> bytes:
    """Get what a DID leads to, as a verifier does, from the app itself."""
    path = "/" + url.split("/", 3)[3]
    answer = Client().get(path)
    assert answer.status_code == 200, url
    return answer.content


def checked(badge: Badge) -> Any:
    """Check a badge with openbadgeslib, which finds the key by the identifier of the issuer."""
    issuer = badge.credential["issuer"]["id"]
    return OB3Verifier.for_issuer_did(issuer, download=fetch).verify(badge.token)


def test_others_read_and_verify_it(client: Client, placement: Placement) -> None:
    about = competence(placement, "c1", "Communiceren", code="A.1")

    badge = made(client, note(placement, "Verslag", text="Zo ging het"), competence=about.pk)

    found = checked(badge)
    assert found.issuer.name == "Sanne Bakker"
    assert found.achievement.name == "Ik voer gesprekken"
    assert "luisteren" in found.achievement.criteria_narrative
    subject = badge.credential["credentialSubject"]
    assert subject["achievement"]["alignment"][0]["targetCode"] == "A.1"
    assert badge.credential["evidence"] == [
        {"type": ["Evidence"], "name": "Verslag", "narrative": "Zo ging het", "genre": "text"}
    ]


def test_who_says_it_is_whom_it_is_about_and_it_says_so(
    client: Client, placement: Placement
) -> None:
    credential = made(client).credential

    assert credential["issuer"]["id"] == credential["credentialSubject"]["id"]
    assert "Niemand anders" in credential["description"]
    assert placement.cohort.programme.institution.name in credential["description"]


def test_the_signature_holds_for_jose_with_the_published_keys(
    client: Client, verify: Verify
) -> None:
    badge = made(client)

    found = verify(badge.token, jwks())

    payload = json.loads(found["payload"])
    assert found["header"]["alg"] == "RS256"
    assert set(found["header"]) == {"alg", "kid", "typ"}
    assert payload["iss"] == payload["sub"] == badge.credential["issuer"]["id"]
    assert payload["jti"] == badge.credential["id"]
    assert {name: payload[name] for name in badge.credential} == badge.credential


def test_a_changed_badge_is_refused_by_both(client: Client, verify: Verify) -> None:
    badge = made(client)
    head, _body, seal = badge.token.split(".")
    other = json.dumps(badge.credential | {"name": "Meer"}).encode()
    badge.token = ".".join((head, base64.urlsafe_b64encode(other).decode().rstrip("="), seal))

    with pytest.raises(OB3VerificationError):
        checked(badge)
    with pytest.raises(ValueError, match="signature verification failed"):
        verify(badge.token, jwks())


def test_a_name_of_another_cannot_be_put_on_it(client: Client) -> None:
    badge = made(client)
    other = holder_of("http://testserver/", uuid4())

    with pytest.raises(OB3VerificationError):
        OB3Verifier.for_issuer_did(other, download=fetch).verify(badge.token)


def test_it_holds_after_another_key_signs_and_when_the_student_is_gone(
    client: Client, school: Institution, placement: Placement
) -> None:
    badge = made(client)
    signing.make_key(school, at=timezone.now())
    later = made(client)
    assert badge.key_id != later.key_id

    placement.student.delete()

    assert not Badge.objects.exists()
    assert checked(badge).achievement.name == badge.title
    assert checked(later)


def test_another_key_signs_after_a_year(school: Institution) -> None:
    now = timezone.now()
    first = signing.key_of(school, at=now)

    assert signing.key_of(school, at=now + timedelta(days=364)) == first
    assert signing.key_of(school, at=now + timedelta(days=366)) != first
    assert len(jwks()["keys"]) == 2


def test_what_a_withdrawn_key_signed_holds_no_more(client: Client, school: Institution) -> None:
    badge = made(client)
    bea = factories.person("Bea Functioneel")
    InstitutionAdministrator.objects.create(institution=school, person=bea)
    administrator = Client()
    administrator.force_login(bea)

    administrator.post(f"/manage/integrations/badges/{badge.key_id}/withdraw/")

    assert jwks() == {"keys": []}
    with pytest.raises(OB3VerificationError):
        checked(badge)
    assert checked(made(client))


def test_the_private_half_leaves_nowhere(client: Client, school: Institution) -> None:
    badge = made(client)
    raw = SigningKey.objects.extra(select={"raw": "private"})

    assert "PRIVATE" in badge.key.private
    assert "PRIVATE" not in raw.values_list("raw", flat=True)[0]
    assert set(jwks()["keys"][0]) == {"alg", "e", "kid", "kty", "n", "use"}
    document = json.loads(fetch(f"https://x/badges/{uuid4()}/did.json"))
    assert "d" not in document["verificationMethod"][0]["publicKeyJwk"]
    assert "Sanne" not in json.dumps(document)


def test_keys_of_another_school_are_not_there(client: Client) -> None:
    made(client)
    other = factories.institution(host="daar.example")
    signing.make_key(other, at=timezone.now())

    names = [key["kid"] for key in jwks()["keys"]]

    assert names == list(
        SigningKey.objects.exclude(institution=other).values_list("name", flat=True)
    )


def test_a_mail_address_goes_hashed_and_only_when_wanted(client: Client) -> None:
    without, with_it = made(client), made(client, with_mail="on")

    assert "identifier" not in without.credential["credentialSubject"]
    (known,) = with_it.credential["credentialSubject"]["identifier"]
    sealed = hashlib.sha256(f"sanne@school.example{known['salt']}".encode()).hexdigest()
    assert known["identityHash"] == f"sha256${sealed}"
    assert "sanne@" not in with_it.token + json.dumps(with_it.credential)
    assert checked(with_it)


def test_evidence_of_a_file_is_its_name_and_of_a_link_its_address(
    client: Client, placement: Placement
) -> None:
    link = note(placement, "Mijn app", kind=Evidence.Kind.LINK, url="https://app.example/")
    photo = factories.evidence(placement, "foto.jpg")

    shown = made(client, link, photo).credential["evidence"]

    by_name = {one["name"]: one for one in shown}
    assert by_name["Mijn app"]["id"] == "https://app.example/"
    assert set(by_name["foto.jpg"]) == {"type", "name", "genre"}


def test_the_picture_has_the_badge_in_it(client: Client) -> None:
    badge = made(client, title='Ik <b>luister</b> & "vraag" ' + "door " * 20)

    answer = client.get(f"/portfolio/badges/{badge.pk}/svg/")

    assert answer["Content-Type"].startswith("image/svg+xml")
    assert OB3Verifier.extract_token_from_svg(answer.content) == badge.token
    root = etree.fromstring(answer.content)
    assert root.findtext("{*}title") == badge.title.strip()
    assert not root.findall(".//{*}script")
    assert all("b" not in (one.tag or "").split("}")[-1:] for one in root.iter())


def test_as_file_to_give_and_to_read(client: Client) -> None:
    badge = made(client)
    base = f"/portfolio/badges/{badge.pk}/"

    assert client.get(f"{base}jwt/").content.decode() == badge.token
    assert client.get(f"{base}json/").json() == badge.credential
    assert client.get(f"{base}exe/").status_code == 404
    assert "attachment" in client.get(f"{base}jwt/")["Content-Disposition"]


def test_looking_signs_nothing(client: Client) -> None:
    answer = client.post(NEW, sent(do="look"))

    assert "luisteren" in answer.context["preview"]
    assert not Badge.objects.exists()
    assert not SigningKey.objects.exists()


def test_the_same_form_twice_is_one_badge(client: Client) -> None:
    form = sent()

    first, again = client.post(NEW, form), client.post(NEW, form)

    assert first["Location"] == again["Location"]
    assert Badge.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "x" * 201),
        ("narrative", ""),
        ("narrative", "x" * 2001),
        ("competence", "9999"),
        ("competence", "x"),
        ("evidence", "9999"),
        ("client_id", "x"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(client: Client, field: str, value: str) -> None:
    answer = client.post(NEW, sent() | {field: value})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


def test_of_another_student_nothing_goes_and_nothing_is_seen(
    client: Client, placement: Placement
) -> None:
    badge = made(client)
    other = factories.placement(cohort=placement.cohort)
    strange = note(other, "Van een ander")
    stranger = Client()
    stranger.force_login(other.student)

    assert client.post(NEW, sent(strange)).status_code == 422
    for address in ("", "svg/", "jwt/", "json/"):
        assert stranger.get(f"/portfolio/badges/{badge.pk}/{address}").status_code == 404
    assert stranger.post(f"/portfolio/badges/{badge.pk}/delete/").status_code == 404
    assert checked(badge)


def test_badges_of_one_student_have_one_identifier(client: Client) -> None:
    one, other = made(client), made(client)

    assert one.holder == other.holder != UUID(int=0)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200))
def test_a_title_fits_on_the_picture(title: str) -> None:
    lines = wrapped(title)

    assert 1 <= len(lines) <= MOST_LINES
    assert all(len(line) <= 20 for line in lines)


@given(st.integers(1, 999), st.text(max_size=260))
def test_a_name_of_a_file_is_one_everywhere(number: int, name: str) -> None:
    made = file_name(number, name)

    assert len(made) <= 100
    assert not set(made) & set('/\\:*?"<>|\0\n')
    assert not made.startswith(".")
    assert not made.endswith((".", " "))
