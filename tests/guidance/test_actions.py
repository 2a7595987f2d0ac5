"""What students and teachers do with questions, and what the database keeps."""

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.guidance import access, actions, queries
from stageapp.guidance.models import (
    GuidanceQuestion,
    ItemOpening,
    Message,
    Shareable,
    SharedItem,
)
from stageapp.guidance.queries import State
from stageapp.logbook.actions import delete_activity, save_snapshot, unsave
from stageapp.logbook.models import SavedItem
from stageapp.notifications.models import Notification
from stageapp.placements.models import Placement
from tests import factories

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def teacher() -> User:
    return factories.person("Mira de Vries")


@pytest.fixture
def placement(teacher: User) -> Placement:
    return factories.placement(factories.person("Sanne Bakker"), teacher=teacher)


def draft(placement: Placement, teacher: User, items: int = 0) -> GuidanceQuestion:
    chosen = [factories.activity(placement, f"Taak {number}") for number in range(items)]
    question = GuidanceQuestion(placement=placement, title="Hoe?", core="Wat nu?", teacher=teacher)
    return actions.draft_question(question, chosen, by=placement.student, at=NOW)


def shared(placement: Placement, teacher: User, items: int = 0) -> GuidanceQuestion:
    question = draft(placement, teacher, items)
    actions.share_question(question, at=NOW)
    return question


def say(question: GuidanceQuestion, by: User, text: str = "Hoi", hours: int = 1) -> Message:
    return actions.send_message(
        question, text, by=by, at=NOW + timedelta(hours=hours), client_id=uuid.uuid4()
    )


def state(question: GuidanceQuestion) -> State:
    question.refresh_from_db()
    return queries.state_of(question, list(question.messages.all()))


def test_draft_sent_twice_is_kept_once(placement: Placement, teacher: User) -> None:
    client_id = uuid.uuid4()
    for _ in range(2):
        question = GuidanceQuestion(
            placement=placement, client_id=client_id, title="Hoe?", core="?", teacher=teacher
        )
        actions.draft_question(question, [], by=placement.student, at=NOW)

    assert GuidanceQuestion.objects.count() == 1


def test_fourth_item_is_refused_by_the_action(placement: Placement, teacher: User) -> None:
    with pytest.raises(ValidationError):
        draft(placement, teacher, items=4)

    assert GuidanceQuestion.objects.count() == 0


@pytest.mark.parametrize("position", [0, 4, 3])
def test_database_knows_three_positions_each_once(
    placement: Placement, teacher: User, position: int
) -> None:
    question = draft(placement, teacher, items=3)
    extra = factories.activity(placement)

    with pytest.raises(IntegrityError), transaction.atomic():
        SharedItem.objects.create(question=question, activity=extra, position=position)

    assert question.items.count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_never_make_four_items(placement: Placement, teacher: User) -> None:
    question = draft(placement, teacher, items=2)
    extra = [factories.activity(placement, f"Extra {number}") for number in range(2)]

    def add(number: int) -> None:
        actions.add_item(question, extra[number], position=3)

    assert sorted(at_once(add)) == ["done", "refused"]
    assert question.items.count() == 3


@pytest.mark.django_db(transaction=True)
def test_one_message_sent_twice_at_once_is_kept_once(placement: Placement, teacher: User) -> None:
    question = shared(placement, teacher)
    client_id = uuid.uuid4()

    def send(_number: int) -> None:
        actions.send_message(question, "Hoi", by=teacher, at=NOW, client_id=client_id)

    assert at_once(send) == ["done", "done"]
    assert question.messages.count() == 1
    assert Notification.objects.filter(person=placement.student).count() == 1


def at_once(work: Callable[[int], Any]) -> list[str]:
    """Do something in two threads that start together; say how each ended."""
    barrier = threading.Barrier(2)
    ended: list[str] = []

    def run(number: int) -> None:
        barrier.wait()
        try:
            work(number)
            ended.append("done")
        except ValidationError:
            ended.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ended


def test_sharing_keeps_the_items_as_they_were(placement: Placement, teacher: User) -> None:
    question = shared(placement, teacher, items=2)
    first, second = (item.activity for item in question.items.all())
    assert first
    assert second
    first.description = "Veranderd"
    first.save()
    delete_activity(second, at=NOW)

    kept = queries.with_conversation(access.asked_to(teacher)).get(pk=question.pk)

    assert [
        item.snapshot and item.snapshot["description"] for item in queries.visible_items(kept)
    ] == [
        "Taak 0",
        "Taak 1",
    ]


