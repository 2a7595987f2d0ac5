"""Links students to teachers from a file (contract, Linking file)."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from stageapp.accounts.models import User
from stageapp.placements.actions import link_teacher
from stageapp.placements.models import Placement, PlacementTeacher
from stageapp.programmes.models import ProgrammeMembership, Role

REQUIRED = ("student_email", "teacher_email")


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


def import_links(data: bytes, *, at: datetime, dry_run: bool = False) -> Report:
    """Apply every row that fits exactly one placement and one teacher; report the others.

    Takes CSV in UTF-8 with or without a byte order mark, with `,` or `;`. Raises
    UnreadableFileError when it is no such file. The same file again changes nothing.
    """
    report = Report()
    with transaction.atomic():
        for line, row in _rows(data):
            try:
                placement, teacher = _placement(row), _teacher(row)
                _check_teaches(teacher, placement)
            except RowError as problem:
                report.refused.append((line, str(problem)))
                continue
            links = placement.teacher_links.filter(teacher=teacher, ended_at=None)
            if links.filter(part=PlacementTeacher.Part.MAIN).exists():
                report.unchanged += 1
                continue
            link_teacher(placement, teacher, at=at)
            report.linked += 1
        if dry_run:
            transaction.set_rollback(True)
    return report


def _rows(data: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise UnreadableFileError(_("The file is not in UTF-8.")) from problem
    if "\x00" in text:  # a sheet of another program, say; no database takes it
        raise UnreadableFileError(_("The file is not in UTF-8."))
    header = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in header else ",")
    names = [name.strip().lower() for name in reader.fieldnames or []]
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise UnreadableFileError(
            _("The first line lacks the column %(names)s.") % {"names": ", ".join(missing)}
        )
    reader.fieldnames = names
    try:
        for row in reader:
            values = {name: (row.get(name) or "").strip() for name in names}
            if any(values.values()):
                yield reader.line_num, values
    except csv.Error as problem:
        raise UnreadableFileError(str(problem)) from problem


def _placement(row: dict[str, str]) -> Placement:
    found = Placement.objects.filter(student__email=row["student_email"].lower())
    if row.get("student_number"):
        found = found.filter(student__student_number=row["student_number"])
    if row.get("start_date"):
        found = found.filter(starts_on=_date(row["start_date"]))
    else:
        found = found.filter(is_current=True)
    placements = list(found.select_related("cohort")[:2])
    if not placements:
        raise RowError(_("no placement of this student fits"))
    if len(placements) > 1:
        raise RowError(_("more than one placement fits"))
    return placements[0]


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise RowError(_("the start date is not written as 2026-09-01")) from problem


def _teacher(row: dict[str, str]) -> User:
    teacher = User.objects.filter(email=row["teacher_email"].lower(), is_active=True).first()
    if teacher is None:
        raise RowError(_("there is no teacher with this e-mail address"))
    return teacher


def _check_teaches(teacher: User, placement: Placement) -> None:
    teaches = ProgrammeMembership.objects.filter(
        person=teacher, programme=placement.cohort.programme_id, role=Role.TEACHER
    )
    if not teaches.exists():
        raise RowError(_("this person is no teacher of the student's programme"))
