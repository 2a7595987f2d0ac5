"""Talking about a question: one proposes moments, the other picks one, both have it planned."""

import uuid
from datetime import UTC, datetime, time, timedelta
from typing import Any

import icalendar
import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from stageapp.accounts.models import User
from stageapp.guidance import actions, actions_talks, queries
from stageapp.guidance.models import (
    AppointmentMail,
    GuidanceQuestion,
    ProposedMoment,
    TalkProposal,
)
from stageapp.guidance.queries import State
from stageapp.notifications.actions import set_preferences
from stageapp.notifications.kinds import Frequency, Kind
from stageapp.notifications.models import Notification
from stageapp.notifications.words import account_of
from stageapp.placements.models import FixedMoment, Placement, WorkingAgreement
from stageapp.planning.actions import make_feed
from stageapp.planning.models import Appointment
from stageapp.programmes.models import ProgrammeMembership, Role
from tests import factories
from tests.guidance.test_actions import at_once

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
THURSDAY = datetime(2026, 11, 26, 13, 30, tzinfo=UTC)
FRIDAY = datetime(2026, 11, 27, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _wednesday() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def teacher() -> User:
    return factories.person("Mira de Vries")


@pytest.fixture
def placement(teacher: User) -> Placement:
    placement = factories.placement(factories.person("Sanne Bakker"), teacher=teacher)
    ProgrammeMembership.objects.create(
        programme=placement.cohort.programme, person=placement.student, role=Role.STUDENT
    )
    return placement


@pytest.fixture
def student(placement: Placement) -> User:
    return placement.student


@pytest.fixture
def question(placement: Placement, teacher: User) -> GuidanceQuestion:
    return factories.question(
        placement, "Hoe vraag ik hulp?", teacher=teacher, shared_at=NOW - timedelta(days=1)
    )


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def propose(question: GuidanceQuestion, by: User, *moments: datetime, **fields: Any) -> Any:
    """Propose moments, Thursday and Friday unless told otherwise."""
    proposal = TalkProposal(question=question, **{"place": "Lokaal 2.14"} | fields)
    at = fields.pop("proposed_at", NOW)
    return actions_talks.propose_talk(proposal, moments or (THURSDAY, FRIDAY), by=by, at=at)


def state(question: GuidanceQuestion) -> State:
    fresh = GuidanceQuestion.objects.get(pk=question.pk)
    return queries.state_of(fresh, list(fresh.messages.all()))


def form_of(*moments: tuple[str, str], **fields: str) -> dict[str, str]:
    sent = {"form": "video", "minutes": "30", "place": "https://video.example/x", "note": ""}
    for number, (day, at) in enumerate(moments, start=1):
        sent |= {f"day_{number}": day, f"at_{number}": at}
    return sent | {"client_id": str(uuid.uuid4())} | fields


# Proposing --------------------------------------------------------------------------------------


def test_teacher_proposes_in_the_form_and_student_reads_it(
    question: GuidanceQuestion, teacher: User, student: User
) -> None:
    sent = form_of(("2026-11-26", "14:30"), ("2026-11-27", "10:00"), note="Tot dan!")

    answer = client_of(teacher).post(f"/guidance/{question.pk}/talk/", sent)

    assert answer.status_code == 302
    proposal = TalkProposal.objects.get()
    assert [row.starts_at for row in proposal.moments.all()] == [THURSDAY, FRIDAY]
    assert (proposal.is_from_student, proposal.minutes) == (False, 30)
    shown = client_of(student).get(f"/guidance/{question.pk}/").content.decode()
    assert "donderdag 26 november 2026, 14:30 – 15:00" in shown
    assert "Tot dan!" in shown
    news = Notification.objects.get()
    assert (news.person, news.kind, news.title) == (student, "talk_proposed", question.title)


def test_form_shows_what_the_teacher_keeps_free(
    question: GuidanceQuestion, teacher: User, student: User
) -> None:
    FixedMoment.objects.create(teacher=teacher, weekday=2, starts=time(12, 15), ends=time(13))
    address = f"/guidance/{question.pk}/talk/"

    for person in (teacher, student):
        page = client_of(person).get(address).content.decode()
        assert "dinsdag 12:15–13:00" in page


def test_place_is_proposed_again_in_the_same_form_only(
    question: GuidanceQuestion, teacher: User
) -> None:
    form = {"form": "video", "place": "https://video.example/mira"}
    mira, address = client_of(teacher), f"/guidance/{question.pk}/talk/"
    mira.post(address, form_of(("2026-11-26", "14:30")) | form)

    assert "video.example" not in mira.get(address).context["form"]["place"].value()

    GuidanceQuestion.objects.update(form="video")
    assert mira.get(address).context["form"]["place"].value() == "https://video.example/mira"


def test_two_clicks_propose_once(question: GuidanceQuestion, teacher: User) -> None:
    sent, browser = form_of(("2026-11-26", "14:30")), client_of(teacher)
    browser.post(f"/guidance/{question.pk}/talk/", sent)
    browser.post(f"/guidance/{question.pk}/talk/", sent)

    assert TalkProposal.objects.count() == ProposedMoment.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"day_1": "", "at_1": ""}, "day_1", "Stel minstens één moment voor."),
        ({"at_1": ""}, "at_1", "Hoe laat?"),
        ({"day_1": ""}, "day_1", "Op welke dag?"),
        ({"day_1": "2026-11-18", "at_1": "12:59"}, "day_1", "Kies een moment dat nog moet komen."),
        ({"day_1": "1066-10-14"}, "day_1", "Kies een dag tussen 1990 en 2199."),
        ({"day_2": "2026-11-26", "at_2": "14:30"}, "day_2", "Dit moment stel je al voor."),
        (
            {"form": "meeting", "day_2": "2026-12-01", "at_2": "9:00"},
            "day_2",
            "Een gepland overleg",
        ),
        ({"minutes": "31"}, "minutes", "Selecteer een geldige keuze."),
        ({"place": "x" * 1001}, "place", "1000"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_what_was_typed_stays(
    question: GuidanceQuestion, teacher: User, changes: dict[str, str], field: str, says: str
) -> None:
    sent = form_of(("2026-11-26", "14:30"), note="Dit typte ik") | changes

    answer = client_of(teacher).post(f"/guidance/{question.pk}/talk/", sent)

    assert answer.status_code == 422
    assert says in " ".join(answer.context["form"].errors[field])
    assert "Dit typte ik" in answer.content.decode()
    assert not TalkProposal.objects.exists()


@pytest.mark.parametrize("day", ["2027-03-28", "2026-10-25"])
def test_hour_that_is_skipped_or_comes_twice_is_asked_for_again(
    question: GuidanceQuestion, teacher: User, day: str
) -> None:
    with time_machine.travel(datetime(2026, 10, 1, tzinfo=UTC), tick=False):
        GuidanceQuestion.objects.update(shared_at=datetime(2026, 9, 30, tzinfo=UTC))
        answer = client_of(teacher).post(f"/guidance/{question.pk}/talk/", form_of((day, "02:30")))

    assert answer.status_code == 422
    assert "at_1" in answer.context["form"].errors


def test_database_knows_five_moments_and_one_open_proposal(
    question: GuidanceQuestion, teacher: User
) -> None:
    proposal = propose(question, teacher)

    with pytest.raises(IntegrityError), transaction.atomic():
        ProposedMoment.objects.create(proposal=proposal, position=6, starts_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProposedMoment.objects.create(proposal=proposal, position=3, starts_at=THURSDAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        TalkProposal.objects.create(question=question, is_from_student=True)


def test_proposing_others_takes_the_place_of_what_was_open(
    question: GuidanceQuestion, teacher: User, student: User
) -> None:
    first = propose(question, teacher)
    second = propose(question, student, FRIDAY + timedelta(days=3))
    third = propose(question, student, FRIDAY + timedelta(days=4))

    for row in (first, second, third):
        row.refresh_from_db()
    assert [first.outcome, second.outcome, third.outcome] == ["none_fits", "taken_back", ""]
    taken_back = Notification.objects.get(cause=f"talk-proposal:{second.pk}")
    assert taken_back.cancelled_at == NOW


def test_nobody_else_proposes_or_picks(question: GuidanceQuestion, teacher: User) -> None:
    other = factories.person()
    factories.placement(teacher=other)
    moment = propose(question, teacher).moments.first()

    browser = client_of(other)
    assert browser.get(f"/guidance/{question.pk}/talk/").status_code == 404
    assert browser.post(f"/guidance/moments/{moment.pk}/pick/").status_code == 404
    # Nor does who proposed it pick.
    assert client_of(teacher).post(f"/guidance/moments/{moment.pk}/pick/").status_code == 404


@pytest.mark.parametrize("end", ["withdrawn", "closed", "unlinked"])
def test_where_the_question_is_not_open_no_talk_is_planned(
    question: GuidanceQuestion, teacher: User, student: User, end: str
) -> None:
    moment = propose(question, teacher).moments.first()
    if end == "withdrawn":
        actions.withdraw_question(question, at=NOW)
    elif end == "closed":
        actions.close_question(question, goal="", learned="", next_step="", at=NOW)
    else:
        question.placement.teacher_links.update(ended_at=NOW)

    with pytest.raises(ValidationError):
        actions_talks.pick_moment(moment, by=student, at=NOW)
    with pytest.raises(ValidationError):
        propose(question, student)
    assert client_of(student).get(f"/guidance/{question.pk}/talk/").status_code == 404
    assert client_of(teacher).get(f"/guidance/{question.pk}/talk/").status_code == 404


# Picking ----------------------------------------------------------------------------------------


def test_student_picks_and_both_have_it_in_the_calendar(
    question: GuidanceQuestion, teacher: User, student: User
) -> None:
    moment = propose(question, teacher).moments.get(starts_at=FRIDAY)

    client_of(student).post(f"/guidance/moments/{moment.pk}/pick/")

    talk = Appointment.objects.get()
    assert (talk.teacher, talk.title, talk.location) == (teacher, question.title, "Lokaal 2.14")
    assert (talk.starts_at, talk.ends_at) == (FRIDAY, FRIDAY + timedelta(minutes=30))
    for person in (student, teacher):
        shown = client_of(person).get("/calendar/?month=2026-11").content.decode()
        assert question.title in shown
        assert f"/guidance/talks/{talk.pk}/" in shown
        assert question.title in client_of(person).get("/").content.decode()
        token = make_feed(person, with_activities=False, at=NOW)
        feed: Any = icalendar.Calendar.from_ical(
            Client().get(f"/calendar/feed/{token}.ics").content
        )
        (event,) = feed.walk("VEVENT")
        assert event["uid"].partition("@")[0] == str(talk.uid)
        assert event["summary"] == f"Sanne Bakker en Mira de Vries: {question.title}"
    mails = AppointmentMail.objects.order_by("person")
    assert [(row.person, row.method) for row in mails] == [
        (teacher, "REQUEST"),
        (student, "REQUEST"),
    ]
    news = Notification.objects.get(kind=Kind.TALK_AGREED)
    assert (news.person, news.mail_due_at) == (teacher, None)
    assert account_of(news).startswith("Komt als mail voor je agenda")


def test_two_clicks_pick_once_and_another_moment_cannot_be_picked_after(
    question: GuidanceQuestion, teacher: User, student: User
) -> None:
    first, second = propose(question, teacher).moments.all()
    talk = actions_talks.pick_moment(first, by=student, at=NOW)

    assert actions_talks.pick_moment(first, by=student, at=NOW) == talk
    with pytest.raises(ValidationError):
        actions_talks.pick_moment(second, by=student, at=NOW)
    assert Appointment.objects.count() == 1
    assert AppointmentMail.objects.count() == 2


def test_moment_that_has_passed_is_not_picked(
    question: GuidanceQuestion, teacher: User, student: User
) -> None:
    moment = propose(question, teacher).moments.first()
    with time_machine.travel(THURSDAY, tick=False):
        shown = client_of(student).get(f"/guidance/{question.pk}/").content.decode()
        client_of(student).post(f"/guidance/moments/{moment.pk}/pick/")

    assert f"moments/{moment.pk}/pick" not in shown
    assert not Appointment.objects.exists()


def test_who_wants_no_mail_for_the_calendar_gets_none(
    question: GuidanceQuestion, teacher: User, student: User
) -> None:
    set_preferences(teacher, {Kind.TALK_AGREED: Frequency.NEVER}, zone=UTC, at=NOW)
    moment = propose(question, teacher).moments.first()
    talk = actions_talks.pick_moment(moment, by=student, at=NOW)
    actions_talks.cancel_talk(talk, by=student, at=NOW)

    assert {row.person for row in AppointmentMail.objects.all()} == {student}
    for news in Notification.objects.filter(person=teacher):
        assert account_of(news) == "Niet gemaild: in je profiel staat “nooit”."


def test_profile_offers_a_mail_for_the_calendar_at_once_or_never(student: User) -> None:
    form = client_of(student).get("/profile/").context["preferences"]

    assert [key for key, _label in form.fields["talk_agreed"].choices] == ["at_once", "never"]
    assert not {"talk_moved", "talk_cancelled", "report_shared"} & form.fields.keys()


def test_planned_meeting_is_an_answer_without_an_appointment(
    question: GuidanceQuestion, teacher: User, student: User
) -> None:
    WorkingAgreement.objects.create(
        placement=question.placement,
        teacher=teacher,
        moments="Elke maandag om 9 uur",
        confirmed_at=NOW,
    )
    key = str(uuid.uuid4())
    for _click in range(2):
        client_of(teacher).post(f"/guidance/{question.pk}/meeting/", {"client_id": key})

    assert TalkProposal.objects.count() == 1
    assert not Appointment.objects.exists()
    assert state(question) == State.ANSWERED
    shown = client_of(student).get(f"/guidance/{question.pk}/").content.decode()
    assert "jullie geplande overleg" in shown
    assert "Elke maandag om 9 uur" in shown


def test_planned_meeting_with_a_day_stands_in_both_calendars(
    question: GuidanceQuestion, teacher: User
) -> None:
    sent = form_of(("2026-11-26", "14:30"), form="meeting")
    client_of(teacher).post(f"/guidance/{question.pk}/talk/", sent)

    assert Appointment.objects.get().starts_at == THURSDAY
    assert AppointmentMail.objects.count() == 2


# Whose turn it is -------------------------------------------------------------------------------

LATER = [NOW + timedelta(minutes=number) for number in range(10)]


def steps(question: GuidanceQuestion, teacher: User, student: User) -> dict[str, Any]:
    """Return what can happen, by name."""

    def open_one() -> TalkProposal:
        return TalkProposal.objects.get(outcome="")

    def pick(at: datetime) -> None:
        proposal = open_one()
        by = teacher if proposal.is_from_student else student
        first = proposal.moments.first()
        assert first
        actions_talks.pick_moment(first, by=by, at=at)

    def refuse(at: datetime) -> None:
        by = teacher if open_one().is_from_student else student
        actions_talks.refuse_moments(open_one(), by=by, at=at)

    def offer(by: User, at: datetime, **fields: Any) -> None:
        moments = [] if fields else [THURSDAY]
        actions_talks.propose_talk(TalkProposal(question=question, **fields), moments, by=by, at=at)

    return {
        "teacher proposes": lambda at: offer(teacher, at),
        "student proposes": lambda at: offer(student, at),
        "teacher: in our meeting": lambda at: offer(teacher, at, form="meeting"),
        "student: in our meeting": lambda at: offer(student, at, form="meeting"),
        "the other picks": pick,
        "the other refuses": refuse,
        "taken back": lambda at: actions_talks.take_back_moments(open_one(), at=at),
        "teacher writes": lambda at: factories.message(question, teacher, sent_at=at),
        "student writes": lambda at: factories.message(question, student, sent_at=at),
        "student shares anew": lambda at: GuidanceQuestion.objects.update(shared_at=at),
    }


@pytest.mark.parametrize(
    ("history", "waits_since"),
    [
        ((), -1),
        (("teacher proposes",), None),
        (("teacher proposes", "the other picks"), None),
        (("teacher proposes", "the other refuses"), 1),
        (("teacher proposes", "the other refuses", "teacher writes"), None),
        (("teacher proposes", "the other refuses", "teacher proposes"), None),
        (("teacher proposes", "taken back"), -1),
        (("teacher proposes", "student writes"), 1),
        (("teacher proposes", "student proposes"), 1),
        (("teacher writes", "student proposes"), 1),
        (("teacher writes", "student proposes", "the other picks"), None),
        (("teacher writes", "student proposes", "the other refuses"), None),
        (("teacher writes", "student proposes", "taken back"), None),
        (("teacher writes", "student proposes", "teacher writes"), 1),
        (("student proposes", "the other picks", "student writes"), 2),
        (("student writes", "teacher: in our meeting"), None),
        (("student writes", "student: in our meeting"), None),
        (("teacher: in our meeting", "student writes"), 1),
        (("teacher proposes", "the other picks", "student shares anew"), 2),
    ],
)
def test_whose_turn_it_is_follows_from_what_happened(
    question: GuidanceQuestion,
    teacher: User,
    student: User,
    history: tuple[str, ...],
    waits_since: int | None,
) -> None:
    can_happen = steps(question, teacher, student)
    for at, step in zip(LATER, history, strict=False):
        can_happen[step](at)

    fresh = queries.with_waiting(GuidanceQuestion.objects.all()).get()
    since = question.shared_at if waits_since == -1 else None
    if waits_since is not None and waits_since >= 0:
        since = LATER[waits_since]
    assert fresh.waiting_since == since
    assert queries.waits(fresh, list(fresh.messages.all())) == (since is not None)
    (entry,) = queries.question_list(student, None)
    assert entry.state == state(question)
    assert queries.waiting_count(teacher) == int(since is not None)


def test_student_reads_that_the_teacher_proposed_as_an_answer(
    question: GuidanceQuestion, teacher: User, student: User
) -> None:
    propose(question, teacher)
    assert queries.unread_question(student) == question

    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        client_of(student).get(f"/guidance/{question.pk}/")

    assert queries.unread_question(student) is None
    assert not Notification.objects.filter(person=student, seen_at=None).exists()


# Afterwards -------------------------------------------------------------------------------------


@pytest.fixture
def talk(question: GuidanceQuestion, teacher: User, student: User) -> Appointment:
    moment = propose(question, teacher).moments.get(starts_at=THURSDAY)
    return actions_talks.pick_moment(moment, by=student, at=NOW)


def test_either_moves_it_and_the_other_hears(
    talk: Appointment, teacher: User, student: User
) -> None:
    sent = {"day": "2026-11-27", "at": "16:00", "minutes": "45", "place": "06 1234 5678"}
    address = f"/guidance/talks/{talk.pk}/move/"
    client_of(teacher).post(address, sent | {"sequence": "0"})

    talk.refresh_from_db()
    assert talk.starts_at == datetime(2026, 11, 27, 15, tzinfo=UTC)
    assert talk.ends_at - talk.starts_at == timedelta(minutes=45)
    assert (talk.location, talk.sequence) == ("06 1234 5678", 1)
    assert Notification.objects.get(kind=Kind.TALK_MOVED).person == student
    # Who looks at how it was before cannot change it unseen.
    again = client_of(student).post(address, sent | {"sequence": "0", "place": "Elders"})
    assert again.status_code == 422
    assert "intussen veranderd" in again.content.decode()
    assert 'value="Elders"' in again.content.decode()


def test_cancelled_talk_leaves_both_calendars_and_its_page_stays(
    talk: Appointment, teacher: User, student: User
) -> None:
    for _click in range(2):
        client_of(student).post(f"/guidance/talks/{talk.pk}/cancel/")

    assert AppointmentMail.objects.filter(method="CANCEL").count() == 2
    for person in (student, teacher):
        browser = client_of(person)
        assert talk.title not in browser.get("/calendar/?month=2026-11").content.decode()
        page = browser.get(f"/guidance/talks/{talk.pk}/").content.decode()
        assert "Afgezegd op 18 november" in page
        assert browser.get(f"/guidance/talks/{talk.pk}/move/").status_code == 404


def test_after_withdrawing_the_teacher_knows_of_a_talk_but_not_about_what(
    talk: Appointment, question: GuidanceQuestion, teacher: User, student: User
) -> None:
    actions.withdraw_question(question, at=NOW)

    browser = client_of(teacher)
    for address in ("/", "/calendar/", f"/guidance/talks/{talk.pk}/", "/students/"):
        assert question.title not in browser.get(address).content.decode()
    file = browser.get(f"/guidance/talks/{talk.pk}/talk.ics").content.decode()
    assert "Gesprek van Sanne Bakker en Mira de Vries" in file
    assert question.title not in file
    own = client_of(student).get(f"/guidance/talks/{talk.pk}/").content.decode()
    assert question.title in own

    actions.share_question(question, at=NOW)
    assert question.title in browser.get("/calendar/").content.decode()


def test_who_does_not_guide_any_more_sees_no_talk(talk: Appointment, teacher: User) -> None:
    talk.placement.teacher_links.update(ended_at=NOW)

    browser = client_of(teacher)
    assert browser.get(f"/guidance/talks/{talk.pk}/").status_code == 404
    assert browser.post(f"/guidance/talks/{talk.pk}/cancel/").status_code == 404


def test_own_note_stays_the_students_alone(talk: Appointment, teacher: User, student: User) -> None:
    note = factories.appointment(talk.placement, "Tandarts")

    assert client_of(teacher).get(f"/guidance/talks/{note.pk}/").status_code == 404
    assert "Tandarts" not in client_of(teacher).get("/calendar/").content.decode()
    # And what was agreed is not changed as if it were a note.
    address = f"/calendar/appointments/{talk.pk}/"
    assert client_of(student).get(address).status_code == 404
    assert client_of(student).post(f"{address}delete/").status_code == 404


def test_marks_of_audience_on_a_talk(talk: Appointment, teacher: User, student: User) -> None:
    page = f"/guidance/talks/{talk.pk}/"
    assert client_of(student).get(page).context["audience"] == "jij en Mira de Vries"
    assert client_of(teacher).get(page).context["audience"] == "jij en Sanne Bakker"
    week = client_of(student).get("/calendar/?week=2026-W48").content.decode()
    assert "Wie dit kan zien: jij en Mira de Vries" in week

    talk.placement.teacher_links.update(ended_at=NOW)
    assert client_of(student).get(page).context["audience"] == "alleen jij"
    week = client_of(student).get("/calendar/?week=2026-W48").content.decode()
    assert "Wie dit kan zien: jij en" not in week


def test_calendar_of_a_teacher_takes_the_same_queries_for_any_number_of_talks(
    talk: Appointment, teacher: User, django_assert_num_queries: Any
) -> None:
    browser, counts = client_of(teacher), []
    factories.talk(
        factories.question(talk.placement, teacher=teacher), starts_at=NOW - timedelta(days=1)
    )
    browser.get("/calendar/")
    for _round in range(2):
        with django_assert_num_queries(100, exact=False) as counted:
            browser.get("/calendar/")
        counts.append(len(counted))
        for number in range(5):
            factories.appointment(
                talk.placement,
                teacher=teacher,
                uid=uuid.uuid4(),
                starts_at=NOW + timedelta(days=number - 2),
            )

    assert counts[0] == counts[1]


# At once ----------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_moments_picked_at_once_make_one_appointment(
    question: GuidanceQuestion, teacher: User, student: User
) -> None:
    moments = list(propose(question, teacher).moments.all())

    def pick(number: int) -> None:
        actions_talks.pick_moment(moments[number], by=student, at=NOW)

    assert sorted(at_once(pick)) == ["done", "refused"]
    assert Appointment.objects.count() == 1
    assert AppointmentMail.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_proposals_at_once_leave_one_open(
    question: GuidanceQuestion, teacher: User, student: User
) -> None:
    def offer(number: int) -> None:
        propose(question, (teacher, student)[number])

    assert at_once(offer) == ["done", "done"]
    assert TalkProposal.objects.filter(outcome="").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_changes_at_once_of_what_was_read_keep_one(talk: Appointment, teacher: User) -> None:
    def move(number: int) -> None:
        actions_talks.move_talk(
            talk,
            starts_at=FRIDAY + timedelta(hours=number),
            minutes=30,
            place="",
            read_sequence=0,
            by=teacher,
            at=NOW,
        )

    assert sorted(at_once(move)) == ["done", "refused"]
    talk.refresh_from_db()
    assert talk.sequence == 1
