"""A student tells where and when the placement is."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from stageapp.accounts.models import User
from stageapp.placements import actions
from stageapp.placements.models import Placement
from stageapp.programmes.models import Cohort, ProgrammeMembership, Role, StartingGoal
from tests import factories
from tests.day import TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_one_day")]


@pytest.fixture
def cohort() -> Cohort:
    cohort = factories.cohort()
    StartingGoal.objects.create(
        cohort=cohort, key="one", position=0, title_nl="Leervraag 1", title_en="Question 1"
    )
    return cohort


@pytest.fixture
def student(cohort: Cohort) -> User:
    student = factories.person("Li")
    ProgrammeMembership.objects.create(
        programme=cohort.programme, person=student, role=Role.STUDENT
    )
    return student


@pytest.fixture
def browser(student: User) -> Client:
    client = Client()
    client.force_login(student)
    return client


def filled_in(cohort: Cohort, /, **changes: Any) -> dict[str, Any]:
    return {
        "cohort": cohort.pk,
        "starts_on": TODAY.isoformat(),
        "ends_on": (TODAY + timedelta(days=100)).isoformat(),
        "days_per_week": "4",
        "hours_per_day": "7.5",
        "workplace-name": "NS",
        "workplace-country": "NL",
        "workplace-postal_code": "3511ce",
        "is_current": "on",
    } | changes


def test_first_placement_is_kept_with_its_goals_and_teacher(
    browser: Client, student: User, cohort: Cohort
) -> None:
    teacher = factories.person("Bo")
    ProgrammeMembership.objects.create(
        programme=cohort.programme, person=teacher, role=Role.TEACHER
    )

    response = browser.post(reverse("placements:new"), filled_in(cohort, teacher=teacher.pk))

    placement = student.placements.get()
    assert response.status_code == 302
    assert placement.is_current
    assert placement.workplace.postal_code == "3511 CE"
    assert [goal.title for goal in placement.goals.all()] == ["Leervraag 1"]
    assert [link.teacher for link in placement.teacher_links.all()] == [teacher]


def test_goals_are_in_the_language_of_the_student(
    browser: Client, student: User, cohort: Cohort
) -> None:
    student.language = "en"
    student.save()

    browser.post(reverse("placements:new"), filled_in(cohort))

    assert [goal.title for goal in student.placements.get().goals.all()] == ["Question 1"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ends_on": TODAY.isoformat()}, "ends_on"),
        ({"ends_on": (TODAY + timedelta(days=800)).isoformat()}, "ends_on"),
        ({"days_per_week": "8"}, "days_per_week"),
        ({"hours_per_day": "25"}, "hours_per_day"),
        ({"hours_per_day": "0"}, "hours_per_day"),
        ({"supervisor_email": "geen adres"}, "supervisor_email"),
        ({"cohort": "999999"}, "cohort"),
        ({"assignment": "é" * 10_001}, "assignment"),
        ({"supervisor_name": "é" * 201}, "supervisor_name"),
    ],
)
def test_wrong_value_is_said_at_its_field_and_nothing_is_lost(
    browser: Client, student: User, cohort: Cohort, change: dict[str, str], field: str
) -> None:
    response = browser.post(reverse("placements:new"), filled_in(cohort, **change))

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert "NS" in response.content.decode()
    assert not student.placements.exists()


@pytest.mark.parametrize("code", ["aa", "11", "2a", "12345"])
def test_wrong_dutch_postal_code_is_refused(browser: Client, cohort: Cohort, code: str) -> None:
    response = browser.post(
        reverse("placements:new"), filled_in(cohort, **{"workplace-postal_code": code})
    )

    assert list(response.context["workplace_form"].errors) == ["postal_code"]


def test_placement_of_seven_months_ago_can_change_its_contact_person(
    browser: Client, student: User, cohort: Cohort
) -> None:
    start = TODAY - timedelta(days=210)
    placement = factories.placement(student, cohort=cohort, starts_on=start)
    changes = {
        "starts_on": start.isoformat(),
        "ends_on": placement.ends_on.isoformat(),
        "supervisor_name": "Nieuwe begeleider",
    }

    response = browser.post(
        reverse("placements:edit", args=[placement.pk]), filled_in(cohort, **changes)
    )

    assert response.status_code == 302
    placement.refresh_from_db()
    assert placement.supervisor_name == "Nieuwe begeleider"


def test_cohort_stays_once_chosen(browser: Client, student: User, cohort: Cohort) -> None:
    placement = factories.placement(student, cohort=cohort)
    other = factories.cohort(programme=cohort.programme)

    browser.post(reverse("placements:edit", args=[placement.pk]), filled_in(other))

    placement.refresh_from_db()
    assert placement.cohort == cohort


def test_marking_another_placement_as_current_moves_the_mark(
    browser: Client, student: User, cohort: Cohort
) -> None:
    old = factories.placement(student, cohort=cohort, workplace="Oud", is_current=False)
    new = factories.placement(student, cohort=cohort, workplace="Nieuw")
    factories.activity(old, "Van de oude stage")

    browser.post(reverse("placements:make_current", args=[old.pk]))

    new.refresh_from_db()
    assert not new.is_current
    assert "Van de oude stage" in browser.get(reverse("logbook:activities")).content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_leave_one_current_placement(student: User, cohort: Cohort) -> None:
    placements = [factories.placement(student, cohort=cohort, is_current=False) for _ in range(2)]
    barrier = threading.Barrier(2)

    def run(placement: Placement) -> None:
        barrier.wait()
        actions.make_current(placement)
        connection.close()

    threads = [threading.Thread(target=run, args=(placement,)) for placement in placements]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert student.placements.filter(is_current=True).count() == 1


def test_days_of_the_week_are_kept_in_order(browser: Client, student: User, cohort: Cohort) -> None:
    browser.post(
        reverse("placements:new"), filled_in(cohort, weekdays=["5", "1", "3"], days_per_week="3")
    )

    assert Placement.objects.get(student=student).weekdays == "135"


@pytest.mark.parametrize("weekdays", [["1"], ["1", "2", "3", "4", "5"], ["8"], ["1", "x"]])
def test_days_that_do_not_fit_the_number_are_refused(
    browser: Client, cohort: Cohort, weekdays: list[str]
) -> None:
    response = browser.post(
        reverse("placements:new"), filled_in(cohort, weekdays=weekdays, days_per_week="3")
    )

    assert response.status_code == 422
    assert "weekdays" in response.context["form"].errors
