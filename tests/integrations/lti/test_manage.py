"""Registering learning environments: by hand, by a link, and what "Test this" says."""

import json
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import jwt
import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from stageapp.audit.models import AuditEntry
from stageapp.integrations.lti.models import (
    Course,
    Deployment,
    Identity,
    Platform,
    RegistrationLink,
    ToolKey,
)
from stageapp.integrations.lti.signing import signed
from stageapp.programmes.models import Cohort, Institution, InstitutionAdministrator
from tests import factories
from tests.integrations.lti.campus import Campus, begin, launch

pytestmark = pytest.mark.django_db

LIST = "/manage/integrations/lti/"


@pytest.fixture
def bea(school: Institution) -> Client:
    person = factories.person("Bea Functioneel")
    InstitutionAdministrator.objects.create(institution=school, person=person)
    made = Client()
    made.force_login(person)
    return made


def filled(**fields: Any) -> dict[str, Any]:
    return {
        "name": "Canvas",
        "kind": "canvas",
        "frame_origins": "https://school.instructure.com/courses/1",
        "client_id": "10000000000001",
        "deployments": "1:abc\n\n 2:def \n1:abc",
        "is_active": "on",
    } | fields


# By hand ------------------------------------------------------------------------------------------


def test_canvas_needs_four_things_typed(bea: Client, school: Institution) -> None:
    answer = bea.post(f"{LIST}new/", filled())

    made = Platform.objects.get()
    assert answer["Location"] == f"{LIST}{made.pk}/"
    assert made.issuer == "https://canvas.instructure.com"
    assert made.auth_url == "https://sso.canvaslms.com/api/lti/authorize_redirect"
    assert made.frame_origins == "https://school.instructure.com"
    assert [one.deployment_id for one in made.deployments.all()] == ["1:abc", "2:def"]
    assert not made.checks_emails
    assert AuditEntry.objects.get().details == {
        "platform": made.pk,
        "change": "registered",
        "number": 2,
    }


@pytest.mark.parametrize(
    ("kind", "issuer", "keys"),
    [
        ("moodle", "https://leren.example", "https://leren.example/mod/lti/certs.php"),
        ("brightspace", "https://leren.example", "https://leren.example/d2l/.well-known/jwks"),
        (
            "blackboard",
            "https://blackboard.com",
            "https://developer.blackboard.com/api/v1/management/applications/c-1/jwks.json",
        ),
    ],
)
def test_addresses_of_known_environments_are_filled_in(
    bea: Client, kind: str, issuer: str, keys: str
) -> None:
    bea.post(
        f"{LIST}new/", filled(kind=kind, frame_origins="https://leren.example", client_id="c-1")
    )

    made = Platform.objects.get()
    assert (made.issuer, made.jwks_url) == (issuer, keys)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": "other"}, "Van een ander programma kennen we dit niet"),
        ({"kind": "moodle", "frame_origins": ""}, "Vul hierboven in waar mensen het openen"),
        ({"frame_origins": "javascript:alert(1)"}, "is geen adres dat met https:// begint."),
        ({"frame_origins": "https://a;b"}, "is geen adres dat met https:// begint."),
        ({"auth_url": "ftp://x"}, "Geef een adres dat begint met https://."),
        ({"deployments": "x" * 300}, "Een deployment-ID heeft hooguit 255 tekens."),
        ({"name": ""}, "Dit veld is verplicht."),
        ({"client_id": "c\0"}, "NUL"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    bea: Client, fields: dict[str, str], said: str
) -> None:
    answer = bea.post(f"{LIST}new/", filled(**fields))

    assert answer.status_code == 422
    assert said in answer.content.decode() or said.lower() in answer.content.decode().lower()
    assert not Platform.objects.exists()


def test_same_environment_twice_is_refused_and_elsewhere_is_another(
    bea: Client, school: Institution
) -> None:
    bea.post(f"{LIST}new/", filled())

    answer = bea.post(f"{LIST}new/", filled())

    assert answer.status_code == 422
    assert "Deze leeromgeving is al aangemeld." in answer.content.decode()
    other = factories.person()
    elsewhere = factories.institution()
    InstitutionAdministrator.objects.create(institution=elsewhere, person=other)
    client = Client()
    client.force_login(other)
    # At the same host nobody could tell which of the two somebody comes from.
    answer = client.post(f"{LIST}new/", filled())
    assert "Deze leeromgeving is al aangemeld." in answer.content.decode()
    Institution.objects.filter(pk=elsewhere.pk).update(host="testserver")
    assert client.post(f"{LIST}new/", filled()).status_code == 302
    mine = Platform.objects.get(institution=school)
    assert client.get(f"{LIST}{mine.pk}/").status_code == 404
    assert client.post(f"{LIST}{mine.pk}/remove/", {"sure": "yes"}).status_code == 404


