"""Which tips a student sees, and how many placements a tip reaches."""

import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django import DjangoAssertNumQueries

from stageapp.facts import Amount, Dimension, FilteredSum, Ratio
from stageapp.placements.models import Placement
from stageapp.programmes.models import Cohort
from stageapp.tips import actions
from stageapp.tips.models import Tip, TipShowing
from stageapp.tips.queries import evaluate, tips_for
from stageapp.tips.rules import Condition, Moment, Rule
from stageapp.tips.words import reasons, shown
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 12, 11, tzinfo=UTC)


def tip(cohort: Cohort, key: str, rule: Rule, **fields: Any) -> Tip:
    made = Tip.objects.create(
        **{"programme": cohort.programme, "key": key, "name": key, "is_on": True} | fields
    )
    made.cohorts.add(cohort)
    texts = {"feedback_nl": "Je werkte {alone} alleen.", "feedback_en": "You worked {alone} alone."}
    actions.write_version(made, rule, texts, goes_to="", by=None, at=NOW)
    return made


def placement_alone(alone: int, others: int) -> Placement:
    """At 40% of the period, with some activities done alone and some with a colleague."""
    cohort = factories.cohort()
    made = factories.placement(
        cohort=cohort, starts_on=date(2026, 1, 31), ends_on=date(2026, 5, 11)
    )
    nobody = factories.entry(cohort, "person", "Alleen", key="alone")
    somebody = factories.entry(cohort, "person", "Jan", key="jan")
    for number in range(alone + others):
        activity = factories.activity(made, date=date(2026, 3, 2), minutes=60)
        activity.people.add(nobody if number < alone else somebody)
    return made


MOSTLY_ALONE = Condition("alone", "share_alone", threshold=50)


def keys(placement: Placement, at: datetime = NOW) -> list[str]:
    return [row.tip.key for row in tips_for(placement, at=at)]


def test_tip_shows_with_its_numbers() -> None:
    placement = placement_alone(6, 4)
    tip(placement.cohort, "alone", Rule((MOSTLY_ALONE,), (Moment(20, 50),)))

    found = tips_for(placement, at=NOW)[0]

    assert found.progress == 40
    assert shown(found.rule, found.values, found.progress)["alone", ""] == "60%"
    assert reasons(found.rule, found.values, found.progress) == [
        (
            "Aandeel activiteiten alleen gedaan over de hele periode: 60% (6 van 10). "
            "Deze tip verschijnt bij meer dan 50%."
        ),
        "Je stage is op 40%; deze tip hoort bij 20–50% ervan.",
    ]


@pytest.mark.parametrize(
    ("alone", "others", "moment"),
    [(5, 5, Moment(20, 50)), (6, 4, Moment(41, 100)), (3, 1, Moment(0, 100))],
)
def test_tip_stays_away_at_its_boundaries(alone: int, others: int, moment: Moment) -> None:
    placement = placement_alone(alone, others)
    tip(placement.cohort, "alone", Rule((MOSTLY_ALONE,), (moment,)))

    assert keys(placement) == []


def test_ratio_in_hours_counts_hours_and_not_activities() -> None:
    cohort = factories.cohort()
    placement = factories.placement(cohort=cohort, starts_on=date(2026, 2, 2))
    meeting = factories.entry(cohort, "category", "Overleg", key="meeting")
    factories.activity(placement, date=date(2026, 3, 2), minutes=180, category=meeting)
    for _ in range(4):
        factories.activity(placement, date=date(2026, 3, 3), minutes=105)
    ratio = Ratio(
        FilteredSum(Amount.HOURS, ((Dimension.CATEGORY, ("meeting",)),)), FilteredSum(Amount.HOURS)
    )
    tip(cohort, "meetings", Rule((Condition("alone", ratio=ratio, threshold=29),)))

    found = tips_for(placement, at=NOW)[0]

    assert (found.values["alone"].value, found.values["alone"].part) == (30, 3)


