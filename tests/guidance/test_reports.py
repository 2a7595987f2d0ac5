"""The report of a talk: the student's alone until shared, then confirmed by the teacher."""

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client

from stageapp.accounts.models import User
from stageapp.guidance import actions, actions_points, actions_reports
from stageapp.guidance.access import points_readable_by, readers_of_report, reports_readable_by
from stageapp.guidance.actions_along import share_along
from stageapp.guidance.models import ActionPoint, GuidanceQuestion, MeetingReport
from stageapp.notifications.kinds import Kind
from stageapp.notifications.models import Notification
from stageapp.placements.actions_teachers import ask_along
from stageapp.placements.models import Placement
from stageapp.planning.models import Appointment
from stageapp.programmes.models import ProgrammeMembership, Role
from tests import factories

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


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


@pytest.fixture
def talk(question: GuidanceQuestion) -> Appointment:
    return factories.talk(question, starts_at=NOW - timedelta(hours=2))


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def form_of(**fields: str) -> dict[str, str]:
    return {
        "client_id": str(uuid.uuid4()),
        "agreed": "Na drie kwartier vraag ik hulp.",
        "discussed": "",
        "what_1": "Lijstje maken",
        "who_1": "student",
        "due_on_1": "2026-11-25",
        "what_2": "Voorbeeld sturen",
        "who_2": "teacher",
        "due_on_2": "",
        "what_3": "",
        "who_3": "student",
        "due_on_3": "",
    } | fields


def written(talk: Appointment, student: User, **fields: str) -> MeetingReport:
    """Write the report of a talk in its form."""
    address = f"/guidance/talks/{talk.pk}/report/"
    answer = client_of(student).post(address, form_of(**fields))
    assert answer.status_code == 302
    return MeetingReport.objects.get(appointment=talk)


def test_home_invites_to_write_the_report_from_the_talk_on(
    talk: Appointment, student: User
) -> None:
    def step() -> str:
        return str(client_of(student).get("/").context["step"])

    client_of(student).get(f"/guidance/{talk.proposal.question_id}/")
    assert step() == "write_report"
    shown = client_of(student).get("/").content.decode()
    assert "Schrijf het verslag van je gesprek met Mira de Vries" in shown
    with time_machine.travel(NOW - timedelta(hours=3), tick=False):
        assert step() != "write_report"
    with time_machine.travel(NOW + timedelta(days=8), tick=False):
        assert step() != "write_report"

    client_of(student).post(f"/guidance/talks/{talk.pk}/no-report/")
    assert step() != "write_report"


def test_cancelled_talk_asks_for_no_report(talk: Appointment, student: User) -> None:
    client_of(student).post(f"/guidance/talks/{talk.pk}/cancel/")

    assert client_of(student).get("/").context["step"] != "write_report"


def test_draft_is_the_students_alone_with_its_points(
    talk: Appointment, question: GuidanceQuestion, student: User, teacher: User
) -> None:
    report = written(talk, student)

    assert list(report.action_points.values_list("what", "owner__name", "due_on")) == [
        ("Lijstje maken", "Sanne Bakker", date(2026, 11, 25)),
        ("Voorbeeld sturen", "Mira de Vries", None),
    ]
    assert not points_readable_by(teacher).exists()
    browser = client_of(teacher)
    assert browser.get(f"/guidance/reports/{report.pk}/").status_code == 404
    for address in (f"/guidance/{question.pk}/", f"/guidance/talks/{talk.pk}/", "/"):
        shown = browser.get(address).content.decode()
        assert "Na drie kwartier" not in shown
        assert "Voorbeeld sturen" not in shown
        assert f"/guidance/reports/{report.pk}/" not in shown
    assert not Notification.objects.filter(person=teacher).exists()
    own = client_of(student).get(f"/guidance/reports/{report.pk}/")
    assert own.context["audience"] == "alleen jij"
    assert "Dit krijgt Mira de Vries te zien" in own.content.decode()


def test_two_forms_about_one_talk_keep_one_report(talk: Appointment, student: User) -> None:
    written(talk, student)
    written(talk, student, agreed="Een tweede tabblad")

    assert MeetingReport.objects.count() == 1
    assert ActionPoint.objects.count() == 2


def test_report_of_a_talk_that_was_not_planned_here(
    question: GuidanceQuestion, student: User
) -> None:
    sent = form_of()
    for _click in range(2):
        client_of(student).post(f"/guidance/{question.pk}/report/", sent)

    report = MeetingReport.objects.get()
    assert (report.question, report.appointment) == (question, None)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        (
            {
                "agreed": " ",
                "discussed": "",
                "what_1": "",
                "due_on_1": "",
                "what_2": "",
                "who_2": "",
            },
            "agreed",
        ),
        ({"what_1": ""}, "what_1"),
        ({"what_2": ""}, "what_2"),
        ({"due_on_1": "1066-10-14"}, "due_on_1"),
        ({"agreed": "x" * 10_001}, "agreed"),
    ],
)
def test_what_is_missing_is_asked_for_and_what_was_typed_stays(
    talk: Appointment, student: User, changes: dict[str, str], field: str
) -> None:
    sent = form_of(discussed="Dit typte ik") | changes
    answer = client_of(student).post(f"/guidance/talks/{talk.pk}/report/", sent)

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert sent["discussed"] in answer.content.decode()
    assert not MeetingReport.objects.exists()


