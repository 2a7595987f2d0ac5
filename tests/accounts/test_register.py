"""Making an account."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django import Settings

from stageapp.accounts.models import User
from stageapp.programmes.forms import SignUpForm
from stageapp.programmes.models import Programme, ProgrammeMembership, Role
from tests.factories import institution, person, programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def bouwkunde() -> Programme:
    return programme("Bouwkunde")


def register(client: Client, programme: Programme | None, **fields: str) -> Any:
    data = {
        "name": "Noor de Wit",
        "email": "noor@school.example",
        "password1": "een lang wachtwoord",
        "programme": str(programme.pk if programme else ""),
        "student_number": "",
        "agreement": "on",
    }
    return client.post("/register/", data | fields)


def test_register_makes_a_student_and_signs_in(client: Client, bouwkunde: Programme) -> None:
    response = register(client, bouwkunde, student_number="1234567")

    assert (response.status_code, response["Location"]) == (302, "/")
    noor = User.objects.get()
    assert (noor.name, noor.email, noor.student_number, noor.language) == (
        "Noor de Wit",
        "noor@school.example",
        "1234567",
        "nl",
    )
    assert noor.check_password("een lang wachtwoord")
    assert client.session["_auth_user_id"] == str(noor.pk)
    membership = ProgrammeMembership.objects.get()
    assert (membership.person, membership.programme, membership.role) == (
        noor,
        bouwkunde,
        Role.STUDENT,
    )
    address = EmailAddress.objects.get()
    assert (address.user, address.email, address.verified, address.primary) == (
        noor,
        "noor@school.example",
        False,
        True,
    )
    assert [message.to for message in mail.outbox] == [["noor@school.example"]]


@pytest.mark.parametrize(
    "name", ["Bo", "Li", "Y", "Łukasz Żółć-Çelik", "محمد", "李", "O'Brien", "n" * 200, "é" * 200]
)
def test_register_takes_every_name(client: Client, bouwkunde: Programme, name: str) -> None:
    assert register(client, bouwkunde, name=name).status_code == 302
    assert User.objects.get().name == name


def test_register_makes_a_name_one_line(client: Client, bouwkunde: Programme) -> None:
    register(client, bouwkunde, name="  Noor\r\nBcc:  de Wit ")

    assert User.objects.get().name == "Noor Bcc: de Wit"


def test_register_refuses_a_name_of_201_and_keeps_what_was_typed(
    client: Client, bouwkunde: Programme
) -> None:
    name = "Zoë" * 67

    response = register(client, bouwkunde, name=name, student_number="S-42")

    form = response.context["form"]
    page = response.content.decode()
    assert response.status_code == 422
    assert list(form.errors) == ["name"]
    assert name in page
    assert "S-42" in page
    assert f'value="{bouwkunde.pk}" selected' in page
    assert not User.objects.exists()


def test_register_offers_open_programmes_of_the_institution_only(
    client: Client, bouwkunde: Programme
) -> None:
    programme("Oude opleiding", institution=bouwkunde.institution, is_open=False)
    programme("Elders", institution=institution("Elders", host="elders.example"))
    ook = programme("Chemie", institution=bouwkunde.institution)

    form = client.get("/register/").context["form"]

    assert list(form.fields["programme"].queryset) == [bouwkunde, ook]


def test_register_refuses_a_forged_programme_at_its_field(
    client: Client, bouwkunde: Programme
) -> None:
    client.cookies["language"] = "en"
    closed = programme("Oude opleiding", institution=bouwkunde.institution, is_open=False)
    elsewhere = programme(institution=institution("Elders", host="elders.example"))

    for forged in (closed, elsewhere):
        response = register(client, forged)

        assert response.status_code == 422
        assert response.context["form"].errors == {
            "programme": ["Voor deze opleiding kun je je niet registreren. Kies een andere."]
        }
        assert "You cannot register for this programme." in response.content.decode()
    assert not User.objects.exists()
    assert mail.outbox == []


def test_register_chooses_the_only_programme(client: Client, bouwkunde: Programme) -> None:
    field = client.get("/register/").context["form"].fields["programme"]

    assert (field.initial, field.empty_label) == (bouwkunde, None)


def test_register_without_an_open_programme_says_so(client: Client) -> None:
    client.cookies["language"] = "en"
    programme(is_open=False)

    assert "No programme is open" in client.get("/register/").content.decode()


def test_register_needs_the_agreement(client: Client, bouwkunde: Programme) -> None:
    response = register(client, bouwkunde, agreement="")

    assert list(response.context["form"].errors) == ["agreement"]


@pytest.mark.parametrize("password", ["kort", "12345678", "password", "noor@school.example"])
def test_register_refuses_a_weak_password_at_its_field(
    client: Client, bouwkunde: Programme, password: str
) -> None:
    response = register(client, bouwkunde, password1=password)

    assert "password1" in response.context["form"].errors
    assert not User.objects.exists()


def test_register_in_english_makes_an_english_account(client: Client, bouwkunde: Programme) -> None:
    client.post("/language/", {"language": "en"})

    register(client, bouwkunde)

    assert User.objects.get().language == "en"
    assert mail.outbox[0].subject == "Welcome to Stage-App: confirm your e-mail address"


def test_register_with_an_address_in_capitals_is_the_same_account(
    client: Client, bouwkunde: Programme
) -> None:
    register(client, bouwkunde, email="Noor@School.EXAMPLE")
    response = register(Client(), bouwkunde, email="NOOR@school.example")

    assert list(response.context["form"].errors) == ["email"]
    assert [noor.email for noor in User.objects.all()] == ["noor@school.example"]


def test_register_refuses_an_address_that_does_not_fit(
    client: Client, bouwkunde: Programme
) -> None:
    fits, too_long = "n" * 239 + "@school.example", "n" * 240 + "@school.example"

    assert list(register(client, bouwkunde, email=too_long).context["form"].errors) == ["email"]
    assert register(client, bouwkunde, email=fits).status_code == 302
    assert User.objects.get().email == fits


def test_the_database_holds_one_account_for_an_address() -> None:
    person(email="noor@school.example")

    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(email="NOOR@school.example", name="Noor")])


def test_two_registrations_at_once_make_one_account(
    client: Client, bouwkunde: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check of the form has passed for both before either is kept."""

    def passes_and_is_overtaken(form: SignUpForm, email: str) -> str:
        person(email=email)
        return email

    monkeypatch.setattr(SignUpForm, "validate_unique_email", passes_and_is_overtaken)

    response = register(client, bouwkunde)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["email"]
    assert 'value="Noor de Wit"' in response.content.decode()
    assert User.objects.count() == 1
    assert not ProgrammeMembership.objects.exists()


def test_register_keeps_the_account_when_the_mail_server_is_down(
    client: Client, bouwkunde: Programme, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 1
    client.cookies["language"] = "en"

    response = register(client, bouwkunde)

    assert response["Location"] == "/"
    assert User.objects.count() == 1
    assert "The mail could not be sent just now." in client.get("/").content.decode()
