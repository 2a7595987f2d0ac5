"""The clock of a placement, and postal codes."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stageapp.placements.rules import Period, is_too_long, postal_code

START = date(2026, 9, 1)
PERIOD = Period(START, START + timedelta(days=100))
DAYS = st.integers(-50, 200)


@pytest.mark.parametrize(
    ("day", "percent"), [(-1, 0), (0, 0), (1, 1), (50, 50), (99, 99), (100, 100), (101, 100)]
)
def test_progress_runs_from_0_to_100(day: int, percent: int) -> None:
    assert PERIOD.progress(START + timedelta(days=day)) == percent


def test_pause_counts_in_neither_number() -> None:
    # 100 days of which 20 stand still: 80 count. After 30 days, 10 of them paused, 20 of 80.
    pause = (START + timedelta(days=20), START + timedelta(days=39))
    period = Period(PERIOD.starts_on, PERIOD.ends_on, (pause,))

    assert period.running_days(START + timedelta(days=30)) == 20
    assert period.progress(START + timedelta(days=30)) == 25


def test_overlapping_pauses_count_once() -> None:
    one = (START + timedelta(days=10), START + timedelta(days=14))
    other = (START + timedelta(days=12), START + timedelta(days=16))

    assert (
        Period(START, PERIOD.ends_on, (one, other)).running_days(START + timedelta(days=20)) == 13
    )


@given(DAYS, DAYS, DAYS, st.integers(0, 60))
def test_progress_never_goes_back_and_stays_within_bounds(
    first: int, second: int, paused: int, length: int
) -> None:
    pause = (START + timedelta(days=paused), START + timedelta(days=paused + length))
    period = Period(PERIOD.starts_on, PERIOD.ends_on, (pause,))
    early, late = sorted((first, second))

    before = period.progress(START + timedelta(days=early))
    after = period.progress(START + timedelta(days=late))

    assert 0 <= before <= after <= 100


@pytest.mark.parametrize(
    ("text", "country", "written"),
    [
        ("1111aa", "NL", "1111 AA"),
        ("1111 AA", "NL", "1111 AA"),
        (" 3584cs ", "NL", "3584 CS"),
        ("aa", "NL", None),
        ("11", "NL", None),
        ("2a", "NL", None),
        ("12345", "NL", None),
        ("0111 AA", "NL", None),
        ("1111 SS", "NL", None),
        ("12345", "DE", "12345"),
        ("SW1A 1AA", "GB", "SW1A 1AA"),
        ("aa", "DE", None),
    ],
)
def test_postal_code_is_checked_for_its_country(
    text: str, country: str, written: str | None
) -> None:
    assert postal_code(text, country) == written


@given(st.from_regex(r"[1-9][0-9]{3} ?[A-Z]{2}", fullmatch=True))
def test_dutch_postal_code_is_written_in_one_way(text: str) -> None:
    written = postal_code(text, "NL")

    assert written is None or (len(written) == 7 and postal_code(written, "NL") == written)


def test_placement_takes_two_years_at_most() -> None:
    assert not is_too_long(date(2026, 1, 1), date(2028, 1, 2))
    assert is_too_long(date(2026, 1, 1), date(2028, 1, 3))
