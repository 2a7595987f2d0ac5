"""Messages of the day and maintenance mode: who writes them, who reads them, who gets in."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from stageapp.accounts.models import User
from stageapp.audit.models import AuditEntry, Kind
from stageapp.programmes.models import Announcement, Institution, InstitutionAdministrator
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> Institution:
    return factories.institution(time_zone="America/New_York")


def administrator(school: Institution) -> User:
    somebody = factories.person("Bea Heer")
    InstitutionAdministrator.objects.create(institution=school, person=somebody)
    return somebody


@pytest.fixture
def client(school: Institution) -> Client:
    return client_of(administrator(school))


def client_of(person: User | None) -> Client:
    made = Client()
    if person:
        made.force_login(person)
    return made


def student(school: Institution) -> User:
    cohort = factories.cohort(programme=factories.programme(institution=school))
    return factories.placement(cohort=cohort).student


def sent(**changes: Any) -> dict[str, Any]:
    return {
        "client_id": str(uuid.uuid4()),
        "kind": "warning",
        "text_nl": "Vrijdag is Stage-App dicht.",
        "text_en": "Stage-App is closed on Friday.",
        "starts_at": "2026-11-01T00:30",
        "ends_at": "2026-11-06T18:00",
    } | changes


def test_message_is_kept_by_the_clock_of_the_institution_and_recorded(
    client: Client, school: Institution
) -> None:
    answer = client.post("/manage/messages/new/", sent())

    assert answer.headers["Location"] == "/manage/messages/"
    made = Announcement.objects.get()
    # New York is four hours behind until the night of 1 November, and five after it.
    assert made.starts_at == datetime(2026, 11, 1, 4, 30, tzinfo=UTC)
    assert made.ends_at == datetime(2026, 11, 6, 23, 0, tzinfo=UTC)
    entry = AuditEntry.objects.get(kind=Kind.SETTINGS_CHANGED)
    assert entry.subject == f"announcement:{made.pk}"
    assert entry.details == {"what": "made", "kind_of_message": "warning"}
    page = client.get(f"/manage/messages/{made.pk}/").content.decode()
    assert 'value="2026-11-01T00:30"' in page


def test_double_tap_makes_one_message(client: Client) -> None:
    same = sent()

    for _ in range(2):
        assert client.post("/manage/messages/new/", same).status_code == 302

    assert Announcement.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text_nl": ""}, "text_nl"),
        ({"text_en": "x" * 501}, "text_en"),
        ({"ends_at": "2026-11-01T00:30"}, "ends_at"),
        ({"starts_at": "gisteren"}, "starts_at"),
        ({"starts_at": "0001-01-01T00:00"}, "starts_at"),
        # In New York this hour comes twice, and that of March not at all.
        ({"starts_at": "2026-11-01T01:30"}, "starts_at"),
        ({"starts_at": "2026-03-08T02:30"}, "starts_at"),
        ({"kind": "joke"}, "kind"),
        ({"client_id": "x"}, "client_id"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_keeps_the_rest(
    client: Client, changes: dict[str, str], field: str
) -> None:
    answer = client.post("/manage/messages/new/", sent(**changes))

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "closed on Friday" in answer.content.decode() or field == "text_en"
    assert not Announcement.objects.exists()


def test_everybody_reads_it_while_it_lasts_in_their_language(school: Institution) -> None:
    factories.announcement(school, "Nu", text_en="Now")
    factories.announcement(school, "Straks", starts_at=timezone.now() + timedelta(hours=1))
    factories.announcement(
        school,
        "Voorbij",
        starts_at=timezone.now() - timedelta(hours=2),
        ends_at=timezone.now() - timedelta(hours=1),
    )
    factories.announcement(factories.institution(host="else.example"), "Elders")
    reader = student(school)
    reader.language = "en"
    reader.save()

    signed_in = client_of(reader).get("/").content.decode()
    before = Client().get("/login/").content.decode()
    guide = Client().get("/guide/").content.decode()

    assert "<p>Now</p>" in signed_in
    assert "<p>Nu</p>" in before
    assert "<p>Nu</p>" in guide
    for text in ("Straks", "Voorbij", "Elders"):
        assert text not in signed_in + before


def test_it_is_hidden_for_the_session_until_it_says_something_else(
    client: Client, school: Institution
) -> None:
    row = factories.announcement(school, "Let op")
    reader = client_of(student(school))

    answer = reader.post(f"/announcements/{row.pk}/dismiss/", {"next": "/tips/"})

    assert answer.headers["Location"] == "/tips/"
    assert "Let op" not in reader.get("/tips/").content.decode()
    assert "Let op" in Client().get("/login/").content.decode()
    client.post(
        f"/manage/messages/{row.pk}/", sent(text_nl="Let nu op", ends_at="2126-01-01T00:00")
    )
    assert "Let nu op" in reader.get("/tips/").content.decode()


def test_at_most_three_are_shown_warnings_first(school: Institution) -> None:
    for number in range(4):
        factories.announcement(school, f"Bericht {number}")
    factories.announcement(school, "Waarschuwing", kind="warning")

    shown = Client().get("/login/").context["announcements"]()

    assert [row.text_nl for row in shown] == ["Waarschuwing", "Bericht 3", "Bericht 2"]


def test_page_without_messages_asks_nothing_more_and_with_them_one_query(
    school: Institution, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        Client().get("/password/reset/")
    factories.announcement(school)
    factories.announcement(school)
    with django_assert_num_queries(2):
        Client().get("/password/reset/")


def test_message_of_another_institution_is_not_found(client: Client) -> None:
    other = factories.announcement(factories.institution(host="else.example"), "Elders")

    for verb in ("", "delete/"):
        assert client.post(f"/manage/messages/{other.pk}/{verb}", sent()).status_code == 404
    assert client.post(f"/announcements/{other.pk}/dismiss/").status_code == 404


def test_removing_is_recorded(client: Client, school: Institution) -> None:
    row = factories.announcement(school)

    client.post(f"/manage/messages/{row.pk}/delete/")

    assert not Announcement.objects.exists()
    assert AuditEntry.objects.get(kind=Kind.SETTINGS_CHANGED).details["what"] == "removed"


def test_maintenance_lets_functional_administrators_in_and_nobody_else(
    client: Client, school: Institution
) -> None:
    reader = client_of(student(school))
    until = timezone.now() + timedelta(hours=2)
    local = timezone.localtime(until, school.zone)

    sent = {"on": "yes", "until": f"{local:%Y-%m-%dT%H:%M}"}
    asked = client.post("/manage/messages/maintenance/", sent)
    assert "Stage-App sluiten voor onderhoud?" in asked.content.decode()
    assert sent["until"] in asked.content.decode()
    assert reader.get("/").status_code == 200

    client.post("/manage/messages/maintenance/", sent | {"sure": "yes"})

    for one, path in [(reader, "/"), (reader, "/activities/new/"), (Client(), "/guide/")]:
        answer = one.get(path)
        assert answer.status_code == 503
        assert 7000 < int(answer.headers["Retry-After"]) <= 7200
        page = answer.content.decode()
        assert "We zijn zo terug" in page
        assert f"{local:%H:%M}" in page
    sending = reader.post("/activities/new/", {"description": "Getypt"})
    assert sending.status_code == 503
    assert "bewaard in deze browser" in sending.content.decode()
    assert "data-draft-saved" not in sending.content.decode()
    assert client.get("/").status_code == 200
    assert "De onderhoudsstand staat aan" in client.get("/").content.decode()
    for path in ("/healthz", "/readyz", "/login/"):
        assert Client().get(path).status_code == 200
    entry = AuditEntry.objects.get(kind=Kind.SETTINGS_CHANGED)
    assert entry.details["maintenance"] is True

    client.post("/manage/messages/maintenance/", {"on": "no"})

    assert reader.get("/").status_code == 200


def test_maintenance_page_is_in_the_language_of_its_reader(school: Institution) -> None:
    reader = student(school)
    reader.language = "en"
    reader.save()
    call_command("maintenance", "on")

    answer = client_of(reader).get("/")

    assert "Back in a while" in answer.content.decode()
    assert answer.headers["Retry-After"] == "600"
    assert answer.headers["Content-Language"] == "en"


def test_maintenance_that_takes_longer_does_not_end_by_itself(school: Institution) -> None:
    call_command("maintenance", "on", until="2026-01-01T09:00")

    answer = Client().get("/guide/")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "600"


def test_maintenance_of_one_institution_leaves_the_other_open(school: Institution) -> None:
    factories.institution(slug="other", host="else.example")

    call_command("maintenance", "on", institution="other", until="2126-01-01T09:00")

    assert Client().get("/guide/").status_code == 200
    other = Institution.objects.get(slug="other")
    assert other.maintenance_until == datetime(2126, 1, 1, 8, 0, tzinfo=UTC)
    with pytest.raises(CommandError, match="no such institution"):
        call_command("maintenance", "on", institution="nowhere")
    with pytest.raises(CommandError, match="no moment"):
        call_command("maintenance", "on", until="straks")


def test_wrong_moment_is_said_and_closes_nothing(client: Client, school: Institution) -> None:
    answer = client.post("/manage/messages/maintenance/", {"on": "yes", "until": "straks"})

    assert answer.status_code == 422
    school.refresh_from_db()
    assert school.maintenance_since is None


def test_administrator_of_a_programme_only_writes_no_messages(school: Institution) -> None:
    reader = client_of(student(school))

    for path in ("", "new/"):
        assert reader.get(f"/manage/messages/{path}").status_code == 404
    assert reader.post("/manage/messages/maintenance/", {"on": "yes"}).status_code == 404


@given(until=st.text(max_size=30), starts=st.text(max_size=30))
def test_any_moment_gets_an_answer(until: str, starts: str) -> None:
    school = factories.institution()
    made = client_of(administrator(school))

    for path, data in [
        ("maintenance/", {"on": "yes", "until": until}),
        ("new/", sent(starts_at=starts, text_nl=until)),
    ]:
        # 503 is the maintenance of an earlier example.
        assert made.post(f"/manage/messages/{path}", data).status_code != 500