def test_registration_is_changed_and_its_places_too(bea: Client) -> None:
    bea.post(f"{LIST}new/", filled())
    made = Platform.objects.get()
    kept = made.deployments.get(deployment_id="2:def")

    bea.post(f"{LIST}{made.pk}/", filled(name="Canvas test", deployments="2:def\n3:x", issuer="x"))

    made.refresh_from_db()
    # Who it is cannot be changed: that would be another one.
    assert (made.name, made.issuer) == ("Canvas test", "https://canvas.instructure.com")
    assert [one.deployment_id for one in made.deployments.all()] == ["2:def", "3:x"]
    assert made.deployments.first() == kept


def test_keys_of_another_host_would_let_somebody_in_as_anybody(
    bea: Client, campus: Campus, platform: Platform
) -> None:
    Identity.objects.create(
        platform=platform, subject="u", person=factories.person(), linked_at=timezone.now()
    )

    answer = bea.post(
        f"{LIST}{platform.pk}/",
        filled(
            kind="other",
            jwks_url="https://elsewhere.example/keys",
            auth_url=platform.auth_url,
            token_url=platform.token_url,
        ),
    )

    assert answer.status_code == 422
    assert "Mensen komen binnen met de sleutels van deze host." in answer.content.decode()
    platform.refresh_from_db()
    assert platform.jwks_url == f"{campus.url}/jwks"


def test_hosts_with_other_letters_are_not_all_the_same(
    bea: Client, campus: Campus, platform: Platform
) -> None:
    keys = "https://leeromgeving-één.example/keys"
    Platform.objects.update(jwks_url=keys)
    Identity.objects.create(
        platform=platform, subject="u", person=factories.person(), linked_at=timezone.now()
    )
    told = {"kind": "other", "auth_url": platform.auth_url, "token_url": platform.token_url}

    changed = filled(**told, jwks_url="https://leeromgeving-twéé.example/keys")
    assert bea.post(f"{LIST}{platform.pk}/", changed).status_code == 422
    assert bea.post(f"{LIST}{platform.pk}/", filled(**told, jwks_url=keys)).status_code == 302


def test_environment_is_switched_off_and_removed_after_asking(
    bea: Client, platform: Platform
) -> None:
    person = factories.person()
    Identity.objects.create(platform=platform, subject="u", person=person, linked_at=timezone.now())

    bea.post(f"{LIST}{platform.pk}/switch/")
    platform.refresh_from_db()
    assert not platform.is_active
    assert "Er komt 1 persoon vandaan." in bea.post(f"{LIST}{platform.pk}/remove/").content.decode()
    bea.post(f"{LIST}{platform.pk}/remove/", {"sure": "yes"})

    assert not Platform.objects.exists()
    person.refresh_from_db()


def test_administrator_connects_a_course_with_a_cohort_of_the_own_institution(
    bea: Client, client: Client, campus: Campus, platform: Platform, cohort: Cohort
) -> None:
    launch(client, campus)
    course = Course.objects.get()
    assert "Stage ICT" in bea.get(f"{LIST}{platform.pk}/").content.decode()

    address = f"{LIST}courses/{course.pk}/"
    assert bea.post(address, {"cohort": factories.cohort().pk}).status_code == 404
    assert bea.post(address, {"cohort": "x"}).status_code == 404
    bea.post(address, {"cohort": cohort.pk})
    course.refresh_from_db()
    assert course.cohort == cohort
    bea.post(address, {"cohort": ""})
    course.refresh_from_db()
    assert course.cohort is None


def test_page_of_an_environment_takes_as_many_queries_for_many_courses(
    bea: Client, platform: Platform, cohort: Cohort
) -> None:
    bea.get(LIST)
    deployment, sizes = platform.deployments.get(), []
    for number in (1, 20):
        for one in range(number):
            Course.objects.create(
                deployment=deployment,
                context_id=f"{number}-{one}",
                cohort=cohort,
                seen_at=timezone.now(),
            )
        with CaptureQueriesContext(connection) as counted:
            bea.get(f"{LIST}{platform.pk}/")
        sizes.append(len(counted))
    assert sizes[0] == sizes[1]