def test_changing_a_draft_changes_its_points(talk: Appointment, student: User) -> None:
    report = written(talk, student)
    address = f"/guidance/reports/{report.pk}/edit/"
    shown = client_of(student).get(address).content.decode()
    assert 'value="Voorbeeld sturen"' in shown

    changed = form_of(what_1="", due_on_1="", what_2="Twee voorbeelden", what_3="Bellen")
    client_of(student).post(address, changed)

    assert set(report.action_points.values_list("what", "owner__name")) == {
        ("Twee voorbeelden", "Mira de Vries"),
        ("Bellen", "Sanne Bakker"),
    }


def test_shared_report_is_read_confirmed_and_added_to(
    talk: Appointment, question: GuidanceQuestion, student: User, teacher: User
) -> None:
    report = written(talk, student)
    client_of(student).post(f"/guidance/reports/{report.pk}/share/")
    news = {row.kind: row for row in Notification.objects.filter(person=teacher)}
    assert set(news) == {Kind.REPORT_SHARED, Kind.POINT_FOR_ME}
    assert all(row.title == question.title for row in news.values())

    browser, address = client_of(teacher), f"/guidance/reports/{report.pk}/"
    page = browser.get(address)
    assert "Na drie kwartier" in page.content.decode()
    assert page.context["audience"] == "jij en Sanne Bakker"
    report.refresh_from_db()
    sent = {"version": report.version, "addition": "En bel gerust."}
    for _click in range(2):
        browser.post(f"{address}confirm/", sent)

    report.refresh_from_db()
    assert (report.is_confirmed, report.confirmed_by) == (True, teacher)
    assert report.agreed == "Na drie kwartier vraag ik hulp."
    own = client_of(student).get(address).content.decode()
    assert "Mira de Vries voegt toe" in own
    assert "En bel gerust." in own
    assert Notification.objects.filter(person=student, kind=Kind.REPORT_CONFIRMED).count() == 1


def test_only_what_was_read_is_confirmed(talk: Appointment, student: User, teacher: User) -> None:
    report = written(talk, student)
    actions_reports.share_report(report, at=NOW)
    report.refresh_from_db()
    read = report.version
    actions_reports.withdraw_report(report, at=NOW)
    actions_reports.share_report(report, at=LATER)

    answer = client_of(teacher).post(
        f"/guidance/reports/{report.pk}/confirm/", {"version": read, "addition": "Dit typte ik"}
    )

    assert answer.status_code == 422
    assert "Dit typte ik" in answer.content.decode()
    report.refresh_from_db()
    assert report.confirmed_at is None


def test_changed_after_withdrawing_it_is_confirmed_anew(
    talk: Appointment, student: User, teacher: User
) -> None:
    report = written(talk, student)
    actions_reports.share_report(report, at=NOW)
    report.refresh_from_db()
    actions_reports.confirm_report(
        report, addition="Goed zo", read_version=report.version, by=teacher, at=NOW
    )
    edit = f"/guidance/reports/{report.pk}/edit/"
    assert client_of(student).get(edit).status_code == 404

    actions_reports.withdraw_report(report, at=NOW)
    assert client_of(teacher).get(f"/guidance/reports/{report.pk}/").status_code == 404
    client_of(student).post(edit, form_of(agreed="Anders"))
    actions_reports.share_report(report, at=LATER)

    report.refresh_from_db()
    assert (report.agreed, report.is_confirmed, report.addition) == ("Anders", False, "Goed zo")
    shown = client_of(teacher).get(f"/guidance/reports/{report.pk}/").content.decode()
    assert "Dit gaat over een eerdere versie" in shown


def test_nobody_else_confirms_nor_the_student(
    talk: Appointment, student: User, teacher: User
) -> None:
    report = written(talk, student)
    actions_reports.share_report(report, at=NOW)
    other = factories.person()
    factories.placement(teacher=other)

    for person in (student, other):
        answer = client_of(person).post(f"/guidance/reports/{report.pk}/confirm/")
        assert answer.status_code == 404


def test_points_follow_their_report(
    talk: Appointment, question: GuidanceQuestion, student: User, teacher: User
) -> None:
    report = written(talk, student)
    assert not points_readable_by(teacher).exists()
    actions_reports.share_report(report, at=NOW)
    assert points_readable_by(teacher).count() == 2
    shown = client_of(teacher).get(f"/guidance/{question.pk}/").content.decode()
    assert "Voorbeeld sturen" in shown

    actions_reports.withdraw_report(report, at=NOW)
    assert not points_readable_by(teacher).exists()
    assert Notification.objects.get(kind=Kind.POINT_FOR_ME).cancelled_at == NOW
    point = ActionPoint.objects.get(what="Voorbeeld sturen")
    # It can be changed by itself, whoever does it.
    page = client_of(student).get(f"/guidance/points/{point.pk}/")
    assert page.context["audience"] == "alleen jij"
    answer = client_of(student).post(
        f"/guidance/points/{point.pk}/", {"what": "Iets anders", "who": "teacher", "due_on": ""}
    )
    assert answer.status_code == 302


