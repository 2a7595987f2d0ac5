"""Action points: whose they are, who sees them and when, and the reminder on the day."""

import io
import json
import uuid
import zipfile
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from stageapp.accounts.audience import audience_text
from stageapp.accounts.models import User
from stageapp.exports.archive import JSON_NAME, write_archive
from stageapp.guidance import access, actions, actions_points
from stageapp.guidance.actions_notices import tell_of_points
from stageapp.guidance.models import ActionPoint, GuidanceQuestion
from stageapp.guidance.rules import goal_words
from stageapp.guidance.words import due_words
from stageapp.notifications.actions import send_due
from stageapp.notifications.kinds import Kind
from stageapp.notifications.models import Notification
from stageapp.placements.models import LearningGoal, Placement
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 16)
#: Noon in Amsterdam, on that day.
NOON = datetime(2026, 3, 16, 11, tzinfo=UTC)


@pytest.fixture
def teacher() -> User:
    return factories.person("Mira de Vries")


@pytest.fixture
def placement(teacher: User) -> Placement:
    return factories.placement(factories.person("Sanne Bakker"), teacher=teacher)


@pytest.fixture
def question(placement: Placement, teacher: User) -> GuidanceQuestion:
    question = factories.question(placement, "Hoe vraag ik hulp?", teacher=teacher)
    actions.share_question(question, at=NOON)
    return GuidanceQuestion.objects.get(pk=question.pk)


@pytest.fixture
def student(placement: Placement) -> Client:
    client = Client()
    client.force_login(placement.student)
    return client


@pytest.fixture
def desk(teacher: User) -> Client:
    client = Client()
    client.force_login(teacher)
    return client


def address(name: str, row: Any = None) -> str:
    return reverse(f"guidance:{name}", args=[row.pk] if row else [])


def closing(**changes: Any) -> dict[str, Any]:
    return {
        "client_id": str(uuid.uuid4()),
        "conclusion_goal": "Op tijd hulp vragen",
        "conclusion_learned": "Na drie kwartier vraag ik het",
        "conclusion_next": "Oefenen",
        "what_1": "Een grens in tijd afspreken",
        "who_1": "student",
        "due_on_1": "2026-04-01",
        "who_2": "student",
        "who_3": "student",
    } | changes


# The student's list -----------------------------------------------------------------------------


def test_student_adds_a_point_for_oneself(student: Client, placement: Placement) -> None:
    sent = {"what": "Bellen met Jo", "due_on": "2026-04-01", "client_id": str(uuid.uuid4())}

    page = student.post(address("points"), sent, follow=True).content.decode()
    student.post(address("points"), sent)

    point = ActionPoint.objects.get()
    assert (point.owner, point.created_by) == (placement.student, placement.student)
    assert (point.what, point.due_on) == ("Bellen met Jo", date(2026, 4, 1))
    assert point.question is None
    assert "Bellen met Jo" in page


def test_what_was_typed_stays_when_a_point_cannot_be_kept(
    student: Client, placement: Placement
) -> None:
    response = student.post(address("points"), {"what": "Bellen", "due_on": "3026-04-01"})

    assert response.status_code == 422
    assert 'value="Bellen"' in response.content.decode()
    assert not ActionPoint.objects.exists()


def test_open_points_come_first_by_date_then_what_is_done(
    student: Client, placement: Placement
) -> None:
    factories.point(placement, "Klaar", done_at=NOON)
    factories.point(placement, "Ooit")
    factories.point(placement, "Later", due_on=TODAY + timedelta(days=9))
    factories.point(placement, "Eerst", due_on=TODAY)

    page = student.get(address("points")).context["page"]

    assert [point.what for point in page] == ["Eerst", "Later", "Ooit", "Klaar"]


