"""A sheet with a line for everybody in a group: the common list that every program can make."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import BinaryIO

from django.utils.translation import gettext as _

from stageapp.exports.sheets import UnreadableSheet, read_sheet
from stageapp.integrations.roster.reading import UnreadableError
from stageapp.integrations.roster.rules import Group, Part, Person, Roster

#: The columns, and what else they may be called.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "email": ("email", "e-mail", "e-mailadres", "mail"),
    "name": ("name", "naam"),
    "role": ("role", "rol"),
    "group": ("group", "groep", "klas", "class"),
    "course": ("course", "vak", "cursus", "opleiding", "programme"),
    "student_number": ("student_number", "studentnummer", "student number"),
    "id": ("id", "sourcedid", "sleutel", "key"),
}
NEEDED = ("email", "name", "role", "group")
ROLES: Mapping[str, Part] = {
    "student": Part.STUDENT,
    "leerling": Part.STUDENT,
    "learner": Part.STUDENT,
    "stagiair": Part.STUDENT,
    "stagiaire": Part.STUDENT,
    "teacher": Part.TEACHER,
    "docent": Part.TEACHER,
    "instructor": Part.TEACHER,
    "stagedocent": Part.TEACHER,
}
#: The line of a sheet without courses: all of it goes to one cohort.
WHOLE = "sheet"
MOST_TOLD = 40


def read_people(file: BinaryIO) -> Roster:
    """Return what a sheet says, CSV or Excel. Raises UnreadableError, with the reason."""
    try:
        rows = read_sheet(BytesIO(file.read()))
    except UnreadableSheet as problem:
        raise UnreadableError(
            _("This is no CSV or Excel file that can be read. Save it as CSV and try again.")
        ) from problem
    return roster_of(rows)


def roster_of(rows: Sequence[Sequence[str]]) -> Roster:
    """Return what the rows of a sheet say. A person may stand in it more than once.

    Raises UnreadableError when a column is missing, or a role is none: leaving such a line out
    would look as if that person had left.
    """
    first = next((number for number, row in enumerate(rows) if any(map(str.strip, row))), 0)
    places = _places([cell.strip().casefold() for cell in rows[first]] if rows else [])
    people: dict[str, Person] = {}
    titles: dict[tuple[str, str], str] = {}
    members: dict[tuple[str, str], dict[Part, list[str]]] = {}
    for number, row in enumerate(rows[first + 1 :], first + 2):
        if not any(map(str.strip, row)):
            continue
        line = {name: _cell(row, place) for name, place in places.items()}
        part = _part(line["role"], number)
        email = line["email"].lower()
        key = line.get("id") or email or f"{line['name']} ({number})"
        people.setdefault(key, Person(key, line["name"], email, line.get("student_number", "")))
        course = line.get("course") or ""
        where = (course, line["group"])
        titles[where] = course or _("the whole sheet")
        members.setdefault(where, {Part.STUDENT: [], Part.TEACHER: []})[part].append(key)
    groups = [
        Group(
            f"{course}|{group}",
            group,
            course or WHOLE,
            titles[course, group],
            tuple(found[Part.TEACHER]),
            tuple(found[Part.STUDENT]),
        )
        for (course, group), found in members.items()
    ]
    return Roster(tuple(people.values()), tuple(groups))


def _places(header: Sequence[str]) -> dict[str, int]:
    places = {
        name: header.index(word)
        for name, words in COLUMNS.items()
        for word in reversed(words)
        if word in header
    }
    missing = [name for name in NEEDED if name not in places]
    if missing:
        raise UnreadableError(
            _("The first line lacks the column %(names)s.") % {"names": ", ".join(missing)}
        )
    return places


def _cell(row: Sequence[str], place: int) -> str:
    return " ".join(row[place].split()) if place < len(row) else ""


def _part(written: str, number: int) -> Part:
    part = ROLES.get(written.casefold())
    if part is None:
        raise UnreadableError(
            _("Line %(n)d: “%(text)s” is no role. Write student or teacher.")
            % {"n": number, "text": written[:MOST_TOLD]}
        )
    return part
