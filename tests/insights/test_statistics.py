"""Every statistic against figures worked out by hand, from one small logbook."""

from datetime import date

import pytest
from django.utils.translation import override

from stageapp.facts import ALWAYS, Amount, Dimension, Facts, FilteredSum, Need, Trait, Window
from stageapp.insights.queries import facts_of, sums_of
from stageapp.insights.statistics import LIBRARY, Measured, measure
from stageapp.logbook.actions import save_item
from stageapp.logbook.models import Activity
from stageapp.placements.models import Placement
from tests import factories
from tests.insights.conftest import NOW

pytestmark = pytest.mark.django_db


def facts(placement: Placement, window: Window | None = None) -> Facts:
    return facts_of([placement], Need, at=NOW, window=window or Window())[placement.pk]


#: Statistic -> its value, the numbers behind it, and what it is about.
BY_HAND = {
    "activities": (6, None, ""),
    "hours": (6, None, ""),
    "days_logged": (4, None, ""),
    "activities_per_week": (3, (6, 2), ""),
    "hours_per_week": (3, (6, 2), ""),
    "longest_gap": (6, None, ""),
    "days_since_last": (2, None, ""),
    "average_difficulty": (2, (10, 5), ""),
    "share_hard": (40, (2, 5), ""),
    "share_alone": (33.33, (2, 6), ""),
    "share_hours_alone": (41.67, (150, 360), ""),
    "share_with_source": (50, (3, 6), ""),
    "share_without_source": (50, (3, 6), ""),
    "share_with_reflection": (16.67, (1, 6), ""),
    "share_with_evidence": (16.67, (1, 6), ""),
    "share_with_goal": (83.33, (5, 6), ""),
    "most_used_category": (66.67, (4, 6), "testing"),
    "least_used_category": (16.67, (1, 6), "design"),
    "most_used_person": (60, (3, 5), "jan"),
    "least_used_person": (40, (2, 5), "piet"),
    "most_used_source": (75, (3, 4), "internet"),
    "least_used_source": (25, (1, 4), "book"),
    "most_used_goal": (60, (3, 5), "Doel 1"),
    "least_used_goal": (0, (0, 5), "Doel 3"),
    "goals_untouched": (1, None, "Doel 3"),
    "competences_uncovered": (1, None, "c"),
    "competences_covered": (66.67, (2, 3), ""),
    "categories_used": (3, None, ""),
    "people_met": (2, None, ""),
    "hardest_category": (2.25, (9, 4), "testing"),
    "easiest_person": (1, (1, 1), "piet"),
    "hard_category": (50, (2, 4), "testing"),
    "category_alone": (50, (2, 4), "testing"),
    "category_without_source": (100, (1, 1), "meeting"),
    "goals_without_source": (50, (3, 5), "Doel 1, Doel 2"),
    "goal_without_source": (66.67, (2, 3), "Doel 1"),
    "category_one_person": (100, (1, 1), "design, piet"),
    "goal_one_person": (100, (2, 2), "Doel 2, piet"),
    "moment_with_goal": (75, (3, 4), "first, Doel 1"),
    "moment_with_competence": (60, (3, 5), "first, a"),
    "goal_with_competence": (60, (3, 5), "Doel 1, a"),
    "reflections": (2, None, ""),
    "days_since_reflection": (7, None, ""),
    "chains_open": (1, None, ""),
    "period_progress": (36, None, ""),
    "running_days": (36, None, ""),
    "questions_shared": (1, None, ""),
    "days_since_shared": (10, None, ""),
    "saved_items": (1, None, ""),
}
#: Dimension -> a row of it, and its number, hours, share, share of hours, difficulty, share hard.
OF_ONE_BY_HAND = {
    Dimension.CATEGORY: ("testing", (4, 5, 66.67, 83.33, 2.25, 50)),
    Dimension.PERSON: ("jan", (3, 2.5, 50, 41.67, 3, 100)),
    Dimension.SOURCE: ("internet", (3, 4, 50, 66.67, 1.67, 33.33)),
    Dimension.MOMENT: ("first", (3, 3, 50, 50, 2.67, 66.67)),
    Dimension.COMPETENCE: ("a", (3, 3, 50, 50, 2.67, 66.67)),
    Dimension.GOAL: ("Doel 1", (3, 3, 50, 50, 2.67, 66.67)),
    Dimension.STATUS: ("finished", (4, 5.5, 66.67, 91.67, 2, 50)),
    Dimension.DIFFICULTY: ("hard", (2, 2.5, 33.33, 41.67, 3, 100)),
}
OF_ONE = (
    "number_of",
    "hours_of",
    "share_of",
    "share_of_hours_of",
    "difficulty_of",
    "share_hard_of",
)


