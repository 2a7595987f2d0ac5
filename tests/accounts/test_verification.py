"""Until the address is confirmed, every page is the notice."""

import re
from typing import Any
from urllib.parse import unquote

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from time_machine import TimeMachineFixture

from stageapp.accounts.models import User
from tests.factories import PASSWORD, person, programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def noor() -> User:
    return person("Noor de Wit", "noor@school.example", verified=False, language="en")


@pytest.fixture
def signed_in(client: Client, noor: User) -> Client:
    client.force_login(noor)
    return client


def link_in(message: mail.EmailMessage) -> str:
    found = re.search(r"http://testserver(\S+)", str(message.body))
    assert found
    return found[1]


def link_to(somebody: User) -> str:
    address = EmailAddress.objects.get(user=somebody)
    return f"/verify/{EmailConfirmationHMAC.create(address).key}/"


def is_notice(response: Any) -> bool:
    return 'id="verification-notice"' in response.content.decode()


@pytest.mark.parametrize("path", ["/", "/profile/", "/password/change/"])
def test_every_page_is_the_notice(signed_in: Client, path: str) -> None:
    response = signed_in.get(path)

    page = response.content.decode()
    assert response.status_code == 200
    assert is_notice(response)
    assert "noor@school.example" in page
    assert 'action="/verify/resend/"' in page
    assert 'action="/logout/"' in page


def test_nothing_can_be_done_before(signed_in: Client, noor: User) -> None:
    response = signed_in.post("/profile/", {"name": "Other", "language": "en"})

    noor.refresh_from_db()
    assert response.status_code == 403
    assert is_notice(response)
    assert noor.name == "Noor de Wit"


def test_after_registering_the_link_opens_the_pages(client: Client) -> None:
    bouwkunde = programme("Bouwkunde")
    client.post(
        "/register/",
        {
            "name": "Noor de Wit",
            "email": "noor@school.example",
            "password1": "een lang wachtwoord",
            "programme": bouwkunde.pk,
            "agreement": "on",
        },
    )
    assert is_notice(client.get("/profile/"))
    path = link_in(mail.outbox[0])

    assert client.get(path).status_code == 200
    assert is_notice(client.get("/profile/")), "a look by a mail scanner confirms nothing"
    assert client.post(path)["Location"] == "/"
    assert not is_notice(client.get("/profile/"))


def test_in_another_browser_the_link_asks_to_sign_in_first(client: Client, noor: User) -> None:
    path = link_to(noor)

    for response in (client.get(path), client.post(path)):
        assert f'href="/login/?next={path}"' in unquote(response.content.decode())
    assert not EmailAddress.objects.get().verified

    response = client.post(
        f"/login/?next={path}", {"login": noor.email, "password": PASSWORD}, follow=True
    )
    assert response.redirect_chain == [(path, 302)]
    assert client.post(path)["Location"] == "/"
    assert EmailAddress.objects.get().verified


def test_owner_of_a_mailbox_makes_no_account_of_somebody_else_work(
    client: Client, noor: User
) -> None:
    """Whoever typed her address waits for her to press the link: their password would work then."""
    her_own = person("Noor de Wit", "noor.de.wit@school.example", language="en")
    client.force_login(her_own)

    response = client.post(link_to(noor))

    page = response.content.decode()
    assert "was typed in another account" in page
    assert 'action="/logout/"' in page
    assert not EmailAddress.objects.get(user=noor).verified


def test_the_link_works_once(signed_in: Client, noor: User) -> None:
    path = link_to(noor)
    signed_in.post(path)

    for response in (signed_in.get(path), signed_in.post(path)):
        assert response.status_code == 410
        assert "This link was used already, or is too old." in response.content.decode()


def test_a_made_up_link_confirms_nothing(client: Client) -> None:
    assert client.get("/verify/abc:def/").status_code == 410


def test_resend_mails_a_new_link(signed_in: Client) -> None:
    response = signed_in.post("/verify/resend/", {"next": "/profile/"}, follow=True)

    assert response.redirect_chain == [("/profile/", 302)]
    assert "We sent a mail to noor@school.example. Open the link" in response.content.decode()
    assert [message.to for message in mail.outbox] == [["noor@school.example"]]
    assert signed_in.post(link_in(mail.outbox[0])).status_code == 302
    assert EmailAddress.objects.get().verified


def test_resend_works_six_times_a_minute(
    signed_in: Client, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to("2026-03-02 09:00", tick=False)
    for _ in range(6):
        assert signed_in.post("/verify/resend/").status_code == 302

    response = signed_in.post("/verify/resend/")

    assert response.status_code == 429
    assert is_notice(response)
    assert "Wait a minute" in response.content.decode()
    assert len(mail.outbox) == 6

    time_machine.shift(61)
    assert signed_in.post("/verify/resend/").status_code == 302
    assert len(mail.outbox) == 7


def test_resend_is_no_page_of_its_own(signed_in: Client) -> None:
    assert signed_in.get("/verify/resend/")["Location"] == "/"
    assert mail.outbox == []


def test_a_confirmed_address_is_asked_for_once_a_session(client: Client) -> None:
    client.force_login(person())
    with CaptureQueriesContext(connection) as first:
        client.get("/profile/")
    with CaptureQueriesContext(connection) as second:
        client.get("/profile/")

    def asked(queries: CaptureQueriesContext) -> int:
        return sum("account_emailaddress" in query["sql"] for query in queries)

    assert (asked(first), asked(second)) == (1, 0)


def test_a_mistyped_address_can_be_corrected(signed_in: Client, noor: User) -> None:
    old_link = link_to(noor)

    response = signed_in.post("/email/", {"action_add": "1", "email": "Noor.de.Wit@school.example"})

    noor.refresh_from_db()
    assert response["Location"] == "/email/"
    assert noor.email == "noor.de.wit@school.example"
    assert mail.outbox[-1].to == ["noor.de.wit@school.example"]
    assert signed_in.get(old_link).status_code == 410, "it proves nothing about the new address"
    signed_in.post(link_in(mail.outbox[-1]))
    assert not is_notice(signed_in.get("/profile/"))


def test_a_mistyped_address_can_be_corrected_twice(signed_in: Client, noor: User) -> None:
    for email in ("a@school.example", "b@school.example"):
        signed_in.post("/email/", {"action_add": "1", "email": email})

    noor.refresh_from_db()
    assert noor.email == "b@school.example"
    assert [address.email for address in EmailAddress.objects.all()] == ["b@school.example"]


def test_an_address_of_somebody_else_cannot_be_taken(signed_in: Client, noor: User) -> None:
    person(email="sanne@school.example")

    response = signed_in.post("/email/", {"action_add": "1", "email": "sanne@school.example"})

    noor.refresh_from_db()
    assert response.status_code == 422
    assert "email" in response.context["form"].errors
    assert noor.email == "noor@school.example"