def test_sharing_tells_the_teacher_in_the_same_transaction(
    placement: Placement, teacher: User
) -> None:
    question = draft(placement, teacher)

    with pytest.raises(RuntimeError), transaction.atomic():
        actions.share_question(question, at=NOW)
        raise RuntimeError

    assert Notification.objects.count() == 0
    assert state(question) == State.DRAFT


def test_what_left_the_logbook_does_not_go_along(placement: Placement, teacher: User) -> None:
    question = draft(placement, teacher, items=2)
    activity = question.items.all()[0].activity
    assert activity
    delete_activity(activity, at=NOW)

    actions.share_question(question, at=NOW)

    assert [item.snapshot["description"] for item in question.items.all() if item.snapshot] == [
        "Taak 1"
    ]


def test_sharing_needs_a_teacher_who_guides_now(placement: Placement, teacher: User) -> None:
    question = draft(placement, teacher)
    placement.teacher_links.update(ended_at=NOW)

    with pytest.raises(ValidationError):
        actions.share_question(question, at=NOW)

    assert state(question) == State.DRAFT


def test_question_for_somebody_else_cannot_reach_a_teacher(
    placement: Placement, teacher: User
) -> None:
    question = draft(placement, teacher)
    question.addressee = GuidanceQuestion.Addressee.SUPERVISOR
    question.save()

    with pytest.raises(ValidationError):
        actions.share_question(question, at=NOW)


def test_reply_of_the_student_makes_it_wait_again(placement: Placement, teacher: User) -> None:
    question = shared(placement, teacher)
    states = [state(question)]
    say(question, teacher, hours=1)
    states.append(state(question))
    say(question, placement.student, hours=2)
    states.append(state(question))

    assert states == [State.WAITING_FOR_TEACHER, State.ANSWERED, State.WAITING_FOR_TEACHER]
    assert [news.person for news in Notification.objects.order_by("caused_at")] == [
        teacher,
        placement.student,
        teacher,
    ]


def test_withdrawing_closes_it_and_stops_unsent_mail(placement: Placement, teacher: User) -> None:
    question = shared(placement, teacher, items=1)

    actions.withdraw_question(question, at=NOW)

    assert list(access.asked_to(teacher)) == []
    assert Notification.objects.get().mail_due_at is None
    with pytest.raises(ValidationError):
        say(question, teacher)


def test_message_to_a_teacher_who_does_not_guide_any_more_is_refused(
    placement: Placement, teacher: User
) -> None:
    question = shared(placement, teacher)
    Notification.objects.all().delete()
    placement.teacher_links.update(ended_at=NOW)

    with pytest.raises(ValidationError):
        say(question, placement.student)

    assert not question.messages.exists()
    assert not Notification.objects.exists()


def test_sharing_again_refreshes_the_items_and_keeps_the_thread(
    placement: Placement, teacher: User
) -> None:
    question = shared(placement, teacher, items=1)
    say(question, teacher)
    actions.withdraw_question(question, at=NOW)
    activity = question.items.get().activity
    assert activity
    activity.description = "Opnieuw bekeken"
    activity.save()

    actions.share_question(question, at=NOW + timedelta(days=1))

    item = question.items.get()
    assert item.snapshot
    assert item.snapshot["description"] == "Opnieuw bekeken"
    assert question.messages.count() == 1
    assert state(question) == State.WAITING_FOR_TEACHER


def test_closed_question_takes_no_messages_until_it_is_open_again(
    placement: Placement, teacher: User
) -> None:
    question = shared(placement, teacher)
    actions.close_question(question, goal="Verder", learned="", next_step="Bellen", at=NOW)
    with pytest.raises(ValidationError):
        say(question, teacher)

    actions.reopen_question(question)
    say(question, teacher)

    assert state(question) == State.ANSWERED
    assert question.conclusion_next == "Bellen"


def test_reading_is_remembered_and_the_first_opening_of_items(
    placement: Placement, teacher: User
) -> None:
    question = shared(placement, teacher, items=2)

    actions.mark_read([question], by=teacher, at=NOW)
    actions.mark_read([question], by=teacher, at=NOW + timedelta(days=2))
    actions.mark_read([question], by=placement.student, at=NOW)

    assert question.readings.get(person=teacher).read_at == NOW + timedelta(days=2)
    assert [opening.opened_at for opening in ItemOpening.objects.all()] == [NOW, NOW]


