"""News in the app, and stopping mails from a mail."""

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.guidance.actions import share_question
from stageapp.notifications.actions import send_due, set_preferences
from stageapp.notifications.kinds import Frequency, Kind
from stageapp.notifications.models import Digest, Notification
from stageapp.notifications.queries import preferences_of
from tests import factories
from tests.notifications.conftest import Inbox
from tests.notifications.test_digests import ZONE, tell

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def person() -> User:
    return factories.person("Sanne Bakker", "sanne@school.example")


@pytest.fixture
def browser(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page(browser: Client) -> str:
    return browser.get("/news/").content.decode()


def test_news_stands_in_the_app_whatever_comes_by_mail(browser: Client, person: User) -> None:
    set_preferences(person, {Kind.MESSAGE_RECEIVED: Frequency.NEVER}, zone=ZONE, at=NOW)
    tell(person, 1, NOW)

    text = page(browser)

    assert "Mira de Vries schreef je: Vraag 1" in text
    assert "Niet gemaild: in je profiel staat “nooit”." in text
    assert "1 nieuwe melding<" in text


def test_opening_news_leads_to_what_it_is_about_and_is_remembered(
    browser: Client, person: User
) -> None:
    tell(person, 7, NOW)
    news = Notification.objects.get()

    answer = browser.post(f"/news/{news.pk}/")

    assert answer.headers["Location"] == "/guidance/7/"
    assert "1 nieuwe melding<" not in page(browser)


def test_all_news_is_taken_as_seen_at_once(browser: Client, person: User) -> None:
    tell(person, 1, NOW)
    tell(person, 2, NOW)

    browser.post("/news/seen/")

    assert not Notification.objects.filter(seen_at=None).exists()


def test_news_of_somebody_else_is_not_there(browser: Client) -> None:
    other = factories.person()
    tell(other, 1, NOW)

    assert "Vraag 1" not in page(browser)
    assert browser.post(f"/news/{Notification.objects.get().pk}/").status_code == 404


def test_reading_a_conversation_is_seeing_its_news() -> None:
    teacher = factories.person("Mira de Vries")
    question = factories.question(factories.placement(teacher=teacher), teacher=teacher)
    share_question(question, at=NOW)
    browser = Client()
    browser.force_login(teacher)

    browser.get(reverse("guidance:question", args=[question.pk]))

    assert Notification.objects.get(person=teacher).seen_at is not None


@pytest.mark.parametrize("number", [1, 8])
def test_page_takes_the_same_queries_for_any_amount(
    browser: Client, person: User, number: int, django_assert_num_queries: Any
) -> None:
    for index in range(number):
        tell(person, index, NOW)
    page(browser)

    with django_assert_num_queries(8):
        page(browser)


def test_mail_that_went_says_when_and_why(browser: Client, person: User, inbox: Inbox) -> None:
    tell(person, 1, NOW)
    send_due(Notification, at=NOW)

    assert "omdat in je profiel “meteen” staat." in page(browser)


# Stopping from a mail ----------------------------------------------------------------------------


def path_to_stop(mail: EmailMessage) -> str:
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    return str(mail["List-Unsubscribe"]).strip(" <>").removeprefix(settings.BASE_URL)


def test_one_click_in_the_mail_program_stops_this_kind_of_mail(person: User, inbox: Inbox) -> None:
    tell(person, 1, NOW)
    send_due(Notification, at=NOW)
    strict = Client(enforce_csrf_checks=True)

    # As a mail program sends it: no session, no token of ours.
    answer = strict.post(path_to_stop(inbox.mails[0]), {"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    wanted = preferences_of(person)
    assert wanted[Kind.MESSAGE_RECEIVED] == Frequency.NEVER
    assert wanted[Kind.QUESTION_SHARED] == Frequency.AT_ONCE


def test_opening_the_link_only_asks(person: User, inbox: Inbox) -> None:
    tell(person, 1, NOW)
    send_due(Notification, at=NOW)

    text = Client().get(path_to_stop(inbox.mails[0])).content.decode()

    assert "Iemand schrijft in een gesprek van mij" in text
    assert preferences_of(person)[Kind.MESSAGE_RECEIVED] == Frequency.AT_ONCE


def test_click_in_a_mail_of_a_day_stops_all_that_comes_so(person: User, inbox: Inbox) -> None:
    set_preferences(person, {Kind.MESSAGE_RECEIVED: Frequency.DAILY}, zone=ZONE, at=NOW)
    tell(person, 1, NOW)
    send_due(Digest, at=NOW + timedelta(days=2))

    Client().post(path_to_stop(inbox.mails[0]))

    wanted = preferences_of(person)
    assert wanted[Kind.MESSAGE_RECEIVED] == Frequency.NEVER
    assert wanted[Kind.NOTHING_SHARED] == Frequency.WEEKLY


@pytest.mark.parametrize("token", ["x", "WzEsIiIsIiJd:1abc:xyz"])
def test_link_that_was_not_made_here_does_not_exist(token: str) -> None:
    assert Client().post(f"/news/unsubscribe/{token}/").status_code == 404


def test_hour_and_day_are_chosen_in_the_profile(browser: Client, person: User) -> None:
    fields = browser.get("/profile/").content.decode()
    assert 'name="hour"' in fields

    browser.post(
        "/profile/",
        {
            "name": "Sanne Bakker",
            "language": "nl",
            "message_received": "weekly",
            "hour": "17",
            "weekday": "4",
        },
    )

    person.refresh_from_db()
    assert (person.mail_schedule.hour, person.mail_schedule.weekday) == (17, 4)
    assert preferences_of(person)[Kind.MESSAGE_RECEIVED] == Frequency.WEEKLY
