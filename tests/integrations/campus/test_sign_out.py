"""Who signs out at an OpenID provider is out here as well, and nobody else is."""

import html
import re
import time
from typing import Any

import jwt
import pytest
import requests
from django.contrib.auth import get_user
from django.http import HttpRequest
from django.test import Client
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from stageapp.accounts.models import User
from stageapp.audit.models import AuditEntry, Kind
from stageapp.integrations.campus import oidc
from stageapp.integrations.campus.models import CampusProvider, CampusSession, UsedAssertion
from tests import factories
from tests.integrations.campus import campus
from tests.integrations.campus.conftest import CLIENT_ID, Peer
from tests.integrations.campus.test_openid import (
    KEY,
    OTHER_KEY,
    Provider,
    bad,
    begun,
    come_back,
    provider,
    server,
    token,
)

__all__ = ["bad", "provider", "server"]
pytestmark = pytest.mark.django_db


def is_in(client: Client) -> bool:
    request = HttpRequest()
    request.session = client.session
    return bool(get_user(request).is_authenticated)


def come_in(bad: Provider, provider: CampusProvider, session: Any = "there-1") -> Client:
    """Sign Sanne in at the campus, in a browser of her own."""
    client = Client()
    asked = begun(client, provider)
    bad.tokens["id_token"] = token(bad, asked, sid=session)
    answer = come_back(client, provider, state=asked["state"])
    assert answer.status_code == 302, answer.content.decode()
    assert is_in(client)
    return client


def logout_token(
    bad: Provider, key: Any = KEY, kind: str | None = "logout+jwt", **others: Any
) -> str:
    """Return what a provider sends, changed as a test wants; `...` leaves something out."""
    now = int(time.time())
    claims = {
        "iss": bad.address,
        "aud": CLIENT_ID,
        "sub": "sanne",
        "sid": "there-1",
        "jti": f"jti-{time.monotonic_ns()}",
        "iat": now,
        "exp": now + 120,
        "events": {oidc.LOGOUT_EVENT: {}},
    } | others
    claims = {name: value for name, value in claims.items() if value is not ...}
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": "k", "typ": kind})


def tell(provider: CampusProvider, sent: str) -> Any:
    """Let the provider itself tell it: another program, without cookies."""
    return Client(enforce_csrf_checks=True).post(
        f"/login/campus/{provider.pk}/signed-out/",
        {"logout_token": sent},
        headers={"host": "127.0.0.1"},
    )


@pytest.mark.django_db(transaction=True)
def test_who_signs_out_at_the_campus_is_out_here_too(
    openid_peer: Peer, live_server: LiveServer
) -> None:
    provider = campus.openid(openid_peer)
    campus.rule(provider)
    tells = f"{live_server.url}/login/campus/{provider.pk}/signed-out/"
    openid_peer.tell("person", sub="anna", claims=campus.claims("anna@hogeschool.example"))
    here, elsewhere, there = Client(), Client(), requests.Session()
    campus.by_openid(here, provider, openid_peer, "anna", browser=there, tells=tells)
    elsewhere.force_login(User.objects.get(email="anna@hogeschool.example"))
    assert is_in(here)

    page = there.get(f"{openid_peer.address}/session/end", timeout=20)
    action = re.search(r'action="([^"]+)"', page.text)
    secret = re.search(r'name="xsrf" value="([^"]+)"', page.text)
    assert action, page.text
    assert secret, page.text
    there.post(html.unescape(action[1]), data={"xsrf": secret[1], "logout": "yes"}, timeout=20)

    assert not is_in(here)
    assert is_in(elsewhere)  # where she came in by another way
    assert AuditEntry.objects.filter(kind=Kind.SIGNED_OUT).exists()


def test_one_session_ends_by_its_name_and_the_others_stay(
    bad: Provider, provider: CampusProvider
) -> None:
    phone = come_in(bad, provider, "there-1")
    desk = come_in(bad, provider, "there-2")

    assert tell(provider, logout_token(bad, sid="there-1", sub=...)).status_code == 200

    assert not is_in(phone)
    assert is_in(desk)


def test_all_sessions_of_a_person_end_where_none_is_named(
    bad: Provider, provider: CampusProvider
) -> None:
    phone = come_in(bad, provider, "there-1")
    desk = come_in(bad, provider, ...)

    answer = tell(provider, logout_token(bad, sid=...))

    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert not is_in(phone)
    assert not is_in(desk)


