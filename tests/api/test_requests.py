"""How programs talk to the API: pages of a list, versions, sending again, limits, problems."""

import importlib
import pkgutil
import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pydantic import BaseModel
from pytest_django import Settings

from stageapp.accounts.models import User
from stageapp.api import v1
from stageapp.core.limits import MINUTE, By, Limit
from stageapp.guidance.actions import share_question
from stageapp.logbook.models import Activity, Evidence
from stageapp.notifications.models import Notification
from stageapp.placements.models import LearningGoal, Placement
from stageapp.programmes.models import FormPart
from tests import factories
from tests.api.helpers import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def placement() -> Placement:
    cohort = factories.cohort("duration", "category", "people", "evidence")
    FormPart.objects.filter(cohort=cohort, part="duration").update(is_required=False)
    return factories.placement(factories.person(), cohort=cohort)


@pytest.fixture
def program(placement: Placement) -> Program:
    return Program(placement.student)


def log(program: Program, **fields: Any) -> Any:
    sent = {"date": timezone.localdate().isoformat(), "description": "Overleg"} | fields
    return program.post("/activities", sent)


# Pages of a list ----------------------------------------------------------------------------------


def test_pages_of_a_list_have_every_row_once_whatever_comes_in_between(
    program: Program, placement: Placement
) -> None:
    day = timezone.localdate()
    for number in range(7):
        factories.activity(placement, f"Nummer {number}", date=day - timedelta(days=number // 2))

    found, address = [], "/activities?limit=3"
    while address:
        answer = program.get(address)
        found += [one["description"] for one in answer.json()["items"]]
        address = answer.json()["next"]
        link = answer.headers.get("Link", "")
        assert bool(address) == bool(link)
        if address:
            assert link == f'<{address}>; rel="next"'
            address = address.removeprefix("http://testserver")
        factories.activity(placement, "Tussendoor", date=day)

    assert sorted(found) == [f"Nummer {number}" for number in range(7)]


@pytest.mark.parametrize("cursor", ["x", "", "eyJ0IjoxfQ:1w", "\x00", "9" * 400])
def test_cursor_that_is_none_is_said_to_be_none(program: Program, cursor: str) -> None:
    answer = program.client.get("/api/v1/activities", {"cursor": cursor}, headers=program.headers)

    assert answer.status_code == (200 if cursor == "" else 422)


def test_cursor_of_another_list_is_refused(program: Program, placement: Placement) -> None:
    for number in range(3):
        factories.goal(placement, f"Doel {number}")
    cursor = program.get("/goals?limit=1").json()["next"].partition("cursor=")[2]

    answer = program.get(f"/activities?cursor={cursor}")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "cursor"


def test_list_takes_the_same_number_of_queries_for_one_row_as_for_many(
    program: Program, placement: Placement
) -> None:
    factories.activity(placement)
    program.get("/activities")
    with CaptureQueriesContext(connection) as one:
        program.get("/activities")
    for _ in range(30):
        made = factories.activity(placement)
        made.people.add(factories.entry(placement.cohort, "person", f"P{made.pk}"))
    with CaptureQueriesContext(connection) as many:
        program.get("/activities?limit=100")

    assert len(many) == len(one)


def test_filters_of_the_logbook_work_here_too(program: Program, placement: Placement) -> None:
    testing = factories.entry(placement.cohort, "category", "Testen")
    factories.activity(placement, "Getest", category=testing)
    factories.activity(placement, "Vergaderd")

    by_list = program.get(f"/activities?category={testing.pk}").json()["items"]
    by_word = program.get("/activities?q=vergaderd").json()["items"]

    assert [one["description"] for one in by_list] == ["Getest"]
    assert [one["description"] for one in by_word] == ["Vergaderd"]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ("2026-03-12T10:00:00Z", 200),
        ("2026-03-12T10:00:00.5%2B01:00", 200),
        ("0252-03-15T14:20:55.345-22:46", 200),
        ("2026-03-12T10:00:00", 422),
        ("2026-03-12", 422),
        ("1770000000", 422),
        ("0001-01-01T00:00:00%2B14:00", 422),
        ("9999-12-31T23:59:59-12:00", 422),
        ("gisteren", 422),
    ],
)
def test_moment_is_read_as_the_document_writes_it(program: Program, sent: str, status: int) -> None:
    answer = program.get(f"/activities?changed_since={sent}")

    assert answer.status_code == status
    if status != 200:
        assert answer.json()["errors"][0]["field"] == "changed_since"
        assert "2026-03-12T10:15:00+01:00" in answer.json()["errors"][0]["message"]


