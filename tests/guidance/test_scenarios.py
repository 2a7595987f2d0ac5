"""Scenarios 43 and 46 of the app before this one, as the design and the contract word them."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.administration.actions import switch_off, take_role
from stageapp.guidance.actions import share_question
from stageapp.guidance.actions_linking import hand_over
from stageapp.guidance.models import GuidanceQuestion, Message
from stageapp.placements.models import LinkFile, Placement, PlacementTeacher
from stageapp.programmes.models import InstitutionAdministrator, ProgrammeMembership, Role
from tests import factories

pytestmark = pytest.mark.django_db

FILES = "/manage/links/files/"


class School:
    """Two teachers, two students of whom one has no current placement, and who runs it all."""

    def __init__(self) -> None:
        self.cohort = factories.cohort()
        programme = self.cohort.programme
        self.bea = factories.person("Bea Heer", "bea@school.example")
        InstitutionAdministrator.objects.create(institution=programme.institution, person=self.bea)
        self.jansen, self.bos = (
            factories.person(name, email)
            for name, email in (
                ("Truus Jansen", "t.jansen@school.example"),
                ("Jan Bos", "j.bos@school.example"),
            )
        )
        for person in (self.jansen, self.bos):
            ProgrammeMembership.objects.create(
                programme=programme, person=person, role=Role.TEACHER
            )
        self.sanne = self.student("s@student.example", "1234567")
        self.over = self.student("oud@student.example", "7654321", is_current=False)

    def student(self, email: str, number: str, **fields: Any) -> Placement:
        person = factories.person(email.partition("@")[0], email, student_number=number)
        return factories.placement(person, cohort=self.cohort, **fields)

    @property
    def client(self) -> Client:
        made = Client()
        made.force_login(self.bea)
        return made


@pytest.fixture
def school() -> School:
    return School()


def look(school: School, text: str, *, encoding: str = "utf-8") -> Any:
    upload = SimpleUploadedFile("koppelen.csv", text.encode(encoding))
    return school.client.post(FILES, {"file": upload, "do": "look"})


def reasons(answer: Any) -> list[tuple[int, str]]:
    return [(row.line, row.reason) for row in answer.context["refused"]]


# 43: the file is looked at first; nothing changes before it is agreed to; nothing makes it break.


@pytest.mark.parametrize("mark", [";", ","])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_preview_shows_the_pairs_that_fit_and_why_others_do_not(
    school: School, mark: str, encoding: str
) -> None:
    lines = [
        "student_email;teacher_email;student_number",
        "s@student.example;t.jansen@school.example;1234567",
        "s@student.example;t.jansen@school.example;9999999",
        "s@student.example;niemand@school.example;1234567",
        "oud@student.example;t.jansen@school.example;7654321",
        "s@student.example",
        "onbekend@student.example;t.jansen@school.example;",
    ]
    answer = look(school, "\r\n".join(lines).replace(";", mark), encoding=encoding)

    assert answer.status_code == 200
    assert [row.pair for row in answer.context["links"]] == [(school.sanne, school.jansen)]
    assert reasons(answer) == [
        (3, "geen stage van deze student past hierbij"),
        (4, "er is geen docent met dit e-mailadres"),
        (5, "geen stage van deze student past hierbij"),
        (6, "er is geen docent met dit e-mailadres"),
        (7, "geen stage van deze student past hierbij"),
    ]
    page = answer.content.decode()
    for text in ("t.jansen@school.example", "geen stage van deze student past hierbij"):
        assert text in page
    # Nothing happens before it is agreed to.
    assert not PlacementTeacher.objects.exists()
    assert not LinkFile.objects.exists()


def test_what_was_looked_at_is_applied_and_the_rest_is_left(school: School) -> None:
    text = (
        "student_email,teacher_email\n"
        "s@student.example,t.jansen@school.example\n"
        "s@student.example,niemand@school.example\n"
    )
    form = look(school, text).context["form"]
    sent = {
        "do": "apply",
        "content": form.text,
        "name": form.file_name,
        "client_id": str(form.cleaned_data["client_id"]),
        "digest": form.digest,
    }
    school.client.post(FILES, sent)

    link = PlacementTeacher.objects.get()
    assert (link.placement, link.teacher, link.ended_at) == (school.sanne, school.jansen, None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "Jansen;t.jansen@school.example;1234567;s@student.example",
        "student_email;teacher_email",
        "student_email;teacher_email\n;;;;\n\n;",
        "student_email;teacher_email\nniemand;niemand\nook niemand;ook niemand",
        'student_email;teacher_email\n"s@student.example;t.jansen@school.example',
        "student_email;teacher_email;start_date\ns@student.example;t.jansen@school.example;gisteren",
        "student_email;teacher_email\n" + "x" * 200_000,
    ],
)
def test_no_file_breaks_it(school: School, text: str) -> None:
    assert look(school, text).status_code in (200, 422)
    assert not PlacementTeacher.objects.exists()


def test_two_teachers_of_one_name_are_told_apart_by_their_address(school: School) -> None:
    factories.person(school.jansen.name, "andere.jansen@school.example")
    answer = look(
        school,
        "student_email;teacher_email\ns@student.example;t.jansen@school.example",
    )

    assert [row.pair for row in answer.context["links"]] == [(school.sanne, school.jansen)]


# 46: when a teacher goes, no placement, question or message of a student does.


def kept_of(placement: Placement) -> tuple[set[int], set[int], set[int]]:
    student = placement.student
    return (
        set(Placement.objects.filter(student=student).values_list("pk", flat=True)),
        set(GuidanceQuestion.objects.filter(placement=placement).values_list("pk", flat=True)),
        set(Message.objects.filter(question__placement=placement).values_list("pk", flat=True)),
    )


def talked(placement: Placement, teacher: User) -> GuidanceQuestion:
    PlacementTeacher.objects.create(placement=placement, teacher=teacher)
    question = factories.question(placement, "Hoe vraag ik door?", teacher=teacher)
    share_question(question, at=timezone.now())
    factories.message(question, teacher, "Wat wil je weten?")
    factories.message(question, placement.student, "Alles")
    return question


def reads_all(placement: Placement, question: GuidanceQuestion) -> bool:
    client = Client()
    client.force_login(placement.student)
    page = client.get(f"/guidance/{question.pk}/").content.decode()
    return "Wat wil je weten?" in page and "Alles" in page


def test_when_a_teacher_is_switched_off_everything_of_the_student_stays(school: School) -> None:
    question = talked(school.sanne, school.jansen)
    before = kept_of(school.sanne)
    switch_off(school.jansen, school.cohort.programme.institution, by=school.bea, at=timezone.now())

    assert kept_of(school.sanne) == before
    assert reads_all(school.sanne, question)


def test_when_a_teacher_is_no_teacher_any_more_everything_of_the_student_stays(
    school: School,
) -> None:
    question = talked(school.sanne, school.jansen)
    before = kept_of(school.sanne)
    with time_machine.travel(datetime(2026, 11, 27, 12, tzinfo=UTC), tick=False):
        links = list(PlacementTeacher.objects.filter(teacher=school.jansen))
        hand_over(links, school.bos, by=school.bea, at=timezone.now())
        take_role(
            school.jansen, school.cohort.programme, Role.TEACHER, by=school.bea, at=timezone.now()
        )

    assert kept_of(school.sanne) == before
    assert reads_all(school.sanne, question)


def test_when_the_row_of_a_teacher_is_gone_everything_of_the_student_stays(school: School) -> None:
    question = talked(school.sanne, school.jansen)
    before = kept_of(school.sanne)
    school.jansen.delete()

    assert kept_of(school.sanne) == before
    assert reads_all(school.sanne, question)
    client = Client()
    client.force_login(school.sanne.student)
    assert "Vervallen account" in client.get(f"/guidance/{question.pk}/").content.decode()
