"""The Open Education API of Dutch institutions, versions 5 (OOAPI) and 6 (OEAPI).

Read are programmes and courses, what of them is offered, and who is associated with that as a
student or lecturer; then those persons. The lists have the same shape in both: `items` and
`hasNextPage`; the names differ.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from stageapp.integrations.roster.reading import NotThereError, UnreadableError, items, text
from stageapp.integrations.roster.rules import Group, Part, Person, Roster
from stageapp.integrations.roster.service import Service

#: The largest page of the specification.
PAGE = 250
#: More persons than this are read as a list, fewer one by one.
ONE_BY_ONE = 200
#: Who is associated with what is offered, and is here to stay.
ROLES = {"student": Part.STUDENT, "lecturer": Part.TEACHER}
STATES = ("", "associated", "pending", "queued")


@dataclass(frozen=True)
class Kind:
    """What is offered: the lists that lead to it, and the names of its keys."""

    #: Programmes or courses, their key, and the list of what of one is offered.
    things: str
    thing_key: str
    offered: str
    offering_key: str
    #: The list of who is associated with one.
    associated: str


VERSIONS: dict[int, tuple[Kind, ...]] = {
    5: (
        Kind("programs", "programId", "offerings", "offeringId", "offerings/%s/associations"),
        Kind("courses", "courseId", "offerings", "offeringId", "offerings/%s/associations"),
    ),
    6: (
        Kind(
            "programmes",
            "programmeId",
            "programme-offerings",
            "programmeOfferingId",
            "programme-offerings/%s/programme-offering-associations",
        ),
        Kind(
            "courses",
            "courseId",
            "course-offerings",
            "courseOfferingId",
            "course-offerings/%s/course-offering-associations",
        ),
    ),
}
#: What version 6 asks for; see "versioning" in its specification.
ACCEPT_6 = "application/vnd.OEAPI+json;version=6.0, application/json;q=0.5"


def read_service(service: Service, version: int, *, consumer: str, only: str) -> Roster:
    """Return what a service says. Raises UnreadableError, with the reason.

    `only`: codes of programmes and courses, with commas between; all where it is empty.
    """
    return _Reader(service, VERSIONS[version], consumer, only).roster()


class _Reader:
    def __init__(self, service: Service, kinds: Iterable[Kind], consumer: str, only: str) -> None:
        self.service, self.kinds, self.consumer = service, kinds, consumer
        self.codes = {code.strip().casefold() for code in only.split(",") if code.strip()}
        #: Persons who stood in an association as a whole.
        self.persons: dict[str, Mapping[str, Any]] = {}
        self.others = 0

    def roster(self) -> Roster:
        groups = [group for kind in self.kinds for group in self._groups(kind)]
        named = {key for group in groups for key in (*group.teachers, *group.students)}
        remarks = []
        if self.others:
            text = ngettext(
                "%(n)d association with another role than student or lecturer is left out.",
                "%(n)d associations with another role than student or lecturer are left out.",
                self.others,
            )
            remarks.append(text % {"n": self.others})
        people = tuple(_person(key, self.persons[key]) for key in self._known(named))
        return Roster(people, tuple(groups), tuple(remarks))

    def _groups(self, kind: Kind) -> Iterator[Group]:
        for thing in self._all(kind.things):
            key = text(thing, kind.thing_key)
            if not key or (self.codes and not self._is_wanted(thing)):
                continue
            for offering in self._all(f"{kind.things}/{_in_path(key)}/{kind.offered}"):
                group = self._group(kind, thing, key, offering)
                if group:
                    yield group

    def _is_wanted(self, thing: Mapping[str, Any]) -> bool:
        said = {text(thing, "primaryCode", "code"), text(thing, "abbreviation")}
        return any(one.casefold() in self.codes for one in said if one)

    def _group(
        self, kind: Kind, thing: Mapping[str, Any], thing_key: str, offering: Mapping[str, Any]
    ) -> Group | None:
        key = text(offering, kind.offering_key)
        if not key:
            return None
        found: dict[Part, list[str]] = {Part.STUDENT: [], Part.TEACHER: []}
        for association in self._all(kind.associated % _in_path(key), expand="person"):
            person = self._person_in(association)
            part = ROLES.get(text(association, "role"))
            if part is None:
                self.others += 1
            elif person and text(association, "state") in STATES:
                found[part].append(person)
        session = text(offering, "academicSession") or text(offering, "academicSessionId")
        session = session or text(offering, "academicSession", "academicSessionId")
        year = _name(offering.get("academicSession")) or text(offering, "startDate")[:4]
        year = year or text(offering, "startDateTime")[:4]
        title = _name(thing) or thing_key
        return Group(
            key,
            _name(offering) or key,
            f"{thing_key}|{session or year}",
            f"{title} · {year}" if year else title,
            tuple(found[Part.TEACHER]),
            tuple(found[Part.STUDENT]),
        )

    def _person_in(self, association: Mapping[str, Any]) -> str:
        key = text(association, "personId") or text(association, "person")
        key = key or text(association, "person", "personId")
        person = association.get("person")
        if key and isinstance(person, Mapping) and "surname" in person:
            self.persons[key] = person
        return key

    def _known(self, named: set[str]) -> list[str]:
        """Look up who is named and was not told yet; return the keys of who was found."""
        if len(named - self.persons.keys()) > ONE_BY_ONE:
            for person in self._all("persons"):
                if text(person, "surname") or text(person, "displayName"):  # else only its key
                    self.persons.setdefault(text(person, "personId"), person)
        for key in sorted(named - self.persons.keys()):
            self._look_up(key)
        return sorted(named & self.persons.keys())

    def _look_up(self, key: str) -> None:
        try:
            said = self.service.get(f"persons/{_in_path(key)}").said
        except NotThereError:  # told as somebody who is in a group and not in the list
            return
        if isinstance(said, Mapping):
            self.persons[key] = said

    def _all(self, path: str, **params: str) -> Iterator[Mapping[str, Any]]:
        """Return all of a list, page after page."""
        if self.consumer:
            params["consumer"] = self.consumer
        number, before = 1, None
        while True:
            asked = params | {"pageSize": str(PAGE), "pageNumber": str(number)}
            answer = self.service.get(path, asked)
            if not isinstance(answer.said, Mapping) or not isinstance(
                answer.said.get("items"), list
            ):
                raise UnreadableError(
                    _("What the service answered at “%(path)s” is no list.") % {"path": path}
                )
            found = answer.said["items"]
            if found and found == before:
                raise UnreadableError(
                    _("The service gives the same page of “%(path)s” again and again.")
                    % {"path": path}
                )
            self.service.count_rows(len(found))
            yield from items(found)
            if answer.said.get("hasNextPage") is not True:
                return
            number, before = number + 1, found


def _in_path(key: str) -> str:
    """Return a key as one part of a path, whatever is in it."""
    return quote(key, safe="").replace(".", "%2E")


def _person(key: str, item: Mapping[str, Any]) -> Person:
    given = text(item, "preferredName") or text(item, "givenName")
    parts = (given, text(item, "surnamePrefix"), text(item, "surname"))
    name = " ".join(filter(None, parts)) if text(item, "surname") else text(item, "displayName")
    return Person(key, name, text(item, "mail"), _number(item))


def _number(item: Mapping[str, Any]) -> str:
    """Return the student number: the code that says so, first of all codes."""
    codes = [item.get("primaryCode"), *items(item, "otherCodes")]
    for code in codes:
        if text(code, "codeType").casefold() in ("studentnumber", "student_number"):
            return text(code, "code")
    return ""


def _name(item: Any) -> str:
    """Return a name that stands there in some languages: that of now, else the first."""
    names = {text(one, "language")[:2].lower(): text(one, "value") for one in items(item, "name")}
    return names.get((get_language() or "")[:2]) or next(iter(names.values()), "")
