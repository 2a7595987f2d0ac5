"""Links students to teachers from a file (contract, Linking file)."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum, auto
from hashlib import sha256

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from stageapp.accounts.models import User
from stageapp.placements.actions import link_teacher
from stageapp.placements.models import Placement, PlacementTeacher
from stageapp.placements.queries_linking import main_links
from stageapp.programmes.models import ProgrammeMembership, Role

REQUIRED = ("student_email", "teacher_email")
#: More students than a school has on placement at a time.
MOST_ROWS = 10_000


class UnreadableFileError(Exception):
    """The file as a whole cannot be used; the text says why."""


class RowError(Exception):
    """One row fits nothing, or more than one thing; the text says why."""


@dataclass
class Report:
    """What a file did: links made, links that were there, and rows refused by line number."""

    linked: int = 0
    unchanged: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


class Outcome(Enum):
    """What becomes of a row."""

    LINK = auto()
    UNCHANGED = auto()
    REFUSED = auto()


@dataclass(frozen=True)
class PlannedRow:
    """What becomes of a row, and of whom it is as far as that was found."""

    line: int
    outcome: Outcome
    reason: str = ""
    placement: Placement | None = None
    teacher: User | None = None
    #: What the file says of the student, to find the line again.
    student: str = ""

    @property
    def is_refused(self) -> bool:
        """It fits nothing, or more than one thing."""
        return self.outcome == Outcome.REFUSED

    @property
    def links(self) -> bool:
        """It makes a link."""
        return self.outcome == Outcome.LINK

    @property
    def pair(self) -> tuple[Placement, User]:
        """Whom it links, or would have; only of a row that is not refused."""
        assert self.placement
        assert self.teacher
        return self.placement, self.teacher


def import_links(data: bytes, *, at: datetime, dry_run: bool = False) -> Report:
    """Apply every row that fits exactly one placement and one teacher; report the others.

    Takes CSV in UTF-8 with or without a byte order mark, with `,` or `;`. Raises
    UnreadableFileError when it is no such file. The same file again changes nothing.
    """
    rows = plan_of(data, Placement.objects.all(), User.objects.all())
    if not dry_run:
        with transaction.atomic():
            for row in rows:
                if row.links:
                    link_teacher(*row.pair, at=at)
    return Report(
        linked=sum(row.links for row in rows),
        unchanged=sum(row.outcome == Outcome.UNCHANGED for row in rows),
        refused=[(row.line, row.reason) for row in rows if row.is_refused],
    )


def plan_of(
    data: bytes, placements: QuerySet[Placement], people: QuerySet[User]
) -> list[PlannedRow]:
    """Return what a file would do among these placements and people; it changes nothing.

    Takes the same few queries for any number of rows. Raises UnreadableFileError.
    """
    rows = []
    for number, row in enumerate(_rows(data)):
        if number >= MOST_ROWS:
            text = _("The file has more than %(n)d rows. Divide it over several files.")
            raise UnreadableFileError(text % {"n": MOST_ROWS})
        rows.append(row)
    known = _Known([values for _line, values in rows], placements, people)
    return [known.planned(line, values) for line, values in rows]


def replaced_by(rows: Sequence[PlannedRow]) -> list[PlacementTeacher]:
    """Return the links of who guides one of these placements and is not in the file for it."""
    pairs = [row.pair for row in rows if not row.is_refused]
    named = {(placement.pk, teacher.pk) for placement, teacher in pairs}
    links = main_links([placement for placement, _teacher in pairs])
    return [link for link in links if (link.placement_id, link.teacher_id) not in named]


def digest_of(rows: Sequence[PlannedRow], replaced: Sequence[PlacementTeacher]) -> str:
    """Return what a plan is known by, to notice that it became another one."""
    said = [(row.line, row.outcome.name, row.reason, _keys(row)) for row in rows]
    return sha256(repr((said, [link.pk for link in replaced])).encode()).hexdigest()


def _keys(row: PlannedRow) -> list[int | None]:
    return [one.pk if one else None for one in (row.placement, row.teacher)]


def _rows(data: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise UnreadableFileError(_("The file is not in UTF-8.")) from problem
    if "\x00" in text:  # a sheet of another program, say; no database takes it
        raise UnreadableFileError(_("The file is not in UTF-8."))
    header = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in header else ",")
    try:
        names = [name.strip().lower() for name in reader.fieldnames or []]
        missing = [name for name in REQUIRED if name not in names]
        if missing:
            raise UnreadableFileError(
                _("The first line lacks the column %(names)s.") % {"names": ", ".join(missing)}
            )
        reader.fieldnames = names
        for row in reader:
            values = {name: (row.get(name) or "").strip() for name in names}
            if any(values.values()):
                yield reader.line_num, values
    except csv.Error as problem:
        raise UnreadableFileError(str(problem)) from problem


class _Known:
    """Everything that the rows of a file can be about, looked up at once."""

    def __init__(
        self,
        rows: Sequence[dict[str, str]],
        placements: QuerySet[Placement],
        people: QuerySet[User],
    ) -> None:
        students, teachers = ({row[name].lower() for row in rows} - {""} for name in REQUIRED)
        self.placements: dict[str, list[Placement]] = defaultdict(list)
        for placement in placements.filter(student__email__in=students).select_related(
            "student", "workplace", "cohort__programme__institution"
        ):
            self.placements[placement.student.email].append(placement)
        self.teachers = {
            person.email: person for person in people.filter(email__in=teachers, is_active=True)
        }
        members = ProgrammeMembership.objects.filter(
            person__in=self.teachers.values(), role=Role.TEACHER
        )
        self.teaches = set(members.values_list("person", "programme"))
        main = PlacementTeacher.objects.filter(
            placement__in=[one.pk for found in self.placements.values() for one in found],
            part=PlacementTeacher.Part.MAIN,
            ended_at=None,
        )
        #: Who guides whom, also by the rows above.
        self.linked = set(main.values_list("placement", "teacher"))

    def planned(self, line: int, row: dict[str, str]) -> PlannedRow:
        """Return what becomes of a row; the rows above were asked for before."""
        placement = teacher = None
        try:
            placement = self._placement(row)
            teacher = self._teacher(row, placement)
        except RowError as problem:
            told = row["student_email"] or row.get("student_number", "")
            return PlannedRow(line, Outcome.REFUSED, str(problem), placement, student=told)
        pair = (placement.pk, teacher.pk)
        outcome = Outcome.UNCHANGED if pair in self.linked else Outcome.LINK
        self.linked.add(pair)
        return PlannedRow(line, outcome, placement=placement, teacher=teacher)

    def _placement(self, row: dict[str, str]) -> Placement:
        found = self.placements.get(row["student_email"].lower(), [])
        if row.get("student_number"):
            found = [one for one in found if one.student.student_number == row["student_number"]]
        if row.get("start_date"):
            starts_on = _date(row["start_date"])
            found = [one for one in found if one.starts_on == starts_on]
        else:
            found = [one for one in found if one.is_current]
        if not found:
            raise RowError(_("no placement of this student fits"))
        if len(found) > 1:
            raise RowError(_("more than one placement fits"))
        return found[0]

    def _teacher(self, row: dict[str, str], placement: Placement) -> User:
        teacher = self.teachers.get(row["teacher_email"].lower())
        if teacher is None:
            raise RowError(_("there is no teacher with this e-mail address"))
        if (teacher.pk, placement.cohort.programme_id) not in self.teaches:
            raise RowError(_("this person is no teacher of the student's programme"))
        return teacher


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise RowError(_("the start date is not written as 2026-09-01")) from problem