# Test this ----------------------------------------------------------------------------------------


def said_by_test(bea: Client, platform: Platform) -> str:
    answer = bea.post(f"{LIST}{platform.pk}/", {"do": "test"})
    assert answer.status_code == 200
    return answer.content.decode()


def test_test_says_that_everything_works(
    bea: Client, client: Client, campus: Campus, platform: Platform
) -> None:
    campus.tool_keys = client.get("/lti/jwks.json").json()

    page = said_by_test(bea, platform)

    assert "Sleutels: 1 opgehaald waarmee starts ondertekend kunnen zijn." in page
    assert "Toegangstoken: gekregen, dus deelnemerslijsten zijn op te vragen." in page
    assert "Klok: gelijk aan die van hier." in page
    assert "Werkt niet" not in page


@pytest.mark.parametrize(
    ("path", "instead", "said"),
    [
        ("/jwks", (404, b""), "het adres van de sleutels (JWKS) geeft een fout"),
        ("/jwks", (200, b"<html>"), "staat geen lijst (JWKS)"),
        ("/jwks", (200, b'{"keys": []}'), "staat geen lijst (JWKS)"),
        ("/jwks", (200, b"[" * 100_000), "staat geen lijst (JWKS)"),
        ("/token", (400, b'{"error": "invalid_client"}'), "(400 invalid_client)"),
        ("/token", (401, b'{"error": "<script>"}'), "weigert ons ondertekende verzoek"),
        ("/token", (200, b"{}"), "in het antwoord staat geen token"),
        ("/token", (200, b'{"access_token": "a\\nb"}'), "in het antwoord staat geen token"),
    ],
)
def test_test_says_in_words_what_is_wrong(
    bea: Client, campus: Campus, platform: Platform, path: str, instead: Any, said: str
) -> None:
    campus.instead[path] = instead

    page = said_by_test(bea, platform)

    assert said in page
    assert "Werkt niet" in page


def test_test_says_that_nothing_answers_or_may_be_called(
    bea: Client, campus: Campus, platform: Platform
) -> None:
    Platform.objects.update(jwks_url="http://127.0.0.1:1/", token_url="https://10.0.0.1.nip/")
    page = said_by_test(bea, platform)
    assert "op het adres van de sleutels (JWKS) antwoordt niets" in page
    Platform.objects.update(jwks_url="http://elsewhere.example/", is_active=False)
    Deployment.objects.all().delete()

    page = said_by_test(bea, platform)

    assert "Sleutels: dit adres mogen we niet aanroepen." in page
    assert "De koppeling staat uit" in page
    assert "Er is geen deployment-ID." in page


