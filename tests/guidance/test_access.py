"""The mark of audience and the access to a page are the same answer."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stageapp.accounts.models import User
from stageapp.guidance import access
from stageapp.guidance.actions import (
    add_item,
    close_question,
    share_question,
    withdraw_question,
)
from stageapp.guidance.models import Shareable
from stageapp.guidance.queries import question_list
from stageapp.logbook.actions import save_item, save_snapshot
from stageapp.logbook.models import Saveable, SavedItem
from stageapp.placements.models import PlacementTeacher
from tests import factories
from tests.examples import examples

pytestmark = pytest.mark.django_db


@settings(max_examples=examples(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    is_shared=st.booleans(),
    is_withdrawn=st.booleans(),
    is_linked=st.booleans(),
    is_closed=st.booleans(),
    asks=st.sampled_from(["teacher", "colleague", "nobody"]),
)
def test_readers_are_exactly_those_who_can_open_it(
    db: None,
    is_shared: bool,
    is_withdrawn: bool,
    is_linked: bool,
    is_closed: bool,
    asks: str,
) -> None:
    now = timezone.now()
    student, teacher, colleague = (factories.person(name) for name in ("S", "T", "C"))
    placement = factories.placement(student, teacher=teacher)
    if not is_linked:
        PlacementTeacher.objects.filter(placement=placement).update(ended_at=now)
    question = factories.question(
        placement,
        teacher={"teacher": teacher, "colleague": colleague, "nobody": None}[asks],
        shared_at=now if is_shared else None,
        withdrawn_at=now if is_shared and is_withdrawn else None,
        closed_at=now if is_closed else None,
    )

    readers = access.readers_of(question)

    can_open = [
        person
        for person in User.objects.all()
        if access.readable_by(person).filter(pk=question.pk).exists()
    ]
    assert {*readers} == {*can_open}
    assert len(readers) == len(can_open)
    if is_shared and not is_withdrawn and is_linked and asks == "teacher":
        assert readers == [student, teacher]
    else:
        assert readers == [student]
    assert [entry.readers for entry in question_list(student, None)] == [readers]


@settings(max_examples=examples(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    is_shared=st.booleans(),
    is_withdrawn=st.booleans(),
    is_linked=st.booleans(),
    goes=st.booleans(),
    has_evidence=st.booleans(),
)
def test_page_of_what_was_shared_names_exactly_who_can_read_a_copy(
    db: None, is_shared: bool, is_withdrawn: bool, is_linked: bool, goes: bool, has_evidence: bool
) -> None:
    now = timezone.now()
    teacher = factories.person("Mira de Vries")
    placement = factories.placement(teacher=teacher)
    activity, goal = factories.activity(placement), factories.goal(placement, "Leren testen")
    reflection = factories.reflection(placement)
    tip = save_snapshot(placement, SavedItem.Kind.TIP, "alone", {"kind": "tip"}, at=now)
    evidence = factories.evidence(placement)
    third: Shareable = evidence if has_evidence else tip
    question = factories.question(placement, teacher=teacher, goal=goal if goes else None)
    if goes:
        items: list[Shareable] = [activity, reflection, third]
        for position, item in enumerate(items, start=1):
            add_item(question, item, position=position)
    if is_shared:
        share_question(question, at=now)
    if is_withdrawn:
        withdraw_question(question, at=now)
    if not is_linked:
        PlacementTeacher.objects.filter(placement=placement).update(ended_at=now)

    is_read = goes and access.readers_of(question) == [placement.student, teacher]
    client = Client()
    client.force_login(placement.student)
    is_tip_read, is_evidence_read = is_read and not has_evidence, is_read and has_evidence
    assert list(access.open_copies_of(tip)) == ([question] if is_tip_read else [])
    for source, address, is_open in (
        (activity, "/activities/", is_read),
        (reflection, "/reflections/", is_read),
        (evidence, "/evidence/", is_evidence_read),
        (goal, "/goals/", is_read),
    ):
        assert list(access.open_copies_of(source)) == ([question] if is_open else [])
        page = client.get(f"{address}{source.pk}/").content.decode()
        assert ("Mira de Vries kan een kopie" in page) == is_open


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    asked=st.lists(
        st.tuples(
            st.lists(st.integers(0, 4), unique=True, max_size=3),
            st.sampled_from(["draft", "shared", "withdrawn", "item withdrawn", "closed"]),
            st.sampled_from(["own", "former"]),
        ),
        max_size=4,
    )
)
def test_timeline_names_who_can_read_a_copy_as_the_page_of_each_thing_does(
    db: None, asked: list[tuple[list[int], str, str]]
) -> None:
    now = timezone.now()
    own, former = factories.person("Mira de Vries"), factories.person("Vorige Docent")
    placement = factories.placement(teacher=own)
    PlacementTeacher.objects.create(placement=placement, teacher=former)
    student = placement.student
    sources: list[Saveable] = [
        factories.activity(placement),
        factories.reflection(placement),
        factories.evidence(placement),
    ]
    tips = [
        save_snapshot(placement, SavedItem.Kind.TIP, "alone", {"kind": "tip"}, at=now),
        save_snapshot(placement, SavedItem.Kind.CHART, "days", {"kind": "chart"}, at=now),
    ]
    items = [*(save_item(source, by=student, at=now) for source in sources), *tips]
    shareable: list[Shareable] = [*sources, *tips]
    for number, (chosen, state, teacher) in enumerate(asked):
        question = factories.question(
            placement, f"Vraag {number}", teacher={"own": own, "former": former}[teacher]
        )
        for position, index in enumerate(chosen, start=1):
            add_item(question, shareable[index], position=position)
        if state != "draft":
            share_question(question, at=now + timedelta(minutes=number))
        if state == "withdrawn":
            withdraw_question(question, at=now)
        elif state == "item withdrawn":
            question.items.update(withdrawn_at=now)
        elif state == "closed":
            close_question(question, goal="", learned="", next_step="", at=now)
    placement.teacher_links.filter(teacher=former).update(ended_at=now)

    assert access.open_copies_among(items) == {
        item.pk: list(access.open_copies_of(source))
        for item, source in zip(items, shareable, strict=True)
    }


def test_timeline_says_who_has_a_copy_of_a_saved_tip_until_it_is_withdrawn() -> None:
    now = timezone.now()
    teacher = factories.person("Mira de Vries")
    placement = factories.placement(teacher=teacher)
    snapshot = {"kind": "tip", "feedback_nl": "Je deed 75% alleen.", "feedback_en": "75% alone."}
    tip = save_snapshot(placement, SavedItem.Kind.TIP, "alone", snapshot, at=now)
    save_snapshot(placement, SavedItem.Kind.TIP, "goals", snapshot, at=now)
    question = factories.question(placement, "Hoe doe ik meer samen?", teacher=teacher)
    add_item(question, tip, position=1)
    client = Client()
    client.force_login(placement.student)

    def copies() -> int:
        return client.get("/saved/").content.decode().count("Mira de Vries kan een kopie")

    assert copies() == 0
    share_question(question, at=now)
    assert copies() == 1
    assert "Hoe doe ik meer samen?" in client.get("/saved/").content.decode()
    withdraw_question(question, at=now)
    assert copies() == 0


def test_new_teacher_of_a_placement_never_sees_the_older_thread() -> None:
    old, new = factories.person("Oud"), factories.person("Nieuw")
    placement = factories.placement(teacher=old)
    factories.question(placement, teacher=old, shared_at=timezone.now())
    PlacementTeacher.objects.create(placement=placement, teacher=new)

    assert list(access.asked_to(new)) == []
