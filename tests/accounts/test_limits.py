"""Limits on guessing, with which nobody can lock out somebody else."""

import re

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse

from stageapp.accounts.models import User
from tests.accounts.test_second_factor import NOON, code_at, give_code, switch_on
from tests.factories import PASSWORD, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def sanne() -> User:
    return person(email="sanne@school.example", language="en")


def attempt(client: Client, password: str = PASSWORD, *, network: int = 1) -> bool:
    """Try to sign in from some network; return whether that went further than this page."""
    response = client.post(
        reverse("account_login"),
        {"login": "sanne@school.example", "password": password},
        REMOTE_ADDR=f"192.0.2.{network}",
    )
    return response.status_code == 302


def attack(*, networks: int = 1, tries: int = 5) -> None:
    """Somebody else tries wrong passwords, from some networks."""
    for network in range(networks):
        for _ in range(tries):
            assert not attempt(Client(), "wrong", network=100 + network)


def known_device() -> Client:
    """A browser in which Sanne signed in before."""
    client = Client()
    assert attempt(client)
    client.post("/logout/")
    return client


def test_guessing_from_one_network_stops_there(sanne: User) -> None:
    attack()

    assert not attempt(Client(), network=100)
    assert attempt(Client(), network=1)


def test_guessing_from_many_networks_stops_unknown_devices(sanne: User) -> None:
    attack(networks=4)

    assert not attempt(Client(), network=1)


def test_a_known_device_gets_in_whatever_others_try(sanne: User) -> None:
    own = known_device()

    attack(networks=6)

    assert attempt(own)


def test_a_known_device_gets_in_beside_an_attacker_on_the_same_network(sanne: User) -> None:
    own = known_device()

    attack(tries=10)

    assert attempt(own, network=100)


def test_guessing_on_a_known_device_stops_too(sanne: User) -> None:
    own = known_device()
    for _ in range(5):
        attempt(own, "wrong")

    assert not attempt(own)


def test_a_device_known_for_one_has_no_attempts_at_another(sanne: User) -> None:
    client = Client()
    noor = person(email="noor@school.example")
    client.post("/login/", {"login": noor.email, "password": PASSWORD})
    client.post("/logout/")
    attack(networks=4)

    assert not attempt(client)


def test_a_known_device_is_new_after_a_changed_password(sanne: User) -> None:
    stolen = known_device()
    sanne.set_password("een heel ander wachtwoord")
    sanne.save()
    attack(networks=4)

    assert not attempt(stolen, "een heel ander wachtwoord")


def test_who_has_a_second_factor_gets_in_whatever_others_try(sanne: User) -> None:
    with time_machine.travel(NOON, tick=False):
        setting_up = Client()
        setting_up.force_login(sanne)
        secret = switch_on(setting_up)
    attack(networks=6)

    client = Client()
    with time_machine.travel(NOON + 90, tick=False):
        assert attempt(client)
        give_code(client, code_at(NOON + 90, secret))
        assert "_auth_user_id" in client.session


def test_wrong_codes_elsewhere_do_not_stop_a_known_device(sanne: User) -> None:
    own = known_device()
    with time_machine.travel(NOON, tick=False):
        setting_up = Client()
        setting_up.force_login(sanne)
        secret = switch_on(setting_up)

    with time_machine.travel(NOON + 90, tick=False):
        thief = Client()
        assert attempt(thief, network=100)
        for _ in range(6):
            give_code(thief, "000000")
        assert give_code(thief, code_at(NOON + 90, secret)).status_code == 422

        assert attempt(own)
        give_code(own, code_at(NOON + 90, secret))
        assert "_auth_user_id" in own.session


def test_a_new_password_by_mail_gives_new_attempts(sanne: User) -> None:
    attack(networks=4)
    client = Client()
    client.post("/password/reset/", {"email": sanne.email})
    [link] = re.findall(r"http://testserver(/password/reset/\S+)", str(mail.outbox[-1].body))
    form = client.get(link)["Location"]
    client.post(form, {"password1": "een heel ander wachtwoord"})

    assert attempt(client, "een heel ander wachtwoord")