def test_test_says_that_a_clock_is_wrong(
    bea: Client, campus: Campus, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The clock of the server on the other side.
    monkeypatch.setattr(
        BaseHTTPRequestHandler,
        "date_time_string",
        lambda *_rest: "Fri, 27 Nov 2020 10:00:00 GMT",
    )

    assert "Klok: de leeromgeving scheelt" in said_by_test(bea, platform)


def test_refused_launches_are_shown_with_their_reason_and_what_to_do(
    bea: Client, client: Client, campus: Campus, platform: Platform
) -> None:
    Deployment.objects.update(deployment_id="other")
    launch(client, campus)

    for page in (bea.get(LIST), bea.get(f"{LIST}{platform.pk}/")):
        text = page.content.decode()
        assert "Deze plek in de leeromgeving is hier niet aangemeld." in text
        assert "deployment-1" in text
        assert "Voeg deze deployment-ID toe" in text
        assert "Sanne" not in text


def test_nothing_is_signed_for_another_before_an_administrator_switched_it_on(
    bea: Client, campus: Campus, platform: Platform
) -> None:
    """What we sign to be given a token could be sent on to whom it is meant for."""
    Platform.objects.update(is_active=False, token_audience="https://elsewhere.example/token")

    page = said_by_test(bea, platform)

    assert "Toegangstoken: niet gevraagd." in page
    assert "/token" not in campus.asked
    Platform.objects.update(token_audience=f"{campus.url}/oauth2")
    said_by_test(bea, platform)
    assert "/token" in campus.asked


# By itself ----------------------------------------------------------------------------------------


def made_link(bea: Client) -> str:
    bea.post(f"{LIST}link/")
    page = bea.get(LIST)
    link: str = page.context["link"]
    assert link in page.content.decode()
    # It is shown once.
    assert bea.get(LIST).context["link"] == ""
    return link


def opened(campus: Campus) -> dict[str, str]:
    return {"openid_configuration": f"{campus.url}/openid", "registration_token": "their-token"}


def test_environment_registers_itself_and_waits_for_an_administrator(
    bea: Client, client: Client, campus: Campus, school: Institution
) -> None:
    link = made_link(bea)
    told = opened(campus)

    page = client.get(link, told)
    assert page.status_code == 200
    assert campus.registered == []
    page = client.post(link, told)

    made = Platform.objects.get()
    assert (made.institution, made.issuer, made.client_id) == (school, campus.url, "given-1")
    assert (made.kind, made.is_active) == ("moodle", False)
    assert made.deployments.get().deployment_id == "given-deployment"
    (asked,) = campus.registered
    assert asked["authorization"] == "Bearer their-token"
    assert asked["initiate_login_uri"] == "http://testserver/lti/login/"
    assert asked["jwks_uri"] == "http://testserver/lti/jwks.json"
    assert asked["token_endpoint_auth_method"] == "private_key_jwt"
    messages = asked["https://purl.imsglobal.org/spec/lti-tool-configuration"]["messages"]
    assert [one["type"] for one in messages] == ["LtiResourceLinkRequest", "LtiDeepLinkingRequest"]
    assert "<lti-close>" in page.content.decode()
    # Once.
    assert client.post(link, told).status_code == 410
    assert client.get(link, told).status_code == 410


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "https://elsewhere.example", "registration_endpoint": "https://x.example/r"},
        {"registration_endpoint": "http://169.254.169.254/latest"},
        {"registration_endpoint": "http://localhost:1/r"},
        {"issuer": 3},
        {"jwks_uri": "javascript:alert(1)"},
        {"token_endpoint": None},
        {"authorization_endpoint": "x" * 9000},
    ],
)
def test_environment_that_announces_something_else_is_not_registered(
    bea: Client, client: Client, campus: Campus, change: dict[str, Any]
) -> None:
    link = made_link(bea)
    campus.instead["/openid"] = (200, json.dumps(campus.openid() | change).encode())

    answer = client.post(link, opened(campus))

    assert answer.status_code == 422
    assert not Platform.objects.exists()
    assert campus.registered == []


@pytest.mark.parametrize(
    "change",
    [
        {"authorization_server": "https://real.example/token"},
        {"token_endpoint": "https://real.example/other"},
        {"issuer": "https://real.example"},
    ],
)
def test_environment_cannot_register_with_the_client_id_of_another(
    bea: Client, client: Client, campus: Campus, school: Institution, change: dict[str, Any]
) -> None:
    Platform.objects.create(
        institution=school,
        name="Moodle",
        issuer="https://real.example",
        client_id="given-1",
        token_url="https://real.example/token",
    )
    link = made_link(bea)
    campus.instead["/openid"] = (200, json.dumps(campus.openid() | change).encode())

    answer = client.post(link, opened(campus))

    assert answer.status_code == 422
    assert "Deze leeromgeving is al aangemeld." in answer.content.decode()
    assert Platform.objects.get().name == "Moodle"


def test_environment_is_named_by_where_it_was_asked_not_by_what_it_calls_itself(
    bea: Client, client: Client, campus: Campus
) -> None:
    link = made_link(bea)
    told = campus.openid() | {"issuer": "https://canvas.instructure.com"}
    campus.instead["/openid"] = (200, json.dumps(told).encode())

    assert client.post(link, opened(campus)).status_code == 200

    made = Platform.objects.get()
    assert (made.name, made.issuer) == ("127.0.0.1", "https://canvas.instructure.com")


@pytest.mark.parametrize("document", [b"", b"[]", b"null", b"{}", b"[" * 90_000, b"\xff"])
@pytest.mark.parametrize("path", ["/openid", "/register"])
def test_environment_that_answers_nonsense_is_not_registered(
    bea: Client, client: Client, campus: Campus, path: str, document: bytes
) -> None:
    link = made_link(bea)
    campus.instead[path] = (200, document)

    assert client.post(link, opened(campus)).status_code == 422
    assert not Platform.objects.exists()


def test_link_to_register_is_over_after_two_hours_or_when_there_is_another(
    bea: Client, client: Client, campus: Campus
) -> None:
    first = made_link(bea)
    second = made_link(bea)
    assert client.get(first).status_code == 410
    assert client.get(second).status_code == 200
    RegistrationLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert client.post(second, opened(campus)).status_code == 410
    assert client.get("/lti/register/made-up/").status_code == 410


