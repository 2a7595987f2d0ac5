"""Reading sources: sheets, OneRoster as files and as a service, the Open Education API."""

import io
import json
import random
import tracemalloc
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stageapp.integrations.roster import actions, actions_reading, oneroster, sheets
from stageapp.integrations.roster.models import Run, Source
from stageapp.integrations.roster.reading import UnreadableError
from stageapp.integrations.roster.rules import Roster
from stageapp.notifications.models import Notification
from stageapp.programmes.models import Cohort, InstitutionAdministrator
from tests import factories
from tests.examples import examples
from tests.integrations.roster import servers, world
from tests.integrations.roster.world import does

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 18)
#: Three o'clock at night in the Netherlands.
NIGHT = datetime(2026, 11, 18, 2, tzinfo=UTC)
Kind = Source.Kind


@pytest.fixture(autouse=True)
def _trusted(settings: LazySettings) -> Iterator[None]:
    settings.OUTGOING_HOSTS = ["127.0.0.1"]
    with time_machine.travel(NIGHT, tick=False):
        yield


@pytest.fixture
def cohort() -> Cohort:
    return factories.cohort()


def source_for(
    service: servers.Service, kind: str, cohort: Cohort, line: str, **fields: Any
) -> Source:
    access = {} if service.uses_basic else {"token_address": f"{service.address}/token"}
    return world.source(
        cohort,
        line=line,
        kind=kind,
        address=service.address,
        client=servers.CLIENT,
        secret=servers.SECRET,
        **access | fields,
    )


def read(source: Source) -> Run:
    assert source.run_by
    run = actions_reading.begin(source, by=source.run_by, at=NIGHT)
    actions_reading.read_waiting(at=NIGHT)
    run.refresh_from_db()
    return run


# Sheets.

SHEET = """\
email;name;role;group;student_number
sanne@school.example;Sanne Bakker;student;3A;1234567
mira@school.example;Mira de Vries;docent;3A;
Mira@school.example;Mira de Vries;docent;3B;

daan@school.example;Daan Visser;Student;3B;7654321
"""


def sheet(text: str) -> Roster:
    return sheets.read_people(io.BytesIO(text.encode()))


def test_a_sheet_has_a_line_for_everybody_in_a_group() -> None:
    said = sheet(SHEET)
    assert [(one.key, one.name, one.number) for one in said.people] == [
        ("sanne@school.example", "Sanne Bakker", "1234567"),
        ("mira@school.example", "Mira de Vries", ""),
        ("daan@school.example", "Daan Visser", "7654321"),
    ]
    first, second = said.groups
    assert (first.title, first.line, first.teachers) == ("3A", "sheet", ("mira@school.example",))
    assert second.students == ("daan@school.example",)


def test_columns_may_stand_in_any_order_and_in_dutch() -> None:
    said = sheet(
        "Klas,Rol,Naam,E-mailadres,Opleiding,ID\n3A,student,Sanne,s@school.example,ICT,77\n"
    )
    assert said.people[0].key == "77"
    assert said.groups[0].line == "ICT"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("email,name\n", "role, group"),
        ("email,name,role,group\na@b.nl,A,baas,3A\n", "baas"),
        ("", "CSV"),
        (" ; \n ; ", "CSV"),
    ],
)
def test_a_sheet_that_cannot_be_used_is_told_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(UnreadableError, match=said):
        sheet(text)


