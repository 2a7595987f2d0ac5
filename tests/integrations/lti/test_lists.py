"""The list of a course: who is in which section, compared, applied, undone, at night too."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from stageapp.accounts.models import User
from stageapp.integrations.lti import actions_lists
from stageapp.integrations.lti.course_lists import roster_in
from stageapp.integrations.lti.models import Course, Identity, Platform
from stageapp.integrations.roster.actions import apply
from stageapp.integrations.roster.models import Run, Source
from stageapp.notifications.models import Notification
from stageapp.placements.models import Placement, PlacementTeacher
from stageapp.programmes.models import (
    Cohort,
    Institution,
    InstitutionAdministrator,
    ProgrammeMembership,
    Role,
)
from tests import factories
from tests.examples import examples
from tests.integrations.lti.campus import CONTEXT, INSTRUCTOR, LEARNER, Campus

pytestmark = pytest.mark.django_db

NIGHT = datetime(2026, 12, 1, 2, 30, tzinfo=UTC)


@pytest.fixture
def bea(school: Institution) -> User:
    person = factories.person("Bea Functioneel")
    InstitutionAdministrator.objects.create(institution=school, person=person)
    return person


@pytest.fixture
def course(client: Client, campus: Campus, platform: Platform, cohort: Cohort) -> Course:
    campus.tool_keys = client.get("/lti/jwks.json").json()
    return Course.objects.create(
        deployment=platform.deployments.get(),
        context_id="course-1",
        title="Stage ICT",
        cohort=cohort,
        members_url=f"{campus.url}/members",
        seen_at=timezone.now(),
    )


def known(platform: Platform, key: str, name: str, cohort: Cohort, role: Role) -> User:
    """Return somebody who came in from the course before."""
    person = factories.person(name)
    ProgrammeMembership.objects.create(person=person, programme=cohort.programme, role=role)
    Identity.objects.create(platform=platform, subject=key, person=person, linked_at=timezone.now())
    return person


def member(key: str, role: str = LEARNER, *sections: str, **more: Any) -> dict[str, Any]:
    return {
        "user_id": key,
        "roles": [role],
        "name": key.title(),
        "email": f"{key}@school.example",
        "status": "Active",
        "group_enrollments": [{"group_id": one} for one in sections],
    } | more


@pytest.fixture
def people(platform: Platform, cohort: Cohort) -> dict[str, User]:
    made = {
        key: known(platform, key, key.title(), cohort, role)
        for key, role in (
            ("sanne", Role.STUDENT),
            ("noor", Role.STUDENT),
            ("mira", Role.TEACHER),
            ("joost", Role.TEACHER),
        )
    }
    for key in ("sanne", "noor"):
        factories.placement(made[key], cohort=cohort, is_current=True)
    return made


LIST = [
    member("sanne", LEARNER, "A"),
    member("noor", LEARNER, "B"),
    member("mira", INSTRUCTOR, "A"),
    member("joost", INSTRUCTOR, "B"),
]


def links() -> set[tuple[str, str]]:
    rows = PlacementTeacher.objects.filter(ended_at=None)
    return set(rows.values_list("placement__student__name", "teacher__name"))


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_students_are_linked_to_the_teachers_of_their_section_after_a_look(
    bea: User, campus: Campus, course: Course, people: dict[str, User]
) -> None:
    campus.members = LIST
    client = signed_in(bea)

    looked = client.post(f"/manage/integrations/lti/courses/{course.pk}/list/")
    page = client.get(looked["Location"]).content.decode()

    # Two on a page of the list, so it was asked twice; nothing changed by looking.
    assert campus.asked.count("/members") == 2
    assert "Mira" in page
    assert links() == set()
    run = Run.objects.get()
    client.post(f"/manage/integrations/roster/looks/{run.pk}/apply/")
    assert links() == {("Sanne", "Mira"), ("Noor", "Joost")}
    client.post(f"/manage/integrations/roster/looks/{run.pk}/undo/")
    assert links() == set()


def taken(course: Course, bea: User) -> Run:
    run = actions_lists.look_at_list(course, by=bea, at=timezone.now())
    return apply(run, by=bea, at=timezone.now(), even_if_much_ends=True)


def test_link_made_by_hand_stays_and_what_the_list_brought_ends_with_it(
    bea: User, campus: Campus, course: Course, people: dict[str, User]
) -> None:
    by_hand = Placement.objects.get(student=people["sanne"])
    PlacementTeacher.objects.create(placement=by_hand, teacher=people["joost"])
    campus.members = LIST
    taken(course, bea)
    assert links() == {("Sanne", "Mira"), ("Sanne", "Joost"), ("Noor", "Joost")}

    # Noor left, Mira is away, and Sanne is in no section any more.
    campus.members = [
        member("sanne"),
        member("noor", LEARNER, "B", status="Deleted"),
        member("mira", INSTRUCTOR, "A", status="Inactive"),
        member("joost", INSTRUCTOR, "B"),
    ]
    taken(course, bea)

    assert links() == {("Sanne", "Joost")}
    assert User.objects.filter(is_active=True).count() == 5


def test_the_same_list_again_changes_nothing(
    bea: User, campus: Campus, course: Course, people: dict[str, User]
) -> None:
    campus.members = LIST
    taken(course, bea)

    run = actions_lists.look_at_list(course, by=bea, at=timezone.now())

    assert not run.changes.exists()


def test_who_never_came_in_is_not_found_by_an_address_that_nobody_checked(
    bea: User, campus: Campus, course: Course, people: dict[str, User]
) -> None:
    victim = factories.person("Docent Elders", "victim@school.example")
    campus.members = [*LIST, member("victim", LEARNER, "A")]

    run = taken(course, bea)

    assert "1 persoon kwam nog nooit vanuit deze cursus binnen" in run.remarks[0]
    assert not victim.programme_memberships.exists()


def test_who_is_in_the_list_of_a_checked_environment_is_invited(
    bea: User, campus: Campus, course: Course, people: dict[str, User]
) -> None:
    Platform.objects.update(checks_emails=True)
    course.deployment.platform.refresh_from_db()
    campus.members = [*LIST, member("eva", LEARNER, "A")]

    taken(Course.objects.get(), bea)

    eva = User.objects.get(email="eva@school.example")
    assert eva.programme_memberships.get().role == Role.STUDENT


@pytest.mark.parametrize(
    "roles",
    [
        [f"{CONTEXT}/Instructor#TeachingAssistant", INSTRUCTOR],
        [f"{CONTEXT}#Mentor"],
        ["Mentor"],
        [LEARNER, "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"],
        [],
    ],
)
def test_only_students_and_teachers_of_the_course_count(course: Course, roles: list[str]) -> None:
    told = [{"user_id": "x", "name": "X", "email": "x@school.example", "roles": roles}]

    assert roster_in(course, told, {}, trusts=True).people == ()


def test_short_roles_sections_of_canvas_and_whole_courses_are_read(course: Course) -> None:
    custom = "https://purl.imsglobal.org/spec/lti/claim/custom"
    told: list[dict[str, Any]] = [
        {"user_id": "a", "roles": ["Learner"], "name": "A", "email": "a@school.example"},
        {
            "user_id": "b",
            "roles": ["Instructor"],
            "given_name": "B",
            "family_name": "C",
            "email": "b@school.example",
            "message": [{custom: {"section_names": "Klas 1, Klas 2"}}],
        },
        {
            "user_id": "d",
            "roles": ["Learner"],
            "name": "D",
            "email": "d@school.example",
            "message": [{custom: {"section_names": "$com.instructure.User.sectionNames"}}],
        },
    ]

    roster = roster_in(course, told, {}, trusts=True)

    assert [(one.name, one.key) for one in roster.people] == [("A", "a"), ("B C", "b"), ("D", "d")]
    groups = {one.title: (one.teachers, one.students) for one in roster.groups}
    assert groups == {
        "Stage ICT": ((), ("a", "d")),
        "Stage ICT Klas 1": (("b",), ()),
        "Stage ICT Klas 2": (("b",), ()),
    }


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)
FIELDS = ("user_id", "roles", "name", "email", "status", "message", "group_enrollments")


@settings(max_examples=examples(200))
@given(st.lists(st.dictionaries(st.sampled_from(FIELDS), JSON), max_size=4))
def test_list_may_say_anything(told: list[dict[str, Any]]) -> None:
    course = Course(pk=1, title="Stage", context_id="1")

    roster = roster_in(course, told, {}, trusts=True)

    assert all(person.key and "\0" not in person.name for person in roster.people)


# What goes wrong ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "instead", "said"),
    [
        ("/token", (401, b'{"error": "invalid_client"}'), "weigert ons ondertekende verzoek"),
        ("/members", (403, b""), "geeft de lijst van deze cursus niet"),
        ("/members", (200, b"[]"), "is geen lijst van een cursus"),
        ("/members", (200, b'{"members": 3}'), "is geen lijst van een cursus"),
        ("/members", (200, b'{"members": []}'), "De lijst van deze cursus is leeg"),
    ],
)
def test_what_the_environment_does_not_give_is_said(
    bea: User,
    campus: Campus,
    course: Course,
    people: dict[str, User],
    path: str,
    instead: Any,
    said: str,
) -> None:
    campus.members = LIST
    campus.instead[path] = instead

    answer = signed_in(bea).post(f"/manage/integrations/lti/courses/{course.pk}/list/", follow=True)

    assert said in answer.content.decode()
    assert not Run.objects.exists()


def test_course_that_is_no_cohort_or_gives_no_list_says_so(
    bea: User, campus: Campus, course: Course
) -> None:
    client, address = signed_in(bea), f"/manage/integrations/lti/courses/{course.pk}/list/"
    Course.objects.update(members_url="")
    assert "waar de lijst van deze cursus is" in client.post(address, follow=True).content.decode()
    Course.objects.update(cohort=None)
    page = client.post(address, follow=True).content.decode()
    assert "Geef eerst aan welk cohort deze cursus is." in page


# At night -----------------------------------------------------------------------------------------


def test_list_is_taken_once_a_night_and_administrators_hear_what_changed(
    bea: User, campus: Campus, course: Course, people: dict[str, User]
) -> None:
    campus.members = LIST
    client = signed_in(bea)
    client.post(f"/manage/integrations/lti/courses/{course.pk}/list/", {"nightly": "yes"})
    assert Source.objects.get().schedule == Source.Schedule.NIGHTLY

    assert actions_lists.take_lists_at_night(at=NIGHT - timedelta(hours=12)) == 0
    assert actions_lists.take_lists_at_night(at=NIGHT) == 1
    assert actions_lists.take_lists_at_night(at=NIGHT + timedelta(minutes=5)) == 0

    assert links() == {("Sanne", "Mira"), ("Noor", "Joost")}
    assert Notification.objects.filter(person=bea, subject__startswith="roster:").count() == 1
    # The next night nothing changed, so nobody hears anything.
    assert actions_lists.take_lists_at_night(at=NIGHT + timedelta(days=1)) == 1
    assert Run.objects.count() == 1
    client.post(f"/manage/integrations/lti/courses/{course.pk}/list/", {"nightly": "no"})
    assert actions_lists.take_lists_at_night(at=NIGHT + timedelta(days=2)) == 0


def test_much_that_would_end_waits_for_an_administrator(
    bea: User, campus: Campus, course: Course, people: dict[str, User]
) -> None:
    campus.members = LIST
    taken(course, bea)
    actions_lists.set_nightly(course, is_on=True, by=bea, at=timezone.now())
    campus.members = LIST[:1]

    actions_lists.take_lists_at_night(at=NIGHT)

    assert links() == {("Sanne", "Mira"), ("Noor", "Joost")}
    assert Run.objects.get(state=Run.State.LOOKED).asks


def test_list_that_cannot_be_taken_at_night_is_told(
    bea: User, campus: Campus, course: Course, people: dict[str, User]
) -> None:
    campus.members = LIST
    actions_lists.set_nightly(course, is_on=True, by=bea, at=timezone.now())
    campus.instead["/members"] = (500, b"")

    actions_lists.take_lists_at_night(at=NIGHT)

    assert Run.objects.get().state == Run.State.FAILED
    assert Notification.objects.filter(person=bea).count() == 1
    # Nobody who stopped running the institution goes on doing so at night.
    campus.instead = {}
    InstitutionAdministrator.objects.all().delete()
    actions_lists.take_lists_at_night(at=NIGHT + timedelta(days=1))
    assert links() == set()


def test_list_goes_with_its_environment(
    bea: User, campus: Campus, course: Course, people: dict[str, User], platform: Platform
) -> None:
    campus.members = LIST
    taken(course, bea)

    signed_in(bea).post(f"/manage/integrations/lti/{platform.pk}/remove/", {"sure": "yes"})

    assert not Source.objects.exists()
    assert links() == {("Sanne", "Mira"), ("Noor", "Joost")}
