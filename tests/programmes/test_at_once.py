"""Two administrators at once: whatever the order, what is configured fits and nothing is lost."""

from collections.abc import Callable
from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connections

from stageapp.programmes.actions_lists import add_choices, merge_choice, retire_choice
from stageapp.programmes.actions_manage import (
    clone_cohort,
    delete_cohort,
    move_part,
    save_part,
)
from stageapp.programmes.actions_reflections import copy_model
from stageapp.programmes.models import Cohort, Part, VocabularyKind
from stageapp.programmes.queries_manage import part_of
from stageapp.programmes.rules import Pasted
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)


def at_once(*acts: Callable[[], object]) -> list[Exception]:
    """Do all of it at the same time; return what was refused."""
    refused: list[Exception] = []
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        try:
            start.wait()
            act()
        except Exception as problem:
            refused.append(problem)
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


def test_one_cohort_is_copied_under_one_name_by_two_and_one_is_told() -> None:
    source, person = factories.cohort(), factories.person()

    def copy() -> None:
        made = Cohort(name_nl="Stage 2027", name_en="Placement 2027")
        clone_cohort(source, made, close=False, by=person, at=NOW)

    refused = at_once(copy, copy)

    assert [type(problem) for problem in refused] == [ValidationError]
    made = Cohort.objects.get(name_nl="Stage 2027")
    assert made.parts.count() == source.parts.count()


def test_last_difficulty_is_retired_while_it_becomes_required() -> None:
    cohort, person = factories.cohort("difficulty"), factories.person()
    entry = factories.entry(cohort, "difficulty", "Moeilijk", key="hard", level=3)

    def require() -> None:
        row = part_of(Cohort.objects.get(pk=cohort.pk), Part.DIFFICULTY)
        row.is_required = True
        save_part(row, by=person, at=NOW)

    refused = at_once(require, lambda: retire_choice(entry, by=person, at=NOW))

    assert [type(problem) for problem in refused] == [ValidationError]
    entry.refresh_from_db()
    is_required = cohort.parts.get(part="difficulty").is_required
    assert is_required == (entry.retired_at is None)


def test_one_word_is_added_by_two_and_stands_there_once() -> None:
    cohort, person = factories.cohort("category"), factories.person()

    def add() -> None:
        pasted = [Pasted("Overleg", "Meeting"), Pasted("Testen")]
        add_choices(cohort, VocabularyKind.CATEGORY, pasted, by=person, at=NOW)

    assert at_once(add, add, add) == []
    assert sorted(cohort.vocabulary.values_list("name_nl", "position")) == [
        ("Overleg", 0),
        ("Testen", 1),
    ]


def test_parts_that_are_moved_by_two_keep_places_of_their_own() -> None:
    cohort, person = factories.cohort("category", "people", "sources"), factories.person()

    def move(part: Part) -> Callable[[], None]:
        return lambda: move_part(cohort, part, up=True, by=person, at=NOW)

    assert at_once(move(Part.SOURCES), move(Part.CATEGORY), move(Part.PEOPLE)) == []
    places = list(cohort.parts.values_list("position", flat=True))
    assert places == list(range(5))


def test_two_words_are_merged_into_each_other_and_no_activity_loses_its_word() -> None:
    cohort, person = factories.cohort("category"), factories.person()
    one, other = (
        factories.entry(cohort, "category", name, key=name.lower()) for name in ("Een", "Twee")
    )
    placement = factories.placement(cohort=cohort)
    activities = [factories.activity(placement, category=entry) for entry in (one, other)]

    at_once(
        lambda: merge_choice(one, other, by=person, at=NOW),
        lambda: merge_choice(other, one, by=person, at=NOW),
    )

    for activity in activities:
        activity.refresh_from_db()
        assert activity.category in (one, other)


def test_cohort_is_deleted_while_a_student_begins_in_it() -> None:
    cohort, person = factories.cohort(), factories.person()

    refused = at_once(
        lambda: delete_cohort(cohort, by=person, at=NOW),
        lambda: factories.placement(person, cohort=cohort),
    )

    # One of the two holds, never a placement without its cohort.
    assert len(refused) == 1
    assert Cohort.objects.filter(pk=cohort.pk).exists() == cohort.placements.exists()


def test_one_model_is_copied_by_two_and_both_get_one() -> None:
    cohort, person = factories.cohort(), factories.person()
    shared = factories.reflection_model("starr")

    def copy() -> None:
        copy_model(shared, cohort.programme, by=person, at=NOW)

    assert at_once(copy, copy) == []
    names = cohort.programme.reflection_models.values_list("name_nl", flat=True)
    assert sorted(names) == ["STARR (2)", "STARR (3)"]
