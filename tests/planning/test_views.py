"""The calendar, its deadlines and appointments, and the feed for other programs."""

import html
import logging
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from stageapp.core.logs import HideSecrets
from stageapp.placements.models import Interruption, Placement
from stageapp.planning.actions import make_feed
from stageapp.planning.models import Appointment, CalendarFeed, Deadline
from stageapp.programmes.models import CohortDeadline, Holiday, ProgrammeMembership, Role
from tests import factories

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 16)
NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
WEEK = "/calendar/?week=2026-W47"


@pytest.fixture(autouse=True)
def _wednesday() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def placement() -> Placement:
    cohort = factories.cohort("duration")
    made = factories.placement(
        cohort=cohort,
        starts_on=date(2026, 9, 7),
        ends_on=date(2027, 1, 29),
        days_per_week=4,
        weekdays="1245",
        hours_per_day="7.5",
    )
    ProgrammeMembership.objects.create(
        programme=cohort.programme, person=made.student, role=Role.STUDENT
    )
    return made


@pytest.fixture
def browser(placement: Placement) -> Client:
    client = Client()
    client.force_login(placement.student)
    return client


def test_month_shows_hours_deadlines_and_appointments(
    browser: Client, placement: Placement
) -> None:
    factories.activity(placement, date=MONDAY, minutes=390)
    factories.deadline(placement, "Tussenverslag", due_on=date(2026, 11, 27))
    CohortDeadline.objects.create(
        cohort=placement.cohort, title_nl="Terugkomdag", due_on=date(2026, 11, 20)
    )
    factories.appointment(
        placement, "Voortgangsgesprek", starts_at=datetime(2026, 11, 26, 9, tzinfo=UTC)
    )

    page = browser.get("/calendar/").content.decode()

    assert "November 2026" in page
    for text in ("6:30", "Tussenverslag", "Terugkomdag", "Voortgangsgesprek"):
        assert text in page
    # 17 Mondays, Tuesdays, Thursdays and Fridays of 7.5 hours.
    assert "127 u 30 min gepland" in page


def test_week_holds_hours_against_the_plan(browser: Client, placement: Placement) -> None:
    factories.activity(placement, "Query gebouwd", date=MONDAY, minutes=390)

    page = browser.get(WEEK).content.decode()

    assert "6:30 van 7:30 uur" in page
    assert "Query gebouwd" in page
    assert "30 u gepland" in page
    assert f"/activities/new/?date={MONDAY:%Y-%m-%d}" in page
    # Not for a day to come.
    assert "/activities/new/?date=2026-11-19" not in page


def test_absence_and_holidays_are_not_planned(browser: Client, placement: Placement) -> None:
    factories.absence(placement, starts_on=MONDAY, kind=Interruption.Kind.SICKNESS)
    Holiday.objects.create(
        institution=placement.cohort.programme.institution,
        name_nl="Studiedag",
        name_en="Study day",
        starts_on=date(2026, 11, 20),
        ends_on=date(2026, 11, 20),
    )

    page = browser.get(WEEK).content.decode()

    assert "15 u gepland" in page
    assert "Ziekte" in page
    assert "Studiedag" in page


def test_programme_without_durations_shows_no_plan(browser: Client, placement: Placement) -> None:
    placement.cohort.parts.filter(part="duration").delete()

    assert "gepland" not in browser.get("/calendar/").content.decode()


@pytest.mark.parametrize("query", ["month=2026-13", "week=x", "month=0000-00", "week=2025-W53"])
def test_address_without_sense_shows_this_month(browser: Client, query: str) -> None:
    assert "November 2026" in browser.get(f"/calendar/?{query}").content.decode()


