"""What must not get in, each refused with a page that says why, and noted; none is an error."""

import base64
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any
from urllib.parse import unquote_plus

import jwt
import pytest
from django.test import Client, override_settings
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from stageapp.core.logs import HideSecrets
from stageapp.integrations.lti.actions import begin_launch, forget_old
from stageapp.integrations.lti.models import (
    Deployment,
    Identity,
    LoginState,
    Platform,
    RefusedLaunch,
)
from stageapp.integrations.lti.rules import (
    Reason,
    RefusedError,
    Standing,
    launch_in,
    origin_of,
    standing_of,
)
from stageapp.integrations.lti.verifying import keys_in, verified_claims
from stageapp.integrations.lti.words import WORDS
from stageapp.programmes.models import Institution
from tests import factories
from tests.examples import examples
from tests.integrations.lti.campus import (
    CLAIM,
    CLIENT_ID,
    CONTEXT,
    LAUNCH,
    LEARNER,
    ORIGIN,
    Campus,
    begin,
    key_pair,
    launch,
    now,
    pem,
    public_pem,
    served,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sanne(platform: Platform) -> None:
    person = factories.person()
    Identity.objects.create(
        platform=platform, subject="user-1", person=person, linked_at=timezone.now()
    )


def send(client: Client, state: str, token: Any) -> Any:
    return client.post("/lti/launch/", {"state": state, "id_token": token})


def is_refused(answer: Any, reason: Reason) -> None:
    """The page says why in the right language, nobody is in, and it is noted."""
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Dit lukte niet" in page
    assert reason in page
    assert "Ga terug naar de cursus" in page
    assert answer.client.get("/").status_code == 302
    assert RefusedLaunch.objects.latest("pk").reason == reason


Change = Callable[[dict[str, Any]], dict[str, Any]]


def without(name: str) -> Change:
    return lambda claims: {key: value for key, value in claims.items() if key != name}


def but(**changed: Any) -> Change:
    return lambda claims: claims | changed


def but_claim(name: str, value: Any) -> Change:
    return lambda claims: claims | {CLAIM + name: value}


#: What is changed in a token that the environment signs all the same -> why it is refused.
SIGNED: dict[str, tuple[Change, Reason]] = {
    "expired": (but(exp=1_700_000_000, iat=1_600_000_000), Reason.EXPIRED),
    "no exp": (without("exp"), Reason.MISSING_CLAIM),
    "no iat": (without("iat"), Reason.MISSING_CLAIM),
    "no nonce": (without("nonce"), Reason.MISSING_CLAIM),
    "no sub": (without("sub"), Reason.MISSING_CLAIM),
    "no aud": (without("aud"), Reason.MISSING_CLAIM),
    "no iss": (without("iss"), Reason.MISSING_CLAIM),
    "empty sub": (but(sub=""), Reason.MISSING_CLAIM),
    "sub with NUL": (but(sub="user\0"), Reason.MISSING_CLAIM),
    "sub too long": (but(sub="u" * 256), Reason.MISSING_CLAIM),
    "made in the future": (lambda told: told | {"iat": now() + 3600}, Reason.FROM_THE_FUTURE),
    "not valid yet": (lambda told: told | {"nbf": now() + 3600}, Reason.FROM_THE_FUTURE),
    "for another client": (but(aud="client-2"), Reason.AUDIENCE),
    "made by another party": (but(azp="client-2"), Reason.AUDIENCE),
    "for several, by nobody": (
        lambda told: without("azp")(told) | {"aud": [CLIENT_ID, "client-2"]},
        Reason.AUDIENCE,
    ),
    "other issuer": (but(iss="https://elsewhere.example"), Reason.ISSUER),
    "other nonce": (but(nonce="something"), Reason.NONCE),
    "unknown deployment": (but_claim("deployment_id", "other"), Reason.UNKNOWN_DEPLOYMENT),
    "no deployment": (without(f"{CLAIM}deployment_id"), Reason.MISSING_CLAIM),
    "version 1.1": (but_claim("version", "1.1.0"), Reason.VERSION),
    "no version": (without(f"{CLAIM}version"), Reason.VERSION),
    "another message": (
        but_claim("message_type", "LtiSubmissionReviewRequest"),
        Reason.MESSAGE_TYPE,
    ),
    "foreign target": (
        but_claim("target_link_uri", "https://elsewhere.example/lti/launch/"),
        Reason.FOREIGN_TARGET,
    ),
    "target that begins like ours": (
        but_claim("target_link_uri", "http://testserver.elsewhere.example/"),
        Reason.FOREIGN_TARGET,
    ),
    "target with a name in it": (
        but_claim("target_link_uri", "http://testserver@elsewhere.example/"),
        Reason.FOREIGN_TARGET,
    ),
    "another page of ours": (
        but_claim("target_link_uri", f"{ORIGIN}/profile/"),
        Reason.FOREIGN_TARGET,
    ),
    "another page than it began with": (
        but_claim("target_link_uri", f"{ORIGIN}/activities/"),
        Reason.FOREIGN_TARGET,
    ),
    "no target": (without(f"{CLAIM}target_link_uri"), Reason.MISSING_CLAIM),
    "numbers where texts belong": (but(sub=3, nonce=4), Reason.UNREADABLE),
    "lists where texts belong": (but(nonce=["x"]), Reason.NONCE),
    "exp that is no number": (but(exp="tomorrow"), Reason.UNREADABLE),
}


@pytest.mark.parametrize("name", SIGNED)
def test_token_that_says_the_wrong_thing_is_refused(
    client: Client, campus: Campus, platform: Platform, name: str
) -> None:
    change, reason = SIGNED[name]
    asked = begin(client, campus)
    claims = change(campus.claims(asked))

    is_refused(send(client, asked["state"], campus.forged(claims)), reason)

    assert Deployment.objects.count() == 1
    # The same launch, as it should be, is still taken: nothing was used up by it.
    assert send(client, asked["state"], campus.answer(asked)["id_token"]).status_code == 302


def test_wrong_signature_is_refused(client: Client, campus: Campus, platform: Platform) -> None:
    asked = begin(client, campus)
    token = campus.forged(campus.claims(asked), key=pem(key_pair(1)))

    is_refused(send(client, asked["state"], token), Reason.SIGNATURE)


def test_token_that_was_changed_on_its_way_is_refused(
    client: Client, campus: Campus, platform: Platform
) -> None:
    asked = begin(client, campus)
    head, body, sign = campus.answer(asked)["id_token"].split(".")
    told = json.loads(base64.urlsafe_b64decode(body + "=="))
    told["sub"] = "somebody-else"
    body = base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=").decode()

    is_refused(send(client, asked["state"], f"{head}.{body}.{sign}"), Reason.SIGNATURE)


def test_unsigned_token_is_refused(client: Client, campus: Campus, platform: Platform) -> None:
    asked = begin(client, campus)
    token = campus.forged(campus.claims(asked), key="", algorithm="none")

    is_refused(send(client, asked["state"], token), Reason.ALGORITHM)


def test_token_signed_with_the_public_key_as_a_password_is_refused(
    client: Client, campus: Campus, platform: Platform
) -> None:
    asked = begin(client, campus)
    claims = campus.claims(asked)
    # PyJWT itself would not do this.
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
        for part in ({"alg": "HS256", "typ": "JWT", "kid": campus.kid}, claims)
    ]
    secret = public_pem(campus.key).encode()
    sign = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(
        ".".join(parts).encode(), secret
    )
    parts.append(base64.urlsafe_b64encode(sign).rstrip(b"=").decode())

    is_refused(send(client, asked["state"], ".".join(parts)), Reason.ALGORITHM)