def test_filter_that_nobody_knows_is_no_filter(program: Program) -> None:
    answer = program.get("/activities?categorie=1")

    assert answer.status_code == 422
    assert answer.json()["errors"][0] == {
        "field": "categorie",
        "message": "Er is geen filter met deze naam.",
        "code": "extra_forbidden",
    }


# Versions -----------------------------------------------------------------------------------------


def test_what_did_not_change_is_not_sent_again(program: Program) -> None:
    made = log(program)
    path = f"/activities/{made.json()['id']}"
    read = program.get(path)

    again = program.get(path, If_None_Match=read["ETag"])

    assert made["ETag"] == read["ETag"]
    assert again.status_code == 304
    assert again.content == b""


def test_change_of_what_another_device_changed_is_refused(program: Program) -> None:
    made = log(program)
    path, read = f"/activities/{made.json()['id']}", made["ETag"]
    assert program.patch(path, {"description": "Eerst"}, read).status_code == 200

    answer = program.patch(path, {"description": "Daarna"}, read)

    assert answer.status_code == 412
    assert program.get(path).json()["description"] == "Eerst"
    assert program.patch(path, {"description": "Toch"}, "*").status_code == 200


def test_change_without_saying_what_was_read_is_refused(program: Program) -> None:
    made = log(program)

    answer = program.call("PATCH", f"/activities/{made.json()['id']}", {"description": "x"})

    assert answer.status_code == 428


def test_version_read_in_one_language_counts_in_the_other(
    program: Program, placement: Placement
) -> None:
    both = factories.entry(placement.cohort, "category", "Testen", name_en="Testing")
    made = log(program, category=both.pk)
    english = Program(placement.student, language="en")

    answer = english.patch(
        f"/activities/{made.json()['id']}", {"description": "Changed"}, made["ETag"]
    )

    assert made.json()["category"]["name"] == "Testen"
    assert answer.status_code == 200
    assert answer.json()["category"]["name"] == "Testing"


def test_what_is_left_out_of_a_change_stays(program: Program, placement: Placement) -> None:
    category = factories.entry(placement.cohort, "category", "Testen")
    made = log(program, category=category.pk, minutes=90, people=[{"new": "Truus"}])

    changed = program.patch(f"/activities/{made.json()['id']}", {"minutes": 60}).json()

    assert changed["minutes"] == 60
    assert changed["category"]["id"] == category.pk
    assert [one["name"] for one in changed["people"]] == ["Truus"]
    emptied = program.patch(f"/activities/{made.json()['id']}", {"category": None}).json()
    assert emptied["category"] is None


# Sending again ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "body", "model"),
    [
        ("/activities", {"description": "Overleg", "date": "today"}, Activity),
        ("/goals", {"title": "Leren"}, LearningGoal),
        ("/evidence", {"text": "Een bewijs"}, Evidence),
    ],
)
def test_what_is_sent_again_is_made_once(
    program: Program, path: str, body: dict[str, str], model: Any
) -> None:
    sent = body | {"client_id": str(uuid.uuid4())}
    if "date" in sent:
        sent["date"] = timezone.localdate().isoformat()

    first, second = program.post(path, sent), program.post(path, sent)

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    assert first["Location"] == second["Location"]
    assert model.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/activities", "/goals"])
