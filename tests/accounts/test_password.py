"""A forgotten password, and a changed one."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from stageapp.accounts.models import User
from tests.factories import PASSWORD, person

pytestmark = pytest.mark.django_db

NEW = "een nieuw wachtwoord"


@pytest.fixture
def sanne() -> User:
    return person(email="sanne@school.example", language="en")


def mailed_link() -> str:
    found = re.search(r"http://testserver(/password/reset/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def without_token(response: Any) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


def can_sign_in(password: str) -> bool:
    data = {"login": "sanne@school.example", "password": password}
    return Client().post("/login/", data).status_code == 302


def test_a_forgotten_password_is_set_anew_by_mail(client: Client, sanne: User) -> None:
    asked = client.post("/password/reset/", {"email": "Sanne@school.example"})
    assert asked["Location"] == "/password/reset/sent/"
    assert client.get(asked["Location"]).status_code == 200
    assert (mail.outbox[0].to, mail.outbox[0].subject) == (
        ["sanne@school.example"],
        "Set a new password",
    )

    opened = client.get(mailed_link())
    assert opened.status_code == 302
    assert client.get(opened["Location"]).status_code == 200
    assert client.post(opened["Location"], {"password1": "kort"}).status_code == 422
    done = client.post(opened["Location"], {"password1": NEW})

    assert done["Location"] == "/password/reset/done/"
    assert client.get(done["Location"]).status_code == 200
    assert can_sign_in(NEW)
    assert not can_sign_in(PASSWORD)


def test_a_link_for_a_new_password_works_once(client: Client, sanne: User) -> None:
    client.post("/password/reset/", {"email": sanne.email})
    link = mailed_link()
    client.post(client.get(link)["Location"], {"password1": NEW})
    client.cookies["language"] = "en"

    response = Client().get(link)

    assert response.status_code == 200
    assert "/password/reset/" in response.content.decode()
    assert "password1" not in response.content.decode()


def test_a_new_password_frees_an_address_after_too_many_attempts(
    client: Client, sanne: User
) -> None:
    for _ in range(6):
        can_sign_in("wrong")
    assert not can_sign_in(PASSWORD)
    client.post("/password/reset/", {"email": sanne.email})
    client.post(client.get(mailed_link())["Location"], {"password1": NEW})

    assert can_sign_in(NEW)


def test_a_forgotten_password_tells_nobody_who_has_an_account(client: Client, sanne: User) -> None:
    known = client.post("/password/reset/", {"email": "sanne@school.example"}, follow=True)
    unknown = client.post("/password/reset/", {"email": "nobody@school.example"}, follow=True)

    assert known.redirect_chain == unknown.redirect_chain
    assert without_token(known) == without_token(unknown)
    assert mail.outbox[1].to == ["nobody@school.example"]
    assert "/register/" in mail.outbox[1].body


def test_a_password_is_changed_by_who_knows_it(client: Client, sanne: User) -> None:
    client.force_login(sanne)
    other_browser = Client()
    other_browser.force_login(sanne)

    wrong = client.post("/password/change/", {"oldpassword": "wrong", "password1": NEW})
    assert wrong.status_code == 422
    assert wrong.context["form"].errors == {"oldpassword": ["Dit is niet je huidige wachtwoord."]}

    done = client.post("/password/change/", {"oldpassword": PASSWORD, "password1": NEW})

    assert done["Location"] == "/security/"
    assert client.get("/profile/").status_code == 200
    assert other_browser.get("/profile/").status_code == 302
    assert can_sign_in(NEW)


def test_who_has_no_password_sets_one(client: Client) -> None:
    somebody = person(email="sanne@school.example")
    somebody.set_unusable_password()
    somebody.save()
    client.force_login(somebody)

    assert client.get("/password/change/")["Location"] == "/password/set/"
    assert client.post("/password/set/", {"password1": NEW})["Location"] == "/security/"
    assert can_sign_in(NEW)
