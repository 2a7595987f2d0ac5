"""What administrators do with programmes: what changes, and that nothing written is lost."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from stageapp.accounts.models import User
from stageapp.audit.models import AuditEntry, Kind
from stageapp.logbook.models import Activity
from stageapp.programmes import actions_lists, actions_manage
from stageapp.programmes.models import (
    Cohort,
    CohortDeadline,
    Competence,
    FormPart,
    Part,
    Programme,
    ReflectionModel,
    StartingGoal,
    VocabularyEntry,
    VocabularyKind,
)
from stageapp.programmes.queries_manage import parts_of, times_used
from stageapp.programmes.rules import Pasted
from tests import factories

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 12, 9, tzinfo=UTC)


@pytest.fixture
def cohort() -> Cohort:
    return factories.cohort("category", "people", "difficulty", "competences")


@pytest.fixture
def by() -> User:
    return factories.person("Ria Beheer")


def part(cohort: Cohort, name: str) -> FormPart:
    return next(row for row in parts_of(cohort) if row.part == name)


def order(cohort: Cohort) -> list[str]:
    return [row.part for row in cohort.parts.filter(is_shown=True)]


# Programmes and cohorts ---------------------------------------------------------------------------


def test_programme_gets_an_address_from_its_name(by: User) -> None:
    institution = factories.institution()
    first = Programme(institution=institution, name_nl="Pabo & Kind", name_en="Pabo")
    second = Programme(institution=institution, name_nl="Pabo Kind", name_en="Pabo")
    no_letters = Programme(institution=institution, name_nl="数学", name_en="Mathematics")

    for one in (first, second, no_letters):
        actions_manage.save_programme(one, by=by, at=NOW)

    assert [first.slug, second.slug, no_letters.slug] == ["pabo-kind", "pabo-kind-2", "programme"]


def test_name_of_a_programme_is_taken_once_and_its_address_stays(by: User) -> None:
    institution = factories.institution()
    made = Programme(institution=institution, name_nl="Pabo", name_en="Pabo")
    actions_manage.save_programme(made, by=by, at=NOW)

    with pytest.raises(ValidationError):
        actions_manage.save_programme(
            Programme(institution=institution, name_nl="PABO", name_en="x"), by=by, at=NOW
        )
    made.name_nl = "Lerarenopleiding"
    actions_manage.save_programme(made, by=by, at=NOW)

    assert (made.slug, Programme.objects.count()) == ("pabo", 1)


def test_new_cohort_begins_with_a_date_and_a_description(by: User) -> None:
    made = Cohort(programme=factories.programme(), name_nl="Stage 2027", name_en="Placement 2027")

    actions_manage.save_cohort(made, [], by=by, at=NOW)

    assert made.slug == "stage-2027"
    assert [row.part for row in made.parts.filter(is_shown=True)] == ["date", "description"]
    assert made.parts.count() == len(Part)
    first = made.parts.get(part="date")
    assert (first.label_nl, first.label_en, first.is_required) == ("Datum", "Date", True)


def test_copy_has_all_but_deadlines_people_and_what_is_over(cohort: Cohort, by: User) -> None:
    cohort.charts, cohort.has_feedback, cohort.first_share_days = ["days"], True, 21
    cohort.save()
    cohort.reflection_models.add(
        ReflectionModel.objects.create(key="mine", name_nl="Mijn", name_en="Mine")
    )
    factories.entry(cohort, "category", "Overleg", key="meeting")
    factories.entry(cohort, "category", "Oud", key="old", retired_at=NOW)
    factories.entry(cohort, "person", "Mijn oom", owner=factories.person())
    Competence.objects.create(cohort=cohort, key="k1", code="K1", name_nl="Samenwerken")
    StartingGoal.objects.create(
        cohort=cohort, key="g", position=0, title_nl="Doel", title_en="Goal"
    )
    CohortDeadline.objects.create(cohort=cohort, title_nl="Verslag", due_on="2026-06-01")
    tip = factories.tip(cohort)
    made = Cohort(name_nl="Stage 2027", name_en="Placement 2027")

    actions_manage.clone_cohort(cohort, made, close=True, by=by, at=NOW)

    made = Cohort.objects.get(pk=made.pk)
    assert (made.programme, made.slug, made.is_open) == (cohort.programme, "stage-2027", True)
    assert (made.charts, made.has_feedback, made.first_share_days) == (["days"], True, 21)
    assert [model.key for model in made.reflection_models.all()] == ["mine"]
    assert order(made) == order(cohort)
    assert [(row.name_nl, row.key) for row in made.vocabulary.all()] == [("Overleg", "meeting")]
    assert [row.code for row in made.competences.all()] == ["K1"]
    assert [row.title_nl for row in made.starting_goals.all()] == ["Doel"]
    assert list(made.tips.all()) == [tip]
    assert not made.deadlines.exists()
    cohort.refresh_from_db()
    assert (cohort.is_open, cohort.vocabulary.count()) == (False, 3)


# The form -----------------------------------------------------------------------------------------


def test_part_that_the_cohort_never_had_comes_last(cohort: Cohort, by: User) -> None:
    row = part(cohort, "learned")
    assert row.pk is None
    row.is_shown = True

    actions_manage.save_part(row, by=by, at=NOW)

    assert order(cohort)[-1] == "learned"


def test_part_off_the_form_keeps_what_was_written_in_it(cohort: Cohort, by: User) -> None:
    category = factories.entry(cohort, "category", "Overleg")
    activity = factories.activity(factories.placement(cohort=cohort), category=category)
    row = part(cohort, "category")
    row.is_shown = False

    actions_manage.save_part(row, by=by, at=NOW)

    activity.refresh_from_db()
    assert activity.category == category


def test_date_and_description_are_always_asked(cohort: Cohort, by: User) -> None:
    row = part(cohort, "date")
    row.is_shown = row.is_required = False
    row.is_folded = True

    actions_manage.save_part(row, by=by, at=NOW)

    row.refresh_from_db()
    assert (row.is_shown, row.is_required, row.is_folded) == (True, True, False)


def test_nobody_is_asked_to_choose_from_an_empty_list(cohort: Cohort, by: User) -> None:
    row = part(cohort, "difficulty")
    row.is_required = True
    with pytest.raises(ValidationError) as refused:
        actions_manage.save_part(row, by=by, at=NOW)
    assert list(refused.value.message_dict) == ["is_required"]

    hard = factories.entry(cohort, "difficulty", "Moeilijk", key="hard", level=3)
    actions_manage.save_part(row, by=by, at=NOW)
    with pytest.raises(ValidationError):
        actions_lists.retire_choice(hard, by=by, at=NOW)

    hard.refresh_from_db()
    assert hard.retired_at is None


def test_nobody_is_asked_for_more_competences_than_there_are(cohort: Cohort, by: User) -> None:
    Competence.objects.create(cohort=cohort, key="k1", name_nl="Samenwerken")
    row = part(cohort, "competences")
    row.minimum = 2

    with pytest.raises(ValidationError) as refused:
        actions_manage.save_part(row, by=by, at=NOW)

    assert list(refused.value.message_dict) == ["minimum"]


def test_parts_change_places_with_the_next_one_that_is_shown(cohort: Cohort, by: User) -> None:
    hidden = part(cohort, "people")
    hidden.is_shown = False
    actions_manage.save_part(hidden, by=by, at=NOW)

    actions_manage.move_part(cohort, Part.DIFFICULTY, up=True, by=by, at=NOW)

    assert order(cohort) == ["date", "description", "difficulty", "category", "competences"]


# Lists --------------------------------------------------------------------------------------------


def test_what_is_pasted_comes_at_the_end_and_what_was_there_stays(cohort: Cohort, by: User) -> None:
    factories.entry(cohort, "category", "Overleg", key="overleg", position=4)
    factories.entry(cohort, "category", "Oud", key="oud", retired_at=NOW)
    lines = [Pasted("OVERLEG"), Pasted("Oud"), Pasted("Testen", "Testing"), Pasted("Overleg!")]

    added = actions_lists.add_choices(cohort, VocabularyKind.CATEGORY, lines, by=by, at=NOW)

    assert added == actions_lists.Added(new=2, again=1, known=1)
    rows = cohort.vocabulary.filter(kind="category")
    assert [(row.name_nl, row.key, row.position) for row in rows] == [
        ("Oud", "oud", 0),
        ("Overleg", "overleg", 4),
        ("Testen", "testen", 5),
        ("Overleg!", "overleg-2", 6),
    ]
    assert not rows.exclude(retired_at=None).exists()


def test_own_words_of_students_are_no_part_of_the_list(cohort: Cohort, by: User) -> None:
    own = factories.entry(cohort, "person", "Mijn oom", owner=factories.person())

    actions_lists.add_choices(cohort, VocabularyKind.PERSON, [Pasted("Mijn oom")], by=by, at=NOW)

    assert cohort.vocabulary.filter(owner=None).get().name_nl == "Mijn oom"
    own.refresh_from_db()
    assert own.owner


def test_list_has_an_end(cohort: Cohort, by: User) -> None:
    lines = [Pasted(f"Woord {number}") for number in range(501)]

    with pytest.raises(ValidationError):
        actions_lists.add_choices(cohort, VocabularyKind.SOURCE, lines, by=by, at=NOW)

    assert not cohort.vocabulary.exists()


def test_competences_have_codes(cohort: Cohort, by: User) -> None:
    lines = [Pasted("Samenwerken", "Working together", "K1"), Pasted("Leren")]

    actions_lists.add_choices(cohort, None, lines, by=by, at=NOW)
    again = actions_lists.add_choices(cohort, None, [Pasted("Anders", code="k1")], by=by, at=NOW)

    assert again.known == 1
    assert [(row.code, row.key) for row in cohort.competences.all()] == [
        ("K1", "k1"),
        ("", "leren"),
    ]


def test_name_of_another_entry_is_refused(cohort: Cohort, by: User) -> None:
    factories.entry(cohort, "category", "Overleg")
    other = factories.entry(cohort, "category", "Testen")
    other.name_nl = "overleg"

    with pytest.raises(ValidationError) as refused:
        actions_lists.rename_choice(other, by=by, at=NOW)

    assert list(refused.value.message_dict) == ["name_nl"]


def test_entries_move_past_what_is_retired(cohort: Cohort, by: User) -> None:
    for number, name in enumerate(("A", "B", "C")):
        factories.entry(cohort, "category", name, position=number)
    rows = cohort.vocabulary.filter(kind="category")
    actions_lists.retire_choice(rows.get(name_nl="B"), by=by, at=NOW)

    actions_lists.move_choice(rows.get(name_nl="C"), up=True, by=by, at=NOW)

    assert [row.name_nl for row in rows.filter(retired_at=None)] == ["C", "A"]


def test_what_students_chose_goes_to_the_entry_that_stays(cohort: Cohort, by: User) -> None:
    old = factories.entry(cohort, "person", "Collega's", key="a")
    kept = factories.entry(cohort, "person", "Collega", key="b")
    placement = factories.placement(cohort=cohort)
    one, both, none = (factories.activity(placement, name) for name in ("een", "beide", "geen"))
    one.people.add(old)
    both.people.add(old, kept)

    actions_lists.merge_choice(old, kept, by=by, at=NOW)

    assert list(one.people.all()) == list(both.people.all()) == [kept]
    assert not none.people.exists()
    old.refresh_from_db()
    assert old.retired_at == NOW


@pytest.mark.parametrize("kind", ["category", "moment", "difficulty"])
def test_what_stands_in_a_column_follows_as_well(cohort: Cohort, by: User, kind: str) -> None:
    old, kept = factories.entry(cohort, kind, "Oud"), factories.entry(cohort, kind, "Nieuw")
    chosen: dict[str, Any] = {kind: old}
    activity = factories.activity(factories.placement(cohort=cohort), **chosen)
    gone = factories.activity(activity.placement, deleted_at=NOW, **chosen)

    actions_lists.merge_choice(old, kept, by=by, at=NOW)

    for row in (activity, gone):
        row.refresh_from_db()
        assert getattr(row, kind) == kept


def test_competences_are_merged_in_the_same_way(cohort: Cohort, by: User) -> None:
    old = Competence.objects.create(cohort=cohort, key="a", name_nl="Samen werken")
    kept = Competence.objects.create(cohort=cohort, key="b", name_nl="Samenwerken")
    activity = factories.activity(factories.placement(cohort=cohort))
    activity.competences.add(old)

    actions_lists.merge_choice(old, kept, by=by, at=NOW)

    assert list(activity.competences.all()) == [kept]


def test_entry_is_merged_within_its_list_only(cohort: Cohort, by: User) -> None:
    one = factories.entry(cohort, "category", "Overleg")
    other_list = factories.entry(cohort, "source", "Boek")
    other_cohort = factories.entry(factories.cohort(), "category", "Overleg")
    own = factories.entry(cohort, "category", "Eigen", owner=factories.person())

    for into in (one, other_list, other_cohort, own):
        with pytest.raises(ValidationError):
            actions_lists.merge_choice(one, into, by=by, at=NOW)


def test_use_is_told_from_five_on(cohort: Cohort) -> None:
    entry = factories.entry(cohort, "person", "Collega")
    placement = factories.placement(cohort=cohort)
    for _ in range(4):
        factories.activity(placement).people.add(entry)
    assert times_used(entry) is None

    factories.activity(placement).people.add(entry)

    assert times_used(entry) == 5
    assert Activity.objects.count() == 5


# The record ---------------------------------------------------------------------------------------


def test_every_change_is_in_the_record_without_words(cohort: Cohort, by: User) -> None:
    row = part(cohort, "category")
    actions_manage.save_part(row, by=by, at=NOW)
    actions_manage.move_part(cohort, Part.PEOPLE, up=True, by=by, at=NOW)
    actions_lists.add_choices(cohort, VocabularyKind.CATEGORY, [Pasted("Geheim")], by=by, at=NOW)
    entry = VocabularyEntry.objects.get()
    other = factories.entry(cohort, "category", "Tweede", position=9)
    actions_lists.rename_choice(entry, by=by, at=NOW)
    actions_lists.move_choice(entry, up=False, by=by, at=NOW)
    actions_lists.retire_choice(entry, by=by, at=NOW)
    actions_lists.restore_choice(entry, by=by, at=NOW)
    actions_lists.merge_choice(entry, other, by=by, at=NOW)

    rows = AuditEntry.objects.all()
    assert [one.details["change"] for one in rows.order_by("pk")] == [
        "part", "part_moved", "added", "renamed", "moved", "retired", "restored", "merged",
    ]  # fmt: skip
    assert {(one.kind, one.subject, one.actor_key) for one in rows} == {
        (Kind.CONFIGURED, f"cohort:{cohort.pk}", by.pk)
    }
    assert "Geheim" not in str([one.details for one in rows])
