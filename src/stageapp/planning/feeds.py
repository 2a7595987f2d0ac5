"""The calendar as other programs read it: iCalendar, RFC 5545."""

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import parseaddr
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vDuration

from stageapp.accounts.models import User
from stageapp.core.addresses import whole_address
from stageapp.logbook.access import activities_of
from stageapp.placements.access import current_placement
from stageapp.placements.models import Placement
from stageapp.planning import access
from stageapp.planning.models import Appointment
from stageapp.planning.queries import Due, deadlines_between

#: Programs ask again after so long, where they listen to it.
REFRESH = timedelta(hours=4)
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def calendar_of(person: User, *, with_activities: bool) -> bytes:
    """Return what somebody has to come and had, as a file; moments in UTC, days as days."""
    feed = new_calendar()
    for name in ("name", "x-wr-calname"):
        feed.add(name, "Stage-App")
    # RFC 7986 section 5.7: what kind of value it is has to stand there, since there is no default.
    feed.add("refresh-interval", vDuration(REFRESH), {"value": "DURATION"})
    feed.add("x-published-ttl", vDuration(REFRESH))
    placement = current_placement(person)
    if placement:
        for event in _events(person, placement, with_activities=with_activities):
            feed.add_component(event)
    for talk in access.appointments_with(person):
        feed.add_component(talk_event(talk))
    written: bytes = feed.to_ical()
    return written


def new_calendar() -> Calendar:
    """Return a calendar with nothing in it yet."""
    calendar = Calendar()
    calendar.add("prodid", "-//Stage-App//Stage-App//NL")
    calendar.add("version", "2.0")
    return calendar


def talk_event(talk: Appointment) -> Event:
    """Return what was agreed with a teacher, the same for both and in every calendar file."""
    names = {
        "student": talk.placement.student.name,
        "teacher": talk.teacher.name if talk.teacher else _("Former account"),
        "title": talk.title,
    }
    if talk.title:
        summary = _("%(student)s and %(teacher)s: %(title)s") % names
    else:
        summary = _("Talk of %(student)s and %(teacher)s") % names
    begin, changed = talk.starts_at.astimezone(UTC), talk.last_changed_at
    event = _event(str(talk.uid), summary, begin, changed, takes_time=True)
    event.add("dtend", talk.ends_at.astimezone(UTC))
    event.add("last-modified", changed.astimezone(UTC))
    event.add("sequence", talk.sequence)
    if talk.location:
        event.add("location", on_one_line(talk.location))
    # What else there is to know stands behind a sign-in.
    host = talk.placement.cohort.programme.institution.host
    event.add("description", whole_address(reverse("guidance:talk", args=[talk.pk]), host))
    return event


def _events(person: User, placement: Placement, *, with_activities: bool) -> list[Event]:
    zone = ZoneInfo(placement.cohort.programme.institution.time_zone)
    events = []
    for due in deadlines_between(placement, date.min, date.max):
        name = f"✓ {due.title}" if due.is_done else due.title
        title = _("Deadline: %(title)s") % {"title": name}
        stamp = due.own.created_at if due.own else placement.created_at
        events.append(_event(due.key, title, _when(due, zone), stamp))
    for row in access.appointments_of(person).filter(placement=placement):
        if row.teacher_id:
            events.append(talk_event(row))
            continue
        event = _event(
            f"appointment-{row.pk}",
            row.title,
            row.starts_at.astimezone(UTC),
            row.created_at,
            takes_time=True,
        )
        event.add("dtend", row.ends_at.astimezone(UTC))
        if row.location:
            event.add("location", _shown(row.location))
        if text := "\n".join(filter(None, (row.with_whom, row.note))):
            event.add("description", _shown(text))
        events.append(event)
    if with_activities:
        for activity in activities_of(person).filter(placement=placement):
            line = on_one_line(activity.description)[:120]
            key = f"activity-{activity.pk}"
            events.append(_event(key, line, activity.date, activity.updated_at))
    return events


def _event(key: str, title: str, begin: Any, stamp: datetime, *, takes_time: bool = False) -> Event:
    event = Event()
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2]
    event.add("uid", f"{key}@{host}")
    event.add("summary", on_one_line(title))
    event.add("dtstamp", stamp.astimezone(UTC))
    event.add("dtstart", begin)
    event.add("class", "PRIVATE")
    event.add("transp", "OPAQUE" if takes_time else "TRANSPARENT")
    return event


def on_one_line(text: str) -> str:
    """Return a text on one line: some readers take rarer line ends for the end of a property."""
    return _shown(" ".join(text.split())).strip()


def _shown(text: str) -> str:
    """Return a text without signs that no calendar file may hold: CONTROL, RFC 5545 section 3.1."""
    return CONTROL.sub("", text)


def _when(due: Due, zone: ZoneInfo) -> date | datetime:
    """Return a moment in UTC where a time was set, else the whole day."""
    if due.at is None:
        return due.on
    return datetime.combine(due.on, due.at, zone).astimezone(UTC)
