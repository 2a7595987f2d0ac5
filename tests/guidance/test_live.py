"""A conversation that goes on: new messages by themselves, and changing what was just sent."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.guidance.actions import edit_message, withdraw_question
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


def edit(message: Message) -> str:
    return f"/guidance/messages/{message.pk}/edit/"


def test_message_is_changed_in_its_first_minutes_and_says_so(question: GuidanceQuestion) -> None:
    student, teacher = question.placement.student, question.teacher
    assert teacher
    message = factories.message(question, teacher, "Spreek een haf uur af")
    desk = browser_of(teacher)
    assert edit(message) in desk.get(f"/guidance/{question.pk}/").content.decode()

    desk.post(edit(message), {"text": "Spreek een half uur af"})

    text = browser_of(student).get(f"/guidance/{question.pk}/").content.decode()
    assert "Spreek een half uur af" in text
    assert "haf" not in text
    assert ", gewijzigd" in text


def test_message_stays_as_it_is_after_five_minutes(question: GuidanceQuestion) -> None:
    teacher = question.teacher
    assert teacher
    late = timezone.now() - timedelta(minutes=5, seconds=1)
    message = factories.message(question, teacher, sent_at=late)
    desk = browser_of(teacher)

    assert desk.get(edit(message)).status_code == 404
    assert edit(message) not in desk.get(f"/guidance/{question.pk}/").content.decode()


def test_form_that_was_open_too_long_says_so(question: GuidanceQuestion) -> None:
    teacher = question.teacher
    assert teacher
    message = factories.message(question, teacher, "Eerst")

    with pytest.raises(ValidationError):
        edit_message(message, "Later", by=teacher, at=timezone.now() + timedelta(minutes=6))

    message.refresh_from_db()
    assert (message.text, message.edited_at) == ("Eerst", None)


def test_nobody_changes_a_message_of_somebody_else(question: GuidanceQuestion) -> None:
    student, teacher = question.placement.student, question.teacher
    assert teacher
    message = factories.message(question, teacher)

    answer = browser_of(student).post(edit(message), {"text": "Verdraaid"})

    assert answer.status_code == 404
    message.refresh_from_db()
    assert message.text != "Verdraaid"


def test_nothing_is_changed_in_a_withdrawn_question(question: GuidanceQuestion) -> None:
    teacher = question.teacher
    assert teacher
    message = factories.message(question, teacher)
    withdraw_question(question, at=NOW)

    assert browser_of(teacher).post(edit(message), {"text": "Toch"}).status_code == 404


def test_empty_text_is_refused(question: GuidanceQuestion) -> None:
    teacher = question.teacher
    assert teacher
    message = factories.message(question, teacher)

    assert browser_of(teacher).post(edit(message), {"text": " "}).status_code == 422
