"""OneRoster 1.2 (1EdTech): the same tables from a ZIP with CSV files, or from a REST service.

Rostering Service 1.2, REST binding, and CSV binding 1.2. Only reading; of roles only those in the
enrolments of a class count, never those of a user in an organisation.
"""

import csv
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stageapp.exports.sheets import UnreadableSheet, records_of
from stageapp.integrations.roster.reading import UnreadableError, day, items, text
from stageapp.integrations.roster.rules import Group, Person, Roster
from stageapp.integrations.roster.service import Service

#: What may come out of a packed file, and so many rows of a table.
MOST_UNPACKED = 80 * 1024 * 1024
MOST_ROWS = 200_000
#: The standard has some twenty columns in a table; a school may add its own.
MOST_COLUMNS = 200
#: The tables that are read; without the first three there is nothing to read.
NEEDED = ("users", "classes", "enrollments")
HELPFUL = ("courses", "academicSessions")
#: So many rows are asked for at a time.
PAGE = 500

#: What is read of the tables, and of the manifest; the rest is not kept.
COLUMNS = frozenset(
    (
        *("propertyName", "value", "sourcedId", "status", "title", "role", "endDate"),
        *("enabledUser", "preferredFirstName", "givenName", "preferredLastName", "familyName"),
        *("email", "identifier", "courseSourcedId", "termSourcedIds", "classSourcedId"),
        *("userSourcedId", "schoolYearSourcedId", "schoolYear"),
    )
)

Row = Mapping[str, str]


@dataclass
class Tables:
    """The rows of a source, as the CSV binding names their columns."""

    users: list[Row] = field(default_factory=list)
    classes: list[Row] = field(default_factory=list)
    enrollments: list[Row] = field(default_factory=list)
    courses: list[Row] = field(default_factory=list)
    academicSessions: list[Row] = field(default_factory=list)  # noqa: N815 -- as the standard


def roster_of(tables: Tables, today: date) -> Roster:
    """Return who is in which class now; who is to be deleted, disabled or over is left out."""
    users = {row["sourcedId"]: row for row in _in_use(tables.users)}
    courses = {row["sourcedId"]: row for row in _in_use(tables.courses)}
    sessions = {row["sourcedId"]: row for row in _in_use(tables.academicSessions)}
    teachers: dict[str, list[str]] = {}
    students: dict[str, list[str]] = {}
    others = 0
    for row in _in_use(tables.enrollments):
        where = {"teacher": teachers, "student": students}.get(row.get("role", "").lower())
        user = users.get(row.get("userSourcedId", ""))
        if where is None:
            others += 1
        elif not _is_over(row, today) and not (user and _is_disabled(user)):
            where.setdefault(row.get("classSourcedId", ""), []).append(row.get("userSourcedId", ""))
    groups = [_group(row, courses, sessions, teachers, students) for row in _in_use(tables.classes)]
    named = {key for group in groups for key in (*group.teachers, *group.students)}
    remarks = []
    if others:
        text = ngettext(
            "%(n)d enrolment with another role than student or teacher is left out.",
            "%(n)d enrolments with another role than student or teacher are left out.",
            others,
        )
        remarks.append(text % {"n": others})
    return Roster(
        tuple(_person(row) for key, row in users.items() if key in named),
        tuple(groups),
        tuple(remarks),
    )


def _in_use(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        if row.get("sourcedId") and row.get("status", "").lower() != "tobedeleted":
            yield row


def _is_over(row: Row, today: date) -> bool:
    last = day(row.get("endDate", ""))
    return last is not None and last < today


def _is_disabled(row: Row) -> bool:
    return row.get("enabledUser", "").lower() == "false"


def _person(row: Row) -> Person:
    first = row.get("preferredFirstName") or row.get("givenName", "")
    last = row.get("preferredLastName") or row.get("familyName", "")
    return Person(
        row["sourcedId"], f"{first} {last}", row.get("email", ""), row.get("identifier", "")
    )


def _group(
    row: Row,
    courses: Mapping[str, Row],
    sessions: Mapping[str, Row],
    teachers: Mapping[str, list[str]],
    students: Mapping[str, list[str]],
) -> Group:
    course = courses.get(row.get("courseSourcedId", ""), {})
    terms = [sessions[key] for key in _list(row.get("termSourcedIds", "")) if key in sessions]
    year = next((one["schoolYear"] for one in terms if one.get("schoolYear")), "")
    if not year:
        session = sessions.get(course.get("schoolYearSourcedId", ""), {})
        year = session.get("schoolYear") or session.get("title", "")
    key, title = row["sourcedId"], row.get("title", "")
    course_title = course.get("title") or title
    return Group(
        key,
        title,
        # A course of next year is another line: it goes to another cohort.
        f"{row.get('courseSourcedId') or key}|{year}",
        f"{course_title} · {year}" if year else course_title,
        tuple(teachers.get(key, ())),
        tuple(students.get(key, ())),
    )


def _list(cell: str) -> list[str]:
    return [one.strip() for one in cell.split(",") if one.strip()]


# A ZIP with CSV files.


def read_bundle(file: BinaryIO, today: date) -> Roster:
    """Return what a OneRoster ZIP says. Raises UnreadableError, with the reason."""
    try:
        with zipfile.ZipFile(file) as packed:
            return roster_of(_tables(packed), today)
    except BROKEN as problem:
        raise UnreadableError(_("The ZIP file is broken. Make it again.")) from problem


#: What opening a ZIP that is none, or is broken, fails with.
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)


