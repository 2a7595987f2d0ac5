"""Which placement asks for attention, and in which order."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stageapp.guidance.rules import (
    Attention,
    Colour,
    Facts,
    attention,
    order,
    plain_words,
    working_days_between,
)

TODAY = date(2026, 11, 23)  # a Monday
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FACTS = Facts(
    name="Noor",
    starts_on=TODAY - timedelta(days=14),
    ends_on=TODAY + timedelta(days=100),
    is_current=True,
    running_days=14,
    first_share_days=14,
    ever_shared=False,
    waiting_since=None,
)


@pytest.mark.parametrize(
    ("change", "colour"),
    [
        ({}, Colour.RED),
        ({"running_days": 13}, Colour.GREEN),
        ({"ever_shared": True}, Colour.GREEN),
        ({"first_share_days": 15}, Colour.GREEN),
        ({"ever_shared": True, "waiting_since": NOW}, Colour.ORANGE),
        ({"starts_on": TODAY + timedelta(days=1), "running_days": 0}, Colour.NOT_STARTED),
        ({"starts_on": TODAY, "running_days": 0}, Colour.GREEN),
        ({"ends_on": TODAY}, Colour.RED),
        ({"ends_on": TODAY - timedelta(days=1)}, Colour.ENDED),
        ({"is_current": False}, Colour.ENDED),
        (
            {"ends_on": TODAY - timedelta(days=1), "ever_shared": True, "waiting_since": NOW},
            Colour.ENDED,
        ),
    ],
)
def test_attention_follows_the_facts(change: dict[str, object], colour: Colour) -> None:
    assert attention(replace(FACTS, **change), TODAY) == Attention(colour)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("agreed", "waited", "over"), [(None, 30, False), (3, 3, False), (3, 4, True)]
)
def test_attention_says_when_the_agreed_response_time_has_passed(
    agreed: int | None, waited: int, over: bool
) -> None:
    facts = replace(
        FACTS,
        ever_shared=True,
        waiting_since=NOW,
        response_days=agreed,
        working_days_waiting=waited,
    )

    assert attention(facts, TODAY) == Attention(Colour.ORANGE, over_agreed=over)


def test_order_puts_longest_running_waiting_and_names_where_they_belong() -> None:
    def asked(name: str, hours: int) -> Facts:
        return replace(
            FACTS, name=name, ever_shared=True, waiting_since=NOW - timedelta(hours=hours)
        )

    people = [
        replace(FACTS, name="b ended", ends_on=TODAY - timedelta(days=1)),
        replace(FACTS, name="starts", starts_on=TODAY + timedelta(days=2), running_days=0),
        replace(FACTS, name="Zoë green", ever_shared=True),
        replace(FACTS, name="anna green", ever_shared=True),
        replace(FACTS, name="Élise green", ever_shared=True),
        asked("waits short", 1),
        asked("waits long", 50),
        replace(FACTS, name="red short", running_days=14),
        replace(FACTS, name="red long", running_days=40),
    ]

    ordered = sorted(people, key=lambda facts: order(facts, attention(facts, TODAY).colour))

    assert [facts.name for facts in ordered] == [
        "red long",
        "red short",
        "waits long",
        "waits short",
        "anna green",
        "Élise green",
        "Zoë green",
        "starts",
        "b ended",
    ]


@pytest.mark.parametrize(
    ("first", "last", "free", "days"),
    [
        (date(2026, 11, 20), date(2026, 11, 23), set(), 1),  # Friday to Monday
        (date(2026, 11, 21), date(2026, 11, 22), set(), 0),  # a weekend
        (date(2026, 11, 16), date(2026, 11, 20), set(), 4),
        (date(2026, 11, 16), date(2026, 11, 20), {date(2026, 11, 18)}, 3),
        (date(2026, 11, 23), date(2026, 11, 23), set(), 0),
        (date(2026, 11, 23), date(2026, 11, 20), set(), 0),
    ],
)
def test_working_days_leave_out_weekends_and_free_days(
    first: date, last: date, free: set[date], days: int
) -> None:
    assert working_days_between(first, last, free) == days


@given(
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.integers(0, 400),
    st.integers(0, 400),
)
def test_working_days_add_up(first: date, one: int, other: int) -> None:
    middle, last = first + timedelta(days=one), first + timedelta(days=one + other)

    parts = working_days_between(first, middle) + working_days_between(middle, last)

    assert working_days_between(first, last) == parts


@given(st.booleans(), st.booleans(), st.integers(0, 700), st.integers(-30, 30))
def test_attention_is_never_red_once_shared_or_over(
    ever_shared: bool, waits: bool, running: int, left: int
) -> None:
    facts = replace(
        FACTS,
        ever_shared=ever_shared or waits,
        waiting_since=NOW if waits else None,
        running_days=running,
        ends_on=TODAY + timedelta(days=left),
    )

    found = attention(facts, TODAY).colour

    if ever_shared or waits or left < 0:
        assert found != Colour.RED


def test_plain_words_of_a_long_empty_message_cost_little() -> None:
    begun = process_time()

    assert plain_words("a" + "\n" * 9_998 + "- b") == "a" + "\n" * 9_998 + "b"

    assert process_time() - begun < 0.5