def test_student_changes_ticks_off_and_removes_a_point(
    student: Client, placement: Placement
) -> None:
    point = factories.point(placement)

    student.post(address("point", point), {"what": "Anders", "due_on": ""})
    student.post(address("point_done", point), {"done": "yes"})
    point.refresh_from_db()
    assert (point.what, point.is_done) == ("Anders", True)

    student.post(address("point_done", point), {"done": "no"})
    point.refresh_from_db()
    assert not point.is_done

    student.post(address("point_delete", point))
    assert not ActionPoint.objects.exists()


def test_ticking_off_leads_back_to_the_page_it_was_on(
    student: Client, placement: Placement
) -> None:
    point = factories.point(placement)

    home = student.post(address("point_done", point), {"done": "yes", "next": "/"})
    elsewhere = student.post(address("point_done", point), {"next": "https://elders.example/"})

    assert home["Location"] == "/"
    assert elsewhere["Location"] == address("points")


def test_another_student_finds_none_of_it(placement: Placement) -> None:
    point = factories.point(placement)
    other = factories.placement(factories.person(), cohort=placement.cohort)
    client = Client()
    client.force_login(other.student)

    assert client.get(address("point", point)).status_code == 404
    for name in ("point_done", "point_delete", "point_goal"):
        assert client.post(address(name, point)).status_code == 404


# Who sees a point -------------------------------------------------------------------------------


def test_points_without_a_question_are_the_students_alone(
    desk: Client, placement: Placement, teacher: User, question: GuidanceQuestion
) -> None:
    point = factories.point(placement, "Alleen van mij")

    assert not access.points_readable_by(teacher).exists()
    assert desk.post(address("point_done", point)).status_code == 404
    for page in ("/", address("question", question), f"/students/{placement.pk}/"):
        assert "Alleen van mij" not in desk.get(page).content.decode()


def test_teacher_reads_points_of_a_question_exactly_while_it_is_open(
    desk: Client, placement: Placement, teacher: User, question: GuidanceQuestion
) -> None:
    point = factories.point(placement, "Een grens afspreken", question=question)
    pages = (address("question", question), f"/students/{placement.pk}/")

    def reads() -> bool:
        seen = access.points_readable_by(teacher).filter(pk=point.pk).exists()
        shown = {"Een grens afspreken" in desk.get(page).content.decode() for page in pages}
        readers = access.readers_of_point(ActionPoint.objects.get(pk=point.pk))
        assert shown == {seen}
        assert (teacher in readers) == seen
        return seen

    assert reads()
    actions.withdraw_question(question, at=NOON)
    assert not reads()
    actions.share_question(question, at=NOON)
    assert reads()
    placement.teacher_links.update(ended_at=NOON)
    assert desk.get(pages[0]).status_code == 404
    assert not access.points_readable_by(teacher).exists()


def test_another_teacher_of_the_placement_reads_none_of_it(
    placement: Placement, question: GuidanceQuestion
) -> None:
    point = factories.point(placement, question=question)
    other = factories.person("Een ander")
    placement.teacher_links.create(teacher=other)

    assert not access.points_readable_by(other).filter(pk=point.pk).exists()


def test_list_says_of_each_point_who_can_see_it(
    student: Client, placement: Placement, teacher: User, question: GuidanceQuestion
) -> None:
    factories.point(placement, "Samen", question=question, due_on=TODAY)
    factories.point(placement, "Alleen")

    context = student.get(address("points")).context

    marks = [
        audience_text(context["readers"][point.pk], placement.student) for point in context["page"]
    ]
    assert marks == ["jij en Mira de Vries", "alleen jij"]


def test_teacher_ticks_off_only_what_they_do_themselves(
    desk: Client, placement: Placement, teacher: User, question: GuidanceQuestion
) -> None:
    own = factories.point(placement, question=question, owner=teacher)
    students = factories.point(placement, question=question)

    assert desk.post(address("point_done", own)).status_code == 302
    assert desk.post(address("point_done", students)).status_code == 404
    for name in ("point_delete", "point_goal"):
        assert desk.post(address(name, own)).status_code == 404

    own.refresh_from_db()
    students.refresh_from_db()
    assert (own.is_done, students.is_done) == (True, False)


