"""A student chooses, looks at exactly what goes, lets it go, and takes it back."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from stageapp.integrations import choosing
from stageapp.integrations.records import actions
from stageapp.integrations.records.forms import MOST_CHOSEN
from stageapp.integrations.records.models import RecordStore, Statement
from stageapp.placements.models import Placement
from tests import factories
from tests.integrations.records.conftest import MakeStore, Stub

pytestmark = pytest.mark.django_db

PAGE = "/learning-records/"
NEW = f"{PAGE}new/"


@pytest.fixture
def client(placement: Placement) -> Client:
    made = Client()
    made.force_login(placement.student)
    return made


@pytest.fixture
def store(stub: Stub, make_store: MakeStore) -> RecordStore:
    stub.answer("PUT", 204)
    return make_store(stub.address)


def chosen(store: RecordStore, *rows: Any, do: str = "look", **more: Any) -> dict[str, Any]:
    return {"store": store.pk, "activities": [row.pk for row in rows], "do": do} | more


def test_nothing_goes_before_the_student_looked_and_said_so(
    client: Client, placement: Placement, store: RecordStore, stub: Stub
) -> None:
    row = factories.activity(placement, "Vergaderd met Anna", minutes=30)

    looked = client.post(NEW, chosen(store, row))

    assert looked.status_code == 200
    assert not Statement.objects.exists()
    (preview,) = looked.context["previews"]

    answer = client.post(NEW, chosen(store, row, do="send"))
    assert answer.status_code == 302
    went = Statement.objects.get()
    assert went.content == preview.statement
    assert json.loads(preview.as_json) == went.content
    assert "Anna" not in preview.as_json
    assert stub.asked == []

    actions.send_due_records(at=timezone.now())
    assert "aangekomen" in client.get(PAGE).content.decode()


def test_sending_the_same_form_twice_sends_once(
    client: Client, placement: Placement, store: RecordStore
) -> None:
    row = factories.activity(placement)

    client.post(NEW, chosen(store, row, do="send"))
    again = client.post(NEW, chosen(store, row, do="send"), follow=True)

    assert Statement.objects.count() == 1
    assert "niet nog een keer" in again.content.decode()


def test_reflections_go_with_the_name_of_their_model(
    client: Client, placement: Placement, store: RecordStore
) -> None:
    own = factories.reflection(placement, "Ruzie met Piet")
    draft = factories.reflection(placement, "Kladje", is_draft=True)

    client.post(NEW, {"store": store.pk, "reflections": [own.pk], "do": "send"})
    refused = client.post(NEW, {"store": store.pk, "reflections": [draft.pk], "do": "send"})

    went = Statement.objects.get()
    assert went.content["object"]["definition"]["name"]["nl"] == "reflectie: STARR"
    assert went.content["verb"]["id"].endswith("/wrote")
    assert refused.status_code == 422


def test_a_store_and_something_must_be_chosen(
    client: Client, placement: Placement, store: RecordStore
) -> None:
    row = factories.activity(placement)

    assert client.post(NEW, chosen(store)).status_code == 422
    assert client.post(NEW, {"activities": [row.pk]}).status_code == 422
    assert client.post(NEW, chosen(store, row) | {"store": "raad"}).status_code == 422


def test_of_another_student_nothing_can_be_chosen(
    client: Client, placement: Placement, store: RecordStore
) -> None:
    strange = factories.activity(factories.placement(cohort=placement.cohort))
    gone = factories.activity(placement, deleted_at=timezone.now())

    for row in (strange, gone):
        assert client.post(NEW, chosen(store, row, do="send")).status_code == 422
    assert not Statement.objects.exists()


@pytest.mark.parametrize("nonsense", ["", "x", "-1", "1" * 30, "1\x00", "١"])
def test_nonsense_is_refused_with_words(
    client: Client, placement: Placement, store: RecordStore, nonsense: str
) -> None:
    factories.activity(placement)

    answer = client.post(NEW, {"store": store.pk, "activities": [nonsense], "shown": nonsense})

    assert answer.status_code == 422


def test_few_at_a_time(client: Client, placement: Placement, store: RecordStore) -> None:
    rows = [factories.activity(placement) for _number in range(MOST_CHOSEN + 1)]

    answer = client.post(NEW, chosen(store, *rows, do="send"))

    assert answer.status_code == 422
    assert str(MOST_CHOSEN) in str(answer.context["form"].errors["activities"])


def test_older_ones_come_when_asked_for_and_what_was_chosen_stays(
    client: Client, placement: Placement, store: RecordStore
) -> None:
    rows = [factories.activity(placement, f"Nummer {n}") for n in range(choosing.STEP * 2)]
    newest, oldest = rows[-1], rows[0]

    first = client.get(NEW).context["form"]
    assert len(first["activities"].field.offered) == choosing.STEP
    assert first.has_more

    more = client.post(NEW, chosen(store, newest, oldest, do="more"))
    assert more.status_code == 200
    form = more.context["form"]
    assert len(form["activities"].field.offered) == choosing.STEP * 2
    assert set(form["activities"].value()) == {str(newest.pk), str(oldest.pk)}

    # Not in sight, but chosen: it can go.
    assert client.post(NEW, chosen(store, oldest, do="send")).status_code == 302


def test_taking_back(client: Client, placement: Placement, store: RecordStore, stub: Stub) -> None:
    client.post(NEW, chosen(store, factories.activity(placement), do="send"))
    actions.send_due_records(at=timezone.now())
    own = Statement.objects.get()

    answer = client.post(f"{PAGE}{own.pk}/withdraw/", follow=True)
    assert "wordt teruggenomen" in answer.content.decode()
    actions.send_due_records(at=timezone.now())

    assert "teruggenomen" in client.get(PAGE).content.decode()
    assert len(stub.asked) == 2


def test_what_failed_is_said_and_tried_again(
    client: Client, placement: Placement, store: RecordStore, stub: Stub
) -> None:
    stub.answer("PUT", 401)
    client.post(NEW, chosen(store, factories.activity(placement), do="send"))
    actions.send_due_records(at=timezone.now())

    page = client.get(PAGE).content.decode()
    assert "accepteert de sleutel van je school niet" in page

    stub.answer("PUT", 204)
    client.post(f"{PAGE}{Statement.objects.get().pk}/again/")
    actions.send_due_records(at=timezone.now())
    assert Statement.objects.get().delivered_at


def test_another_student_sees_and_changes_nothing(
    client: Client, placement: Placement, store: RecordStore
) -> None:
    client.post(NEW, chosen(store, factories.activity(placement), do="send"))
    own = Statement.objects.get()
    other = factories.placement(cohort=placement.cohort).student
    stranger = Client()
    stranger.force_login(other)

    for verb in ("withdraw", "again"):
        assert stranger.post(f"{PAGE}{own.pk}/{verb}/").status_code == 404


def test_without_a_store_the_page_says_so(client: Client) -> None:
    assert client.get(NEW).status_code == 302
    assert "biedt geen" in client.get(PAGE).content.decode()


def test_a_store_of_another_school_is_not_offered(
    client: Client, placement: Placement, make_store: MakeStore
) -> None:
    other = make_store("https://lrs.example/", institution=factories.institution())
    row = factories.activity(placement)
    assert client.post(NEW, chosen(other, row, do="send")).status_code == 302
    assert not Statement.objects.exists()


def test_the_pages_take_a_constant_number_of_queries(
    client: Client,
    placement: Placement,
    store: RecordStore,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    rows = [factories.activity(placement) for _number in range(12)]
    client.post(NEW, chosen(store, *rows, do="send"))

    with django_assert_max_num_queries(16):
        client.get(PAGE)
    with django_assert_max_num_queries(22):
        client.post(NEW, chosen(store, *rows))
