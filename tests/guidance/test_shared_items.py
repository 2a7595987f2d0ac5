"""One item of a question: seen by whom, withdrawn by itself, shared anew."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from stageapp.accounts.models import User
from stageapp.guidance import access, actions, queries
from stageapp.guidance.models import GuidanceQuestion, ItemOpening, Shareable, SharedItem
from stageapp.guidance.queries import State
from stageapp.logbook.actions import delete_activity, save_item
from stageapp.logbook.models import Activity
from stageapp.notifications.models import Notification
from stageapp.placements.models import Placement
from tests import factories

pytestmark = pytest.mark.django_db
NOW = timezone.now()
LATER = NOW + timedelta(minutes=5)
WITHDRAWN = "Eén item is ingetrokken."


@pytest.fixture
def teacher() -> User:
    return factories.person("Mira de Vries")


@pytest.fixture
def placement(teacher: User) -> Placement:
    return factories.placement(factories.person("Sanne Bakker"), teacher=teacher)


@pytest.fixture
def question(placement: Placement, teacher: User) -> GuidanceQuestion:
    return shared(placement, teacher, *(factories.activity(placement, f"Taak {n}") for n in "AB"))


@pytest.fixture
def student(placement: Placement) -> Client:
    return signed_in(placement.student)


@pytest.fixture
def desk(teacher: User) -> Client:
    return signed_in(teacher)


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def shared(placement: Placement, teacher: User, *items: Shareable) -> GuidanceQuestion:
    question = GuidanceQuestion(placement=placement, title="Hoe?", core="Wat nu?", teacher=teacher)
    actions.draft_question(question, items, by=placement.student, at=NOW)
    actions.share_question(question, at=NOW)
    return question


def first(question: GuidanceQuestion) -> SharedItem:
    return question.items.select_related("question", "activity")[0]


def change(item: SharedItem, description: str = "Taak A, beter") -> None:
    assert item.activity
    Activity.objects.filter(pk=item.activity.pk).update(description=description)


def page_of(client: Client, question: GuidanceQuestion) -> str:
    return client.get(reverse("guidance:question", args=[question.pk])).content.decode()


def press(client: Client, verb: str, item: SharedItem) -> int:
    return client.post(reverse(f"guidance:item_{verb}", args=[item.pk])).status_code


def read_by(teacher: User, question: GuidanceQuestion) -> list[str]:
    kept = queries.with_conversation(access.readable_by(teacher)).get(pk=question.pk)
    return [item.snapshot["description"] for item in queries.visible_items(kept) if item.snapshot]


# Opened ------------------------------------------------------------------------------------------


def test_student_sees_who_opened_an_item_and_the_day(
    student: Client, desk: Client, question: GuidanceQuestion
) -> None:
    before = page_of(student, question)
    page_of(desk, question)

    page = page_of(student, question)

    assert before.count("Nog niet geopend door Mira de Vries") == 2
    marks = page.split("Voor het eerst geopend door Mira de Vries op ")[1:]
    assert len(marks) == 2
    assert all(":" not in mark.split("<")[0] for mark in marks)


def test_withdrawn_item_is_not_opened_by_reading_the_question(
    desk: Client, question: GuidanceQuestion
) -> None:
    actions.withdraw_item(first(question), at=NOW)

    page_of(desk, question)

    assert [opening.item.position for opening in ItemOpening.objects.all()] == [2]


def test_message_that_appears_in_an_open_page_opens_no_item(
    desk: Client, placement: Placement, question: GuidanceQuestion
) -> None:
    actions.send_message(question, "Kijk je?", by=placement.student, at=NOW, client_id=uuid.uuid4())

    answer = desk.get(reverse("guidance:messages_since", args=[question.pk]))

    assert "Kijk je?" in answer.content.decode()
    assert not ItemOpening.objects.exists()


# Withdrawn ---------------------------------------------------------------------------------------


def test_withdrawing_one_item_closes_it_alone(
    student: Client, desk: Client, question: GuidanceQuestion, placement: Placement
) -> None:
    item = first(question)

    assert press(student, "withdraw", item) == 302

    for path in (f"/guidance/{question.pk}/", f"/students/{placement.pk}/"):
        page = desk.get(path).content.decode()
        assert "Taak A" not in page
        assert "Taak B" in page
        assert WITHDRAWN in page
    own = page_of(student, question)
    assert "Taak A" in own
    assert "Dit item opnieuw delen" in own
    assert WITHDRAWN not in own
    assert item.activity
    assert not access.open_copies_of(item.activity).exists()


def test_two_withdrawn_items_are_counted(desk: Client, question: GuidanceQuestion) -> None:
    for item in question.items.all():
        actions.withdraw_item(item, at=NOW)

    assert "2 items zijn ingetrokken." in page_of(desk, question)


def test_file_closes_with_its_item_and_opens_when_it_is_shared_again(
    student: Client, desk: Client, placement: Placement, teacher: User
) -> None:
    question = shared(placement, teacher, factories.evidence(placement, "bord.jpg"))
    item = first(question)
    address = reverse("guidance:item_file", args=[item.pk])

    press(student, "withdraw", item)
    assert desk.get(address).status_code == 404
    assert "bord.jpg" not in page_of(desk, question)

    press(student, "share", item)
    response = desk.get(address)
    response.getvalue()
    assert response.status_code == 200


def test_withdrawn_item_can_be_shared_again_as_it_is_now(
    student: Client, teacher: User, question: GuidanceQuestion
) -> None:
    item = first(question)
    press(student, "withdraw", item)
    change(item)

    press(student, "share", item)

    assert read_by(teacher, question) == ["Taak A, beter", "Taak B"]


def test_item_stays_withdrawn_when_the_question_is_shared_again(
    student: Client, teacher: User, question: GuidanceQuestion
) -> None:
    item = first(question)
    press(student, "withdraw", item)
    actions.withdraw_question(question, at=NOW)

    actions.share_question(question, at=LATER)
    assert read_by(teacher, question) == ["Taak B"]
    press(student, "share", item)
    assert read_by(teacher, question) == ["Taak A", "Taak B"]


def test_item_can_be_left_out_while_the_question_is_withdrawn(
    student: Client, teacher: User, question: GuidanceQuestion
) -> None:
    actions.withdraw_question(question, at=NOW)
    assert "Dit item weglaten" in page_of(student, question)

    press(student, "withdraw", first(question))
    assert "Toch laten meegaan" in page_of(student, question)
    actions.share_question(question, at=LATER)

    assert read_by(teacher, question) == ["Taak B"]


def test_item_of_a_closed_question_can_be_withdrawn_but_not_shared(
    student: Client, teacher: User, question: GuidanceQuestion
) -> None:
    actions.close_question(question, goal="", learned="", next_step="", at=NOW)
    item = first(question)

    press(student, "withdraw", item)
    press(student, "share", item)

    assert read_by(teacher, question) == ["Taak B"]


# Shared anew -------------------------------------------------------------------------------------


def test_item_that_changed_is_shared_anew_and_nothing_else_changes(
    student: Client, desk: Client, placement: Placement, teacher: User, question: GuidanceQuestion
) -> None:
    actions.send_message(question, "Kijk hier", by=teacher, at=NOW, client_id=uuid.uuid4())
    page_of(desk, question)
    item = first(question)
    assert "Opnieuw delen" not in page_of(student, question)
    change(item)
    own = page_of(student, question)
    assert own.count("Opnieuw delen") == 1
    assert "Hoe het er nu uitziet" in own
    assert read_by(teacher, question) == ["Taak A", "Taak B"]
    told = Notification.objects.count()

    press(student, "share", item)

    assert read_by(teacher, question) == ["Taak A, beter", "Taak B"]
    page = page_of(desk, question)
    assert page.count("Opnieuw gedeeld op") == 1
    assert "Kijk hier" in page
    question.refresh_from_db()
    assert queries.state_of(question, list(question.messages.all())) == State.ANSWERED
    assert Notification.objects.count() == told
    assert "voordat je het opnieuw deelde" in page_of(student, question)


def test_copies_are_told_with_the_moment_that_they_are_of(
    placement: Placement, teacher: User, question: GuidanceQuestion
) -> None:
    item = first(question)
    assert item.activity
    saved = save_item(item.activity, by=placement.student, at=NOW)
    change(item)

    actions.share_item(item, at=LATER)

    (told,) = access.open_copies_of(item.activity)
    (listed,) = access.open_copies_among([saved])[saved.pk]
    assert (told.copied_at, listed.copied_at) == (LATER, LATER)
    # The other item is still of the first time.
    other = question.items.get(position=2).activity
    assert other
    assert access.open_copies_of(other).get().copied_at == NOW


def test_read_mark_is_about_the_copy_of_now(
    student: Client, desk: Client, question: GuidanceQuestion
) -> None:
    page_of(desk, question)
    assert "Gelezen door Mira de Vries" in page_of(student, question)
    change(first(question))

    press(student, "share", first(question))

    assert "Gelezen door Mira de Vries" not in page_of(student, question)
    page_of(desk, question)
    assert "Gelezen door Mira de Vries" in page_of(student, question)


def test_item_that_did_not_change_stays_the_copy_it_was(
    student: Client, desk: Client, question: GuidanceQuestion
) -> None:
    press(student, "share", first(question))

    assert first(question).snapshot_at == NOW
    assert "Opnieuw gedeeld op" not in page_of(desk, question)


def test_item_that_left_the_logbook_cannot_be_shared(
    student: Client, question: GuidanceQuestion
) -> None:
    item = first(question)
    assert item.activity
    delete_activity(item.activity, at=NOW)

    with pytest.raises(ValidationError):
        actions.share_item(item, at=LATER)
    actions.withdraw_item(item, at=LATER)
    with pytest.raises(ValidationError):
        actions.share_item(item, at=LATER)

    assert "niet meer in je logboek" in page_of(student, question)


def test_item_is_not_shared_with_who_does_not_guide_any_more(
    student: Client, placement: Placement, question: GuidanceQuestion
) -> None:
    change(first(question))
    placement.teacher_links.update(ended_at=NOW)

    with pytest.raises(ValidationError):
        actions.share_item(first(question), at=LATER)

    assert "Opnieuw delen" not in page_of(student, question)


def test_item_of_every_kind_is_the_same_until_it_changes(
    placement: Placement, teacher: User
) -> None:
    question = shared(
        placement,
        teacher,
        factories.activity(placement, minutes=90),
        factories.reflection(placement),
        factories.evidence(placement),
    )

    kept = queries.with_conversation(access.questions_of(placement.student)).get(pk=question.pk)

    assert [(item.changed, item.is_gone) for item in queries.own_items(kept)] == [(None, False)] * 3


# Attackers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["withdraw", "share"])
def test_nobody_else_changes_an_item(
    placement: Placement, teacher: User, question: GuidanceQuestion, verb: str
) -> None:
    classmate = factories.placement(cohort=placement.cohort).student
    item = first(question)
    change(item)

    for person in (teacher, classmate, factories.person("Vreemde")):
        assert press(signed_in(person), verb, item) == 404
    assert press(Client(), verb, item) == 302

    kept = first(question)
    assert (kept.withdrawn_at, kept.snapshot_at) == (None, NOW)


@pytest.mark.parametrize("verb", ["withdraw", "share"])
def test_item_of_a_draft_or_a_guessed_number_is_not_there(
    student: Client, placement: Placement, teacher: User, verb: str
) -> None:
    draft = GuidanceQuestion(placement=placement, title="Hoe?", core="?", teacher=teacher)
    actions.draft_question(draft, [factories.activity(placement)], by=placement.student, at=NOW)
    key = draft.items.get().pk

    for guess in (0, key, key + 1, 10**15):
        address = reverse(f"guidance:item_{verb}", args=[guess])
        assert student.post(address).status_code == 404
    assert student.get(reverse(f"guidance:item_{verb}", args=[key])).status_code == 405


# Queries -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 3])
def test_own_page_takes_the_same_queries_for_any_number_of_items(
    placement: Placement,
    teacher: User,
    student: Client,
    size: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    chosen = [factories.activity(placement, f"Taak {number}") for number in range(size)]
    question = shared(placement, teacher, *chosen)
    for item in question.items.all():
        change(item, f"Anders {item.position}")
    page_of(student, question)

    with django_assert_num_queries(27):
        page_of(student, question)
