"""Days worked: hours a day minus half an hour."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stageapp.logbook.rules import fits_in_day, worked_days

MONDAY = date(2026, 11, 16)


@pytest.mark.parametrize(
    ("minutes", "hours", "days"),
    [
        ([480], "8", 1),
        ([450], "8", 1),  # half an hour short still counts
        ([449], "8", 0),
        ([420], "7.5", 1),
        ([419], "7.5", 0),
        ([900], "8", 1),  # a long day is one day
        ([480, 480, 60], "8", 2),
        ([], "8", 0),
    ],
)
def test_worked_days_follow_the_rule(minutes: list[int], hours: str, days: int) -> None:
    by_date = {MONDAY + timedelta(days=number): value for number, value in enumerate(minutes)}

    assert worked_days(by_date, Decimal(hours)) == days


@given(st.lists(st.integers(1, 1440), max_size=20), st.integers(1, 24))
def test_worked_days_never_exceed_the_days_logged(minutes: list[int], hours: int) -> None:
    by_date = {MONDAY + timedelta(days=number): value for number, value in enumerate(minutes)}

    assert 0 <= worked_days(by_date, Decimal(hours)) <= len(minutes)


@pytest.mark.parametrize(
    ("new", "already", "fits"), [(1440, 0, True), (1, 1440, False), (60, 1380, True)]
)
def test_day_has_24_hours(new: int, already: int, fits: bool) -> None:
    assert fits_in_day(new, already) is fits
