"""What is news, by another program: the list behind the bell."""

from datetime import timedelta

import pytest
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.notifications.kinds import Kind
from stageapp.notifications.models import Notification
from stageapp.notifications.queries import unseen_count
from tests import factories
from tests.api.helpers import Program

pytestmark = pytest.mark.django_db


def news_for(person: User, number: int, **fields: object) -> Notification:
    made = {
        "person": person,
        "kind": Kind.QUESTION_SHARED,
        "actor_name": "Sanne Bakker",
        "title": f"Vraag {number}",
        "path": f"/guidance/{number}/",
        "subject": f"question:{number}",
        "cause": f"share:{number}",
        "caused_at": timezone.now() - timedelta(hours=number),
    }
    return Notification.objects.create(**made | fields)


@pytest.fixture
def mira() -> User:
    return factories.person("Mira de Vries", language="nl")


@pytest.fixture
def program(mira: User) -> Program:
    return Program(mira, "guidance:read", "guidance:write")


def test_news_is_listed_newest_first_and_a_page_at_a_time(program: Program, mira: User) -> None:
    at = timezone.now()
    # Of the same moment: the key decides, so that none is passed over or comes twice.
    rows = [news_for(mira, number, caused_at=at) for number in range(5)]
    news_for(factories.person("Jan"), 9)

    first = program.get("/news?limit=3").json()
    second = program.get(first["next"].partition("/api/v1")[2]).json()

    assert len(first["items"]) == 3
    assert second["next"] is None
    found = [one["id"] for one in first["items"] + second["items"]]
    assert sorted(found) == sorted(str(row.pk) for row in rows)


def test_news_says_what_the_app_says(program: Program, mira: User) -> None:
    row = news_for(mira, 4, cancelled_at=timezone.now(), seen_at=timezone.now())
    fresh = news_for(mira, 3)

    newest, older = program.get("/news").json()["items"]

    assert newest["id"] == str(fresh.pk)
    assert "Sanne Bakker" in newest["text"]
    assert "Vraag 3" in newest["text"]
    assert newest["url"].endswith("/guidance/3/")
    assert (newest["seen_at"], newest["is_withdrawn"]) == (None, False)
    # What was taken back is its student's alone again, its title included.
    assert older["id"] == str(row.pk)
    assert "Vraag 4" not in older["text"]
    assert older["is_withdrawn"]
    assert [one["id"] for one in program.get("/news?is_seen=true").json()["items"]] == [str(row.pk)]


def test_news_is_taken_as_seen_and_that_of_others_is_passed_over(
    program: Program, mira: User
) -> None:
    seen, left = news_for(mira, 1), news_for(mira, 2)
    other = news_for(factories.person("Jan"), 3)

    answer = program.post("/news/seen", {"ids": [str(seen.pk), str(other.pk)]})

    assert answer.json() == {"unseen": 1}
    assert unseen_count(other.person) == 1
    assert program.get("/news?is_seen=false").json()["items"][0]["id"] == str(left.pk)


@pytest.mark.parametrize("ids", [[], ["x"], [1], None, ["\ud800"]])
def test_what_is_no_list_of_keys_is_told(program: Program, ids: object) -> None:
    assert program.post("/news/seen", {"ids": ids}).status_code == 422


def test_token_for_something_else_reads_no_news(mira: User) -> None:
    program = Program(mira, "profile:read", "profile:write", "calendar:read")

    assert program.get("/news").status_code == 403
    assert program.post("/news/seen", {"ids": [str(news_for(mira, 1).pk)]}).status_code == 403