def test_key_of_another_environment_is_refused_also_under_the_name_of_the_right_one(
    client: Client, campus: Campus, platform: Platform, school: Institution
) -> None:
    with served(Campus(key_pair(1))) as other:
        other.register(school, client_id="other")
        asked = begin(client, campus)
        claims = campus.claims(asked)

        own_name = campus.forged(claims, key=pem(other.key), kid=other.kid)
        is_refused(send(client, asked["state"], own_name), Reason.UNKNOWN_KEY)
        stolen_name = campus.forged(claims, key=pem(other.key), kid=campus.kid)
        is_refused(send(client, asked["state"], stolen_name), Reason.SIGNATURE)
        assert "/jwks" not in other.asked


def test_token_does_not_say_where_its_key_is(
    client: Client, campus: Campus, platform: Platform
) -> None:
    asked = begin(client, campus)
    with served(Campus(key_pair(1))) as other:
        token = jwt.encode(
            campus.claims(asked),
            pem(other.key),
            algorithm="RS256",
            headers={"kid": other.kid, "jku": f"{other.url}/jwks", "jwk": {"kty": "RSA"}},
        )

        is_refused(send(client, asked["state"], token), Reason.UNKNOWN_KEY)
        assert other.asked == []


def test_nobody_makes_us_ask_for_keys_again_and_again(
    client: Client, campus: Campus, platform: Platform
) -> None:
    asked = begin(client, campus)
    claims = campus.claims(asked)

    for number in range(40):
        send(client, asked["state"], campus.forged(claims, kid=f"made-up-{number}"))

    assert 0 < campus.asked.count("/jwks") <= 10
    assert send(client, asked["state"], campus.answer(asked)["id_token"]).status_code == 302


