"""A student lays a learning goal before the teacher, who agrees in the words that were shared."""

from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.guidance import actions
from stageapp.guidance.models import GuidanceQuestion
from stageapp.guidance.queries import question_counts, waiting_count, waits, with_waiting
from stageapp.notifications.actions import send_due
from stageapp.notifications.kinds import Kind
from stageapp.notifications.models import Notification
from stageapp.placements.actions_goals import change_goal, delete_goal
from stageapp.placements.models import GoalAgreement, LearningGoal, Placement
from stageapp.programmes.models import ProgrammeMembership, Role
from tests import factories

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def teacher() -> User:
    return factories.person("Mira de Vries")


@pytest.fixture
def placement(teacher: User) -> Placement:
    placement = factories.placement(factories.person("Sanne Bakker"), teacher=teacher)
    ProgrammeMembership.objects.create(
        programme=placement.cohort.programme, person=placement.student, role=Role.STUDENT
    )
    return placement


@pytest.fixture
def goal(placement: Placement) -> LearningGoal:
    return factories.goal(placement, "Leren testen", description="Eerst de randgevallen")


@pytest.fixture
def question(placement: Placement, teacher: User, goal: LearningGoal) -> GuidanceQuestion:
    asked = GuidanceQuestion(
        placement=placement, title="Akkoord?", core="Wat vind je?", teacher=teacher, goal=goal
    )
    actions.draft_question(asked, [], by=placement.student, at=NOW)
    actions.share_question(asked, at=NOW)
    return asked


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page(person: User, question: GuidanceQuestion) -> str:
    return client_of(person).get(f"/guidance/{question.pk}/").content.decode()


def test_question_about_a_goal_is_filled_in_already(
    placement: Placement, goal: LearningGoal
) -> None:
    shown = (
        client_of(placement.student).get(f"/guidance/new/?all=1&goal={goal.pk}").content.decode()
    )

    assert "Leren testen" in shown
    assert f'<option value="{goal.pk}" selected>' in shown


def test_goal_of_somebody_else_is_not_filled_in_nor_taken(placement: Placement) -> None:
    other = factories.goal(factories.placement(), "Andermans doel")
    browser = client_of(placement.student)

    shown = browser.get(f"/guidance/new/?goal={other.pk}").content.decode()
    response = browser.post("/guidance/new/", {"title": "a", "core": "b", "goal": other.pk})

    assert "Andermans doel" not in shown
    assert response.status_code == 422
    assert not GuidanceQuestion.objects.filter(goal=other).exists()


def test_teacher_reads_the_goal_and_agrees(
    placement: Placement, teacher: User, question: GuidanceQuestion, goal: LearningGoal
) -> None:
    shown = page(teacher, question)
    assert "Leren testen" in shown
    assert "Eerst de randgevallen" in shown
    Notification.objects.all().delete()

    client_of(teacher).post(f"/guidance/{question.pk}/agree/", {"version": question.version})

    agreement = GoalAgreement.objects.get()
    assert (agreement.goal, agreement.teacher, agreement.title) == (goal, teacher, "Leren testen")
    news = Notification.objects.get()
    assert (news.kind, news.person) == (Kind.GOAL_AGREED, placement.student)
    send_due(Notification, at=timezone.now() + timedelta(hours=1))
    assert "Mira de Vries" in mail.outbox[-1].subject + str(mail.outbox[-1].body)
    own = client_of(placement.student).get(f"/goals/{goal.pk}/").content.decode()
    assert "Mira de Vries" in own


def test_goal_can_be_agreed_with_on_the_page_of_the_student(
    placement: Placement, teacher: User, question: GuidanceQuestion
) -> None:
    address = f"/students/{placement.pk}/"
    before = client_of(teacher).get(address).content.decode()
    client_of(teacher).post(f"/guidance/{question.pk}/agree/", {"version": question.version})
    after = client_of(teacher).get(address).content.decode()

    assert "Eerst de randgevallen" in before
    assert f'action="/guidance/{question.pk}/agree/"' in before
    assert f'action="/guidance/{question.pk}/agree/"' not in after
    assert "Mira de Vries ging akkoord op" in after


def test_agreeing_twice_counts_once(
    teacher: User, question: GuidanceQuestion, placement: Placement
) -> None:
    for _ in range(2):
        client_of(teacher).post(f"/guidance/{question.pk}/agree/", {"version": question.version})

    assert GoalAgreement.objects.count() == 1
    assert Notification.objects.filter(kind=Kind.GOAL_AGREED).count() == 1


def test_words_changed_after_sharing_are_not_what_was_agreed_on(
    teacher: User, question: GuidanceQuestion, goal: LearningGoal, placement: Placement
) -> None:
    goal.title = "Leren ontwerpen"
    change_goal(goal, at=NOW + timedelta(minutes=5))
    assert "Leren ontwerpen" not in page(teacher, question)

    client_of(teacher).post(f"/guidance/{question.pk}/agree/", {"version": question.version})

    assert GoalAgreement.objects.get().title == "Leren testen"
    own = client_of(placement.student).get(f"/goals/{goal.pk}/").content.decode()
    assert "Leren testen" in own
    assert "Leren ontwerpen" in own


