"""The Python client, against a server that listens: as somebody who writes a program meets it."""

import uuid
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import requests
from django.utils import timezone

from clients.python.stageapp_client import Problem, StageApp
from stageapp.guidance.actions import share_question
from stageapp.logbook.models import Activity
from stageapp.placements.models import Placement
from tests import factories
from tests.api.helpers import token_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def placement() -> Placement:
    return factories.placement(factories.person(), cohort=factories.cohort("evidence"))


@pytest.fixture
def app(placement: Placement, live_server: Any) -> StageApp:
    return StageApp(live_server.url, token_of(placement.student), language="en")


def today() -> str:
    return timezone.localdate().isoformat()


def test_log_read_change_and_remove(app: StageApp) -> None:
    made = app.log_activity({"date": today(), "description": "Prepared a meeting"})
    changed = app.change_activity(
        made["id"], {"description": "Prepared and led a meeting"}, if_match=app.etag
    )

    assert app.get_activity(made["id"]) == changed
    app.delete_activity(made["id"])
    assert list(app.list_activities()) == []


def test_list_goes_on_by_itself(app: StageApp, placement: Placement) -> None:
    for number in range(7):
        factories.activity(placement, f"Number {number}")

    found = list(app.list_activities(limit=3))

    assert len({one["id"] for one in found}) == 7


def test_what_could_not_be_sent_is_sent_again_and_made_once(
    app: StageApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    send, tries = app.session.request, list[int]()

    def unsteady(*arguments: Any, **options: Any) -> requests.Response:
        tries.append(1)
        answer = send(*arguments, **options)
        if len(tries) == 1:
            raise requests.ConnectionError("the answer was lost")
        return answer

    monkeypatch.setattr(app.session, "request", unsteady)

    app.log_activity({"date": today(), "description": "In a tunnel"})

    assert len(tries) == 2
    assert Activity.objects.count() == 1


def test_file_is_whole_when_it_is_sent_again(
    app: StageApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    send, tries = app.session.request, list[int]()

    def unsteady(*arguments: Any, **options: Any) -> requests.Response:
        tries.append(1)
        if len(tries) == 1:
            requests.Request("POST", "http://nowhere.example", files=options["files"]).prepare()
            raise requests.ConnectionError("nothing arrived")
        return send(*arguments, **options)

    monkeypatch.setattr(app.session, "request", unsteady)

    made = app.upload_evidence(("photo.jpg", BytesIO(factories.picture()), "image/jpeg"))

    assert len(tries) == 2
    assert app.get_evidence_file(made["id"])[:2] == b"\xff\xd8"


@pytest.mark.parametrize("address", ["http://localhost:80.evil.example/x", "http://other.example/"])
def test_token_goes_to_nobody_else(address: str) -> None:
    app = StageApp("http://localhost:80", "stage_x")

    with pytest.raises(ValueError, match="is not an address of"):
        app._send("GET", address)


def test_own_client_id_makes_one_thing_of_two_runs(app: StageApp) -> None:
    key = str(uuid.uuid4())

    first, second = (
        app.log_activity({"client_id": key, "date": today(), "description": "Once"})
        for _ in range(2)
    )

    assert first["id"] == second["id"]


def test_problem_says_which_field_is_not_right(app: StageApp) -> None:
    with pytest.raises(Problem) as caught:
        app.log_activity({"date": "2199-01-01", "description": "Later"})

    assert caught.value.status == 422
    assert caught.value.kind == "invalid"
    assert caught.value.errors[0]["field"] == "date"
    assert "still to come" in str(caught.value)


def test_change_of_what_changed_meanwhile_is_a_problem(app: StageApp) -> None:
    made = app.add_goal({"title": "Learn to listen"})
    read = app.etag
    app.change_goal(made["id"], {"title": "Learn to ask"}, if_match=read)

    with pytest.raises(Problem) as caught:
        app.change_goal(made["id"], {"title": "Learn to wait"}, if_match=read)

    assert caught.value.kind == "changed"


def test_talk_is_planned_reported_and_confirmed_by_two_programs(live_server: Any) -> None:
    """As the guide of the API shows it."""
    guide = factories.person("Mira de Vries")
    placement = factories.placement(factories.person("Sanne"), teacher=guide)
    question = factories.question(placement, teacher=guide)
    share_question(question, at=timezone.now())
    student, teacher = (
        StageApp(live_server.url, token_of(person)) for person in (placement.student, guide)
    )
    moments = [(timezone.now() + timedelta(days=n)).isoformat(timespec="seconds") for n in (2, 3)]
    teacher.propose_talk(question.pk, {"form": "video", "moments": moments})

    (proposal,) = student.list_talk_proposals(waits_for_me=True)
    talk = student.pick_moment(proposal["moments"][0]["id"])
    points: list[Any] = [{"what": "Ask first"}, {"what": "Send an example", "who": "teacher"}]
    report = student.write_report_of_talk(talk["id"], {"agreed": "I ask.", "points": points})
    student.share_report(report["id"])
    for one in teacher.list_reports():
        read = teacher.get_report(one["id"])
        teacher.confirm_report(read["id"], {"version": read["version"]})
    for point in teacher.list_action_points(is_mine=True, is_done=False):
        teacher.tick_action_point(point["id"], {"is_done": True})

    told = student.get_report(report["id"])
    assert told["is_confirmed"]
    assert sorted(bool(point["done_at"]) for point in told["points"]) == [False, True]
    assert b"BEGIN:VEVENT" in student.get_talk_file(talk["id"])


def test_file_goes_there_and_back(app: StageApp) -> None:
    photo = factories.picture()

    made = app.upload_evidence(("photo.jpg", photo, "image/jpeg"))

    assert made["kind"] == "file"
    assert app.get_evidence_file(made["id"])[:2] == b"\xff\xd8"


def test_wrong_token_is_a_problem(live_server: Any) -> None:
    with pytest.raises(Problem) as caught:
        StageApp(live_server.url, "stage_no").get_me()

    assert caught.value.status == 401
