"""Signing in and out, and what happens after too many wrong passwords."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from stageapp.accounts.models import User
from tests.factories import PASSWORD, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def sanne() -> User:
    return person(email="sanne@school.example", language="en")


def sign_in(
    client: Client, email: str = "sanne@school.example", password: str = PASSWORD, **rest: str
) -> Any:
    return client.post(reverse("account_login"), {"login": email, "password": password} | rest)


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_sign_in_leads_home(client: Client, sanne: User) -> None:
    response = sign_in(client)

    assert (response.status_code, response["Location"]) == (302, "/")
    assert is_signed_in(client)
    assert not client.session.get_expire_at_browser_close()


def test_sign_in_takes_capitals_and_spaces(client: Client, sanne: User) -> None:
    assert sign_in(client, "  Sanne@School.Example ").status_code == 302


def test_sign_in_leads_to_the_page_asked_for(client: Client, sanne: User) -> None:
    asked = client.get("/profile/?a=b")
    assert asked["Location"] == "/login/?next=/profile/%3Fa%3Db"
    assert 'name="next" value="/profile/?a=b"' in client.get(asked["Location"]).content.decode()

    assert sign_in(client, next="/profile/?a=b")["Location"] == "/profile/?a=b"


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_sign_in_leads_nowhere_else(client: Client, sanne: User, path: str) -> None:
    assert sign_in(client, next=path)["Location"] == "/"


def test_sign_in_with_a_wrong_password_keeps_the_address(client: Client, sanne: User) -> None:
    client.cookies["language"] = "en"

    response = sign_in(client, password="wrong")

    page = response.content.decode()
    assert response.status_code == 422
    assert "This e-mail address and password do not belong together." in page
    assert 'value="sanne@school.example"' in page
    assert "wrong" not in page
    assert not is_signed_in(client)


def test_sign_in_says_the_same_for_an_unknown_address(client: Client, sanne: User) -> None:
    known = sign_in(client, password="wrong").context["form"].non_field_errors()
    unknown = sign_in(client, "nobody@school.example").context["form"].non_field_errors()

    assert known == unknown


def test_sign_in_stops_after_five_wrong_passwords(client: Client, sanne: User) -> None:
    client.cookies["language"] = "en"
    for _ in range(5):
        assert "do not belong together" in sign_in(client, password="wrong").content.decode()

    response = sign_in(client)

    assert response.status_code == 422
    assert "Wait five minutes and try again" in response.content.decode()
    assert not is_signed_in(client)
    person(email="youssef@school.example")
    assert sign_in(client, "youssef@school.example").status_code == 302


def test_sign_in_too_often_from_one_place_says_to_wait(client: Client, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login": "2/m/ip"}
    client.cookies["language"] = "en"
    for _ in range(2):
        sign_in(client)

    response = sign_in(client)

    assert response.status_code == 429
    assert "A moment, please" in response.content.decode()


def test_a_closed_account_is_told_so(client: Client) -> None:
    person(email="sanne@school.example", is_active=False)

    response = sign_in(client)

    assert response["Location"] == reverse("account_inactive")
    assert client.get(response["Location"]).status_code == 200
    assert not is_signed_in(client)


def test_sign_out_asks_first(client: Client, sanne: User) -> None:
    client.force_login(sanne)

    assert client.get("/logout/").status_code == 200
    assert is_signed_in(client)

    response = client.post("/logout/")

    assert (response.status_code, response["Location"]) == (302, "/login/")
    assert not is_signed_in(client)


def test_who_is_signed_in_needs_no_sign_in_page(client: Client, sanne: User) -> None:
    client.force_login(sanne)

    assert client.get("/login/")["Location"] == "/"
    assert client.get("/register/")["Location"] == "/"


@pytest.mark.parametrize(
    "name", ["profile", "account_email", "account_change_password", "resend_verification"]
)
def test_pages_about_an_account_ask_to_sign_in(client: Client, name: str) -> None:
    path = reverse(name)

    assert client.get(path)["Location"] == f"/login/?next={path}"


@pytest.mark.parametrize("path", ["/login/", "/register/", "/password/reset/", "/healthz"])
def test_pages_before_signing_in_are_open(client: Client, path: str) -> None:
    assert client.get(path).status_code == 200
