"""The profile page."""

from typing import Any

import pytest
from django.test import Client

from stageapp.accounts.models import User
from stageapp.notifications.kinds import Frequency, Kind
from stageapp.notifications.queries import preferences_of
from tests.factories import person, placement

pytestmark = pytest.mark.django_db


@pytest.fixture
def sanne(client: Client) -> User:
    sanne = person("Sanne Bakker", "sanne@school.example", language="en")
    client.force_login(sanne)
    return sanne


def save(client: Client, **fields: str) -> Any:
    data = {"name": "Sanne Bakker", "student_number": "", "language": "en"}
    data |= {"hour": "8", "weekday": "0"}
    return client.post("/profile/", data | {kind.value: "at_once" for kind in Kind} | fields)


def test_profile_shows_what_is_kept(client: Client, sanne: User) -> None:
    page = client.get("/profile/").content.decode()

    assert 'value="Sanne Bakker"' in page
    assert "sanne@school.example" in page
    for path in ("/email/", "/password/change/", "/logout/"):
        assert f'"{path}"' in page


def test_profile_keeps_what_is_changed(client: Client, sanne: User) -> None:
    before = preferences_of(sanne)
    response = save(client, name="Bo", student_number="S-1", message_received="never")

    sanne.refresh_from_db()
    assert response["Location"] == "/profile/"
    assert (sanne.name, sanne.student_number, sanne.language) == ("Bo", "S-1", "en")
    expected = before | {Kind.MESSAGE_RECEIVED: Frequency.NEVER}
    assert preferences_of(sanne) == expected
    assert "Your profile is saved." in client.get("/profile/").content.decode()


def test_profile_can_be_changed_again(client: Client, sanne: User) -> None:
    save(client, message_received="never")
    save(client, message_received="at_once")

    assert preferences_of(sanne)[Kind.MESSAGE_RECEIVED] == Frequency.AT_ONCE
    told = sanne.notification_preferences.filter(kind=Kind.MESSAGE_RECEIVED)
    assert told.count() == 1


def test_profile_offers_news_for_teachers_to_teachers_only(client: Client, sanne: User) -> None:
    before = client.get("/profile/").content.decode()
    placement(teacher=sanne)

    after = client.get("/profile/").content.decode()

    assert "question_shared" not in before
    assert "question_shared" in after


def test_profile_in_another_language_answers_in_it(client: Client, sanne: User) -> None:
    save(client, language="nl")

    assert client.get("/profile/")["Content-Language"] == "nl"
    client.post("/logout/")
    assert client.get("/login/")["Content-Language"] == "nl"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "é" * 201),
        ("name", "   "),
        ("student_number", "1" * 21),
        ("language", "de"),
        ("message_received", "often"),
    ],
)
def test_profile_refuses_what_does_not_fit_and_keeps_the_rest(
    client: Client, sanne: User, field: str, value: str
) -> None:
    response = save(client, **{"name": "Sanne de Boer", field: value})

    sanne.refresh_from_db()
    page = response.content.decode()
    assert response.status_code == 422
    assert (value if field in {"name", "student_number"} else "Sanne de Boer") in page
    assert sanne.name == "Sanne Bakker"
    assert not sanne.notification_preferences.exists()


def test_profile_keeps_the_address_and_the_password(client: Client, sanne: User) -> None:
    save(client, email="other@school.example", password="x", is_active="")

    kept = User.objects.get()
    assert (kept.email, kept.password, kept.is_active) == (sanne.email, sanne.password, True)