def test_new_key_of_the_environment_is_taken_at_once_and_its_old_one_no_more(
    client: Client, campus: Campus, platform: Platform
) -> None:
    launch(client, campus)
    before = campus.key, campus.kid
    campus.key = key_pair(2)

    assert launch(Client(), campus).status_code == 302

    other = Client()
    asked = begin(other, campus)
    token = campus.forged(campus.claims(asked), key=pem(before[0]), kid=before[1])
    is_refused(send(other, asked["state"], token), Reason.UNKNOWN_KEY)


def test_environment_whose_keys_cannot_be_fetched_says_so(
    client: Client, campus: Campus, platform: Platform
) -> None:
    campus.instead["/jwks"] = (500, b"")

    is_refused(launch(client, campus), Reason.NO_KEYS)


def test_keys_from_before_go_on_when_the_environment_does_not_answer(
    client: Client, campus: Campus, platform: Platform
) -> None:
    launch(client, campus)
    Platform.objects.update(keys_fetched_at=timezone.now() - timedelta(days=3))
    campus.instead["/jwks"] = (500, b"")

    assert launch(client, campus).status_code == 302


# The browser, the state and the nonce -------------------------------------------------------------


def test_launch_that_began_in_another_browser_lets_nobody_in(
    client: Client, campus: Campus, platform: Platform
) -> None:
    """Else somebody could make another go on in their account, and read what they write there."""
    asked = begin(client, campus)
    other = Client()

    answer = other.post("/lti/launch/", campus.answer(asked))

    assert "Open in een nieuw venster" in answer.content.decode()
    assert other.get("/").status_code == 302
    assert RefusedLaunch.objects.get().reason == Reason.OTHER_BROWSER


def test_cookie_of_another_launch_does_not_do(
    client: Client, campus: Campus, platform: Platform
) -> None:
    asked = begin(client, campus)
    other = Client()
    theirs = begin(other, campus)
    mine, its = (next(iter(one.cookies.items())) for one in (client, other))
    other.cookies[mine[0]] = its[1].value

    answer = other.post("/lti/launch/", campus.answer(asked))

    is_refused(answer, Reason.OTHER_BROWSER)
    # Nor the value of a stranger where the environment keeps it.
    LoginState.objects.update(storage_target="_parent")
    told = campus.answer(theirs) | {"kept": "made up"}
    answer = Client().post("/lti/launch/", told, headers={"Origin": ORIGIN})
    is_refused(answer, Reason.OTHER_BROWSER)


def test_answer_to_one_launch_is_not_taken_for_another(
    client: Client, campus: Campus, platform: Platform
) -> None:
    first, second = begin(client, campus), begin(client, campus)

    token = campus.answer(first)["id_token"]

    is_refused(send(client, second["state"], token), Reason.NONCE)


@pytest.mark.parametrize("state", ["made-up", "x" * 5000, "\0", "é"])
def test_made_up_state_is_refused(
    client: Client, campus: Campus, platform: Platform, state: str
) -> None:
    token = campus.answer(begin(client, campus))["id_token"]

    is_refused(send(client, state, token), Reason.UNKNOWN_STATE)


def test_of_two_requests_at_once_one_gets_in(
    client: Client, campus: Campus, platform: Platform
) -> None:
    asked = begin(client, campus)
    told = campus.answer(asked)
    # Both looked at the state before either used it up.
    used = LoginState.objects.get()
    LoginState.objects.filter(pk=used.pk).update(used_at=timezone.now())

    is_refused(client.post("/lti/launch/", told), Reason.USED_BEFORE)


def test_error_of_the_environment_is_told(
    client: Client, campus: Campus, platform: Platform
) -> None:
    asked = begin(client, campus)

    answer = client.post(
        "/lti/launch/", {"state": asked["state"], "error": "login_required<script>"}
    )

    is_refused(answer, Reason.PLATFORM_ERROR)
    assert "<script>" not in answer.content.decode()