def test_teacher_cannot_tick_off_what_was_withdrawn(
    desk: Client, placement: Placement, teacher: User, question: GuidanceQuestion
) -> None:
    point = factories.point(placement, question=question, owner=teacher)
    actions.withdraw_question(question, at=NOON)

    assert desk.post(address("point_done", point)).status_code == 404
    assert "actiepunt" not in desk.get("/").content.decode().lower()


def test_nobody_else_can_be_made_to_do_a_point(placement: Placement) -> None:
    stranger = factories.person()
    point = ActionPoint(placement=placement, what="Iets", owner=stranger)

    with pytest.raises(ValidationError):
        actions_points.add_point(point, by=placement.student, at=NOON)


# Closing a question -----------------------------------------------------------------------------


def test_closing_gives_points_for_student_and_teacher(
    student: Client, placement: Placement, teacher: User, question: GuidanceQuestion
) -> None:
    sent = closing(what_2="Een voorbeeld sturen", who_2="teacher")

    student.post(address("close", question), sent)
    student.post(address("close", question), sent)

    question.refresh_from_db()
    assert question.closed_at
    first, second = ActionPoint.objects.all()
    assert (first.owner, first.due_on) == (placement.student, date(2026, 4, 1))
    assert (second.what, second.owner) == ("Een voorbeeld sturen", teacher)
    assert {first.question, second.question} == {question}
    assert not LearningGoal.objects.exists()


def test_question_can_be_closed_without_any_point(
    student: Client, question: GuidanceQuestion
) -> None:
    student.post(address("close", question), {})

    question.refresh_from_db()
    assert question.closed_at
    assert not ActionPoint.objects.exists()


def test_closing_makes_a_learning_goal_when_wanted_once(
    student: Client, placement: Placement, question: GuidanceQuestion
) -> None:
    for _ in range(2):
        student.post(address("close", question), closing(makes_goal="on"))

    goal = placement.goals.get()
    assert goal.title == "Op tijd hulp vragen"
    assert goal.changes.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"what_2": "", "due_on_2": "2026-04-01"}, "what_2"),
        ({"what_3": "", "who_3": "teacher"}, "what_3"),
        ({"due_on_1": "volgende week"}, "due_on_1"),
        ({"what_1": "x" * 201}, "what_1"),
        ({"makes_goal": "on", "conclusion_goal": " "}, "conclusion_goal"),
        ({"who_1": "iemand"}, "who_1"),
    ],
)
def test_closing_keeps_what_was_typed_on_errors(
    student: Client, question: GuidanceQuestion, changes: dict[str, str], field: str
) -> None:
    response = student.post(address("close", question), closing(**changes))

    page = response.content.decode()
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert "Na drie kwartier vraag ik het" in page
    assert "what_1" in changes or 'value="Een grens in tijd afspreken"' in page
    question.refresh_from_db()
    assert question.closed_at is None
    assert not ActionPoint.objects.exists()


def test_teacher_does_nothing_for_a_question_that_was_withdrawn(
    student: Client, question: GuidanceQuestion
) -> None:
    actions.withdraw_question(question, at=NOON)

    form = student.get(address("close", question)).context["form"]

    assert not [name for name in form.fields if name.startswith("who")]


def test_long_aim_becomes_a_title_with_an_explanation() -> None:
    assert goal_words(" Hulp vragen \n", 200) == ("Hulp vragen", "")
    assert goal_words("Hulp vragen\nOp tijd", 200) == ("Hulp vragen", "Hulp vragen\nOp tijd")
    assert goal_words("Op tijd hulp vragen", 12) == ("Op tijd…", "Op tijd hulp vragen")
    assert goal_words("x" * 30, 10)[0] == "x" * 9 + "…"


# A learning goal --------------------------------------------------------------------------------


