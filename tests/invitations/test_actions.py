"""Inviting, codes and their limits, ending: what holds in the database, also at the same time."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from stageapp.guidance.actions import share_question
from stageapp.invitations import access, actions, tokens
from stageapp.invitations.actions import Entry
from stageapp.invitations.models import GuestMail, Invitation
from stageapp.invitations.rules import MOST_GUESSES
from stageapp.placements.models import Placement
from tests import factories
from tests.guidance.test_actions import at_once
from tests.invitations.guest import code_for, share

pytestmark = pytest.mark.django_db


def lives(invitation: Invitation, days: float = 0) -> bool:
    at = timezone.now() + timedelta(days=days)
    return access.invitation_at(invitation.token, at) is not None


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_link_works_for_thirty_days(invitation: Invitation) -> None:
    assert [lives(invitation, days) for days in (0, 29.9, 30.1)] == [True, True, False]


def test_ended_link_is_worth_nothing_at_once_and_its_mails_never_go(invitation: Invitation) -> None:
    actions.end(invitation, at=timezone.now())

    assert not lives(invitation)
    (mail,) = invitation.mails.all()
    assert (mail.mail_due_at, mail.cancelled_at is not None) == (None, True)


def test_renewing_gives_a_new_link_and_kills_the_old(invitation: Invitation) -> None:
    new = actions.renew(invitation, at=timezone.now() + timedelta(days=40))

    assert new.pk == invitation.pk
    assert new.token != invitation.token
    assert not lives(invitation)
    assert lives(new, days=69)


def test_link_of_a_student_who_is_switched_off_does_not_work(invitation: Invitation) -> None:
    student = invitation.invited_by
    student.is_active = False
    student.save()

    assert not lives(invitation)


def test_code_lets_in_once(invitation: Invitation) -> None:
    code, now = code_for(invitation), timezone.now()

    entries = [actions.enter_code(invitation, code, at=now) for _ in range(2)]

    assert entries == [Entry.OPEN, Entry.NO_CODE]


@pytest.mark.django_db(transaction=True)
def test_one_code_entered_twice_at_once_lets_in_once(invitation: Invitation) -> None:
    code, now = code_for(invitation), timezone.now()
    entries: list[Entry] = []

    def enter(_number: int) -> None:
        entries.append(actions.enter_code(invitation, code, at=now))

    at_once(enter)

    assert sorted(entries) == [Entry.NO_CODE, Entry.OPEN]


def test_code_with_spaces_is_the_code(invitation: Invitation) -> None:
    code = code_for(invitation)

    assert actions.enter_code(invitation, f" {code[:3]} {code[3:]} ", at=timezone.now()) == "open"


def test_code_is_dead_after_five_wrong_ones(invitation: Invitation) -> None:
    code, now = code_for(invitation), timezone.now()

    entries = [actions.enter_code(invitation, wrong(code), at=now) for _ in range(MOST_GUESSES)]
    entries.append(actions.enter_code(invitation, code, at=now))

    assert entries == [*[Entry.WRONG] * 4, Entry.NO_CODE, Entry.NO_CODE]


@pytest.mark.django_db(transaction=True)
def test_guesses_at_the_same_time_all_count(invitation: Invitation) -> None:
    code, now = code_for(invitation), timezone.now()

    at_once(lambda _number: actions.enter_code(invitation, wrong(code), at=now))

    invitation.refresh_from_db()
    assert invitation.code_guesses == 2


def test_code_expires_after_ten_minutes(invitation: Invitation) -> None:
    code = code_for(invitation)

    late = timezone.now() + timedelta(minutes=10, seconds=1)
    assert actions.enter_code(invitation, code, at=late) == Entry.NO_CODE


def test_new_code_makes_the_one_before_worth_nothing(invitation: Invitation) -> None:
    first, second = code_for(invitation), code_for(invitation)

    assert actions.enter_code(invitation, first, at=timezone.now()) == Entry.WRONG
    assert actions.enter_code(invitation, second, at=timezone.now()) == Entry.OPEN


def test_database_keeps_the_number_of_guesses(invitation: Invitation) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.update(code_guesses=MOST_GUESSES + 1)


def test_five_codes_an_hour_for_one_link(invitation: Invitation) -> None:
    now = timezone.now()
    for _ in range(5):
        actions.ask_code(invitation, at=now)

    with pytest.raises(ValidationError, match="veel codes"):
        actions.ask_code(invitation, at=now + timedelta(minutes=59))
    actions.ask_code(invitation, at=now + timedelta(minutes=61))


def test_fifteen_codes_a_day_for_one_link(invitation: Invitation) -> None:
    now = timezone.now()
    for number in range(15):
        actions.ask_code(invitation, at=now + timedelta(minutes=20 * number))

    with pytest.raises(ValidationError):
        actions.ask_code(invitation, at=now + timedelta(hours=20))
    actions.ask_code(invitation, at=now + timedelta(hours=25))


def test_ten_codes_an_hour_to_one_address_whoever_invited_it(invitation: Invitation) -> None:
    others = [
        share(factories.guest_question(factories.placement(), email="Peter@werkplek.example"))
        for _ in range(2)
    ]
    now = timezone.now()
    for one in (invitation, others[0]):
        for _ in range(5):
            actions.ask_code(one, at=now)

    with pytest.raises(ValidationError):
        actions.ask_code(others[1], at=now)


@pytest.mark.django_db(transaction=True)
def test_last_code_that_fits_is_given_once(invitation: Invitation) -> None:
    now = timezone.now()
    for _ in range(4):
        actions.ask_code(invitation, at=now)

    ended = at_once(lambda _number: actions.ask_code(invitation, at=now))

    assert sorted(ended) == ["done", "refused"]


def ten_links(placement: Placement) -> None:
    for number in range(10):
        share(factories.guest_question(placement, email=f"gast{number}@werkplek.example"))


def test_ten_links_a_day_of_one_student() -> None:
    placement = factories.placement()
    with time_machine.travel("2026-11-02 10:00+01:00", tick=False):
        ten_links(placement)
        one_more = factories.guest_question(placement)
        with pytest.raises(ValidationError, match="veel uitnodigingen"):
            share_question(one_more, at=timezone.now())
    one_more.refresh_from_db()
    assert one_more.shared_at is None

    with time_machine.travel("2026-11-03 10:01+01:00", tick=False):
        share(one_more)
    one_more.refresh_from_db()
    assert one_more.shared_at


@pytest.mark.django_db(transaction=True)
def test_last_link_of_the_day_is_given_once() -> None:
    placement = factories.placement()
    ten_links(placement)
    GuestMail.objects.filter(pk=GuestMail.objects.all()[0].pk).delete()
    two = [factories.guest_question(placement, email=f"{n}@x.example") for n in "ab"]

    ended = at_once(lambda number: share_question(two[number], at=timezone.now()))

    assert sorted(ended) == ["done", "refused"]


def test_mail_with_the_link_goes_again_but_not_while_it_waits(invitation: Invitation) -> None:
    actions.send_again(invitation, at=timezone.now())
    assert invitation.mails.count() == 1

    invitation.mails.update(mailed_at=timezone.now())
    actions.send_again(invitation, at=timezone.now())
    assert invitation.mails.count() == 2


def test_who_refuses_is_invited_by_this_student_no_more(invitation: Invitation) -> None:
    actions.end(invitation, at=timezone.now(), by_guest=True, refuses=True)
    placement = invitation.question.placement

    with pytest.raises(ValidationError, match="wil geen mail"):
        share_question(
            factories.guest_question(placement, email="PETER@werkplek.example"), at=timezone.now()
        )
    with pytest.raises(ValidationError, match="wil geen mail"):
        actions.renew(invitation, at=timezone.now())
    share(factories.guest_question(placement, email="ander@werkplek.example"))
    share(factories.guest_question(factories.placement()))


def test_leaving_closes_every_device_and_a_new_code_opens(invitation: Invitation) -> None:
    actions.enter_code(invitation, code_for(invitation), at=timezone.now())
    before = invitation.session_key
    actions.leave(invitation)

    actions.enter_code(invitation, code_for(invitation), at=timezone.now())

    assert before
    assert invitation.session_key not in ("", before)


def test_code_follows_from_its_mail(invitation: Invitation) -> None:
    code = code_for(invitation)
    (mail,) = invitation.mails.filter(kind=GuestMail.Kind.CODE)

    assert tokens.code_of(mail.pk) == code
