"""What a student lets go arrives once in a store that others made, and can be taken back."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from stageapp.audit.models import AuditEntry
from stageapp.core.outgoing import call
from stageapp.home.management.commands.worker import work
from stageapp.integrations.records import actions, queries
from stageapp.integrations.records.models import RecordStore, Statement
from stageapp.logbook.models import Activity
from stageapp.placements.models import Placement
from stageapp.programmes.models import Competence
from tests import factories
from tests.integrations.records.conftest import MakeStore, Ralph, Stub

pytestmark = pytest.mark.django_db

Problem = Statement.Problem


def let_go(
    placement: Placement, store: RecordStore, *rows: Activity, words: bool = False
) -> list[Statement]:
    learned = queries.learned_from(rows, [], with_words=words)
    actions.let_go(placement, store, learned, language="nl", at=timezone.now())
    return list(Statement.objects.filter(store=store).order_by("asked_at"))


def send(after: timedelta = timedelta(seconds=1)) -> int:
    return actions.send_due_records(at=timezone.now() + after)


def full_activity(placement: Placement) -> Activity:
    cohort = placement.cohort
    row = factories.activity(
        placement,
        "Gesprek gevoerd met mevrouw Jansen over haar klachten",
        date=date(2026, 7, 3),
        minutes=90,
        status="finished",
        category=factories.entry(cohort, "category", "Gespreksvoering"),
        learned="Dat Ahmed het ook lastig vindt",
    )
    row.people.add(factories.entry(cohort, "person", "Ahmed de Begeleider"))
    competence = Competence.objects.create(
        cohort=cohort, key="c1", name_nl="Communiceren", name_en="Communicating"
    )
    row.competences.add(competence)
    return row


def test_an_activity_arrives_as_the_mapping_says(
    ralph: Ralph, placement: Placement, make_store: MakeStore
) -> None:
    store = make_store(ralph.endpoint)

    statement = let_go(placement, store, full_activity(placement))[0]
    assert send() == 1

    kept = ralph.about(str(statement.pk))
    home = placement.cohort.programme.institution.address
    assert kept["actor"]["account"] == {"homePage": home, "name": str(statement.actor)}
    assert kept["verb"]["id"] == "http://adlnet.gov/expapi/verbs/completed"
    assert kept["object"]["definition"]["name"] == {
        "nl": "leeractiviteit: Gespreksvoering",
        "en": "learning activity: Gespreksvoering",
    }
    assert kept["result"] == {"completion": True, "duration": "PT1H30M"}
    assert datetime.fromisoformat(kept["timestamp"]) == datetime.fromisoformat(
        "2026-07-03T00:00:00+02:00"
    )
    assert kept["context"]["platform"] == "Stage-App"
    other = kept["context"]["contextActivities"]["other"][0]
    assert other["definition"]["name"] == {"nl": "Communiceren", "en": "Communicating"}
    statement.refresh_from_db()
    assert statement.delivered_at
    assert statement.due_at is None


def test_nobody_and_no_place_is_named(
    ralph: Ralph, placement: Placement, make_store: MakeStore
) -> None:
    store = make_store(ralph.endpoint)

    statement = let_go(placement, store, full_activity(placement))[0]
    send()

    text = str(ralph.about(str(statement.pk)))
    for word in ("Sanne", placement.student.email, "Ahmed", "Jansen", "Ziekenhuis"):
        assert word not in text


def test_the_first_words_go_along_when_the_student_says_so(
    placement: Placement, make_store: MakeStore
) -> None:
    row = factories.activity(placement, "Een  koppeling\ngebouwd " + "en getest " * 30)

    statement = let_go(placement, make_store("http://127.0.0.1:1/"), row, words=True)[0]

    name = statement.content["object"]["definition"]["name"]["nl"]
    assert name.startswith("Een koppeling gebouwd en getest")
    assert len(name) <= 100


def test_what_a_student_added_to_a_list_stays_home(
    placement: Placement, make_store: MakeStore
) -> None:
    own = factories.entry(placement.cohort, "category", "Met Piet", owner=placement.student)
    row = factories.activity(placement, category=own)

    statement = let_go(placement, make_store("http://127.0.0.1:1/"), row)[0]

    assert "Piet" not in str(statement.content)


def test_each_store_knows_the_student_by_another_number(
    placement: Placement, make_store: MakeStore
) -> None:
    one, other = make_store("http://127.0.0.1:1/"), make_store("http://127.0.0.1:1/", name="Ander")
    rows = [factories.activity(placement), factories.activity(placement)]

    (first,) = let_go(placement, one, rows[0])
    (elsewhere,) = let_go(placement, other, rows[0])
    later = let_go(placement, one, rows[1])[-1]

    assert first.actor == later.actor != elsewhere.actor
    assert first.content["object"]["id"] != elsewhere.content["object"]["id"]
    assert first.content["context"]["registration"] != elsewhere.content["context"]["registration"]


def test_what_is_there_does_not_go_again(
    ralph: Ralph, placement: Placement, make_store: MakeStore
) -> None:
    store, row = make_store(ralph.endpoint), factories.activity(placement)
    let_go(placement, store, row)
    send()

    assert len(let_go(placement, store, row)) == 1
    assert send() == 0


def test_a_lost_answer_doubles_nothing(
    ralph: Ralph, placement: Placement, make_store: MakeStore
) -> None:
    statement = let_go(placement, make_store(ralph.endpoint), factories.activity(placement))[0]
    send()
    Statement.objects.update(delivered_at=None, due_at=timezone.now(), attempts=1)

    assert send() == 1

    assert [one["id"] for one in ralph.kept()].count(str(statement.pk)) == 1


def test_taking_back_sends_a_voiding_statement_and_sending_anew_is_another_one(
    ralph: Ralph, placement: Placement, make_store: MakeStore
) -> None:
    store, row = make_store(ralph.endpoint), factories.activity(placement)
    statement = let_go(placement, store, row)[0]
    send()

    actions.withdraw(statement, at=timezone.now())
    assert send() == 1

    voiding = ralph.about(str(statement.withdrawal.pk))
    assert voiding["verb"]["id"] == "http://adlnet.gov/expapi/verbs/voided"
    assert voiding["object"] == {"objectType": "StatementRef", "id": str(statement.pk)}

    let_go(placement, store, row)
    assert send() == 1
    again = Statement.objects.get(withdrawn_at=None, withdraws=None)
    assert (again.number, again.client_id) == (2, row.client_id)
    assert again.pk != statement.pk


def test_what_did_not_go_yet_is_taken_back_without_a_word(
    placement: Placement, make_store: MakeStore, stub: Stub
) -> None:
    statement = let_go(placement, make_store(stub.address), factories.activity(placement))[0]

    actions.withdraw(statement, at=timezone.now())
    actions.withdraw(statement, at=timezone.now())

    assert send() == 0
    assert stub.asked == []
    assert not Statement.objects.filter(kind="withdrawal").exists()


@pytest.mark.parametrize("status", [429, 401, 400, 404])
@pytest.mark.parametrize("first", [502, 408])
def test_what_may_have_arrived_is_taken_back_there_whatever_came_after(
    placement: Placement, make_store: MakeStore, stub: Stub, first: int, status: int
) -> None:
    statement = let_go(placement, make_store(stub.address), factories.activity(placement))[0]
    stub.answer("PUT", first)  # it is there, say, and the answer was lost
    send()
    stub.answer("PUT", status)
    send(after=timedelta(hours=1))
    actions.try_again(statement, at=timezone.now())

    actions.withdraw(statement, at=timezone.now())

    stub.answer("PUT", 204)
    assert send() == 1
    assert Statement.objects.get(withdraws=statement).delivered_at


@pytest.mark.parametrize("status", [429, 401, 400, 404])
def test_what_was_refused_each_time_is_taken_back_without_a_word(
    placement: Placement, make_store: MakeStore, stub: Stub, status: int
) -> None:
    stub.answer("PUT", status)
    statement = let_go(placement, make_store(stub.address), factories.activity(placement))[0]
    send()
    actions.try_again(statement, at=timezone.now())
    send(after=timedelta(hours=1))

    actions.withdraw(statement, at=timezone.now())

    assert not Statement.objects.filter(kind="withdrawal").exists()


def test_what_a_dead_worker_held_may_have_arrived(
    placement: Placement, make_store: MakeStore, stub: Stub
) -> None:
    stub.answer("PUT", 429)
    statement = let_go(placement, make_store(stub.address), factories.activity(placement))[0]
    Statement.objects.update(claimed_at=timezone.now(), attempts=1)
    send(after=timedelta(minutes=11))
    statement.refresh_from_db()

    assert statement.problem == Problem.BUSY
    assert statement.may_have_arrived


def test_who_cannot_be_reached_is_tried_again_with_growing_pauses(
    placement: Placement, make_store: MakeStore, stub: Stub
) -> None:
    stub.answer("PUT", 503)
    statement = let_go(placement, make_store(stub.address), factories.activity(placement))[0]
    waits, now = [], timezone.now() + timedelta(seconds=1)
    while True:
        actions.send_due_records(at=now)
        statement.refresh_from_db()
        if statement.due_at is None:
            break
        waits.append(statement.due_at - now)
        now = statement.due_at + timedelta(seconds=1)

    assert [round(wait / timedelta(minutes=1)) for wait in waits] == [
        1,
        5,
        30,
        120,
        480,
        1440,
        2880,
    ]
    assert statement.failed_at
    assert statement.problem == Problem.UNREACHABLE

    stub.answer("PUT", 204)
    assert actions.try_again(statement, at=now)
    assert actions.send_due_records(at=now) == 1


def test_a_store_that_does_not_answer_holds_up_no_other(
    ralph: Ralph, placement: Placement, make_store: MakeStore, stub: Stub
) -> None:
    stub.answer("PUT", 500)
    silent, other = make_store(stub.address), make_store(ralph.endpoint, name="Ander")
    rows = [factories.activity(placement) for _number in range(3)]
    let_go(placement, silent, *rows)
    let_go(placement, other, *rows)

    assert send() == 3
    assert len(stub.asked) == 1


@pytest.mark.parametrize(
    ("status", "problem", "is_tried_again"),
    [
        (400, Problem.CONTENT, False),
        (401, Problem.KEY, False),
        (403, Problem.KEY, False),
        (404, Problem.ADDRESS, False),
        (301, Problem.ADDRESS, False),
        (413, Problem.CONTENT, False),
        (429, Problem.BUSY, True),
        (502, Problem.UNREACHABLE, True),
        (204, "", False),
        (200, "", False),
    ],
)
def test_what_an_answer_means(
    placement: Placement,
    make_store: MakeStore,
    stub: Stub,
    status: int,
    problem: str,
    is_tried_again: bool,
) -> None:
    stub.answer("PUT", status)
    statement = let_go(placement, make_store(stub.address), factories.activity(placement))[0]

    send()

    statement.refresh_from_db()
    assert statement.problem == problem
    assert bool(statement.due_at) == is_tried_again
    assert bool(statement.failed_at) == (bool(problem) and not is_tried_again)


def test_a_conflict_is_well_where_the_store_has_just_this(
    placement: Placement, make_store: MakeStore, stub: Stub
) -> None:
    statement = let_go(placement, make_store(stub.address), factories.activity(placement))[0]
    stub.answer("PUT", 409)
    stub.answer("GET", 200, statement.content | {"stored": "2026-07-03T10:00:00Z"})

    assert send() == 1


@pytest.mark.parametrize("body", [{}, {"actor": 3}, [1], b"no json", b"", {"verb": {"id": "x"}}])
def test_a_conflict_with_something_else_is_told(
    placement: Placement, make_store: MakeStore, stub: Stub, body: Any
) -> None:
    statement = let_go(placement, make_store(stub.address), factories.activity(placement))[0]
    stub.answer("PUT", 409)
    stub.answer("GET", 200, body)

    assert send() == 0

    statement.refresh_from_db()
    assert statement.problem == Problem.TAKEN
    assert not statement.may_have_arrived


def test_a_real_store_refuses_another_statement_under_the_same_number(
    ralph: Ralph, placement: Placement, make_store: MakeStore
) -> None:
    store = make_store(ralph.endpoint)
    statement = let_go(placement, store, factories.activity(placement))[0]
    other = statement.content | {"verb": {"id": "http://adlnet.gov/expapi/verbs/failed"}}
    call(
        "PUT",
        f"{ralph.endpoint}statements",
        params={"statementId": str(statement.pk)},
        json=other,
        auth=(store.key.encode(), store.secret.encode()),
        headers={"X-Experience-API-Version": "1.0.3"},
    )

    assert send() == 0

    statement.refresh_from_db()
    assert statement.problem == Problem.TAKEN


def test_the_version_of_the_store_is_told_with_each_request(
    placement: Placement, make_store: MakeStore, stub: Stub
) -> None:
    stub.answer("PUT", 204)
    let_go(placement, make_store(stub.address, version="2.0.0"), factories.activity(placement))

    send()

    assert stub.asked[0][2]["X-Experience-API-Version"] == "2.0.0"


def test_what_is_claimed_waits_and_what_a_dead_worker_left_is_free_again(
    placement: Placement, make_store: MakeStore, stub: Stub
) -> None:
    stub.answer("PUT", 204)
    let_go(placement, make_store(stub.address), factories.activity(placement))
    Statement.objects.update(claimed_at=timezone.now())

    assert send() == 0
    assert send(after=timedelta(minutes=11)) == 1


def test_a_withdrawal_waits_for_what_it_takes_back(
    placement: Placement, make_store: MakeStore, stub: Stub
) -> None:
    stub.answer("PUT", 204)
    statement = let_go(placement, make_store(stub.address), factories.activity(placement))[0]
    Statement.objects.update(claimed_at=timezone.now(), attempts=1)

    actions.withdraw(statement, at=timezone.now())
    assert send() == 0

    Statement.objects.filter(withdraws=None).update(claimed_at=None)
    assert send() == 1


def test_no_more_than_some_in_a_day(placement: Placement, make_store: MakeStore) -> None:
    store = make_store("http://127.0.0.1:1/")
    rows = [factories.activity(placement) for _number in range(actions.MOST_A_DAY + 1)]

    with pytest.raises(ValidationError):
        let_go(placement, store, *rows)

    assert not Statement.objects.exists()


def test_a_store_that_is_offered_no_more_gets_nothing_new(
    placement: Placement, make_store: MakeStore
) -> None:
    store = make_store("http://127.0.0.1:1/", is_offered=False)

    with pytest.raises(ValidationError):
        let_go(placement, store, factories.activity(placement))


def test_the_worker_does_it_and_the_record_has_keys_only(
    ralph: Ralph, placement: Placement, make_store: MakeStore
) -> None:
    store = make_store(ralph.endpoint)
    let_go(placement, store, factories.activity(placement))
    entry = AuditEntry.objects.get(kind="exported")
    assert entry.details == {"record_store": store.pk, "sent": 1}

    work(lambda: False)

    assert Statement.objects.get().delivered_at


def test_the_secret_is_not_readable_in_the_database(make_store: MakeStore) -> None:
    store = make_store("http://127.0.0.1:1/")

    raw = RecordStore.objects.filter(pk=store.pk).extra(select={"raw": "secret"})

    assert "geheim" not in raw.values_list("raw", flat=True)[0]
    assert RecordStore.objects.get(pk=store.pk).secret == store.secret


def test_the_number_of_a_student_stays_when_the_key_of_the_app_changes(
    placement: Placement, make_store: MakeStore, settings: Any
) -> None:
    store = make_store("http://127.0.0.1:1/")
    before = let_go(placement, store, factories.activity(placement))[0].actor

    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another " * 8

    assert queries.actor_in(store, placement.student_id) == before
    assert isinstance(queries.actor_in(store, placement.student_id + uuid4().int % 1000), UUID)
