"""An app with codes beside the password: on, off, signing in, and codes for when it is lost."""

import re
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from stageapp.accounts.models import User
from tests.factories import PASSWORD, person

pytestmark = pytest.mark.django_db

#: 12:00:10: ten seconds into the half minute of a code.
NOON = 1_770_000_010 // 30 * 30 + 10


@pytest.fixture
def sanne() -> User:
    return person(email="sanne@school.example", language="en")


def code_at(moment: float, secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(moment) // 30)))


def sign_in(client: Client, password: str = PASSWORD, **rest: str) -> Any:
    client.cookies["language"] = "en"
    data = {"login": "sanne@school.example", "password": password} | rest
    return client.post(reverse("account_login"), data)


def give_code(client: Client, code: str) -> Any:
    return client.post(reverse("mfa_authenticate"), {"code": code})


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def confirm_password(client: Client, path: str) -> Any:
    """Open a page that asks for the password first, and give it."""
    asked = client.get(path)
    assert asked["Location"].startswith("/login/again/")
    return client.post(asked["Location"], {"password": PASSWORD}, follow=True)


def switch_on(client: Client) -> str:
    """Switch the app on, at the moment it is; return its secret."""
    page = confirm_password(client, "/security/app/").content.decode()
    found = re.search(r'id="secret"[^>]* value="(\w+)"', page)
    assert found
    assert 'src="data:image/svg+xml;base64,' in page
    client.post("/security/app/", {"code": code_at(NOON, found[1])})
    return found[1]


def codes_on(page: str) -> list[str]:
    return re.findall(r"<li>(\d{8})</li>", page)


@pytest.fixture
def secret(sanne: User) -> str:
    """Sanne has an app with codes since noon; it is a minute and a half later now."""
    with time_machine.travel(NOON, tick=False):
        client = Client()
        client.force_login(sanne)
        return switch_on(client)


def test_the_app_is_switched_on_with_the_code_it_shows(client: Client, sanne: User) -> None:
    client.force_login(sanne)

    with time_machine.travel(NOON, tick=False):
        page = confirm_password(client, "/security/app/").content.decode()
        wrong = client.post("/security/app/", {"code": "000000"})

        assert wrong.status_code == 422
        assert "This did not work." in wrong.content.decode()
        assert not Authenticator.objects.exists()

        [shown] = re.findall(r'id="secret"[^>]* value="(\w+)"', page)
        # The same secret is still asked for after a wrong code.
        assert shown in wrong.content.decode()
        done = client.post("/security/app/", {"code": code_at(NOON, shown)})

        assert done["Location"] == "/security/codes/"
        assert "On since" in client.get("/security/").content.decode()


def test_the_secret_is_not_readable_in_the_database(secret: str, sanne: User) -> None:
    kept = Authenticator.objects.get(user=sanne, type="totp").data["secret"]

    assert secret not in kept
    assert decrypt(kept) == secret


def test_secrets_survive_a_new_key_of_the_application(
    secret: str, sanne: User, settings: Settings
) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another one"

    assert decrypt(Authenticator.objects.get(user=sanne, type="totp").data["secret"]) == secret


def test_recovery_codes_are_shown_once_and_as_a_file(client: Client, sanne: User) -> None:
    client.force_login(sanne)
    with time_machine.travel(NOON, tick=False):
        switch_on(client)

        first = codes_on(client.get("/security/codes/").content.decode())
        again = client.get("/security/codes/").content.decode()
        file = client.post("/security/codes/file/", {"codes": " ".join(first)})
        made_up = client.post("/security/codes/file/", {"codes": "12345678"})

    assert len(first) == 10
    assert codes_on(again) == []
    assert "We showed your recovery codes once." in again
    assert file["Content-Disposition"] == 'attachment; filename="recovery-codes.txt"'
    assert all(code in file.content.decode() for code in first)
    assert "sanne@school.example" in file.content.decode()
    assert made_up.status_code == 404


def test_recovery_codes_are_made_anew(client: Client, sanne: User) -> None:
    client.force_login(sanne)
    with time_machine.travel(NOON, tick=False):
        switch_on(client)
        old = codes_on(client.get("/security/codes/").content.decode())

        made = client.post("/security/codes/new/", follow=True)

        new = codes_on(made.content.decode())
        assert len(new) == 10
        assert not set(old) & set(new)

        client.logout()
        sign_in(client)
        assert give_code(client, old[0]).status_code == 422
        assert give_code(client, new[0]).status_code == 302


def test_sign_in_asks_for_the_code_after_the_password(client: Client, secret: str) -> None:
    later = NOON + 90
    with time_machine.travel(later, tick=False):
        asked = sign_in(client)
        assert asked["Location"] == "/login/code/"
        assert not is_signed_in(client)
        assert client.get("/")["Location"].startswith("/login/")

        wrong = give_code(client, "123")
        assert wrong.status_code == 422
        assert not is_signed_in(client)

        right = give_code(client, code_at(later, secret))
        assert right["Location"] == "/"
        assert is_signed_in(client)


def test_sign_in_with_a_code_leads_to_the_page_asked_for(client: Client, secret: str) -> None:
    later = NOON + 90
    with time_machine.travel(later, tick=False):
        sign_in(client, next="/profile/?a=b")

        assert give_code(client, code_at(later, secret))["Location"] == "/profile/?a=b"


@pytest.mark.parametrize(("seconds", "works"), [(-60, False), (-30, True), (30, True), (60, False)])
def test_the_code_before_and_after_the_present_one_works_too(
    client: Client, secret: str, seconds: int, works: bool
) -> None:
    later = NOON + 300
    with time_machine.travel(later, tick=False):
        sign_in(client)
        give_code(client, code_at(later + seconds, secret))

        assert is_signed_in(client) == works


@pytest.mark.parametrize("seconds", [0, 30, 45])
def test_a_used_code_is_refused_the_second_time(client: Client, secret: str, seconds: int) -> None:
    later = NOON + 90
    code = code_at(later, secret)
    with time_machine.travel(later, tick=False):
        sign_in(client)
        give_code(client, code)
        assert is_signed_in(client)
    with time_machine.travel(later + seconds, tick=False):
        other = Client()
        sign_in(other)

        # In other figures, it is the same code.
        assert give_code(other, f"{code[:3]} {code[3:]}").status_code == 422
        assert not is_signed_in(other)


def test_the_code_that_switched_the_app_on_does_not_sign_in(client: Client, secret: str) -> None:
    with time_machine.travel(NOON + 5, tick=False):
        sign_in(client)

        assert give_code(client, code_at(NOON, secret)).status_code == 422


def test_a_recovery_code_works_once(client: Client, sanne: User) -> None:
    client.force_login(sanne)
    with time_machine.travel(NOON, tick=False):
        switch_on(client)
        code = codes_on(client.get("/security/codes/").content.decode())[3]

    for expected in (True, False):
        other = Client()
        sign_in(other)
        give_code(other, code)
        assert is_signed_in(other) == expected


def test_each_change_of_a_second_factor_is_mailed(
    client: Client, sanne: User, django_capture_on_commit_callbacks: Any
) -> None:
    client.force_login(sanne)
    with time_machine.travel(NOON, tick=False), django_capture_on_commit_callbacks(execute=True):
        switch_on(client)
    with time_machine.travel(NOON, tick=False):
        assert [one.subject for one in mail.outbox] == [
            "Signing in asks for more than your password now"
        ]
        assert "an app with codes was added" in str(mail.outbox[0].body)
        assert "/security/" in str(mail.outbox[0].body)
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            client.post("/security/app/off/")

    # The recovery codes go along, which is no news of its own.
    (told,) = mail.outbox
    assert (told.to, told.subject) == (
        [sanne.email],
        "A second factor of your account is removed",
    )
    assert "the app with codes was removed" in str(told.body)


def test_a_recovery_code_that_is_used_is_mailed(client: Client, sanne: User) -> None:
    client.force_login(sanne)
    with time_machine.travel(NOON, tick=False):
        switch_on(client)
        codes = codes_on(client.get("/security/codes/").content.decode())
    mail.outbox.clear()
    other = Client()
    sign_in(other)
    give_code(other, codes[0])

    (told,) = [one for one in mail.outbox if "recovery" in str(one.subject)]
    assert told.subject == "A recovery code of yours was used"
    assert "You have 9 left." in str(told.body)
    assert codes[0] not in str(told.body)


def test_the_page_says_how_many_recovery_codes_are_left(client: Client, sanne: User) -> None:
    client.force_login(sanne)
    with time_machine.travel(NOON, tick=False):
        switch_on(client)
        code = codes_on(client.get("/security/codes/").content.decode())[0]
    other = Client()
    sign_in(other)
    give_code(other, code)

    assert "<strong>9</strong> are left." in other.get("/security/").content.decode()


def test_switching_off_asks_for_the_password_again(client: Client, secret: str) -> None:
    later = NOON + 90
    with time_machine.travel(later, tick=False):
        sign_in(client)
        give_code(client, code_at(later, secret))
        assert client.post("/security/app/off/")["Location"].startswith("/login/again/")
        assert Authenticator.objects.filter(type="totp").exists()

        confirm_password(client, "/security/app/off/")
        client.post("/security/app/off/")

        # The recovery codes have nothing left to stand in for.
        assert not Authenticator.objects.exists()
        other = Client()
        sign_in(other)
        assert is_signed_in(other)


def test_five_wrong_codes_stop_a_sixth(client: Client, secret: str) -> None:
    later = NOON + 90
    with time_machine.travel(later, tick=False):
        sign_in(client)
        for _ in range(5):
            assert "This did not work." in give_code(client, "000000").content.decode()

        stopped = give_code(client, code_at(later, secret))

    assert stopped.status_code == 422
    assert "Too many attempts" in stopped.content.decode()


def test_a_forgotten_password_is_no_way_around_the_code(client: Client, secret: str) -> None:
    sanne = User.objects.get(email="sanne@school.example")
    sanne.set_password("een heel lang wachtwoord")
    sanne.save()

    assert sign_in(client, "een heel lang wachtwoord")["Location"] == "/login/code/"


def test_somebody_else_can_begin_anew(client: Client, secret: str) -> None:
    sign_in(client)
    assert client.get("/login/")["Location"] == "/login/code/"

    assert client.post("/login/code/", {"begin_anew": "yes"})["Location"] == "/login/"
    assert client.get("/login/").status_code == 200


def test_nobody_gets_to_the_code_without_the_password(client: Client, secret: str) -> None:
    assert client.get("/login/code/")["Location"] == "/login/"
    assert give_code(client, code_at(NOON, secret))["Location"] == "/login/"


def test_who_has_no_password_is_asked_for_a_code_instead(client: Client, secret: str) -> None:
    sanne = User.objects.get(email="sanne@school.example")
    sanne.set_unusable_password()
    sanne.save()
    client.force_login(sanne)
    later = NOON + 90

    with time_machine.travel(later, tick=False):
        asked = client.get("/security/app/off/")
        assert asked["Location"].startswith("/login/again/code/")
        done = client.post(asked["Location"], {"code": code_at(later, secret)})

    assert done["Location"] == "/security/app/off/"


#: A credential of the right form with nothing in it.
HOLLOW = '{"id":"YQ","rawId":"YQ","type":"public-key","response":%s}'
NONSENSE = [
    *("", "{}", "[]", "1", '"a"', "null", '{"id": 1}', "{", '{"response": []}', "\x00", "9" * 5000),
    "[" * 100_000,
    HOLLOW % "{}",
    HOLLOW % '{"userHandle":"OTk"}',
    HOLLOW
    % (
        '{"clientDataJSON":"e30","authenticatorData":"YQ","signature":"YQ","userHandle":"/w",'
        '"attestationObject":"oA"}'
    ),
]


@pytest.mark.parametrize("answer", NONSENSE)
def test_nonsense_in_place_of_a_passkey_is_no_error(
    client: Client, secret: str, answer: str
) -> None:
    client.get("/login/passkey/", headers={"accept": "application/json"})
    assert client.post("/login/passkey/", {"credential": answer})["Location"] == "/login/"

    sign_in(client)
    client.get("/login/code/")
    assert client.post("/login/code/", {"credential": answer}).status_code == 422
    assert not is_signed_in(client)

    signed_in = Client()
    signed_in.force_login(User.objects.get(email="sanne@school.example"))
    confirm_password(signed_in, "/security/passkeys/new/")
    made = signed_in.post("/security/passkeys/new/", {"credential": answer, "name": "x" * 999})
    assert made.status_code == 422
    assert not Authenticator.objects.filter(type="webauthn").exists()
