"""What a password has to be: long, not common, and not what others try first."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils.translation import override

from stageapp.accounts.models import User
from tests.factories import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def sanne() -> User:
    return person("Sanne de Bakker", "s.jansen@school.example")


def refusal(password: str, somebody: User | None = None) -> list[str]:
    with override("en"):
        try:
            validate_password(password, somebody)
        except ValidationError as error:
            return [one.code or "" for one in error.error_list]
    return []


@pytest.mark.parametrize(
    ("password", "codes"),
    [
        ("veertien tekens"[:14], ["password_too_short"]),
        ("veertien tekens", []),
        ("vijftien tekens en meer", []),
        # No rules about figures or capitals.
        ("zonder alles erbij", []),
        ("1234567890123456", []),
        ("🙂" * 15, []),
        ("é" * 64, []),
        # On the list of common ones, and long enough.
        ("qwertyuiopasdfghjkl", []),
        ("password", ["password_too_short", "password_too_common"]),
    ],
)
def test_a_password_is_long_and_not_common(sanne: User, password: str, codes: list[str]) -> None:
    assert refusal(password, sanne) == codes


@pytest.mark.parametrize(
    "password",
    [
        "lang leve sanne zelf",
        "lang leve SANNE zelf",
        "lang leve s.a.n.n.e zelf",
        "lang leve bäkker zelf",
        "s.jansen@school.example",
        "mevrouw jansen zelf",
        "mijn stage-app wachtwoord",
        "mijn Stage App wachtwoord",
    ],
)
def test_a_password_has_no_name_address_or_app_in_it(sanne: User, password: str) -> None:
    assert refusal(password, sanne) == ["password_in_context"]


@pytest.mark.parametrize("password", ["de langste dag ooit", "s is een letter dus"])
def test_short_parts_of_a_name_do_not_count(sanne: User, password: str) -> None:
    assert refusal(password, sanne) == []


@pytest.mark.parametrize(
    ("kind", "codes"),
    [("totp", []), ("webauthn", []), ("recovery_codes", ["password_too_short"])],
)
def test_eight_is_enough_beside_a_second_factor(sanne: User, kind: str, codes: list[str]) -> None:
    Authenticator.objects.create(user=sanne, type=kind, data={})

    assert refusal("acht lang", sanne) == codes
    assert refusal("zeven 7", sanne) == ["password_too_short"]


def test_the_form_says_how_long_before_somebody_types(client: Client, sanne: User) -> None:
    sanne.language = "en"
    sanne.save()
    client.force_login(sanne)
    assert "At least 15 characters" in client.get("/password/change/").content.decode()

    Authenticator.objects.create(user=sanne, type="totp", data={})

    assert "At least 8 characters" in client.get("/password/change/").content.decode()