def test_open_point_becomes_a_learning_goal_once(student: Client, placement: Placement) -> None:
    point = factories.point(placement, "Op tijd hulp vragen")

    first = student.post(address("point_goal", point))
    second = student.post(address("point_goal", point))

    goal = placement.goals.get()
    assert first["Location"] == second["Location"] == reverse("logbook:goal", args=[goal.pk])
    point.refresh_from_db()
    assert (point.goal, goal.title, point.is_done) == (goal, "Op tijd hulp vragen", False)


def test_what_is_done_or_what_a_teacher_does_becomes_no_goal(
    student: Client, placement: Placement, teacher: User, question: GuidanceQuestion
) -> None:
    done = factories.point(placement, done_at=NOON)
    teachers = factories.point(placement, question=question, owner=teacher)

    for point in (done, teachers):
        assert student.post(address("point_goal", point)).status_code == 404


# Home -------------------------------------------------------------------------------------------


def test_home_shows_the_first_five_open_points(student: Client, placement: Placement) -> None:
    for number in range(6):
        day = timezone.localdate() + timedelta(days=number)
        factories.point(placement, f"Punt {number}", due_on=day)
    factories.point(placement, "Allang klaar", done_at=NOON)

    page = student.get("/")

    assert [point.what for point in page.context["points"]] == [f"Punt {n}" for n in range(5)]
    assert "Allang klaar" not in page.content.decode()


def test_teachers_home_shows_what_the_teacher_does(
    desk: Client, placement: Placement, teacher: User, question: GuidanceQuestion
) -> None:
    factories.point(placement, "Voorbeeld sturen", question=question, owner=teacher)
    factories.point(placement, "Zelf doen", question=question)

    page = desk.get("/").content.decode()

    assert "Voorbeeld sturen" in page
    assert "Sanne Bakker" in page
    assert "Zelf doen" not in page


