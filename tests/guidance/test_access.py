"""The mark of audience and the access to a page are the same answer."""

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stageapp.accounts.models import User
from stageapp.guidance import access
from stageapp.placements.models import PlacementTeacher
from tests import factories

pytestmark = pytest.mark.django_db


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
    assert sorted(reader.pk for reader in readers) == sorted(person.pk for person in can_open)
    if is_shared and not is_withdrawn and is_linked and asks == "teacher":
        assert readers == [student, teacher]
    else:
        assert readers == [student]


def test_new_teacher_of_a_placement_never_sees_the_older_thread() -> None:
    old, new = factories.person("Oud"), factories.person("Nieuw")
    placement = factories.placement(teacher=old)
    factories.question(placement, teacher=old, shared_at=timezone.now())
    PlacementTeacher.objects.create(placement=placement, teacher=new)

    assert list(access.asked_to(new)) == []