def test_agreement_is_with_the_words_that_were_read(
    teacher: User, question: GuidanceQuestion, goal: LearningGoal
) -> None:
    read = question.version
    actions.withdraw_question(question, at=NOW + timedelta(minutes=1))
    goal.title = "Iets anders"
    change_goal(goal, at=NOW + timedelta(minutes=2))
    actions.share_question(question, at=NOW + timedelta(minutes=3))

    shown = client_of(teacher).post(
        f"/guidance/{question.pk}/agree/", {"version": read}, follow=True
    )

    assert "Lees het eerst opnieuw" in shown.content.decode()
    assert not GoalAgreement.objects.exists()


def test_goal_that_was_removed_can_not_be_agreed_with(
    teacher: User, question: GuidanceQuestion, goal: LearningGoal
) -> None:
    delete_goal(goal, at=NOW)

    with pytest.raises(ValidationError):
        actions.agree_on_goal(question, read_version=question.version, by=teacher, at=NOW)

    assert not GoalAgreement.objects.exists()


def test_withdrawn_question_can_not_be_agreed_with(
    teacher: User, question: GuidanceQuestion
) -> None:
    actions.withdraw_question(question, at=NOW)

    assert (
        client_of(teacher)
        .post(f"/guidance/{question.pk}/agree/", {"version": question.version})
        .status_code
        == 404
    )
    with pytest.raises(ValidationError):
        actions.agree_on_goal(question, read_version=question.version, by=teacher, at=NOW)

    assert not GoalAgreement.objects.exists()


def test_goal_that_was_deleted_stays_readable_as_shared(
    teacher: User, question: GuidanceQuestion, goal: LearningGoal
) -> None:
    delete_goal(goal, at=NOW + timedelta(minutes=5))

    assert "Leren testen" in page(teacher, question)


def test_sharing_again_shows_the_goal_of_now(
    teacher: User, question: GuidanceQuestion, goal: LearningGoal
) -> None:
    actions.withdraw_question(question, at=NOW + timedelta(minutes=1))
    goal.title = "Leren ontwerpen"
    change_goal(goal, at=NOW + timedelta(minutes=2))
    question.refresh_from_db()

    actions.share_question(question, at=NOW + timedelta(minutes=3))

    assert "Leren ontwerpen" in page(teacher, question)


def test_page_with_a_goal_takes_no_more_queries_as_agreements_grow(
    teacher: User,
    question: GuidanceQuestion,
    goal: LearningGoal,
    django_assert_max_num_queries: Any,
) -> None:
    for number in range(10):
        GoalAgreement.objects.create(
            goal=goal, teacher=teacher, title=f"Eerder {number}", description="", agreed_at=NOW
        )

    browser = client_of(teacher)
    browser.get("/news/")  # the first page of a session keeps where somebody is signed in
    with django_assert_max_num_queries(25):
        browser.get(f"/guidance/{question.pk}/")


def test_agreeing_answers_the_question(
    teacher: User, placement: Placement, question: GuidanceQuestion
) -> None:
    assert waiting_count(teacher) == 1
    student = client_of(placement.student)

    client_of(teacher).post(f"/guidance/{question.pk}/agree/", {"version": question.version})

    assert waiting_count(teacher) == 0
    assert "Wacht op jou" not in page(teacher, question)
    shown = client_of(teacher).get(f"/students/{placement.pk}/").content.decode()
    assert "Akkoord met het doel in “Akkoord?”" in shown
    assert question_counts(placement, placement.student).unread == 1
    assert f'href="/guidance/{question.pk}/"' in student.get("/").content.decode()
    assert "Beantwoord" in student.get(f"/guidance/{question.pk}/").content.decode()
    assert question_counts(placement, placement.student).unread == 0


def test_second_click_on_agreeing_answers_nothing_that_came_after_it(
    teacher: User, question: GuidanceQuestion
) -> None:
    def agrees(hours: int) -> None:
        at = NOW + timedelta(hours=hours)
        actions.agree_on_goal(question, read_version=question.version, by=teacher, at=at)

    agrees(1)
    question.refresh_from_db()
    happens("student writes", question, NOW + timedelta(hours=2))

    agrees(3)

    assert waiting_count(teacher) == 1


def test_who_has_the_next_word_is_the_same_in_sql_and_in_python(
    teacher: User, placement: Placement, goal: LearningGoal
) -> None:
    of_student = {"shared again", "student writes"}
    for history in product([*of_student, "teacher writes", "agrees"], repeat=3):
        asked = factories.question(placement, "Akkoord?", teacher=teacher, goal=goal, shared_at=NOW)
        for hours, event in enumerate(history, start=1):
            happens(event, asked, NOW + timedelta(hours=hours))
        row = with_waiting(GuidanceQuestion.objects.filter(pk=asked.pk)).get()

        teacher_is_next = history[-1] in of_student
        assert waits(asked, list(asked.messages.all())) == teacher_is_next, history
        assert (row.waiting_since is not None) == teacher_is_next, history


def happens(event: str, question: GuidanceQuestion, at: datetime) -> None:
    if event == "shared again":
        question.shared_at = at
    elif event == "agrees":
        question.agreed_at = at
    else:
        from_student = event == "student writes"
        person = question.placement.student if from_student else question.teacher
        question.messages.create(author=person, is_from_student=from_student, text="x", sent_at=at)
    question.save()
