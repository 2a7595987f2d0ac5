"""Personal access tokens: made once, shown once, and never more than their person."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client, override_settings
from django.utils import timezone
from pytest_django import Settings

from stageapp.accounts.models import User
from stageapp.administration.actions import switch_off, switch_on
from stageapp.api.actions import make_token
from stageapp.api.actions_webhooks import make_webhook
from stageapp.api.models import AccessToken, Webhook
from stageapp.api.rules import PREFIX, is_token, new_token
from stageapp.audit.models import AuditEntry
from stageapp.core.tokens import hash_of
from stageapp.programmes.models import ProgrammeMembership, Role
from tests import factories
from tests.api.helpers import Program, token_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def student() -> User:
    placement = factories.placement(factories.person())
    return placement.student


def browser(person: User) -> Client:
    """Return the browser of somebody who gave their password a moment ago."""
    client = Client()
    client.force_login(person)
    client.post("/login/again/?next=/", {"password": factories.PASSWORD})
    return client


def webhook_of(person: User) -> Webhook:
    webhook = Webhook(person=person, name="Proef", url="https://hier.example/")
    make_webhook(webhook, at=timezone.now())
    return webhook


def changes_of(person: User) -> list[tuple[str, int | None]]:
    """Return what was done about an account, and by whom, in the order of the record."""
    rows = AuditEntry.objects.filter(kind="account_changed", subject=f"person:{person.pk}")
    return [(row.details["change"], row.actor_key) for row in rows.order_by("pk")]


def chosen(**fields: str) -> dict[str, str]:
    told = {"client_id": str(uuid.uuid4()), "name": "Mijn telefoon", "days": "30"}
    return told | {"logbook": "write"} | fields


def test_token_is_shown_once_and_only_its_hash_is_kept(student: User) -> None:
    client = browser(student)

    assert client.post("/profile/tokens/new/", chosen()).status_code == 302
    page = client.get("/profile/tokens/").content.decode()

    token = AccessToken.objects.get()
    secret = page.partition(f'value="{PREFIX}')[2].partition('"')[0]
    assert token.token_hash == hash_of(PREFIX + secret)
    assert token.scopes == ["logbook:read", "logbook:write"]
    assert secret not in client.get("/profile/tokens/").content.decode()
    assert secret not in str(AccessToken.objects.values())


def test_same_form_twice_makes_one_token(student: User) -> None:
    client, form = browser(student), chosen()

    client.post("/profile/tokens/new/", form)
    client.post("/profile/tokens/new/", form)

    assert AccessToken.objects.count() == 1


def test_making_one_asks_for_the_password_once_more(student: User) -> None:
    client = Client()
    client.force_login(student)

    answer = client.get("/profile/tokens/new/")

    assert answer.status_code == 302
    assert "/login/again/" in answer["Location"]


def test_token_that_may_do_nothing_is_refused(student: User) -> None:
    answer = browser(student).post("/profile/tokens/new/", chosen(logbook=""))

    assert answer.status_code == 422
    assert "Kies minstens" in answer.content.decode()


def test_how_long_a_token_works_is_said_in_the_language_of_each_reader(student: User) -> None:
    for language, said in (("nl", "90 dagen"), ("en", "90 days"), ("nl", "90 dagen")):
        User.objects.update(language=language)
        assert said in browser(student).get("/profile/tokens/new/").content.decode()


def test_nobody_is_offered_more_than_they_can_do_themselves(student: User) -> None:
    page = browser(student).get("/profile/tokens/new/").content.decode()

    assert 'name="logbook"' in page
    assert 'name="administration"' not in page
    assert 'name="students"' not in page


def test_number_of_tokens_has_a_limit(student: User) -> None:
    for _ in range(AccessToken.MOST):
        token_of(student)

    answer = browser(student).post("/profile/tokens/new/", chosen())

    assert answer.status_code == 422
    assert AccessToken.objects.count() == AccessToken.MOST


def test_revoked_token_does_nothing_at_once(student: User) -> None:
    program = Program(student)
    assert program.get("/me").status_code == 200

    Client.post(browser(student), f"/profile/tokens/{AccessToken.objects.get().pk}/revoke/")

    assert program.get("/me").status_code == 401


def test_making_and_revoking_stand_in_the_record_without_the_secret(student: User) -> None:
    client = browser(student)
    client.post("/profile/tokens/new/", chosen())
    client.post(f"/profile/tokens/{AccessToken.objects.get().pk}/revoke/")

    changes = [one.details for one in AuditEntry.objects.filter(kind="account_changed")]

    assert [one["change"] for one in changes] == ["token_made", "token_revoked"]
    assert changes[0]["what"] == "logbook:read logbook:write"
    assert PREFIX not in str(changes)


def test_day_of_last_use_is_kept(student: User) -> None:
    Program(student).get("/me")

    assert AccessToken.objects.get().last_used_on == timezone.localdate()


def test_expired_token_does_nothing(student: User) -> None:
    program = Program(student)
    AccessToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert program.get("/me").status_code == 401


def test_account_that_is_switched_off_closes_its_tokens(student: User) -> None:
    program = Program(student)
    User.objects.update(is_active=False)

    assert program.get("/me").status_code == 401


def test_new_password_ends_tokens_and_webhooks_of_its_person_alone(student: User) -> None:
    program, other = Program(student), Program(factories.person("Bo"))
    webhook = webhook_of(student)
    client, new = browser(student), "een nieuw wachtwoord"

    client.post(
        "/password/change/",
        {"oldpassword": factories.PASSWORD, "password1": new, "password2": new},
    )

    assert program.get("/me").status_code == 401
    assert other.get("/me").status_code == 200
    assert not Webhook.objects.get(pk=webhook.pk).is_on
    assert changes_of(student)[-2:] == [("token_revoked", student.pk), ("webhook_off", student.pk)]


def test_forgotten_password_that_is_set_anew_ends_tokens_and_webhooks(student: User) -> None:
    program, webhook = Program(student), webhook_of(student)
    client = Client()
    client.post("/password/reset/", {"email": student.email})
    found = re.search(r"http://testserver(/password/reset/\S+)", str(mail.outbox[-1].body))
    assert found

    client.post(client.get(found[1])["Location"], {"password1": "een nieuw wachtwoord"})

    assert program.get("/me").status_code == 401
    assert not Webhook.objects.get(pk=webhook.pk).is_on


def test_account_that_was_switched_off_is_on_again_without_tokens_and_webhooks(
    student: User,
) -> None:
    program, webhook = Program(student), webhook_of(student)
    institution = student.placements.get().cohort.programme.institution
    admin, now = factories.person("Ada"), timezone.now()

    switch_off(student, institution, by=admin, at=now)
    switch_on(student, institution, by=admin, at=now)

    assert program.get("/me").status_code == 401
    assert not Webhook.objects.get(pk=webhook.pk).is_on
    assert changes_of(student)[-2:] == [("token_revoked", admin.pk), ("webhook_off", admin.pk)]


def test_signing_out_elsewhere_leaves_tokens_and_its_page_says_so(student: User) -> None:
    program, client = Program(student), browser(student)
    browser(student)

    assert "Programma’s met een token" in client.get("/security/sessions/").content.decode()
    client.post("/security/sessions/end/")

    assert program.get("/me").status_code == 200


def test_address_that_is_not_confirmed_closes_the_api(student: User) -> None:
    program = Program(student)
    EmailAddress.objects.update(verified=False)

    answer = program.get("/me")

    assert answer.status_code == 403
    assert answer.json()["type"].endswith("unverified")


def test_statement_to_read_comes_first(student: User) -> None:
    institution = student.placements.get().cohort.programme.institution
    institution.agreement_number = 1
    institution.save()

    answer = Program(student).get("/activities")

    assert answer.status_code == 403
    assert answer.json()["type"].endswith("agreement")


def test_maintenance_closes_the_api_and_says_when_to_come_back(student: User) -> None:
    institution = student.placements.get().cohort.programme.institution
    institution.maintenance_since = timezone.now()
    institution.save()

    answer = Program(student).get("/me")

    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert answer["Content-Type"] == "application/problem+json"


@override_settings(ALLOWED_HOSTS=["hier.example", "daar.example"])
def test_token_works_only_at_the_host_of_its_institution() -> None:
    here = factories.institution("Hier", host="hier.example")
    factories.institution("Daar", host="daar.example")
    cohort = factories.cohort(programme=factories.programme(institution=here))
    program = Program(factories.placement(cohort=cohort).student)

    assert program.get("/me", Host="hier.example").status_code == 200
    assert program.get("/me", Host="daar.example").status_code == 401


def test_administrator_without_a_second_factor_administers_nothing(settings: Settings) -> None:
    settings.SECOND_FACTOR = "administrators"
    person, programme = factories.person(), factories.programme()
    ProgrammeMembership.objects.create(programme=programme, person=person, role=Role.ADMINISTRATOR)
    program = Program(person)

    answer = program.get("/administration/programmes")

    assert answer.status_code == 403
    assert answer.json()["type"].endswith("second-factor")
    assert program.get("/me").status_code == 200


def test_token_leaves_no_session_and_no_device(student: User) -> None:
    answer = Program(student).get("/me")

    assert not answer.cookies
    assert not UserSession.objects.filter(user=student).exists()


def test_wrong_token_counts_for_nobody_although_there_is_a_cookie(student: User) -> None:
    client = browser(student)

    answer = client.get("/api/v1/me", headers={"Authorization": "Bearer stage_nee"})

    assert answer.status_code == 401
    assert client.get("/api/v1/me").status_code == 200


@pytest.mark.parametrize(
    "text", ["", "stage_", "stage_" + "0" * 38, "x" * 44, "stage_" + "é" * 38, "stage_\0"]
)
def test_text_that_is_no_token_asks_no_table(text: str, django_assert_num_queries: Any) -> None:
    assert not is_token(text)


def test_tokens_differ_and_their_last_signs_tell_a_slip() -> None:
    token = new_token()
    slip = token[:-1] + ("0" if token[-1] != "0" else "1")

    assert is_token(token)
    assert not is_token(slip)
    assert new_token() != token


def test_token_never_appears_for_somebody_else(student: User) -> None:
    token_of(student)
    other = browser(factories.person())

    assert AccessToken.objects.get().shown not in other.get("/profile/tokens/").content.decode()
    key = AccessToken.objects.get().pk
    assert other.post(f"/profile/tokens/{key}/revoke/").status_code == 404


def test_same_client_id_gives_no_second_secret(student: User) -> None:
    now, key = timezone.now(), uuid.uuid4()
    options: dict[str, Any] = {
        "expires_at": now + timedelta(days=1),
        "client_id": key,
        "at": now,
    }
    first = make_token(student, "x", ["logbook:read"], **options)

    assert first.secret
    assert make_token(student, "x", ["logbook:read"], **options).secret == ""
