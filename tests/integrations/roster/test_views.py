"""The pages about lists of people: setting up, looking, applying, undoing; and whom they let in."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from stageapp.accounts.models import User
from stageapp.audit.models import AuditEntry
from stageapp.integrations.roster import actions, actions_reading, sheets
from stageapp.integrations.roster.actions_uploads import forget_uploads
from stageapp.integrations.roster.models import Line, Run, Source, Upload
from stageapp.integrations.roster.rules import Roster
from stageapp.integrations.roster.views import LINES_A_PAGE
from stageapp.placements.models import PlacementTeacher
from stageapp.programmes.models import Cohort, InstitutionAdministrator, Role
from tests import factories
from tests.integrations.roster import servers, world
from tests.integrations.roster.world import NOW, apply, look, roster

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _wednesday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cohort() -> Cohort:
    return factories.cohort()


@pytest.fixture
def source(cohort: Cohort) -> Source:
    return world.source(cohort, line="sheet")


@pytest.fixture
def client(source: Source) -> Client:
    made = Client()
    assert source.run_by
    made.force_login(source.run_by)
    return made


def settings_of(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Osiris",
        "kind": "oneroster",
        "address": "https://roster.school.example",
        "client": "stage-app",
        "secret": "Zeer-9-geheim",
        "schedule": "nightly",
        "takes_away": "on",
        "most_percent": "20",
    } | changes


def sheet(*rows: str) -> SimpleUploadedFile:
    text = "\n".join(["email;naam;rol;groep", *rows])
    return SimpleUploadedFile("lijst.csv", text.encode())


def test_a_file_is_looked_at_applied_and_undone(
    client: Client, source: Source, cohort: Cohort
) -> None:
    placement = factories.placement(world.member(cohort, "sanne", Role.STUDENT), cohort=cohort)
    file = sheet(
        "mira@school.example;Mira;docent;3A",
        "sanne@school.example;Sanne;student;3A",
        "kapot;Niemand;student;3A",
    )
    shown = client.post(
        reverse("manage_roster:source", args=[source.pk]), {"file": file}, follow=True
    )
    page = shown.content.decode()
    assert "Mira, mira@school.example: uitgenodigd als docent" in page
    assert "Mira begeleidt Sanne" in page
    assert "heeft geen geldig e-mailadres" in page
    run = source.runs.get()
    assert not PlacementTeacher.objects.filter(placement=placement).exists()

    shown = client.post(reverse("manage_roster:apply", args=[run.pk]), follow=True)
    assert "Gedaan. Dit is er veranderd." in shown.content.decode()
    assert world.guides(placement) == ["Mira"]

    shown = client.post(reverse("manage_roster:undo", args=[run.pk]), follow=True)
    assert "alles is weer zoals het was" in shown.content.decode()
    assert "Mira: uitgenodigd als docent" in shown.content.decode()  # the address is forgotten
    assert not User.objects.filter(email="mira@school.example").exists()
    told = AuditEntry.objects.filter(subject=f"source:{source.pk}").order_by("pk")
    assert [entry.details["what"] for entry in told] == ["mapped", "applied", "undone"]


def choose(client: Client, source: Source, cohort: Cohort, *, query: str = "") -> Any:
    """Choose this cohort for everything that the page about cohorts asks of."""
    address = reverse("manage_roster:lines", args=[source.pk]) + query
    forms = client.get(address).context["forms"]
    return client.post(
        address, {f"{form.line.pk}-cohort": cohort.pk for form in forms}, follow=True
    )


def upload(client: Client, source: Source, *rows: str) -> Any:
    address = reverse("manage_roster:source", args=[source.pk])
    return client.post(address, {"file": sheet(*rows)}, follow=True)


def test_choosing_cohorts_goes_on_with_the_list_that_was_uploaded(
    client: Client, source: Source, cohort: Cohort
) -> None:
    source.lines.all().delete()
    shown = upload(client, source, "mira@school.example;Mira;docent;3A")
    assert "uitgenodigd" not in shown.content.decode()

    shown = choose(client, source, cohort)

    run = source.runs.get()
    assert shown.redirect_chain[-1][0] == reverse("manage_roster:run", args=[run.pk])
    assert "Mira, mira@school.example: uitgenodigd als docent" in shown.content.decode()
    assert run.name == "lijst.csv"
    # Chosen wrongly: the list is still there, until it is applied.
    assert "uitgenodigd als docent" in choose(client, source, cohort).content.decode()
    client.post(reverse("manage_roster:apply", args=[source.runs.get().pk]))
    assert not Upload.objects.exists()
    assert "Upload de lijst opnieuw" in choose(client, source, cohort).content.decode()


def test_an_uploaded_list_is_kept_sealed_and_a_day(
    client: Client, source: Source, cohort: Cohort
) -> None:
    Line.objects.create(source=source, key="later", title="Later")
    upload(client, source, "mira@school.example;Mira;docent;3A")
    client.post(reverse("manage_roster:apply", args=[source.runs.get().pk]))
    with connection.cursor() as cursor:  # one course has no cohort yet, so it is still wanted
        cursor.execute("SELECT said FROM roster_upload")
        assert "mira" not in cursor.fetchone()[0].lower()
    forget_uploads(at=NOW + timedelta(hours=23))
    # Comparing it does not make it stay longer.
    with time_machine.travel(NOW + timedelta(hours=23), tick=False):
        choose(client, source, cohort)
    forget_uploads(at=NOW + timedelta(days=1))
    assert not Upload.objects.exists()


def test_courses_that_are_in_the_list_no_more_are_not_asked_about(
    client: Client, source: Source, cohort: Cohort
) -> None:
    address = reverse("manage_roster:lines", args=[source.pk])
    look(source, Roster((), (world.group([], [], line="oud"), world.group([], [], line="sheet"))))
    assert "Cohort voor oud" in client.get(address).content.decode()
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        shown = upload(client, source, "mira@school.example;Mira;docent;3A").content.decode()
    assert "heeft nog geen cohort" not in shown
    assert "Cohort voor oud" not in client.get(address).content.decode()


def test_cohorts_are_chosen_page_after_page_of_what_was_asked(
    client: Client, source: Source, cohort: Cohort
) -> None:
    for number in range(LINES_A_PAGE):
        Line.objects.create(source=source, key=f"k{number}", title=f"Vak {number:02}")
    Line.objects.create(source=source, key="last", title="Zorg")
    shown = choose(client, source, cohort)
    assert shown.redirect_chain[-1][0].endswith("/cohorts/?page=2")
    # One that came since the page was opened was not asked about, and so is not left out.
    line = source.lines.get(key="last")
    newer = Line.objects.create(source=source, key="newer", title="Ander vak")
    address = reverse("manage_roster:lines", args=[source.pk]) + "?page=2"
    client.post(address, {f"{line.pk}-cohort": ""})
    line.refresh_from_db()
    newer.refresh_from_db()
    assert line.is_left_out
    assert not newer.is_left_out


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_sheet_to_begin_with_can_be_read(
    client: Client, source: Source, cohort: Cohort, language: str
) -> None:
    User.objects.update(language=language)
    shown = client.get(reverse("manage_roster:source", args=[source.pk])).content.decode()
    lines = shown.partition("<code>email;")[2].partition("</code>")[0]
    found = sheets.read_people(BytesIO(f"email;{lines}".encode()))
    assert [person.name for person in found.people] == ["Sanne Bakker", "Mira de Vries"]
    assert [(len(group.teachers), len(group.students)) for group in found.groups] == [(1, 1)]
    assert found.people[0].number == "1234567"


def test_a_file_that_cannot_be_read_is_told_at_the_field(client: Client, source: Source) -> None:
    file = SimpleUploadedFile("lijst.csv", b"naam;rol\nSanne;student\n")
    shown = client.post(reverse("manage_roster:source", args=[source.pk]), {"file": file})
    assert shown.status_code == 422
    assert "email, group" in shown.content.decode()
    assert not source.runs.exists()


def test_much_that_would_end_is_asked_about(client: Client, source: Source) -> None:
    wanted = Roster(
        world.people("mira", "sanne"), (world.group(["mira"], ["sanne"], line="sheet"),)
    )
    apply(source, wanted)
    run = look(source, Roster())
    page = client.get(reverse("manage_roster:run", args=[run.pk])).content.decode()
    assert "de rollen van 2 van de 2 mensen" in page
    shown = client.post(reverse("manage_roster:apply", args=[run.pk]), follow=True)
    assert "meer eindigen" in shown.content.decode()
    run.refresh_from_db()
    assert run.state == Run.State.LOOKED
    client.post(reverse("manage_roster:apply", args=[run.pk]), {"sure": "yes"})
    run.refresh_from_db()
    assert run.state == Run.State.DONE


def test_a_service_is_set_up_and_its_secret_never_shown(client: Client, source: Source) -> None:
    address = reverse("manage_roster:new")
    token = client.get(address).context["form"].initial["client_id"]
    for _twice in range(2):
        answer = client.post(address, settings_of(client_id=token))
        assert answer.status_code == 302
    made = Source.objects.get(kind="oneroster")
    assert made.secret == "Zeer-9-geheim"
    page = client.get(reverse("manage_roster:settings", args=[made.pk])).content.decode()
    assert "Zeer-9" not in page
    # An empty field leaves it; an address elsewhere does not get it.
    change = reverse("manage_roster:settings", args=[made.pk])
    assert client.post(change, settings_of(secret="", name="Rooster")).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.secret) == ("Rooster", "Zeer-9-geheim")
    answer = client.post(change, settings_of(secret="", address="https://elders.example"))
    assert answer.status_code == 422
    made.refresh_from_db()
    assert made.address == "https://roster.school.example"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"address": ""}, "address"),
        ({"address": "http://roster.school.example"}, "address"),
        ({"address": "https://name:word@roster.example"}, "address"),
        ({"address": "https://[broken"}, "address"),
        ({"address": "file:///etc/passwd"}, "address"),
        ({"token_address": "https://t.example/token", "client": ""}, "client"),
        ({"most_percent": "101"}, "most_percent"),
        ({"most_percent": "9" * 30}, "most_percent"),
        ({"kind": "course"}, "kind"),
        ({"name": ""}, "name"),
        ({"schedule": "always"}, "schedule"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(
    client: Client, source: Source, changes: dict[str, Any], field: str
) -> None:
    answer = client.post(reverse("manage_roster:new"), settings_of(**changes))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert Source.objects.count() == 1


def test_what_was_typed_for_a_service_does_not_matter_to_a_file(
    client: Client, source: Source
) -> None:
    sent = settings_of(kind="sheet", address="nergens", schedule="nightly")

    assert client.post(reverse("manage_roster:new"), sent).status_code == 302

    made = Source.objects.get(name="Osiris")
    assert (made.address, made.client, made.secret, made.schedule) == ("", "", "", "never")


def test_a_service_is_read_by_the_worker(
    client: Client, source: Source, cohort: Cohort, settings: Any
) -> None:
    settings.OUTGOING_HOSTS = ["127.0.0.1"]
    with servers.running(servers.oneroster()) as service:
        made = Source.objects.create(
            institution=source.institution,
            kind="oneroster",
            name="Osiris",
            address=service.address,
            token_address=f"{service.address}/token",
            client=servers.CLIENT,
            secret=servers.SECRET,
            run_by=source.run_by,
        )
        tested = client.post(reverse("manage_roster:test", args=[made.pk]), follow=True)
        assert "Het werkt" in tested.content.decode()
        shown = client.post(reverse("manage_roster:look", args=[made.pk]), follow=True)
        assert "De bron wordt gelezen" in shown.content.decode()
        run = made.runs.get()
        waits = client.get(
            reverse("manage_roster:run", args=[run.pk]), headers={"HX-Request": "true"}
        )
        assert "<html" not in waits.content.decode()
        actions_reading.read_waiting(at=NOW)
    refreshed = client.get(
        reverse("manage_roster:run", args=[run.pk]), headers={"HX-Request": "true"}
    )
    assert refreshed.headers["HX-Refresh"] == "true"
    page = client.get(reverse("manage_roster:source", args=[made.pk])).content.decode()
    assert "1 cursus of opleiding heeft nog geen cohort" in page
    line = made.lines.get()
    shown = choose(client, made, cohort)
    line.refresh_from_db()
    assert line.cohort == cohort
    assert "De bron wordt gelezen" in shown.content.decode()  # once more, with the cohort


def test_a_cohort_of_another_institution_cannot_be_chosen(client: Client, source: Source) -> None:
    line = Line.objects.create(source=source, key="minor", title="Minor")
    foreign = factories.cohort()
    address = reverse("manage_roster:lines", args=[source.pk])
    answer = client.post(address, {f"{line.pk}-cohort": foreign.pk})
    assert answer.status_code == 422
    line.refresh_from_db()
    assert line.cohort is None


def test_removing_a_source_leaves_whom_it_brought(
    client: Client, source: Source, cohort: Cohort
) -> None:
    placement = factories.placement(world.member(cohort, "sanne", Role.STUDENT), cohort=cohort)
    wanted = Roster(
        world.people("mira", "sanne"), (world.group(["mira"], ["sanne"], line="sheet"),)
    )
    apply(source, wanted)
    address = reverse("manage_roster:remove", args=[source.pk])
    assert client.post(address).status_code == 200
    client.post(address, {"sure": "yes"})
    assert not Source.objects.exists()
    assert world.guides(placement) == ["Mira"]


def test_who_runs_another_institution_finds_nothing(source: Source) -> None:
    other = factories.person()
    InstitutionAdministrator.objects.create(institution=factories.institution(), person=other)
    client = Client()
    client.force_login(other)
    run = look(source, roster())
    for name, pk in (("source", source.pk), ("lines", source.pk), ("run", run.pk)):
        assert client.get(reverse(f"manage_roster:{name}", args=[pk])).status_code == 404
    for name in ("apply", "undo"):
        assert client.post(reverse(f"manage_roster:{name}", args=[run.pk])).status_code == 404


def test_pages_ask_the_same_whatever_there_is(
    client: Client, source: Source, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    names = [f"student{number}" for number in range(60)]
    wanted = Roster(world.people("mira", *names), (world.group(["mira"], names, line="sheet"),))
    for number in range(45):
        Line.objects.create(source=source, key=f"k{number}", title=f"Vak {number}")
    run = look(source, wanted)
    for name, pk in (("list", None), ("source", source.pk), ("lines", source.pk), ("run", run.pk)):
        with django_assert_max_num_queries(22):
            client.get(reverse(f"manage_roster:{name}", args=[pk] if pk else []))


def test_a_course_elsewhere_has_its_own_page_and_shares_its_reports(
    client: Client, source: Source
) -> None:
    assert source.run_by
    course = actions.source_of_course(source.institution, "lti:1:c", "Stage", by=source.run_by)
    assert course == actions.source_of_course(source.institution, "lti:1:c", "S", by=source.run_by)
    run = look(course, Roster())
    assert client.get(reverse("manage_roster:source", args=[course.pk])).status_code == 404
    assert client.get(reverse("manage_roster:run", args=[run.pk])).status_code == 200
    assert (
        "Stage" not in client.get(reverse("manage_roster:list")).content.decode().split("<main")[1]
    )
