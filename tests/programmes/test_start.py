"""What students of a cohort begin with, as administrators set it."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from stageapp.audit.models import AuditEntry
from stageapp.programmes.models import (
    Cohort,
    CohortDeadline,
    ProgrammeMembership,
    Role,
    StartingGoal,
)
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort() -> Cohort:
    return factories.cohort()


@pytest.fixture
def client(client: Client, cohort: Cohort) -> Client:
    boss = factories.person("Opleiding")
    ProgrammeMembership.objects.create(
        programme=cohort.programme, person=boss, role=Role.ADMINISTRATOR
    )
    client.force_login(boss)
    return client


def address(cohort: Cohort, kind: str) -> str:
    return reverse("manage_programmes:start", args=[cohort.pk, kind])


def goal(**fields: str) -> dict[str, str]:
    return {"title_nl": "Leren plannen", "title_en": "Learn to plan"} | fields


def test_goals_are_added_in_order_and_changed(client: Client, cohort: Cohort) -> None:
    client.post(address(cohort, "goals"), goal())
    client.post(address(cohort, "goals"), goal(title_nl="Leren plannen", title_en="Again"))

    first, second = cohort.starting_goals.all()
    assert [first.position, second.position] == [0, 1]
    assert first.key != second.key
    client.post(
        reverse("manage_programmes:start_row", args=["goals", second.pk]),
        goal(title_nl="Vragen stellen"),
    )
    second.refresh_from_db()
    assert second.title_nl == "Vragen stellen"
    assert AuditEntry.objects.filter(kind="configured").count() == 3


def test_what_lacks_is_said_at_its_field_and_what_was_typed_stays(
    client: Client, cohort: Cohort
) -> None:
    answer = client.post(address(cohort, "goals"), goal(title_en=""))

    assert answer.status_code == 422
    assert "Leren plannen" in answer.content.decode()
    assert not StartingGoal.objects.exists()


def test_deadline_needs_a_day_that_somebody_means(client: Client, cohort: Cohort) -> None:
    due: dict[str, Any] = {"title_nl": "Verslag", "title_en": "Report"}
    assert client.post(address(cohort, "deadlines"), due).status_code == 422
    assert (
        client.post(address(cohort, "deadlines"), due | {"due_on": "0001-01-01"}).status_code == 422
    )

    client.post(address(cohort, "deadlines"), due | {"due_on": "2027-01-15", "due_time": "17:00"})

    assert CohortDeadline.objects.get().due_on == date(2027, 1, 15)
    assert "15 januari 2027, 17:00" in client.get(address(cohort, "deadlines")).content.decode()


def test_a_goal_that_goes_stays_with_placements_that_have_it(
    client: Client, cohort: Cohort
) -> None:
    client.post(address(cohort, "goals"), goal())
    placement = factories.placement(cohort=cohort)
    placement.goals.create(title="Leren plannen")

    client.post(
        reverse("manage_programmes:start_remove", args=["goals", cohort.starting_goals.get().pk])
    )

    assert not StartingGoal.objects.exists()
    assert placement.goals.get().title == "Leren plannen"


def test_there_are_at_most_fifty(client: Client, cohort: Cohort) -> None:
    CohortDeadline.objects.bulk_create(
        CohortDeadline(cohort=cohort, title_nl=str(number), due_on=date(2027, 1, 1))
        for number in range(50)
    )

    answer = client.post(
        address(cohort, "deadlines"), {"title_nl": "Nog een", "due_on": "2027-01-15"}
    )

    assert answer.status_code == 422
    assert CohortDeadline.objects.count() == 50


def test_other_words_in_the_address_are_no_page(client: Client, cohort: Cohort) -> None:
    assert client.get(address(cohort, "planets")).status_code == 404


def test_cohorts_of_others_do_not_exist(client: Client) -> None:
    elsewhere = factories.cohort()
    row = StartingGoal.objects.create(
        cohort=elsewhere, key="x", position=0, title_nl="x", title_en="x"
    )

    assert client.get(address(elsewhere, "goals")).status_code == 404
    remove = reverse("manage_programmes:start_remove", args=["goals", row.pk])
    assert client.post(remove).status_code == 404
