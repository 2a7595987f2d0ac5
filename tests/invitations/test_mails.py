"""What a guest gets by mail, from a real mail server: who and the title, never more."""

import uuid
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from stageapp.guidance.actions import send_message, share_question, withdraw_question
from stageapp.home.management.commands.worker import work
from stageapp.invitations import actions
from stageapp.invitations.models import GuestMail, Invitation
from stageapp.invitations.queries import SentMail, mails_of
from stageapp.notifications.actions import send_due
from tests import factories
from tests.invitations.guest import code_in, come_in, link_in, share, words
from tests.notifications.conftest import Inbox

pytestmark = pytest.mark.django_db
SECRET = "Dit staat in de vraag en in geen mail"


def deliver(after: timedelta = timedelta()) -> int:
    return send_due(GuestMail, at=timezone.now() + after)


def test_mail_has_the_link_and_the_title_and_nothing_of_the_question(inbox: Inbox) -> None:
    placement = factories.placement(factories.person("Youssef Amrani"))
    invitation = share(factories.guest_question(placement, "Hoe doen jullie dit?", core=SECRET))

    assert work(lambda: False)[0] == 1

    (mail,) = inbox.mails
    assert mail["To"] == "peter@werkplek.example"
    assert mail["Subject"] == "Youssef Amrani vraagt je om begeleiding: Hoe doen jullie dit?"
    assert mail["Message-ID"] == f"<{invitation.mails.get().pk}@localhost>"
    said = words(mail)
    assert f"{settings.BASE_URL}/g/{invitation.token}/" in said
    assert "student aan Hogeschool Voorbeeld" in said
    assert SECRET not in said
    assert "profile" not in said


def test_mail_is_in_the_language_that_the_student_chose(inbox: Inbox) -> None:
    share(factories.guest_question(factories.placement(), guest_language="en"))

    deliver()

    assert "asks for your guidance" in inbox.mails[0]["Subject"]


def test_code_comes_by_mail_and_only_the_last_one(inbox: Inbox, invitation: Invitation) -> None:
    deliver()
    for _ in range(2):
        actions.ask_code(invitation, at=timezone.now())

    assert deliver() == 1

    code = code_in(inbox.mails[1])
    assert inbox.mails[1]["To"] == "peter@werkplek.example"
    assert "Hoe doen jullie dit?" not in words(inbox.mails[1])
    assert actions.enter_code(invitation, code, at=timezone.now()) == "open"


def test_mail_that_goes_again_has_the_same_link(inbox: Inbox, invitation: Invitation) -> None:
    deliver()
    actions.send_again(invitation, at=timezone.now())
    deliver()

    first, second = (link_in(mail) for mail in inbox.mails)
    assert first == second == f"/g/{invitation.token}/"


def test_guest_hears_that_the_student_wrote_once_for_what_waits(
    inbox: Inbox, invitation: Invitation
) -> None:
    deliver()
    question = invitation.question
    for text in (SECRET, "En nog iets"):
        send_message(
            question,
            text,
            by=invitation.invited_by,
            at=timezone.now(),
            client_id=uuid.uuid4(),
        )

    assert deliver() == 1

    assert inbox.mails[1]["Subject"] == "Youssef Amrani schreef je: Hoe doen jullie dit?"
    assert SECRET not in words(inbox.mails[1])


def test_withdrawing_keeps_back_every_mail_that_waits(inbox: Inbox, invitation: Invitation) -> None:
    actions.ask_code(invitation, at=timezone.now())
    withdraw_question(invitation.question, at=timezone.now())

    assert deliver() == 0
    assert [mail.was_cancelled for mail in mails_of(invitation)] == [True, True]


def test_sharing_again_mails_a_new_link(inbox: Inbox, invitation: Invitation) -> None:
    deliver()
    withdraw_question(invitation.question, at=timezone.now())
    share_question(invitation.question, at=timezone.now())
    deliver()

    first, second = (link_in(mail) for mail in inbox.mails)
    assert first != second


def test_nothing_goes_for_a_student_who_is_switched_off(
    inbox: Inbox, invitation: Invitation
) -> None:
    student = invitation.invited_by
    student.is_active = False
    student.save()

    assert deliver() == 0


def test_code_that_came_too_late_is_not_mailed(inbox: Inbox, invitation: Invitation) -> None:
    deliver()
    actions.ask_code(invitation, at=timezone.now() - timedelta(minutes=11))

    assert deliver() == 0


def test_student_sees_each_mail_with_its_day(inbox: Inbox, invitation: Invitation) -> None:
    deliver()
    come_in(invitation)

    today = timezone.localdate()
    assert mails_of(invitation) == [
        SentMail("link", today, has_gone=True, has_failed=False, was_cancelled=False),
        SentMail("code", today, has_gone=False, has_failed=False, was_cancelled=False),
    ]


def test_student_who_writes_all_the_time_fills_no_mailbox(
    inbox: Inbox, invitation: Invitation
) -> None:
    begin = timezone.now()
    for minute in range(20):
        at = begin + timedelta(minutes=minute)
        send_message(
            invitation.question, "Hoi", by=invitation.invited_by, at=at, client_id=uuid.uuid4()
        )
        send_due(GuestMail, at=at)
    of_messages = invitation.mails.filter(kind=GuestMail.Kind.MESSAGE)
    assert of_messages.filter(mailed_at__isnull=False).count() == 6

    send_due(GuestMail, at=begin + timedelta(hours=1, minutes=1))

    assert of_messages.filter(mailed_at__isnull=False).count() == 7
    assert not of_messages.filter(mailed_at=None).exists()


def test_name_writes_no_lines_of_its_own(inbox: Inbox, invitation: Invitation) -> None:
    Invitation.objects.filter(pk=invitation.pk).update(name="Piet\n\nJe wachtwoord verloopt")

    deliver()

    assert "Piet Je wachtwoord verloopt" in words(inbox.mails[0])