def _tables(packed: zipfile.ZipFile) -> Tables:
    if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
        raise UnreadableError(_("The ZIP file holds more than can be read."))
    names = {part.filename: part for part in packed.infolist()}
    manifest = _manifest(packed, names)
    tables = Tables()
    for name in (*NEEDED, *HELPFUL):
        how = manifest.get(f"file.{name}", "").lower()
        if how == "delta":
            raise UnreadableError(
                _(
                    "The file %(name)s has changes only (“delta”). Make a whole one (“bulk”): from "
                    "changes alone it does not follow who left."
                )
                % {"name": f"{name}.csv"}
            )
        part = names.get(f"{name}.csv")
        if part is None and name in NEEDED:
            raise UnreadableError(
                _("The ZIP file has no %(name)s. Put the CSV files at its top, not in a folder.")
                % {"name": f"{name}.csv"}
            )
        if part is not None:
            setattr(tables, name, _rows(packed, part))
    return tables


def _manifest(packed: zipfile.ZipFile, names: Mapping[str, zipfile.ZipInfo]) -> dict[str, str]:
    if "manifest.csv" not in names:
        raise UnreadableError(
            _("The ZIP file has no %(name)s. Put the CSV files at its top, not in a folder.")
            % {"name": "manifest.csv"}
        )
    rows = _rows(packed, names["manifest.csv"])
    said = {row.get("propertyName", ""): row.get("value", "") for row in rows}
    version = said.get("oneroster.version", "")
    if not version.startswith("1."):
        raise UnreadableError(
            _("This is OneRoster “%(version)s”; version 1.2 can be read.")
            % {"version": version[:20]}
        )
    return said


def _rows(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> list[Row]:
    with packed.open(part) as file:
        body = file.read(MOST_UNPACKED + 1)
    if len(body) > MOST_UNPACKED:
        raise UnreadableError(_("The ZIP file holds more than can be read."))
    try:
        written = body.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise UnreadableError(_("%(name)s is not in UTF-8.") % {"name": part.filename}) from problem
    try:
        rows = list(_read(written))
    except (csv.Error, UnreadableSheet) as problem:
        raise UnreadableError(
            _("%(name)s is no CSV file that can be read.") % {"name": part.filename}
        ) from problem
    return rows


def _read(written: str) -> Iterator[Row]:
    records = records_of(written, ",")
    header = [name.strip() for name in next(records, [])]
    for number, cells in enumerate(records):
        if number >= MOST_ROWS or max(len(header), len(cells)) > MOST_COLUMNS:
            raise UnreadableError(_("The ZIP file holds more than can be read."))
        row = zip(header, cells, strict=False)
        yield {name: cell.strip() for name, cell in row if name in COLUMNS}


# A REST service.


def read_service(service: Service, only: str, today: date) -> Roster:
    """Return what a OneRoster service says. Raises UnreadableError, with the reason.

    `only` is a filter of the standard for the classes, such as `school.sourcedId='12'`.
    """
    classes = list(_all(service, "classes", only))
    wanted = {text(item, "sourcedId") for item in classes}
    enrollments = [
        item
        for item in _all(service, "enrollments", "")
        if text(item, "class", "sourcedId") in wanted
    ]
    users = _all(service, "users", "")
    return roster_of(
        Tables(
            users=[_user(item) for item in users],
            classes=[_class(item) for item in classes],
            enrollments=[_enrollment(item) for item in enrollments],
            courses=[_course(item) for item in _all(service, "courses", "")],
            academicSessions=[_flat(item) for item in _all(service, "academicSessions", "")],
        ),
        today,
    )


def _all(service: Service, name: str, only: str) -> Iterator[Mapping[str, Any]]:
    """Return all of a table. A page may be smaller than was asked: only an empty one is the last.

    Section 3.4 of the binding: `limit` and `offset`, the header `Link`, and `X-Total-Count`, which
    both need not be there.
    """
    offset, before = 0, None
    while True:
        params = {"limit": str(PAGE), "offset": str(offset)} | ({"filter": only} if only else {})
        answer = service.get(name, params)
        found = _listed(answer.said, name)
        if found is None:
            raise UnreadableError(
                _("The service answered “%(path)s” with something that is no list of %(name)s.")
                % {"path": answer.path, "name": name}
            )
        service.count_rows(len(found))
        yield from items(found)
        offset += len(found)
        if not found or answer.is_last(offset):
            return
        if found == before:
            raise UnreadableError(
                _("The service gives the same page of “%(path)s” again and again.")
                % {"path": answer.path}
            )
        before = found


def _listed(said: Any, name: str) -> list[Any] | None:
    """Return a list, also where its name is written in other capitals."""
    for key, value in said.items() if isinstance(said, Mapping) else ():
        if key.lower() == name.lower() and isinstance(value, list):
            return value
    return None


def _flat(item: Mapping[str, Any]) -> dict[str, str]:
    return {name: text(item, name) for name in item if name in COLUMNS}


def _user(item: Mapping[str, Any]) -> Row:
    return _flat(item)


def _class(item: Mapping[str, Any]) -> Row:
    terms = ",".join(text(term, "sourcedId") for term in items(item, "terms"))
    return _flat(item) | {
        "courseSourcedId": text(item, "course", "sourcedId"),
        "termSourcedIds": terms,
    }


def _course(item: Mapping[str, Any]) -> Row:
    return _flat(item) | {"schoolYearSourcedId": text(item, "schoolYear", "sourcedId")}


def _enrollment(item: Mapping[str, Any]) -> Row:
    return _flat(item) | {
        "classSourcedId": text(item, "class", "sourcedId"),
        "userSourcedId": text(item, "user", "sourcedId"),
    }
