"""Every operation x every kind of person -> status. The table is what a reader checks.

An operation without a row fails here, and so does a row without an operation.
"""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from stageapp.api.v1.document import document
from tests.api.helpers import Program
from tests.api.sent import BODIES, FILES, address_of
from tests.test_access_matrix import SECRET, World, world
from tests.test_institutions import person_of_everything

__all__ = ["world"]

pytestmark = pytest.mark.django_db

# In the order of the columns, as in tests/test_access_matrix.py:
#   owner     the student of the things in the address
#   stranger  another student of the same cohort
#   teacher   guides the owner; the question in the address is shared with them
#   other     another teacher of the same programme
#   admin     administers programme and institution
PEOPLE = ("owner", "stranger", "teacher", "other", "admin")

EVERYBODY = (200, 200, 200, 200, 200)
STUDENTS = (200, 200, 404, 404, 404)
OWN = (200, 404, 404, 404, 404)
BOTH = (200, 404, 200, 404, 404)
GONE = (204, 404, 404, 404, 404)
TEACHERS = (404, 404, 200, 200, 404)
ADMINISTRATORS = (404, 404, 404, 404, 200)
MAKES = (201, 201, 404, 404, 404)

TABLE = {
    "get_me": EVERYBODY,
    # Each their own.
    "get_profile": EVERYBODY,
    "change_profile": EVERYBODY,
    "list_placements": EVERYBODY,
    "start_placement": MAKES,
    "get_placement": OWN,
    "change_placement": OWN,
    "make_placement_current": OWN,
    "list_activities": STUDENTS,
    "log_activity": MAKES,
    "get_activity": OWN,
    "change_activity": OWN,
    "delete_activity": GONE,
    "restore_activity": OWN,
    "write_feedback": OWN,
    "list_reflections": STUDENTS,
    "write_reflection": MAKES,
    "get_reflection": OWN,
    "change_reflection": OWN,
    "delete_reflection": GONE,
    "restore_reflection": OWN,
    "list_evidence": STUDENTS,
    "add_evidence": MAKES,
    "upload_evidence": MAKES,
    "get_evidence": OWN,
    "get_evidence_file": OWN,
    "rename_evidence": OWN,
    "delete_evidence": GONE,
    "restore_evidence": OWN,
    "list_goals": STUDENTS,
    "add_goal": MAKES,
    "get_goal": OWN,
    "change_goal": OWN,
    "delete_goal": GONE,
    "restore_goal": OWN,
    "list_saved": STUDENTS,
    # What is of somebody else cannot be named.
    "save": (200, 422, 422, 422, 422),
    "get_saved": OWN,
    "change_saved": OWN,
    "unsave": GONE,
    "list_tips": STUDENTS,
    "react_to_tip": OWN,
    "list_insights": STUDENTS,
    "get_insight": STUDENTS,
    "get_vocabularies": STUDENTS,
    # Those that one can read: the own ones, and those that were shared.
    "list_guidance_questions": EVERYBODY,
    "ask_guidance": MAKES,
    "get_guidance_question": (200, 404, 200, 404, 404),
    "change_guidance_question": OWN,
    "delete_guidance_question": GONE,
    "share_guidance_question": OWN,
    "withdraw_guidance_question": OWN,
    "close_guidance_question": OWN,
    "reopen_guidance_question": OWN,
    # Without saying which sharing was read.
    "agree_with_goal": (404, 404, 409, 404, 404),
    "withdraw_item": OWN,
    "share_item": OWN,
    # The student has the same file with the evidence.
    "get_shared_file": (404, 404, 200, 404, 404),
    "list_messages": (200, 404, 200, 404, 404),
    "send_message": (201, 404, 201, 404, 404),
    "send_message_with_files": (201, 404, 201, 404, 404),
    "change_message": (200, 404, 404, 404, 404),
    "get_attachment": (200, 404, 200, 404, 404),
    # The teacher proposed them, and the student answers.
    "list_talk_proposals": EVERYBODY,
    "propose_talk": (201, 404, 201, 404, 404),
    "get_talk_proposal": BOTH,
    "pick_moment": OWN,
    "refuse_moments": OWN,
    "take_back_moments": (404, 404, 200, 404, 404),
    "list_talks": EVERYBODY,
    "get_talk": BOTH,
    "move_talk": BOTH,
    "cancel_talk": BOTH,
    "get_talk_file": BOTH,
    "skip_report": OWN,
    "list_reports": EVERYBODY,
    "write_report": (201, 404, 404, 404, 404),
    "write_report_of_talk": (201, 404, 404, 404, 404),
    # Not shared yet.
    "get_report": OWN,
    "change_report": OWN,
    "delete_report": GONE,
    "share_report": OWN,
    "withdraw_report": OWN,
    # Without saying which sharing was read.
    "confirm_report": (404, 404, 409, 404, 404),
    "list_action_points": EVERYBODY,
    "add_action_point": MAKES,
    # Of the student alone.
    "get_action_point": OWN,
    "change_action_point": OWN,
    "delete_action_point": GONE,
    "tick_action_point": OWN,
    "make_goal_of_action_point": OWN,
    "list_agreements": EVERYBODY,
    "get_agreement": BOTH,
    "propose_agreement": BOTH,
    # Nothing lies before either of them.
    "confirm_agreement": (409, 404, 409, 404, 404),
    "take_back_agreement": BOTH,
    "list_news": EVERYBODY,
    "mark_news_seen": EVERYBODY,
    "get_terms": TEACHERS,
    "change_terms": TEACHERS,
    "propose_terms_to_all": TEACHERS,
    "list_leaves": TEACHERS,
    "add_leave": (404, 404, 201, 201, 404),
    "get_leave": (404, 404, 200, 404, 404),
    "delete_leave": (404, 404, 204, 404, 404),
    "list_deadlines": STUDENTS,
    "list_programme_deadlines": STUDENTS,
    "add_deadline": MAKES,
    "get_deadline": OWN,
    "change_deadline": OWN,
    "delete_deadline": GONE,
    "list_appointments": STUDENTS,
    "add_appointment": MAKES,
    "get_appointment": OWN,
    "change_appointment": OWN,
    "delete_appointment": GONE,
    "list_absences": STUDENTS,
    "add_absence": MAKES,
    "get_absence": OWN,
    "change_absence": OWN,
    "delete_absence": GONE,
    # Who administers has no calendar.
    "get_calendar_feed": (200, 200, 200, 200, 404),
    # Who has no feed makes one in the app first.
    "change_calendar_feed": (200, 409, 409, 409, 404),
    "revoke_calendar_feed": (204, 204, 204, 204, 404),
    "list_students": TEACHERS,
    "get_student": (404, 404, 200, 404, 404),
    "list_programmes": ADMINISTRATORS,
    "add_programme": (404, 404, 404, 404, 201),
    "get_programme": ADMINISTRATORS,
    "change_programme": ADMINISTRATORS,
    "list_cohorts": ADMINISTRATORS,
    "add_cohort": (404, 404, 404, 404, 201),
    "get_cohort": ADMINISTRATORS,
    "change_cohort": ADMINISTRATORS,
    "list_people": ADMINISTRATORS,
    "invite_person": (404, 404, 404, 404, 201),
    "get_person": ADMINISTRATORS,
    "give_role": ADMINISTRATORS,
    "take_role": (404, 404, 404, 404, 204),
    "switch_account": ADMINISTRATORS,
    "list_placements_administered": ADMINISTRATORS,
    "get_placement_administered": ADMINISTRATORS,
    # Somebody guides it already.
    "link_teacher": (404, 404, 404, 404, 409),
    "end_link": (404, 404, 404, 404, 204),
    "replace_teacher": ADMINISTRATORS,
}
OPERATIONS = {
    operation["operationId"]: (address, method, operation)
    for address, operations in document()["paths"].items()
    for method, operation in operations.items()
}
#: About nothing in particular: somebody elsewhere has their own there.
ABOUT_NOTHING = {name for name, (address, *_rest) in OPERATIONS.items() if "{pk}" not in address}


