"""Coming in from a course: who somebody is, what they become, and where they land."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone

from stageapp.accounts.access import sessions_of
from stageapp.accounts.models import User
from stageapp.audit.models import AuditEntry, Kind
from stageapp.integrations.lti.models import Course, Identity, LoginState, Platform
from stageapp.programmes.models import Agreement, Cohort, Institution, ProgrammeMembership, Role
from tests import factories
from tests.integrations.lti.campus import (
    CONTEXT,
    INSTRUCTOR,
    LEARNER,
    ORIGIN,
    Campus,
    begin,
    launch,
)

pytestmark = pytest.mark.django_db


def roles_of(person: User) -> set[tuple[int, str]]:
    return set(person.programme_memberships.values_list("programme", "role"))


def connected(cohort: Cohort, platform: Platform) -> Course:
    return Course.objects.create(
        deployment=platform.deployments.get(),
        context_id="course-1",
        cohort=cohort,
        seen_at=timezone.now(),
    )


def known(platform: Platform, person: User, subject: str = "user-1") -> User:
    Identity.objects.create(
        platform=platform, subject=subject, person=person, linked_at=timezone.now()
    )
    return person


# Scenarios of the first application --------------------------------------------------------------


def test_scenario_3_a_new_student_gives_number_and_programme_agrees_and_lands_on_home(
    client: Client, campus: Campus, cohort: Cohort, platform: Platform
) -> None:
    Platform.objects.update(checks_emails=True)

    answer = launch(client, campus)
    page = client.get(answer["Location"]).content.decode()
    assert "Canvas zegt dat je Sanne Bakker bent." in page
    assert client.post("/lti/welcome/", {"name": "Sanne Bakker"}).status_code == 422
    answer = client.post(
        "/lti/welcome/",
        {
            "name": "Sanne Bakker",
            "student_number": "1234567",
            "programme": cohort.programme_id,
            "agreement": "on",
        },
        follow=True,
    )

    sanne = User.objects.get(email="sanne@student.example")
    # Home, where who has no placement yet tells of it first.
    assert [page for page, _status in answer.redirect_chain] == [
        "/",
        "/placement/",
        "/placement/new/",
    ]
    assert answer.context["user"] == sanne
    assert sanne.student_number == "1234567"
    assert not sanne.has_usable_password()
    assert EmailAddress.objects.get(user=sanne).verified
    assert roles_of(sanne) == {(cohort.programme_id, Role.STUDENT)}
    assert Agreement.objects.get().person == sanne


def test_scenario_4_an_existing_account_with_the_same_address_needs_proof_first(
    client: Client, campus: Campus, platform: Platform, cohort: Cohort
) -> None:
    Platform.objects.update(checks_emails=True)
    sanne = factories.person(email="sanne@student.example")

    launch(client, campus)
    page = client.get("/lti/welcome/").content.decode()

    assert "Er is een account met jouw adres, sanne@student.example." in page
    assert not Identity.objects.exists()
    assert client.get("/").status_code == 302
    # A new account with that address is refused as well.
    answer = client.post(
        "/lti/welcome/", {"name": "S", "programme": cohort.programme_id, "agreement": "on"}
    )
    assert answer.status_code == 422
    # She signs in, sees which two belong together, and says so.
    client.post("/login/", {"login": sanne.email, "password": factories.PASSWORD})
    page = client.get("/lti/connect/").content.decode()
    assert page.count("sanne@student.example") >= 2
    assert not Identity.objects.exists()
    assert client.post("/lti/connect/")["Location"] == "/"
    assert Identity.objects.get().person == sanne
    told = [one for one in mail.outbox if one.subject == "Een andere manier om in te loggen"]
    assert [one.to for one in told] == [[sanne.email]]
    assert "Canvas" in str(told[0].body)
    # Once: what came from the course is used up.
    assert client.post("/lti/connect/").status_code == 410
    # From then on she comes in by herself, in another browser too.
    other = Client()
    assert launch(other, campus)["Location"] == "/"
    assert other.get("/profile/").context["user"] == sanne


def test_scenario_5_a_launch_that_was_used_before_or_is_too_old_is_refused(
    client: Client, campus: Campus, platform: Platform
) -> None:
    sanne = known(platform, factories.person())
    asked = begin(client, campus)
    told = campus.answer(asked)
    assert client.post("/lti/launch/", told).status_code == 302
    client.post("/logout/")

    answer = client.post("/lti/launch/", told)

    assert answer.status_code == 403
    assert "Deze start is al gebruikt." in answer.content.decode()
    assert client.get("/").status_code == 302
    asked = begin(client, campus)
    LoginState.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    answer = client.post("/lti/launch/", campus.answer(asked))
    assert answer.status_code == 403
    assert sessions_of(sanne).count() == 0


def test_scenario_6_a_teacher_of_the_course_lands_on_the_page_of_teachers_without_a_number(
    client: Client, campus: Campus, platform: Platform, cohort: Cohort
) -> None:
    connected(cohort, platform)
    Platform.objects.update(checks_emails=True)

    launch(client, campus, roles=[INSTRUCTOR], name="Mira de Vries", email="mira@school.example")
    page = client.get("/lti/welcome/").content.decode()
    assert "student_number" not in page
    assert "Je wordt docent van HBO-ICT." in page
    answer = client.post("/lti/welcome/", {"name": "Mira de Vries", "agreement": "on"}, follow=True)

    mira = User.objects.get(email="mira@school.example")
    assert roles_of(mira) == {(cohort.programme_id, Role.TEACHER)}
    assert client.get("/students/").status_code == 200
    assert answer.status_code == 200


# Who somebody is ----------------------------------------------------------------------------------


def test_new_account_of_an_environment_that_checks_no_addresses_confirms_its_own(
    client: Client, campus: Campus, platform: Platform, cohort: Cohort
) -> None:
    connected(cohort, platform)
    launch(client, campus)

    answer = client.post(
        "/lti/welcome/",
        {"name": "Sanne", "email": "sanne@student.example", "agreement": "on"},
        follow=True,
    )

    assert not EmailAddress.objects.get().verified
    assert "sanne@student.example" in answer.content.decode()
    (sent,) = mail.outbox
    assert sent.to == ["sanne@student.example"]
    assert "account/verification_notice.html" in [
        one.name for one in client.get("/activities/").templates
    ]


def test_an_address_that_nobody_checked_says_nothing_of_who_has_an_account(
    client: Client, campus: Campus, platform: Platform
) -> None:
    factories.person(email="sanne@student.example")
    launch(client, campus)

    page = client.get("/lti/welcome/").content.decode()

    assert "Er is een account met jouw adres" not in page
    assert not Identity.objects.exists()


def test_who_is_connected_with_somebody_else_there_is_told(
    client: Client, campus: Campus, platform: Platform
) -> None:
    sanne = known(platform, factories.person(), "another-user")
    launch(client, campus)
    client.post("/login/", {"login": sanne.email, "password": factories.PASSWORD})

    answer = client.post("/lti/connect/")

    assert answer.status_code == 422
    assert Identity.objects.get().subject == "another-user"


def test_environment_of_another_institution_at_the_same_host_is_not_connected(
    client: Client, campus: Campus, platform: Platform
) -> None:
    """Whoever runs it could come in as any of its users."""
    person = factories.person()
    elsewhere = factories.programme(institution=factories.institution("Elders"))
    ProgrammeMembership.objects.create(person=person, programme=elsewhere, role=Role.TEACHER)
    launch(client, campus)
    client.post("/login/", {"login": person.email, "password": factories.PASSWORD})

    assert client.get("/lti/connect/").status_code == 404
    assert client.post("/lti/connect/").status_code == 404
    assert not Identity.objects.exists()


def test_who_is_in_for_long_gives_the_password_again_before_connecting(
    client: Client, campus: Campus, platform: Platform
) -> None:
    person = factories.person()
    launch(client, campus)
    with time_machine.travel(timezone.now() - timedelta(minutes=10)):
        client.post("/login/", {"login": person.email, "password": factories.PASSWORD})

    answer = client.get("/lti/connect/")

    assert answer["Location"].startswith("/login/again/")
    assert not Identity.objects.exists()
    client.post(answer["Location"], {"password": factories.PASSWORD})
    page = client.get("/lti/connect/").content.decode()
    # Whose environment it is stands there.
    assert f"Canvas van {platform.institution.name}" in page
    client.post("/lti/connect/")
    assert Identity.objects.get().person == person


def test_account_that_is_switched_off_stays_closed(
    client: Client, campus: Campus, platform: Platform
) -> None:
    known(platform, factories.person(is_active=False))

    answer = launch(client, campus)

    assert answer.status_code == 403
    assert "Je account is hier uitgezet." in answer.content.decode()


def test_another_environment_with_the_same_name_and_user_is_nobody_here(
    client: Client, campus: Campus, platform: Platform, school: Institution
) -> None:
    known(platform, factories.person())
    other = campus.register(school, client_id="client-2")
    asked = begin(client, campus)
    LoginState.objects.update(platform=other)

    claims = campus.claims(asked) | {"aud": "client-2", "azp": "client-2"}
    answer = client.post(
        "/lti/launch/", {"state": asked["state"], "id_token": campus.forged(claims)}
    )

    assert answer["Location"] == "/lti/welcome/"


def test_a_second_user_on_the_same_machine_comes_in_as_themselves(
    client: Client, campus: Campus, platform: Platform
) -> None:
    known(platform, factories.person("Sanne"))
    noor = known(platform, factories.person("Noor"), "user-2")
    launch(client, campus)

    launch(client, campus, user="user-2")

    assert client.get("/profile/").context["user"] == noor


def test_signing_in_is_recorded_listed_and_no_news_the_second_time(
    client: Client, campus: Campus, platform: Platform
) -> None:
    sanne = known(platform, factories.person())

    launch(client, campus)
    client.get("/profile/")
    launch(client, campus)

    assert sessions_of(sanne).count() >= 1
    assert AuditEntry.objects.filter(kind=Kind.SIGNED_IN, actor_key=sanne.pk).count() == 2
    assert len([one for one in mail.outbox if one.to == [sanne.email]]) == 1


# What somebody becomes ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "roles",
    [
        [f"{CONTEXT}/Instructor#TeachingAssistant", INSTRUCTOR],
        [f"{CONTEXT}#Mentor"],
        [f"{CONTEXT}#ContentDeveloper"],
        [f"{CONTEXT}#Administrator"],
        ["http://purl.imsglobal.org/vocab/lis/v2/institution/person#Instructor"],
        ["http://purl.imsglobal.org/vocab/lis/v2/system/person#SysAdmin"],
        ["Instructor"],
        ["https://elsewhere.example/roles#Teacher"],
        [],
    ],
)
def test_no_other_role_gives_an_account_or_anything_else(
    client: Client, campus: Campus, platform: Platform, cohort: Cohort, roles: list[str]
) -> None:
    connected(cohort, platform)
    sanne = factories.person()

    launch(client, campus, roles=roles)
    answer = client.get("/lti/welcome/")

    assert "Jouw rol in deze cursus geeft hier geen account" in answer.content.decode()
    assert client.post("/lti/welcome/", {"name": "S", "agreement": "on"}).status_code == 200
    assert User.objects.count() == 1
    # Who has an account comes in, and becomes nothing by it.
    known(platform, sanne)
    launch(client, campus, roles=roles)
    assert client.get("/profile/").context["user"] == sanne
    assert roles_of(sanne) == set()


def test_nobody_becomes_an_administrator(
    client: Client, campus: Campus, platform: Platform, cohort: Cohort
) -> None:
    connected(cohort, platform)
    sanne = known(platform, factories.person())

    launch(client, campus, roles=[INSTRUCTOR, f"{CONTEXT}#Administrator"])

    assert roles_of(sanne) == {(cohort.programme_id, Role.TEACHER)}
    assert not sanne.institutions_administered.exists()


def test_the_test_student_of_an_environment_is_no_person(
    client: Client, campus: Campus, platform: Platform, cohort: Cohort
) -> None:
    connected(cohort, platform)
    roles = [LEARNER, "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"]

    answer = launch(client, campus, roles=roles)

    assert "Een teststudent heeft geen logboek" in answer.content.decode()
    assert client.get("/lti/welcome/").status_code == 410
    assert not User.objects.exists()


def test_same_person_in_another_course_of_another_cohort_has_both(
    client: Client, campus: Campus, platform: Platform, cohort: Cohort
) -> None:
    sanne = known(platform, factories.person())
    connected(cohort, platform)
    other = factories.cohort(
        programme=factories.programme("Leraar VO", institution=platform.institution)
    )
    Course.objects.create(
        deployment=platform.deployments.get(),
        context_id="course-2",
        cohort=other,
        seen_at=timezone.now(),
    )

    launch(client, campus)
    launch(client, campus, course="course-2")
    launch(client, campus, course="course-2")

    assert roles_of(sanne) == {
        (cohort.programme_id, Role.STUDENT),
        (other.programme_id, Role.STUDENT),
    }
    assert AuditEntry.objects.filter(kind=Kind.ROLE_GIVEN).count() == 2


# The course ---------------------------------------------------------------------------------------


def test_first_teacher_says_which_cohort_a_course_is_and_later_ones_are_not_asked(
    client: Client, campus: Campus, platform: Platform, cohort: Cohort
) -> None:
    mira = known(platform, factories.person("Mira"))
    ProgrammeMembership.objects.create(person=mira, programme=cohort.programme, role=Role.TEACHER)
    elsewhere = factories.cohort()

    answer = launch(client, campus, roles=[INSTRUCTOR])
    asking = answer["Location"]
    page = client.get(asking)
    assert str(cohort) in page.content.decode()
    assert str(elsewhere) not in page.content.decode()
    assert client.post(asking, {"cohort": elsewhere.pk}).status_code == 422
    assert client.post(asking, {"cohort": cohort.pk})["Location"] == "/"

    course = Course.objects.get()
    assert (course.cohort, course.title) == (cohort, "Stage ICT")
    # Whoever looks again, and who comes later, is not asked.
    assert client.post(asking, {"cohort": cohort.pk})["Location"] == "/"
    assert launch(client, campus, roles=[INSTRUCTOR])["Location"] == "/"
    assert AuditEntry.objects.filter(details__change="course_connected").count() == 1


def test_only_the_teacher_of_the_course_is_asked(
    client: Client, campus: Campus, platform: Platform, cohort: Cohort
) -> None:
    sanne = known(platform, factories.person())
    ProgrammeMembership.objects.create(person=sanne, programme=cohort.programme, role=Role.TEACHER)

    assert launch(client, campus, roles=[LEARNER])["Location"] == "/"

    course = Course.objects.get()
    assert client.post(f"/lti/courses/{course.pk}/", {"cohort": cohort.pk}).status_code == 404
    course.refresh_from_db()
    assert course.cohort is None


def test_a_new_teacher_of_a_course_that_is_no_cohort_gets_no_account(
    client: Client, campus: Campus, platform: Platform, cohort: Cohort
) -> None:
    launch(client, campus, roles=[INSTRUCTOR])

    page = client.get("/lti/welcome/").content.decode()

    assert "Deze cursus is nog niet verbonden met een cohort" in page
    assert 'name="agreement"' not in page


@pytest.mark.parametrize(
    ("target", "roles", "page"),
    [
        ("/activities/", [LEARNER], "/activities/"),
        ("/guidance/", [LEARNER], "/guidance/"),
        ("/students/", [LEARNER], "/"),
        ("/students/", [INSTRUCTOR], "/students/"),
        ("/activities/", [INSTRUCTOR], "/"),
    ],
)
def test_a_link_opens_its_page_for_whom_it_is(
    client: Client,
    campus: Campus,
    platform: Platform,
    cohort: Cohort,
    target: str,
    roles: list[str],
    page: str,
) -> None:
    connected(cohort, platform)
    factories.placement(known(platform, factories.person()), cohort=cohort)
    address = campus.login_address().replace("%2Flti%2Flaunch%2F", target.replace("/", "%2F"))
    asked: Any = client.get(address)["Location"]
    told = dict(pair.split("=") for pair in asked.partition("?")[2].split("&"))
    asked = {"state": told["state"], "nonce": told["nonce"], "client_id": told["client_id"]}
    asked["redirect_uri"] = f"{ORIGIN}/lti/launch/"

    answer = client.post("/lti/launch/", campus.answer(asked, roles=roles, target=ORIGIN + target))

    assert answer["Location"] == page


def test_new_student_of_a_connected_course_begins_a_placement_in_its_cohort(
    client: Client, campus: Campus, platform: Platform, cohort: Cohort
) -> None:
    other = factories.cohort(programme=cohort.programme)
    connected(cohort, platform)
    known(platform, factories.person())

    answer = launch(client, campus)

    form = client.get(answer["Location"]).context["form"]
    assert form["cohort"].value() == cohort.pk
    assert other in form.fields["cohort"].queryset
