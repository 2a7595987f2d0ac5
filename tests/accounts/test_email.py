"""Changing the address: the new one is used when it is confirmed, not before."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from stageapp.accounts.models import User
from tests.factories import PASSWORD, person

pytestmark = pytest.mark.django_db

OLD, NEW = "sanne@school.example", "sanne@home.example"


@pytest.fixture
def sanne(client: Client) -> User:
    sanne = person(email=OLD, language="en")
    client.force_login(sanne)
    return sanne


def ask_for(client: Client, email: str) -> int:
    return client.post("/email/", {"action_add": "1", "email": email}).status_code


def confirm(client: Client) -> None:
    found = re.search(r"http://testserver(/verify/\S+)", str(mail.outbox[-1].body))
    assert found
    client.post(found[1])


def test_a_new_address_waits_for_its_confirmation(client: Client, sanne: User) -> None:
    assert ask_for(client, NEW) == 302

    sanne.refresh_from_db()
    assert sanne.email == OLD
    assert [message.to for message in mail.outbox] == [[NEW]]
    page = client.get("/email/").content.decode()
    assert OLD in page
    assert f"<strong>{NEW}</strong> still has to be confirmed." in page
    assert client.get("/profile/").status_code == 200


def test_a_new_address_replaces_the_old_one(client: Client, sanne: User) -> None:
    ask_for(client, NEW)

    confirm(client)

    sanne.refresh_from_db()
    assert sanne.email == NEW
    addresses = EmailAddress.objects.values_list("email", "verified", "primary")
    assert list(addresses) == [(NEW, True, True)]
    assert client.get("/profile/").status_code == 200
    assert "verification-notice" not in client.get("/profile/").content.decode()


def test_a_new_address_can_be_taken_back(client: Client, sanne: User) -> None:
    ask_for(client, NEW)

    client.post("/email/", {"action_remove": "1", "email": NEW})

    assert list(EmailAddress.objects.values_list("email", flat=True)) == [OLD]


def test_an_unconfirmed_address_opens_no_account(client: Client, sanne: User) -> None:
    """It may belong to a stranger: no signing in with it, no new password through it."""
    ask_for(client, NEW)
    stranger = Client()

    assert stranger.post("/login/", {"login": NEW, "password": PASSWORD}).status_code == 422
    stranger.post("/password/reset/", {"email": NEW})

    assert mail.outbox[-1].to == [NEW]
    assert "/register/" in mail.outbox[-1].body
    assert "/password/reset/" not in mail.outbox[-1].body


def test_of_two_people_the_first_to_confirm_gets_an_address(client: Client, sanne: User) -> None:
    ask_for(client, NEW)
    link = mail.outbox[-1]
    person("Youssef", email=NEW, verified=False)

    mail.outbox.append(link)
    confirm(client)

    sanne.refresh_from_db()
    assert sanne.email == OLD
    assert "belongs to another account" in client.get("/profile/").content.decode()


def test_resend_for_a_new_address(client: Client, sanne: User) -> None:
    ask_for(client, NEW)

    response = client.post("/verify/resend/", {"next": "/email/"})

    assert response["Location"] == "/email/"
    assert [message.to for message in mail.outbox] == [[NEW], [NEW]]