def test_session_of_another_person_is_not_ended_by_its_name(
    bad: Provider, provider: CampusProvider
) -> None:
    phone = come_in(bad, provider)

    assert tell(provider, logout_token(bad, sub="somebody-else")).status_code == 200

    assert is_in(phone)


def test_another_password_does_not_keep_a_session_from_ending(
    bad: Provider, provider: CampusProvider
) -> None:
    phone = come_in(bad, provider)
    sanne = User.objects.get()
    sanne.set_password(factories.PASSWORD)
    sanne.save()
    phone = come_in(bad, provider)
    new = "vier woorden achter elkaar"

    answer = phone.post(
        "/password/change/",
        {"oldpassword": factories.PASSWORD, "password1": new, "password2": new},
        headers={"host": "127.0.0.1"},
    )

    assert answer.status_code == 302, answer.content.decode()
    assert is_in(phone)
    tell(provider, logout_token(bad))
    assert not is_in(phone)


def test_page_of_the_campus_ends_a_session_by_the_browser(
    bad: Provider, provider: CampusProvider
) -> None:
    phone = come_in(bad, provider)
    address = f"/login/campus/{provider.pk}/signed-out/"
    stranger = Client()

    for wrong in ({"sid": "there-1"}, {"iss": bad.address}, {"iss": "x", "sid": "there-1"}):
        assert stranger.get(address, wrong, headers={"host": "127.0.0.1"}).status_code == 400
    assert is_in(phone)
    told = {"iss": bad.address, "sid": "there-1"}
    assert stranger.get(address, told, headers={"host": "127.0.0.1"}).status_code == 200

    assert not is_in(phone)


@pytest.mark.parametrize(
    "changed",
    [
        {"key": OTHER_KEY},
        {"aud": "another-app"},
        {"iss": "https://another.example"},
        {"exp": 1},
        {"exp": ...},
        {"iat": int(time.time()) - 3600},
        {"iat": int(time.time()) + 3600},
        {"jti": ...},
        {"jti": ""},
        {"jti": 5},
        {"iat": "5"},
        {"iat": float("nan")},
        {"sub": "\ud800", "sid": ...},
        {"events": ...},
        {"events": [oidc.LOGOUT_EVENT]},
        {"events": {oidc.LOGOUT_EVENT: True}},
        {"events": {"http://schemas.openid.net/event/other": {}}},
        {"nonce": "n"},
        {"kind": "at+jwt"},
        {"sub": ..., "sid": ...},
        {"sub": "s\0", "sid": ["there-1"]},
    ],
)
def test_token_that_is_no_logout_token_ends_nothing(
    bad: Provider, provider: CampusProvider, changed: dict[str, Any]
) -> None:
    phone = come_in(bad, provider)

    answer = tell(provider, logout_token(bad, **changed))

    assert answer.status_code == 400
    assert answer.json() == {"error": "invalid_request"}
    assert is_in(phone)


def test_token_to_sign_in_with_signs_nobody_out(bad: Provider, provider: CampusProvider) -> None:
    phone = come_in(bad, provider)

    assert tell(provider, bad.tokens["id_token"]).status_code == 400
    for nothing in ("", "x", "a.b.c", "x" * 20_000):
        assert tell(provider, nothing).status_code == 400

    assert is_in(phone)


def test_logout_token_works_once(bad: Provider, provider: CampusProvider) -> None:
    come_in(bad, provider)
    sent = logout_token(bad)
    assert tell(provider, sent).status_code == 200
    again = come_in(bad, provider)

    assert tell(provider, sent).status_code == 400

    assert is_in(again)
    assert UsedAssertion.objects.count() == 1


def test_sign_out_at_one_institution_ends_nothing_at_another(
    bad: Provider, provider: CampusProvider, settings: Settings
) -> None:
    phone = come_in(bad, provider)
    elsewhere = factories.institution("Elders", slug="elders", host="elders.example")
    other = campus.openid(bad, institution=elsewhere)  # type: ignore[arg-type]
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "elders.example"]

    sent = Client().post(
        f"/login/campus/{other.pk}/signed-out/",
        {"logout_token": logout_token(bad)},
        headers={"host": "elders.example"},
    )

    assert sent.status_code == 200
    assert is_in(phone)


def test_what_a_session_began_with_goes_with_it(bad: Provider, provider: CampusProvider) -> None:
    phone = come_in(bad, provider)
    kept = CampusSession.objects.get()
    assert "there-1" not in kept.digest

    phone.post("/logout/", headers={"host": "127.0.0.1"})
    come_in(bad, provider)

    assert CampusSession.objects.count() == 1
    assert CampusSession.objects.get() != kept
