"""The people of a programme: whom an administrator sees, and roles given and taken."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connections
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from stageapp.accounts.models import User
from stageapp.administration import access, actions
from stageapp.audit.models import AuditEntry, Kind
from stageapp.guidance.actions import share_question
from stageapp.placements.models import PlacementTeacher
from stageapp.programmes.models import InstitutionAdministrator, ProgrammeMembership, Role
from tests import factories
from tests.administration.people import (
    School,
    give,
    made_school,
    mails_sent,
    roles_of,
    signed_in,
)

pytestmark = pytest.mark.django_db

LIST = "/manage/people/"
SECRET = "Dit heb ik met niemand gedeeld"


@pytest.fixture
def school() -> School:
    return made_school()


@pytest.fixture
def client(school: School) -> Client:
    return signed_in(school.ria)


def names(client: Client, **wanted: str) -> list[str]:
    return [person.name for person in client.get(LIST, wanted).context["page"]]


def page_of(person: User) -> str:
    return f"{LIST}{person.pk}/"


# Whom an administrator sees


def test_list_has_the_people_of_the_own_programmes_by_name(client: Client, school: School) -> None:
    school.member("Youssef Amrani")
    school.member("Mira de Vries", Role.TEACHER)
    beside = factories.programme(institution=school.programme.institution)
    school.member("Van Hiernaast", programme=beside)
    factories.person("Zonder Rol")

    assert names(client) == ["Mira de Vries", "Ria Beheer", "Youssef Amrani"]


def test_who_runs_the_institution_sees_all_its_people_and_nobody_elsewhere(school: School) -> None:
    beside = factories.programme(institution=school.programme.institution)
    school.member("Van Hiernaast", programme=beside)
    school.member("Van Elders", programme=factories.programme())

    assert names(signed_in(school.bea)) == ["Bea Functioneel", "Ria Beheer", "Van Hiernaast"]


def test_somebody_with_a_placement_is_there_without_a_role_too(
    client: Client, school: School
) -> None:
    factories.placement(factories.person("Sanne Bakker"), cohort=school.cohort)

    assert names(client) == ["Ria Beheer", "Sanne Bakker"]
    assert "geen rol meer" in client.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"q": "amr"}, ["Youssef Amrani"]),
        ({"q": "youssef amrani"}, ["Youssef Amrani"]),
        ({"q": "mira@"}, ["Mira de Vries"]),
        ({"q": "123456"}, ["Youssef Amrani"]),
        ({"q": "niemand"}, []),
        ({"role": "teacher"}, ["Mira de Vries"]),
        ({"state": "off"}, ["Oud Student"]),
        ({"state": "never"}, ["Mira de Vries", "Oud Student", "Youssef Amrani"]),
        ({"role": "student", "state": "off"}, ["Oud Student"]),
        # What cannot be read finds everybody; it never breaks the page.
        ({"q": "nul\x00"}, ["Mira de Vries", "Oud Student", "Ria Beheer", "Youssef Amrani"]),
        ({"role": "boss"}, ["Mira de Vries", "Oud Student", "Ria Beheer", "Youssef Amrani"]),
    ],
)
def test_people_are_found(
    client: Client, school: School, wanted: dict[str, str], found: list[str]
) -> None:
    school.member("Youssef Amrani", student_number="123456", email="y@school.example")
    school.member("Mira de Vries", Role.TEACHER, email="mira@school.example")
    User.objects.filter(pk=school.member("Oud Student").pk).update(is_active=False)

    assert names(client, **wanted) == found


def test_people_of_one_programme_are_found_among_those_of_several(school: School) -> None:
    beside = factories.programme("Verpleegkunde", institution=school.programme.institution)
    other = factories.programme("Geheime Opleiding")
    give(school.member("Mira de Vries", Role.TEACHER), beside, Role.STUDENT)
    school.member("Van Hiernaast", Role.TEACHER, programme=beside)
    school.member("Van Elders", programme=other)
    client = signed_in(school.bea)

    assert names(client, programme=str(beside.pk)) == ["Mira de Vries", "Van Hiernaast"]
    assert names(client, programme=str(beside.pk), role="teacher") == ["Van Hiernaast"]
    assert names(client, programme=str(school.programme.pk), role="student") == []
    everybody = names(client)
    for unreadable in (str(other.pk), "alles", "9" * 40):
        assert names(client, programme=unreadable) == everybody
    assert "Verpleegkunde</option>" in client.get(LIST).content.decode()


def test_programme_is_not_asked_where_there_is_one(client: Client) -> None:
    assert 'name="programme"' not in client.get(LIST).content.decode()


def test_roles_of_another_programme_are_not_found_or_shown(client: Client, school: School) -> None:
    mira = school.member("Mira de Vries", Role.TEACHER)
    give(mira, factories.programme("Geheime Opleiding"), Role.STUDENT)

    assert names(client, role="student") == []
    assert "Geheime" not in client.get(LIST).content.decode()
    assert "Geheime" not in client.get(page_of(mira)).content.decode()


def test_list_is_paged_and_takes_the_same_queries_for_many(
    client: Client, school: School, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(60):
        school.member(f"Student {number:02}")

    with django_assert_max_num_queries(23) as taken:
        page = client.get(LIST, {"page": "2"})
    ProgrammeMembership.objects.filter(person__name__gt="Student 04").delete()
    with django_assert_max_num_queries(len(taken)):
        client.get(LIST)

    assert [one.name for one in page.context["page"]][:2] == ["Student 24", "Student 25"]


def test_nothing_that_a_student_wrote_or_how_much_is_on_these_pages(
    client: Client, school: School
) -> None:
    sanne = school.member("Sanne Bakker")
    mira = school.member("Mira de Vries", Role.TEACHER)
    placement = factories.placement(sanne, teacher=mira, cohort=school.cohort, workplace=SECRET)
    before = client.get(page_of(sanne)).content, client.get(LIST).content
    factories.activity(placement, SECRET)
    question = factories.question(placement, SECRET, teacher=mira, core=SECRET)
    share_question(question, at=timezone.now())

    after = client.get(page_of(sanne)).content, client.get(LIST).content

    assert [len(page) for page in before] == [len(page) for page in after]
    assert not any(SECRET in page.decode() for page in after)


def test_list_says_who_never_signed_in(client: Client, school: School) -> None:
    sanne = school.member("Sanne Bakker")

    assert "nooit ingelogd" in client.get(page_of(sanne)).content.decode()
    Client().post("/login/", {"login": sanne.email, "password": factories.PASSWORD})
    assert "heeft ingelogd" in client.get(page_of(sanne)).content.decode()


@pytest.mark.parametrize("role", [Role.STUDENT, Role.TEACHER])
def test_who_administers_nothing_finds_no_such_pages(school: School, role: Role) -> None:
    somebody, other = school.member("Zomaar Iemand", role), school.member("Sanne Bakker")
    client = signed_in(somebody)

    for address in (LIST, f"{LIST}invite/", f"{LIST}sheet/", page_of(other), page_of(somebody)):
        assert client.get(address).status_code == 404
    for verb in ("give", "take", "teacher", "institution", "switch", "again"):
        assert client.post(f"{page_of(other)}{verb}/").status_code == 404


def test_people_of_elsewhere_are_not_there(client: Client) -> None:
    stranger = factories.person("Van Elders")

    assert client.get(page_of(stranger)).status_code == 404
    assert client.post(f"{page_of(stranger)}switch/", {"on": "no"}).status_code == 404


# Roles


def sent(school: School, role: str) -> dict[str, str | int]:
    return {"programme": school.programme.pk, "role": role}


def test_role_is_given_and_taken_away_and_both_are_on_record(
    client: Client, school: School
) -> None:
    sanne = school.member("Sanne Bakker")

    given = client.post(f"{page_of(sanne)}give/", sent(school, "teacher"))
    assert given["Location"] == page_of(sanne)
    assert roles_of(sanne) == {"student", "teacher"}
    client.post(f"{page_of(sanne)}give/", sent(school, "teacher"))
    client.post(f"{page_of(sanne)}take/", sent(school, "student"))

    assert roles_of(sanne) == {"teacher"}
    rows = AuditEntry.objects.values_list("kind", "actor_key", "subject", "details")
    details = {"programme": school.programme.pk}
    assert list(rows.order_by("pk")) == [
        (Kind.ROLE_GIVEN, school.ria.pk, f"person:{sanne.pk}", details | {"role": "teacher"}),
        (Kind.ROLE_TAKEN, school.ria.pk, f"person:{sanne.pk}", details | {"role": "student"}),
    ]
    (told,) = mails_sent()
    assert told.to == [sanne.email]
    assert told.subject == "Je bent docent van Bouwkunde in Stage-App"


def test_only_who_runs_the_institution_gives_and_takes_the_role_of_administrator(
    client: Client, school: School
) -> None:
    mira = school.member("Mira de Vries", Role.TEACHER)

    refused = client.post(f"{page_of(mira)}give/", sent(school, "administrator"))
    assert refused.status_code == 422
    assert (
        client.post(f"{page_of(school.ria)}take/", sent(school, "administrator")).status_code == 422
    )
    assert roles_of(mira) == {"teacher"}

    signed_in(school.bea).post(f"{page_of(mira)}give/", sent(school, "administrator"))
    assert roles_of(mira) == {"teacher", "administrator"}
    signed_in(school.bea).post(f"{page_of(mira)}take/", sent(school, "administrator"))
    assert roles_of(mira) == {"teacher"}


def test_no_role_is_given_in_the_programme_of_another(client: Client, school: School) -> None:
    sanne = school.member("Sanne Bakker")
    beside = factories.programme(institution=school.programme.institution)

    for verb in ("give", "take", "teacher"):
        answer = client.post(
            f"{page_of(sanne)}{verb}/", {"programme": beside.pk, "role": "student"}
        )
        assert answer.status_code == 422
    assert roles_of(sanne) == {"student"}


@pytest.mark.parametrize("key", ["", "x", "9" * 30, "-1"])
@pytest.mark.parametrize("verb", ["give", "take", "teacher"])
def test_nonsense_is_refused(client: Client, school: School, verb: str, key: str) -> None:
    sanne = school.member("Sanne Bakker")

    answer = client.post(f"{page_of(sanne)}{verb}/", {"programme": key, "role": "teacher"})

    assert answer.status_code == 422


def test_teacher_who_guides_keeps_the_role_until_the_students_are_handed_over(
    client: Client, school: School
) -> None:
    mira = school.member("Mira de Vries", Role.TEACHER)
    placement = factories.placement(teacher=mira, cohort=school.cohort)

    refused = client.post(f"{page_of(mira)}take/", sent(school, "teacher"))
    assert refused.status_code == 422
    assert "Mira de Vries begeleidt studenten van Bouwkunde." in refused.content.decode()

    placement.teacher_links.update(ended_at=timezone.now())
    client.post(f"{page_of(mira)}take/", sent(school, "teacher"))
    assert roles_of(mira) == set()


def test_after_the_last_role_the_person_is_gone_from_the_list(
    client: Client, school: School
) -> None:
    sanne = school.member("Sanne Bakker")

    answer = client.post(f"{page_of(sanne)}take/", sent(school, "student"), follow=True)

    assert answer.redirect_chain == [(LIST, 302)]
    assert "Sanne Bakker is geen student van Bouwkunde meer." in answer.content.decode()


def test_nobody_takes_away_their_own_last_role_as_administrator(school: School) -> None:
    programme = school.programme
    with pytest.raises(ValidationError):
        actions.take_role(
            school.ria, programme, Role.ADMINISTRATOR, by=school.ria, at=timezone.now()
        )
    give(school.bea, programme, Role.ADMINISTRATOR)

    actions.take_role(school.bea, programme, Role.ADMINISTRATOR, by=school.bea, at=timezone.now())

    assert roles_of(school.ria) == {"administrator"}
    assert roles_of(school.bea) == set()


def test_role_waits_for_who_never_confirmed_the_address(client: Client, school: School) -> None:
    """Anybody can register with the address of a teacher; that opens nothing."""
    squatter = factories.person("Mira de Vries", "mira@school.example", verified=False)
    give(squatter, school.programme, Role.STUDENT)

    for verb in ("give", "teacher"):
        answer = client.post(f"{page_of(squatter)}{verb}/", sent(school, "teacher"))
        assert answer.status_code == 422
        assert "mira@school.example is nooit bevestigd" in answer.content.decode()
    assert roles_of(squatter) == {"student"}


# Who runs the institution


def of_institution(school: School, give: str) -> dict[str, str | int]:
    return {"institution": school.programme.institution_id, "give": give}


def test_who_runs_the_institution_lets_a_colleague_do_so_and_stops_that(school: School) -> None:
    client = signed_in(school.bea)

    client.post(f"{page_of(school.ria)}institution/", of_institution(school, "yes"))
    assert school.ria.institutions_administered.exists()
    client.post(f"{page_of(school.ria)}institution/", of_institution(school, "no"))

    assert not school.ria.institutions_administered.exists()
    assert list(AuditEntry.objects.order_by("pk").values_list("kind", "details")) == [
        (Kind.ROLE_GIVEN, {"role": "institution"}),
        (Kind.ROLE_TAKEN, {"role": "institution"}),
    ]


def test_administrator_of_a_programme_cannot_make_who_runs_the_institution(
    client: Client, school: School
) -> None:
    answer = client.post(f"{page_of(school.ria)}institution/", of_institution(school, "yes"))

    assert answer.status_code == 404
    assert not school.ria.institutions_administered.exists()


def test_somebody_always_runs_the_institution(school: School) -> None:
    give(school.bea, school.programme, Role.ADMINISTRATOR)
    off = factories.person("Uit Gezet", is_active=False)
    InstitutionAdministrator.objects.create(institution=school.programme.institution, person=off)

    answer = signed_in(school.bea).post(
        f"{page_of(school.bea)}institution/", of_institution(school, "no")
    )

    assert answer.status_code == 422
    assert "Bea Functioneel is de laatste" in answer.content.decode()
    assert school.bea.institutions_administered.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_take_the_role_from_each_other_do_not_both_succeed() -> None:
    school = made_school()
    institution = school.programme.institution
    InstitutionAdministrator.objects.create(institution=institution, person=school.ria)
    together, refused = Barrier(2), []

    def take(person: User, by: User) -> None:
        together.wait()
        try:
            actions.take_institution(person, institution, by=by, at=timezone.now())
        except ValidationError:
            refused.append(person)
        finally:
            connections.close_all()

    threads = [
        Thread(target=take, args=pair)
        for pair in ((school.ria, school.bea), (school.bea, school.ria))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    assert institution.administrators.count() == 1


# Switching off and on


def test_account_that_is_switched_off_is_signed_out_at_once_and_for_good(
    client: Client, school: School
) -> None:
    sanne = school.member("Sanne Bakker")
    theirs = signed_in(sanne)
    assert theirs.get("/profile/").status_code == 200

    client.post(f"{page_of(sanne)}switch/", {"on": "no"})

    assert theirs.get("/profile/").status_code == 302
    sign_in = {"login": sanne.email, "password": factories.PASSWORD}
    assert Client().post("/login/", sign_in)["Location"] == "/login/closed/"
    client.post(f"{page_of(sanne)}switch/", {"on": "yes"})
    assert theirs.get("/profile/").status_code == 302
    assert Client().post("/login/", sign_in)["Location"] == "/"
    assert client.get(LIST).status_code == 200
    assert list(AuditEntry.objects.order_by("pk").values_list("kind", flat=True)) == [
        Kind.SWITCHED_OFF,
        Kind.SWITCHED_ON,
        Kind.SIGNED_IN,
    ]


def test_nobody_switches_off_the_own_account(client: Client, school: School) -> None:
    answer = client.post(f"{page_of(school.ria)}switch/", {"on": "no"})

    assert answer.status_code == 422
    school.ria.refresh_from_db()
    assert school.ria.is_active


def test_account_with_a_role_elsewhere_is_not_switched_off_here(
    client: Client, school: School
) -> None:
    mira = school.member("Mira de Vries", Role.TEACHER)
    give(mira, factories.programme(institution=school.programme.institution), Role.TEACHER)
    give(school.bea, school.programme, Role.TEACHER)

    for person in (mira, school.bea):
        assert client.post(f"{page_of(person)}switch/", {"on": "no"}).status_code == 422
        person.refresh_from_db()
        assert person.is_active
    assert signed_in(school.bea).post(f"{page_of(mira)}switch/", {"on": "no"}).status_code == 302


def test_a_teacher_who_is_switched_off_takes_nothing_of_students_along(
    client: Client, school: School
) -> None:
    """The original's scenario 46: no period, folder or comment disappears."""
    mira = school.member("Mira de Vries", Role.TEACHER)
    sanne = school.member("Sanne Bakker")
    placement = factories.placement(sanne, teacher=mira, cohort=school.cohort)
    question = factories.question(placement, "Hoe plan ik?", teacher=mira)
    share_question(question, at=timezone.now() - timedelta(hours=1))
    answer = factories.message(question, mira)

    client.post(f"{page_of(mira)}switch/", {"on": "no"})

    answer.refresh_from_db()
    assert answer.author == mira
    assert PlacementTeacher.objects.filter(placement=placement, ended_at=None).count() == 1
    assert signed_in(sanne).get(f"/guidance/{question.pk}/").status_code == 200