def answer(world: World, program: Program, name: str) -> Any:
    """Do one operation about the owner's things; nothing of it stays."""
    address, method, _operation = OPERATIONS[name]
    path = address_of(world, name, address)
    with transaction.atomic():
        if name in FILES:
            response = program.client.generic(
                "POST",
                path,
                *FILES[name](),
                headers=program.headers,
            )
        else:
            body = BODIES[name](world) if name in BODIES else None
            headers = {"If_Match": "*"} if method in ("patch", "put") else {}
            response = program.call(method.upper(), path, body, **headers)
        transaction.set_rollback(True)
    return response


def test_table_has_every_operation() -> None:
    assert set(TABLE) == set(OPERATIONS)


@pytest.mark.parametrize("name", sorted(TABLE))
def test_each_gets_what_the_table_says(world: World, name: str) -> None:
    found = tuple(answer(world, Program(world.people[who]), name).status_code for who in PEOPLE)

    assert found == TABLE[name]


@pytest.mark.parametrize("name", sorted(TABLE))
def test_nobody_comes_in_without_a_token(world: World, name: str) -> None:
    response = answer(world, Program(None), name)

    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("name", sorted(TABLE.keys() - {"get_me"}))
def test_token_does_nothing_beside_its_scopes(world: World, name: str) -> None:
    needed = OPERATIONS[name][2]["x-scopes"][0]
    others = [one for operation in OPERATIONS.values() for one in operation[2]["x-scopes"]]
    program = Program(world.people["owner"], *(set(others) - {needed}))

    response = answer(world, program, name)

    assert response.status_code == 403
    assert f'scope="{needed}"' in response["WWW-Authenticate"]