def test_what_is_sent_twice_at_once_is_made_once(placement: Placement, path: str) -> None:
    programs = [Program(placement.student) for _ in range(4)]
    sent: dict[str, Any] = {"client_id": str(uuid.uuid4())}
    sent |= (
        {"title": "Leren"}
        if path == "/goals"
        else {
            "date": timezone.localdate().isoformat(),
            "description": "Overleg",
        }
    )
    answers: list[Any] = []

    def send(program: Program) -> None:
        answers.append(program.post(path, sent))
        connections.close_all()

    threads = [threading.Thread(target=send, args=[program]) for program in programs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len({answer.json()["id"] for answer in answers}) == 1


# The same rules as the pages ----------------------------------------------------------------------


def test_field_is_refused_in_the_words_of_the_form(program: Program, placement: Placement) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)

    answer = log(program, date=tomorrow.isoformat())

    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == 422
    assert problem["type"].endswith("#problem-invalid")
    assert problem["errors"][0]["field"] == "date"
    assert problem["errors"][0]["message"].startswith("Deze dag")
    english = log(Program(placement.student, language="en"), date=tomorrow.isoformat())
    assert english.json()["errors"][0]["message"].startswith("This day is still to come.")


def test_day_has_no_more_than_its_hours(program: Program) -> None:
    assert log(program, minutes=23 * 60).status_code == 201

    answer = log(program, minutes=120)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "minutes"


def test_part_that_the_form_does_not_ask_is_refused(program: Program) -> None:
    answer = log(program, learned="Veel")

    assert answer.json()["errors"][0] == {
        "field": "learned",
        "message": "Het formulier van deze stage vraagt dit niet.",
        "code": "not_asked",
    }


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"description": "x"}, "date"),
        ({"date": "2026-02-30", "description": "x"}, "date"),
        ({"date": 1_770_000_000, "description": "x"}, "date"),
        ({"date": "1770000000", "description": "x"}, "date"),
        ({"date": "2026-02-02T00:00:00", "description": "x"}, "date"),
        ({"date": "2026-02-02", "description": "x", "wants_feedback": 1}, "wants_feedback"),
        ({"date": "2026-02-02", "description": "x", "wants_feedback": "yes"}, "wants_feedback"),
        ({"date": "2026-02-02", "description": "x\x00"}, "description"),
        ({"date": "2026-02-02", "description": "x", "minutes": "9"}, "minutes"),
        ({"date": "2026-02-02", "description": "x", "naam": 1}, "naam"),
        ({"date": "2026-02-02", "description": "x" * 10_001}, "description"),
        ({"date": "2026-02-02", "description": "x", "client_id": "nee"}, "client_id"),
    ],
)
def test_what_has_another_shape_is_said_at_its_field(
    program: Program, body: dict[str, Any], field: str
) -> None:
    answer = program.post("/activities", body)

    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b'{"description": "\\ud800"}', "application/json", 422),
        (b"[" * 100_000, "application/json", 400),
        (b"\xff", "application/json", 400),
        (b'"' + b"x" * 600_000 + b'"', "application/json", 413),
        (b"{}", "text/plain", 415),
        (b"null", "application/json", 422),
        (b"NaN", "application/json", 422),
        (b"", "application/json", 415),
    ],
)
def test_body_of_any_kind_gets_an_answer(
    program: Program, body: bytes, kind: str, status: int
) -> None:
    answer = program.client.generic(
        "POST", "/api/v1/activities", body, content_type=kind, headers=program.headers
    )

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nergens", 404),
        ("GET", "/activities/" + "9" * 40, 404),
        ("GET", "/activities/-1", 404),
        ("GET", "/activities/een", 404),
        ("PUT", "/activities", 405),
        ("DELETE", "/me", 405),
    ],
)
def test_address_that_there_is_not_is_a_problem_and_no_page(
    program: Program, method: str, path: str, status: int
) -> None:
    answer = program.call(method, path)

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    if status == 405:
        assert "GET" in answer["Allow"]


def test_moments_have_an_offset_and_days_are_days(program: Program) -> None:
    told = log(program).json()

    assert told["date"] == timezone.localdate().isoformat()
    assert told["created_at"][-6:] in ("+01:00", "+02:00")


