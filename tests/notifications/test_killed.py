"""A worker that is killed, at any moment, loses no mail and sends none twice."""

import os
import signal
import socket
from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.notifications.actions import Fact, notify, send_due, set_preferences
from stageapp.notifications.kinds import Frequency, Kind
from stageapp.notifications.models import Digest, Notification
from stageapp.programmes.models import Institution
from tests import factories
from tests.notifications.conftest import Inbox, start_worker

pytestmark = pytest.mark.django_db(transaction=True)
ZONE = ZoneInfo("Europe/Amsterdam")
HERE = Institution(name="Hogeschool Demo", time_zone="Europe/Amsterdam")
#: People who get their news at once, and people who get that of a day together.
EACH = 3


def tell(person: User, number: int, at: datetime) -> None:
    notify(
        person,
        Kind.MESSAGE_RECEIVED,
        Fact(
            actor=factories.person("Mira de Vries"),
            title="Hoe pak ik dit aan?",
            path="/guidance/7/",
            subject="question:7",
            cause=f"message:{number}",
        ),
        place=HERE,
        at=at,
    )


def mails_that_wait() -> set[str]:
    """Make single mails and digests that are due; return to whom."""
    yesterday = timezone.now() - timedelta(days=2)
    people = [factories.person(f"Reader {number}") for number in range(2 * EACH)]
    for person in people[EACH:]:
        daily = dict.fromkeys(Kind, Frequency.DAILY)
        set_preferences(person, daily, zone=ZONE, at=yesterday)
    for number, person in enumerate(people):
        tell(person, number, yesterday)
    return {person.email for person in people}


def send(at: datetime) -> int:
    return send_due(Notification, at=at) + send_due(Digest, at=at)


class Killing:
    """Kills a worker at the n-th time that something happens; what comes later lives."""

    def __init__(self, number: int) -> None:
        self.left = number
        self.pid = 0

    def __call__(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(self.pid, signal.SIGKILL)


def let_it_die(inbox: Inbox, killing: Killing) -> None:
    with start_worker(inbox.port) as worker:
        killing.pid = worker.pid
        assert worker.wait(timeout=60) == -signal.SIGKILL


@pytest.mark.parametrize("number", [1, EACH + 2])
def test_mail_that_the_server_did_not_take_goes_once(inbox: Inbox, number: int) -> None:
    expected = mails_that_wait()
    inbox.on_announced = killing = Killing(number)
    let_it_die(inbox, killing)

    at_once, later, again = (
        send(timezone.now() + timedelta(minutes=minutes)) for minutes in (0, 11, 22)
    )

    assert at_once + later == 2 * EACH - (number - 1)
    assert later > 0
    assert again == 0
    assert Counter(mail["To"] for mail in inbox.mails) == dict.fromkeys(expected, 1)


@pytest.mark.parametrize("number", [2, EACH + 1])
def test_mail_that_the_server_took_is_known_as_the_same_one(inbox: Inbox, number: int) -> None:
    """Nobody can know whether a server took the mail in hand: it goes again, as the same mail."""
    expected = mails_that_wait()
    inbox.on_taken = killing = Killing(number)
    let_it_die(inbox, killing)

    for minutes in (0, 11, 22):
        send(timezone.now() + timedelta(minutes=minutes))

    in_hand = inbox.mails[number - 1]
    once = Counter(mail["Message-ID"] for mail in inbox.mails)
    assert {mail["To"] for mail in inbox.mails} == expected
    assert once.pop(in_hand["Message-ID"]) == 2
    assert set(once.values()) == {1}
    assert len(once) == 2 * EACH - 1


def test_worker_that_is_killed_while_a_server_is_silent_keeps_its_claim(inbox: Inbox) -> None:
    expected = mails_that_wait()
    silent = socket.create_server(("127.0.0.1", 0))  # accepts, and never says a word
    worker = start_worker(silent.getsockname()[1])
    silent.settimeout(60)
    with silent, silent.accept()[0]:
        worker.kill()
        worker.wait()
    claimed = Notification.objects.filter(claimed_at__isnull=False, mailed_at=None).count()

    sent = [send(timezone.now() + timedelta(minutes=minutes)) for minutes in (0, 11, 22)]

    assert claimed == EACH
    assert sent == [EACH, EACH, 0]
    assert Counter(mail["To"] for mail in inbox.mails) == dict.fromkeys(expected, 1)
