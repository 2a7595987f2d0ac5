"""What the record of who did what says about signing in."""

from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from stageapp.accounts.models import User
from stageapp.audit.models import AuditEntry
from stageapp.programmes.models import ProgrammeMembership, Role
from tests import factories
from tests.accounts.test_second_factor import NOON, code_at, give_code, switch_on
from tests.factories import PASSWORD, person

pytestmark = pytest.mark.django_db

Row = tuple[str, int | None, str, dict[str, Any]]


@pytest.fixture
def sanne() -> User:
    return person(email="sanne@school.example", language="en")


def record() -> list[Row]:
    return [
        (one.kind, one.actor_key, one.subject, one.details)
        for one in AuditEntry.objects.order_by("pk")
    ]


def sign_in(client: Client, email: str = "sanne@school.example", password: str = PASSWORD) -> None:
    client.post(reverse("account_login"), {"login": email, "password": password})


def test_signing_in_and_out(client: Client, sanne: User) -> None:
    sign_in(client)
    client.post("/logout/")

    subject = f"person:{sanne.pk}"
    assert record() == [
        ("signed_in", sanne.pk, subject, {"second_factor": False}),
        ("signed_out", sanne.pk, subject, {}),
    ]


def test_a_wrong_password_is_of_nobody(client: Client, sanne: User) -> None:
    sign_in(client, password="wrong")

    assert record() == [("sign_in_failed", None, f"person:{sanne.pk}", {"how": "password"})]


def test_an_unknown_address_is_not_kept(client: Client) -> None:
    sign_in(client, "nobody@school.example")

    assert record() == [("sign_in_failed", None, "", {"how": "password"})]


def test_what_is_stopped_by_the_limit_does_not_fill_the_record(client: Client, sanne: User) -> None:
    for _ in range(9):
        sign_in(client, password="wrong")

    assert len(record()) == 5


def test_a_changed_password_and_the_sessions_it_ended(client: Client, sanne: User) -> None:
    sign_in(client)
    sign_in(Client())
    AuditEntry.objects.all().delete()

    data = {"oldpassword": PASSWORD, "password1": "een heel ander wachtwoord"}
    client.post("/password/change/", data)

    subject = f"person:{sanne.pk}"
    assert record() == [
        (
            "account_changed",
            sanne.pk,
            subject,
            {"change": "password_changed", "what": None},
        ),
        ("signed_out", sanne.pk, subject, {"elsewhere": True, "number": 1}),
    ]


def test_a_second_factor_and_its_use(
    client: Client, sanne: User, django_capture_on_commit_callbacks: Any
) -> None:
    client.force_login(sanne)
    with time_machine.travel(NOON, tick=False), django_capture_on_commit_callbacks(execute=True):
        secret = switch_on(client)
    with time_machine.travel(NOON + 90, tick=False):
        other = Client()
        sign_in(other)
        give_code(other, "000000")
        give_code(other, code_at(NOON + 90, secret))

    subject = f"person:{sanne.pk}"
    assert record() == [
        ("account_changed", sanne.pk, subject, {"change": "added", "what": "totp"}),
        ("account_changed", sanne.pk, subject, {"change": "added", "what": "recovery_codes"}),
        ("sign_in_failed", None, subject, {"how": "totp"}),
        ("signed_in", sanne.pk, subject, {"second_factor": True}),
    ]


def test_what_somebody_does_is_found_by_who_runs_their_institution(
    client: Client, sanne: User
) -> None:
    placement = factories.placement(sanne)
    sign_in(client)
    sign_in(client, password="wrong")
    client.post("/logout/")

    institution = placement.cohort.programme.institution_id
    assert set(AuditEntry.objects.values_list("institution_key", flat=True)) == {institution}


def test_what_somebody_of_two_institutions_does_is_of_neither_alone(
    client: Client, sanne: User
) -> None:
    for programme in (factories.programme(), factories.programme()):
        ProgrammeMembership.objects.create(programme=programme, person=sanne, role=Role.TEACHER)
    sign_in(client)

    # So the administrators of both find it by the role (see test_audit_page).
    assert AuditEntry.objects.get().institution_key is None