# What environments read ---------------------------------------------------------------------------


def test_keys_are_changed_without_a_moment_in_which_nobody_knows_them(
    bea: Client, client: Client, platform: Platform
) -> None:
    before = [key["kid"] for key in client.get("/lti/jwks.json").json()["keys"]]
    assert len(before) == 2

    def signs() -> str:
        kid: str = jwt.get_unverified_header(signed(platform, {}, timezone.now()))["kid"]
        return kid

    assert signs() == before[0]
    bea.post(f"{LIST}keys/")
    after = [key["kid"] for key in client.get("/lti/jwks.json").json()["keys"]]
    # The one that signs now was known before; the one before is known for a day.
    assert signs() == before[1]
    assert after[:2] == before
    assert len(after) == 3
    ToolKey.objects.filter(kid=before[0]).update(ends_at=timezone.now())
    assert len(client.get("/lti/jwks.json").json()["keys"]) == 2
    call_command("lti_rotate_keys")
    assert signs() == after[2]


def test_private_keys_are_sealed_and_never_shown(client: Client, platform: Platform) -> None:
    keys = client.get("/lti/jwks.json").json()["keys"]

    assert all(set(key) == {"kty", "use", "alg", "kid", "n", "e"} for key in keys)
    with connection.cursor() as cursor:
        cursor.execute("SELECT private FROM lti_toolkey")
        assert not any("PRIVATE" in row[0] for row in cursor.fetchall())


def test_configuration_for_canvas_says_where_everything_is(
    client: Client, school: Institution
) -> None:
    told = client.get("/lti/config.json").json()

    assert told["oidc_initiation_url"] == "http://testserver/lti/login/"
    assert told["target_link_uri"] == "http://testserver/lti/launch/"
    assert told["public_jwk_url"] == "http://testserver/lti/jwks.json"
    (canvas,) = told["extensions"]
    assert canvas["domain"] == "testserver"
    assert [one["placement"] for one in canvas["settings"]["placements"]] == [
        "course_navigation",
        "link_selection",
        "assignment_selection",
    ]


# Deep linking -------------------------------------------------------------------------------------


def test_teacher_puts_a_link_in_the_course(
    client: Client, campus: Campus, platform: Platform
) -> None:
    campus.tool_keys = client.get("/lti/jwks.json").json()
    asked = begin(client, campus)
    roles = ["http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"]

    answer = client.post("/lti/launch/", campus.answer(asked, roles=roles, deep_link=True))
    page = client.get(answer["Location"])
    assert page.content.decode().count('type="radio"') == 3
    assert client.post("/lti/choose/", {"choice": "profile"}).status_code == 422
    answer = client.post("/lti/choose/", {"choice": "logbook"})

    # The environment finds it signed by us, meant for it, and what it sent along unchanged.
    token = answer.context["token"]
    (item,) = campus.conf().validate_deeplinking_resp({"JWT": token})
    assert item["type"] == "ltiResourceLink"
    assert item["url"] == "http://testserver/activities/"
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["iss"], claims["aud"]) == ("client-1", campus.url)
    assert claims["https://purl.imsglobal.org/spec/lti-dl/claim/data"] == "as it was"
    assert claims["https://purl.imsglobal.org/spec/lti/claim/deployment_id"] == "deployment-1"
    policy = answer.headers["Content-Security-Policy"]
    assert f"form-action 'self' {campus.url};" in policy
    # Nobody was signed in by it, and it is over.
    assert client.get("/").status_code == 302
    assert client.post("/lti/choose/", {"choice": "logbook"}).status_code == 410


def test_student_puts_no_link_in_a_course(
    client: Client, campus: Campus, platform: Platform
) -> None:
    asked = begin(client, campus)

    answer = client.post("/lti/launch/", campus.answer(asked, deep_link=True))

    assert answer.status_code == 403
    assert client.get("/lti/choose/").status_code == 410


def test_who_cancels_sends_nothing_back(client: Client, campus: Campus, platform: Platform) -> None:
    campus.tool_keys = client.get("/lti/jwks.json").json()
    roles = ["http://purl.imsglobal.org/vocab/lis/v2/membership#ContentDeveloper"]
    client.post("/lti/launch/", campus.answer(begin(client, campus), roles=roles, deep_link=True))

    answer = client.post("/lti/choose/", {"nothing": "yes"})

    assert campus.conf().validate_deeplinking_resp({"JWT": answer.context["token"]}) == []
