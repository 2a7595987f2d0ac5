"""Every statement, of whatever somebody logs, is one that a strict reader takes, and no more."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ralph.models.xapi.base.statements import BaseXapiStatement

from stageapp.integrations.records.rules import (
    FIELDS,
    MOST_WORDS,
    Learned,
    Sender,
    Source,
    Topic,
    duration_of,
    first_words,
    is_same,
    paths_in,
    statement_of,
    voiding_of,
)

DOCUMENT = Path(__file__).resolve().parents[3] / "docs/integrations/learning-records.md"
ZONE = ZoneInfo("Europe/Amsterdam")
START = datetime(2026, 1, 1, tzinfo=UTC)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
names = st.text("abcdéß漢 -:'\"<&", min_size=1, max_size=40).map(str.strip).filter(bool)
both = st.builds(lambda nl, en: {"nl": nl, "en": en}, names, names)
keys = st.from_regex(r"[0-9]{1,4}/[-a-z0-9_]{1,50}", fullmatch=True)
things = st.builds(
    Learned,
    source=st.sampled_from(Source),
    client_id=st.uuids(),
    day=st.dates(date(1990, 1, 1), date(2199, 12, 31)),
    names=both,
    words=texts.map(first_words),
    minutes=st.none() | st.integers(1, 1440),
    status=st.sampled_from(["", "finished", "busy", "transferred"]),
    topics=st.lists(st.builds(Topic, keys, both), max_size=4),
)
senders = st.builds(
    Sender,
    actor=st.uuids(),
    home=st.sampled_from(["https://stage.school.example/", "http://127.0.0.1:8000/"]),
    placement=st.integers(1, 10**12),
    language=st.sampled_from(["nl", "en"]),
    zone=st.sampled_from([ZONE, ZoneInfo("Pacific/Kiritimati"), ZoneInfo("America/Aruba")]),
    at=st.integers(0, 10**9).map(lambda seconds: START + timedelta(seconds=seconds)),
)


@given(things, senders, st.integers(1, 99))
def test_every_statement_is_valid_and_has_nothing_beside_the_mapping(
    learned: Learned, sender: Sender, number: int
) -> None:
    statement = statement_of(learned, sender, number)

    BaseXapiStatement.model_validate_json(json.dumps(statement))
    assert set(paths_in(statement)) <= set(FIELDS)
    assert statement_of(learned, sender, number) == statement
    moment = datetime.fromisoformat(statement["timestamp"])
    assert moment.utcoffset() is not None
    assert moment <= sender.at


@given(things, senders)
def test_taking_back_is_valid_too(learned: Learned, sender: Sender) -> None:
    statement = statement_of(learned, sender, 1)
    voiding = voiding_of(statement, at=sender.at)

    BaseXapiStatement.model_validate_json(json.dumps(voiding))
    assert voiding["object"]["id"] == statement["id"]
    assert voiding["id"] != statement["id"]
    assert set(paths_in(voiding)) <= set(FIELDS)


@given(things, things, senders, senders)
def test_an_id_belongs_to_one_thing_of_one_person(
    one: Learned, other: Learned, sender: Sender, another: Sender
) -> None:
    ids = {
        (of.source, of.client_id, by.actor, number): statement_of(of, by, number)["id"]
        for of in (one, other)
        for by in (sender, another)
        for number in (1, 2)
    }

    assert len(set(ids.values())) == len(ids)


@given(texts)
def test_first_words_are_one_short_line(text: str) -> None:
    words = first_words(text)

    assert len(words) <= MOST_WORDS
    assert len(words.splitlines()) <= 1


@given(st.integers(1, 1440))
def test_a_duration_can_be_read_back(minutes: int) -> None:
    found = re.fullmatch(r"PT(?:(\d+)H)?(?:(\d+)M)?", duration_of(minutes))

    assert found
    hours, rest = (int(part or 0) for part in found.groups())
    assert timedelta(hours=hours, minutes=rest) == timedelta(minutes=minutes)
    assert rest < 60


@given(things, senders, st.recursive(st.none() | st.integers() | texts, st.lists, max_leaves=5))
def test_whatever_a_store_answers_is_compared_without_an_error(
    learned: Learned, sender: Sender, kept: Any
) -> None:
    statement = statement_of(learned, sender, 1)

    assert is_same(statement, statement | {"stored": kept})
    assert not is_same(statement, kept)
    assert not is_same(statement, statement | {"actor": kept})


def test_midnight_in_summer_and_winter_and_a_day_that_is_not_over() -> None:
    sender = Sender(
        UUID(int=1), "https://a.example/", 1, "nl", ZONE, datetime(2026, 7, 3, tzinfo=UTC)
    )

    def moment(day: date) -> str:
        learned = Learned(Source.ACTIVITY, UUID(int=2), day, {"nl": "x"})
        return str(statement_of(learned, sender, 1)["timestamp"])

    assert moment(date(2026, 2, 3)) == "2026-02-03T00:00:00+01:00"
    assert moment(date(2026, 7, 3)) == "2026-07-03T00:00:00+02:00"
    # Planned ahead: not later than now.
    assert moment(date(2026, 9, 1)) == "2026-07-03T01:59:59+02:00"


@pytest.mark.parametrize("field", FIELDS)
def test_the_table_in_the_documentation_has_every_field(field: str) -> None:
    assert f"`{field}`" in DOCUMENT.read_text(encoding="utf-8")
