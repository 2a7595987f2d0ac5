"""Mail that is neither lost nor doubled, sent to a real server."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage as ReceivedMail
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.notifications.actions import (
    CLAIM,
    LEASE,
    Fact,
    cancel_unsent,
    notify,
    send_due,
    set_preferences,
)
from stageapp.notifications.kinds import Frequency, Kind
from stageapp.notifications.models import Notification
from stageapp.programmes.models import Institution
from tests import factories
from tests.notifications.conftest import Inbox, start_worker

pytestmark = pytest.mark.django_db
NOW = timezone.now()
ZONE = ZoneInfo("Europe/Amsterdam")
HERE = Institution(name="Hogeschool Demo", time_zone="Europe/Amsterdam")


def tell(person: User, cause: str = "message:1", at: datetime = NOW) -> None:
    notify(
        person,
        Kind.MESSAGE_RECEIVED,
        Fact(
            actor=factories.person("Mira de Vries"),
            title="Hoe pak ik dit aan?",
            path="/guidance/7/",
            subject="question:7",
            cause=cause,
        ),
        place=HERE,
        at=at,
    )


def words(mail: ReceivedMail, kind: str) -> str:
    """What a mail says, as plain text or as html."""
    part = mail.get_body((kind,))
    assert part
    return str(part.get_content())


def test_mail_says_who_and_the_title_with_a_link_and_why(inbox: Inbox) -> None:
    tell(factories.person("Sanne Bakker", "sanne@school.example"))

    assert send_due(Notification, at=NOW) == 1

    mail = inbox.mails[0]
    assert mail["To"] == "sanne@school.example"
    assert mail["Subject"] == "Mira de Vries schreef je: Hoe pak ik dit aan?"
    text, page = words(mail, "plain"), words(mail, "html")
    assert f"{settings.BASE_URL}/guidance/7/" in text
    assert "Je krijgt deze mail door wat er op" in text
    assert f"{settings.BASE_URL}/profile/" in text
    assert f'href="{settings.BASE_URL}/guidance/7/"' in page
    assert "prefers-color-scheme: dark" in page


def test_mail_is_in_the_language_of_its_reader(inbox: Inbox) -> None:
    tell(factories.person(language="en"))

    send_due(Notification, at=NOW)

    assert inbox.mails[0]["Subject"] == "Mira de Vries wrote to you: Hoe pak ik dit aan?"


def test_each_mail_goes_once(inbox: Inbox) -> None:
    person = factories.person()
    for _ in range(2):
        tell(person)

    assert [send_due(Notification, at=NOW), send_due(Notification, at=NOW + timedelta(days=1))] == [
        1,
        0,
    ]


def test_message_id_follows_from_the_row(inbox: Inbox) -> None:
    tell(factories.person())
    send_due(Notification, at=NOW)

    assert inbox.mails[0]["Message-ID"] == f"<{Notification.objects.get().pk}@localhost>"


def test_who_wants_no_mail_still_gets_the_news(inbox: Inbox) -> None:
    person = factories.person()
    set_preferences(person, {Kind.MESSAGE_RECEIVED: Frequency.NEVER}, zone=ZONE, at=NOW)

    tell(person)

    assert send_due(Notification, at=NOW) == 0
    assert Notification.objects.filter(person=person).count() == 1


def test_what_was_withdrawn_is_not_mailed_any_more(inbox: Inbox) -> None:
    tell(factories.person())
    cancel_unsent("question:7", at=NOW)

    assert send_due(Notification, at=NOW) == 0


def test_nothing_goes_to_a_closed_account(inbox: Inbox) -> None:
    tell(factories.person(is_active=False))

    assert send_due(Notification, at=NOW) == 0


def test_fact_that_is_rolled_back_leaves_no_mail(inbox: Inbox) -> None:
    person = factories.person()
    with pytest.raises(RuntimeError), transaction.atomic():
        tell(person)
        raise RuntimeError

    assert send_due(Notification, at=NOW) == 0


def test_mail_that_fails_does_not_stop_the_others_and_is_tried_again(inbox: Inbox) -> None:
    refused, fine = factories.person(email="weg@school.example"), factories.person()
    inbox.refuse = {refused.email}
    tell(refused, "message:1", NOW - timedelta(minutes=1))
    tell(fine, "message:2")

    sent = [send_due(Notification, at=NOW)]
    inbox.refuse = set()
    sent += [
        send_due(Notification, at=NOW + timedelta(minutes=1)),
        send_due(Notification, at=NOW + timedelta(minutes=3)),
    ]

    assert sent == [1, 0, 1]
    assert [mail["To"] for mail in inbox.mails] == [fine.email, refused.email]


def test_mail_is_given_up_after_eight_attempts(inbox: Inbox) -> None:
    refused = factories.person(email="weg@school.example")
    inbox.refuse = {refused.email}
    tell(refused)

    for day in range(12):
        send_due(Notification, at=NOW + timedelta(days=day))

    row = Notification.objects.get()
    assert row.attempts == 8
    assert "no such mailbox" in row.mail_error


class WithdrawnMeanwhile(BaseEmailBackend):
    """A mail server that fails just after what the mail is about was withdrawn."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        cancel_unsent("question:7", at=NOW)
        raise OSError("connection lost")


def test_mail_cancelled_while_in_hand_is_not_tried_again(settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.{WithdrawnMeanwhile.__name__}"
    tell(factories.person())
    sent = [send_due(Notification, at=NOW)]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    sent += [send_due(Notification, at=NOW + timedelta(days=1))]

    assert sent == [0, 0]


def test_claim_lasts_longer_than_all_its_mails_can_take() -> None:
    assert CLAIM * timedelta(seconds=settings.EMAIL_TIMEOUT) < LEASE


def test_mails_are_claimed_a_few_at_a_time_each_with_its_own_time(inbox: Inbox) -> None:
    inbox.pause = 0.02
    for number in range(CLAIM + 1):
        tell(factories.person(), f"message:{number}")

    send_due(Notification, at=NOW)

    claims = sorted(row.claimed_at for row in Notification.objects.all() if row.claimed_at)
    assert len(claims) == CLAIM + 1
    assert claims[-1] - claims[0] >= CLAIM * timedelta(seconds=0.02)


def test_all_mails_of_a_round_go_over_one_connection(inbox: Inbox) -> None:
    for number in range(3):
        tell(factories.person(), f"message:{number}")

    send_due(Notification, at=NOW)

    assert len(inbox.peers) == 1


def test_worker_that_is_told_to_stop_finishes_only_the_mail_in_hand(inbox: Inbox) -> None:
    for number in range(3):
        tell(factories.person(), f"message:{number}")

    sent = send_due(Notification, at=NOW, is_stopping=lambda: bool(inbox.mails))

    assert sent == 1
    assert Notification.objects.filter(claimed_at=None).count() == 2


@pytest.mark.django_db(transaction=True)
def test_worker_sends_and_stops_when_told(inbox: Inbox) -> None:
    tell(factories.person())
    worker = start_worker(inbox.port)
    for _ in range(300):
        if inbox.mails:
            break
        time.sleep(0.1)

    worker.terminate()

    assert worker.wait(timeout=20) == 0
    assert len(inbox.mails) == 1
    assert Notification.objects.get().mailed_at is not None


def test_worker_can_do_what_is_due_and_stop(
    inbox: Inbox, capsys: pytest.CaptureFixture[str]
) -> None:
    tell(factories.person())

    call_command("worker", "--once")

    assert capsys.readouterr().out == "1 mails sent, 0 documents made\n"
