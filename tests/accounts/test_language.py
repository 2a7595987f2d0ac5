"""Dutch, unless somebody chooses English: then everything is English."""

import pytest
from django.core import mail
from django.test import Client
from django.utils.translation import gettext, override

from stageapp.accounts.models import User
from tests.factories import person, programme

pytestmark = pytest.mark.django_db


def in_dutch(text: str) -> str:
    with override("nl"):
        return gettext(text)


def test_pages_are_dutch_whatever_the_browser_asks_for(client: Client) -> None:
    response = client.get("/login/", headers={"accept-language": "en"})

    assert response["Content-Language"] == "nl"
    assert '<html lang="nl"' in response.content.decode()
    assert in_dutch("I forgot my password") in response.content.decode()


def test_a_visitor_can_choose_english(client: Client) -> None:
    chosen = client.post("/language/", {"language": "en", "next": "/register/"})

    response = client.get("/register/")
    assert (chosen.status_code, chosen["Location"]) == (302, "/register/")
    assert response["Content-Language"] == "en"
    assert '<html lang="en"' in response.content.decode()
    assert "Make an account" in response.content.decode()


def test_the_choice_of_who_is_signed_in_is_kept(client: Client) -> None:
    sanne = person(language="nl")
    client.force_login(sanne)

    client.post("/language/", {"language": "en"})

    sanne.refresh_from_db()
    assert sanne.language == "en"
    assert client.get("/profile/")["Content-Language"] == "en"
    client.post("/logout/")
    assert client.get("/login/")["Content-Language"] == "en"


def test_the_own_language_wins_over_the_browsers(client: Client) -> None:
    client.cookies["language"] = "nl"
    client.force_login(person(language="en"))

    assert client.get("/profile/")["Content-Language"] == "en"


@pytest.mark.parametrize("language", ["", "de", "en-GB", "../nl", "x" * 500])
def test_other_languages_change_nothing(client: Client, language: str) -> None:
    sanne = person(language="en")
    client.force_login(sanne)

    assert client.post("/language/", {"language": language}).status_code == 302

    sanne.refresh_from_db()
    assert sanne.language == "en"
    assert "language" not in client.cookies


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_choice_leads_to_own_pages_only(client: Client, path: str) -> None:
    assert client.post("/language/", {"language": "en", "next": path})["Location"] == "/"


def test_a_cookie_with_nonsense_is_dutch(client: Client) -> None:
    client.cookies["language"] = "xx"

    assert client.get("/login/")["Content-Language"] == "nl"


@pytest.mark.parametrize(
    ("language", "error"),
    [("nl", "Dit veld is verplicht."), ("en", "This field is required.")],
)
def test_errors_are_in_the_readers_language(client: Client, language: str, error: str) -> None:
    client.cookies["language"] = language

    response = client.post("/register/", {"programme": programme().pk})

    assert response.status_code == 422
    assert error in response.content.decode()


@pytest.mark.parametrize("language", ["nl", "en"])
def test_mails_are_in_their_readers_language(client: Client, language: str) -> None:
    """Not in that of who asked for them: an administrator, or a borrowed browser."""
    sanne = person(language=language)
    client.cookies["language"] = "en" if language == "nl" else "nl"

    client.post("/password/reset/", {"email": sanne.email})

    with override(language):
        assert mail.outbox[0].subject == gettext("Set a new password")


def test_a_mail_to_an_unknown_reader_is_in_the_chosen_language(client: Client) -> None:
    client.cookies["language"] = "en"

    client.post("/password/reset/", {"email": "nobody@school.example"})

    assert mail.outbox[0].subject == "There is no account with this address"
    assert not User.objects.exists()
