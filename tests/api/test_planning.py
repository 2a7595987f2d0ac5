"""What a student plans, by another program: the same rules as in the calendar of the app."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from stageapp.guidance.actions import share_question
from stageapp.guidance.models import GuidanceQuestion
from stageapp.placements.models import Interruption, Placement
from stageapp.planning.actions import make_feed
from stageapp.planning.models import Appointment, CalendarFeed, Deadline
from stageapp.programmes.models import CohortDeadline
from tests import factories
from tests.api.helpers import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def placement() -> Placement:
    return factories.placement(factories.person(), teacher=factories.person("Mira de Vries"))


@pytest.fixture
def program(placement: Placement) -> Program:
    return Program(placement.student)


@pytest.fixture
def question(placement: Placement) -> GuidanceQuestion:
    teacher = placement.teacher_links.get().teacher
    asked = factories.question(placement, "Een geheime vraag", teacher=teacher)
    share_question(asked, at=timezone.now())
    return asked


def day(number: int = 0) -> str:
    return (timezone.localdate() + timedelta(days=number)).isoformat()


def test_deadline_is_set_ticked_off_changed_and_taken_away(program: Program) -> None:
    made = program.post("/deadlines", {"title": "Verslag", "due_on": day(3), "due_time": "17:00"})
    path = f"/deadlines/{made.json()['id']}"

    ticked = program.patch(path, {"is_done": True}, match=made["ETag"]).json()
    changed = program.patch(path, {"title": "Eindverslag"}).json()

    assert made["Location"] == f"/api/v1{path}"
    assert (made.json()["due_time"], made.json()["done_at"]) == ("17:00", None)
    assert ticked["done_at"]
    assert changed == ticked | {"title": "Eindverslag"}
    assert program.patch(path, {"title": "x"}, match=made["ETag"]).status_code == 412
    assert program.patch(path, {"due_time": None, "is_done": False}).json() == changed | {
        "due_time": None,
        "done_at": None,
    }
    assert program.delete(path).status_code == 204
    assert program.get(path).status_code == 404


def test_deadlines_of_the_programme_are_read_beside_ones_own(
    program: Program, placement: Placement
) -> None:
    own = factories.deadline(placement)
    factories.deadline(placement, "Klaar", done_at=timezone.now())
    CohortDeadline.objects.create(
        cohort=placement.cohort, title_nl="Inleveren", title_en="Hand in", due_on=day(9)
    )
    CohortDeadline.objects.create(cohort=factories.cohort(), title_nl="Elders", due_on=day(9))

    assert [one["id"] for one in program.get("/deadlines?is_done=false").json()["items"]] == [
        own.pk
    ]
    assert program.get(f"/deadlines?last={day(1)}").json()["items"] == []
    told = program.get("/programme-deadlines").json()["items"]
    assert [one["title"] for one in told] == ["Inleveren"]
    assert program.get(f"/programme-deadlines?first={day(10)}").json()["items"] == []


def test_appointment_is_noted_and_moved(program: Program, placement: Placement) -> None:
    made = program.post(
        "/appointments",
        {
            "title": "Bezoek",
            "starts_at": "2026-03-18T08:30:00Z",
            "ends_at": "2026-03-18T11:00:00+01:00",
            "with_whom": "Gemeente",
        },
    )
    path = f"/appointments/{made.json()['id']}"

    moved = program.patch(path, {"ends_at": "2026-03-18T12:00:00+01:00", "place": "Hal"}).json()

    assert made.json()["starts_at"] == "2026-03-18T09:30:00+01:00"
    assert moved["ends_at"] == "2026-03-18T12:00:00+01:00"
    assert (moved["with_whom"], moved["place"]) == ("Gemeente", "Hal")
    assert program.get("/appointments?first=2026-03-18&last=2026-03-18").json()["items"] == [moved]
    assert program.get("/appointments?first=2026-03-19").json()["items"] == []
    assert program.delete(path).status_code == 204


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "field"),
    [
        ("2026-03-18T10:00:00+01:00", "2026-03-18T10:00:00+01:00", "ends_at"),
        ("2026-03-18T10:00:00+01:00", "2026-03-17T11:00:00+01:00", "ends_at"),
        ("2026-03-18T10:00:00+01:00", "2026-03-19T11:00:00+01:00", "ends_at"),
        ("2026-03-18T10:00:00", "2026-03-18T11:00:00+01:00", "starts_at"),
        ("2026-03-18", "2026-03-18T11:00:00+01:00", "starts_at"),
        ("1026-03-18T10:00:00+01:00", "1026-03-18T11:00:00+01:00", "starts_at"),
        ("2026-10-25T01:30:00Z", "2026-10-25T03:00:00Z", "starts_at"),
    ],
)
def test_appointment_that_does_not_fit_is_refused_at_its_field(
    program: Program, starts_at: str, ends_at: str, field: str
) -> None:
    answer = program.post(
        "/appointments", {"title": "Bezoek", "starts_at": starts_at, "ends_at": ends_at}
    )

    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]
    assert not Appointment.objects.exists()


@pytest.mark.parametrize("time", ["25:00", "9:00", "09:00:00", "0900", "09:00Z", "ochtend", 900])
def test_time_has_one_way_to_be_written(program: Program, time: Any) -> None:
    answer = program.post("/deadlines", {"title": "x", "due_on": day(), "due_time": time})

    assert [one["field"] for one in answer.json()["errors"]] == ["due_time"]


def test_absence_of_one_day_becomes_longer_and_the_placement_stands_still(
    program: Program, placement: Placement
) -> None:
    first, second = day(1), day(2)
    made = program.post("/absences", {"starts_on": first, "reason": "Griep"})
    path = f"/absences/{made.json()['id']}"

    longer = program.patch(path, {"ends_on": second}, match=made["ETag"]).json()

    assert made.json()["ends_on"] == first
    assert (longer["kind"], longer["ends_on"], longer["reason"]) == ("sickness", second, "Griep")
    assert program.get(f"/absences?first={second}").json()["items"] == [longer]
    assert program.get(f"/absences?first={day(3)}").json()["items"] == []
    outside = (placement.ends_on + timedelta(days=1)).isoformat()
    assert program.post("/absences", {"starts_on": outside}).json()["errors"][0]["field"] == (
        "starts_on"
    )
    assert program.patch(path, {"ends_on": day()}).json()["errors"][0]["field"] == "ends_on"
    assert program.delete(path).status_code == 204


@pytest.mark.parametrize(
    ("path", "sent", "model"),
    [
        ("/deadlines", {"title": "Verslag", "due_on": "2026-03-18"}, Deadline),
        ("/absences", {"starts_on": ""}, Interruption),
        (
            "/appointments",
            {
                "title": "Bezoek",
                "starts_at": "2026-03-18T10:00:00Z",
                "ends_at": "2026-03-18T11:00:00Z",
            },
            Appointment,
        ),
    ],
)
def test_what_is_sent_again_is_made_once(
    program: Program, path: str, sent: dict[str, Any], model: Any
) -> None:
    sent = sent | {"client_id": str(uuid.uuid4())}
    if "starts_on" in sent:
        sent["starts_on"] = day()

    first, second = program.post(path, sent), program.post(path, sent)

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert model.objects.count() == 1


# What a token for the calendar does not read ------------------------------------------------------


def test_calendar_tells_nothing_of_talks_and_questions(question: GuidanceQuestion) -> None:
    talk = factories.talk(question)
    program = Program(question.placement.student, "calendar:read", "calendar:write")

    told = [
        program.get(path) for path in ("/appointments", "/deadlines", "/absences", "/calendar-feed")
    ]

    assert [one.status_code for one in told] == [200] * 4
    assert "geheime" not in "".join(one.content.decode() for one in told)
    for method in ("get", "delete"):
        assert getattr(program, method)(f"/appointments/{talk.pk}").status_code == 404
    assert program.patch(f"/appointments/{talk.pk}", {"title": "x"}).status_code == 404


@pytest.mark.parametrize("scopes", [("placements:read", "logbook:read"), ("guidance:read",)])
@pytest.mark.parametrize("path", ["/deadlines", "/appointments", "/absences", "/calendar-feed"])
def test_other_token_does_not_read_the_calendar(
    placement: Placement, path: str, scopes: tuple[str, ...]
) -> None:
    factories.absence(placement, reason="Griep")

    answer = Program(placement.student, *scopes).get(path)

    assert answer.status_code == 403
    assert 'scope="calendar:read"' in answer["WWW-Authenticate"]


def test_teacher_reads_no_reason_of_absence(placement: Placement) -> None:
    kept = factories.absence(placement, reason="Griep")
    teacher = Program(placement.teacher_links.get().teacher)

    assert teacher.get(f"/absences/{kept.pk}").status_code == 404
    assert teacher.get(f"/absences?placement={placement.pk}").status_code == 404


# The feed -----------------------------------------------------------------------------------------


def test_feed_tells_how_it_stands_and_never_its_address(
    program: Program, placement: Placement
) -> None:
    none = program.get("/calendar-feed").json()
    token = make_feed(placement.student, with_activities=False, at=timezone.now())

    read = program.get("/calendar-feed")

    assert none == {"is_on": False, "with_activities": False, "made_at": None}
    assert read.json()["is_on"]
    assert token not in read.content.decode()
    assert CalendarFeed.objects.get().token_hash not in read.content.decode()
    changed = program.patch("/calendar-feed", {"with_activities": True}, match=read["ETag"])
    assert changed.json()["with_activities"]
    address = reverse("planning:feed", args=[token])
    assert Client().get(address).status_code == 200
    assert program.delete("/calendar-feed").status_code == 204
    assert Client().get(address).status_code == 404
    assert program.delete("/calendar-feed").status_code == 204
    assert program.patch("/calendar-feed", {"with_activities": True}).status_code == 409


def test_token_lets_no_activities_out_that_it_may_not_read(placement: Placement) -> None:
    make_feed(placement.student, with_activities=False, at=timezone.now())
    program = Program(placement.student, "calendar:read", "calendar:write")

    answer = program.patch("/calendar-feed", {"with_activities": True})

    assert answer.status_code == 403
    assert 'scope="logbook:read"' in answer["WWW-Authenticate"]
    assert not CalendarFeed.objects.get().with_activities
    assert program.patch("/calendar-feed", {"with_activities": False}).status_code == 200


def test_teacher_has_a_feed_of_talks_and_no_activities_to_put_in_it(placement: Placement) -> None:
    teacher = placement.teacher_links.get().teacher
    teacher.programme_memberships.create(programme=placement.cohort.programme, role="teacher")
    make_feed(teacher, with_activities=False, at=timezone.now())
    program = Program(teacher)

    assert program.get("/calendar-feed").json()["is_on"]
    answer = program.patch("/calendar-feed", {"with_activities": True})
    assert answer.json()["errors"][0]["code"] == "not_asked"
    assert program.delete("/calendar-feed").status_code == 204


def test_lists_take_as_many_queries_for_one_as_for_many_and_come_in_pages(
    program: Program, placement: Placement
) -> None:
    def fill(number: int) -> None:
        factories.deadline(placement, due_on=date(2026, 3, 18))
        factories.appointment(placement)
        factories.absence(placement, starts_on=placement.starts_on + timedelta(days=number))

    fill(0)
    paths = ("/deadlines", "/appointments", "/absences")
    for path in paths:
        program.get(path)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            for path in paths:
                program.get(path)
        counts.append(len(queries))
        for number in range(1, 5):
            fill(number)

    assert counts[0] == counts[1]
    for path in paths:
        found, address = [], f"{path}?limit=2"
        while address:
            told = program.get(address).json()
            found += told["items"]
            address = (told["next"] or "").removeprefix("http://testserver")
        assert found == program.get(path).json()["items"]
