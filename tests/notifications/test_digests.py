"""News that comes together: once a day or once a week, nothing twice and nothing lost."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from stageapp.accounts.models import User
from stageapp.notifications.actions import (
    Fact,
    cancel_unsent,
    mark_seen,
    notify,
    send_due,
    set_preferences,
)
from stageapp.notifications.kinds import Frequency, Kind
from stageapp.notifications.models import Digest, Notification, Schedule
from stageapp.notifications.queries import news_about
from stageapp.programmes.models import Institution
from tests import factories
from tests.notifications.conftest import Inbox
from tests.notifications.test_outbox import words

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Europe/Amsterdam")
HERE = Institution(name="Hogeschool Demo", time_zone="Europe/Amsterdam")
#: A Thursday, eleven o'clock in Amsterdam.
NOW = datetime(2026, 3, 12, 10, tzinfo=UTC)
#: Eight o'clock on Friday and on Monday.
FRIDAY, MONDAY = datetime(2026, 3, 13, 7, tzinfo=UTC), datetime(2026, 3, 16, 7, tzinfo=UTC)


@pytest.fixture
def person() -> User:
    return factories.person("Sanne Bakker", "sanne@school.example")


def want(person: User, frequency: Frequency, **more: Any) -> None:
    set_preferences(person, dict.fromkeys(Kind, frequency), zone=ZONE, at=NOW, **more)


def tell(person: User, number: int, at: datetime = NOW, kind: Kind = Kind.MESSAGE_RECEIVED) -> None:
    notify(
        person,
        kind,
        Fact(
            actor=factories.person("Mira de Vries"),
            title=f"Vraag {number}",
            path=f"/guidance/{number}/",
            subject=f"question:{number}",
            cause=f"message:{number}",
        ),
        place=HERE,
        at=at,
    )


def send(at: datetime) -> int:
    return send_due(Notification, at=at) + send_due(Digest, at=at)


def test_news_of_a_day_comes_in_one_mail_in_the_morning(person: User, inbox: Inbox) -> None:
    want(person, Frequency.DAILY)
    tell(person, 1)
    tell(person, 2)

    sent = [send(NOW), send(FRIDAY - timedelta(seconds=1)), send(FRIDAY), send(MONDAY)]

    assert sent == [0, 0, 1, 0]
    mail = inbox.mails[0]
    assert mail["Subject"] == "2 nieuwe meldingen voor je"
    assert "Mira de Vries schreef je: Vraag 1" in words(mail, "plain")
    assert "Mira de Vries schreef je: Vraag 2" in words(mail, "plain")
    assert "je in je profiel koos voor “één keer per dag, bij elkaar”" in words(mail, "plain")


def test_news_of_a_week_comes_on_monday(person: User, inbox: Inbox) -> None:
    want(person, Frequency.WEEKLY)
    tell(person, 1)
    tell(person, 2, FRIDAY)

    assert [send(FRIDAY), send(MONDAY)] == [0, 1]
    assert inbox.mails[0]["Subject"] == "2 nieuwe meldingen voor je"


def test_hour_and_day_are_chosen(person: User, inbox: Inbox) -> None:
    want(person, Frequency.WEEKLY, schedule=Schedule(hour=17, weekday=4))
    tell(person, 1)

    # Five o'clock on Friday afternoon.
    assert [send(FRIDAY), send(datetime(2026, 3, 13, 16, tzinfo=UTC))] == [0, 1]


def test_another_choice_holds_for_what_waits_already(person: User, inbox: Inbox) -> None:
    want(person, Frequency.WEEKLY)
    tell(person, 1)

    want(person, Frequency.DAILY)

    assert [send(FRIDAY), send(MONDAY)] == [1, 0]
    assert Digest.objects.count() == 1


def test_who_wants_it_at_once_now_gets_what_waited_at_once(person: User, inbox: Inbox) -> None:
    want(person, Frequency.WEEKLY)
    tell(person, 1)

    want(person, Frequency.AT_ONCE)

    assert [send(NOW), send(MONDAY)] == [1, 0]
    assert inbox.mails[0]["Subject"] == "Mira de Vries schreef je: Vraag 1"


def test_who_wants_no_mail_any_more_gets_none(person: User, inbox: Inbox) -> None:
    want(person, Frequency.DAILY)
    tell(person, 1)

    want(person, Frequency.NEVER)

    assert send(FRIDAY) == 0
    assert not Digest.objects.exists()


def test_what_was_seen_in_the_app_does_not_come_by_mail(person: User, inbox: Inbox) -> None:
    want(person, Frequency.DAILY)
    tell(person, 1)
    tell(person, 2)
    mark_seen(news_about(person, ["question:1"]), at=NOW)

    send(FRIDAY)

    assert inbox.mails[0]["Subject"] == "1 nieuwe melding voor je"
    assert "Vraag 1" not in words(inbox.mails[0], "plain")


def test_no_mail_where_everything_was_seen(person: User, inbox: Inbox) -> None:
    want(person, Frequency.DAILY)
    tell(person, 1)
    mark_seen(news_about(person, ["question:1"]), at=NOW)

    assert [send(FRIDAY), send(FRIDAY)] == [0, 0]
    assert not inbox.mails


def test_what_was_withdrawn_is_left_out(person: User, inbox: Inbox) -> None:
    want(person, Frequency.DAILY)
    tell(person, 1)
    tell(person, 2)

    cancel_unsent("question:2", at=NOW)
    send(FRIDAY)

    assert "Vraag 2" not in words(inbox.mails[0], "plain")


def test_news_just_before_the_mail_goes_comes_with_the_next(person: User, inbox: Inbox) -> None:
    want(person, Frequency.DAILY)
    tell(person, 1, FRIDAY - timedelta(minutes=6))
    tell(person, 2, FRIDAY - timedelta(minutes=4))

    sent = [send(FRIDAY), send(FRIDAY + timedelta(days=1))]

    assert sent == [1, 1]
    assert ["Vraag 2" in words(mail, "plain") for mail in inbox.mails] == [False, True]


def test_mail_that_fails_comes_later_and_once(person: User, inbox: Inbox) -> None:
    want(person, Frequency.DAILY)
    tell(person, 1)
    inbox.refuse = {person.email}
    sent = [send(FRIDAY)]
    inbox.refuse = set()

    sent += [send(FRIDAY + timedelta(minutes=3)), send(MONDAY)]

    assert sent == [0, 1, 0]


def test_nothing_shared_waits_for_the_week_unless_chosen_otherwise(
    person: User, inbox: Inbox
) -> None:
    tell(person, 1, kind=Kind.NOTHING_SHARED)

    assert [send(FRIDAY), send(MONDAY)] == [0, 1]