@given(st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
def test_any_file_is_a_sheet_or_told(data: bytes) -> None:
    with suppress(UnreadableError):
        sheets.read_people(io.BytesIO(data))
    with suppress(UnreadableError):
        oneroster.read_bundle(io.BytesIO(data), TODAY)


people_of_sheet = st.lists(
    st.tuples(
        # A quote at the start keeps a spreadsheet from calculating: it is taken off.
        st.emails().map(str.lower).filter(lambda email: not email.startswith("'")),
        st.text(st.characters(categories=("L", "Nd", "Zs")), min_size=1, max_size=20),
        st.sampled_from(["student", "teacher"]),
        st.sampled_from(["3A", "3B"]),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=examples(100))
@given(people_of_sheet)
def test_what_a_sheet_says_is_what_was_written(rows: list[tuple[str, str, str, str]]) -> None:
    lines = ["email\tname\trole\tgroup", *("\t".join(row) for row in rows)]
    said = sheet("\n".join(f'"{line}"'.replace("\t", '"\t"') for line in lines))
    found = {
        (key, part, group.title)
        for group in said.groups
        for part, keys in (("teacher", group.teachers), ("student", group.students))
        for key in keys
    }
    assert found == {(email, role, group) for email, _name, role, group in rows}


@pytest.mark.parametrize("line", [";" * 3_000_000, '"\n";' * 500_000])
def test_a_sheet_with_more_cells_than_anybody_means_is_told(line: str) -> None:
    file = io.BytesIO(f"email;name;role;group\n{line}".encode())
    with pytest.raises(UnreadableError):
        sheets.read_people(file)


# OneRoster as files.

FILES = {
    "manifest.csv": "propertyName,value\nmanifest.version,1.0\noneroster.version,1.2\n"
    "file.users,bulk\nfile.classes,bulk\nfile.enrollments,bulk\n",
    "users.csv": "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,"
    "familyName,middleName,identifier,email\n"
    "u1,,,true,sanne,,Sanne,Bakker,,1234567,sanne@school.example\n"
    "u2,,,true,mira,,Mira,de Vries,,,mira@school.example\n"
    "u3,tobedeleted,,true,weg,,Weg,Weg,,,weg@school.example\n",
    "classes.csv": "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,"
    "classType,location,schoolSourcedId,termSourcedIds\n"
    'c1,,,ICT 3A,,k1,,scheduled,,1,"t1,t2"\n',
    "enrollments.csv": "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,"
    "userSourcedId,role,primary,beginDate,endDate\n"
    "e1,,,c1,1,u1,student,,2026-09-01,2027-07-31\n"
    "e2,,,c1,1,u2,teacher,true,,\n"
    "e3,,,c1,1,u2,aide,,,\n",
    "courses.csv": "sourcedId,status,dateLastModified,schoolYearSourcedId,title\nk1,,,,Stage\n",
    "academicSessions.csv": "sourcedId,status,dateLastModified,title,type,startDate,endDate,"
    "parentSourcedId,schoolYear\nt1,,,Semester,term,2026-09-01,2027-01-31,,2027\n",
}


def bundle(**changes: str | None) -> io.BytesIO:
    files = FILES | {f"{name}.csv": text for name, text in changes.items()}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in files.items():
            if text is not None:
                archive.writestr(name, text)
    packed.seek(0)
    return packed


def test_a_bundle_of_oneroster_says_who_is_in_which_class() -> None:
    said = oneroster.read_bundle(bundle(), TODAY)
    assert [(one.name, one.email, one.number) for one in said.people] == [
        ("Sanne Bakker", "sanne@school.example", "1234567"),
        ("Mira de Vries", "mira@school.example", ""),
    ]
    (group,) = said.groups
    assert (group.line, group.line_title) == ("k1|2027", "Stage · 2027")
    assert (group.teachers, group.students) == (("u2",), ("u1",))
    assert len(said.remarks) == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"manifest": None}, "manifest.csv"),
        ({"users": None}, "users.csv"),
        ({"manifest": FILES["manifest.csv"].replace("users,bulk", "users,delta")}, "delta"),
        ({"manifest": FILES["manifest.csv"].replace("1.2", "2.0")}, "2.0"),
    ],
)
def test_a_bundle_that_is_not_whole_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(UnreadableError, match=said):
        oneroster.read_bundle(bundle(**changes), TODAY)


@pytest.mark.parametrize(
    "users",
    [
        FILES["users.csv"] + "," * 5_000_000,
        FILES["users.csv"] + "," * 300,
        FILES["users.csv"] + '"\n",' * 500_000,
        "," * 5_000_000,
    ],
    ids=["a long line", "many columns", "many lines", "a long header"],
)
def test_a_bundle_with_more_cells_than_anybody_means_is_told(users: str) -> None:
    packed = bundle(users=users)
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableError):
            oneroster.read_bundle(packed, TODAY)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 40_000_000


def test_columns_of_the_school_itself_are_not_kept() -> None:
    users = FILES["users.csv"].replace(",email\n", ",email,shoeSize\n")
    assert oneroster.read_bundle(bundle(users=users), TODAY) == oneroster.read_bundle(
        bundle(), TODAY
    )


def test_a_broken_bundle_is_told() -> None:
    whole = bundle().getvalue()
    numbers = random.Random(1)
    for _times in range(60):
        broken = bytearray(whole)
        broken[numbers.randrange(len(broken))] ^= 1 << numbers.randrange(8)
        with suppress(UnreadableError):
            oneroster.read_bundle(io.BytesIO(bytes(broken)), TODAY)


# Services.


@pytest.mark.parametrize(
    "how", [{}, {"most": 2}, {"with_total": True, "most": 3}, {"with_link": True, "most": 3}]
)
def test_all_pages_of_oneroster_are_read(cohort: Cohort, how: dict[str, Any]) -> None:
    service = servers.oneroster(students=7)
    for name, value in how.items():
        setattr(service, name, value)
    with servers.running(service):
        run = read(source_for(service, Kind.ONEROSTER, cohort, "k1|2027"))
    assert (run.state, run.problem) == (Run.State.LOOKED, "")
    assert sorted(does(run)) == ["invite"] * 8 + ["wait"] * 7
    mira = run.changes.get(key="mira", does="invite")
    assert (mira.name, mira.email, mira.part) == ("Mira de Boer", "mira@school.example", "teacher")
    # Nobody is anything by a role in an organisation; who is over, disabled or helps is left out.
    assert not run.changes.filter(key__in=["ex", "hulp", "later"]).exists()