def test_removing_a_draft_removes_its_points(talk: Appointment, student: User) -> None:
    report = written(talk, student)

    client_of(student).post(f"/guidance/reports/{report.pk}/delete/")

    assert not MeetingReport.objects.exists()
    assert not ActionPoint.objects.exists()


@pytest.mark.parametrize("end", ["withdrawn", "unlinked"])
def test_report_closes_with_its_question(
    talk: Appointment, question: GuidanceQuestion, student: User, teacher: User, end: str
) -> None:
    report = written(talk, student)
    actions_reports.share_report(report, at=NOW)
    if end == "withdrawn":
        actions.withdraw_question(question, at=NOW)
    else:
        question.placement.teacher_links.update(ended_at=NOW)

    report.refresh_from_db()
    assert readers_of_report(report) == [student]
    assert not reports_readable_by(teacher).exists()
    actions_reports.withdraw_report(report, at=NOW)
    with pytest.raises(ValidationError):
        actions_reports.share_report(report, at=LATER)


def test_mail_about_a_report_that_was_withdrawn_does_not_go(
    talk: Appointment, question: GuidanceQuestion, student: User, teacher: User
) -> None:
    report = written(talk, student)
    actions_reports.share_report(report, at=NOW)
    actions.withdraw_question(question, at=NOW)

    assert not Notification.objects.filter(mail_due_at__isnull=False).exists()


# Points -----------------------------------------------------------------------------------------


def test_point_is_made_of_a_message_of_either(
    question: GuidanceQuestion, student: User, teacher: User
) -> None:
    message = factories.message(question, teacher, "- **Vraag** na drie kwartier hulp\nGroet!")
    browser, address = client_of(student), f"/guidance/messages/{message.pk}/point/"
    assert address in browser.get(f"/guidance/{question.pk}/").content.decode()
    page = browser.get(address)
    assert page.context["form"].initial["what"] == "Vraag na drie kwartier hulp"
    assert page.context["audience"] == "jij en Mira de Vries"

    sent = {"what": "Hulp vragen", "who": "student", "due_on": "2026-11-20"}
    sent["client_id"] = str(uuid.uuid4())
    for _click in range(2):
        browser.post(address, sent)

    point = ActionPoint.objects.get()
    assert (point.what, point.question, point.owner) == ("Hulp vragen", question, student)
    assert client_of(teacher).get(address).status_code == 404
    assert address not in client_of(teacher).get(f"/guidance/{question.pk}/").content.decode()


def test_point_of_a_message_of_a_withdrawn_question_is_the_students_own(
    question: GuidanceQuestion, student: User, teacher: User
) -> None:
    message = factories.message(question, teacher)
    actions.withdraw_question(question, at=NOW)

    page = client_of(student).get(f"/guidance/messages/{message.pk}/point/")

    assert page.context["audience"] == "alleen jij"
    assert "who" not in page.context["form"].fields


def test_teacher_hears_once_of_a_point_to_do(
    question: GuidanceQuestion, student: User, teacher: User
) -> None:
    def point(what: str, owner: User) -> Any:
        return ActionPoint(placement=question.placement, question=question, what=what, owner=owner)

    actions_points.add_point(point("Zelf", student), by=student, at=NOW)
    assert not Notification.objects.exists()
    theirs = actions_points.add_point(point("Sturen", teacher), by=student, at=NOW)

    news = Notification.objects.get()
    assert (news.person, news.kind, news.title) == (teacher, Kind.POINT_FOR_ME, question.title)
    theirs.owner = student
    actions_points.change_point(theirs, at=NOW)
    theirs.owner = teacher
    actions_points.change_point(theirs, at=LATER)
    assert Notification.objects.count() == 1


def test_share_names_who_sees_the_points_too(question: GuidanceQuestion, student: User) -> None:
    jan = factories.person("Jan Jansen")
    main = question.placement.teacher_links.get()
    ask_along([main], jan, by=main.teacher, at=NOW)
    share_along(question, jan.pk, at=NOW)
    report = factories.report(question)

    page = client_of(student).get(f"/guidance/reports/{report.pk}/").content.decode()

    assert "Jan Jansen, die de vraag ook kan lezen" in page


def test_report_of_a_question_that_was_withdrawn_is_not_confirmed(
    question: GuidanceQuestion, teacher: User
) -> None:
    report = factories.report(question, shared_at=NOW)
    actions.withdraw_question(question, at=NOW)

    with pytest.raises(ValidationError):
        actions_reports.confirm_report(
            report, addition="", read_version=report.version, by=teacher, at=LATER
        )
