"""A statistic says the same of a placement alone and among others."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stageapp.facts import (
    ALWAYS,
    Amount,
    Dimension,
    FilteredSum,
    Need,
    Trait,
    Window,
    last_days,
    month_of,
)
from stageapp.insights.queries import facts_of, facts_within, sums_of
from stageapp.insights.statistics import LIBRARY, measure
from stageapp.logbook.models import Activity
from stageapp.placements.models import Placement
from stageapp.programmes.models import Cohort, Competence, VocabularyEntry
from tests import factories
from tests.examples import examples

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 12, 11, tzinfo=UTC)
START = date(2026, 2, 2)
SUMS = [
    FilteredSum(),
    FilteredSum(Amount.HOURS, traits=(Trait.ALONE,)),
    FilteredSum(where=((Dimension.CATEGORY, ("a",)), (Dimension.SOURCE, ("a", "b")))),
]

WINDOWS = [ALWAYS, last_days(7, NOW.date()), last_days(28, NOW.date()), month_of(START)]
ASKED = [(window, one) for window in WINDOWS for one in SUMS]

picks = st.sets(st.sampled_from("abc"))
activities = st.tuples(
    st.integers(0, 2),  # whose it is
    st.integers(0, 40),  # on which day
    st.sampled_from(["a", "b", "c", "own", ""]),
    st.one_of(st.none(), st.integers(1, 480)),
    st.one_of(st.just({"alone"}), picks),
    picks,
    st.integers(0, 3),  # how difficult
    st.integers(-1, 1),  # which goal
)


@settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(activities, max_size=14))
def test_one_and_many_agree(db: None, rows: list[tuple[Any, ...]]) -> None:
    placements = fill(rows)

    together = facts_of(placements, Need, at=NOW)
    sums = sums_of(placements, ASKED)

    for placement in placements:
        alone = facts_of([placement], Need, at=NOW)[placement.pk]
        for key, definition in LIBRARY.items():
            rows_of = alone.names.get(definition.of, {}) if definition.of else [""]
            for of in rows_of:
                assert measure(key, together[placement.pk], of) == measure(key, alone, of), key
        assert sums[placement.pk] == sums_of([placement], ASKED)[placement.pk]


@settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(activities, max_size=14), st.dates(START, NOW.date()))
def test_one_window_and_several_agree(db: None, rows: list[tuple[Any, ...]], day: date) -> None:
    placements = fill(rows)
    windows = [*WINDOWS, Window(first=day), Window(last=day), Window(day, day)]

    together = facts_within(placements, Need, windows, at=NOW)
    sums = sums_of(placements, [(window, one) for window in windows for one in SUMS])

    for window in windows:
        alone = facts_of(placements, Need, at=NOW, window=window)
        assert together[window] == alone
        for placement in placements:
            amounts = sums_of([placement], [(window, one) for one in SUMS])[placement.pk]
            assert amounts.items() <= sums[placement.pk].items()
            assert amounts[window, FilteredSum()] == alone[placement.pk].total.count


def fill(rows: list[tuple[Any, ...]]) -> list[Placement]:
    """Make two placements of one cohort and one of another, and log for them."""
    first = cohort()
    cohorts = [first, first, cohort(first.programme.institution)]
    placements = [
        factories.placement(cohort=made, starts_on=START, ends_on=START + timedelta(days=100))
        for made in cohorts
    ]
    goals = [[factories.goal(placement, title) for title in "AB"] for placement in placements]
    own = [
        factories.entry(placement.cohort, "category", "Eigen", owner=placement.student)
        for placement in placements
    ]
    for index, day, category, minutes, people, sources, level, goal in rows:
        placement = placements[index]
        entries = {
            (entry.kind, entry.key): entry
            for entry in VocabularyEntry.objects.filter(cohort=placement.cohort, owner=None)
        }
        activity = Activity.objects.create(
            placement=placement,
            description="x",
            date=START + timedelta(days=day),
            minutes=minutes,
            category=own[index] if category == "own" else entries.get(("category", category)),
            difficulty=entries.get(("difficulty", str(level))),
            goal=goals[index][goal] if goal >= 0 else None,
        )
        activity.people.set([entries["person", key] for key in people])
        activity.sources.set([entries["source", key] for key in sources])
        activity.competences.set(Competence.objects.filter(cohort=placement.cohort, key__in=people))
    return list(
        Placement.objects.filter(pk__in=[row.pk for row in placements])
        .select_related("cohort__programme__institution")
        .prefetch_related("interruptions")
    )


def cohort(institution: Any = None) -> Cohort:
    programme = factories.programme(**({"institution": institution} if institution else {}))
    made = factories.cohort(programme=programme)
    for kind in ("category", "person", "source"):
        for key in ("a", "b", "c", *(["alone"] if kind == "person" else [])):
            factories.entry(made, kind, key, key=key)
    for level in (1, 2, 3):
        factories.entry(made, "difficulty", str(level), key=str(level), level=level)
    for key in "abc":
        Competence.objects.create(cohort=made, key=key, name_nl=key)
    return made
