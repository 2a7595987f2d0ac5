"""Calendar files as another program reads them: ical.js, with its own reading of RFC 5545.

What clocks say comes from Intl, with the rules of summer time of the browser's engine.
"""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stageapp.accounts.models import User
from stageapp.guidance.calendar_mails import calendar_file
from stageapp.placements.models import Placement
from stageapp.planning.actions import make_feed
from stageapp.planning.feeds import calendar_of
from stageapp.planning.models import Appointment
from stageapp.programmes.models import Cohort, Institution
from tests import factories
from tests.examples import examples

pytestmark = pytest.mark.django_db

PEERS = Path(django_settings.PACKAGE).parent.parent / "tests" / "peers"
NOW = datetime(2026, 2, 2, 12, tzinfo=UTC)
#: The days on which clocks change in 2026: forward, then back.
CHANGES = {
    "Europe/Amsterdam": (date(2026, 3, 29), date(2026, 10, 25)),
    "America/Paramaribo": (date(2026, 3, 29), date(2026, 10, 25)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "Australia/Lord_Howe": (date(2026, 10, 4), date(2026, 4, 5)),
}

Read = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def read() -> Iterator[Read]:
    """Return what lets ical.js read a file; it runs as long as these tests do."""
    with subprocess.Popen(
        [Path(sys.executable).parent / "node", "calendar.mjs"],
        cwd=PEERS,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:

        def ask(file: bytes, *zones: str) -> dict[str, Any]:
            assert process.stdin
            assert process.stdout
            process.stdin.write(json.dumps({"file": file.decode(), "zones": zones}) + "\n")
            process.stdin.flush()
            answer: dict[str, Any] = json.loads(process.stdout.readline())
            assert "error" not in answer, answer
            return answer

        yield ask
        assert process.stdin
        process.stdin.close()


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def school(zone: str = "Europe/Amsterdam") -> Cohort:
    institution: Institution = factories.institution(time_zone=zone)
    return factories.cohort("category", programme=factories.programme(institution=institution))


def placement_in(cohort: Cohort, teacher: User | None = None) -> Placement:
    return factories.placement(
        factories.person("Sanne Bakker"),
        teacher=teacher,
        cohort=cohort,
        starts_on=date(2026, 2, 1),
        ends_on=date(2026, 12, 31),
    )


def feed_of(person: User) -> bytes:
    token = make_feed(person, with_activities=True, at=NOW)
    answer = Client().get(f"/calendar/feed/{token}.ics")
    assert answer.status_code == 200
    return answer.content


def by_summary(answer: dict[str, Any]) -> dict[str, Any]:
    return {event["summary"]: event for event in answer["events"]}


def one(event: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a property that stands there exactly once."""
    (found,) = (row for row in event["properties"] if row["name"] == name)
    return dict(found)


def names(event: dict[str, Any]) -> list[str]:
    return [row["name"] for row in event["properties"]]


def check_lines(file: bytes) -> None:
    """Look whether lines end and are folded as RFC 5545 section 3.1 says, between whole signs."""
    assert file.endswith(b"\r\n")
    for line in file[:-2].split(b"\r\n"):
        assert len(line) <= 75
        assert b"\r" not in line
        assert b"\n" not in line
        line.decode()


def test_a_feed_says_what_it_is_and_how_often_to_ask(read: Read) -> None:
    placement = placement_in(school())
    answer = read(feed_of(placement.student))

    said = {row["name"]: row for row in answer["properties"]}
    assert said["version"]["values"] == ["2.0"]
    assert said["name"]["values"] == said["x-wr-calname"]["values"] == ["Stage-App"]
    # RFC 7986 section 5.7: the kind of value stands there.
    assert said["refresh-interval"]["type"] == "duration"
    assert said["refresh-interval"]["values"] == ["PT4H"]
    assert said["x-published-ttl"]["values"] == ["PT4H"]
    # RFC 5546: a method would make it an invitation, with an organiser.
    assert "method" not in said
    assert answer["events"] == []


def test_everything_in_a_feed_is_read(read: Read) -> None:
    teacher = factories.person("Mira de Vries")
    placement = placement_in(school(), teacher)
    factories.deadline(placement, "Verslag", due_on=date(2026, 4, 1))
    factories.deadline(placement, "Demo", due_on=date(2026, 6, 1), due_time=time(17))
    factories.appointment(placement, "Bezoek", note="Taart mee\n\nEn: koffie; thee, melk \\o/")
    factories.activity(placement, "Query gebouwd", date=date(2026, 2, 2))
    factories.talk(factories.question(placement, "Hulp?", teacher=teacher, shared_at=NOW))

    file = feed_of(placement.student)
    check_lines(file)
    answer = read(file, "Europe/Amsterdam")
    found = by_summary(answer)

    assert answer["sameAgain"]
    assert found["Deadline: Verslag"]["start"] == {"day": "2026-04-01"}
    assert found["Deadline: Demo"]["start"]["clocks"] == ["2026-06-01 17:00"]
    assert found["Bezoek"]["description"] == "Taart mee\n\nEn: koffie; thee, melk \\o/"
    assert found["Query gebouwd"]["start"] == {"day": "2026-02-02"}
    assert len({event["uid"] for event in answer["events"]}) == len(answer["events"]) == 5
    for event in answer["events"]:
        for name in ("uid", "dtstamp", "dtstart", "summary", "class", "transp"):
            one(event, name)
        assert event["stamp"]["zone"] == "UTC"
        # Moments in UTC need no rules of summer time in the file, so that none can be wrong.
        assert event["start"].get("zone", "UTC") == "UTC"
    assert answer["others"] == []


@pytest.mark.parametrize("zone", CHANGES)
def test_clocks_say_what_was_typed_before_and_after_they_change(read: Read, zone: str) -> None:
    placement = placement_in(school(zone))
    client = Client()
    client.force_login(placement.student)
    typed: dict[str, tuple[str, str | None]] = {}
    for change in CHANGES[zone]:
        for day in (change - timedelta(days=1), change, change + timedelta(days=1)):
            title = f"Op {day}"
            typed[title] = (f"{day} 09:30", f"{day} 10:45")
            answer = client.post(
                "/calendar/appointments/new/",
                {"title": title, "day": str(day), "begin": "09:30", "end": "10:45"},
            )
            assert answer.status_code == 302
            factories.deadline(placement, f"Om {day}", due_on=day, due_time=time(23, 59))
            typed[f"Deadline: Om {day}"] = (f"{day} 23:59", None)

    found = by_summary(read(feed_of(placement.student), zone))

    for title, (begin, end) in typed.items():
        assert found[title]["start"]["clocks"] == [begin]
        assert (found[title]["end"] and found[title]["end"]["clocks"][0]) == end


@pytest.mark.parametrize(
    ("day", "begin", "end"),
    [("2026-03-29", "02:30", "04:00"), ("2026-10-25", "02:30", "04:00")],
)
def test_an_hour_that_is_skipped_or_comes_twice_is_asked_again(
    day: str, begin: str, end: str
) -> None:
    placement = placement_in(school())
    client = Client()
    client.force_login(placement.student)
    answer = client.post(
        "/calendar/appointments/new/", {"title": "Nacht", "day": day, "begin": begin, "end": end}
    )
    assert answer.status_code == 422
    assert not Appointment.objects.exists()


def test_an_appointment_over_the_change_takes_as_long_as_it_takes(read: Read) -> None:
    placement = placement_in(school())
    client = Client()
    client.force_login(placement.student)
    for day in ("2026-03-29", "2026-10-25"):
        client.post(
            "/calendar/appointments/new/",
            {"title": day, "day": day, "begin": "01:30", "end": "03:30"},
        )
    found = by_summary(read(feed_of(placement.student), "Europe/Amsterdam"))
    hours = {
        day: datetime.fromisoformat(event["end"]["utc"])
        - datetime.fromisoformat(event["start"]["utc"])
        for day, event in found.items()
    }
    assert hours == {"2026-03-29": timedelta(hours=1), "2026-10-25": timedelta(hours=3)}
    for day, event in found.items():
        assert event["start"]["clocks"] == [f"{day} 01:30"]
        assert event["end"]["clocks"] == [f"{day} 03:30"]


def test_a_deadline_in_the_hour_that_is_skipped_is_just_after_it(read: Read) -> None:
    placement = placement_in(school())
    factories.deadline(placement, "Nacht", due_on=date(2026, 3, 29), due_time=time(2, 30))
    found = by_summary(read(feed_of(placement.student), "Europe/Amsterdam"))
    assert found["Deadline: Nacht"]["start"]["clocks"] == ["2026-03-29 03:30"]


texts = st.text(max_size=200).map(lambda text: text.replace("\x00", "").replace("\r", "\n"))
#: Seconds of moments from 1990 to 2199.
moments = st.integers(631_152_000, 7_258_000_000).map(lambda at: datetime.fromtimestamp(at, UTC))


def seen(text: str) -> str:
    """Return a text without what no calendar file may hold (RFC 5545 section 3.1: CONTROL)."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", text)


@settings(max_examples=examples(100), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=texts, place=texts, note=texts, begin=moments, minutes=st.integers(1, 100_000))
def test_any_words_and_moments_come_back(
    read: Read, title: str, place: str, note: str, begin: datetime, minutes: int
) -> None:
    placement = placement_in(school())
    end = begin + timedelta(minutes=minutes)
    factories.appointment(
        placement, title, location=place[:500], note=note, starts_at=begin, ends_at=end
    )
    file = calendar_of(placement.student, with_activities=False)
    check_lines(file)

    (event,) = read(file)["events"]

    assert event["summary"] == seen(" ".join(title.split())).strip()
    assert (event["location"] or "") == seen(place[:500])
    assert (event["description"] or "") == seen(note)
    assert datetime.fromisoformat(event["start"]["utc"]) == begin
    assert datetime.fromisoformat(event["end"]["utc"]) == end


def agreed(**fields: Any) -> Appointment:
    teacher = factories.person('Mira "de" Vries; Jr, é', "mira@school.example")
    placement = placement_in(school(), teacher)
    return factories.talk(
        factories.question(placement, "Hulp?", teacher=teacher, shared_at=NOW), **fields
    )


def test_an_invitation_has_what_a_request_has_to_have(read: Read) -> None:
    """RFC 5546 section 3.2.2: each once, but for attendees."""
    talk = agreed()
    file = calendar_file(talk, method="REQUEST")
    check_lines(file)
    answer = read(file)
    (event,) = answer["events"]

    assert [row["values"] for row in answer["properties"] if row["name"] == "method"] == [
        ["REQUEST"]
    ]
    assert event["uid"].startswith(str(talk.uid))
    assert one(event, "sequence")["values"] == [0]
    assert one(event, "status")["values"] == ["CONFIRMED"]
    assert one(event, "organizer")["values"][0].startswith("mailto:")
    for name in ("dtstamp", "dtstart", "dtend", "summary"):
        one(event, name)
    assert {row["values"][0] for row in event["attendees"]} == {
        "mailto:mira@school.example",
        f"mailto:{talk.placement.student.email}",
    }
    named = {row["parameters"]["cn"] for row in event["attendees"]}
    assert "Mira 'de' Vries; Jr, é" in named
    assert all(row["parameters"]["partstat"] == "ACCEPTED" for row in event["attendees"])


def test_a_change_and_a_cancellation_are_of_the_same_talk_and_later(read: Read) -> None:
    """RFC 5546 section 2.1.4: the sequence, then the stamp, say which is the later one."""
    talk = agreed()
    (first,) = read(calendar_file(talk, method="REQUEST"))["events"]
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        talk.sequence, talk.changed_at = 1, NOW + timedelta(hours=1)
        (second,) = read(calendar_file(talk, method="REQUEST"))["events"]
    with time_machine.travel(NOW + timedelta(hours=2), tick=False):
        talk.sequence, talk.cancelled_at = 2, NOW + timedelta(hours=2)
        (third,) = read(calendar_file(talk, method="CANCEL"))["events"]

    assert first["uid"] == second["uid"] == third["uid"]
    assert [event["sequence"] for event in (first, second, third)] == [0, 1, 2]
    stamps = [event["stamp"]["utc"] for event in (first, second, third)]
    assert stamps == sorted(set(stamps))
    assert one(third, "status")["values"] == ["CANCELLED"]
    assert "organizer" in names(third)


def test_a_talk_is_one_event_in_the_feed_the_mail_and_the_file(read: Read) -> None:
    talk = agreed()
    files = (
        feed_of(talk.placement.student),
        calendar_file(talk, method="REQUEST"),
        calendar_file(talk),
    )
    found = [by_summary(read(file)) for file in files]
    assert len({tuple(event["uid"] for event in events.values()) for events in found}) == 1
