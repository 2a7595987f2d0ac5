"""Planning a talk, its report and its action points by another program, as on the pages."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.guidance.actions import share_question, withdraw_question
from stageapp.guidance.models import (
    ActionPoint,
    AppointmentMail,
    GuidanceQuestion,
    MeetingReport,
    QuestionReader,
    TalkProposal,
)
from stageapp.notifications.models import Notification
from stageapp.placements.models import LearningGoal, PlacementTeacher
from tests import factories
from tests.api.helpers import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def question() -> GuidanceQuestion:
    teacher = factories.person("Mira de Vries")
    placement = factories.placement(factories.person("Sanne"), teacher=teacher)
    asked = factories.question(placement, "Hoe verder?", teacher=teacher)
    share_question(asked, at=timezone.now())
    return asked


@pytest.fixture
def student(question: GuidanceQuestion) -> Program:
    return Program(question.placement.student)


@pytest.fixture
def teacher(question: GuidanceQuestion) -> Program:
    return Program(question.teacher)


@pytest.fixture
def colleague(question: GuidanceQuestion) -> Program:
    """Somebody who guides along, and with whom the question was shared too."""
    helper = factories.person("Bo Helper")
    link = PlacementTeacher.objects.create(
        placement=question.placement, teacher=helper, part=PlacementTeacher.Part.ALONG
    )
    QuestionReader.objects.create(question=question, person=helper, link=link)
    return Program(helper)


def teacher_of(question: GuidanceQuestion) -> User:
    assert question.teacher
    return question.teacher


def in_days(number: int) -> str:
    at = timezone.localtime(timezone.now() + timedelta(days=number))
    return at.replace(hour=10, minute=0, second=0, microsecond=0).isoformat()


def proposed(by: Program, question: GuidanceQuestion, **fields: Any) -> Any:
    sent = {"moments": [in_days(2), in_days(3)]} | fields
    return by.post(f"/guidance-questions/{question.pk}/talk-proposals", sent)


def talk_of(question: GuidanceQuestion, teacher: Program, student: Program) -> int:
    moment = proposed(teacher, question).json()["moments"][0]["id"]
    return int(student.post(f"/talk-proposals/moments/{moment}/pick").json()["id"])


# Planning -----------------------------------------------------------------------------------------


def test_moments_go_from_proposal_to_a_talk_in_both_calendars(
    question: GuidanceQuestion, student: Program, teacher: Program
) -> None:
    made = proposed(teacher, question, place="Kamer 2", minutes=45, note="Neem je lijst mee.")

    assert made.status_code == 201
    path = made["Location"]
    seen = student.get(path).json()
    assert seen["waits_for_me"]
    assert not seen["is_mine"]
    assert (seen["place"], seen["minutes"], seen["note"]) == ("Kamer 2", 45, "Neem je lijst mee.")
    assert [one["starts_at"] for one in seen["moments"]] == [in_days(2), in_days(3)]
    assert student.get("/talk-proposals?waits_for_me=true").json()["items"] == [seen]
    assert not teacher.get(path).json()["waits_for_me"]

    picked = student.post(f"/talk-proposals/moments/{seen['moments'][1]['id']}/pick").json()

    assert picked["starts_at"] == in_days(3)
    assert picked["teacher"]["name"] == "Mira de Vries"
    assert picked["question"] == question.pk
    assert picked == teacher.get(f"/talks/{picked['id']}").json()
    assert [one["id"] for one in teacher.get("/talks?state=coming").json()["items"]] == [
        picked["id"]
    ]
    settled = teacher.get(path).json()
    assert (settled["outcome"], settled["talk"]) == ("picked", picked["id"])
    assert student.get(f"/guidance-questions/{question.pk}").json()["talks"] == [picked["id"]]
    assert AppointmentMail.objects.count() == 2
    assert b"BEGIN:VCALENDAR" in student.get(picked["file"]).content


def test_picking_sent_again_gives_the_same_talk(
    question: GuidanceQuestion, student: Program, teacher: Program
) -> None:
    moment = proposed(teacher, question).json()["moments"][0]["id"]

    answers = [student.post(f"/talk-proposals/moments/{moment}/pick") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert AppointmentMail.objects.count() == 2


def test_moments_that_were_taken_back_are_picked_no_more(
    question: GuidanceQuestion, student: Program, teacher: Program
) -> None:
    made = proposed(teacher, question).json()
    back = teacher.post(f"/talk-proposals/{made['id']}/take-back").json()

    answer = student.post(f"/talk-proposals/moments/{made['moments'][0]['id']}/pick")

    assert back["outcome"] == "taken_back"
    assert answer.status_code == 409
    assert student.post(f"/talk-proposals/{made['id']}/refuse").status_code == 404


def test_answer_that_is_sent_again_is_the_same_one(
    question: GuidanceQuestion, student: Program, teacher: Program
) -> None:
    refused = proposed(teacher, question).json()["id"]
    first, second = (student.post(f"/talk-proposals/{refused}/refuse") for _ in range(2))
    taken_back = proposed(teacher, question).json()["id"]
    third, fourth = (teacher.post(f"/talk-proposals/{taken_back}/take-back") for _ in range(2))

    assert first.json() == second.json()
    assert third.json() == fourth.json()
    assert [one.status_code for one in (first, second, third, fourth)] == [200] * 4
    assert Notification.objects.filter(kind="talk_declined").count() == 1


def test_who_proposed_waits_for_the_other_and_hears_that_none_fits(
    question: GuidanceQuestion, student: Program, teacher: Program
) -> None:
    made = proposed(student, question).json()
    assert student.post(f"/talk-proposals/{made['id']}/refuse").status_code == 404
    assert (
        student.post(f"/talk-proposals/moments/{made['moments'][0]['id']}/pick").status_code == 404
    )

    refused = teacher.post(f"/talk-proposals/{made['id']}/refuse").json()

    assert refused["outcome"] == "none_fits"
    news = Notification.objects.get(person=question.placement.student, kind="talk_declined")
    assert news.seen_at is None
    student.get(f"/talk-proposals/{made['id']}")
    news.refresh_from_db()
    assert news.seen_at is not None


def test_proposal_that_is_sent_again_is_made_once(
    question: GuidanceQuestion, teacher: Program
) -> None:
    key = str(uuid.uuid4())

    first, second = (proposed(teacher, question, client_id=key) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert TalkProposal.objects.count() == 1


def test_planned_meeting_asks_for_no_answer(question: GuidanceQuestion, teacher: Program) -> None:
    made = proposed(teacher, question, form="meeting", moments=[]).json()

    assert (made["outcome"], made["talk"], made["moments"]) == ("picked", None, [])


def test_form_is_the_one_that_the_question_asks_for(
    question: GuidanceQuestion, teacher: Program
) -> None:
    GuidanceQuestion.objects.filter(pk=question.pk).update(form="phone")

    assert proposed(teacher, question).json()["form"] == "phone"


@pytest.mark.parametrize(
    ("moments", "field"),
    [
        (list, "moments.0"),
        (lambda: [in_days(2), in_days(2)], "moments.1"),
        (lambda: [in_days(2), in_days(-1)], "moments.1"),
        (lambda: ["2026-03-16T10:00:00"], "moments.0"),
        (lambda: ["2026-03-16"], "moments.0"),
        (lambda: [1_770_000_000], "moments.0"),
        (lambda: ["0001-01-01T00:00:00+14:00"], "moments.0"),
        (lambda: ["9999-12-31T23:59:59-12:00"], "moments.0"),
        (lambda: ["2400-01-01T10:00:00+01:00"], "moments.0"),
        (lambda: [in_days(number) for number in range(2, 8)], "moments"),
    ],
)
def test_moment_that_is_none_is_said_at_its_place(
    question: GuidanceQuestion, teacher: Program, moments: Callable[[], Any], field: str
) -> None:
    answer = proposed(teacher, question, moments=moments())

    assert answer.status_code == 422
    assert {one["field"] for one in answer.json()["errors"]} == {field}
    assert not TalkProposal.objects.exists()


def test_moment_means_the_same_in_every_offset(
    question: GuidanceQuestion, teacher: Program
) -> None:
    zone = timezone.get_fixed_timezone(timedelta(hours=5))
    elsewhere = datetime.fromisoformat(in_days(2)).astimezone(zone).isoformat()

    made = proposed(teacher, question, moments=[elsewhere]).json()

    assert [one["starts_at"] for one in made["moments"]] == [in_days(2)]


def test_talk_moves_for_both_and_not_over_what_was_not_read(
    question: GuidanceQuestion, student: Program, teacher: Program
) -> None:
    path = f"/talks/{talk_of(question, teacher, student)}"
    read = student.get(path)["ETag"]

    moved = teacher.patch(path, {"starts_at": in_days(5)}, match=read)

    assert moved.status_code == 200
    assert moved.json()["starts_at"] == in_days(5)
    assert moved.json()["ends_at"] == in_days(5).replace("T10:00", "T10:30")
    assert student.patch(path, {"place": "Elders"}, match=read).status_code == 412
    assert student.patch(path, {"place": "Elders"}).json()["starts_at"] == in_days(5)
    assert student.patch(path, {"starts_at": in_days(-1)}).json()["errors"][0]["field"] == (
        "starts_at"
    )


def test_talk_that_was_cancelled_is_not_moved(
    question: GuidanceQuestion, student: Program, teacher: Program
) -> None:
    path = f"/talks/{talk_of(question, teacher, student)}"
    assert student.post(f"{path}/cancel").json()["cancelled_at"]

    assert teacher.patch(path, {"place": "Toch"}).status_code == 409
    assert [one["id"] for one in teacher.get("/talks?state=cancelled").json()["items"]]
    assert teacher.get("/talks?state=coming").json()["items"] == []


def test_withdrawn_question_takes_its_proposals_from_the_teacher_and_the_subject_from_the_talk(
    question: GuidanceQuestion, student: Program, teacher: Program
) -> None:
    talk = talk_of(question, teacher, student)
    made = proposed(student, question).json()

    withdraw_question(question, at=timezone.now())

    assert teacher.get(f"/talk-proposals/{made['id']}").status_code == 404
    assert student.get(f"/talk-proposals/{made['id']}").status_code == 200
    told = teacher.get(f"/talks/{talk}").json()
    assert (told["title"], told["question"]) == ("", None)
    assert student.get(f"/talks/{talk}").json()["question"] == question.pk
    assert teacher.get(f"/talks?question={question.pk}").json()["items"] == []


def test_who_reads_the_question_along_plans_no_talk_and_reads_none(
    question: GuidanceQuestion, student: Program, teacher: Program, colleague: Program
) -> None:
    talk = talk_of(question, teacher, student)
    made = proposed(teacher, question).json()
    report = student.post(f"/talks/{talk}/report", {"agreed": "Eerder vragen"}).json()["id"]
    student.post(f"/reports/{report}/share")

    told = colleague.get(f"/guidance-questions/{question.pk}").json()

    assert (told["proposal"], told["talks"], told["reports"]) == (None, [], [])
    assert student.get(f"/guidance-questions/{question.pk}").json()["proposal"] == made["id"]
    for path in (f"/talk-proposals/{made['id']}", f"/talks/{talk}", f"/reports/{report}"):
        assert colleague.get(path).status_code == 404
    assert proposed(colleague, question).status_code == 404
    for path in ("/talk-proposals", "/talks", "/reports"):
        assert colleague.get(path).json()["items"] == []


# Reports ------------------------------------------------------------------------------------------


def test_report_is_the_students_until_it_is_shared_and_then_confirmed_as_read(
    question: GuidanceQuestion, student: Program, teacher: Program
) -> None:
    talk = talk_of(question, teacher, student)
    made = student.post(
        f"/talks/{talk}/report",
        {"agreed": "Eerder vragen", "points": [{"what": "Voorbeeld sturen", "who": "teacher"}]},
    )
    path = f"/reports/{made.json()['id']}"
    assert made.status_code == 201
    assert made.json()["readers"] == ["Sanne"]
    assert teacher.get(path).status_code == 404
    assert teacher.get("/action-points").json()["items"] == []
    assert teacher.get(f"/talks/{talk}").json()["report"] is None

    shared = student.post(f"{path}/share").json()

    assert shared["readers"] == ["Sanne", "Mira de Vries"]
    assert teacher.get(f"/talks/{talk}").json()["report"] == shared["id"]
    read = teacher.get(path).json()
    assert read["points"][0]["is_mine"]
    sent = {"version": read["version"], "addition": "Goed gezien."}
    assert teacher.post(f"{path}/confirm", sent).json()["is_confirmed"]
    assert student.get(path).json()["addition"] == "Goed gezien."
    assert student.patch(path, {"agreed": "Anders"}).status_code == 409
    assert student.delete(path).status_code == 409
    student.post(f"{path}/withdraw")
    assert teacher.get(path).status_code == 404
    assert teacher.post(f"{path}/confirm", sent).status_code == 404
    assert student.patch(path, {"agreed": "Anders"}).status_code == 200


def test_report_that_was_shared_anew_is_read_again_before_it_is_confirmed(
    question: GuidanceQuestion, student: Program, teacher: Program
) -> None:
    report = factories.report(question, shared_at=timezone.now() - timedelta(days=1))
    version = teacher.get(f"/reports/{report.pk}").json()["version"]
    student.post(f"/reports/{report.pk}/withdraw")
    student.post(f"/reports/{report.pk}/share")

    answer = teacher.post(f"/reports/{report.pk}/confirm", {"version": version})

    assert answer.status_code == 409
    report.refresh_from_db()
    assert report.confirmed_at is None


def test_talk_has_one_report(
    question: GuidanceQuestion, student: Program, teacher: Program
) -> None:
    talk = talk_of(question, teacher, student)

    first, second = (
        student.post(f"/talks/{talk}/report", {"agreed": text}) for text in ("Een", "Twee")
    )

    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json() == first.json()


def test_report_that_is_sent_again_is_kept_once(
    question: GuidanceQuestion, student: Program
) -> None:
    sent = {"client_id": str(uuid.uuid4()), "agreed": "Een", "points": [{"what": "Vragen"}]}
    path = f"/guidance-questions/{question.pk}/reports"

    assert [student.post(path, sent).status_code for _ in range(2)] == [201, 200]
    assert MeetingReport.objects.count() == ActionPoint.objects.count() == 1


def test_point_of_a_report_that_stays_is_the_same_one(
    question: GuidanceQuestion, student: Program
) -> None:
    made = student.post(
        f"/guidance-questions/{question.pk}/reports",
        {"points": [{"what": "Een"}, {"what": "Twee"}, {"what": "Drie"}]},
    ).json()
    path = f"/reports/{made['id']}"
    second = next(one for one in made["points"] if one["what"] == "Twee")
    student.post(f"/action-points/{second['id']}/tick", {})

    kept = student.patch(path, {"discussed": "Veel"}).json()
    changed = student.patch(
        path, {"points": [{"what": "Nieuw"}, {"id": second["id"], "what": "Twee, beter"}]}
    ).json()

    assert [one["id"] for one in kept["points"]] == [one["id"] for one in made["points"]]
    told = {one["what"]: one for one in changed["points"]}
    assert set(told) == {"Nieuw", "Twee, beter"}
    assert told["Twee, beter"]["id"] == second["id"]
    assert told["Twee, beter"]["done_at"]


def test_report_without_anything_is_none(question: GuidanceQuestion, student: Program) -> None:
    made = student.post(
        f"/guidance-questions/{question.pk}/reports", {"points": [{"what": "Een"}]}
    ).json()

    answer = student.patch(f"/reports/{made['id']}", {"points": []})

    assert answer.json()["errors"][0]["field"] == "agreed"
    assert student.get(f"/reports/{made['id']}").json()["points"] == made["points"]


@pytest.mark.parametrize(
    ("points", "field"),
    [
        ([{"what": "Een", "id": 999_999}], "points.0.id"),
        ([{"what": "Een"}, {"what": "   ", "due_on": "2026-03-20"}], "points.1.what"),
        ([{"what": "Een", "due_on": "1026-03-20"}], "points.0.due_on"),
        ([{"what": "Een", "due_on": "20-03-2026"}], "points.0.due_on"),
        ([{"what": "x"}] * 4, "points"),
    ],
)
def test_what_is_wrong_with_a_point_is_said_at_its_place(
    question: GuidanceQuestion, student: Program, points: Any, field: str
) -> None:
    report = factories.report(question)

    answer = student.patch(f"/reports/{report.pk}", {"points": points})

    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]


def test_same_point_twice_is_refused(question: GuidanceQuestion, student: Program) -> None:
    made = student.post(
        f"/guidance-questions/{question.pk}/reports", {"points": [{"what": "Een"}]}
    ).json()
    twice = [{"id": made["points"][0]["id"], "what": "Een"}] * 2

    answer = student.patch(f"/reports/{made['id']}", {"points": twice})

    assert answer.json()["errors"][0]["field"] == "points.1.id"


def test_question_that_is_not_open_takes_no_report(
    question: GuidanceQuestion, student: Program
) -> None:
    report = factories.report(question)
    withdraw_question(question, at=timezone.now())

    assert student.post(f"/reports/{report.pk}/share").status_code == 409


# Action points ------------------------------------------------------------------------------------


def test_own_point_is_seen_by_nobody_else_and_one_of_a_message_by_its_readers(
    question: GuidanceQuestion, student: Program, teacher: Program, colleague: Program
) -> None:
    message = factories.message(question, teacher_of(question))
    own = student.post("/action-points", {"what": "Van mij", "due_on": "2026-12-01"}).json()
    theirs = student.post(
        "/action-points", {"what": "Voorbeeld sturen", "message": message.pk, "who": "teacher"}
    ).json()

    assert own["question"] is None
    assert theirs["question"] == question.pk
    for reader in (teacher, colleague):
        assert [one["id"] for one in reader.get("/action-points").json()["items"]] == [theirs["id"]]
        assert reader.get(f"/action-points/{own['id']}").status_code == 404
    assert teacher.get("/action-points?is_mine=true").json()["items"][0]["owner"]["name"] == (
        "Mira de Vries"
    )
    assert colleague.post(f"/action-points/{theirs['id']}/tick", {}).status_code == 404
    assert teacher.post(f"/action-points/{theirs['id']}/tick", {}).json()["done_at"]
    for reader in (student, teacher, colleague):
        told = reader.get(f"/guidance-questions/{question.pk}").json()
        assert told["action_points"] == [theirs["id"]]
    assert student.get("/action-points?is_done=false").json()["items"][0]["id"] == own["id"]
    assert teacher.patch(f"/action-points/{theirs['id']}", {"what": "Anders"}).status_code == 404
    assert teacher.delete(f"/action-points/{theirs['id']}").status_code == 404
    withdraw_question(question, at=timezone.now())
    assert teacher.get("/action-points").json()["items"] == []


@pytest.mark.parametrize("sent", [{"who": "teacher"}, {"message": 999_999}])
def test_point_is_done_by_nobody_who_cannot_see_it(
    question: GuidanceQuestion, student: Program, sent: dict[str, Any]
) -> None:
    answer = student.post("/action-points", {"what": "Iets"} | sent)

    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == list(sent)


def test_message_of_somebody_else_makes_no_point(
    question: GuidanceQuestion, teacher: Program
) -> None:
    message = factories.message(question, question.placement.student)

    answer = teacher.post("/action-points", {"what": "Iets", "message": message.pk})

    assert answer.json()["errors"][0]["field"] == "message"
    assert not ActionPoint.objects.exists()


def test_point_changes_and_what_is_left_out_stays(
    question: GuidanceQuestion, student: Program
) -> None:
    made = student.post("/action-points", {"what": "Vragen", "due_on": "2026-12-01"})
    path = f"/action-points/{made.json()['id']}"

    changed = student.patch(path, {"what": "Eerder vragen"}, match=made["ETag"]).json()

    assert (changed["what"], changed["due_on"]) == ("Eerder vragen", "2026-12-01")
    assert student.patch(path, {"due_on": None}).json()["due_on"] is None
    assert student.patch(path, {"what": "x"}, match=made["ETag"]).status_code == 412
    assert student.patch(path, {"who": "teacher"}).json()["errors"][0]["field"] == "who"


def test_point_that_is_sent_again_is_kept_once(
    question: GuidanceQuestion, student: Program
) -> None:
    sent = {"client_id": str(uuid.uuid4()), "what": "Vragen"}

    assert [student.post("/action-points", sent).status_code for _ in range(2)] == [201, 200]
    assert ActionPoint.objects.count() == 1


def test_point_becomes_a_goal_once_by_a_token_that_may_write_the_logbook(
    question: GuidanceQuestion, student: Program
) -> None:
    path = f"/action-points/{factories.point(question.placement, 'Vragen').pk}/goal"
    only_guidance = Program(question.placement.student, "guidance:read", "guidance:write")

    refused = only_guidance.post(path)
    goals = {student.post(path).json()["goal"] for _ in range(2)}

    assert refused.status_code == 403
    assert 'scope="logbook:write"' in refused["WWW-Authenticate"]
    assert goals == {LearningGoal.objects.get().pk}


def test_closing_gives_points_once(question: GuidanceQuestion, student: Program) -> None:
    sent = {
        "conclusion_learned": "Eerder vragen.",
        "client_id": str(uuid.uuid4()),
        "points": [{"what": "Vragen"}, {"what": "Voorbeeld sturen", "who": "teacher"}],
    }
    for _ in range(2):
        answer = student.post(f"/guidance-questions/{question.pk}/close", sent)
        assert answer.status_code == 200

    assert {(point.what, point.owner_id) for point in question.action_points.all()} == {
        ("Vragen", question.placement.student_id),
        ("Voorbeeld sturen", question.teacher_id),
    }
    assert ActionPoint.objects.count() == 2


def test_teacher_who_cannot_read_a_question_does_nothing_of_its_closing(
    question: GuidanceQuestion, student: Program
) -> None:
    withdraw_question(question, at=timezone.now())
    sent = {"points": [{"what": "Sturen", "who": "teacher"}]}

    answer = student.post(f"/guidance-questions/{question.pk}/close", sent)

    assert answer.json()["errors"][0]["field"] == "points.0.who"
    question.refresh_from_db()
    assert question.closed_at is None


def test_news_of_a_point_is_seen_once_it_was_read(
    question: GuidanceQuestion, student: Program, teacher: Program
) -> None:
    message = factories.message(question, teacher_of(question))
    student.post("/action-points", {"what": "Sturen", "message": message.pk, "who": "teacher"})
    news = Notification.objects.filter(
        person=question.teacher, kind="point_for_me", seen_at__isnull=True
    )
    assert news.exists()

    teacher.get("/action-points")

    assert not news.exists()


# Lists --------------------------------------------------------------------------------------------


def talks(question: GuidanceQuestion) -> None:
    factories.talk(question, starts_at=timezone.now() + timedelta(days=1))


def points(question: GuidanceQuestion) -> None:
    factories.point(question.placement, question=question, owner=question.teacher)


def reports(question: GuidanceQuestion) -> None:
    factories.report(question, shared_at=timezone.now())


def proposals(question: GuidanceQuestion) -> None:
    talks(question)
    made = TalkProposal.objects.latest("pk")
    made.moments.create(position=1, starts_at=timezone.now())


@pytest.mark.parametrize(
    ("path", "make"),
    [
        ("/talks", talks),
        ("/talk-proposals", proposals),
        ("/reports", reports),
        ("/action-points", points),
    ],
)
def test_list_takes_as_many_queries_for_one_as_for_many_and_has_each_once(
    question: GuidanceQuestion,
    teacher: Program,
    path: str,
    make: Callable[[GuidanceQuestion], None],
) -> None:
    make(question)
    teacher.get(path)
    with CaptureQueriesContext(connection) as one:
        teacher.get(path)
    for _ in range(4):
        make(question)

    with CaptureQueriesContext(connection) as many:
        found = teacher.get(path).json()["items"]
    in_pages, address = [], f"{path}?limit=2"
    while address:
        told = teacher.get(address).json()
        in_pages += told["items"]
        address = (told["next"] or "").removeprefix("http://testserver")

    assert len(many) == len(one)
    assert len(found) == 5
    assert in_pages == found


@pytest.mark.parametrize("path", ["/talks", "/talk-proposals", "/reports", "/action-points"])
def test_token_for_the_logbook_reads_nothing_of_guidance(
    question: GuidanceQuestion, path: str
) -> None:
    token = Program(question.placement.student, "logbook:read", "logbook:write")

    assert token.get(path).status_code == 403