def test_tip_that_is_off_or_of_another_cohort_is_not_there() -> None:
    placement = placement_alone(6, 4)
    tip(placement.cohort, "off", Rule(always=True), is_on=False)
    tip(factories.cohort(programme=placement.cohort.programme), "other", Rule(always=True))
    tip(placement.cohort, "nothing", Rule())
    tip(placement.cohort, "low", Rule(always=True), priority=1)
    tip(placement.cohort, "high", Rule(always=True), priority=99)

    assert keys(placement) == ["high", "low"]


def test_tip_that_was_not_helpful_stays_away_and_can_come_back() -> None:
    placement = placement_alone(0, 0)
    made = tip(placement.cohort, "always", Rule(always=True))

    actions.react(placement, made, is_helpful=False, at=NOW)
    assert keys(placement) == []
    actions.react(placement, made, is_helpful=None, at=NOW)
    assert keys(placement) == ["always"]


def test_tip_stays_a_week_then_rests_and_comes_back() -> None:
    placement = placement_alone(0, 0)
    tip(placement.cohort, "always", Rule(always=True), rest_days=14)

    seen = []
    for day in range(40):
        at = NOW + timedelta(days=day)
        found = tips_for(placement, at=at)
        actions.note_shown(placement, found, at=at)
        if found:
            seen.append(day)

    assert seen == [*range(7), *range(21, 28)]
    assert TipShowing.objects.count() == 2


def test_what_was_shown_is_kept_with_its_numbers() -> None:
    placement = placement_alone(6, 4)
    made = tip(placement.cohort, "alone", Rule((MOSTLY_ALONE,)))

    for _ in range(2):
        actions.note_shown(placement, tips_for(placement, at=NOW), at=NOW)

    showing = TipShowing.objects.get()
    assert showing.version == made.versions.get()
    assert showing.values["alone"]["value"] == 60


def test_new_version_leaves_what_was_shown_as_it_was() -> None:
    placement = placement_alone(6, 4)
    made = tip(placement.cohort, "alone", Rule((MOSTLY_ALONE,)))
    actions.note_shown(placement, tips_for(placement, at=NOW), at=NOW)

    actions.write_version(made, Rule(always=True), {}, goes_to="log", by=None, at=NOW)

    assert [row.number for row in made.versions.all()] == [2, 1]
    assert TipShowing.objects.get().version.number == 1
    assert tips_for(placement, at=NOW)[0].rule == Rule(always=True)


def test_totals_name_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    placement = placement_alone(6, 4)
    tip(placement.cohort, "alone", Rule((MOSTLY_ALONE,)))
    tip(placement.cohort, "hard", Rule((Condition("alone", "share_hard", threshold=10),)))
    ended = factories.placement(cohort=placement.cohort, starts_on=date(2025, 1, 1))
    assert ended.ends_on < date(2026, 1, 1)

    found = evaluate(Cohort.objects.filter(pk=placement.cohort.pk), at=NOW)

    programme = placement.cohort.programme
    slug = f"{programme.institution.slug}/{programme.slug}"
    assert (found.placements, found.reached) == (1, {f"{slug}/alone": 1, f"{slug}/hard": 0})
    out = StringIO()
    call_command("evaluate_tips", "--json", "--cohort", placement.cohort.slug, stdout=out)
    assert set(json.loads(out.getvalue())) == {"placements", "seconds", "tips"}


@pytest.mark.parametrize("size", [1, 8])
def test_tips_take_the_same_queries_for_any_number_of_them(
    size: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    placement = placement_alone(6, 4)
    for number in range(size):
        tip(placement.cohort, f"tip{number}", Rule((MOSTLY_ALONE,)))
    placement = Placement.objects.select_related("cohort__programme__institution").prefetch_related(
        "interruptions"
    )[0]

    with django_assert_num_queries(9):
        tips_for(placement, at=NOW)