def test_student_without_a_placement_is_told_to_start_one() -> None:
    cohort = factories.cohort()
    person = factories.person()
    person.programme_memberships.create(programme=cohort.programme, role="student")
    program = Program(person)

    answer = log(program)

    assert answer.status_code == 409
    made = program.post(
        "/placements",
        {
            "cohort": cohort.pk,
            "starts_on": (timezone.localdate() - timedelta(days=7)).isoformat(),
            "ends_on": (timezone.localdate() + timedelta(days=70)).isoformat(),
            "workplace": {"name": "Gemeente", "postal_code": "3584cs"},
        },
    )
    assert made.json()["workplace"]["postal_code"] == "3584 CS"
    assert log(program).status_code == 201


def test_question_goes_from_draft_to_answer_as_on_the_pages() -> None:
    teacher = factories.person("Mira de Vries")
    placement = factories.placement(factories.person("Sanne"), teacher=teacher)
    student, reader = Program(placement.student), Program(teacher)
    activity = factories.activity(placement, "Alleen dit")

    draft = student.post(
        "/guidance-questions",
        {
            "title": "Hoe verder?",
            "core": "Wat raad je aan?",
            "items": [{"kind": "activity", "id": activity.pk}],
        },
    ).json()
    path = f"/guidance-questions/{draft['id']}"
    assert draft["state"] == "draft"
    assert reader.get(path).status_code == 404
    shared = student.post(f"{path}/share", {}).json()
    assert shared["state"] == "waiting_for_teacher"
    assert shared["readers"] == ["Sanne", "Mira de Vries"]
    assert reader.get(path).json()["items"][0]["snapshot"]["description"] == "Alleen dit"
    assert student.get(path).json()["items"][0]["opened_on"] == timezone.localdate().isoformat()
    assert reader.post(f"{path}/messages", {"text": "Begin klein."}).status_code == 201
    assert student.get(path).json()["state"] == "answered"
    assert student.get(f"{path}/messages").json()["items"][0]["writer"] == "Mira de Vries"
    student.post(f"{path}/withdraw")
    assert reader.get(path).status_code == 404
    assert reader.post(f"{path}/messages", {"text": "Nog iets."}).status_code == 404


def test_token_reads_no_logbook_by_letting_it_go_with_a_question() -> None:
    placement = factories.placement(factories.person(), teacher=factories.person("Mira"))
    activity, goal = factories.activity(placement, "Van mij"), factories.goal(placement, "Leren")
    asks = Program(placement.student, "guidance:read", "guidance:write")
    item = {"items": [{"kind": "activity", "id": activity.pk}]}
    words = {"title": "Hoe verder?", "core": "Wat raad je aan?"}
    draft = f"/guidance-questions/{asks.post('/guidance-questions', words).json()['id']}"

    for needed, sent in (
        ("logbook:read", item),
        ("logbook:read", {"goal": goal.pk}),
        ("insights:read", {"items": [{"kind": "saved", "id": 1}]}),
    ):
        for answer in (
            asks.post("/guidance-questions", words | sent),
            asks.patch(draft, sent),
        ):
            assert (answer.status_code, answer.json()["type"]) == (403, "/api/docs#problem-scope")
            assert f'scope="{needed}"' in answer["WWW-Authenticate"]
    assert asks.post(f"{draft}/close", {"makes_goal": True}).status_code == 403
    assert asks.patch(draft, {"items": [], "goal": None}).status_code == 200
    reads = Program(placement.student, "guidance:write", "logbook:read")
    assert reads.patch(draft, item | {"goal": goal.pk}).status_code == 200


def test_token_reads_no_charts_by_saving_them() -> None:
    placement = factories.placement(factories.person())
    saves = Program(placement.student, "logbook:read", "logbook:write")

    for sent in ({"kind": "chart", "chart": "x"}, {"kind": "tip", "about": 1}):
        assert saves.post("/saved", sent).status_code == 403


def test_conversation_that_was_read_is_no_news_any_more() -> None:
    teacher = factories.person("Mira de Vries")
    placement = factories.placement(factories.person("Sanne"), teacher=teacher)
    question = factories.question(placement, "Hoe verder?", teacher=teacher)
    share_question(question, at=timezone.now())
    Program(teacher).post(f"/guidance-questions/{question.pk}/messages", {"text": "Begin klein."})
    news = Notification.objects.filter(person=placement.student, seen_at=None)
    assert news.exists()

    Program(placement.student).get(f"/guidance-questions/{question.pk}/messages")

    assert not news.exists()
    assert question.readings.filter(person=placement.student).exists()