# Beginning ----------------------------------------------------------------------------------------


def test_other_environments_and_clients_begin_nothing(
    client: Client, campus: Campus, platform: Platform
) -> None:
    good = campus.login_address()

    for address in (
        good.replace(CLIENT_ID, "client-2"),
        good.replace("iss=", "iss=https%3A%2F%2Felsewhere.example&x="),
    ):
        is_refused(client.get(address), Reason.UNKNOWN_PLATFORM)
    assert not LoginState.objects.exists()


def test_post_begins_a_launch_as_well(client: Client, campus: Campus, platform: Platform) -> None:
    address, _mark, query = campus.login_address().partition("?")
    told = dict(pair.split("=") for pair in query.split("&"))
    answer = client.post(address, {name: unquote_plus(value) for name, value in told.items()})

    assert answer["Location"].startswith(f"{campus.url}/auth?")


@pytest.mark.parametrize(
    "target",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "http://testserver:81/lti/launch/",
        "https://testserver/lti/launch/",
        f"{ORIGIN}/logout/",
        f"{ORIGIN}/lti/launch/?next=//elsewhere.example",
        f"{ORIGIN}.elsewhere.example/",
        "http://testserver@elsewhere.example/",
        "http://[::1/",
        "javascript:alert(1)",
        "",
    ],
)
def test_foreign_target_begins_nothing(
    client: Client, campus: Campus, platform: Platform, target: str
) -> None:
    asked = {"iss": campus.issuer, "login_hint": "u", "client_id": CLIENT_ID}

    answer = client.get("/lti/login/", asked | {"target_link_uri": target})

    is_refused(answer, Reason.FOREIGN_TARGET)


def test_switched_off_environment_lets_nobody_in(
    client: Client, campus: Campus, platform: Platform
) -> None:
    asked = begin(client, campus)
    Platform.objects.update(is_active=False)

    is_refused(client.post("/lti/launch/", campus.answer(asked)), Reason.SWITCHED_OFF)
    is_refused(client.get(campus.login_address()), Reason.SWITCHED_OFF)


@override_settings(ALLOWED_HOSTS=["testserver", "elders.example"])
def test_environment_of_one_institution_lets_nobody_in_at_another(
    client: Client, campus: Campus, platform: Platform
) -> None:
    factories.institution("Elders", host="elders.example")
    asked = begin(client, campus)

    answer = client.get(campus.login_address(), headers={"host": "elders.example"})
    assert answer.status_code == 403
    assert Reason.OTHER_INSTITUTION in answer.content.decode()
    answer = client.post("/lti/launch/", campus.answer(asked), headers={"host": "elders.example"})
    assert answer.status_code == 403
    assert Reason.OTHER_INSTITUTION in answer.content.decode()
    assert client.get("/", headers={"host": "elders.example"}).status_code == 302


# Nonsense -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "a.b.c",
        "...",
        "e30.e30.e30",
        "eyJhbGciOiJSUzI1NiJ9.e30.e30",
        "eyJhbGciOiJSUzI1NiIsImtpZCI6M30.e30.e30",
        "W10.e30.e30",
        "é.é.é",
        "x" * 2_000_000,
        "[" * 50_000,
    ],
)
def test_garbage_is_refused(client: Client, campus: Campus, platform: Platform, token: str) -> None:
    asked = begin(client, campus)

    answer = send(client, asked["state"], token)

    assert answer.status_code == 403
    assert RefusedLaunch.objects.latest("pk").reason in {
        Reason.UNREADABLE,
        Reason.ALGORITHM,
        Reason.UNKNOWN_KEY,
    }


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("told", [{}, {"iss": "\0"}, {"iss": "x" * 9000, "login_hint": "é"}])
def test_beginning_with_nonsense_is_refused(
    client: Client, school: Institution, method: str, told: dict[str, str]
) -> None:
    is_refused(getattr(client, method)("/lti/login/", told), Reason.BAD_REQUEST)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
NAMES = (
    "sub",
    "name",
    "email",
    "locale",
    *(
        CLAIM + name
        for name in (
            "version",
            "message_type",
            "deployment_id",
            "target_link_uri",
            "roles",
            "context",
            "launch_presentation",
            "custom",
        )
    ),
)