def test_a_filter_goes_to_the_classes(cohort: Cohort) -> None:
    with servers.running(servers.oneroster()) as service:
        source = source_for(service, Kind.ONEROSTER, cohort, "k1|2027", only="school.sourcedId='1'")
        read(source)
    assert any(
        "classes?" in path and "filter=school.sourcedId%3D%271%27" in path for path in service.asked
    )


@pytest.mark.parametrize("version", [5, 6])
@pytest.mark.parametrize("expanded", [True, False])
@pytest.mark.parametrize("students", [3, 260])
def test_offerings_and_their_people_are_read_from_the_open_education_api(
    cohort: Cohort, version: int, expanded: bool, students: int
) -> None:
    service = servers.open_education(version, students, expanded=expanded)
    kind = Kind.OOAPI if version == 5 else Kind.OEAPI
    with servers.running(service):
        run = read(source_for(service, kind, cohort, "p1|s1", consumer="stage"))
    assert (run.state, run.problem) == (Run.State.LOOKED, "")
    assert run.changes.filter(does="invite").count() == students + 1
    mira = run.changes.get(key="mira", does="invite")
    assert (mira.name, mira.part, mira.number) == ("Mira de Boer", "teacher", "200")
    assert run.source.lines.get(key="p1|s1").title == "Stage ICT · 2026-2027"
    assert all("consumer=stage" in path for path in service.asked if "pageNumber" in path)
    assert ("version=6" in service.accepted[-1]) == (version == 6)


def test_only_wanted_codes_are_asked_for(cohort: Cohort) -> None:
    with servers.running(servers.open_education(5)) as service:
        read(source_for(service, Kind.OOAPI, cohort, "p1|s1", only="pabo"))
    assert not any(path.startswith("/programs/p1/") for path in service.asked)


def test_a_client_and_its_secret_are_enough_where_there_are_no_tokens(cohort: Cohort) -> None:
    service = servers.open_education(5)
    service.uses_basic = True
    with servers.running(service):
        assert read(source_for(service, Kind.OOAPI, cohort, "p1|s1")).state == Run.State.LOOKED


def test_a_client_may_be_known_by_the_form_only(cohort: Cohort) -> None:
    service = servers.oneroster()
    service.uses_form = True
    with servers.running(service):
        run = read(source_for(service, Kind.ONEROSTER, cohort, "k1|2027"))
    assert (run.state, run.problem) == (Run.State.LOOKED, "")


JUNK = [
    (200, b""),
    (200, b"\x00\xff"),
    (200, b"<html>"),
    (200, b"[]"),
    (200, b"null"),
    (200, b"1" * 5000),
    (200, b"[" * 100_000),
    (200, b'{"access_token": 5, "items": 3, "users": {"a": 1}}'),
    (200, json.dumps({"access_token": "t", "items": "abc", "classes": None}).encode()),
    (200, b'{"access_token": "a\\u0000\\r\\nX: y"}'),
    (302, b""),
    (401, b"{}"),
    (403, b""),
    (404, b""),
    (429, b""),
    (500, b"oops"),
]


@pytest.mark.parametrize("kind", [Kind.ONEROSTER, Kind.OOAPI, Kind.OEAPI])
@pytest.mark.parametrize("junk", JUNK)
def test_junk_becomes_words(cohort: Cohort, kind: str, junk: tuple[int, bytes]) -> None:
    service = servers.Service(junk=junk)
    with servers.running(service):
        run = read(source_for(service, kind, cohort, "x"))
    assert run.state == Run.State.FAILED
    assert run.problem


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["sourcedId", "class", "user", "person", "name", "role", "status", "terms"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(json_values, max_size=4), strange=json_values)
def test_strange_rows_are_left_out(cohort: Cohort, rows: list[Any], strange: Any) -> None:
    tables = servers.oneroster()
    education = servers.open_education(5)
    for service in (tables, education):
        for path, known in service.lists.items():
            service.lists[path] = [*known, *rows]
        for item in service.lists.values():
            item.append(
                {"sourcedId": strange, "user": strange, "person": strange, "role": "student"}
            )
    for service, kind, line in (
        (tables, Kind.ONEROSTER, "k1|2027"),
        (education, Kind.OOAPI, "p1|s1"),
    ):
        with servers.running(service):
            source = Source(
                institution=cohort.programme.institution,
                kind=kind,
                address=service.address,
                token_address=f"{service.address}/token",
                client=servers.CLIENT,
                secret=servers.SECRET,
            )
            said = actions_reading.roster_of(source)
        assert line in {group.line for group in said.groups}