def test_every_statistic_is_worked_out_by_hand() -> None:
    of_one = {f"{name}_{dimension.value}" for name in OF_ONE for dimension in OF_ONE_BY_HAND}

    assert set(LIBRARY) == set(BY_HAND) | of_one


@pytest.mark.parametrize("key", LIBRARY)
def test_every_statistic_is_explained_in_both_languages(key: str) -> None:
    row = LIBRARY[key]
    told = []
    for language in ("nl", "en"):
        with override(language):
            told.append((str(row.label), str(row.means), str(row.example)))

    assert all(told[0]), "a text is missing"
    assert all(dutch != english for dutch, english in zip(*told, strict=True)), told


def test_statistics_say_what_was_worked_out_by_hand(placement: Placement) -> None:
    known = facts(placement)

    found = {key: shown(measure(key, known), known) for key in BY_HAND}

    assert found == {
        key: (value, numbers or (0, 0), about) for key, (value, numbers, about) in BY_HAND.items()
    }


@pytest.mark.parametrize("dimension", Dimension)
def test_statistics_of_one_row_say_what_was_worked_out_by_hand(
    placement: Placement, dimension: Dimension
) -> None:
    name, values = OF_ONE_BY_HAND[dimension]
    known = facts(placement)
    key = next(
        (key for key, names in known.names.get(dimension, {}).items() if name in names), name
    )

    measured = [measure(f"{what}_{dimension.value}", known, key) for what in OF_ONE]

    assert [round(found.value, 2) for found in measured if found] == list(values)


def test_collection_has_a_value_for_each_goal(placement: Placement) -> None:
    found = measure("goals_without_source", facts(placement))

    assert found
    assert [round(value, 2) for value in found.each] == [66.67, 50]


def shown(found: Measured | None, known: Facts) -> tuple[float, tuple[float, float], str] | None:
    if found is None:
        return None
    names = [known.names[dimension][key][0] for dimension, key in found.named]
    return round(found.value, 2), (found.part, found.whole), ", ".join(names)


def test_filtered_sums_are_what_was_worked_out_by_hand(placement: Placement) -> None:
    alone = FilteredSum(traits=(Trait.ALONE,))
    hard_testing = FilteredSum(
        Amount.HOURS,
        ((Dimension.CATEGORY, ("testing",)), (Dimension.DIFFICULTY, ("hard",))),
    )
    with_either = FilteredSum(where=((Dimension.PERSON, ("jan", "piet")),))
    theory_for_a = FilteredSum(where=((Dimension.COMPETENCE, ("a",)),), traits=(Trait.WITH_SOURCE,))
    looked_at = FilteredSum(traits=(Trait.WITH_REFLECTION, Trait.WITHOUT_EVIDENCE))
    sums = [FilteredSum(), FilteredSum(Amount.HOURS), alone, hard_testing, with_either,
            theory_for_a, looked_at, FilteredSum(traits=(Trait.WITHOUT_GOAL,)),
            FilteredSum(where=((Dimension.STATUS, ("busy", "transferred")),))]  # fmt: skip

    found = sums_of([placement], [(ALWAYS, one) for one in sums])[placement.pk]

    # An activity with Jan and Piet is one activity.
    assert list(found.values()) == [6, 6, 2, 2.5, 4, 1, 1, 1, 1]


