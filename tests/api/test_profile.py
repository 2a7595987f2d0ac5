"""The own profile, by another program: what the page of the profile asks, and nothing else."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.guidance.actions import share_question
from stageapp.notifications.kinds import OF_STUDENTS, OF_TEACHERS, Frequency, Kind
from stageapp.notifications.models import Notification, Preference
from stageapp.notifications.queries import preference_of, schedule_of
from stageapp.placements.models import Placement
from stageapp.programmes.models import ReflectionModel
from tests import factories
from tests.api.helpers import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def placement() -> Placement:
    return factories.placement(factories.person("Sanne"), teacher=factories.person("Mira de Vries"))


@pytest.fixture
def student(placement: Placement) -> User:
    person: User = placement.student
    return person


@pytest.fixture
def teacher(placement: Placement) -> User:
    return placement.teacher_links.get().teacher


def test_name_number_and_language_change_and_the_rest_stays(student: User) -> None:
    program = Program(student)
    read = program.get("/profile")

    changed = program.patch(
        "/profile", {"name": "  Sanne   Bakker ", "student_number": "123"}, match=read["ETag"]
    )

    assert changed.json() == read.json() | {"name": "Sanne Bakker", "student_number": "123"}
    assert program.get("/me").json()["name"] == "Sanne Bakker"
    assert program.patch("/profile", {"language": "en"}, match=read["ETag"]).status_code == 412
    assert program.patch("/profile", {"language": "en"}).json()["language"] == "en"
    student.refresh_from_db()
    assert (student.name, student.language) == ("Sanne Bakker", "en")


def test_mails_are_chosen_by_kind_and_what_was_not_named_stays_unchosen(student: User) -> None:
    program = Program(student)

    changed = program.patch(
        "/profile", {"mails": {"message_received": "weekly"}, "mail_weekday": 4}
    ).json()

    assert changed["mails"]["message_received"] == "weekly"
    assert (changed["mail_hour"], changed["mail_weekday"]) == (8, 4)
    assert preference_of(student, Kind.MESSAGE_RECEIVED) == Frequency.WEEKLY
    assert [row.kind for row in Preference.objects.filter(person=student)] == ["message_received"]
    assert schedule_of(student).weekday == 4
    assert program.patch("/profile", {"mail_hour": 17}).json()["mail_weekday"] == 4


def test_each_is_offered_what_their_own_page_offers(student: User, teacher: User) -> None:
    for person, others in ((student, OF_TEACHERS), (teacher, OF_STUDENTS)):
        told = set(Program(person).get("/profile").json()["mails"])
        browser = Client()
        browser.force_login(person)
        page = browser.get("/profile/")

        assert told == set(page.context["preferences"].fields)
        assert not told & {kind.value for kind in others}


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"name": "   "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "x\x00"}, "name"),
        ({"language": "fr"}, "language"),
        ({"student_number": "x" * 21}, "student_number"),
        ({"student_number": "\x00"}, "student_number"),
        ({"mails": {"nothing_shared": "never"}}, "mails.nothing_shared"),
        ({"mails": {"placement_ends": "never"}}, "mails.placement_ends"),
        ({"mails": {"iets": "never"}}, "mails.iets"),
        ({"mails": {"talk_agreed": "daily"}}, "mails.talk_agreed"),
        ({"mails": {"message_received": "soon"}}, "mails.message_received"),
        ({"mail_hour": 24}, "mail_hour"),
        ({"mail_hour": "8"}, "mail_hour"),
        ({"mail_weekday": -1}, "mail_weekday"),
        ({"reflection_models": [999_999]}, "reflection_models"),
        ({"shows_hints": False}, "shows_hints"),
        ({"asks_in_steps": 1}, "asks_in_steps"),
        ({"email": "ander@school.example"}, "email"),
        ({"password": "x"}, "password"),
    ],
)
def test_what_is_not_right_is_said_at_its_field_and_nothing_changes(
    student: User, sent: dict[str, Any], field: str
) -> None:
    program = Program(student)
    before = program.get("/profile").json()

    answer = program.patch("/profile", {"name": "Ander"} | sent)

    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]
    assert program.get("/profile").json() == before


def test_how_a_question_is_written_is_asked_of_students_and_hints_of_teachers(
    student: User, teacher: User
) -> None:
    asks, answers = Program(student), Program(teacher)

    assert asks.get("/profile").json()["shows_hints"] is None
    assert answers.get("/profile").json()["asks_in_steps"] is None
    assert asks.patch("/profile", {"asks_in_steps": False}).json()["asks_in_steps"] is False
    assert answers.patch("/profile", {"shows_hints": False}).json()["shows_hints"] is False
    refused = answers.patch("/profile", {"asks_in_steps": True})
    assert refused.json()["errors"][0]["code"] == "not_asked"


def test_reflection_models_are_those_that_ones_placements_offer(placement: Placement) -> None:
    offered, other = (
        ReflectionModel.objects.create(
            programme=placement.cohort.programme, key=key, name_nl=key, name_en=key
        )
        for key in ("eigen", "ander")
    )
    placement.cohort.reflection_models.add(offered)
    program = Program(placement.student)

    chosen = program.patch("/profile", {"reflection_models": [offered.pk]}).json()

    assert chosen["reflection_models"] == [{"id": offered.pk, "name": "eigen"}]
    assert program.patch("/profile", {"name": "Sanne"}).json() == chosen
    assert program.patch("/profile", {"reflection_models": [other.pk]}).status_code == 422
    assert program.patch("/profile", {"reflection_models": []}).json()["reflection_models"] == []


def test_token_without_the_scope_neither_reads_nor_changes_it(student: User) -> None:
    others = ("logbook:write", "guidance:write", "placements:write", "calendar:write")
    program = Program(student, *others)

    assert program.get("/profile").status_code == 403
    assert program.patch("/profile", {"name": "Ander"}).status_code == 403
    reads = Program(student, "profile:read")
    assert reads.get("/profile").status_code == 200
    assert reads.patch("/profile", {"name": "Ander"}).status_code == 403


def test_news_that_waits_goes_by_what_is_chosen_now(placement: Placement, teacher: User) -> None:
    program = Program(teacher)
    program.patch("/profile", {"mails": {"question_shared": "daily"}})
    share_question(factories.question(placement, teacher=teacher), at=timezone.now())
    news = Notification.objects.get(person=teacher)
    assert news.digest

    program.patch("/profile", {"mails": {"question_shared": "never"}})

    news.refresh_from_db()
    assert news.digest is None