def test_last_who_runs_an_institution_is_not_switched_off(school: School) -> None:
    with pytest.raises(ValidationError):
        actions.switch_off(
            school.bea, school.programme.institution, by=school.ria, at=timezone.now()
        )


# "Is a teacher, not a student"


def convert(client: Client, school: School, person: User) -> int:
    return client.post(f"{page_of(person)}teacher/", {"programme": school.programme.pk}).status_code


def test_student_by_mistake_becomes_a_teacher_and_the_empty_placement_goes(
    client: Client, school: School
) -> None:
    mira = school.member("Mira de Vries")
    factories.placement(
        mira, teacher=school.member("Jan", Role.TEACHER), cohort=school.cohort, workplace="Proef"
    )

    assert convert(client, school, mira) == 302

    assert roles_of(mira) == {"teacher"}
    assert not mira.placements.exists()
    kinds = AuditEntry.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == [Kind.DELETED, Kind.ROLE_TAKEN, Kind.ROLE_GIVEN]
    assert convert(client, school, mira) == 422


@pytest.mark.parametrize(
    "written",
    [
        lambda placement: factories.activity(placement, SECRET),
        lambda placement: factories.activity(placement, SECRET, deleted_at=timezone.now()),
        lambda placement: factories.goal(placement, SECRET),
        lambda placement: factories.evidence(placement, SECRET),
        lambda placement: factories.reflection(placement, SECRET),
        lambda placement: factories.question(placement, SECRET),
        lambda placement: factories.deadline(placement, SECRET),
        lambda placement: factories.point(placement, SECRET),
        lambda placement: factories.absence(placement, reason=SECRET),
        lambda placement: factories.entry(
            placement.cohort, "person", SECRET, owner=placement.student
        ),
        lambda placement: type(placement).objects.update(assignment=SECRET),
    ],
)
def test_student_who_wrote_anything_stays_one(
    client: Client, school: School, written: object
) -> None:
    sanne = school.member("Sanne Bakker")
    placement = factories.placement(sanne, cohort=school.cohort)
    assert callable(written)
    written(placement)

    answer = client.post(f"{page_of(sanne)}teacher/", {"programme": school.programme.pk})

    assert answer.status_code == 422
    assert "heeft als student van Bouwkunde iets vastgelegd" in answer.content.decode()
    assert SECRET not in answer.content.decode()
    assert roles_of(sanne) == {"student"}
    assert sanne.placements.count() == 1


def test_goals_that_a_cohort_begins_with_are_not_written_by_the_student(
    client: Client, school: School
) -> None:
    school.cohort.starting_goals.create(
        key="testen", position=1, title_nl="Leren testen", title_en="Learn to test"
    )
    mira = school.member("Mira de Vries")
    goal = factories.goal(factories.placement(mira, cohort=school.cohort), "Leren testen")

    goal.status = "reached"
    goal.save()
    assert convert(client, school, mira) == 422
    goal.status = "open"
    goal.save()
    assert convert(client, school, mira) == 302


def test_placement_in_another_programme_stays(client: Client, school: School) -> None:
    mira = school.member("Mira de Vries")
    beside = factories.placement(mira)

    assert convert(client, school, mira) == 302
    assert list(mira.placements.all()) == [beside]


def test_readers_of_a_page_are_who_can_open_it(school: School) -> None:
    sanne = school.member("Sanne Bakker")

    assert access.readers_of(sanne, school.ria) == {school.ria, school.bea}
    assert access.readers_of(school.bea, school.bea) == {school.bea}