@pytest.mark.parametrize("name", sorted(TABLE.keys()))
def test_nothing_of_another_institution_is_read_or_changed(world: World, name: str) -> None:
    """Somebody who is student, teacher and administrator elsewhere finds nothing here."""
    response = answer(world, Program(person_of_everything()), name)

    if name not in ABOUT_NOTHING:
        assert response.status_code == 404
    if not response.streaming:
        told = response.content.decode()
        for secret in (SECRET, *(one.name for one in world.people.values() if one)):
            assert secret not in told


@pytest.mark.parametrize("who", ["teacher", "other", "admin", "stranger"])
def test_what_was_not_shared_is_in_no_answer(world: World, who: str) -> None:
    program = Program(world.people[who])

    for name in TABLE:
        response = answer(world, program, name)
        if not response.streaming:
            assert SECRET not in response.content.decode(), name


def test_every_resource_of_the_contract_is_there() -> None:
    resources = {address.split("/")[3] for address in document()["paths"]}

    assert resources >= {
        *("me", "placements", "activities", "reflections", "evidence", "goals", "tips"),
        *("insights", "saved", "guidance-questions", "students", "vocabularies"),
        *("talk-proposals", "talks", "reports", "action-points", "agreements", "news"),
        *("deadlines", "appointments", "absences", "calendar-feed", "profile"),
        "administration",
    }
    assert "/api/v1/guidance-questions/{pk}/messages" in document()["paths"]


def test_session_works_too_and_changing_something_needs_its_proof(world: World) -> None:
    owner = world.people["owner"]
    assert owner
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)

    read = client.get("/api/v1/me")
    changed = client.delete(f"/api/v1/goals/{world.keys['goal']}")

    assert read.status_code == 200
    assert changed.status_code == 403
    assert changed.json()["type"].endswith("csrf")
    client.get("/profile/")
    token = client.cookies["csrftoken"].value
    again = client.delete(f"/api/v1/goals/{world.keys['goal']}", headers={"X-CSRFToken": token})
    assert again.status_code == 204