def test_removing_a_teacher_account_leaves_question_and_messages(
    placement: Placement, teacher: User
) -> None:
    question = shared(placement, teacher)
    say(question, teacher, "Blijft staan")

    teacher.delete()

    assert [message.text for message in question.messages.all()] == ["Blijft staan"]
    assert Placement.objects.filter(pk=placement.pk).exists()


# More kinds of items --------------------------------------------------------------------------


TIP = {
    "kind": "tip",
    "feedup_nl": "Samen leer je meer.",
    "feedup_en": "Together you learn more.",
    "feedback_nl": "Je deed 75% alleen.",
    "feedback_en": "You did 75% alone.",
    "feedforward_nl": "Vraag iemand.",
    "feedforward_en": "Ask somebody.",
    "why_nl": ["75% alleen"],
    "why_en": ["75% alone"],
}


def saved_tip(placement: Placement, key: str = "alone") -> SavedItem:
    return save_snapshot(placement, SavedItem.Kind.TIP, key, dict(TIP), at=NOW)


def ask(placement: Placement, teacher: User, *items: Shareable) -> GuidanceQuestion:
    question = GuidanceQuestion(placement=placement, title="Hoe?", core="Wat nu?", teacher=teacher)
    return actions.draft_question(question, items, by=placement.student, at=NOW)


def kinds(question: GuidanceQuestion) -> list[tuple[str, bool]]:
    kept = queries.with_conversation(GuidanceQuestion.objects.all()).get(pk=question.pk)
    return [(item.kind, item.snapshot is not None) for item in queries.visible_items(kept)]


def test_items_of_every_kind_go_along_and_at_most_three(
    placement: Placement, teacher: User
) -> None:
    chart = save_snapshot(placement, SavedItem.Kind.CHART, "hours", {"title_nl": "Uren"}, at=NOW)
    reflection = factories.reflection(placement, "Het gesprek")
    items: list[Shareable] = [saved_tip(placement), chart, reflection]

    question = ask(placement, teacher, *items)
    assert kinds(question) == [("tip", True), ("chart", True), ("reflection", True)]
    actions.share_question(question, at=NOW)

    assert kinds(question) == [("tip", True), ("chart", True), ("reflection", True)]
    with pytest.raises(ValidationError):
        ask(placement, teacher, *items, factories.activity(placement))


def test_same_tip_goes_along_once(placement: Placement, teacher: User) -> None:
    tip = saved_tip(placement)

    with pytest.raises(ValidationError):
        ask(placement, teacher, tip, tip)


def test_what_was_shared_stays_when_its_source_changes_or_goes(
    placement: Placement, teacher: User
) -> None:
    tip, activity = saved_tip(placement), factories.activity(placement, "Zoals het was")
    reflection = factories.reflection(placement, "Het gesprek")
    question = ask(placement, teacher, tip, activity, reflection)
    actions.share_question(question, at=NOW)
    before = [item.snapshot for item in question.items.all()]

    SavedItem.objects.update(snapshot={"kind": "tip", "feedup_nl": "Iets anders"})
    activity.description = "Veranderd"
    activity.save()
    reflection.title = "Een ander gesprek"
    reflection.save()
    assert [item.snapshot for item in question.items.all()] == before
    unsave(SavedItem.objects.get())
    activity.delete()
    reflection.delete()

    assert [item.snapshot for item in question.items.all()] == before
    page = Client()
    page.force_login(teacher)
    content = page.get(f"/guidance/{question.pk}/").content.decode()
    for text in ("Je deed 75% alleen.", "Zoals het was", "Het gesprek"):
        assert text in content


def test_tip_that_left_the_list_before_sharing_does_not_go_along(
    placement: Placement, teacher: User
) -> None:
    tip = saved_tip(placement)
    question = ask(placement, teacher, tip)
    unsave(tip)
    assert kinds(question) == [("tip", False)]

    actions.share_question(question, at=NOW)

    assert kinds(question) == []


def test_reflection_on_a_deleted_activity_does_not_go_along(
    placement: Placement, teacher: User
) -> None:
    activity = factories.activity(placement)
    question = ask(placement, teacher, factories.reflection(placement, activity=activity))
    delete_activity(activity, at=NOW)

    actions.share_question(question, at=NOW)

    assert kinds(question) == []
