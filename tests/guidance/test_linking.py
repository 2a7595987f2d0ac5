"""Who guides whom, by administrators: linking, ending, handing over, files and undoing them."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
import vobject
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from stageapp.accounts.models import User
from stageapp.audit.models import AuditEntry
from stageapp.audit.models import Kind as Done
from stageapp.guidance import access, actions_linking, views_linking
from stageapp.guidance.actions import share_question, withdraw_question
from stageapp.guidance.actions_linking import (
    apply_file,
    apply_waiting_files,
    end_links,
    hand_over,
    take_along,
    undo_file,
)
from stageapp.guidance.models import AppointmentMail, GuidanceQuestion, QuestionReader
from stageapp.guidance.queries_attention import attention_list
from stageapp.notifications.actions import send_due
from stageapp.notifications.kinds import Kind
from stageapp.notifications.mails import sentence
from stageapp.notifications.models import Notification
from stageapp.placements.access_linking import placements_administered, teachers_around
from stageapp.placements.actions_linking import link_students
from stageapp.placements.linking import PlannedRow, plan_of
from stageapp.placements.models import LinkFile, LinkFileChange, Placement, PlacementTeacher
from stageapp.placements.rules import Load, suggested
from stageapp.programmes.models import Cohort, ProgrammeMembership, Role
from tests import factories
from tests.examples import examples
from tests.notifications.conftest import Inbox, inbox

__all__ = ["inbox"]

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
Part = PlacementTeacher.Part
SECRET = "Waarom durf ik niets te zeggen?"


@pytest.fixture(autouse=True)
def _wednesday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def teacher_of(cohort: Cohort, name: str) -> User:
    somebody = factories.person(name, f"{name.split(maxsplit=1)[0].lower()}@school.example")
    ProgrammeMembership.objects.create(
        programme=cohort.programme, person=somebody, role=Role.TEACHER
    )
    return somebody


class School:
    """A cohort with three teachers, an administrator, and students as they are asked for."""

    def __init__(self) -> None:
        self.cohort = factories.cohort()
        self.mira = teacher_of(self.cohort, "Mira de Vries")
        self.jan = teacher_of(self.cohort, "Jan Bos")
        self.els = teacher_of(self.cohort, "Els Kok")
        self.ria = factories.person("Ria Beheer", "ria@school.example")
        ProgrammeMembership.objects.create(
            programme=self.cohort.programme, person=self.ria, role=Role.ADMINISTRATOR
        )

    def student(self, name: str, teacher: User | None = None, **fields: Any) -> Placement:
        """Return the placement of a new student."""
        somebody = factories.person(name, f"{name.split(maxsplit=1)[0].lower()}@student.example")
        return factories.placement(somebody, teacher=teacher, cohort=self.cohort, **fields)

    def plan(self, *pairs: tuple[str, str]) -> list[PlannedRow]:
        """Return what a file with these addresses would do."""
        text = "student_email,teacher_email\n" + "".join(f"{one},{two}\n" for one, two in pairs)
        return plan_of(text.encode(), placements_administered(self.ria), teachers_around(self.ria))


@pytest.fixture
def school() -> School:
    return School()


@pytest.fixture
def client(school: School) -> Client:
    made = Client()
    made.force_login(school.ria)
    return made


def guides(placement: Placement) -> set[tuple[str, str]]:
    return set(placement.teacher_links.filter(ended_at=None).values_list("teacher__name", "part"))


def confirmed(asked: Any) -> dict[str, Any]:
    """Return what the page that asks once more sends when somebody says yes."""
    sent = re.findall(
        r'type="hidden" name="(colleague|links)" value="(\d+)"', asked.content.decode()
    )
    links = [key for name, key in sent if name == "links"]
    return {"sure": "yes", "colleague": dict(sent)["colleague"], "links": links}


def told(person: User, kind: Kind) -> list[str]:
    rows = Notification.objects.filter(person=person, kind=kind, cancelled_at=None)
    return [sentence(row) for row in rows.order_by("pk")]


# Which teacher is suggested.


def test_teacher_of_before_goes_first_then_who_has_the_fewest_of_the_cohort() -> None:
    loads = {1: Load(2, 2), 2: Load(1, 9), 3: Load(1, 4)}

    found = suggested([10, 11, 12], {11: 1}, loads)

    # 10: 2 and 3 have one of the cohort each, 3 fewer in all. 11: had teacher 1. 12: now 2 has 1.
    assert [(found[key].teacher, found[key].was_teacher) for key in (10, 11, 12)] == [
        (3, False),
        (1, True),
        (2, False),
    ]


def test_nobody_is_suggested_without_teachers_and_who_left_is_not_suggested_again() -> None:
    assert suggested([10], {}, {}) == {}
    assert suggested([10], {10: 7}, {1: Load()})[10].teacher == 1


@given(
    st.lists(st.integers(0, 5), unique=True, max_size=6),
    st.integers(0, 40),
)
def test_suggestions_spread_students_evenly(teachers: list[int], students: int) -> None:
    found = suggested(range(students), {}, {key: Load() for key in teachers})
    counts = [sum(one.teacher == key for one in found.values()) for key in teachers]

    assert sum(counts) == (students if teachers else 0)
    assert not counts or max(counts) - min(counts) <= 1


# The page of a cohort.


def test_page_shows_first_who_has_no_teacher_with_a_suggestion_and_its_reason(
    school: School, client: Client
) -> None:
    school.student("Anna", school.mira)
    zoe = school.student("Zoë")
    factories.placement(
        zoe.student,
        teacher=school.jan,
        cohort=school.cohort,
        starts_on=zoe.starts_on - timedelta(weeks=40),
        is_current=False,
    )
    bram = school.student("Bram")

    page = client.get(reverse("manage_links:cohort", args=[school.cohort.pk]))

    waiting = page.context["waiting"]
    assert [row["placement"] for row in waiting] == [bram, zoe]
    assert [row["field"].initial for row in waiting] == [school.els.pk, school.jan.pk]
    text = page.content.decode()
    assert "Els Kok heeft" in waiting[0]["reason"]
    assert "Jan Bos begeleidde" in waiting[1]["reason"]
    assert text.index("Zoë") < text.index("Anna")
    assert "Mira de Vries (1 student)" in text


def test_several_are_linked_at_once_by_ticks_and_all_are_told(
    school: School, client: Client
) -> None:
    first, second, third = (school.student(name) for name in ("Anna", "Bram", "Cas"))
    sent = {
        "ticked": [first.pk, second.pk],
        f"teacher-{first.pk}": school.mira.pk,
        f"teacher-{second.pk}": school.mira.pk,
        f"teacher-{third.pk}": school.jan.pk,
    }

    answer = client.post(reverse("manage_links:cohort", args=[school.cohort.pk]), sent)

    assert answer.status_code == 302
    assert guides(first) == guides(second) == {("Mira de Vries", "main")}
    assert guides(third) == set()
    assert told(first.student, Kind.TEACHER_CHANGED) == [
        "Wie jou begeleidt, verandert: Mira de Vries begeleidt je nu"
    ]
    assert len(told(school.mira, Kind.STUDENTS_CHANGED)) == 1
    record = AuditEntry.objects.filter(kind=Done.LINKED, actor_key=school.ria.pk)
    assert {row.subject for row in record} == {
        f"person:{first.student_id}",
        f"person:{second.student_id}",
    }


def test_one_is_linked_by_the_button_of_its_row_whatever_is_ticked(
    school: School, client: Client
) -> None:
    first, second = school.student("Anna"), school.student("Bram")
    sent = {
        "one": second.pk,
        "ticked": [first.pk],
        f"teacher-{first.pk}": school.mira.pk,
        f"teacher-{second.pk}": school.jan.pk,
    }

    client.post(reverse("manage_links:cohort", args=[school.cohort.pk]), sent)

    assert guides(first) == set()
    assert guides(second) == {("Jan Bos", "main")}


@pytest.mark.parametrize(
    "sent",
    [{}, {"ticked": ["x"]}, {"ticked": ["1" * 30]}, {"one": "0"}, {"one": "999999999999999999"}],
)
def test_nobody_who_can_be_linked_is_said_in_words(
    school: School, client: Client, sent: dict[str, Any]
) -> None:
    school.student("Anna")

    answer = client.post(reverse("manage_links:cohort", args=[school.cohort.pk]), sent)

    assert answer.status_code == 422
    assert not PlacementTeacher.objects.exists()


@pytest.mark.parametrize("chosen", ["", "x", "0"])
def test_without_a_good_teacher_the_row_says_so_and_keeps_the_tick(
    school: School, client: Client, chosen: str
) -> None:
    placement = school.student("Anna")
    sent = {"ticked": [placement.pk], f"teacher-{placement.pk}": chosen}

    answer = client.post(reverse("manage_links:cohort", args=[school.cohort.pk]), sent)

    assert answer.status_code == 422
    (row,) = answer.context["waiting"]
    assert row["field"].errors
    assert row["is_ticked"]


def test_who_was_linked_meanwhile_stays_linked_as_they_are(school: School, client: Client) -> None:
    placement = school.student("Anna", school.jan)
    address = reverse("manage_links:cohort", args=[school.cohort.pk])

    answer = client.post(address, {"one": placement.pk, f"teacher-{placement.pk}": school.mira.pk})
    made = link_students([(placement, school.mira)], by=school.ria, at=NOW)

    assert answer.status_code == 422
    assert made == []
    assert guides(placement) == {("Jan Bos", "main")}


def test_pages_take_the_same_queries_for_any_number_of_students(
    school: School, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    addresses = [
        reverse("manage_links:list"),
        reverse("manage_links:cohort", args=[school.cohort.pk]),
        reverse("manage_links:teacher", args=[school.mira.pk]),
    ]
    for number in range(15):
        school.student(f"Student{number}", school.mira if number % 2 else None)

    client.get("/news/")  # the first page of a session keeps where somebody is signed in
    for address in addresses:
        with django_assert_max_num_queries(18):
            client.get(address)


def test_no_page_of_an_administrator_shows_what_a_student_wrote(
    school: School, client: Client
) -> None:
    placement = school.student("Anna", school.mira, assignment=SECRET)
    factories.activity(placement, SECRET)
    factories.question(placement, SECRET, teacher=school.mira, core=SECRET, shared_at=NOW)

    for name, key in (
        ("cohort", school.cohort.pk),
        ("placement", placement.pk),
        ("teacher", school.mira.pk),
    ):
        page = client.get(reverse(f"manage_links:{name}", args=[key])).content.decode()
        assert "Anna" in page
        assert SECRET not in page


def test_administrator_of_another_programme_finds_nothing(school: School) -> None:
    placement = school.student("Anna", school.mira)
    client = Client()
    stranger = factories.person("Bea Beheer")
    ProgrammeMembership.objects.create(
        programme=factories.programme("Zorg"), person=stranger, role=Role.ADMINISTRATOR
    )
    client.force_login(stranger)

    for name, key in (
        ("cohort", school.cohort.pk),
        ("placement", placement.pk),
        ("teacher", school.mira.pk),
    ):
        assert client.get(reverse(f"manage_links:{name}", args=[key])).status_code == 404
    link = placement.teacher_links.get()
    assert client.post(reverse("manage_links:end", args=[link.pk])).status_code == 404
    assert guides(placement) == {("Mira de Vries", "main")}


# Ending and replacing.


def test_when_a_link_ends_nothing_stays_readable_and_talks_to_come_are_called_off(
    school: School, client: Client, inbox: Inbox
) -> None:
    placement = school.student("Anna", school.mira)
    question = factories.question(placement, SECRET, teacher=school.mira, shared_at=NOW)
    talk = factories.talk(question, starts_at=NOW + timedelta(days=2), location="Kamer 4")
    over = factories.talk(question, starts_at=NOW - timedelta(days=2))

    client.post(reverse("manage_links:end", args=[placement.teacher_links.get().pk]))

    assert not access.asked_to(school.mira).exists()
    talk.refresh_from_db()
    over.refresh_from_db()
    assert (talk.cancelled_at, over.cancelled_at) == (NOW, None)
    assert len(told(placement.student, Kind.TALK_CANCELLED)) == 1
    assert told(placement.student, Kind.TEACHER_CHANGED) == [
        "Wie jou begeleidt, verandert: Mira de Vries begeleidt je niet meer"
    ]
    send_due(AppointmentMail, at=NOW + timedelta(minutes=1))
    mails = {mail["To"]: mail for mail in inbox.mails}
    assert set(mails) == {placement.student.email, school.mira.email}
    for mail in mails.values():
        (file,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
        read = vobject.readOne(file.get_content())
        assert (read.method.value, read.vevent.uid.value) == ("CANCEL", f"{talk.uid}@localhost")
    to_teacher = mails[school.mira.email]
    texts = [part.get_content() for part in to_teacher.walk() if not part.is_multipart()]
    for text in [to_teacher["Subject"], *map(str, texts)]:
        assert SECRET not in text
        assert "Kamer 4" not in text
        assert reverse("guidance:talk", args=[talk.pk]) not in text.partition("BEGIN:")[0]
    assert SECRET in mails[placement.student.email]["Subject"]


def test_ending_twice_tells_once(school: School) -> None:
    placement = school.student("Anna", school.mira)
    link = placement.teacher_links.get()

    for moment in (NOW, LATER):
        end_links([link], by=school.ria, at=moment)

    assert len(told(placement.student, Kind.TEACHER_CHANGED)) == 1
    assert AuditEntry.objects.filter(kind=Done.UNLINKED).count() == 1
    link.refresh_from_db()
    assert link.ended_at == NOW


def test_teacher_is_replaced_on_the_page_of_a_placement(school: School, client: Client) -> None:
    placement = school.student("Anna", school.mira)
    address = reverse("manage_links:replace", args=[placement.teacher_links.get().pk])

    assert client.post(address, {"teacher": school.mira.pk}).status_code == 422
    assert client.post(address, {"teacher": "x"}).status_code == 422
    asked = client.post(address, {"teacher": school.jan.pk})
    assert asked.status_code == 200
    assert "1 student overdragen aan Jan Bos?" in asked.content.decode()
    assert guides(placement) == {("Mira de Vries", "main")}
    assert client.post(address, {"teacher": school.jan.pk, "sure": "yes"}).status_code == 302

    assert guides(placement) == {("Jan Bos", "main")}
    assert told(placement.student, Kind.TEACHER_CHANGED) == [
        "Wie jou begeleidt, verandert: Jan Bos begeleidt je nu, in de plaats van Mira de Vries"
    ]


# Handing over.


def test_all_students_of_a_teacher_are_handed_over_in_one_step(
    school: School, client: Client
) -> None:
    placements = [school.student(name, school.mira) for name in ("Anna", "Bram")]
    other = school.student("Cas", school.els)
    address = reverse("manage_links:teacher", args=[school.mira.pk])

    asked = client.post(address, {"colleague": school.jan.pk, "do": "all"})

    assert asked.status_code == 200
    page = asked.content.decode()
    assert "2 studenten overdragen aan Jan Bos?" in page
    assert "Anna" in page
    assert "Cas" not in page
    assert [guides(one) for one in placements] == [{("Mira de Vries", "main")}] * 2

    answer = client.post(address, confirmed(asked))

    assert answer.status_code == 302
    assert [guides(one) for one in placements] == [{("Jan Bos", "main")}] * 2
    assert guides(other) == {("Els Kok", "main")}
    for person in (school.mira, school.jan):
        assert len(told(person, Kind.STUDENTS_CHANGED)) == 1
    assert AuditEntry.objects.filter(kind=Done.UNLINKED).count() == 2


def test_students_of_a_teacher_are_paged_and_ticks_of_a_page_count(
    school: School, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views_linking, "STUDENTS_A_PAGE", 2)
    anna, _bram, cas = (school.student(name, school.mira) for name in ("Anna", "Bram", "Cas"))
    address = reverse("manage_links:teacher", args=[school.mira.pk])
    names = {
        number: [
            link.placement.student.name
            for link in client.get(address, {"page": number})
            .context["form"]
            .fields["links"]
            .queryset
        ]
        for number in (1, 2)
    }
    link = cas.teacher_links.get()

    assert names == {1: ["Anna", "Bram"], 2: ["Cas"]}
    # Ticked on the second page; the answer is the same when it stands on the first by now.
    sent = {"colleague": school.jan.pk, "do": "some", "links": [link.pk]}
    client.post(address, confirmed(client.post(address, sent)))
    assert guides(cas) == {("Jan Bos", "main")}
    assert guides(anna) == {("Mira de Vries", "main")}
    everybody = client.post(f"{address}?page=1", {"colleague": school.jan.pk, "do": "all"})
    late = school.student("Dora", school.mira)
    client.post(address, confirmed(everybody))
    # Only those who were named when it asked.
    assert guides(late) == {("Mira de Vries", "main")}
    assert guides(anna) == {("Jan Bos", "main")}


@pytest.mark.parametrize("key", ["x", "", "9" * 30, "-1", "\x00"])
def test_what_is_no_student_is_not_handed_over(school: School, client: Client, key: str) -> None:
    school.student("Anna", school.mira)
    address = reverse("manage_links:teacher", args=[school.mira.pk])
    sent = {"colleague": school.jan.pk, "do": "some", "links": [key]}

    assert client.post(address, sent).status_code == 422


def test_some_students_are_handed_over_to_who_guides_along(school: School, client: Client) -> None:
    first, second = (school.student(name, school.mira) for name in ("Anna", "Bram"))
    PlacementTeacher.objects.create(placement=first, teacher=school.jan, part=Part.ALONG)
    link = first.teacher_links.get(teacher=school.mira)
    address = reverse("manage_links:teacher", args=[school.mira.pk])

    sent = {"colleague": school.jan.pk, "links": [link.pk], "do": "some"}
    client.post(address, confirmed(client.post(address, sent)))

    assert guides(first) == {("Jan Bos", "main")}
    assert guides(second) == {("Mira de Vries", "main")}


@pytest.mark.parametrize("sent", [{}, {"do": "all"}, {"links": ["x"]}, {"colleague": "x"}])
def test_handing_over_asks_for_students_and_a_colleague(
    school: School, client: Client, sent: dict[str, Any]
) -> None:
    placement = school.student("Anna", school.mira)

    answer = client.post(reverse("manage_links:teacher", args=[school.mira.pk]), sent)

    assert answer.status_code == 422
    assert guides(placement) == {("Mira de Vries", "main")}


def test_students_go_only_to_who_teaches_in_their_programme(school: School, client: Client) -> None:
    placement = school.student("Anna", school.mira)
    elsewhere = factories.cohort(programme=factories.programme("Zorg"))
    ProgrammeMembership.objects.create(
        programme=elsewhere.programme, person=school.ria, role=Role.ADMINISTRATOR
    )
    colleague = teacher_of(elsewhere, "Oda Smit")

    answer = client.post(
        reverse("manage_links:teacher", args=[school.mira.pk]),
        {"colleague": colleague.pk, "do": "all"},
    )

    assert answer.status_code == 422
    assert "Anna" in str(answer.context["form"].errors["links"])
    assert guides(placement) == {("Mira de Vries", "main")}


def test_older_questions_go_along_only_as_far_as_the_student_decides(school: School) -> None:
    placement = school.student("Anna", school.mira)
    first, second = (
        factories.question(placement, title, teacher=school.mira, shared_at=NOW)
        for title in ("Eerste", "Tweede")
    )
    closed = factories.question(
        placement, "Gesloten", teacher=school.mira, shared_at=NOW, closed_at=NOW
    )
    hand_over([placement.teacher_links.get()], school.jan, by=school.ria, at=NOW)
    assert not access.readable_by(school.jan).exists()
    student = Client()
    student.force_login(placement.student)
    address = reverse("guidance:older")
    news = Notification.objects.get(person=placement.student, kind=Kind.TEACHER_CHANGED)
    assert news.path == address

    page = student.get(address)
    assert list(page.context["form"].fields["questions"].queryset) == [second, first]
    answer = student.post(address, {"reader": school.jan.pk, "questions": [first.pk]})

    assert answer.status_code == 302
    assert set(access.readable_by(school.jan)) == {first}
    assert not access.readable_by(school.mira).exists()
    for wrong in (second.pk + 100, closed.pk):
        sent = {"reader": school.jan.pk, "questions": [wrong]}
        assert student.post(address, sent).status_code == 422
    sent = {"reader": school.mira.pk, "questions": [second.pk]}
    assert student.post(address, sent).status_code == 422
    assert QuestionReader.objects.count() == 1


def shared_before(placement: Placement, teacher: User) -> GuidanceQuestion:
    """Return a question that was shared and talked over, and its teacher who guides no longer."""
    question = factories.question(placement, SECRET, teacher=teacher, shared_at=NOW)
    factories.message(question, placement.student)
    factories.talk(question, starts_at=NOW - timedelta(hours=2), ends_at=NOW - timedelta(hours=1))
    end_links([placement.teacher_links.get(teacher=teacher)], by=placement.student, at=NOW)
    return question


def test_who_guides_again_reads_nothing_of_before_until_the_student_decides(
    school: School,
) -> None:
    placement = school.student("Anna", school.mira)
    question = shared_before(placement, school.mira)
    link_students([(placement, school.mira)], by=school.ria, at=LATER)
    teacher, student = Client(), Client()
    teacher.force_login(school.mira)
    student.force_login(placement.student)
    address = reverse("guidance:older")
    news = Notification.objects.filter(person=placement.student, kind=Kind.TEACHER_CHANGED)

    assert news.latest("caused_at").path == address
    assert teacher.get(f"/guidance/{question.pk}/").status_code == 404
    for page in ("/", "/students/", f"/students/{placement.pk}/", "/calendar/talks/"):
        assert SECRET not in teacher.get(page).content.decode()
    assert access.people_reading(question) == [placement.student]
    # It waits for nobody: not for who cannot read it.
    (row,) = attention_list(school.mira, LATER)
    assert row.facts.waiting_since is None
    assert row.facts.ever_shared

    answer = student.post(address, {"reader": school.mira.pk, "questions": [question.pk]})

    assert answer.status_code == 302
    assert teacher.get(f"/guidance/{question.pk}/").status_code == 200
    assert SECRET in teacher.get(f"/students/{placement.pk}/").content.decode()
    assert told(school.mira, Kind.QUESTION_SHARED)
    assert not student.get(address).context["form"].fields["questions"].queryset.exists()


def test_sharing_again_opens_it_to_who_guides_again(school: School) -> None:
    placement = school.student("Anna", school.mira)
    question = shared_before(placement, school.mira)
    link_students([(placement, school.mira)], by=school.ria, at=LATER)
    withdraw_question(question, at=LATER)
    share_question(question, at=LATER)

    assert access.readable_by(school.mira).get() == question


def test_who_takes_over_again_after_a_colleague_reads_nothing_of_before(school: School) -> None:
    placement = school.student("Anna", school.mira)
    question = factories.question(placement, SECRET, teacher=school.mira, shared_at=NOW)
    for colleague in (school.jan, school.mira):
        link = placement.teacher_links.get(ended_at=None)
        hand_over([link], colleague, by=school.ria, at=LATER)

    assert not access.readable_by(school.mira).exists()
    assert not access.readable_by(school.jan).exists()
    assert take_along([question], school.mira.pk, at=LATER) == school.mira
    assert access.asked_to(school.mira).get() == question


def test_undoing_a_file_opens_nothing_by_itself_and_asks_the_student(school: School) -> None:
    placement = school.student("Anna", school.mira)
    question = factories.question(placement, SECRET, teacher=school.mira, shared_at=NOW)
    # Jan guides along already, so that nobody is new when the file is undone.
    PlacementTeacher.objects.create(placement=placement, teacher=school.jan, part=Part.ALONG)
    file = apply_file(
        LinkFile(name="links.csv", takes_over=True),
        school.plan((placement.student.email, school.jan.email)),
        by=school.ria,
        at=NOW,
    )
    assert file
    undo_file(file, by=school.ria, at=LATER)

    assert ("Mira de Vries", "main") in guides(placement)
    assert not access.readable_by(school.mira).exists()
    news = Notification.objects.filter(person=placement.student, kind=Kind.TEACHER_CHANGED)
    assert news.latest("caused_at").path == reverse("guidance:older")
    assert take_along([question], school.mira.pk, at=LATER) == school.mira
    assert access.readable_by(school.mira).get() == question


def test_undoing_a_file_opens_nothing_that_was_shared_along(school: School) -> None:
    placement = school.student("Anna", school.mira)
    link = PlacementTeacher.objects.create(placement=placement, teacher=school.jan)
    question = factories.question(placement, SECRET, teacher=school.mira, shared_at=NOW)
    QuestionReader.objects.create(question=question, person=school.jan, link=link)
    assert access.readable_by(school.jan).get() == question
    file = apply_file(
        LinkFile(name="links.csv", takes_over=True),
        school.plan((placement.student.email, school.mira.email)),
        by=school.ria,
        at=NOW,
    )
    assert file
    undo_file(file, by=school.ria, at=LATER)

    assert ("Jan Bos", "main") in guides(placement)
    assert not access.readable_by(school.jan).exists()
    assert take_along([question], school.jan.pk, at=LATER) == school.jan
    assert access.readable_by(school.jan).get() == question


def test_nothing_goes_along_to_who_does_not_guide_again(school: School) -> None:
    placement = school.student("Anna", school.mira)
    question = shared_before(placement, school.mira)

    with pytest.raises(ValidationError):
        take_along([question], school.mira.pk, at=LATER)


# Files.


def sent_file(client: Client, text: str, **fields: Any) -> Any:
    upload = SimpleUploadedFile("links.csv", text.encode())
    return client.post(reverse("manage_links:files"), {"file": upload, "do": "look"} | fields)


def apply(client: Client, looked: Any, **changes: Any) -> Any:
    """Send what the page of a file would send, by its button to apply."""
    form = looked.context["form"]
    sent = {
        "do": "apply",
        "content": form.text,
        "name": form.file_name,
        "client_id": str(form.cleaned_data["client_id"]),
        "digest": form.digest,
    }
    if form.cleaned_data["takes_over"]:
        sent["takes_over"] = "on"
    return client.post(reverse("manage_links:files"), sent | changes)


HEADER = "student_email;teacher_email\n"


def test_file_is_looked_at_line_by_line_then_applied_then_undone(
    school: School, client: Client
) -> None:
    anna, bram = school.student("Anna"), school.student("Bram", school.jan)
    text = (
        f"{HEADER}anna@student.example;mira@school.example\n"
        "niemand@student.example;mira@school.example\n"
        "bram@student.example;jan@school.example\n"
        "bram@student.example;ria@school.example\n"
    )

    looked = sent_file(client, text)

    assert not anna.teacher_links.exists()
    assert [row.line for row in looked.context["links"]] == [2]
    assert [(row.line, row.reason) for row in looked.context["refused"]] == [
        (3, "geen stage van deze student past hierbij"),
        (5, "er is geen docent met dit e-mailadres"),
    ]
    assert looked.context["unchanged"] == 1

    applied = apply(client, looked)
    assert guides(anna) == {("Mira de Vries", "main")}
    again = apply(client, looked, digest=sent_file(client, text).context["form"].digest)
    assert again.status_code == 302
    assert LinkFile.objects.count() == 1

    client.post(applied.headers["Location"] + "undo/")
    assert guides(anna) == set()
    assert guides(bram) == {("Jan Bos", "main")}
    assert LinkFile.objects.get().undone_by == school.ria


def test_double_tap_applies_once_and_the_same_file_again_changes_nothing(school: School) -> None:
    placement = school.student("Anna")
    rows = school.plan((placement.student.email, school.mira.email))
    file = LinkFile(name="a.csv")

    first = apply_file(file, rows, by=school.ria, at=NOW)
    second = apply_file(
        LinkFile(name="a.csv", client_id=file.client_id), rows, by=school.ria, at=LATER
    )
    third = apply_file(LinkFile(name="a.csv"), rows, by=school.ria, at=LATER)

    assert (first, second, third) == (file, file, None)
    assert PlacementTeacher.objects.count() == 1


def test_file_that_takes_over_replaces_who_is_not_in_it(school: School, client: Client) -> None:
    placement = school.student("Anna", school.jan)
    text = (
        f"{HEADER}anna@student.example;mira@school.example\n"
        "anna@student.example;els@school.example\n"
    )

    looked = sent_file(client, text, takes_over="on")
    assert [link.teacher for link in looked.context["replaced"]] == [school.jan]
    applied = apply(client, looked)

    both = {("Mira de Vries", "main"), ("Els Kok", "main")}
    assert guides(placement) == both
    assert apply(client, sent_file(client, text, takes_over="on")).headers["Location"] == reverse(
        "manage_links:files"
    )
    assert guides(placement) == both
    client.post(applied.headers["Location"] + "undo/")
    assert guides(placement) == {("Jan Bos", "main")}


def test_what_became_another_plan_meanwhile_is_shown_again_first(
    school: School, client: Client
) -> None:
    anna, bram = school.student("Anna"), school.student("Bram")
    text = (
        f"{HEADER}anna@student.example;mira@school.example\n"
        "bram@student.example;jan@school.example\n"
    )
    looked = sent_file(client, text)
    PlacementTeacher.objects.create(placement=anna, teacher=school.mira)

    answer = apply(client, looked)

    assert answer.status_code == 200
    assert guides(bram) == set()


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", b"\xff\xfe", b"student_email\x00"])
def test_what_is_no_such_file_is_refused_at_the_field(
    school: School, client: Client, data: bytes
) -> None:
    upload = SimpleUploadedFile("links.csv", data)

    answer = client.post(reverse("manage_links:files"), {"file": upload, "do": "look"})

    assert answer.status_code == 422
    assert answer.context["form"].errors["file"]


def test_file_says_nothing_of_people_elsewhere(school: School, client: Client) -> None:
    school.student("Anna")
    other = School.__new__(School)
    other.cohort = factories.cohort()
    teacher_of(other.cohort, "Vreemd")
    other.student("Xena")

    looked = sent_file(
        client,
        f"{HEADER}anna@student.example;vreemd@school.example\n"
        "xena@student.example;mira@school.example\n",
    )

    assert [row.reason for row in looked.context["refused"]] == [
        "er is geen docent met dit e-mailadres",
        "geen stage van deze student past hierbij",
    ]


def applied_file(school: School, *pairs: tuple[Placement, User], takes_over: bool = True) -> Any:
    rows = school.plan(*((one.student.email, teacher.email) for one, teacher in pairs))
    return apply_file(LinkFile(takes_over=takes_over), rows, by=school.ria, at=NOW)


def test_undo_is_refused_with_the_reason_when_something_changed_since(
    school: School, client: Client
) -> None:
    anna, bram = school.student("Anna", school.jan), school.student("Bram")
    file = applied_file(school, (anna, school.mira), (bram, school.mira))
    hand_over(list(anna.teacher_links.filter(ended_at=None)), school.els, by=school.ria, at=LATER)

    page = client.get(reverse("manage_links:file", args=[file.pk])).content.decode()
    with pytest.raises(ValidationError) as refused:
        undo_file(file, by=school.ria, at=LATER)

    assert len(refused.value.messages) == 1
    assert "Anna" in refused.value.messages[0]
    assert refused.value.messages[0] in page
    assert guides(bram) == {("Mira de Vries", "main")}


def test_undo_is_refused_when_who_was_replaced_guides_along_by_now(school: School) -> None:
    anna = school.student("Anna", school.jan)
    file = applied_file(school, (anna, school.mira))
    PlacementTeacher.objects.create(placement=anna, teacher=school.jan, part=Part.ALONG)

    with pytest.raises(ValidationError):
        undo_file(file, by=school.ria, at=LATER)

    assert guides(anna) == {("Mira de Vries", "main"), ("Jan Bos", "along")}


def test_undoing_twice_is_undoing_once(school: School) -> None:
    anna = school.student("Anna", school.jan)
    file = applied_file(school, (anna, school.mira))

    for moment in (LATER, LATER + timedelta(hours=1)):
        undo_file(file, by=school.ria, at=moment)

    file.refresh_from_db()
    assert file.undone_at == LATER
    assert guides(anna) == {("Jan Bos", "main")}
    assert told(anna.student, Kind.TEACHER_CHANGED)[-1].endswith(
        "Jan Bos begeleidt je nu, in de plaats van Mira de Vries"
    )


def test_file_is_seen_only_by_who_administers_all_of_it(school: School) -> None:
    anna = school.student("Anna")
    other = School.__new__(School)
    other.cohort = factories.cohort(programme=factories.programme("Zorg"))
    oda = teacher_of(other.cohort, "Oda Smit")
    xena = other.student("Xena")
    both = factories.person("Bea Beide")
    for cohort in (school.cohort, other.cohort):
        ProgrammeMembership.objects.create(
            programme=cohort.programme, person=both, role=Role.ADMINISTRATOR
        )
    rows = plan_of(
        f"{HEADER}{anna.student.email};{school.mira.email}\n{xena.student.email};{oda.email}\n".encode(),
        placements_administered(both),
        teachers_around(both),
    )
    file = apply_file(LinkFile(), rows, by=both, at=NOW)
    assert file

    found = {}
    for person in (both, school.ria):
        client = Client()
        client.force_login(person)
        found[person] = client.get(reverse("manage_links:file", args=[file.pk])).status_code

    assert found == {both: 200, school.ria: 404}


STATES = st.sampled_from(["", "main", "along", "ended"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(60))
@given(
    before=st.lists(st.tuples(STATES, STATES, STATES), min_size=2, max_size=2),
    rows=st.lists(st.tuples(st.integers(0, 1), st.integers(0, 2)), max_size=6),
    takes_over=st.booleans(),
)
def test_applying_then_undoing_gives_what_there_was(
    school: School,
    before: list[tuple[str, str, str]],
    rows: list[tuple[int, int]],
    takes_over: bool,
) -> None:
    teachers = (school.mira, school.jan, school.els)
    with transaction.atomic():
        placements = [school.student("Anna"), school.student("Bram")]
        for placement, states in zip(placements, before, strict=True):
            for teacher, state in zip(teachers, states, strict=True):
                if state:
                    PlacementTeacher.objects.create(
                        placement=placement,
                        teacher=teacher,
                        part=Part.ALONG if state == "along" else Part.MAIN,
                        ended_at=NOW - timedelta(days=1) if state == "ended" else None,
                    )
        open_before = links_now()
        file = applied_file(
            school,
            *((placements[student], teachers[teacher]) for student, teacher in rows),
            takes_over=takes_over,
        )
        assert (file is None) == (links_now() == open_before)
        for row in rows:
            assert (teachers[row[1]].name, "main") in guides(placements[row[0]])
        if file:
            undo_file(file, by=school.ria, at=LATER)
        assert links_now() == open_before
        transaction.set_rollback(True)


def links_now() -> set[tuple[int, str]]:
    """Return the very links that are open, and in which part."""
    return set(PlacementTeacher.objects.filter(ended_at=None).values_list("pk", "part"))


def test_changes_of_a_file_are_each_kept_once(school: School) -> None:
    anna = school.student("Anna", school.jan)
    PlacementTeacher.objects.create(placement=anna, teacher=school.els, part=Part.ALONG)

    file = applied_file(school, (anna, school.mira), (anna, school.els), (anna, school.els))

    assert set(file.changes.values_list("link__teacher__name", "did")) == {
        ("Mira de Vries", LinkFileChange.Did.MADE),
        ("Els Kok", LinkFileChange.Did.RAISED),
        ("Jan Bos", LinkFileChange.Did.ENDED),
    }


# Large files, which the worker applies.


@pytest.fixture
def large(school: School, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Placement], LinkFile]:
    """Return three students, and a file about all of them that counts as large."""
    monkeypatch.setattr(actions_linking, "AT_ONCE", 2)
    monkeypatch.setattr(actions_linking, "AT_A_TIME", 2)
    placements = [school.student(name, school.jan) for name in ("Anna", "Bram", "Cato")]
    file = applied_file(school, *((one, school.mira) for one in placements))
    return placements, file


def test_large_file_waits_for_the_worker_and_says_how_far_it_is(
    large: tuple[list[Placement], LinkFile], school: School, client: Client
) -> None:
    placements, file = large
    address = reverse("manage_links:file", args=[file.pk])

    assert {link for one in placements for link in guides(one)} == {("Jan Bos", "main")}
    assert 'value="0"' in client.get(address).content.decode()
    with pytest.raises(ValidationError, match="toegepast"):
        undo_file(file, by=school.ria, at=LATER)

    steps = iter([False, True, True])
    assert apply_waiting_files(at=NOW, is_stopping=lambda: next(steps)) == 2
    assert 'value="67"' in client.get(address).content.decode()
    assert not told(placements[0].teacher_links.get(ended_at=None).teacher, Kind.STUDENTS_CHANGED)

    assert apply_waiting_files(at=NOW) == 1
    assert apply_waiting_files(at=NOW) == 0
    assert [guides(one) for one in placements] == [{("Mira de Vries", "main")}] * 3
    page = client.get(address).content.decode()
    assert all(name in page for name in ("Anna", "Bram", "Cato"))


def test_teachers_hear_once_of_a_large_file(
    large: tuple[list[Placement], LinkFile], school: School
) -> None:
    apply_waiting_files(at=NOW)

    assert len(told(school.mira, Kind.STUDENTS_CHANGED)) == 1
    assert len(told(school.jan, Kind.STUDENTS_CHANGED)) == 1


def test_large_file_is_undone_as_a_whole(
    large: tuple[list[Placement], LinkFile], school: School
) -> None:
    placements, file = large
    apply_waiting_files(at=NOW)
    file.refresh_from_db()

    undo_file(file, by=school.ria, at=LATER)

    assert [guides(one) for one in placements] == [{("Jan Bos", "main")}] * 3


def test_who_is_gone_meanwhile_is_left_out(
    large: tuple[list[Placement], LinkFile], school: School
) -> None:
    placements, _file = large
    school.mira.is_active = False
    school.mira.save()
    Placement.objects.filter(pk=placements[0].pk).update(is_current=False)

    apply_waiting_files(at=NOW)

    assert [guides(one) for one in placements] == [{("Jan Bos", "main")}] * 3


def test_large_file_that_is_applied_is_of_who_applied_it(
    large: tuple[list[Placement], LinkFile],
) -> None:
    _placements, file = large
    other = Client()
    other.force_login(factories.person())

    assert other.get(reverse("manage_links:file", args=[file.pk])).status_code == 404


def test_page_that_looked_shows_what_came_of_it(
    large: tuple[list[Placement], LinkFile], client: Client
) -> None:
    _placements, file = large
    address, script = reverse("manage_links:file", args=[file.pk]), {"HX-Request": "true"}

    assert "file-state" in client.get(address, headers=script).content.decode()
    apply_waiting_files(at=NOW)
    assert client.get(address, headers=script).headers["HX-Refresh"] == "true"
