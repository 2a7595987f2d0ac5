"""Administrators need a second factor before they see a page that only they have."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from pytest_django import Settings

from stageapp.accounts.models import User
from stageapp.programmes.models import InstitutionAdministrator, ProgrammeMembership, Role
from tests import factories

pytestmark = pytest.mark.django_db

MANAGE = ("/manage/tips/", "/manage/tips/statistics/", "/manage/insights/")


@pytest.fixture(autouse=True)
def _rule(settings: Settings) -> None:
    settings.SECOND_FACTOR = "administrators"


def administrator(of: str) -> User:
    somebody = factories.person(language="en")
    programme = factories.programme()
    if of == "programme":
        ProgrammeMembership.objects.create(
            programme=programme, person=somebody, role=Role.ADMINISTRATOR
        )
    else:
        InstitutionAdministrator.objects.create(institution=programme.institution, person=somebody)
    return somebody


def sign_in(client: Client, somebody: User) -> Any:
    return client.post("/login/", {"login": somebody.email, "password": factories.PASSWORD})


@pytest.mark.parametrize("of", ["programme", "institution"])
def test_an_administrator_without_one_is_led_to_make_it(client: Client, of: str) -> None:
    sign_in(client, administrator(of))

    led = client.get("/", follow=True)

    assert led.redirect_chain == [("/security/", 302)]
    assert "As an administrator you sign in with more than a password." in led.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("path", [*MANAGE, "/manage/tips/1/switch/"])
def test_no_page_of_administrators_is_seen_before(client: Client, path: str, method: str) -> None:
    sign_in(client, administrator("programme"))

    for _ in range(2):
        answer = getattr(client, method)(path)
        assert (answer.status_code, answer["Location"]) == (302, "/security/")


def test_the_start_page_is_open_after_having_been_asked(client: Client) -> None:
    sign_in(client, administrator("programme"))
    client.get("/")

    assert client.get("/").status_code == 200


@pytest.mark.parametrize("kind", ["totp", "webauthn"])
def test_with_one_everything_is_open(client: Client, kind: str) -> None:
    somebody = administrator("programme")
    Authenticator.objects.create(user=somebody, type=kind, data={})
    client.force_login(somebody)

    assert client.get("/").status_code == 200
    assert [client.get(path).status_code for path in MANAGE] == [200, 200, 200]


def test_recovery_codes_alone_do_not_count(client: Client) -> None:
    somebody = administrator("programme")
    Authenticator.objects.create(user=somebody, type="recovery_codes", data={})
    client.force_login(somebody)

    assert client.get(MANAGE[0])["Location"] == "/security/"


def test_who_removes_it_is_asked_again(client: Client) -> None:
    somebody = administrator("programme")
    own = Authenticator.objects.create(user=somebody, type="totp", data={})
    client.force_login(somebody)
    assert client.get(MANAGE[0]).status_code == 200

    own.delete()

    assert client.get(MANAGE[0])["Location"] == "/security/"


def test_students_and_teachers_are_not_asked(client: Client) -> None:
    teacher = factories.person()
    placement = factories.placement(teacher=teacher)
    for somebody in (teacher, placement.student):
        client.force_login(somebody)
        assert client.get("/").status_code == 200
        assert client.get(MANAGE[0]).status_code == 404


def test_nobody_is_asked_where_that_is_the_setting(client: Client, settings: Settings) -> None:
    settings.SECOND_FACTOR = "nobody"
    client.force_login(administrator("programme"))

    assert client.get("/").status_code == 200
    assert client.get(MANAGE[0]).status_code == 200
