"""Until when things are kept."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stageapp.privacy.rules import goes_on, kept_until, months_later, told_on

DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))
MONTHS = st.integers(6, 120)
NOTICE = st.integers(14, 90)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 11, 30), 24, date(2028, 11, 30)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -12, date(2025, 1, 15)),
    ],
)
def test_months_later_is_the_same_day_or_the_last_of_a_shorter_month(
    day: date, months: int, later: date
) -> None:
    assert months_later(day, months) == later


def test_a_placement_that_ended_in_june_goes_two_years_and_a_day_later() -> None:
    ended = date(2026, 6, 30)

    assert kept_until(ended, 24) == date(2028, 6, 30)
    assert told_on(ended, 24, 30) == date(2028, 5, 31)
    assert goes_on(ended, 24, 30, told=date(2028, 5, 31)) == date(2028, 7, 1)


def test_who_is_told_late_has_all_days_of_notice() -> None:
    """The institution chose a shorter time: what is over it already waits for the notice."""
    assert goes_on(date(2026, 6, 30), 6, 30, told=date(2027, 3, 1)) == date(2027, 3, 31)


@given(DAYS, MONTHS, NOTICE, st.integers(0, 2000))
def test_nothing_goes_before_its_time_or_without_notice(
    ended: date, months: int, notice: int, late: int
) -> None:
    told = told_on(ended, months, notice) + timedelta(days=late)

    day = goes_on(ended, months, notice, told)

    assert day > kept_until(ended, months)
    assert day >= told + timedelta(days=notice)


@given(DAYS, MONTHS)
def test_going_back_finds_every_day_that_is_long_enough_ago(day: date, months: int) -> None:
    """The query asks for days up to three after that: see `queries._latest_end`."""
    latest = months_later(day, -months) + timedelta(days=3)

    assert kept_until(latest + timedelta(days=1), months) > day