def test_who_agrees_with_a_goal_opened_what_the_answer_shows() -> None:
    teacher = factories.person("Mira de Vries")
    placement = factories.placement(factories.person("Sanne"), teacher=teacher)
    student = Program(placement.student)
    sent = {
        "title": "Hoe verder?",
        "core": "Is dit een goed doel?",
        "goal": factories.goal(placement, "Leren").pk,
        "items": [{"kind": "activity", "id": factories.activity(placement).pk}],
    }
    path = f"/guidance-questions/{student.post('/guidance-questions', sent).json()['id']}"
    version = student.post(f"{path}/share", {}).json()["version"]

    agreed = Program(teacher).post(f"{path}/agree", {"version": version})

    assert agreed.json()["is_agreed"]
    assert student.get(path).json()["items"][0]["opened_on"] == timezone.localdate().isoformat()


# Limits -------------------------------------------------------------------------------------------


def test_answer_says_how_much_is_left_and_the_one_too_many_when_to_go_on(
    program: Program, settings: Settings
) -> None:
    settings.LIMITS = (Limit("API: reading", 2, MINUTE),)

    answers = [program.get("/me") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer["RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert {answer["RateLimit-Limit"] for answer in answers} == {"2"}
    assert 1 <= int(answers[-1]["Retry-After"]) <= MINUTE
    assert answers[-1].json()["type"].endswith("too-many")


def test_writing_has_a_limit_of_its_own(program: Program, settings: Settings) -> None:
    settings.LIMITS = (Limit("API: writing", 1, MINUTE),)

    assert [log(program).status_code for _ in range(2)] == [201, 429]
    assert program.get("/me").status_code == 200


def test_what_costs_on_a_page_costs_here_too(program: Program, settings: Settings) -> None:
    settings.LIMITS = (Limit("charts and statistics", 1, MINUTE),)

    assert [program.get("/insights").status_code for _ in range(2)] == [200, 429]


def test_who_has_no_token_that_works_is_counted_by_network(settings: Settings) -> None:
    settings.LIMITS = (Limit("API: without a token that works", 2, MINUTE, by=By.NETWORK),)
    nobody = Program(None)

    assert [nobody.get("/me").status_code for _ in range(3)] == [401, 401, 429]


# The document -------------------------------------------------------------------------------------


def test_document_is_open_to_everybody_and_the_page_shows_every_operation() -> None:
    nobody = Program(None)

    told = nobody.get("/openapi.json").json()
    page = nobody.client.get("/api/docs").content.decode()

    assert told["openapi"].startswith("3.1")
    for operations in told["paths"].values():
        for operation in operations.values():
            assert f'id="{operation["operationId"]}"' in page
            assert operation["summary"]


def test_every_operation_that_takes_something_shows_an_example() -> None:
    told = Program(None).get("/openapi.json").json()

    for operations in told["paths"].values():
        for operation in operations.values():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            assert body is None or "example" in body, operation["operationId"]


def test_shapes_have_names_of_their_own() -> None:
    """Two shapes of one name would be one in the document, and wrong for one of them."""
    found: dict[str, set[str]] = {}
    for module in pkgutil.iter_modules(v1.__path__):
        for one in vars(importlib.import_module(f"{v1.__name__}.{module.name}")).values():
            if isinstance(one, type) and issubclass(one, BaseModel):
                found.setdefault(one.__name__, set()).add(one.__module__)

    assert [name for name, places in found.items() if len(places) > 1] == []


def test_person_of_the_token_and_what_it_may_do(placement: Placement) -> None:
    told = Program(placement.student, "logbook:read", "administration:write").get("/me").json()

    person: User = placement.student
    assert told["email"] == person.email
    assert told["scopes"] == ["logbook:read"]
    assert told["current_placement"] == placement.pk