def test_calendar_takes_the_same_queries_for_any_month(
    browser: Client, placement: Placement, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for path in ("/calendar/", WEEK):
        browser.get(path)
        with django_assert_num_queries(20):
            browser.get(path)
        for number in range(20):
            factories.activity(placement, date=MONDAY - timedelta(days=number))
            factories.deadline(placement, due_on=MONDAY + timedelta(days=number))
        with django_assert_num_queries(20):
            browser.get(path)


# Deadlines and appointments ----------------------------------------------------------------------


def test_deadline_is_kept_ticked_off_and_removed(browser: Client, placement: Placement) -> None:
    form = {"title": "Verslag", "due_on": "2026-11-27", "due_time": "17:00"}
    browser.post("/calendar/deadlines/new/", form)
    deadline = Deadline.objects.get()
    assert (deadline.due_on, deadline.due_time) == (date(2026, 11, 27), time(17))

    browser.post(f"/calendar/deadlines/{deadline.pk}/done/", {"done": "yes"})
    deadline.refresh_from_db()
    assert deadline.done_at == NOW
    assert "Verslag" not in browser.get("/calendar/?month=2026-10").content.decode()

    browser.post(f"/calendar/deadlines/{deadline.pk}/delete/")
    assert not Deadline.objects.exists()


def test_deadline_that_is_past_stays_in_sight(browser: Client, placement: Placement) -> None:
    factories.deadline(placement, "Vergeten", due_on=date(2026, 11, 2))

    page = browser.get("/calendar/").content.decode()

    assert "Vergeten" in page
    assert "datum voorbij" in page


def test_appointment_is_kept_in_the_time_of_the_institution(
    browser: Client, placement: Placement
) -> None:
    form = {"title": "Lesbezoek", "day": "2026-12-01", "begin": "09:00", "end": "10:00"}

    browser.post("/calendar/appointments/new/", form | {"with_whom": "Mira", "location": "112"})

    appointment = Appointment.objects.get()
    assert appointment.starts_at == datetime(2026, 12, 1, 8, tzinfo=UTC)
    page = browser.get(f"/calendar/appointments/{appointment.pk}/").content.decode()
    assert 'value="09:00"' in page
    assert 'value="2026-12-01"' in page


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"end": "08:00"}, "Het einde komt na het begin."),
        ({"end": "09:00"}, "Het einde komt na het begin."),
        ({"title": ""}, ""),
        ({"day": "31-31-2026"}, ""),
        ({"begin": "25:00"}, ""),
        # This hour is skipped when summer time begins.
        ({"day": "2027-03-28", "begin": "02:30", "end": "04:00"}, "2027-03-28 02:30:00"),
    ],
)
def test_appointment_that_cannot_be_is_refused(
    browser: Client, changes: dict[str, str], message: str
) -> None:
    form = {"title": "Lesbezoek", "day": "2026-12-01", "begin": "09:00", "end": "10:00"}

    response = browser.post("/calendar/appointments/new/", form | changes)

    assert response.status_code == 422
    assert message in response.content.decode()
    assert not Appointment.objects.exists()


# The feed ----------------------------------------------------------------------------------------


def events(client: Client, address: str) -> dict[str, Any]:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = icalendar.Calendar.from_ical(answer.content)
    return {str(event["summary"]): event for event in calendar.walk("VEVENT")}


def test_feed_is_read_by_a_program_that_nobody_signed_in(
    browser: Client, placement: Placement
) -> None:
    factories.deadline(placement, "Verslag", due_on=date(2026, 11, 27))
    factories.deadline(placement, "Demo", due_on=date(2027, 6, 1), due_time=time(17))
    factories.appointment(
        placement,
        "Gesprek; met komma, en \\ streep",
        starts_at=datetime(2026, 12, 1, 8, tzinfo=UTC),
        location="Kamer 1\nBoven",
        with_whom="Mira de Vries",
    )
    factories.activity(placement, "Geheim gelogd")
    page = browser.post("/calendar/feed/", {}, follow=True)
    address = page.context["address"]

    found = events(Client(), address)

    assert set(found) == {"Deadline: Verslag", "Deadline: Demo", "Gesprek; met komma, en \\ streep"}
    assert found["Deadline: Verslag"]["dtstart"].dt == date(2026, 11, 27)
    # 17:00 in the Netherlands, which has summer time in June.
    assert found["Deadline: Demo"]["dtstart"].dt == datetime(2027, 6, 1, 15, tzinfo=UTC)
    meeting = found["Gesprek; met komma, en \\ streep"]
    begin = meeting["dtstart"].dt.astimezone(ZoneInfo("Europe/Amsterdam"))
    assert (begin.hour, str(meeting["location"])) == (9, "Kamer 1\nBoven")
    assert all(event["uid"] and event["dtstamp"] for event in found.values())
    assert len({str(event["uid"]) for event in found.values()}) == 3


def test_address_is_shown_once_and_only_its_hash_is_kept(browser: Client) -> None:
    first = browser.post("/calendar/feed/", {}, follow=True)
    token = first.context["address"].rpartition("/")[2].removesuffix(".ics")

    assert browser.get("/calendar/feed/").context["address"] == ""
    assert token not in CalendarFeed.objects.get().token_hash
    assert len(token) >= 43


def test_activities_go_along_only_when_wanted(browser: Client, placement: Placement) -> None:
    factories.activity(placement, "Query gebouwd", date=MONDAY)
    address = browser.post("/calendar/feed/", {"with_activities": "on"}, follow=True).context[
        "address"
    ]
    assert "Query gebouwd" in events(Client(), address)

    browser.post("/calendar/feed/", {})

    assert "Query gebouwd" not in events(Client(), address)


def test_who_has_nothing_to_choose_for_a_feed_has_nothing_to_save(
    browser: Client, placement: Placement
) -> None:
    placement.teacher_links.create(teacher=factories.person("Mira"))
    teacher = Client()
    teacher.force_login(placement.teacher_links.get().teacher)

    for client, saves in ((browser, True), (teacher, False)):
        page = client.post("/calendar/feed/", {}, follow=True).content.decode()
        assert ("Bewaren</button>" in page) == saves
        assert "Nieuw adres maken" in page


