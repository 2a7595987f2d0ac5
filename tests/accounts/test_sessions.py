"""Where somebody is signed in, and the mail about a device that they did not use before."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from stageapp.accounts.devices import MOST_PEOPLE, device_in_words
from stageapp.accounts.models import User
from tests.factories import PASSWORD, person

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)
NEW = "een ander lang wachtwoord"


@pytest.fixture
def sanne() -> User:
    return person(email="sanne@school.example", language="en")


def sign_in(client: Client, *, password: str = PASSWORD) -> Any:
    return client.post(
        reverse("account_login"), {"login": "sanne@school.example", "password": password}
    )


def signed_in(agent: str = FIREFOX) -> Client:
    client = Client(headers={"user-agent": agent})
    sign_in(client)
    return client


def may_enter(client: Client) -> bool:
    return client.get("/profile/").status_code == 200


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        (IPHONE, "Safari on iPhone"),
        (
            (
                "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) "
                "Chrome/137.0.0.0 Mobile Safari/537.36"
            ),
            "Chrome on Android",
        ),
        (
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like "
                "Gecko) Chrome/137.0.0.0 Safari/537.36 Edg/137.0.0.0"
            ),
            "Edge on Mac",
        ),
        (
            (
                "Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
                "Gecko) CriOS/137.0 Mobile/15E148 Safari/604.1"
            ),
            "Chrome on iPad",
        ),
        ("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) Chrome/137.0.0.0", "Chrome on ChromeOS"),
        ("curl/8.5.0", "Unknown device"),
        ("", "Unknown device"),
    ],
)
def test_a_device_is_called_as_people_call_it(agent: str, words: str) -> None:
    with override("en"):
        assert str(device_in_words(agent)) == words


def test_the_list_says_device_and_when_it_was_used(sanne: User) -> None:
    with time_machine.travel(datetime(2026, 11, 2, 9, 30, tzinfo=UTC), tick=False):
        here = signed_in()
        signed_in(IPHONE)

        page = here.get("/security/sessions/").content.decode()

    assert "Firefox on Windows" in page
    assert "Safari on iPhone" in page
    assert "last used 2 November, 10:30" in page
    assert page.count("this device") == 1


def test_no_address_of_a_network_is_kept(sanne: User) -> None:
    signed_in()

    assert set(UserSession.objects.values_list("ip", flat=True)) == {"0.0.0.0"}


def test_use_is_noted_now_and_then(sanne: User) -> None:
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        client = signed_in()
        client.get("/profile/")
        clock.shift(timedelta(minutes=14))
        client.get("/profile/")
        assert UserSession.objects.get().last_seen_at == start

        clock.shift(timedelta(minutes=1))
        client.get("/profile/")

        assert UserSession.objects.get().last_seen_at == start + timedelta(minutes=15)


def test_one_session_is_ended(sanne: User) -> None:
    here, elsewhere = signed_in(), signed_in(IPHONE)
    session = UserSession.objects.get(user_agent=IPHONE)

    done = here.post(f"/security/sessions/{session.pk}/end/")

    assert done["Location"] == "/security/sessions/"
    assert may_enter(here)
    assert not may_enter(elsewhere)


def test_the_own_session_is_ended(sanne: User) -> None:
    here = signed_in()

    done = here.post(f"/security/sessions/{UserSession.objects.get().pk}/end/")

    assert done["Location"] == "/login/"
    assert not may_enter(here)


def test_a_session_of_somebody_else_cannot_be_ended(sanne: User) -> None:
    signed_in()
    other = Client()
    other.force_login(person())

    assert other.post(f"/security/sessions/{UserSession.objects.get().pk}/end/").status_code == 404
    assert UserSession.objects.filter(user=sanne).exists()


def test_signing_out_everywhere_but_here(sanne: User) -> None:
    here, phone, school = signed_in(), signed_in(IPHONE), signed_in()

    page = here.post("/security/sessions/end/", follow=True).content.decode()

    assert "2 other devices are signed out." in page
    assert [may_enter(one) for one in (here, phone, school)] == [True, False, False]


def test_a_changed_password_ends_the_other_sessions(sanne: User) -> None:
    here, elsewhere = signed_in(), signed_in(IPHONE)

    here.post("/password/change/", {"oldpassword": PASSWORD, "password1": NEW})

    assert may_enter(here)
    assert not may_enter(elsewhere)
    assert UserSession.objects.count() == 1


def test_what_was_signed_out_does_not_stand_in_the_list(sanne: User) -> None:
    here, elsewhere = signed_in(), signed_in(IPHONE)
    elsewhere.post("/logout/")

    assert "Safari on iPhone" not in here.get("/security/sessions/").content.decode()


def test_the_list_takes_as_many_queries_for_many_sessions(
    sanne: User, django_assert_max_num_queries: Any
) -> None:
    here = signed_in()
    for _ in range(30):
        signed_in(IPHONE)
    here.get("/security/sessions/")

    with django_assert_max_num_queries(12):
        page = here.get("/security/sessions/")
    assert len(page.context["rows"]) == 20


def test_a_new_device_is_mailed_about_in_the_language_of_the_person(sanne: User) -> None:
    with time_machine.travel(datetime(2026, 11, 2, 9, 30, tzinfo=UTC), tick=False):
        signed_in(IPHONE)

    [sent] = mail.outbox
    assert sent.to == ["sanne@school.example"]
    assert sent.subject == "You signed in on a new device"
    assert "On 2 November 2026 at 10:30" in sent.body
    assert "Safari on iPhone" in sent.body
    assert "http://testserver/security/sessions/" in sent.body


def test_a_known_device_is_not_mailed_about(sanne: User) -> None:
    client = signed_in()
    client.post("/logout/")

    sign_in(client)

    assert len(mail.outbox) == 1


def test_a_device_known_for_one_is_new_for_another(sanne: User) -> None:
    client = signed_in()
    client.post("/logout/")
    noor = person(email="noor@school.example")

    client.post("/login/", {"login": noor.email, "password": PASSWORD})

    assert [one.to for one in mail.outbox] == [[sanne.email], [noor.email]]


def test_a_forged_cookie_makes_no_device_known(sanne: User) -> None:
    client = Client()
    client.cookies["device"] = "made-up:1abc:xyz"

    sign_in(client)

    assert len(mail.outbox) == 1


def test_a_device_stays_known_when_the_password_is_changed_on_it(sanne: User) -> None:
    here, elsewhere = signed_in(), signed_in(IPHONE)
    here.post("/password/change/", {"oldpassword": PASSWORD, "password1": NEW})
    here.post("/logout/")
    mail.outbox.clear()

    sign_in(here, password=NEW)
    assert mail.outbox == []

    sign_in(elsewhere, password=NEW)
    assert len(mail.outbox) == 1


def test_a_shared_device_forgets_the_longest_ago(sanne: User) -> None:
    client = signed_in()
    for _ in range(MOST_PEOPLE):
        client.post("/logout/")
        other = person()
        client.post("/login/", {"login": other.email, "password": PASSWORD})
    client.post("/logout/")
    mail.outbox.clear()

    sign_in(client)

    assert len(mail.outbox) == 1


def test_signing_in_does_not_fail_with_the_mail(sanne: User, monkeypatch: Any) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError("no mail server")

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)

    assert may_enter(signed_in())


def test_session_ends_after_ninety_days_however_much_it_is_used(sanne: User) -> None:
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        client = signed_in()
        for _ in range(9):
            clock.shift(timedelta(days=10) - timedelta(seconds=1))
            assert client.get("/profile/").status_code == 200

        clock.shift(timedelta(seconds=10))

        assert client.get("/profile/")["Location"].startswith("/login/")


def test_session_ends_after_two_weeks_without_use(sanne: User) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = signed_in()
        client.get("/profile/")
        clock.shift(timedelta(days=14, seconds=1))

        assert client.get("/profile/")["Location"].startswith("/login/")


def test_signing_out_empties_what_the_browser_kept_of_pages(sanne: User) -> None:
    client = signed_in()

    assert "Clear-Site-Data" not in client.get("/profile/").headers
    assert client.post("/logout/").headers["Clear-Site-Data"] == '"cache"'
