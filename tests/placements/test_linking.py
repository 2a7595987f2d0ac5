"""Links from a file: what fits is applied, the rest is reported by line."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stageapp.placements.linking import UnreadableFileError, import_links
from stageapp.placements.models import Placement, PlacementTeacher
from stageapp.programmes.models import ProgrammeMembership, Role
from tests import factories
from tests.examples import examples

pytestmark = pytest.mark.django_db
NOW = timezone.now()


HEADER = "student_email,teacher_email\n"
GOOD = "sanne@school.example,mira@school.example\n"


@pytest.fixture
def placement() -> Placement:
    student = factories.person("Sanne", "sanne@school.example", student_number="0171203")
    placement = factories.placement(student)
    ProgrammeMembership.objects.create(
        programme=placement.cohort.programme,
        person=factories.person("Mira", "mira@school.example"),
        role=Role.TEACHER,
    )
    factories.person("Geen docent", "iemand@school.example")
    return placement


@pytest.mark.parametrize(
    "text",
    [
        HEADER + GOOD,
        "\ufeff" + HEADER + GOOD,
        (HEADER + GOOD).replace(",", ";"),
        (HEADER + GOOD).upper(),
        f"Student_Email, Teacher_Email ,student_number\n{GOOD.strip()},0171203\n",
    ],
)
def test_good_row_links_once(placement: Placement, text: str) -> None:
    first, second = (import_links(text.encode(), at=NOW) for _ in range(2))

    assert (first.linked, first.refused) == (1, [])
    assert (second.linked, second.unchanged) == (0, 1)
    assert PlacementTeacher.objects.get().teacher.email == "mira@school.example"


@pytest.mark.parametrize(
    "row",
    [
        "niemand@school.example,mira@school.example",
        "sanne@school.example,niemand@school.example",
        "sanne@school.example,iemand@school.example",
        "sanne@school.example",
        ",mira@school.example",
    ],
)
def test_row_that_fits_nothing_is_reported_and_the_rest_applied(
    placement: Placement, row: str
) -> None:
    report = import_links(f"{HEADER}{row}\n{GOOD}".encode(), at=NOW)

    assert report.linked == 1
    assert [line for line, _reason in report.refused] == [2]


@pytest.mark.parametrize("start", ["1999-01-01", "morgen"])
def test_start_date_must_fit(placement: Placement, start: str) -> None:
    text = f"student_email,teacher_email,start_date\n{GOOD.strip()},{start}\n"

    assert len(import_links(text.encode(), at=NOW).refused) == 1


def test_two_placements_that_fit_are_one_too_many(placement: Placement) -> None:
    factories.placement(
        placement.student,
        cohort=placement.cohort,
        starts_on=placement.starts_on,
        is_current=False,
    )
    text = f"student_email,teacher_email,start_date\n{GOOD.strip()},{placement.starts_on}\n"

    assert len(import_links(text.encode(), at=NOW).refused) == 1


def test_dry_run_changes_nothing(placement: Placement) -> None:
    report = import_links((HEADER + GOOD).encode(), at=NOW, dry_run=True)

    assert report.linked == 1
    assert not PlacementTeacher.objects.exists()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(60))
@given(st.binary(max_size=60))
def test_any_bytes_are_applied_or_refused_in_words(placement: Placement, data: bytes) -> None:
    try:
        report = import_links(HEADER.encode() + data, at=NOW)
    except UnreadableFileError:
        return

    assert report.linked == 0


def test_command_reports_lines(
    placement: Placement, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "links.csv"
    file.write_text(f"{HEADER}wie@school.example,mira@school.example\n{GOOD}")

    call_command("import_links", str(file))

    assert capsys.readouterr().out.splitlines() == [
        "line 2: no placement of this student fits",
        "1 linked, 0 unchanged, 1 refused",
    ]
    with pytest.raises(CommandError):
        call_command("import_links", str(tmp_path / "nothing.csv"))
