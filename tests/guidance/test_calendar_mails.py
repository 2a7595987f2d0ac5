"""A talk as a mail for the calendar: what a mail server receives and another program reads."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
import vobject
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stageapp.accounts.models import User
from stageapp.guidance import actions, actions_talks
from stageapp.guidance.actions_along import end_guiding
from stageapp.guidance.calendar_mails import calendar_file
from stageapp.guidance.models import AppointmentMail, GuidanceQuestion, TalkProposal
from stageapp.home.management.commands.worker import work
from stageapp.notifications.actions import send_due, set_preferences
from stageapp.notifications.kinds import Frequency, Kind
from stageapp.notifications.mails import sentence
from stageapp.notifications.models import Notification
from stageapp.planning.models import Appointment
from tests import factories
from tests.examples import examples
from tests.notifications.conftest import Inbox, inbox

__all__ = ["inbox"]

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
THURSDAY = datetime(2026, 11, 26, 13, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _wednesday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def teacher() -> User:
    return factories.person("Mira de Vries", "mira@school.example", language="en")


@pytest.fixture
def student() -> User:
    return factories.person("Sanne Bakker", "sanne@school.example")


@pytest.fixture
def question(student: User, teacher: User) -> GuidanceQuestion:
    placement = factories.placement(student, teacher=teacher)
    return factories.question(
        placement, "Hoe vraag ik hulp?", teacher=teacher, shared_at=NOW - timedelta(days=1)
    )


@pytest.fixture
def talk(question: GuidanceQuestion, student: User, teacher: User) -> Appointment:
    proposal = TalkProposal(question=question, place="https://video.example/kamer-1", note="Geheim")
    actions_talks.propose_talk(proposal, [THURSDAY], by=teacher, at=NOW)
    moment = proposal.moments.get()
    return actions_talks.pick_moment(moment, by=student, at=NOW)


def send() -> int:
    return send_due(AppointmentMail, at=NOW + timedelta(minutes=1))


def mail_to(inbox: Inbox, person: User) -> EmailMessage:
    """Return the last mail that somebody received."""
    return [mail for mail in inbox.mails if mail["To"] == person.email][-1]


def parts(mail: EmailMessage) -> dict[str, EmailMessage]:
    return {part.get_content_type(): part for part in mail.walk() if not part.is_multipart()}


def event_in(mail: EmailMessage) -> Any:
    """Return the event of a mail, as another program reads it."""
    return vobject.readOne(parts(mail)["text/calendar"].get_content()).vevent


def test_both_get_an_invitation_that_another_program_reads(
    inbox: Inbox, talk: Appointment, student: User, teacher: User
) -> None:
    assert send() == 2

    mail = mail_to(inbox, student)
    assert mail["Subject"] == "Je gesprek met Mira de Vries: Hoe vraag ik hulp?"
    assert mail_to(inbox, teacher)["Subject"] == "Your talk with Sanne Bakker: Hoe vraag ik hulp?"
    found = parts(mail)
    assert list(found) == ["text/plain", "text/html", "text/calendar", "application/ics"]
    invitation = found["text/calendar"]
    assert invitation.get_param("method") == "REQUEST"
    assert invitation.get_content_charset() == "utf-8"
    assert found["application/ics"].get_filename() == "invite.ics"
    file = found["application/ics"].get_content()
    assert file.decode().split() == invitation.get_content().split()
    read = vobject.readOne(file.decode())
    assert (read.method.value, read.version.value) == ("REQUEST", "2.0")
    event = read.vevent
    assert (event.dtstart.value, event.dtend.value) == (THURSDAY, THURSDAY + timedelta(minutes=30))
    assert event.summary.value == "Sanne Bakker en Mira de Vries: Hoe vraag ik hulp?"
    assert event.location.value == "https://video.example/kamer-1"
    assert event.description.value.endswith(f"/guidance/talks/{talk.pk}/")
    assert (event.sequence.value, event.status.value) == ("0", "CONFIRMED")
    assert event.organizer.value == "mailto:stage-app@localhost"
    people = {one.value: one.params for one in event.contents["attendee"]}
    assert set(people) == {"mailto:sanne@school.example", "mailto:mira@school.example"}
    assert people["mailto:mira@school.example"]["CN"] == ["Mira de Vries"]
    assert people["mailto:mira@school.example"]["PARTSTAT"] == ["ACCEPTED"]


def test_mail_says_when_and_where_and_nothing_of_the_content(
    inbox: Inbox, talk: Appointment, question: GuidanceQuestion, student: User
) -> None:
    send()

    mail = mail_to(inbox, student)
    for kind in ("text/plain", "text/html"):
        text = parts(mail)[kind].get_content()
        assert "donderdag 26 november 2026, 14:30 – 15:00" in text
        assert "Waar: https://video.example/kamer-1" in text
    assert "Geheim" not in mail.as_string()
    assert question.core not in mail.as_string()
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_update_and_cancellation_are_about_the_same_event(
    inbox: Inbox, talk: Appointment, student: User, teacher: User
) -> None:
    send()
    actions_talks.move_talk(
        talk,
        starts_at=THURSDAY + timedelta(days=1),
        minutes=45,
        place="Lokaal 2",
        read_sequence=0,
        by=teacher,
        at=NOW,
    )
    send()
    talk.refresh_from_db()
    actions_talks.cancel_talk(talk, by=student, at=NOW)
    send()

    mails = [mail for mail in inbox.mails if mail["To"] == teacher.email]
    assert [mail["Subject"].partition(":")[0] for mail in mails] == [
        "Your talk with Sanne Bakker",
        "Changed",
        "Cancelled",
    ]
    methods = [parts(mail)["text/calendar"].get_param("method") for mail in mails]
    assert methods == ["REQUEST", "REQUEST", "CANCEL"]
    events = [event_in(mail) for mail in mails]
    assert len({event.uid.value for event in events}) == 1
    assert [event.sequence.value for event in events] == ["0", "1", "2"]
    assert [event.status.value for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert events[1].dtstart.value == THURSDAY + timedelta(days=1)
    assert vobject.readOne(parts(mails[2])["text/calendar"].get_content()).method.value == "CANCEL"


def test_change_before_the_mail_went_is_told_once(
    inbox: Inbox, talk: Appointment, teacher: User
) -> None:
    actions_talks.move_talk(
        talk, starts_at=THURSDAY, minutes=60, place="", read_sequence=0, by=teacher, at=NOW
    )

    assert send() == 2
    assert {event_in(mail).sequence.value for mail in inbox.mails} == {"1"}


def test_mail_of_a_withdrawn_question_has_no_title(
    inbox: Inbox, talk: Appointment, question: GuidanceQuestion, teacher: User
) -> None:
    actions.withdraw_question(question, at=NOW)
    send()

    mail = mail_to(inbox, teacher)
    assert mail["Subject"] == "Your talk with Sanne Bakker"
    assert "Hoe vraag ik hulp" not in mail.as_string()
    assert event_in(mail).summary.value == "Talk of Sanne Bakker and Mira de Vries"


def test_who_does_not_guide_any_more_gets_no_mail(
    inbox: Inbox, talk: Appointment, student: User
) -> None:
    talk.placement.teacher_links.update(ended_at=NOW)

    assert send() == 1
    assert inbox.mails[0]["To"] == student.email


def test_worker_sends_them_with_all_other_mail(inbox: Inbox, talk: Appointment) -> None:
    with time_machine.travel(NOW + timedelta(minutes=1)):
        work(lambda: False)

    assert sum("text/calendar" in parts(mail) for mail in inbox.mails) == 2


@pytest.mark.parametrize(
    ("begins", "utc"),
    [
        # The clock goes back on 25 October 2026 and forward on 28 March 2027.
        ("2026-10-24 10:00", "2026-10-24 08:00"),
        ("2026-10-25 10:00", "2026-10-25 09:00"),
        ("2027-03-27 10:00", "2027-03-27 09:00"),
        ("2027-03-28 10:00", "2027-03-28 08:00"),
    ],
)
def test_hours_are_right_across_summer_time(
    inbox: Inbox, question: GuidanceQuestion, student: User, teacher: User, begins: str, utc: str
) -> None:
    day, _, at = begins.partition(" ")
    moment = datetime.fromisoformat(f"{utc}+00:00")
    with time_machine.travel(datetime(2026, 10, 1, tzinfo=UTC), tick=False):
        talk = factories.talk(
            question, starts_at=moment, ends_at=moment + timedelta(hours=1), location="Hier"
        )
        AppointmentMail.objects.create(
            appointment=talk, person=student, method="REQUEST", sequence=0, mail_due_at=NOW
        )
    send()

    (mail,) = inbox.mails
    event = event_in(mail)
    assert event.dtstart.value == moment
    assert event.dtend.value - event.dtstart.value == timedelta(hours=1)
    shown = parts(mail)["text/plain"].get_content()
    assert f"{int(day[-2:])}" in shown
    assert f"{at} – 11:00" in shown


ANY_TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=200
)


def said(text: str) -> str:
    """Return a text as it stands on one line, without what no calendar file can hold."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", " ".join(text.split())).strip()


