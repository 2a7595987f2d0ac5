"""When a tip applies: operators, thresholds, minimums and moments, at their boundaries."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stageapp.facts import Amount, Dimension, FilteredSum, Ratio, Trait
from stageapp.tips.rules import (
    Condition,
    Finding,
    Moment,
    Operator,
    Problem,
    Reach,
    Rule,
    Value,
    applies,
    filled_in,
    holds,
    is_window,
    placeholders,
    problems,
    rule_from_data,
    rule_to_data,
)

PERCENT = Reach(0, 100)


def value(amount: float, activities: int = 10, **more: Any) -> Value:
    return Value(amount, activities=activities, **more)


def alone(**changes: Any) -> Condition:
    return Condition(**{"name": "alone", "statistic": "share_alone", "threshold": 50, **changes})


@pytest.mark.parametrize(
    ("operator", "passing", "failing"),
    [
        (Operator.MORE, [50.1, 100], [50, 49.9, 0]),
        (Operator.AT_LEAST, [50, 100], [49.9, 0]),
        (Operator.LESS, [49.9, 0], [50, 50.1]),
        (Operator.AT_MOST, [50, 0], [50.1, 100]),
    ],
)
def test_operators_at_their_threshold(
    operator: Operator, passing: list[float], failing: list[float]
) -> None:
    condition = alone(operator=operator)

    assert [holds(condition, value(amount)) for amount in passing] == [True] * len(passing)
    assert [holds(condition, value(amount)) for amount in failing] == [False] * len(failing)


def test_condition_needs_a_minimum_of_activities() -> None:
    assert not holds(alone(), value(60, activities=4))
    assert holds(alone(), value(60, activities=5))
    assert holds(alone(minimum=1), value(60, activities=1))
    assert not holds(alone(), None)


def test_every_value_of_a_collection_has_to_pass() -> None:
    assert holds(alone(), value(100, each=(100,)))
    assert not holds(alone(), value(10, each=(100, 10)))


@pytest.mark.parametrize(
    ("share", "progress", "active"),
    [(60, 40, True), (60, 20, True), (60, 50, True), (60, 51, False), (60, 19, False),
     (50, 40, False)],
)  # fmt: skip
def test_tip_is_active_in_its_moment_when_its_condition_holds(
    share: float, progress: int, active: bool
) -> None:
    rule = Rule((alone(),), (Moment(20, 50),))

    assert applies(rule, {"alone": value(share)}, progress) == active


@pytest.mark.parametrize(
    ("progress", "active"),
    [(0, True), (20, True), (21, False), (79, False), (90, True), (100, True)],
)
def test_any_of_the_moments_will_do(progress: int, active: bool) -> None:
    rule = Rule((), (Moment(0, 20), Moment(80, 100)))

    assert applies(rule, {}, progress) == active


def test_all_conditions_have_to_hold() -> None:
    rule = Rule((alone(), alone(name="hard", statistic="share_hard")))

    assert applies(rule, {"alone": value(60), "hard": value(60)}, 0)
    assert not applies(rule, {"alone": value(60), "hard": value(40)}, 0)
    assert not applies(rule, {"alone": value(60)}, 0)


def test_tip_without_any_condition_is_shown_only_when_it_says_always() -> None:
    assert not applies(Rule(), {}, 50)
    assert applies(Rule(always=True), {}, 50)


# Texts --------------------------------------------------------------------------------------------


def test_placeholders_that_begin_alike_do_not_interfere() -> None:
    shown = {("1", ""): "40%", ("12", ""): "7", ("1", "what"): "Testen"}

    text = "{1} en {12} bij {1.what}, {3} {1.more} {"

    assert filled_in(text, shown) == "40% en 7 bij Testen, {3} {1.more} {"
    assert placeholders(text) == [("1", ""), ("12", ""), ("1", "what"), ("3", "")]


@given(st.text())
def test_what_a_student_wrote_is_never_read_as_a_placeholder(name: str) -> None:
    shown = {("a", "what"): "{a}" + name, ("a", ""): "5"}

    assert filled_in("{a.what}", shown) == "{a}" + name


# What is refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        (Rule(), [Finding(Problem.NO_CONDITION)]),
        (Rule((alone(),), always=True), [Finding(Problem.ALWAYS_AND_CONDITIONS)]),
        (Rule((alone(threshold=100),)), [Finding(Problem.NEVER, "alone")]),
        (Rule((alone(operator=Operator.AT_LEAST, threshold=100),)), []),
        (Rule((alone(operator=Operator.LESS, threshold=0),)), [Finding(Problem.NEVER, "alone")]),
        (Rule((alone(operator=Operator.AT_MOST, threshold=0),)), []),
        (
            Rule((alone(), alone(name="less", operator=Operator.LESS, threshold=50))),
            [Finding(Problem.CONTRADICTION, "less")],
        ),
        (
            Rule((alone(), alone(name="less", operator=Operator.LESS, threshold=51))),
            [],
        ),
        (
            Rule((alone(), alone(name="less", window="28", operator=Operator.LESS))),
            [],
        ),
        (Rule((alone(), alone())), [Finding(Problem.NAME_TWICE, "alone")]),
        (Rule((), (Moment(50, 20),)), [Finding(Problem.MOMENT_ORDER)]),
        (Rule((), (Moment(0, 101),)), [Finding(Problem.MOMENT_ORDER)]),
        (Rule((), (Moment(30, 30),)), []),
    ],
)
def test_rule_that_can_never_hold_is_refused(rule: Rule, found: list[Finding]) -> None:
    assert problems(rule, {"alone": PERCENT, "less": PERCENT}, []) == found


def test_placeholder_without_a_value_is_refused() -> None:
    rule = Rule((alone(), alone(name="most", statistic="most_used_category")))
    reach = {"alone": PERCENT, "most": Reach(0, 100, names=True)}
    texts = ["{alone} {alone.part} {most.what} {progress}", "{alone.what} {nothing}"]

    assert problems(rule, reach, texts) == [
        Finding(Problem.NOTHING_NAMED, "{alone.what}"),
        Finding(Problem.UNKNOWN_PLACEHOLDER, "{nothing}"),
    ]


# As data ------------------------------------------------------------------------------------------

sums = st.builds(
    FilteredSum,
    st.sampled_from(Amount),
    st.dictionaries(
        st.sampled_from(Dimension), st.lists(st.text(min_size=1), min_size=1).map(tuple)
    ).map(lambda rows: tuple(rows.items())),
    st.lists(st.sampled_from(Trait), unique=True).map(tuple),
)
conditions = st.builds(
    Condition,
    st.text(),
    st.text(),
    st.text(),
    st.one_of(st.none(), st.builds(Ratio, sums, sums)),
    st.one_of(st.sampled_from(["all", "month"]), st.integers(1, 366).map(str)),
    st.sampled_from(Operator),
    st.floats(0, 1000),
    st.integers(0, 50),
)
moments = st.builds(Moment, st.integers(0, 100), st.integers(0, 100))


@given(
    st.builds(Rule, st.lists(conditions).map(tuple), st.lists(moments).map(tuple), st.booleans())
)
def test_rule_that_is_kept_comes_back_as_it_was(rule: Rule) -> None:
    assert rule_from_data(rule_to_data(rule)) == rule


@given(st.text())
def test_window_is_all_month_or_a_number_of_days(name: str) -> None:
    if is_window(name) and name not in ("all", "month"):
        assert 1 <= int(name) <= 366
