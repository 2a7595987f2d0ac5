"""What a student withdrew is gone everywhere for whom it was shared with, mails aside."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stageapp.guidance.actions import share_question, withdraw_question
from stageapp.guidance.actions_reports import share_report
from stageapp.guidance.actions_talks import pick_moment, propose_talk
from stageapp.guidance.models import AppointmentMail, GuidanceQuestion, TalkProposal
from stageapp.notifications.actions import send_due, set_preferences
from stageapp.notifications.kinds import Frequency, Kind
from stageapp.notifications.models import Digest, Notification
from stageapp.planning.actions import make_feed
from tests import factories

pytestmark = pytest.mark.django_db

MARK = "Geheimzinnig onderwerp"


@pytest.fixture
def question() -> GuidanceQuestion:
    """Return a question with all that can come of it, each with the mark in it."""
    teacher = factories.person("Mira de Vries")
    placement = factories.placement(factories.person("Sanne Bakker"), teacher=teacher)
    made = factories.question(placement, MARK, teacher=teacher, core=MARK)
    made.items.create(position=1, kind="activity", activity=factories.activity(placement, MARK))
    now = timezone.now()
    share_question(made, at=now)
    factories.message(made, placement.student, MARK)
    proposal = propose_talk(
        TalkProposal(question=made, note=MARK), [now + timedelta(days=2)], by=teacher, at=now
    )
    pick_moment(proposal.moments.get(), by=placement.student, at=now)
    share_report(factories.report(made, MARK), at=now)
    factories.point(placement, MARK, question=made, owner=teacher)
    return made


@pytest.fixture
def teacher(question: GuidanceQuestion) -> Client:
    assert question.teacher
    client = Client()
    client.force_login(question.teacher)
    return client


def pages(question: GuidanceQuestion) -> list[str]:
    """Return every page of a teacher where a question leaves a trace."""
    assert question.teacher
    feed = make_feed(question.teacher, with_activities=False, at=timezone.now())
    day = timezone.localdate() + timedelta(days=2)
    return [
        reverse("home"),
        reverse("students:list"),
        reverse("students:student", args=[question.placement_id]),
        reverse("students:week"),
        reverse("planning:talks"),
        f"{reverse('planning:calendar')}?day={day.isoformat()}",
        reverse("planning:feed", args=[feed]),
        reverse("notifications:list"),
    ]


def told_on(client: Client, addresses: list[str]) -> list[str]:
    return [one for one in addresses if MARK in client.get(one).content.decode()]


def test_it_stood_on_many_pages_and_stands_on_none(
    question: GuidanceQuestion, teacher: Client
) -> None:
    addresses = pages(question)
    assert len(told_on(teacher, addresses)) >= 5

    withdraw_question(question, at=timezone.now())

    assert told_on(teacher, addresses) == []
    page = teacher.get(reverse("guidance:question", args=[question.pk]))
    assert page.status_code == 404


def test_news_does_not_say_its_title_any_more(question: GuidanceQuestion) -> None:
    assert question.teacher
    assert Notification.objects.filter(person=question.teacher, title=MARK).exists()

    withdraw_question(question, at=timezone.now())

    assert not Notification.objects.filter(person=question.teacher, title=MARK).exists()


def test_the_students_own_news_keeps_it(question: GuidanceQuestion) -> None:
    own = Notification.objects.filter(person=question.placement.student, title=MARK)
    before = own.count()
    assert before

    withdraw_question(question, at=timezone.now())

    assert own.count() == before


def test_mail_that_has_not_gone_says_nothing_of_it(question: GuidanceQuestion) -> None:
    withdraw_question(question, at=timezone.now())

    for model in (Notification, Digest, AppointmentMail):
        send_due(model, at=timezone.now() + timedelta(days=8))

    assert question.teacher
    to_teacher = [one for one in mail.outbox if question.teacher.email in one.to]
    assert not any(MARK in f"{one.subject} {one.message().as_string()}" for one in to_teacher)


def test_nor_does_mail_that_waits_to_come_together(question: GuidanceQuestion) -> None:
    assert question.teacher
    set_preferences(
        question.teacher,
        dict.fromkeys(Kind, Frequency.DAILY),
        zone=timezone.get_current_timezone(),
        at=timezone.now(),
    )
    factories.message(question, question.placement.student, MARK)

    withdraw_question(question, at=timezone.now())
    send_due(Digest, at=timezone.now() + timedelta(days=2))

    assert not any(MARK in str(one.message()) for one in mail.outbox)