@pytest.mark.parametrize("kind", [Kind.ONEROSTER, Kind.OOAPI])
def test_a_service_that_gives_one_page_for_ever_is_told(cohort: Cohort, kind: str) -> None:
    service = servers.oneroster() if kind == Kind.ONEROSTER else servers.open_education(5)
    service.stuck = True
    with servers.running(service):
        run = read(source_for(service, kind, cohort, "k1|2027"))
    assert run.state == Run.State.FAILED


@pytest.mark.parametrize("kind", [Kind.ONEROSTER, Kind.OOAPI])
def test_a_service_with_very_many_rows_is_told(
    cohort: Cohort, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stageapp.integrations.roster.service.MOST_ROWS", 3)
    service = servers.oneroster() if kind == Kind.ONEROSTER else servers.open_education(5)
    with servers.running(service):
        run = read(source_for(service, kind, cohort, "k1|2027"))
    assert run.state == Run.State.FAILED
    assert "filter" in run.problem


def test_a_service_that_is_away_is_told(cohort: Cohort) -> None:
    with servers.running(servers.oneroster()) as service:
        source = source_for(service, Kind.ONEROSTER, cohort, "k1|2027")
    assert read(source).state == Run.State.FAILED


def test_an_address_inside_is_not_asked(cohort: Cohort, settings: LazySettings) -> None:
    settings.OUTGOING_HOSTS = []
    with servers.running(servers.oneroster()) as service:
        run = read(source_for(service, Kind.ONEROSTER, cohort, "k1|2027"))
    assert run.state == Run.State.FAILED
    assert not service.asked


def test_a_secret_is_not_readable_in_the_database(cohort: Cohort) -> None:
    source = world.source(cohort, secret="heel geheim")
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM roster_source WHERE id = %s", [source.pk])
        assert "geheim" not in cursor.fetchone()[0]


# At night.


def nightly(service: servers.Service, cohort: Cohort) -> Source:
    return source_for(service, Kind.ONEROSTER, cohort, "k1|2027", schedule="nightly")


def night(at: datetime = NIGHT) -> None:
    actions_reading.begin_nightly(at=at)
    actions_reading.read_waiting(at=at)
    actions.go_on_with_runs(at=at)


def test_at_night_a_source_is_read_and_done_once(cohort: Cohort) -> None:
    with servers.running(servers.oneroster()) as service:
        source = nightly(service, cohort)
        actions_reading.begin_nightly(at=NIGHT - timedelta(hours=3))
        assert not source.runs.exists()
        night()
        night()
    assert source.runs.get().state == Run.State.DONE
    assert cohort.programme.memberships.count() == 3
    news = Notification.objects.get(person=source.run_by)
    assert news.path == f"/manage/integrations/roster/looks/{source.runs.get().pk}/"


def test_a_night_without_differences_leaves_no_report(cohort: Cohort) -> None:
    with servers.running(servers.oneroster()) as service:
        source = nightly(service, cohort)
        night()
        night(NIGHT + timedelta(days=1))
    assert source.runs.count() == 1
    source.refresh_from_db()
    assert source.read_at == NIGHT + timedelta(days=1)


def test_a_service_that_forgets_half_of_its_list_ends_nothing(cohort: Cohort) -> None:
    with servers.running(servers.oneroster(students=6)) as service:
        source = nightly(service, cohort)
        night()
        rows = service.lists["/ims/oneroster/rostering/v1p2/enrollments"]
        service.lists["/ims/oneroster/rostering/v1p2/enrollments"] = rows[:3]
        night(NIGHT + timedelta(days=1))
    assert cohort.programme.memberships.count() == 7
    assert source.runs.first().asks  # type: ignore[union-attr]
    assert Notification.objects.filter(person=source.run_by).count() == 2


def test_a_night_that_fails_is_told(cohort: Cohort) -> None:
    with servers.running(servers.Service(junk=(500, b""))) as service:
        source = nightly(service, cohort)
        night()
    assert source.runs.get().state == Run.State.FAILED
    assert Notification.objects.filter(person=source.run_by).count() == 1


def test_nothing_is_read_in_the_name_of_who_administers_no_more(cohort: Cohort) -> None:
    with servers.running(servers.oneroster()) as service:
        source = nightly(service, cohort)
        InstitutionAdministrator.objects.all().delete()
        night()
    assert source.runs.get().state == Run.State.FAILED
    assert not service.asked
