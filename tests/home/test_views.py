"""The start page of each role."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from stageapp.guidance import actions
from stageapp.programmes.models import InstitutionAdministrator, ProgrammeMembership, Role
from tests import factories

pytestmark = pytest.mark.django_db
SECRET = "Alleen voor mij"


def test_student_without_a_placement_is_asked_for_it_first(client: Client) -> None:
    cohort = factories.cohort()
    student = factories.person()
    ProgrammeMembership.objects.create(
        programme=cohort.programme, person=student, role=Role.STUDENT
    )
    client.force_login(student)

    page = client.get("/", follow=True)

    assert page.redirect_chain[-1] == ("/placement/new/", 302)
    assert "Eerst je stage" in page.content.decode()


def test_student_sees_progress_next_step_and_latest(client: Client) -> None:
    placement = factories.placement()
    factories.activity(placement, "Vandaag gebouwd")
    client.force_login(placement.student)

    page = client.get("/").content.decode()

    assert "Je volgende stap" in page
    assert "Vandaag gebouwd" in page
    assert 'aria-current="step"' in page


def test_teacher_sees_who_asks_for_attention_and_nothing_that_is_not_shared(client: Client) -> None:
    teacher = factories.person("Mira de Vries")
    red = factories.placement(factories.person("Noor van Dijk"), teacher=teacher)
    factories.activity(red, SECRET)
    quiet = factories.placement(
        factories.person("Anna Alders"),
        teacher=teacher,
        starts_on=timezone.localdate() - timedelta(days=2),
    )
    client.force_login(teacher)

    page = client.get("/").content.decode()

    assert "Noor van Dijk" in page
    assert quiet.student.name not in page
    assert SECRET not in page


def test_teacher_hears_how_many_more_ask_for_attention(client: Client) -> None:
    teacher = factories.person()
    for _ in range(7):
        factories.placement(teacher=teacher)
    client.force_login(teacher)

    assert "Nog 2 vragen je aandacht" in client.get("/").content.decode()


def test_administrator_sees_numbers_of_own_programmes_only(client: Client) -> None:
    own, other = factories.cohort(name_nl="Eigen"), factories.cohort(name_nl="Andere")
    for cohort in (own, own, other):
        factories.placement(cohort=cohort)
    factories.placement(cohort=own, teacher=factories.person())
    administrator = factories.person()
    ProgrammeMembership.objects.create(
        programme=own.programme, person=administrator, role=Role.ADMINISTRATOR
    )
    client.force_login(administrator)

    cohorts = list(client.get("/").context["cohorts"])

    assert [(c.pk, c.students, c.without_teacher) for c in cohorts] == [(own.pk, 3, 2)]


def test_functional_administrator_sees_all_programmes_of_the_institution(client: Client) -> None:
    cohort = factories.cohort()
    administrator = factories.person()
    InstitutionAdministrator.objects.create(
        institution=cohort.programme.institution, person=administrator
    )
    client.force_login(administrator)

    assert list(client.get("/").context["cohorts"]) == [cohort]


def test_menu_of_an_administrator_leads_to_all_there_is_to_manage(client: Client) -> None:
    cohort = factories.cohort()
    administrator, functional = factories.person(), factories.person()
    ProgrammeMembership.objects.create(
        programme=cohort.programme, person=administrator, role=Role.ADMINISTRATOR
    )
    InstitutionAdministrator.objects.create(
        institution=cohort.programme.institution, person=functional
    )
    groups = {}
    for person in (administrator, functional):
        client.force_login(person)
        home, page = client.get("/"), client.get("/manage/")
        menu = [item.url for item in home.context["navigation"]()]
        assert menu[:5] == [
            "/", "/manage/people/", "/manage/links/", "/manage/programmes/", "/manage/"
        ]  # fmt: skip
        groups[person] = [group.name for group in page.context["groups"]]
        tasks = [task.url for group in page.context["groups"] for task in group.tasks]
        assert {client.get(url).status_code for url in tasks} == {200}

    assert groups[administrator] == ["Mensen en stages", "Opleidingen"]
    assert groups[functional] == ["Mensen en stages", "Opleidingen", "De instelling"]


def test_account_without_a_role_is_told_what_to_do(client: Client) -> None:
    client.force_login(factories.person())

    assert "Je account is klaar" in client.get("/").content.decode()


def test_somebody_can_be_teacher_and_administrator_at_once(client: Client) -> None:
    cohort = factories.cohort()
    person = factories.person()
    for role in (Role.TEACHER, Role.ADMINISTRATOR):
        ProgrammeMembership.objects.create(programme=cohort.programme, person=person, role=role)
    client.force_login(person)

    page = client.get("/").content.decode()

    assert "Wie vraagt je aandacht" in page
    assert "Je opleidingen" in page


@pytest.mark.parametrize("size", [1, 6])
def test_student_home_takes_the_same_queries_for_any_logbook(
    client: Client, size: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    teacher = factories.person()
    placement = factories.placement(teacher=teacher)
    for number in range(size):
        factories.activity(placement)
        question = factories.question(placement, f"Vraag {number}", teacher=teacher)
        actions.share_question(question, at=timezone.now())
    client.force_login(placement.student)
    client.get("/")

    with django_assert_num_queries(22):
        client.get("/")


@pytest.mark.parametrize("size", [1, 6])
def test_teacher_home_takes_the_same_queries_for_any_number_of_students(
    client: Client, size: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    teacher = factories.person()
    for _ in range(size):
        factories.placement(teacher=teacher)
    client.force_login(teacher)
    client.get("/")

    with django_assert_num_queries(17):
        client.get("/")
