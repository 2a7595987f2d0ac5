"""Finding one's own institution, and what becomes of passwords."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.integrations.campus.models import CampusAccount, CampusProvider, Passwords
from stageapp.programmes.models import InstitutionAdministrator
from tests import factories
from tests.integrations.campus import campus

pytestmark = pytest.mark.django_db

HOST = {"host": "127.0.0.1"}


def provider(**fields: Any) -> CampusProvider:
    fields.setdefault("institution", None)
    owner = fields.pop("institution") or campus.institution()
    return CampusProvider.objects.create(
        **{"institution": owner, "protocol": "oidc", "name": "Hogeschool Hier", "is_on": True}
        | fields
    )


def sign_in(person: User, password: str = factories.PASSWORD) -> tuple[bool, str]:
    client = Client()
    answer = client.post("/login/", {"login": person.email, "password": password}, headers=HOST)
    return "_auth_user_id" in client.session, answer.content.decode()


def test_page_to_sign_in_offers_the_institution_of_the_host(client: Client) -> None:
    page = client.get("/login/", headers=HOST).content.decode()
    assert "/login/campus/" not in page

    made = provider()

    page = client.get("/login/?next=/guide/", headers=HOST).content.decode()
    assert f"/login/campus/{made.pk}/go/?next=/guide/" in page
    assert "Inloggen met Hogeschool Hier" in page


def test_where_the_host_does_not_tell_the_address_does(client: Client) -> None:
    owner = campus.institution(host="hogeschool.example")
    made = provider(institution=owner)
    factories.institution("De eerste")

    assert "/login/campus/" in client.get("/login/", headers=HOST).content.decode()
    answer = client.post(
        "/login/campus/", {"email": "WIE.dan.ook@Hogeschool.example"}, headers=HOST
    )

    assert answer["Location"] == f"http://hogeschool.example/login/campus/{made.pk}/"
    # And there it is found; here it is not.
    assert client.get(f"/login/campus/{made.pk}/", headers=HOST).status_code == 404
    page = client.get(f"/login/campus/{made.pk}/", headers={"host": "hogeschool.example"})
    assert page.headers["Refresh"] == f"0; url=/login/campus/{made.pk}/go/"


def test_address_tells_nothing_about_who_has_an_account(client: Client) -> None:
    provider()
    factories.person("Bekend", f"bekend@{campus.HOME}")
    factories.person("Elders", "bekend@elders.example")

    for domain, status in ((campus.HOME, 302), ("elders.example", 422)):
        answers = [
            client.post("/login/campus/", {"email": f"{name}@{domain}"}, headers=HOST)
            for name in ("bekend", "onbekend")
        ]
        assert [answer.status_code for answer in answers] == [status, status]
        if status == 422:
            one, other = (answer.content.decode().split("csrf")[0] for answer in answers)
            assert one == other


@pytest.mark.parametrize(
    "email", ["", "x", "a@b", "a@@hogeschool.example", "a\0@hogeschool.example"]
)
def test_what_is_no_address_says_so(client: Client, email: str) -> None:
    provider()
    assert client.post("/login/campus/", {"email": email}, headers=HOST).status_code == 422


def test_passwords_stay_beside_it() -> None:
    provider()
    is_in, _page = sign_in(factories.person(email=f"sanne@{campus.HOME}"))
    assert is_in


def test_campus_only_refuses_the_password_of_its_domains_and_no_others() -> None:
    provider(passwords=Passwords.ONLY)

    is_in, page = sign_in(factories.person(email=f"sanne@{campus.HOME}"))
    assert not is_in
    assert "Met dit adres log je in met Hogeschool Hier" in page

    is_in, _page = sign_in(factories.person(email="begeleider@bedrijf.example"))
    assert is_in


def test_institution_decides_about_passwords_of_its_own_people_only() -> None:
    provider(passwords=Passwords.ONLY)
    person = factories.person(email=f"sanne@{campus.HOME}")
    elsewhere = factories.programme(institution=factories.institution("Elders", host="e.example"))
    elsewhere.memberships.create(person=person, role="student")

    is_in, _page = sign_in(person)
    assert is_in


def test_campus_only_says_nothing_to_who_has_a_wrong_password() -> None:
    provider(passwords=Passwords.ONLY)
    _in, known = sign_in(factories.person(email=f"sanne@{campus.HOME}"), "wrong")

    assert "Met dit adres log je in met" not in known


@pytest.mark.parametrize("role", ["programme", "institution"])
def test_administrators_always_come_in_with_their_password(role: str) -> None:
    made = provider(passwords=Passwords.ONLY)
    person = factories.person(email=f"beheer@{campus.HOME}")
    if role == "institution":
        InstitutionAdministrator.objects.create(institution=made.institution, person=person)
    else:
        programme = factories.programme(institution=made.institution)
        programme.memberships.create(person=person, role="administrator")

    is_in, _page = sign_in(person)
    assert is_in


def test_who_is_in_can_give_their_password_again(client: Client) -> None:
    provider(passwords=Passwords.ONLY)
    person = factories.person(email=f"sanne@{campus.HOME}")
    client.force_login(person)

    answer = client.post(
        "/login/again/?next=/security/", {"password": factories.PASSWORD}, headers=HOST
    )
    assert answer.status_code == 302


def test_unlinking_is_not_for_the_last_way_in(client: Client) -> None:
    made = provider()
    person = factories.person(email=f"sanne@{campus.HOME}")
    account = CampusAccount.objects.create(
        provider=made, person=person, subject="s", linked_at=timezone.now()
    )
    person.set_unusable_password()
    person.save()
    client.force_login(person)
    assert "Hogeschool Hier" in client.get("/security/", headers=HOST).content.decode()

    answer = client.post(f"/login/campus/linked/{account.pk}/remove/", headers=HOST, follow=True)

    assert "je enige manier om in te loggen" in answer.content.decode()
    assert CampusAccount.objects.exists()

    person.set_password(factories.PASSWORD)
    person.save()
    client.post("/login/", {"login": person.email, "password": factories.PASSWORD}, headers=HOST)
    client.force_login(person)
    client.post("/login/again/?next=/security/", {"password": factories.PASSWORD}, headers=HOST)
    client.post(f"/login/campus/linked/{account.pk}/remove/", headers=HOST)
    assert not CampusAccount.objects.exists()


def test_password_that_counts_no_more_is_no_other_way_in(client: Client) -> None:
    made = provider(passwords=Passwords.ONLY)
    person = factories.person(email=f"sanne@{campus.HOME}")
    account = CampusAccount.objects.create(
        provider=made, person=person, subject="s", linked_at=timezone.now()
    )
    client.force_login(person)
    client.post("/login/again/?next=/security/", {"password": factories.PASSWORD}, headers=HOST)

    client.post(f"/login/campus/linked/{account.pk}/remove/", headers=HOST)

    assert CampusAccount.objects.exists()
