"""Working agreements by another program: proposed by one, confirmed by the other."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from stageapp.placements.models import Placement, TeacherLeave, WorkingAgreement
from tests import factories
from tests.api.helpers import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def placement() -> Placement:
    return factories.placement(factories.person("Sanne"), teacher=factories.person("Mira de Vries"))


@pytest.fixture
def student(placement: Placement) -> Program:
    return Program(placement.student)


@pytest.fixture
def teacher(placement: Placement) -> Program:
    return Program(placement.teacher_links.get().teacher)


@pytest.fixture
def path(placement: Placement) -> str:
    return f"/agreements/{placement.teacher_links.get().pk}"


def test_terms_hold_once_the_other_confirmed_what_was_read(
    student: Program, teacher: Program, path: str
) -> None:
    laid = teacher.post(f"{path}/propose", {"response_days": 3, "moments": "Dinsdag"}).json()
    key = laid["proposal"]["id"]
    assert laid["holds"] is None
    assert laid["proposal"]["is_mine"]
    assert teacher.post(f"{path}/confirm", {"proposal": key}).status_code == 409

    held = student.post(f"{path}/confirm", {"proposal": key}).json()

    assert held["proposal"] is None
    assert (held["holds"]["response_days"], held["holds"]["moments"]) == (3, "Dinsdag")
    assert not held["holds"]["is_mine"]
    assert student.get("/agreements").json()["items"] == [held]
    assert student.post(f"{path}/confirm", {"proposal": key}).json() == held


def test_proposal_that_was_changed_meanwhile_is_read_again(
    student: Program, teacher: Program, path: str
) -> None:
    first = teacher.post(f"{path}/propose", {"response_days": 3})
    read = student.get(path)["ETag"]
    teacher.post(f"{path}/propose", {"response_days": 5})

    answer = student.post(f"{path}/confirm", {"proposal": first.json()["proposal"]["id"]})

    assert answer.status_code == 409
    assert student.post(f"{path}/propose", {"response_days": 1}, If_Match=read).status_code == 412
    assert teacher.post(f"{path}/take-back").json()["proposal"] is None
    assert not WorkingAgreement.objects.exists()


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "response_days"),
        ({"response_days": 0}, "response_days"),
        ({"response_days": 31}, "response_days"),
        ({"response_days": "3"}, "response_days"),
        ({"moments": "x\x00"}, "moments"),
    ],
)
def test_terms_that_are_none_are_said_at_their_field(
    teacher: Program, path: str, sent: dict[str, Any], field: str
) -> None:
    answer = teacher.post(f"{path}/propose", sent)

    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]


def test_who_guides_no_more_reads_no_agreement(
    placement: Placement, teacher: Program, student: Program, path: str
) -> None:
    teacher.post(f"{path}/propose", {"response_days": 3})
    placement.teacher_links.update(ended_at=timezone.now())

    assert teacher.get(path).status_code == 404
    assert teacher.get("/agreements").json()["items"] == []
    assert student.get(path).status_code == 404


def test_own_terms_are_changed_and_proposed_to_who_has_none(
    teacher: Program, student: Program, path: str
) -> None:
    read = teacher.get("/terms")
    assert read.json() == {
        "response_days": None,
        "moments": "",
        "channels": "",
        "is_kept": False,
        "without": 1,
    }

    kept = teacher.patch("/terms", {"response_days": 2, "channels": "Hier"}, match=read["ETag"])
    changed = teacher.patch("/terms", {"response_days": 3}).json()

    assert kept.json()["is_kept"]
    assert (changed["response_days"], changed["channels"]) == (3, "Hier")
    assert teacher.patch("/terms", {"moments": "x"}, match=read["ETag"]).status_code == 412
    assert teacher.post("/terms/propose").json() == {"students": 1}
    assert teacher.get("/terms").json()["without"] == 0
    assert student.get(path).json()["proposal"]["channels"] == "Hier"
    assert teacher.patch("/terms", {"response_days": None, "channels": ""}).status_code == 422


def test_leave_is_kept_once_and_the_student_sees_it(
    teacher: Program, student: Program, path: str
) -> None:
    first = timezone.localdate()
    sent = {
        "client_id": str(uuid.uuid4()),
        "starts_on": first.isoformat(),
        "ends_on": (first + timedelta(days=3)).isoformat(),
    }

    answers = [teacher.post("/leaves", sent) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 200]
    assert TeacherLeave.objects.count() == 1
    kept = answers[0].json()
    assert student.get(path).json()["leave"] == kept
    assert teacher.get("/leaves").json()["items"] == [kept]
    backwards = sent | {"client_id": None, "ends_on": (first - timedelta(days=1)).isoformat()}
    assert teacher.post("/leaves", backwards).json()["errors"][0]["field"] == "ends_on"
    assert teacher.delete(f"/leaves/{kept['id']}").status_code == 204
    assert student.get(path).json()["leave"] is None


def test_list_takes_as_many_queries_for_one_as_for_many(
    placement: Placement, teacher: Program
) -> None:
    teacher.get("/agreements")
    with CaptureQueriesContext(connection) as one:
        teacher.get("/agreements")
    guide = placement.teacher_links.get().teacher
    for _ in range(4):
        other = factories.placement(teacher=guide, cohort=placement.cohort)
        WorkingAgreement.objects.create(placement=other, teacher=guide, response_days=2)

    with CaptureQueriesContext(connection) as many:
        found = teacher.get("/agreements").json()["items"]
    in_pages, address = [], "/agreements?limit=2"
    while address:
        told = teacher.get(address).json()
        in_pages += told["items"]
        address = (told["next"] or "").removeprefix("http://testserver")

    assert len(many) == len(one)
    assert len(found) == 5
    assert in_pages == found
