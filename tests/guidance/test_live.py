"""New messages come to an open conversation by themselves."""

import pytest
from django.test import Client

from stageapp.accounts.models import User
from stageapp.guidance.actions import withdraw_question
from stageapp.guidance.models import GuidanceQuestion, Message
from stageapp.guidance.queries import unread_count
from tests import factories
from tests.guidance.test_views import NOW, answers, shared

pytestmark = pytest.mark.django_db


@pytest.fixture
def question() -> GuidanceQuestion:
    teacher = factories.person("Mira de Vries")
    return shared(factories.placement(factories.person("Sanne Bakker"), teacher=teacher), teacher)


def browser_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def since(question: GuidanceQuestion, after: int | str) -> str:
    return f"/guidance/{question.pk}/messages/?after={after}"


def test_only_what_came_after_is_given_and_it_is_read_then(question: GuidanceQuestion) -> None:
    student, teacher = question.placement.student, question.teacher
    assert teacher
    first = factories.message(question, teacher, "Dag Sanne")
    second = factories.message(question, teacher, "Nog iets")
    assert unread_count(student) == 1

    text = browser_of(student).get(since(question, first.pk)).content.decode()

    assert second.text in text
    assert first.text not in text
    assert unread_count(student) == 0


def test_nothing_new_is_no_content_and_costs_little(
    question: GuidanceQuestion, django_assert_max_num_queries: type
) -> None:
    teacher = question.teacher
    assert teacher
    answers(question, teacher, 3)
    browser = browser_of(teacher)
    newest = Message.objects.order_by("pk").last()
    assert newest
    browser.get(since(question, newest.pk))

    with django_assert_max_num_queries(5):
        answer = browser.get(since(question, newest.pk))

    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize("after", ["", "x", "-1", "9" * 40])
def test_nonsense_gives_the_whole_conversation(question: GuidanceQuestion, after: str) -> None:
    teacher = question.teacher
    assert teacher
    answers(question, teacher, 1)

    assert "Antwoord 0" in browser_of(teacher).get(since(question, after)).content.decode()


def test_withdrawn_question_gives_its_teacher_nothing(question: GuidanceQuestion) -> None:
    teacher = question.teacher
    assert teacher
    answers(question, teacher, 1)
    withdraw_question(question, at=NOW)

    assert browser_of(teacher).get(since(question, 0)).status_code == 404
    assert browser_of(question.placement.student).get(since(question, 0)).status_code == 200