@settings(max_examples=examples(150), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=ANY_TEXT, place=ANY_TEXT, name=ANY_TEXT)
def test_whatever_the_words_are_another_program_reads_them(
    talk: Appointment, title: str, place: str, name: str
) -> None:
    talk.title, talk.location = title, place
    talk.placement.student.name = name

    file = calendar_file(talk, method="REQUEST")

    assert all(len(line) <= 75 for line in file.split(b"\r\n"))
    read = vobject.readOne(file.decode())
    if said(title):
        assert read.vevent.summary.value.endswith(said(title))
    if said(place):
        assert read.vevent.location.value == said(place)
    assert len(read.vevent.contents["attendee"]) == 2
    assert read.vevent.sequence.value == "0"


def test_place_writes_no_lines_of_its_own(
    inbox: Inbox, talk: Appointment, student: User, teacher: User
) -> None:
    Appointment.objects.filter(pk=talk.pk).update(location="Zaal 1\n\nJe wachtwoord verloopt")

    send()

    text = parts(mail_to(inbox, teacher))["text/plain"].get_content()
    assert "Where: Zaal 1 Je wachtwoord verloopt" in text


def test_former_teacher_hears_nothing_of_a_talk_that_moves(
    talk: Appointment, student: User, teacher: User
) -> None:
    talk.placement.teacher_links.update(ended_at=NOW)
    before = Notification.objects.filter(person=teacher).count()

    actions_talks.move_talk(
        talk,
        starts_at=THURSDAY + timedelta(days=1),
        minutes=30,
        place="",
        read_sequence=0,
        by=student,
        at=NOW,
    )

    assert Notification.objects.filter(person=teacher).count() == before


def test_former_teacher_gets_no_digest_about_moments(
    question: GuidanceQuestion, student: User, teacher: User
) -> None:
    zone = question.placement.cohort.programme.institution.zone
    set_preferences(teacher, {Kind.TALK_PROPOSED: Frequency.DAILY}, zone=zone, at=NOW)
    actions_talks.propose_talk(TalkProposal(question=question), [THURSDAY], by=student, at=NOW)

    end_guiding(question.placement.teacher_links.get(), at=NOW)

    news = Notification.objects.get(person=teacher, kind=Kind.TALK_PROPOSED)
    assert (news.cancelled_at, news.digest) == (NOW, None)
    assert question.title not in sentence(news)