def test_feed_stops_when_revoked_renewed_or_switched_off(
    browser: Client, placement: Placement
) -> None:
    first = browser.post("/calendar/feed/", {}, follow=True).context["address"]
    second = browser.post("/calendar/feed/", {"new": "yes"}, follow=True).context["address"]
    assert [Client().get(one).status_code for one in (first, second)] == [404, 200]

    placement.student.is_active = False
    placement.student.save()
    assert Client().get(second).status_code == 404
    placement.student.is_active = True
    placement.student.save()

    browser.post("/calendar/feed/", {"revoke": "yes"})
    assert Client().get(second).status_code == 404


def test_feed_holds_nothing_of_others(placement: Placement) -> None:
    factories.deadline(factories.placement(cohort=placement.cohort), "Van een ander")
    token = make_feed(placement.student, with_activities=True, at=timezone.now())

    assert events(Client(), f"/calendar/feed/{token}.ics") == {}


# Absence -----------------------------------------------------------------------------------------


def test_absence_is_kept_changed_and_removed(browser: Client, placement: Placement) -> None:
    form = {"kind": "sickness", "starts_on": "2026-11-16", "ends_on": "", "reason": "Griep"}
    browser.post("/placement/absences/", form)
    absence = Interruption.objects.get()
    assert (absence.starts_on, absence.ends_on) == (MONDAY, MONDAY)

    browser.post(f"/placement/absences/{absence.pk}/", form | {"ends_on": "2026-11-17"})
    absence.refresh_from_db()
    assert absence.ends_on == date(2026, 11, 17)

    browser.post(f"/placement/absences/{absence.pk}/delete/")
    assert not Interruption.objects.exists()


@pytest.mark.parametrize(
    ("first", "last"), [("2026-11-17", "2026-11-16"), ("2020-01-01", ""), ("", "2026-11-16")]
)
def test_absence_that_cannot_be_is_refused(browser: Client, first: str, last: str) -> None:
    form = {"kind": "sickness", "starts_on": first, "ends_on": last, "reason": "Griep"}

    response = browser.post("/placement/absences/", form)

    assert response.status_code == 422
    assert "Griep" in response.content.decode()


def test_absence_begins_in_the_calendar_at_its_day_and_leads_back_there(
    browser: Client, placement: Placement
) -> None:
    page = browser.get(WEEK).content.decode()
    address = f"/placement/absences/?date={MONDAY}&amp;next=/calendar/%3Fweek%3D2026-W47"
    assert f'href="{address}"' in page

    form = browser.get(html.unescape(address))
    assert form.context["form"]["starts_on"].value() == MONDAY
    sent = {"kind": "sickness", "starts_on": MONDAY, "ends_on": "", "next": WEEK}
    response = browser.post("/placement/absences/", sent)

    assert response["Location"] == WEEK
    assert f"?date={MONDAY}&amp;next" not in browser.get(WEEK).content.decode()


def test_reason_of_absence_is_never_shown_to_the_teacher(placement: Placement) -> None:
    teacher = factories.person("Mira")
    placement.teacher_links.create(teacher=teacher)
    factories.absence(placement, reason="Geheime ziekte")
    client = Client()
    client.force_login(teacher)

    for path in ("/students/", f"/students/{placement.pk}/"):
        assert "Geheime ziekte" not in client.get(path).content.decode()


@pytest.mark.parametrize("day", ["0001-01-01", "1989-12-31", "2200-01-01", "9999-12-31"])
def test_day_that_nobody_means_is_refused(browser: Client, day: str) -> None:
    for address, form in (
        ("/calendar/deadlines/new/", {"title": "Verslag", "due_on": day, "due_time": "00:00"}),
        (
            "/calendar/appointments/new/",
            {"title": "Bezoek", "day": day, "begin": "00:00", "end": "01:00"},
        ),
        ("/placement/absences/", {"kind": "ill", "starts_on": day, "ends_on": day}),
    ):
        response = browser.post(address, form)

        assert response.status_code == 422
        assert "tussen 1990 en 2199" in response.content.decode()


def test_log_never_holds_the_address_of_a_feed() -> None:
    record = logging.LogRecord(
        "django.request", logging.ERROR, "", 0, "Error: %s", ("/calendar/feed/geheim.ics",), None
    )

    HideSecrets().filter(record)

    assert record.getMessage() == "Error: /calendar/feed/…"


def test_what_is_to_come_stands_by_day_whatever_it_is(
    browser: Client, placement: Placement
) -> None:
    now = timezone.now()
    Deadline.objects.create(
        placement=placement, title="Leerplan", due_on=timezone.localdate() + timedelta(days=9)
    )
    Appointment.objects.create(
        placement=placement,
        title="Voortgang",
        starts_at=now + timedelta(days=3),
        ends_at=now + timedelta(days=3, hours=1),
    )
    page = browser.get("/calendar/").content.decode()
    coming = page[page.index('id="coming"') :]
    assert coming.index("Voortgang") < coming.index("Leerplan")
