"""Months, weeks and planned hours."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stageapp.planning import rules

NEAR = st.dates(date(1991, 1, 1), date(2198, 12, 31))
WEEKDAYS = frozenset({1, 2, 3, 4})


def workweek(*free: tuple[date, date]) -> rules.Workweek:
    return rules.Workweek(
        date(2026, 9, 7), date(2027, 1, 29), WEEKDAYS, Decimal("7.5"), tuple(free)
    )


@pytest.mark.parametrize(
    ("day", "minutes"),
    [
        (date(2026, 9, 7), 450),  # the first Monday
        (date(2026, 9, 11), 0),  # Friday is no working day
        (date(2026, 9, 6), 0),  # before the placement
        (date(2027, 1, 28), 450),
        (date(2027, 2, 1), 0),  # after it
        (date(2026, 10, 19), 0),  # free
        (date(2026, 10, 22), 0),
        (date(2026, 10, 26), 450),
    ],
)
def test_planned_minutes_of_a_day(day: date, minutes: int) -> None:
    assert workweek((date(2026, 10, 19), date(2026, 10, 23))).planned_minutes(day) == minutes


def test_planned_minutes_of_a_week_add_up() -> None:
    days = rules.week_days(date(2026, 9, 7))

    assert workweek((date(2026, 9, 8), date(2026, 9, 8))).planned_over(days) == 3 * 450


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2026-11", (2026, 11)),
        ("2026-13", None),
        ("2026-00", None),
        ("1000-01", None),
        ("9999-12", None),
        ("26-1", None),
        ("", None),
        ("2026-11-01", None),
        ("²⁰²⁶-11", None),
    ],
)
def test_month_in_an_address(text: str, month: tuple[int, int] | None) -> None:
    assert rules.month_of(text) == month


@pytest.mark.parametrize(
    ("text", "monday"),
    [
        ("2026-W48", date(2026, 11, 23)),
        ("2026-W53", date(2026, 12, 28)),
        ("2025-W53", None),
        ("2026-W00", None),
        ("2026-48", None),
        ("0001-W01", None),
        ("x", None),
    ],
)
def test_week_in_an_address(text: str, monday: date | None) -> None:
    assert rules.week_of(text) == monday


@given(st.text(max_size=12))
def test_any_text_is_a_period_or_none(text: str) -> None:
    rules.month_of(text)
    rules.week_of(text)


@given(NEAR)
def test_name_of_a_week_leads_back_to_its_monday(day: date) -> None:
    assert rules.week_of(rules.week_name(day)) == rules.monday_of(day)


@given(NEAR)
def test_month_is_whole_weeks_around_its_days(day: date) -> None:
    weeks = rules.month_weeks(day.year, day.month)
    days = [one for week in weeks for one in week]

    assert day in days
    assert all(len(week) == 7 and week[0].isoweekday() == 1 for week in weeks)
    assert days == [days[0] + timedelta(days=number) for number in range(len(days))]


@given(NEAR)
def test_month_after_the_month_before_is_the_month(day: date) -> None:
    before = rules.month_beside(day.year, day.month, -1)

    assert rules.month_beside(before.year, before.month, 1) == day.replace(day=1)
