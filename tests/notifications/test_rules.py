"""When news that comes together is sent, over summer time too."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stageapp.notifications.rules import next_daily, next_weekly

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MONDAY, SUNDAY = 0, 6


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        # Winter: eight o'clock is seven in UTC.
        (utc(2026, 1, 12, 6, 59), utc(2026, 1, 12, 7)),
        (utc(2026, 1, 12, 7), utc(2026, 1, 13, 7)),
        (utc(2026, 1, 12, 23, 30), utc(2026, 1, 13, 7)),
        # Summer time begins on 29 March 2026: eight o'clock is six in UTC from then on.
        (utc(2026, 3, 28, 12), utc(2026, 3, 29, 6)),
        # It ends on 25 October 2026.
        (utc(2026, 10, 24, 12), utc(2026, 10, 25, 7)),
    ],
)
def test_daily_news_comes_at_the_next_eight_oclock(after: datetime, expected: datetime) -> None:
    assert next_daily(8, AMSTERDAM, after) == expected


def test_hour_that_spring_skips_comes_an_hour_later() -> None:
    assert next_daily(2, AMSTERDAM, utc(2026, 3, 28, 12)) == utc(2026, 3, 29, 1)


def test_hour_that_autumn_repeats_counts_once() -> None:
    first = next_daily(2, AMSTERDAM, utc(2026, 10, 24, 12))

    assert first == utc(2026, 10, 25, 0)
    assert next_daily(2, AMSTERDAM, first) == utc(2026, 10, 26, 1)


@pytest.mark.parametrize(
    ("weekday", "after", "expected"),
    [
        (MONDAY, utc(2026, 1, 12, 6), utc(2026, 1, 12, 7)),
        (MONDAY, utc(2026, 1, 12, 7), utc(2026, 1, 19, 7)),
        (SUNDAY, utc(2026, 1, 12, 7), utc(2026, 1, 18, 7)),
        (MONDAY, utc(2026, 3, 28, 12), utc(2026, 3, 30, 6)),
    ],
)
def test_weekly_news_comes_on_its_day(weekday: int, after: datetime, expected: datetime) -> None:
    assert next_weekly(weekday, 8, AMSTERDAM, after) == expected


@given(
    st.integers(0, 6 * 365 * 24 * 60).map(
        lambda minutes: utc(2024, 1, 1) + timedelta(minutes=minutes)
    ),
    st.integers(0, 23),
    st.integers(0, 6),
    st.sampled_from(["Europe/Amsterdam", "America/Curacao", "Pacific/Auckland", "Asia/Kolkata"]),
)
def test_next_time_lies_ahead_within_a_day_or_a_week(
    after: datetime, hour: int, weekday: int, name: str
) -> None:
    zone = ZoneInfo(name)

    daily, weekly = next_daily(hour, zone, after), next_weekly(weekday, hour, zone, after)

    assert after < daily <= after + timedelta(hours=25)
    assert after < weekly <= after + timedelta(days=7, hours=1)
    assert weekly.astimezone(zone).weekday() == weekday
    # An hour that the clock skips comes later by as much as it is moved.
    assert {daily.astimezone(zone).hour, weekly.astimezone(zone).hour} <= {hour, hour + 1}