@settings(max_examples=examples(300))
@given(st.dictionaries(st.sampled_from(NAMES), JSON))
def test_claims_of_any_kind_are_read_or_refused(claims: dict[str, Any]) -> None:
    good = {
        f"{CLAIM}version": "1.3.0",
        f"{CLAIM}message_type": "LtiResourceLinkRequest",
        f"{CLAIM}deployment_id": "d",
        "sub": "s",
    }
    with suppress(RefusedError):
        said = launch_in(good | claims)
        assert 0 < len(said.subject) <= 255
        assert "\0" not in said.name + said.email + said.context_title


@settings(max_examples=examples(200))
@given(JSON)
def test_document_of_keys_may_say_anything(document: Any) -> None:
    assert keys_in(document) == []
    assert (
        keys_in({"keys": [document, {"kty": "RSA", "kid": "k", "n": document, "e": "AQAB"}]}) == []
    )


@settings(max_examples=examples(200))
@given(st.text())
def test_token_may_say_anything(token: str) -> None:
    with pytest.raises(RefusedError):
        verified_claims(token, issuer="i", client_id="c", key_of=lambda _name: None)


@given(st.text())
def test_origin_has_nothing_that_could_change_a_header(text: str) -> None:
    for address in (text, f"https://{text}", f"https://a.example{text}"):
        assert not set(origin_of(address)) & set(" ;,'\"\r\n*")


@given(
    st.lists(
        st.sampled_from(
            [
                LEARNER,
                f"{CONTEXT}#Instructor",
                f"{CONTEXT}#Mentor",
                f"{CONTEXT}/Instructor#TeachingAssistant",
                f"{CONTEXT}/Instructor#Grader",
                f"{CONTEXT}#Manager",
                "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Instructor",
            ]
        )
    )
)
def test_who_has_any_other_role_is_no_teacher(roles: list[str]) -> None:
    is_only = {role for role in roles if role.startswith(CONTEXT)} == {f"{CONTEXT}#Instructor"}
    assert (standing_of(roles) is Standing.TEACHER) == is_only


def test_every_reason_has_words() -> None:
    assert set(WORDS) == set(Reason)


def test_old_launches_are_forgotten(platform: Platform) -> None:
    begin_launch(
        platform,
        "/",
        login_hint="",
        message_hint="",
        storage_target="",
        at=timezone.now() - timedelta(days=2),
    )
    forget_old(at=timezone.now())

    assert not LoginState.objects.exists()


def test_what_was_sent_along_is_gone_once_a_launch_is_over(
    client: Client, platform: Platform
) -> None:
    told = {"iss": platform.issuer, "login_hint": "u" * 5000, "target_link_uri": LAUNCH}
    client.get("/lti/login/", told | {"lti_message_hint": "m" * 5000})
    row = LoginState.objects.get()
    # Together they are not longer than one may be.
    assert (len(row.login_hint), len(row.message_hint)) == (5000, 0)

    forget_old(at=row.expires_at)
    assert LoginState.objects.get().login_hint
    forget_old(at=row.expires_at + timedelta(seconds=1))

    assert not LoginState.objects.get().login_hint


@pytest.mark.parametrize("issuer", ["https://x.example/\ud800", "https://x.example/\r\nLTI launch"])
def test_reason_is_one_line_that_can_be_written_down(issuer: str) -> None:
    refused = RefusedError(Reason.ISSUER, issuer)

    refused.detail.encode()
    assert len(refused.detail.splitlines()) == 1


def test_version_with_half_a_character_is_refused(
    client: Client, campus: Campus, platform: Platform
) -> None:
    asked = begin(client, campus)
    claims = campus.claims(asked) | {f"{CLAIM}version": "\ud800\n1"}

    is_refused(send(client, asked["state"], campus.forged(claims)), Reason.VERSION)


@pytest.mark.parametrize("address", ["/lti/go-on/secret/", "/lti/register/secret/?a=b"])
def test_secrets_in_addresses_stay_out_of_the_log(address: str) -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "GET %s", (address,), None)

    HideSecrets().filter(record)

    assert "secret" not in record.getMessage()


def test_refused_launches_make_room(client: Client, school: Institution) -> None:
    for _number in range(RefusedLaunch.MOST + 5):
        client.get("/lti/login/")

    assert RefusedLaunch.objects.count() == RefusedLaunch.MOST


def test_launch_address_itself_says_where_to_begin(client: Client, school: Institution) -> None:
    page = client.get(LAUNCH)

    assert page.status_code == 200
    assert "Open het vanuit je cursus" in page.content.decode()