@pytest.mark.parametrize("size", [1, 5])
def test_pages_take_the_same_queries_for_any_number_of_points(
    student: Client,
    desk: Client,
    placement: Placement,
    teacher: User,
    question: GuidanceQuestion,
    size: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(size):
        one = factories.question(placement, f"Vraag {number}", teacher=teacher)
        actions.share_question(one, at=NOON)
        goal = factories.goal(placement)
        factories.point(placement, question=one, goal=goal)
        factories.point(placement, question=one, owner=teacher)
        factories.point(placement, question=one, done_at=NOON)
    pages = ((student, "/", 22), (student, address("points"), 12), (desk, "/", 17))
    for client, page, _count in pages:
        client.get(page)

    for client, page, count in pages:
        with django_assert_num_queries(count):
            client.get(page)


def test_day_is_told_in_words_without_reproach() -> None:
    days = (-8, -1, 0, 1, 5, 300)

    told = [due_words(TODAY + timedelta(days=number), TODAY) for number in days]

    assert told == [
        "was gepland voor zondag 8 maart",
        "was gepland voor gisteren",
        "vandaag",
        "morgen",
        "uiterlijk zaterdag 21 maart",
        "uiterlijk 10 jan 2027",
    ]


# The reminder -----------------------------------------------------------------------------------


def test_owner_hears_once_on_the_day_that_a_point_is_due(placement: Placement) -> None:
    factories.point(placement, "Geheim plan", due_on=TODAY)
    factories.point(placement, "Morgen pas", due_on=TODAY + timedelta(days=1))

    told = [tell_of_points(at=NOON - timedelta(days=1))]
    told += [tell_of_points(at=NOON + timedelta(hours=hour)) for hour in (0, 1)]

    news = Notification.objects.get()
    assert told == [0, 1, 0]
    assert (news.person, news.kind) == (placement.student, Kind.POINT_DUE)
    assert news.path == address("points")


def test_mail_of_a_reminder_never_says_what_the_point_is(
    placement: Placement, question: GuidanceQuestion
) -> None:
    Notification.objects.all().delete()
    factories.point(placement, "Geheim plan", due_on=TODAY)
    factories.point(placement, "Geheim plan", due_on=TODAY, question=question)
    tell_of_points(at=NOON)

    send_due(Notification, at=NOON, is_stopping=lambda: False)

    assert sorted(sent.subject for sent in mail.outbox) == [
        "Vandaag staat een actiepunt gepland",
        "Vandaag staat een actiepunt gepland: Hoe vraag ik hulp?",
    ]
    for sent in mail.outbox:
        assert "Geheim" not in str(sent.message())
        assert address("points") in sent.body


def test_teacher_hears_of_what_they_do_while_the_question_is_open(
    placement: Placement, teacher: User, question: GuidanceQuestion
) -> None:
    factories.point(placement, due_on=TODAY, question=question, owner=teacher)
    later = factories.point(placement, question=question, owner=teacher)
    later.due_on = TODAY + timedelta(days=1)
    later.save()

    assert tell_of_points(at=NOON) == 1
    news = Notification.objects.get(kind=Kind.POINT_DUE)
    assert (news.person, news.path) == (teacher, address("question", question))

    actions.withdraw_question(question, at=NOON)
    news.refresh_from_db()
    assert news.cancelled_at
    assert tell_of_points(at=NOON + timedelta(days=1)) == 0


def test_nothing_is_told_of_what_is_done_or_removed(placement: Placement) -> None:
    factories.point(placement, due_on=TODAY, done_at=NOON)
    actions_points.delete_point(factories.point(placement, due_on=TODAY), at=NOON)

    assert tell_of_points(at=NOON) == 0


@pytest.mark.parametrize("change", ["done", "deleted", "moved"])
def test_no_mail_goes_when_a_point_was_done_removed_or_moved_meanwhile(
    placement: Placement, change: str
) -> None:
    point = factories.point(placement, due_on=TODAY)
    tell_of_points(at=NOON)

    if change == "done":
        actions_points.set_done(point, is_done=True, at=NOON)
    elif change == "deleted":
        actions_points.delete_point(point, at=NOON)
    else:
        point.due_on = TODAY + timedelta(days=2)
        actions_points.change_point(point, at=NOON)
    send_due(Notification, at=NOON, is_stopping=lambda: False)

    assert not mail.outbox


def test_nothing_is_told_in_the_night(placement: Placement) -> None:
    factories.point(placement, due_on=TODAY)

    assert tell_of_points(at=NOON.replace(hour=5)) == 0
    assert tell_of_points(at=NOON.replace(hour=6)) == 1


def test_day_is_that_of_the_institution(placement: Placement) -> None:
    institution = placement.cohort.programme.institution
    institution.time_zone = "Asia/Tokyo"
    institution.save()
    factories.point(placement, due_on=TODAY + timedelta(days=1))

    assert tell_of_points(at=NOON.replace(hour=21)) == 0
    assert tell_of_points(at=NOON.replace(hour=22)) == 1


def test_looking_at_the_list_is_seeing_the_reminder(student: Client, placement: Placement) -> None:
    factories.point(placement, due_on=TODAY)
    tell_of_points(at=NOON)

    student.get(address("points"))

    assert Notification.objects.get().seen_at


# Taking out -------------------------------------------------------------------------------------


def test_archive_holds_the_points(
    placement: Placement, teacher: User, question: GuidanceQuestion
) -> None:
    factories.point(placement, "Voorbeeld sturen", question=question, owner=teacher)
    factories.point(placement, "Bellen", due_on=TODAY, done_at=NOON)
    file = io.BytesIO()

    write_archive(placement, file, language="nl", at=NOON, progress=lambda _done: None)

    told = json.loads(zipfile.ZipFile(file).read(JSON_NAME))["points"]
    assert [(row["what"], row["by"], row["question"]) for row in told] == [
        ("Bellen", "Sanne Bakker", None),
        ("Voorbeeld sturen", "Mira de Vries", "Hoe vraag ik hulp?"),
    ]
    assert told[0]["due_on"] == "2026-03-16"