def test_reflection_that_is_not_finished_does_not_count(placement: Placement) -> None:
    second, third = Activity.objects.filter(placement=placement, deleted_at=None)[:2]
    begun = factories.reflection(placement, activity=second, date=date(2026, 3, 10), is_draft=True)
    factories.reflection(placement, date=date(2026, 3, 11), is_draft=True)
    factories.reflection(placement, activity=third, date=date(2026, 3, 12), is_draft=True)
    with_reflection = (ALWAYS, FilteredSum(traits=(Trait.WITH_REFLECTION,)))
    without = (ALWAYS, FilteredSum(traits=(Trait.WITHOUT_REFLECTION,)))
    keys = ("reflections", "days_since_reflection", "share_with_reflection")

    def counted() -> tuple[list[float], dict[date, int], list[float]]:
        known = facts(placement)
        values = [round(found.value, 2) for key in keys if (found := measure(key, known))]
        sums = sums_of([placement], [with_reflection, without])[placement.pk]
        return values, known.reflections, list(sums.values())

    # The two of the 2nd and the 5th; one of six activities has one.
    assert counted() == ([2, 7, 16.67], {date(2026, 3, 2): 1, date(2026, 3, 5): 1}, [1, 5])

    begun.is_draft = False
    begun.save()

    # Finished, it counts: on the 10th, two days ago, and two of six activities have one.
    assert counted() == (
        [3, 2, 33.33],
        {date(2026, 3, 2): 1, date(2026, 3, 5): 1, date(2026, 3, 10): 1},
        [2, 4],
    )


def test_saved_item_is_counted_while_what_it_is_about_is_there(placement: Placement) -> None:
    activity = factories.activity(placement, date=date(2026, 3, 11))
    reflection = factories.reflection(placement, activity=activity)
    evidence = factories.evidence(placement)
    for source in (activity, reflection, evidence):
        save_item(source, by=placement.student, at=NOW)
    before = measure("saved_items", facts(placement))

    for row in (activity, evidence):
        row.deleted_at = NOW
        row.save()

    assert (before, measure("saved_items", facts(placement))) == (Measured(4), Measured(1))


def test_window_leaves_out_what_lies_outside_it(placement: Placement) -> None:
    known = facts(placement, Window(date(2026, 3, 3), date(2026, 3, 9)))

    assert [
        shown(measure(key, known), known) for key in ("activities", "hours", "reflections")
    ] == [
        (3, (0, 0), ""),
        (4.5, (0, 0), ""),
        (1, (0, 0), ""),
    ]
    # The period is the same, whatever is looked at.
    assert measure("period_progress", known) == Measured(36)


def test_january_has_three_of_five_moments_and_the_first_of_february_is_none_of_them() -> None:
    placement = factories.placement(starts_on=date(2026, 1, 1), ends_on=date(2026, 6, 30))
    for month, day in ((1, 5), (1, 12), (1, 20), (2, 1), (2, 3), (2, 9)):
        factories.activity(placement, date=date(2026, month, day))

    january = facts_of([placement], [], at=NOW, window=Window(date(2026, 1, 1), date(2026, 1, 31)))[
        placement.pk
    ]

    assert sorted(january.days) == [date(2026, 1, 5), date(2026, 1, 12), date(2026, 1, 20)]


def test_levels_1_2_and_3_average_2_and_a_third_is_hard() -> None:
    placement = factories.placement()
    for level in (1, 2, 3):
        entry = factories.entry(placement.cohort, "difficulty", str(level), level=level)
        factories.activity(placement, difficulty=entry)
    known = facts_of([placement], [Need.DIFFICULTY], at=NOW)[placement.pk]

    average, hard = measure("average_difficulty", known), measure("share_hard", known)

    assert average == Measured(2, 6, 3)
    assert hard == Measured(100 / 3, 1, 3)


def test_empty_logbook_measures_nothing_and_breaks_nothing() -> None:
    placement = factories.placement()
    known = facts_of([placement], Need, at=NOW)[placement.pk]

    found = {key: measure(key, known, "x") for key in LIBRARY}

    assert found["share_alone"] is None
    assert found["activities"] == Measured(0)
    assert not Activity.objects.exists()
